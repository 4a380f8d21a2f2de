"""Where packets may get at most, whatever the doubts: what is empty here is proved to be closed."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from scanner.address_spans import AddressRange, merged, networks
from scanner.configs.forwarding import (
    DoubtKind,
    Filter,
    ForwardingDoubt,
    Interface,
    Place,
    Route,
    Router,
    SourceTranslation,
)
from scanner.packet_sets import (
    ADDRESSES,
    ALL_PORTS,
    ANSWERS,
    DESTINATION,
    EITHER,
    SOURCE,
    Boxes,
    beside,
    difference,
    disjoint,
    everything,
    intersection,
    union,
)
from scanner.reach.filters import may_pass
from scanner.reach.network import Connected, GivenNetwork, Link, kinds, towards
from scanner.wording import Said, said

_MOST_NAMED = 4  # networks
_UDP = (17, 17)
_EVERYBODY = {4: (1 << 32) - 1, 6: (0xFF02 << 112) | 0x1_0002}  # 255.255.255.255; ff02::1:2, servers of DHCPv6
_NOBODY = (0, 0)  # who has no address yet
_NO_ROUTE = said("no route")
_DOES_NOT_ROUTE = said("the device does not route")
_DISCARDED = said("a route discards")
_UNTOLD_HOP = said("a next hop is no device whose configuration is given")
_UNTOLD_GATEWAY = said("in a network is a gateway whose configuration is not given")
_ROUTES_UNTOLD = said("whether the device routes cannot be told")
_ONE_WIRE = said("two networks are on one wire, or one is part of the other, so that hosts may need no device between")
_TWICE = said("an address is configured twice, so that these may be two networks")


class Found(dict[tuple[Said, Place], None]):
    """Reasons with the lines they stand on, each once, in the order in which they were met."""

    def note(self, why: Said, place: Place) -> None:
        """One more."""
        self[why, place] = None


@dataclass
class Possible:
    """What may arrive. closes: lines that keep some of it from arriving. doubts: what is not certain on the way."""

    arrives: Boxes = ()
    closes: Found = field(default_factory=Found)
    doubts: Found = field(default_factory=Found)
    touched: dict[tuple[int, str], Boxes] = field(default_factory=dict)  # what gets into devices, by their interfaces

    def join(self, other: Possible) -> None:
        """Both together."""
        self.arrives = union(self.arrives, other.arrives)
        self.closes.update(other.closes)
        self.doubts.update(other.doubts)


_Arrival = tuple[int, Interface]


class PossibleWalk:
    """Follows packets of one IP version, all ways at once."""

    def __init__(self, topology: GivenNetwork, version: int, zones: tuple[str, str] = ("", "")) -> None:
        """zones: in which the packets' sources are, and their destinations."""
        self._topology = topology
        self._version = version
        self._zones = zones
        self._queue: deque[tuple[_Arrival, Boxes]] = deque()
        self._seen: dict[tuple[int, int, str], Boxes] = {}
        self._came: Interface | None = None  # on which what is followed came into its device; None: it may be any
        self._wherever = False  # what has no route is of no interest
        self.found = Possible()

    def begin(self, boxes: Boxes) -> None:
        """Packets that hosts send: they are where their source address is."""
        rest = boxes
        for link in self._topology.of_version(self._version):
            here = sent_from(boxes, link)
            if not here:
                continue
            rest = difference(rest, here)
            if link.ambiguous:
                self.found.doubts.note(_TWICE, link.ambiguous.address.place)
            self._leave(link, here)
        if rest:
            self._outside(rest, self._nowhere(rest, SOURCE), Place("", 0))
        self._run()

    def _leave(self, link: Link, boxes: Boxes) -> None:
        """What hosts in a network send to their neighbours and to gateways."""
        beside = intersection(boxes, (towards(link.network),))
        self._arrive(beside, link)
        away = difference(boxes, beside)
        for other in self._topology.on_one_wire(link) if away else ():
            there = intersection(away, (towards(other.network),))
            if there:
                self.found.doubts.note(_ONE_WIRE, other.joins[0].address.place)
                self._arrive(there, other)
        for join in link.joins if away else ():
            self._tell(self._topology.bridged(link, join.router))
            self._enter(join.router, join.interface, away)
        for number, interface in (*self._topology.anywhere, *self._topology.tunnels_from(link)) if away else ():
            self._enter(number, interface, away)
        self._beside(link, away)
        self._relayed(link, away)
        near = (link, *self._topology.on_one_wire(link), *(other for other, _ in self._topology.joined(link)))
        for one in near if away else ():
            if one.outward:
                self._outside(away, _UNTOLD_GATEWAY, one.joins[0].address.place)

    def _beside(self, link: Link, boxes: Boxes) -> None:
        """What hosts send to networks that may be one with theirs, and to the gateways there."""
        for other, doubt in self._topology.joined(link) if boxes else ():
            self._tell([doubt])
            self._arrive(intersection(boxes, (towards(other.network),)), other)
            for join in other.joins:
                self._enter(join.router, join.interface, boxes)

    def _relayed(self, link: Link, boxes: Boxes) -> None:
        """What hosts send to everybody, and a device sends on to one server: there it may seem to come from anybody."""
        for join in link.joins if boxes else ():
            for relay in (r for r in join.interface.relays if r.server.version == self._version):
                server = (int(relay.server), int(relay.server))
                asked = tuple((ADDRESSES[self._version], server, _UDP, ALL_PORTS, p, EITHER) for p in relay.ports)
                wanted = intersection(boxes, asked)
                everybody = [(n, n) for n in (_EVERYBODY[self._version], link.span[1])]
                sent = ((source, to, *b[2:]) for b in wanted for source in (b[0], _NOBODY) for to in everybody)
                router = self._topology.routers[join.router]
                if wanted and self._filtered(router, join.interface, disjoint(sent), outgoing=False):
                    self._tell([relay.doubt])
                    self.found.arrives = union(self.found.arrives, wanted)

    def begin_anywhere(self, boxes: Boxes) -> None:
        """As ``begin``, and whatever hosts send to their own network may be for a device that answers for others.

        It is about what gets into devices: what they have no route for ends there.
        """
        self._wherever = True
        for link in self._topology.of_version(self._version):
            here = sent_from(boxes, link)
            near = (link, *(other for other, _ in self._topology.joined(link)))
            for join in (join for one in near for join in one.joins) if here else ():
                self._enter(join.router, join.interface, here)
        self.begin(boxes)

    def anything(self, number: int, boxes: Boxes) -> None:
        """A device may send these packets anywhere."""
        self._came = None
        self._spread(self._topology.routers[number], number, boxes)
        self._run()

    def _run(self) -> None:
        while self._queue:
            (number, interface), boxes = self._queue.popleft()
            self._incoming(number, interface, boxes)

    def _enter(self, number: int, interface: Interface, boxes: Boxes) -> None:
        fresh = self._fresh(("in", number, interface), boxes)
        if fresh:
            self._queue.append(((number, interface), fresh))

    def _fresh(self, at: tuple[str, int, Interface], boxes: Boxes) -> Boxes:
        """Those that were not here before."""
        key = (at[1], id(at[2]), at[0])
        known = self._seen.get(key, ())
        fresh = difference(boxes, known)
        if fresh:
            self._seen[key] = beside(known, fresh)
        return fresh

    def _incoming(self, number: int, interface: Interface, boxes: Boxes) -> None:
        self._came = interface
        router = self._topology.routers[number]
        what = kinds([*router.doubts, *interface.doubts])
        if router.forwards_by(interface.table, self._version) is False and DoubtKind.ANYTHING not in what:
            self.found.closes.note(_DOES_NOT_ROUTE, _root(router))
            return
        if not what & {DoubtKind.ANYTHING, DoubtKind.TUNNELS}:
            boxes = self._filtered(router, interface, boxes, outgoing=False)
        if not boxes:
            return
        at = (number, interface.name)
        self.found.touched[at] = union(self.found.touched.get(at, ()), boxes)
        doubts = [*router.doubts, *interface.doubts]
        self._tell(doubts)
        if router.forwards[self._version] is None:
            self.found.doubts.note(_ROUTES_UNTOLD, _root(router))
        if what & {DoubtKind.ROUTES, DoubtKind.ANYTHING}:
            self._spread(router, number, boxes)
            why = next(d for d in doubts if d.kind in (DoubtKind.ROUTES, DoubtKind.ANYTHING))
            self._outside(boxes, why.why, why.place)
            return
        self._route(router, number, interface.table, boxes)

    def _filtered(self, router: Router, interface: Interface, boxes: Boxes, *, outgoing: bool) -> Boxes:
        return self._passing(router, interface.filters(self._version, outgoing=outgoing), boxes)

    def _passing(self, router: Router, filters: Iterable[Filter], boxes: Boxes) -> Boxes:
        opened = router.stateful or any(DoubtKind.OPENS in kinds(i.doubts) for i in router.interfaces)
        answers = tuple((*b[:5], ANSWERS) for b in boxes if b[5][1]) if opened else ()
        for one in filters:
            boxes = may_pass(one, boxes, self.found.closes.note, self.found.doubts.note)
        return union(boxes, answers)

    def _crossing(self, router: Router, interface: Interface, boxes: Boxes) -> Boxes:
        """What may pass the filters between the interface that it came in on and this one."""
        came = self._came
        if came is None or kinds(came.doubts) & {DoubtKind.ANYTHING, DoubtKind.TUNNELS}:
            return boxes
        return self._passing(router, self._topology.between(router, came, interface, self._version), boxes)

    def _translated(self, router: Router, interface: Interface, boxes: Boxes) -> None:
        """What has a next hop may go on with another source, by which later filters judge it."""
        for one in translations(router, self._came.name if self._came else "", interface.name) if boxes else ():
            self.found.doubts.note(one.doubt.why, one.doubt.place)
            every = (everything(self._version),)
            self.found.touched = {
                (n, i.name): every for n, r in enumerate(self._topology.routers) for i in r.interfaces
            }
            self.found.arrives = union(self.found.arrives, boxes)

    def _tell(self, doubts: Iterable[ForwardingDoubt]) -> None:
        for doubt in doubts:
            self.found.doubts.note(doubt.why, doubt.place)

    def _route(self, router: Router, number: int, table: str, boxes: Boxes) -> None:
        for interface in self._topology.up(router):
            if interface.loose and interface.hosts and interface.table == table:  # its network may be any
                self._everywhere(router, number, interface, boxes)
        left = boxes
        for group in self._topology.routes(router, table, self._version):
            here = intersection(left, (towards(group[0].network),))
            if here and self._by(router, number, group, here):
                left = difference(left, here)
            if not left:
                return
        if why := learns(router, self._version):
            self._tell(why)
            self._spread(router, number, left)
            self._outside(left, why[0].why, why[0].place)
            return
        hidden = left  # where these addresses are, nobody tells
        for link in self._topology.of_version(self._version):
            hidden = difference(hidden, (towards(link.network),))
        if hidden and not self._wherever:
            self._outside(hidden, self._nowhere(hidden, DESTINATION), _root(router))
        if hidden != left:
            self.found.closes.note(_NO_ROUTE, _root(router))

    def _by(self, router: Router, number: int, group: list[Connected | Route], boxes: Boxes) -> bool:
        """By routes to one network; whether nothing of it can go by another route."""
        direct = [r for r in group if isinstance(r, Connected)]
        static = [r for r in group if isinstance(r, Route)]
        for one in direct:
            self._outgoing(number, one.interface, boxes, None)
        for route in static if not direct else ():
            self._along(router, number, route, boxes)
        return bool(direct) or (any(r.certain for r in static) and not learns(router, self._version))

    def _along(self, router: Router, number: int, route: Route, boxes: Boxes) -> None:
        if not route.certain:
            self.found.doubts.note(said("a route is there at times"), route.place)
        if route.discards:
            self.found.closes.note(_DISCARDED, route.place)
            return
        if route.next_hop is None:
            for interface in self._topology.up(router):
                if same_interface(interface.name, route.interface):
                    self._everywhere(router, number, interface, boxes)
            self._to_stranger(boxes, route)
            return
        links = self._topology.links_of(router, int(route.next_hop), self._version)
        for link in links:
            for join in link.joins:
                if self._topology.routers[join.router] is router:
                    self._outgoing(number, join.interface, boxes, (link, int(route.next_hop), route))
        if not links:
            self._spread(router, number, boxes)
            self._to_stranger(boxes, route)

    def _to_stranger(self, boxes: Boxes, route: Route) -> None:
        """To a next hop that is not given. Where the route is to a part of a network that interfaces have, that part
        may well be behind the hop, whatever the interfaces say.
        """
        for link in self._topology.around(route.network):
            self._arrive(intersection(boxes, (towards(route.network),)), link)
        self._outside(boxes, _UNTOLD_HOP, route.place)

    def _spread(self, router: Router, number: int, boxes: Boxes) -> None:
        """Out of every interface."""
        for interface in self._topology.up(router):
            self._everywhere(router, number, interface, boxes)

    def _everywhere(self, router: Router, number: int, interface: Interface, boxes: Boxes) -> None:
        """Out of an interface, to hosts and to whoever is behind it."""
        apart = router.filters or router.translations  # by the interface that something came in on
        way = f"out from {self._came.name if self._came else ''}" if apart else "out"
        fresh = self._fresh((way, number, interface), boxes)
        passed = self._leaving(router, interface, fresh) if fresh else ()
        for link in self._topology.links_at(interface) if passed else ():
            self._arrive(intersection(passed, (towards(link.network),)), link, number)
            for join in link.joins:
                if join.interface is not interface:
                    self._enter(join.router, join.interface, passed)
            if link.outward:
                self._outside(passed, _UNTOLD_HOP, interface.place)
        self._translated(router, interface, passed)
        if passed and interface.loose:
            for link in self._topology.not_of(router, self._version):
                self._arrive(intersection(passed, (towards(link.network),)), link, number)
            self._outside(passed, interface.loose.why, interface.loose.place)

    def _outgoing(self, number: int, interface: Interface, boxes: Boxes, hop: tuple[Link, int, Route] | None) -> None:
        """Out of an interface: to hosts, or to a next hop."""
        router = self._topology.routers[number]
        if not interface.hosts:
            return
        passed = self._leaving(router, interface, boxes)
        if not passed:
            return
        if hop is None:
            for link in self._topology.links_at(interface):
                self._arrive(intersection(passed, (towards(link.network),)), link, number)
            return
        self._translated(router, interface, passed)
        link, address, route = hop
        owners = [j for j in self._topology.owners(link, address) if self._topology.routers[j.router] is not router]
        for join in owners:
            self._enter(join.router, join.interface, passed)
        if not owners:
            self._to_stranger(passed, route)

    def _leaving(self, router: Router, interface: Interface, boxes: Boxes) -> Boxes:
        self._tell(interface.doubts)
        if DoubtKind.ANYTHING in kinds([*router.doubts, *interface.doubts]):
            return boxes  # what was not understood may have taken the filter away
        passed = self._crossing(router, interface, boxes)
        passed = self._filtered(router, interface, passed, outgoing=True)
        for doubt in interface.doubts if passed else ():
            if doubt.kind is DoubtKind.TUNNELS:
                self._outside(passed, doubt.why, doubt.place)
        return passed

    def _arrive(self, boxes: Boxes, link: Link, *by: int) -> None:
        """Among the hosts of a network. by: the device that routes it there."""
        if boxes:
            self._tell(self._topology.bridged(link, *by))
            if link.ambiguous:
                self.found.doubts.note(_TWICE, link.ambiguous.address.place)
            self.found.arrives = union(self.found.arrives, boxes)
            others = (j for j in link.joins if j.router not in by)  # which may answer for addresses of others there
            for join in others if self._wherever else ():
                self._enter(join.router, join.interface, boxes)

    def _outside(self, boxes: Boxes, why: Said, place: Place) -> None:
        """Among devices that nobody's configuration describes: from there packets may come in anywhere."""
        self.found.doubts.note(why, place)
        fresh = difference(boxes, self._seen.get((-1, 0, "out"), ()))
        if not fresh:
            return
        self._seen[-1, 0, "out"] = union(self._seen.get((-1, 0, "out"), ()), fresh)
        hidden = fresh
        for link in self._topology.of_version(self._version):
            there = intersection(fresh, (towards(link.network),))
            if link.outward:
                self._arrive(there, link)
            hidden = difference(hidden, there)
        if hidden:
            self.found.doubts.note(self._nowhere(hidden, DESTINATION), Place("", 0))
            self.found.arrives = union(self.found.arrives, hidden)
        for number, router in enumerate(self._topology.routers):
            for interface in self._topology.entrances(router):
                self._enter(number, interface, fresh)

    def _nowhere(self, boxes: Boxes, end: int) -> Said:
        """Their sources or destinations are in no network that a configuration has."""
        held = list(networks(merged(AddressRange(self._version, *box[end]) for box in boxes)))
        more = ", ..." if len(held) > _MOST_NAMED else ""
        told = ", ".join(held[:_MOST_NAMED]) + more
        zone = self._zones[0 if end == SOURCE else 1]
        return said("zone {zone}: no configured network has {addresses}", zone=zone, addresses=told)


def sent_from(boxes: Boxes, link: Link) -> Boxes:
    """The packets whose source is in the network."""
    destination, *rest = everything(link.network.version)[1:]
    return intersection(boxes, ((link.span, destination, *rest),))


def same_interface(one: str, other: str) -> bool:
    """Two spellings of an interface's name: the same number, and kinds that begin alike."""
    first, second = ("".join(name.lower().split()) for name in (one, other))
    a, b = (name.rstrip("0123456789/.:") for name in (first, second))
    return first[len(a) :] == second[len(b) :] and (a.startswith(b) or b.startswith(a))


def translations(router: Router, comes_in: str, goes_out: str) -> Iterator[SourceTranslation]:
    """Those of what goes from one interface to another. comes_in: empty where it may be any."""
    for one in router.translations:
        from_there = not comes_in or not one.comes_in or comes_in in one.comes_in
        if from_there and (not one.goes_out or goes_out in one.goes_out):
            yield one


def learns(router: Router, version: int) -> list[ForwardingDoubt]:
    """Why it may have routes that its configuration does not tell."""
    return [*router.dynamic.get(version, ()), *(i.loose for i in router.interfaces if i.up and i.loose)]


def _root(router: Router) -> Place:
    return Place(router.source, 1, router.name)
