"""OPC UA PubSub: publishers, groups, writers, security, discovery, what makes up the key."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fixtures.record.opcua_pubsub import (
    ANNOUNCEMENT,
    APPLICATION,
    ENDPOINTS,
    PROBE,
    NetworkMessage,
    announcement,
    messages,
)
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Verb
from scanner.protocols.opc.opcua_pubsub import PROTOCOL
from tests.protocols.keys import key
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import told


def rows(message: NetworkMessage, transport: str = "udp") -> list:
    raw = message.encoded()
    found = Message(raw, len(raw), None, transport, 4840 if transport == "udp" else 0xB62C)
    assert PROTOCOL.probe(found)
    return list(PROTOCOL.dissect(found))


@pytest.mark.parametrize(
    ("message", "unit", "thing"),
    [
        (NetworkMessage(2234, 2, group=100), "publisher 2234", "writer group 100"),
        (NetworkMessage(3, 1, group=7, group_flags=9), "publisher 3", "writer group 7"),
        (NetworkMessage(3, 1, writers=(5,)), "publisher 3", "data set writer 5"),
        (NetworkMessage(70000, 4, group=1, writers=(5, 6)), "publisher 70000", "writer group 1, data set writer 5, 6"),
        (NetworkMessage(1 << 40, 8, writers=(5,), time=9), "publisher 1099511627776", "data set writer 5"),
        (NetworkMessage(None, group=100, group_flags=1), "", "writer group 100"),
        (NetworkMessage(b"press-1", group=100), "publisher press-1", ""),
        (NetworkMessage(2234, 2, group=100, group_flags=5), "publisher 2234", ""),
        (NetworkMessage(2234, 2, writers=tuple(range(9))), "publisher 2234", ""),
    ],
)
def test_data(message, unit, thing):
    for transport in ("udp", "ethernet"):
        operation, session = rows(message, transport)
        assert (operation.verb, operation.kind, operation.function) == (Verb.REPORT, Kind.NOTICE, "DataSetMessage")
        assert (operation.unit, operation.object) == (unit, thing)
        assert (session.encrypted, session.authenticated) == (False, False)


@pytest.mark.parametrize(
    ("flags", "encrypted", "authenticated", "words"),
    [
        (0, False, False, "neither signed nor encrypted"),
        (1, False, True, "signed"),
        (3, True, True, "signed and encrypted"),
    ],
)
@pytest.mark.parametrize("more", [{"group": 100}, {"writers": (5,), "time": 77}])
def test_security(flags, encrypted, authenticated, words, more):
    operation, session = rows(NetworkMessage(security=flags, **more))
    assert operation.detail == f"security header, {words}"
    assert (session.encrypted, session.authenticated) == (encrypted, authenticated)
    assert session.detail == f"security header, {words}"
    _, session = rows(NetworkMessage(b"name", security=flags, **more))
    assert (session.encrypted, session.detail) == (None, "security header")


def test_probes():
    operation, _ = rows(NetworkMessage(0, 2, PROBE, security=0, payload=b"\x02"))
    assert (operation.verb, operation.object) == (Verb.IDENTIFY, "FindApplications probe")
    operation, _ = rows(NetworkMessage(7, 2, PROBE, payload=b"\x01\x05"))
    assert operation.object == "publisher information probe: PubSubConnection configuration"
    with pytest.raises(Malformed, match="type 9"):
        rows(NetworkMessage(0, 2, PROBE, security=0, payload=b"\x09"))


@pytest.mark.parametrize(
    ("payload", "thing", "detail"),
    [
        (APPLICATION, "application information", "urn:plant:press1"),
        (ENDPOINTS, "publisher endpoints", "opc.tcp://10.20.0.61:4840, urn:plant:press1"),
    ],
)
def test_announcements_identify(payload, thing, detail):
    operation, *identities, session = rows(NetworkMessage(2234, 2, ANNOUNCEMENT, security=0, payload=payload))
    assert (operation.verb, operation.object, operation.detail) == (Verb.REPORT, thing, detail)
    assert identities == [Identity("name", "Press 1 drive"), Identity("software", "http://example.org/drive")]
    assert session.authenticated is False


def test_other_announcements():
    operation, _ = rows(NetworkMessage(kind=ANNOUNCEMENT, payload=announcement(2, b"\x4d\xf4")))
    assert (operation.object, operation.detail) == ("DataSetMetaData", "data set writer 62541")
    operation, session = rows(NetworkMessage(kind=ANNOUNCEMENT, security=3, payload=bytes(40)))
    assert (operation.object, session.encrypted) == ("", True)
    operation, _ = rows(NetworkMessage(kind=ANNOUNCEMENT, chunk=True, payload=bytes(40)))
    assert (operation.object, operation.detail) == ("", "chunk")


@pytest.mark.parametrize("index", range(7))
def test_counters_times_nonces_and_values_are_no_meaning(index):
    first, second = (messages(n)[index] for n in (1, 60000))
    assert first.encoded() != second.encoded()
    assert key("opcua-pubsub", first.encoded()) == key("opcua-pubsub", second.encoded())
    other = b"x" if isinstance(first.publisher, bytes) else 9
    assert key("opcua-pubsub", replace(first, publisher=other).encoded()) != key("opcua-pubsub", first.encoded())
    if first.security:
        assert key("opcua-pubsub", replace(first, security=0).encoded()) != key("opcua-pubsub", first.encoded())
    if first.writers:
        others = tuple(w + 1 for w in first.writers)
        assert key("opcua-pubsub", replace(first, writers=others).encoded()) != key("opcua-pubsub", first.encoded())


def test_sequence_numbers_of_announcements_are_no_meaning():
    for security in (None, 0):
        one, two = (
            NetworkMessage(kind=ANNOUNCEMENT, security=security, payload=announcement(2, b"\1\0ab", n)).encoded()
            for n in (1, 2)
        )
        assert key("opcua-pubsub", one) == key("opcua-pubsub", two) != key("opcua-pubsub", one[:-1] + b"c")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x01",
        b"\x02\x00",
        b"\x91\x07\x00",
        b"\x91\x80\x0c\x01",
        b"\x91\x81\xe0\x01\0",
        b"\xb1\x01\x01\0\x0f\1",
        b"\x91\x04\xff\xff\0\0",
        messages(1)[1].encoded()[:14],
    ],
)
def test_what_is_no_message(raw):
    assert not PROTOCOL.probe(Message(raw, len(raw), None, "udp", 4840))
    if len(raw) != 1:
        with pytest.raises(Malformed):
            list(PROTOCOL.dissect(Message(raw, len(raw), None, "udp", 4840)))


def understood(name: str) -> list[tuple]:
    return [
        (m.protocol, m.count, row.unit, row.object)
        for _, m, row in told(CAPTURES / "opcua_pubsub" / name)
        if isinstance(row, Operation)
    ]


def test_captures():
    data = [(count, unit, thing) for _, count, unit, thing in understood("udp.pcap") if count == 8]
    assert data == [
        (8, "publisher 2234", "writer group 100"),
        (8, "publisher 2234", "writer group 101, data set writer 62541"),
        (8, "publisher 70000", "data set writer 1, 2"),
        (8, "publisher 3", "writer group 7"),
        (8, "publisher 2235", "writer group 100"),
        (8, "publisher 2236", "writer group 100, data set writer 9"),
        (8, "publisher press-1", ""),
    ]
    assert [count for _, count, _, _ in understood("ethernet.pcap")] == [4] * 5
    assert {protocol for protocol, *_ in understood("syslog_on_4840.pcap")} <= {"syslog"}
    assert understood("udp_on_14840.pcap") == []
