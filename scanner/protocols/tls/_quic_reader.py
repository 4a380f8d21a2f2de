"""QUIC connections as they are opened: the hellos of their handshakes, put together over packets in any order.

A client chooses at random the connection id from which both ends derive the keys of their Initial packets, and again
after a Retry; later packets of the same client may go to other ids. Whatever was opened by no key stays unread.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

from scanner.protocols.base import Kind, Malformed, Message, Operation, Row, Session, Verb
from scanner.protocols.tls import _handshake as handshake
from scanner.protocols.tls import _quic_packets as quic
from scanner.wording import said, verbatim

MOST_CONNECTIONS = 1024  # whose state is kept; of one that comes again later, it is unknown
MOST_KEYS = 4  # pairs of keys of a connection: several connections of QUIC may share its ports
MOST_HANDSHAKE = 1 << 16  # bytes of a side's hello
MOST_PARTS = 64  # of it that wait for others before them
_FILTERS = {  # of Initial and Retry packets
    quic.VERSION_1: ("quic.long.packet_type == 0", "quic.long.packet_type == 3"),
    quic.VERSION_2: ("quic.long.packet_type_v2 == 1", "quic.long.packet_type_v2 == 0"),
}


@dataclass(slots=True)
class _Stream:
    """The handshake of one side as far as it is there without a gap, what waits behind it, and what was given on."""

    data: bytearray = field(default_factory=bytearray)
    parts: dict[int, bytes] = field(default_factory=dict)
    given: int = 0  # bytes

    def add(self, offset: int, part: bytes) -> None:
        """A part of it, new or sent again."""
        if part and offset + len(part) <= MOST_HANDSHAKE and len(self.parts) < MOST_PARTS:
            self.parts[offset] = max(part, self.parts.get(offset, b""), key=len)
        for at in sorted(self.parts):
            if at > len(self.data):
                break
            self.data += self.parts.pop(at)[len(self.data) - at :]

    def messages(self) -> Iterator[tuple[int, bytes]]:
        """(type, body) of those that are complete and were not given before."""
        while len(self.data) >= self.given + 4:
            end = self.given + 4 + int.from_bytes(self.data[self.given + 1 : self.given + 4], "big")
            if end > len(self.data):
                return
            kind, body = self.data[self.given], bytes(self.data[self.given + 4 : end])
            self.given = end
            yield kind, body


@dataclass(slots=True)
class _Opening:
    """One connection of QUIC: the keys of both sides, and their handshakes."""

    keys: tuple[quic.Keys, quic.Keys]
    streams: dict[bool, _Stream] = field(default_factory=lambda: {True: _Stream(), False: _Stream()})


class Reader:
    """Reads the datagrams of one capture that begin with a long header, each once, in their order."""

    def __init__(self) -> None:
        self._connections: OrderedDict[int, OrderedDict[tuple[int, bytes], _Opening]] = OrderedDict()

    def read(self, message: Message) -> Iterator[Row]:
        """The rows of one datagram; Malformed when its lengths contradict each other."""
        for packet in quic.packets(message.data, message.length):
            if packet.version == quic.NEGOTIATION:
                yield _negotiation(message, packet)
            elif packet.kind is None:
                yield unread(quic.version_name(packet.version), message)
            elif packet.kind is quic.Kind.RETRY:
                yield Operation(Verb.SESSION, "Retry", Kind.RESPONSE, filter=_FILTERS[packet.version][1])
            elif packet.kind is quic.Kind.INITIAL:
                yield from self._initial(message, packet)

    def _initial(self, message: Message, packet: quic.Packet) -> Iterator[Row]:
        found = self._opened(message, packet)
        frames = quic.Frames([])
        rows: list[Row] = []
        if found is not None:
            opening, keys, payload = found
            frames = quic.frames(payload)
            stream = opening.streams[keys.client]
            for offset, part in frames.handshake:
                stream.add(offset, part)
            for kind, body in stream.messages():
                rows += _hello(kind, body, packet.version, client=keys.client)
        if not rows:
            rows.append(Operation(Verb.SESSION, "Initial", Kind.NOTICE, filter=_FILTERS[packet.version][0]))
        yield from rows
        if frames.error is not None:
            yield Operation(
                Verb.SESSION,
                "CONNECTION_CLOSE",
                Kind.REFUSAL,
                refusal=f"error 0x{frames.error:x}",
                filter="quic.frame_type == 28",
            )

    def _opened(self, message: Message, packet: quic.Packet) -> tuple[_Opening, quic.Keys, bytes] | None:
        """The packet's content, by keys that are known of its connection, else as a client's first packet."""
        known = self._connection(message.connection)
        for (version, _), opening in reversed(known.items()):
            if version == packet.version:
                for keys in opening.keys:
                    payload = quic.opened(packet, message.data, keys)
                    if payload is not None:
                        return opening, keys, payload
        keys, other = quic.initial_keys(packet.version, packet.target)
        payload = quic.opened(packet, message.data, keys)
        if payload is None:
            return None
        opening = known[packet.version, packet.target] = _Opening((keys, other))
        if len(known) > MOST_KEYS:
            known.popitem(last=False)
        return opening, keys, payload

    def _connection(self, number: int) -> OrderedDict[tuple[int, bytes], _Opening]:
        found = self._connections.pop(number, OrderedDict())
        self._connections[number] = found
        if len(self._connections) > MOST_CONNECTIONS:
            self._connections.popitem(last=False)
        return found


def _hello(kind: int, body: bytes, version: int, *, client: bool) -> Iterator[Row]:
    name = quic.version_name(version)
    if kind == handshake.CLIENT_HELLO and client:
        yield from handshake.client_hello(body, complete=True, carrier="q")
        yield Session(version_offered=(name,))
    elif kind == handshake.SERVER_HELLO and not client:
        yield from handshake.server_hello(body, complete=True)
        yield Session(version=name)


def _negotiation(message: Message, packet: quic.Packet) -> Operation:
    """What a server would speak instead."""
    listed = message.data[packet.number_at : packet.end]
    if not listed or len(listed) % 4:
        raise Malformed("the versions of a Version Negotiation packet are no numbers of 4 bytes")
    numbers = [int.from_bytes(listed[at : at + 4], "big") for at in range(0, min(len(listed), 64), 4)]
    names = filter(None, map(quic.version_name, numbers))
    return Operation(
        Verb.SESSION,
        "Version Negotiation",
        Kind.REFUSAL,
        object=verbatim(", ".join(names)),
        refusal="version not supported",
        filter="quic.version == 0",
    )


def unread(version: str, message: Message) -> Session:
    """A version that is named and not read: anything may be in its hello."""
    by_server = message.from_client is False
    return Session(
        version=version if by_server else "",
        version_offered=() if by_server else (version,),
        detail=said("{name} is not read", name=version),
        unread=("server_names",),
    )
