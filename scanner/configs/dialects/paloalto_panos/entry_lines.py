"""The lines of a rule: an element, or ``set`` commands."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.configs.entry_lines import Extent, commands, element

_ELEMENT = element("entry")


def extent(lines: Sequence[str], first: int, last: int, name: str) -> Extent:
    """As the configuration was saved."""
    if lines[first - 1].lstrip().startswith("set "):
        return commands(lines, first, name, ("rules",))
    return _ELEMENT(lines, first, last, name)
