"""Zones that are VLANs, and what routers bring between them: each device is where it sends by its own MAC address."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from ipaddress import IPv4Address

from fixtures.record.wire import START
from scanner.results.model import Verdict
from tests.adequacy.scene import mac_of
from tests.capture.frames import ipv4, udp
from tests.given import BAD, Given
from tests.twins import Record

POLICY = """\
otaudit_policy: 1
zones:
  - {id: office, level: 4, members: {vlans: [100]}}
  - {id: cell, level: 1, members: {vlans: [200]}}
"""
CONDUIT = POLICY + "conduits:\n  - {id: up, from: office, to: cell, protocols: [modbus]}\n"
PC, NEIGHBOUR, PANEL, PLC = "10.1.0.9", "10.1.0.5", "10.2.0.5", "10.2.0.6"
ROUTER = b"\2\7\7\7\7\7"
WRITE = struct.pack(">HHHBBHH", 1, 0, 6, 1, 6, 1, 2)


def mac(address: str) -> bytes:
    return mac_of(IPv4Address(address))


def talk(
    client: str, server: str, vlan: int, *, start: float, times: int = 90, routed: str = "", port: int = 502
) -> Iterable[Record]:
    """Writes and their answers in a VLAN, in which ``routed``, an end, is behind a router."""
    macs = {end: ROUTER if end == routed else mac(end) for end in (client, server)}
    for number in range(times):
        for after, source, target, ports in ((0, client, server, (40001, port)), (0.01, server, client, (port, 40001))):
            at = start + number + after
            frame = macs[target] + macs[source] + struct.pack(">HHH", 0x8100, vlan, 0x0800)
            frame += ipv4(17, udp(WRITE, *ports), source, target)
            yield START + int(at), round(at % 1 * 1e6), frame, len(frame)


def crossing(policy: str, *vlans: int) -> Verdict:
    """What is said of a PC that writes to a PLC, seen in these VLANs."""
    own = [*talk(PANEL, PLC, 200, start=1), *talk(NEIGHBOUR, PC, 100, start=1.2, port=9999)]
    seen = [
        *(talk(PC, PLC, 100, start=30, times=6, routed=PLC) if 100 in vlans else ()),
        *(talk(PC, PLC, 200, start=30.0001, times=6, routed=PC) if 200 in vlans else ()),
    ]
    given = Given(sorted([*own, *seen], key=lambda record: record[:2]), {"policy.yaml": policy})
    return given.verdicts()["undeclared-conduit"]


def test_what_a_router_brings_into_a_zone_comes_from_the_zone_of_its_sender() -> None:
    assert crossing(POLICY, 100, 200) in BAD
    assert crossing(POLICY, 200) is Verdict.NO_EVIDENCE  # the router may as well be a device with that address
    assert crossing(CONDUIT, 100, 200) is Verdict.PASS
