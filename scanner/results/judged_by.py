"""What results say of how was judged: profiles, values of parameters, waivers. Part of ``scanner.results.model``."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

Text = dict[str, str]  # language tag ("en", "zh") -> text


@dataclass(frozen=True)
class ParameterValue:
    """A value that a rule was judged with, as YAML writes it."""

    parameter: str
    title: Text  # may be empty: its name says enough
    value: str
    default: str


@dataclass(frozen=True)
class ProfileFile:
    """A profile that the scan was made with, or that it extends."""

    profile: str
    title: Text
    source: str  # its file; of a user's folder of definitions, its name and the path in it
    sha256: str


@dataclass(frozen=True)
class Change:
    """What a profile sets otherwise than its base does."""

    rule: str
    parameter: str  # empty: the severity
    title: Text  # of the parameter
    before: str
    after: str


@dataclass(frozen=True)
class ProfileUse:
    """What the profile selects and sets. Its base is all that it extends, or else every rule as it is."""

    chain: tuple[ProfileFile, ...] = ()  # each after those that it extends; the last is the profile of the scan
    extends: tuple[str, ...] = ()
    selected: int = 0  # rules on the plant
    added: tuple[str, ...] = ()  # rules that the base has not
    excluded: tuple[str, ...] = ()  # rules that only the base has
    changes: tuple[Change, ...] = ()
    minimum_duration: float = 0.0  # seconds
    minimum_duration_before: float = 0.0
    left_out: dict[str, str] = field(default_factory=dict)  # every rule that is not selected -> severity


class WaiverState(enum.StrEnum):
    """What becomes of a waiver on the day of the scan."""

    IN_FORCE = "in-force"
    REVIEW_DUE = "review-due"  # it holds, and somebody was to look at it again
    EXPIRED = "expired"
    UNUSED = "unused"  # it holds, and covers nothing that fails


@dataclass(frozen=True)
class WaiverRow:
    """A deviation that somebody accepted."""

    source: str  # policy file
    line: int
    rule: str
    match: dict[str, str]  # column -> values that it covers; empty: whatever fails the rule
    reason: str
    approved_by: str
    until: str  # ISO 8601 date; empty: not limited
    review_on: str
    compensating_measure: str
    state: WaiverState
    findings: int  # that it covers
