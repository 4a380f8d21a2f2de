"""From datagrams and layer-2 payloads to messages: each begins with one, and holds whole ones."""

from __future__ import annotations

from typing import Any

import cython

from scanner.capture.kernel.messages.segmentation import Segmentation

if not cython.compiled:
    from scanner.capture.kernel.decode.packet import Packet
    from scanner.capture.kernel.messages.lengths import OUT_OF_SYNC
    from scanner.capture.kernel.messages.segmentation import PATIENCE

    SPARE = 3  # bytes behind the messages of a datagram that are padding

    ConnectionPointer = Any
    FramingPointer = Any


@cython.final
@cython.cclass
class Datagrams:
    """With what ``cutting`` knows of connections and of messages in parts."""

    def __init__(self, cutting: Segmentation) -> None:
        self.cutting = cutting

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
        total: cython.Py_ssize_t
        framing: FramingPointer
        connection: ConnectionPointer = cython.address(cutting.connections.rows[c])
        first: cython.bint = True
        before: cython.int
        steps: cython.int
        misses: cython.int
        tentative: cython.bint
        by_port: cython.bint = False
        cutting.frame = packet.frame
        if connection.framing < 0 and not cutting.recognition.choose(c, packet, at, captured, wire, False, False):
            return cutting.pass_over(c, 2 * c + side, wire)
        while captured > 0:
            framing = cutting.framing(c)
            if framing.yields and first and cutting.gave_way(2 * c + side, packet, at, captured, wire, False):
                framing = cutting.framing(c)
            total = cutting.matcher.cut_datagram(framing, packet, at, captured, wire)
            if total == OUT_OF_SYNC:
                if not first:
                    if captured > SPARE:
                        cutting.sights.unread(connection, side, captured, packet.frame)
                    return 0
                before = cutting.connections.rows[c].framing
                steps = cutting.connections.rows[c].steps
                misses = cutting.connections.rows[c].misses + 1
                tentative = cutting.recognition.tentative(c)
                if tentative:
                    by_port = cutting.connections.rows[c].by_port != 0
                    cutting.forget(2 * c)
                    cutting.forget(2 * c + 1)
                    cutting.recognition.refute(c)
                else:
                    cutting.connections.rows[c].misses += 1
                    if cutting.connections.rows[c].misses <= PATIENCE:
                        return cutting.pass_over(c, 2 * c + side, wire)
                    cutting.cut_short(c, 0)
                    cutting.cut_short(c, 1)
                    cutting.recognition.restart(c)
                if not cutting.recognition.choose(c, packet, at, captured, wire, False, False):
                    if tentative and misses <= PATIENCE and (by_port or framing.strong):
                        cutting.recognition.reprieve(c, before, by_port, steps, misses)
                    return cutting.pass_over(c, 2 * c + side, wire)
                continue
            first = False
            if framing.more_at >= 0:
                cutting.unit(c, side, packet, at, min(captured, total), total)
            else:
                if connection.settled:
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
