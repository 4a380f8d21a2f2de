"""MQTT in frames of a WebSocket whose handshake was not captured: what the server sends.

Written from MQTT Version 5.0 (OASIS), section 6 (binary frames, subprotocol "mqtt") and RFC 6455, section 5.2 (frames).
Where the handshake was captured, the kernel gives what both sides send without the frames, and it is read by ``mqtt``.

A client masks each frame with a new key (RFC 6455 section 5.3), so that its packets cannot be told apart without that:
only those of the server are read here, of which most deliver publications, and the client's count as unread. Packets in
several frames, several packets in one frame, and compressed frames (RFC 7692) are not looked into.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scanner.framing.language import Byte, Framing, Length
from scanner.protocols.base import Malformed, Message, Operation, Protocol, Row
from scanner.protocols.mqtt import mqtt
from scanner.protocols.mqtt._cases import PUBLISH_FIRST, VISIBLE, packets

_NAME = "mqtt-websocket"
_BINARY = 0x82  # the only frame of a binary message
_SHORT, _LONG = range(4, 126), 126  # payload length, or that it stands in the next two bytes
_SHORT_CUT = Length(at=1, width=1, add=2, minimum=6, maximum=127)
_LONG_CUT = Length(at=2, width=2, add=4, minimum=130, maximum=65539)


def _topic(at: int) -> tuple[Byte, ...]:
    """The beginning of a topic of up to 127 characters, behind its length at ``at``."""
    return Byte(at, 0), Byte(at + 1, range(3, 0x80)), Byte(at + 2, VISIBLE), Byte(at + 3, VISIBLE)


# A connection changes between these, each of which is strong enough to be believed in the middle of another.
FRAMING = Framing(
    _NAME,
    _SHORT_CUT,
    (Byte(0, _BINARY), Byte(1, _SHORT), Byte(2, PUBLISH_FIRST), Byte(3, range(0x80)), *_topic(4)),
    confirmations=1,
)
LONG = Framing(
    "mqtt-websocket-long",
    _LONG_CUT,
    (Byte(0, _BINARY), Byte(1, _LONG), Byte(4, PUBLISH_FIRST), Byte(6, range(1, 0x80)), *_topic(7)),
    confirmations=1,
)
ACCEPTED = Framing(
    "mqtt-websocket-connack",
    _SHORT_CUT,
    (Byte(0, _BINARY), Byte(1, _SHORT), Byte(2, 0x20), Byte(3, range(2, 124)), Byte(4, (0, 1))),
    confirmations=1,
)

_FRAMES = ((2, (Byte(0, _BINARY), Byte(1, _SHORT))), (4, (Byte(0, _BINARY), Byte(1, _LONG))))
CASES = tuple(case for at, frame in _FRAMES for case in packets(_NAME, at, frame))


def _packet(message: Message) -> Message:
    """The control packet in the frame."""
    data = message.data
    if len(data) < 6 or data[0] != _BINARY:
        raise Malformed("no binary WebSocket frame")
    if data[1] in _SHORT:
        at, size = 2, data[1]
    elif data[1] == _LONG:
        at, size = 4, int.from_bytes(data[2:4], "big")
    else:
        raise Malformed("a masked or very long WebSocket frame")
    if at + size != message.length:
        raise Malformed("frame of {stated} bytes, there are {length}", stated=at + size, length=message.length)
    return message.carrying(data[at:], size, from_client=False)


def probe(message: Message) -> bool:
    """A frame that holds exactly one control packet that a server sends, of a topic that can be one."""
    try:
        found = _packet(message)
        return message.transport == "tcp" and found.data[0] >> 4 in (2, 3) and mqtt.shows_itself(found)
    except Malformed:
        return False


def dissect(message: Message) -> Iterator[Row]:
    """The rows of the packet, which the server sent."""
    found = _packet(message)
    kind = message.length - found.length
    for row in mqtt.dissect(found):
        here = f"tcp.payload[{kind}] == 0x{found.data[0]:02x}"
        yield replace(row, filter=here) if isinstance(row, Operation) else row


PROTOCOL = Protocol(
    name=_NAME,
    title="MQTT over WebSocket, handshake not seen",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    unread=("credentials",),
    dissect=dissect,
    verbs=mqtt.PROTOCOL.verbs,
    specification="MQTT 5.0 (OASIS), sections 2, 3 and 6; RFC 6455, section 5.2",
    more_framings=(LONG, ACCEPTED),
    display_filter="mqtt",
)
