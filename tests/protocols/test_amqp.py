"""AMQP 0-9-1: log-ins and their outcome, methods by verb, on any port; never a name, a message or a secret."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.record import amqp as made
from fixtures.record.wire import Wire
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


def test_a_mechanism_that_was_not_kept_is_unread():
    whole = message(made.log_in(b"PLAIN", b"secret"))
    at = whole.data.index(b"\5PLAIN") + 6
    for end in range(11, at):
        rows = list(AMQP.dissect(replace(whole, data=whole.data[:end])))
        assert [r.unread for r in rows if isinstance(r, Session) and r.encrypted is None] == [("credentials",)]
        assert not any(r.credentials for r in rows if isinstance(r, Session))
    rows = list(AMQP.dissect(replace(whole, data=whole.data[:at])))
    assert [r.credentials for r in rows if isinstance(r, Session) and r.credentials] == ["user-password"]


def test_a_log_in_behind_long_properties_is_not_called_a_challenge(tmp_path):
    path = tmp_path / "long.pcap"
    properties = b"\7productS" + (3000).to_bytes(4, "big") + bytes(3000)
    start = b"\0\x0a\0\x0b" + len(properties).to_bytes(4, "big") + properties + b"\5PLAIN\0\0\0\7\0eng\0pw\5en_US"
    with Wire(path) as wire:
        link = wire.tcp("10.20.50.10", "10.20.50.21", 15999)
        link.client(b"AMQP\0\0\x09\1")
        link.client(made.frame(1, 0, start))
    result, _ = understand_capture(path)
    (session,) = capture_facts(result, protocols())["sessions"].to_dicts()
    assert (session["protocol"], session["credentials"], session["unread"]) == ("amqp", [], ["credentials"])


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
