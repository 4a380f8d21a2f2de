"""Where a rule must have looked before its silence is believed, and which of these places were not seen long enough.

A rule is about the inside of zones, or about boundaries between zones (``boundary`` in its file). Zones at Purdue level
4 and above are no part of the control system: that they were not seen keeps no rule about zones from passing.
docs/evidence.md has the reasons.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from scanner.engine.definitions.rules import INTERNET, Boundary, Rule
from scanner.engine.language.expressions import condition
from scanner.engine.language.selections import Selection
from scanner.engine.obstacles import Obstacle
from scanner.engine.verdict.judged_facts import JudgedFacts
from scanner.engine.words import duration, share
from scanner.facts.presence import Presence
from scanner.protocols import protocols
from scanner.results.model import Cause
from scanner.wording import Said, joined, listed, said, term

LEAST_PACKETS = 10  # of conversations in a zone, before it counts as seen
MOST_ONLY_HEARD = 0.5  # of a zone's devices, of which only what they send to everybody was seen
MOST_UNRECOGNISED = 0.5  # of payload bytes of a place, for what protocols carry
ENTERPRISE = 4.0  # Purdue level from which a zone is no part of the control system
NAMED = 5  # places that a text names before it says how many more there are
_LINKS = range(0x0400, 0x0600)  # stand for EtherTypes in frames of links that have none
_PAIRED = 200  # zones with unseen boundaries whose pairs are looked at one by one
_HEARD_BY_ALL = {"publications", "state_changes", "devices", "inventory", "sightings", "identities"}
_FROM_PAYLOAD = {"operations", "sessions", "malformed"}
# tables whose rows say themselves what was seen
_ABOUT_PLACES = {"captures", "observations", "zones", "conduits", "conduit_parts", "occupied_ports"}

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Shortfall:
    """A place that was not seen well enough. zone: empty for all together; other: of a boundary, or ``INTERNET``."""

    cause: Cause
    zone: str
    other: str = ""
    seconds: float = 0.0
    why: str = ""  # short, link, packets, sides, heard, unrecognised, boundary


def shortfalls(rule: Rule, case: JudgedFacts, wanted: float, *, everywhere: bool = False) -> list[Shortfall]:
    """Places that the rule is about and that were not seen for ``wanted`` seconds, or not well enough.

    everywhere: in the zones of the enterprise as well.
    """
    if rule.table in _ABOUT_PLACES or "capture" not in rule.needs:
        return []
    return case.once(
        ("shortfalls", *_alike(rule), wanted, everywhere),
        lambda: _shortfalls(rule, case, wanted, everywhere=everywhere),
    )


def _alike(rule: Rule) -> tuple[Hashable, ...]:
    """Rules of which this is the same must have seen the same places."""
    return rule.boundary, heard_by_all(rule), rule.table in _FROM_PAYLOAD, _links(rule)


def _shortfalls(rule: Rule, case: JudgedFacts, wanted: float, *, everywhere: bool) -> list[Shortfall]:
    return [*_of_link(rule, case, wanted), *_of_places(rule, case, wanted, everywhere=everywhere)]


def _of_link(rule: Rule, case: JudgedFacts, wanted: float) -> Iterator[Shortfall]:
    """A link of its own (radio, a bus) that the rule is about, whose frames were captured for a shorter time than those
    of the networks beside it.
    """
    links = _links(rule)
    if not links:
        return
    seconds = case.once(("seconds of links", *sorted(links)), lambda: _seconds_of(links, case))
    if seconds is not None and seconds < wanted:
        yield Shortfall(Cause.DURATION, "", "", seconds, "link")


def _links(rule: Rule) -> frozenset[int]:
    """The links that the rule is about, if it is about nothing else."""
    each = [_own_links(name) for name in rule.protocols]
    return frozenset[int]().union(*each) if all(each) else frozenset()


@functools.cache
def _own_links(protocol: str) -> frozenset[int]:
    """What stands for an EtherType in frames of links that carry the protocol and nothing else; empty where others
    carry it as well.
    """
    known = protocols().get(protocol)
    framings = known.framings if known else ()
    homes = [(transport, port) for framing in framings for transport, ports in framing.ports.items() for port in ports]
    if not homes or any(transport != "ethertype" or port not in _LINKS for transport, port in homes):
        return frozenset()
    return frozenset(port for _, port in homes)


def _seconds_of(links: frozenset[int], case: JudgedFacts) -> float | None:
    """For how long frames of the links were seen; None where none was."""
    flows = case.tables["flows"]
    own = flows.filter((pl.col("transport") == "ethernet") & pl.col("server_port").is_in(list(links)))
    if not own.height:
        return None
    rows = np.arange(own.height)
    return float(Presence(own, case.tables["captures"]).seconds(rows, np.zeros_like(rows), 1)[0])


def _of_places(rule: Rule, case: JudgedFacts, wanted: float, *, everywhere: bool) -> list[Shortfall]:
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


def by_zone(rule: Rule, case: JudgedFacts, wanted: float, said: float) -> dict[str, list[Obstacle]]:
    """What keeps silence about each zone from being believed. said: the seconds that the words speak of."""
    if rule.table in _ABOUT_PLACES or "capture" not in rule.needs:
        return {}
    return case.once(("by zone", *_alike(rule), wanted, said), lambda: _by_zone(rule, case, wanted, said))


def _by_zone(rule: Rule, case: JudgedFacts, wanted: float, said: float) -> dict[str, list[Obstacle]]:
    found: dict[str, list[Shortfall]] = {}
    for short in shortfalls(rule, case, wanted, everywhere=True):
        for zone in {short.zone, short.other}:
            found.setdefault(zone, []).append(short)
    return {zone: obstacles(shorts, case, said) for zone, shorts in found.items()}


def heard_by_all(rule: Rule) -> bool:
    """What the rule looks at is sent to everybody in a network, so that every port of it shows it."""
    return rule.table in _HEARD_BY_ALL or bool(rule.protocols and all(map(_to_everybody, rule.protocols)))


@functools.cache
def _to_everybody(protocol: str) -> bool:
    known = protocols().get(protocol)
    framings = known.framings if known else ()
    return bool(framings) and all("ethertype" in framing.ports for framing in framings)


def _zones(case: JudgedFacts) -> dict[str, float | None]:
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
    boundary: Boundary, case: JudgedFacts, zones: Mapping[str, float | None], table: pl.DataFrame, wanted: float
) -> Iterator[Shortfall]:
    """Pairs of places between which traffic could not have been seen for so long."""
    seen = dict(table.filter(pl.col("boundary") != "").select("zone", "boundary_seconds").iter_rows())
    if not zones:
        seconds = seen.get("", 0.0)
        if seconds < wanted:
            yield Shortfall(Cause.PLACE, "", INTERNET, seconds, "boundary")
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


def in_boundary(boundary: Boundary, case: JudgedFacts) -> set[str]:
    """Zones that the rule's boundaries are of."""
    return case.once(("in boundary", boundary), lambda: _in_boundary(boundary, case))


def _in_boundary(boundary: Boundary, case: JudgedFacts) -> set[str]:
    return _chosen(boundary.one, case) | (_chosen(boundary.other, case) if boundary.zones else set())


def _chosen(selection: Selection | None, case: JudgedFacts) -> set[str]:
    """Zones that meet the selection, or may."""
    zones = case.tables["zones"]
    if selection is not None:
        zones = zones.filter(condition(selection, "zones", case.tables).fill_null(value=True))
    return set(zones["zone"])


# --- in words ---------------------------------------------------------------------------------------------------------


def obstacles(found: Iterable[Shortfall], case: JudgedFacts, wanted: float) -> list[Obstacle]:
    """One for each way in which places fall short, with the places."""
    groups: dict[tuple[Cause, str], list[Shortfall]] = {}
    for short in found:
        groups.setdefault((short.cause, short.why), []).append(short)
    names = case.once(("zone names",), lambda: _names(case)) if groups else {}
    return [Obstacle(cause, _SAID[why](group, names, wanted)) for (cause, why), group in groups.items()]


def _names(case: JudgedFacts) -> dict[str, str]:
    return {zone: name or zone for zone, name in case.tables["zones"].select("zone", "name").iter_rows()}


def _short(found: Sequence[Shortfall], names: Mapping[str, str], wanted: float) -> str:
    need = duration(wanted)
    if not found[0].zone:
        return said(
            "only {time} of traffic between two ends was captured (at least {need} is needed)",
            time=duration(found[0].seconds),
            need=need,
        )
    nothing = [s for s in found if not s.seconds]
    little = [s for s in found if s.seconds]
    parts = []
    if nothing:
        parts.append(
            said("nothing was seen of {zones}", zones=_zones_named([names.get(s.zone, s.zone) for s in nothing]))
        )
    if little:
        each = [said("{zone} ({time})", zone=names.get(s.zone, s.zone), time=duration(s.seconds)) for s in little]
        parts.append(
            said("too little was seen of {zones}; at least {need} is needed", zones=_zones_named(each), need=need)
        )
    return joined(parts, term("list.and-clauses"))


def _short_link(found: Sequence[Shortfall], _: Mapping[str, str], wanted: float) -> str:
    return said(
        "only {time} of this radio or bus was captured (at least {need} is needed)",
        time=duration(found[0].seconds),
        need=duration(wanted),
    )


def _zones_named(names: Sequence[str]) -> Said:
    """``zone a``, ``zones a, b and 3 more``."""
    return said("zone {name}", name=names[0]) if len(names) == 1 else said("zones {names}", names=_first(names))


def _first(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    return listed(names[:NAMED], more)


def _of_zones(sentence: str) -> Callable[[Sequence[Shortfall], Mapping[str, str], float], Said]:
    def say(found: Sequence[Shortfall], names: Mapping[str, str], _: float) -> Said:
        if not found[0].zone:
            return said(sentence, places=said("the captured traffic"))
        return said(sentence, places=_zones_named([names.get(s.zone, s.zone) for s in found]))

    return say


def _unrecognised(found: Sequence[Shortfall], names: Mapping[str, str], _: float) -> Said:
    if not found[0].zone:
        return said(
            "{share} of the payload belongs to conversations whose protocol was not recognised",
            share=share(found[0].seconds),
        )
    each = [said("{zone} ({share})", zone=names.get(s.zone, s.zone), share=share(s.seconds)) for s in found]
    return said("the protocol of most payload was not recognised in {zones}", zones=_zones_named(each))


def _between(found: Sequence[Shortfall], names: Mapping[str, str], _: float) -> Said:
    if not found[0].zone:
        return said("no capture shows traffic on its way to or from another network")
    outside = [names.get(s.zone, s.zone) for s in found if s.other == INTERNET]
    inside = [
        said("{zone} and {other}", zone=names.get(s.zone, s.zone), other=names.get(s.other, s.other))
        for s in found
        if s.other != INTERNET
    ]
    parts = []
    if inside:
        parts.append(said("between {zones}", zones=_first(inside)))
    if outside:
        parts.append(said("between the Internet and {zones}", zones=_first(outside)))
    return said(
        "traffic {between} would not have been seen where the captures were taken",
        between=joined(parts, term("list.or-places")),
    )


_SAID: dict[str, Callable[[Sequence[Shortfall], Mapping[str, str], float], str]] = {
    "short": _short,
    "link": _short_link,
    "packets": _of_zones("too few packets were seen of {places}"),
    "sides": _of_zones("only one direction was seen of {places}"),
    "heard": _of_zones(
        "of most devices of {places} only broadcasts and multicasts were seen, as at a port that is not mirrored"
    ),
    "unrecognised": _unrecognised,
    "boundary": _between,
}
