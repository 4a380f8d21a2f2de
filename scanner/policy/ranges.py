"""Which zone has which addresses, as ranges."""

from __future__ import annotations

import ipaddress
import itertools
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from scanner.address_spans import AddressRange, Ranges, merged
from scanner.addresses import Address
from scanner.policy.membership import Networks


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
