"""TCP (RFC 9293) as a tap sees it: segments of each direction brought into order, without needing the other one.

Of bytes that come twice the first copy counts; but the segment that closes a gap counts before what waits behind it, as
Linux and tshark have it. Where the copies differ, nobody can tell which one the receiver took: that is counted. A
segment that comes early waits for what is missing before it, within limits of bytes, segments and time; then what is
missing is counted as a gap.

A segment that the receiver may not have taken (its checksum is wrong though the sender's are right or left to his
adapter, or its time to live is another one than before: Ptacek and Newsham, 1998) waits as well. It gives way to one
without such a mark, and counts once the other side has acknowledged it or the sender goes on behind it.
"""

from __future__ import annotations

from typing import Any

import cython

from scanner.limits.capture import Limits

if not cython.compiled:
    from scanner.capture.kernel.decode.packet import LEFT_SUM, NOT_SUMMED, RIGHT_SUM, WRONG_SUM
    from scanner.capture.kernel.messages.recognition import Recognition
    from scanner.capture.kernel.messages.rhythms import Rhythms
    from scanner.capture.kernel.messages.segmentation import NOWHERE, Segmentation
    from scanner.capture.kernel.messages.websockets import WebSockets
    from scanner.capture.kernel.track.connections import (
        ACKED,
        CARRIED,
        CLOSED,
        COPIED,
        FINISHED,
        KNOWN_START,
        LASTING,
        REMEMBERED,
        RESET_SEEN,
        STARTED,
        SYN_ACK_SEEN,
        SYN_SEEN,
        UNTOUCHED,
        WAITING,
        WRAPPED,
        Connections,
    )
    from scanner.capture.kernel.track.conversations import Conversations
    from scanner.capture.kernel.track.sights import Sights

    # TCP flags, RFC 9293
    FIN = 1
    SYN = 2
    RST = 4
    ACK = 16
    WINDOW = 0x4000000  # a segment further off than this belongs to another life of the connection
    SEGMENT_COST = 160  # bytes that a waiting segment costs beyond its data
    MANY_ACKS = (
        8  # so often the other side acknowledges more before it is sure that this was not sent before the capture
    )
    HOPS = 5  # by which the times to live of one sender do not differ, whatever its way

    ConnectionPointer = Any
    HalfPointer = Any
    RecentSegmentPointer = Any

from scanner.capture.kernel.decode.packet import Packet


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def distance(sequence: cython.uint, since: cython.uint) -> cython.int:
    """How far ``sequence`` lies after ``since``, modulo 2**32; negative: before."""
    return cython.cast(cython.int, sequence - since)


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def mark_of(packet: Packet) -> cython.uint:
    """``RECENT_SEGMENT.mark``."""
    return cython.cast(cython.uint, packet.identifier) << 8 | cython.cast(cython.uint, packet.hops & 0xFF)


@cython.final
@cython.cclass
class Segment:
    """A segment that waits: ``data`` was captured of its ``length`` bytes from ``sequence``. doubtful: the receiver may
    not have taken it.
    """

    def __init__(self, sequence: int, length: int, data: bytes, frame: int, time: int, doubtful: bool) -> None:
        self.sequence = sequence
        self.length = length
        self.data = data
        self.frame = frame
        self.time = time
        self.doubtful = doubtful


@cython.cfunc
@cython.exceptval(-1, check=False)
def agree(waiting: Segment, sequence: cython.uint, data: bytes) -> cython.bint:
    """Where both reach, the segment that waits and the data from ``sequence`` are the same."""
    begin: cython.int = distance(sequence, waiting.sequence)
    first: cython.Py_ssize_t = max(0, begin)
    size: cython.Py_ssize_t = min(len(waiting.data), begin + len(data)) - first
    return size <= 0 or waiting.data[first : first + size] == data[first - begin : first - begin + size]


@cython.final
@cython.cclass
class Streams:
    """Both directions of every TCP connection. ``left_out``: segments given up because too many waited."""

    def __init__(
        self,
        connections: Connections,
        conversations: Conversations,
        cutting: Segmentation,
        websockets: WebSockets,
        recognition: Recognition,
        sights: Sights,
        rhythms: Rhythms,
        limits: Limits,
    ) -> None:
        self.connections = connections
        self.sights = sights
        self.rhythms = rhythms
        self.conversations = conversations
        self.cutting = cutting
        self.websockets = websockets
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
        other: HalfPointer = cython.address(self.connections.halves[h ^ 1])
        if packet.acknowledgement != other.acked and packet.flags & ACK:
            self.acknowledges(other, packet)
        if (
            half.next == sequence
            and half.flags & (STARTED | WAITING | WRAPPED) == STARTED
            and not packet.flags & (SYN | FIN | RST)
            and packet.end == packet.wire_end
            and not other.flags & WAITING
            and packet.hops == half.ttl
            and (packet.checksum == NOT_SUMMED or half.flags & (RIGHT_SUM | WRONG_SUM | LEFT_SUM) == packet.checksum)
        ):  # as nearly always
            if packet.end > packet.at:
                self.remember(h, packet, sequence)
                half.next += cython.cast(cython.uint, packet.end - packet.at)
                self.connections.rows[c].flags |= CARRIED
                self.cutting.advance(c, side, packet, packet.at, packet.end)
                return self.go_over(c, side, packet, packet.end) if self.cutting.behind != NOWHERE else 0
            return 0
        doubtful: cython.bint = self.doubted(c, side, packet)
        if doubtful and (packet.flags & (SYN | FIN | RST) or packet.wire_end == packet.at):
            self.sights.of(cython.address(self.connections.rows[c]), side).discarded += 1
            return 0
        if packet.flags & SYN:
            self.opening(c, side, packet)
            sequence += 1
        if packet.flags & ACK and other.flags & WAITING:
            self.acknowledged(c, 1 - side, packet)
        if packet.wire_end > packet.at and not packet.flags & RST:  # a reset's payload is a text for humans
            self.connections.rows[c].flags |= CARRIED
            self.payload(c, side, packet, sequence, doubtful)
        elif not half.flags & STARTED:
            self.begin(h, sequence, 0)
        if packet.flags & (FIN | RST):
            self.closing(c, side, packet, sequence)
        return 0

    def advance(
        self, c: cython.int, side: cython.int, packet: Packet, at: cython.Py_ssize_t, end: cython.Py_ssize_t
    ) -> cython.int:
        """The next bytes of the direction are packet.buffer[at:end]."""
        if self.connections.halves[2 * c + side].flags & WRAPPED:
            return self.websockets.take(c, side, packet, at, end)
        self.cutting.advance(c, side, packet, at, end)
        return self.go_over(c, side, packet, end) if self.cutting.behind != NOWHERE else 0

    def go_over(self, c: cython.int, side: cython.int, packet: Packet, end: cython.Py_ssize_t) -> cython.int:
        """Behind an answer in the segment that ends at ``end`` frames of WebSocket begin."""
        at: cython.Py_ssize_t = self.cutting.behind
        self.cutting.behind = NOWHERE
        return self.websockets.begin(c, side, packet, at, end)

    def acknowledges(self, other: HalfPointer, packet: Packet) -> cython.int:
        """The packet says up to where the bytes of the other direction have come."""
        if not other.flags & ACKED:
            if not packet.flags & RST:
                other.flags |= ACKED
                other.acked = other.acked_first = packet.acknowledgement
                other.advances = 0
            return 0
        if 0 < distance(packet.acknowledgement, other.acked) < WINDOW and not packet.flags & RST:
            other.acked = packet.acknowledgement
            other.advances += 1
        return 0

    def doubted(self, c: cython.int, side: cython.int, packet: Packet) -> cython.bint:
        """The receiver may not have taken the packet. An odd time to live tells of payload alone: the stack of a device
        may give its resets and handshakes another one.
        """
        half: HalfPointer = cython.address(self.connections.halves[2 * c + side])
        carries: cython.bint = packet.wire_end > packet.at
        if packet.checksum == WRONG_SUM:
            if half.flags & (RIGHT_SUM | LEFT_SUM):
                return True
            if carries:
                half.flags |= WRONG_SUM
        elif packet.checksum == RIGHT_SUM:
            if half.flags & WRONG_SUM:  # which were taken for a capture at the sender, before its adapter sums up
                half.flags &= ~WRONG_SUM
                self.sights.contradictory(cython.address(self.connections.rows[c]), side, packet.frame)
            half.flags |= RIGHT_SUM
        elif packet.checksum == LEFT_SUM:
            half.flags |= LEFT_SUM
        if half.ttl == 0 or -HOPS < packet.hops - half.ttl < HOPS or self.connections.rows[c].flags & COPIED:
            half.ttl = packet.hops
            return False
        return carries and not packet.flags & (SYN | FIN | RST)

    @cython.boundscheck(False)
    def remember(self, h: cython.int, packet: Packet, sequence: cython.uint) -> cython.int:
        """Where the segment's bytes are, should others come for the same place."""
        half: HalfPointer = cython.address(self.connections.halves[h])
        row: RecentSegmentPointer = cython.address(
            self.connections.recent[h * REMEMBERED + (half.turn & (REMEMBERED - 1))]
        )
        row.chunk = packet.chunk
        row.at = cython.cast(cython.uint, packet.at)
        row.sequence = sequence
        row.length = cython.cast(cython.uint, packet.end - packet.at)
        row.mark = mark_of(packet)
        half.turn += 1
        return 0

    def is_copy(self, h: cython.int, packet: Packet, sequence: cython.uint) -> cython.bint:
        """A packet that is remembered was captured again: behind a router, or a second time by a mirror. Who sends a
        segment again sends another packet, with an identifier of its own.
        """
        half: HalfPointer = cython.address(self.connections.halves[h])
        row: RecentSegmentPointer
        mark: cython.uint = mark_of(packet)
        i: cython.int
        same: cython.bint = False
        numbered: cython.bint = False
        for i in range(min(half.turn, REMEMBERED)):
            row = cython.address(self.connections.recent[h * REMEMBERED + i])
            numbered |= row.mark >> 8 != mark >> 8
            if row.sequence == sequence and row.length == packet.end - packet.at:
                if row.mark >> 8 == mark >> 8 and row.mark != mark:
                    return True
                same |= row.mark == mark and mark >> 8 != 0
        return same and numbered

    def differs(self, h: cython.int, packet: Packet, sequence: cython.uint) -> cython.bint:
        """The packet brings other bytes for a place than a segment did that is remembered."""
        half: HalfPointer = cython.address(self.connections.halves[h])
        row: RecentSegmentPointer
        i: cython.int
        begin: cython.longlong
        place: cython.longlong
        stop: cython.longlong
        length: cython.longlong
        size: cython.longlong = packet.end - packet.at
        if packet.chunk == 0:
            return False
        for i in range(min(half.turn, REMEMBERED)):
            row = cython.address(self.connections.recent[h * REMEMBERED + i])
            begin = distance(sequence, row.sequence)
            length = row.length
            if row.chunk != packet.chunk or begin <= -WINDOW or begin >= length:
                continue
            place = max(0, begin)
            stop = min(length, begin + size)
            while place < stop:
                if packet.buffer[row.at + place] != packet.buffer[packet.at + place - begin]:
                    return True
                place += 1
        return False

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
        half: HalfPointer = cython.address(self.connections.halves[h])
        missing: cython.longlong = 0
        if half.flags & ACKED and half.advances >= MANY_ACKS and not flags & KNOWN_START:
            missing = min(distance(sequence, half.acked_first), distance(half.acked, half.acked_first))
        half.next = half.first = sequence
        half.flags = (half.flags & LASTING) | STARTED | flags
        if 1 < missing < WINDOW:
            self.never_captured(h, missing)
        return 0

    def never_captured(self, h: cython.int, missing: cython.longlong) -> cython.int:
        """So many bytes of the direction were acknowledged by the other side, and are not here."""
        self.gap(h, missing, 0)
        self.sights.unread(cython.address(self.connections.rows[h >> 1]), h & 1, missing, 0)
        return 0

    def gap(self, h: cython.int, missing: cython.longlong, frame: cython.longlong) -> cython.int:
        """So many bytes of the direction were sent and not captured; ``frame`` shows it, 0 if none does."""
        connection: ConnectionPointer = cython.address(self.connections.rows[h >> 1])
        self.conversations.rows[connection.conversation].gaps += 1
        self.conversations.rows[connection.conversation].lost_bytes += missing
        self.sights.missing(connection, h & 1, missing, frame)
        return 0

    def payload(
        self, c: cython.int, side: cython.int, packet: Packet, sequence: cython.uint, doubtful: cython.bint
    ) -> cython.int:
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
            self.websockets.lost(c, side, packet, WINDOW)
            self.sights.contradictory(cython.address(self.connections.rows[c]), side, packet.frame)
            half.next = sequence
            after = 0
        if doubtful:
            return self.doubt(c, side, packet, sequence, wire)
        if half.flags & WAITING:
            self.overrule(c, side, packet, sequence, wire)
            after = distance(sequence, half.next)
        if after > 0:
            return self.early(c, side, packet, sequence, wire)
        if after < 0:
            if not (after == -1 and wire == 1):  # a keep-alive probe repeats one byte
                if not self.is_copy(h, packet, sequence):
                    self.repeated(c, packet.time)
                if self.differs(h, packet, sequence):
                    self.sights.contradictory(cython.address(self.connections.rows[c]), side, packet.frame)
            if wire + after <= 0:
                return 0
        if packet.end == packet.wire_end:
            self.remember(h, packet, sequence)
        self.take(c, side, packet, packet.at - after, wire + after)
        if half.flags & WAITING:
            self.drain(c, side)
        return 0

    def doubt(
        self, c: cython.int, side: cython.int, packet: Packet, sequence: cython.uint, wire: cython.Py_ssize_t
    ) -> cython.int:
        """Let the segment wait until something shows whether the receiver took it."""
        h: cython.int = 2 * c + side
        connection: ConnectionPointer = cython.address(self.connections.rows[c])
        if distance(sequence, self.connections.halves[h].next) + wire <= 0:
            self.sights.of(connection, side).discarded += 1
            return 0
        self.wait(h, sequence, wire, bytes(packet.buffer[packet.at : packet.end]), packet, c, True)
        self.connections.halves[h].flags |= WAITING
        return self.limit(c, side, packet)

    def overrule(
        self, c: cython.int, side: cython.int, packet: Packet, sequence: cython.uint, wire: cython.Py_ssize_t
    ) -> cython.int:
        """A segment without a mark came: doubtful ones for the same place are dropped, those before it were taken."""
        h: cython.int = 2 * c + side
        connection: ConnectionPointer = cython.address(self.connections.rows[c])
        data: bytes = bytes(packet.buffer[packet.at : packet.end])
        waiting: list[Segment] = self.waiting[h]
        segment: Segment
        begin: cython.int
        for segment in list(waiting):
            begin = distance(segment.sequence, sequence)
            if segment.doubtful and begin < wire and begin + segment.length > 0:
                waiting.remove(segment)
                self.waiting_bytes[h] -= len(segment.data) + SEGMENT_COST
                self.total -= len(segment.data) + SEGMENT_COST
                self.sights.of(connection, side).discarded += 1
            elif begin < 0:
                segment.doubtful = False
            elif not segment.doubtful and begin < wire and not agree(segment, sequence, data):
                self.sights.contradictory(connection, side, packet.frame)
        self.drain(c, side)
        return 0

    def take(
        self, c: cython.int, side: cython.int, packet: Packet, at: cython.Py_ssize_t, wire: cython.Py_ssize_t
    ) -> cython.int:
        """The next ``wire`` bytes of the stream are here, from ``at``, as far as they were captured."""
        h: cython.int = 2 * c + side
        captured: cython.Py_ssize_t = max(0, min(packet.end - at, wire))
        self.connections.halves[h].next += cython.cast(cython.uint, wire)
        if captured < wire:
            self.cutting.lacks = h
            self.cutting.lacking = wire - captured
        if captured:
            self.advance(c, side, packet, at, at + captured)
        if captured < wire:
            self.gap(h, wire - captured, packet.frame)
            self.websockets.lost(c, side, packet, wire - captured)
            self.cutting.lacks = NOWHERE
        return 0

    def early(
        self, c: cython.int, side: cython.int, packet: Packet, sequence: cython.uint, wire: cython.Py_ssize_t
    ) -> cython.int:
        """Let the segment wait for what is missing before it."""
        h: cython.int = 2 * c + side
        self.wait(h, sequence, wire, bytes(packet.buffer[packet.at : packet.end]), packet, c, False)
        self.connections.halves[h].flags |= WAITING
        return self.limit(c, side, packet)

    def limit(self, c: cython.int, side: cython.int, packet: Packet) -> cython.int:
        """Nothing waits too long, and not too much of it."""
        h: cython.int = 2 * c + side
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
        doubtful: cython.bint,
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
                    doubtful,
                )
                waiting.insert(place, part)
                size += len(part.data) + SEGMENT_COST
                place += 1
            if stop == end:
                break
            if not doubtful and not agree(other, sequence, data):
                self.sights.contradictory(cython.address(self.connections.rows[c]), h & 1, packet.frame)
            cursor = distance(other.sequence, first) + other.length
            place += 1
        if size == 0:
            self.repeated(c, packet.time)
        self.waiting_bytes[h] = self.waiting_bytes.get(h, 0) + size
        self.total += size
        return 0

    def repeated(self, c: cython.int, time: cython.longlong) -> cython.int:
        """A segment came again; of a connection that was captured at several places nobody knows from whom."""
        if not self.connections.rows[c].flags & COPIED:
            self.conversations.rows[self.connections.rows[c].conversation].retransmissions += 1
            self.rhythms.repeated(self.connections.rows[c].conversation, time)
        return 0

    def drain(self, c: int, side: int) -> None:
        """Take the waiting segments that are next."""
        h: cython.int = 2 * c + side
        after: cython.int
        waiting: list[Segment] = self.waiting[h]
        while waiting:
            segment: Segment = waiting[0]
            after = distance(segment.sequence, self.connections.halves[h].next)
            if after > 0 or segment.doubtful:
                break
            del waiting[0]
            size = len(segment.data) + SEGMENT_COST
            self.waiting_bytes[h] -= size
            self.total -= size
            if segment.length + after > 0:
                self.replay.buffer = memoryview(segment.data)
                self.replay.frame = segment.frame
                self.replay.time = segment.time
                self.replay.at = 0
                self.replay.end = len(segment.data)
                self.replay.wire_end = segment.length
                self.replay.chunk = 0
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
        if missing > 0:
            self.gap(h, missing, first.frame)
            self.replay.frame = first.frame
            self.replay.time = first.time
            self.websockets.lost(c, side, self.replay, missing)
            self.connections.halves[h].next = first.sequence
        first.doubtful = False
        self.drain(c, side)

    def flush(self, c: int, side: int) -> None:
        """Take all that waits, with the gaps before it."""
        while self.connections.halves[2 * c + side].flags & WAITING:
            self.give_up(c, side)

    def acknowledged(self, c: cython.int, side: cython.int, packet: Packet) -> cython.int:
        """The other side has got what is missing here: the capture has lost it."""
        h: cython.int = 2 * c + side
        first: Segment = self.waiting[h][0]
        if first.doubtful and distance(first.sequence, self.connections.halves[h].next) <= 0:
            if distance(packet.acknowledgement, first.sequence) >= first.length:
                self.connections.halves[h].ttl = 0
                self.give_up(c, side)
        elif (
            distance(packet.acknowledgement, first.sequence) >= 0 and packet.time - first.time >= self.acknowledged_wait
        ):
            self.give_up(c, side)
        return 0

    def closing(self, c: cython.int, side: cython.int, packet: Packet, sequence: cython.uint) -> cython.int:
        """FIN ends one direction, RST both, unless it is not in the window and the receiver ignores it (RFC 5961)."""
        h: cython.int = 2 * c + side
        conversation: cython.int = self.connections.rows[c].conversation
        flags: cython.int = self.connections.rows[c].flags
        ahead: cython.int = distance(sequence, self.connections.halves[h].next)
        sequence += cython.cast(cython.uint, packet.wire_end - packet.at)
        if packet.flags & RST:
            if self.connections.halves[h].flags & STARTED and not 0 <= ahead < WINDOW:
                self.sights.of(cython.address(self.connections.rows[c]), side).discarded += 1
                return 0
            if not flags & RESET_SEEN:
                self.conversations.rows[conversation].reset += 1
                if flags & (SYN_SEEN | SYN_ACK_SEEN | CARRIED) == SYN_SEEN and side != self.connections.rows[c].client:
                    self.conversations.rows[conversation].refused += 1
            self.connections.rows[c].flags |= RESET_SEEN | CLOSED
            return self.end(c)
        if self.connections.halves[h].next == sequence and not self.connections.halves[h].flags & FINISHED:
            self.websockets.finish(c, side)
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
            self.websockets.finish(c, side)
            self.account(2 * c + side)
        return 0

    def account(self, h: cython.int) -> cython.int:
        """Count what the other side has acknowledged and the capture does not have; a FIN counts as one byte."""
        half: HalfPointer = cython.address(self.connections.halves[h])
        missing: cython.int
        if not half.flags & ACKED:
            return 0
        missing = distance(half.acked, half.next if half.flags & STARTED else half.acked_first)
        half.acked_first = half.acked
        if 1 < missing < WINDOW:
            half.next = half.acked
            self.never_captured(h, missing)
        return 0
