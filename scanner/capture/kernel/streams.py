# cython: boundscheck=True, wraparound=False, initializedcheck=False, cdivision=True, show_performance_hints=False
"""TCP (RFC 9293) as a tap sees it: segments of each direction brought into order, without needing the other one.

Of bytes that come twice the first copy counts; but the segment that closes a gap counts before what waits behind it, as
Linux and tshark have it. A segment that comes early waits for what is missing before it, within limits of bytes,
segments and time; then what is missing is counted as a gap.
"""

from __future__ import annotations

from typing import Any

import cython

from scanner.capture.limits import Limits

if not cython.compiled:
    from scanner.capture.kernel.connections import Connections
    from scanner.capture.kernel.conversations import Conversations
    from scanner.capture.kernel.cutting import Cutting
    from scanner.capture.kernel.recognition import Recognition

    FIN, SYN, RST, ACK = 1, 2, 4, 16
    CLOSED, SYN_SEEN, SYN_ACK_SEEN, RESET_SEEN, CARRIED, COPIED = 4, 8, 16, 32, 64, 256
    STARTED, KNOWN_START, UNTOUCHED, WAITING, FINISHED = 1, 2, 4, 64, 512
    WINDOW = 0x4000000
    HOLDING = 160
    HalfPointer = Any

from scanner.capture.kernel.packet import Packet


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def distance(sequence: cython.uint, since: cython.uint) -> cython.int:
    """How far ``sequence`` lies after ``since``, modulo 2**32; negative: before."""
    return cython.cast(cython.int, sequence - since)


@cython.final
@cython.cclass
class Segment:
    """A segment that waits: ``data`` was captured of its ``length`` bytes from ``sequence``."""

    def __init__(self, sequence: int, length: int, data: bytes, frame: int, time: int) -> None:
        self.sequence = sequence
        self.length = length
        self.data = data
        self.frame = frame
        self.time = time


@cython.final
@cython.cclass
class Streams:
    """Both directions of every TCP connection. ``left_out``: segments given up because too many waited."""

    def __init__(
        self,
        connections: Connections,
        conversations: Conversations,
        cutting: Cutting,
        recognition: Recognition,
        limits: Limits,
    ) -> None:
        self.connections = connections
        self.conversations = conversations
        self.cutting = cutting
        self.recognition = recognition
        self.replay = Packet()
        self.waiting: dict[int, list[Segment]] = {}
        self.waiting_bytes: dict[int, int] = {}
        self.total = 0
        self.total_limit = limits.reorder_total
        self.each_limit = limits.reorder_bytes
        self.segment_limit = limits.reorder_segments
        self.longest_wait = limits.reorder_wait
        self.acknowledged_wait = limits.acknowledged_wait
        self.left_out = 0

    def renew(self) -> None:
        """The next capture begins: what waits from the one before counts as of its first frame."""
        for waiting in self.waiting.values():
            for segment in waiting:
                cython.cast(Segment, segment).frame = 1
        self.left_out = 0

    def begins_anew(self, c: cython.int, side: cython.int, packet: Packet) -> cython.bint:
        """A packet with SYN opens another connection between the same ends than the one that is known."""
        h: cython.int = 2 * c + side
        flags: cython.int = self.connections.halves[h].flags
        if self.connections.rows[c].flags & CLOSED:
            return True
        if flags & KNOWN_START:
            return distance(self.connections.halves[h].first, packet.sequence) != 1
        if flags & STARTED:
            return True
        if packet.flags & ACK:
            return False
        flags = self.connections.halves[h ^ 1].flags
        return flags & STARTED != 0 and not flags & UNTOUCHED

    @cython.boundscheck(False)
    def segment(self, c: cython.int, side: cython.int, packet: Packet) -> cython.int:
        """One packet of the connection."""
        sequence: cython.uint = packet.sequence
        h: cython.int = 2 * c + side
        half: HalfPointer = cython.address(self.connections.halves[h])
        if (
            half.next == sequence
            and half.flags & (STARTED | WAITING) == STARTED
            and not packet.flags & (SYN | FIN | RST)
            and packet.end == packet.wire_end
            and not self.connections.halves[h ^ 1].flags & WAITING
        ):  # as nearly always
            if packet.end > packet.at:
                half.next += cython.cast(cython.uint, packet.end - packet.at)
                self.connections.rows[c].flags |= CARRIED
                return self.cutting.advance(c, side, packet, packet.at, packet.end)
            return 0
        if packet.flags & SYN:
            self.opening(c, side, packet)
            sequence += 1
        if packet.flags & ACK and self.connections.halves[h ^ 1].flags & WAITING:
            self.acknowledged(c, 1 - side, packet)
        if packet.wire_end > packet.at and not packet.flags & RST:  # a reset's payload is a text for humans
            self.connections.rows[c].flags |= CARRIED
            self.payload(c, side, packet, sequence)
        elif not half.flags & STARTED:
            self.begin(h, sequence, 0)
        if packet.flags & (FIN | RST):
            self.closing(c, side, packet, sequence)
        return 0

    def opening(self, c: cython.int, side: cython.int, packet: Packet) -> cython.int:
        """SYN: the stream begins here; with ACK, the other one begins where it says."""
        h: cython.int = 2 * c + side
        if not self.connections.halves[h].flags & STARTED:
            self.begin(h, packet.sequence + 1, KNOWN_START | UNTOUCHED)
        if not packet.flags & ACK:
            self.connections.rows[c].flags |= SYN_SEEN
            return 0
        if not self.connections.rows[c].flags & SYN_ACK_SEEN:
            self.connections.rows[c].flags |= SYN_ACK_SEEN
            self.recognition.service(c, True)
        if not self.connections.halves[h ^ 1].flags & STARTED:
            self.begin(h ^ 1, packet.acknowledgement, KNOWN_START | UNTOUCHED)
        return 0

    def begin(self, h: cython.int, sequence: cython.uint, flags: cython.int) -> cython.int:
        """The direction's next byte is ``sequence``."""
        self.connections.halves[h].next = self.connections.halves[h].first = sequence
        self.connections.halves[h].flags = STARTED | flags
        return 0

    def payload(self, c: cython.int, side: cython.int, packet: Packet, sequence: cython.uint) -> cython.int:
        """The packet carries bytes of the stream from ``sequence`` on."""
        h: cython.int = 2 * c + side
        wire: cython.Py_ssize_t = packet.wire_end - packet.at
        after: cython.int
        half: HalfPointer = cython.address(self.connections.halves[h])
        if not half.flags & STARTED:
            self.begin(h, sequence, 0)
        after = distance(sequence, half.next)
        if after < -WINDOW or after > WINDOW:
            self.flush(c, side)
            self.conversations.rows[self.connections.rows[c].conversation].gaps += 1
            self.cutting.lost(c, side, packet, WINDOW)
            half.next = sequence
            after = 0
        if after > 0:
            return self.early(c, side, packet, sequence, wire)
        if after < 0:
            if not (after == -1 and wire == 1):  # a keep-alive probe repeats one byte
                self.repeated(c)
            if wire + after <= 0:
                return 0
        self.take(c, side, packet, packet.at - after, wire + after)
        if half.flags & WAITING:
            self.drain(c, side)
        return 0

    def take(
        self, c: cython.int, side: cython.int, packet: Packet, at: cython.Py_ssize_t, wire: cython.Py_ssize_t
    ) -> cython.int:
        """The next ``wire`` bytes of the stream are here, from ``at``, as far as they were captured."""
        h: cython.int = 2 * c + side
        conversation: cython.int
        captured: cython.Py_ssize_t = max(0, min(packet.end - at, wire))
        self.connections.halves[h].next += cython.cast(cython.uint, wire)
        if captured:
            self.cutting.advance(c, side, packet, at, at + captured)
        if captured < wire:
            conversation = self.connections.rows[c].conversation
            self.conversations.rows[conversation].gaps += 1
            self.conversations.rows[conversation].lost_bytes += wire - captured
            self.cutting.lost(c, side, packet, wire - captured)
        return 0

    def early(
        self, c: cython.int, side: cython.int, packet: Packet, sequence: cython.uint, wire: cython.Py_ssize_t
    ) -> cython.int:
        """Let the segment wait for what is missing before it."""
        h: cython.int = 2 * c + side
        self.wait(h, sequence, wire, bytes(packet.buffer[packet.at : packet.end]), packet, c)
        self.connections.halves[h].flags |= WAITING
        while self.connections.halves[h].flags & WAITING:
            first: Segment = self.waiting[h][0]
            if (
                self.waiting_bytes[h] > self.each_limit
                or len(self.waiting[h]) > self.segment_limit
                or self.total > self.total_limit
            ):
                self.left_out += 1
            elif packet.time - first.time < self.longest_wait:
                break
            self.give_up(c, side)
        return 0

    def wait(
        self,
        h: cython.int,
        sequence: cython.uint,
        length: cython.Py_ssize_t,
        data: bytes,
        packet: Packet,
        c: cython.int,
    ) -> cython.int:
        """Put the parts of the segment that no waiting one has in their places."""
        waiting: list[Segment] = self.waiting.setdefault(h, [])
        first: cython.uint = self.connections.halves[h].next
        begin: cython.longlong = distance(sequence, first)
        end: cython.longlong = begin + length
        cursor: cython.longlong = begin
        stop: cython.longlong
        size: cython.longlong = 0
        place: cython.Py_ssize_t = 0
        high: cython.Py_ssize_t = len(waiting)
        middle: cython.Py_ssize_t
        other: Segment
        while place < high:  # the first that reaches behind where this one begins
            middle = (place + high) // 2
            other = waiting[middle]
            if distance(other.sequence, first) + other.length <= begin:
                place = middle + 1
            else:
                high = middle
        while cursor < end:
            stop = end
            if place < len(waiting):
                other = waiting[place]
                stop = min(stop, distance(other.sequence, first))
            if cursor < stop:
                part: Segment = Segment(
                    sequence + cython.cast(cython.uint, cursor - begin),
                    stop - cursor,
                    data[cursor - begin : stop - begin],
                    packet.frame,
                    packet.time,
                )
                waiting.insert(place, part)
                size += len(part.data) + HOLDING
                place += 1
            if stop == end:
                break
            cursor = distance(other.sequence, first) + other.length
            place += 1
        if size == 0:
            self.repeated(c)
        self.waiting_bytes[h] = self.waiting_bytes.get(h, 0) + size
        self.total += size
        return 0

    def repeated(self, c: cython.int) -> cython.int:
        """A segment came again; of a connection that was captured at several places nobody knows from whom."""
        if not self.connections.rows[c].flags & COPIED:
            self.conversations.rows[self.connections.rows[c].conversation].retransmissions += 1
        return 0

    def drain(self, c: int, side: int) -> None:
        """Take the waiting segments that are next."""
        h: cython.int = 2 * c + side
        after: cython.int
        waiting: list[Segment] = self.waiting[h]
        while waiting:
            segment: Segment = waiting[0]
            after = distance(segment.sequence, self.connections.halves[h].next)
            if after > 0:
                break
            del waiting[0]
            size = len(segment.data) + HOLDING
            self.waiting_bytes[h] -= size
            self.total -= size
            if segment.length + after > 0:
                self.replay.buffer = memoryview(segment.data)
                self.replay.frame = segment.frame
                self.replay.time = segment.time
                self.replay.at = 0
                self.replay.end = len(segment.data)
                self.replay.wire_end = segment.length
                self.take(c, side, self.replay, -after, segment.length + after)
        if not waiting:
            del self.waiting[h]
            del self.waiting_bytes[h]
            self.connections.halves[h].flags &= ~WAITING

    def give_up(self, c: int, side: int) -> None:
        """What is missing before the first waiting segment does not come any more."""
        h: cython.int = 2 * c + side
        first: Segment = self.waiting[h][0]
        missing: cython.int = distance(first.sequence, self.connections.halves[h].next)
        conversation: cython.int = self.connections.rows[c].conversation
        if missing > 0:
            self.conversations.rows[conversation].gaps += 1
            self.conversations.rows[conversation].lost_bytes += missing
            self.replay.frame = first.frame
            self.replay.time = first.time
            self.cutting.lost(c, side, self.replay, missing)
            self.connections.halves[h].next = first.sequence
        self.drain(c, side)

    def flush(self, c: int, side: int) -> None:
        """Take all that waits, with the gaps before it."""
        while self.connections.halves[2 * c + side].flags & WAITING:
            self.give_up(c, side)

    def acknowledged(self, c: cython.int, side: cython.int, packet: Packet) -> cython.int:
        """The other side has got what is missing here: the capture has lost it."""
        h: cython.int = 2 * c + side
        first: Segment = self.waiting[h][0]
        if distance(packet.acknowledgement, first.sequence) >= 0 and packet.time - first.time >= self.acknowledged_wait:
            self.give_up(c, side)
        return 0

    def closing(self, c: cython.int, side: cython.int, packet: Packet, sequence: cython.uint) -> cython.int:
        """FIN ends one direction, RST both."""
        h: cython.int = 2 * c + side
        conversation: cython.int = self.connections.rows[c].conversation
        flags: cython.int = self.connections.rows[c].flags
        sequence += cython.cast(cython.uint, packet.wire_end - packet.at)
        if packet.flags & RST:
            if not flags & RESET_SEEN:
                self.conversations.rows[conversation].reset += 1
                if flags & (SYN_SEEN | SYN_ACK_SEEN | CARRIED) == SYN_SEEN and side != self.connections.rows[c].client:
                    self.conversations.rows[conversation].refused += 1
            self.connections.rows[c].flags |= RESET_SEEN | CLOSED
            return self.end(c)
        if self.connections.halves[h].next == sequence and not self.connections.halves[h].flags & FINISHED:
            self.cutting.finish(c, side)
            self.connections.halves[h].next = sequence + 1
            self.connections.halves[h].flags |= FINISHED
            if self.connections.halves[h ^ 1].flags & FINISHED:
                self.connections.rows[c].flags |= CLOSED
        return 0

    def end(self, c: cython.int) -> cython.int:
        """The connection is over, or its row is needed: what waits and what has begun is all there is."""
        side: cython.int
        if self.connections.rows[c].conversation == 0:
            return 0
        for side in range(2):
            if self.connections.halves[2 * c + side].flags & WAITING:
                self.flush(c, side)
            self.cutting.finish(c, side)
        return 0
