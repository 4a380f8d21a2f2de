"""Interfaces that drop what claims a source to which no route leads back there (reverse path forwarding)."""

from __future__ import annotations

from scanner.addresses import Network
from scanner.configs.forwarding import Entry, Filter, Interface, Place, Route, Router
from scanner.configs.policy_packets import addresses_of, every_address
from scanner.packet_sets import ALL_PORTS, ALL_PROTOCOLS, EITHER, difference

_VERSIONS = (4, 6)


def check_sources(router: Router, interface: Interface, place: Place, *, default: bool = True) -> None:
    """Let in what is certainly routed back by the interface; the rest may be dropped. To be called when the routes are
    known. default: a default route leads back, too.
    """
    for version in _VERSIONS:
        back = [a.network for a in interface.addresses]
        back += [r.network for r in router.routes if _leads(r, interface) and not r.discards]
        back = [n for n in back if n.prefixlen or default]
        others = [r.network for r in router.routes if not _leads(r, interface)]
        others += [a.network for i in router.interfaces if i is not interface for a in i.addresses]
        kept = addresses_of(back, version).most
        narrower = [n for n in others if _is_inside(n, back)]
        left = difference(((s,) * 2 for s in kept), [(s,) * 2 for s in addresses_of(narrower, version).most])
        whole = every_address(version).most[0]
        most = tuple((box[0], whole, ALL_PROTOCOLS, ALL_PORTS, ALL_PORTS, EITHER) for box in left)
        entry = Entry(place, True, most, most)
        told = Filter(f"{interface.name} reverse-path", place, (entry,), permits_rest=None)
        interface.filters_in[version] = [told, *interface.filters_in.get(version, ())]


def _is_inside(network: Network, others: list[Network]) -> bool:
    return any(
        o.version == network.version
        and o.prefixlen <= network.prefixlen
        and int(o.network_address) <= int(network.network_address) <= int(o.broadcast_address)
        for o in others
    )


def _leads(route: Route, interface: Interface) -> bool:
    """The route goes out there."""
    if route.table != interface.table:
        return False
    hop = route.next_hop
    return route.interface == interface.name or (
        hop is not None and any(hop in a.network for a in interface.addresses if a.network.version == hop.version)
    )
