"""GVSP: images of GigE Vision cameras, and what only looks like them."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from fixtures.record.gvsp import ALL_IN, FILE, IMAGE, LEADER, PAYLOAD, RGB_8, TRAILER, extended, leader, packet, trailer
from scanner.protocols.base import Malformed, Message, Operation
from scanner.protocols.vision.gvsp import PROTOCOL
from tests.protocols.recordings import CAPTURES, written
from tests.protocols.understanding import operation_rows, understand_capture


def told(path: Path) -> list[tuple[str, str, str, int]]:
    result, understood = understand_capture(path)
    assert not understood.malformed
    rows = [columns for _, protocol, _, columns in operation_rows(result, understood) if protocol == "gvsp"]
    return [(c["function"], c["object"], c["detail"], c["count"]) for c in rows]


def message(data: bytes) -> Message:
    return Message(data, len(data), True, "udp", 50123)


def operation(data: bytes) -> Operation:
    return next(row for row in PROTOCOL.dissect(message(data)) if isinstance(row, Operation))


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("aravis.pcap", [("Data Leader", "image", "64 x 48 x 8 bit", 10), ("Data Payload", "", "", 27)]),
        ("extended.pcap", [("Data Leader", "image", "640 x 480 x 24 bit", 4), ("Data Payload", "", "", 8)]),
        ("all_in.pcap", [("All-in", "image", "16 x 8 x 8 bit", 4), ("Data Leader", "file", "", 1)]),
    ],
)
def test_streams(name: str, rows: list[tuple[str, str, str, int]]) -> None:
    assert set(rows) <= set(told(CAPTURES / "gvsp" / name))


@pytest.mark.parametrize("of", [packet, extended])
def test_a_stream_is_known_from_its_first_leader_on(tmp_path: Path, of) -> None:
    midway = [of(PAYLOAD, 9, bytes(64)), of(TRAILER, 10, trailer())]
    assert not told(written(tmp_path / "m.pcap", [(False, data) for data in midway * 3], 50123))
    whole = [*midway, of(LEADER, 0, leader(), block=8), of(PAYLOAD, 1, bytes(64), block=8)]
    found = told(written(tmp_path / "w.pcap", [(False, data) for data in whole], 50123))
    assert ("Data Leader", "image", "640 x 480 x 8 bit", 1) in found


@pytest.mark.parametrize(
    "data",
    [
        packet(LEADER, 0, leader(pixel=0x01050001)),  # no pixel has five bits
        packet(LEADER, 0, leader(pixel=0x09080001)),
        packet(LEADER, 1, leader()),  # a leader is the first of its block
        packet(LEADER, 0, leader(FILE)),
        packet(LEADER, 0, leader())[:40],
        packet(LEADER, 0, leader(), status=0x0001),
    ],
)
def test_what_is_no_leader_of_an_image_begins_no_stream(tmp_path: Path, data: bytes) -> None:
    assert not told(written(tmp_path / "n.pcap", [(False, data)] * 5, 50123))


def test_what_comes_in_a_stream_and_is_none_of_its_packets_is_not_taken_for_one(tmp_path: Path) -> None:
    """Telegrams of Ether-S-Bus behind a leader that anybody may have sent."""
    telegrams = [struct.pack(">IBBHBB", 12, 1, 0, number, 0, 0x20) + b"\0\0" for number in range(9)]
    talk = [(False, packet(LEADER, 0, leader())), *((False, telegram) for telegram in telegrams)]
    result, understood = understand_capture(written(tmp_path / "d.pcap", talk, 50123))
    rows = [columns["count"] for _, protocol, _, columns in operation_rows(result, understood) if protocol == "gvsp"]
    assert rows == [1]


def test_headers() -> None:
    assert operation(extended(ALL_IN, 0, leader(IMAGE, RGB_8))).detail == "640 x 480 x 24 bit"
    assert operation(packet(LEADER, 0, leader(0x8001))).object == "payload type 0x8001"
    assert operation(packet(PAYLOAD, 5, b"", status=0x800C)).function == "Data Payload"
    for wrong in (
        packet(PAYLOAD, 1, block=0),
        packet(9, 1),
        packet(PAYLOAD, 1, status=7),
        packet(LEADER, 1, leader()),  # a leader is the first of its block
        packet(LEADER, 0, leader(12)),  # and says what comes
        packet(PAYLOAD, 1, status=0x0100),  # as HART-IP begins
        extended(LEADER, 0)[:19],
        b"\0" * 7,
    ):
        assert not PROTOCOL.probe(message(wrong))
        with pytest.raises(Malformed):
            list(PROTOCOL.dissect(message(wrong)))
    assert PROTOCOL.proof
    assert PROTOCOL.proof(message(packet(LEADER, 0, leader())))
    assert not PROTOCOL.proof(message(packet(PAYLOAD, 1, leader())))
