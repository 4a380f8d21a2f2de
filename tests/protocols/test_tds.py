"""TDS and NTLM: what is encrypted, how clients log in, whether statements change anything; never a name or a secret."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.record import tds as made
from scanner.facts.build import capture_facts
from scanner.protocols import protocols
from scanner.protocols.base import Malformed, Message, Operation, Session, Verb
from scanner.protocols.common.ntlm import level
from scanner.protocols.databases.tds import PROTOCOL as TDS
from scanner.wording import plain
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import told, understand_capture

CAPTURED = ["clear", "clear_port_14330", "encrypted", "windows"]


def sessions(capture: str) -> list[Session]:
    return [row for _, _, row in told(CAPTURES / "tds" / f"{capture}.pcap") if isinstance(row, Session)]


def message(kind: int, body: bytes) -> Message:
    data = made.packet(kind, body)
    return Message(data, len(data), True, "tcp", 1433)


@pytest.mark.parametrize("capture", CAPTURED)
def test_it_is_recognised_on_any_port_and_keeps_secrets(capture):
    result, understood = understand_capture(CAPTURES / "tds" / f"{capture}.pcap")
    assert set(understood.spoken.values()) == {("tds", "tls") if capture == "encrypted" else ("tds",)}
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
        ("encrypted", set(), set(), {True}),
    ],
)
def test_what_sessions_say(capture, credentials, used, encrypted):
    rows = sessions(capture)
    assert {r.credentials for r in rows if r.credentials} == credentials
    assert {r.cipher for r in rows if r.cipher} == used
    assert {r.encrypted for r in rows if r.encrypted is not None} == encrypted


@pytest.mark.parametrize("capture", ["clear", "clear_port_14330"])
def test_log_ins_have_an_outcome_and_statements_a_verb(capture):
    result, _ = understand_capture(CAPTURES / "tds" / f"{capture}.pcap")
    rows = capture_facts(result, protocols())["operations"].to_dicts()
    outcomes = {
        (r["function"], r["object"]): (r["count"], r["accepted"], r["refused"])
        for r in rows
        if r["seen_as"] == "request"
    }
    assert outcomes["LOGIN7", ""] == (3, 2, 1)
    assert outcomes["Login", ""] == (1, 1, 0)
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
