"""The server ports that have shown themselves, each with the framing that was confirmed there."""

from __future__ import annotations

import cython
import numpy as np

from scanner.capture.kernel.growing import table
from scanner.capture.kernel.hashing import SECRET, SEED
from scanner.limits.capture import Limits

if not cython.compiled:
    from scanner.capture.kernel.hashing import mix

    NO_SERVICE = -1

SERVICE = np.dtype(
    [
        ("hash", "u8"),
        ("high", "u8"),
        ("low", "u8"),
        ("transport", "i4"),
        ("vlan", "i4"),
        ("tunnel", "i4"),
        ("port", "i4"),
        ("framing", "i4"),
        ("next", "i4"),
    ],
    align=True,
)


@cython.final
@cython.cclass
class Services:
    """Row field framing: -1 while none is confirmed. A full table learns nothing new, which only costs certainty."""

    def __init__(self, limits: Limits) -> None:
        self.rows = table(64, SERVICE)
        self.buckets = np.full(128, -1, np.int32)
        self.mask = 127
        self.size = 0
        self.limit = limits.services
        self.secret = SECRET
        self.seed = SEED

    def find(
        self,
        transport: cython.int,
        vlan: cython.int,
        tunnel: cython.int,
        high: cython.ulonglong,
        low: cython.ulonglong,
        port: cython.int,
        make: cython.bint,
    ) -> cython.int:
        """The row of the server port, made if wanted; NO_SERVICE if there is none."""
        digest: cython.ulonglong = cython.cast(cython.ulonglong, port) << 40
        row: cython.int
        digest |= cython.cast(cython.ulonglong, transport) << 16 | cython.cast(cython.ulonglong, vlan + 1)
        digest = mix(self.seed ^ cython.cast(cython.ulonglong, tunnel + 1), digest, self.secret)
        digest = mix(digest, high, self.secret)
        digest = mix(digest, low, self.secret)
        row = self.buckets[digest & self.mask]
        while row >= 0:
            if (
                self.rows[row].low == low
                and self.rows[row].high == high
                and self.rows[row].port == port
                and self.rows[row].transport == transport
                and self.rows[row].vlan == vlan
                and self.rows[row].tunnel == tunnel
            ):
                return row
            row = self.rows[row].next
        if not make or self.size >= self.limit:
            return NO_SERVICE
        if self.size == self.rows.shape[0]:
            self.grow()
        row = self.size
        self.size += 1
        self.rows[row].hash = digest
        self.rows[row].high = high
        self.rows[row].low = low
        self.rows[row].port = port
        self.rows[row].transport = transport
        self.rows[row].vlan = vlan
        self.rows[row].tunnel = tunnel
        self.rows[row].framing = -1
        self.rows[row].next = self.buckets[digest & self.mask]
        self.buckets[digest & self.mask] = row
        return row

    def grow(self) -> None:
        """Twice the rows and buckets."""
        row: cython.int
        self.rows = table(2 * self.rows.shape[0], SERVICE, self.rows)
        self.buckets = np.full(2 * self.buckets.shape[0], -1, np.int32)
        self.mask = self.buckets.shape[0] - 1
        for row in range(self.size):
            self.rows[row].next = self.buckets[self.rows[row].hash & self.mask]
            self.buckets[self.rows[row].hash & self.mask] = row
