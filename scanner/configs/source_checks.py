"""Interfaces that drop what claims a source to which no route leads back there (reverse path forwarding)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from scanner.addresses import Network
from scanner.configs.forwarding import Entry, Filter, Interface, Place, Route, Router
from scanner.configs.policy_packets import addresses_of, every_address
from scanner.packet_sets import ALL_PORTS, ALL_PROTOCOLS, EITHER, difference

_VERSIONS = (4, 6)


class SourceChecks:
    """The networks of a router, to which interfaces are compared. To be made when its routes are known."""

    def __init__(self, router: Router) -> None:
        self._router = router
        ways: list[tuple[Network, Interface | Route]] = [(r.network, r) for r in router.routes]
        ways += [(a.network, i) for i in router.interfaces for a in i.addresses]
        every = [(n.version, int(n.network_address), n.prefixlen, number) for number, (n, _) in enumerate(ways)]
        self._ways = {version: sorted(one[1:] for one in every if one[0] == version) for version in _VERSIONS}
        self._by_number = ways

    def check(self, interface: Interface, place: Place, *, default: bool = True) -> None:
        """Let in what is certainly routed back by the interface; the rest may be dropped.

        default: a default route leads back, too.
        """
        router = self._router
        for version in _VERSIONS:
            back = [a.network for a in interface.addresses]
            back += [r.network for r in router.routes if _leads(r, interface) and r.certain and not r.discards]
            back = [n for n in back if n.prefixlen or default]
            kept = addresses_of(back, version).most
            narrower = list(self._elsewhere(back, interface, version))
            left = difference(((s,) * 2 for s in kept), [(s,) * 2 for s in addresses_of(narrower, version).most])
            whole = every_address(version).most[0]
            most = tuple((box[0], whole, ALL_PROTOCOLS, ALL_PORTS, ALL_PORTS, EITHER) for box in left)
            entry = Entry(place, True, most, most)
            told = Filter(f"{interface.name} reverse-path", place, (entry,), permits_rest=None)
            interface.filters_in[version] = [told, *interface.filters_in.get(version, ())]

    def _elsewhere(self, back: list[Network], interface: Interface, version: int) -> Iterator[Network]:
        """Networks within these to which other interfaces of its table lead."""
        ways = self._ways[version]
        for network in (n for n in back if n.version == version):
            first = bisect_left(ways, (int(network.network_address), network.prefixlen, -1))
            last = bisect_right(ways, (int(network.broadcast_address), 999, 0))
            for _, length, number in ways[first:last]:
                own, way = self._by_number[number]
                leads = _leads(way, interface) if isinstance(way, Route) else way is interface
                if length >= network.prefixlen and way.table == interface.table and not leads:
                    yield own


def check_sources(router: Router, interface: Interface, place: Place, *, default: bool = True) -> None:
    """One interface drops what is not routed back there."""
    SourceChecks(router).check(interface, place, default=default)


def _leads(route: Route, interface: Interface) -> bool:
    """The route goes out there."""
    if route.table != interface.table:
        return False
    hop = route.next_hop
    return route.interface == interface.name or (
        hop is not None and any(hop in a.network for a in interface.addresses if a.network.version == hop.version)
    )
