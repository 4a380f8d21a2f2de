"""WebSocket (RFC 6455): the frames of a connection that went over to it, as a stream of what their messages hold.

Each message is given on as a segment of its own, in clear (RFC 6455, section 5.3) and inflated where that was agreed
upon (RFC 7692), so that a protocol is cut out of it as out of a TCP stream. The fragments of a message are put
together as far as there is room; of a longer one the parts are given on as they come. Control frames say nothing to
anybody. What cannot be told, because something before it is missing, is unread.
"""

from __future__ import annotations

import re
import zlib
from typing import Any

import cython

from scanner.capture.kernel.decode.packet import Packet
from scanner.limits.capture import Limits

if not cython.compiled:
    from scanner.capture.kernel.messages.partial import HOLDING
    from scanner.capture.kernel.messages.segmentation import NOWHERE, Segmentation
    from scanner.capture.kernel.track.connections import Connections
    from scanner.capture.kernel.track.sights import Sights

    LONGEST_HEADER = 14  # bytes: two, a length of eight, a key of four
    LONGEST_MESSAGE = 262144  # bytes that are put together
    GROWTH = 500  # how many times as long as it was sent what is inflated may be: docs/decisions/0010
    ROOM_TO_INFLATE = 65536  # bytes that are inflated in any case
    INFLATING = 40960  # bytes of memory of what inflates, about
    IN_HEADER = -1  # no payload is expected
    # of a frame: its first byte, opcodes, its second byte
    FINAL = 0x80
    COMPRESSED = 0x40
    RESERVED = 0x30
    OPCODE = 0x0F
    BINARY = 2
    CLOSE = 8  # the first of the control frames
    PONG = 10  # and the last
    MASKED_FRAME = 0x80
    IN_TWO = 126  # the length stands in the next two bytes
    IN_EIGHT = 127  # in the next eight
    LONGEST_CONTROL = 125  # bytes

    ConnectionPointer = Any

_AGREED = re.compile(rb"\nsec-websocket-extensions:[^\n]*permessage-deflate", re.IGNORECASE)
_LEFT_OUT = b"\0\0\xff\xff"  # at the end of each message (RFC 7692, section 7.2.1)


@cython.final
@cython.cclass
class FramesOfSide:
    """What one side of a connection is in the middle of.

    header: of a frame whose payload has not begun; left: bytes to come of that, IN_HEADER if none has begun. opcode,
    final: of the frame; begun, compressed: of the message, and what ``held`` has of it. key, turn: what the frame is
    masked with, and which byte of that is next. inflates: what takes compressed messages, None where there is nothing;
    sent, inflated: bytes of these. passing: the parts of the message go on as they come. deaf: where the next frame
    begins is not known. masks: its frames are masked, as a client's are. cost: bytes of memory but for ``held``.
    """

    def __init__(self, masks: bool, deflates: bool) -> None:
        self.header = bytearray()
        self.held = bytearray()
        self.clear: Any = None
        self.key = 0
        self.left = IN_HEADER
        self.turn = self.opcode = 0
        self.final = self.begun = self.compressed = self.passing = self.masked = self.deaf = False
        self.masks = masks
        self.cost = HOLDING + (INFLATING if deflates else 0)
        self.inflates: Any = zlib.decompressobj(-zlib.MAX_WBITS) if deflates else None
        self.sent = self.inflated = 0

    @cython.boundscheck(False)
    def unmasked(self, packet: Packet, at: cython.Py_ssize_t, size: cython.Py_ssize_t) -> bytearray:
        """So many bytes of the payload in clear (section 5.3)."""
        clear: bytearray = bytearray(packet.buffer[at : at + size])
        turn: cython.Py_ssize_t = self.turn
        key: cython.uint = self.key
        i: cython.Py_ssize_t
        self.clear = memoryview(clear)
        for i in range(size):
            self.clear[i] ^= key >> 8 * (3 - ((turn + i) & 3)) & 0xFF
        self.clear = None
        self.turn = (turn + size) & 3
        return clear


@cython.cfunc
def header_size(header: bytearray | bytes) -> cython.Py_ssize_t:
    """Bytes of a frame's header, of which the first two are there."""
    length: cython.int = header[1] & ~MASKED_FRAME
    size: cython.int = 10 if length == IN_EIGHT else 4 if length == IN_TWO else 2
    return size + (4 if header[1] & MASKED_FRAME else 0)


@cython.cfunc
def payload_size(header: bytearray | bytes) -> cython.longlong:
    """Bytes of the payload behind a header; -1 of what is none (section 5.2)."""
    opcode: cython.int = header[0] & OPCODE
    length: cython.longlong = header[1] & ~MASKED_FRAME
    if header[0] & RESERVED or BINARY < opcode < CLOSE or opcode > PONG:
        return -1
    if opcode >= CLOSE and (length > LONGEST_CONTROL or header[0] & (FINAL | COMPRESSED) != FINAL):
        return -1
    if length == IN_TWO:
        return int.from_bytes(header[2:4], "big")
    if length == IN_EIGHT:
        return -1 if header[2] & 0x80 else int.from_bytes(header[2:10], "big")
    return length


@cython.final
@cython.cclass
class WebSockets:
    """Both directions of every connection that went over to WebSocket. left_out: messages not held for want of room."""

    def __init__(self, connections: Connections, cutting: Segmentation, sights: Sights, limits: Limits) -> None:
        self.connections = connections
        self.cutting = cutting
        self.sights = sights
        self.sides: dict[int, FramesOfSide] = {}
        self.view = Packet()
        self.held = 0
        self.held_limit = limits.partial_total
        self.left_out = 0

    def renew(self) -> None:
        """The next capture begins."""
        self.left_out = 0

    def begin(
        self, c: cython.int, side: cython.int, packet: Packet, at: cython.Py_ssize_t, end: cython.Py_ssize_t
    ) -> cython.int:
        """The connection went over: behind the answer that says so, of which ``cutting`` knows, frames begin."""
        deflates: bool = _AGREED.search(self.cutting.answer) is not None
        i: cython.int
        frames: FramesOfSide
        self.cutting.answer = b""
        for i in range(2):
            frames = FramesOfSide(i != side, deflates)
            if self.held + frames.cost > self.held_limit:
                self.left_out += 1
                break
            self.held += frames.cost
            self.sides[2 * c + i] = frames
        return self.take(c, side, packet, at, end)

    def take(
        self, c: cython.int, side: cython.int, packet: Packet, at: cython.Py_ssize_t, end: cython.Py_ssize_t
    ) -> cython.int:
        """The next bytes of the direction are packet.buffer[at:end]."""
        h: cython.int = 2 * c + side
        frames: FramesOfSide
        size: cython.Py_ssize_t
        if h not in self.sides:
            return self.unread(c, side, end - at, packet.frame)
        frames = self.sides[h]
        if frames.deaf and not self.in_step(frames, packet, at, end):
            return self.unread(c, side, end - at, packet.frame)
        frames.deaf = False
        while at < end or frames.left == 0:
            if frames.left == IN_HEADER:
                size = self.open(frames, packet, at, end)
                if size < 0:
                    self.lose_step(c, side, frames, packet.frame)
                    return self.unread(c, side, end - at, packet.frame)
                at += size
                continue
            size = min(frames.left, end - at)
            frames.left -= size
            if frames.opcode < CLOSE:
                self.content(c, side, frames, packet, at, size)
            at += size
            if frames.left == 0:
                frames.left = IN_HEADER
        return 0

    def open(
        self, frames: FramesOfSide, packet: Packet, at: cython.Py_ssize_t, end: cython.Py_ssize_t
    ) -> cython.Py_ssize_t:
        """Take the header of a frame, or what there is of it: how many bytes that is; -1 when none can begin here."""
        header: bytearray = frames.header
        before: cython.Py_ssize_t = len(header)
        size: cython.Py_ssize_t = 2
        length: cython.longlong
        opcode: cython.int
        header += packet.buffer[at : min(end, at + LONGEST_HEADER - before)]
        if len(header) >= 2:
            size = header_size(header)
        if len(header) < size:
            return len(header) - before
        length = payload_size(header)
        opcode = header[0] & OPCODE
        if length < 0 or (opcode < CLOSE and (opcode == 0) != frames.begun):
            return -1
        frames.left = length
        frames.opcode = opcode
        frames.final = header[0] & FINAL != 0
        if opcode < CLOSE:
            frames.begun = not frames.final
        if 0 < opcode < CLOSE:
            frames.compressed = header[0] & COMPRESSED != 0
            frames.passing = False
        frames.masked = header[1] & MASKED_FRAME != 0
        frames.key = int.from_bytes(header[size - 4 : size], "big") if frames.masked else 0
        frames.turn = 0
        header.clear()
        return size - before

    def content(
        self,
        c: cython.int,
        side: cython.int,
        frames: FramesOfSide,
        packet: Packet,
        at: cython.Py_ssize_t,
        size: cython.Py_ssize_t,
    ) -> cython.int:
        """A part of the payload of a data frame."""
        ends: cython.bint = frames.final and frames.left == 0
        part: bytes | bytearray
        if not frames.masked and not frames.compressed and not frames.held and (ends or frames.passing):
            return self.cutting.advance(c, side, packet, at, at + size) if size else 0
        part = frames.unmasked(packet, at, size) if frames.masked else bytes(packet.buffer[at : at + size])
        if frames.compressed:
            part = self.inflate(c, side, frames, bytes(part), ends, packet.frame)
        if not frames.held and (ends or frames.passing):
            return self.give(c, side, part, packet)
        if self.held + len(part) > self.held_limit:
            self.left_out += 1
            frames.passing = True
        frames.passing |= len(frames.held) + len(part) > LONGEST_MESSAGE
        self.held += len(part)
        frames.held += part
        return self.let_go(c, side, frames, packet) if ends or frames.passing else 0

    def let_go(self, c: cython.int, side: cython.int, frames: FramesOfSide, packet: Packet) -> cython.int:
        """Give on what is held of a message."""
        content: bytearray = frames.held
        self.held -= len(content)
        frames.held = bytearray()
        return self.give(c, side, content, packet)

    def give(self, c: cython.int, side: cython.int, content: bytes | bytearray, packet: Packet) -> cython.int:
        """What a message holds is the next segment of the connection."""
        if not content:
            return 0
        self.view.buffer = memoryview(content)
        self.view.frame = packet.frame
        self.view.time = packet.time
        return self.cutting.advance(c, side, self.view, 0, len(content))

    def inflate(
        self,
        c: cython.int,
        side: cython.int,
        frames: FramesOfSide,
        part: bytes,
        ends: bool,
        frame: cython.longlong,
    ) -> bytes:
        """What the part of a compressed message stands for. Once it cannot be told, so it is of all that follow."""
        room: int
        found: bytes = b""
        if frames.inflates is not None:
            frames.sent += len(part)
            room = GROWTH * frames.sent + ROOM_TO_INFLATE - frames.inflated
            try:
                found = frames.inflates.decompress(part + _LEFT_OUT if ends else part, max(1, room))
                if frames.inflates.unconsumed_tail:
                    frames.inflates = None
                elif frames.inflates.eof:  # the sender closed its block (section 7.2.3.4)
                    frames.inflates = zlib.decompressobj(-zlib.MAX_WBITS)
            except zlib.error:
                frames.inflates = None
            frames.inflated += len(found)
        if frames.inflates is None:
            self.unread(c, side, len(part), frame)
        return found

    def in_step(
        self, frames: FramesOfSide, packet: Packet, at: cython.Py_ssize_t, end: cython.Py_ssize_t
    ) -> cython.bint:
        """Whole frames are all that is in the segment: one of them begins here."""
        header: bytes
        size: cython.longlong
        while at < end:
            header = bytes(packet.buffer[at : min(end, at + LONGEST_HEADER)])
            if len(header) < 2 or len(header) < header_size(header) or header[0] & OPCODE == 0:
                return False
            size = payload_size(header)
            if frames.masks != (header[1] & MASKED_FRAME != 0) or size < 0 or size > end - at - header_size(header):
                return False
            at += header_size(header) + size
        return True

    def lose_step(self, c: cython.int, side: cython.int, frames: FramesOfSide, frame: cython.longlong) -> cython.int:
        """Where the next frame begins is not known, and what a compressed one refers to is not there."""
        self.unread(c, side, len(frames.held) + len(frames.header), frame)
        self.held -= len(frames.held)
        frames.held = bytearray()
        frames.header.clear()
        frames.left = IN_HEADER
        frames.begun = False
        frames.deaf = True
        frames.inflates = None
        return 0

    def unread(self, c: cython.int, side: cython.int, size: cython.longlong, frame: cython.longlong) -> cython.int:
        """Bytes in which something may stand that nobody read."""
        return self.sights.unread(cython.address(self.connections.rows[c]), side, size, frame) if size else 0

    def lost(self, c: cython.int, side: cython.int, packet: Packet, size: cython.longlong) -> cython.int:
        """The next ``size`` bytes of the direction were not captured. Within the payload of one frame the step is not
        lost.
        """
        h: cython.int = 2 * c + side
        frames: FramesOfSide
        if h not in self.sides:
            self.cutting.lost(c, side, packet, size)
            self.cutting.behind = NOWHERE
            return 0
        frames = self.sides[h]
        if frames.deaf or size > frames.left:
            self.lose_step(c, side, frames, packet.frame)
            return self.cutting.lost(c, side, packet, size)
        frames.turn = (frames.turn + size) & 3
        frames.left -= size
        if frames.left == 0:
            frames.left = IN_HEADER
        if frames.opcode >= CLOSE:
            return 0
        if frames.compressed:
            frames.inflates = None
        frames.passing = True
        self.let_go(c, side, frames, packet)
        return self.cutting.lost(c, side, packet, size)

    def finish(self, c: cython.int, side: cython.int) -> cython.int:
        """Nothing more comes in this direction."""
        h: cython.int = 2 * c + side
        frames: FramesOfSide
        if h in self.sides:
            frames = self.sides.pop(h)
            self.unread(c, side, len(frames.held) + len(frames.header), 0)
            self.held -= len(frames.held) + frames.cost
        self.cutting.finish(c, side)
        self.cutting.behind = NOWHERE
        return 0
