"""From which MAC addresses one end of a conversation sends, where that is more than one.

A router between two places of the capture sends the packets of others on: such a packet is *passed*, since the same one
was there just now from another MAC address. What a MAC address sends that was not there before is *alone*.

Proof: both ends, IP identification, everything that the transport header was read for, and the whole payload are
equal, within two seconds. Which of the two was passed on tells the time to live, where it differs, else the order. What
has neither an identification nor sequence numbers (datagrams of IPv6) may be the next one with the same payload: there
the time to live must be another.
"""

from __future__ import annotations

from typing import Any

import cython
import numpy as np

from scanner.capture.kernel.growing import table
from scanner.capture.kernel.messages.recent import Recent
from scanner.limits.capture import Limits

if not cython.compiled:
    from scanner.capture.kernel.decode.packet import TCP, UDP, Packet
    from scanner.capture.kernel.hashing import mix

    MOST_SENDERS = 8  # MAC addresses of one end that are told apart; the last stands for all further ones
    REMEMBERED_PASSING = 2048  # packets that are remembered
    PASSES: cython.longlong = 2000000000  # ns within which a packet is passed on

    RecentPointer = Any
    SenderPointer = Any

SENDER_ROW = np.dtype(
    [
        ("mac", "u8"),
        ("alone", "i8"),
        ("passed", "i8"),
        ("frame", "i8"),  # the first that it sent
        ("next", "i4"),  # the next row of the same end, 0 for none
        ("pad", "i4"),
    ],
    align=True,
)


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def stamp_of(packet: Packet) -> cython.uint:
    """What one packet of a connection has and the next one hardly: of a packet that is passed on it stays."""
    stamp: cython.uint = cython.cast(cython.uint, packet.identifier)
    if packet.kind == TCP:
        stamp ^= packet.sequence ^ (packet.acknowledgement & 0xFFFFFF) << 7
    elif packet.kind == UDP and packet.at >= 2:
        stamp ^= cython.cast(cython.uint, packet.buffer[packet.at - 2]) << 24
        stamp ^= cython.cast(cython.uint, packet.buffer[packet.at - 1]) << 16
    return stamp ^ (cython.cast(cython.uint, packet.wire_end - packet.at) & 0xFFFF) << 13


@cython.final
@cython.cclass
class Senders:
    """Row 0 is nobody's. Rows are made for ends with a second MAC address only; a conversation has the first of each of
    its ends. ``left_out`` counts packets that found the table full.
    """

    def __init__(self, limits: Limits) -> None:
        self.rows = table(64, SENDER_ROW)
        self.recent = Recent(REMEMBERED_PASSING)
        self.size = 1
        self.left_out = 0
        self.limit = limits.hosts

    def note(self, packet: Packet, first: cython.int, mac: cython.ulonglong, same: cython.bint) -> cython.int:
        """Count a packet of an end of which ``mac`` sent the first. Gives the end's first row.

        first: 0 when so far nobody else has sent. same: it is as the one before of its connection and end.
        """
        row: cython.int
        passed: cython.bint = first == 0 and same
        if first == 0:
            first = self.add(mac, 0)
            if first == 0:
                return 0
        row = self.of(first, packet)
        if row == 0 or self.again(packet, row):
            return first
        if passed:
            self.rows[row].passed += 1
        else:
            self.rows[row].alone += 1
        return first

    def of(self, first: cython.int, packet: Packet) -> cython.int:
        """The row of the packet's sender; 0 when there is no room for it."""
        row: cython.int = first
        last: cython.int = first
        known: cython.int = 0
        while row:
            if self.rows[row].mac == packet.source_mac:
                if self.rows[row].frame == 0:
                    self.rows[row].frame = packet.frame
                return row
            known += 1
            last = row
            row = self.rows[row].next
        if known >= MOST_SENDERS:
            return last
        row = self.add(packet.source_mac, packet.frame)
        self.rows[last].next = row
        return row

    def add(self, mac: cython.ulonglong, frame: cython.longlong) -> cython.int:
        """A new row."""
        row: cython.int = self.size
        if row >= self.limit:
            self.left_out += 1
            return 0
        if row == self.rows.shape[0]:
            self.rows = table(2 * self.rows.shape[0], SENDER_ROW, self.rows)
        self.rows[row].mac = mac
        self.rows[row].frame = frame
        self.rows[row].alone = self.rows[row].passed = self.rows[row].next = 0
        self.size += 1
        return row

    @cython.boundscheck(False)
    def again(self, packet: Packet, row: cython.int) -> cython.bint:
        """Whether the packet is that of another MAC address, and count it, and that one, for what they are."""
        digest: cython.ulonglong = self.digest(packet)
        known: RecentPointer = cython.address(self.recent.rows[self.recent.place(digest)])
        passed: cython.longlong = packet.time - known.time
        numbered: cython.bint = packet.identifier != 0 or packet.kind == TCP
        if (
            known.hash == digest
            and known.owner != packet.source_mac
            and -PASSES <= passed <= PASSES
            and (numbered or known.hops != packet.hops)
        ):
            if packet.hops <= known.hops:
                self.rows[row].passed += 1
                return True
            if self.rows[known.row].alone:
                self.rows[known.row].alone -= 1
                self.rows[known.row].passed += 1
        known.hash = digest
        known.owner = packet.source_mac
        known.time = packet.time
        known.row = row
        known.hops = packet.hops
        return False

    @cython.boundscheck(False)
    def digest(self, packet: Packet) -> cython.ulonglong:
        """Of all that a router leaves as it is."""
        word: cython.ulonglong = cython.cast(cython.ulonglong, packet.source_port) << 16
        digest: cython.ulonglong = self.recent.with_ends(self.recent.seed, packet)
        word |= cython.cast(cython.ulonglong, packet.target_port)
        word |= cython.cast(cython.ulonglong, packet.identifier) << 32
        if packet.kind == TCP:
            digest = mix(digest, word, self.recent.secret)
            digest = mix(
                digest,
                cython.cast(cython.ulonglong, packet.sequence) << 32
                | cython.cast(cython.ulonglong, packet.acknowledgement),
                self.recent.secret,
            )
            word = cython.cast(cython.ulonglong, packet.flags)
        word ^= cython.cast(cython.ulonglong, packet.wire_end - packet.at) << 48
        digest = mix(digest, word ^ cython.cast(cython.ulonglong, packet.protocol) << 8, self.recent.secret)
        return self.recent.with_payload(digest, packet, packet.end)

    def renew(self) -> None:
        """The next capture begins: conversations have forgotten their rows."""
        self.size = 1
        self.left_out = 0
        self.recent = Recent(REMEMBERED_PASSING)

    def table(self) -> Any:
        """The rows as a record array; the first is nobody's."""
        return np.asarray(self.rows)[: self.size].view(np.recarray)
