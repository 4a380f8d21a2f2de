"""From datagrams and layer-2 payloads to messages: each begins with one, and holds whole ones."""

from __future__ import annotations

from typing import Any

import cython

from scanner.capture.kernel.decode.packet import Packet
from scanner.capture.kernel.messages.associations import Associations
from scanner.capture.kernel.messages.segmentation import Segmentation

if not cython.compiled:
    from scanner.capture.kernel.messages.associations import OWN, WAITS
    from scanner.capture.kernel.messages.lengths import OUT_OF_SYNC
    from scanner.capture.kernel.messages.partial import HOLDING
    from scanner.capture.kernel.messages.recognition import DOUBTED, PROVEN
    from scanner.capture.kernel.track.conversations import NO_FRAMING

    SPARE = 3  # bytes behind the messages of a datagram that are padding
    MOST_WAITING = 24  # datagrams of an association

    ConnectionPointer = Any
    FramingPointer = Any


@cython.final
@cython.cclass
class Datagrams:
    """With what ``cutting`` knows of connections and of messages in parts.

    waiting: by connection, the datagrams of which it is not told yet whose they are: (side, bytes, length on the wire,
    frame, time).
    """

    def __init__(self, cutting: Segmentation) -> None:
        self.cutting = cutting
        self.associations = Associations(cutting.matcher, cutting.connections, cutting.recognition)
        self.waiting: dict[int, list[tuple[int, bytes, int, int, int]]] = {}

    def renew(self) -> None:
        """The next capture begins."""
        for c, waiting in self.waiting.items():
            self.waiting[c] = [(side, data, wire, 1, time) for side, data, wire, _, time in waiting]

    def take(
        self,
        c: cython.int,
        side: cython.int,
        packet: Packet,
        at: cython.Py_ssize_t,
        captured: cython.Py_ssize_t,
        wire: cython.Py_ssize_t,
    ) -> cython.int:
        """A whole datagram or layer-2 payload: ``captured`` of its ``wire`` bytes at ``at``."""
        cutting: Segmentation = self.cutting
        connection: ConnectionPointer = cython.address(cutting.connections.rows[c])
        whose: cython.int
        cutting.frame = packet.frame
        if connection.framing < 0 and not self.associations.chosen(c, packet, at, captured, wire):
            return cutting.pass_over(c, 2 * c + side, wire)
        if self.associations.needed(c):
            whose = self.associations.contested(c, packet, at, captured, wire)
            if whose == OWN and connection.rival != NO_FRAMING:
                self.release(c)
                if self.associations.needed(c):
                    whose = self.associations.contested(c, packet, at, captured, wire)
            if whose == WAITS and self.wait(c, side, packet, at, captured, wire):
                return 0
            if whose != OWN:
                self.release(c)
        return self.cut(c, side, packet, at, captured, wire)

    def wait(
        self,
        c: cython.int,
        side: cython.int,
        packet: Packet,
        at: cython.Py_ssize_t,
        captured: cython.Py_ssize_t,
        wire: cython.Py_ssize_t,
    ) -> cython.bint:
        """Keep the datagram until it is told whose it is, as long as there is room."""
        waiting: list[tuple[int, bytes, int, int, int]] = self.waiting.setdefault(c, [])
        if len(waiting) >= MOST_WAITING or self.cutting.held + captured + HOLDING > self.cutting.held_limit:
            return False
        self.cutting.held += captured + HOLDING
        waiting.append((side, bytes(packet.buffer[at : at + captured]), wire, packet.frame, packet.time))
        return True

    def release(self, c: cython.int) -> cython.int:
        """Cut the datagrams that wait, by the framing that the association has now. What is of the framing that takes
        much for its messages, though it hardly looks so, was not read.
        """
        connection: ConnectionPointer = cython.address(self.cutting.connections.rows[c])
        doubted: cython.bint = connection.rival != NO_FRAMING and connection.rival_bits >= DOUBTED
        view: Packet
        connection.rival = NO_FRAMING
        for side, data, wire, frame, time in self.waiting.pop(c, ()):
            self.cutting.held -= len(data) + HOLDING
            view = Packet()
            view.buffer = memoryview(data)
            view.frame = self.cutting.frame = frame
            view.time = time
            if doubted:
                self.cutting.sights.unread(connection, side, len(data), frame)
            if connection.framing < 0:
                self.cutting.pass_over(c, 2 * c + side, wire)
            else:
                self.cut(c, side, view, 0, len(data), wire)
        return 0

    def finish(self, c: cython.int) -> cython.int:
        """Nothing more comes: what waits is of the framing that it fits, where the other one has shown nothing."""
        if self.cutting.connections.rows[c].rival != NO_FRAMING:
            self.associations.concede(c)
            self.release(c)
        return 0

    @cython.boundscheck(False)
    def cut(
        self,
        c: cython.int,
        side: cython.int,
        packet: Packet,
        at: cython.Py_ssize_t,
        captured: cython.Py_ssize_t,
        wire: cython.Py_ssize_t,
    ) -> cython.int:
        """Tell the messages of the datagram."""
        cutting: Segmentation = self.cutting
        total: cython.Py_ssize_t
        framing: FramingPointer
        connection: ConnectionPointer = cython.address(cutting.connections.rows[c])
        first: cython.bint = True
        cutting.frame = packet.frame
        while captured > 0:
            framing = cutting.framing(c)
            total = cutting.matcher.cut_datagram(framing, packet, at, captured, wire)
            if total == OUT_OF_SYNC:
                if not first:
                    if captured > SPARE:
                        cutting.sights.unread(connection, side, captured, packet.frame)
                    return 0
                if not self.associations.otherwise(c, packet, at, captured, wire):
                    return cutting.pass_over(c, 2 * c + side, wire)
                continue
            first = False
            if framing.more_at >= 0:
                cutting.unit(c, side, packet, at, min(captured, total), total)
            else:
                if connection.settled >= PROVEN:
                    connection.misses = 0
                else:
                    cutting.recognition.in_sync(c)
                cutting.dialogue.message(
                    connection, framing, side, packet, at, min(captured, total, framing.keep), total
                )
                if framing.then >= 0:
                    cutting.recognition.go_on(c, framing.then)
            if total > captured and captured < framing.keep:
                cutting.sights.unread(connection, side, total - captured, packet.frame)
            at += total
            captured -= total
            wire -= total
        if wire > SPARE:
            cutting.sights.unread(connection, side, wire, packet.frame)
        return 0
