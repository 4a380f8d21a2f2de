"""The lines of a policy."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scanner.configs.entry_lines import APART, Extent


def extent(lines: Sequence[str], first: int, _: int, __: str) -> Extent:
    """From ``edit`` to the ``next`` that ends it; a text in quotes may go on in other lines."""
    depth, inside = 0, False
    for number in range(first, len(lines) + 1):
        line = lines[number - 1]
        if not inside:
            word = line.split(None, 1)[0] if line.strip() else ""
            depth += (word in ("edit", "config")) - (word in ("next", "end"))
            if depth == 0:
                return Extent(first, number) if number > first and word == "next" else Extent(why=APART)
        inside ^= len(re.findall(r'(?<!\\)(?:\\\\)*"', line)) % 2 == 1
    return Extent(why=APART)
