"""The plan at work: whether a message begins here, where it ends, and which case it meets."""

from __future__ import annotations

from typing import Any

import cython

from scanner.capture.kernel.messages.keys import Keys
from scanner.capture.kernel.messages.lengths import Lengths
from scanner.capture.kernel.messages.tests import Tests
from scanner.framing.plan import FramingPlan

if not cython.compiled:
    from scanner.capture.kernel.decode.packet import Packet
    from scanner.capture.kernel.messages.lengths import LONGEST_WHOLE, NEED_MORE, OUT_OF_SYNC
    from scanner.capture.kernel.messages.tests import TOO_SHORT, number_at, otaudit_load
    from scanner.framing.layout import (
        BLOCKS,
        FT12,
        HEADER_BLOCK,
        LEAVES,
        LENGTH,
        RESIDUE,
        SIZE,
        UNPREPARED,
        VARINT,
        WHOLE,
    )

    LONGEST_GROWN = 2048  # bytes of a message that takes segments whole and came in several

    FramingPointer = Any
    LeafPointer = Any
    TestPointer = Any


@cython.final
@cython.cclass
class Matcher:
    """One capture's plan, with its ``tests``, ``lengths`` and ``keys``."""

    def __init__(self, plan: FramingPlan) -> None:
        self.plan = plan
        self.framings = plan.framings
        self.framing_count = len(plan.names)
        self.tests = Tests(plan)
        self.lengths = Lengths(plan)
        self.keys = Keys(plan, self.tests)
        self.renew()

    def renew(self) -> None:
        """Take the tables anew, which grow."""
        _, masks, cases, _, _, _, _, _, tree, leaves, leaf_cases = self.plan.tables_that_grow
        self.tests.renew(self.plan)
        self.keys.renew(self.plan)
        self.masks = masks
        self.cases = cases
        self.tree = tree
        self.leaves = leaves
        self.leaf_cases = leaf_cases

    def prepare(self, framing: cython.int) -> cython.int:
        """Have the cases of the framing, before ``classify``."""
        if self.framings[framing].root == UNPREPARED:
            self.plan.prepare(framing)
            self.renew()
        return 0

    def expand(self, leaf: cython.int) -> cython.int:
        """A message came where the decision tree does not reach yet."""
        self.plan.expand(leaf)
        self.renew()
        return 0

    @cython.boundscheck(False)
    def cut(
        self, known: FramingPointer, packet: Packet, start: cython.Py_ssize_t, available: cython.Py_ssize_t
    ) -> cython.Py_ssize_t:
        """Length of the message at ``start``; NEED_MORE when ``available`` bytes cannot tell; else OUT_OF_SYNC."""
        first: cython.int = known.first_test
        last: cython.int = known.last_test
        total: cython.longlong
        if start < 0 or start + available > len(packet.buffer):
            packet.u8(-1)  # raises IndexError
        total = self.lengths.total(known, packet, start, available)
        if total == OUT_OF_SYNC:
            return OUT_OF_SYNC
        if total == NEED_MORE or (available < known.probe and available < total):
            return NEED_MORE if self.tests.may_hold(first, last, packet, start, available) else OUT_OF_SYNC
        return total if self.in_sync(known, packet, start, min(available, total), total) else OUT_OF_SYNC

    @cython.boundscheck(False)
    def in_sync(
        self,
        known: FramingPointer,
        packet: Packet,
        start: cython.Py_ssize_t,
        visible: cython.Py_ssize_t,
        total: cython.longlong,
    ) -> cython.bint:
        """Every sync test of the framing holds, most of them with one comparison of the first eight bytes, and the
        message is not what the framing gives way to.
        """
        if known.first_unless != known.last_unless and self.gives_way(known, packet, start, visible):
            return False
        if visible < known.reach or start + 8 > len(packet.buffer):
            return self.tests.holds(known.first_test, known.last_test, packet, start, visible, total)
        if (otaudit_load(cython.address(packet.buffer[start])) ^ known.word) & known.word_mask:
            return False
        if known.first_rest == known.last_rest:
            return True
        return self.tests.holds(known.first_rest, known.last_rest, packet, start, visible, total)

    def gives_way(
        self, known: FramingPointer, packet: Packet, start: cython.Py_ssize_t, visible: cython.Py_ssize_t
    ) -> cython.bint:
        """What begins at ``start`` is what streams of the framing go over to (``Framing.unless``)."""
        first: cython.int = known.first_unless
        last: cython.int = known.last_unless
        return first != last and self.tests.holds(first, last, packet, start, visible, visible)

    def cut_datagram(
        self,
        known: FramingPointer,
        packet: Packet,
        start: cython.Py_ssize_t,
        captured: cython.Py_ssize_t,
        wire: cython.Py_ssize_t,
    ) -> cython.Py_ssize_t:
        """As ``cut`` where the payload ends with the datagram of ``wire`` bytes, ``captured`` of them at hand."""
        total: cython.longlong = wire
        kind: cython.int = known.kind
        if start < 0 or start + captured > len(packet.buffer):
            packet.u8(-1)  # raises IndexError
        if (  # most are told by their first bytes
            captured >= known.reach
            and start + 8 <= len(packet.buffer)
            and (otaudit_load(cython.address(packet.buffer[start])) ^ known.word) & known.word_mask
        ):
            return OUT_OF_SYNC
        if kind in (LENGTH, VARINT, BLOCKS, FT12):
            total = self.lengths.total(known, packet, start, captured)
            if total == OUT_OF_SYNC or total > wire:
                return OUT_OF_SYNC
            if total == NEED_MORE:
                if captured == wire:
                    return OUT_OF_SYNC
                total = wire
        elif kind == HEADER_BLOCK and self.lengths.token(known, packet, start, captured) <= 0:
            return OUT_OF_SYNC
        return total if self.in_sync(known, packet, start, min(captured, total), total) else OUT_OF_SYNC

    def is_checked(self, known: FramingPointer) -> cython.bint:
        """A checksum at the end of its messages is among what tells them."""
        i: cython.int
        checked: cython.bint = False
        for i in range(known.first_test, known.last_test):
            checked |= self.tests.tests[i].mask == RESIDUE
        return checked

    def may_grow(
        self, known: FramingPointer, packet: Packet, start: cython.Py_ssize_t, available: cython.Py_ssize_t
    ) -> cython.bint:
        """What is no message of a framing that takes segments whole may be the beginning of one: it is shorter than
        they are, or what they end with is not there.
        """
        i: cython.int
        test: TestPointer
        tails: cython.bint = False
        if known.kind != WHOLE or available >= LONGEST_GROWN:
            return False
        for i in range(known.first_test, known.last_test):
            test = cython.address(self.tests.tests[i])
            if test.mask == SIZE and test.high <= available:
                return False
            tails |= test.mask == RESIDUE or test.at < 0
            tails |= test.mask == SIZE and test.low > available
        return tails and self.tests.may_hold(known.first_test, known.last_test, packet, start, available)

    def continues(
        self, known: FramingPointer, packet: Packet, start: cython.Py_ssize_t, visible: cython.Py_ssize_t
    ) -> cython.bint:
        """The message is a part, and the next one belongs to it."""
        at: cython.int = known.more_at
        if at < 0 or at >= visible or not self.masks[known.more_mask + packet.buffer[start + at]]:
            return False
        at = known.more_if_at
        if at < 0:
            return True
        return at < visible and self.masks[known.more_if_mask + packet.buffer[start + at]]

    def begins(
        self, known: FramingPointer, packet: Packet, start: cython.Py_ssize_t, visible: cython.Py_ssize_t
    ) -> cython.bint:
        """The message begins a new one, whatever was being joined."""
        at: cython.int = known.fresh_at
        return 0 <= at < visible and self.masks[known.fresh_mask + packet.buffer[start + at]]

    def whole(
        self, known: FramingPointer, packet: Packet, start: cython.Py_ssize_t, visible: cython.Py_ssize_t
    ) -> cython.Py_ssize_t:
        """How long the message is whose first part begins at ``start``; 0 when it does not say, or too much."""
        said: cython.Py_ssize_t = 0
        if known.whole_width and known.whole_at + known.whole_width <= visible:
            said = number_at(packet, start + known.whole_at, known.whole_width, 0) + known.whole_add
        return said if said <= LONGEST_WHOLE else 0

    @cython.boundscheck(False)
    def classify(
        self,
        known: FramingPointer,
        packet: Packet,
        start: cython.Py_ssize_t,
        visible: cython.Py_ssize_t,
        total: cython.longlong,
    ) -> cython.int:
        """The first case whose tests hold; the framing's last case holds always."""
        place: cython.int
        at: cython.int
        i: cython.int
        value: cython.int
        leaf: LeafPointer
        case: cython.int = 0
        while True:
            place = known.root
            while place >= 0:
                at = self.tree[place]
                value = TOO_SHORT
                if at < visible:
                    value = packet.buffer[start + at]
                place = self.tree[place + 1 + value]
            if place > LEAVES:
                return -1 - place
            place = LEAVES - place
            if self.leaves[place].first >= 0:
                break
            self.expand(place)
        for i in range(self.leaves[place].first, self.leaves[place].last):
            leaf = cython.address(self.leaf_cases[i])
            if leaf.first_test == leaf.last_test or self.tests.holds(
                leaf.first_test, leaf.last_test, packet, start, visible, total
            ):
                case = leaf.case
                break
        return case
