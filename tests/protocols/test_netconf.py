"""NETCONF without SSH or TLS: calls in messages that end with a mark, in chunks, called home; what resembles it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.record import netconf as made
from fixtures.record.wire import Wire
from scanner.protocols.base import Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.internet.netconf import PROTOCOL
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture

FOLDER = CAPTURES / "netconf"
DONE = {"hello": "session", "get-config": "read", "edit-config": "configure", "commit": "configure", "lock": "session"}


def sent(data: bytes, length: int | None = None) -> Message:
    return Message(data, len(data) if length is None else length, True, "tcp", 830)


def operations(data: bytes, length: int | None = None) -> list[Operation]:
    return [row for row in PROTOCOL.dissect(sent(data, length)) if isinstance(row, Operation)]


@pytest.mark.parametrize("name", ["end_of_message.pcap", "chunked_port_18300.pcap"])
def test_a_session(name):
    result, understood = understand_capture(FOLDER / name)
    assert understood.spoken == {0: ("netconf",)}
    rows = {c["function"]: c for *_, c in operation_rows(result, understood)}
    assert {name: row["verb"] for name, row in rows.items()} == DONE
    assert (rows["edit-config"]["object"], rows["edit-config"]["accepted"]) == ("candidate", 1)
    assert rows["lock"]["accepted"] == 0


def test_a_device_that_calls_home_is_asked_by_whom_it_called():
    result, understood = understand_capture(FOLDER / "call_home.pcap")
    assert understood.spoken == {0: ("netconf",)}
    asked = {result.messages.rows["from_client"][n].item() for n, rows in understood.rows.items() if _asks(rows)}
    assert asked == {False}


def _asks(rows: tuple) -> bool:
    return any(isinstance(row, Operation) and row.verb is Verb.CONFIGURE for row in rows)


@pytest.mark.parametrize("size", [1, 7, 0])
def test_chunks_cut_anywhere(size):
    (found,) = operations(made.chunked(made.rpc(made.EDIT), size))
    assert (found.verb, found.object) == (Verb.CONFIGURE, "candidate")


def test_prefixes_several_calls_and_what_is_cut():
    prefixed = b'<nc:rpc xmlns:nc="%s" message-id="1">\n <nc:edit-config>' % made.SPACE.encode()
    assert [row.function for row in operations(prefixed)] == ["edit-config"]
    assert [row.function for row in operations(prefixed + b"</nc:rpc>]]>]]>" + prefixed)] == ["edit-config"] * 2
    assert [row.verb for row in operations(prefixed, 9000)] == [Verb.CONFIGURE, Verb.UNKNOWN]
    assert [row.function for row in operations(b"<vendor-thing/></rpc>]]>]]>")] == ["rpc"]  # goes on with a call
    assert operations(b"]]>]]>\n") == []


def test_a_password_is_told_and_never_shown():
    rows = list(PROTOCOL.dissect(sent(made.rpc(made.EDIT).encode())))
    assert [row.credentials for row in rows if isinstance(row, Session)] == ["password"]
    assert made.SECRET not in repr(rows)
    (refused,) = [
        row for row in PROTOCOL.dissect(sent(made.reply(made.REFUSED).encode())) if isinstance(row, Operation)
    ]
    assert (refused.kind, refused.refusal) == (Kind.REFUSAL, "access-denied")


@pytest.mark.parametrize(
    "first", [b"<hello there>\n", b'<hello xmlns="urn:else"/>', b'<?xml version="1.0" encoding="UTF-8"?>\n<x/>']
)
def test_other_texts_are_none(first: bytes, tmp_path: Path):
    for port in (830, 7777):
        with Wire(tmp_path / f"{port}.pcap") as wire:
            link = wire.tcp("10.20.1.5", "10.20.1.6", port)
            link.client(first)
            link.server(first)
        assert understand_capture(tmp_path / f"{port}.pcap")[1].spoken == {}


@given(st.binary(max_size=80))
def test_anything_is_read(data):
    for whole in (data, made.rpc("<get/>").encode() + data):
        try:
            list(PROTOCOL.dissect(sent(whole)))
        except Malformed:
            assert not whole
