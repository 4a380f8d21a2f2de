"""Routers between three zones, drawn at random, and following one packet after another through them by hand.

A router's interface has the host number of the router. Networks 91 and 92 are between routers alone.
"""

from __future__ import annotations

import ipaddress
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import NamedTuple

from scanner.packet_sets import OnePacket

ZONES = (10, 20, 30)
_TRANSIT = (91, 92)
_NUMBERS = {"tcp": 6, "udp": 17}
_PREFIXES = {
    4: (
        *("10.0.10.0/24", "10.0.20.0/24", "10.0.30.0/24", "10.0.20.128/25", "10.0.20.7/32", "10.0.30.192/26"),
        *("10.0.10.0/25", "10.0.0.0/16", "0.0.0.0/0", "10.0.20.0/23", "10.0.8.0/22"),
    ),
    6: (
        *("fd00:0:0:10::/64", "fd00:0:0:20::/64", "fd00:0:0:30::/64", "fd00:0:0:20:8000::/65", "fd00:0:0:20::7/128"),
        *("fd00:0:0:30:c000::/66", "fd00:0:0:10::/65", "fd00::/48", "::/0", "fd00:0:0:20::/63", "fd00::/59"),
    ),
}


class Line(NamedTuple):
    """Of a list. source, target: empty for any."""

    permit: bool
    protocol: str = ""
    source: str = ""
    target: str = ""
    port: int = 0

    def matches(self, packet: OnePacket, version: int) -> bool:
        """All that is said."""
        ends = ((self.source, packet.source), (self.target, packet.destination))
        return (
            all(not text or _holds(text, version, address) for text, address in ends)
            and (not self.protocol or packet.protocol == _NUMBERS[self.protocol])
            and self.port in (0, packet.port)
        )


class StaticRoute(NamedTuple):
    """hop: empty where it discards. distance: 0 for the usual one."""

    prefix: str
    hop: str
    distance: int = 0


@dataclass
class Leg:
    """An interface. shared: it has the address of the network that several routers have together."""

    net: int
    host: int
    up: bool = True
    shared: bool = False
    comes: str = ""
    goes: str = ""


@dataclass
class DrawnRouter:
    """lists: by name. random: for what may be written in several ways."""

    random: Random
    name: str
    version: int
    legs: list[Leg]
    routes: list[StaticRoute] = field(default_factory=list)
    lists: dict[str, list[Line]] = field(default_factory=dict)

    def leg_to(self, address: str) -> Leg:
        """The interface in whose network a next hop is."""
        return next(leg for leg in self.legs if within(self.version, leg.net, address))


@cache
def network(version: int, net: int) -> str:
    """A network with its length."""
    if version == 6:
        return f"fd00:0:0:{net}::/64"
    return f"10.0.{net}.0/{24 if net in ZONES else 29}"


def address(version: int, net: int, host: int) -> str:
    """Of a host in a network."""
    return f"fd00:0:0:{net}::{host:x}" if version == 6 else f"10.0.{net}.{host}"


def shared(version: int, net: int) -> str:
    """The address that several routers have together."""
    return address(version, net, 254 if net in ZONES else 6)


@cache
def _parsed(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(text)


@cache
def _number(text: str) -> int:
    return int(ipaddress.ip_address(text))


def _holds(text: str, version: int, number: int) -> bool:
    net = _parsed(text)
    return net.version == version and int(net.network_address) <= number <= int(net.broadcast_address)


def within(version: int, net: int, text: str) -> bool:
    """The address is one of the network."""
    return _holds(network(version, net), version, _number(text))


class Can(NamedTuple):
    """What a system can say, and how it says nothing. rest: what becomes of what no line of a list matches; distance:
    of a static route; back: packets go out where they came in; ranks: routes differ in their distances; discards: some
    lead nowhere.
    """

    rest: bool = False
    distance: int = 1
    stateful: bool = False
    back: bool = True
    lists: bool = True
    shares: bool = True
    ranks: bool = True
    discards: bool = True
    versions: tuple[int, ...] = (4, 6)


def drawn(random: Random, version: int, cans: Sequence[Can]) -> list[DrawnRouter]:
    """One router for each system."""
    members = {net: random.sample(range(len(cans)), random.choice((1, 1, min(2, len(cans))))) for net in ZONES}
    for net in _TRANSIT[: random.choice((1, 1, 2))] if len(cans) > 1 else ():
        members[net] = random.sample(range(len(cans)), random.randint(2, len(cans)))
    routers = [
        DrawnRouter(random, f"R{n}", version, [Leg(net, n + 1) for net, some in members.items() if n in some])
        for n in range(len(cans))
    ]
    for net, some in members.items():
        if len(some) > 1 and all(cans[n].shares for n in some) and random.random() < 0.4:
            for leg in (leg for n in some for leg in routers[n].legs if leg.net == net):
                leg.shared = True
    for router in routers:
        for leg in router.legs:
            leg.up = leg.net not in ZONES or random.random() > 0.07
    for router, can in zip(routers, cans, strict=True):
        _routes(random, router, routers)
        router.routes = [r for r in router.routes if r.hop or can.discards]
        if not can.ranks:
            router.routes = [StaticRoute(*r[:2]) for r in {r.prefix: r for r in router.routes}.values()]
        if can.lists:
            _lists(random, router)
    return routers


def _routes(random: Random, router: DrawnRouter, routers: Iterable[DrawnRouter]) -> None:
    hops = []
    for own, other in itertools.product(router.legs, (leg for r in routers if r is not router for leg in r.legs)):
        if own.up and other.up and own.net == other.net:
            hops.append(address(router.version, own.net, other.host))
            hops += [shared(router.version, own.net)] * (other.shared and not own.shared)
    discards: dict[str, bool] = {}  # which of both counts where they are alike is not told
    for _ in range(random.randint(0, 6)):
        hop = random.choice(hops) if hops and random.random() < 0.85 else ""
        route = StaticRoute(random.choice(_PREFIXES[router.version]), hop, random.choice((0, 0, 0, 50, 200)))
        known = any((r.prefix, r.hop) == route[:2] for r in router.routes)
        if not known and discards.setdefault(route.prefix, not hop) is not bool(hop):
            router.routes.append(route)


def _lists(random: Random, router: DrawnRouter) -> None:
    ends = ("", *_PREFIXES[router.version][:7])
    for name in ("LA", "LB")[: random.randint(0, 2)]:
        router.lists[name] = [
            Line(
                random.random() < 0.6,
                protocol := random.choice(("", "tcp", "tcp", "udp")),
                random.choice(ends),
                random.choice(ends),
                random.choice((0, 443, 502)) if protocol else 0,
            )
            for _ in range(random.randint(1, 4))
        ]
        router.lists[name] += [Line(permit=True)] * (random.random() < 0.7)
    for leg in router.legs if router.lists else ():
        leg.comes = random.choice([*router.lists]) if random.random() < 0.3 else ""
        leg.goes = random.choice([*router.lists]) if random.random() < 0.25 else ""


def is_whole(routers: Iterable[DrawnRouter]) -> bool:
    """Every router routes, and every zone is there: beside others, gateways are missing."""
    routers = list(routers)
    nets = {leg.net for r in routers for leg in r.legs if leg.up}
    return nets.issuperset(ZONES) and all(sum(leg.up for leg in r.legs) > 1 for r in routers)


def packets(version: int) -> list[tuple[int, int, OnePacket]]:
    """Between all zones; those that answer, too."""
    hosts = (7, 200) if version == 4 else (7, 0xC000_0000_0000_00C8)
    found = []
    for start, stop in itertools.permutations(ZONES, 2):
        base = [int(_parsed(network(version, net)).network_address) for net in (start, stop)]
        for low, high, (protocol, port), answer in itertools.product(
            hosts, hosts, ((6, 443), (6, 502), (17, 502)), (0, 1)
        ):
            found.append((start, stop, OnePacket(base[0] + low, base[1] + high, protocol, 50_000, port, answer)))
    return found


class Walk:
    """Follows packets. every: whichever of equal routes and of routers with one address they take."""

    def __init__(self, routers: Sequence[DrawnRouter], cans: Sequence[Can], *, every: bool) -> None:
        self.routers = routers
        self.cans = cans
        self.settled = all if every else any
        self.every = every

    def arrives(self, packet: OnePacket) -> bool:
        """By a gateway of the sender's choice."""
        version = self.routers[0].version
        gates = ((n, leg) for n, r in enumerate(self.routers) for leg in r.legs if leg.up)
        return any(
            self._enters(n, leg, packet, ())
            for n, leg in gates
            if _holds(network(version, leg.net), version, packet.source)
        )

    def _passes(self, number: int, name: str, packet: OnePacket) -> bool:
        router = self.routers[number]
        lines = (line for line in router.lists.get(name, ()) if line.matches(packet, router.version))
        return not name or next((line.permit for line in lines), self.cans[number].rest)

    def _enters(self, number: int, leg: Leg, packet: OnePacket, before: tuple[int, ...]) -> bool:
        router, version = self.routers[number], self.routers[number].version
        if id(leg) in before or not self._passes(number, leg.comes, packet):
            return False
        found: dict[int, list[Leg | StaticRoute]] = {}  # by the length of the prefix
        for one in (*(leg for leg in router.legs if leg.up), *router.routes):
            text = one.prefix if isinstance(one, StaticRoute) else network(version, one.net)
            if _holds(text, version, packet.destination):
                found.setdefault(_parsed(text).prefixlen, []).append(one)
        best = found[max(found)] if found else []
        own = [one for one in best if isinstance(one, Leg)]
        if own:
            return self._leaves(number, leg, own[0], packet)
        routes = [one for one in best if isinstance(one, StaticRoute)]
        least = min((r.distance or self.cans[number].distance for r in routes), default=0)
        if self.every:
            routes = [r for r in routes if (r.distance or self.cans[number].distance) == least]
        return bool(routes) and self.settled([self._along(number, leg, r, packet, before) for r in routes])

    def _leaves(self, number: int, leg: Leg, other: Leg, packet: OnePacket) -> bool:
        return (leg is not other or self.cans[number].back) and self._passes(number, other.goes, packet)

    def _along(self, number: int, leg: Leg, route: StaticRoute, packet: OnePacket, before: tuple[int, ...]) -> bool:
        router = self.routers[number]
        out = router.leg_to(route.hop) if route.hop else None
        if out is None or not self._leaves(number, leg, out, packet):
            return False
        near = [(n, x) for n, r in enumerate(self.routers) for x in r.legs if n != number and x.up and x.net == out.net]
        own = [(n, x) for n, x in near if address(router.version, x.net, x.host) == route.hop]
        return self.settled(
            [self._enters(n, x, packet, (*before, id(leg))) for n, x in own or [one for one in near if one[1].shared]]
        )
