"""By which framing a connection is cut: hints of the port first, then every framing that is told by its content.

A framing is tentative until enough messages were in sync; one message out of sync refutes it then. What was learned
is kept for further connections to the same server port.
"""

from __future__ import annotations

import re
from typing import Any

import cython
import numpy as np

from scanner.capture.kernel.track.services import Services
from scanner.framing.first_bytes import by_first_byte
from scanner.framing.plan import FramingPlan
from scanner.limits.capture import Limits

if not cython.compiled:
    from scanner.capture.kernel.decode.packet import Packet
    from scanner.capture.kernel.messages.lengths import CR, LF, NEED_MORE, OUT_OF_SYNC
    from scanner.capture.kernel.messages.matcher import Matcher
    from scanner.capture.kernel.track.connections import (
        AFTER_GAP,
        ANSWERING,
        ASKING,
        FRAMED,
        IN_BODY,
        UNTOUCHED,
        WRAPPED,
        Connections,
    )
    from scanner.capture.kernel.track.conversations import (
        BY_SYN,
        NO_FRAMING,
        OTHER,
        OVER_ETHERNET,
        OVER_SCTP,
        OVER_TCP,
        OVER_UDP,
        Conversations,
    )
    from scanner.capture.kernel.track.services import NO_SERVICE
    from scanner.framing.layout import HEADER_BLOCK, LINE, WHOLE

    TRIES = 16  # segments at which recognition is tried; from then on at every 16th
    BRIEF = 256  # bytes of a segment that may be one command: these are tried each time among what takes anything
    DOUBTED = 32  # bits of evidence with which what lies among encrypted messages may be something else
    PROVEN = 2  # datagrams in sync beyond those by which a framing is believed: more than one that anybody may send
    STREAM = -1  # in place of a datagram's length
    CHOSEN, BACK = 1, 2
    SHORT = 16  # bytes of a segment that hardly holds a message
    MOST_TURNS = 16  # of a connection's directions at whose beginning short segments are put together
    WITHIN_WEBSOCKET = 5  # place in _TRANSPORTS
    HEAD_ROOM = 256  # bytes of a stream's beginning that wait until it is told what they are

    ConversationPointer = Any
    ConnectionPointer = Any
    HalfPointer = Any
    BitsPointer = Any
    FramingPointer = Any

_TRANSPORTS = ("tcp", "udp", "sctp", "ethernet", "ip", "websocket")
_STATUS_END = cython.declare(cython.int, 12)  # of "HTTP/1.1 101"
_UPGRADE = re.compile(rb"\n[Uu][Pp][Gg][Rr][Aa][Dd][Ee]:[ \t]*[Ww][Ee][Bb][Ss][Oo][Cc][Kk][Ee][Tt][ \t]*\r?\n")


@cython.cfunc
@cython.exceptval(check=False)
def transport_index(transport: cython.int) -> cython.int:
    """Place of the transport in _TRANSPORTS, -1 when nothing is cut over it."""
    if transport == OVER_TCP:
        return 0
    if transport == OVER_UDP:
        return 1
    if transport == OVER_SCTP:
        return 2
    if transport == OVER_ETHERNET:
        return 3
    return 4 if transport >= OTHER else -1


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def carrier(flags: cython.int, transport: cython.int) -> cython.int:
    """``transport_index`` of a connection with these flags: its messages may be those of a WebSocket."""
    return WITHIN_WEBSOCKET if flags & FRAMED else transport_index(transport)


@cython.final
@cython.cclass
class Recognition:
    """Chooses, confirms and refutes the framing of connections.

    hinted_ports: a bit for each transport. confirmed_framings: pairs of conversation and framing. waits: nothing fitted
    the beginning of a stream, but something may once more of it is there. fitted: what ``give_way`` looked at may be
    of another framing, with too little evidence so far. doubted: what ``give_way`` looked at seems to
    be something else, and nothing gave way to it.
    """

    def __init__(
        self,
        plan: FramingPlan,
        matcher: Matcher,
        connections: Connections,
        conversations: Conversations,
        limits: Limits,
    ) -> None:
        self.matcher = matcher
        self.connections = connections
        self.conversations = conversations
        self.hints: dict[tuple[int, int], tuple[int, ...]] = {}
        self.services = Services(limits)
        self.confirmed_framings: set[tuple[int, int]] = set()
        self.patient = self.waits = self.blocked = self.fitted = self.doubted = False
        ports = np.zeros(0x10000, np.uint8)
        for (transport, port), framings in plan.hints.items():
            if transport in _TRANSPORTS and 0 <= port <= 0xFFFF:
                ports[port] |= 1 << _TRANSPORTS.index(transport)
                self.hints[_TRANSPORTS.index(transport), port] = framings
        self.hinted_ports = ports
        self.order, self.spans = by_first_byte(plan, [plan.anywhere.get(name, ()) for name in _TRANSPORTS])

    def hinted(self, transport: cython.int, port: cython.int) -> cython.bint:
        """Some framing names the port."""
        index: cython.int = transport_index(transport)
        return index >= 0 and self.hinted_ports[port] >> index & 1

    def choose(
        self,
        c: cython.int,
        packet: Packet,
        start: cython.Py_ssize_t,
        captured: cython.Py_ssize_t,
        wire: cython.Py_ssize_t,
        fresh: cython.bint,
        only_strong: cython.bint,
    ) -> cython.bint:
        """Adopt the first framing that a message at ``start`` fits; whether there is one.

        wire: a datagram's true length, or STREAM. fresh: a stream is known to begin here. only_strong: another
        framing was believed until now.
        """
        index: cython.int = carrier(self.connections.rows[c].flags, self.connections.rows[c].transport)
        i: cython.int
        port0: cython.int = self.connections.rows[c].port0
        port1: cython.int = self.connections.rows[c].port1
        if index < 0:
            return False
        self.connections.rows[c].tries += 1
        if self.connections.rows[c].tries > TRIES and self.connections.rows[c].tries & 15:
            return False
        if not only_strong:
            if self.connections.rows[c].transport >= OTHER:  # what the number of the protocol says
                port0 = port1 = self.connections.rows[c].transport - OTHER
            elif self.connections.rows[c].client == 0:
                port0, port1 = port1, port0
            if self.choose_by_port(c, port0, packet, start, captured, wire, fresh):
                return True
            if (
                not self.blocked
                and port0 != port1
                and self.conversations.rows[self.connections.rows[c].conversation].evidence < BY_SYN
                and self.choose_by_port(c, port1, packet, start, captured, wire, fresh)
            ):
                return True
            if not self.blocked and self.choose_by_service(c, packet, start, captured, wire, fresh):
                return True
        index = self.place(index, packet, start, captured)
        for i in range(self.spans[index], self.spans[index + 1]):
            if self.blocked or (only_strong and not self.matcher.framings[self.order[i]].strong):
                break
            if self.fits(c, self.order[i], packet, start, captured, wire, fresh, False):
                self.adopt(c, self.order[i], only_strong and self.names_port(c, self.order[i]), False)
                return True
        return False

    def place(
        self, index: cython.int, packet: Packet, start: cython.Py_ssize_t, captured: cython.Py_ssize_t
    ) -> cython.int:
        """Where in ``spans`` the framings are that what begins at ``start`` may be of."""
        return 256 * index + packet.buffer[start] if captured > 0 else cython.cast(cython.int, self.spans.shape[0]) - 2

    def choose_at_first(
        self,
        c: cython.int,
        packet: Packet,
        start: cython.Py_ssize_t,
        captured: cython.Py_ssize_t,
        last: cython.bint,
    ) -> cython.bint:
        """``choose`` at the beginning of a stream. What a framing cannot tell yet is not decided: it ``waits`` for more
        bytes, as long as there is room for them and these are not the last ones.
        """
        found: cython.bint
        self.connections.rows[c].tries = 0
        self.waits = self.blocked = False
        self.patient = not last and captured < HEAD_ROOM
        found = self.choose(c, packet, start, captured, STREAM, True, False)
        self.patient = self.blocked = False
        self.waits &= not found
        return found

    def choose_by_port(
        self,
        c: cython.int,
        port: cython.int,
        packet: Packet,
        start: cython.Py_ssize_t,
        captured: cython.Py_ssize_t,
        wire: cython.Py_ssize_t,
        fresh: cython.bint,
    ) -> cython.bint:
        """``choose`` among the framings that name the port."""
        framing: cython.int
        index: cython.int = carrier(self.connections.rows[c].flags, self.connections.rows[c].transport)
        if index < 0 or not self.hinted_ports[port] >> index & 1:
            return False
        for framing in self.hints[index, port]:
            if self.fits(c, framing, packet, start, captured, wire, fresh, True):
                if fresh and wire == STREAM and self.begins_otherwise(c, framing, packet, start, captured):
                    return True
                if self.blocked:
                    break
                self.adopt(c, framing, True, False)
                return True
            if self.blocked:
                break
        return False

    def begins_otherwise(
        self, c: cython.int, hinted: cython.int, packet: Packet, start: cython.Py_ssize_t, captured: cython.Py_ssize_t
    ) -> cython.bint:
        """A stream begins at a port of a framing that takes anything, with no word of its protocol. Whether it is an
        opening of another one: it is adopted, until it is refuted. ``give_way`` knows those that may come later, too.
        """
        known: FramingPointer = cython.address(self.matcher.framings[hinted])
        other: FramingPointer
        i: cython.int
        place: cython.int
        waited: cython.bint = self.waits
        if not known.yields or known.kind == HEADER_BLOCK:
            return False
        self.matcher.prepare(hinted)
        if not self.matcher.cases[self.matcher.classify(known, packet, start, captured, captured)].plain:
            return False
        self.waits = False
        place = self.place(0, packet, start, captured)
        for i in range(self.spans[place], self.spans[place + 1]):
            other = cython.address(self.matcher.framings[self.order[i]])
            if other.evidence or other.kind == HEADER_BLOCK or other.family == known.family:
                continue
            if self.fits(c, self.order[i], packet, start, captured, STREAM, True, False):
                self.adopt(c, self.order[i], self.names_port(c, self.order[i]), False)
                return True
        self.blocked |= self.waits
        self.waits |= waited
        return False

    def choose_by_service(
        self,
        c: cython.int,
        packet: Packet,
        start: cython.Py_ssize_t,
        captured: cython.Py_ssize_t,
        wire: cython.Py_ssize_t,
        fresh: cython.bint,
    ) -> cython.bint:
        """``choose`` what another connection to the same server port was confirmed to be, since this one began."""
        service: cython.int = self.service(c, False)
        framing: cython.int
        if service == NO_SERVICE or self.connections.rows[c].flags & FRAMED:
            return False
        framing = self.services.rows[service].framing
        if framing == NO_FRAMING or not self.fits(c, framing, packet, start, captured, wire, fresh, False):
            return False
        if wire != STREAM and self.matcher.framings[framing].opened:  # one datagram is enough for it
            return False
        if fresh and wire == STREAM and self.begins_otherwise(c, framing, packet, start, captured):
            return True
        if self.blocked:
            return False
        self.adopt(c, framing, False, False)
        return True

    def fits(
        self,
        c: cython.int,
        framing: cython.int,
        packet: Packet,
        start: cython.Py_ssize_t,
        captured: cython.Py_ssize_t,
        wire: cython.Py_ssize_t,
        fresh: cython.bint,
        by_port: cython.bint,
    ) -> cython.bint:
        """A message of the framing can begin at ``start``. Without the port's hint what follows it must be in sync
        too, and a framing of weak tests must not reach beyond what is there.
        """
        total: cython.longlong
        known: FramingPointer = cython.address(self.matcher.framings[framing])
        strong: cython.bint = known.strong != 0
        refuted: BitsPointer = cython.address(self.connections.rows[c].refuted0)
        if refuted[framing >> 6] >> (framing & 63) & 1:
            return False
        if wire != STREAM:
            if captured < wire and not by_port and self.matcher.is_checked(known):
                return False  # the checksum was cut off
            total = self.matcher.cut_datagram(known, packet, start, captured, wire)
            if total <= 0 or by_port or total >= captured:
                return total > 0
            total = self.matcher.cut_datagram(known, packet, start + total, captured - total, wire - total)
            return total != OUT_OF_SYNC
        total = self.matcher.cut(known, packet, start, captured)
        if total == OUT_OF_SYNC:
            if self.patient and known.kind == WHOLE:  # some tests are of its end
                self.waits |= self.matcher.tests.may_hold(known.first_test, known.last_test, packet, start, captured)
            return False
        if total == 0:
            # the tokens of a header block are looked at from the first byte on
            if known.kind != HEADER_BLOCK:
                strong &= captured >= known.credible
            if not self.patient:
                return (strong or by_port) and (fresh or captured >= known.probe)
            self.waits = True
            self.blocked = strong or by_port
            return False
        if by_port or total == captured or known.kind == HEADER_BLOCK:
            return True  # what follows a header block is a body
        if total > captured:
            self.waits |= self.patient and total <= HEAD_ROOM
            return strong
        if known.then >= 0:
            known = cython.address(self.matcher.framings[known.then])
        total = self.matcher.cut(known, packet, start + total, captured - total)
        return total != OUT_OF_SYNC

    def give_way(
        self,
        c: cython.int,
        packet: Packet,
        start: cython.Py_ssize_t,
        captured: cython.Py_ssize_t,
        part: cython.bint,
    ) -> cython.bint:
        """The connection's framing takes anything for its messages, or none begins here (``yields``). Whether what
        begins at ``start`` is of another one with enough evidence, alone or with the messages before it: it is adopted,
        until it is refuted. A ``part`` of a message that fits none contradicts nothing.
        """
        known: ConnectionPointer = cython.address(self.connections.rows[c])
        index: cython.int = carrier(self.connections.rows[c].flags, self.connections.rows[c].transport)
        refuted: BitsPointer = cython.address(known.refuted0)
        i: cython.int
        framing: cython.int
        before: cython.int
        bits: cython.int
        messages: cython.int
        least: cython.int = 1
        doubted: cython.bint = False
        self.fitted = known.rival != NO_FRAMING
        self.doubted = False
        if known.previous != NO_FRAMING or index < 0:
            return False
        known.tries += 1
        if known.tries > TRIES and known.tries & 15:
            if captured > BRIEF:
                return False
            least = DOUBTED  # what is not encrypted has lengths as a TPKT has, of rsync for instance
            least += self.matcher.framings[known.framing].yields < DOUBTED
        index = self.place(index, packet, start, captured)
        for i in range(self.spans[index], self.spans[index + 1]):
            framing = self.order[i]
            bits = self.matcher.framings[framing].evidence
            if (
                self.matcher.framings[framing].doubt < least
                or framing == known.framing
                or refuted[framing >> 6] >> (framing & 63) & 1
            ):
                continue
            messages = self.fills(cython.address(self.matcher.framings[framing]), packet, start, captured)
            if not messages:
                continue
            if self.matcher.framings[framing].family != self.matcher.framings[known.framing].family:
                doubted |= self.matcher.framings[framing].doubt >= DOUBTED
            if not bits:
                continue
            if known.rival != framing:
                known.rival = framing
                known.rival_bits = 0
            known.rival_bits += bits * min(messages, 4)
            if known.rival_bits < self.matcher.framings[known.framing].yields:
                self.doubted = doubted
                self.fitted = True
                return False
            before = known.framing
            known.rival = NO_FRAMING
            self.adopt(c, framing, self.names_port(c, framing), False)
            known.previous = before
            return True
        if not part:
            known.rival = NO_FRAMING
        self.fitted = self.doubted = doubted
        return False

    def fills(
        self, known: FramingPointer, packet: Packet, start: cython.Py_ssize_t, captured: cython.Py_ssize_t
    ) -> cython.int:
        """How many whole messages of the framing, one after the other, are all that is there, or a header, and what
        follows; 0 when something else is.
        """
        total: cython.Py_ssize_t
        found: cython.int = 0
        while captured > 0:
            total = self.matcher.cut(known, packet, start, captured)
            if total <= 0 or total > captured:
                return 0
            found += 1
            if known.kind == HEADER_BLOCK:
                return 1
            start += total
            captured -= total
        return found

    def begins_here(
        self, c: cython.int, h: cython.int, packet: Packet, at: cython.Py_ssize_t, end: cython.Py_ssize_t
    ) -> cython.bint:
        """A message of the connection's framing begins at ``at``, as far as can be seen."""
        framing: FramingPointer = cython.address(self.matcher.framings[self.connections.rows[c].framing])
        total: cython.Py_ssize_t = self.matcher.cut(framing, packet, at, end - at)
        enough: cython.bint = end - at >= framing.probe
        fresh: cython.bint = self.connections.halves[h].flags & UNTOUCHED != 0
        if framing.answers and total >= 0 and not self.turned(h, framing, packet, at, end - at):
            return False
        if total == NEED_MORE:
            return enough or fresh
        if total == OUT_OF_SYNC and fresh:
            return self.matcher.may_grow(framing, packet, at, end - at)
        return total > 0

    def turned(
        self, h: cython.int, framing: FramingPointer, packet: Packet, at: cython.Py_ssize_t, size: cython.Py_ssize_t
    ) -> cython.bint:
        """A header block can begin at ``at``: an answer where the direction answers, a request where it asks."""
        half: HalfPointer = cython.address(self.connections.halves[h])
        answers: cython.int = self.matcher.lengths.answers(framing, packet, at, size)
        if answers < 0:
            return True
        if not half.flags & (ASKING | ANSWERING):
            half.flags |= ANSWERING if answers else ASKING
        known: cython.bint = half.flags & (ANSWERING if answers else ASKING) != 0
        return known

    @cython.boundscheck(False)
    def skip(self, c: cython.int, h: cython.int, size: cython.Py_ssize_t) -> cython.int:
        """Bytes that fit no message of the conversation's framing; a body behind a header is not meant to."""
        conversation: cython.int = self.connections.rows[c].conversation
        known: ConversationPointer = cython.address(self.conversations.rows[conversation])
        if known.framing >= 0 and not self.connections.halves[h].flags & IN_BODY:
            known.skipped_bytes += size
        return 0

    def is_empty(self, h: cython.int, packet: Packet, at: cython.Py_ssize_t) -> cython.bint:
        """``at`` is in an empty line in front of a request, which means nothing (RFC 9112, section 2.2)."""
        asks: cython.bint = self.connections.halves[h].flags & ASKING != 0
        return asks and (packet.buffer[at] == CR or packet.buffer[at] == LF)

    def turns(self, c: cython.int, side: cython.int, size: cython.Py_ssize_t) -> cython.bint:
        """The segment is a short one, and the first since the other direction spoke: a message may begin with it, and
        go on in the segments behind it. Of a connection that nothing fits so many are looked at so.
        """
        spoke: cython.int = self.connections.rows[c].spoke
        if spoke and (spoke & 1) == side:
            return False
        if size > SHORT or spoke >= 2 * MOST_TURNS:
            self.connections.rows[c].spoke = max(spoke & ~1, 2) | side
            return False
        self.connections.rows[c].spoke = ((spoke & ~1) | side) + 2
        return spoke != 0

    def is_upgrade(self, c: cython.int, packet: Packet, at: cython.Py_ssize_t, size: cython.Py_ssize_t) -> cython.bint:
        """The header block is an answer behind which frames of WebSocket come (RFC 6455, section 4.2.2)."""
        if size < _STATUS_END or packet.buffer[at] != 0x48:  # H
            return False
        if packet.buffer[at + 9] != 0x31 or packet.buffer[at + 10] != 0x30 or packet.buffer[at + 11] != 0x31:
            return False
        if self.connections.rows[c].transport != OVER_TCP or self.connections.rows[c].flags & FRAMED:
            return False
        return _UPGRADE.search(bytes(packet.buffer[at : at + size])) is not None

    def begin_inside(self, c: cython.int) -> cython.int:
        """Both directions of the connection begin anew, with what frames of WebSocket hold."""
        side: cython.int
        self.restart(c)
        self.connections.rows[c].previous = self.connections.rows[c].rival = NO_FRAMING
        self.connections.rows[c].by_port = self.connections.rows[c].steps = self.connections.rows[c].settled = 0
        self.connections.rows[c].flags |= FRAMED
        for side in range(2):
            self.connections.halves[2 * c + side].flags &= ~(IN_BODY | AFTER_GAP)
            self.connections.halves[2 * c + side].flags |= WRAPPED | UNTOUCHED
        return 0

    def adopt(self, c: cython.int, framing: cython.int, by_port: cython.bint, trusted: cython.bint) -> cython.int:
        """The connection is cut by ``framing`` from here on; ``trusted`` needs no further confirmation."""
        conversation: cython.int = self.connections.rows[c].conversation
        self.matcher.prepare(framing)
        self.connections.rows[c].framing = framing
        self.connections.rows[c].by_port = by_port
        self.connections.rows[c].wanted = self.matcher.framings[framing].confirmations
        self.connections.rows[c].steps = self.connections.rows[c].wanted if trusted else 0
        self.connections.rows[c].misses = self.connections.rows[c].settled = 0
        if by_port and self.conversations.rows[conversation].tentative == NO_FRAMING:
            self.conversations.rows[conversation].tentative = framing
        return 0

    def tentative(self, c: cython.int) -> cython.bint:
        """The framing waits for its confirmation."""
        waits: cython.bint = self.connections.rows[c].steps < self.connections.rows[c].wanted
        return waits

    def refute(self, c: cython.int) -> cython.int:
        """A tentative framing was out of sync: never again on this connection. Back to the one before it, if any."""
        framing: cython.int = self.connections.rows[c].framing
        conversation: cython.int = self.connections.rows[c].conversation
        previous: cython.int = self.connections.rows[c].previous
        refuted: BitsPointer = cython.address(self.connections.rows[c].refuted0)
        refuted[framing >> 6] |= cython.cast(cython.ulonglong, 1) << (framing & 63)
        if self.conversations.rows[conversation].tentative == framing:
            self.conversations.rows[conversation].tentative = NO_FRAMING
        self.connections.rows[c].framing = NO_FRAMING
        if previous != NO_FRAMING:
            self.connections.rows[c].previous = NO_FRAMING
            self.adopt(c, previous, self.names_port(c, previous), True)
        return 0

    def replaced(
        self, c: cython.int, packet: Packet, start: cython.Py_ssize_t, captured: cython.Py_ssize_t, fresh: cython.bint
    ) -> cython.int:
        """The tentative framing was out of sync in a stream. Another one is adopted: CHOSEN, or that before it: BACK.
        Otherwise, if the direction begins so and the other one was in sync, the framing stays for that one.
        """
        framing: cython.int = self.connections.rows[c].framing
        steps: cython.int = self.connections.rows[c].steps if fresh else 0
        by_port: cython.bint = self.connections.rows[c].by_port != 0
        self.refute(c)
        if self.connections.rows[c].framing >= 0:
            return BACK
        if self.choose(c, packet, start, captured, STREAM, fresh, False):
            return CHOSEN
        if steps and (by_port or self.matcher.framings[framing].strong):
            self.reprieve(c, framing, by_port, steps, 0)
        return 0

    def reprieve(
        self, c: cython.int, framing: cython.int, by_port: cython.bint, steps: cython.int, misses: cython.int
    ) -> cython.int:
        """What nothing fits does not refute: anybody may send such a datagram between two that do fit. ``steps`` and
        ``misses`` so far; a framing that took the place of the refuted one keeps it.
        """
        refuted: BitsPointer = cython.address(self.connections.rows[c].refuted0)
        if self.connections.rows[c].framing != NO_FRAMING:
            return 0
        refuted[framing >> 6] &= ~(cython.cast(cython.ulonglong, 1) << (framing & 63))
        self.adopt(c, framing, by_port, False)
        self.connections.rows[c].steps = steps
        self.connections.rows[c].misses = misses
        return 0

    def restart(self, c: cython.int) -> cython.int:
        """A believed framing lost its step for good: everything may be recognised again."""
        self.connections.rows[c].previous = self.connections.rows[c].framing
        self.connections.rows[c].framing = NO_FRAMING
        self.connections.rows[c].misses = 0
        self.connections.rows[c].tries = 0
        self.connections.rows[c].refuted0 = self.connections.rows[c].refuted1 = 0
        self.connections.rows[c].refuted2 = self.connections.rows[c].refuted3 = 0
        self.connections.rows[c].refuted4 = self.connections.rows[c].refuted5 = 0
        self.connections.rows[c].refuted6 = self.connections.rows[c].refuted7 = 0
        return 0

    def in_sync(self, c: cython.int) -> cython.int:
        """One more message was in sync."""
        known: ConnectionPointer = cython.address(self.connections.rows[c])
        known.misses = 0
        if known.steps < known.wanted:
            known.steps += 1
        if known.steps >= known.wanted:
            if self.conversations.rows[known.conversation].framing != known.framing:
                self.confirm(c)
            if known.settled == PROVEN - 1 and known.transport == OVER_UDP:
                self.remember(c)
            known.settled = min(known.settled + 1, PROVEN)
        return 0

    def go_on(self, c: cython.int, then: cython.int) -> cython.int:
        """The opening was read: what follows in the stream is cut by another framing, which is believed."""
        if self.connections.rows[c].steps >= self.connections.rows[c].wanted:
            self.adopt(c, then, self.names_port(c, then), True)
            self.connections.rows[c].tries = 0
        return 0

    def confirm(self, c: cython.int) -> cython.int:
        """Believe the framing, and remember it for the server's port: not one that another gave way to, for the next
        connection begins with that other one again; nor one that one datagram speaks for, which anybody may send.
        """
        framing: cython.int = self.connections.rows[c].framing
        conversation: cython.int = self.connections.rows[c].conversation
        previous: cython.int = self.connections.rows[c].previous
        self.conversations.rows[conversation].framing = framing
        self.connections.rows[c].tries = 0
        self.confirmed_framings.add((conversation, framing))
        if self.connections.rows[c].transport == OVER_UDP:
            return 0
        self.connections.rows[c].previous = NO_FRAMING
        if previous != NO_FRAMING and self.gives_way(previous):
            return 0
        return self.remember(c)

    def remember(self, c: cython.int) -> cython.int:
        """The next connections to the server's port begin with the framing."""
        service: cython.int
        if self.is_odd_here(c, self.connections.rows[c].framing):
            return 0
        if self.connections.rows[c].flags & FRAMED:  # each connection begins with a header
            return 0
        service = self.service(c, True)
        if service != NO_SERVICE:
            self.services.rows[service].framing = self.connections.rows[c].framing
        return 0

    def is_odd_here(self, c: cython.int, framing: cython.int) -> cython.bint:
        """What takes segments or lines, on a port that others name: the next connection may be one of theirs."""
        kind: cython.int = self.matcher.framings[framing].kind
        row: ConnectionPointer = cython.address(self.connections.rows[c])
        port: cython.int = row.port0 if row.client else row.port1
        return kind in (WHOLE, LINE) and self.hinted(row.transport, port) and not self.names_port(c, framing)

    def gives_way(self, framing: cython.int) -> cython.bint:
        """Streams of the framing may go over to another one."""
        known: FramingPointer = cython.address(self.matcher.framings[framing])
        gives: cython.bint = known.first_unless != known.last_unless or known.yields != 0
        return gives

    def service(self, c: cython.int, make: cython.bint) -> cython.int:
        """Row of the server's end of the connection in ``services``."""
        if self.connections.rows[c].client:
            return self.services.find(
                self.connections.rows[c].transport,
                self.connections.rows[c].vlan,
                self.connections.rows[c].tunnel,
                self.connections.rows[c].high0,
                self.connections.rows[c].low0,
                self.connections.rows[c].port0,
                make,
            )
        return self.services.find(
            self.connections.rows[c].transport,
            self.connections.rows[c].vlan,
            self.connections.rows[c].tunnel,
            self.connections.rows[c].high1,
            self.connections.rows[c].low1,
            self.connections.rows[c].port1,
            make,
        )

    def names_port(self, c: cython.int, framing: cython.int) -> cython.bint:
        """The framing names a port of the connection."""
        index: cython.int = carrier(self.connections.rows[c].flags, self.connections.rows[c].transport)
        port: cython.int
        if index < 0:
            return False
        if self.connections.rows[c].transport >= OTHER:
            port = self.connections.rows[c].transport - OTHER
            return self.hinted_ports[port] >> index & 1 and framing in self.hints[index, port]
        for port in (self.connections.rows[c].port0, self.connections.rows[c].port1):
            if self.hinted_ports[port] >> index & 1 and framing in self.hints[index, port]:
                return True
        return False

    def takes_any_stream(self, c: cython.int, framing: cython.int) -> cython.bint:
        """How this one begins has to be looked at (``begins_otherwise``)."""
        known: FramingPointer = cython.address(self.matcher.framings[framing])
        streams: cython.bint = self.connections.rows[c].transport == OVER_TCP
        return streams and known.yields != 0 and known.kind != HEADER_BLOCK

    def recall(self, c: cython.int) -> cython.int:
        """A new connection begins with what was learned of its server's port."""
        service: cython.int = self.service(c, False)
        framing: cython.int
        if service != NO_SERVICE:
            framing = self.services.rows[service].framing
            if framing != NO_FRAMING and not self.takes_any_stream(c, framing):
                self.adopt(c, framing, self.names_port(c, framing), True)
                self.connections.rows[c].steps += 1  # more than enough
        return 0

    def confirmed(self) -> set[tuple[int, int]]:
        """Pairs of conversation and framing that were confirmed."""
        return self.confirmed_framings
