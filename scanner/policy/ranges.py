"""Sets of IP addresses as ranges that neither overlap nor touch, and which zone has which addresses."""

from __future__ import annotations

import ipaddress
import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from scanner.addresses import Address, Network
from scanner.policy.membership import Networks


class Range(NamedTuple):
    """From the number of an address up to and including that of another, of one IP version."""

    version: int
    first: int
    last: int


Ranges = tuple[Range, ...]


def range_of(network: Network) -> Range:
    """The addresses of a network."""
    return Range(network.version, int(network.network_address), int(network.broadcast_address))


def merged(ranges: Iterable[Range]) -> Ranges:
    """The same addresses, in order and as few ranges as there can be."""
    found: list[Range] = []
    for one in sorted(ranges):
        if found and found[-1].version == one.version and one.first <= found[-1].last + 1:
            found[-1] = found[-1]._replace(last=max(found[-1].last, one.last))
        else:
            found.append(one)
    return tuple(found)


def without(ranges: Ranges, others: Ranges) -> Ranges:
    """What is left of merged ranges without the addresses of others."""
    left: list[Range] = []
    for one in ranges:
        first = one.first
        for other in others:
            if other.version == one.version and other.last >= first and other.first <= one.last:
                if other.first > first:
                    left.append(Range(one.version, first, other.first - 1))
                first = other.last + 1
        if first <= one.last:
            left.append(Range(one.version, first, one.last))
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


class Place(NamedTuple):
    """Addresses and the zone that they are in, the most specific network deciding."""

    at: Range
    zone: str


def places(zones: Iterable[Mapping[str, Any]]) -> list[Place]:
    """Who has which addresses, from rows of the facts table zones; in order, none twice."""
    book: Networks[str] = Networks()
    edges: dict[int, set[int]] = {4: set(), 6: set()}
    for zone in zones:
        for text in zone["subnets"]:
            network = ipaddress.ip_network(text, strict=False)
            book.add(network, zone["zone"])
            edges[network.version] |= {int(network.network_address), int(network.broadcast_address) + 1}
    found: list[Place] = []
    for version, numbers in edges.items():
        ordered = sorted(numbers)
        for first, end in itertools.pairwise(ordered):
            holding = book.holding(Address("", version, first, True, False, False, False))[:1]
            if not holding:
                continue
            before = found[-1] if found else None
            if before and before.zone == holding[0] and before.at[::2] == (version, first - 1):
                found[-1] = Place(Range(version, before.at.first, end - 1), before.zone)
            else:
                found.append(Place(Range(version, first, end - 1), holding[0]))
    return found


def by_zone(found: Iterable[Place]) -> dict[str, Ranges]:
    """The addresses of each zone that has any."""
    zones: dict[str, list[Range]] = {}
    for at, zone in found:
        zones.setdefault(zone, []).append(at)
    return {zone: merged(ranges) for zone, ranges in zones.items()}
