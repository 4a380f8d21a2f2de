"""Sets of IP addresses as ranges that neither overlap nor touch, in order: calculating with them."""

from __future__ import annotations

import ipaddress
import itertools
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from scanner.addresses import Network
from scanner.intervals import united


class AddressRange(NamedTuple):
    """From the number of an address up to and including that of another, of one IP version."""

    version: int
    first: int
    last: int


Ranges = tuple[AddressRange, ...]


def range_of(network: Network) -> AddressRange:
    """The addresses of a network."""
    return AddressRange(network.version, int(network.network_address), int(network.broadcast_address))


def spans(ranges: Iterable[AddressRange], version: int) -> list[tuple[int, int]]:
    """First and last number of those of an IP version."""
    return [(one.first, one.last) for one in ranges if one.version == version]


def merged(ranges: Iterable[AddressRange]) -> Ranges:
    """The same addresses, in order and as few ranges as there can be."""
    by_version = itertools.groupby(sorted(ranges), lambda one: one.version)
    return tuple(
        AddressRange(version, first, last)
        for version, some in by_version
        for first, last in united((one.first, one.last) for one in some)
    )


def without(ranges: Ranges, others: Ranges) -> Ranges:
    """What is left of ranges without the addresses of others."""
    left: list[AddressRange] = []
    begin = 0
    for version, low, last in ranges:
        first = low
        while begin < len(others) and (others[begin].version, others[begin].last) < (version, first):
            begin += 1
        for other in itertools.islice(others, begin, None):
            if other.version != version or other.first > last:
                break
            if other.first > first:
                left.append(AddressRange(version, first, other.first - 1))
            first = other.last + 1
        if first <= last:
            left.append(AddressRange(version, first, last))
    return tuple(left)


def common(ranges: Ranges, others: Ranges) -> Ranges:
    """The addresses that are in both."""
    return without(ranges, without(ranges, others))


def overlap(ranges: Ranges, others: Ranges) -> bool:
    """Some address is in both."""
    at, to = 0, 0
    while at < len(ranges) and to < len(others):
        one, other = ranges[at], others[to]
        if one.version == other.version and one.first <= other.last and other.first <= one.last:
            return True
        if (one.version, one.last) < (other.version, other.last):
            at += 1
        else:
            to += 1
    return False


def networks(ranges: Ranges) -> Iterator[str]:
    """The ranges as networks; single addresses without a prefix length."""
    for version, first, last in ranges:
        kind = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address
        for network in ipaddress.summarize_address_range(kind(first), kind(last)):
            yield str(network.network_address) if network.num_addresses == 1 else str(network)
