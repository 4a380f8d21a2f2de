"""Genisys: polls, controls, indications; both checksums; what is and is not part of the key."""

from __future__ import annotations

import pytest

from fixtures.record import genisys as made
from scanner.capture.read import read_capture
from scanner.facts.dissection import claimed
from scanner.protocols import framing_plan
from scanner.protocols.base import Kind, Malformed, Message, Verb
from scanner.protocols.vendors.genisys import PROTOCOL
from tests.protocols.keys import key, pair
from tests.protocols.recordings import CAPTURES


def rows(data: bytes) -> list:
    message = Message(data, len(data), True, "tcp", 10001)
    assert PROTOCOL.probe(message)
    return list(PROTOCOL.dissect(message))


@pytest.mark.parametrize("name", ["office.pcap", "port_20001.pcap"])
def test_a_conversation(name):
    result = read_capture(CAPTURES / "genisys" / name, name, framing_plan())
    found = []
    for index, protocol, message in claimed(result):
        assert protocol == "genisys"
        assert PROTOCOL.probe(message)
        found += [
            (result.messages[index].count, r.verb.value, r.function, r.unit, r.object, r.kind.value)
            for r in PROTOCOL.dissect(message)
        ]
    request, response = "request", "response"
    assert found == [
        (6, "read", "Poll", "1", "", request),
        (8, "unknown", "Acknowledge Master", "1", "", response),
        (6, "read", "Poll", "2", "", request),
        (6, "unknown", "Acknowledge Master", "2", "", response),
        (6, "read", "Acknowledge Indication and Poll", "1", "", request),
        (6, "report", "Indication Data", "1", "from address 0x05", response),
        (1, "read", "Recall", "2", "", request),
        (1, "report", "Indication Data", "2", "from address 0x00", response),
        (2, "operate", "Control Data", "1", "from address 0x10", request),
        (2, "operate", "Control Data Checkback", "1", "from address 0x10", response),
        (2, "operate", "Execute Controls", "1", "", request),
        (1, "operate", "Common Control Data", "0", "from address 0xE0", request),
        (1, "read", "Poll", "3", "", request),
        (1, "unknown", "Acknowledge Master", "1", "", response),
        (1, "report", "Indication Data", "2", "from address 0x07", response),
        (1, "read", "Poll", "242", "", request),
        (1, "read", "Poll", "243", "", request),
    ]


def test_modbus_on_its_port_is_modbus():
    name = "modbus_on_10001.pcap"
    result = read_capture(CAPTURES / "genisys" / name, name, framing_plan())
    assert {m.protocol for m in result.messages} == {"modbus"}


@pytest.mark.parametrize("start", [0, 0xFFFF])
@pytest.mark.parametrize("escape_sum", [False, True])
def test_both_checksums_escaped_or_not(start, escape_sum):
    for value in range(256):
        data = made.message(made.CONTROL, 7, bytes((0x10, value)), start=start, escape_sum=escape_sum)
        (row,) = rows(data)
        assert (row.verb, row.unit, row.object) == (Verb.OPERATE, "7", "from address 0x10")


def test_a_poll_without_checksum_is_told():
    (row,) = rows(made.message(made.POLL, 3, start=None))
    assert (row.kind, row.detail, row.code) == (Kind.REQUEST, "without checksum", "0xFB")


def test_data_make_no_other_message():
    kinds = {key("genisys", made.message(made.CONTROL, 7, bytes((0x10, value)))) for value in (1, 2, 0xF7)}
    assert len(kinds) == 1
    assert key("genisys", made.message(made.CONTROL, 7, b"\x11\1")) not in kinds
    assert key("genisys", made.message(made.CONTROL, 8, b"\x10\1")) not in kinds


def test_an_answer_is_found_by_its_station():
    assert pair("genisys", made.message(made.POLL, 7)) == pair("genisys", made.message(made.ACKNOWLEDGE, 7)) == b"\7"


GOOD = made.message(made.CONTROL, 7, b"\x10\1")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        GOOD[:-1],
        b"\xf5" + GOOD[1:],  # no such header
        GOOD[:3] + b"\x02" + GOOD[4:],  # the checksum is wrong
        made.message(made.CONTROL, 7, b"\x10"),  # an address without data
        made.message(made.POLL, 7, b"\x10\1"),  # a poll with data
        made.message(made.ACKNOWLEDGE, 7) + b"\xf1",  # something behind
        b"\xfb\xf0\x20\xf6",  # no nibble behind the escape octet
    ],
)
def test_what_is_none(data):
    message = Message(data, len(data), True, "tcp", 10001)
    assert not PROTOCOL.probe(message)
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(message))


def test_a_poll_as_seen_in_the_field():
    """Its checksum was not computed by the code under test."""
    assert rows(bytes.fromhex("fb018340f6"))[0].function == "Poll"
