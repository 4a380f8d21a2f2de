"""The same networks, one packet at a time: every doubt is settled by a coin, and the packet is followed by hand."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from scanner.configs.forwarding import DoubtKind, Filter, Interface, Route, Router
from scanner.packet_sets import OnePacket

Inside = tuple[int, Interface]


@dataclass
class World:
    """Some routers, and a source of coins that falls the same way for the same question."""

    routers: list[Router]
    seed: int

    def coin(self, *question: object) -> bool:
        return zlib.crc32(repr((self.seed, question)).encode()) & 1 == 0

    def arrives(self, packet: OnePacket, every: bool) -> bool:
        """By some gateway of the sender; every: whichever of equal routes devices take."""
        for number, interface, network in self._joins():
            if int(network.network_address) <= packet.source <= int(network.broadcast_address):
                if int(network.network_address) <= packet.destination <= int(network.broadcast_address):
                    return True
                if self._in(number, interface, packet, (), every):
                    return True
        return False

    def _joins(self) -> Iterator[tuple[int, Interface, object]]:
        for number, router in enumerate(self.routers):
            for interface in router.interfaces:
                for address in interface.addresses if interface.up else ():
                    yield number, interface, address.network

    def _in(self, number: int, interface: Interface, packet: OnePacket, before: tuple[int, ...], every: bool) -> bool:
        if id(interface) in before or not self._passes(interface, packet, outgoing=False):
            return False
        before = (*before, id(interface))
        router = self.routers[number]
        for length in range(32, -1, -1):
            direct = [
                i
                for i in router.interfaces
                for a in i.addresses
                if i.up and a.network.prefixlen == length and self._holds(a.network, packet)
            ]
            if direct:
                crossed = self._crosses(number, interface, direct[0], packet)
                return crossed and self._passes(direct[0], packet, outgoing=True)
            static = [
                r
                for r in router.routes
                if r.network.prefixlen == length
                and self._holds(r.network, packet)
                and (r.certain or self.coin("there", number, router.routes.index(r)))
            ]
            if static:
                least = min(r.distance for r in static)
                best = [r for r in static if r.distance == least]
                came = (number, interface)
                return (all if every else any)(self._along(came, r, packet, before, every) for r in best)
        return False

    def _crosses(self, number: int, comes_in: Interface, goes_out: Interface, packet: OnePacket) -> bool:
        """By the entries between the two, of the filters of the device."""
        for one in self.routers[number].filters.get(4, ()):
            kept = [e for e in one.entries if not e.comes_in or comes_in.name in e.comes_in]
            kept = [e for e in kept if not e.goes_out or goes_out.name in e.goes_out]
            if not self._filter(replace(one, entries=tuple(kept)), packet):
                return False
        return True

    def _along(self, came: Inside, route: Route, packet: OnePacket, before: tuple[int, ...], every: bool) -> bool:
        number, comes_in = came
        if route.discards or route.next_hop is None:
            return False
        hop = int(route.next_hop)
        out = [
            i
            for i in self.routers[number].interfaces
            for a in i.addresses
            if i.up and int(a.network.network_address) <= hop <= int(a.network.broadcast_address)
        ]
        for other, interface, _ in list(self._joins()) if out else ():
            if other != number and any(int(a.address) == hop for a in interface.addresses):
                if not self._crosses(number, comes_in, out[0], packet) or not self._passes(
                    out[0], packet, outgoing=True
                ):
                    return False
                return self._in(other, interface, packet, before, every)
        return False

    @staticmethod
    def _holds(network: object, packet: OnePacket) -> bool:
        first, last = int(network.network_address), int(network.broadcast_address)  # type: ignore[attr-defined]
        return first <= packet.destination <= last

    def _passes(self, interface: Interface, packet: OnePacket, *, outgoing: bool) -> bool:
        if any(d.kind is DoubtKind.DROPS and self.coin("drop", d.place, packet) for d in interface.doubts):
            return False
        return all(self._filter(one, packet) for one in interface.filters(4, outgoing=outgoing))

    def _filter(self, one: Filter, packet: OnePacket) -> bool:
        if not one.defined:
            return self.coin("undefined", one.name, packet)
        for at, entry in enumerate(one.entries):
            surely = any(packet.within(box) for box in entry.sure)
            perhaps = any(packet.within(box) for box in entry.most) and self.coin("matches", one.name, at, packet)
            if surely or perhaps:
                return entry.permit if entry.permit is not None else self.coin("permits", one.name, at, packet)
        return one.permits_rest if one.permits_rest is not None else self.coin("rest", one.name, packet)
