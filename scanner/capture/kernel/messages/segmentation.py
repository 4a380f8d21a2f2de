"""From the bytes of one direction, in order, to messages: the state between segments, and finding the step again.

A message that lies in one segment is read where it is. Of one that does not, the first bytes are held (as many as its
framing's cases look at or keep), and the rest of its length is skipped. The first bytes of a stream that nothing fits
yet wait until something does.
"""

from __future__ import annotations

from typing import Any

import cython

from scanner.limits.capture import Limits

if not cython.compiled:
    from scanner.capture.kernel.decode.packet import Packet
    from scanner.capture.kernel.messages.dispatch import Dispatch
    from scanner.capture.kernel.messages.lengths import NEED_MORE, OUT_OF_SYNC
    from scanner.capture.kernel.messages.matcher import LONGEST_GROWN, Matcher
    from scanner.capture.kernel.messages.partial import HOLDING
    from scanner.capture.kernel.messages.recognition import BACK, HEAD_ROOM, STREAM, Recognition
    from scanner.capture.kernel.track.connections import (
        AFTER_GAP,
        ANSWERING,
        ASKING,
        HEADED,
        IN_BODY,
        IN_SYNC,
        JOINING,
        KNOWN_START,
        PARTIAL,
        UNTOUCHED,
        WRAPPED,
        Connections,
    )
    from scanner.capture.kernel.track.conversations import NO_FRAMING, OVER_TCP
    from scanner.capture.kernel.track.sights import Sights
    from scanner.framing.layout import EVERY_SEGMENT, HEADER_BLOCK, SHORT_SEGMENTS, WHOLE

    PATIENCE = 4  # segments out of sync after which a believed framing is given up
    LONGEST_JOIN = 0x1000000
    NOWHERE = -1
    MOST_SHORT = 1024  # bytes of such segments that are put together

    HalfPointer = Any
    ConnectionPointer = Any
    FramingPointer = Any

from scanner.capture.kernel.messages.partial import Head, Partial


@cython.final
@cython.cclass
class Segmentation:
    """Cuts streams (``advance``, ``lost``, ``finish``) and datagrams.

    released: the head that is being cut, ``releasing`` deep. left_out: messages not held for want of room. behind:
    where in the segment the answer ends by which the connection went over to WebSocket, NOWHERE until it does; answer:
    its header. lacking: bytes of the segment that is cut, one of the direction ``lacks``, that were not captured.
    """

    def __init__(
        self,
        matcher: Matcher,
        connections: Connections,
        dialogue: Dispatch,
        recognition: Recognition,
        sights: Sights,
        limits: Limits,
    ) -> None:
        self.matcher = matcher
        self.sights = sights
        self.frame = 0
        self.connections = connections
        self.dialogue = dialogue
        self.recognition = recognition
        self.partials: dict[int, Partial] = {}
        self.joins: dict[int, Partial] = {}
        self.heads: dict[int, Head] = {}
        self.releasing = self.held = self.left_out = self.lacking = 0
        self.released = Head()
        self.held_limit = limits.partial_total
        self.behind = self.lacks = NOWHERE
        self.answer = b""

    def renew(self) -> None:
        """The next capture begins: a message is as late as its latest part, which is there."""
        for held in (*self.partials.values(), *self.joins.values()):
            cython.cast(Partial, held).view.frame = 1
        for head in self.heads.values():
            cython.cast(Head, head).parts = [(end, 1, time) for end, _, time in cython.cast(Head, head).parts]
        self.left_out = 0

    @cython.boundscheck(False)
    def advance(
        self, c: cython.int, side: cython.int, packet: Packet, at: cython.Py_ssize_t, end: cython.Py_ssize_t
    ) -> cython.int:
        """The next bytes of the direction are packet.buffer[at:end]."""
        half: HalfPointer = cython.address(self.connections.halves[2 * c + side])
        self.frame = packet.frame
        if half.flags & (PARTIAL | IN_SYNC | UNTOUCHED) == IN_SYNC:
            return self.cut(c, side, packet, at, end)
        if half.flags & HEADED:
            return self.gather(c, side, packet, at, end)
        if self.connections.halves[2 * c + (1 - side)].flags & JOINING and self.framing(c).gathers:
            self.give_out(c, 1 - side)
        if half.flags & PARTIAL:
            at = self.fill(c, side, packet, at, end)
            if self.behind != NOWHERE:
                self.behind = at
                return 0
        if at < end:
            if half.flags & IN_SYNC or self.find_sync(c, 2 * c + side, packet, at, end):
                if not self.releasing or self.released.begins_after(self.waiting(2 * c + (1 - side))):
                    self.release(2 * c + (1 - side))
                self.frame = packet.frame
                if half.flags & IN_SYNC:
                    self.cut(c, side, packet, at, end)
                else:
                    self.pass_over(c, 2 * c + side, end - at)
            elif self.recognition.waits:
                self.recognition.waits = False
                self.gather(c, side, packet, at, end)
            else:
                self.pass_over(c, 2 * c + side, end - at)
        half.flags &= ~UNTOUCHED
        return 0

    @cython.boundscheck(False)
    def cut(
        self, c: cython.int, side: cython.int, packet: Packet, at: cython.Py_ssize_t, end: cython.Py_ssize_t
    ) -> cython.int:
        """A message begins at ``at``: cut as many as there are."""
        start: cython.Py_ssize_t = at
        before: cython.Py_ssize_t
        total: cython.Py_ssize_t
        part: cython.bint
        h: cython.int = 2 * c + side
        connection: ConnectionPointer = cython.address(self.connections.rows[c])
        framing: FramingPointer = cython.address(self.matcher.framings[connection.framing])
        if framing.answers and self.connections.halves[h ^ 1].flags & PARTIAL:
            self.settle_answer(c, 1 - side)
        if framing.gathers:
            if self.grown(c, side, packet, at, end):
                return 0
            framing = self.framing(c)
        if framing.yields and framing.kind != HEADER_BLOCK:
            part = framing.gathers == SHORT_SEGMENTS and end - at <= framing.short
            if self.gave_way(h, packet, at, end - at, part):
                framing = self.framing(c)
        while at < end:
            total = self.matcher.cut(framing, packet, at, end - at)
            if framing.answers and total >= 0 and not self.recognition.turned(h, framing, packet, at, end - at):
                total = OUT_OF_SYNC
            if total == OUT_OF_SYNC and self.matcher.may_grow(framing, packet, at, end - at):
                return self.hold(c, h, packet, at, end, NEED_MORE)
            if total == OUT_OF_SYNC and self.recognition.is_empty(h, packet, at):
                at += 1
                continue
            if total == OUT_OF_SYNC:
                before = at
                at = self.recover(c, h, packet, start, at, end)
                if at == NOWHERE:
                    return self.pass_over(c, h, end - before)
                start = at
                framing = self.framing(c)
            elif total == NEED_MORE or total > end - at:
                return self.hold(c, h, packet, at, end, total)
            elif framing.more_at >= 0 or framing.gathers or not connection.settled:
                self.unit(c, side, packet, at, total, total + self.cut_off(h, framing))
                at += total
                if self.behind != NOWHERE:  # it goes over to frames of WebSocket, and has no framing
                    return 0
                framing = self.framing(c)
            else:
                connection.misses = 0
                self.dialogue.message(
                    connection, framing, side, packet, at, min(total, framing.keep), total + self.cut_off(h, framing)
                )
                at += total
                if framing.answers:
                    self.goes_over(c, packet, at - total, total)
            if self.behind != NOWHERE:
                return 0
        return 0

    def cut_off(self, h: cython.int, framing: FramingPointer) -> cython.Py_ssize_t:
        """Bytes that lack of a message that is all of the segment."""
        return self.lacking if self.lacks == h and framing.kind == WHOLE else 0

    def settle_answer(self, c: cython.int, side: cython.int) -> cython.bint:
        """A header block whose body has no end yet, or did not come, is all of the message; if there is one."""
        h: cython.int = 2 * c + side
        partial: Partial = self.partials[h]
        answers: cython.bint = self.connections.halves[h].flags & ANSWERING and self.framing(c).answers
        if partial.total or not answers or not self.matcher.lengths.is_headed(partial.view, partial.have):
            return False
        self.drop(h)
        self.out_of_sync(h, IN_BODY)
        self.unit(c, side, partial.view, 0, partial.have, partial.have)
        return True

    def goes_over(self, c: cython.int, packet: Packet, at: cython.Py_ssize_t, size: cython.Py_ssize_t) -> cython.int:
        """Both directions go on in frames of WebSocket, if the header block says so."""
        if self.recognition.is_upgrade(c, packet, at, size):
            self.answer = bytes(packet.buffer[at : at + size])
            self.behind = at + size
            self.forget(2 * c)
            self.forget(2 * c + 1)
            self.recognition.begin_inside(c)
        return 0

    def gave_way(
        self, h: cython.int, packet: Packet, at: cython.Py_ssize_t, captured: cython.Py_ssize_t, part: cython.bint
    ) -> cython.bint:
        """The framing, which takes anything, gave way to another one. What only may be of one was not read."""
        gave: cython.bint = self.recognition.give_way(h >> 1, packet, at, captured, part)
        if self.recognition.doubted:
            self.sights.unread(cython.address(self.connections.rows[h >> 1]), h & 1, captured, packet.frame)
        return gave

    def grown(
        self, c: cython.int, side: cython.int, packet: Packet, at: cython.Py_ssize_t, end: cython.Py_ssize_t
    ) -> cython.bint:
        """The segment goes on with the message before it, in a framing whose segments, or short ones, grow together."""
        h: cython.int = 2 * c + side
        begins: cython.bint
        if self.connections.halves[h ^ 1].flags & JOINING:
            self.give_out(c, 1 - side)
        framing: FramingPointer = self.framing(c)
        if not self.connections.halves[h].flags & JOINING or not framing.gathers:
            return False
        begins = self.matcher.gives_way(framing, packet, at, end - at)
        if framing.gathers == EVERY_SEGMENT:
            begins |= self.matcher.cut(framing, packet, at, end - at) > 0
            begins |= self.matcher.may_grow(framing, packet, at, end - at)
            begins |= cython.cast(Partial, self.joins[h]).total + end - at > LONGEST_GROWN
        if begins:
            self.give_out(c, side)
            return False
        last: cython.bint = framing.gathers == SHORT_SEGMENTS and end - at > framing.short
        self.join(c, side, packet, at, end - at, end - at + self.cut_off(h, framing), last)
        return True

    def gather(
        self, c: cython.int, side: cython.int, packet: Packet, at: cython.Py_ssize_t, end: cython.Py_ssize_t
    ) -> cython.int:
        """Put the segment behind the head of its stream, and see whether it can be told now what that is."""
        h: cython.int = 2 * c + side
        head: Head
        if not self.connections.halves[h].flags & HEADED:
            self.heads[h] = head = Head()
            self.held += HEAD_ROOM + HOLDING
            self.connections.halves[h].flags |= HEADED
            return head.take(packet, at, end)
        head = self.heads[h]
        if not head.turn and head.answered_by(self.waiting(h ^ 1)):
            head.turn = len(head.parts)
        head.take(packet, at, end)
        self.settle(c, side, False)
        if self.behind != NOWHERE:
            self.behind = max(at, min(end, self.behind + end - head.have))
        return 0

    def settle(self, c: cython.int, side: cython.int, last: cython.bint) -> cython.int:
        """Cut the head of a stream once it is told what it is, or once nothing more can tell."""
        h: cython.int = 2 * c + side
        head: Head = self.heads[h]
        known: cython.bint = self.connections.rows[c].framing >= 0
        if not known and self.recognition.choose_at_first(c, head.view, 0, head.have, last):
            if head.begins_after(self.waiting(h ^ 1)):
                self.release(h ^ 1)
        elif not known and self.recognition.waits:
            self.recognition.waits = False
            return 0
        self.release(h)
        return self.release(h ^ 1)

    def waiting(self, h: cython.int) -> Head | None:
        """The head that waits in the direction, if one does."""
        return self.heads[h] if self.connections.halves[h].flags & HEADED else None

    def release(self, h: cython.int) -> cython.int:
        """Cut the head, if one waits, as if its segments came now: as soon as one of them is in sync, an older head of
        the other direction comes first. Where that told what the connection is, this one may begin with something else.
        """
        if not self.connections.halves[h].flags & HEADED:
            return 0
        c: cython.int = h >> 1
        at: cython.Py_ssize_t = 0
        head: Head = self.heads.pop(h)
        told: cython.bint = self.connections.rows[c].framing >= 0
        parts: list[tuple[int, int, int]] = head.parts
        self.held -= HEAD_ROOM + HOLDING
        self.connections.halves[h].flags = self.connections.halves[h].flags & ~HEADED | UNTOUCHED
        if told and self.framing(c).kind == WHOLE:  # a message may lie in several, but not in those of two turns
            parts = parts[(head.turn or len(parts)) - 1 :]
        outer: Head = self.released
        lacks: cython.int = self.lacks
        self.released = head
        self.releasing += 1
        for end, frame, time in parts:
            self.lacks = lacks if end == head.have else NOWHERE
            self.frame = head.view.frame = frame
            head.view.time = time
            told &= not self.connections.halves[h].flags & IN_SYNC
            told &= self.connections.rows[c].framing >= 0
            if told and not self.recognition.begins_here(c, h, head.view, at, head.have):
                self.pass_over(c, h, end - at)
                self.connections.halves[h].flags &= ~UNTOUCHED
            else:
                told = False
                self.advance(c, h & 1, head.view, at, end)
            at = end
        self.releasing -= 1
        self.released = outer
        self.lacks = lacks
        return 0

    def pass_over(self, c: cython.int, h: cython.int, size: cython.Py_ssize_t) -> cython.int:
        """``skip`` what was captured and nobody read. Not the end of a message that began before the recording did, and
        what follows it until the conversation is recognised; nor a body, but where requests say how long theirs are.
        """
        connection: ConnectionPointer = cython.address(self.connections.rows[c])
        flags: cython.int = self.connections.halves[h].flags
        body: cython.bint = flags & (IN_BODY | ASKING) == IN_BODY
        if not body and (connection.transport != OVER_TCP or flags & (KNOWN_START | WRAPPED) or connection.steps):
            self.sights.unread(connection, h & 1, size, self.frame)
        return self.recognition.skip(c, h, size)

    def framing(self, c: cython.int) -> FramingPointer:
        """The connection's framing; it must have one."""
        return cython.address(self.matcher.framings[self.connections.rows[c].framing])

    def tell(
        self,
        c: cython.int,
        side: cython.int,
        packet: Packet,
        at: cython.Py_ssize_t,
        visible: cython.Py_ssize_t,
        total: cython.longlong,
    ) -> cython.int:
        """One message of the connection."""
        return self.dialogue.message(
            cython.address(self.connections.rows[c]), self.framing(c), side, packet, at, visible, total
        )

    def find_sync(
        self, c: cython.int, h: cython.int, packet: Packet, at: cython.Py_ssize_t, end: cython.Py_ssize_t
    ) -> cython.bint:
        """Whether a message begins at ``at``, the start of a segment whose place among the messages is not known."""
        flags: cython.int
        found: cython.bint = False
        if not self.releasing and self.recognition.turns(c, h & 1, end - at):
            self.connections.halves[h].flags |= UNTOUCHED
        flags = self.connections.halves[h].flags
        if self.connections.rows[c].framing < 0:
            if flags & UNTOUCHED and not self.releasing and self.held + HEAD_ROOM + HOLDING <= self.held_limit:
                found = self.recognition.choose_at_first(c, packet, at, end - at, False)
            else:
                found = self.recognition.choose(c, packet, at, end - at, STREAM, flags & UNTOUCHED != 0, False)
                if found and self.releasing and not self.recognition.begins_here(c, h, packet, at, self.released.have):
                    self.connections.rows[c].framing = NO_FRAMING  # what follows in the head contradicts it
                    found = False
        elif self.recognition.begins_here(c, h, packet, at, end):
            found = True
        else:
            self.connections.rows[c].misses += 1
            if flags & IN_BODY:
                found = self.connections.rows[c].misses <= PATIENCE and self.recover(c, h, packet, at, at, end) == at
            elif self.recognition.tentative(c):
                if flags & UNTOUCHED or self.connections.rows[c].misses > PATIENCE:
                    found = self.recover(c, h, packet, at, at, end) == at
            elif self.connections.rows[c].misses > PATIENCE:
                if flags & JOINING:
                    self.give_out(c, h & 1)
                self.recognition.restart(c)
                self.forget(h ^ 1)
                found = self.recognition.choose(c, packet, at, end - at, STREAM, False, False)
            elif not flags & AFTER_GAP:
                found = self.recover(c, h, packet, at, at, end) == at
        if found:
            self.connections.halves[h].flags = (self.connections.halves[h].flags | IN_SYNC) & ~(AFTER_GAP | IN_BODY)
        return found

    def recover(
        self,
        c: cython.int,
        h: cython.int,
        packet: Packet,
        start: cython.Py_ssize_t,
        at: cython.Py_ssize_t,
        end: cython.Py_ssize_t,
    ) -> cython.Py_ssize_t:
        """No message begins at ``at``, in the segment's part from ``start``. Gives where one of another framing does
        (then the direction is in sync again), or NOWHERE.
        """
        fresh: cython.bint = self.connections.halves[h].flags & UNTOUCHED != 0
        framing: cython.int = self.connections.rows[c].framing
        kind: cython.int = self.matcher.framings[framing].kind
        found: cython.int
        self.connections.halves[h].flags &= ~IN_SYNC
        if self.connections.halves[h].flags & JOINING:
            self.give_out(c, h & 1)
        if self.recognition.tentative(c) and not (kind == HEADER_BLOCK and self.connections.rows[c].steps):
            found = self.recognition.replaced(c, packet, start, end - start, fresh)
            if self.connections.rows[c].framing != framing:
                self.forget(h ^ 1)  # what it has begun by the wrong framing means nothing
            if not found or (found == BACK and not self.recognition.begins_here(c, h, packet, start, end)):
                return NOWHERE
        else:
            if kind == HEADER_BLOCK:
                self.connections.halves[h].flags |= IN_BODY
            if at != start:
                return NOWHERE
            if self.recognition.choose(c, packet, at, end - at, STREAM, False, True):
                self.connections.rows[c].previous = framing
            elif kind != HEADER_BLOCK or not self.recognition.give_way(c, packet, at, end - at, False):
                return NOWHERE
            self.forget(h ^ 1)
        self.connections.halves[h].flags = (self.connections.halves[h].flags | IN_SYNC) & ~(AFTER_GAP | IN_BODY)
        return start

    def forget(self, h: cython.int) -> cython.int:
        """The direction is cut by another framing from here on."""
        joined: Partial
        partial: Partial
        if self.connections.halves[h].flags & PARTIAL:
            partial = self.partials[h]
            self.drop(h)
            self.pass_over(h >> 1, h, partial.got)
        self.out_of_sync(h, 0)
        self.connections.halves[h].flags &= ~(ASKING | ANSWERING)
        if self.connections.halves[h].flags & JOINING:
            joined = self.joins.pop(h)
            self.held -= joined.cost
            self.connections.halves[h].flags &= ~JOINING
        return 0

    def unit(
        self,
        c: cython.int,
        side: cython.int,
        packet: Packet,
        at: cython.Py_ssize_t,
        visible: cython.Py_ssize_t,
        total: cython.longlong,
    ) -> cython.int:
        """One unit of the framing is complete: a message, or a part of one."""
        framing: FramingPointer = self.framing(c)
        h: cython.int = 2 * c + side
        joining: cython.bint
        more: cython.bint
        visible = min(visible, framing.keep)
        self.recognition.in_sync(c)
        if framing.gathers == EVERY_SEGMENT or (framing.gathers and total <= framing.short):
            return self.join(c, side, packet, at, visible, total, False)
        if framing.answers:
            self.recognition.turned(h, framing, packet, at, visible)
        if framing.more_at >= 0:
            joining = self.connections.halves[h].flags & JOINING
            if joining and (
                cython.cast(Partial, self.joins[h]).framing != self.connections.rows[c].framing
                or self.matcher.begins(framing, packet, at, visible)
                or (framing.whole_width and not cython.cast(Partial, self.joins[h]).begins_as(packet, at, visible))
            ):
                self.give_out(c, side)
                joining = False
            more = joining or self.matcher.continues(framing, packet, at, visible)
            if more and framing.whole_width:
                more = self.unfinished(h, packet, at, visible, total)
            elif joining:
                more = self.matcher.continues(framing, packet, at, visible)
            if more or joining:
                return self.join(c, side, packet, at, visible, total, not more)
        self.tell(c, side, packet, at, visible, total)
        if framing.then >= 0:
            self.recognition.go_on(c, framing.then)
        if framing.answers:
            self.goes_over(c, packet, at, visible)
        return 0

    def unfinished(
        self, h: cython.int, packet: Packet, at: cython.Py_ssize_t, visible: cython.Py_ssize_t, total: cython.longlong
    ) -> cython.bint:
        """With this unit the message is still shorter than it says."""
        framing: FramingPointer = self.framing(h >> 1)
        if not self.connections.halves[h].flags & JOINING:
            return total < self.matcher.whole(framing, packet, at, visible)
        joined: Partial = self.joins[h]
        short: cython.bint = joined.total + max(0, total - framing.header) < joined.whole
        return short

    def join(
        self,
        c: cython.int,
        side: cython.int,
        packet: Packet,
        at: cython.Py_ssize_t,
        visible: cython.Py_ssize_t,
        total: cython.longlong,
        last: cython.bint,
    ) -> cython.int:
        """Add a part to the message that is being joined; the further ones come without their header."""
        h: cython.int = 2 * c + side
        framing: cython.int = self.connections.rows[c].framing
        header: cython.Py_ssize_t = self.matcher.framings[framing].header
        joined: Partial
        if self.connections.halves[h].flags & JOINING:
            joined = self.joins[h]
            visible = max(0, visible - header)
            at += header
            total = max(0, total - header)
        else:
            if self.held + self.matcher.framings[framing].keep + HOLDING > self.held_limit:
                self.left_out += 1
                return self.tell(c, side, packet, at, visible, total)
            joined = Partial(self.matcher.framings[framing].keep)
            joined.whole = self.matcher.whole(self.framing(c), packet, at, visible)
            joined.fitted = self.recognition.fitted
            joined.framing = framing
            self.held += joined.cost
            self.joins[h] = joined
            self.connections.halves[h].flags |= JOINING
        if joined.take(packet, at, visible) < total and joined.have < joined.room:
            joined.holed = True
        joined.total += total
        joined.stamp(packet)
        if last or joined.total > (MOST_SHORT if self.framing(c).gathers == SHORT_SEGMENTS else LONGEST_JOIN):
            return self.give_out(c, side)
        return 0

    def give_out(self, c: cython.int, side: cython.int) -> cython.int:
        """The joined message is complete, or no further part of it can come."""
        h: cython.int = 2 * c + side
        joined: Partial = self.joins.pop(h)
        self.connections.halves[h].flags &= ~JOINING
        self.held -= joined.cost
        if self.connections.rows[c].transport != OVER_TCP:  # datagrams of another framing may have come in between
            self.connections.rows[c].framing, joined.framing = joined.framing, self.connections.rows[c].framing
            self.tell(c, side, joined.view, 0, joined.have, joined.total)
            self.connections.rows[c].framing = joined.framing
            return 0
        if self.is_elsewhere(h, joined):
            return self.cut(c, side, joined.view, 0, joined.have)
        self.tell(c, side, joined.view, 0, joined.have, joined.total)
        if self.framing(c).gathers and self.framing(c).then >= 0:
            self.recognition.go_on(c, self.framing(c).then)
        return 0

    def is_elsewhere(self, h: cython.int, joined: Partial) -> cython.bint:
        """What short segments make together is of another framing, to which theirs gave way."""
        framing: FramingPointer = self.framing(h >> 1)
        if framing.gathers != SHORT_SEGMENTS or not framing.yields or joined.fitted or joined.have < joined.total:
            return False
        return self.gave_way(h, joined.view, 0, joined.have, False)

    def hold(
        self,
        c: cython.int,
        h: cython.int,
        packet: Packet,
        at: cython.Py_ssize_t,
        end: cython.Py_ssize_t,
        total: cython.longlong,
    ) -> cython.int:
        """Keep the beginning of a message whose end is not here."""
        framing: cython.int = self.connections.rows[c].framing
        room: cython.longlong = self.matcher.framings[framing].keep
        partial: Partial
        if total:
            room = min(room, total)
        elif self.matcher.framings[framing].kind == WHOLE:
            room = LONGEST_GROWN
        if self.held + room + HOLDING > self.held_limit:
            self.left_out += 1
            self.pass_over(c, h, end - at)
            return self.out_of_sync(h, AFTER_GAP)
        partial = Partial(room)
        self.held += partial.cost
        partial.total = total
        partial.got = end - at
        partial.take(packet, at, end - at)
        partial.stamp(packet)
        self.partials[h] = partial
        self.connections.halves[h].flags |= PARTIAL
        return 0

    def fill(
        self, c: cython.int, side: cython.int, packet: Packet, at: cython.Py_ssize_t, end: cython.Py_ssize_t
    ) -> cython.Py_ssize_t:
        """Go on with the message that has begun; gives where in the segment it leaves off."""
        h: cython.int = 2 * c + side
        partial: Partial = self.partials[h]
        size: cython.longlong
        before: cython.Py_ssize_t = partial.have
        partial.stamp(packet)
        if partial.total == 0:
            partial.take(packet, at, end - at)
            partial.total = self.matcher.cut(self.framing(c), partial.view, 0, partial.have)
            if partial.total == OUT_OF_SYNC and self.matcher.may_grow(self.framing(c), partial.view, 0, partial.have):
                partial.total = NEED_MORE
            if partial.total == NEED_MORE and before + end - at <= partial.room:
                partial.got = partial.have
                return end
            if partial.total <= 0:
                self.drop(h)
                self.pass_over(c, h, before)
                self.out_of_sync(h, 0)
                if self.recognition.tentative(c):
                    self.recognition.refute(c)
                    self.forget(h ^ 1)  # what it has begun by the wrong framing means nothing
                return at
            partial.have = min(partial.have, partial.total)
            partial.got = before
        size = min(partial.total - partial.got, end - at)
        if partial.have == partial.got:
            partial.take(packet, at, size)
        partial.got += size
        if partial.got >= partial.total:
            self.drop(h)
            self.unit(c, side, partial.view, 0, partial.have, partial.total)
        return at + size

    def drop(self, h: cython.int) -> cython.int:
        """No message is incomplete in this direction any more."""
        partial: Partial = self.partials.pop(h)
        self.held -= partial.cost
        self.connections.halves[h].flags &= ~PARTIAL
        return 0

    def out_of_sync(self, h: cython.int, also: cython.int) -> cython.int:
        """Where the next message begins is not known."""
        self.connections.halves[h].flags = (self.connections.halves[h].flags & ~IN_SYNC) | also
        return 0

    def lost(self, c: cython.int, side: cython.int, packet: Packet, size: cython.longlong) -> cython.int:
        """The next ``size`` bytes of the direction were not captured. Inside one message the step is not lost, and
        nothing is behind the bytes of it that anybody looks at.
        """
        h: cython.int = 2 * c + side
        partial: Partial
        if self.connections.halves[h].flags & HEADED:
            self.settle(c, side, True)
        if self.connections.halves[h].flags & PARTIAL:
            partial = self.partials[h]
            if partial.total and size <= partial.total - partial.got:
                if partial.have < min(partial.room, partial.total):
                    self.sights.unread(cython.address(self.connections.rows[c]), side, size, packet.frame)
                partial.holed = True
                partial.got += size
                if partial.got == partial.total:
                    partial.stamp(packet)
                    self.drop(h)
                    self.unit(c, side, partial.view, 0, partial.have, partial.total)
                return 0
        self.sights.unread(cython.address(self.connections.rows[c]), side, size, packet.frame)
        if self.lacks == h and self.connections.halves[h].flags & PARTIAL:
            partial = self.partials[h]
            if (
                self.framing(c).answers
                and partial.total == 0
                and self.matcher.lengths.find_line_feed(partial.view, 0, partial.have) >= 0
            ):
                self.drop(h)  # of a header block that was cut with its segment the first line tells what it is
                self.recognition.in_sync(c)
                self.recognition.turned(h, self.framing(c), partial.view, 0, partial.have)
                self.tell(c, side, partial.view, 0, partial.have, partial.have + size)
        self.cut_short(c, side)
        return self.out_of_sync(h, AFTER_GAP)

    def finish(self, c: cython.int, side: cython.int) -> cython.int:
        """Nothing more comes in this direction."""
        if self.connections.halves[2 * c + side].flags & HEADED:
            self.settle(c, side, True)
        self.cut_short(c, side)
        return self.out_of_sync(2 * c + side, 0)

    def cut_short(self, c: cython.int, side: cython.int) -> cython.int:
        """What has begun is all there is; it counts where its length is known and its framing has some standing."""
        h: cython.int = 2 * c + side
        partial: Partial
        if self.connections.halves[h].flags & PARTIAL and not self.settle_answer(c, side):
            partial = self.partials[h]
            self.drop(h)
            if partial.total and self.framing(c).kind == HEADER_BLOCK:  # the block is there, of its body not all
                self.recognition.in_sync(c)
            if partial.total == 0:
                self.pass_over(c, h, partial.got)
            elif not (self.connections.rows[c].steps or self.connections.rows[c].by_port):
                self.recognition.skip(c, h, partial.got)
            elif self.connections.halves[h].flags & JOINING:
                self.join(c, side, partial.view, 0, partial.have, partial.total, False)
            else:
                self.tell(c, side, partial.view, 0, partial.have, partial.total)
        if self.connections.halves[h].flags & JOINING:
            self.give_out(c, side)
        return 0
