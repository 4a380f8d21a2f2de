"""MQTT-SN: every message, topics by their type, refusals, forwarders, what makes up the key."""

from __future__ import annotations

import pytest

from fixtures.record.mqtt_sn import connect, message, publish
from scanner.framing.language import Role
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.mqtt.mqtt_sn import PROTOCOL
from tests.protocols.keys import case_of, key, pair
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import told


def rows(raw: bytes, *, side: bool | None = True, port: int = 1883) -> list:
    found = Message(raw, len(raw), side, "udp", port)
    assert PROTOCOL.probe(found)
    return list(PROTOCOL.dissect(found))


def test_connect_says_that_nobody_is_authenticated():
    operation, session, identity = rows(connect(b"sensor-1", 0x0C))
    assert (operation.verb, operation.detail) == (Verb.SESSION, "client sensor-1, will")
    assert session == Session(version="MQTT-SN 1.2", credentials="none", encrypted=False, authenticated=False)
    assert identity == Identity("name", "sensor-1")


@pytest.mark.parametrize(
    ("flags", "topic", "words"),
    [
        (0x20, ("topic id 24930"), ""),
        (0x31, "predefined topic id 24930", "retained"),
        (0x62, "ab", "without a connection"),
    ],
)
def test_publications(flags, topic, words):
    (found,) = rows(publish(flags, b"ab", 9, b"secret"))
    kind = Kind.REQUEST if flags & 0x60 == 0x20 else Kind.UNCONFIRMED
    assert (found.verb, found.kind, found.object, found.detail) == (Verb.WRITE, kind, topic, words)
    (found,) = rows(publish(flags, b"ab", 9, bytes(300)), side=False)
    assert (found.verb, found.kind, found.object) == (Verb.REPORT, Kind.NOTICE, topic)


@pytest.mark.parametrize(
    ("flags", "raw", "topic", "words"),
    [
        (0x20, b"plant/+/command", "plant/+/command", "wildcard"),
        (0x22, b"ab", "ab", ""),
        (0x21, b"\0\7", "predefined topic id 7", ""),
    ],
)
def test_subscriptions(flags, raw, topic, words):
    for kind in (0x12, 0x14):
        (found,) = rows(message(kind, bytes((flags,)) + b"\0\7" + raw))
        assert (found.verb, found.object, found.detail) == (Verb.SUBSCRIBE, topic, words)


@pytest.mark.parametrize(
    ("raw", "refusal"),
    [
        (message(0x05, b"\1"), "Rejected: congestion (1)"),
        (message(0x0B, b"\0\5\0\1\2"), "Rejected: invalid topic ID (2)"),
        (message(0x0D, b"\0\5\0\1\2"), "Rejected: invalid topic ID (2)"),
        (message(0x13, b"\0\0\5\0\1\3"), "Rejected: not supported (3)"),
        (message(0x1B, b"\x09"), "return code (9)"),
    ],
)
def test_refusals(raw, refusal):
    (found,) = rows(raw, side=False)
    assert (found.kind, found.refusal) == (Kind.REFUSAL, refusal)
    (found,) = rows(raw[:-1] + b"\0", side=False)
    assert found.kind is Kind.RESPONSE


def test_gateways():
    operation, identity = rows(message(0x02, b"\7"))
    assert (operation.object, identity) == ("gateway 7", Identity("role", "MQTT-SN gateway"))
    (operation,) = rows(message(0x02, b"\7\x0a\x14\0\x50"))
    assert operation.detail == "told by another client"
    assert rows(message(0x00, b"\7\3\x84"))[1] == identity
    assert rows(message(0x01, b"\1"))[0].verb is Verb.IDENTIFY


def test_a_forwarded_message_is_read_as_far_as_it_is_kept_apart():
    envelope, *inner = rows(message(0xFE, b"\1\xaa\xbb") + connect(b"sensor-9"))
    assert (envelope.function, envelope.object, envelope.detail) == (
        "Encapsulated message",
        "wireless node aabb",
        "CONNECT",
    )
    assert inner[1:] == rows(connect(b"sensor-9"))[1:]
    assert (inner[0].detail, inner[0].filter) == ("client sensor-9", "udp.payload[6] == 0x04")
    assert rows(connect(b"sensor-9"))[0].filter == "udp.payload[1] == 0x04"
    assert rows(publish(0x20, b"\0\5", 1, bytes(300)))[0].filter == "udp.payload[3] == 0x0c"
    assert len(rows(message(0xFE, b"\1" + bytes(10)) + connect(b"sensor-9"))) == 1
    twice = message(0xFE, b"\1\xaa") + message(0xFE, b"\1\xaa") + connect(b"s")
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(Message(twice, len(twice), True, "udp", 1883)))


@pytest.mark.parametrize("header", [b"", message(0xFE, b"\1\xaa"), message(0xFE, b"\1\xaa\xbb\xcc\xdd")])
@pytest.mark.parametrize("filling", [b"", bytes(300)])
def test_payloads_and_identifiers_are_not_in_the_key(header, filling):
    def of(topic: bytes, identifier: int, flags: int = 0x20) -> tuple:
        return key("mqtt-sn", header + publish(flags, topic, identifier, filling + bytes((identifier,))))

    assert of(b"\0\5", 1) == of(b"\0\5", 2)
    assert of(b"\0\5", 1) != of(b"\0\6", 1)
    assert of(b"\0\5", 1) != of(b"\0\5", 1, 0x30)
    assert key("mqtt-sn", header + connect(b"a")) != key("mqtt-sn", header + connect(b"b"))


def test_pairs():
    assert pair("mqtt-sn", publish(0x20, b"\0\5", 7, b"")) == pair("mqtt-sn", message(0x0D, b"\0\5\0\7\0")) == b"\0\7"
    assert pair("mqtt-sn", publish(0x40, b"\0\5", 7, b"")) == pair("mqtt-sn", message(0x0F, b"\0\7")) == b"\0\7"
    assert pair("mqtt-sn", message(0x12, b"\0\0\7a/b")) == pair("mqtt-sn", message(0x13, b"\0\0\5\0\7\0")) == b"\0\7"
    assert pair("mqtt-sn", message(0x14, b"\0\0\7a/b")) == pair("mqtt-sn", message(0x15, b"\0\7")) == b"\0\7"
    assert pair("mqtt-sn", message(0x0A, b"\0\0\0\7a")) == pair("mqtt-sn", message(0x0B, b"\0\5\0\7\0")) == b"\0\7"


def test_the_gateway_publishes_under_numbers_of_its_own():
    """It is no answer to what the client published under the same number, and asks nothing of the client."""
    for raw, role in (
        (publish(0x20, b"\0\5", 7, b""), Role.ASKS),
        (message(0x0D, b"\0\5\0\7\0"), Role.ANSWERS),
        (publish(0x00, b"\0\5", 7, b""), Role.NOTICE),
    ):
        found = case_of("mqtt-sn", raw)
        assert found
        assert found.role is role
    for raw in (message(0x0D, b"\0\5\0\7\0"), message(0x0F, b"\0\7")):
        assert [rows(raw, side=side)[0].verb for side in (False, True)] == [Verb.WRITE, Verb.REPORT]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\2",
        b"\3\x05",
        b"\3\x03\0",
        b"\4\x05\0\0",
        b"\3\x0c\0",
        b"\1\0\x05\x05\0\0",
        b"\2\xfe",
        message(0xFE, b"\1\2"),
    ],
)
def test_what_is_no_message(raw):
    found = Message(raw, len(raw), True, "udp", 1883)
    assert not PROTOCOL.probe(found)
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(found))


def understood(name: str) -> list[tuple]:
    return [(c.server_port, m.protocol, m.count, row) for c, m, row in told(CAPTURES / "mqtt_sn" / name)]


def test_a_capture():
    found = [(n, row.function, row.kind) for _, _, n, row in understood("session.pcap") if isinstance(row, Operation)]
    assert (10, "PUBLISH", Kind.REQUEST) in found
    assert (10, "PUBACK", Kind.RESPONSE) in found
    assert {kind for _, function, kind in found if function == "PUBACK"} == {Kind.RESPONSE, Kind.REFUSAL}
    assert {function for _, function, _ in found} == {
        *("SEARCHGW", "GWINFO", "ADVERTISE", "CONNECT", "CONNACK", "WILLTOPICREQ", "WILLTOPIC", "WILLMSGREQ"),
        *("WILLMSG", "REGISTER", "REGACK", "PUBLISH", "PUBACK", "PUBREC", "PUBREL", "PUBCOMP", "SUBSCRIBE", "SUBACK"),
        *("UNSUBSCRIBE", "UNSUBACK", "WILLTOPICUPD", "WILLTOPICRESP", "WILLMSGUPD", "WILLMSGRESP", "DISCONNECT"),
        *("PINGREQ", "PINGRESP", "Encapsulated message"),
    }


def test_other_ports_and_other_protocols():
    assert [row.function for _, _, _, row in understood("port_20000.pcap") if isinstance(row, Operation)] == ["CONNECT"]
    assert {protocol for _, protocol, _, _ in understood("syslog_on_1883.pcap")} == {"syslog"}
    raw = message(0x05, b"\0")
    assert not PROTOCOL.probe(Message(raw, 3, True, "udp", 20000))
    assert not PROTOCOL.probe(Message(raw, 3, True, "tcp", 1883))
