"""Which bytes of a message are its key: ranges, elements, records, fields, and what a transducer takes."""

from __future__ import annotations

from typing import Any

import cython
import numpy as np

from scanner.capture.kernel.messages.tests import Tests
from scanner.framing.plan import FramingPlan

if not cython.compiled:
    from scanner.capture.kernel.decode.packet import Packet
    from scanner.capture.kernel.messages.tests import number_at, otaudit_find, otaudit_load
    from scanner.capture.kernel.messages.words import is_known
    from scanner.framing.layout import (
        AT_OFFSET,
        BEHIND,
        CHAIN,
        DIRECTORY,
        ELEMENTS,
        ESCAPED,
        LIFETIME,
        LONGEST_WORD,
        MASKED,
        PROTOBUF,
        SEQUENCE,
        SMALL,
        STATE,
        TO_MESSAGE_END,
        TRANSDUCER,
        WORD_FACTOR,
        WORD_SEED,
    )

    NUMBERS = STATE | SEQUENCE | LIFETIME  # of a message's numbering
    KEY_ROOM = 65536
    MOST_ELEMENTS = 64
    MOST_RECORDS = 256
    STEPS = 256  # of a state of a transducer, behind which stand what it waits for and what it reads
    STATE_SIZE = STEPS + 2
    HIGHEST_NUMBER: cython.ulonglong = 0x3FFFFFFFFFFFFFFF  # what is beyond is taken for it, so that sums have room
    HIGHEST_LIFETIME: cython.ulonglong = 0xFFFFFFFF  # ms

    CasePointer = Any
    RangePointer = Any
    ChainPointer = Any
    PickPointer = Any


@cython.final
@cython.cclass
class Keys:
    """``out`` receives the bytes that are picked, as words, the last filled up with zeros: at most KEY_ROOM bytes.
    ``opener``: what the handle of the message means: the row of the request that got it plus one, 0 where none did.
    """

    def __init__(self, plan: FramingPlan, tests: Tests) -> None:
        self.tests = tests
        self.renew(plan)
        self.out = np.zeros(KEY_ROOM // 8 + 3, np.uint64)
        self.content = self.after = self.tag_end = self.number_found = 0
        self.state = self.sequence = self.lifetime = 0
        self.opener = 0

    def renew(self, plan: FramingPlan) -> None:
        """Take the tables anew, which grow."""
        _, masks, cases, ranges, chains, picks, steps, words, *_ = plan.tables_that_grow
        self.masks = masks
        self.cases = cases
        self.ranges = ranges
        self.chains = chains
        self.picks = picks
        self.steps = steps
        self.words = words

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
        if known.first_use != known.last_use:
            words = (size + 7) >> 3
            self.out[words] = cython.cast(cython.ulonglong, self.opener) << 24 | size
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
                n = self.parts(r, packet, start, visible, total, n)
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
    def parts(
        self,
        r: cython.int,
        packet: Packet,
        start: cython.Py_ssize_t,
        visible: cython.Py_ssize_t,
        total: cython.longlong,
        n: cython.Py_ssize_t,
    ) -> cython.Py_ssize_t:
        """Write what the range finds by the message's own structure, after the first ``n`` bytes of ``out``; gives how
        many bytes there are now.
        """
        kind: cython.int = self.ranges[r].ends
        if kind == CHAIN:
            return self.chain(r, packet, start, visible, n)
        if kind == BEHIND:
            return self.behind(r, packet, start, visible, total, n)
        if kind == DIRECTORY:
            return self.directory(r, packet, start, visible, total, n)
        if kind == PROTOBUF:
            return self.protobuf(r, packet, start, visible, n)
        if kind == TRANSDUCER:
            return self.transducer(r, packet, start, visible, n)
        return self.elements(r, packet, start, visible, n)

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
        size: cython.Py_ssize_t
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
                if known.little <= found < known.little + (known.stride & 0xFF):
                    size = min(self.after, end) - at
                    if known.stride >> 8:
                        size = min(size, known.stride >> 8)
                    n = self.put(packet, start + at, size, n)
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
        if known.span:
            if known.stride + known.span > visible:
                return n
            at += number_at(packet, start + known.stride, known.span, False)
        for _looked in range(MOST_RECORDS):
            if at + known.at + known.width > visible:
                break
            size = number_at(packet, start + at + known.at, known.width, known.little) & chained.mask
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
            if self.tests.holds(pick.first_test, pick.last_test, packet, start, visible, total):
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
        left = number_at(packet, start + known.start, width, known.span)
        if known.width:
            at = known.at
            if at < 0:
                at += total
            if at < 0 or at + known.width > visible:
                return n
            end = number_at(packet, start + at, known.width, known.little)
            end += known.add
        after = known.start + number_at(packet, start + entry, width, known.span)
        for _looked in range(MOST_RECORDS):
            at = after
            left -= 1
            after = end
            if left > 0:
                entry += width
                if entry + width > visible:
                    break
                after = known.start + number_at(packet, start + entry, width, known.span)
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
        at = number_at(packet, start + at, known.width, known.little) + known.add
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
        reads: cython.int
        begun: cython.Py_ssize_t = -1  # where a word does
        digest: cython.ulonglong = 0
        escaped: cython.bint = False
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
            row = known.end + (step >> 1) * STATE_SIZE
            reads = self.steps[row + STEPS + 1]
            if reads and begun < 0:
                begun = at + 1
                digest = WORD_SEED
                escaped = False
            elif reads:
                digest = (digest ^ cython.cast(cython.ulonglong, octet | (65 <= octet <= 90) << 5)) * WORD_FACTOR
                escaped |= reads & ESCAPED != 0
            elif begun >= 0:
                n = self.word(r, packet, start + begun, at - begun, digest, escaped, n)
                begun = -1
            if step & 1 and n < KEY_ROOM:
                if n & 7 == 0:
                    self.out[n >> 3] = 0
                self.out[n >> 3] |= cython.cast(cython.ulonglong, octet) << (8 * (n & 7))
                n += 1
            at += 1
        if begun >= 0:
            n = self.word(r, packet, start + begun, at - begun, digest, escaped, n)
        return n

    @cython.boundscheck(False)
    def word(
        self,
        r: cython.int,
        packet: Packet,
        at: cython.Py_ssize_t,
        size: cython.Py_ssize_t,
        digest: cython.ulonglong,
        escaped: cython.bint,
        n: cython.Py_ssize_t,
    ) -> cython.Py_ssize_t:
        """Write a word behind a byte of zero, if it counts, after the first ``n`` bytes of ``out``."""
        known: RangePointer = cython.address(self.ranges[r])
        if size > LONGEST_WORD if escaped else not is_known(self.words, known.at, known.width, digest):
            return n
        if n & 7 == 0 and n < KEY_ROOM:
            self.out[n >> 3] = 0
        return self.put(packet, at, size, min(n + 1, KEY_ROOM))

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
        at = number_at(packet, start + at, known.width, known.little) + known.add
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
                self.lifetime = min(value, HIGHEST_LIFETIME)
            else:
                if self.ahead < 0:
                    self.ahead = n
                if kind & STATE:
                    self.state = min(value, HIGHEST_NUMBER)
                else:
                    self.sequence = min(value, HIGHEST_NUMBER)
        if not kind & SMALL or n + 2 > KEY_ROOM:
            return n
        value = min(value, 2)
        n = self.put(packet, start + at, 1, n)
        if n & 7 == 0:
            self.out[n >> 3] = 0
        self.out[n >> 3] |= value << (8 * (n & 7))
        return n + 1

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
        end = number_at(packet, start + at, known.width, known.little)
        end += known.add
        return max(0, min(end, visible))

    def last_bytes(self, packet: Packet, at: cython.Py_ssize_t, size: cython.Py_ssize_t) -> cython.ulonglong:
        """``size`` bytes near the end of the buffer as a little-endian number."""
        part: cython.ulonglong = 0
        i: cython.Py_ssize_t
        for i in range(size):
            part |= cython.cast(cython.ulonglong, packet.buffer[at + i]) << (8 * i)
        return part
