"""By which framing the next datagram of an association is cut: mostly by that of those before it.

Each datagram begins with a message, and anybody may have sent it, under any address. So a framing that does not fit one
is not refuted as it is in a stream: another one that fits takes its place, and it is kept in mind as the first to come
back. And a framing that takes much for its message because an opening said so gives way to one that proves more: what
fits that one waits until it is enough, and is cut then.
"""

from __future__ import annotations

from typing import Any

import cython

from scanner.capture.kernel.messages.matcher import Matcher
from scanner.capture.kernel.messages.recognition import Recognition
from scanner.capture.kernel.track.connections import Connections

if not cython.compiled:
    from scanner.capture.kernel.decode.packet import Packet
    from scanner.capture.kernel.messages.recognition import BRIEF, DOUBTED, PROVEN, TRIES, carrier
    from scanner.capture.kernel.messages.segmentation import PATIENCE
    from scanner.capture.kernel.track.conversations import NO_FRAMING, OTHER
    from scanner.framing.layout import HEADER_BLOCK

    SOME = 16  # bits of evidence that are no chance
    OF_PORT = 8  # bits of evidence that a port is which the framing names
    OWN, WAITS, CHANGED = range(3)  # what ``contested`` says of a datagram

    ConnectionPointer = Any
    FramingPointer = Any
    BitsPointer = Any


@cython.final
@cython.cclass
class Associations:
    """With what ``recognition`` knows of framings and ports."""

    def __init__(self, matcher: Matcher, connections: Connections, recognition: Recognition) -> None:
        self.matcher = matcher
        self.connections = connections
        self.recognition = recognition

    def chosen(
        self,
        c: cython.int,
        packet: Packet,
        at: cython.Py_ssize_t,
        captured: cython.Py_ssize_t,
        wire: cython.Py_ssize_t,
    ) -> cython.bint:
        """The association has no framing. Whether one fits: that before it, or any."""
        known: ConnectionPointer = cython.address(self.connections.rows[c])
        if self.returns(c, packet, at, captured, wire):
            return True
        if not self.recognition.choose(c, packet, at, captured, wire, False, False):
            return False
        if known.previous == known.framing:
            known.previous = NO_FRAMING
        return True

    def otherwise(
        self,
        c: cython.int,
        packet: Packet,
        at: cython.Py_ssize_t,
        captured: cython.Py_ssize_t,
        wire: cython.Py_ssize_t,
    ) -> cython.bint:
        """No message of the association's framing begins the datagram. Whether one of another does, which takes its
        place: where the framing has proven itself, only one that hardly anything else fits.
        """
        known: ConnectionPointer = cython.address(self.connections.rows[c])
        before: cython.int = known.framing
        standing: cython.int = self.standing(c)
        strong: cython.bint = self.matcher.framings[before].strong != 0 or known.by_port != 0
        if self.returns(c, packet, at, captured, wire):
            return True
        known.misses += 1
        if standing > 0 and known.misses > PATIENCE:
            self.recognition.restart(c)
            known.standing = standing
            return self.chosen(c, packet, at, captured, wire)
        if self.recognition.choose(c, packet, at, captured, wire, False, standing > PROVEN):
            self.keep(c, before, standing)
            return True
        if standing <= 0 and known.misses > (PATIENCE if strong else 1):
            if known.standing <= 0:
                known.previous = NO_FRAMING
            self.recognition.refute(c)
        return False

    def standing(self, c: cython.int) -> cython.int:
        """What the framing has shown: above 0 enough to be believed, or more than that; otherwise how many messages."""
        known: ConnectionPointer = cython.address(self.connections.rows[c])
        shown: cython.int = -known.steps if self.recognition.tentative(c) else 1 + known.settled
        return shown

    def keep(self, c: cython.int, before: cython.int, standing: cython.int) -> cython.int:
        """Another framing took the place of ``before``. Of that and the one before it the better known is kept in mind;
        one that was never believed is not tried again.
        """
        known: ConnectionPointer = cython.address(self.connections.rows[c])
        refuted: BitsPointer = cython.address(known.refuted0)
        dropped: cython.int = before
        if known.previous in (NO_FRAMING, known.framing) or standing >= known.standing:
            dropped = known.previous
            known.previous = before
            standing, known.standing = known.standing, standing
        if dropped not in (NO_FRAMING, known.framing) and standing <= 0:
            refuted[dropped >> 6] |= cython.cast(cython.ulonglong, 1) << (dropped & 63)
        return 0

    def returns(
        self,
        c: cython.int,
        packet: Packet,
        at: cython.Py_ssize_t,
        captured: cython.Py_ssize_t,
        wire: cython.Py_ssize_t,
    ) -> cython.bint:
        """The framing that is kept in mind fits the datagram, and takes the place of the present one."""
        known: ConnectionPointer = cython.address(self.connections.rows[c])
        back: cython.int = known.previous
        before: cython.int = known.framing
        standing: cython.int = known.standing
        now: cython.int = 0
        fits: cython.bint
        if back == NO_FRAMING:
            return False
        if standing > 0:
            fits = (
                self.matcher.cut_datagram(cython.address(self.matcher.framings[back]), packet, at, captured, wire) > 0
            )
        else:
            fits = self.bits(back, packet, at, captured, wire) > 0
        if not fits:
            return False
        if before != NO_FRAMING:
            now = self.standing(c)
        self.recognition.adopt(c, back, self.recognition.names_port(c, back), standing > 0)
        known.settled = max(0, standing - 1)
        known.steps = max(known.steps, -standing)
        known.previous = before
        known.standing = now
        return True

    @cython.boundscheck(False)
    def contested(
        self,
        c: cython.int,
        packet: Packet,
        at: cython.Py_ssize_t,
        captured: cython.Py_ssize_t,
        wire: cython.Py_ssize_t,
    ) -> cython.int:
        """The framing takes much for its messages. Whether the datagram is its OWN, or of another one with enough
        evidence: CHANGED to that, with the datagrams before it that the other one fits; where it may be, it WAITS.
        """
        known: ConnectionPointer = cython.address(self.connections.rows[c])
        framing: FramingPointer = cython.address(self.matcher.framings[known.framing])
        needed: cython.int = self.needed(c)
        own: cython.int = self.bits(known.framing, packet, at, captured, wire)
        bits: cython.int
        if known.rival != NO_FRAMING:
            bits = self.worth(known.rival, packet, at, captured, wire)
            if not bits or not (
                framing.opened or framing.yields or bits >= own or self.recognition.names_port(c, known.rival)
            ):
                return OWN
            known.rival_bits += bits
        else:
            if not own:
                return OWN  # or of nobody
            if known.standing > PROVEN >= self.standing(c) and self.returns(c, packet, at, captured, wire):
                return CHANGED
            known.rival = self.best(c, needed, packet, at, captured, wire)
            if known.rival == NO_FRAMING:
                return OWN
            known.rival_bits = self.worth(known.rival, packet, at, captured, wire)
            if self.recognition.names_port(c, known.rival):
                known.rival_bits += OF_PORT
        if known.rival == known.previous:
            needed = min(needed, SOME)
        if own and known.rival_bits < needed:
            if known.settled < PROVEN:
                return WAITS
            known.rival = NO_FRAMING
            return OWN
        self.give_in(c)
        return CHANGED

    def give_in(self, c: cython.int) -> cython.int:
        """The rival takes the place of the framing."""
        known: ConnectionPointer = cython.address(self.connections.rows[c])
        before: cython.int = known.framing
        rival: cython.int = known.rival
        standing: cython.int = self.standing(c)
        again: cython.int = known.standing if rival == known.previous else 0
        known.rival = NO_FRAMING
        self.recognition.adopt(c, rival, self.recognition.names_port(c, rival), again > 0)
        known.settled = max(0, again - 1)
        known.steps = max(known.steps, -again)
        return self.keep(c, before, standing)

    def needed(self, c: cython.int) -> cython.int:
        """Bits of evidence to which the framing gives way; 0: to none, as where the port speaks for it, or more than
        one datagram.
        """
        known: ConnectionPointer = cython.address(self.connections.rows[c])
        framing: FramingPointer = cython.address(self.matcher.framings[known.framing])
        bits: cython.int = 0
        if framing.kind == HEADER_BLOCK:
            return 0
        if framing.yields:
            bits = framing.yields
        elif known.by_port:
            return 0
        elif framing.opened:
            bits = framing.opened
        elif known.settled < PROVEN and 0 < known.steps <= known.wanted:
            bits = framing.weight + OF_PORT
        return bits

    @cython.boundscheck(False)
    def best(
        self,
        c: cython.int,
        needed: cython.int,
        packet: Packet,
        at: cython.Py_ssize_t,
        captured: cython.Py_ssize_t,
        wire: cython.Py_ssize_t,
    ) -> cython.int:
        """The framing, of another protocol, that proves most by the datagram."""
        known: ConnectionPointer = cython.address(self.connections.rows[c])
        index: cython.int = carrier(known.flags, known.transport)
        family: cython.int = self.matcher.framings[known.framing].family
        refuted: BitsPointer = cython.address(known.refuted0)
        found: cython.int = NO_FRAMING
        most: cython.int = 0
        bits: cython.int
        least: cython.int = SOME
        framing: cython.int
        port: cython.int
        place: cython.int
        i: cython.int
        if index < 0:
            return NO_FRAMING
        known.tries += 1
        if known.tries > TRIES and known.tries & 15:
            if captured > BRIEF:
                return NO_FRAMING
            least = DOUBTED + (needed < DOUBTED)
        elif known.previous != NO_FRAMING and not known.by_port and self.shows_more(c, packet, at, captured, wire):
            most, found = 1, known.previous
        elif known.transport < OTHER:
            for port in (known.port0, known.port1):
                if not self.recognition.hinted_ports[port] >> index & 1:
                    continue
                for framing in self.recognition.hints[index, port]:
                    if self.matcher.framings[framing].family != family:
                        bits = self.bits(framing, packet, at, captured, wire)
                        if bits > most:
                            most, found = bits, framing
        if most:
            return found
        place = self.recognition.place(index, packet, at, captured)
        for i in range(self.recognition.spans[place], self.recognition.spans[place + 1]):
            framing = self.recognition.order[i]
            if (
                self.matcher.framings[framing].weight < max(least, most + 1)
                or self.matcher.framings[framing].family == family
                or refuted[framing >> 6] >> (framing & 63) & 1
            ):
                continue
            bits = self.bits(framing, packet, at, captured, wire)
            if bits > most:
                most, found = bits, framing
            if most >= needed:
                break
        return found

    def shows_more(
        self,
        c: cython.int,
        packet: Packet,
        at: cython.Py_ssize_t,
        captured: cython.Py_ssize_t,
        wire: cython.Py_ssize_t,
    ) -> cython.bint:
        """The datagram fits the framing that is kept in mind, of whose messages more must be as it says."""
        known: ConnectionPointer = cython.address(self.connections.rows[c])
        more: cython.bint = (
            self.bits(known.previous, packet, at, captured, wire) > self.matcher.framings[known.framing].weight
        )
        return more

    def worth(
        self,
        framing: cython.int,
        packet: Packet,
        at: cython.Py_ssize_t,
        captured: cython.Py_ssize_t,
        wire: cython.Py_ssize_t,
    ) -> cython.int:
        """Bits of evidence that the datagram is of the rival, or of what that is the opening of."""
        then: cython.int = self.matcher.framings[framing].then
        bits: cython.int = self.bits(framing, packet, at, captured, wire)
        if not bits and then >= 0:
            bits = self.bits(then, packet, at, captured, wire)
        return bits

    def bits(
        self,
        framing: cython.int,
        packet: Packet,
        at: cython.Py_ssize_t,
        captured: cython.Py_ssize_t,
        wire: cython.Py_ssize_t,
    ) -> cython.int:
        """Bits of evidence that the datagram is of the framing; 0 where it is no whole messages of it, or cut short."""
        known: FramingPointer = cython.address(self.matcher.framings[framing])
        messages: cython.int = 0
        total: cython.Py_ssize_t
        if captured < wire:
            return 0
        while captured > 0 and messages < 4:
            total = self.matcher.cut_datagram(known, packet, at, captured, wire)
            if total <= 0:
                return 0
            messages += 1
            at += total
            captured -= total
            wire -= total
        weight: cython.int = max(1, known.weight)
        return messages * weight

    def concede(self, c: cython.int) -> cython.int:
        """Nothing more comes, and whatever followed the opening fits another framing: that is the one."""
        known: ConnectionPointer = cython.address(self.connections.rows[c])
        little: cython.bint = known.rival_bits < SOME and known.rival != known.previous
        if known.steps and self.standing(c) <= 1 and not (little and not self.recognition.names_port(c, known.rival)):
            self.give_in(c)
        return 0
