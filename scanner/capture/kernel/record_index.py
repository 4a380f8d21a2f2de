"""The record walk: where each packet of a pcap or pcapng stream lies in the buffer, when it was seen, how long it was.

Written from draft-ietf-opsawg-pcap and draft-ietf-opsawg-pcapng. A walker goes over whole records and stops, with
``state``, when it is HUNGRY (0: the next record is not complete in the buffer; ``need`` is its size as far as known),
the index is FULL (1), a record is CORRUPT (2: ``problem`` says how), or a pcapng BLOCK (3) is not a packet.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

if not cython.compiled:
    PREFETCHED = 1024  # bytes: the reader's thread has written them last, so they come from far away
    HUNGRY, FULL, CORRUPT, BLOCK = range(4)

    def otaudit_load(_bytes: Any) -> int:
        """Eight bytes as a little-endian number; in C only."""
        raise NotImplementedError

    def otaudit_prefetch(_byte: Any) -> None:
        """Have the processor fetch what lies there; in C only."""


# A longer packet is not believed (tcpdump's and Wireshark's ceiling for network captures, and room for more).
MAX_PACKET = 262144
MAX_BLOCK = MAX_PACKET + 131072  # a pcapng packet block with its options
MAX_INTERFACES = 4096  # of one section
MAX_COMMENTS = 100
LONGEST_TEXT = 4096  # bytes kept of a comment or a name

ETHERNET = 1
# Link types carry, above the 16 bits of their number, how many bytes of frame check sequence end each frame.
NO_INTERFACE = 0xFFFF  # the packet names an interface that its section does not describe


@cython.final
@cython.cclass
class Index:
    """The records found in one buffer, and the totals of all that were found so far.

    Columns ``offset`` (into the buffer), ``time`` (ns since 1970 UTC, 0 unknown), ``captured`` and ``wire`` (bytes),
    ``link`` (LINKTYPE number + FCS bytes << 16), ``interface`` (counted over all sections); ``count`` rows are filled,
    the first of them is frame ``first_frame`` (from 1, or behind the ``before`` frames of files that go before).
    """

    def __init__(self, capacity: int = 32768, before: int = 0) -> None:
        self.capacity = capacity
        self.count = 0
        self.first_frame = before + 1
        self.offset = array("q", bytes(8 * capacity))
        self.time = array("q", bytes(8 * capacity))
        self.captured = array("I", bytes(4 * capacity))
        self.wire = array("I", bytes(4 * capacity))
        self.link = array("i", bytes(4 * capacity))
        self.interface = array("i", bytes(4 * capacity))
        self.packets = self.wire_bytes = self.captured_bytes = self.truncated = 0
        self.first_time = self.last_time = 0

    @cython.cfunc
    @cython.nogil
    @cython.inline
    @cython.boundscheck(False)  # whoever adds has seen that ``count`` is below ``capacity``
    @cython.exceptval(-1, check=False)
    def add(
        self,
        offset: cython.Py_ssize_t,
        captured: cython.longlong,
        wire: cython.longlong,
        time: cython.longlong,
        link: cython.int,
        interface: cython.int,
    ) -> cython.int:
        """Append one record."""
        at: cython.Py_ssize_t = self.count
        wire = max(wire, captured)
        self.offset[at] = offset
        self.captured[at] = captured
        self.wire[at] = wire
        self.time[at] = time
        self.link[at] = link
        self.interface[at] = interface
        self.count = at + 1
        self.packets += 1
        self.wire_bytes += wire
        self.captured_bytes += captured
        if captured < wire:
            self.truncated += 1
        if time:
            if time < self.first_time or self.first_time == 0:
                self.first_time = time
            self.last_time = max(self.last_time, time)
        return 0

    @property
    def first_link(self) -> int:
        """Link of the first row, -1 when there is none."""
        return int(self.link[0]) if self.count else -1

    def time_at(self, row: int) -> int:
        """Time of a row."""
        return int(self.time[row])

    def extent(self, row: int) -> tuple[int, int]:
        """Where in the buffer the packet of a row begins and that of the last one ends."""
        last = self.count - 1
        return int(self.offset[row]), int(self.offset[last] + self.captured[last])

    def until(self, row: cython.Py_ssize_t, time: cython.longlong) -> int:
        """The first row behind ``row`` that is later than ``time``."""
        row += 1
        while row < self.count and self.time[row] <= time:
            row += 1
        return row

    def clear(self) -> None:
        """Forget the rows, keep the totals."""
        self.first_frame += self.count
        self.count = 0

    def ethernet_frames(self, most: int) -> dict[int, list[tuple[int, int, int]]]:
        """By interface (offset, captured, wire) of its first frames, where the file tells of no check sequence."""
        found: dict[int, list[tuple[int, int, int]]] = {}
        at: cython.Py_ssize_t
        for at in range(self.count):
            if self.link[at] == ETHERNET:
                frames = found.setdefault(self.interface[at], [])
                if len(frames) < most:
                    frames.append((self.offset[at], self.captured[at], self.wire[at]))
        return found

    def end_with_sums(self, interfaces: frozenset[int], size: int) -> None:
        """The frames of these interfaces end with a check sequence of ``size`` bytes."""
        at: cython.Py_ssize_t
        for at in range(self.count):
            if self.link[at] == ETHERNET and self.interface[at] in interfaces:
                self.link[at] = ETHERNET | size << 16

    def rows(self) -> list[tuple[int, int, int, int, int, int]]:
        """(offset, captured, wire, time, link, interface) of each row, for tests and inspection."""
        found = []
        for at in range(self.count):
            row = (self.offset[at], self.captured[at], self.wire[at], self.time[at], self.link[at], self.interface[at])
            found.append(row)
        return found


@cython.cclass
class Walker:
    """What both walkers share: the buffer and its byte order."""

    def __init__(self) -> None:
        self.state = HUNGRY
        self.need = 0
        self.problem = ""
        self.big = False
        self.buffer = memoryview(b"")


@cython.cfunc
@cython.nogil
@cython.inline
@cython.exceptval(-1, check=False)
def u32(walker: Walker, at: cython.Py_ssize_t) -> cython.longlong:
    """32-bit number at ``at`` in the byte order of the section."""
    b0: cython.uint
    b1: cython.uint
    b2: cython.uint
    b3: cython.uint
    if at < 0 or at + 4 > len(walker.buffer):
        return walker.buffer[len(walker.buffer)]  # raises IndexError
    with cython.boundscheck(False):
        b0 = walker.buffer[at]
        b1 = walker.buffer[at + 1]
        b2 = walker.buffer[at + 2]
        b3 = walker.buffer[at + 3]
    if walker.big:
        return b0 << 24 | b1 << 16 | b2 << 8 | b3
    return b3 << 24 | b2 << 16 | b1 << 8 | b0


@cython.cfunc
@cython.nogil
@cython.inline
@cython.exceptval(-1, check=False)
def u16(walker: Walker, at: cython.Py_ssize_t) -> cython.int:
    """16-bit number at ``at`` in the byte order of the section."""
    if walker.big:
        return walker.buffer[at] << 8 | walker.buffer[at + 1]
    return walker.buffer[at + 1] << 8 | walker.buffer[at]


@cython.final
@cython.cclass
class PcapWalker(Walker):
    """pcap packet records.

    link: LINKTYPE number + FCS bytes << 16. swapped_lengths: 1 in files older than version 2.3, which had the original
    length first; 2 in version 2.3, where both orders are met: the smaller one is the captured length.
    """

    def __init__(self, link: int, *, big: bool, nanoseconds: bool, swapped_lengths: int = 0) -> None:
        super().__init__()
        self.link = link
        self.big = big
        self.nanoseconds = nanoseconds
        self.swapped_lengths = swapped_lengths

    def walk(self, buffer: Any, start: int, end: int, index: Index) -> int:
        """Index the records of buffer[start:end]; gives the position after the last whole one."""
        self.buffer = buffer
        return self._walk(start, min(end, len(buffer)), index)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _walk(self, at: cython.Py_ssize_t, end: cython.Py_ssize_t, index: Index) -> cython.Py_ssize_t:
        seconds: cython.longlong
        fraction: cython.longlong
        captured: cython.longlong
        wire: cython.longlong
        swap: cython.longlong
        word: cython.ulonglong
        unit: cython.longlong = 1 if self.nanoseconds else 1000
        while index.count < index.capacity:
            if end - at < 16:
                self.need = 16
                self.state = HUNGRY
                return at
            if at < 0 or self.big or not cython.compiled:
                seconds = u32(self, at)
                fraction = u32(self, at + 4)
                captured = u32(self, at + 8)
                wire = u32(self, at + 12)
            else:
                with cython.boundscheck(False):
                    word = otaudit_load(cython.address(self.buffer[at]))
                    seconds = cython.cast(cython.uint, word)
                    fraction = word >> 32
                    word = otaudit_load(cython.address(self.buffer[at + 8]))
                    captured = cython.cast(cython.uint, word)
                    wire = word >> 32
            if self.swapped_lengths and (self.swapped_lengths == 1 or captured > wire):
                swap = captured
                captured = wire
                wire = swap
            if captured > 262144:
                self.need = captured
                self.state = CORRUPT
                return at
            if end - at - 16 < captured:
                self.need = 16 + captured
                self.state = HUNGRY
                return at
            if cython.compiled and at + PREFETCHED < end:
                otaudit_prefetch(cython.address(self.buffer[at + PREFETCHED]))
            index.add(at + 16, captured, wire, seconds * 1000000000 + fraction * unit, self.link, 0)
            at += 16 + captured
        self.state = FULL
        return at


@cython.final
@cython.cclass
class PcapngWalker(Walker):
    """pcapng blocks; those that hold no packet are left to the caller (state BLOCK).

    comments: of packets, as text. dropped: packets lost before these, as the packet blocks say.
    """

    def __init__(self) -> None:
        super().__init__()
        self.dropped = 0
        self.comments: list[str] = []
        self.interfaces = 0
        self.first_interface = 0
        self.links = array("i", bytes(4 * 4096))
        self.snapshot = array("I", bytes(4 * 4096))
        self.shift = array("i", bytes(4 * 4096))
        self.factor = array("Q", bytes(8 * 4096))
        self.divisor = array("Q", bytes(8 * 4096))
        self.seconds = array("q", bytes(8 * 4096))

    def section(self, *, big: bool) -> None:
        """A new section begins: its own byte order, no interfaces yet."""
        self.big = big
        self.first_interface += self.interfaces
        self.interfaces = 0

    def add_interface(self, link: int, snapshot: int, resolution: int, seconds: int) -> bool:
        """Describe the next interface of the section; False when there are too many.

        resolution: if_tsresol; the top bit says powers of two, else of ten. seconds: if_tsoffset.
        """
        at = self.interfaces
        if at >= MAX_INTERFACES:
            return False
        power = resolution & 0x7F
        self.links[at] = link
        self.snapshot[at] = snapshot
        self.seconds[at] = seconds
        self.shift[at] = power if resolution & 0x80 else -1
        self.factor[at] = 10 ** max(9 - power, 0)
        self.divisor[at] = 10 ** min(max(power - 9, 0), 19)
        self.interfaces = at + 1
        return True

    def walk(self, buffer: Any, start: int, end: int, index: Index) -> int:
        """Index the packet blocks of buffer[start:end]; gives the position of the first block not consumed."""
        self.buffer = buffer
        return self._walk(start, min(end, len(buffer)), index)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _walk(self, at: cython.Py_ssize_t, end: cython.Py_ssize_t, index: Index) -> cython.Py_ssize_t:
        kind: cython.uint
        length: cython.Py_ssize_t
        while index.count < index.capacity:
            if end - at < 12:
                self.need = 12
                self.state = HUNGRY
                return at
            kind = u32(self, at)
            length = u32(self, at + 4)
            if kind not in (6, 3, 2):
                self.state = BLOCK
                return at
            if length < 16 or length > 262144 + 131072:
                self.need = length
                self.state = CORRUPT
                return at
            if end - at < length:
                self.need = length
                self.state = HUNGRY
                return at
            if u32(self, at + length - 4) != length or not self._packet(kind, at, length, index):
                self.need = length
                self.state = CORRUPT
                return at
            at += length
        self.state = FULL
        return at

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _packet(self, kind: cython.int, at: cython.Py_ssize_t, length: cython.Py_ssize_t, index: Index) -> cython.int:
        """One packet block: 6 enhanced, 2 the obsolete kind, 3 simple. 0 when its lengths contradict each other."""
        interface: cython.longlong = 0
        captured: cython.longlong
        wire: cython.longlong
        stamp: cython.ulonglong
        time: cython.longlong = 0
        link: cython.int = 0xFFFF
        data: cython.Py_ssize_t = at + 28
        if kind == 3:
            data = at + 12
            wire = u32(self, at + 8)
            captured = min(wire, length - 16)
            if self.interfaces and self.snapshot[0]:
                captured = min(captured, cython.cast(cython.longlong, self.snapshot[0]))
        else:
            if length < 32:
                return 0
            if kind == 6:
                interface = u32(self, at + 8)
            else:
                interface = u16(self, at + 8)
                if u16(self, at + 10) != 0xFFFF:
                    self.dropped += u16(self, at + 10)
            captured = u32(self, at + 20)
            wire = u32(self, at + 24)
            if captured > length - 32:
                return 0
            if interface < self.interfaces:
                stamp = u32(self, at + 12)
                time = self._nanoseconds(interface, stamp << 32 | u32(self, at + 16))
            if length - 32 - captured >= 8:
                self._options(kind, data + ((captured + 3) & ~3), at + length - 4)
        if captured > 262144:
            return 0
        if interface < self.interfaces:
            link = self.links[interface]
            interface += self.first_interface
        else:
            interface = self.first_interface
        index.add(data, captured, wire, time, link, interface)
        return 1

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _nanoseconds(self, interface: cython.int, stamp: cython.ulonglong) -> cython.longlong:
        """A time stamp in the interface's units as ns since 1970; 0 when it lies outside 1970 to 2262."""
        shift: cython.int = self.shift[interface]
        whole: cython.ulonglong
        part: cython.ulonglong
        latest: cython.ulonglong = 0x7FFFFFFFFFFFFFFF
        billion: cython.ulonglong = 1000000000
        offset: cython.longlong = self.seconds[interface] * 1000000000
        if shift < 0:
            whole = stamp // self.divisor[interface]
            if whole > latest // self.factor[interface]:
                return 0
            whole *= self.factor[interface]
        else:
            whole = 0
            part = stamp
            if shift < 64:
                whole = stamp >> shift
                part = stamp - (whole << shift)
            if whole >= latest // billion:
                return 0
            while shift > 33:  # keep the product below 2**64
                part >>= 1
                shift -= 1
            whole = whole * billion + (part * billion >> shift)
        if offset > 0 and whole > latest - cython.cast(cython.ulonglong, offset):
            return 0
        if offset < 0 and whole < cython.cast(cython.ulonglong, -offset):
            return 0
        return cython.cast(cython.longlong, whole) + offset

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _options(self, kind: cython.int, at: cython.Py_ssize_t, end: cython.Py_ssize_t) -> cython.int:
        """The options of a packet block: comments (1) and, of enhanced blocks, drop counts (4)."""
        code: cython.int
        length: cython.Py_ssize_t
        high: cython.longlong
        while end - at >= 4:
            code = u16(self, at)
            length = u16(self, at + 2)
            if code == 0 or end - at - 4 < length:
                return 0
            if code == 1:
                self._comment(at + 4, length)
            elif code == 4 and kind == 6 and length == 8:
                high = u32(self, at + 4 if self.big else at + 8)
                if high == 0:
                    self.dropped += u32(self, at + 8 if self.big else at + 4)
            at += 4 + ((length + 3) & ~3)
        return 0

    @cython.cfunc
    @cython.with_gil
    @cython.exceptval(-1, check=False)
    def _comment(self, at: cython.Py_ssize_t, length: cython.Py_ssize_t) -> cython.int:
        if len(self.comments) < MAX_COMMENTS:
            kept = bytes(self.buffer[at : at + min(length, LONGEST_TEXT)])
            self.comments.append(kept.decode("utf-8", "replace"))
        return 0
