"""What happens with one decoded packet: its connection, conversation and hosts, and its payload's way to messages."""

from __future__ import annotations

from typing import Any

import cython

from scanner.capture.arp_exchanges import ArpExchanges
from scanner.capture.kernel.decode.packet import Packet
from scanner.capture.kernel.messages.copies import Copies
from scanner.capture.kernel.messages.datagrams import Datagrams
from scanner.capture.kernel.messages.dispatch import Dispatch
from scanner.capture.kernel.messages.distinct import DistinctMessages
from scanner.capture.kernel.messages.handles import Handles
from scanner.capture.kernel.messages.matcher import Matcher
from scanner.capture.kernel.messages.pairing import Pairing
from scanner.capture.kernel.messages.recognition import Recognition
from scanner.capture.kernel.messages.rhythms import Rhythms
from scanner.capture.kernel.messages.sctp_chunks import Chunks
from scanner.capture.kernel.messages.segmentation import Segmentation
from scanner.capture.kernel.messages.senders import Senders
from scanner.capture.kernel.messages.series import Series
from scanner.capture.kernel.messages.tcp_reassembly import Streams
from scanner.capture.kernel.messages.websockets import WebSockets
from scanner.capture.kernel.track.activity import Activity
from scanner.capture.kernel.track.connections import Connections
from scanner.capture.kernel.track.conversations import Conversations
from scanner.capture.kernel.track.hosts import Hosts
from scanner.capture.kernel.track.presence import PresenceTable
from scanner.capture.kernel.track.sights import Sights
from scanner.capture.kernel.track.tunnel_table import Carriers
from scanner.capture.quotes import QUOTED, Quotes
from scanner.framing.plan import FramingPlan
from scanner.limits.capture import Limits

if not cython.compiled:
    from scanner.capture.kernel.decode.layers import Decoder
    from scanner.capture.kernel.decode.packet import FRAGMENT, NOTHING, TCP
    from scanner.capture.kernel.messages.sctp_chunks import INIT, INIT_ACK
    from scanner.capture.kernel.messages.senders import stamp_of
    from scanner.capture.kernel.messages.tcp_reassembly import ACK, RST, SYN
    from scanner.capture.kernel.record_index import Index
    from scanner.capture.kernel.track.connections import (
        CARRIED,
        COPY,
        EMPTY,
        RECENT,
        SENT0,
        SENT1,
        SYN_ACK_SEEN,
        SYN_SEEN,
    )
    from scanner.capture.kernel.track.conversations import (
        BY_FIRST,
        BY_PORT,
        BY_SYN,
        LEFT_OUT,
        NO_FRAMING,
        OTHER,
        OVER_ETHERNET,
        OVER_SCTP,
        OVER_TCP,
        OVER_UDP,
        is_group,
        to_all,
        transport_of,
    )
    from scanner.capture.kernel.track.hosts import NO_HOST
    from scanner.capture.kernel.track.services import NO_SERVICE

    CarrierPointer = Any
    ConnectionPointer = Any
    ConversationPointer = Any

# Ports from here on are handed out to clients by some operating system (RFC 6335, section 6, starts at 49152; Linux
# at 32768), those below WELL_KNOWN by none.
_EPHEMERAL = cython.declare(cython.int, 32768)
_WELL_KNOWN = cython.declare(cython.int, 1024)


@cython.final
@cython.cclass
class Flows:
    """All tables of one capture."""

    def __init__(self, plan: FramingPlan, limits: Limits) -> None:
        self.matcher = Matcher(plan)
        self.conversations = Conversations(limits)
        self.presence = PresenceTable()
        self.connections = Connections(limits)
        self.activity = Activity(limits)
        self.series = Series(self.matcher, limits)
        self.messages = DistinctMessages(self.matcher, self.series, limits)
        self.pairing = Pairing(self.matcher, limits)
        self.hosts = Hosts(limits)
        self.carriers = Carriers(limits)
        self.recognition = Recognition(plan, self.matcher, self.connections, self.conversations, limits)
        self.senders = Senders(limits)
        self.sights = Sights()
        self.rhythms = Rhythms()
        self.handles = Handles(self.matcher, self.sights)
        self.dialogue = Dispatch(
            self.matcher, self.conversations, self.messages, self.pairing, self.sights, self.rhythms, self.handles
        )
        self.cutting = Segmentation(
            self.matcher, self.connections, self.dialogue, self.recognition, self.sights, limits
        )
        self.datagrams = Datagrams(self.cutting)
        self.chunks = Chunks(self.connections, self.datagrams, self.sights, limits)
        self.websockets = WebSockets(self.connections, self.cutting, self.sights, limits)
        self.streams = Streams(
            self.connections,
            self.conversations,
            self.cutting,
            self.websockets,
            self.recognition,
            self.sights,
            self.rhythms,
            limits,
        )
        self.copies = Copies(self.connections, self.conversations)
        self.quotes = Quotes()
        self.exchanges = ArpExchanges()

    @cython.boundscheck(False)
    def frames(
        self,
        index: Index,
        decoder: Decoder,
        packet: Packet,
        begin: cython.Py_ssize_t = 0,
        end: cython.Py_ssize_t = -1,
        shift: cython.Py_ssize_t = 0,
    ) -> None:
        """Decode and take the records of the index from ``begin`` to before ``end`` (-1: all); ``decoder`` is attached
        to the buffer they lie in, ``shift`` bytes behind where the index has them.
        """
        i: cython.Py_ssize_t
        end = index.count if end < 0 else min(end, index.count)
        for i in range(begin, end):
            packet.frame = index.first_frame + i
            packet.time = index.time[i]
            decoder.decode(packet, index.offset[i] + shift, index.captured[i], index.wire[i], index.link[i])
            self.packet(packet)
            while packet.more:
                decoder.resume(packet)
                self.packet(packet)

    @cython.boundscheck(False)
    def packet(self, packet: Packet) -> cython.int:
        """Take one decoded packet."""
        transport: cython.int
        tunnel: cython.int = -1
        side: cython.int
        c: cython.int
        told: cython.int  # the connection that the packet's payload belongs to: another one, of a copy
        if packet.tunnel:
            tunnel = self.carriers.number(packet)
        if packet.kind in (NOTHING, FRAGMENT):
            return self.sight(packet, -1, 0, tunnel)
        transport = OVER_TCP
        if packet.kind != TCP:
            transport = transport_of(packet)
        c = self.connections.locate(packet, transport, tunnel)
        side = self.connections.side
        told = c
        if c >= 0 and self.connections.rows[c].flags & COPY:
            told = self.copies.original(c)
            if told < 0:
                c = self.close(c, packet, transport, tunnel)
        if c >= 0 and transport == OVER_TCP and packet.flags & SYN and self.streams.begins_anew(told, side, packet):
            if told != c:
                self.close(told, packet, transport, tunnel)
            c = self.close(c, packet, transport, tunnel)
        if c < 0:
            c = told = self.open(packet, transport, side, tunnel)
            if transport == OVER_TCP:
                self.copies.join(c, side, packet)
                if self.connections.rows[c].flags & COPY:
                    told = self.connections.rows[c].original
        else:
            self.connections.rows[c].flags |= RECENT
            if self.connections.rows[c].seen == LEFT_OUT:
                self.try_again(packet, c, transport, side, tunnel)
        if self.connections.rows[c].seen == LEFT_OUT:
            return self.pass_by(packet, c, transport, side, tunnel)
        if self.conversations.trial:
            return self.on_trial(packet, c, told, transport, side, tunnel)
        self.sight(packet, c, side, tunnel)
        return self.take(packet, c, told, transport, side, tunnel)

    @cython.boundscheck(False)
    def take(
        self,
        packet: Packet,
        c: cython.int,
        told: cython.int,
        transport: cython.int,
        side: cython.int,
        tunnel: cython.int,
    ) -> cython.int:
        """Count a packet of the connection for its conversation, and read its payload.

        told: the connection that the payload belongs to, another one where ``c`` is a copy.
        """
        conversation: cython.int = self.connections.rows[c].seen
        self.tally(packet, c, conversation, side, tunnel)
        self.activity.beat(conversation, packet.time, side == self.connections.rows[c].client)
        if self.connections.rows[told].conversation == LEFT_OUT:  # of a copy whose original is
            return 0
        if transport == OVER_TCP:
            return self.streams.segment(told, side, packet)
        if transport < OTHER and packet.wire_end > packet.at:
            self.connections.rows[c].flags |= CARRIED
            if transport == OVER_ETHERNET and packet.ethertype == 0x0806:
                self.exchange(packet)
            if transport == OVER_UDP:
                if self.copies.again(c, side, packet):
                    return 0
                if self.connections.rows[c].flags & COPY:
                    told = self.copies.original(c)
                    if self.connections.rows[told].conversation == LEFT_OUT:
                        return 0
            elif transport == OVER_SCTP:
                return self.chunks.take(c, side, packet)
            return self.datagrams.take(
                told, side, packet, packet.at, packet.end - packet.at, packet.wire_end - packet.at
            )
        if transport == OVER_SCTP:
            return self.chunks.without_data(c, side, packet)
        if transport >= OTHER and packet.wire_end > packet.at and self.recognition.hinted(transport, transport - OTHER):
            self.connections.rows[c].flags |= CARRIED
            return self.datagrams.take(
                told, side, packet, packet.at, packet.end - packet.at, packet.wire_end - packet.at
            )
        if packet.protocol in (1, 58) and packet.end > packet.at and transport >= OTHER:
            self.activity.icmp(
                conversation, packet.family, packet.buffer[packet.at], side == self.connections.rows[c].client
            )
            if packet.buffer[packet.at] == (3 if packet.protocol == 1 else 1):
                self.quotation(packet)
        return 0

    # --- when the table of conversations is crowded ---

    def try_again(
        self, packet: Packet, c: cython.int, transport: cython.int, side: cython.int, tunnel: cython.int
    ) -> cython.int:
        """A connection whose conversation was left out goes on: that may earn it a row."""
        connection: ConnectionPointer = cython.address(self.connections.rows[c])
        known: cython.bint = connection.flags & (SYN_SEEN | SYN_ACK_SEEN) != 0
        verdict: cython.int
        self.conversations.answered = self.answered(packet, c, transport, side)
        if connection.flags & COPY or self.conversations.size >= (
            self.conversations.limit if self.conversations.answered else self.conversations.ample
        ):
            self.conversations.answered = False
            return 0
        verdict = 2 * BY_SYN + (side == connection.client) if known else self.oriented(packet, transport, tunnel)
        if self.conversations.left_out:
            self.conversations.left_out -= 1
        self.enter(packet, c, transport, side, tunnel, verdict)
        self.conversations.answered = False
        return 0

    def answered(self, packet: Packet, c: cython.int, transport: cython.int, side: cython.int) -> cython.bint:
        """Both ends have sent something; by TCP more than what anybody answers to a forged address."""
        if not self.connections.rows[c].flags & (SENT0 if side else SENT1):
            return False
        return transport != OVER_TCP or not packet.flags & (SYN | RST)

    def pass_by(
        self, packet: Packet, c: cython.int, transport: cython.int, side: cython.int, tunnel: cython.int
    ) -> cython.int:
        """A packet of a conversation that is left out: the handshake is followed all the same."""
        self.connections.rows[c].flags |= SENT1 if side else SENT0
        self.conversations.rows[LEFT_OUT].last_time = packet.time
        self.sight_among_many(packet, c, side, tunnel)
        if transport == OVER_TCP and packet.wire_end == packet.at and not self.connections.rows[c].flags & COPY:
            return self.streams.segment(c, side, packet)
        return 0

    def on_trial(
        self,
        packet: Packet,
        c: cython.int,
        told: cython.int,
        transport: cython.int,
        side: cython.int,
        tunnel: cython.int,
    ) -> cython.int:
        """Take the packet; its conversation keeps its new row if something was recognised in it, or somebody has
        answered and there is room.
        """
        row: cython.int = self.conversations.trial
        messages: cython.int = self.messages.size
        answered: cython.bint = self.answered(packet, c, transport, side)
        self.take(packet, c, told, transport, side, tunnel)
        if (
            self.messages.size > messages
            or self.conversations.rows[row].framing != NO_FRAMING
            or self.conversations.rows[row].copy_of
            or (answered and row < self.conversations.ample)
        ):
            self.conversations.trial = 0
            return self.sight(packet, c, side, tunnel)
        self.connections.rows[c].conversation = self.connections.rows[c].seen = LEFT_OUT
        self.connections.rows[c].flags |= SENT1 if side else SENT0
        self.conversations.give_back()
        self.conversations.rows[LEFT_OUT].last_time = packet.time
        self.presence.forget(row)
        self.activity.forget(row)
        self.rhythms.forget(row)
        self.sights.forget(row)
        return self.sight_among_many(packet, c, side, tunnel)

    def sight_among_many(self, packet: Packet, c: cython.int, side: cython.int, tunnel: cython.int) -> cython.int:
        """``sight``, which leaves half of the hosts' room to those whose conversations are kept."""
        known: cython.int = self.connections.rows[c].host1 if side else self.connections.rows[c].host0
        if known == NO_HOST and 2 * self.hosts.size >= self.hosts.limit and not packet.binding:
            self.hosts.left_out += 1
            return 0
        return self.sight(packet, c, side, tunnel)

    # ---

    def quotation(self, packet: Packet) -> cython.int:
        """Note the packet that an ICMP error is about."""
        end: cython.Py_ssize_t = min(packet.end, packet.at + 8 + QUOTED)
        family: cython.int = 4 if packet.protocol == 1 else 6
        self.quotes.note(family, bytes(packet.buffer[packet.at : end]), packet.vlan, packet.time, packet.frame)
        return 0

    def exchange(self, packet: Packet) -> cython.int:
        """Note a message of ARP."""
        body: bytes = bytes(packet.buffer[packet.at : min(packet.end, packet.at + 28)])
        self.exchanges.note(packet.source_mac, packet.target_mac, packet.vlan, body, packet.time)
        return 0

    def close(self, c: cython.int, packet: Packet, transport: cython.int, tunnel: cython.int) -> cython.int:
        """The connection is over; gives that of the packet as far as there is one still."""
        self.end(c)
        self.connections.remove(c)
        return self.connections.locate(packet, transport, tunnel)

    def end(self, c: cython.int) -> cython.int:
        """What has begun in the connection is all there is."""
        if self.connections.rows[c].transport == OVER_SCTP and self.connections.rows[c].conversation:
            self.chunks.end(c)
        if self.connections.rows[c].transport != OVER_TCP and self.connections.rows[c].conversation:
            self.datagrams.finish(c)
        return self.streams.end(c)

    @cython.boundscheck(False)
    def sight(self, packet: Packet, c: cython.int, side: cython.int, tunnel: cython.int) -> cython.int:
        """Note who sent the packet, and the tunnel packet around it."""
        carrier: CarrierPointer
        connection: ConnectionPointer
        if tunnel >= 0:
            carrier = cython.address(self.carriers.rows[tunnel])
            if self.carriers.forward(tunnel, packet):
                carrier.host0 = self.hosts.outer(packet, carrier.host0)
                carrier.ways |= packet.tunnel_way
            else:
                carrier.host1 = self.hosts.outer(packet, carrier.host1)
                carrier.ways |= packet.tunnel_way << 2
        if packet.binding:
            self.hosts.bound(packet)
            if packet.binding_mac == packet.source_mac and (
                packet.family == 0
                or (packet.binding_low == packet.source_low and packet.binding_high == packet.source_high)
            ):
                return 0
        if c < 0:
            if packet.family or packet.has_macs:
                self.hosts.sender(packet, NO_HOST)
            return 0
        connection = cython.address(self.connections.rows[c])
        if side:
            connection.host1 = self.hosts.sender(packet, connection.host1)
        else:
            connection.host0 = self.hosts.sender(packet, connection.host0)
        return 0

    @cython.boundscheck(False)
    def tally(
        self, packet: Packet, c: cython.int, conversation: cython.int, side: cython.int, tunnel: cython.int
    ) -> cython.int:
        """Count the packet for its conversation."""
        connection: ConnectionPointer = cython.address(self.connections.rows[c])
        known: ConversationPointer = cython.address(self.conversations.rows[conversation])
        size: cython.longlong = packet.wire_end - packet.at
        signature: cython.int = packet.signature if packet.kind == TCP and size > 0 else 0
        from_client: cython.bint = side == connection.client
        hops: cython.int
        if conversation != connection.conversation:
            from_client = known.client_low == packet.source_low and known.client_high == packet.source_high
        self.presence.tick(conversation, packet.time)
        hops = connection.hops1 if side else connection.hops0
        if packet.family and (hops & 0xFF != packet.hops or (hops & EMPTY and size > 0)):
            self.hopped(packet, c, conversation, side, from_client)
        if packet.end < packet.wire_end:
            self.sights.of(connection, side).cut += 1
        known.last_time = max(known.last_time, packet.time)
        known.first_time = min(known.first_time, packet.time)
        if known.first_frame == 0:
            known.first_frame = packet.frame
        if from_client:
            if known.client_packets == 0:
                known.client_first = packet.time
            known.client_last = packet.time
            known.client_packets += 1
            known.client_bytes += size
            known.client_signatures |= signature
            if not known.client_mac and packet.has_macs:
                known.client_mac = packet.source_mac
            if tunnel >= 0 and not known.tunnel_id:
                known.tunnel_id = packet.tunnel_id
        else:
            if known.server_packets == 0:
                known.server_first = packet.time
            known.server_last = packet.time
            known.server_packets += 1
            known.server_bytes += size
            known.server_signatures |= signature
            if not known.server_mac and packet.has_macs:
                known.server_mac = packet.source_mac
        if packet.has_macs:
            return self.sent(packet, c, conversation, side, from_client)
        return 0

    def hopped(
        self, packet: Packet, c: cython.int, conversation: cython.int, side: cython.int, from_client: cython.bint
    ) -> cython.int:
        """The packet has another number of hops left than the one before from its side of the connection, or is the
        first with payload.
        """
        hops: cython.int = packet.hops if packet.wire_end > packet.at else packet.hops | EMPTY
        if side:
            self.connections.rows[c].hops1 = hops
        else:
            self.connections.rows[c].hops0 = hops
        return self.rhythms.hopped(conversation, packet, from_client)

    @cython.boundscheck(False)
    def sent(
        self, packet: Packet, c: cython.int, conversation: cython.int, side: cython.int, from_client: cython.bint
    ) -> cython.int:
        """Note from which MAC address the packet of an end of its conversation came, where that has several."""
        connection: ConnectionPointer = cython.address(self.connections.rows[c])
        known: ConversationPointer = cython.address(self.conversations.rows[conversation])
        mac: cython.ulonglong = known.client_mac if from_client else known.server_mac
        first: cython.int = known.client_senders if from_client else known.server_senders
        stamp: cython.uint = stamp_of(packet)
        same: cython.bint = stamp == (connection.stamp1 if side else connection.stamp0)
        if side:
            connection.stamp1 = stamp
        else:
            connection.stamp0 = stamp
        if (packet.source_mac == mac and not first) or not packet.source_mac:
            return 0
        first = self.senders.note(packet, first, mac, same)
        if from_client:
            known.client_senders = first
        else:
            known.server_senders = first
        return 0

    def open(self, packet: Packet, transport: cython.int, side: cython.int, tunnel: cython.int) -> cython.int:
        """A connection not known so far, named in ``connections``."""
        verdict: cython.int = self.oriented(packet, transport, tunnel)
        c: cython.int = self.connections.victim()
        if c >= 0:
            self.end(c)
            self.connections.remove(c)
        c = self.connections.add()
        self.enter(packet, c, transport, side, tunnel, verdict)
        self.recognition.recall(c)
        return c

    def enter(
        self,
        packet: Packet,
        c: cython.int,
        transport: cython.int,
        side: cython.int,
        tunnel: cython.int,
        verdict: cython.int,
    ) -> cython.int:
        """Find the connection's conversation. verdict: who the client is, as ``oriented`` says it."""
        from_client: cython.bint = verdict & 1 != 0
        evidence: cython.int = verdict >> 1
        forward: cython.bint = True
        conversation: cython.int
        main: cython.int
        if tunnel >= 0:
            forward = self.carriers.forward(tunnel, packet) == from_client
        conversation = self.conversations.open(packet, transport, from_client, evidence, tunnel, forward)
        self.connections.rows[c].conversation = self.connections.rows[c].seen = conversation
        self.connections.rows[c].client = side if from_client else 1 - side
        self.conversations.rows[conversation].connections += 1
        self.activity.opened(conversation, packet.time)
        main = self.conversations.rows[conversation].copy_of
        if main:
            self.connections.rows[c].conversation = main
            forward = self.conversations.rows[main].client_low == packet.source_low
            forward = forward and self.conversations.rows[main].client_high == packet.source_high
            self.connections.rows[c].client = side if forward else 1 - side
        if transport == OVER_TCP and not (
            packet.flags & SYN or self.connections.rows[c].flags & (SYN_SEEN | SYN_ACK_SEEN)
        ):
            self.sights.of(cython.address(self.connections.rows[c]), side).midway += 1
        return 0

    def oriented(self, packet: Packet, transport: cython.int, tunnel: cython.int) -> cython.int:
        """Who the client is: 1 the sender, 0 the receiver; plus twice how that is known."""
        first: cython.int = 0
        if transport == OVER_TCP and packet.flags & SYN:
            return 2 * BY_SYN + (0 if packet.flags & ACK else 1)
        if transport == OVER_SCTP and packet.wire_end == packet.at and INIT <= packet.flags >> 8 <= INIT_ACK:
            return 2 * BY_SYN + (packet.flags >> 8 == INIT)
        if transport == OVER_ETHERNET:
            return 2 * BY_FIRST + (not packet.returned)
        if is_group(transport, packet.family, packet.target_high, packet.target_low) or to_all(packet, transport):
            return 2 * BY_FIRST + 1
        if transport < OTHER:
            return self.by_ports(packet, transport, tunnel)
        if packet.protocol in (1, 58) and packet.end > packet.at:
            first = packet.buffer[packet.at]
            return 2 * BY_FIRST + (first not in (0, 14, 129))  # echo and timestamp replies come from the server
        return 2 * BY_FIRST + 1

    def by_ports(self, packet: Packet, transport: cython.int, tunnel: cython.int) -> cython.int:
        """``oriented`` by what is known of both ports, the most telling first."""
        source: cython.bint = (
            self.recognition.services.find(
                transport, packet.vlan, tunnel, packet.source_high, packet.source_low, packet.source_port, False
            )
            != NO_SERVICE
        )
        target: cython.bint = (
            self.recognition.services.find(
                transport, packet.vlan, tunnel, packet.target_high, packet.target_low, packet.target_port, False
            )
            != NO_SERVICE
        )
        if source == target:
            source = self.recognition.hinted(transport, packet.source_port)
            target = self.recognition.hinted(transport, packet.target_port)
        if source == target:
            source = packet.source_port < _WELL_KNOWN
            target = packet.target_port < _WELL_KNOWN
        if source == target:
            source = packet.source_port < _EPHEMERAL
            target = packet.target_port < _EPHEMERAL
        if source == target:
            return 2 * BY_FIRST + 1
        return 2 * BY_PORT + target

    def finish(self) -> None:
        """The capture is over."""
        for c in self.connections.used():
            self.end(c)

    def carry_over(self) -> None:
        """The next capture follows at once: what is under way goes on, what was counted begins from nothing.

        ``tables`` must have been collected. A request that still waits is unanswered in the capture before.
        """
        self.conversations.renew()
        self.presence.renew()
        self.activity.renew()
        self.senders.renew()
        self.sights.renew()
        self.rhythms.renew()
        self.messages.renew()
        self.series.renew()
        self.pairing.renew()
        self.handles.renew()
        self.hosts.renew()
        self.cutting.renew()
        self.datagrams.renew()
        self.chunks.renew()
        self.websockets.renew()
        self.streams.renew()
        self.quotes.renew()
        self.exchanges.renew()
        self.carriers.left_out = 0

    @property
    def roomy(self) -> bool:
        """The tables that ``carry_over`` keeps are at most half full."""
        halves: bool = (
            2 * self.conversations.size <= self.conversations.limit
            and 2 * self.hosts.size <= self.hosts.limit
            and 2 * self.carriers.size <= self.carriers.limit
            and 2 * self.series.size <= self.series.limit
        )
        return halves

    def limits(self) -> dict[str, int]:
        """Ceilings reached, with how much each left out."""
        counts = {
            "conversations": self.conversations.left_out,
            "distinct messages": self.messages.left_out,
            "numbered series": self.series.left_out,
            "request and response pairs": self.pairing.left_out,
            "hosts": self.hosts.left_out + self.senders.left_out,
            "tunnels": self.carriers.left_out,
            "segments out of order": self.streams.left_out,
            "incomplete messages": self.cutting.left_out + self.chunks.left_out + self.websockets.left_out,
            "quoted attempts": self.quotes.left_out,
        }
        return {name: count for name, count in counts.items() if count}

    def tables(self) -> dict[str, Any]:
        """Every table as a record array, and the two arenas."""
        return {
            "conversations": self.conversations.table(),
            "presence": self.presence.tables(self.conversations.size),
            "tracks": self.activity.table(),
            "stretches": self.activity.stretches(),
            "senders": self.senders.table(),
            "sights": self.sights.table(self.conversations.size),
            "rhythms": self.rhythms.table(self.conversations.size),
            "delays": self.rhythms.delays_table(),
            "messages": self.messages.table(),
            "series": self.series.table(),
            "spans": self.series.spans_table(),
            "changes": self.series.changes_table(),
            "kept": self.messages.kept_bytes(),
            "keys": self.messages.key_words(),
            "pairs": self.pairing.table(),
            "hosts": self.hosts.table(),
            "tunnels": self.carriers.table(),
            "tunnels in tunnels": self.carriers.inner_table(),
            "confirmed": self.recognition.confirmed(),
            "quotes": self.quotes,
            "exchanges": self.exchanges,
        }


def decode_only(index: Index, decoder: Decoder, packet: Packet) -> None:
    """Decode every record and drop it: what a benchmark subtracts to see what the tables cost."""
    i: cython.Py_ssize_t
    for i in range(index.count):
        packet.frame = index.first_frame + i
        packet.time = index.time[i]
        decoder.decode(packet, index.offset[i], index.captured[i], index.wire[i], index.link[i])
        while packet.more:
            decoder.resume(packet)
