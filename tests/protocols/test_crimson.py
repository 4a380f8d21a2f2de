"""Red Lion Crimson: identification, values and transfers, keys."""

from __future__ import annotations

import pytest

from fixtures.record.crimson import frame
from scanner.protocols.base import Identity, Kind, Malformed, Message, Verb
from scanner.protocols.vendors.crimson import PROTOCOL, TYPES
from tests.protocols.keys import key
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture


def rows(raw: bytes, *, side: bool | None = True, port: int = 789) -> list:
    message = Message(raw, len(raw), side, "tcp", port)
    assert PROTOCOL.probe(message)
    return list(PROTOCOL.dissect(message))


def test_identification():
    (found,) = rows(bytes.fromhex("0004012b1b00"))
    assert (found.verb, found.function, found.kind) == (Verb.IDENTIFY, "Read manufacturer", Kind.REQUEST)
    assert (found.code, found.object) == ("0x1B00", "register 0x012B")
    assert found.filter == "tcp.payload[2:4] == 01:2b:1b:00"
    operation, identity = rows(bytes.fromhex("0016012b0300526564204c696f6e20436f6e74726f6c7300"), side=False)
    assert (operation.verb, operation.kind) == (Verb.IDENTIFY, Kind.RESPONSE)
    assert identity == Identity("vendor", "Red Lion Controls")
    assert rows(bytes.fromhex("0009012a03004733303300"), side=False)[1] == Identity("model", "G303")


@pytest.mark.parametrize(
    ("kind", "data", "verb", "function"),
    [
        (0x1300, bytes(8), Verb.WRITE, "Write value"),
        (0x1700, bytes(4), Verb.READ, "Read value"),
        (0x1500, bytes(100), Verb.PROGRAM_DOWNLOAD, "Transfer of a chunk"),
        (0x1B00, bytes(8), Verb.READ, "Read"),
        (0x0300, b"x", Verb.WRITE, "Data"),
        (0x2E00, b"", Verb.UNKNOWN, "Type 0x2E00"),
    ],
)
def test_types(kind, data, verb, function):
    (found,) = rows(frame(0x0300, kind, data))
    assert (found.verb, found.function, found.kind) == (verb, function, Kind.REQUEST)


def test_data_from_the_panel_is_an_answer():
    (found,) = rows(frame(0x0200, 0x0300, b"\1\2"), side=False)
    assert (found.verb, found.kind) == (Verb.READ, Kind.RESPONSE)
    assert len(rows(frame(0x012A, 0x0300, b"\1\2"), side=False)) == 1, "no text, no identity"
    assert len(rows(frame(0x012A, 0x0300, b"G310"), side=True)) == 1, "what is sent to a panel is not what it is"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (frame(1, 0x1300, bytes(8)) + b"\0", "length says 14 bytes, there are 15"),
        (b"\0\4\1", "no Crimson frame"),
    ],
)
def test_what_is_no_frame_is_malformed(raw, text):
    with pytest.raises(Malformed, match=text):
        list(PROTOCOL.dissect(Message(raw, len(raw), True, "tcp", 789)))


def test_away_from_the_port_only_identification_is_believed():
    for raw, believed in (
        (frame(0x012B, 0x1B00), True),
        (frame(0x012B, 0x0300, b"Red Lion Controls\0"), True),
        (frame(0x012B, 0x0300, b"\1\2\3"), False),
        (frame(0x0200, 0x1300, bytes(8)), False),
    ):
        assert PROTOCOL.probe(Message(raw, len(raw), True, "tcp", 5000)) is believed


def test_values_are_no_part_of_the_key():
    def of(*what) -> tuple:
        return key("crimson", frame(*what))

    assert of(1, 0x1300, b"12345678") == of(1, 0x1300, b"87654321") != of(2, 0x1300, b"87654321")
    assert of(1, 0x1500, bytes(100)) == of(1, 0x1500, bytes(99))
    assert of(0x012A, 0x0300, b"G310") != of(0x012A, 0x0300, b"G306")


def test_every_type_has_a_row():
    for kind, (name, _) in TYPES.items():
        assert rows(frame(0x0200, kind))[0].function == name


def operations(name: str) -> list[tuple]:
    path = CAPTURES / "crimson" / name
    result, understood = understand_capture(path)
    assert not understood.malformed
    return [
        (c["verb"], c["function"], c["object"][-6:], c["count"])
        for _, protocol, _, c in operation_rows(result, understood)
        if protocol == "crimson" and c["seen_as"] == "request"
    ]


def test_captures():
    identified = [("identify", "Read manufacturer", "0x012B", 1), ("identify", "Read model", "0x012A", 1)]
    assert operations("session.pcap") == [
        *identified,
        ("read", "Read value", "0x0200", 5),
        ("write", "Write value", "0x0201", 5),
        ("program-download", "Transfer of a chunk", "0x0300", 4),
        ("read", "Read", "0x0300", 1),
        ("write", "Data", "0x0203", 1),
        ("unknown-function", "Type 0x2E00", "0x0300", 1),
    ]
    assert operations("port_7890.pcap") == identified
    assert operations("http_on_789.pcap") == []
