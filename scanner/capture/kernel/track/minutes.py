"""The busiest minute of what belongs together: all messages of one conversation, case and side.

Single messages cannot tell it when the address that they write moves on and each is another distinct message.
"""

from __future__ import annotations

from typing import Any

import cython
import numpy as np

from scanner.capture.kernel.hashing import SECRET, SEED

if not cython.compiled:
    from scanner.capture.kernel.hashing import mix

    LanePointer = Any

LANE = np.dtype(
    [("identity", "u8"), ("minute", "i4"), ("count", "u4"), ("most", "u4"), ("most_at", "i4"), ("next", "i4")],
    align=True,
)


@cython.final
@cython.cclass
class Minutes:
    """Lanes in the order first seen. A minute is a number of minutes since 1970, UTC.

    minute, count: the minute of the latest message, and how many it has had. most, most_at: the busiest minute so far.
    """

    def __init__(self) -> None:
        self.secret = SECRET
        self.seed = SEED
        self.rows = np.zeros(64, LANE).view(np.recarray)
        self.buckets = np.full(128, -1, np.int32)
        self.mask = 127
        self.size = 0

    @cython.boundscheck(False)
    def lane(self, identity: cython.ulonglong) -> cython.int:
        """The lane of a conversation, case and side; a new one when it has none."""
        bucket: cython.Py_ssize_t = mix(self.seed, identity, self.secret) & self.mask
        lane: cython.int = self.buckets[bucket]
        while lane >= 0:
            if self.rows[lane].identity == identity:
                return lane
            lane = self.rows[lane].next
        lane = self.size
        if lane == self.rows.shape[0]:
            self.grow()
            bucket = mix(self.seed, identity, self.secret) & self.mask
        self.size += 1
        self.rows[lane].identity = identity
        self.rows[lane].next = self.buckets[bucket]
        self.buckets[bucket] = lane
        return lane

    def grow(self) -> None:
        """Room for twice as many."""
        lane: cython.int
        bucket: cython.Py_ssize_t
        rows: Any = np.zeros(2 * self.size, LANE)
        rows[: self.size] = np.asarray(self.rows)
        self.rows = rows.view(np.recarray)
        self.buckets = np.full(2 * self.buckets.shape[0], -1, np.int32)
        self.mask = self.buckets.shape[0] - 1
        for lane in range(self.size):
            bucket = mix(self.seed, self.rows[lane].identity, self.secret) & self.mask
            self.rows[lane].next = self.buckets[bucket]
            self.buckets[bucket] = lane

    @cython.boundscheck(False)
    def tick(self, lane: cython.int, minute: cython.int) -> cython.int:
        """Count a message in its minute."""
        known: LanePointer = cython.address(self.rows[lane])
        if known.minute != minute:
            known.minute = minute
            known.count = 0
        known.count += 1
        if known.count > known.most:
            known.most = known.count
            known.most_at = minute
        return 0

    @cython.boundscheck(False)
    def busiest(self, lane: cython.int) -> cython.int:
        """The busiest minute of the lane so far."""
        known: LanePointer = cython.address(self.rows[lane])
        at: cython.int = known.most_at
        return at

    def all_busiest(self) -> Any:
        """The busiest minute of every lane."""
        return np.asarray(self.rows)["most_at"]
