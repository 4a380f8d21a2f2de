"""Packets that were seen just now, found again by a digest of what another place of a capture leaves as it is."""

from __future__ import annotations

from typing import Any

import cython
import numpy as np

from scanner.capture.kernel.growing import table
from scanner.capture.kernel.hashing import SECRET, SEED

if not cython.compiled:
    from scanner.capture.kernel.decode.packet import Packet
    from scanner.capture.kernel.hashing import mix
    from scanner.capture.kernel.messages.tests import otaudit_load

    RecentPointer = Any

RECENT_ROW = np.dtype(
    [
        ("hash", "u8"),
        ("time", "i8"),
        ("owner", "u8"),  # serial of its connection, or MAC address of who sent it
        ("row", "i4"),  # of its connection, or of who sent it
        ("hops", "i4"),
        ("balance", "i4"),  # how many of the connection's are without a copy yet; negative: copies without an original
        ("unused", "i4"),
    ],
    align=True,
)


@cython.final
@cython.cclass
class Recent:
    """``size`` packets, a power of two, each in one of four places."""

    def __init__(self, size: int) -> None:
        self.rows = table(size, RECENT_ROW)
        self.size = size
        self.secret = SECRET
        self.seed = SEED

    @cython.boundscheck(False)
    def place(self, digest: cython.ulonglong) -> cython.Py_ssize_t:
        """Where a packet is remembered or, if it is not, the oldest of the four places that it may have."""
        first: cython.Py_ssize_t = (digest >> 20) & (self.size - 4)
        oldest: cython.Py_ssize_t = first
        i: cython.Py_ssize_t
        for i in range(first, first + 4):
            if self.rows[i].hash == digest:
                return i
            if self.rows[i].time < self.rows[oldest].time:
                oldest = i
        return oldest

    def with_ends(self, digest: cython.ulonglong, packet: Packet) -> cython.ulonglong:
        """The digest with the addresses of both ends."""
        digest = mix(digest, packet.source_low, self.secret)
        digest = mix(digest, packet.target_low, self.secret)
        if packet.family == 6:
            digest = mix(digest, packet.source_high, self.secret)
            digest = mix(digest, packet.target_high, self.secret)
        return digest

    @cython.boundscheck(False)
    def with_payload(self, digest: cython.ulonglong, packet: Packet, end: cython.Py_ssize_t) -> cython.ulonglong:
        """The digest with the payload up to ``end``."""
        i: cython.Py_ssize_t = packet.at
        j: cython.Py_ssize_t
        word: cython.ulonglong
        while i < end:
            if end - i >= 8:
                word = otaudit_load(cython.address(packet.buffer[i]))
            else:
                word = 0
                for j in range(i, end):
                    word = word << 8 | packet.buffer[j]
            digest = mix(digest, word, self.secret)
            i += 8
        return digest
