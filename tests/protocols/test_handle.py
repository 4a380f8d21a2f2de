"""Handle System: identifiers resolved and changed over TCP and UDP on any port; of them the prefix alone is told."""

from __future__ import annotations

import pytest

from fixtures.record.handle import AUTHENTICATE, CHALLENGE, CREATE, ITEM, RESOLVE, SUCCESS, message, text
from fixtures.record.wire import Wire
from scanner.protocols.base import Kind, Malformed, Message, Operation, Session
from scanner.protocols.internet.handle import OPERATIONS, PROTOCOL
from tests.protocols.recordings import CAPTURES, written
from tests.protocols.understanding import operation_rows, understand_capture


def sent(raw: bytes, length: int | None = None) -> Message:
    return Message(raw, len(raw) if length is None else length, True, "udp", 2641)


def rows(raw: bytes, length: int | None = None) -> list:
    return list(PROTOCOL.dissect(sent(raw, length)))


def operation(raw: bytes, length: int | None = None) -> Operation:
    return next(row for row in rows(raw, length) if isinstance(row, Operation))


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("tcp.pcap", (1, [])),
        ("tcp_port_12641.pcap", (0, ["403 authentication failed"])),
        ("udp.pcap", None),
        ("udp_port_12641.pcap", None),
    ],
)
def test_a_talk(name, outcome):
    result, understood = understand_capture(CAPTURES / "handle" / name)
    assert set(understood.spoken.values()) == {("handle",)}
    assert not understood.malformed
    found = {c["function"]: c for *_, c in operation_rows(result, understood)}
    resolved = found["Resolution"]
    assert (resolved["object"], resolved["count"], resolved["accepted"]) == ("88.1000.1/…", 2, 1)
    assert resolved["refusals"] == ["100 handle not found"]
    assert "item" not in repr(found)
    if outcome:
        assert found["Create Handle"]["verb"] == "write"
        log_in = found["Challenge Response"]
        assert (log_in["accepted"], log_in["refusals"]) == outcome


def test_http_on_its_port_is_http():
    _, understood = understand_capture(CAPTURES / "handle" / "http_on_2641.pcap")
    assert set(understood.spoken.values()) == {("http",)}


def test_who_is_asked_for_a_log_in_is_not_refused():
    assert operation(message(CREATE, 1, b"", AUTHENTICATE)).kind is Kind.RESPONSE


def test_log_ins():
    asked = {r.credentials for r in rows(message(CHALLENGE, 1)) if isinstance(r, Session)}
    assert asked == {"", "challenge"}
    assert any(r.authenticated for r in rows(message(CHALLENGE, 1, b"", SUCCESS)) if isinstance(r, Session))


def test_what_has_no_authority_has_no_object():
    assert operation(message(RESOLVE, 1, text(b"secret") + bytes(8))).object == ""
    raw = message(RESOLVE, 1, text(ITEM) + bytes(8))
    assert operation(raw[:50], len(raw)).object == ""


@pytest.mark.parametrize(
    "raw",
    [
        *(b"", message(RESOLVE, 1)[:43], message(99, 1), message(RESOLVE, 1, b"", 99), message(RESOLVE, 1) + b"x"),
        *(b"\3" + message(RESOLVE, 1)[1:], message(RESOLVE, 1)[:40] + b"\0\0\1\0" + message(RESOLVE, 1)[44:]),
    ],
)
def test_what_is_none_is_malformed(raw):
    assert not PROTOCOL.probe(sent(raw))
    with pytest.raises(Malformed):
        rows(raw)


def test_one_message_away_from_the_port_is_nothing(tmp_path):
    _, understood = understand_capture(written(tmp_path / "x.pcap", [(True, message(RESOLVE, 1))], 12642))
    assert not understood.spoken
    with Wire(tmp_path / "y.pcap") as wire:
        way = wire.tcp("10.20.50.40", "10.20.50.41", 2641)
        way.client(bytes(100))
        way.close()
    _, understood = understand_capture(tmp_path / "y.pcap")
    assert not understood.spoken


def test_operations_are_of_the_specification():
    assert all(0 < code < 1000 for code in OPERATIONS)
