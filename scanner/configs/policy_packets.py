"""The packets that an entry of a firewall's policy matches, of what its ends and services mean at most and for certain.

Such a firewall knows conversations: its entries are about the packets that begin one.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from scanner.address_spans import range_of
from scanner.addresses import Network
from scanner.configs.forwarding import Entry, Place
from scanner.intervals import united
from scanner.packet_sets import (
    ADDRESSES,
    ALL_PORTS,
    ALL_PROTOCOLS,
    BEGINS,
    Boxes,
    Span,
    disjoint,
    everything,
)
from scanner.wording import said

MOST_PACKETS = 600  # boxes of one entry; what has more is not told apart
MOST_OF_A_DEVICE = 100_000  # boxes of all its entries
PARTLY = said("only a part of this entry is understood, or it holds at times")
ICMP = {4: (1, 1), 6: (58, 58)}


class PolicyAddresses(NamedTuple):
    """Addresses: these for certain, and at most those."""

    sure: tuple[Span, ...]
    most: tuple[Span, ...]

    def but(self, version: int) -> PolicyAddresses:
        """The other addresses of the version."""
        return PolicyAddresses(_others(self.most, version), _others(self.sure, version))


class PolicyService(NamedTuple):
    """A protocol with its ports; of ICMP ``ports`` are type × 256 + code."""

    protocol: Span = ALL_PROTOCOLS
    source_ports: Span = ALL_PORTS
    ports: Span = ALL_PORTS


class PolicyServices(NamedTuple):
    """These for certain, and at most those."""

    sure: tuple[PolicyService, ...]
    most: tuple[PolicyService, ...]


EVERY_SERVICE = PolicyServices((PolicyService(),), (PolicyService(),))
SOME_SERVICE = PolicyServices((), (PolicyService(),))  # which one is not told


def every_address(version: int) -> PolicyAddresses:
    """All of them."""
    return PolicyAddresses((ADDRESSES[version],), (ADDRESSES[version],))


def some_address(version: int) -> PolicyAddresses:
    """Which ones is not told."""
    return PolicyAddresses((), (ADDRESSES[version],))


def addresses_of(networks: Iterable[Network], version: int) -> PolicyAddresses:
    """Those of networks."""
    spans = tuple(united(range_of(n)[1:] for n in networks if n.version == version))
    return PolicyAddresses(spans, spans)


def all_of(ends: Iterable[PolicyAddresses]) -> PolicyAddresses:
    """What several words mean together."""
    ends = list(ends)
    return PolicyAddresses(
        tuple(united(s for e in ends for s in e.sure)), tuple(united(s for e in ends for s in e.most))
    )


def all_services(found: Iterable[PolicyServices]) -> PolicyServices:
    """What several words mean together."""
    found = list(found)
    sure, most = (_apart(s for one in found for s in one[at]) for at in (0, 1))
    return PolicyServices(sure, most)


def _apart(services: Iterable[PolicyService]) -> tuple[PolicyService, ...]:
    """The same services; ports of one protocol are put together where every source port will do."""
    by_protocol: dict[Span, list[PolicyService]] = {}
    for one in services:
        by_protocol.setdefault(one.protocol, []).append(one)
    if ALL_PROTOCOLS in by_protocol and PolicyService() in by_protocol[ALL_PROTOCOLS]:
        return (PolicyService(),)
    found: list[PolicyService] = []
    for protocol, some in by_protocol.items():
        plain = united(s.ports for s in some if s.source_ports == ALL_PORTS)
        found += [PolicyService(protocol, ports=span) for span in plain]
        found += dict.fromkeys(s for s in some if s.source_ports != ALL_PORTS)
    return tuple(found)


def _others(spans: Sequence[Span], version: int) -> tuple[Span, ...]:
    found, low = [], ADDRESSES[version][0]
    for first, last in united(spans):
        if low < first:
            found.append((low, first - 1))
        low = last + 1
    if low <= ADDRESSES[version][1]:
        found.append((low, ADDRESSES[version][1]))
    return tuple(found)


def policy_entry(
    place: Place,
    permit: bool | None,
    version: int,
    ends: tuple[PolicyAddresses, PolicyAddresses],
    services: PolicyServices,
    *,
    narrowed: bool = False,
    comes_in: frozenset[str] = frozenset(),
    goes_out: frozenset[str] = frozenset(),
) -> Entry | None:
    """The entry; None when it matches nothing. ends: source and destination. narrowed: by something else, which is not
    told.
    """
    source, destination = ends
    most = _boxes(version, source.most, destination.most, services.most)
    if most is None:
        most = (_begins(version),)
        sure: Boxes = ()
    elif not most:
        return None
    elif not narrowed and all(one.sure == one.most for one in (source, destination, services)):
        sure = most
    else:
        sure = () if narrowed else _boxes(version, source.sure, destination.sure, services.sure) or ()
    whole = permit is not None and set(sure) == set(most)
    return Entry(place, permit, sure if permit is not None else (), most, None if whole else PARTLY, comes_in, goes_out)


class Budget:
    """What the entries of one device may still hold. Those beyond may match anything."""

    def __init__(self) -> None:
        self._left = MOST_OF_A_DEVICE

    def take(self, entry: Entry) -> Entry:
        """The entry, or one that may do anything between its interfaces."""
        self._left -= len(entry.most)
        if self._left >= 0 or len(entry.most) == 1:
            return entry
        whole = (_begins(6),)  # which holds every number that an address of IPv4 has
        return replace(entry, permit=None, sure=(), most=whole, doubt=PARTLY)


def _begins(version: int) -> tuple[Span, ...]:
    return (*everything(version)[:5], BEGINS)


def every_packet(
    place: Place,
    permit: bool | None,
    version: int,
    comes_in: frozenset[str] = frozenset(),
    goes_out: frozenset[str] = frozenset(),
) -> Entry:
    """The entry of all that begins a conversation between these interfaces."""
    whole = (_begins(version),)
    doubt = None if permit is not None else PARTLY
    return Entry(place, permit, whole if permit is not None else (), whole, doubt, comes_in, goes_out)


def _boxes(
    version: int, sources: Sequence[Span], destinations: Sequence[Span], services: Sequence[PolicyService]
) -> Boxes | None:
    """The packets; None when there are too many different ones."""
    own = [s for s in services if not _of_other_version(s.protocol, version)]
    if len(sources) * len(destinations) * len(own) > MOST_PACKETS:
        return None
    apart = disjoint((ALL_PORTS, ALL_PORTS, *s) for s in own)  # addresses do not overlap
    if len(sources) * len(destinations) * len(apart) > MOST_PACKETS:
        return None
    return tuple((a, b, *s[2:], BEGINS) for a, b, s in itertools.product(sources, destinations, apart))


def _of_other_version(protocol: Span, version: int) -> bool:
    return protocol == ICMP[4 if version == 6 else 6]


def portless(protocol: int) -> PolicyService:
    """A protocol whole."""
    return PolicyService((protocol, protocol))
