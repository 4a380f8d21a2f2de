"""TRDP: process data and messages of trains on any port, over UDP and TCP; checks that are wrong, and commands."""

from __future__ import annotations

import pytest

from fixtures.record.trdp import message, process
from scanner.protocols.base import Kind, Malformed, Message, Operation, Verb
from scanner.protocols.vehicles.trdp import PROTOCOL
from tests.protocols.recordings import CAPTURES, written
from tests.protocols.understanding import operation_rows, understand_capture


def sent(raw: bytes, length: int | None = None) -> Message:
    return Message(raw, len(raw) if length is None else length, True, "udp", 17225)


def operation(raw: bytes, length: int | None = None) -> Operation:
    return next(row for row in PROTOCOL.dissect(sent(raw, length)) if isinstance(row, Operation))


@pytest.mark.parametrize("name", ["session.pcap", "port_27224.pcap"])
def test_a_ride(name):
    result, understood = understand_capture(CAPTURES / "trdp" / name)
    assert set(understood.spoken.values()) == {("trdp",)}
    assert not understood.malformed
    found = {
        c["code"]: (c["verb"], c["count"], c["accepted"], c["refusals"]) for *_, c in operation_rows(result, understood)
    }
    assert found["Pd:2001"] == ("report", 4, 0, [])
    assert found["Pr:2002"][0] == "read"
    assert found["Mr:110"] == ("read", 1, 1, [])
    assert found["Mr:122"] == ("configure", 1, 1, [])
    assert found["Mc:123"][0] == "session"
    assert found["Mr:3001"] == ("unknown-function", 1, 0, ["no replier instance"])
    assert found["Mn:3002"][0] == "unknown-function"


def test_messages_over_tcp():
    result, understood = understand_capture(CAPTURES / "trdp" / "tcp_port_27225.pcap")
    assert set(understood.spoken.values()) == {("trdp",)}
    assert [(c["code"], c["accepted"]) for *_, c in operation_rows(result, understood)] == [("Mr:3001", 1)]


def test_http_on_its_port_is_http():
    _, understood = understand_capture(CAPTURES / "trdp" / "http_on_17225.pcap")
    assert set(understood.spoken.values()) == {("http",)}


def test_who_is_asked_and_what_went_wrong():
    assert str(operation(message(b"Mr", 1001, target=b"hmi@car3")).detail) == "for hmi@car3"
    assert operation(message(b"Me", 1001, status=-8)).refusal == "no confirmation"
    assert operation(message(b"Me", 1001, status=5)).refusal == "status 5"
    assert operation(process(b"Pe", 1001)).kind is Kind.REFUSAL
    assert operation(process(b"Pd", 120)).verb is Verb.CONFIGURE  # control of the backbone travels in cycles
    assert operation(process(b"Pd", 121)).verb is Verb.REPORT


def test_what_was_cut_says_what_is_there():
    raw = message(b"Mr", 1001, bytes(100))
    assert operation(raw[:90], len(raw)).code == "Mr:1001"
    assert not PROTOCOL.proof(sent(raw[:90], len(raw)))


@pytest.mark.parametrize(
    "raw",
    [
        *(b"", process(b"Pd", 1)[:39], process(b"Px", 1), message(b"Mr", 1)[:60]),
        process(b"Pd", 1)[:36] + bytes(4),
        process(b"Pd", 1)[:8] + b"\1" + process(b"Pd", 1)[9:],
        process(b"Pd", 1, bytes(40))[:60],
        b"\0\0\0\1\2" + process(b"Pd", 1)[5:],
    ],
)
def test_what_is_none_is_malformed(raw):
    assert not PROTOCOL.probe(sent(raw))
    with pytest.raises(Malformed):
        operation(raw)


def test_a_wrong_check_is_nothing_on_any_port(tmp_path):
    for port in (17224, 27226):
        talk = [(True, process(b"Pd", 7)[:36] + bytes(4))] * 3
        _, understood = understand_capture(written(tmp_path / f"{port}.pcap", talk, port))
        assert not understood.spoken


def test_one_telegram_is_enough(tmp_path):
    _, understood = understand_capture(written(tmp_path / "x.pcap", [(True, process(b"Pd", 7))], 27227))
    assert set(understood.spoken.values()) == {("trdp",)}
