"""IEC 60870-5-101 in tunnels: link functions, ASDUs with fields of any width, what is not part of the key."""

from __future__ import annotations

import struct

import pytest

from fixtures.record import iec101 as made
from scanner.capture.read import read_capture
from scanner.facts.understand import understand
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Kind, Malformed, Message, Operation, Verb
from scanner.protocols.iec60870.iec101 import PROTOCOL
from tests.protocols.keys import key, pair
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture


def rows(data: bytes) -> list:
    message = Message(data, len(data), True, "tcp", 4001)
    assert PROTOCOL.probe(message)
    return list(PROTOCOL.dissect(message))


def seen(name: str) -> list[tuple]:
    """(count, kind, verb, code, unit, object, detail, refusal) of all that is understood of a capture."""
    result = read_capture(CAPTURES / "iec101" / name, name, framing_plan())
    found = understand(result, protocols()).rows
    return [
        (result.messages[n].count, r.kind.value, r.verb.value, r.code, r.unit, r.object, r.detail, r.refusal)
        for n, rows in sorted(found.items())
        for r in rows
        if isinstance(r, Operation)
    ]


@pytest.mark.parametrize("name", ["station.pcap", "port_2404.pcap"])
def test_a_polled_station(name):
    found = seen(name)
    by_link = [f for f in found if f[4].startswith("link") or f[3] == "0xE5"]
    assert [f[:5] + f[7:] for f in by_link] == [
        (1, "request", "session", "9", "link 7", ""),
        (1, "response", "session", "11", "link 7", ""),
        (1, "request", "session", "0", "link 7", ""),
        (18, "response", "session", "0", "link 7", ""),
        (17, "notice", "read", "10", "link 7", ""),
        (18, "notice", "read", "11", "link 7", ""),
        (3, "notice", "session", "0xE5", "", ""),
        (1, "notice", "read", "9", "link 7", ""),
        (1, "notice", "unknown", "3", "link 7", ""),
        (1, "refusal", "session", "1", "link 7", "Not Acknowledged: link busy"),
    ]
    asked = [f[:4] + f[5:7] for f in found if f[1] == "request" and f not in by_link]
    assert asked == [
        (1, "request", "read", "100", "", "station, activation"),
        (2, "request", "operate", "45", "IOA 4500", "select, activation"),
        (2, "request", "operate", "45", "IOA 4500", "execute, activation"),
        (1, "request", "operate", "50", "IOA 4600", "execute, activation"),
        (1, "request", "operate", "45", "IOA 4501", "execute, activation"),
        (1, "request", "operate", "45", "IOA 4999", "execute, activation"),
        (1, "request", "time-sync", "103", "", "activation"),
        (1, "request", "restart", "105", "", "general reset of process, activation"),
        (1, "request", "configure", "112", "IOA 2001", "activation"),
        (1, "request", "read", "102", "IOA 2001", "requested"),
        (1, "request", "read", "102", "IOA 200", "requested"),
        (1, "request", "operate", "101", "", "activation"),
    ]
    reports = [f[:4] + f[5:7] for f in found if f[2] == "report"]
    assert reports == [
        (3, "notice", "report", "1", "IOA 100", "interrogated by station"),
        (3, "notice", "report", "9", "IOA 200", "spontaneous"),
        (3, "notice", "report", "9", "IOA 201", "interrogated by station, first of 4 objects"),
        (3, "notice", "report", "1", "IOA 300-305", "interrogated by station"),
        (1, "notice", "report", "30", "IOA 101", "spontaneous"),
        (1, "notice", "report", "70", "", "remote reset, initialized"),
    ]
    assert [f[7] for f in found if f[1] == "refusal"][:3] == [
        "negative confirmation",
        "unknown information object address",
        "unknown information object address",
    ]
    files = [f[2] for f in found if f[3] in ("120", "122")]
    # What the station mirrors is what a station says when a file is written to it, and the other way round.
    assert files == ["file-read", "file-write", "file-delete", "file-delete", "file-write", "file-read"]


def test_requests_are_joined_to_their_answers():
    result = read_capture(CAPTURES / "iec101" / "station.pcap", "station.pcap", framing_plan())
    found = [columns for _, _, _, columns in operation_rows(result, understand(result, protocols()))]
    outcomes = {
        (o["code"], o["object"], o["detail"].split(",")[0]): (o["accepted"], o["refused"], o["unanswered"])
        for o in found
        if o["seen_as"] == "request"
    }
    assert outcomes["9", "", ""] == outcomes["0", "", ""] == (1, 0, 0)
    assert outcomes["45", "IOA 4500", "select"] == outcomes["45", "IOA 4500", "execute"] == (2, 0, 0)
    assert outcomes["45", "IOA 4501", "execute"] == outcomes["45", "IOA 4999", "execute"] == (0, 1, 0)
    assert outcomes["102", "IOA 2001", "requested"] == (0, 1, 0)
    assert outcomes["102", "IOA 200", "requested"] == (1, 0, 0)


@pytest.mark.parametrize(("name", "address"), [("wide.pcap", "IOA 70000"), ("common_address_2.pcap", "IOA 700")])
def test_wider_fields(name, address):
    found = seen(name)
    assert {f[4] for f in found} == {"link 7", "47"}
    assert (3, "notice", "report", "1", "47", address, "interrogated by station", "") in found
    assert (1, "request", "operate", "46", "47", "IOA 4500", "select, activation", "") in found
    # Two frames in a segment, and the same two spread over four segments.
    assert (4, "notice", "report", "1", "47", "IOA 1", "spontaneous", "") in found


def test_meters_are_not_taken_for_stations():
    _, understood = understand_capture(CAPTURES / "iec101" / "meters_on_10001.pcap")
    assert set(understood.spoken.values()) == {("mbus",)}


@pytest.mark.parametrize("cause", [1, 2])
@pytest.mark.parametrize("common", [1, 2])
@pytest.mark.parametrize("place", [1, 2, 3])
def test_widths_are_found_by_the_length(cause, common, place):
    """A single command on object 5 of station 7; ambiguous where two widths have the same sum and nothing tells."""
    data = made.asdu(45, 6, [(5, b"\x81")], widths=(cause, common, place), common=7)
    (row,) = rows(made.variable(0x73, data))
    assert (row.verb, row.code, row.detail) == (Verb.OPERATE, "45", "select, activation")
    if (cause, common, place) not in {(1, 2, 1), (2, 2, 1), (1, 2, 3), (1, 1, 3), (2, 1, 3), (2, 2, 2)}:
        assert (row.unit, row.object) == ("7", "IOA 5")


SINGLE = [
    (45, b"\x81", b"\x80"),
    (50, struct.pack("<fB", 1, 0), struct.pack("<fB", 2, 0)),
    (1, b"\0", b"\1"),
    (36, bytes(12), bytes(range(12))),
    (103, made.TIME, bytes(7)),
]


@pytest.mark.parametrize(("number", "one", "two"), SINGLE, ids=[str(s[0]) for s in SINGLE])
def test_values_and_the_frame_count_make_no_other_message(number, one, two):
    def frame(control: int, address: int, element: bytes) -> bytes:
        return made.variable(control, made.asdu(number, 6, [(address, element)]))

    assert key("iec101", frame(0x73, 5, one)) == key("iec101", frame(0x53, 5, two))
    assert key("iec101", frame(0x73, 5, one)) != key("iec101", frame(0x73, 6, one))


def test_select_and_execute_are_two_messages():
    frames = [made.variable(0x73, made.asdu(45, 6, [(5, bytes((b,)))])) for b in (0x81, 0x01)]
    assert key("iec101", frames[0]) != key("iec101", frames[1])


def test_a_confirmation_is_found_by_type_and_object():
    asked = made.variable(0x73, made.asdu(45, 6, [(5, b"\1")]))
    confirmed = made.variable(0x08, made.asdu(45, 7, [(5, b"\1")]))
    other = made.variable(0x08, made.asdu(45, 7, [(6, b"\1")]))
    assert pair("iec101", asked) == pair("iec101", confirmed) != pair("iec101", other)


def test_frames_written_by_hand():
    """Reset of link 1 and the interrogation of station 1; their checksums were not computed by the code under test."""
    assert rows(bytes.fromhex("1040014116"))[0].function == "Reset of Remote Link"
    (row,) = rows(bytes.fromhex("680909687301640106010000 14 f4 16"))
    assert (row.kind, row.unit, row.detail) == (Kind.REQUEST, "1", "station, activation")


GOOD = made.variable(0x73, made.asdu(45, 6, [(5, b"\1")]))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xe5\xe5",
        GOOD[:-1],
        GOOD[:1] + b"\x05" + GOOD[2:],  # the two lengths differ
        GOOD[:-2] + b"\0\x16",  # the checksum is wrong
        made.fixed(0x40)[:-2] + b"\0\x16",
        made.variable(0x73, made.asdu(45, 6, [(5, b"\1\2\3\4\5")])),  # longer than its type
        made.variable(0x08, made.asdu(1, 1, [(5, bytes(7))], sequence=True)),  # IEC 60870-5-103
    ],
)
def test_what_is_none(data):
    message = Message(data, len(data), True, "tcp", 4001)
    assert not PROTOCOL.probe(message)
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(message))
