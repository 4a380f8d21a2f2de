"""Packet forwarder of LoRaWAN gateways: what is handed over and sent; what only looks like it is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.record.lorawan_forwarder import ORDER, PULL, PUSH, PUSH_ACK, RECEIVED, SEND, SENT, message
from scanner.protocols.base import Kind, Malformed, Message, Operation
from scanner.protocols.wireless.lorawan_forwarder import PROTOCOL
from tests.protocols.recordings import CAPTURES, written
from tests.protocols.understanding import operation_rows, understand_capture

TEXT = b'{"rxpk":[{"data":"QDEHmgGAAQAB"}]}'


def sent(raw: bytes, length: int | None = None) -> Message:
    return Message(raw, len(raw) if length is None else length, True, "udp", 1700)


@pytest.mark.parametrize("name", ["forwarder.pcap", "port_11700.pcap"])
def test_a_talk(name: str) -> None:
    result, understood = understand_capture(CAPTURES / "lorawan_forwarder" / name)
    assert set(understood.spoken.values()) == {("lorawan-forwarder",)}
    assert not understood.malformed
    found = [(c["function"], c["object"], c["accepted"], c["refusals"]) for *_, c in operation_rows(result, understood)]
    assert sorted(found) == [
        ("PULL_DATA", "", 1, []),
        ("PULL_RESP", "txpk", 1, ["TOO_LATE"]),
        ("PUSH_DATA", "rxpk", 1, []),
        ("PUSH_DATA", "stat", 1, []),
    ]
    units = {c["unit"] for *_, c in operation_rows(result, understood)}
    assert units == {"00:16:c0:01:ff:10:a2:35", ""}


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        (message(PUSH, 1, RECEIVED), True),
        (message(SEND, 1, ORDER), True),
        (message(PULL, 1), True),
        (message(SENT, 1) + b"\r\n", False),
        (message(PUSH, 1, RECEIVED, version=3), False),
        (message(PUSH, 1), False),
        (message(PUSH_ACK, 1) + b"\0", False),
        (message(PULL, 1)[:-1], False),
        (b"\2\0\1\6" + TEXT, False),
    ],
)
def test_what_is_a_message(raw: bytes, wanted: bool) -> None:
    assert PROTOCOL.probe(sent(raw)) is wanted


def test_a_gateway_that_could_not_send() -> None:
    rows = list(PROTOCOL.dissect(sent(message(SENT, 1, {"txpk_ack": {"error": "NONE"}}))))
    assert next(r.kind for r in rows if isinstance(r, Operation)) is Kind.RESPONSE


def test_what_is_cut_is_still_told() -> None:
    raw = message(PUSH, 1, RECEIVED)
    assert next(r.object for r in PROTOCOL.dissect(sent(raw[:40], len(raw))) if isinstance(r, Operation)) == "rxpk"


@pytest.mark.parametrize("data", [b"\2\0\1\0" + bytes(8) + b"{broken" + bytes(40), b"\1" * 60, TEXT * 2])
def test_what_is_like_it_is_none(tmp_path: Path, data: bytes) -> None:
    _, understood = understand_capture(written(tmp_path / "x.pcap", [(True, data)] * 4, 9999))
    assert not understood.spoken


@given(st.binary(max_size=80))
def test_no_bytes_make_it_fail(tail: bytes) -> None:
    for kind in range(6):
        try:
            list(PROTOCOL.dissect(sent(bytes((2, 0, 1, kind)) + tail)))
        except Malformed:
            continue
