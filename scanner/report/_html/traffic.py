"""Traffic rows made ready for the map and the matrix: who the ends are, one link for each pair and state."""

from __future__ import annotations

import ipaddress
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from scanner.report._words import natural
from scanner.results.model import Results, TrafficRow, ZoneRow

OUTSIDE = ""  # the end that is in no zone
INTERNET = "internet"
GROUP_CAST = "multicast"
LAYER2 = "layer2"
OTHERS = "others"

_MAC = re.compile("(?:[0-9a-f]{2}:){5}[0-9a-f]{2}", re.IGNORECASE)
_MAX_GROUPS = 15  # shown one by one where there is no policy

_FEW = 2  # zones of a level that are drawn one by one beside levels that are not

STATES = ("violating", "unknown", "allowed", "unused")  # the worst first


@dataclass(frozen=True)
class End:
    """A box of the map.

    ``kind``: zone, level (all zones of a level), outside, or (where there is no policy) group or one of the special
    groups.
    """

    id: str
    name: str
    kind: str
    level: float | None = None
    sl_t: int | None = None
    devices: int | None = None
    zones: int = 1


@dataclass(frozen=True)
class Link:
    """All traffic of one state from one end to another."""

    source: str
    target: str
    state: str
    protocols: tuple[str, ...] = ()
    conduits: tuple[str, ...] = ()
    connections: int = 0
    packets: int = 0
    bytes: int = 0

    def plus(self, other: TrafficRow | Link) -> Link:
        """With more traffic of the same state."""
        conduits = other.conduits if isinstance(other, Link) else (other.conduit,) if other.conduit else ()
        return replace(
            self,
            protocols=tuple(dict.fromkeys(self.protocols + other.protocols)),
            conduits=tuple(dict.fromkeys(self.conduits + conduits)),
            connections=self.connections + other.connections,
            packets=self.packets + other.packets,
            bytes=self.bytes + other.bytes,
        )


@dataclass(frozen=True)
class Cell:
    """All traffic from one end to another, by its state; the worst state first."""

    links: tuple[Link, ...]

    @property
    def state(self) -> str:
        """The worst state."""
        return self.links[0].state

    @property
    def connections(self) -> int:
        """Of every state."""
        return sum(link.connections for link in self.links)

    @property
    def forbidden(self) -> int:
        """Connections that the policy does not allow."""
        return sum(link.connections for link in self.links if link.state == "violating")


@dataclass(frozen=True)
class Traffic:
    """What the map and the matrix show; ``links`` join two different ends."""

    ends: tuple[End, ...]
    links: tuple[Link, ...]
    by_zone: bool
    cells: dict[tuple[str, str], list[Link]] = field(default_factory=dict)  # by pair, the worst link first
    alone: bool = False  # the ends are addresses, because all of them are of one network

    @property
    def inside(self) -> list[Link]:
        """Forbidden traffic among the zones of a level that is drawn as one."""
        levels = {end.id for end in self.ends if end.kind == "level"}
        pairs = (self.cells.get((level, level), []) for level in levels)
        return sorted((x for links in pairs for x in links if x.state == "violating"), key=lambda x: x.source)

    def cell(self, source: str, target: str) -> Cell | None:
        """The traffic of a pair, or none."""
        links = self.cells.get((source, target))
        return Cell(tuple(links)) if links else None


def state_of(row: TrafficRow) -> str:
    """Violating, unknown, allowed or unused (a conduit in which nothing was seen)."""
    if row.allowed is False:
        return "violating"
    if row.packets == 0 and row.connections == 0:
        return "unused"
    return "allowed" if row.allowed else "unknown"


def traffic(results: Results) -> Traffic:
    """Ends and links by zone, or by address group where the policy has no zones."""
    if results.zones:
        names = {z.zone: z.zone for z in results.zones}
        links = _links(results.traffic, names)
        return _assemble(_zone_ends(results.zones, links), links, by_zone=True)
    addresses = dict.fromkeys(a for row in results.traffic for a in (row.source, row.target))
    groups = {a: group_of(a) for a in addresses}
    alone = len({*groups.values()}) == 1  # one box would tell nothing
    groups = _fewer({a: a for a in groups} if alone else groups, results.traffic)
    links = _links(results.traffic, groups)
    return replace(_assemble(_group_ends(links), links, by_zone=False), alone=alone)


def _assemble(ends: tuple[End, ...], links: dict[tuple[str, str, str], Link], *, by_zone: bool) -> Traffic:
    order = {end.id: n for n, end in enumerate(ends)}
    ranked = sorted(links.values(), key=lambda link: (STATES.index(link.state), order[link.source], order[link.target]))
    cells: dict[tuple[str, str], list[Link]] = {}
    for link in ranked:
        cells.setdefault((link.source, link.target), []).append(link)
    return Traffic(ends, tuple(link for link in ranked if link.source != link.target), by_zone, cells)


def _links(rows: Iterable[TrafficRow], names: dict[str, str]) -> dict[tuple[str, str, str], Link]:
    links: dict[tuple[str, str, str], Link] = {}
    for row in rows:
        key = (names.get(row.source, row.source), names.get(row.target, row.target), state_of(row))
        links[key] = links.get(key, Link(*key)).plus(row)
    return links


def _zone_ends(zones: Iterable[ZoneRow], links: dict[tuple[str, str, str], Link]) -> tuple[End, ...]:
    ends = {z.zone: End(z.zone, z.name or z.zone, "zone", z.level, z.sl_t, z.devices) for z in zones}
    for source, target, _ in links:
        for name in (source, target):
            if name not in ends:
                ends[name] = End(name, name, "zone" if name else "outside")
    return tuple(sorted(ends.values(), key=_zone_order))


def _zone_order(end: End) -> tuple[int, float, str, str]:
    if end.kind == "outside":
        return (0, 0.0, "", "")
    named = (natural(end.name), end.id)
    return (2, 0.0, *named) if end.level is None else (1, -end.level, *named)


def by_level(flows: Traffic, most: int) -> Traffic:
    """The same traffic with few ends where there are more than ``most``: levels of many zones become one end each."""
    if len(flows.ends) <= most:
        return flows
    levels: dict[float | None, list[End]] = defaultdict(list)
    for end in flows.ends:
        if end.kind == "zone":
            levels[end.level].append(end)
    merged: dict[str, End] = {}
    for level, zones in levels.items():
        if len(zones) > _FEW or len(levels) * _FEW > most:
            devices = sum(zone.devices or 0 for zone in zones)
            name = "" if level is None else f"{level:g}"
            end = End(f"level {name}", name, "level", level, None, devices, len(zones))
            merged |= {zone.id: end for zone in zones if len(zones) > 1}
    if not merged:
        return flows
    ends = tuple(dict.fromkeys(merged.get(end.id, end) for end in flows.ends))
    links: dict[tuple[str, str, str], Link] = {}
    for pair in flows.cells.values():
        for link in pair:
            source, target = (merged[i].id if i in merged else i for i in (link.source, link.target))
            key = (source, target, link.state)
            links[key] = links.get(key, Link(*key)).plus(link)
    return _assemble(ends, links, by_zone=True)


def group_of(address: str) -> str:
    """The group an address is drawn in: its /24 or /64 network, the Internet, group addresses, or layer 2."""
    if _MAC.fullmatch(address):
        return LAYER2
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address  # already a network or a name
    if ip.is_multicast or address == "255.255.255.255":
        return GROUP_CAST
    if ip.is_global or _documentation(ip):
        return INTERNET
    network = ipaddress.ip_network((ip, 24 if ip.version == 4 else 64), strict=False)
    return str(network)


def _documentation(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Addresses of examples stand for public ones."""
    networks = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
    return any(ip in ipaddress.ip_network(n) for n in networks)


def _fewer(groups: dict[str, str], rows: Iterable[TrafficRow]) -> dict[str, str]:
    """The groups with the most traffic as they are, all others as one."""
    weights: dict[str, int] = {}
    for row in rows:
        for address in (row.source, row.target):
            weights[groups[address]] = weights.get(groups[address], 0) + row.packets
    if len(weights) <= _MAX_GROUPS:
        return groups
    kept = set(sorted(weights, key=lambda g: (-weights[g], g))[: _MAX_GROUPS - 1])
    return {a: g if g in kept else OTHERS for a, g in groups.items()}


_SPECIAL = (INTERNET, OUTSIDE, GROUP_CAST, LAYER2, OTHERS)


def _group_ends(links: dict[tuple[str, str, str], Link]) -> tuple[End, ...]:
    names = {name for source, target, _ in links for name in (source, target)}
    ends = [End(n, n, "outside" if n == OUTSIDE else n if n in _SPECIAL else "group") for n in names]
    return tuple(sorted(ends, key=_group_order))


def _group_order(end: End) -> tuple[int, tuple[int, ...], str]:
    first = 0 if end.kind == INTERNET else 2 if end.kind in _SPECIAL else 1
    numbers = tuple(int(d) for d in re.findall(r"\d+", end.id)[:6]) if end.kind == "group" else ()
    return (first, numbers, end.id)
