"""Where a message ends: by a length field, a line, a header block with its body, or its checksum."""

from __future__ import annotations

from typing import Any

import cython
import numpy as np

from scanner.framing.plan import FramingPlan

if not cython.compiled:
    from scanner.capture.kernel.decode.packet import Packet
    from scanner.capture.kernel.messages.tests import number_at, otaudit_find
    from scanner.framing.layout import BLOCKS, DIGITS, FT12, HEADER_BLOCK, LENGTH, LINE, VARINT

    # first octets of FT 1.2, and the last
    VARIABLE = 0x68
    FIXED = 0x10
    SINGLE = 0xE5
    END = 0x16
    LONGEST_WHOLE = 262144  # bytes that a joined message may announce
    LF = 10
    CR = 13
    NO_BODY = -1  # a header block names no length of a body
    CHUNKS = -2  # its body comes in chunks
    DOUBTFUL_BODY = -3  # it names two
    MOST_DIGITS = 12
    # where in the names of fields "content-type:" stands, and the lengths of it and of the two types behind it
    AT_TYPE = 40
    TYPE = 13
    JSON = 16
    EVENTS = 17
    OUT_OF_SYNC = -1
    NEED_MORE = 0

    FramingPointer = Any


@cython.final
@cython.cclass
class Lengths:
    """How long the message of a framing is. OUT_OF_SYNC: it is none; NEED_MORE: more of it tells."""

    def __init__(self, plan: FramingPlan) -> None:
        self.tokens = plan.tokens
        self.token_bytes = plan.token_bytes
        self.names_of_bodies = np.frombuffer(
            b"content-length:transfer-encoding:chunkedcontent-type:application/jsontext/event-stream", np.uint8
        )

    @cython.boundscheck(False)
    def total(
        self, known: FramingPointer, packet: Packet, start: cython.Py_ssize_t, available: cython.Py_ssize_t
    ) -> cython.Py_ssize_t:
        """What the delimiter alone says about the length."""
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
                        return OUT_OF_SYNC
                    length = length << 4 | octet
            else:
                length = number_at(packet, start + at, known.width, known.little)
            length = (length & known.mask) + known.add
        elif kind == VARINT:
            length = shift = count = 0
            while True:
                if count >= known.width:
                    return OUT_OF_SYNC
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
                return OUT_OF_SYNC
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
            return OUT_OF_SYNC
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
                return OUT_OF_SYNC
            size = packet.buffer[start + 1] + 6
            return size if available < size or packet.buffer[start + size - 1] == END else OUT_OF_SYNC
        if packet.buffer[start] != FIXED:
            return OUT_OF_SYNC
        if available < 5:
            return NEED_MORE
        if packet.buffer[start + 4] == END and (
            packet.buffer[start + 1] + packet.buffer[start + 2] & 0xFF == packet.buffer[start + 3]
        ):
            return 5
        if available < 6:
            return NEED_MORE
        return 6 if packet.buffer[start + 5] == END else OUT_OF_SYNC

    def line(
        self, known: FramingPointer, packet: Packet, start: cython.Py_ssize_t, available: cython.Py_ssize_t
    ) -> cython.Py_ssize_t:
        """Through the next end of a line, at most the maximum."""
        limit: cython.Py_ssize_t = min(available, known.maximum)
        end: cython.Py_ssize_t = self.find_line_feed(packet, start, start + limit)
        while end >= 0:
            if self.ends(known, packet, start, end + 1):
                return end - start + 1
            end = self.find_line_feed(packet, end + 1, start + limit)
        return limit if limit and limit == known.maximum else NEED_MORE

    def ends(
        self, known: FramingPointer, packet: Packet, start: cython.Py_ssize_t, end: cython.Py_ssize_t
    ) -> cython.bint:
        """What ends the framing's lines stands before ``end``."""
        size: cython.Py_ssize_t = self.tokens[known.first_token].last - self.tokens[known.first_token].first
        return end - start >= size and self.token(known, packet, end - size, size) == 1

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
        best: cython.int = OUT_OF_SYNC
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
        tells: cython.bint = known.answers > 0 or known.bodies
        asks: cython.bint
        readable: cython.bint = False
        if found <= 0:
            return found
        asks = tells and (known.bodies or self.answers(known, packet, start, available) == 0)
        while True:
            end = self.find_line_feed(packet, line, start + limit)
            if end < 0:
                return limit if limit == known.maximum else NEED_MORE
            if end == line or (end == line + 1 and packet.buffer[line] == CR):
                break
            if tells and line > start:
                size = self.body(packet, line, end, size, known.bodies)
                readable = readable or (not asks and self.is_readable(packet, line, end))
            line = end + 1
        if not asks:
            return self.answer(known, packet, start, end + 1, limit, size) if readable else end - start + 1
        if size == CHUNKS:
            return self.chunks(known, packet, start, end + 1, limit)
        return end - start + 1 + max(0, size)

    @cython.boundscheck(False)
    def body(
        self,
        packet: Packet,
        line: cython.Py_ssize_t,
        end: cython.Py_ssize_t,
        found: cython.Py_ssize_t,
        short: cython.bint,
    ) -> cython.Py_ssize_t:
        """How long the body is after this field, ``found`` before it; CHUNKS, DOUBTFUL_BODY or NO_BODY. short: the
        field may be called ``l``.
        """
        size: cython.Py_ssize_t = 0
        count: cython.int = 0
        at: cython.Py_ssize_t = line
        octet: cython.int = packet.buffer[line] | 0x20
        if octet == 0x74 and not short and self.names(packet, line, end, True):  # t
            return CHUNKS
        if short and octet == 0x6C and end - line > 2 and packet.buffer[line + 1] == 0x3A:  # l:
            at += 2
        elif octet == 0x63 and self.names(packet, line, end, False):  # c
            at += 15
        else:
            return found
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
        size: cython.int = 18 if coding else 15
        i: cython.int
        if not self.spells(packet, line, end, 15 if coding else 0, size):
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

    def answer(
        self,
        known: FramingPointer,
        packet: Packet,
        start: cython.Py_ssize_t,
        at: cython.Py_ssize_t,
        limit: cython.Py_ssize_t,
        size: cython.Py_ssize_t,
    ) -> cython.Py_ssize_t:
        """Length of an answer whose body, which would begin at ``at``, is of a kind that is read. None follows where
        the request wanted none (HEAD), whatever the fields say.
        """
        if at >= start + limit:
            return at - start if limit == known.maximum or size == 0 else NEED_MORE
        if size == DOUBTFUL_BODY or self.token(known, packet, at, start + limit - at) > 0:
            return at - start
        if size == CHUNKS:
            return self.chunks(known, packet, start, at, limit)
        if size == NO_BODY:  # to the end of the connection
            return limit if limit == known.maximum else NEED_MORE
        return at - start + size

    def is_headed(self, packet: Packet, have: cython.Py_ssize_t) -> cython.bint:
        """An empty line is among the first ``have`` bytes."""
        line: cython.Py_ssize_t = 0
        end: cython.Py_ssize_t = self.find_line_feed(packet, 0, have)
        while end >= 0 and not (end == line or (end == line + 1 and packet.buffer[line] == CR)):
            line = end + 1
            end = self.find_line_feed(packet, line, have)
        return end >= 0

    @cython.boundscheck(False)
    def is_readable(self, packet: Packet, line: cython.Py_ssize_t, end: cython.Py_ssize_t) -> cython.bint:
        """The field says that the body is JSON, or a stream of events."""
        at: cython.Py_ssize_t = line + TYPE
        if packet.buffer[line] | 0x20 != 0x63 or not self.spells(packet, line, end, AT_TYPE, TYPE):  # c
            return False
        while at < end and (packet.buffer[at] == 0x20 or packet.buffer[at] == 9):
            at += 1
        return self.spells(packet, at, end, AT_TYPE + TYPE, JSON) or self.spells(
            packet, at, end, AT_TYPE + TYPE + JSON, EVENTS
        )

    @cython.boundscheck(False)
    def spells(
        self, packet: Packet, at: cython.Py_ssize_t, end: cython.Py_ssize_t, name: cython.int, size: cython.int
    ) -> cython.bint:
        """The ``size`` letters of the names from ``name`` on stand at ``at``, in either case."""
        i: cython.int
        octet: cython.int
        if end - at < size:
            return False
        for i in range(size):
            octet = packet.buffer[at + i]
            if octet != self.names_of_bodies[name + i] and octet | 0x20 != self.names_of_bodies[name + i]:
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
