"""The verdict of a rule zone by zone and device by device, by the same order as for the whole."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scanner.engine.definitions.rules import Rule
from scanner.engine.obstacles import Obstacle
from scanner.engine.texts import as_text
from scanner.engine.verdict import places
from scanner.engine.verdict.coverage import counted_subjects
from scanner.engine.verdict.judged_facts import JudgedFacts
from scanner.engine.verdict.owners import Counts
from scanner.engine.verdict.subset import Subset
from scanner.results.model import DeviceVerdicts, Text, Verdict, ZoneVerdict
from scanner.wording import Said, enumerated, said

_WORST_FIRST = (
    (Verdict.FAIL, "failing", "{part} of {subjects} failed"),
    (Verdict.ERROR, "error", "otaudit itself failed on part of the input"),
    (Verdict.REVIEW, "review", "{part} of {subjects} must be confirmed"),
    (Verdict.WAIVED, "waived", "{part} of {subjects} failed under a waiver"),
)


@dataclass(frozen=True)
class Sorted:
    """Rows of the rule's table: subjects, and which of them fail, are for review, are waived, cannot be judged."""

    subjects: Subset
    failing: Subset
    review: Subset
    waived: Sequence[Subset]
    unjudged: Subset

    @property
    def named(self) -> dict[str, Sequence[Subset]]:
        """By what they are called in the results."""
        one = {name: (getattr(self, name),) for name in ("subjects", "failing", "review", "unjudged")}
        return one | {"waived": self.waived}


@dataclass(frozen=True)
class Everywhere:
    """What holds everywhere: defects of otaudit, obstacles that have no place, and for how long places must be seen."""

    defects: Sequence[Said]
    obstacles: Sequence[Obstacle]
    wanted: float
    wanted_of_absence: float


def zone_verdicts(rule: Rule, case: JudgedFacts, rows: Sorted, known: Everywhere) -> tuple[ZoneVerdict, ...]:
    """One for each zone of the policy; none where the rule's table says nothing of zones."""
    zones = case.zones
    if not zones or not case.members.known("zone", rule.table):
        return ()
    members = case.members.of("zone", rule.table)
    number = {zone: n for n, zone in enumerate(members.names)}
    counts = {name: sum(map(members.counts, parts), _none(members.names)) for name, parts in rows.named.items()}
    short = {
        wanted: places.by_zone(rule, case, wanted, known.wanted) for wanted in {known.wanted, known.wanted_of_absence}
    }
    about = places.in_boundary(rule.boundary, case) if rule.boundary else set(zones)
    alike: dict[Hashable, tuple[Verdict, Text]] = {}

    def verdict(zone: str) -> ZoneVerdict:
        own = {name: int(count[number[zone]]) if zone in number else 0 for name, count in counts.items()}
        obstacles = short[known.wanted if own["subjects"] else known.wanted_of_absence].get(zone, ())
        key = (*own.values(), *(o.text for o in obstacles), zone in about)
        if key not in alike:
            concluded, why = _concluded(rule, own, known, obstacles, about=zone in about)
            alike[key] = concluded, as_text(why)
        found, reason = alike[key]
        return ZoneVerdict(zone=zone, verdict=found, reason=reason, **own)

    return tuple(map(verdict, zones))


def _none(names: Sequence[str]) -> Counts:
    return np.zeros(len(names), np.int64)


def _concluded(
    rule: Rule, counts: Mapping[str, int], known: Everywhere, obstacles: Sequence[Obstacle], *, about: bool
) -> tuple[Verdict, str]:
    subjects = counted_subjects(rule, counts["subjects"])
    for verdict, name, sentence in _WORST_FIRST:
        if counts.get(name) or (name == "error" and known.defects):
            return verdict, said(sentence, part=f"{counts.get(name, 0):,}", subjects=subjects)
    if not counts["subjects"] and not about:
        return Verdict.NOT_APPLICABLE, said("this check is about other zones")
    reasons: list[str] = [o.text for o in (*known.obstacles, *obstacles)]
    if counts["unjudged"]:
        part = f"{counts['unjudged']:,}"
        reasons.append(said("{part} of {subjects} could not be judged", part=part, subjects=subjects))
    if reasons:
        return Verdict.NO_EVIDENCE, enumerated(reasons)
    if counts["subjects"]:
        return Verdict.PASS, said("no violation in {subjects}", subjects=subjects)
    return rule.empty, said("nothing that this check is about was found")


def device_verdicts(
    rule: Rule, case: JudgedFacts, rows: Sorted, whole: Verdict, zones: Sequence[ZoneVerdict]
) -> tuple[DeviceVerdicts, ...]:
    """Devices that are subjects, those of one verdict together, in the order of verdicts."""
    if not case.members.known("device", rule.table) or not rows.subjects.height:
        return ()
    members = case.members.of("device", rule.table)
    of = {name: members.present(*parts) for name, parts in rows.named.items()}
    unsure = {z.zone for z in zones if z.verdict in (Verdict.NO_EVIDENCE, Verdict.ERROR)}
    in_doubt = whole in (Verdict.NO_EVIDENCE, Verdict.ERROR) and not zones
    doubted = of["unjudged"] | in_doubt | case.members.at_home_in(rule.table, unsure)
    left, found = of["subjects"], {}
    for verdict, which in (
        (Verdict.FAIL, of["failing"]),
        (Verdict.REVIEW, of["review"]),
        (Verdict.WAIVED, of["waived"]),
        (Verdict.NO_EVIDENCE, doubted),
        (Verdict.PASS, left),
    ):
        numbers = np.flatnonzero(left & which)
        if len(numbers):
            found[verdict] = tuple(map(members.names.__getitem__, numbers.tolist()))
        left = left & ~which
    return tuple(DeviceVerdicts(v, found[v]) for v in Verdict if v in found)
