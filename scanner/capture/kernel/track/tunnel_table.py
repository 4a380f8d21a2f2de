"""The table of tunnels seen, each with both directions.

The identifier is part of the key only where both directions carry the same one: a GTP-U TEID and an MPLS label are
chosen by the receiver, so the answer inside comes under another one. Tunnels in a tunnel belong to its row: the same
one with others in it has a row of its own.
"""

from __future__ import annotations

from typing import Any

import cython
import numpy as np

from scanner.capture.kernel.growing import table
from scanner.capture.kernel.hashing import SECRET, SEED
from scanner.limits.capture import Limits

if not cython.compiled:
    from scanner.capture.kernel.decode.packet import ERSPAN, ETHERIP, GENEVE, GRE, PPPOE, VXLAN, Packet
    from scanner.capture.kernel.hashing import mix

    NO_CARRIER = -1

CARRIER = np.dtype(
    [
        ("hash", "u8"),
        ("source_high", "u8"),
        ("source_low", "u8"),
        ("target_high", "u8"),
        ("target_low", "u8"),
        ("identifier", "u4"),
        ("kind", "i4"),
        ("family", "i4"),
        ("next", "i4"),
        ("host0", "i4"),
        ("host1", "i4"),
        ("ways", "i4"),
        ("nested", "i4"),
        ("nested_at", "i4"),
        ("nested_hash", "u8"),
    ],
    align=True,
)


@cython.final
@cython.cclass
class Carriers:
    """``source`` and ``target`` of a row are the ends as its first packet had them; ``host0`` and ``host1`` remember
    the host rows of the two senders. ``ways`` has which way its packets say that they go, UPLINK or DOWNLINK as the
    first one went, and four times that the other way. ``inner`` has the tunnels in those of the rows, ``nested`` from
    ``nested_at`` on, as ``Packet.inner`` had them in the first packet. ``left_out`` counts packets of tunnels that
    found the table full.
    """

    def __init__(self, limits: Limits) -> None:
        self.rows = table(64, CARRIER)
        self.buckets = np.full(128, -1, np.int32)
        self.mask = 127
        self.inner = np.zeros((64, 7), np.uint64)
        self.inner_size = 0
        self.size = 0
        self.left_out = 0
        self.limit = limits.tunnels
        self.last = NO_CARRIER
        self.secret = SECRET
        self.seed = SEED

    def number(self, packet: Packet) -> cython.int:
        """The row of the packet's tunnel; NO_CARRIER when the table is full."""
        identifier: cython.uint = 0
        digest: cython.ulonglong
        ends: cython.ulonglong = 0
        nested: cython.ulonglong = 0
        row: cython.int
        if packet.nested:
            nested = self.nested(packet)
        if packet.tunnel in (VXLAN, GENEVE, ERSPAN, GRE, PPPOE, ETHERIP):
            identifier = packet.tunnel_id
        if self.last >= 0 and self.equal(self.last, packet, identifier, nested):
            return self.last
        digest = self.seed ^ cython.cast(cython.ulonglong, packet.tunnel) << 32 ^ identifier
        if packet.tunnel_family:  # each end by itself, so that no choice of ends can give many the same sum
            ends = mix(mix(self.seed, packet.tunnel_source_high, self.secret), packet.tunnel_source_low, self.secret)
            ends += mix(mix(self.seed, packet.tunnel_target_high, self.secret), packet.tunnel_target_low, self.secret)
        digest = mix(digest, ends ^ nested, self.secret)
        row = self.buckets[digest & self.mask]
        while row >= 0:
            if self.equal(row, packet, identifier, nested):
                self.last = row
                return row
            row = self.rows[row].next
        return self.add(packet, identifier, digest, nested)

    def nested(self, packet: Packet) -> cython.ulonglong:
        """A hash of the tunnels in the packet's, whichever way it goes."""
        at: cython.Py_ssize_t
        digest: cython.ulonglong = self.seed
        source: cython.ulonglong
        target: cython.ulonglong
        for at in range(packet.nested):
            digest = mix(digest, packet.inner[at, 0] << 8 | packet.inner[at, 2], self.secret)
            source = mix(mix(self.seed, packet.inner[at, 3], self.secret), packet.inner[at, 4], self.secret)
            target = mix(mix(self.seed, packet.inner[at, 5], self.secret), packet.inner[at, 6], self.secret)
            digest = mix(digest, source + target, self.secret)
        return digest

    def forward(self, row: cython.int, packet: Packet) -> cython.bint:
        """The packet goes through the tunnel as its first one did."""
        return packet.tunnel_family == 0 or (
            self.rows[row].source_low == packet.tunnel_source_low
            and self.rows[row].source_high == packet.tunnel_source_high
            and self.rows[row].target_low == packet.tunnel_target_low
            and self.rows[row].target_high == packet.tunnel_target_high
        )

    def equal(self, row: cython.int, packet: Packet, identifier: cython.uint, nested: cython.ulonglong) -> cython.bint:
        """The packet goes through this tunnel, in either direction."""
        if (
            self.rows[row].kind != packet.tunnel
            or self.rows[row].identifier != identifier
            or self.rows[row].family != packet.tunnel_family
            or self.rows[row].nested_hash != nested
        ):
            return False
        return self.forward(row, packet) or (
            self.rows[row].source_low == packet.tunnel_target_low
            and self.rows[row].source_high == packet.tunnel_target_high
            and self.rows[row].target_low == packet.tunnel_source_low
            and self.rows[row].target_high == packet.tunnel_source_high
        )

    def add(
        self, packet: Packet, identifier: cython.uint, digest: cython.ulonglong, nested: cython.ulonglong
    ) -> cython.int:
        """A tunnel not seen before."""
        row: cython.int = self.size
        if row >= self.limit:
            self.left_out += 1
            return NO_CARRIER
        if row == self.rows.shape[0]:
            self.grow()
        self.size += 1
        self.rows[row].hash = digest
        self.rows[row].kind = packet.tunnel
        self.rows[row].identifier = identifier
        self.rows[row].family = packet.tunnel_family
        if packet.tunnel_family:
            self.rows[row].source_high = packet.tunnel_source_high
            self.rows[row].source_low = packet.tunnel_source_low
            self.rows[row].target_high = packet.tunnel_target_high
            self.rows[row].target_low = packet.tunnel_target_low
        self.rows[row].nested = packet.nested
        self.rows[row].nested_at = self.inner_size
        self.rows[row].nested_hash = nested
        if packet.nested:
            self.keep(packet)
        self.rows[row].host0 = self.rows[row].host1 = 0x7FFFFFFF
        self.rows[row].next = self.buckets[digest & self.mask]
        self.buckets[digest & self.mask] = row
        self.last = row
        return row

    def keep(self, packet: Packet) -> None:
        """The tunnels in the packet's."""
        at: cython.Py_ssize_t
        field: cython.Py_ssize_t
        if self.inner_size + packet.nested > self.inner.shape[0]:
            self.inner = np.concatenate([np.asarray(self.inner), np.zeros_like(self.inner)])
        for at in range(packet.nested):
            for field in range(7):
                self.inner[self.inner_size + at, field] = packet.inner[at, field]
        self.inner_size += packet.nested

    def grow(self) -> None:
        """Twice the rows and buckets."""
        row: cython.int
        self.rows = table(2 * self.rows.shape[0], CARRIER, self.rows)
        self.buckets = np.full(2 * self.buckets.shape[0], -1, np.int32)
        self.mask = self.buckets.shape[0] - 1
        for row in range(self.size):
            self.rows[row].next = self.buckets[self.rows[row].hash & self.mask]
            self.buckets[self.rows[row].hash & self.mask] = row

    def table(self) -> Any:
        """The rows as a record array."""
        return np.asarray(self.rows)[: self.size].view(np.recarray)

    def inner_table(self) -> Any:
        """The tunnels in those of the rows."""
        return np.asarray(self.inner)[: self.inner_size]
