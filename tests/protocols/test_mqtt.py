"""MQTT: every packet, both ways of listing topics, refusals, and what makes up the key."""

from __future__ import annotations

import pytest

from fixtures.record.mqtt import packet, text
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.mqtt import PROTOCOL
from tests.protocols.keys import key, pair


def rows(raw: bytes, *, side: bool | None = True, port: int = 1883) -> list:
    message = Message(raw, len(raw), side, "tcp", port)
    assert PROTOCOL.probe(message)
    return list(PROTOCOL.dissect(message))


def connect(flags: int, *rest: bytes, name: bytes = b"MQTT", level: int = 4) -> bytes:
    properties = b"\0" if level == 5 else b""
    body = text(name) + bytes((level, flags)) + b"\0\x1e" + properties + text(b"gateway")
    return packet(0x10, body + b"".join(map(text, rest)))


@pytest.mark.parametrize(
    ("name", "level", "version"),
    [(b"MQIsdp", 3, "MQTT 3.1"), (b"MQTT", 4, "MQTT 3.1.1"), (b"MQTT", 0x84, "MQTT 3.1.1"), (b"MQTT", 5, "MQTT 5.0")],
)
def test_connect_tells_version_client_and_credentials_and_no_secret(name, level, version):
    found = rows(connect(0xC2, b"operator", b"never-shown", name=name, level=level))
    operation, session, identity = found
    assert isinstance(session, Session)
    assert (session.version, session.credentials, session.encrypted) == (version, "user-password", False)
    assert identity == Identity("name", "gateway")
    assert operation.detail == "client gateway, user name and password"
    assert "never-shown" not in str(found)
    assert "operator" not in str(found)


def test_connect_without_user_and_with_a_will():
    operation, session, _ = rows(connect(0x26, b"plant/state", b"gone"))
    assert operation.detail == "client gateway, will on plant/state (retained), no user name"
    assert (session.credentials, session.authenticated) == ("none", False)
    assert "gone" not in operation.detail


@pytest.mark.parametrize(
    ("code", "reason"),
    [(5, "Not authorized (5)"), (0x86, "Bad user name or password (134)"), (0xFE, "reason 254 (254)")],
)
def test_connack_refuses(code, reason):
    (found,) = rows(packet(0x20, bytes((0, code))), side=False)
    assert (found.kind, found.refusal) == (Kind.REFUSAL, reason)
    (found,) = rows(packet(0x20, b"\0\0"), side=False)
    assert found.kind is Kind.RESPONSE


@pytest.mark.parametrize("properties", [b"", b"\0", b"\x02\x0b\x01"])
def test_subscriptions_of_both_versions(properties):
    found = rows(packet(0x82, b"\0\1" + properties + text(b"plant/#") + b"\1" + text(b"line/speed") + b"\0"))
    assert [(r.object, r.detail, r.verb) for r in found] == [
        ("plant/#", "wildcard", Verb.SUBSCRIBE),
        ("line/speed", "", Verb.SUBSCRIBE),
    ]
    found = rows(packet(0xA2, b"\0\1" + properties + text(b"plant/#")))
    assert [r.object for r in found] == ["plant/#"]


@pytest.mark.parametrize("codes", [b"\0\x80", b"\0\0\x87", b"\x87"])
def test_a_refused_subscription(codes):
    (found,) = rows(packet(0x90, b"\0\1" + codes), side=False)
    assert found.kind is Kind.REFUSAL
    (found,) = rows(packet(0x90, b"\0\1\1"), side=False)
    assert found.kind is Kind.RESPONSE


def test_publications_write_to_the_server_and_report_to_the_client():
    raw = packet(0x33, text(b"line/speed") + b"\0\1secret")
    (found,) = rows(raw)
    assert (found.verb, found.kind, found.object, found.detail) == (Verb.WRITE, Kind.REQUEST, "line/speed", "retained")
    (found,) = rows(raw, side=False)
    assert (found.verb, found.kind) == (Verb.REPORT, Kind.NOTICE)
    assert "secret" not in str(found)


@pytest.mark.parametrize("size", [5, 300, 20000, 2_200_000])
def test_a_payload_is_not_in_the_key_and_its_topic_is(size):
    def of(topic: bytes, filling: bytes, flags: int = 0) -> tuple:
        return key("mqtt", packet(0x30 | flags, text(topic) + filling * size))

    assert of(b"a/b", b"1") == of(b"a/b", b"2")
    assert of(b"a/b", b"1") != of(b"a/c", b"1")
    assert of(b"a/b", b"1") != of(b"a/b", b"1", flags=1)


def test_subscriptions_pair_by_identifier():
    asked = packet(0x82, b"\0\7" + text(b"a") + b"\0")
    assert pair("mqtt", asked) == pair("mqtt", packet(0x90, b"\0\7\0")) != pair("mqtt", packet(0x90, b"\0\6\0"))
    assert key("mqtt", asked) == key("mqtt", packet(0x82, b"\0\6" + text(b"a") + b"\0"))


@pytest.mark.parametrize("first", [0x00, 0x36, 0x11, 0x80, 0xF1])
def test_flags_that_do_not_exist_are_malformed(first):
    raw = packet(first, b"\0\0")
    with pytest.raises(Malformed, match="first byte"):
        list(PROTOCOL.dissect(Message(raw, len(raw), True, "tcp", 1883)))


def test_away_from_its_ports_only_a_connect_is_believed():
    def probe(raw: bytes, port: int) -> bool:
        return PROTOCOL.probe(Message(raw, len(raw), True, "tcp", port))

    assert probe(connect(2), 11883)
    assert not probe(packet(0xC0, b""), 11883)
    assert probe(packet(0xC0, b""), 1883)
    assert not probe(packet(0x10, text(b"HTTP") + bytes(8)), 1883)


def test_every_packet_has_a_row():
    for first in (0x40, 0x50, 0x62, 0x70):
        (found,) = rows(packet(first, b"\0\1"))
        assert isinstance(found, Operation)
        assert found.verb is Verb.WRITE
    for first in (0xC0, 0xD0, 0xE0):
        assert rows(packet(first, b""))[0].verb is Verb.SESSION
    assert rows(packet(0xF0, b"\x18\0"))[0].verb is Verb.AUTHENTICATE
    assert rows(packet(0x40, b"\0\1\x87\0"))[0].refusal == "Not authorized (135)"
