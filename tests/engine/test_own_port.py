"""A recording made on one device, or at its port, says nothing of what others of its zone send past the boundary."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address

import pytest

from fixtures.record.wire import START
from scanner.results.model import Verdict
from tests.adequacy.scene import mac_of
from tests.capture.frames import arp, ethernet, ipv4, udp
from tests.given import Given
from tests.twins import Record

POLICY = """\
otaudit_policy: 1
zones:
  - {id: office, level: 4, members: {subnets: [10.1.0.0/24]}}
  - {id: cell, level: 1, members: {subnets: [10.2.0.0/24]}}
  - {id: supervision, level: 3, members: {subnets: [10.3.0.0/24]}}
conduits:
  - {id: polls, from: supervision, to: cell, protocols: [modbus], verbs: [read, session]}
"""
BOUNDARIES = ("undeclared-conduit", "enterprise-to-control-direct", "general-services-across-boundary")
SCADA, NEIGHBOUR, PLC, OTHER = "10.3.0.5", "10.3.0.6", "10.2.0.6", "10.2.0.7"
ROUTER = 0x020707070707
LISTED = "name,ip,type\nSC-1,10.3.0.5,SCADA server\nENG-1,10.3.0.9,Engineering station\n"
ASKED, TOLD = b"\0\1\0\0\0\6\1\3\0\0\0\2", b"\0\1\0\0\0\7\1\3\4\0\1\0\2"


def mac(address: str) -> int:
    return int.from_bytes(mac_of(IPv4Address(address)), "big")


def polls(client: str, server: str, *, routed: str, port: int) -> Iterable[Record]:
    """Two minutes of reading, of which one end is behind a router."""
    macs = {end: ROUTER if end == routed else mac(end) for end in (client, server)}
    for second in range(120):
        for micro, source, target, ports, said in (
            (port, client, server, (port, 502), ASKED),
            (port + 9000, server, client, (502, port), TOLD),
        ):
            frame = ethernet(0x0800, ipv4(17, udp(said, *ports), source, target), macs[source], macs[target])
            yield START + second, micro, frame, len(frame)


def heard(address: str) -> Iterable[Record]:
    """It asks for its gateway, which all ports of its network hear."""
    for minute in range(2):
        frame = ethernet(0x0806, arp(mac(address), address, 1) + bytes(18), mac(address), 2**48 - 1)
        yield START + 60 * minute, 7, frame, len(frame)


AT_SCADA = [*polls(SCADA, PLC, routed=PLC, port=40001), *polls(SCADA, OTHER, routed=OTHER, port=40002)]
AT_PLC = [*polls(SCADA, PLC, routed=SCADA, port=40001), *polls(NEIGHBOUR, PLC, routed=NEIGHBOUR, port=40002)]
UPLINK = [*polls(SCADA, PLC, routed=SCADA, port=40001), *polls(NEIGHBOUR, OTHER, routed=NEIGHBOUR, port=40002)]


def verdicts(records: Iterable[Record], **texts: str) -> set[Verdict]:
    given = Given(sorted(records, key=lambda record: record[:2]), {"policy.yaml": POLICY, **texts})
    found = given.verdicts()
    return {found[rule] for rule in BOUNDARIES}


@pytest.mark.parametrize(
    "records", [[*AT_SCADA, *heard(NEIGHBOUR)], [*AT_PLC, *heard(OTHER)]], ids=["a server's", "a controller's"]
)
def test_what_one_port_of_several_shows_is_no_boundary(records: list[Record]) -> None:
    assert verdicts(records) == {Verdict.NO_EVIDENCE}


def test_others_are_known_by_the_inventory_as_well() -> None:
    assert verdicts(AT_SCADA, **{"inventory.csv": LISTED}) == {Verdict.NO_EVIDENCE}


def test_the_uplink_of_a_zone_shows_its_boundary() -> None:
    assert Verdict.PASS in verdicts(UPLINK)


def test_without_a_policy_it_shows_no_boundary_to_other_networks_either() -> None:
    def found(records: list[Record], **texts: str) -> Verdict:
        given = Given(sorted(records, key=lambda record: record[:2]), texts)
        return given.verdicts()["control-system-to-internet"]

    listed = {"inventory.csv": LISTED}
    assert found([*AT_SCADA, *heard(NEIGHBOUR)], **listed) is Verdict.NO_EVIDENCE
    assert found(AT_SCADA, **listed) is Verdict.NO_EVIDENCE
    assert found(AT_SCADA) is Verdict.PASS  # alone, as far as anybody knows
