"""The devices that are given and the networks between them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple

from scanner.address_spans import AddressRange, Ranges, merged, range_of
from scanner.addresses import IPAddress, Network
from scanner.configs.forwarding import (
    DoubtKind,
    Filter,
    ForwardingDoubt,
    Interface,
    InterfaceAddress,
    Place,
    Route,
    Router,
)
from scanner.packet_sets import ADDRESSES, ALL_PORTS, ALL_PROTOCOLS, EITHER, Box, Span
from scanner.wording import said

_ONE_VLAN = said("networks have one VLAN number, so that they may be one")


class Join(NamedTuple):
    """A device's interface in a network."""

    router: int
    interface: Interface
    address: InterfaceAddress


@dataclass
class Link:
    """A network that interfaces have in common. outward: a device nobody's configuration describes is in it, too."""

    network: Network
    joins: list[Join] = field(default_factory=list)
    outward: bool = False

    @cached_property
    def span(self) -> Span:
        """Its addresses."""
        return range_of(self.network)[1:]

    def holds(self, address: int) -> bool:
        """The address is one of them."""
        return self.span[0] <= address <= self.span[1]

    @property
    def vlans(self) -> frozenset[int]:
        """Those that it is known to be in."""
        return frozenset(j.interface.vlan for j in self.joins) - {0}

    @property
    def ambiguous(self) -> Join | None:
        """An interface with an address that another has, too: these are two networks, or one that is broken."""
        seen: set[int] = set()
        for join in self.joins:
            if int(join.address.address) in seen:
                return join
            seen.add(int(join.address.address))
        return None


@dataclass(frozen=True)
class Connected:
    """The network of an interface, as a route."""

    network: Network
    interface: Interface
    place: Place


class GivenNetwork:
    """Everything that is given. Interfaces that are shut down are not there."""

    def __init__(self, routers: Iterable[Router]) -> None:
        self.routers = list(routers)
        self.links: dict[Network, Link] = {}
        self._shared: dict[int, list[tuple[int, Interface]]] = {}  # addresses of several devices together
        for number, router in enumerate(self.routers):
            for interface in self.up(router):
                for address in interface.addresses if interface.hosts else ():
                    link = self.links.setdefault(address.network, Link(address.network))
                    link.joins.append(Join(number, interface, address))
                for address in interface.virtual:
                    self._shared.setdefault(int(address.address), []).append((number, interface))
        self._wires = [wire for router in self.routers for wire in router.wires]
        self._joined: dict[Network, list[tuple[Link, ForwardingDoubt]]] = {}
        self._between: dict[tuple[int, str, str, int], list[Filter]] = {}
        self._tables: dict[tuple[int, str, int], list[list[Connected | Route]]] = {}
        self._at: dict[int, list[Link]] = {}  # by interfaces
        self._of: dict[tuple[int, int], list[Link]] = {}  # by devices and IP versions
        self._bridged: dict[tuple[Network, tuple[int, ...]], list[ForwardingDoubt]] = {}
        for link in self.links.values():
            for one in {id(join.interface) for join in link.joins}:
                self._at.setdefault(one, []).append(link)
            for one in {id(self.routers[join.router]) for join in link.joins}:
                self._of.setdefault((one, link.network.version), []).append(link)
        self._reach_outwards()

    def up(self, router: Router) -> Iterator[Interface]:
        """The interfaces that are not shut down."""
        return (i for i in router.interfaces if i.up)

    def routes(self, router: Router, table: str, version: int) -> list[list[Connected | Route]]:
        """The routes of a table by their networks, the longest prefixes first."""
        key = id(router), table, version
        if key not in self._tables:
            self._tables[key] = _routes(router, table, version)
        return self._tables[key]

    def between(self, router: Router, comes_in: Interface, goes_out: Interface, version: int) -> list[Filter]:
        """The filters of a device between two of its interfaces."""
        if not router.filters.get(version):
            return []
        key = id(router), comes_in.name, goes_out.name, version
        if key not in self._between:
            self._between[key] = [one.between(comes_in.name, goes_out.name) for one in router.filters[version]]
        return self._between[key]

    def _reach_outwards(self) -> None:
        for link in self.links.values():
            link.outward = not any(self._is_gateway(j.router, link) for j in link.joins)  # then somebody else is
        for router in self.routers:
            for route in router.routes:
                if route.next_hop is None:
                    continue
                for link in self.links_of(router, int(route.next_hop), route.network.version):
                    link.outward |= not self.owners(link, int(route.next_hop))
            for link in self.links.values():
                if router.dynamic.get(link.network.version):
                    link.outward |= any(self.routers[j.router] is router for j in link.joins)

    def _is_gateway(self, number: int, link: Link) -> bool:
        """The device routes between the network and another; one with a single network is managed there."""
        router, version = self.routers[number], link.network.version
        routing = [i for i in self.up(router) if router.forwards_by(i.table, version)]
        networks = {a.network for i in routing if i.hosts for a in i.addresses if a.network.version == version}
        return (
            any(i is j.interface for i in routing for j in link.joins)
            and not router.is_host
            and (len(networks) > 1 or any(i.loose for i in routing))
        )

    def of_version(self, version: int) -> Iterator[Link]:
        """The networks of an IP version."""
        return (link for link in self.links.values() if link.network.version == version)

    def links_at(self, interface: Interface) -> list[Link]:
        """The networks that an interface has an address in."""
        return self._at.get(id(interface), [])

    def entrances(self, router: Router) -> list[Interface]:
        """The interfaces of a device that packets of others may come in on."""
        return [i for i in self.up(router) if i.hosts and (i.addresses or i.loose or i.peers is not None)]

    @cached_property
    def anywhere(self) -> list[tuple[int, Interface]]:
        """Interfaces that may be in any network, of devices that have another to send packets to."""
        ways = ((number, self.entrances(router)) for number, router in enumerate(self.routers))
        return [(number, i) for number, every in ways if len(every) > 1 for i in every if i.loose]

    def not_of(self, router: Router, version: int) -> Iterator[Link]:
        """The networks that a device has no address in."""
        for link in self.of_version(version):
            if all(self.routers[j.router] is not router for j in link.joins):
                yield link

    def links_of(self, router: Router, address: int, version: int) -> list[Link]:
        """The networks of a device that hold an address."""
        return [link for link in self._of.get((id(router), version), ()) if link.holds(address)]

    def owners(self, link: Link, address: int) -> list[Join]:
        """Whose address it is in a network, as their own or together."""
        own = [j for j in link.joins if int(j.address.address) == address and not self.routers[j.router].is_host]
        if own:
            return own
        shared = self._shared.get(address, ())
        return [j for j in link.joins if any(n == j.router and i is j.interface for n, i in shared)]

    def around(self, network: Network) -> Iterator[Link]:
        """The networks that the network is a part of."""
        first, last = range_of(network)[1:]
        for link in self.of_version(network.version):
            if link.network.prefixlen < network.prefixlen and link.holds(first) and link.holds(last):
                yield link

    def on_one_wire(self, link: Link) -> list[Link]:
        """Other networks that an interface has beside it, or that hold some of its addresses."""
        own = {id(join.interface) for join in link.joins}
        return [
            other
            for other in self.of_version(link.network.version)
            if other is not link
            and (other.network.overlaps(link.network) or any(id(j.interface) in own for j in other.joins))
        ]

    def joined(self, link: Link) -> list[tuple[Link, ForwardingDoubt]]:
        """Other networks that may be one with it at layer 2, and the line for whose sake that may be so."""
        if link.network not in self._joined:
            ways = ((other, self._join(link, other)) for other in self.of_version(link.network.version))
            self._joined[link.network] = [(other, why) for other, why in ways if why is not None]
        return self._joined[link.network]

    def _join(self, one: Link, other: Link) -> ForwardingDoubt | None:
        if one is other:
            return None
        if one.vlans & other.vlans and all(a.interface is not b.interface for a in one.joins for b in other.joins):
            return ForwardingDoubt(DoubtKind.JOINS, _ONE_VLAN, other.joins[0].interface.place)
        for wire in self._wires:
            if all(not wire.vlans or not link.vlans or link.vlans & wire.vlans for link in (one, other)):
                return wire.doubt
        return None

    def tunnels_from(self, link: Link) -> list[tuple[int, Interface]]:
        """Tunnels whose other end may be a device in the network that nobody's configuration describes."""
        return [
            (number, i)
            for number, router in enumerate(self.routers)
            for i in self.up(router)
            if i.peers is not None and (not i.peers or any(self._is_stranger(peer, link) for peer in i.peers))
        ]

    def _is_stranger(self, peer: IPAddress, link: Link) -> bool:
        return peer.version == link.network.version and link.holds(int(peer)) and not self.owners(link, int(peer))

    def bridged(self, link: Link, *by: int) -> list[ForwardingDoubt]:
        """What may meet packets that are bridged in a network. by: devices that route them into it or out of it."""
        if (link.network, by) not in self._bridged:
            self._bridged[link.network, by] = list(self._met_by_bridged(link, by))
        return self._bridged[link.network, by]

    def _met_by_bridged(self, link: Link, by: Collection[int]) -> Iterator[ForwardingDoubt]:
        vlans = {j.interface.vlan for j in link.joins} - {0}
        wanted = {*vlans, 0} if vlans else set()
        for number, router in enumerate(self.routers):
            met = (router.port_doubts,) if number in by else (router.port_doubts, router.vlan_doubts)
            for vlan in sorted(wanted):
                for doubts in met:
                    yield from doubts.get(vlan, ())

    def own_addresses(self) -> Ranges:
        """The addresses of the devices themselves, and those of networks that no host has."""
        found: list[AddressRange] = []
        for router in (r for r in self.routers if not r.is_host):
            for interface in router.interfaces:
                for address in (*interface.addresses, *interface.virtual):
                    version, number = address.address.version, int(address.address)
                    found.append(AddressRange(version, number, number))
        for link in self.links.values():
            version, network = link.network.version, link.network
            if network.num_addresses > 2:
                found.append(AddressRange(version, link.span[0], link.span[0]))
                if version == 4:
                    found.append(AddressRange(version, link.span[1], link.span[1]))
        return merged(found)


def _routes(router: Router, table: str, version: int) -> list[list[Connected | Route]]:
    groups: dict[Network, list[Connected | Route]] = {}
    for interface in router.interfaces:
        if interface.up and interface.table == table:
            for address in interface.addresses:
                if address.network.version == version:
                    one = Connected(address.network, interface, address.place)
                    groups.setdefault(address.network, []).append(one)
    for route in router.routes:
        if route.table == table and route.network.version == version:
            groups.setdefault(route.network, []).append(route)
    return [groups[network] for network in sorted(groups, key=lambda n: (-n.prefixlen, int(n.network_address)))]


@lru_cache(maxsize=10_000)
def towards(network: Network) -> Box:
    """All packets to a network."""
    return ADDRESSES[network.version], range_of(network)[1:], ALL_PROTOCOLS, ALL_PORTS, ALL_PORTS, EITHER


def kinds(doubts: Iterable[ForwardingDoubt]) -> set[DoubtKind]:
    """What may happen for their sake."""
    return {doubt.kind for doubt in doubts}
