"""A policy as lists of entries, one for each zone and IP version, that filter what comes in from the zone.

Such a list knows no conversations. It lets through what begins conversations that a conduit allows, and what looks like
an answer in one: of TCP what is marked as such, of ICMP echo replies, of everything else whatever comes from the port,
or by the protocol, that was asked. That is the least that lets the conduits work.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from scanner.address_spans import Ranges, networks
from scanner.errors import DefinitionError, Problem
from scanner.intervals import Interval
from scanner.policy.export._flows import (
    ALL_PORTS,
    EVERYTHING,
    Allowance,
    Flow,
    Transport,
    allowances,
    one_line,
    untold,
    zone_ranges,
)
from scanner.policy.export._form import ToExport
from scanner.wording import Said, said

ICMP = "icmp"
MOST_ENTRIES = 20_000  # of all lists together; devices take some thousands


class Entry(NamedTuple):
    """What an entry permits. transport: ``any``, ``tcp``, ``udp``, ``icmp`` or ``ip-47``.

    source, destination: networks, or an address without a prefix length. answers: of TCP packets with ACK or RST only,
    of ICMP echo replies only.
    """

    transport: str
    source: str
    destination: str
    source_ports: Interval = ALL_PORTS
    ports: Interval = ALL_PORTS
    answers: bool = False


class Part(NamedTuple):
    """The entries of one conduit, and what stands above them."""

    remarks: tuple[str, ...]
    entries: tuple[Entry, ...]


class ZoneList(NamedTuple):
    """What may come in from a zone, by one IP version. name: letters, digits and hyphens, one list's alone."""

    name: str
    zone: str
    version: int
    parts: tuple[Part, ...]


class Lists(NamedTuple):
    """The lists, and what they do not express."""

    lists: tuple[ZoneList, ...]
    untold: tuple[Said, ...]


def lists(given: ToExport) -> Lists:
    """The lists in the order of the policy's zones; of one zone only, if it is asked for."""
    ranges = zone_ranges(given)
    found = list(allowances(given))
    kept = []
    for number, zone in enumerate(ranges, 1):
        if given.zone in ("", zone):
            for version in sorted({r.version for r in ranges[zone]}):
                parts = tuple(part for a in found if (part := _part(a, zone, version)).entries)
                kept.append(ZoneList(_name(zone, number, version), zone, version, parts))
    count = sum(len(part.entries) for one in kept for part in one.parts)
    if count > MOST_ENTRIES:
        what = said("the access lists would have {count} entries, more than {most}", count=count, most=MOST_ENTRIES)
        raise DefinitionError(Problem("policy", what, remedy=said("ask for one zone, or let networks be of one piece")))
    return Lists(tuple(kept), tuple(_untold(given, found)))


def _untold(given: ToExport, found: Sequence[Allowance]) -> Iterator[Said]:
    yield from untold(given, found)
    for allowance in found:
        if any(not _in_lists(flow.transport) for flow in allowance.flows):
            yield said("{allowance}: ports of SCTP", allowance=allowance.title)
        if any(flow.transport.name == EVERYTHING and flow.source != flow.target for flow in allowance.flows):
            yield said("{allowance}: answers by other protocols than TCP, UDP and ICMP", allowance=allowance.title)


def _in_lists(transport: Transport) -> bool:
    return transport.name != "sctp" or transport.whole


def _part(allowance: Allowance, zone: str, version: int) -> Part:
    """What a list of the zone has for a conduit."""
    entries: dict[Entry, None] = {}
    for flow in allowance.flows:
        if flow.version == version and _in_lists(flow.transport):
            if flow.source == zone:
                entries.update(dict.fromkeys(_begins(flow)))
            if flow.target == zone and flow.source != zone:
                entries.update(dict.fromkeys(_answers(flow)))
    return Part((one_line(": ".join(filter(None, (allowance.title, allowance.reason)))),), tuple(entries))


def _begins(flow: Flow) -> Iterator[Entry]:
    for source, destination in _pairs(flow.senders, flow.receivers):
        for ports in flow.transport.ports or (ALL_PORTS,):
            yield Entry(_named(flow.transport), source, destination, ports=ports)


def _answers(flow: Flow) -> Iterator[Entry]:
    name = _named(flow.transport)
    for source, destination in _pairs(flow.receivers, flow.senders):
        if name == EVERYTHING:
            yield Entry("tcp", source, destination, answers=True)
            yield Entry("udp", source, destination)
            yield Entry(ICMP, source, destination, answers=True)
        for ports in flow.transport.ports or (ALL_PORTS,):
            if name != EVERYTHING:
                yield Entry(name, source, destination, source_ports=ports, answers=name in ("tcp", ICMP))


def _named(transport: Transport) -> str:
    return "ip-132" if transport.name == "sctp" else transport.name


def _pairs(senders: Ranges, receivers: Ranges) -> Iterator[tuple[str, str]]:
    theirs = list(networks(receivers))
    for own in networks(senders):
        yield from ((own, other) for other in theirs)


def _name(zone: str, number: int, version: int) -> str:
    """A name that devices take; the number keeps zones apart whose letters they do not."""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", zone).strip("-")[:24]
    return "-".join(filter(None, ("OTAUDIT", str(number), plain, "V6" if version == 6 else "")))
