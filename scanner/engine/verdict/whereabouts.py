"""The verdict of a rule zone by zone and device by device, by the same order as for the whole."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from scanner.engine.definitions.rules import Rule
from scanner.engine.obstacles import Obstacle
from scanner.engine.told import told
from scanner.engine.verdict import places
from scanner.engine.verdict.coverage import counted_subjects
from scanner.engine.verdict.judged_facts import JudgedFacts
from scanner.results.model import DeviceVerdicts, Verdict, ZoneVerdict
from scanner.wording import Said, enumerated, said

_CONVERSED = ("flows", "operations", "sessions", "publications")
_ZONES = {
    **dict.fromkeys(_CONVERSED, ("client_zone", "server_zone")),
    "devices": ("zone",),
    "zones": ("zone",),
    "inventory": ("zone_by_policy",),
    "conduits": ("from_zone", "to_zone"),
}
_DEVICES = {
    **dict.fromkeys(_CONVERSED, ("client_device", "server_device")),
    "devices": ("device",),
    "inventory": ("device",),
}
_OWNER = "_owner"  # of a setting: the zone, or the device, of the configuration
_WORST_FIRST = (
    (Verdict.FAIL, "failing", "{part} of {subjects} failed"),
    (Verdict.ERROR, "error", "otaudit itself failed on part of the input"),
    (Verdict.REVIEW, "review", "{part} of {subjects} must be confirmed"),
    (Verdict.WAIVED, "waived", "{part} of {subjects} failed under a waiver"),
)


@dataclass(frozen=True)
class Sorted:
    """Rows of the rule's table: subjects, and which of them fail, are for review, are waived, cannot be judged."""

    subjects: pl.DataFrame
    failing: pl.DataFrame
    review: pl.DataFrame
    waived: Sequence[pl.DataFrame]
    unjudged: pl.DataFrame


@dataclass(frozen=True)
class Everywhere:
    """What holds everywhere: defects of otaudit, obstacles that have no place, and for how long places must be seen."""

    defects: Sequence[Said]
    obstacles: Sequence[Obstacle]
    wanted: float
    wanted_of_absence: float


def zone_verdicts(rule: Rule, case: JudgedFacts, rows: Sorted, known: Everywhere) -> tuple[ZoneVerdict, ...]:
    """One for each zone of the policy; none where the rule's table says nothing of zones."""
    zones = case.tables["zones"]["zone"].unique(maintain_order=True).to_list()
    if not zones or not (rule.table in _ZONES or rule.table == "settings"):
        return ()
    owners = case.owners["zone"] if rule.table == "settings" else {}
    counts = {name: _counts(rule, frame, owners) for name, frame in _named(rows)}
    short = {wanted: _by_zone(rule, case, wanted) for wanted in {known.wanted, known.wanted_of_absence}}
    about = places.in_boundary(rule.boundary, case) if rule.boundary else set(zones)
    return tuple(
        _of_zone(
            rule,
            zone,
            {name: count[zone] for name, count in counts.items()},
            known,
            _told(short[known.wanted if counts["subjects"][zone] else known.wanted_of_absence], zone, case, known),
            about=zone in about,
        )
        for zone in zones
    )


def _told(
    short: Mapping[str, list[places.Shortfall]], zone: str, case: JudgedFacts, known: Everywhere
) -> list[Obstacle]:
    return places.told(short.get(zone, ()), case, known.wanted)


def _named(rows: Sorted) -> Iterator[tuple[str, pl.DataFrame]]:
    yield "subjects", rows.subjects
    yield "failing", rows.failing
    yield "review", rows.review
    yield "waived", pl.concat(rows.waived) if rows.waived else rows.subjects.clear()
    yield "unjudged", rows.unjudged


def _by_zone(rule: Rule, case: JudgedFacts, wanted: float) -> dict[str, list[places.Shortfall]]:
    found: dict[str, list[places.Shortfall]] = {}
    for short in places.shortfalls(rule, case, wanted, everywhere=True):
        for zone in {short.zone, short.other}:
            found.setdefault(zone, []).append(short)
    return found


def _counts(rule: Rule, rows: pl.DataFrame, owners: Mapping[str, str]) -> Counter[str]:
    """How many rows are of each zone; a row between two zones is of both."""
    columns = _ZONES.get(rule.table, (_OWNER,))
    return _tally(_with_owner(rows, owners) if columns == (_OWNER,) else rows, columns)


def _tally(rows: pl.DataFrame, columns: Sequence[str]) -> Counter[str]:
    if not rows.height:
        return Counter()
    numbered = rows.select(columns).with_row_index("_row")
    each = pl.concat(numbered.select("_row", of=name) for name in columns).unique()
    return Counter(dict(each.filter(pl.col("of") != "").group_by("of").len().iter_rows()))


def _with_owner(settings: pl.DataFrame, owners: Mapping[str, str]) -> pl.DataFrame:
    host = pl.col("device").str.to_lowercase()
    if not owners:
        return settings.with_columns(pl.lit("").alias(_OWNER))
    return settings.with_columns(host.replace_strict(owners, default="", return_dtype=pl.String).alias(_OWNER))


def _of_zone(
    rule: Rule, zone: str, counts: Mapping[str, int], known: Everywhere, obstacles: Sequence[Obstacle], *, about: bool
) -> ZoneVerdict:
    verdict, reason = _concluded(rule, counts, known, obstacles, about=about)
    return ZoneVerdict(zone=zone, verdict=verdict, reason=told(reason), **counts)


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
    columns = _DEVICES.get(rule.table, (_OWNER,))
    if rule.table not in (*_DEVICES, "settings") or not rows.subjects.height:
        return ()
    owners = case.owners["device"] if rule.table == "settings" else {}
    of = {
        name: set(_tally(_with_owner(frame, owners) if columns == (_OWNER,) else frame, columns))
        for name, frame in _named(rows)
    }
    unsure = {z.zone for z in zones if z.verdict in (Verdict.NO_EVIDENCE, Verdict.ERROR)}
    in_doubt = whole in (Verdict.NO_EVIDENCE, Verdict.ERROR) and not zones
    home = dict(case.tables["devices"].select("device", "zone").iter_rows())
    found: dict[Verdict, list[str]] = {}
    for device in sorted(of["subjects"]):
        if device in of["failing"]:
            verdict = Verdict.FAIL
        elif device in of["review"]:
            verdict = Verdict.REVIEW
        elif device in of["waived"]:
            verdict = Verdict.WAIVED
        elif device in of["unjudged"] or in_doubt or home.get(device, "") in unsure:
            verdict = Verdict.NO_EVIDENCE
        else:
            verdict = Verdict.PASS
        found.setdefault(verdict, []).append(sys.intern(device))  # the same devices for rule after rule
    return tuple(DeviceVerdicts(v, tuple(found[v])) for v in Verdict if v in found)
