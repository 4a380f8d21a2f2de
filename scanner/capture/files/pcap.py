"""The pcap file format (draft-ietf-opsawg-pcap), read with the compiled record walk."""

from __future__ import annotations

import struct

from scanner.capture.files.byte_streams import Contradiction, Unreadable
from scanner.capture.files.magic import PCAP
from scanner.capture.kernel.record_index import Index, PcapWalker
from scanner.capture.result import CaptureInfo
from scanner.wording import Said, at_byte, said

HEADER = 24
RECORD = 16  # bytes of the header of a record
MAX_EMPTY = 1_000_000
HUNGRY, FULL, CORRUPT = range(3)


class PcapReader:
    """Reads a stream that begins with a pcap file header."""

    name = "pcap"

    def __init__(self, head: bytes, info: CaptureInfo) -> None:
        """``head`` is the start of the file; Unreadable when it cannot be used."""
        if len(head) < HEADER:
            raise Unreadable(at_byte(len(head)), said("the file ends inside its header"))
        big, nanoseconds = PCAP[head[:4]]
        order = ">" if big else "<"
        major, minor, _zone, _figures, _snapshot, network = struct.unpack(order + "HHiIII", head[4:HEADER])
        if major != 2 or minor > 4:
            raise Unreadable(
                at_byte(4), said("pcap version {version} is not known (2.4 is)", version=f"{major}.{minor}")
            )
        link = network & 0xFFFF
        if network & 0x04000000:  # the length of the frame check sequence is given, in units of 16 bits
            link |= (network >> 28) * 2 << 16
        swapped = 1 if minor < 3 else 2 if minor == 3 else 0
        self._walker = PcapWalker(link, big=big, nanoseconds=nanoseconds, swapped_lengths=swapped)
        self._header = HEADER  # bytes to pass over first
        self._empty = 0
        info.interfaces.append("interface 0")

    def read(self, buffer: memoryview, start: int, end: int, index: Index) -> tuple[int, bool]:
        """Index what is whole in buffer[start:end]; gives the position reached, and whether the index is full.

        Raises Contradiction where the file contradicts its format.
        """
        if end - start < self._header:
            return start, False
        position = self._walker.walk(buffer, start + self._header, end, index)
        self._header = 0
        self._count_empty(index, start, position)
        if self._walker.state == CORRUPT:
            what = said(
                "packet {packet} claims {bytes} captured bytes, which is impossible",
                packet=index.packets + 1,
                bytes=self._walker.need,
            )
            raise Contradiction(position, what)
        return position, self._walker.state == FULL

    def _count_empty(self, index: Index, start: int, position: int) -> None:
        """A hole in a file, which may be as large as one likes, is records of no bytes one after the other."""
        if index.count:
            self._empty = self._empty + index.count if position - start <= RECORD * index.count else 0
        if self._empty > MAX_EMPTY:
            what = said(
                "more than {most:,} empty records in a row; the rest was not read, and the SHA-256 does not cover it",
                most=MAX_EMPTY,
            )
            raise Contradiction(start, what, endless=True)

    def unfinished(self, index: Index) -> Said:
        """What the bytes at the end of the file, too few for a record, are a part of."""
        return said("the file ends inside packet {packet}", packet=index.packets + 1)

    def close(self) -> None:
        """Nothing is left to say."""
