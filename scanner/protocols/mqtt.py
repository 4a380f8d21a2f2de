"""MQTT 3.1, 3.1.1 and 5.0 over TCP: who connects with what, topics; never a payload or a password.

Written from MQTT V3.1 (section 3), MQTT Version 3.1.1 (OASIS, sections 2 and 3) and MQTT Version 5.0 (OASIS, sections
2 and 3). On its own ports every packet is read. On other ports the packet type alone is no evidence, so only what says
"MQTT" by itself, the CONNECT, is recognised there. A packet does not carry its protocol version, so a list of
subscriptions is read as version 3 when it fits, else as version 5: an empty topic is not allowed, so only one can fit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.capture.descriptor import Byte, Case, Field, Framing, Range, Role, Size, Varint, bits
from scanner.protocols._mqtt_names import CONNACK_3, PACKETS, REASONS, VERSIONS
from scanner.protocols._text import readable
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb

CONNECT, CONNACK, PUBLISH, SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK, DISCONNECT, AUTH = 1, 2, 3, 8, 9, 10, 11, 14, 15
ACKS = (4, 5, 6, 7)
_FIRST = frozenset(
    {packet << 4 | flags for packet, (_, flags) in PACKETS.items() if packet != PUBLISH}
    | {0x30 | flags for flags in range(16) if flags & 6 != 6}
)
_NAMES = (b"\0\x04MQTT", b"\0\x06MQIsdp")
LARGEST = 1 << 22  # bytes of a packet; images and firmware are sent this way

FRAMING = Framing(
    name="mqtt",
    cutter=Varint(at=1, maximum=LARGEST),
    sync=(Byte(0, _FIRST), Size(2)),
    ports={"tcp": (1883, 1884)},
    confirmations=2,
    anywhere=False,
)


def _connect_framing(name: str, at: int) -> Framing:
    """``at`` is where the protocol name begins: behind a length of one or two bytes."""
    longer = (Byte(1, range(0x80, 0x100)), Byte(2, range(1, 0x80))) if at == 3 else (Byte(1, range(0x80)),)
    text = zip(*(n[:4] for n in _NAMES), strict=True)
    sync = (Byte(0, 0x10), *longer, *(Byte(at + i, pair) for i, pair in enumerate(text)))
    return Framing(name, Varint(at=1, maximum=65536), sync, {"tcp": ()}, confirmations=1)


# --- which bytes are meaning ----------------------------------------------------------------------------------------
# The length of the remaining length decides where everything else stands. A topic is meaning; packet identifiers,
# payloads are not.

_NAME = "mqtt"


def _cases(size: int) -> Iterator[Case]:
    start = 1 + size
    length = (*(Byte(n, range(0x80, 0x100)) for n in range(1, size)), Byte(size, range(0x80)))

    def case(packet: int, *key: Range, role: Role, pair: tuple[Range, ...] = (), keep: int = 512) -> Case:
        return Case(_NAME, (Byte(0, bits(0xF0, packet << 4)), *length), (Range(0, 1), *key), role, pair, keep)

    identifier, whole = (Range(start, start + 2),), Range(1)
    yield case(CONNECT, whole, role=Role.REQUEST, keep=65536)
    yield case(CONNACK, Range(start + 1), role=Role.RESPONSE)
    topic = Range(start, Field(start, 2, add=start + 2))
    yield case(PUBLISH, topic, role=Role.NOTICE, keep=4096)
    for packet in ACKS:
        yield case(packet, Range(start + 2, start + 3), Range(1, start), role=Role.NOTICE)
    for packet, role in ((SUBSCRIBE, Role.REQUEST), (UNSUBSCRIBE, Role.REQUEST)):
        yield case(packet, Range(1, start), Range(start + 2), role=role, pair=identifier, keep=8192)
    for packet in (SUBACK, UNSUBACK):
        yield case(packet, Range(1, start), Range(start + 2), role=Role.RESPONSE, pair=identifier, keep=8192)
    for packet in (12, 13, DISCONNECT, AUTH):
        yield case(packet, Range(1, start + 1), role=Role.NOTICE)


CASES = tuple(case for size in range(1, 5) for case in _cases(size))

# --- dissection -----------------------------------------------------------------------------------------------------


class _Reader:
    """Reads forward; what is not there is Malformed."""

    def __init__(self, data: bytes, at: int, end: int) -> None:
        self.data, self.at, self.end = data, at, end

    def left(self) -> bool:
        return self.at < self.end

    def take(self, size: int) -> bytes:
        if self.at + size > min(self.end, len(self.data)):
            raise Malformed(f"{size} bytes expected at byte {self.at} of {len(self.data)}")
        self.at += size
        return self.data[self.at - size : self.at]

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def string(self) -> bytes:
        return self.take(self.number(2))

    def varint(self) -> int:
        value = 0
        for n in range(4):
            byte = self.number(1)
            value |= (byte & 0x7F) << 7 * n
            if not byte & 0x80:
                return value
        raise Malformed("a length of more than four bytes")

    def properties(self) -> bytes:
        return self.take(self.varint())


def _reader(message: Message) -> tuple[int, _Reader]:
    """(first byte, reader behind the fixed header)."""
    data = message.data
    if len(data) < 2:
        raise Malformed("no fixed header")
    if data[0] not in _FIRST:
        raise Malformed(f"no packet has the first byte 0x{data[0]:02X}")
    r = _Reader(data, 1, len(data))
    size = r.varint()
    if r.at + size != message.length:
        raise Malformed(f"remaining length says {r.at + size} bytes, there are {message.length}")
    return data[0], _Reader(data, r.at, message.length)


def probe(message: Message) -> bool:
    """A fixed header whose length holds; a CONNECT must name the protocol."""
    try:
        first, r = _reader(message)
        if message.transport != "tcp":
            return False
        if first >> 4 == CONNECT:
            return any(r.data.startswith(name, r.at) for name in _NAMES)
        return message.port in FRAMING.ports["tcp"]
    except Malformed:
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
        yield _publish(message, first, r)
    elif packet in (SUBSCRIBE, UNSUBSCRIBE):
        yield from _subscribe(packet, r)
    elif packet in (SUBACK, UNSUBACK):
        yield _suback(packet, r)
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
    topic: str
    retained: bool

    def __str__(self) -> str:
        return f"will on {self.topic}" + (" (retained)" if self.retained else "")


def _connect(r: _Reader) -> Iterator[Row]:
    name, level, flags = r.string(), r.number(1) & 0x7F, r.number(1)
    if b"\0" + bytes((len(name),)) + name not in _NAMES:
        raise Malformed("CONNECT of another protocol")
    r.take(2)
    if level == 5:
        r.properties()
    client = readable(r.string())
    will = _will(r, flags, level) if flags & 4 else None
    user, password = bool(flags & 0x80), bool(flags & 0x40)
    version = VERSIONS.get(level, f"MQTT level {level}")
    said = [f"client {client}" if client else "client identifier left to the server"]
    said += [str(will)] if will else []
    said.append({0: "no user name", 1: "user name", 2: "password", 3: "user name and password"}[user + 2 * password])
    yield _operation(CONNECT, Verb.SESSION, Kind.REQUEST, detail=", ".join(said))
    credentials = "user-password" if password else "user-name" if user else "none"
    yield Session(
        version=version,
        credentials=credentials,
        encrypted=False,
        authenticated=None if user or password else False,
    )
    if client:
        yield Identity("name", client)


def _will(r: _Reader, flags: int, level: int) -> _Will:
    if level == 5:
        r.properties()
    return _Will(readable(r.string()), bool(flags & 0x20))


def _connack(r: _Reader) -> Operation:
    r.take(1)
    code = r.number(1)
    if not code:
        return _operation(CONNACK, Verb.SESSION, Kind.RESPONSE)
    reason = CONNACK_3.get(code) or REASONS.get(code, f"reason {code}")
    return _operation(CONNACK, Verb.SESSION, Kind.REFUSAL, refusal=f"{reason} ({code})")


def _publish(message: Message, first: int, r: _Reader) -> Operation:
    """From a client a publication writes to the server; from the server it reports to the client."""
    topic = readable(r.string())
    by_server = message.from_client is False
    return _operation(
        PUBLISH,
        Verb.REPORT if by_server else Verb.WRITE,
        Kind.NOTICE if by_server else Kind.REQUEST,
        object=topic or "topic alias",
        detail="retained" if first & 1 else "",
    )


def _subscribe(packet: int, r: _Reader) -> Iterator[Operation]:
    r.take(2)
    at = r.at
    try:
        topics = [*_topics(packet, r)]
    except Malformed:
        r.at = at
        r.properties()
        topics = [*_topics(packet, r)]
    for topic in topics:
        wildcard = "#" in topic or "+" in topic
        yield _operation(packet, Verb.SUBSCRIBE, Kind.REQUEST, object=topic, detail="wildcard" if wildcard else "")


def _topics(packet: int, r: _Reader) -> Iterator[str]:
    """The topic filters; one at least."""
    while True:
        topic = r.string()
        if not topic or b"\0" in topic:
            raise Malformed("an empty topic filter")
        if packet == SUBSCRIBE:
            r.take(1)
        yield readable(topic)
        if not r.left():
            return


def _suback(packet: int, r: _Reader) -> Operation:
    r.take(2)
    codes = r.data[r.at :] if r.end <= len(r.data) else b""
    bad = [code for code in _codes(codes) if code & 0x80]
    if not bad:
        return _operation(packet, Verb.SUBSCRIBE, Kind.RESPONSE)
    reason = REASONS.get(bad[0], f"reason {bad[0]}")
    return _operation(packet, Verb.SUBSCRIBE, Kind.REFUSAL, refusal=f"{reason} ({bad[0]})")


def _codes(raw: bytes) -> bytes:
    """Reason codes; version 5 has properties before them, which begin with their length."""
    if len(raw) > 1 and raw[0] < 0x80 and raw[0] < len(raw) - 1 and (raw[0] == 0 or raw[0] > 2):
        return raw[1 + raw[0] :]
    return raw


def _other(packet: int, r: _Reader) -> Operation:
    """Acknowledgements, pings and goodbyes; version 5 may say why."""
    if packet in ACKS:
        r.take(2)
    code = r.data[r.at] if r.left() and r.at < len(r.data) and packet in (*ACKS, DISCONNECT, AUTH) else 0
    verb = Verb.WRITE if packet in ACKS else Verb.AUTHENTICATE if packet == AUTH else Verb.SESSION
    if code & 0x80:
        return _operation(packet, verb, Kind.REFUSAL, refusal=f"{REASONS.get(code, 'reason')} ({code})")
    return _operation(packet, verb, Kind.NOTICE)


PROTOCOL = Protocol(
    name=_NAME,
    title="MQTT",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.SESSION, Verb.WRITE, Verb.REPORT, Verb.SUBSCRIBE, Verb.AUTHENTICATE}),
    specification="MQTT V3.1, section 3; MQTT 3.1.1 and 5.0 (OASIS), sections 2 and 3",
    more_framings=(_connect_framing("mqtt-connect", 2), _connect_framing("mqtt-connect-2", 3)),
)
