"""The lines of a policy or term: a block in braces, or ``set`` commands."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scanner.configs.entry_lines import APART, Extent, commands

_BRACES = re.compile(r'"(?:[^"\\]|\\.)*"|/\*.*?\*/|[#].*|[{}]|[^"/#{}]+|.')
_ALONE = ("from-zone", "global")  # blocks that may hold nothing but one policy, and go with it


def extent(lines: Sequence[str], first: int, _: int, name: str) -> Extent:
    """With the block around it, where nothing else is in that."""
    if lines[first - 1].lstrip().startswith("set "):
        return commands(lines, first, name, ("policy", "term"))
    end = _brace_block(lines, first)
    if end is None:
        return Extent(why=APART)
    while (around := _left_alone(lines, first, end)) is not None:
        first, end = around
    return Extent(first, end)


def _brace_block(lines: Sequence[str], first: int) -> int | None:
    """The line of the brace that closes the block which opens in this line and not before its end."""
    if not lines[first - 1].rstrip().endswith("{"):
        return None
    depth = 0
    for number in range(first, len(lines) + 1):
        line = lines[number - 1]
        if line.count("/*") != line.count("*/") or line.count('"') % 2:  # a text over several lines may hold braces
            return None
        for piece in _BRACES.findall(line):
            depth += (piece == "{") - (piece == "}")
        if depth <= 0:
            return number if lines[number - 1].strip() == "}" else None
    return None


def _left_alone(lines: Sequence[str], first: int, last: int) -> tuple[int, int] | None:
    """The block around these lines, where nothing else is in it and it may not be empty."""
    if first < 2 or last >= len(lines):
        return None
    opens = lines[first - 2].strip()
    if opens.endswith("{") and opens.startswith(_ALONE) and lines[last].strip() == "}":
        return first - 1, last + 1
    return None
