"""What is remarked about a policy, and what it is remarked upon."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from scanner.policy.directory import NameDirectory

Row = Mapping[str, Any]


class RemarkSeverity(enum.StrEnum):
    """error: the policy contradicts itself or cannot mean what it says. warning: it allows more, or does less, than it
    seems to. note: worth knowing.
    """

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Remark(NamedTuple):
    """One thing about a policy: where, what, and what to do. check: which of the checks says so."""

    severity: RemarkSeverity
    source: str
    line: int
    check: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.source}: line {self.line}: {self.severity}: {self.what}; {self.remedy}"


@dataclass(frozen=True)
class CapturedFacts:
    """What captures showed, as rows of the facts tables devices, zones and conduits with their derived columns.

    unmatched: rows of decisions that nothing seen matches.
    """

    devices: Sequence[Row]
    zones: Sequence[Row]
    conduits: Sequence[Row]
    unmatched: Sequence[Row] = ()


@dataclass(frozen=True)
class Subject:
    """All policies together, as rows of the facts tables.

    has_inventory: some inventory was given, so that a name which it does not list means nobody.
    seen: None without a capture.
    """

    tables: Mapping[str, Sequence[Row]]
    today: date
    has_inventory: bool = False
    seen: CapturedFacts | None = None

    def __getitem__(self, name: str) -> Sequence[Row]:
        """The rows of a table."""
        return self.tables.get(name, ())

    @cached_property
    def directory(self) -> NameDirectory:
        """Whom the words of the policies mean."""
        return NameDirectory(self["zones"], self["inventory"])


def remark(severity: RemarkSeverity, row: Row, check: str, what: str, remedy: str) -> Remark:
    """A remark about a row."""
    return Remark(severity, row["source"], row["line"] or 0, check, what, remedy)
