"""Ether-S-Bus: commands and what they touch, block transfers, refusals, identity; what makes up the key."""

from __future__ import annotations

import struct

import pytest

from fixtures.record import ether_sbus as made
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Verb
from scanner.protocols.sbus.ether_sbus import PROTOCOL
from tests.protocols.keys import key
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture


def rows(data: bytes) -> list:
    message = Message(data, len(data), None, "udp", made.PORT)
    assert PROTOCOL.probe(message)
    return list(PROTOCOL.dissect(message))


def operations(name: str) -> list[tuple]:
    return [
        (r["verb"], r["code"], r["object"], r["detail"], r["count"], r["accepted"], r["refusals"])
        for _, _, _, r in operation_rows(*understand_capture(CAPTURES / "ether_sbus" / name))
    ]


def identities(name: str) -> list[tuple[str, str]]:
    _, found = understand_capture(CAPTURES / "ether_sbus" / name)
    return [(row.field, row.value) for group in found.rows.values() for row in group if isinstance(row, Identity)]


def test_a_panel_and_a_controller_of_digimat():
    found = {
        (verb, code, thing): (count == accepted, reasons)
        for verb, code, thing, _, count, accepted, reasons in operations("digimat.pcap")
    }
    refused = (False, ["no reason given (1)"])
    assert found == {
        ("identify", "0x1D", ""): (True, []),
        ("read", "0x06", "register 8-10"): (True, []),
        ("read", "0x9F", "DBX 6 from 0"): refused,
        ("read", "0x02", "flag 4-5"): (True, []),
        ("diagnose", "0x1B", "own CPU"): (True, []),
        ("write", "0x0E", "register 8"): (True, []),
        ("write", "0x0B", "flag 5"): (True, []),
        ("read", "0x02", "flag 5"): (True, []),
        ("stop", "0x44", "all CPUs"): refused,
        ("start", "0x30", "all CPUs"): refused,
        ("restart", "0x6B", "all CPUs"): refused,
    }


def test_an_engineer_and_a_controller():
    assert operations("controller.pcap") == [
        ("identify", "0x20", "", "", 1, 1, []),
        ("identify", "0x1D", "", "", 1, 1, []),
        ("diagnose", "0x1B", "own CPU", "", 1, 1, []),
        ("identify", "0xAB", "", "", 1, 1, []),
        ("read", "0x01", "", "", 1, 1, []),
        ("read", "0x1E", "user memory 0-9", "", 1, 1, []),
        ("read", "0x9F", "DBX 6 from 0", "", 1, 1, []),
        ("read", "0x06", "register 100-103", "", 2, 2, []),
        ("read", "0x02", "flag 20-35", "", 1, 1, []),
        ("write", "0x0E", "register 100", "", 2, 2, []),
        ("write", "0x0B", "flag 20-27", "", 1, 1, []),
        ("write", "0x0D", "output 33", "", 1, 1, []),
        ("time-sync", "0x0C", "", "", 1, 1, []),
        ("read", "0x96", "data block 4000 element 8-11", "", 1, 1, []),
        ("write", "0x97", "data block 4000", "", 1, 1, []),
        ("read", "0x47", "byte 50236-50237", "", 1, 1, []),
        ("write", "0x51", "byte 50236-50237", "", 1, 1, []),
        ("program-upload", "0x1F", "program line 16-19", "", 1, 1, []),
        ("program-download", "0x23", "user memory 32-33", "", 1, 1, []),
        ("read", "0xA1", "EEPROM register 4-5", "", 1, 1, []),
        ("write", "0x5B", "flags", "", 1, 1, []),
        ("stop", "0x3D", "CPU 1", "", 1, 1, []),
        ("stop", "0x44", "all CPUs", "", 1, 0, ["password (2)"]),
        ("start", "0x30", "all CPUs", "", 1, 1, []),
        ("restart", "0x39", "all CPUs", "", 1, 1, []),
        ("restart", "0x6A", "own CPU", "", 1, 0, ["PGU port in reduced protocol (3)"]),
        ("configure", "0xA7", "", "", 1, 0, ["no reason given (1)"]),
        ("firmware-update", "0xAE", "", "", 1, 0, ["no reason given (1)"]),
        ("unknown-function", "0xEE", "", "", 1, 0, ["no reason given (1)"]),
        ("program-download", "0xA9", "PB 7", "start to write", 1, 1, []),
        ("program-download", "0xA9", "", "write", 2, 2, []),
        ("program-download", "0xA9", "", "end of writing", 1, 0, ["invalid CRC (0x88)"]),
        ("program-download", "0xA9", "configuration file hw.saia5cfg", "start to write", 1, 1, []),
        ("program-upload", "0xA9", "program block file hw.saia5cfg", "start to read", 1, 1, []),
        ("program-upload", "0xA9", "", "read", 1, 1, []),
        ("program-download", "0xA9", "configuration file hw.saia5cfg", "delete", 1, 1, []),
        ("read", "0xA9", "FB 9", "size", 1, 0, ["unknown block type (0x83)"]),
        ("program-download", "0xA9", "all blocks", "delete", 1, 0, ["invalid status (0x89)"]),
        ("read", "0xA9", "", "list program blocks", 1, 1, []),
        ("identify", "0x1D", "", "", 1, 1, []),
    ]


def test_a_controller_says_what_it_is():
    assert identities("controller.pcap") == [
        ("model", "D2M48"),
        ("vendor", "Saia-Burgess"),
        ("firmware", "020"),
        ("name", "Mixer"),
        ("model", "PCD1.M2220"),
        ("vendor", "Saia-Burgess"),
    ]
    assert identities("digimat.pcap") == []


def test_lines_that_are_not_whole_say_nothing():
    def told(data: bytes) -> list:
        return [(r.field, r.value) for r in rows(made.answered(data)) if isinstance(r, Identity)]

    filler = b"ProjectName=Line1 of the plant at the river, north bank\r\n"
    assert told(filler + b"DeviceName=Mixer\r\n") == [("name", "Mixer")]
    assert told(filler + b"DeviceName=Mix") == []
    assert told(filler + b"OldDeviceName=Mixer\r\n") == []


def test_values_that_look_like_nothing_are_no_identity():
    for values in (bytes(9), b"\xffD2M48020", b"PCD1 \x01\x02\x03\x04"):
        assert not [r for r in rows(made.answered(values)) if isinstance(r, Identity)]


def test_messages_of_a_controller_in_the_field():
    """Their checksums were not computed by the code under test (nDPI's ethersbus.pcap)."""
    (row,) = rows(bytes.fromhex("0000001101000002000a1e000000002e3a"))
    assert (row.verb, row.unit, row.object) == (Verb.READ, "station 10", "user memory 0")
    row, *found = rows(bytes.fromhex("00000014000000010144324d343830323000fac9"))
    assert row.kind is Kind.RESPONSE
    assert [(r.field, r.value) for r in found] == [
        ("model", "D2M48"),
        ("vendor", "Saia-Burgess"),
        ("firmware", "020"),
    ]


def test_another_port_and_another_protocol_on_its_own():
    assert operations("port_5055.pcap") == [("read", "0x06", "register 8", "", 5, 5, [])]
    result, _ = understand_capture(CAPTURES / "ether_sbus" / "modbus_on_5050.pcap")
    assert {m.protocol for m in result.messages} == {"modbus"}


def test_values_and_sequence_numbers_make_no_other_message():
    def same(code: int, *parameters: bytes) -> bool:
        found = {key("ether-sbus", made.asked(code, p, n)) for n, p in enumerate(parameters)}
        return len(found) == 1

    assert same(0x0E, struct.pack(">BHI", 5, 100, 1), struct.pack(">BHI", 5, 100, 2))
    assert not same(0x0E, struct.pack(">BHI", 5, 100, 1), struct.pack(">BHI", 5, 101, 1))
    assert same(0x0B, b"\x03\0\x14\x07\x55", b"\x03\0\x14\x07\xaa")
    assert same(0x0C, bytes(8), bytes(range(8)))
    assert same(0xA9, b"\x04\1\1abc", b"\x04\1\2xyz")
    assert not same(0xA9, b"\x03\x20\x02\0\1", b"\x03\x20\x02\0\2")
    answers = {key("ether-sbus", made.answered(bytes((n, n, n, n)), n)) for n in range(8)}
    assert len(answers) == 1


GOOD = made.asked(0x06, struct.pack(">BH", 3, 100))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        GOOD[:8],
        GOOD[:-1],
        GOOD[:-1] + bytes((GOOD[-1] ^ 1,)),
        GOOD[:4] + b"\2" + GOOD[5:],
        made.telegram(3, b"\0\0"),
    ],
)
def test_what_is_none(data):
    message = Message(data, len(data), True, "udp", made.PORT)
    assert not PROTOCOL.probe(message)
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(message))


def test_a_telegram_that_is_not_whole_proves_nothing():
    assert not PROTOCOL.probe(Message(GOOD[:-1], len(GOOD), True, "udp", made.PORT))
    (row,) = PROTOCOL.dissect(Message(GOOD[:-1], len(GOOD), True, "udp", made.PORT))
    assert isinstance(row, Operation)
    assert row.object == "register 100-103"


@pytest.mark.parametrize("parameters", [b"", b"\1\0", struct.pack(">BH", 0, 5), struct.pack(">BH", 3, 5)])
def test_a_write_of_nothing_is_malformed(parameters):
    with pytest.raises(Malformed):
        rows(made.asked(0x0E, parameters))
