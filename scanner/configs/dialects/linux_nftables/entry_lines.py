"""The lines of a rule."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scanner.configs.entry_lines import SEVERAL, Extent

_WORDS = re.compile(r'"(?:[^"\\]|\\.)*"|#.*|[{};]|[^\s{};"#]+|\s+')


def extent(lines: Sequence[str], first: int, last: int, _: str) -> Extent:
    """Lines with one rule and nothing else."""
    if lines[first - 2 : first - 1] and lines[first - 2].rstrip().endswith("\\"):
        return Extent(why=SEVERAL)
    while last < len(lines) and lines[last - 1].rstrip().endswith("\\"):
        last += 1
    words = [w for w in _WORDS.findall(" ".join(lines[first - 1 : last])) if w.strip() and w[0] != "#"]
    depth, low = 0, 0
    for word in words:
        depth += (word == "{") - (word == "}")
        low = min(low, depth)
    stops = [n for n, word in enumerate(words) if word == ";" and n < len(words) - 1]
    if depth or low < 0 or stops or {"chain", "table", "hook", "policy"} & set(words):
        return Extent(why=SEVERAL)
    return Extent(first, last)
