"""MQTT 3.1, 3.1.1 and 5.0 over TCP: who connects with what, topics, Sparkplug B; never a process value or a password.

Written from MQTT V3.1 (section 3), MQTT Version 3.1.1 (OASIS, sections 2 and 3) and MQTT Version 5.0 (OASIS, sections
2 and 3). On its own ports every packet is read. On other ports the packet type alone is no evidence: what is recognised
there is a CONNECT, which says "MQTT" by itself, a SUBSCRIBE whose topics fill it exactly, and publications of topics
with levels, so that a connection is found whose start was not captured. Acknowledgements and pings are not read there.
A packet does not carry its protocol version, so a list of subscriptions is read as version 3 when it fits, else as
version 5: an empty topic is not allowed, so only one can fit.

Packets in a WebSocket whose handshake was captured are read here as well, and without it by ``mqtt_websocket``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common import default_log_ins
from scanner.protocols.common.text import readable
from scanner.protocols.mqtt import _sparkplug as sparkplug
from scanner.protocols.mqtt._cases import CASES, ELSEWHERE, FIRST, FRAMING, NAME, NAMES, PUBLISH_FIRST
from scanner.protocols.mqtt._names import (
    ACKS,
    AUTH,
    AUTH_REASONS,
    CONNACK,
    CONNACK_3,
    CONNECT,
    DISCONNECT,
    PACKETS,
    PUBACK,
    PUBLISH,
    PUBREC,
    REASONS,
    SUBACK,
    SUBSCRIBE,
    UNSUBACK,
    UNSUBSCRIBE,
    VERSIONS,
)
from scanner.protocols.mqtt._reader import MqttReader
from scanner.wording import Said, joined, said

_CONTROL = b"$CONTROL/"  # Eclipse Mosquitto's own settings: accounts and access lists among them
_EMPTY = (b"\xc0\0", b"\xd0\0", b"\xe0\0")  # PINGREQ, PINGRESP, DISCONNECT
_TOPIC = 3  # characters of a topic that can hardly be there by chance
_METHOD = 0x15  # property: authentication method
_FAILURE = 0x80  # of a subscription; version 3.1.1 has no other
_PUBLISH = frozenset(bytes((first,)) for first in PUBLISH_FIRST)


def _reader(message: Message) -> tuple[int, MqttReader]:
    """(first byte, reader behind the fixed header)."""
    data = message.data
    if len(data) < 2:
        raise Malformed("no fixed header")
    if data[0] not in FIRST:
        raise Malformed("no packet has the first byte 0x{value:02X}", value=data[0])
    r = MqttReader(data, 1)
    size = r.varint()
    if r.at + size != message.length:
        raise Malformed(
            "remaining length says {stated} bytes, there are {length}", stated=r.at + size, length=message.length
        )
    return data[0], MqttReader(data, r.at, message.length)


def probe(message: Message) -> bool:
    """A fixed header whose length holds; a CONNECT must name the protocol, and away from the ports a packet itself,
    unless the stream began with a CONNECT (only then, or on the ports, is it cut by ``FRAMING``).
    """
    try:
        first, r = _reader(message)
        if message.transport != "tcp":
            return False
        if first >> 4 == CONNECT:
            return any(r.data.startswith(name, r.at) for name in NAMES)
        if message.framing == FRAMING.name or message.port in FRAMING.ports["tcp"]:
            return True
        return first >> 4 != CONNACK and shows_itself(message)
    except Malformed:
        return False


def proof(message: Message) -> bool:
    """On its ports: a packet that names the protocol or a topic, or has no content and all its bytes."""
    first, r = _reader(message)
    if first >> 4 == PUBLISH:
        topic = r.string()
        return len(topic) >= _TOPIC and _is_topic(topic)
    if first >> 4 in (CONNACK, SUBSCRIBE):
        return shows_itself(message)
    return first >> 4 == CONNECT or message.data in _EMPTY


def shows_itself(message: Message) -> bool:
    """What the packet says can only be MQTT: the topics of publications have levels, those of subscriptions fill the
    packet exactly, and the code of a CONNACK exists.
    """
    first, r = _reader(message)
    if first >> 4 == PUBLISH:
        topic = r.string()
        return b"/" in topic and not set(topic) & set(b"#+") and _is_topic(topic)
    if first >> 4 == CONNACK:
        return r.number(1) in (0, 1) and r.number(1) in (0, *CONNACK_3, *REASONS)
    in_websocket = r.data[2:3] in _PUBLISH and r.data[3:4] == bytes((message.length - 4 & 0xFF,))
    return first == 0x82 and not in_websocket and all(map(_is_topic, _filters(SUBSCRIBE, r)))


def _is_topic(raw: bytes) -> bool:
    """Text that can be printed, as the standard asks of topics (MQTT 5.0, section 1.5.4)."""
    try:
        return raw.decode("utf-8").isprintable()
    except UnicodeDecodeError:
        return False


def dissect(message: Message) -> Iterator[Row]:
    """The rows of one control packet."""
    first, r = _reader(message)
    packet = first >> 4
    if packet == CONNECT:
        yield from _connect(r)
    elif packet == CONNACK:
        yield _connack(r)
    elif packet == PUBLISH:
        yield from _publish(message, first, r)
    elif packet in (SUBSCRIBE, UNSUBSCRIBE):
        yield from _subscribe(packet, r)
    elif packet in (SUBACK, UNSUBACK):
        yield _suback(packet, r)
    elif packet in ACKS:
        yield _receipt(message, packet, r)
    else:
        yield _other(packet, r)


def _operation(packet: int, verb: Verb, kind: Kind, **more: str) -> Operation:
    return Operation(
        verb=verb,
        function=PACKETS[packet][0],
        kind=kind,
        code=str(packet),
        object=more.get("object", ""),
        detail=more.get("detail", ""),
        refusal=more.get("refusal", ""),
        filter=f"mqtt.msgtype == {packet}",
    )


@dataclass(frozen=True)
class _Will:
    name: bytes
    retained: bool

    @property
    def topic(self) -> str:
        return readable(self.name)

    def text(self) -> Said:
        """Its topic, and whether it stays."""
        return said("will on {name} (retained)" if self.retained else "will on {name}", name=self.topic)

    def operation(self) -> Operation:
        """The client writes it, though the server waits with it until the connection breaks."""
        topic = sparkplug.topic_of(self.name)
        verb = sparkplug.verb(topic, []) if topic else Verb.WRITE
        return _operation(CONNECT, verb, Kind.REQUEST, object=self.topic, detail=self.text())


_SHOWN = (said("no user name"), said("user name"), said("password"), said("user name and password"))


def _connect(r: MqttReader) -> Iterator[Row]:
    name, level, flags = r.string(), r.number(1) & 0x7F, r.number(1)
    if b"\0" + bytes((len(name),)) + name not in NAMES:
        raise Malformed("CONNECT of another protocol")
    r.take(2)
    method = readable(r.properties().get(_METHOD, b"")[2:], 40) if level == 5 else ""
    client = readable(r.string())
    will = _will(r, flags, level) if flags & 4 else None
    user, password = bool(flags & 0x80), bool(flags & 0x40)
    version = VERSIONS.get(level, f"MQTT level {level}")
    words: list[Said | str] = [
        said("client {name}", name=client) if client else said("client identifier left to the server")
    ]
    words += [will.text()] if will else []
    words.append(_SHOWN[user + 2 * password])
    words += [said("enhanced authentication {name}", name=method)] if method else []
    words += [_about_password(r, flags)] if password else []
    yield _operation(CONNECT, Verb.SESSION, Kind.REQUEST, detail=joined(words))
    if will:
        yield will.operation()
    credentials = "user-password" if password else "user-name" if user else "enhanced" if method else "none"
    yield Session(
        version=version,
        credentials=credentials,
        encrypted=False,
        authenticated=None if user or password or method else False,
    )
    if client:
        yield Identity("name", client)


def _will(r: MqttReader, flags: int, level: int) -> _Will:
    if level == 5:
        r.properties()
    return _Will(r.string(), bool(flags & 0x20))


def _about_password(r: MqttReader, flags: int) -> Said | str:
    """Whether the password is a known default; it stands behind what the will says and the user."""
    try:
        if flags & 4:
            r.string()
        return default_log_ins.of_log_in(r.string() if flags & 0x80 else b"", r.string())
    except Malformed:
        return ""


def _connack(r: MqttReader) -> Operation:
    r.take(1)
    code = r.number(1)
    if not code:
        return _operation(CONNACK, Verb.SESSION, Kind.RESPONSE)
    reason = CONNACK_3.get(code) or REASONS.get(code, f"reason {code}")
    return _operation(CONNACK, Verb.SESSION, Kind.REFUSAL, refusal=f"{reason} ({code})")


def _publish(message: Message, first: int, r: MqttReader) -> Iterator[Row]:
    """From a client a publication writes to the server; from the server it reports to the client. Of quality of service
    0 it is not answered.
    """
    name = r.string()
    asks = Kind.REQUEST if first & 6 else Kind.UNCONFIRMED
    if first & 6:
        r.take(2)
    payload = message.data[r.at :]
    topic = sparkplug.topic_of(name) or sparkplug.old_state(name, payload)
    if topic:
        yield from sparkplug.rows(message, name, topic, payload)
        return
    by_server = message.from_client is False
    writes = Verb.CONFIGURE if name.startswith(_CONTROL) else Verb.WRITE
    yield _operation(
        PUBLISH,
        Verb.REPORT if by_server else writes,
        Kind.NOTICE if by_server else asks,
        object=readable(name) or "topic alias",
        detail=said("retained") if first & 1 else "",
    )


def _subscribe(packet: int, r: MqttReader) -> Iterator[Operation]:
    for raw in _filters(packet, r):
        topic = readable(raw)
        wildcard = "#" in topic or "+" in topic
        yield _operation(
            packet, Verb.SUBSCRIBE, Kind.REQUEST, object=topic, detail=said("wildcard") if wildcard else ""
        )


def _filters(packet: int, r: MqttReader) -> list[bytes]:
    """The topic filters behind the packet identifier, as version 3 has them, else as version 5."""
    r.take(2)
    at = r.at
    try:
        return [*_topics(packet, r)]
    except Malformed:
        r.at = at
        r.properties()
        return [*_topics(packet, r)]


def _topics(packet: int, r: MqttReader) -> Iterator[bytes]:
    """The topic filters; one at least."""
    while True:
        topic = r.string()
        if not topic or b"\0" in topic:
            raise Malformed("an empty topic filter")
        if packet == SUBSCRIBE:
            r.take(1)
        yield topic
        if not r.left:
            return


def _suback(packet: int, r: MqttReader) -> Operation:
    """Of several topics those that are granted count. A 0 in front of failures of version 3.1.1 may be one of them."""
    r.take(2)
    raw = r.data[r.at :] if r.end <= len(r.data) else b""
    codes = raw if raw[:1] == b"\0" and set(raw[1:]) == {_FAILURE} else _codes(raw)
    bad = [code for code in codes if code & 0x80]
    if len(bad) < len(codes) or not bad:
        return _operation(packet, Verb.SUBSCRIBE, Kind.RESPONSE)
    reason = REASONS.get(bad[0], f"reason {bad[0]}")
    return _operation(packet, Verb.SUBSCRIBE, Kind.REFUSAL, refusal=f"{reason} ({bad[0]})")


def _codes(raw: bytes) -> bytes:
    """Reason codes; version 5 has properties before them, which begin with their length."""
    if len(raw) > 1 and raw[0] < 0x80 and raw[0] < len(raw) - 1 and (raw[0] == 0 or raw[0] > 2):
        return raw[1 + raw[0] :]
    return raw


def _receipt(message: Message, packet: int, r: MqttReader) -> Operation:
    """What a publication is answered with; in version 5 it may be refused. Until then a server that lets nobody write
    acknowledges all the same (MQTT 3.1.1, section 3.3.5). Whom a client acknowledges is the server.
    """
    r.take(2)
    code = r.data[r.at] if r.left and r.at < len(r.data) else 0
    answers = packet in (PUBACK, PUBREC)
    verb = Verb.SESSION if not answers else Verb.REPORT if message.from_client else Verb.WRITE
    if code & 0x80:
        return _operation(packet, verb, Kind.REFUSAL, refusal=f"{REASONS.get(code, 'reason')} ({code})")
    return _operation(packet, verb, Kind.RESPONSE if answers else Kind.NOTICE)


def _other(packet: int, r: MqttReader) -> Operation:
    """Pings and goodbyes; version 5 may say why."""
    code = r.data[r.at] if r.left and r.at < len(r.data) and packet in (DISCONNECT, AUTH) else 0
    verb = Verb.AUTHENTICATE if packet == AUTH else Verb.SESSION
    if code & 0x80:
        return _operation(packet, verb, Kind.REFUSAL, refusal=f"{REASONS.get(code, 'reason')} ({code})")
    return _operation(packet, verb, Kind.NOTICE, detail=AUTH_REASONS.get(code, "") if packet == AUTH else "")


PROTOCOL = Protocol(
    name=NAME,
    title="MQTT, Sparkplug B",
    short="MQTT",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    proof=proof,
    dissect=dissect,
    verbs=frozenset({Verb.SESSION, Verb.WRITE, Verb.CONFIGURE, Verb.SUBSCRIBE, Verb.AUTHENTICATE})
    | frozenset(sparkplug.CONTROLS.values())
    | {verb for verb, _ in sparkplug.TYPES.values()},
    specification="MQTT V3.1, section 3; MQTT 3.1.1 and 5.0 (OASIS), sections 2 and 3; Eclipse Sparkplug 3.0.0, "
    "sections 4 to 6",
    more_framings=ELSEWHERE,
    midway=said("CONNECT not seen"),
)
