"""What results say of earlier ones that they were compared with. Part of ``scanner.results.model``."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from scanner.results.judged_by import Text


class BaselineState(enum.StrEnum):
    """How a finding stands to the baseline; the words are those of SARIF (section 3.27.24)."""

    NOT_COMPARED = ""
    NEW = "new"  # rule and subject were not there, or a value that was not, or it matters more now
    UNCHANGED = "unchanged"
    UPDATED = "updated"  # less than was there: a value is gone, it matters less, or was accepted since


@dataclass(frozen=True)
class AbsentRow:
    """A finding of the baseline that is no longer there."""

    id: str
    rule: str
    title: Text
    severity: str
    status: str  # fail or review
    subject: Text
    message: Text
    source: str  # of its first evidence
    line: int  # 0: not a text input
    judged: bool  # it could have been found again: False when the rule or the file was not looked at this time


@dataclass(frozen=True)
class VerdictChange:
    """A rule whose verdict is another than in the baseline."""

    rule: str
    title: Text
    before: str  # empty: not judged
    after: str  # empty: not judged
    lost: bool  # it passed, and now nothing shows that it still would


@dataclass(frozen=True)
class Baseline:
    """Earlier results that these are compared with. The numbers are of findings that count."""

    source: str = ""  # its file; empty: there is none
    sha256: str = ""
    guid: str = ""  # of the run that made it, as SARIF names it
    started: str = ""  # ISO 8601 UTC
    version: str = ""
    profile: str = ""
    new: int = 0
    unchanged: int = 0
    updated: int = 0
