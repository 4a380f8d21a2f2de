"""What a conduit allows, as packets, and packets as services in words."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scanner.address_spans import Ranges, merged, spans, without
from scanner.intervals import united
from scanner.packet_sets import ADDRESSES, ALL_PORTS, ALL_PROTOCOLS, BEGINS, Box, Boxes, Span, disjoint
from scanner.policy.cover import addresses_of
from scanner.policy.directory import NameDirectory
from scanner.policy.services import ANY, WELL_KNOWN, Service, parse_service
from scanner.reach.ends import ZoneEnd
from scanner.reach.proofs import VERSIONS

Row = Mapping[str, Any]
Ports = Mapping[str, Collection[tuple[str, int]]]  # protocol -> (transport, port) pairs that it is at home on
_NUMBERS = {"tcp": 6, "udp": 17, "sctp": 132}
PORTED = frozenset(_NUMBERS.values())  # protocols that have ports
_NAMES = {6: "tcp", 17: "udp", 132: "sctp", 1: "icmp", 58: "icmp"}


@dataclass
class Allowed:
    """What a conduit allows one way. certain_clients: everybody it lists has an address that is known.

    beyond: what it names that is no IP, or has no port that is known. portless: the latter. elsewhere: clients that it
    names are no hosts of the zone, such as a device of the network, whose own packets pass no filter of its own.
    """

    boxes: dict[int, Boxes]
    certain_clients: bool
    beyond: tuple[str, ...]
    portless: bool = False
    elsewhere: bool = False


def allowed(
    conduit: Row, protocol: str, ends: tuple[ZoneEnd, ZoneEnd], directory: NameDirectory, ports: Ports
) -> Allowed:
    """The packets that begin conversations which a conduit allows by a protocol. ends: client and server."""
    client, server = ends
    ranges, certain = _clients(conduit["clients"], client, directory)
    services, beyond = _services([protocol], ports)
    boxes: dict[int, Boxes] = {}
    for version in VERSIONS:
        ways = itertools.product(spans(ranges, version), spans(server.ranges, version), services)
        boxes[version] = disjoint(_box(source, target, service, version) for source, target, service in ways)
    portless = any(not (ports.get(text) or WELL_KNOWN.get(text)) and parse_service(text) is None for text in beyond)
    return Allowed(boxes, certain, tuple(beyond), portless, bool(without(ranges, client.ranges)))


def _clients(words: Sequence[str], client: ZoneEnd, directory: NameDirectory) -> tuple[Ranges, bool]:
    if not words:
        return client.ranges, True
    found = []
    for word in words:
        listed = addresses_of(word, directory)
        if not listed:
            return client.ranges, False
        found += listed
    return merged(found), True


def _services(protocols: Iterable[str], ports: Ports) -> tuple[list[Service | None], list[str]]:
    """Services, None for everything; and what no packet of IP shows."""
    found: list[Service | None] = []
    beyond = []
    for text in protocols:
        if text == ANY:
            return [None], []
        service = parse_service(text)
        at_home = ports.get(text) or WELL_KNOWN.get(text, ())
        some = [service] if service else [Service(transport, port, port) for transport, port in at_home]
        passing = [s for s in some if s.transport != "ethernet"]
        found += passing
        if not passing:
            beyond.append(text)
    return found, beyond


def _box(source: Span, target: Span, service: Service | None, version: int) -> Box:
    if service is None:
        return source, target, ALL_PROTOCOLS, ALL_PORTS, ALL_PORTS, BEGINS
    number = protocol_number(service.transport, version)
    ports = (service.low, service.high) if service.transport in _NUMBERS else ALL_PORTS
    return source, target, (number, number), ALL_PORTS, ports, BEGINS


def protocol_number(transport: str, version: int) -> int:
    """The number of a transport as facts name it; -1 for what is no IP."""
    if transport == "icmp":
        return 1 if version == 4 else 58
    if transport.startswith("ip-") and transport[3:].isdecimal():
        return int(transport[3:])
    return _NUMBERS.get(transport, -1)


def protocol_name(number: int) -> str:
    """``tcp``, ``icmp``, ``ip/47``."""
    return _NAMES.get(number, f"ip/{number}")


def named_services(boxes: Iterable[Box]) -> list[str]:
    """The services of some packets: ``tcp/502``, ``udp/123``, ``icmp``, ``ip/47``, ``any``."""
    by_kind: dict[tuple[Span, Span], list[Span]] = {}
    for box in boxes:
        by_kind.setdefault((box[2], box[3]), []).append(box[4])
    found: list[str] = []
    for ((low, high), sent), ports in sorted(by_kind.items()):
        came = "" if sent == ALL_PORTS else f" from {sent[0]}" + (f"-{sent[1]}" if sent[0] != sent[1] else "")
        name = protocol_name(low) if low == high else f"ip/{low}-{high}"
        for first, last in united(ports):
            every = (first, last) == ALL_PORTS or low != high or low not in PORTED
            found.append((name if every else f"{name}/{first}" + (f"-{last}" if last != first else "")) + came)
    if united(span for (span, sent), ports in by_kind.items() if sent == ALL_PORTS and _whole(span, ports)) == [
        (0, 255)
    ]:
        return ["any"]
    return list(dict.fromkeys(found))


def _whole(protocols: Span, ports: Sequence[Span]) -> bool:
    """Every port of these protocols; of ICMP every message that does not only answer."""
    return united(ports) == [ALL_PORTS] or (protocols[0] == protocols[1] and protocols[0] in (1, 58) and len(ports) > 1)


def version_boxes(sets: Mapping[int, Boxes]) -> Boxes:
    """Those of both IP versions, to name their services."""
    return tuple(box for version in ADDRESSES for box in sets.get(version, ()))
