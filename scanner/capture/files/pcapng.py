"""The pcapng file format (draft-ietf-opsawg-pcapng), read with the compiled walk over packet blocks."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from scanner.capture.files.byte_streams import Contradiction
from scanner.capture.kernel.record_index import (
    LONGEST_TEXT,
    MAX_BLOCK,
    MAX_COMMENTS,
    MAX_INTERFACES,
    Index,
    PcapngWalker,
)
from scanner.capture.result import CaptureInfo
from scanner.wording import Said, said

HUNGRY, FULL, CORRUPT, BLOCK = range(4)
SECTION_HEADER, INTERFACE_DESCRIPTION, INTERFACE_STATISTICS = 0x0A0D0D0A, 1, 5
COMMENT = 1  # option code in every block
FILTER = 11  # if_filter of an interface
BYTECODE = 1  # its first octet, when what follows is no text


class PcapngReader:
    """Reads a stream that begins with a section header block."""

    name = "pcapng"

    def __init__(self, info: CaptureInfo) -> None:
        self._info = info
        self._walker = PcapngWalker()
        self._order = "<"
        self._sections = 0
        self._described = 0  # interfaces, of all sections
        self._dropped: dict[int, int] = {}  # by interface of this section, from its latest statistics
        self._dropped_before = 0  # in earlier sections

    def read(self, buffer: memoryview, start: int, end: int, index: Index) -> tuple[int, bool]:
        """Index what is whole in buffer[start:end]; gives the position reached, and whether the index is full.

        The position lies behind ``end`` when the rest of a block that does not matter is to be skipped. Raises
        Contradiction where the file contradicts its format.
        """
        position = start
        while True:
            if self._sections:
                position = self._walker.walk(buffer, position, end, index)
                if self._walker.state == CORRUPT:
                    what = said("the block of packet {packet} contradicts its lengths", packet=index.packets + 1)
                    raise Contradiction(position, what)
                if self._walker.state != BLOCK:
                    return position, self._walker.state == FULL
            if end - position < 12:
                return position, False
            after = self._block(buffer, position, end)
            if after == position:
                return position, False
            position = after
            if position >= end:
                return position, False

    def unfinished(self, index: Index) -> Said:
        """What the bytes at the end of the file, too few for a block, are a part of."""
        return said("the file ends inside the block after packet {packet}", packet=index.packets)

    def close(self) -> None:
        """Hand over the comments of packets and the packets said to be lost."""
        self._info.comments += self._walker.comments[: MAX_COMMENTS - len(self._info.comments)]
        self._info.dropped_packets = max(self._dropped_before + sum(self._dropped.values()), self._walker.dropped)

    def _block(self, buffer: memoryview, at: int, end: int) -> int:
        """Use or skip the block at ``at``, which holds no packet; gives what follows it, or ``at`` if cut off."""
        kind = struct.unpack_from(self._order + "I", buffer, at)[0]
        if kind == SECTION_HEADER:
            self._order = self._byte_order(bytes(buffer[at + 8 : at + 12]), at)
        length = struct.unpack_from(self._order + "I", buffer, at + 4)[0]
        if length < 12:
            raise Contradiction(at, said("a block claims a length of {bytes} bytes", bytes=length))
        if kind not in (SECTION_HEADER, INTERFACE_DESCRIPTION, INTERFACE_STATISTICS):
            return int(at + length)
        if length > MAX_BLOCK:
            raise Contradiction(at, said("a block that describes the capture claims {bytes} bytes", bytes=length))
        if end - at < length:
            return at
        if struct.unpack_from(self._order + "I", buffer, at + length - 4)[0] != length:
            raise Contradiction(at, said("the two lengths of a block differ"))
        body = bytes(buffer[at + 8 : at + length - 4])
        try:
            self._describe(kind, body, at)
        except struct.error:
            raise Contradiction(at, said("a block of type {type} is too short", type=kind)) from None
        return int(at + length)

    def _byte_order(self, mark: bytes, at: int) -> str:
        if mark == b"\x1a\x2b\x3c\x4d":
            return ">"
        if mark == b"\x4d\x3c\x2b\x1a":
            return "<"
        raise Contradiction(at, said("a section header has no valid byte-order mark"))

    def _describe(self, kind: int, body: bytes, at: int) -> None:
        if kind == SECTION_HEADER:
            major, minor = struct.unpack_from(self._order + "HH", body, 4)
            if major != 1:
                what = said("pcapng version {version} is not known (1.0 is)", version=f"{major}.{minor}")
                raise Contradiction(at, what)
            self._sections += 1
            self._dropped_before += sum(self._dropped.values())
            self._dropped.clear()
            self._walker.section(big=self._order == ">")
            self._comments(body[16:])
        elif kind == INTERFACE_DESCRIPTION:
            self._interface(body, at)
        else:
            self._statistics(body)

    def _interface(self, body: bytes, at: int) -> None:
        link, _reserved, snapshot = struct.unpack_from(self._order + "HHI", body)
        name, description, resolution, offset, check = "", "", 6, 0, 0
        for code, value in self._options(body[8:]):
            if code == 2:
                name = _text(value)
            elif code == 3:
                description = _text(value)
            elif code == FILTER:
                self._filtered(value)
            elif code == 9 and value:
                resolution = value[0]
            elif code == 13 and len(value) >= 1:
                check = value[0]
            elif code == 14 and len(value) == 8:
                offset = struct.unpack(self._order + "q", value)[0]
        self._comments(body[8:])
        offset = offset if abs(offset) < 1 << 33 else 0
        if not self._walker.add_interface(link | min(check, 8) << 16, snapshot, resolution, offset):
            raise Contradiction(at, said("more interfaces than a capture can have"))
        if self._described < MAX_INTERFACES:  # of more, in many sections, the names are not kept
            self._info.interfaces.append(name or description or f"interface {self._described}")
        self._described += 1

    def _filtered(self, value: bytes) -> None:
        """What an interface was told to leave out; without the octet that says its kind, as some write it."""
        kind, text = (value[0], value[1:]) if value and value[0] < ord(" ") else (0, value)
        told = "BPF" if kind == BYTECODE else _text(text).strip()
        if told and told not in self._info.filters and len(self._info.filters) < MAX_COMMENTS:
            self._info.filters.append(told)

    def _statistics(self, body: bytes) -> None:
        interface = struct.unpack_from(self._order + "I", body)[0]
        lost = 0
        for code, value in self._options(body[12:]):
            if code in (5, 7) and len(value) == 8:  # isb_ifdrop, isb_osdrop
                lost += struct.unpack(self._order + "Q", value)[0]
        if interface < self._walker.interfaces:
            self._dropped[interface] = min(lost, 1 << 62)

    def _comments(self, options: bytes) -> None:
        for code, value in self._options(options):
            if code == COMMENT and len(self._info.comments) < MAX_COMMENTS:
                self._info.comments.append(_text(value))

    def _options(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        at = 0
        while at + 4 <= len(data):
            code, length = struct.unpack_from(self._order + "HH", data, at)
            if code == 0 or at + 4 + length > len(data):
                return
            yield code, data[at + 4 : at + 4 + length]
            at += 4 + (length + 3) // 4 * 4


def _text(value: bytes) -> str:
    return value[:LONGEST_TEXT].rstrip(b"\0").decode("utf-8", "replace")
