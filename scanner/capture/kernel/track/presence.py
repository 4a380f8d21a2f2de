"""When there was traffic: of each conversation, and of all together.

The time from the first packet on is cut into ``SLOTS`` slots. When a capture outgrows them, they become twice as long,
so that a conversation needs the same few bytes however long the capture is.
"""

from __future__ import annotations

from typing import Any

import cython
import numpy as np

SLOTS = 256
WORDS = 4  # of 64 slots
FIRST_SHIFT = 30  # a slot is 2**shift ns: 1.07 s in the beginning
LONGEST_GAP = 300_000_000_000  # ns; silence that is longer is no traffic, whatever the rhythm

_SLOTS = cython.declare(cython.int, SLOTS)
_GAP = cython.declare(cython.longlong, LONGEST_GAP)


@cython.final
@cython.cclass
class PresenceTable:
    """Rows have the numbers of conversations.

    origin: time of the first packet, 0 before it. activity: ns with traffic in each slot, silence up to ``LONGEST_GAP``
    included. bits: of each conversation, the slots in which it had a packet, as they are at its own ``shifts``.
    present: the slot of the latest packet, until: when it ends.
    """

    def __init__(self) -> None:
        self.origin = 0
        self.last = 0
        self.until = 0
        self.present = 0
        self.shift = FIRST_SHIFT
        self.activity = np.zeros(SLOTS, np.int64)
        self.bits = np.zeros(WORDS * 256, np.uint64)
        self.shifts = np.zeros(256, np.int32)

    @cython.boundscheck(False)
    def tick(self, row: cython.int, time: cython.longlong) -> cython.int:
        """A packet of a conversation; one without a time, or from before the first packet, says nothing."""
        slot: cython.int
        if self.last <= time < self.until and time - self.last <= _GAP:  # as nearly always
            self.activity[self.present] += time - self.last
            self.last = time
            slot = self.present
        else:
            if time <= 0:
                return 0
            slot = self.slot(time)
            if slot < 0:
                return 0
            self.locate()
        while row >= self.shifts.shape[0]:
            self.grow()
        if self.shifts[row] != self.shift:
            self.fold(row)
        self.bits[4 * row + (slot >> 6)] |= cython.cast(cython.ulonglong, 1) << (slot & 63)
        return 0

    @cython.boundscheck(False)
    def slot(self, time: cython.longlong) -> cython.int:
        """The slot of a time, -1 before the first packet; counts the time since the packet before."""
        if self.origin == 0:
            self.origin = self.last = time
        if time < self.origin:
            return -1
        while (time - self.origin) >> self.shift >= _SLOTS:
            self.widen()
        if time > self.last:
            if time - self.last <= _GAP:
                self.spread(self.last - self.origin, time - self.origin)
            self.last = time
        return cython.cast(cython.int, (time - self.origin) >> self.shift)

    def locate(self) -> cython.int:
        """Keep the slot of the latest packet in ``present``, and in ``until`` where it ends."""
        self.present = cython.cast(cython.int, (self.last - self.origin) >> self.shift)
        self.until = self.origin + (cython.cast(cython.longlong, self.present + 1) << self.shift)
        return 0

    @cython.boundscheck(False)
    def spread(self, start: cython.longlong, end: cython.longlong) -> cython.int:
        """Count the time from ``start`` to ``end`` (since the origin) in its slots."""
        slot: cython.Py_ssize_t
        upto: cython.longlong
        while start < end:
            slot = start >> self.shift
            upto = min(end, cython.cast(cython.longlong, slot + 1) << self.shift)
            self.activity[slot] += upto - start
            start = upto
        return 0

    def widen(self) -> cython.int:
        """Slots of twice the length; conversations follow when they have their next packet."""
        i: cython.int
        for i in range(SLOTS // 2):
            self.activity[i] = self.activity[2 * i] + self.activity[2 * i + 1]
        for i in range(SLOTS // 2, SLOTS):
            self.activity[i] = 0
        self.shift += 1
        return 0

    @cython.boundscheck(False)
    def fold(self, row: cython.int) -> cython.int:
        """Bring the slots of a conversation to the present length."""
        by: cython.int = self.shift - self.shifts[row]
        old: cython.int
        base: cython.Py_ssize_t = 4 * row
        word: cython.ulonglong
        new: cython.int
        if self.shifts[row] and by > 0:
            for old in range(_SLOTS):
                word = self.bits[base + (old >> 6)]
                if word >> (old & 63) & 1:
                    self.bits[base + (old >> 6)] = word & ~(cython.cast(cython.ulonglong, 1) << (old & 63))
                    new = old >> by if by < 8 else 0
                    self.bits[base + (new >> 6)] |= cython.cast(cython.ulonglong, 1) << (new & 63)
        self.shifts[row] = self.shift
        return 0

    def forget(self, row: cython.int) -> cython.int:
        """Nothing was seen of a conversation."""
        word: cython.int
        if row < self.shifts.shape[0]:
            for word in range(4):
                self.bits[4 * row + word] = 0
            self.shifts[row] = 0
        return 0

    def grow(self) -> None:
        """Room for twice as many conversations."""
        size: Any = self.shifts.shape[0]
        bits: Any = np.zeros(2 * WORDS * size, np.uint64)
        bits[: WORDS * size] = np.asarray(self.bits)
        self.bits = bits
        shifts: Any = np.zeros(2 * size, np.int32)
        shifts[:size] = np.asarray(self.shifts)
        self.shifts = shifts

    def renew(self) -> None:
        """Count from nothing for the next capture."""
        self.origin = self.last = self.until = 0
        self.shift = FIRST_SHIFT
        self.activity = np.zeros(SLOTS, np.int64)
        np.asarray(self.bits)[:] = 0
        np.asarray(self.shifts)[:] = 0

    def tables(self, rows: int) -> dict[str, Any]:
        """The slots of so many conversations, all of one length; ``activity`` in each slot and its ``span``, ns."""
        i: cython.int
        while rows > self.shifts.shape[0]:
            self.grow()
        for i in range(rows):
            if self.shifts[i] != self.shift:
                self.fold(i)
        return {
            "bits": np.asarray(self.bits)[: WORDS * rows].reshape(rows, WORDS).copy(),
            "activity": np.asarray(self.activity).copy(),
            "span": cython.cast(cython.longlong, 1) << self.shift,
        }
