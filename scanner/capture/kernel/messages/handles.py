"""What handles mean: the number of an open file or share, given by an answer, stands for the request that got it."""

from __future__ import annotations

from typing import Any

import cython
import numpy as np

from scanner.capture.kernel.growing import table
from scanner.capture.kernel.hashing import SECRET, SEED

if not cython.compiled:
    from scanner.capture.kernel.decode.packet import Packet
    from scanner.capture.kernel.hashing import mix
    from scanner.capture.kernel.messages.matcher import Matcher
    from scanner.capture.kernel.track.sights import Sights

    HANDLES = 0x10000  # that are known at one time; who finds no room takes that of another
    PLACES = 4  # that a handle may have

    CasePointer = Any
    ConnectionPointer = Any

HANDLE = np.dtype([("hash", "u8"), ("lost", "u8"), ("row", "i4"), ("unused", "i4")], align=True)


@cython.final
@cython.cclass
class Handles:
    """``give``, ``meaning`` and ``drop`` know a handle by its ``digest``.

    row: that of the request plus one. lost: what had been lost of the conversation when it was given, of those that are
    not believed behind a loss.
    """

    def __init__(self, matcher: Matcher, sights: Sights) -> None:
        self.keys = matcher.keys
        self.sights = sights
        self.secret = SECRET
        self.seed = SEED
        self.renew()

    def renew(self) -> None:
        """Begin anew, for the next capture."""
        self.rows = table(HANDLES, HANDLE)

    @cython.boundscheck(False)
    def give(self, digest: cython.ulonglong, connection: ConnectionPointer, request: cython.int) -> cython.int:
        """An answer on the connection gives the handle to the request in this row."""
        place: cython.Py_ssize_t = self.find(digest)
        i: cython.Py_ssize_t
        first: cython.Py_ssize_t = (digest >> 20) & (HANDLES - PLACES)
        if place < 0:
            place = first + (digest >> 40) % PLACES
            for i in range(first, first + PLACES):
                if not self.rows[i].row:
                    place = i
                    break
        self.rows[place].hash = digest
        self.rows[place].row = request + 1
        self.rows[place].lost = self.lost(connection)
        return 0

    @cython.boundscheck(False)
    def meaning(self, digest: cython.ulonglong, connection: ConnectionPointer, brief: cython.bint) -> cython.int:
        """The row of the request that got the handle plus one, 0 when that is not known."""
        place: cython.Py_ssize_t = self.find(digest)
        if place < 0 or (brief and self.rows[place].lost != self.lost(connection)):
            return 0
        row: cython.int = self.rows[place].row
        return row

    @cython.boundscheck(False)
    def drop(self, digest: cython.ulonglong) -> cython.int:
        """The handle means nothing any more."""
        place: cython.Py_ssize_t = self.find(digest)
        if place >= 0:
            self.rows[place].row = 0
            self.rows[place].hash = 0
        return 0

    @cython.boundscheck(False)
    def find(self, digest: cython.ulonglong) -> cython.Py_ssize_t:
        """Where the handle is, or -1."""
        first: cython.Py_ssize_t = (digest >> 20) & (HANDLES - PLACES)
        i: cython.Py_ssize_t
        for i in range(first, first + PLACES):
            if self.rows[i].row and self.rows[i].hash == digest:
                return i
        return -1

    @cython.boundscheck(False)
    def digest(
        self,
        connection: ConnectionPointer,
        known: CasePointer,
        first: cython.int,
        last: cython.int,
        packet: Packet,
        start: cython.Py_ssize_t,
        visible: cython.Py_ssize_t,
        total: cython.longlong,
    ) -> cython.ulonglong:
        """Of the bytes of a handle of the packet, which the ranges from ``first`` to ``last`` have, and of where it
        holds.
        """
        i: cython.Py_ssize_t
        size: cython.Py_ssize_t = self.keys.collect(first, last, packet, start, visible, total)
        owner: cython.ulonglong = connection.serial if known.brief else connection.conversation
        digest: cython.ulonglong = mix(self.seed ^ cython.cast(cython.ulonglong, size), owner, self.secret)
        for i in range((size + 7) >> 3):
            digest = mix(digest, self.keys.out[i], self.secret)
        return digest

    def lost(self, connection: ConnectionPointer) -> cython.ulonglong:
        """Bytes of the conversation that nobody read."""
        first: cython.ulonglong = cython.cast(cython.ulonglong, self.sights.of(connection, 0).unread)
        return first + cython.cast(cython.ulonglong, self.sights.of(connection, 1).unread)
