"""Which MAC address sent from which IP address in which VLAN, and whether the device itself said that it owns it.

An address may be claimed (ARP, neighbour advertisement) by several. A claim is *contested* when somebody else used the
address since the claimant's claim before: once when an address moves, again and again when two have it at once.
"""

from __future__ import annotations

from typing import Any

import cython
import numpy as np

from scanner.capture.kernel.growing import table
from scanner.capture.kernel.hashing import SECRET, SEED
from scanner.limits.capture import Limits

if not cython.compiled:
    from scanner.capture.kernel.decode.packet import Packet
    from scanner.capture.kernel.hashing import mix

    NO_HOST = 0x7FFFFFFF
    HostPointer = Any

HOST = np.dtype(
    [
        ("mac", "u8"),
        ("high", "u8"),
        ("low", "u8"),
        ("first_time", "i8"),
        ("last_time", "i8"),
        ("first_frame", "i8"),
        ("packets", "i8"),
        ("claims", "i8"),
        ("contested", "i8"),
        ("contested_frame", "i8"),
        ("claimed", "i8"),  # time of the claim that was looked at last
        ("family", "i4"),
        ("vlan", "i4"),
        ("proof", "i4"),
        ("next", "i4"),
        ("next_same", "i4"),  # the next row of this IP address in this VLAN
        ("pad", "i4"),
    ],
    align=True,
)


SECOND = cython.declare(cython.longlong, 1_000_000_000)  # in which claims count as one
RIVALS = cython.declare(cython.int, 8)  # that a claim is compared with: more are one attacker's
NEVER = cython.declare(cython.longlong, -(1 << 62))


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def is_one_host(family: cython.int, high: cython.ulonglong, low: cython.ulonglong) -> cython.bint:
    """The IP address can belong to one host: neither unspecified nor multicast nor broadcast."""
    if family == 4:
        return low != 0 and low >> 28 < 14
    return family == 6 and high >> 56 != 0xFF and (high | low) != 0


@cython.final
@cython.cclass
class Hosts:
    """Rows in the order first seen. ``left_out`` counts sightings that found the table full.

    The first three methods give the row, or NO_HOST; ``known`` is the row that the caller expects (or NO_HOST).
    """

    def __init__(self, limits: Limits) -> None:
        self.rows = table(256, HOST)
        self.buckets = np.full(512, -1, np.int32)
        self.addresses = np.full(512, -1, np.int32)
        self.mask = 511
        self.size = 0
        self.left_out = 0
        self.limit = limits.hosts
        self.secret = SECRET
        self.seed = SEED

    @cython.boundscheck(False)
    def sender(self, packet: Packet, known: cython.int) -> cython.int:
        """Sighting of the packet's source."""
        mac: cython.ulonglong = packet.source_mac if packet.has_macs else 0
        host: HostPointer
        if known != NO_HOST:
            host = cython.address(self.rows[known])
            if (
                host.mac == mac
                and host.low == packet.source_low
                and host.high == packet.source_high
                and host.family == packet.family
                and host.vlan == packet.vlan
            ):
                return self.again(known, packet)
        return self.sight(mac, packet.family, packet.source_high, packet.source_low, packet.vlan, packet)

    def outer(self, packet: Packet, known: cython.int) -> cython.int:
        """Sighting of the sender of the tunnel that carries the packet."""
        host: HostPointer
        if known != NO_HOST:
            host = cython.address(self.rows[known])
            if (
                host.mac == packet.tunnel_source_mac
                and host.low == packet.tunnel_source_low
                and host.high == packet.tunnel_source_high
                and host.family == packet.tunnel_family
                and host.vlan == packet.vlan
            ):
                return self.again(known, packet)
        return self.sight(
            packet.tunnel_source_mac,
            packet.tunnel_family,
            packet.tunnel_source_high,
            packet.tunnel_source_low,
            packet.vlan,
            packet,
        )

    def bound(self, packet: Packet) -> cython.int:
        """Sighting of the address that the packet claims for a MAC (ARP sender, neighbour advertisement)."""
        family: cython.int = packet.binding
        row: cython.int
        if not is_one_host(family, packet.binding_high, packet.binding_low):
            return NO_HOST
        row = self.sight(packet.binding_mac, family, packet.binding_high, packet.binding_low, packet.vlan, packet)
        if row != NO_HOST:
            self.rows[row].proof = 1
            self.claim(row, packet)
        return row

    def claim(self, row: cython.int, packet: Packet) -> cython.int:
        """Whether somebody else used the address since this one claimed it before."""
        mine: HostPointer = cython.address(self.rows[row])
        other: HostPointer
        rivals: cython.int = 0
        index: cython.int
        mine.claims += 1
        if mine.claimed != NEVER and packet.time - mine.claimed < SECOND:
            return row
        index = self.addresses[self.place(mine.family, mine.high, mine.low, mine.vlan)]
        while index >= 0 and rivals < RIVALS:
            other = cython.address(self.rows[index])
            if (
                index != row
                and other.low == mine.low
                and other.high == mine.high
                and other.vlan == mine.vlan
                and other.family == mine.family
            ):
                rivals += 1
                if other.packets > 0 and other.last_time > mine.claimed:
                    mine.contested += 1
                    if mine.contested_frame == 0:
                        mine.contested_frame = packet.frame
                    break
            index = other.next_same
        mine.claimed = packet.time
        return row

    def place(self, family: cython.int, high: cython.ulonglong, low: cython.ulonglong, vlan: cython.int) -> cython.int:
        """Where the rows of an address in a VLAN begin."""
        digest: cython.ulonglong = mix(self.seed ^ cython.cast(cython.ulonglong, vlan + 1), high, self.secret)
        digest = mix(digest ^ cython.cast(cython.ulonglong, family), low, self.secret)
        return cython.cast(cython.int, digest & self.mask)

    def sight(
        self,
        mac: cython.ulonglong,
        family: cython.int,
        high: cython.ulonglong,
        low: cython.ulonglong,
        vlan: cython.int,
        packet: Packet,
    ) -> cython.int:
        """Count one sighting."""
        digest: cython.ulonglong
        row: cython.int
        known: HostPointer
        if mac >> 40 & 1:
            return NO_HOST
        if not is_one_host(family, high, low):
            family = 0
            high = low = 0
            if mac == 0:
                return NO_HOST
        digest = mix(self.seed ^ cython.cast(cython.ulonglong, vlan + 1), mac, self.secret)
        digest = mix(digest, high, self.secret)
        digest = mix(digest, low, self.secret)
        row = self.buckets[digest & self.mask]
        while row >= 0:
            known = cython.address(self.rows[row])
            if (
                known.mac == mac
                and known.low == low
                and known.high == high
                and known.vlan == vlan
                and known.family == family
            ):
                return self.again(row, packet)
            row = known.next
        if self.size >= self.limit:
            self.left_out += 1
            return NO_HOST
        if self.size == self.rows.shape[0]:
            self.grow()
        row = self.size
        self.size += 1
        self.rows[row].mac = mac
        self.rows[row].high = high
        self.rows[row].low = low
        self.rows[row].vlan = vlan
        self.rows[row].family = family
        self.rows[row].first_time = self.rows[row].last_time = packet.time
        self.rows[row].first_frame = packet.frame
        self.rows[row].packets = 1
        self.rows[row].claimed = NEVER
        self.rows[row].next = self.buckets[digest & self.mask]
        self.buckets[digest & self.mask] = row
        self.join(row)
        return row

    def join(self, row: cython.int) -> cython.int:
        """Put the row among those of its address."""
        place: cython.int = self.place(
            self.rows[row].family, self.rows[row].high, self.rows[row].low, self.rows[row].vlan
        )
        self.rows[row].next_same = self.addresses[place]
        self.addresses[place] = row
        return row

    @cython.boundscheck(False)
    def again(self, row: cython.int, packet: Packet) -> cython.int:
        """Count the row once more."""
        known: HostPointer = cython.address(self.rows[row])
        if known.packets == 0:
            known.first_frame = packet.frame
        known.packets += 1
        known.last_time = max(known.last_time, packet.time)
        known.first_time = min(known.first_time, packet.time)
        return row

    def renew(self) -> None:
        """Count from nothing for the next capture; the rows stay where connections expect them."""
        rows = np.asarray(self.rows)[: self.size]
        for name in ("packets", "last_time", "first_frame", "proof", "claims", "contested", "contested_frame"):
            rows[name] = 0
        rows["claimed"] = NEVER
        rows["first_time"] = (1 << 63) - 1
        self.left_out = 0

    def grow(self) -> None:
        """Twice the rows and buckets."""
        row: cython.int
        digest: cython.ulonglong
        self.rows = table(2 * self.rows.shape[0], HOST, self.rows)
        self.buckets = np.full(2 * self.buckets.shape[0], -1, np.int32)
        self.addresses = np.full(self.buckets.shape[0], -1, np.int32)
        self.mask = self.buckets.shape[0] - 1
        for row in range(self.size):
            digest = mix(
                self.seed ^ cython.cast(cython.ulonglong, self.rows[row].vlan + 1), self.rows[row].mac, self.secret
            )
            digest = mix(digest, self.rows[row].high, self.secret)
            digest = mix(digest, self.rows[row].low, self.secret)
            self.rows[row].next = self.buckets[digest & self.mask]
            self.buckets[digest & self.mask] = row
            self.join(row)

    def table(self) -> Any:
        """The rows as a record array."""
        return np.asarray(self.rows)[: self.size].view(np.recarray)
