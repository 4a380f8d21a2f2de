"""What a message must be: tests on its bytes, its length, its sender and its check sum.

Everywhere here ``start`` is where the message begins in ``packet.buffer``, ``visible`` how many of its bytes are there
and ``total`` its true length. Bytes that are not visible are absent: a test on one does not hold, a key range on one
is cut short.

``cut``, ``cut_datagram`` and ``Dialogue.message`` check once that the visible bytes are in the buffer; what they call
reads them unchecked, and so are the tables that only ``FramingPlan`` writes.
"""

from __future__ import annotations

from typing import Any

import cython

from scanner.framing.plan import FramingPlan

if not cython.compiled:
    from scanner.capture.kernel.decode.packet import Packet
    from scanner.framing.layout import ALIKE, RESIDUE, SENDER, SIZE, WITHIN

    TOO_SHORT = 256

    TestPointer = Any

    def otaudit_load(_bytes: Any) -> int:
        """Eight bytes as a little-endian number; in C only."""
        raise NotImplementedError

    def otaudit_find(_bytes: Any, _size: int, _value: int) -> int:
        """Where the value first stands, -1 nowhere; in C only."""
        raise NotImplementedError


@cython.boundscheck(False)
def number_at(packet: Packet, at: cython.Py_ssize_t, width: cython.int, little: cython.int) -> cython.Py_ssize_t:
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


@cython.final
@cython.cclass
class Tests:
    """The tests of a plan. from_client: whether the client sent the message that is looked at."""

    def __init__(self, plan: FramingPlan) -> None:
        self.from_client = False
        self.renew(plan)

    def renew(self, plan: FramingPlan) -> None:
        """Take the tables anew, which grow."""
        self.tests, self.masks, *_ = plan.tables_that_grow

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
            if test.mask == WITHIN:
                if not self.has(packet, start, visible, test.low, test.high):
                    return False
                continue
            if test.mask == ALIKE:
                if not self.alike(packet, start, visible, test.at, test.low, test.high):
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

    def has(
        self,
        packet: Packet,
        start: cython.Py_ssize_t,
        size: cython.Py_ssize_t,
        value: cython.longlong,
        mask: cython.longlong,
    ) -> cython.bint:
        """The value stands somewhere, and behind it a byte that is in the mask."""
        end: cython.Py_ssize_t = start + size - 1
        found: cython.Py_ssize_t
        while start < end:
            found = otaudit_find(cython.address(packet.buffer[start]), end - start, value)
            if found < 0:
                return False
            start += found + 1
            if self.masks[mask + packet.buffer[start]]:
                return True
        return False

    @cython.boundscheck(False)
    def alike(
        self,
        packet: Packet,
        start: cython.Py_ssize_t,
        size: cython.Py_ssize_t,
        one: cython.longlong,
        other: cython.longlong,
        width: cython.longlong,
    ) -> cython.bint:
        """So many bytes at both places are there and the same."""
        i: cython.Py_ssize_t = 0
        if max(one, other) + width > size:
            return False
        while i < width and packet.buffer[start + one + i] == packet.buffer[start + other + i]:
            i += 1
        return i == width

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
