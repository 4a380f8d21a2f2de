"""PCOM: commands of both modes, what they touch, who the controller is; any port; what is none of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.record.pcom import CONTROLLER, IDENTITY, STATION, frame, text
from fixtures.record.wire import Wire
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Verb
from scanner.protocols.vendors.pcom import PROTOCOL
from tests.protocols.keys import key, pair
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture

STOP = text(1, b"CCS")
NAME = frame(1, 0x8C, data=b"MIXER-2", unit=3)


def sent(raw: bytes, length: int | None = None) -> Message:
    return Message(raw, len(raw) if length is None else length, None, "tcp", 9999)


def operations(raw: bytes) -> list[Operation]:
    return [row for row in PROTOCOL.dissect(sent(raw)) if isinstance(row, Operation)]


@pytest.mark.parametrize(
    ("command", "verb", "touched"),
    [
        (b"ID", Verb.IDENTIFY, ""),
        (b"CCR", Verb.START, ""),
        (b"CCS", Verb.STOP, ""),
        (b"CCE", Verb.RESTART, ""),
        (b"CCI", Verb.RESTART, ""),
        (b"CCX", Verb.UNKNOWN, ""),
        (b"SC00300805020124", Verb.TIME_SYNC, ""),
        (b"US05", Verb.CONFIGURE, ""),
        (b"RW000a03", Verb.READ, "MI 10-12"),
        (b"RNF000001", Verb.READ, "MF 0"),
        (b"RNX000001", Verb.UNKNOWN, ""),
        (b"SW000A010001", Verb.WRITE, "MI 10"),
        (b"SWxxxx", Verb.WRITE, ""),
        (b"SNT000101", Verb.WRITE, "timer preset 1"),
        (b"SE0001011", Verb.WRITE, "O 1"),
        (b"ZZ", Verb.UNKNOWN, ""),
    ],
)
def test_commands_in_text(command: bytes, verb: Verb, touched: str) -> None:
    (row,) = operations(text(1, command, unit=0x7F))
    assert (row.verb, row.object, row.unit, row.kind) == (verb, touched, "127", Kind.REQUEST)


@pytest.mark.parametrize(
    ("raw", "rows"),
    [
        (frame(1, 0x0C), [(Verb.IDENTIFY, "")]),
        (frame(1, 0x4D, data=b"\2\0\x83\xff\x0a\0"), [(Verb.READ, "MI 10-11")]),
        (
            frame(1, 0x4D, data=b"\2\0\3\xff\1\0\5\0\1\0\x7f\xff\0\0"),
            [(Verb.READ, "MI 1/5"), (Verb.READ, "operand type 127 0")],
        ),
        (frame(1, 0x4D), [(Verb.READ, "")]),
        (frame(1, 0x44, b"\x10\0\0\0\0\0", bytes(4)), [(Verb.WRITE, "data table 0x10")]),
        (frame(1, 0x50, b"\1\0\1\0\0\0"), [(Verb.READ, ""), (Verb.WRITE, "")]),
        (frame(1, 0x50, b"\0\0\1\0\0\0"), [(Verb.WRITE, "")]),
        (frame(1, 0x50), [(Verb.UNKNOWN, "")]),
        (frame(1, 0x33), [(Verb.UNKNOWN, "")]),
    ],
)
def test_binary_commands(raw: bytes, rows: list[tuple[Verb, str]]) -> None:
    assert [(row.verb, row.object) for row in operations(raw)] == rows


def test_answers() -> None:
    assert [(r.kind, r.verb) for r in operations(text(1, b"CC", answers=True))] == [(Kind.RESPONSE, Verb.UNKNOWN)]
    assert [(r.kind, r.unit) for r in operations(NAME)] == [(Kind.RESPONSE, "3")]
    said = [*PROTOCOL.dissect(sent(text(1, IDENTITY, answers=True))), *PROTOCOL.dissect(sent(NAME))]
    assert {(r.field, r.value) for r in said if isinstance(r, Identity)} == {
        ("vendor", "Unitronics"),
        ("model", "model code ED77"),
        ("hardware_revision", "B"),
        ("firmware", "3.9.4"),
        ("name", "MIXER-2"),
    }


def test_forces_are_told_from_their_release() -> None:
    forced, released = text(1, b"SE00010211"), text(1, b"SE00010200")
    assert [row.function for raw in (forced, released) for row in operations(raw)] == [
        "Force Outputs",
        "Release Outputs",
    ]
    assert key("pcom", forced) != key("pcom", released)


def test_values_are_in_no_key_and_answers_find_their_requests() -> None:
    written = {key("pcom", text(n, b"SW000A01%04X" % n)) for n in range(3)}
    assert len(written) == 1
    assert key("pcom", text(1, b"SW000B010000")) not in written
    assert len({key("pcom", text(1, command)) for command in (b"CCS", b"CCR", b"CCE", b"CCI")}) == 4
    assert len({key("pcom", text(1, b"SC0030080502%04X" % n)) for n in range(3)}) == 1
    assert pair("pcom", STOP) == pair("pcom", text(1, b"CC", answers=True)) != pair("pcom", text(2, b"CCS"))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        STOP[:-1],
        STOP + b"\r",
        STOP[:-3] + b"00\r",
        STOP[:3] + b"\1" + STOP[4:],
        b"\0\0\x67" + STOP[3:],
        NAME[:-3] + b"\0\0\\",
        NAME[:-1] + b"/",
        NAME[:20] + b"\1" + NAME[21:],
    ],
)
def test_what_is_none_is_malformed(raw: bytes) -> None:
    assert not PROTOCOL.probe(sent(raw))
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(sent(raw)))


@pytest.mark.parametrize("name", ["session.pcap", "port_1616.pcap"])
def test_a_session(name: str) -> None:
    result, understood = understand_capture(CAPTURES / "pcom" / name)
    assert set(understood.spoken.values()) == {("pcom",)}
    assert not understood.malformed
    rows = [columns for *_, columns in operation_rows(result, understood)]
    assert all(row["accepted"] == row["count"] for row in rows)
    assert sum(row["count"] for row in rows if row["verb"] == "unknown-function") == 2


def test_http_on_its_port_is_http() -> None:
    _, understood = understand_capture(CAPTURES / "pcom" / "http_on_20256.pcap")
    assert set(understood.spoken.values()) == {("http",)}


@pytest.mark.parametrize("port", [20256, 4444, 502, 102, 80])
@pytest.mark.parametrize("asks", [True, False])
def test_one_message_of_one_side_is_enough(tmp_path: Path, port: int, asks: bool) -> None:
    with Wire(tmp_path / "x.pcap") as wire:
        way = wire.tcp(STATION, CONTROLLER, port)
        if asks:
            way.client(STOP)
        else:
            way.server(text(1, b"CC", answers=True))
        way.close()
    _, understood = understand_capture(tmp_path / "x.pcap")
    assert set(understood.spoken.values()) == {("pcom",)}


@given(st.binary(max_size=60))
def test_anything_is_read(data: bytes) -> None:
    for raw in (data, STOP[:6] + data, frame(1, 0x4D, data=data), text(1, b"RW" + data), text(1, data, answers=True)):
        message = sent(raw)
        if PROTOCOL.probe(message):
            list(PROTOCOL.dissect(message))
