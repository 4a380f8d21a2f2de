"""Synchrophasors: frames, commands, station names, check word, what makes up the key."""

from __future__ import annotations

import pytest

from fixtures.record.synchrophasor import (
    CFG_1,
    CFG_2,
    CFG_3,
    COMMAND,
    HEADER,
    block,
    block_3,
    command,
    configuration,
    data,
    frame,
)
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.synchrophasor.synchrophasor import PROTOCOL
from tests.protocols.keys import case_of, key
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture


def rows(raw: bytes, *, port: int = 4712) -> list:
    message = Message(raw, len(raw), True, "tcp", port)
    assert PROTOCOL.probe(message)
    return list(PROTOCOL.dissect(message))


@pytest.mark.parametrize(
    ("code", "verb", "name", "kind"),
    [
        (1, Verb.SUBSCRIBE, "Turn off transmission of data frames", Kind.UNCONFIRMED),
        (2, Verb.SUBSCRIBE, "Turn on transmission of data frames", Kind.UNCONFIRMED),
        (3, Verb.READ, "Send HDR frame", Kind.REQUEST),
        (4, Verb.READ, "Send CFG-1 frame", Kind.REQUEST),
        (5, Verb.READ, "Send CFG-2 frame", Kind.REQUEST),
        (6, Verb.READ, "Send CFG-3 frame", Kind.REQUEST),
        (8, Verb.UNKNOWN, "Extended frame", Kind.UNCONFIRMED),
        (0x123, Verb.UNKNOWN, "User-designated command", Kind.UNCONFIRMED),
        (0x2000, Verb.UNKNOWN, "Reserved command", Kind.UNCONFIRMED),
    ],
)
def test_commands(code, verb, name, kind):
    session, operation = rows(command(7, code))
    assert session == Session(version="IEEE C37.118.2-2011", encrypted=False)
    assert operation == Operation(verb, name, kind, code=f"4:{code}", unit="7", filter=f"synphasor.command == {code}")


def test_a_stream_of_one_pmu_names_its_sender():
    session, operation, identity = rows(configuration(CFG_2, 60, block("NORTH 110 KV", 61)))
    assert session.version == "IEEE C37.118.2-2011"
    assert (operation.kind, operation.code, operation.unit) == (Kind.RESPONSE, "3", "60")
    assert (operation.object, operation.detail) == ("NORTH 110 KV (61)", "50 Hz")
    assert identity == Identity("name", "NORTH 110 KV")


def test_a_concentrator_is_not_one_of_its_pmus():
    found = rows(configuration(CFG_1, 9, block("NORTH", 60), block("SOUTH", 61, digitals=0, analogs=0)))
    assert found[1].object == "NORTH (60), SOUTH (61)"
    assert not [r for r in found if isinstance(r, Identity)]


def test_configuration_3_has_names_of_any_length():
    found = rows(configuration(CFG_3, 9, block_3("North 110 kV, line 4 to South", 60)))
    assert found[1].object == "North 110 kV, line 4 to South (60)"
    assert found[2] == Identity("name", "North 110 kV, line 4 to South")


def test_configuration_3_in_parts():
    whole = configuration(CFG_3, 9, block_3("East", 62), block_3("West", 63), part=1)
    found = rows(frame(CFG_3, 9, whole[14:300]))
    assert found[1].object == "East (62)"
    assert len(found) == 2, "a part says nothing of its sender's name"
    assert rows(frame(CFG_3, 9, b"\xff\xff" + whole[300:-2]))[1].detail == "part 65535"


def test_header_and_data():
    _, operation = rows(frame(HEADER, 5, b"Substation\r\nNorth"))
    assert (operation.verb, operation.kind, operation.detail) == (Verb.READ, Kind.RESPONSE, "Substation North")
    (operation,) = rows(data(5, 3))
    assert operation == Operation(
        Verb.REPORT, "Data frame", Kind.NOTICE, code="0", unit="5", filter="synphasor.frtype == 0"
    )


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"\xab" + data(5, 1)[1:], "no frame"),
        (data(5, 1)[:-1], "FRAMESIZE says 58 bytes, there are 57"),
        (frame(6, 5, b"12"), "frame type 6"),
        (frame(COMMAND, 5, b"\0\1", version=0), "version 0"),
        (frame(CFG_2, 5, configuration(CFG_2, 5, block("A", 1))[14:100]), "bytes expected"),
        (frame(CFG_2, 5, bytes(6)), "0 PMUs"),
    ],
)
def test_what_breaks_the_standard_is_malformed(raw, text):
    with pytest.raises(Malformed, match=text):
        list(PROTOCOL.dissect(Message(raw, len(raw), True, "tcp", 4712)))


def test_the_check_word_decides_away_from_the_ports():
    raw = data(5, 1)
    wrong = raw[:-1] + bytes((raw[-1] ^ 1,))
    assert PROTOCOL.probe(Message(raw, len(raw), True, "tcp", 14712))
    assert not PROTOCOL.probe(Message(wrong, len(raw), True, "tcp", 14712))
    assert PROTOCOL.probe(Message(wrong, len(raw), True, "tcp", 4712))


def test_measurements_and_times_are_no_part_of_the_key():
    assert key("synchrophasor", data(5, 1)) == key("synchrophasor", data(5, 2)) != key("synchrophasor", data(6, 1))
    one, other = (frame(HEADER, 5, b"same", tick=tick) for tick in (1, 2))
    assert key("synchrophasor", one) == key("synchrophasor", other)
    assert key("synchrophasor", command(5, 1)) != key("synchrophasor", command(5, 2))
    assert case_of("synchrophasor", command(5, 5)) is not case_of("synchrophasor", command(5, 0x105))


def operations(name: str) -> list[tuple]:
    result, understood = understand_capture(CAPTURES / name)
    assert not understood.malformed
    return [
        (c["verb"], c["code"], c["unit"], c["count"], c["accepted"], c["unanswered"])
        for _, protocol, _, c in operation_rows(result, understood)
        if protocol == "synchrophasor"
    ]


def test_a_recorded_session():
    assert operations("synchrophasor/tinypmu.pcap") == [
        ("read", "4:3", "7734", 1, 1, 0),
        ("read", "4:4", "7734", 1, 1, 0),
        ("read", "4:5", "7734", 1, 1, 0),
        ("subscribe", "4:2", "7734", 1, 0, 0),
        ("report", "0", "7734", 4, 0, 0),
        ("subscribe", "4:1", "7734", 1, 0, 0),
        ("unknown-function", "4:8", "7734", 1, 0, 0),
    ]


def test_udp_another_port_and_another_protocol():
    expected = [
        ("read", "4:5", "60", 1, 1, 0),
        ("subscribe", "4:2", "60", 1, 0, 0),
        ("report", "0", "60", 6, 0, 0),
        ("subscribe", "4:1", "60", 1, 0, 0),
    ]
    assert operations("synchrophasor/udp.pcap") == expected
    assert operations("synchrophasor/port_14712.pcap") == [
        (*row[:3], 4 if row[1] == "0" else row[3], *row[4:]) for row in expected
    ]
    assert operations("synchrophasor/http_on_4712.pcap") == []


def test_a_request_without_an_answer():
    assert ("read", "4:5", "101", 1, 0, 1) in operations("synchrophasor/concentrator.pcap")
