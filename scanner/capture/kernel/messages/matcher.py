"""The compiled descriptors at work: where a message ends, which case it meets, and which of its bytes are its key.

Everywhere here ``start`` is where the message begins in ``packet.buffer``, ``visible`` how many of its bytes are there
and ``total`` its true length. Bytes that are not visible are absent: a test on one does not hold, a key range on one
is cut short.

``cut``, ``cut_datagram`` and ``Dialogue.message`` check once that the visible bytes are in the buffer; what they call
reads them unchecked, and so are the tables that only ``Plan`` writes.
"""

from __future__ import annotations

from typing import Any

import cython
import numpy as np

from scanner.framing.plan import Plan

if not cython.compiled:
    from scanner.capture.kernel.decode.packet import Packet

    LENGTH, VARINT, BLOCKS, LINE, HEADER_BLOCK, WHOLE, FT12 = range(7)
    VARIABLE, FIXED, SINGLE, END = 0x68, 0x10, 0xE5, 0x16
    OUT_OF_STEP, NEED_MORE = -1, 0
    SMALL, STATE, SEQUENCE, LIFETIME, NUMBERS = 1, 2, 4, 8, 14
    MOST_NUMBER, MOST_LIFETIME = (1 << 62) - 1, (1 << 32) - 1
    SIZE, RESIDUE, SENDER = -1, -2, -3
    TO_MESSAGE_END, AT_OFFSET, ELEMENTS, CHAIN, BEHIND = 0, 1, 3, 4, 5
    DIRECTORY, PROTOBUF, TRANSDUCER, MASKED = 6, 7, 8, 9
    MOST_ELEMENTS, MOST_RECORDS = 64, 256
    STEPS = 256
    UNPREPARED, LEAVES, TOO_SHORT, KEY_ROOM, LF, CR = -(1 << 31), -(1 << 20), 256, 1 << 16, 10, 13
    LONGEST_WHOLE, LONGEST_GROWN = 1 << 18, 1 << 11
    DIGITS, MOST_DIGITS = 2, 12
    NO_BODY, CHUNKS, DOUBTFUL_BODY = -1, -2, -3
    CasePointer = Any
    FramingPointer = Any
    RangePointer = Any
    ChainPointer = Any
    PickPointer = Any
    LeafPointer = Any

    def otaudit_load(_bytes: Any) -> int:
        """Eight bytes as a little-endian number; in C only."""
        raise NotImplementedError

    def otaudit_find(_bytes: Any, _size: int, _value: int) -> int:
        """Where the value first stands, -1 nowhere; in C only."""
        raise NotImplementedError

    TestPointer = Any


@cython.final
@cython.cclass
class Descriptors:
    """One capture's plan. ``out`` receives the bytes that ``key`` and ``collect`` pick, as words, the last
    one filled up with zeros; at most KEY_ROOM bytes, what is beyond is not compared.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.framings = plan.framings
        self.renew()
        self.tokens = plan.tokens
        self.token_bytes = plan.token_bytes
        self.out = np.zeros(KEY_ROOM // 8 + 1, np.uint64)
        self.names_of_bodies = np.frombuffer(b"content-length:transfer-encoding:chunked", np.uint8)
        self.framing_count = len(plan.names)
        self.from_client = False
        self.content = self.after = self.tag_end = self.number_found = 0
        self.state = self.sequence = self.lifetime = 0

    def renew(self) -> None:
        """Take the tables that grow."""
        tests, masks, cases, ranges, chains, picks, steps, tree, leaves, leaf_cases = self.plan.tables_that_grow
        self.tests = tests
        self.masks = masks
        self.cases = cases
        self.ranges = ranges
        self.chains = chains
        self.picks = picks
        self.steps = steps
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
        """Length of the message at ``start``; NEED_MORE when ``available`` bytes cannot tell; else OUT_OF_STEP."""
        first: cython.int = known.first_test
        last: cython.int = known.last_test
        total: cython.longlong
        if start < 0 or start + available > len(packet.buffer):
            packet.u8(-1)  # raises IndexError
        total = self.total(known, packet, start, available)
        if total == OUT_OF_STEP:
            return OUT_OF_STEP
        if total == NEED_MORE or (available < known.probe and available < total):
            return NEED_MORE if self.may_hold(first, last, packet, start, available) else OUT_OF_STEP
        return total if self.in_sync(known, packet, start, min(available, total), total) else OUT_OF_STEP

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
            return self.holds(known.first_test, known.last_test, packet, start, visible, total)
        if (otaudit_load(cython.address(packet.buffer[start])) ^ known.word) & known.word_mask:
            return False
        if known.first_rest == known.last_rest:
            return True
        return self.holds(known.first_rest, known.last_rest, packet, start, visible, total)

    def gives_way(
        self, known: FramingPointer, packet: Packet, start: cython.Py_ssize_t, visible: cython.Py_ssize_t
    ) -> cython.bint:
        """What begins at ``start`` is what streams of the framing go over to (``Framing.unless``)."""
        first: cython.int = known.first_unless
        last: cython.int = known.last_unless
        return first != last and self.holds(first, last, packet, start, visible, visible)

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
        if kind in (LENGTH, VARINT, BLOCKS, FT12):
            total = self.total(known, packet, start, captured)
            if total == OUT_OF_STEP or total > wire:
                return OUT_OF_STEP
            if total == NEED_MORE:
                if captured == wire:
                    return OUT_OF_STEP
                total = wire
        elif kind == HEADER_BLOCK and self.token(known, packet, start, captured) <= 0:
            return OUT_OF_STEP
        return total if self.in_sync(known, packet, start, min(captured, total), total) else OUT_OF_STEP

    @cython.boundscheck(False)
    def total(
        self, known: FramingPointer, packet: Packet, start: cython.Py_ssize_t, available: cython.Py_ssize_t
    ) -> cython.Py_ssize_t:
        """What the cutter alone says about the length."""
        kind: cython.int = known.kind
        at: cython.int = known.at
        length: cython.longlong
        users: cython.longlong
        shift: cython.int
        count: cython.int
        octet: cython.int
        if kind == LENGTH:
            if available < at + known.width:
                return NEED_MORE
            if known.width == 2 and not known.little:
                length = packet.buffer[start + at] << 8 | packet.buffer[start + at + 1]
            elif known.little == DIGITS:
                length = 0
                for count in range(known.width):
                    octet = self.digit(packet, start + at + count)
                    if octet < 0:
                        return OUT_OF_STEP
                    length = length << 4 | octet
            else:
                length = self.number(packet, start + at, known.width, known.little)
            length = (length & known.mask) + known.add
        elif kind == VARINT:
            length = shift = count = 0
            while True:
                if count >= known.width:
                    return OUT_OF_STEP
                if available <= at + count:
                    return NEED_MORE
                octet = packet.buffer[start + at + count]
                users = octet & 0x7F
                length |= users << shift
                shift += 7
                count += 1
                if octet < 0x80:
                    break
            length += at + count
        elif kind == BLOCKS:
            if available <= at:
                return NEED_MORE
            users = packet.buffer[start + at] - known.overhead
            if users < 0:
                return OUT_OF_STEP
            length = (users + known.block - 1) // known.block
            length = known.head + users + length * known.crc
        elif kind == FT12:
            return self.ft12(packet, start, available)
        elif kind == LINE:
            return self.line(known, packet, start, available)
        elif kind == HEADER_BLOCK:
            return self.header_block(known, packet, start, available)
        else:
            length = available
        if length < known.minimum or length > known.maximum:
            return OUT_OF_STEP
        return length

    def ft12(self, packet: Packet, start: cython.Py_ssize_t, available: cython.Py_ssize_t) -> cython.Py_ssize_t:
        """Length of a frame of format class FT 1.2; its last octet is looked at where it is there."""
        size: cython.Py_ssize_t
        if available < 1:
            return NEED_MORE
        if packet.buffer[start] == SINGLE:
            return 1
        if packet.buffer[start] == VARIABLE:
            if available < 4:
                return NEED_MORE
            if packet.buffer[start + 1] != packet.buffer[start + 2] or packet.buffer[start + 3] != VARIABLE:
                return OUT_OF_STEP
            size = packet.buffer[start + 1] + 6
            return size if available < size or packet.buffer[start + size - 1] == END else OUT_OF_STEP
        if packet.buffer[start] != FIXED:
            return OUT_OF_STEP
        if available < 5:
            return NEED_MORE
        if packet.buffer[start + 4] == END and (
            packet.buffer[start + 1] + packet.buffer[start + 2] & 0xFF == packet.buffer[start + 3]
        ):
            return 5
        if available < 6:
            return NEED_MORE
        return 6 if packet.buffer[start + 5] == END else OUT_OF_STEP

    def line(
        self, known: FramingPointer, packet: Packet, start: cython.Py_ssize_t, available: cython.Py_ssize_t
    ) -> cython.Py_ssize_t:
        """Through the next LF, at most the maximum."""
        limit: cython.Py_ssize_t = min(available, known.maximum)
        end: cython.Py_ssize_t = self.find_line_feed(packet, start, start + limit)
        if end > 0:
            return end - start + 1
        return limit if limit and limit == known.maximum else NEED_MORE

    def find_line_feed(self, packet: Packet, start: cython.Py_ssize_t, end: cython.Py_ssize_t) -> cython.Py_ssize_t:
        """Where the first LF of buffer[start:end] is; -1 if there is none."""
        found: cython.Py_ssize_t
        if start >= end or end > len(packet.buffer):
            return -1
        found = otaudit_find(cython.address(packet.buffer[start]), end - start, LF)
        return start + found if found >= 0 else -1

    def token(
        self, known: FramingPointer, packet: Packet, start: cython.Py_ssize_t, available: cython.Py_ssize_t
    ) -> cython.int:
        """1: one of the framing's tokens stands at ``start``; 0: it may, with more bytes; -1: none."""
        t: cython.int
        i: cython.int
        size: cython.int
        best: cython.int = OUT_OF_STEP
        for t in range(known.first_token, known.last_token):
            size = self.tokens[t].last - self.tokens[t].first
            for i in range(size):
                if i >= available:
                    best = NEED_MORE
                    break
                if packet.buffer[start + i] != self.token_bytes[self.tokens[t].first + i]:
                    break
            else:
                return 1
        return best

    def header_block(
        self, known: FramingPointer, packet: Packet, start: cython.Py_ssize_t, available: cython.Py_ssize_t
    ) -> cython.Py_ssize_t:
        """Through the next empty line, at most the maximum."""
        found: cython.int = self.token(known, packet, start, available)
        limit: cython.Py_ssize_t = min(available, known.maximum)
        line: cython.Py_ssize_t = start
        end: cython.Py_ssize_t
        size: cython.Py_ssize_t = NO_BODY
        asks: cython.bint
        if found <= 0:
            return found
        asks = known.answers > 0 and self.answers(known, packet, start, available) == 0
        while True:
            end = self.find_line_feed(packet, line, start + limit)
            if end < 0:
                return limit if limit == known.maximum else NEED_MORE
            if end == line or (end == line + 1 and packet.buffer[line] == CR):
                break
            if asks and line > start:
                size = self.body(packet, line, end, size)
            line = end + 1
        if size == CHUNKS:
            return self.chunks(known, packet, start, end + 1, limit)
        return end - start + 1 + max(0, size)

    @cython.boundscheck(False)
    def body(
        self, packet: Packet, line: cython.Py_ssize_t, end: cython.Py_ssize_t, found: cython.Py_ssize_t
    ) -> cython.Py_ssize_t:
        """How long the body is after this field, ``found`` before it; CHUNKS, DOUBTFUL_BODY or NO_BODY."""
        size: cython.Py_ssize_t = 0
        count: cython.int = 0
        at: cython.Py_ssize_t = line
        octet: cython.int = packet.buffer[line] | 0x20
        if octet == 0x74 and self.names(packet, line, end, True):  # t
            return CHUNKS
        if octet != 0x63 or not self.names(packet, line, end, False):  # c
            return found
        at += 15
        while at < end and (packet.buffer[at] == 0x20 or packet.buffer[at] == 9):
            at += 1
        while at < end and 0x30 <= packet.buffer[at] <= 0x39 and count < MOST_DIGITS:
            size = size * 10 + packet.buffer[at] - 0x30
            count += 1
            at += 1
        while at < end and (packet.buffer[at] == 0x20 or packet.buffer[at] == CR):
            at += 1
        if found == CHUNKS:
            return found
        return size if at == end and count and found in (NO_BODY, size) else DOUBTFUL_BODY

    @cython.boundscheck(False)
    def names(
        self, packet: Packet, line: cython.Py_ssize_t, end: cython.Py_ssize_t, coding: cython.bint
    ) -> cython.bint:
        """The field is Content-Length; or Transfer-Encoding, and its last coding ``chunked``."""
        name: cython.int = 15 if coding else 0
        size: cython.int = 18 if coding else 15
        i: cython.int
        octet: cython.int
        if end - line < size:
            return False
        for i in range(size):
            octet = packet.buffer[line + i]
            if octet != self.names_of_bodies[name + i] and octet | 0x20 != self.names_of_bodies[name + i]:
                return False
        if not coding:
            return True
        while end > line and (packet.buffer[end - 1] == CR or packet.buffer[end - 1] == 0x20):
            end -= 1
        if end - line < size + 7:
            return False
        for i in range(7):  # noqa: SIM110 - a loop of C
            if packet.buffer[end - 7 + i] | 0x20 != self.names_of_bodies[33 + i]:
                return False
        return True

    @cython.boundscheck(False)
    def chunks(
        self,
        known: FramingPointer,
        packet: Packet,
        start: cython.Py_ssize_t,
        at: cython.Py_ssize_t,
        limit: cython.Py_ssize_t,
    ) -> cython.Py_ssize_t:
        """Length of a message whose chunks begin at ``at``, up to the one that reaches beyond the maximum."""
        size: cython.longlong
        end: cython.Py_ssize_t
        digit: cython.int
        while True:
            end = self.find_line_feed(packet, at, start + limit)
            if end < 0:
                return limit if limit == known.maximum else NEED_MORE
            size = 0
            digit = self.digit(packet, at)
            if digit < 0:
                return at - start  # no chunk: what follows is no part of it
            while digit >= 0 and size < 0x10000000:
                size = size << 4 | digit
                at += 1
                digit = self.digit(packet, at)
            if size == 0:  # the last one: behind it trailer fields and an empty line
                at = end + 1
                end = self.find_line_feed(packet, at, start + limit)
                while end >= 0 and not (end == at or (end == at + 1 and packet.buffer[at] == CR)):
                    at = end + 1
                    end = self.find_line_feed(packet, at, start + limit)
                if end < 0:
                    return limit if limit == known.maximum else NEED_MORE
                return end + 1 - start
            at = end + 1 + size + 2
            if at - start >= known.maximum:
                return at - start

    def digit(self, packet: Packet, at: cython.Py_ssize_t) -> cython.int:
        """The value of a hexadecimal digit; -1: it is none."""
        octet: cython.int = packet.buffer[at]
        if 0x30 <= octet <= 0x39:
            return octet - 0x30
        octet |= 0x20
        return octet - 0x57 if 0x61 <= octet <= 0x66 else -1

    @cython.boundscheck(False)
    def answers(
        self, known: FramingPointer, packet: Packet, start: cython.Py_ssize_t, available: cython.Py_ssize_t
    ) -> cython.int:
        """1: an answer begins at ``start``; -1: it may, with more bytes; 0: none."""
        t: cython.int
        i: cython.int
        for t in range(known.first_token, known.first_token + known.answers):
            for i in range(self.tokens[t].last - self.tokens[t].first):
                if i >= available:
                    return -1
                if packet.buffer[start + i] != self.token_bytes[self.tokens[t].first + i]:
                    break
            else:
                return 1
        return 0

    @cython.boundscheck(False)
    def holds(
        self,
        first: cython.int,
        last: cython.int,
        packet: Packet,
        start: cython.Py_ssize_t,
        visible: cython.Py_ssize_t,
        total: cython.longlong,
    ) -> cython.bint:
        """Every test from ``first`` to ``last`` (excluded) holds."""
        i: cython.int
        test: TestPointer
        at: cython.longlong
        for i in range(first, last):
            test = cython.address(self.tests[i])
            if test.mask == SIZE:
                if total < test.low or total > test.high:
                    return False
                continue
            if test.mask == RESIDUE:
                if visible == total and self.residue(packet, start, visible, test.low) != test.high:
                    return False
                continue
            if test.mask == SENDER:
                if self.from_client != test.low:
                    return False
                continue
            at = test.at
            if at < 0:
                at += total
            if at < 0 or at >= visible:
                return False
            if not self.masks[test.mask + packet.buffer[start + at]]:
                return False
        return True

    def residue(
        self, packet: Packet, start: cython.Py_ssize_t, size: cython.Py_ssize_t, begun: cython.longlong
    ) -> cython.int:
        """What a CRC leaves of ``size`` bytes; ``begun``: its polynomial above its first value."""
        polynomial: cython.int = begun >> 16 & 0xFFFF
        value: cython.int = begun & 0xFFFF
        i: cython.Py_ssize_t
        bit: cython.int
        for i in range(start, start + size):
            value ^= packet.buffer[i]
            for bit in range(8):  # noqa: B007 - Cython has no name for nothing
                value = value >> 1 ^ (polynomial if value & 1 else 0)
        return value

    def may_hold(
        self,
        first: cython.int,
        last: cython.int,
        packet: Packet,
        start: cython.Py_ssize_t,
        available: cython.Py_ssize_t,
    ) -> cython.bint:
        """No test contradicts the first ``available`` bytes of a message whose length is not known yet."""
        i: cython.int
        for i in range(first, last):
            if self.tests[i].mask < 0 or self.tests[i].at < 0 or self.tests[i].at >= available:
                continue
            if not self.masks[self.tests[i].mask + packet.buffer[start + self.tests[i].at]]:
                return False
        return True

    def may_grow(
        self, known: FramingPointer, packet: Packet, start: cython.Py_ssize_t, available: cython.Py_ssize_t
    ) -> cython.bint:
        """What is no message of a framing that takes segments whole may be the beginning of one: it is shorter than
        they are, or what they end with is not there.
        """
        i: cython.int
        tails: cython.bint = False
        if known.kind != WHOLE or available >= LONGEST_GROWN:
            return False
        for i in range(known.first_test, known.last_test):
            if self.tests[i].mask == SIZE and self.tests[i].high <= available:
                return False
            tails |= self.tests[i].mask == RESIDUE or self.tests[i].at < 0
            tails |= self.tests[i].mask == SIZE and self.tests[i].low > available
        return tails and self.may_hold(known.first_test, known.last_test, packet, start, available)

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
            said = self.number(packet, start + known.whole_at, known.whole_width, 0) + known.whole_add
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
            if leaf.first_test == leaf.last_test or self.holds(
                leaf.first_test, leaf.last_test, packet, start, visible, total
            ):
                case = leaf.case
                break
        return case

    @cython.boundscheck(False)
    def key(
        self,
        case: cython.int,
        packet: Packet,
        start: cython.Py_ssize_t,
        visible: cython.Py_ssize_t,
        total: cython.longlong,
    ) -> cython.Py_ssize_t:
        """Write the key bytes to ``out``; gives how many."""
        size: cython.Py_ssize_t
        known: CasePointer = cython.address(self.cases[case])
        words: cython.Py_ssize_t
        visible = min(visible, known.keep)
        self.ahead = -1
        self.numbers = 0
        size = self.collect(known.first_range, known.last_range, packet, start, visible, total)
        if known.with_length:
            words = (size + 7) >> 3
            self.out[words] = cython.cast(cython.ulonglong, total) << 24 | size  # a key that ends in zeros is longer
            size = 8 * words + 8
        return size

    @cython.boundscheck(False)
    def collect(
        self,
        first: cython.int,
        last: cython.int,
        packet: Packet,
        start: cython.Py_ssize_t,
        visible: cython.Py_ssize_t,
        total: cython.longlong,
    ) -> cython.Py_ssize_t:
        """Write the bytes of the ranges from ``first`` to ``last`` (excluded) to ``out``; gives how many.

        They are put together to whole words on the way: words that were stored as bytes are slow to load.
        """
        r: cython.int
        n: cython.Py_ssize_t = 0
        word: cython.ulonglong = 0
        part: cython.ulonglong
        shift: cython.Py_ssize_t
        size: cython.Py_ssize_t
        at: cython.Py_ssize_t
        begin: cython.Py_ssize_t
        end: cython.Py_ssize_t
        stop: cython.Py_ssize_t
        known: RangePointer
        here: cython.Py_ssize_t = len(packet.buffer)
        for r in range(first, last):
            known = cython.address(self.ranges[r])
            begin = known.start
            size = min(known.fixed, visible - begin)
            if size > 0 and n + 8 <= KEY_ROOM:  # as nearly always
                if start + begin + 8 <= here:
                    part = otaudit_load(cython.address(packet.buffer[start + begin]))
                    if size < 8:
                        part &= (cython.cast(cython.ulonglong, 1) << (8 * size)) - 1
                else:
                    part = self.last_bytes(packet, start + begin, size)
                if known.ends == MASKED:
                    part &= cython.cast(cython.ulonglong, known.end)
                shift = n & 7
                word |= part << (8 * shift)
                if shift + size >= 8:
                    self.out[n >> 3] = word
                    word = 0
                    if shift:
                        word = part >> (64 - 8 * shift)
                n += size
                continue
            if known.ends == MASKED:
                continue
            if known.ends >= ELEMENTS:
                if n & 7:
                    self.out[n >> 3] = word
                if known.ends == CHAIN:
                    n = self.chain(r, packet, start, visible, n)
                elif known.ends == BEHIND:
                    n = self.behind(r, packet, start, visible, total, n)
                elif known.ends == DIRECTORY:
                    n = self.directory(r, packet, start, visible, total, n)
                elif known.ends == PROTOBUF:
                    n = self.protobuf(r, packet, start, visible, n)
                elif known.ends == TRANSDUCER:
                    n = self.transducer(r, packet, start, visible, n)
                else:
                    n = self.elements(r, packet, start, visible, n)
                word = self.out[n >> 3] if n & 7 else 0
                continue
            if begin < 0:
                begin = max(0, begin + total)
            end = visible
            if known.ends == AT_OFFSET and known.end >= 0:
                end = min(end, known.end)
            elif known.ends != TO_MESSAGE_END:
                end = self.range_end(r, packet, start, visible, total)
            while begin < end:
                stop = end
                if known.stride:
                    stop = min(begin + known.span, end)
                if stop - begin > KEY_ROOM - n:
                    stop = begin + KEY_ROOM - n
                at = begin
                while at < stop:
                    size = min(8, stop - at)
                    shift = n & 7
                    if start + at + 8 <= here:
                        part = otaudit_load(cython.address(packet.buffer[start + at]))
                        if size < 8:
                            part &= (cython.cast(cython.ulonglong, 1) << (8 * size)) - 1
                    else:
                        part = self.last_bytes(packet, start + at, size)
                    word |= part << (8 * shift)
                    if shift + size >= 8:
                        self.out[n >> 3] = word
                        word = 0
                        if shift:
                            word = part >> (64 - 8 * shift)
                    n += size
                    at += size
                if not known.stride:
                    break
                begin += known.stride
        if n & 7:
            self.out[n >> 3] = word
        return n

    @cython.boundscheck(False)
    def elements(
        self, r: cython.int, packet: Packet, start: cython.Py_ssize_t, end: cython.Py_ssize_t, n: cython.Py_ssize_t
    ) -> cython.Py_ssize_t:
        """Write the BER elements that the range names, after the first ``n`` bytes of ``out``; gives how many bytes
        there are now. Offsets count from the message's start.
        """
        known: RangePointer = cython.address(self.ranges[r])
        at: cython.Py_ssize_t = known.start
        level: cython.int
        found: cython.int = 0
        skipped: cython.int
        _looked: cython.int
        for level in range(known.width):
            skipped = known.span >> 4 * (known.width - 1 - level) & 0xF
            for _looked in range(MOST_ELEMENTS):
                if not self.element(packet, start, at, end):
                    return n
                if packet.buffer[start + at] == known.add >> 8 * (known.width - 1 - level) & 0xFF:
                    if not skipped:
                        break
                    skipped -= 1
                if level == 0:
                    return n
                at = self.after
            else:
                return n
            at = self.content
            end = min(end, self.after)
        for _looked in range(MOST_ELEMENTS):
            if not self.element(packet, start, at, end):
                break
            if self.masks[known.end + packet.buffer[start + at]]:
                if known.little <= found < known.little + known.stride:
                    n = self.put(packet, start + at, min(self.after, end) - at, n)
                found += 1
            elif known.at >= 0 and self.masks[known.at + packet.buffer[start + at]]:
                n = self.note(self.masks[known.at + packet.buffer[start + at]], packet, start, at, end, n)
            at = self.after
        return n

    def chain(
        self, r: cython.int, packet: Packet, start: cython.Py_ssize_t, visible: cython.Py_ssize_t, n: cython.Py_ssize_t
    ) -> cython.Py_ssize_t:
        """Write what the chain's picks name of each record, after the first ``n`` bytes of ``out``; gives how many
        bytes there are now.
        """
        known: RangePointer = cython.address(self.ranges[r])
        chained: ChainPointer = cython.address(self.chains[known.end])
        at: cython.Py_ssize_t = known.start
        size: cython.Py_ssize_t
        here: cython.Py_ssize_t
        _looked: cython.int
        for _looked in range(MOST_RECORDS):
            if at + known.at + known.width > visible:
                break
            size = self.number(packet, start + at + known.at, known.width, known.little) & chained.mask
            size += known.add
            if size <= 0:
                break
            here = min(size, visible - at)
            n = self.record(chained, packet, start + at, here, size, n)
            if chained.more_at >= 0 and (
                chained.more_at >= here
                or not self.masks[chained.more_mask + packet.buffer[start + at + chained.more_at]]
            ):
                break
            at += size
        return n

    def record(
        self,
        chained: ChainPointer,
        packet: Packet,
        start: cython.Py_ssize_t,
        visible: cython.Py_ssize_t,
        total: cython.longlong,
        n: cython.Py_ssize_t,
    ) -> cython.Py_ssize_t:
        """Write what the first pick that the record meets names of it, after the first ``n`` bytes of ``out``."""
        pick: PickPointer
        p: cython.int
        for p in range(chained.first_pick, chained.last_pick):
            pick = cython.address(self.picks[p])
            if self.holds(pick.first_test, pick.last_test, packet, start, visible, total):
                return self.gather(pick.first_range, pick.last_range, packet, start, visible, total, n)
        return n

    def directory(
        self,
        r: cython.int,
        packet: Packet,
        start: cython.Py_ssize_t,
        visible: cython.Py_ssize_t,
        total: cython.longlong,
        n: cython.Py_ssize_t,
    ) -> cython.Py_ssize_t:
        """Write what the picks name of each record that the directory lists, after the first ``n`` bytes of ``out``;
        gives how many bytes there are now.
        """
        known: RangePointer = cython.address(self.ranges[r])
        width: cython.int = known.stride
        entry: cython.Py_ssize_t = known.start + width
        end: cython.longlong = total
        at: cython.longlong
        after: cython.longlong
        left: cython.longlong
        _looked: cython.int
        if entry + width > visible:
            return n
        left = self.number(packet, start + known.start, width, known.span)
        if known.width:
            at = known.at
            if at < 0:
                at += total
            if at < 0 or at + known.width > visible:
                return n
            end = self.number(packet, start + at, known.width, known.little)
            end += known.add
        after = known.start + self.number(packet, start + entry, width, known.span)
        for _looked in range(MOST_RECORDS):
            at = after
            left -= 1
            after = end
            if left > 0:
                entry += width
                if entry + width > visible:
                    break
                after = known.start + self.number(packet, start + entry, width, known.span)
            if left < 0 or after <= at or at >= visible:
                break
            n = self.record(
                cython.address(self.chains[known.end]), packet, start + at, min(after, visible) - at, after - at, n
            )
        return n

    def protobuf(
        self, r: cython.int, packet: Packet, start: cython.Py_ssize_t, visible: cython.Py_ssize_t, n: cython.Py_ssize_t
    ) -> cython.Py_ssize_t:
        """Write the fields of a Protocol Buffers message that the range names, after the first ``n`` bytes of ``out``;
        gives how many bytes there are now.
        """
        known: RangePointer = cython.address(self.ranges[r])
        at: cython.Py_ssize_t = known.at
        end: cython.Py_ssize_t = visible
        within: cython.bint = False
        number: cython.int
        if at < 0 or at + known.width > visible:
            return n
        at = self.number(packet, start + at, known.width, known.little) + known.add
        if 0 <= at < visible and packet.buffer[start + at] == 0:
            at += 1
        while 0 <= at < visible:
            if within and at >= end:
                within = False
                end = visible
                if n < KEY_ROOM:  # no tag is 0
                    if n & 7 == 0:
                        self.out[n >> 3] = 0
                    n += 1
            if not self.field(packet, start, at, end):
                return self.put(packet, start + at, visible - at, n)
            number = self.number_found
            if number == known.stride and not within and packet.buffer[start + at] & 7 == 2:
                n = self.put(packet, start + at, self.tag_end - at, n)
                at = self.content
                end = self.after
                within = True
                continue
            if within and number < 256 and self.masks[known.end + number]:
                n = self.put(packet, start + at, self.after - at, n)
            else:
                n = self.put(packet, start + at, self.tag_end - at, n)
            at = self.after
        return n

    def field(
        self, packet: Packet, start: cython.Py_ssize_t, at: cython.Py_ssize_t, end: cython.Py_ssize_t
    ) -> cython.bint:
        """Whether a whole field begins at ``at``; ``number_found``, ``tag_end``, ``content`` and ``after`` tell which
        and where.
        """
        tag: cython.Py_ssize_t = self.varint(packet, start, at, end)
        size: cython.Py_ssize_t
        kind: cython.int = cython.cast(cython.int, tag) & 7
        if tag < 8:
            return False
        self.number_found = cython.cast(cython.int, min(tag >> 3, 256))
        self.content = self.tag_end = self.after
        if kind == 0:
            return self.varint(packet, start, self.after, end) >= 0
        if kind == 2:
            size = self.varint(packet, start, self.after, end)
            if size < 0:
                return False
            self.content = self.after
        elif kind == 1:
            size = 8
        elif kind == 5:
            size = 4
        else:
            return False
        if size > end - self.content:
            return False
        self.after = self.content + size
        return True

    def varint(
        self, packet: Packet, start: cython.Py_ssize_t, at: cython.Py_ssize_t, end: cython.Py_ssize_t
    ) -> cython.Py_ssize_t:
        """The number in at most ten bytes of seven bits, low ones first, as far as it fits; -1: it does not end."""
        value: cython.Py_ssize_t = 0
        i: cython.int
        for i in range(min(10, end - at)):
            if i < 8:
                value |= cython.cast(cython.Py_ssize_t, packet.buffer[start + at + i] & 0x7F) << (7 * i)
            elif packet.buffer[start + at + i] & 0x7F:
                value |= cython.cast(cython.Py_ssize_t, 1) << 56
            if packet.buffer[start + at + i] < 0x80:
                self.after = at + i + 1
                return value
        return -1

    @cython.boundscheck(False)
    def transducer(
        self, r: cython.int, packet: Packet, start: cython.Py_ssize_t, visible: cython.Py_ssize_t, n: cython.Py_ssize_t
    ) -> cython.Py_ssize_t:
        """Write the bytes that the transducer takes, after the first ``n`` of ``out``; gives how many there are now."""
        known: RangePointer = cython.address(self.ranges[r])
        row: cython.int = known.end
        step: cython.int
        octet: cython.int
        at: cython.Py_ssize_t = known.start
        found: cython.Py_ssize_t
        while at < visible:
            if self.steps[row + STEPS]:
                found = otaudit_find(
                    cython.address(packet.buffer[start + at]), visible - at, self.steps[row + STEPS] - 1
                )
                if found < 0:
                    break
                at += found
            octet = packet.buffer[start + at]
            step = self.steps[row + octet]
            row = known.end + (step >> 1) * (STEPS + 1)
            if step & 1 and n < KEY_ROOM:
                if n & 7 == 0:
                    self.out[n >> 3] = 0
                self.out[n >> 3] |= cython.cast(cython.ulonglong, octet) << (8 * (n & 7))
                n += 1
            at += 1
        return n

    def gather(
        self,
        first: cython.int,
        last: cython.int,
        packet: Packet,
        start: cython.Py_ssize_t,
        visible: cython.Py_ssize_t,
        total: cython.longlong,
        n: cython.Py_ssize_t,
    ) -> cython.Py_ssize_t:
        """``collect`` within a record: after the first ``n`` bytes of ``out``, byte by byte."""
        r: cython.int
        known: RangePointer
        begin: cython.Py_ssize_t
        end: cython.Py_ssize_t
        for r in range(first, last):
            known = cython.address(self.ranges[r])
            begin = known.start
            if begin < 0:
                begin = max(0, begin + total)
            end = self.range_end(r, packet, start, visible, total)
            while begin < end:
                n = self.put(packet, start + begin, (min(known.span, end - begin) if known.stride else end - begin), n)
                if not known.stride:
                    break
                begin += known.stride
        return n

    def behind(
        self,
        r: cython.int,
        packet: Packet,
        start: cython.Py_ssize_t,
        visible: cython.Py_ssize_t,
        total: cython.longlong,
        n: cython.Py_ssize_t,
    ) -> cython.Py_ssize_t:
        """Write the bytes behind what the range's field counts, after the first ``n`` of ``out``; gives how many there
        are now.
        """
        known: RangePointer = cython.address(self.ranges[r])
        at: cython.Py_ssize_t = known.at
        size: cython.Py_ssize_t
        if at < 0:
            at += total
        if at < 0 or at + known.width > visible:
            return n
        at = self.number(packet, start + at, known.width, known.little) + known.add
        if at < 0 or at >= visible:
            return n
        size = visible - at
        if known.span:
            size = min(size, known.span)
        return self.put(packet, start + at, size, n)

    @cython.boundscheck(False)
    def element(
        self, packet: Packet, start: cython.Py_ssize_t, at: cython.Py_ssize_t, end: cython.Py_ssize_t
    ) -> cython.bint:
        """Whether an element of definite length begins at ``at``; ``content`` and ``after`` tell where it goes on."""
        size: cython.Py_ssize_t
        octets: cython.int
        i: cython.int
        if at < 0 or at + 2 > end:
            return False
        size = packet.buffer[start + at + 1]
        self.content = at + 2
        if size >= 0x80:
            octets = cython.cast(cython.int, size) & 0x7F
            if octets < 1 or octets > 4 or at + 2 + octets > end:
                return False
            size = 0
            for i in range(octets):
                size = size << 8 | packet.buffer[start + at + 2 + i]
            self.content += octets
        self.after = self.content + size
        return True

    @cython.boundscheck(False)
    def put(
        self, packet: Packet, at: cython.Py_ssize_t, size: cython.Py_ssize_t, n: cython.Py_ssize_t
    ) -> cython.Py_ssize_t:
        """Write bytes of the buffer after the first ``n`` of ``out``; gives how many there are now."""
        word: cython.ulonglong
        shift: cython.int
        here: cython.Py_ssize_t
        end: cython.Py_ssize_t = at + min(size, KEY_ROOM - n)
        while at < end:
            shift = 8 * (n & 7)
            here = min(8, end - at)
            if at + 8 <= len(packet.buffer):
                word = otaudit_load(cython.address(packet.buffer[at]))
                if here < 8:
                    word &= (cython.cast(cython.ulonglong, 1) << (8 * here)) - 1
            else:
                word = self.last_bytes(packet, at, here)
            if shift == 0:
                self.out[n >> 3] = word
            else:
                self.out[n >> 3] |= word << shift
                if shift + 8 * here > 64:
                    self.out[(n >> 3) + 1] = word >> (64 - shift)
            n += here
            at += here
        return n

    @cython.boundscheck(False)
    def note(
        self,
        kind: cython.int,
        packet: Packet,
        start: cython.Py_ssize_t,
        at: cython.Py_ssize_t,
        end: cython.Py_ssize_t,
        n: cython.Py_ssize_t,
    ) -> cython.Py_ssize_t:
        """The element at ``at`` is a number. A small one: write its tag and whether it is 0, 1 or anything else (2).
        One of the message's numbering stays in ``state``, ``sequence`` or ``lifetime``; ``numbers`` says which are
        there, and ``ahead`` how many bytes of the key are ahead of the first of them.
        """
        value: cython.ulonglong = 0
        i: cython.Py_ssize_t
        for i in range(self.content, min(self.after, end)):
            value = value << 8 | packet.buffer[start + i]
        if kind & NUMBERS and self.after <= end:
            self.numbers |= kind
            if kind & LIFETIME:
                self.lifetime = min(value, MOST_LIFETIME)
            else:
                if self.ahead < 0:
                    self.ahead = n
                if kind & STATE:
                    self.state = min(value, MOST_NUMBER)
                else:
                    self.sequence = min(value, MOST_NUMBER)
        if not kind & SMALL or n + 2 > KEY_ROOM:
            return n
        value = min(value, 2)
        n = self.put(packet, start + at, 1, n)
        if n & 7 == 0:
            self.out[n >> 3] = 0
        self.out[n >> 3] |= value << (8 * (n & 7))
        return n + 1

    def last_bytes(self, packet: Packet, at: cython.Py_ssize_t, size: cython.Py_ssize_t) -> cython.ulonglong:
        """``size`` bytes near the end of the buffer as a little-endian number."""
        part: cython.ulonglong = 0
        i: cython.Py_ssize_t
        for i in range(size):
            part |= cython.cast(cython.ulonglong, packet.buffer[at + i]) << (8 * i)
        return part

    def range_end(
        self,
        r: cython.int,
        packet: Packet,
        start: cython.Py_ssize_t,
        visible: cython.Py_ssize_t,
        total: cython.longlong,
    ) -> cython.Py_ssize_t:
        """Where the range ends; 0 when the field that says so is not there."""
        end: cython.longlong
        at: cython.longlong
        known: RangePointer = cython.address(self.ranges[r])
        if known.ends == TO_MESSAGE_END:
            return visible
        if known.ends == AT_OFFSET:
            end = known.end
            if end < 0:
                end += total
            return max(0, min(end, visible))
        at = known.at
        if at < 0:
            at += total
        if at < 0 or at + known.width > visible:
            return 0
        end = self.number(packet, start + at, known.width, known.little)
        end += known.add
        return max(0, min(end, visible))

    def number(self, packet: Packet, at: cython.Py_ssize_t, width: cython.int, little: cython.int) -> cython.Py_ssize_t:
        """Unsigned number of ``width`` bytes at ``at``."""
        value: cython.longlong = 0
        i: cython.int
        if little:
            for i in range(width):
                value |= cython.cast(cython.longlong, packet.buffer[at + i]) << (8 * i)
        else:
            for i in range(width):
                value = value << 8 | packet.buffer[at + i]
        return value
