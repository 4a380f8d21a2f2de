"""Which lines are one entry: a rule of an access list is a line, one of the security policy a block."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.configs.entry_lines import Extent


def extent(lines: Sequence[str], first: int, last: int, _: str) -> Extent:
    """The lines of a rule; those of a block are indented more than its first."""
    begin = lines[first - 1]
    if not begin.strip().lower().startswith("rule name "):
        return Extent(first, last)
    end = first
    while end < len(lines) and lines[end].strip() and _indent(lines[end]) > _indent(begin):
        end += 1
    return Extent(first, end)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
