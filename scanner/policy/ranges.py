"""Sets of IP addresses as ranges that neither overlap nor touch, and which zone has which addresses."""

from __future__ import annotations

import ipaddress
import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from scanner.addresses import Address, Network
from scanner.policy.membership import Networks


class AddressRange(NamedTuple):
    """From the number of an address up to and including that of another, of one IP version."""

    version: int
    first: int
    last: int


Ranges = tuple[AddressRange, ...]


def range_of(network: Network) -> AddressRange:
    """The addresses of a network."""
    return AddressRange(network.version, int(network.network_address), int(network.broadcast_address))


def merged(ranges: Iterable[AddressRange]) -> Ranges:
    """The same addresses, in order and as few ranges as there can be."""
    found: list[AddressRange] = []
    for one in sorted(ranges):
        if found and found[-1].version == one.version and one.first <= found[-1].last + 1:
            found[-1] = found[-1]._replace(last=max(found[-1].last, one.last))
        else:
            found.append(one)
    return tuple(found)


def without(ranges: Ranges, others: Ranges) -> Ranges:
    """What is left of merged ranges without the addresses of others."""
    left: list[AddressRange] = []
    for one in ranges:
        first = one.first
        for other in others:
            if other.version == one.version and other.last >= first and other.first <= one.last:
                if other.first > first:
                    left.append(AddressRange(one.version, first, other.first - 1))
                first = other.last + 1
        if first <= one.last:
            left.append(AddressRange(one.version, first, one.last))
    return tuple(left)


def common(ranges: Ranges, others: Ranges) -> Ranges:
    """The addresses that are in both."""
    return without(ranges, without(ranges, others))


def networks(ranges: Ranges) -> Iterator[str]:
    """The ranges as networks; single addresses without a prefix length."""
    for version, first, last in ranges:
        kind = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address
        for network in ipaddress.summarize_address_range(kind(first), kind(last)):
            yield str(network.network_address) if network.num_addresses == 1 else str(network)


class ZonedAddresses(NamedTuple):
    """Addresses and the zone that they are in, the most specific network deciding."""

    at: AddressRange
    zone: str


def places(zones: Iterable[Mapping[str, Any]]) -> list[ZonedAddresses]:
    """Who has which addresses, from rows of the facts table zones; in order, none twice."""
    book: Networks[str] = Networks()
    edges: dict[int, set[int]] = {4: set(), 6: set()}
    for zone in zones:
        for text in zone["subnets"]:
            network = ipaddress.ip_network(text, strict=False)
            book.add(network, zone["zone"])
            edges[network.version] |= {int(network.network_address), int(network.broadcast_address) + 1}
    found: list[ZonedAddresses] = []
    for version, numbers in edges.items():
        ordered = sorted(numbers)
        for first, end in itertools.pairwise(ordered):
            holding = book.holding(Address("", version, first, True, False, False, False))[:1]
            if not holding:
                continue
            before = found[-1] if found else None
            if before and before.zone == holding[0] and before.at[::2] == (version, first - 1):
                found[-1] = ZonedAddresses(AddressRange(version, before.at.first, end - 1), before.zone)
            else:
                found.append(ZonedAddresses(AddressRange(version, first, end - 1), holding[0]))
    return found


def by_zone(found: Iterable[ZonedAddresses]) -> dict[str, Ranges]:
    """The addresses of each zone that has any."""
    zones: dict[str, list[AddressRange]] = {}
    for at, zone in found:
        zones.setdefault(zone, []).append(at)
    return {zone: merged(ranges) for zone, ranges in zones.items()}
