"""MQTT over WebSocket: what the server sends, and what is another WebSocket."""

from __future__ import annotations

import pytest

from fixtures.record.mqtt import packet, text
from fixtures.record.mqtt_websocket import frame
from scanner.capture.read import read_capture
from scanner.facts.sessions import session_rows
from scanner.facts.understand import understand
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Kind, Malformed, Message, Operation, Verb
from scanner.protocols.mqtt.mqtt_websocket import PROTOCOL
from tests.protocols.keys import key
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import told, understand_capture


def message(raw: bytes) -> Message:
    return Message(raw, len(raw), False, "tcp", 9001)


@pytest.mark.parametrize("size", [1, 300, 20000])
def test_a_publication_is_reported_to_the_client(size):
    raw = frame(packet(0x31, text(b"plant/speed") + b"s" * size))
    assert PROTOCOL.probe(message(raw))
    (found,) = PROTOCOL.dissect(message(raw))
    assert (found.verb, found.kind, found.object, found.detail) == (Verb.REPORT, Kind.NOTICE, "plant/speed", "retained")
    assert found.filter == f"tcp.payload[{2 if size == 1 else 4}] == 0x31"
    framing = "mqtt-websocket" if size == 1 else "mqtt-websocket-long"
    other = frame(packet(0x31, text(b"plant/speed") + b"t" * size))
    assert key(framing, raw) == key(framing, other) != key(framing, other.replace(b"speed", b"level"))


@pytest.mark.parametrize(("code", "refusal"), [(0, ""), (5, "Not authorized (5)")])
def test_a_connection_is_accepted_or_refused(code, refusal):
    raw = frame(packet(0x20, bytes((0, code))))
    assert PROTOCOL.probe(message(raw))
    (found,) = PROTOCOL.dissect(message(raw))
    assert (found.function, found.refusal) == ("CONNACK", refusal)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        frame(packet(0x30, text(b"plant/speed") + b"1"), mask=b"abcd"),
        frame(packet(0x30, text(b"plant/speed") + b"1") + b"x"),
        frame(packet(0x30, text(b"speed") + b"1")),
        frame(packet(0x20, b"\0\x77")),
        frame(packet(0x10, text(b"MQTT") + bytes(8))),
        b"\x81" + frame(packet(0x30, text(b"plant/speed") + b"1"))[1:],
    ],
)
def test_what_is_not_believed(raw):
    assert not PROTOCOL.probe(message(raw))


def test_frames_that_are_none_are_malformed():
    for raw in (b"", b"\x82\xfe12345678", frame(packet(0x30, text(b"a/b")))[:-1]):
        with pytest.raises(Malformed):
            list(PROTOCOL.dissect(message(raw)))


def understood(name: str, protocol: str) -> list[tuple]:
    return [
        (m.count, row.function, row.verb, row.object or row.refusal)
        for _, m, row in told(CAPTURES / "mqtt_websocket" / name)
        if isinstance(row, Operation) and m.protocol == protocol
    ]


def test_both_sides_are_read_behind_the_handshake():
    found = understood("panel.pcap", "mqtt")
    assert (1, "CONNACK", Verb.SESSION, "Not authorized (5)") in found
    assert (11, "PUBLISH", Verb.REPORT, "plant/line1/speed") in found
    assert (10, "PUBLISH", Verb.WRITE, "plant/line1/setpoint") in found
    assert (4, "PUBLISH", Verb.REPORT, "plant/line1/trend") in found
    assert "never-shown" not in str(found)
    assert understood("panel.pcap", "mqtt-websocket") == []


@pytest.mark.parametrize(
    ("name", "unread"), [("panel.pcap", ["payload"]), ("other_websocket.pcap", ["credentials", "payload"])]
)
def test_behind_the_handshake_a_log_in_is_read_of_every_connection_or_is_not(name, unread):
    seen = read_capture(CAPTURES / "mqtt_websocket" / name, name, framing_plan())
    rows = session_rows(seen, understand(seen, protocols()))
    assert [columns["unread"] for _, protocol, columns in rows if protocol == "http"] == [unread]


def test_without_the_handshake_only_the_server_is_read():
    assert understood("midway.pcap", "mqtt-websocket") == [
        (6, "PUBLISH", Verb.REPORT, "plant/line1/speed"),
        (4, "PUBLISH", Verb.REPORT, "plant/line1/trend"),
    ]
    seen, _ = understand_capture(CAPTURES / "mqtt_websocket" / "midway.pcap")
    assert seen.sights["unread"][0, 0] > 0 == seen.sights["unread"][0, 1]
    for protocol in ("mqtt", "mqtt-websocket"):
        assert understood("other_websocket.pcap", protocol) == []
