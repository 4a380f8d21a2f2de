"""BSAP over IP and serial frames in UDP: signals read and written, refusals, what makes another message."""

from __future__ import annotations

import struct

import pytest

from fixtures.record import bsap as made
from scanner.capture.read import read_capture
from scanner.facts.dissection import claimed
from scanner.protocols import framing_plan
from scanner.protocols.base import Kind, Malformed, Message, Verb
from scanner.protocols.bsap.bsap import PROTOCOL
from tests.protocols.keys import case_of, key, pair
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture


def rows(data: bytes, port: int = 1234) -> list:
    message = Message(data, len(data), True, "udp", port)
    assert PROTOCOL.probe(message)
    return list(PROTOCOL.dissect(message))


def recorded(name: str) -> list[tuple]:
    result = read_capture(CAPTURES / "bsap" / name, name, framing_plan())
    found = []
    for index, protocol, message in claimed(result):
        assert protocol == "bsap"
        assert PROTOCOL.probe(message)
        (row,) = PROTOCOL.dissect(message)
        found.append(
            (result.messages[index].count, row.verb.value, row.function, row.unit, row.object, row.detail, row.refusal)
        )
    return found


@pytest.mark.parametrize("name", ["ip.pcap", "port_41234.pcap"])
def test_over_ip(name):
    found = recorded(name)
    assert [f for f in found if f[2] not in ("Response", "Acknowledge")] == [
        (2, "read", "Read Signal by Name", "", "@GV.PUMP1, @GV.LEVEL", "", ""),
        (2, "write", "Write Signal by Address", "", "signal address 0x0011", "", ""),
        (2, "write", "Write Signal by Name", "", "@GV.SETPOINT", "", ""),
        (1, "program-download", "Download", "", "", "", ""),
        (1, "read", "Read Signal by List, start", "", "", "", ""),
        (1, "read", "Read Signal by Name", "", "@GV.LEVEL", "first of 2 requests", ""),
    ]
    assert (1, "unknown", "Response", "", "", "", "return error code 0x84") in found
    assert (8, "session", "Acknowledge", "", "", "", "") in found


def test_serial_frames_through_a_converter():
    nodes = "node 1 to node 258"
    refused = "Not Acknowledge, no buffer"
    assert recorded("serial.pcap") == [
        (2, "session", "Poll", "5", "", "", ""),
        (2, "session", "Acknowledge, no data", "5", "", "", ""),
        (2, "read", "Read Signal by Name", "5", "@GV.LEVEL", "", ""),
        (2, "unknown", "Remote Database Access", "5", "", "", ""),
        (2, "write", "Write Signal by Name", "5", "@GV.SETPOINT", "", ""),
        (2, "session", refused, "5", "", "", refused),
        (4, "write", "Write Signal by Name", "16", "@GV.VALVE", "", ""),
        (4, "unknown", "Remote Database Access", "0", "", "", ""),
        (1, "write", "Write Signal by Name", "16", "", "", ""),
        (1, "unknown", "Remote Database Access", "0", "", "", "return error code 0x84"),
        (1, "report", "Alarm Report", "0", "", "", ""),
        (1, "restart", "Reset System", "5", "", "", ""),
        (1, "write", "Write Signal by Address", "5", "", nodes, ""),
        (1, "unknown", "Remote Database Access", "5", "", nodes, ""),
        (1, "time-sync", "Time Synchronization and Node Routing Table", "0", "", nodes, ""),
        (1, "program-download", "Flash Download", "5", "", nodes, ""),
    ]


def test_an_answer_on_the_serial_line_belongs_to_the_latest_request():
    """It has the address of the master, and its serial number counts what the slave sends."""
    result, understood = understand_capture(CAPTURES / "bsap" / "serial.pcap")
    found = [c for _, _, _, c in operation_rows(result, understood) if c["verb"] == "write" and c["unit"] == "16"]
    assert [sum(c[of] for c in found) for of in ("count", "accepted", "refused")] == [5, 4, 1]
    assert {r for c in found for r in c["refusals"]} == {"return error code 0x84"}


@pytest.mark.parametrize("serial", [0x0F, 0x10, 0x20])
@pytest.mark.parametrize("address", [5, 0x10, 0x85])
@pytest.mark.parametrize("sequence", [0x0105, 0x0110, 0x1005, 0x1010])
def test_octets_that_are_sent_twice_move_nothing(serial, address, sequence):
    def written(value: int, number: int = serial) -> bytes:
        head = struct.pack("<BHHB", number, 0x0102, 1, 0) if address > 0x7F else bytes((number,))
        body = struct.pack("<BHBB", made.RDB, sequence, 3, 0) + b"\x84\x0f\x01@GV.A\0\x0b" + bytes((value,))
        return made.frame(address, head + body)

    (row,) = rows(written(7))
    assert (row.verb, row.code, row.unit) == (Verb.WRITE, "0xA0:0x84", str(address & 0x7F))
    assert written(7)[int(row.filter[10:-9])] == made.RDB
    assert key("bsap-serial", written(7)) == key("bsap-serial", written(0x10)) == key("bsap-serial", written(9))
    if serial != 0x10:
        assert key("bsap-serial", written(7)) == key("bsap-serial", written(7, 0x33))


def test_what_a_slave_reports_does_not_make_it_the_client():
    assert case_of("bsap-serial", made.frame(0, made.local(0xAA, bytes(9)))).role.name == "NOTICE"
    assert case_of("bsap-serial", made.frame(0, made.local(0x51, bytes(9)))).role.name == "RESPONSE"


def test_dns_on_its_port_is_dns():
    name = "dns_on_1234.pcap"
    result = read_capture(CAPTURES / "bsap" / name, name, framing_plan())
    assert "bsap" not in {m.protocol for m in result.messages}


def test_values_and_sequence_numbers_make_no_other_message():
    def write(number: int, address: int, value: int) -> bytes:
        return made.datagram(6, number, made.message(number, made.write_address(address, value)))

    assert key("bsap-ip", write(1, 0x11, 9)) == key("bsap-ip", write(70000, 0x11, 10))
    assert key("bsap-ip", write(1, 0x11, 9)) != key("bsap-ip", write(1, 0x12, 9))
    read = [made.datagram(6, n, made.message(n, made.read_names("@GV.A"))) for n in (1, 2)]
    assert key("bsap-ip", read[0]) == key("bsap-ip", read[1])
    answers = [made.datagram(5, n, made.message(n, bytes((0, 1, n)))) for n in (1, 2)]
    assert key("bsap-ip", answers[0]) == key("bsap-ip", answers[1])
    assert pair("bsap-ip", read[1]) == pair("bsap-ip", answers[1]) == b"\2\0\0\0"


def test_an_error_refuses():
    (row,) = rows(made.datagram(5, 1, made.message(1, b"\x80\0\0")))
    assert (row.kind, row.refusal) == (Kind.REFUSAL, "return error code 0x80")


def test_a_long_header_is_recognised():
    (row,) = rows(bytes.fromhex("1600 0000 0000") + bytes(16))
    assert (row.function, row.kind) == ("Acknowledge", Kind.NOTICE)


GOOD = made.datagram(6, 1, made.message(1, made.read_names("@GV.A")))
SERIAL = made.frame(5, made.local(made.RDB, b"\x04"))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        GOOD[:13],
        b"\x0d" + GOOD[1:],
        GOOD[:4] + b"\x02" + GOOD[5:],  # no such kind
        GOOD[:14] + b"\xff" + GOOD[15:],  # longer than its datagram
        made.datagram(0, 1) + b"\0",
        SERIAL[:-3],
        SERIAL[:8],
    ],
)
def test_what_is_none(data):
    message = Message(data, len(data), True, "udp", 1234)
    assert not PROTOCOL.probe(message)
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(message))
