"""The table of conversations: client, server, server port, transport, VLAN and tunnel, without the client's port.

While nothing but the order of packets says who the client is, the other port is part of the key as well, so that the
conversation can be turned round when a message tells; the collector then joins what is equal without it.
"""

from __future__ import annotations

from typing import Any

import cython
import numpy as np

from scanner.capture.kernel.growing import table
from scanner.capture.kernel.hashing import SECRET, SEED
from scanner.limits.capture import Limits

if not cython.compiled:
    from scanner.capture.kernel.decode.packet import FRAME, SCTP, TCP, UDP, Packet
    from scanner.capture.kernel.hashing import mix

    # Conversation.transport: what the table is keyed by; above OTHER the IP protocol number is added
    OVER_ETHERNET = 0
    OVER_TCP = 6
    OVER_UDP = 17
    OVER_SCTP = 132
    OTHER = 256
    # how the client is known, weakest first
    BY_FIRST, BY_PORT, BY_PROTOCOL, BY_SYN = range(4)
    LEFT_OUT = 0  # the row of all conversations that found the table full
    NO_FRAMING = -1

    ConversationPointer = Any

CONVERSATION = np.dtype(
    [
        ("hash", "u8"),
        ("client_high", "u8"),
        ("client_low", "u8"),
        ("server_high", "u8"),
        ("server_low", "u8"),
        ("client_mac", "u8"),
        ("server_mac", "u8"),
        ("first_time", "i8"),
        ("last_time", "i8"),
        ("client_first", "i8"),
        ("client_last", "i8"),
        ("server_first", "i8"),
        ("server_last", "i8"),
        ("first_frame", "i8"),
        ("client_packets", "i8"),
        ("server_packets", "i8"),
        ("client_bytes", "i8"),
        ("server_bytes", "i8"),
        ("connections", "i8"),
        ("retransmissions", "i8"),
        ("gaps", "i8"),
        ("lost_bytes", "i8"),
        ("skipped_bytes", "i8"),
        ("reset", "i8"),
        ("refused", "i8"),
        ("tunnel_id", "u4"),
        ("tunnel", "i4"),
        ("tunnel_forward", "i4"),
        ("transport", "i4"),
        ("family", "i4"),
        ("server_port", "i4"),
        ("client_port", "i4"),
        ("keyed_port", "i4"),
        ("vlan", "i4"),
        ("evidence", "i4"),
        ("flipped", "i4"),
        ("votes", "i4"),
        ("voter", "i4"),
        ("group", "i4"),
        ("framing", "i4"),
        ("tentative", "i4"),
        ("next", "i4"),
        ("copy_of", "i4"),
        ("client_senders", "i4"),
        ("server_senders", "i4"),
        ("client_signatures", "i4"),
        ("server_signatures", "i4"),
    ],
    align=True,
)
UNSEEN = (1 << 63) - 1  # first_time of what was not seen
_COUNTED = (
    *("connections", "client_packets", "server_packets", "client_bytes", "server_bytes", "last_time", "first_frame"),
    *("retransmissions", "gaps", "lost_bytes", "skipped_bytes", "reset", "refused"),
    *("client_first", "client_last", "server_first", "server_last"),
    *("client_senders", "server_senders", "client_signatures", "server_signatures"),
)
# more conversations are not kept apart by the port that may prove to be the server's
_PROVISIONAL = cython.declare(cython.int, 4096)


@cython.cfunc
@cython.exceptval(check=False)
def transport_of(packet: Packet) -> cython.int:
    """What the packet's conversation is keyed by."""
    if packet.kind == TCP:
        return OVER_TCP
    if packet.kind == UDP:
        return OVER_UDP
    if packet.kind == SCTP:
        return OVER_SCTP
    if packet.kind == FRAME:
        return OVER_ETHERNET
    return OTHER + (packet.protocol & 0xFF)


@cython.cfunc
@cython.exceptval(check=False)
def is_group(transport: cython.int, family: cython.int, high: cython.ulonglong, low: cython.ulonglong) -> cython.bint:
    """The address stands for several hosts, as far as it tells by itself."""
    if transport == OVER_ETHERNET:
        return low >> 40 & 1 != 0
    if family == 4:
        return low >> 28 >= 14
    return high >> 56 == 0xFF


@cython.cfunc
@cython.exceptval(check=False)
def to_all(packet: Packet, transport: cython.int) -> cython.bint:
    """A datagram in a broadcast or multicast frame: it is for a group, or for all hosts of a network."""
    return transport == OVER_UDP and packet.has_macs and packet.target_mac >> 40 & 1 != 0


@cython.final
@cython.cclass
class Conversations:
    """Row 0 (LEFT_OUT) stands for all conversations that found the table full.

    A flood must not hide what comes behind it. Half of the rows are for everybody; a row of the next quarter is taken
    on ``trial``, and given back unless it is earned (``scanner.capture.kernel.tracker``); the last quarter is for whom
    somebody answered (``answered``, which the caller sets).

    copy_of: the row of the conversation whose packets these are, captured at another place; 0 for none.
    client_senders, server_senders: the first row in ``Senders`` of an end with several MAC addresses; 0 for none.
    client_signatures, server_signatures: every ``Packet.signature`` among the segments with payload of an end.
    """

    def __init__(self, limits: Limits) -> None:
        self.rows = table(256, CONVERSATION)
        self.buckets = np.full(512, -1, np.int32)
        self.mask = 511
        self.size = 1
        self.left_out = 0
        self.provisional = 0
        self.limit = max(2, limits.conversations)
        self.plenty = self.limit // 2
        self.ample = self.limit - self.limit // 4
        self.trial = 0  # the last row, which may be given back; 0 for none
        self.answered = False
        self.blank = table(1, CONVERSATION)
        self.secret = SECRET
        self.seed = SEED
        self.client_high = self.client_low = self.server_high = self.server_low = 0
        self.client_port = self.server_port = 0

    def open(
        self,
        packet: Packet,
        transport: cython.int,
        from_client: cython.bint,
        evidence: cython.int,
        tunnel: cython.int,
        tunnel_forward: cython.bint,
    ) -> cython.int:
        """The conversation that a new connection belongs to."""
        digest: cython.ulonglong
        keyed_port: cython.int = 0
        row: cython.int
        self.orient(packet, transport, from_client)
        if evidence == BY_FIRST and self.client_port and self.provisional < _PROVISIONAL:
            keyed_port = self.client_port
        digest = cython.cast(cython.ulonglong, transport) << 32 | cython.cast(cython.ulonglong, self.server_port) << 16
        digest = mix(self.seed, digest | cython.cast(cython.ulonglong, keyed_port), self.secret)
        digest = mix(
            digest,
            cython.cast(cython.ulonglong, tunnel + 1) << 32 | cython.cast(cython.ulonglong, packet.vlan + 1),
            self.secret,
        )
        digest = mix(digest, self.client_high, self.secret)
        digest = mix(digest, self.client_low, self.secret)
        digest = mix(digest, self.server_high, self.secret)
        digest = mix(digest, self.server_low, self.secret)
        row = self.buckets[digest & self.mask]
        while row >= 0:
            if self.rows[row].hash == digest and self.equal(
                row, transport, packet.family, packet.vlan, tunnel, keyed_port
            ):
                self.rows[row].evidence = max(self.rows[row].evidence, evidence)
                if evidence == BY_SYN:
                    self.rows[row].flipped = 0
                return row
            row = self.rows[row].next
        return self.add(digest, packet, transport, keyed_port, evidence, tunnel, tunnel_forward)

    def orient(self, packet: Packet, transport: cython.int, from_client: cython.bint) -> cython.int:
        """Put the packet's ends in place as client and server."""
        source_high: cython.ulonglong = packet.source_high
        source_low: cython.ulonglong = packet.source_low
        target_high: cython.ulonglong = packet.target_high
        target_low: cython.ulonglong = packet.target_low
        source_port: cython.int = packet.source_port
        target_port: cython.int = packet.target_port
        if transport == OVER_ETHERNET:
            source_high = target_high = 0
            source_low = packet.source_mac
            target_low = packet.target_mac
        if transport == OVER_ETHERNET or transport >= OTHER:
            source_port = target_port = 0
        if from_client:
            self.client_high = source_high
            self.client_low = source_low
            self.server_high = target_high
            self.server_low = target_low
            self.client_port = source_port
            self.server_port = target_port
        else:
            self.client_high = target_high
            self.client_low = target_low
            self.server_high = source_high
            self.server_low = source_low
            self.client_port = target_port
            self.server_port = source_port
        if transport == OVER_ETHERNET:
            self.server_port = packet.ethertype
        return 0

    def equal(
        self,
        row: cython.int,
        transport: cython.int,
        family: cython.int,
        vlan: cython.int,
        tunnel: cython.int,
        keyed_port: cython.int,
    ) -> cython.bint:
        """The row is the conversation of the ends in place."""
        known: ConversationPointer = cython.address(self.rows[row])
        return (
            known.client_low == self.client_low
            and known.server_low == self.server_low
            and known.client_high == self.client_high
            and known.server_high == self.server_high
            and known.server_port == self.server_port
            and known.keyed_port == keyed_port
            and known.transport == transport
            and (known.family == family or transport == OVER_ETHERNET)
            and known.vlan == vlan
            and known.tunnel == tunnel
        )

    def add(
        self,
        digest: cython.ulonglong,
        packet: Packet,
        transport: cython.int,
        keyed_port: cython.int,
        evidence: cython.int,
        tunnel: cython.int,
        tunnel_forward: cython.bint,
    ) -> cython.int:
        """A conversation not seen before, between the ends in place."""
        row: cython.int = self.size
        if row >= self.limit or (row >= self.ample and not self.answered):
            self.left_out += 1
            return LEFT_OUT
        if row >= self.plenty:
            self.trial = row
        if row == self.rows.shape[0]:
            self.grow()
        self.size += 1
        self.provisional += keyed_port != 0
        self.rows[row].hash = digest
        self.rows[row].client_high = self.client_high
        self.rows[row].client_low = self.client_low
        self.rows[row].server_high = self.server_high
        self.rows[row].server_low = self.server_low
        self.rows[row].client_port = self.client_port
        self.rows[row].server_port = self.server_port
        self.rows[row].keyed_port = keyed_port
        self.rows[row].transport = transport
        self.rows[row].family = 0 if transport == OVER_ETHERNET else packet.family
        self.rows[row].vlan = packet.vlan
        self.rows[row].tunnel = tunnel
        self.rows[row].tunnel_forward = tunnel_forward
        self.rows[row].evidence = evidence
        self.rows[row].group = is_group(transport, packet.family, self.server_high, self.server_low) or (
            to_all(packet, transport)
            and packet.target_high == self.server_high
            and packet.target_low == self.server_low
        )
        self.rows[row].framing = self.rows[row].tentative = NO_FRAMING
        self.rows[row].first_time = self.rows[row].last_time = packet.time
        self.rows[row].first_frame = packet.frame
        self.rows[row].next = self.buckets[digest & self.mask]
        self.buckets[digest & self.mask] = row
        return row

    def give_back(self) -> cython.int:
        """Take the row on trial out of the table: nothing was kept of it."""
        row: cython.int = self.trial
        self.trial = 0
        self.buckets[self.rows[row].hash & self.mask] = self.rows[row].next  # the newest is the first of its bucket
        self.provisional -= self.rows[row].keyed_port != 0
        self.rows[row] = self.blank[0]
        self.size = row
        self.left_out += 1
        return 0

    def renew(self) -> None:
        """Count from nothing for the next capture: the rows stay, for the connections that go on."""
        rows = np.asarray(self.rows)[: self.size]
        for name in _COUNTED:
            rows[name] = 0
        rows["first_time"] = UNSEEN
        self.left_out = 0

    def grow(self) -> None:
        """Twice the rows and buckets."""
        row: cython.int
        self.rows = table(2 * self.rows.shape[0], CONVERSATION, self.rows)
        self.buckets = np.full(2 * self.buckets.shape[0], -1, np.int32)
        self.mask = self.buckets.shape[0] - 1
        for row in range(1, self.size):
            self.rows[row].next = self.buckets[self.rows[row].hash & self.mask]
            self.buckets[self.rows[row].hash & self.mask] = row

    def table(self) -> Any:
        """The rows as a record array; the first stands for what was left out."""
        return np.asarray(self.rows)[: self.size].view(np.recarray)
