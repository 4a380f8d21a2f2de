"""Oracle Net: connections, encryption agreed or not, log-ins and refusals, on any port; no name, key or statement."""

from __future__ import annotations

import pytest

from fixtures.record.tns import AES256, accept, call, connect, ended, negotiation, packet, refuse
from fixtures.record.wire import Wire
from scanner.capture.read import read_capture
from scanner.facts.build import capture_facts
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.databases.tns import PROTOCOL
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture


def message(raw: bytes, *, from_client: bool = True, length: int | None = None) -> Message:
    return Message(raw, len(raw) if length is None else length, from_client, "tcp", 1521)


def rows(raw: bytes, **more) -> list:
    return list(PROTOCOL.dissect(message(raw, **more)))


def operation(raw: bytes, **more) -> Operation:
    return next(row for row in rows(raw, **more) if isinstance(row, Operation))


def session(name: str) -> dict:
    path = CAPTURES / "tns" / name
    facts = capture_facts(read_capture(path, path.name, framing_plan()), protocols())
    (row,) = facts["sessions"].to_dicts()
    assert "plant" not in repr(facts["operations"].to_dicts()) + repr(row)
    return {key: row[key] for key in ("versions", "ciphers", "credentials", "encrypted")}


@pytest.mark.parametrize(
    ("name", "versions", "ciphers", "credentials", "encrypted"),
    [
        ("clear.pcap", ["TNS 1.63"], [], ["challenge"], False),
        ("clear_port_11521.pcap", ["TNS 1.63"], [], ["challenge"], False),
        ("encrypted.pcap", ["TNS 1.63"], ["AES256", "SHA256"], [], True),
        ("weak_port_11521.pcap", ["TNS 1.63"], ["DES"], [], True),
        ("refused.pcap", ["TNS 1.63"], [], ["challenge"], False),
        ("older.pcap", ["TNS 1.57"], ["SHA256"], ["challenge"], False),
        ("driver_port_11521.pcap", [], [], [], None),
    ],
)
def test_sessions(name, versions, ciphers, credentials, encrypted):
    assert session(name) == {
        "versions": versions,
        "ciphers": ciphers,
        "credentials": credentials,
        "encrypted": encrypted,
    }


@pytest.mark.parametrize(
    ("name", "function", "outcome"),
    [
        ("clear_port_11521.pcap", "log-in", (1, [])),
        ("older.pcap", "log-in", (1, [])),
        ("refused.pcap", "log-in", (0, ["ORA-01017"])),
        ("driver_port_11521.pcap", "Connect", (0, ["TNS-12514"])),
    ],
)
def test_outcomes(name, function, outcome):
    result, understood = understand_capture(CAPTURES / "tns" / name)
    assert set(understood.spoken.values()) == {("tns",)}
    found = {c["function"]: (c["accepted"], c["refusals"]) for *_, c in operation_rows(result, understood)}
    assert found[function] == outcome


def test_http_on_its_port_is_http():
    _, understood = understand_capture(CAPTURES / "tns" / "http_on_1521.pcap")
    assert set(understood.spoken.values()) == {("http",)}


def test_the_service_and_nothing_else_of_a_description():
    asked = operation(connect(b"(DESCRIPTION=(CONNECT_DATA=(CID=(USER=somebody))(SID=MES)))"))
    assert (asked.object, asked.verb) == ("MES", Verb.SESSION)
    assert operation(connect(b"(DESCRIPTION=(CONNECT_DATA=(CID=(USER=somebody))))")).object == ""


def test_ends_of_calls():
    assert operation(ended(0, True), from_client=False).kind is Kind.RESPONSE
    assert operation(ended(1403, True), from_client=False).kind is Kind.RESPONSE
    assert operation(ended(942, False), from_client=False).refusal == "ORA-00942"
    assert operation(packet(6, b"\0\0\4\xff\xff"), from_client=False).kind is Kind.RESPONSE
    assert operation(call(0x5E, True)).verb is Verb.UNKNOWN


def test_a_negotiation_that_was_not_kept_leaves_the_algorithms_unread():
    raw = negotiation(bytes((AES256,)), b"", True)
    (told,) = (row for row in rows(raw[:60], from_client=False, length=len(raw)) if isinstance(row, Session))
    assert (told.unread, told.encrypted) == (("ciphers",), None)


def test_what_proves_it():
    assert PROTOCOL.proof(message(connect()))
    assert PROTOCOL.proof(message(refuse(), from_client=False))
    for raw in (accept(), call(3, True), packet(6, b""), b"GET / HTTP/1.1\r\n\r\n", b"", packet(1, bytes(60))):
        assert not PROTOCOL.proof(message(raw))


@pytest.mark.parametrize("raw", [b"", packet(1, bytes(60)), connect()[:20]])
def test_what_is_none_is_malformed(raw):
    with pytest.raises(Malformed):
        rows(raw, length=max(len(raw), 200) if raw else 0)


def test_segments_that_begin_no_packet_say_nothing():
    assert rows(b"\0\1\2\3\4\5\6\7\x08") == []


def test_data_alone_away_from_the_port_is_nothing(tmp_path):
    with Wire(tmp_path / "x.pcap") as wire:
        way = wire.tcp("10.20.50.20", "10.20.50.30", 11521)
        way.client(call(0x76, True))
        way.server(ended(0, True))
        way.close()
    _, understood = understand_capture(tmp_path / "x.pcap")
    assert not understood.spoken
