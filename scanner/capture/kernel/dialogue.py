# cython: boundscheck=True, wraparound=False, initializedcheck=False, cdivision=True, show_performance_hints=False
"""What happens with one whole message: it is counted, may tell who the client is, and asks or answers."""

from __future__ import annotations

from typing import Any

import cython

if not cython.compiled:
    from scanner.capture.kernel.connections import Connections
    from scanner.capture.kernel.conversations import BY_PROTOCOL, Conversations
    from scanner.capture.kernel.descriptors import Descriptors
    from scanner.capture.kernel.messages import NO_ROW, Messages
    from scanner.capture.kernel.packet import Packet
    from scanner.capture.kernel.pairing import Pairing

    BY_SIDE, REQUEST, RESPONSE, NOTICE = range(4)
    CasePointer = Any
    ConnectionPointer = Any


@cython.final
@cython.cclass
class Dialogue:
    """Joins the tables that a message touches."""

    def __init__(
        self,
        descriptors: Descriptors,
        connections: Connections,
        conversations: Conversations,
        messages: Messages,
        pairing: Pairing,
    ) -> None:
        self.descriptors = descriptors
        self.connections = connections
        self.conversations = conversations
        self.messages = messages
        self.pairing = pairing

    def message(
        self,
        c: cython.int,
        side: cython.int,
        packet: Packet,
        start: cython.Py_ssize_t,
        visible: cython.Py_ssize_t,
        total: cython.longlong,
    ) -> cython.int:
        """One message of the connection, from ``side``, of its present framing."""
        connection: ConnectionPointer = cython.address(self.connections.rows[c])
        framing: cython.int = connection.framing
        conversation: cython.int = connection.conversation
        from_client: cython.bint = side == connection.client
        case: cython.int = self.descriptors.classify(framing, packet, start, visible, total)
        known: CasePointer = cython.address(self.descriptors.cases[case])
        role: cython.int = known.role
        row: cython.int = self.messages.count(
            conversation, case, from_client, connection.by_port, packet, start, visible, total
        )
        if role == NOTICE or row == NO_ROW:
            return 0
        if role == BY_SIDE:
            role = REQUEST if from_client != self.conversations.rows[conversation].flipped else RESPONSE
        elif self.conversations.rows[conversation].evidence < BY_PROTOCOL:
            self.orient(c, conversation, from_client, role)
        if known.first_pair == known.last_pair and not self.descriptors.framings[framing].by_requester:
            return self.pair_latest(c, side, row, role == REQUEST)
        return self.pair_described(c, side, row, role == REQUEST, case, packet, start, visible, total)

    def orient(self, c: cython.int, conversation: cython.int, from_client: cython.bint, role: cython.int) -> cython.int:
        """The sender of a request is the client, if its framing is believed and the server can be one host."""
        if self.connections.rows[c].steps < self.connections.rows[c].wanted and not self.connections.rows[c].by_port:
            return 0
        if self.conversations.rows[conversation].group:
            return 0
        self.conversations.rows[conversation].evidence = BY_PROTOCOL
        self.conversations.rows[conversation].flipped = from_client != (role == REQUEST)
        return 0

    def pair_latest(self, c: cython.int, side: cython.int, row: cython.int, asks: cython.bint) -> cython.int:
        """Nothing in the message names its request: it is the latest of the other side."""
        request: cython.int
        connection: ConnectionPointer = cython.address(self.connections.rows[c])
        if asks:
            if side:
                connection.request1 = row
            else:
                connection.request0 = row
            return 0
        if side:
            request = connection.request0
            connection.request0 = -1
        else:
            request = connection.request1
            connection.request1 = -1
        if request >= 0:
            self.pairing.pair(request, row)
        return 0

    def pair_described(
        self,
        c: cython.int,
        side: cython.int,
        row: cython.int,
        asks: cython.bint,
        case: cython.int,
        packet: Packet,
        start: cython.Py_ssize_t,
        visible: cython.Py_ssize_t,
        total: cython.longlong,
    ) -> cython.int:
        """The described bytes name the request, within the connection or the requester's address."""
        connection: ConnectionPointer = cython.address(self.connections.rows[c])
        framing: cython.int = connection.framing
        asker: cython.int = side if asks else 1 - side
        owner0: cython.ulonglong
        owner1: cython.ulonglong
        owner2: cython.ulonglong
        size: cython.Py_ssize_t = self.descriptors.collect(
            self.descriptors.cases[case].first_pair,
            self.descriptors.cases[case].last_pair,
            packet,
            start,
            visible,
            total,
        )
        owner2 = cython.cast(cython.ulonglong, framing & 0x7FFF) << 1
        if self.descriptors.framings[framing].by_requester:
            owner2 |= cython.cast(cython.ulonglong, connection.tunnel + 1) << 32 | 1 << 16
            owner2 |= cython.cast(cython.ulonglong, connection.vlan + 1) << 17
            owner0 = connection.high1 if asker else connection.high0
            owner1 = connection.low1 if asker else connection.low0
        else:
            owner0 = connection.serial
            owner1 = 0
            owner2 |= cython.cast(cython.ulonglong, asker)
        self.pairing.look_for(owner0, owner1, owner2, size)
        if asks:
            return self.pairing.ask(
                row,
                self.descriptors.framings[framing].by_requester
                and self.conversations.rows[connection.conversation].group,
            )
        return self.pairing.answer(row)
