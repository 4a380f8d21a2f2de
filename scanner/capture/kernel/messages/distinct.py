"""The table of distinct messages: equal when conversation, side, case and key bytes are equal."""

from __future__ import annotations

from typing import Any

import cython
import numpy as np

from scanner.capture.kernel.growing import table
from scanner.capture.kernel.hashing import SECRET, SEED
from scanner.capture.kernel.track.minutes import Minutes
from scanner.capture.result import FIRST_FRAMES
from scanner.limits.capture import Limits

if not cython.compiled:
    from scanner.capture.kernel.decode.packet import Packet
    from scanner.capture.kernel.hashing import mix
    from scanner.capture.kernel.messages.matcher import Matcher
    from scanner.capture.kernel.messages.series import NO_SERIES, Series
    from scanner.capture.kernel.record_index import otaudit_prefetch
    from scanner.framing.layout import SEQUENCE

    BytesPointer = Any
    NO_ROW, FRAMES, CASE_MASK = 0x7FFFFFFF, FIRST_FRAMES, 0x7FFFFFFF
    MessagePointer = Any

# What every message touches comes first, so that it is two lines of the processor's cache.
MESSAGE = np.dtype(
    [
        ("hash", "u8"),
        ("identity", "u8"),
        ("key0", "u8"),
        ("key1", "u8"),
        ("count", "i8"),
        ("first_time", "i8"),
        ("last_time", "i8"),
        ("key_size", "i4"),
        ("lane", "i4"),
        ("minute", "i4"),
        ("in_minute", "u4"),
        ("after", "i4"),
        ("series", "i4"),
        ("key_at", "i8"),
        ("length", "i8"),
        ("kept_at", "i8"),
        ("kept_size", "i4"),
        ("next", "i4"),
        ("by_port", "i4"),
        ("overflow", "i4"),
        ("set_back", "i4"),
        ("most_at", "i4"),
        ("connection", "i8"),
        ("lost", "i8"),
        ("most", "u4"),
        ("peak_at", "i4"),
        ("peak", "u4"),
        ("opener", "i4"),
        *((f"frame{i}", "u4") for i in range(FIRST_FRAMES)),
    ],
    align=True,
)


@cython.final
@cython.cclass
class DistinctMessages:
    """Rows in the order first seen. ``left_out`` counts messages that found the table full.

    identity: conversation << 32 | case << 1 | from the client. A numbered message (``Elements.numbering``) is of a
    series; one that sets its state back is another message: its row has ``set_back``.

    connection, lost: the serial number of the connection of a message that stands for itself (``Case.in_order``), and
    how much of what its sender sent in the conversation was lost before it; 0 of every other.

    opener: what the handle of the message means (``Keys.opener``).

    key0, key1: the first words of the key, most of which have no more. after: the row that came after this one on its
    connection the last time, -1 if none did. Most polls come round in the same order, so that the row is looked for
    there first, and fetched while other connections have their turn.

    most, most_at: how often the message was seen in the minute that had most of it (minutes since 1970). peak, peak_at:
    the same of the minute that was busiest for its ``lane``, all messages of its identity; 0 if it was not seen then.
    """

    def __init__(self, matcher: Matcher, series: Series, limits: Limits) -> None:
        self.matcher = matcher
        self.series = series
        self.out = matcher.keys.out
        self.secret = SECRET
        self.seed = SEED
        self.row_limit = limits.messages
        self.each_limit = limits.messages_each
        self.byte_limit = limits.message_bytes
        self.renew()

    def renew(self) -> None:
        """Begin anew, for the next capture."""
        self.rows = table(1024, MESSAGE)
        self.buckets = np.full(2048, -1, np.int32)
        self.mask = 2047
        self.keys = np.zeros(4096, np.uint64)
        self.kept = np.zeros(1 << 16, np.uint8)
        self.keys_used = self.kept_used = self.size = 0
        self.left_out = 0
        self.each: dict[int, int] = {}
        self.some: dict[int, int] = {}
        self.overflows: dict[int, int] = {}
        self.of = NO_SERIES
        self.minutes = Minutes()
        self.set_back = False
        self.connection = self.lost = self.ordinal = 0

    @cython.boundscheck(False)
    def alone(
        self,
        identity: cython.ulonglong,
        by_port: cython.bint,
        packet: Packet,
        start: cython.Py_ssize_t,
        visible: cython.Py_ssize_t,
        total: cython.longlong,
        connection: cython.longlong,
        lost: cython.longlong,
    ) -> cython.int:
        """Count a message that is like no other: of this connection, after so many bytes were lost."""
        row: cython.int
        self.ordinal += 1
        self.of = NO_SERIES
        self.set_back = False
        self.out[0] = self.ordinal
        self.find(identity, 8, -1)
        self.connection = connection
        self.lost = lost
        row = self.add(self.digest, 8, identity, by_port, packet, start, visible, total)
        self.connection = self.lost = 0
        return row

    @cython.boundscheck(False)
    def count(
        self,
        identity: cython.ulonglong,
        by_port: cython.bint,
        packet: Packet,
        start: cython.Py_ssize_t,
        visible: cython.Py_ssize_t,
        total: cython.longlong,
        before: cython.int,
    ) -> cython.int:
        """Count one message, at the packet's time and frame; gives its row. before: that of the message before it."""
        case: cython.int = cython.cast(cython.int, identity >> 1 & CASE_MASK)
        size: cython.int = cython.cast(cython.int, self.matcher.keys.key(case, packet, start, visible, total))
        guess: cython.int = -1
        row: cython.int
        if 0 <= before < self.size:
            guess = self.rows[before].after
        row = self.find(identity, size, guess)
        self.of = NO_SERIES
        self.set_back = False
        if self.matcher.keys.numbers & SEQUENCE:
            self.of = self.rows[row].series if row >= 0 else self.series.find(packet, identity & 1)
            if self.of != NO_SERIES and self.series.take(self.of, packet):
                self.set_back = True
                if size & 7 == 0:
                    self.out[size >> 3] = 0
                self.out[size >> 3] |= cython.cast(cython.ulonglong, 1) << (8 * (size & 7))
                size += 1
                row = self.find(identity, size, -1)
        if row >= 0:
            self.see(row, packet)
        else:
            row = self.add(self.digest, size, identity, by_port, packet, start, visible, total)
        if row != guess and 0 <= before < self.size and row < self.size:  # NO_ROW is not
            self.rows[before].after = row
        return row

    @cython.boundscheck(False)
    def find(self, identity: cython.ulonglong, size: cython.int, guess: cython.int) -> cython.int:
        """The row of the message whose key of ``size`` bytes was picked, -1 if there is none; ``digest`` is of it.

        guess: the row that it may well be.
        """
        i: cython.int
        words: cython.int = (size + 7) >> 3
        digest: cython.ulonglong = mix(self.seed ^ cython.cast(cython.ulonglong, size), identity, self.secret)
        for i in range(words):
            digest = mix(digest, self.out[i], self.secret)
        self.digest = digest
        if words < 2:
            self.out[1] = 0
        if words < 1:
            self.out[0] = 0
        if guess >= 0 and self.same(guess, identity, size):
            return guess
        row: cython.int = self.buckets[digest & self.mask]
        while row >= 0 and not self.same(row, identity, size):
            row = self.rows[row].next
        return row

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    @cython.boundscheck(False)
    def same(self, row: cython.int, identity: cython.ulonglong, size: cython.int) -> cython.bint:
        """The row is of this identity and the key that was picked, whose ``digest`` is known."""
        known: MessagePointer = cython.address(self.rows[row])
        i: cython.int
        if (
            known.hash != self.digest
            or known.identity != identity
            or known.key_size != size
            or known.key0 != self.out[0]
            or known.key1 != self.out[1]
        ):
            return False
        for i in range(2, (size + 7) >> 3):  # noqa: SIM110 - a loop of C
            if self.keys[known.key_at + i] != self.out[i]:
                return False
        return True

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    @cython.boundscheck(False)
    def foresee(self, row: cython.int) -> cython.int:
        """Have the row fetched that will come after this one, as far as that is known; gives it, or -1."""
        after: cython.int = self.rows[row].after
        if after >= 0 and cython.compiled:
            otaudit_prefetch(cython.cast(BytesPointer, cython.address(self.rows[after])))
            otaudit_prefetch(cython.cast(BytesPointer, cython.address(self.rows[after])) + 64)
        return after

    @cython.boundscheck(False)
    def see(self, row: cython.int, packet: Packet) -> cython.int:
        """Count the row once more."""
        known: MessagePointer = cython.address(self.rows[row])
        seen: cython.longlong = known.count
        frame: cython.uint = cython.cast(cython.uint, packet.frame)
        known.count = seen + 1
        known.last_time = max(known.last_time, packet.time)
        known.first_time = min(known.first_time, packet.time)
        if seen < FRAMES:
            if seen == 1:
                known.frame1 = frame
            elif seen == 2:
                known.frame2 = frame
            elif seen == 3:
                known.frame3 = frame
            elif seen == 4:
                known.frame4 = frame
        return self.date(known, packet)

    @cython.boundscheck(False)
    def date(self, known: MessagePointer, packet: Packet) -> cython.int:
        """Count the row in its minute."""
        minute: cython.int = cython.cast(cython.int, packet.time // 1_000_000_000 // 60)
        if known.minute != minute:
            if known.in_minute > known.most:
                known.most = known.in_minute
                known.most_at = known.minute
            if known.minute == self.minutes.busiest(known.lane):
                known.peak = known.in_minute
                known.peak_at = known.minute
            known.minute = minute
            known.in_minute = 0
        known.in_minute += 1
        return self.minutes.tick(known.lane, minute)

    def add(
        self,
        digest: cython.ulonglong,
        size: cython.int,
        identity: cython.ulonglong,
        by_port: cython.bint,
        packet: Packet,
        start: cython.Py_ssize_t,
        visible: cython.Py_ssize_t,
        total: cython.longlong,
    ) -> cython.int:
        """A message not seen before: a row of its own while there is room."""
        row: cython.int
        word: cython.int
        words: cython.int = (size + 7) >> 3
        if self.enough(identity):
            return self.overflow(identity, by_port, packet, start, visible, total)
        if self.full(identity, size, visible):
            self.left_out += 1
            return self.overflow(identity, by_port, packet, start, visible, total)
        row = self.append(identity, by_port, packet, start, visible, total)
        if self.keys_used + words > self.keys.shape[0]:
            self.keys = table(2 * self.keys.shape[0] + words, np.uint64, self.keys)
        self.rows[row].hash = digest
        self.rows[row].key_at = self.keys_used
        self.rows[row].key_size = size
        self.rows[row].key0 = self.out[0]
        self.rows[row].key1 = self.out[1]
        for word in range(words):
            self.keys[self.keys_used + word] = self.out[word]
        self.keys_used += words
        self.rows[row].next = self.buckets[digest & self.mask]
        self.buckets[digest & self.mask] = row
        if self.size > self.buckets.shape[0]:
            self.rehash()
        return row

    def enough(self, identity: cython.ulonglong) -> cython.bint:
        """``Case.most`` of them are told apart, or what they fill leaves too little room for others."""
        most: cython.int = self.matcher.cases[identity >> 1 & CASE_MASK].most
        there: cython.int
        if not most:
            return False
        there = self.some.get(identity, 0)
        if (
            there >= most
            or 4 * self.size >= self.row_limit
            or 4 * (8 * self.keys_used + self.kept_used) >= self.byte_limit
        ):
            return True
        self.some[identity] = there + 1
        return False

    def full(self, identity: cython.ulonglong, size: cython.int, keep: cython.Py_ssize_t) -> cython.bint:
        """A ceiling is reached: of the table, of its bytes, or of this conversation and protocol."""
        protocol: cython.int = self.matcher.cases[identity >> 1 & CASE_MASK].protocol
        each: Any = identity >> 32 << 32 | protocol  # a number: tuples would set the collector of garbage to work
        there: cython.longlong = self.each.get(each, 0)
        if (
            self.size >= self.row_limit
            or there >= self.each_limit
            or 8 * self.keys_used + size + self.kept_used + keep > self.byte_limit
        ):
            return True
        self.each[each] = there + 1
        return False

    def overflow(
        self,
        identity: cython.ulonglong,
        by_port: cython.bint,
        packet: Packet,
        start: cython.Py_ssize_t,
        visible: cython.Py_ssize_t,
        total: cython.longlong,
    ) -> cython.int:
        """Count the message in the one row for all of its conversation, case and side that found no room."""
        row: cython.int = self.overflows.get(identity, -1)
        if row >= 0:
            self.see(row, packet)
            return row
        if self.size >= 2 * self.row_limit:  # even the rows for what is left out have an end
            return NO_ROW
        row = self.append(identity, by_port, packet, start, min(visible, 64), total)
        self.rows[row].overflow = 1
        self.rows[row].opener = 0
        self.rows[row].series = NO_SERIES
        self.rows[row].next = -1
        self.overflows[identity] = row
        return row

    def append(
        self,
        identity: cython.ulonglong,
        by_port: cython.bint,
        packet: Packet,
        start: cython.Py_ssize_t,
        visible: cython.Py_ssize_t,
        total: cython.longlong,
    ) -> cython.int:
        """The next row, filled except for its key."""
        row: cython.int = self.size
        keep: cython.Py_ssize_t = min(visible, self.matcher.cases[identity >> 1 & CASE_MASK].keep)
        if row == self.rows.shape[0]:
            self.rows = table(2 * row, MESSAGE, self.rows)
        if self.kept_used + keep > self.kept.shape[0]:
            self.kept = table(2 * self.kept.shape[0] + keep, np.uint8, self.kept)
        self.size += 1
        self.rows[row].identity = identity
        self.rows[row].by_port = by_port
        self.rows[row].first_time = self.rows[row].last_time = packet.time
        self.rows[row].count = 1
        self.rows[row].set_back = self.set_back
        self.rows[row].series = self.of
        self.rows[row].lane = self.minutes.lane(identity)
        self.rows[row].connection = self.connection
        self.rows[row].lost = self.lost
        self.rows[row].opener = self.matcher.keys.opener
        self.date(cython.address(self.rows[row]), packet)
        self.rows[row].after = -1
        self.rows[row].length = total
        self.rows[row].frame0 = cython.cast(cython.uint, packet.frame)
        self.rows[row].kept_at = self.kept_used
        self.rows[row].kept_size = cython.cast(cython.int, keep)
        self.kept[self.kept_used : self.kept_used + keep] = packet.buffer[start : start + keep]
        self.kept_used += keep
        return row

    def rehash(self) -> None:
        """Twice as many buckets."""
        row: cython.int
        self.buckets = np.full(2 * self.buckets.shape[0], -1, np.int32)
        self.mask = self.buckets.shape[0] - 1
        for row in range(self.size):
            if not self.rows[row].overflow:
                self.rows[row].next = self.buckets[self.rows[row].hash & self.mask]
                self.buckets[self.rows[row].hash & self.mask] = row

    def table(self) -> Any:
        """The rows as a record array, the minute that each was last seen in taken into account."""
        rows = np.asarray(self.rows)[: self.size].view(np.recarray)
        last = rows["in_minute"] > rows["most"]
        rows["most"][last], rows["most_at"][last] = rows["in_minute"][last], rows["minute"][last]
        busiest = self.minutes.all_busiest()[rows["lane"]]
        at_peak = rows["minute"] == busiest
        rows["peak"][at_peak], rows["peak_at"][at_peak] = rows["in_minute"][at_peak], busiest[at_peak]
        rows["peak"][rows["peak_at"] != busiest] = 0
        return rows

    def kept_bytes(self) -> Any:
        """The arena that ``kept_at`` and ``kept_size`` index."""
        return np.asarray(self.kept)[: self.kept_used]

    def key_words(self) -> Any:
        """The arena that ``key_at`` (in words) and ``key_size`` (in bytes) index."""
        return np.asarray(self.keys)[: self.keys_used]
