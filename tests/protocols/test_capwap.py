"""CAPWAP control: what controllers ask of access points; what only looks like it is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.record.capwap import DISCOVERY, DTLS, JOIN, message, result
from scanner.facts.sessions import session_rows
from scanner.protocols.base import Kind, Malformed, Message, Operation
from scanner.protocols.wireless.capwap import PROTOCOL
from tests.protocols.recordings import CAPTURES, written
from tests.protocols.understanding import operation_rows, understand_capture


def sent(raw: bytes, length: int | None = None) -> Message:
    return Message(raw, len(raw) if length is None else length, True, "udp", 5246)


@pytest.mark.parametrize("name", ["clear.pcap", "clear_port_15246.pcap"])
def test_a_talk(name: str) -> None:
    result_, understood = understand_capture(CAPTURES / "capwap" / name)
    assert set(understood.spoken.values()) == {("capwap",)}
    assert not understood.malformed
    rows = [c for *_, c in operation_rows(result_, understood)]
    assert sorted((c["function"], c["verb"], c["accepted"], c["refusals"]) for c in rows) == [
        ("Configuration Status", "session", 1, []),
        ("Configuration Update", "configure", 1, []),
        ("Discovery", "identify", 1, []),
        ("Echo", "session", 1, []),
        ("Join", "session", 1, ["result code 4"]),
        ("Reset", "restart", 1, []),
    ]
    assert [c["encrypted"] for *_, c in session_rows(result_, understood)] == [False]


def test_dtls_behind_the_discovery() -> None:
    result_, understood = understand_capture(CAPTURES / "capwap" / "dtls.pcap")
    assert set(understood.spoken.values()) == {("capwap",)}
    assert [c["encrypted"] for *_, c in session_rows(result_, understood)] == [True]


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        (message(DISCOVERY, 1), True),
        (DTLS, True),
        (message(0x33DD01, 1), True),
        (message(DISCOVERY, 1) + b"\0", False),
        (message(27, 1), False),
        (message(0, 1), False),
        (b"\1\0\0\0\x17\3\3" + bytes(40), False),
        (b"\0\x08" + message(DISCOVERY, 1)[2:], False),  # a header that is too short
    ],
)
def test_what_is_a_message(raw: bytes, wanted: bool) -> None:
    assert PROTOCOL.probe(sent(raw)) is wanted


def test_success_behind_address_translation_is_one() -> None:
    (row,) = (r for r in PROTOCOL.dissect(sent(message(JOIN + 1, 1, result(2)))) if isinstance(r, Operation))
    assert row.kind is Kind.RESPONSE


@pytest.mark.parametrize("data", [bytes(40), DTLS, b"\0\x10" + bytes(6) + b"\0\0\0\1" + bytes(40)])
def test_what_is_like_it_is_none(tmp_path: Path, data: bytes) -> None:
    _, understood = understand_capture(written(tmp_path / "x.pcap", [(True, data)] * 4, 9999))
    assert ("capwap",) not in set(understood.spoken.values())


@given(st.binary(max_size=60))
def test_no_bytes_make_it_fail(tail: bytes) -> None:
    for head in (b"\0\x10\0\0" + bytes(4) + b"\0\0\0\4", b"\1\0\0\0"):
        try:
            list(PROTOCOL.dissect(sent(head + tail)))
        except Malformed:
            continue
