"""CDP: which port of which device, what it says of itself, what is no advertisement."""

from __future__ import annotations

import struct

import pytest

from fixtures.record.cdp import GROUP, SNAP, SWITCH, message, router, switch, tlv
from fixtures.record.wire import Wire
from scanner.capture.read import read_capture
from scanner.facts.understand import understand
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.layer2.cdp import PROTOCOL
from tests.protocols.keys import key
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import understand_capture


def sent(data: bytes, length: int | None = None) -> Message:
    return Message(data, len(data) if length is None else length, True, "ethernet", 0xAA, SWITCH)


def rows(data: bytes) -> tuple[Operation, list[tuple[str, str]], Session]:
    assert PROTOCOL.probe(sent(data))
    operation, *identities, session = PROTOCOL.dissect(sent(data))
    assert isinstance(operation, Operation)
    assert isinstance(session, Session)
    assert (operation.verb, operation.function, operation.kind) == (Verb.IDENTIFY, "Advertisement", Kind.NOTICE)
    return operation, [(i.field, i.value) for i in identities if isinstance(i, Identity)], session


def test_a_switch():
    operation, facts, session = rows(switch())
    assert operation.object == "port GigabitEthernet1/7 of cell-switch-1.plant.example"
    assert operation.detail == (
        "example IE-8; switch, IGMP capable; native VLAN 20; voice VLAN 50; full duplex; VTP domain PLANT; "
        "managed at 192.0.2.2, 2001:db8::2"
    )
    assert facts == [
        ("name", "cell-switch-1"),
        ("model", "example IE-8"),
        ("software", "Example Network OS, Version 15.2(7)E3"),
        ("ip", "192.0.2.2"),
        ("ip", "2001:db8::2"),
        ("role", "switch"),
    ]
    assert session == Session(version="CDPv2")


def test_a_router_in_version_1():
    operation, facts, session = rows(router())
    assert operation.object == "port FastEthernet0/0 of edge-router"
    assert operation.detail == "router, switch, IGMP capable; half duplex"
    assert facts == [
        ("name", "edge-router"),
        ("ip", "192.0.2.1"),
        ("ip", "198.51.100.1"),
        ("role", "router"),
        ("role", "switch"),
    ]
    assert session == Session(version="CDPv1")


def test_the_release_of_a_cisco_device():
    text = (
        b"Cisco IOS Software, C3550 Software (C3550-IPSERVICESK9-M), Version 12.2(44)SE2, RELEASE SOFTWARE (fc2)\nCop"
    )
    _, facts, _ = rows(message(tlv(1, b"S1"), tlv(5, text), tlv(4, struct.pack(">I", 0x88))))
    assert facts == [
        ("name", "S1"),
        ("software", text.partition(b"\n")[0].decode()),
        ("vendor", "Cisco"),
        ("firmware", "12.2(44)SE2"),
    ]  # a telephone with a switch inside is no switch


def test_a_port_that_goes_down_says_nothing_of_the_device():
    operation, facts, _ = rows(switch(alive=0))
    assert (operation.detail, facts) == ("shutdown", [])


def test_the_checksum_makes_no_other_message():
    one, other = switch(), bytearray(switch())
    other[7] ^= 1
    assert key("cisco-snap", one) == key("cisco-snap", bytes(other))
    assert key("cisco-snap", one) != key("cisco-snap", switch(alive=0)) != key("cisco-snap", router())


def test_recorded_and_in_a_vlan():
    for name, vlan, counts in (
        ("lldpd.pcap", -1, None),
        ("built.pcap", -1, [2, 1, 1]),
        ("built_vlan.pcap", 20, [2, 1, 1]),
    ):
        result = read_capture(CAPTURES / "cdp" / name, name, framing_plan())
        assert {c.vlan for c in result.conversations} == {vlan}
        if counts:
            assert [m.count for m in result.messages] == counts
        assert set(understand(result, protocols()).spoken.values()) == {("cdp",)}


def test_lldpd_in_both_versions():
    result = read_capture(CAPTURES / "cdp" / "lldpd.pcap", "lldpd.pcap", framing_plan())
    found = [row for rows in understand(result, protocols()).rows.values() for row in rows]
    assert {r.version for r in found if isinstance(r, Session)} == {"CDPv1", "CDPv2"}
    assert {r.object for r in found if isinstance(r, Operation)} == {"port eth0 of panel-1"}
    assert {(r.field, r.value) for r in found if isinstance(r, Identity)} >= {("name", "panel-1"), ("ip", "192.0.2.50")}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        SNAP,
        SNAP + b"\3\xb4\0\0" + tlv(1, b"S1"),  # a version that is not
        message(tlv(5, b"software")),  # names nobody
        message(tlv(1, b"S1"))[:-1],  # beyond the frame
        message(tlv(1, b"S1") + b"\0\3\0\2"),  # shorter than its header
        b"\0\0\x0c\x20\4" + message(tlv(1, b"S1"))[5:],  # DTP
    ],
)
def test_what_is_no_advertisement(data):
    assert not PROTOCOL.probe(sent(data))
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(sent(data)))


def test_a_frame_that_was_captured_in_part():
    data = message(tlv(1, b"S1"), tlv(3, b"p1"))
    operation, *_ = PROTOCOL.dissect(sent(data[:-1], len(data)))
    assert operation.object == "port ? of S1"


def test_addresses_that_lie_about_their_number_end_at_the_frame():
    _, facts, _ = rows(message(tlv(1, b"S1"), tlv(2, b"\xff\xff\xff\xff\1\1\xcc\0\4\xc0\0\2\7\1\1")))
    assert facts == [("name", "S1"), ("ip", "192.0.2.7")]


def test_other_messages_in_snap_are_not_taken_for_it(tmp_path):
    with Wire(tmp_path / "other.pcap") as wire:
        for kind in (b"\x20\4", b"\x20\3", b"\1\x11"):  # DTP, VTP, UDLD
            raw = b"\xaa\xaa\3\0\0\x0c" + kind + switch()[5:]
            wire.ethernet(SWITCH, GROUP, len(raw), raw)
        wire.ethernet(SWITCH, GROUP, 0x9999, switch())
    assert understand_capture(tmp_path / "other.pcap")[1].spoken == {}
