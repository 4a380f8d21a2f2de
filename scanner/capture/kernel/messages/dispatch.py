"""What happens with one whole message: it is counted, may tell who the client is, and asks or answers."""

from __future__ import annotations

from typing import Any

import cython

if not cython.compiled:
    from scanner.capture.kernel.decode.packet import Packet
    from scanner.capture.kernel.messages.distinct import NO_ROW, DistinctMessages
    from scanner.capture.kernel.messages.handles import Handles
    from scanner.capture.kernel.messages.matcher import Matcher
    from scanner.capture.kernel.messages.pairing import AHEAD, Pairing
    from scanner.capture.kernel.messages.rhythms import Rhythms
    from scanner.capture.kernel.track.conversations import BY_PROTOCOL, OVER_TCP, OVER_UDP, Conversations
    from scanner.capture.kernel.track.sights import Sights

    # descriptor.Role
    BY_SIDE, REQUEST, RESPONSE, NOTICE, ASKS, ANSWERS = range(6)
    ENOUGH = 4  # datagrams more that say who the client is than say the contrary

    ConversationPointer = Any

    CasePointer = Any
    FramingPointer = Any
    ConnectionPointer = Any


@cython.final
@cython.cclass
class Dispatch:
    """Joins the tables that a message touches."""

    def __init__(
        self,
        matcher: Matcher,
        conversations: Conversations,
        messages: DistinctMessages,
        pairing: Pairing,
        sights: Sights,
        rhythms: Rhythms,
        handles: Handles,
    ) -> None:
        self.matcher = matcher
        self.conversations = conversations
        self.messages = messages
        self.pairing = pairing
        self.sights = sights
        self.rhythms = rhythms
        self.handles = handles

    @cython.boundscheck(False)
    def message(
        self,
        connection: ConnectionPointer,
        framing: FramingPointer,
        side: cython.int,
        packet: Packet,
        start: cython.Py_ssize_t,
        visible: cython.Py_ssize_t,
        total: cython.longlong,
    ) -> cython.int:
        """One message of the connection, from ``side``, of its present framing."""
        from_client: cython.bint = side == connection.client
        by_client: cython.bint
        case: cython.int
        known: CasePointer
        role: cython.int
        identity: cython.ulonglong = cython.cast(cython.ulonglong, connection.conversation) << 32
        handle: cython.ulonglong
        row: cython.int
        conversation: ConversationPointer = cython.address(self.conversations.rows[connection.conversation])
        if start < 0 or start + visible > len(packet.buffer):
            packet.u8(-1)  # raises IndexError
        if conversation.votes == -1 and conversation.voter != framing.family:  # one datagram turned it round
            conversation.votes = conversation.flipped = 0
        by_client = from_client != conversation.flipped
        self.matcher.tests.from_client = by_client
        case = self.matcher.classify(framing, packet, start, visible, total)
        known = cython.address(self.matcher.cases[case])
        role = known.role
        identity |= cython.cast(cython.ulonglong, case) << 1 | from_client
        self.matcher.keys.opener = 0
        if known.first_use != known.last_use:
            handle = self.handles.digest(
                connection, known, known.first_use, known.last_use, packet, start, visible, total
            )
            self.matcher.keys.opener = self.handles.meaning(handle, connection, known.brief)
        if known.first_drop != known.last_drop:
            handle = self.handles.digest(
                connection, known, known.first_drop, known.last_drop, packet, start, visible, total
            )
            self.handles.drop(handle)
        if known.in_order:
            row = self.messages.alone(
                identity,
                connection.by_port,
                packet,
                start,
                visible,
                total,
                connection.serial,
                self.sights.of(connection, side).unread,
            )
        else:
            row = self.messages.count(
                identity,
                connection.by_port,
                packet,
                start,
                visible,
                total,
                connection.said1 if side else connection.said0,
            )
            if side:
                connection.said1 = row
            else:
                connection.said0 = row
            if row != NO_ROW:
                self.messages.foresee(row)
        if role == NOTICE or row == NO_ROW:
            return 0
        if role == BY_SIDE:
            role = REQUEST if by_client else RESPONSE
        elif role == ASKS:
            role = REQUEST
        elif role == ANSWERS:
            role = RESPONSE
        elif conversation.evidence < BY_PROTOCOL or (conversation.voter and -ENOUGH < conversation.votes < ENOUGH):
            self.orient(connection, framing, from_client, role)
        self.pair(
            connection,
            framing,
            side,
            row,
            role == REQUEST,
            self.matcher.keys.collect(known.first_pair, known.last_pair, packet, start, visible, total),
            packet.time,
        )
        if known.first_gift != known.last_gift and role == RESPONSE and self.pairing.took >= 0:
            handle = self.handles.digest(
                connection, known, known.first_gift, known.last_gift, packet, start, visible, total
            )
            self.handles.give(handle, connection, self.pairing.asked)
        return 0

    def orient(
        self, connection: ConnectionPointer, framing: FramingPointer, from_client: cython.bint, role: cython.int
    ) -> cython.int:
        """The sender of a request is the client, if its framing is believed and the server can be one host. What most
        datagrams say holds, for anybody may have sent one.
        """
        known: ConversationPointer = cython.address(self.conversations.rows[connection.conversation])
        turned: cython.bint = from_client != (role == REQUEST)
        if connection.steps < connection.wanted and not connection.by_port:
            return 0
        if known.group:
            return 0
        known.evidence = BY_PROTOCOL
        known.flipped = turned
        if connection.transport == OVER_UDP:
            known.voter = framing.family
            known.votes += -1 if turned else 1
            known.flipped = known.votes < 0
        return 0

    @cython.boundscheck(False)
    def pair(
        self,
        connection: ConnectionPointer,
        framing: FramingPointer,
        side: cython.int,
        row: cython.int,
        asks: cython.bint,
        size: cython.Py_ssize_t,
        time: cython.longlong,
    ) -> cython.int:
        """The ``size`` bytes picked name the request, within the connection or the requester's address."""
        asker: cython.int = side if asks else 1 - side
        owner: cython.ulonglong = connection.serial
        other: cython.ulonglong = 0
        stays: cython.bint = False
        place: cython.ulonglong = 0
        if framing.by_requester:
            place = cython.cast(cython.ulonglong, connection.framing & 0x7FFF) << 1
            place |= cython.cast(cython.ulonglong, connection.tunnel + 1) << 32 | 1 << 16
            place |= cython.cast(cython.ulonglong, connection.vlan + 1) << 17
            owner = connection.low1 if asker else connection.low0
            other = connection.high1 if asker else connection.high0
            stays = self.conversations.rows[connection.conversation].group != 0
        else:  # whatever its framing is by now: an opening and what follows it may differ in it
            place = cython.cast(cython.ulonglong, asker)
        if asks:
            self.pairing.foresee(row)
            return self.pairing.ask(owner, other, place, size, row, stays, connection.transport != OVER_TCP, time)
        self.pairing.answer(owner, other, place, size, row, time, connection.quickest)
        if self.pairing.took >= 0:
            self.rhythms.answered(connection.conversation, self.pairing.asked, self.pairing.took, time)
        if self.pairing.took == AHEAD:
            connection.quickest = AHEAD
        elif self.pairing.took >= 0 and (connection.quickest == 0 or self.pairing.took < connection.quickest):
            connection.quickest = max(1, self.pairing.took)
        return 0
