"""AMQP 1.0: log-ins and their outcome on any port; never a name, a message or a secret."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.record import amqp_1 as made
from scanner.facts.build import capture_facts
from scanner.protocols import protocols
from scanner.protocols.base import Malformed, Message, Session
from scanner.protocols.internet.amqp_1 import PROTOCOL as AMQP
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import told, understand_capture


def message(data: bytes, *, from_client: bool = True) -> Message:
    return Message(data, len(data), from_client, "tcp", 5672)


@pytest.mark.parametrize(
    ("capture", "credentials"),
    [("plain", {"user-password"}), ("plain_port_15998", {"user-password"}), ("external", {"challenge"})],
)
def test_it_is_recognised_on_any_port_and_keeps_secrets(capture, credentials):
    path = CAPTURES / "amqp_1" / f"{capture}.pcap"
    result, understood = understand_capture(path)
    assert set(understood.spoken.values()) == {("amqp-1",)}
    found = capture_facts(result, protocols())
    assert {(f["recognised_by"], f["skipped_bytes"]) for f in found["flows"].to_dicts()} == {("content", 0)}
    everything = str([table.to_dicts() for table in found.tables.values()])
    assert not any(word in everything for word in ("real-secret", "engineer", "queue7", "value77", "historian7"))
    rows = [row for _, _, row in told(path) if isinstance(row, Session)]
    assert {r.credentials for r in rows if r.credentials} == credentials
    assert {r.version for r in rows if r.version} == {"AMQP 1.0"}


def test_outcomes_and_verbs():
    result, _ = understand_capture(CAPTURES / "amqp_1" / "plain.pcap")
    rows = capture_facts(result, protocols())["operations"].to_dicts()
    found = {r["function"]: (r["verb"], r["count"], r["accepted"], r["refused"]) for r in rows}
    assert found["sasl-init"] == ("authenticate", 2, 1, 1)
    assert found["transfer"][:2] == ("write", 1)
    assert found["attach"][:2] == ("session", 2)


def test_a_mechanism_that_was_not_kept_is_unread():
    whole = message(made.log_in(b"PLAIN", b"secret"))
    at = whole.data.index(b"\5PLAIN") + 6
    for end in range(11, at):
        rows = list(AMQP.dissect(replace(whole, data=whole.data[:end])))
        assert [(r.unread, r.credentials) for r in rows if isinstance(r, Session)] == [(("credentials",), "")]
    rows = list(AMQP.dissect(replace(whole, data=whole.data[:at])))
    assert [(r.unread, r.credentials) for r in rows if isinstance(r, Session)] == [((), "user-password")]


def test_numbers_and_lengths_in_their_long_form():
    symbol = b"\xb3\0\0\0\5PLAIN"
    body = b"\0\x80" + bytes(7) + b"\x41\xd0\0\0\0\x0e\0\0\0\1" + symbol
    rows = list(AMQP.dissect(message(made.frame(1, body))))
    assert [r.credentials for r in rows if isinstance(r, Session)] == ["user-password"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"AMQP\0\0\x09\1",
        b"AMQP\2\1\0\0",
        made.SASL + b"x",
        made.frame(2, b""),
        made.frame(1, b"1234")[:-1],
        b"\0\0\0\x08\1\0\0\0",
    ],
)
def test_others_are_not_taken_for_it(data):
    assert not AMQP.probe(message(data))
    with pytest.raises(Malformed):
        list(AMQP.dissect(message(data)))


@given(st.sampled_from((0, 1)), st.binary(max_size=60), st.booleans())
def test_any_payload_is_read(kind, payload, from_client):
    assert list(AMQP.dissect(message(made.frame(kind, payload), from_client=from_client)))
