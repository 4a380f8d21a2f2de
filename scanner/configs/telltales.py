"""Lines by which a system's configurations are known. Each system names its own; none names another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from scanner.resemblance import NONE, Resemblance
from scanner.wording import said

_MARKED = 0.9  # what only this system writes
_MARKED_TWICE = 0.95
_LIKELY = 0.6  # what it shares with relatives: any mark of one of them outweighs it, two such systems are a tie
_A_VOTE = 0.01
_VOTES_THAT_COUNT = 9
_UNSURE = 0.4

USUAL: Mapping[str, str] = {  # what any switch or router says in nearly the same words
    said("names a device"): r"(?:hostname|sysname|switchname) \S",
    said("an interface"): r"interface \S",
    said("lines of users"): r"line \S",
    said("an SNMP agent"): r"snmp-(?:server|agent)\b",
    said("addresses"): r" +ip address \S",
}


@dataclass(frozen=True)
class Telltales:
    """Patterns of whole beginnings of lines, each by what it tells: ``said``, or a command as it is.

    marks: nothing but this system writes them. shared: its relatives write some of them too.
    needs: without one of these the file is no whole configuration. never: no line of the system begins like these.
    least: how many of ``shared`` are enough without a mark, 0 for never; with_mark: how many a mark needs beside it.
    """

    marks: Mapping[str, str] = field(default_factory=dict)
    shared: Mapping[str, str] = field(default_factory=lambda: USUAL)
    needs: str = ""
    never: str = ""
    least: int = 0
    with_mark: int = 0

    def resemblance(self, head: bytes) -> Resemblance:
        """How much the first bytes of a file resemble the system."""
        lines = b"\n" + head
        if self.never and _begins(self.never, lines):
            return NONE
        marks = [told for told, pattern in self.marks.items() if _begins(pattern, lines)]
        votes = [told for told, pattern in self.shared.items() if _begins(pattern, lines)]
        return Resemblance(self._score(len(marks), len(votes), lines), (*marks, *votes))

    def _score(self, marks: int, votes: int, lines: bytes) -> float:
        unsure = min(_UNSURE, 0.1 * marks + 0.05 * votes)
        if self.needs and not _begins(self.needs, lines):
            return unsure
        if marks and votes >= self.with_mark:
            return _MARKED_TWICE if marks > 1 or votes > self.with_mark else _MARKED
        if self.least and votes >= self.least:
            return _LIKELY + _A_VOTE * min(votes, _VOTES_THAT_COUNT)
        return unsure


def _begins(pattern: str, lines: bytes) -> bool:
    """Some line begins so; a line feed stands before each. It is searched for ten times as fast as ``^``."""
    return re.search(b"\n(?:" + pattern.encode() + b")", lines, re.MULTILINE) is not None
