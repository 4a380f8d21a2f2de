"""TDS and NTLM: what is encrypted, how clients log in, whether statements change anything; never a name or a secret."""

from __future__ import annotations

import ssl

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from fixtures.record import tds as made
from fixtures.record import tls
from fixtures.record.wire import Wire
from scanner.facts.build import capture_facts
from scanner.protocols import protocols
from scanner.protocols.base import Malformed, Message, Operation, Session, Verb
from scanner.protocols.common.ntlm import level
from scanner.protocols.databases.tds import PROTOCOL as TDS
from scanner.wording import plain
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import told, understand_capture

ENCRYPTED = ["encrypted", "tls_1_2", "tls_1_0"]
CAPTURED = ["clear", "clear_port_14330", "windows", *ENCRYPTED]


def sessions(capture: str) -> list[Session]:
    return [row for _, _, row in told(CAPTURES / "tds" / f"{capture}.pcap") if isinstance(row, Session)]


def message(kind: int, body: bytes) -> Message:
    data = made.packet(kind, body)
    return Message(data, len(data), True, "tcp", 1433)


@pytest.mark.parametrize("capture", CAPTURED)
def test_it_is_recognised_on_any_port_and_keeps_secrets(capture):
    result, understood = understand_capture(CAPTURES / "tds" / f"{capture}.pcap")
    assert set(understood.spoken.values()) == {("tds", "tls") if capture in ENCRYPTED else ("tds",)}
    found = capture_facts(result, protocols())
    assert {(f["recognised_by"], f["skipped_bytes"]) for f in found["flows"].to_dicts()} == {("content", 0)}
    everything = str([table.to_dicts() for table in found.tables.values()])
    assert not any(word in everything for word in ("real-secret", "engineer", "station7", "tags"))
    assert not found.defects


@pytest.mark.parametrize(
    ("capture", "credentials", "used", "encrypted"),
    [
        ("clear", {"user-password", "negotiate"}, {"NTLMv1"}, {False}),
        ("clear_port_14330", {"user-password", "negotiate"}, {"NTLMv1"}, {False}),
        ("windows", {"negotiate"}, {"NTLMv2"}, {False}),
        ("encrypted", set(), {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"}, {True}),
        ("tls_1_2", set(), {"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"}, {True}),
        ("tls_1_0", set(), {"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"}, {True}),
    ],
)
def test_what_sessions_say(capture, credentials, used, encrypted):
    rows = sessions(capture)
    assert {r.credentials for r in rows if r.credentials} == credentials
    assert {r.cipher for r in rows if r.cipher} == used
    assert {r.encrypted for r in rows if r.encrypted is not None} == encrypted


@pytest.mark.parametrize(("capture", "version"), [("tls_1_2", "TLS 1.2"), ("tls_1_0", "TLS 1.0")])
def test_tls_shakes_hands_in_its_packets(capture, version):
    rows = sessions(capture)
    assert {r.version for r in rows if r.version} == {version}
    assert {r.certificate_subject for r in rows if r.certificate_subject} == {"CN=sql.example,O=Example Works"}
    assert {r.certificate_key_bits for r in rows if r.certificate_key_bits} == {2048}


def test_where_only_the_log_in_is_encrypted_tls_does_not_say_otherwise(tmp_path):
    server = tls.identity("sql.example", rsa.generate_private_key(65537, 2048))
    with Wire(tmp_path / "x.pcap") as wire:
        made.handshake(wire, 1433, tls.contexts(server, ssl.TLSVersion.TLSv1_2), made.OFF)
    rows = [row for _, _, row in told(tmp_path / "x.pcap") if isinstance(row, Session)]
    assert any(r.certificate_subject for r in rows)
    assert {r.encrypted for r in rows if r.encrypted is not None} == {False}


def test_records_that_are_damaged_leave_what_tds_says():
    hello = b"\x16\3\3\0\x30\1\0\0\x2c\3\3" + bytes(32) + b"\xff" * 11
    for body in (hello, b"\x16\3\3", b"\x16\3\3\xff\xff\1\0\0\1\0", b"\x16\3\3\0\0" * 100):
        rows = list(TDS.dissect(message(made.PRELOGIN, body)))
        assert [r.function for r in rows if isinstance(r, Operation)] == ["TLS"]


@pytest.mark.parametrize("capture", ["clear", "clear_port_14330"])
def test_log_ins_have_an_outcome_and_statements_a_verb(capture):
    result, _ = understand_capture(CAPTURES / "tds" / f"{capture}.pcap")
    rows = capture_facts(result, protocols())["operations"].to_dicts()
    outcomes = {
        (r["function"], plain(r["detail"])): (r["count"], r["accepted"], r["refused"])
        for r in rows
        if r["seen_as"] == "request"
    }
    assert outcomes["LOGIN7", "the password is no known default"] == (2, 1, 1)
    assert outcomes["LOGIN7", ""] == (1, 1, 0)  # an account of Windows
    assert outcomes["Login", "the password is no known default"] == (1, 1, 0)
    verbs = {r["object"]: r["verb"] for r in rows if r["function"] == "SQL batch"}
    assert verbs == {"SELECT": "read", "UPDATE": "write", "EXEC": "unknown"}


@pytest.mark.parametrize(
    ("choice", "encrypted", "words"),
    [
        (made.OFF, False, "only the login is encrypted"),
        (made.ON, True, "everything is encrypted"),
        (made.CANNOT, False, "the server cannot encrypt"),
        (made.REQUIRED, True, "everything is encrypted"),
    ],
)
def test_what_a_server_chooses(choice, encrypted, words):
    rows = [r for r in TDS.dissect(message(made.RESULT, made.negotiation(choice))) if isinstance(r, Session)]
    assert [(r.encrypted, plain(r.detail)) for r in rows] == [(encrypted, words)]


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("select 1", Verb.READ),
        ("  DELETE\nFROM tags", Verb.WRITE),
        ("secret_procedure", Verb.UNKNOWN),
        ("", Verb.UNKNOWN),
    ],
)
def test_first_words(text, verb):
    for body in (made.statement(text), text.encode("utf-16-le")):
        (row,) = [r for r in TDS.dissect(message(made.BATCH, body)) if isinstance(r, Operation)]
        assert row.verb is verb
        assert "secret" not in row.object.lower()


@pytest.mark.parametrize(("size", "shown"), [(24, "NTLMv1"), (180, "NTLMv2")])
def test_versions_of_ntlm(size, shown):
    assert level(b"\xa1\x50" + made.ntlm(size)) == shown


def test_nobody_logs_in():
    blank = bytearray(made.ntlm(0))
    blank[12:16] = bytes(4)
    assert level(bytes(blank)) == "anonymous"
    assert level(b"NTLMSSP\0\1\0\0\0" + bytes(40)) == level(b"NTLMSSP\0\3\0\0\0" + bytes(4)) == ""


@given(st.sampled_from((1, 2, 3, 4, 14, 15, 16, 17, 18)), st.binary(max_size=120))
def test_any_body_is_read(kind, body):
    assert list(TDS.dissect(message(kind, body)))
    with pytest.raises(Malformed):
        list(TDS.dissect(Message(b"\x09" + made.packet(kind, body)[1:], 8 + len(body), True, "tcp", 1433)))


@pytest.mark.parametrize(
    ("body", "spoken"), [(made.statement("delete from tags"), True), (bytes(22) + b"d\0" * 9, False)]
)
def test_a_session_that_was_recorded_midway_is_recognised_by_the_headers_of_its_requests(tmp_path, body, spoken):
    with Wire(tmp_path / "midway.pcap") as wire:
        talk = wire.tcp("10.20.2.5", "10.20.2.9", 49_433)
        for _ in range(3):
            talk.client(made.packet(made.BATCH, body))
            talk.server(made.packet(made.RESULT, b"\xfd\0\0\xc1\0\0\0\0\0\0\0\0\0"))
    _, understood = understand_capture(tmp_path / "midway.pcap")
    assert set(understood.spoken.values()) == ({("tds",)} if spoken else set())
