"""The table of live TCP connections, UDP and SCTP associations, and pairs of hosts or MACs without ports.

Keyed by both ends with their ports, VLAN and tunnel, whichever way a packet goes: the numerically lower end is side 0.
The table has a ceiling; a clock hand finds who makes room: closed connections first, then those that were not seen for
one round, so that a scan evicts itself.
"""

from __future__ import annotations

from typing import Any

import cython
import numpy as np

from scanner.capture.kernel.growing import table
from scanner.capture.kernel.hashing import SECRET, SEED
from scanner.limits.capture import Limits

if not cython.compiled:
    from scanner.capture.kernel.decode.packet import LEFT_SUM, RIGHT_SUM, WRONG_SUM, Packet
    from scanner.capture.kernel.hashing import mix
    from scanner.capture.kernel.track.conversations import OTHER, OVER_ETHERNET

    # ConnectionRow.flags
    USED = 1
    RECENT = 2  # seen since the hand of the clock passed
    CLOSED = 4
    SYN_SEEN = 8
    SYN_ACK_SEEN = 16
    RESET_SEEN = 32
    CARRIED = 64  # payload was seen
    COPY = 128  # its packets are those of ``original``, captured at another place
    COPIED = 256  # others are copies of it
    SENT0 = 512  # side 0 sent something of which no conversation was kept
    SENT1 = 1024
    EMPTY = 256  # ConnectionRow.hops0 and hops1: the packet had no payload
    FRAMED = 2048  # its directions go on in frames of WebSocket
    # HalfRow.flags, one direction of a TCP connection
    STARTED = 1  # ``next`` is valid
    KNOWN_START = 2  # the SYN was seen
    UNTOUCHED = 4  # the next payload is the first of the stream
    IN_SYNC = 8  # the next byte begins a message
    PARTIAL = 16  # a message has begun and is not complete
    JOINING = 32  # parts of a message have been joined and more are to come
    WAITING = 64  # segments wait for an earlier one
    AFTER_GAP = 128  # something is missing before the next byte
    IN_BODY = 256  # between two header blocks
    FINISHED = 512  # FIN in order
    ACKED = 1024  # ``acked`` is valid
    # and RIGHT_SUM: a packet with a right checksum was seen; WRONG_SUM: so far payload with wrong ones only; LEFT_SUM:
    # a packet whose checksum was left to the sender's adapter
    HEADED = 8192  # the stream's first bytes wait until it is told what they are
    ASKING = 16384  # of header blocks that tell, this direction has requests
    ANSWERING = 32768  # and this one answers
    WRAPPED = 65536  # what comes is frames of WebSocket
    LASTING = ACKED | RIGHT_SUM | WRONG_SUM | LEFT_SUM  # what remains when the stream begins
    REMEMBERED = 8  # segments of a direction whose places are known

    ConnectionPointer = Any

CONNECTION = np.dtype(
    [
        ("hash", "u8"),
        ("high0", "u8"),
        ("low0", "u8"),
        ("high1", "u8"),
        ("low1", "u8"),
        ("serial", "u8"),
        *((f"refuted{i}", "u8") for i in range(8)),  # framings that it is not: 512 bits
        ("quickest", "i8"),
        ("original_serial", "u8"),
        *(
            (name, "i4")
            for name in (
                "port0",
                "port1",
                "transport",
                "vlan",
                "tunnel",
                "next",
                "flags",
                "client",
                "conversation",
                "host0",
                "host1",
                "framing",
                "previous",
                "standing",
                "rival",
                "rival_bits",
                "by_port",
                "steps",
                "wanted",
                "misses",
                "tries",
                "settled",
                "seen",
                "original",
                "spoke",
                "said0",
                "said1",
                "hops0",
                "hops1",
            )
        ),
        *(
            (name, "u4")
            for name in (
                "stamp0",  # of the last packet of each side (scanner.capture.kernel.messages.senders)
                "stamp1",
            )
        ),
    ],
    align=True,
)
HALF = np.dtype(
    [
        *((name, "u4") for name in ("next", "first", "acked", "acked_first")),
        *((name, "i4") for name in ("flags", "advances", "turn", "ttl")),
    ],
    align=True,
)
RECENT_SEGMENT = np.dtype([(name, "u4") for name in ("chunk", "at", "sequence", "length", "mark")], align=True)


@cython.final
@cython.cclass
class Connections:
    """``locate`` finds the packet's connection, ``add`` takes in one that it did not find.

    ``halves`` has two rows for each: next and first sequence number; acked, how far the other side has acknowledged it,
    acked_first, where it began to, advances, how often that grew; ttl of its packets; turn, how many segments went to
    ``recent``, which has the places of the latest ones in their chunk, and the ``mark`` of the packet of each: 256
    times the identifier of IPv4, and how many hops it had left.

    Row fields: client, the side that is the client; conversation, that its messages belong to; seen, the conversation
    of the place where it was captured, mostly the same; original and its serial, what a COPY is a copy of; serial,
    unique over the capture; quickest, ns after which the soonest answer came, 0 if none did, AHEAD where requests do
    not wait for answers; framing (-1 none), previous (the framing to go back to) and, of datagrams,
    its standing (what it has shown), rival and
    rival_bits (another framing that the latest messages fit, with what evidence), by_port (it was a hint of the port),
    steps (messages in sync, of the ``wanted``), misses (segments out of sync), tries (at recognition), settled
    (nothing is to be learned from further messages in sync), said0 and said1 (the message that each side sent last, -1
    none; only what it may well be: the tables begin anew with each capture), hops0 and hops1 (left in the last packet,
    and whether it was EMPTY).
    """

    def __init__(self, limits: Limits) -> None:
        self.rows = table(64, CONNECTION)
        self.halves = table(128, HALF)
        self.recent = table(128 * REMEMBERED, RECENT_SEGMENT)
        self.buckets = np.full(512, -1, np.int32)
        self.mask = 511
        self.size = 0
        self.free = -1
        self.hand = 0
        self.limit = max(16, limits.connections)
        self.serial = 0
        self.secret = SECRET
        self.seed = SEED
        self.digest = self.high0 = self.low0 = self.high1 = self.low1 = 0
        self.port0 = self.port1 = self.transport = self.vlan = self.tunnel = self.side = 0

    @cython.boundscheck(False)
    def locate(self, packet: Packet, transport: cython.int, tunnel: cython.int) -> cython.int:
        """The row of the packet's connection, -1 if it is not live; ``side`` is then the side that sent it."""
        row: cython.int
        side: cython.int
        swap: cython.ulonglong
        change: cython.ulonglong
        digest: cython.ulonglong
        known: ConnectionPointer
        port0: cython.int = packet.source_port
        port1: cython.int = packet.target_port
        high0: cython.ulonglong = packet.source_high
        high1: cython.ulonglong = packet.target_high
        low0: cython.ulonglong = packet.source_low
        low1: cython.ulonglong = packet.target_low
        if transport == OVER_ETHERNET:
            high0 = high1 = 0
            low0 = packet.source_mac
            low1 = packet.target_mac
            port0 = port1 = packet.ethertype
        elif transport >= OTHER:
            port0 = port1 = 0
        # Without a branch: which end is the lower one is as good as random, and a wrong guess costs more than all this.
        side = (low0 > low1) | ((low0 == low1) & ((high0 > high1) | ((high0 == high1) & (port0 > port1))))
        swap = 0 - cython.cast(cython.ulonglong, side)
        change = (low0 ^ low1) & swap
        low0 ^= change
        low1 ^= change
        change = (high0 ^ high1) & swap
        high0 ^= change
        high1 ^= change
        change = cython.cast(cython.ulonglong, port0 ^ port1) & swap
        port0 ^= cython.cast(cython.int, change)
        port1 ^= cython.cast(cython.int, change)
        digest = cython.cast(cython.ulonglong, port0) << 48 | cython.cast(cython.ulonglong, port1) << 32
        digest |= cython.cast(cython.ulonglong, transport) << 16 | cython.cast(cython.ulonglong, packet.vlan + 1)
        digest ^= cython.cast(cython.ulonglong, tunnel + 1) << 20
        if packet.family == 4:
            digest = mix(self.seed ^ low0 << 32 ^ low1, 0, self.secret ^ digest)
        else:
            digest = mix(self.seed, digest, self.secret)
            digest = mix(digest, high0, self.secret)
            digest = mix(digest, high1, self.secret)
            digest = mix(digest, low0, self.secret)
            digest = mix(digest, low1, self.secret)
        self.side = side
        row = self.buckets[digest & self.mask]
        while row >= 0:
            known = cython.address(self.rows[row])
            if (
                known.low0 == low0
                and known.low1 == low1
                and known.port0 == port0
                and known.port1 == port1
                and known.high0 == high0
                and known.high1 == high1
                and known.vlan == packet.vlan
                and known.tunnel == tunnel
                and known.transport == transport
            ):
                return row
            row = known.next
        self.digest = digest
        self.high0 = high0
        self.low0 = low0
        self.high1 = high1
        self.low1 = low1
        self.port0 = port0
        self.port1 = port1
        self.transport = transport
        self.vlan = packet.vlan
        self.tunnel = tunnel
        return -1

    def add(self) -> cython.int:
        """A fresh row for what ``locate`` did not find; there must be room (see ``victim``)."""
        new: ConnectionPointer
        row: cython.int = self.free
        if row >= 0:
            self.free = self.rows[row].next
        else:
            if self.size == self.rows.shape[0]:
                self.grow()
            row = self.size
            self.size += 1
        self.serial += 1
        new = cython.address(self.rows[row])
        new.hash = self.digest
        new.high0 = self.high0
        new.low0 = self.low0
        new.high1 = self.high1
        new.low1 = self.low1
        new.serial = self.serial
        new.refuted0 = new.refuted1 = new.refuted2 = new.refuted3 = 0
        new.refuted4 = new.refuted5 = new.refuted6 = new.refuted7 = 0
        new.port0 = self.port0
        new.port1 = self.port1
        new.transport = self.transport
        new.vlan = self.vlan
        new.tunnel = self.tunnel
        new.flags = USED
        new.host0 = new.host1 = 0x7FFFFFFF
        new.quickest = 0
        new.framing = new.previous = new.rival = -1
        new.rival_bits = new.standing = 0
        new.client = new.conversation = new.seen = 0
        new.original = -1
        new.original_serial = 0
        new.by_port = new.steps = new.wanted = 0
        new.misses = new.tries = new.settled = 0
        new.said0 = new.said1 = -1
        new.hops0 = new.hops1 = 0
        self.halves[2 * row].flags = self.halves[2 * row + 1].flags = 0
        self.halves[2 * row].turn = self.halves[2 * row + 1].turn = 0
        self.halves[2 * row].ttl = self.halves[2 * row + 1].ttl = 0
        self.halves[2 * row].acked = self.halves[2 * row + 1].acked = 0
        new.next = self.buckets[self.digest & self.mask]
        self.buckets[self.digest & self.mask] = row
        return row

    def victim(self) -> cython.int:
        """The row that must be removed before one can be added; -1 while there is room."""
        flags: cython.int
        turns: cython.int = 0
        if self.free >= 0 or self.size < self.limit:
            return -1
        while True:
            if self.hand >= self.size:
                self.hand = 0
            flags = self.rows[self.hand].flags
            if flags & CLOSED or not flags & RECENT or turns >= 64:
                self.hand += 1
                return self.hand - 1
            self.rows[self.hand].flags = flags & ~RECENT
            self.hand += 1
            turns += 1

    def remove(self, row: cython.int) -> cython.int:
        """Take the row out of the table."""
        bucket: cython.Py_ssize_t = self.rows[row].hash & self.mask
        before: cython.int = self.buckets[bucket]
        if before == row:
            self.buckets[bucket] = self.rows[row].next
        else:
            while self.rows[before].next != row:
                before = self.rows[before].next
            self.rows[before].next = self.rows[row].next
        self.rows[row].flags = 0
        self.rows[row].next = self.free
        self.free = row
        return 0

    def grow(self) -> None:
        """Twice the rows and buckets."""
        row: cython.int
        room: int = min(self.limit, 2 * self.rows.shape[0])
        self.rows = table(room, CONNECTION, self.rows)
        self.halves = table(2 * room, HALF, self.halves)
        self.recent = table(2 * room * REMEMBERED, RECENT_SEGMENT, self.recent)
        self.buckets = np.full(2 * self.buckets.shape[0], -1, np.int32)
        self.mask = self.buckets.shape[0] - 1
        for row in range(self.size):  # every row is in use: a free one would have been taken
            self.rows[row].next = self.buckets[self.rows[row].hash & self.mask]
            self.buckets[self.rows[row].hash & self.mask] = row

    def used(self) -> Any:
        """The rows in use."""
        return [row for row in range(self.size) if self.rows[row].flags & USED]
