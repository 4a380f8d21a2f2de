"""Where a rule must have looked before its silence is believed, and which of these places were not seen long enough.

A rule is about the inside of zones, or about boundaries between zones (``boundary`` in its file). Zones at Purdue level
4 and above are no part of the control system: that they were not seen keeps no rule about zones from passing.
docs/evidence.md has the reasons.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from scanner.engine.definitions.rules import INTERNET, Boundary, Rule
from scanner.engine.language.expressions import condition
from scanner.engine.language.selections import Selection
from scanner.engine.verdict.judged_facts import Enriched
from scanner.engine.words import both, duration, joined, share
from scanner.protocols import protocols
from scanner.results.model import Cause, Doubt, Text

LEAST_PACKETS = 10  # of conversations in a zone, before it counts as seen
MOST_ONLY_HEARD = 0.5  # of a zone's devices, of which only what they send to everybody was seen
MOST_UNRECOGNISED = 0.5  # of payload bytes of a place, for what protocols carry
ENTERPRISE = 4.0  # Purdue level from which a zone is no part of the control system
NAMED = 5  # places that a text names before it says how many more there are
_PAIRED = 200  # zones with unseen boundaries whose pairs are looked at one by one
_HEARD_BY_ALL = {"publications", "state_changes", "devices", "inventory", "sightings", "identities"}
_FROM_PAYLOAD = {"operations", "sessions", "malformed"}
_ABOUT_PLACES = {"captures", "observations", "zones", "conduits"}  # tables whose rows say themselves what was seen

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Shortfall:
    """A place that was not seen well enough. zone: empty for all together; other: of a boundary, or ``INTERNET``."""

    cause: Cause
    zone: str
    other: str = ""
    seconds: float = 0.0
    why: str = ""  # short, packets, sides, heard, unrecognised, boundary


def shortfalls(rule: Rule, case: Enriched, wanted: float, *, everywhere: bool = False) -> list[Shortfall]:
    """Places that the rule is about and that were not seen for ``wanted`` seconds, or not well enough.

    everywhere: in the zones of the enterprise as well.
    """
    if rule.table in _ABOUT_PLACES or "capture" not in rule.needs:
        return []
    table = case.tables["observations"]
    zones = _zones(case)
    if rule.boundary is not None:
        return list(_boundaries(rule.boundary, case, zones, table, wanted))
    heard = heard_by_all(rule)
    if not zones:
        everything = table.filter(pl.col("kind") == "all").to_dicts()
        return list(_of_place(rule, everything[0] if everything else {}, "", wanted, heard=heard))
    rows = {row["zone"]: row for row in table.filter(pl.col("kind") == "zone").to_dicts()}
    return [
        short
        for name, level in zones.items()
        if everywhere or level is None or level < ENTERPRISE
        for short in _of_place(rule, rows.get(name, {}), name, wanted, heard=heard)
    ]


def heard_by_all(rule: Rule) -> bool:
    """What the rule looks at is sent to everybody in a network, so that every port of it shows it."""
    return rule.table in _HEARD_BY_ALL or bool(rule.protocols and all(map(_to_everybody, rule.protocols)))


@functools.cache
def _to_everybody(protocol: str) -> bool:
    known = protocols().get(protocol)
    framings = (known.framing, *known.more_framings) if known else ()
    return bool(framings) and all("ethertype" in framing.ports for framing in framings)


def _zones(case: Enriched) -> dict[str, float | None]:
    return dict(case.tables["zones"].select("zone", "level").iter_rows())


def _of_place(rule: Rule, row: Row, zone: str, wanted: float, *, heard: bool) -> Iterator[Shortfall]:
    seconds = row.get("any_seconds" if heard else "seconds") or 0.0
    if seconds < wanted:
        yield Shortfall(Cause.PLACE if zone else Cause.DURATION, zone, "", seconds, "short")
        return
    recognised = row.get("recognised_share")
    if rule.table in _FROM_PAYLOAD and recognised is not None and 1 - recognised > MOST_UNRECOGNISED:
        yield Shortfall(Cause.UNRECOGNISED, zone, "", 1 - recognised, "unrecognised")
    if heard or not wanted:
        return
    if (row.get("packets") or 0) < LEAST_PACKETS:
        yield Shortfall(Cause.PLACE, zone, "", seconds, "packets")
    elif not row["both_sides"]:
        yield Shortfall(Cause.ONE_SIDED, zone, "", seconds, "sides")
    devices = (row["devices"] or 0) + (row["heard_devices"] or 0)
    if zone and row["heard_devices"] > MOST_ONLY_HEARD * devices:
        yield Shortfall(Cause.PLACE, zone, "", seconds, "heard")


# --- boundaries -------------------------------------------------------------------------------------------------------


def _boundaries(
    boundary: Boundary, case: Enriched, zones: Mapping[str, float | None], table: pl.DataFrame, wanted: float
) -> Iterator[Shortfall]:
    """Pairs of places between which traffic could not have been seen for so long."""
    seen = dict(table.filter(pl.col("boundary") != "").select("zone", "boundary_seconds").iter_rows())
    if not zones:
        if seen.get("", 0.0) < wanted:
            yield Shortfall(Cause.PLACE, "", INTERNET, seen.get("", 0.0), "boundary")
        return
    direct = {
        (zone, other): seconds
        for zone, other, seconds in table.filter(pl.col("kind") == "pair")
        .select("zone", "other_zone", "seconds")
        .iter_rows()
    }
    unseen = [z for z in zones if seen.get(z, 0.0) < wanted]
    one, other = _chosen(boundary.one, case), _chosen(boundary.other, case)
    for number, zone in enumerate(unseen[:_PAIRED]):
        if boundary.internet and zone in one and direct.get((zone, ""), 0.0) < wanted:
            yield Shortfall(Cause.PLACE, zone, INTERNET, seen.get(zone, 0.0), "boundary")
        for peer in unseen[number + 1 : _PAIRED] if boundary.zones else ():
            about = (zone in one and peer in other) or (peer in one and zone in other)
            if about and direct.get((min(zone, peer), max(zone, peer)), 0.0) < wanted:
                yield Shortfall(Cause.PLACE, zone, peer, 0.0, "boundary")


def in_boundary(boundary: Boundary, case: Enriched) -> set[str]:
    """Zones that the rule's boundaries are of."""
    return _chosen(boundary.one, case) | (_chosen(boundary.other, case) if boundary.zones else set())


def _chosen(selection: Selection | None, case: Enriched) -> set[str]:
    """Zones that meet the selection, or may."""
    zones = case.tables["zones"]
    if selection is not None:
        zones = zones.filter(condition(selection, "zones", case.tables).fill_null(value=True))
    return set(zones["zone"])


# --- in words ---------------------------------------------------------------------------------------------------------


def told(found: Iterable[Shortfall], case: Enriched, wanted: float) -> list[Doubt]:
    """One doubt for each way in which places fall short, with the places."""
    groups: dict[tuple[Cause, str], list[Shortfall]] = {}
    for short in found:
        groups.setdefault((short.cause, short.why), []).append(short)
    names = _names(case)
    return [Doubt(cause, _SAID[why](group, names, wanted)) for (cause, why), group in groups.items()]


def _names(case: Enriched) -> dict[str, str]:
    return {zone: name or zone for zone, name in case.tables["zones"].select("zone", "name").iter_rows()}


def _short(found: Sequence[Shortfall], names: Mapping[str, str], wanted: float) -> Text:
    need = duration(wanted)
    if not found[0].zone:
        have = duration(found[0].seconds)
        return both(
            f"only {have['en']} of traffic between two ends was captured (at least {need['en']} is needed)",
            f"仅采集到 {have['zh']} 的点对点通信，至少需要 {need['zh']}",
        )
    nothing = [s for s in found if not s.seconds]
    little = [s for s in found if s.seconds]
    parts = []
    if nothing:
        listed = _listed([both(names.get(s.zone, s.zone), names.get(s.zone, s.zone)) for s in nothing])
        parts.append(both(f"nothing was seen of {_noun(nothing)} {listed['en']}", f"未观察到区域{listed['zh']}的通信"))
    if little:
        listed = _listed([_with_time(names.get(s.zone, s.zone), s.seconds) for s in little])
        parts.append(
            both(
                f"{_noun(little)} {listed['en']} {'was' if len(little) == 1 else 'were'} seen too shortly "
                f"(at least {need['en']} is needed)",
                f"区域{listed['zh']}的观察时间不足（至少需要 {need['zh']}）",
            )
        )
    return joined(parts, " and ", "，")


def _with_time(name: str, seconds: float) -> Text:
    have = duration(seconds)
    return both(f"{name} ({have['en']})", f"{name}（{have['zh']}）")


def _noun(found: Sequence[Shortfall]) -> str:
    return "zone" if len(found) == 1 else "zones"


def _listed(names: Sequence[Text]) -> Text:
    more = len(names) - NAMED
    text = joined(names[:NAMED], ", ", "、")
    if more > 0:
        return both(f"{text['en']} and {more:,} more", f"{text['zh']}等（另有 {more:,} 个）")
    return text


def _of_zones(en: str, zh: str) -> Callable[[Sequence[Shortfall], Mapping[str, str], float], Text]:
    def say(found: Sequence[Shortfall], names: Mapping[str, str], _: float) -> Text:
        if not found[0].zone:
            return both(en.format(of="the captured traffic"), zh.format(of="所采集流量"))
        listed = _listed([both(names.get(s.zone, s.zone), names.get(s.zone, s.zone)) for s in found])
        return both(en.format(of=f"{_noun(found)} {listed['en']}"), zh.format(of=f"区域{listed['zh']}"))

    return say


def _unrecognised(found: Sequence[Shortfall], names: Mapping[str, str], _: float) -> Text:
    if not found[0].zone:
        seen = share(found[0].seconds)
        return both(
            f"{seen} of the payload belongs to conversations whose protocol was not recognised",
            f"{seen} 的载荷属于未能识别协议的数据流",
        )
    listed = _listed(
        [
            both(
                f"{names.get(s.zone, s.zone)} ({share(s.seconds)})",
                f"{names.get(s.zone, s.zone)}（{share(s.seconds)}）",
            )
            for s in found
        ]
    )
    return both(
        f"the protocol of most payload was not recognised in {_noun(found)} {listed['en']}",
        f"区域{listed['zh']}的大部分载荷未能识别协议",
    )


def _between(found: Sequence[Shortfall], names: Mapping[str, str], _: float) -> Text:
    if not found[0].zone:
        return both(
            "no capture shows traffic on its way to or from another network",
            "流量采集未显示进出其他网络的通信",
        )
    parts = []
    outside = [s for s in found if s.other == INTERNET]
    inside = [s for s in found if s.other != INTERNET]
    if inside:
        pairs = [_pair(names.get(s.zone, s.zone), names.get(s.other, s.other)) for s in inside]
        listed = _listed(pairs)
        parts.append(both(f"between {listed['en']}", f"{listed['zh']}之间"))
    if outside:
        listed = _listed([both(names.get(s.zone, s.zone), names.get(s.zone, s.zone)) for s in outside])
        parts.append(both(f"between the Internet and {listed['en']}", f"互联网与{listed['zh']}之间"))
    where = joined(parts, ", or ", "，以及")
    return both(
        f"traffic {where['en']} would not have been seen where the captures were taken",
        f"在采集位置看不到{where['zh']}的通信",
    )


def _pair(one: str, other: str) -> Text:
    return both(f"{one} and {other}", f"{one}与{other}")


_SAID: dict[str, Callable[[Sequence[Shortfall], Mapping[str, str], float], Text]] = {
    "short": _short,
    "packets": _of_zones("too few packets were seen of {of}", "{of}的数据包太少"),
    "sides": _of_zones("only one direction was seen of {of}", "{of}仅见单向报文"),
    "heard": _of_zones(
        "of most devices of {of} only broadcasts and multicasts were seen, as at a port that is not mirrored",
        "{of}的多数设备仅见广播和组播报文（如同未做镜像的端口）",
    ),
    "unrecognised": _unrecognised,
    "boundary": _between,
}
