"""Links without EtherTypes: CAN with CANopen and J1939, 802.15.4, Bluetooth LE, LoRaWAN; what each shows of itself."""

from __future__ import annotations

import polars as pl
import pytest

from fixtures.record import links as b
from scanner.capture.read import read_capture
from scanner.facts.build import capture_facts
from scanner.facts.frames import Facts
from scanner.framing.language import Byte, Case
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Kind, Malformed, Message, Operation, Row, Session, Verb
from tests.protocols.recordings import CAPTURES

LINKS = {"can": 227, "canopen": 227, "j1939": 227, "ieee802154": 230, "bluetooth-le": 251, "lorawan": 270}


def sent(protocol: str, data: bytes) -> Message:
    return Message(data, len(data), True, "ethernet", 0x0400 + LINKS[protocol])


def rows(protocol: str, data: bytes) -> list[Row]:
    return list(protocols()[protocol].dissect(sent(protocol, data)))


def first(protocol: str, data: bytes) -> Operation:
    return next(row for row in rows(protocol, data) if isinstance(row, Operation))


def facts(path: str) -> Facts:
    result = read_capture(CAPTURES / f"{path}.pcap", path, framing_plan())
    assert not result.info.not_understood
    assert not result.info.malformed_packets
    return capture_facts(result, protocols())


@pytest.mark.parametrize(
    ("data", "verb", "kind", "unit", "thing"),
    [
        (b.nmt(1, 0), Verb.START, Kind.UNCONFIRMED, "all nodes", ""),
        (b.nmt(129, 5), Verb.RESTART, Kind.UNCONFIRMED, "5", ""),
        (b.READ_NAME, Verb.IDENTIFY, Kind.REQUEST, "5", "0x1008:0 manufacturer device name"),
        (b.STORE, Verb.CONFIGURE, Kind.REQUEST, "5", "0x1010:1 store parameters"),
        (b.CONTROL, Verb.OPERATE, Kind.REQUEST, "5", "0x6040:0 controlword"),
        (b.PROGRAM, Verb.FIRMWARE_UPDATE, Kind.REQUEST, "5", "0x1F50:1 program data"),
        (b.REFUSED, Verb.SESSION, Kind.REFUSAL, "5", "0x6040:0 controlword"),
        (b.HEARTBEAT, Verb.REPORT, Kind.NOTICE, "5", ""),
    ],
)
def test_canopen(data, verb, kind, unit, thing):
    found = first("canopen", data)
    assert (found.verb, found.kind, str(found.unit), found.object) == (verb, kind, unit, thing)


@pytest.mark.parametrize(
    ("data", "verb", "unit", "thing"),
    [
        (b.CLAIM, Verb.IDENTIFY, "3", "PGN 60928"),
        (b.ASK, Verb.READ, "249", "PGN 65259"),
        (b.CLEAR, Verb.CONFIGURE, "249", "PGN 65235"),
        (b.MEMORY, Verb.PROGRAM_DOWNLOAD, "249", "PGN 55552, write"),
        (b.TORQUE, Verb.OPERATE, "249", "PGN 0"),
    ],
)
def test_j1939(data, verb, unit, thing):
    found = first("j1939", data)
    assert (found.verb, found.unit, found.object) == (verb, unit, thing)


def test_a_claim_says_who_made_the_device():
    assert str(first("j1939", b.CLAIM).detail) == "manufacturer 77, function 3"


@pytest.mark.parametrize(
    ("protocol", "data"),
    [
        *(("canopen", data) for data in (b.nmt(129, 5), b.READ_NAME, b.NAME, b.REFUSED, b.HEARTBEAT)),
        *(("j1939", data) for data in b.J1939),
        *(("can", b.can(identifier, bytes(8))) for identifier in (0x21, 0x585, 0x7FF)),
        ("can", b.can(0x321 | b.REMOTE)),
        ("can", b.can(b.ERROR | 4, bytes(8))),
        ("can", b.can(b.EXTENDED | 0xDAF1FF, bytes(8))),
    ],
)
def test_a_frame_is_the_same_in_either_byte_order(protocol, data):
    assert rows(protocol, b.little(data)) == rows(protocol, data)


@pytest.mark.parametrize("data", [b.can(0x8C, bytes(8)), b.little(b.can(0x8C, bytes(8)))])
def test_an_emergency_of_a_node_is_no_torque_command_in_the_other_order(data):
    assert not protocols()["j1939"].probe(sent("j1939", data))
    assert first("can", data).object == "identifier 0x08C"


def test_a_group_of_a_vendor_is_none_that_it_would_be_in_the_other_order():
    data = b.j1939(6, 0xFFD9, 0x98, bytes(8))  # a memory access from station 152, read backwards
    assert not protocols()["j1939"].probe(sent("j1939", data))
    assert first("can", data).object == "identifier 0x18FFD998"
    assert not any(fits(case, data) for case in protocols()["j1939"].cases)


def fits(case: Case, data: bytes) -> bool:
    """Whether the kernel gives the frame to the protocol of the case."""
    return all(data[test.at] in test.among for test in case.when if isinstance(test, Byte))


@pytest.mark.parametrize("path", ["canopen/built", "canopen/cooked"])
def test_a_bus_is_one_conversation_and_what_is_not_canopen_stays_can(path):
    found = facts(path)
    (flow,) = found["flows"].to_dicts()
    assert (flow["protocols"], flow["recognised_by"]) == (["canopen", "can"], "content")
    unclaimed = found["operations"].filter(protocol="can")["object"].to_list()
    assert unclaimed == ["identifier 0x185", "identifier 0x080"]


def test_every_kind_of_can_frame_is_named():
    told = facts("can/built")["operations"].select("function", "object").rows()
    assert told == [
        ("CAN data frame", "identifier 0x123"),
        ("CAN data frame", "identifier 0x001ABCDE"),
        ("Remote frame", "identifier 0x321"),
        ("Error frame", ""),
        ("CAN FD data frame", "identifier 0x200"),
        ("CAN XL data frame", "identifier 0x055"),
        ("CAN data frame", "identifier 0x124"),
    ]


@pytest.mark.parametrize("path", ["built", "without_check", "tap", "ethernet"])
def test_what_lies_on_802_15_4_and_whether_it_is_encrypted(path):
    found = facts(f"ieee802154/{path}")
    (row,) = found["sessions"].to_dicts()
    assert row["versions"] == ["Zigbee", "6LoWPAN", "IEEE 802.15.4"]
    told = found["operations"].filter(function="Data").select("object", "unit").rows()
    assert ("6LoWPAN", "PAN 0x3359, 0x0002") in told


@pytest.mark.parametrize(
    ("frame", "version", "encrypted"),
    [
        (b.SEALED_ZIGBEE, "Zigbee", True),
        (b.CLEAR_ZIGBEE, "Zigbee", False),
        (b.SIX, "6LoWPAN", False),
        (b.SECURED, "IEEE 802.15.4", True),
        (b.mac(1, bytes((0xFF,)) * 9), "IEEE 802.15.4", None),
        (b.ZIGBEE_KEY_SEALED, "Zigbee", True),
        (b.ZIGBEE_KEY_IN_CLEAR, "Zigbee", False),
        (b.ZIGBEE_REJOINS, "Zigbee", None),
        (b.ZIGBEE_CONFIRMS, "Zigbee", None),
        (b.HART_VALUE, "WirelessHART", True),
        (b.HART_MANAGER, "WirelessHART", True),
        (b.HART_JOINS, "WirelessHART", True),
        (b.HART_ADVERTISES, "WirelessHART", None),
        (b.HART_ACK, "IEEE 802.15.4", None),
        (b.HART_VALUE.replace(b"\xf9\x81", b"\0\4"), "IEEE 802.15.4", None),  # between two devices: it may be anything
        (b.HART_ADVERTISES[:-5] + bytes(4), "IEEE 802.15.4", None),
        (b.HART_JOINS.replace(b"\0\x1b\x1e", b"\0\x1b\x1f"), "IEEE 802.15.4", None),
    ],
)
def test_one_frame_of_802_15_4(frame, version, encrypted):
    (found,) = [row for row in rows("ieee802154", frame) if isinstance(row, Session)]
    assert (found.version, found.encrypted) == (version, encrypted)


def test_a_key_of_zigbee_in_clear_is_told():
    assert "a key of the network can be read" in str(first("ieee802154", b.ZIGBEE_KEY_IN_CLEAR).detail)


@pytest.mark.parametrize(
    ("frame", "told"), [(b.WRITES, "not encrypted"), (b.FINDS, ""), (b.BLUETOOTH_FRAMES[-1], "nothing says")]
)
def test_values_of_bluetooth_in_clear(frame: bytes, told: str):
    detail = str(first("bluetooth-le", frame).detail)
    assert told in detail if told else not detail


def test_a_frame_of_wireless_hart_that_was_cut_is_none():
    whole = b.HART_VALUE
    cut = Message(whole[:-6], len(whole), True, "ethernet", 0x0400 + 230)
    (found,) = [row for row in protocols()["ieee802154"].dissect(cut) if isinstance(row, Session)]
    assert (found.version, found.encrypted) == ("IEEE 802.15.4", None)


def test_wireless_hart():
    (row,) = facts("ieee802154/wireless_hart")["sessions"].to_dicts()
    assert row["versions"] == ["WirelessHART", "IEEE 802.15.4"]
    assert row["encrypted"] is True
    assert "joins with the join key" in row["detail"]


@pytest.mark.parametrize("path", ["built", "header"])
def test_bluetooth(path):
    found = facts(f"bluetooth_le/{path}")["operations"]
    assert found.filter(function="ADV_IND")["unit"].to_list() == ["c2:00:00:00:00:01"]
    assert found.filter(pl.col("function").is_in(["CONNECT_IND", "LL_ENC_REQ"])).height == 2


def test_lorawan():
    found = facts("lorawan/built")
    told = found["operations"].select("function", "unit", "count").rows()
    assert told == [
        ("Join Request", "0f:0e:0d:0c:0b:0a:09:08", 1),
        ("Unconfirmed Data Up", "0x01020304", 2),
        ("Unconfirmed Data Down", "0x01020304", 1),
    ]
    assert found["sessions"]["encrypted"].to_list() == [True]


@pytest.mark.parametrize(
    ("protocol", "data"),
    [
        ("can", b.can(1)[:7]),
        ("can", b"\0\0\0\1\x09\0\0\0" + bytes(8)),
        ("canopen", b.can(0x185, bytes(8))),
        ("canopen", b.nmt(3, 1)),
        ("j1939", b.can(b.EXTENDED | 0x1ABCDE, b"\1")),
        ("ieee802154", b"\2\0"),
        ("ieee802154", b.SIX[:8]),
        ("bluetooth-le", b.ADVERTISES[:-4]),
        ("lorawan", b.UP[:20]),
        ("lorawan", b.lora(b"\x41" + bytes(20))),
    ],
)
def test_what_is_none(protocol, data):
    assert not protocols()[protocol].probe(sent(protocol, data))
    with pytest.raises(Malformed):
        rows(protocol, data)
