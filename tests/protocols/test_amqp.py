"""AMQP 0-9-1: log-ins and their outcome, methods by verb, on any port; never a name, a message or a secret."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.record import amqp as made
from scanner.facts.build import capture_facts
from scanner.protocols import protocols
from scanner.protocols.base import Malformed, Message, Session
from scanner.protocols.internet.amqp import PROTOCOL as AMQP
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import told, understand_capture


def message(data: bytes, *, from_client: bool = True) -> Message:
    return Message(data, len(data), from_client, "tcp", 5672)


@pytest.mark.parametrize(
    ("capture", "credentials"),
    [("plain", {"user-password"}), ("plain_port_15999", {"user-password"}), ("external", {"challenge"})],
)
def test_it_is_recognised_on_any_port_and_keeps_secrets(capture, credentials):
    path = CAPTURES / "amqp" / f"{capture}.pcap"
    result, understood = understand_capture(path)
    assert set(understood.spoken.values()) == {("amqp",)}
    found = capture_facts(result, protocols())
    assert {(f["recognised_by"], f["skipped_bytes"]) for f in found["flows"].to_dicts()} == {("content", 0)}
    everything = str([table.to_dicts() for table in found.tables.values()])
    assert not any(word in everything for word in ("real-secret", "engineer", "queue7", "value77", "historian7"))
    rows = [row for _, _, row in told(path) if isinstance(row, Session)]
    assert {r.credentials for r in rows if r.credentials} == credentials
    assert {r.version for r in rows if r.version} == {"AMQP 0-9-1"}


def test_outcomes_and_verbs():
    result, _ = understand_capture(CAPTURES / "amqp" / "plain.pcap")
    rows = capture_facts(result, protocols())["operations"].to_dicts()
    found = {r["function"]: (r["verb"], r["count"], r["accepted"], r["refused"]) for r in rows}
    assert found["Connection.Start-Ok"] == ("authenticate", 2, 1, 1)
    assert found["Queue.Declare"] == ("configure", 1, 1, 0)
    assert found["Basic.Consume"] == ("subscribe", 1, 1, 0)
    assert found["Basic.Publish"][:2] == ("write", 1)
    assert found["Basic.Deliver"][:2] == ("report", 1)


@pytest.mark.parametrize(
    ("name", "kind"), [(b"PLAIN", "user-password"), (b"AMQPLAIN", "user-password"), (b"EXTERNAL", "challenge")]
)
def test_mechanisms(name, kind):
    rows = list(AMQP.dissect(message(made.log_in(name, b"secret"))))
    assert [r.credentials for r in rows if isinstance(r, Session) and r.credentials] == [kind]
    assert "secret" not in repr(rows)


@pytest.mark.parametrize(
    "data", [b"", b"AMQP\0\0\x09\1x", b"AMQP\3\1\0\0", made.frame(9, 0, b""), made.frame(1, 0, b"1234")[:-1] + b"\xcd"]
)
def test_others_are_not_taken_for_it(data):
    assert not AMQP.probe(message(data))
    with pytest.raises(Malformed):
        list(AMQP.dissect(message(data)))


@given(st.sampled_from((1, 2, 3, 8)), st.binary(max_size=60), st.booleans())
def test_any_payload_is_read(kind, payload, from_client):
    assert list(AMQP.dissect(message(made.frame(kind, 1, payload), from_client=from_client)))
