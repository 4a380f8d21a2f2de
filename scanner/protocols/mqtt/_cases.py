"""MQTT for the kernel: how packets are found on a port and away from one, and which of their bytes are significant."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import After, Byte, Case, Field, Framing, Part, Range, Role, Size, Test, Varint, bits
from scanner.protocols.mqtt import _sparkplug as sparkplug
from scanner.protocols.mqtt._names import (
    AUTH,
    CONNACK,
    CONNECT,
    DISCONNECT,
    PACKETS,
    PUBACK,
    PUBCOMP,
    PUBLISH,
    PUBREC,
    PUBREL,
    SUBACK,
    SUBSCRIBE,
    UNSUBACK,
    UNSUBSCRIBE,
)

FIRST = frozenset(
    {packet << 4 | flags for packet, (_, flags) in PACKETS.items() if packet != PUBLISH}
    | {0x30 | flags for flags in range(16) if flags & 6 != 6}
)
NAMES = (b"\0\x04MQTT", b"\0\x06MQIsdp")
NAME = "mqtt"
LARGEST = 1 << 22  # bytes of a packet; images and firmware are sent this way

FRAMING = Framing(
    name="mqtt",
    delimiter=Varint(at=1, maximum=LARGEST),
    sync=(Byte(0, FIRST), Size(2)),
    ports={"tcp": (1883, 1884)},
    confirmations=2,
    anywhere=False,
)


def _connect_framing(name: str, at: int) -> Framing:
    """``at`` is where the protocol name begins: behind a length of one or two bytes."""
    longer = (Byte(1, range(0x80, 0x100)), Byte(2, range(1, 0x80))) if at == 3 else (Byte(1, range(0x80)),)
    text = zip(*(n[:4] for n in NAMES), strict=True)
    sync = (Byte(0, 0x10), *longer, *(Byte(at + i, pair) for i, pair in enumerate(text)))
    return Framing(name, Varint(at=1, maximum=65536), sync, {"tcp": ()}, confirmations=1, then=FRAMING.name)


PUBLISH_FIRST = frozenset(byte for byte in FIRST if byte >> 4 == PUBLISH)
ACKNOWLEDGED = frozenset(byte for byte in PUBLISH_FIRST if byte & 0x06)  # quality of service 1 or 2
UNACKNOWLEDGED = bits(0xF0, PUBLISH << 4) - ACKNOWLEDGED
VISIBLE = frozenset(range(0x21, 0x7F)) - frozenset(b"#+")


def _publish_framing(name: str, at: int) -> Framing:
    """Publications of topics of up to 127 characters; ``at`` is where the topic's length stands."""
    longer = (Byte(1, range(0x80, 0x100)), Byte(2, range(1, 0x80))) if at == 3 else (Byte(1, range(0x80)),)
    topic = (Byte(at, 0), Byte(at + 1, range(3, 0x80)), Byte(at + 2, VISIBLE), Byte(at + 3, VISIBLE))
    return Framing(name, Varint(at=1, maximum=LARGEST), (Byte(0, PUBLISH_FIRST), *longer, *topic), {"tcp": ()}, 3)


def _subscribe_framing() -> Framing:
    """Requests of up to 127 bytes; their first topic follows the packet identifier and perhaps an empty property. A
    WebSocket frame with a publication would look the same, so identifiers that could be one are left out.
    """
    identifier = frozenset(range(256)) - PUBLISH_FIRST
    topic = (Byte(4, 0), Byte(5, range(0x80)), Byte(6, range(1, 0x7F)))
    sync = (Byte(0, 0x82), Byte(1, range(6, 0x80)), Byte(2, identifier), *topic)
    return Framing("mqtt-subscribe", Varint(at=1, maximum=256), sync, {"tcp": ()}, confirmations=1)


# --- which bytes are meaning ----------------------------------------------------------------------------------------
# The length of the remaining length decides where everything else stands. A topic is meaning; packet identifiers,
# payloads are not. Both sides publish, and count packet identifiers of their own: a publication of quality of service 1
# or 2 is answered by the PUBACK or PUBREC of the other side, what follows a PUBREC is no answer any more.


def packets(name: str, at: int = 0, before: tuple[Test, ...] = ()) -> Iterator[Case]:
    """Control packets that begin at ``at`` of messages that meet ``before``, for the protocol ``name``."""
    for size in range(1, 5):
        yield from _cases(name, size, at, before)


def _cases(name: str, size: int, at: int, before: tuple[Test, ...]) -> Iterator[Case]:
    """``size`` is how many bytes the remaining length takes."""
    start = at + 1 + size
    first = Range(at, at + 1)
    length = (*(Byte(at + n, range(0x80, 0x100)) for n in range(1, size)), Byte(at + size, range(0x80)))

    def case(packet: int, *key: Range, role: Role, pair: tuple[Part, ...] = (), keep: int = 512) -> Case:
        return Case(name, (*before, Byte(at, bits(0xF0, packet << 4)), *length), (first, *key), role, pair, keep)

    identifier, whole = (Range(start, start + 2),), Range(at + 1)
    yield case(CONNECT, whole, role=Role.REQUEST, keep=65536)
    yield case(CONNACK, Range(start + 1, start + 2), role=Role.RESPONSE)
    topic_ends = Field(start, 2, add=start + 2)
    topic, numbered = Range(start, topic_ends), (After(topic_ends, 2),)
    for flags, role, pair in ((ACKNOWLEDGED, Role.ASKS, numbered), (UNACKNOWLEDGED, Role.NOTICE, ())):
        publish = (*before, Byte(at, flags), *length)
        if size < 4:
            payload = Field(start, 2, add=start + 2 + (2 if pair else 0))
            for told, metrics in sparkplug.by_payload(start + 2, payload):
                yield Case(name, (*publish, *told), (first, topic, metrics), role, pair, keep=16384)
        last_word = sparkplug.by_last_word(start + 2)
        yield Case(name, (*publish, *last_word), (first, topic, Range(-6)), role, pair)
        yield Case(name, publish, (first, topic), role, pair, keep=4096)
    for packet in (PUBACK, PUBREC):
        yield case(packet, Range(start + 2, start + 3), Range(at + 1, start), role=Role.ANSWERS, pair=identifier)
    for packet in (PUBREL, PUBCOMP):
        yield case(packet, Range(start + 2, start + 3), Range(at + 1, start), role=Role.NOTICE)
    for packet, role in ((SUBSCRIBE, Role.REQUEST), (UNSUBSCRIBE, Role.REQUEST)):
        yield case(packet, Range(at + 1, start), Range(start + 2), role=role, pair=identifier, keep=65536)
    for packet in (SUBACK, UNSUBACK):
        yield case(packet, Range(at + 1, start), Range(start + 2), role=Role.RESPONSE, pair=identifier, keep=8192)
    for packet in (12, 13, DISCONNECT, AUTH):
        yield case(packet, Range(at + 1, start + 1), role=Role.NOTICE)


CASES = tuple(packets(NAME))

ELSEWHERE = (
    _connect_framing("mqtt-connect", 2),
    _connect_framing("mqtt-connect-2", 3),
    _publish_framing("mqtt-publish", 2),
    _publish_framing("mqtt-publish-2", 3),
    _subscribe_framing(),
)
