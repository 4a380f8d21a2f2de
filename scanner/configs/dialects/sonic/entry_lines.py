"""The lines of a rule in config_db.json: the member of ``ACL_RULE``, as the switch writes it, a member a line."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scanner.configs.entry_lines import APART, SEVERAL, Extent

_OPENS = re.compile(r'\s*"(?P<key>(?:[^"\\]|\\.)*)"\s*:\s*\{\s*')
_MARK = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]')
_ENDS = re.compile(r"\s*\}(?P<comma>\s*,)?\s*")


def extent(lines: Sequence[str], first: int, _: int, name: str) -> Extent:
    """From the line with the key to that with the closing brace; JSON has no comma behind the last member, so that with
    the last one the comma before it goes.
    """
    opens = _OPENS.fullmatch(lines[first - 1])
    if opens is None:
        return Extent(why=SEVERAL)
    if opens["key"].rpartition("|")[2] != name.rpartition("/")[2]:
        return Extent(why=APART)
    last = _closes(lines, first)
    ends = _ENDS.fullmatch(lines[last - 1]) if last else None
    if ends is None:
        return Extent(why=SEVERAL)
    if ends["comma"]:
        return Extent(first, last)
    before = lines[first - 2] if first > 1 else ""
    bare = before.rstrip()
    if bare.endswith(","):
        return Extent(first - 1, last, (bare[:-1],))
    return Extent(first, last) if bare.endswith("{") else Extent(why=SEVERAL)


def _closes(lines: Sequence[str], first: int) -> int:
    """The line where the braces that open in the first are closed; 0 where none does."""
    depth = 0
    for number in range(first, len(lines) + 1):
        for mark in _MARK.findall(lines[number - 1]):
            depth += (mark in "{[") - (mark in "}]") if len(mark) == 1 else 0
            if mark in "}]" and depth <= 0:
                return number
    return 0
