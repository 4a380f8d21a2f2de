"""What was seen of each direction of each conversation, and what is known not to have been seen.

Two rows for each row of ``conversations``: what the client sent, what the server sent (as the conversation stands in
the kernel; the collector turns both round together).

missing: bytes that were proven to be sent and are not in the
capture. unread: bytes, missing or captured, in which a message may lie that nobody read. cut: packets cut by the snap
length. contradictory: packets whose bytes differ from what another packet brought for the same place, or of which it
cannot be told whether the receiver took them. discarded: packets that the receiver cannot have taken (a wrong
checksum). midway: TCP connections whose beginning was not captured. frame: the first that shows any of this.
"""

from __future__ import annotations

from typing import Any

import cython
import numpy as np

from scanner.capture.kernel.growing import table

if not cython.compiled:
    ConnectionPointer = Any
    SightPointer = Any

SIGHT = np.dtype(
    [
        *((name, "i8") for name in ("missing", "unread", "cut")),
        *((name, "i8") for name in ("contradictory", "discarded", "midway", "frame")),
    ],
    align=True,
)


@cython.final
@cython.cclass
class Sights:
    """The rows of all conversations."""

    def __init__(self) -> None:
        self.rows = table(512, SIGHT)
        self.blank = table(1, SIGHT)

    @cython.boundscheck(False)
    def of(self, connection: ConnectionPointer, side: cython.int) -> SightPointer:
        """The row of what ``side`` of the connection sent."""
        row: cython.Py_ssize_t = 2 * cython.cast(cython.Py_ssize_t, connection.conversation)
        while row + 1 >= self.rows.shape[0]:
            self.rows = table(2 * self.rows.shape[0], SIGHT, self.rows)
        return cython.address(self.rows[row + (side != connection.client)])

    def missing(
        self, connection: ConnectionPointer, side: cython.int, size: cython.longlong, frame: cython.longlong
    ) -> cython.int:
        """``size`` bytes were sent and not captured."""
        row: SightPointer = self.of(connection, side)
        row.missing += size
        return self.note(row, frame)

    def unread(
        self, connection: ConnectionPointer, side: cython.int, size: cython.longlong, frame: cython.longlong
    ) -> cython.int:
        """A message may lie in ``size`` bytes that nobody read."""
        row: SightPointer = self.of(connection, side)
        row.unread += size
        return self.note(row, frame)

    def contradictory(self, connection: ConnectionPointer, side: cython.int, frame: cython.longlong) -> cython.int:
        """A packet of which it is not known whether the receiver took it as it was read."""
        row: SightPointer = self.of(connection, side)
        row.contradictory += 1
        return self.note(row, frame)

    def note(self, row: SightPointer, frame: cython.longlong) -> cython.int:
        """Remember the first frame that tells."""
        if row.frame == 0:
            row.frame = frame
        return 0

    def forget(self, conversation: cython.int) -> cython.int:
        """Nothing was seen of a conversation."""
        if 2 * conversation + 1 < self.rows.shape[0]:
            self.rows[2 * conversation] = self.rows[2 * conversation + 1] = self.blank[0]
        return 0

    def renew(self) -> None:
        """The next capture begins."""
        self.rows = table(self.rows.shape[0], SIGHT)

    def table(self, conversations: int) -> Any:
        """The rows of so many conversations, two for each, as a record array of their shape."""
        while 2 * conversations > self.rows.shape[0]:
            self.rows = table(2 * self.rows.shape[0], SIGHT, self.rows)
        return np.asarray(self.rows)[: 2 * conversations].reshape(conversations, 2)
