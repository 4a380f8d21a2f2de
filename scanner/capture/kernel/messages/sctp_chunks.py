"""From SCTP's DATA and I-DATA chunks to messages: the payload protocol identifier in four bytes, then the user data.

RFC 9260 sections 3.3.1 and 6.9, RFC 8260 section 2.1. A chunk that holds a whole message is read where it is, for the
identifier stands just before the user data in both formats; the fragments of others are put together as their numbers
follow one another. Chunks that come again are left out. What is not there is missing and unread, also before the first
and behind the last chunk: INIT says with which number the data begins, SACK what has come.
"""

from __future__ import annotations

from typing import Any

import cython

from scanner.limits.capture import Limits

if not cython.compiled:
    from scanner.capture.kernel.decode.packet import Packet
    from scanner.capture.kernel.messages.datagrams import Datagrams
    from scanner.capture.kernel.messages.partial import HOLDING
    from scanner.capture.kernel.messages.tcp_reassembly import distance
    from scanner.capture.kernel.track.connections import STARTED, Connections
    from scanner.capture.kernel.track.sights import Sights

    ENDING = 1  # flags of a chunk: the last fragment of its message, the first one, in no order with others
    BEGINNING = 2
    UNORDERED = 4
    IDENTIFIER = 4  # bytes of the payload protocol identifier
    INTERLEAVED = 64  # type of I-DATA
    INIT = 1
    INIT_ACK = 2
    SACK = 3
    SHUTDOWN = 7
    LONGEST_JOINED = 65536  # bytes of a message in fragments that are kept
    LEAST = 16  # bytes that a chunk counts of which only the number is known: its header
    TOO_FAR = 1024  # numbers skipped at once: another association with the same ports

    ConnectionPointer = Any
    HalfPointer = Any


@cython.final
@cython.cclass
class Fragments:
    """What there is of a message. following: the number of the fragment that comes next; total: bytes on the wire."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.following = self.total = 0
        self.whole = True


@cython.final
@cython.cclass
class Chunks:
    """Of both directions of every association. Of a direction's row in ``halves``, ``next`` is the number behind the
    highest one seen, and ``acked`` and ``acked_first`` say of the 64 numbers before it which were seen.
    """

    def __init__(self, connections: Connections, datagrams: Datagrams, sights: Sights, limits: Limits) -> None:
        self.connections = connections
        self.datagrams = datagrams
        self.sights = sights
        self.joins: dict[int, dict[int, Fragments]] = {}
        self.view = Packet()
        self.held = 0
        self.held_limit = limits.partial_total
        self.left_out = 0

    def renew(self) -> None:
        """The next capture begins."""
        self.left_out = 0

    @cython.boundscheck(False)
    def take(self, c: cython.int, side: cython.int, packet: Packet) -> cython.int:
        """The user data of one chunk."""
        at: cython.Py_ssize_t = packet.at - IDENTIFIER
        if not self.news(c, side, packet):
            return 0
        if packet.flags & (BEGINNING | ENDING) != BEGINNING | ENDING:
            return self.fragment(c, side, packet)
        return self.datagrams.take(c, side, packet, at, packet.end - at, packet.wire_end - at)

    @cython.boundscheck(False)
    def without_data(self, c: cython.int, side: cython.int, packet: Packet) -> cython.int:
        """A packet of control chunks. INIT and INIT ACK begin an association, whose numbers are others; where the first
        is 0 it may not be said.
        """
        half: HalfPointer = cython.address(self.connections.halves[2 * c + side])
        kind: cython.int = packet.flags >> 8
        if kind in (INIT, INIT_ACK):
            self.settle(c, side)
            half.flags &= ~STARTED
            if packet.sequence:
                half.flags |= STARTED
                half.next = packet.sequence
                half.acked = half.acked_first = 0xFFFFFFFF
        elif kind in (SACK, SHUTDOWN):
            self.arrived(c, 1 - side, packet)
        return 0

    def arrived(self, c: cython.int, side: cython.int, packet: Packet) -> cython.int:
        """The chunks of the direction up to one have come, captured or not: they may be captured a moment later."""
        half: HalfPointer = cython.address(self.connections.halves[2 * c + side])
        ahead: cython.int = distance(packet.acknowledgement, half.next)
        seen: cython.ulonglong = cython.cast(cython.ulonglong, half.acked) << 32 | half.acked_first
        if half.flags & STARTED and 0 <= ahead < TOO_FAR:
            seen = self.shifted(c, side, seen, ahead + 1, packet.frame) & 0xFFFFFFFFFFFFFFFE
            half.next = packet.acknowledgement + 1
            half.acked = cython.cast(cython.uint, seen >> 32)
            half.acked_first = cython.cast(cython.uint, seen & 0xFFFFFFFF)
        return 0

    @cython.boundscheck(False)
    def news(self, c: cython.int, side: cython.int, packet: Packet) -> cython.bint:
        """The chunk was not seen before; numbers that fall out of the 64 without having been seen are missing."""
        half: HalfPointer = cython.address(self.connections.halves[2 * c + side])
        number: cython.uint = packet.sequence
        ahead: cython.int = distance(number, half.next)
        seen: cython.ulonglong = cython.cast(cython.ulonglong, half.acked) << 32 | half.acked_first
        new: cython.bint = True
        if not half.flags & STARTED or ahead >= TOO_FAR or ahead < -TOO_FAR:
            if half.flags & STARTED:
                self.settle(c, side)
                self.lost(c, side, 1, packet.frame)
            half.flags |= STARTED
            seen = 0xFFFFFFFFFFFFFFFF
            half.next = number + 1
        elif ahead < 0:
            if ahead >= -64:
                new = not seen >> (-1 - ahead) & 1
                seen |= cython.cast(cython.ulonglong, 1) << (-1 - ahead)
        else:
            seen = self.shifted(c, side, seen, ahead + 1, packet.frame)
            half.next = number + 1
        half.acked = cython.cast(cython.uint, seen >> 32)
        half.acked_first = cython.cast(cython.uint, seen & 0xFFFFFFFF)
        return new

    def shifted(
        self,
        c: cython.int,
        side: cython.int,
        seen: cython.ulonglong,
        by: cython.int,
        frame: cython.longlong,
    ) -> cython.ulonglong:
        """``seen`` of the numbers up to one that is ``by`` further."""
        gone: cython.int = 0
        _i: cython.int
        for _i in range(by):
            gone += not seen >> 63
            seen = (seen << 1) & 0xFFFFFFFFFFFFFFFF
        if gone:
            self.lost(c, side, gone, frame)
        return seen | 1

    def lost(self, c: cython.int, side: cython.int, chunks: cython.int, frame: cython.longlong) -> cython.int:
        """So many chunks are not in the capture."""
        connection: ConnectionPointer = cython.address(self.connections.rows[c])
        self.sights.missing(connection, side, LEAST * chunks, frame)
        return self.sights.unread(connection, side, LEAST * chunks, frame)

    def fragment(self, c: cython.int, side: cython.int, packet: Packet) -> cython.int:
        """A part of a message; I-DATA numbers those of each message, DATA those of all together."""
        begins: cython.bint = packet.flags & BEGINNING != 0
        at: cython.Py_ssize_t = packet.at - IDENTIFIER
        size: cython.Py_ssize_t = packet.wire_end - packet.at
        number: cython.longlong = packet.sequence
        name: cython.longlong = -1
        open_ones = self.joins.setdefault(2 * c + side, {})
        joined: Fragments
        if packet.flags >> 8 == INTERLEAVED:
            number = 0 if begins else packet.u32(at)
            name = packet.acknowledgement
            name = name << 17 | packet.u16(packet.at - 12) << 1 | (packet.flags & UNORDERED != 0)
        if begins:
            if name in open_ones:
                self.give_up(c, side, name, packet.frame)
            if self.held + HOLDING > self.held_limit:
                self.left_out += 1
                return self.unread(c, side, size, packet.frame)
            joined = Fragments()
            self.held += HOLDING
            open_ones[name] = joined
        elif name not in open_ones:
            return self.unread(c, side, size, packet.frame)
        else:
            at = packet.at
            joined = open_ones[name]
            if joined.following != number:
                self.give_up(c, side, name, packet.frame)
                return self.unread(c, side, size, packet.frame)
        joined.following = number + 1 if name >= 0 else (number + 1) & 0xFFFFFFFF
        joined.total += packet.wire_end - at
        self.add(joined, packet, at)
        if packet.flags & ENDING:
            return self.complete(c, side, name, packet)
        return 0

    def add(self, joined: Fragments, packet: Packet, at: cython.Py_ssize_t) -> cython.int:
        """Keep the bytes of the fragment, as long as nothing before them lacks."""
        room: cython.Py_ssize_t = LONGEST_JOINED - len(joined.data)
        if not joined.whole:
            return 0
        if self.held + packet.end - at > self.held_limit:
            self.left_out += 1
            room = 0
        room = min(room, packet.end - at)
        joined.data += packet.buffer[at : at + room]
        self.held += room
        joined.whole = room == packet.wire_end - at
        return 0

    def complete(self, c: cython.int, side: cython.int, name: cython.longlong, packet: Packet) -> cython.int:
        """The last fragment has come."""
        joined: Fragments = self.joins[2 * c + side].pop(name)
        self.held -= len(joined.data) + HOLDING
        self.view.buffer = memoryview(bytes(joined.data))
        self.view.frame = packet.frame
        self.view.time = packet.time
        return self.datagrams.take(c, side, self.view, 0, len(joined.data), joined.total)

    def give_up(self, c: cython.int, side: cython.int, name: cython.longlong, frame: cython.longlong) -> cython.int:
        """Nothing more comes of the message."""
        joined: Fragments = self.joins[2 * c + side].pop(name)
        self.held -= len(joined.data) + HOLDING
        return self.unread(c, side, joined.total, frame)

    def unread(self, c: cython.int, side: cython.int, size: cython.longlong, frame: cython.longlong) -> cython.int:
        """Fragments that make no message."""
        return self.sights.unread(cython.address(self.connections.rows[c]), side, size, frame)

    def settle(self, c: cython.int, side: cython.int) -> cython.int:
        """What has begun is all there is, and numbers that were passed over do not come any more."""
        half: HalfPointer = cython.address(self.connections.halves[2 * c + side])
        seen: cython.ulonglong = cython.cast(cython.ulonglong, half.acked) << 32 | half.acked_first
        gone: cython.int = 0
        i: cython.int
        if half.flags & STARTED:
            for i in range(64):
                gone += not seen >> i & 1
            if gone:
                self.lost(c, side, gone, 0)
            half.acked = half.acked_first = 0xFFFFFFFF
        for name in tuple(self.joins.get(2 * c + side, ())):
            self.give_up(c, side, name, 0)
        self.joins.pop(2 * c + side, None)
        return 0

    def end(self, c: cython.int) -> cython.int:
        """The association is over, or its row is needed."""
        self.settle(c, 0)
        return self.settle(c, 1)
