"""MITRE ATT&CK for ICS in results: what a scan says of each technique."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass


class TechniqueState(enum.StrEnum):
    """What the rules that name a technique say of it."""

    SEEN = "seen"  # traffic was found that it makes or needs, or that somebody must confirm
    EXPOSED = "exposed"  # no such traffic, but a setting or a list that it makes use of
    NOT_SEEN = "not-seen"  # every rule that names it was judged and found nothing
    NOT_JUDGED = "not-judged"  # a rule that names it could not be judged in this scan
    NOT_DETECTABLE = "not-detectable"  # no rule names it


@dataclass(frozen=True)
class TechniqueRow:
    """One technique of the matrix."""

    technique: str  # T0843
    name: str
    tactics: tuple[str, ...]  # in the order of the matrix: initial-access, execution, ...
    state: TechniqueState
    rules: tuple[str, ...]  # that name it
    found_by: tuple[str, ...]  # those of them that fail, must be confirmed or are waived


TACTICS = (
    "initial-access",
    "execution",
    "persistence",
    "privilege-escalation",
    "evasion",
    "discovery",
    "lateral-movement",
    "collection",
    "command-and-control",
    "inhibit-response-function",
    "impair-process-control",
    "impact",
)  # in the order of the matrix


def by_tactic(rows: Iterable[TechniqueRow]) -> dict[str, tuple[TechniqueRow, ...]]:
    """The techniques under each tactic, by name; a technique of several tactics stands under each."""
    in_order = sorted(rows, key=lambda row: (row.name.casefold(), row.technique))
    return {tactic: tuple(row for row in in_order if tactic in row.tactics) for tactic in TACTICS}
