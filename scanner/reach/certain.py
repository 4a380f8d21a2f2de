"""Which packets arrive for certain, and the way that one of them takes.

Only what every configuration on the way says without a doubt counts. Where a device has several best routes, or several
devices share an address, a packet must get through by each of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from scanner.configs.forwarding import DoubtKind, Filter, Interface, Place, Route, Router
from scanner.packet_sets import Boxes, OnePacket, answers_to, conversations, difference, intersection, union
from scanner.reach.filters import deciding, sure_to_pass
from scanner.reach.network import Connected, GivenNetwork, Join, Link, kinds, towards
from scanner.reach.possible import learns, sent_from, translations

_MOST_HOPS = 16
_HINDER = {DoubtKind.DROPS, DoubtKind.ROUTES, DoubtKind.TUNNELS, DoubtKind.REWRITES, DoubtKind.ANYTHING}
_OF_A_DEVICE = _HINDER - {DoubtKind.REWRITES}  # which only interfaces that are marked do


class Hop(NamedTuple):
    """A device on the way of a packet, and the lines by which it passes: filters in, out and between, and a route."""

    device: str
    comes_in: str
    lets_in: Place | None
    route: Place | None
    goes_out: str
    lets_out: Place | None
    lets_through: Place | None = None


class _Crossing(NamedTuple):
    """A device, and the ids of the interfaces by which packets come in and go out."""

    router: int
    comes_in: int
    goes_out: int


class _Way(NamedTuple):
    """Where a route leads: out of an interface, to hosts or to all of these devices alike."""

    interface: Interface
    place: Place
    joins: tuple[Join, ...]


class CertainWalk:
    """Follows packets of one IP version, one way after the other."""

    def __init__(self, topology: GivenNetwork, version: int) -> None:
        self._topology = topology
        self._version = version
        self._crossed: set[_Crossing] = set()  # all that were tried
        self._must: _Crossing | None = None  # without it no way counts
        self._states: dict[_Crossing, Boxes] = {}  # answers that a device knows the conversations of

    def arriving(self, boxes: Boxes) -> Boxes:
        """The packets that arrive, of those that hosts send by a gateway of their choice."""
        found: Boxes = ()
        for link, beside, away in self._starts(boxes):
            if beside and not self._topology.bridged(link):
                found = union(found, beside)
            for join in link.joins:
                if self._topology.bridged(link, join.router):
                    continue
                found = union(found, self._through(join.router, join.interface, away, ()))
        return found

    def answered(self, boxes: Boxes) -> Boxes:
        """Of packets that begin conversations those whose answers arrive, when devices that know states let them pass.

        A device knows a conversation for certain when all ways by one gateway of the client lead through it.
        """
        found: Boxes = ()
        for link, _, away in self._starts(boxes):
            for join in link.joins if away else ():
                if not self._topology.bridged(link, join.router):
                    found = union(found, self._answered_by(join, away))
        return found

    def _answered_by(self, join: Join, boxes: Boxes) -> Boxes:
        self._crossed.clear()
        arriving = self._through(join.router, join.interface, boxes, ())
        tracked = [c for c in self._crossed if self._topology.routers[c.router].stateful] if arriving else []
        try:
            for crossing in tracked:
                self._must = crossing
                known = self._through(join.router, join.interface, boxes, ())
                back = _Crossing(crossing.router, crossing.goes_out, crossing.comes_in)
                self._states[back] = answers_to(known)
            self._must = None
            return conversations(arriving, self.arriving(answers_to(arriving))) if tracked else ()
        finally:
            self._must = None
            self._states.clear()

    def _starts(self, boxes: Boxes) -> Iterator[tuple[Link, Boxes, Boxes]]:
        """Networks with what hosts in them send to one another, and elsewhere."""
        links = list(self._topology.of_version(self._version))
        for link in links:
            here = sent_from(boxes, link)
            for other in links:
                if here and other is not link and other.network.overlaps(link.network):
                    here = difference(here, sent_from(here, other))
            if here and not link.ambiguous:
                beside = intersection(here, (towards(link.network),))
                yield link, beside, difference(here, beside)

    def way(self, packet: OnePacket) -> list[Hop]:
        """The way of a packet that arrives; empty when it goes to a neighbour in its own network."""
        box = tuple((value, value) for value in packet)
        for link, _, away in self._starts((box,)):
            for join in link.joins if away else ():
                if self._through(join.router, join.interface, away, ()):
                    return self._hops(join.router, join.interface, packet, away)
        return []

    def beside(self, packet: OnePacket) -> Place | None:
        """The line of the network in which both ends are."""
        for link in self._topology.of_version(self._version):
            if link.holds(packet.source) and link.holds(packet.destination):
                return link.joins[0].address.place
        return None

    def _hops(self, number: int, interface: Interface, packet: OnePacket, boxes: Boxes) -> list[Hop]:
        router = self._topology.routers[number]
        _, ways = next(iter(self._ways(router, interface.table, boxes)))
        way = ways[0]
        comes = _line(interface.filters(self._version, outgoing=False), packet)
        goes = _line(way.interface.filters(self._version, outgoing=True), packet)
        between = _line(self._topology.between(router, interface, way.interface, self._version), packet)
        hop = Hop(router.name, interface.name, comes, way.place, way.interface.name, goes, between)
        if not way.joins:
            return [hop]
        return [hop, *self._hops(way.joins[0].router, way.joins[0].interface, packet, boxes)]

    def _through(self, number: int, interface: Interface, boxes: Boxes, before: tuple[_Crossing, ...]) -> Boxes:
        """Those of the packets that come in on an interface which arrive in the end."""
        router = self._topology.routers[number]
        if not boxes or any(id(interface) == c.comes_in for c in before) or len(before) > _MOST_HOPS:
            return ()
        if router.forwards_by(interface.table, self._version) is not True or kinds(router.doubts) & _OF_A_DEVICE:
            return ()
        found: Boxes = ()
        for here, ways in self._ways(router, interface.table, boxes) if boxes else ():
            left = here
            for way in ways:
                crossing = _Crossing(number, id(interface), id(way.interface))
                self._crossed.add(crossing)
                left = self._onwards(way, self._crossing(crossing, interface, way, left), (*before, crossing))
            found = union(found, left if ways else ())
        return found

    def _crossing(self, crossing: _Crossing, comes_in: Interface, way: _Way, boxes: Boxes) -> Boxes:
        """What passes the filters of two interfaces and between them. What has another source then is not followed
        further.
        """
        router = self._topology.routers[crossing.router]
        if kinds((*comes_in.doubts, *way.interface.doubts)) & _HINDER:
            return ()
        if way.joins and any(translations(router, comes_in.name, way.interface.name)):
            return ()
        answers = intersection(boxes, self._states.get(crossing, ()))
        for each in (r for r in router.redirections if not r.comes_in or comes_in.name in r.comes_in):
            boxes = difference(boxes, [towards(n) for n in each.asked if n.version == self._version])
        filters = (
            *comes_in.filters(self._version, outgoing=False),
            *self._topology.between(router, comes_in, way.interface, self._version),
            *way.interface.filters(self._version, outgoing=True),
        )
        for one in filters:
            boxes = sure_to_pass(one, boxes)
        return union(boxes, answers)

    def _onwards(self, way: _Way, passed: Boxes, before: tuple[_Crossing, ...]) -> Boxes:
        if way.joins:
            for join in way.joins:
                passed = self._through(join.router, join.interface, passed, before)
            return passed
        found: Boxes = ()
        for link in self._topology.links_at(way.interface) if self._must in (None, *before) else ():
            if not link.ambiguous and not self._topology.bridged(link, before[-1].router):
                found = union(found, intersection(passed, (towards(link.network),)))
        return found

    def _ways(self, router: Router, table: str, boxes: Boxes) -> Iterator[tuple[Boxes, list[_Way]]]:
        """The packets by their best routes; no way where that is not certain."""
        left = boxes
        for group in self._topology.routes(router, table, self._version):
            here = intersection(left, (towards(group[0].network),))
            if not here:
                continue
            left = difference(left, here)
            direct = [r for r in group if isinstance(r, Connected)]
            if direct:
                several = len(direct) > 1 or not direct[0].interface.hosts
                yield here, [] if several else [_Way(direct[0].interface, direct[0].place, ())]
            elif not learns(router, self._version):
                yield here, self._static(router, [r for r in group if isinstance(r, Route)])

    def _static(self, router: Router, routes: list[Route]) -> list[_Way]:
        least = min(route.distance for route in routes)
        found: list[_Way] = []
        for route in routes:
            if not route.certain:
                return []
            if route.distance > least:
                continue
            way = self._along(router, route)
            if way is None:
                return []
            found.append(way)
        return found

    def _along(self, router: Router, route: Route) -> _Way | None:
        if route.discards or route.next_hop is None:
            return None
        links = self._topology.links_of(router, int(route.next_hop), self._version)
        if len(links) != 1 or links[0].ambiguous:
            return None
        own = [
            j for j in links[0].joins if self._topology.routers[j.router] is router and j.interface.table == route.table
        ]
        others = tuple(
            j
            for j in self._topology.owners(links[0], int(route.next_hop))
            if self._topology.routers[j.router] is not router
        )
        by = {self._topology.routers.index(router), *(j.router for j in others)}
        if len(own) != 1 or not others or self._topology.bridged(links[0], *by):
            return None
        return _Way(own[0].interface, route.place, others)


def _line(filters: list[Filter], packet: OnePacket) -> Place | None:
    return next((deciding(one, packet) for one in filters), None)
