"""MongoDB: commands, mechanisms of log-ins, outcomes, on any port; never a name, a document or a secret."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.record import mongodb as made
from fixtures.record.wire import Wire
from scanner.facts.build import capture_facts
from scanner.protocols import protocols
from scanner.protocols.base import Malformed, Message, Operation, Session
from scanner.protocols.databases.mongodb import PROTOCOL as MONGO
from scanner.wording import plain
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import told, understand_capture


def message(body: bytes, code: int = made.MSG, answers: int = 0) -> Message:
    data = made.message(code, 7, answers, body)
    return Message(data, len(data), not answers, "tcp", 27017)


@pytest.mark.parametrize(
    ("capture", "credentials"),
    [("scram", {"challenge"}), ("scram_port_37017", {"challenge"}), ("plain", {"user-password"})],
)
def test_it_is_recognised_on_any_port_and_keeps_secrets(capture, credentials):
    path = CAPTURES / "mongodb" / f"{capture}.pcap"
    result, understood = understand_capture(path)
    assert set(understood.spoken.values()) == {("mongodb",)}
    found = capture_facts(result, protocols())
    assert {(f["recognised_by"], f["skipped_bytes"]) for f in found["flows"].to_dicts()} == {("content", 0)}
    everything = str([table.to_dicts() for table in found.tables.values()])
    assert not any(word in everything for word in ("real-secret", "historian", "tags", "level7"))
    rows = [row for _, _, row in told(path) if isinstance(row, Session)]
    assert {r.credentials for r in rows if r.credentials} == credentials


def test_outcomes_and_verbs():
    result, _ = understand_capture(CAPTURES / "mongodb" / "scram.pcap")
    rows = capture_facts(result, protocols())["operations"].to_dicts()
    found = {r["function"]: (r["verb"], r["count"], r["accepted"], r["refused"]) for r in rows}
    assert found == {
        "isMaster": ("session", 2, 2, 0),
        "saslStart": ("authenticate", 2, 1, 1),
        "find": ("read", 1, 1, 0),
        "insert": ("write", 1, 1, 0),
        "createUser": ("configure", 1, 0, 1),
        "hello": ("session", 1, 1, 0),
    }


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("PLAIN", "user-password"),
        ("SCRAM-SHA-256", "challenge"),
        ("GSSAPI", "negotiate"),
        ("MONGODB-OIDC", "challenge"),
    ],
)
def test_mechanisms(name, kind):
    rows = list(MONGO.dissect(message(made.msg(made.start(name, b"secret")))))
    assert [r.credentials for r in rows if isinstance(r, Session) and r.credentials] == [kind]
    (asked,) = [r for r in rows if isinstance(r, Operation)]
    assert plain(asked.detail) == ("" if name == "MONGODB-OIDC" else f"by {name}")


def test_a_mechanism_that_was_not_kept_is_unread():
    whole = message(made.msg(made.start("PLAIN", b"secret")))
    at = whole.data.index(b"PLAIN")
    for end in (at - 10, at + 4):
        rows = list(MONGO.dissect(replace(whole, data=whole.data[:end])))
        assert [r.unread for r in rows if isinstance(r, Session) and r.encrypted is None] == [("credentials",)]
        assert not any(r.credentials for r in rows if isinstance(r, Session))


def test_commands_of_others_are_not_shown():
    rows = list(MONGO.dissect(message(made.msg([("private", 1)]))))
    assert [(r.function, r.verb.value) for r in rows if isinstance(r, Operation)] == [("OP_MSG", "unknown")]


def test_one_log_in_in_clear_among_many_commands_is_told(tmp_path):
    path = tmp_path / "many.pcap"
    with Wire(path) as wire:
        link = wire.tcp("10.20.50.10", "10.20.50.21", 37017)
        for number in range(300):
            asked = made.start("PLAIN", b"x") if number == 200 else [("find", f"c{number}"), ("$db", "plant")]
            made.ask(link, asked, made.GOOD)
    result, understood = understand_capture(path)
    assert sorted(m.count for m in result.messages) == [1, 299, 300]
    rows = [r for rows in understood.rows.values() for r in rows if isinstance(r, Session)]
    assert {r.credentials for r in rows if r.credentials} == {"user-password"}


@pytest.mark.parametrize("data", [b"", bytes(16), made.message(made.MSG, 1, 0, made.msg(made.GOOD))[:-1]])
def test_others_are_not_taken_for_it(data):
    whole = Message(data, len(data), True, "tcp", 27017)
    assert not MONGO.probe(whole)
    with pytest.raises(Malformed):
        list(MONGO.dissect(whole))


@given(st.sampled_from((made.MSG, made.QUERY, made.REPLY, 2012, 2002)), st.integers(0, 1), st.binary(max_size=80))
def test_any_body_is_read(code, answers, body):
    whole = message(body, code, answers)
    assert list(MONGO.dissect(whole))
    assert MONGO.proof is not None
    MONGO.proof(whole)
