"""What people answer about requirements, and where requirements stand: parts of the results model."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Answered(enum.StrEnum):
    """What a person says of a requirement."""

    MET = "met"
    PARTLY_MET = "partly-met"
    NOT_MET = "not-met"
    NOT_APPLICABLE = "not-applicable"


class AnswerState(enum.StrEnum):
    """Whether an answer counts, and if not, why."""

    COUNTS = "counts"
    EXPIRED = "expired"
    NOT_YET = "not-yet"  # it is dated in the future
    CONTRADICTED = "contradicted"  # what was seen fails the requirement that it says is met
    EVIDENCE_DIFFERS = "evidence-differs"  # the file beside the answer has another hash
    ZONE_UNKNOWN = "zone-unknown"  # no policy says which zones there are


@dataclass(frozen=True)
class AnswerRow:
    """What a person answered about a requirement."""

    verdict: Answered
    state: AnswerState
    zone: str  # empty: the whole plant
    answered_by: str
    answered_on: str  # ISO 8601 date
    until: str
    evidence: str
    sha256: str
    evidence_state: str  # fits, differs, absent, too-large; empty: not compared with its hash
    remark: str
    source: str
    line: int
    of: str = ""  # the requirement of the base framework that was answered, where it is not this one


class Standing(enum.StrEnum):
    """How far a requirement is settled, and by whom. Every requirement has one of these."""

    JUDGED = "judged"  # by what was seen: it fails, or nothing of it remains for people
    PARTLY_JUDGED = "partly-judged"  # what was judged does not fail, and a part of it remains
    TO_CONFIRM = "to-confirm"  # something was seen, and somebody must say whether it is allowed
    ANSWERED = "answered"  # by people
    OPEN = "open"  # nobody and nothing has said anything yet


@dataclass(frozen=True)
class Standings:
    """How many requirements have each standing."""

    judged: int = 0
    partly_judged: int = 0
    to_confirm: int = 0
    answered: int = 0
    open: int = 0


@dataclass(frozen=True)
class ZoneStandings:
    """The requirements of a framework that apply in a zone, by their standing there."""

    zone: str
    standings: Standings


@dataclass(frozen=True)
class InZones:
    """The zones in which a requirement stands alike."""

    standing: Standing
    conclusion: str  # as that of the requirement
    zones: tuple[str, ...]
