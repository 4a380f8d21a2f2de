# cython: boundscheck=True, wraparound=False, initializedcheck=False, cdivision=True, show_performance_hints=False
"""The busiest minute of what belongs together: all messages of one conversation, case and side.

Single messages cannot tell it when the address that they write moves on and each is another distinct message.
"""

from __future__ import annotations

from typing import Any

import cython
import numpy as np

if not cython.compiled:
    LanePointer = Any

LANE = np.dtype([("minute", "i4"), ("count", "u4"), ("most", "u4"), ("most_at", "i4")], align=True)


@cython.final
@cython.cclass
class Minutes:
    """Lanes in the order first seen. A minute is a number of minutes since 1970, UTC.

    minute, count: the minute of the latest message, and how many it has had. most, most_at: the busiest minute so far.
    """

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Begin anew, for the next capture."""
        self.rows = np.zeros(64, LANE).view(np.recarray)
        self.known: dict[int, int] = {}

    def lane(self, identity: cython.ulonglong) -> cython.int:
        """The lane of a conversation, case and side."""
        lane: cython.int = self.known.setdefault(identity, len(self.known))
        if lane == self.rows.shape[0]:
            self.rows = np.concatenate([np.asarray(self.rows), np.zeros(lane, LANE)]).view(np.recarray)
        return lane

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
