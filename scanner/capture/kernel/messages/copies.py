"""Packets that were captured at several places: outside and inside a tunnel, on both sides of a router, by two mirrors.

A connection that is known under another VLAN or tunnel already, and whose packets prove that it is the same one, is a
copy: its packets count for the conversation of their own place, and go on as packets of the original, where TCP leaves
out what was there before. Datagrams have nothing to be put in order by, so that each is looked up among those seen just
now. Layer 2 is not looked at: what is cyclic there repeats itself for good.

Proofs. TCP: both sequence numbers are where the original's are. UDP over IPv4: identification and payload are equal,
within a second; at one and the same place the sender must have been seen to count its datagrams, or the time to live be
another, unless the copy follows at once. Without an identification (IPv6, or 0): the payloads are equal within a tenth
of a second, and each datagram of the one place stands for one of the other.
"""

from __future__ import annotations

from typing import Any

import cython

from scanner.capture.kernel.hashing import SECRET, SEED
from scanner.capture.kernel.messages.recent import Recent

if not cython.compiled:
    from scanner.capture.kernel.decode.packet import Packet
    from scanner.capture.kernel.hashing import mix
    from scanner.capture.kernel.messages.tcp_reassembly import ACK, SYN
    from scanner.capture.kernel.track.connections import COPIED, COPY, KNOWN_START, STARTED, USED, Connections
    from scanner.capture.kernel.track.conversations import Conversations

    # HalfRow.flags, one direction of datagrams
    NUMBERED = 1024  # ``first`` is the identification of the last one, ``next`` part of its hash
    COUNTING = 2048  # the sender does not give the same identification to all
    STUCK = 4096  # it gave the same one to different datagrams
    NEAR = 0x40000  # bytes by which the same segment may be ahead or behind at another place
    REMEMBERED_DATAGRAMS = 4096  # datagrams that are remembered
    COMPARED = 64  # bytes of a datagram
    NUMBERED_COMPARED = 16  # bytes of one with an identification
    SOON: cython.longlong = 1000000000  # ns within which an identification is not used again
    SHORTLY: cython.longlong = 100000000  # ns within which equal payloads are copies, as far as they pair up
    AT_ONCE: cython.longlong = 500000  # ns within which nobody sends the same twice
    SAME_TIME: cython.longlong = 10000000000  # ns between packets of connections that exist at the same time

    ConnectionPointer = Any
    RecentPointer = Any


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def near(one: cython.uint, other: cython.uint) -> cython.bint:
    """The sequence numbers are close to each other, modulo 2**32."""
    return cython.cast(cython.uint, one - other + NEAR) <= 2 * NEAR


@cython.final
@cython.cclass
class Copies:
    """``join`` says what a new connection is a copy of, ``original`` of what a known one is, ``again`` whether a
    datagram is the copy of another.
    """

    def __init__(self, connections: Connections, conversations: Conversations) -> None:
        self.connections = connections
        self.conversations = conversations
        self.newest: dict[int, int] = {}
        self.recent = Recent(REMEMBERED_DATAGRAMS)
        self.secret = SECRET
        self.seed = SEED

    def original(self, c: cython.int) -> cython.int:
        """The connection that ``c`` is a copy of; -1 when it has gone."""
        row: cython.int = self.connections.rows[c].original
        if self.connections.rows[row].flags & USED and (
            self.connections.rows[row].serial == self.connections.rows[c].original_serial
        ):
            return row
        return -1

    def join(self, c: cython.int, side: cython.int, packet: Packet) -> cython.int:
        """Find the original of the TCP connection ``c``, which ``packet`` has just opened."""
        ends: cython.ulonglong = self.ends(c)
        other: object = self.newest.get(ends)
        row: cython.int
        if len(self.newest) > 2 * self.connections.limit:
            self.newest.clear()
        self.newest[ends] = c
        if other is None:
            return 0
        row = cython.cast(cython.int, other)
        if row == c or not self.connections.rows[row].flags & USED or not self.same_ends(c, row):
            return 0
        if self.connections.rows[row].flags & COPY:
            row = self.original(row)
            if row < 0 or row == c:
                return 0
        if self.same_stream(row, side, packet):
            self.newest[ends] = row
            self.tie(c, row)
        return 0

    def ends(self, c: cython.int) -> cython.ulonglong:
        """Both ends of the connection, wherever it was captured."""
        digest: cython.ulonglong = self.seed ^ cython.cast(cython.ulonglong, self.connections.rows[c].port0) << 16
        digest = mix(digest, cython.cast(cython.ulonglong, self.connections.rows[c].port1), self.secret)
        digest = mix(digest, self.connections.rows[c].low0, self.secret)
        digest = mix(digest, self.connections.rows[c].low1, self.secret)
        digest = mix(digest, self.connections.rows[c].high0, self.secret)
        return mix(digest, self.connections.rows[c].high1, self.secret)

    def same_ends(self, c: cython.int, other: cython.int) -> cython.bint:
        """The connections differ in nothing but where they were captured."""
        one: ConnectionPointer = cython.address(self.connections.rows[c])
        two: ConnectionPointer = cython.address(self.connections.rows[other])
        same: bool = (
            one.low0 == two.low0
            and one.low1 == two.low1
            and one.high0 == two.high0
            and one.high1 == two.high1
            and one.port0 == two.port0
            and one.port1 == two.port1
            and one.transport == two.transport
        )
        return same

    def same_stream(self, c: cython.int, side: cython.int, packet: Packet) -> cython.bint:
        """The segment belongs to the connection, by its numbers: 32 bits of each direction that is known, or exactly
        the one number that is.
        """
        ours: cython.int = 2 * c + side
        theirs: cython.int = ours ^ 1
        flags: cython.int = self.connections.halves[ours].flags
        sequence: cython.uint = packet.sequence
        last: cython.longlong = self.conversations.rows[self.connections.rows[c].conversation].last_time
        if packet.time - last > SAME_TIME or last - packet.time > SAME_TIME or not flags & STARTED:
            return False
        if packet.flags & SYN:
            return flags & KNOWN_START != 0 and self.connections.halves[ours].first == sequence + 1
        if packet.flags & ACK and self.connections.halves[theirs].flags & STARTED:
            return near(sequence, self.connections.halves[ours].next) and near(
                packet.acknowledgement, self.connections.halves[theirs].next
            )
        after: cython.uint = sequence + cython.cast(cython.uint, packet.wire_end - packet.at)
        exact: bool = self.connections.halves[ours].first == sequence or self.connections.halves[ours].next == after
        return exact

    def tie(self, c: cython.int, original: cython.int) -> cython.int:
        """``c`` is a copy of ``original`` from now on, and so is its conversation of the other one."""
        mine: cython.int = self.connections.rows[c].seen
        theirs: cython.int = self.connections.rows[original].conversation
        self.connections.rows[c].flags |= COPY
        self.connections.rows[c].original = original
        self.connections.rows[c].original_serial = self.connections.rows[original].serial
        self.connections.rows[original].flags |= COPIED
        known: cython.bint = self.conversations.rows[mine].copy_of != 0 or self.conversations.rows[theirs].copy_of != 0
        if mine and theirs and mine != theirs and not known:
            self.conversations.rows[mine].copy_of = theirs
        return 0

    @cython.boundscheck(False)
    def again(self, c: cython.int, side: cython.int, packet: Packet) -> cython.bint:
        """The datagram, which was captured as one of the connection ``c``, was there before. Ties ``c`` to the
        connection of the other place.
        """
        digest: cython.ulonglong = self.digest(packet)
        known: RecentPointer = cython.address(self.recent.rows[self.recent.place(digest)])
        half: cython.int = 2 * c + side
        numbered: cython.int = self.counting(half, digest, packet) if packet.identifier else 0
        passed: cython.longlong = packet.time - known.time
        other: cython.int = known.row
        copy: cython.bint = False
        if (
            known.hash != digest
            or passed > (SOON if packet.identifier else SHORTLY)
            or passed < -SHORTLY
            or self.connections.rows[other].serial != known.owner
        ):
            known.hash = digest
            known.time = packet.time
            known.row = c
            known.owner = self.connections.rows[c].serial
            known.hops = packet.hops
            known.balance = 1
            return False
        if packet.identifier and other != c:
            copy = True
        elif packet.identifier:
            copy = known.hops != packet.hops or passed <= AT_ONCE or numbered & COUNTING != 0
            copy = copy and not numbered & STUCK
        elif other == c and known.hops == packet.hops:
            copy = known.balance < 0
            known.balance += 1
        else:
            copy = known.balance > 0
            known.balance -= 1
        if copy and other != c:
            self.tie_datagrams(c, other)
        if not copy:
            known.time = packet.time
        return copy

    def tie_datagrams(self, c: cython.int, other: cython.int) -> cython.int:
        """A datagram of ``c`` is one of ``other``, and one of them is not yet a copy."""
        row: cython.int = other
        if self.connections.rows[c].flags & COPY and self.original(c) >= 0:
            return 0
        if self.connections.rows[other].flags & COPY:
            row = self.original(other)
        if row >= 0 and row != c:
            self.tie(c, row)
        return 0

    @cython.boundscheck(False)
    def digest(self, packet: Packet) -> cython.ulonglong:
        """Of what routers and tunnels leave as it is: ends, identification, length, the first bytes of the payload."""
        end: cython.Py_ssize_t = min(packet.end, packet.at + (NUMBERED_COMPARED if packet.identifier else COMPARED))
        length: cython.ulonglong = cython.cast(cython.ulonglong, packet.wire_end - packet.at)
        ports: cython.ulonglong = cython.cast(cython.ulonglong, packet.source_port) << 16 | packet.target_port
        size: cython.ulonglong = length << 32 | cython.cast(cython.ulonglong, packet.identifier)
        digest: cython.ulonglong = mix(self.seed ^ ports, size, self.secret)
        return self.recent.with_payload(self.recent.with_ends(digest, packet), packet, end)

    @cython.boundscheck(False)
    def counting(self, half: cython.int, digest: cython.ulonglong, packet: Packet) -> cython.int:
        """COUNTING when the sender's datagrams were seen to have different identifications; STUCK when different
        datagrams had the same. Of a datagram the numbers of the direction, which only TCP has, keep the last one.
        """
        flags: cython.int = self.connections.halves[half].flags
        identifier: cython.uint = cython.cast(cython.uint, packet.identifier)
        low: cython.uint = cython.cast(cython.uint, digest & 0xFFFFFFFF)
        if flags & NUMBERED:
            if self.connections.halves[half].first != identifier:
                flags |= COUNTING
            elif self.connections.halves[half].next != low:
                flags |= STUCK
        self.connections.halves[half].first = identifier
        self.connections.halves[half].next = low
        self.connections.halves[half].flags = flags | NUMBERED
        return flags
