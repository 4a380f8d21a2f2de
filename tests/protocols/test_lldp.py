"""LLDP: which port of which device, what it says of itself, what is no LLDPDU."""

from __future__ import annotations

import struct

import pytest

from fixtures.record.lldp import (
    ADAPTER,
    DOT1,
    PLC,
    PLC_PORT_1,
    RING,
    SIEMENS,
    SWITCH,
    SWITCH_PORT,
    SYSTEM,
    adapter,
    begin,
    management,
    of,
    profinet_port,
    raw,
    standard_port,
    switch,
    tlv,
)
from scanner.capture.read import read_capture
from scanner.facts.understand import understand
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Verb
from scanner.protocols.layer2.lldp import PROTOCOL
from tests.protocols.keys import key
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import understand_capture

END = tlv(0, b"")
NAMED = begin(b"\4" + raw(SWITCH), b"\5p1", 120)


def message(data: bytes, length: int | None = None) -> Message:
    return Message(data, len(data) if length is None else length, True, "ethernet", 0x88CC, SWITCH_PORT)


def rows(data: bytes) -> tuple[Operation, list[tuple[str, str]]]:
    assert PROTOCOL.probe(message(data))
    operation, *identities = PROTOCOL.dissect(message(data))
    assert isinstance(operation, Operation)
    assert (operation.verb, operation.function, operation.kind) == (Verb.IDENTIFY, "LLDPDU", Kind.NOTICE)
    return operation, [(i.field, i.value) for i in identities if isinstance(i, Identity)]


def test_a_managed_switch():
    operation, facts = rows(switch())
    assert operation.object == "port GigabitEthernet1/7 of cell-switch-1"
    assert operation.detail == (
        "to press line 1; Example Networks IE-8, release 15.2(7)E3; enabled: bridge; port VLAN 20; "
        'VLAN 20 "cell1"; management VLAN 99; aggregated into port 49; 1000BASE-T full duplex; auto-negotiation off; '
        "power over Ethernet: source; maximum frame size 1522; frame preemption active; "
        "LLDP-MED network connectivity; voice in VLAN 50; asset A-4711"
    )
    assert facts == [
        ("mac", SWITCH),
        ("name", "cell-switch-1"),
        ("role", "switch"),
        ("ip", "192.0.2.2"),
        ("ip", "2001:db8::2"),
        ("hardware_revision", "V02"),
        ("firmware", "12.2r"),
        ("software", "15.2(7)E3"),
        ("serial", "EXA1234567"),
        ("vendor", "Example Networks"),
        ("model", "IE-8"),
    ]


def test_a_profinet_controller():
    operation, facts = rows(profinet_port(PLC, "port-001", SIEMENS, domain=RING))
    assert operation.object == "port port-001 of press1-plc"
    assert operation.detail == (
        f"{SIEMENS}; enabled: station only; PROFINET; RT class 3 running; "
        "MRP domain 6f3a2b10-0000-4000-8000-0000000000a1; 100BASE-TX full duplex"
    )
    assert facts == [
        ("vendor", "Siemens"),
        ("model", "SIMATIC S7, CPU-1200"),
        ("order_number", "6ES7 214-1AG40-0XB0"),
        ("hardware_revision", "3"),
        ("firmware", "V.4.2.1"),
        ("serial", "S C-J9P11111111"),
        ("ip", "192.0.2.11"),
        ("profinet_name", "press1-plc"),
        ("mac", PLC),
    ]


def test_a_device_whose_chassis_is_its_system_identification():
    operation, facts = rows(standard_port())
    assert operation.object == "port port-002.press2-plc of press2-plc"
    assert facts == [
        ("model", "CPU 1510"),
        ("order_number", "9XY1 510-0AB00-0AB0"),
        ("serial", "SN-0000042"),
        ("hardware_revision", "7"),
        ("firmware", "V2.9.4"),
        ("profinet_name", "press2-plc"),
        ("mac", PLC),
    ]
    nameless = begin(b"\7" + SYSTEM.encode(), b"\7port-002") + END
    assert rows(nameless)[0].object == "port port-002 of CPU 1510 9XY1 510-0AB00-0AB0 SN-0000042 7 V 2 9 4"


def test_the_name_of_station_behind_the_port():
    _, facts = rows(begin(b"\4" + raw(PLC), b"\7port-001-00002.mixer-7") + of("000ecf", 5, raw(PLC)) + END)
    assert facts == [("mac", PLC), ("profinet_name", "mixer-7")]


@pytest.mark.parametrize(("subtype", "order"), [(9, ">"), (1, "<")])
def test_an_ethernet_ip_adapter(subtype, order):
    operation, facts = rows(adapter(subtype, order))
    assert operation.object == f"port {ADAPTER} of remote-io-3"
    assert operation.detail == "EtherNet/IP; CIP device type 12, product code 68; interface Port 1"
    assert facts == [
        ("mac", ADAPTER),
        ("name", "remote-io-3"),
        ("vendor", "Rockwell Automation/Allen-Bradley"),
        ("firmware", "3.7"),
        ("serial", "00C0FFEE"),
        ("role", "Communications adapter"),
    ]


@pytest.mark.parametrize(
    ("enabled", "roles"),
    [
        (0x04, ["switch"]),
        (0x14, ["switch", "router"]),
        (0x84, []),  # a station with a built-in switch
        (0x24, []),  # a telephone
        (0x0C, ["wireless_ap"]),
        (0x80, []),
        (0x00, []),
    ],
)
def test_roles_come_from_what_is_enabled(enabled, roles):
    _, facts = rows(NAMED + tlv(7, struct.pack(">HH", 0xFF, enabled)) + END)
    assert [value for field, value in facts if field == "role"] == roles


@pytest.mark.parametrize(
    ("chassis", "port", "told"),
    [
        (b"\5\1\xc0\0\2\x09", b"\4\1\xc0\0\2\x09", "port 192.0.2.9 of 192.0.2.9"),
        (b"\7\1\0\1", b"\7\1\2", "port 0102 of 010001"),
        (b"\6eth0", b"\3" + raw(ADAPTER), f"port {ADAPTER} of eth0"),
        (b"\4\1\2", b"\5a\nb", "port 610a62 of 0102"),
    ],
)
def test_identifiers_of_every_kind(chassis, port, told):
    assert rows(begin(chassis, port) + END)[0].object == told


def test_addresses_that_say_nothing_are_left_out():
    _, facts = rows(NAMED + management(bytes(4)) + tlv(8, b"\7\6" + raw(SWITCH) + b"\2\0\0\0\1\0") + END)
    assert facts == [("mac", SWITCH)]


def test_a_port_that_goes_down_says_nothing_of_the_device():
    operation, facts = rows(begin(b"\4" + raw(SWITCH), b"\5p1", 0) + END)
    assert (operation.object, operation.detail, facts) == (f"port p1 of {SWITCH}", "shutdown", [])


def test_line_delays_make_no_other_message():
    first = key("lldp", profinet_port(PLC, "port-001", SIEMENS, delay=300))
    assert key("lldp", profinet_port(PLC, "port-001", SIEMENS, delay=304)) == first
    assert key("lldp", profinet_port(PLC, "port-002", SIEMENS)) != first
    assert key("lldp", profinet_port(PLC, "port-001", SIEMENS + "!")) != first
    assert key("lldp", begin(b"\4" + raw(SWITCH), b"\5p1", 0)) != key("lldp", NAMED)


def test_recorded_and_in_a_vlan():
    for name, vlan, expected in (("lldpd.pcap", -1, 2), ("built.pcap", -1, 6), ("built_vlan.pcap", 20, 6)):
        result = read_capture(CAPTURES / "lldp" / name, name, framing_plan())
        assert {c.vlan for c in result.conversations} == {vlan}
        assert len([m for m in result.messages if m.protocol == "lldp"]) == expected
        assert all(s == ("lldp",) for s in understand(result, protocols()).spoken.values())


def test_lldpd_has_the_inventory_that_it_was_given():
    result = read_capture(CAPTURES / "lldp" / "lldpd.pcap", "lldpd.pcap", framing_plan())
    operation, *facts = understand(result, protocols()).rows[0]
    assert operation.object == "port 02:00:00:00:4c:01 of panel-1"
    assert "station only" in operation.detail
    assert [(f.field, f.value) for f in facts] == [
        ("mac", "02:00:00:00:4c:01"),
        ("name", "panel-1"),
        ("ip", "192.0.2.50"),
        ("hardware_revision", "rev 2"),
        ("firmware", "1.4.0"),
        ("software", "otos 7.1"),
        ("serial", "SN-0042"),
        ("vendor", "Example Devices"),
        ("model", "Panel 15"),
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        END,
        tlv(2, b"\5p1") + tlv(1, b"\4" + raw(SWITCH)) + tlv(3, b"\0\1") + END,  # out of order
        NAMED[:-4] + END,  # no time to live
        NAMED + tlv(3, b"\0\1") + END,  # twice
        begin(b"\4", b"\5p1") + END,  # an empty identifier
        NAMED + tlv(5, b"switch")[:-1],  # beyond the frame
    ],
)
def test_what_a_receiver_discards(data):
    assert not PROTOCOL.probe(message(data))
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(message(data)))


def test_a_frame_that_was_captured_in_part():
    data = NAMED + tlv(5, b"switch")
    operation, *_ = PROTOCOL.dissect(message(data[:-1], len(data) + 2))
    assert operation.object == f"port p1 of {SWITCH}"


def test_organisations_tlvs_that_are_too_short_say_nothing():
    operation, facts = rows(NAMED + of(DOT1, 1, b"\0") + of("000ecf", 4, b"\1") + tlv(127, b"\0\x80") + END)
    assert (operation.detail, facts) == ("PROFINET", [("mac", SWITCH)])


def test_another_protocol_under_its_ethertype_is_not_taken_for_it(tmp_path):
    from fixtures.record.goose import TRIP
    from fixtures.record.wire import Wire

    with Wire(tmp_path / "other.pcap") as wire:
        wire.ethernet(PLC_PORT_1, SWITCH, 0x88CC, TRIP.frame())
        wire.ethernet(PLC_PORT_1, SWITCH, 0x9999, switch())
    assert understand_capture(tmp_path / "other.pcap")[1].spoken == {}
