"""What waits for more of it: a message that is not complete, and the beginning of a stream that is not recognised."""

from __future__ import annotations

import cython

from scanner.capture.kernel.decode.packet import Packet

if not cython.compiled:
    HOLDING = 1024  # bytes that an incomplete message costs beyond its data


@cython.final
@cython.cclass
class Partial:
    """A message that is not complete. total: its length, 0 while unknown; got: bytes of it that went by; have: bytes
    of it in ``data`` (none after a hole); view: a packet over ``data`` for those who read messages; cost: bytes of
    memory, about; whole: how long it says that it is once all its parts are joined, 0 when the parts tell; fitted: its
    first part by itself is of another framing, for all that is known; framing: that of what is joined.
    """

    def __init__(self, room: int) -> None:
        data = bytearray(room)
        self.data = memoryview(data)
        self.view = Packet()
        self.view.buffer = memoryview(data)
        self.view.frame = self.view.time = 0
        self.room = room
        self.cost = room + HOLDING
        self.have = 0
        self.total = self.got = self.whole = self.framing = 0
        self.holed = self.fitted = False

    def take(self, packet: Packet, at: cython.Py_ssize_t, size: cython.Py_ssize_t) -> cython.Py_ssize_t:
        """Copy up to ``size`` bytes while there is room; gives how many."""
        if self.holed or size <= 0:
            return 0
        size = min(size, self.room - self.have)
        if size > 0:
            self.data[self.have : self.have + size] = packet.buffer[at : at + size]
            self.have += size
        return size

    def begins_as(self, packet: Packet, at: cython.Py_ssize_t, visible: cython.Py_ssize_t) -> cython.bint:
        """The first of ``visible`` bytes is its own first one."""
        return visible > 0 and self.have > 0 and packet.buffer[at] == self.data[0]

    def stamp(self, packet: Packet) -> cython.int:
        """The message is as late as its latest part."""
        self.view.frame = max(self.view.frame, packet.frame)
        self.view.time = max(self.view.time, packet.time)
        return 0


@cython.final
@cython.cclass
class Head:
    """The first ``have`` bytes of a stream that is not recognised yet, in ``view``. parts: of each segment where it
    ends there, its frame and time. turn: how many of them came before the other direction spoke; 0: it did not.
    """

    def __init__(self) -> None:
        self.view = Packet()
        self.have = self.turn = 0
        self.parts: list[tuple[int, int, int]] = []

    def take(self, packet: Packet, at: cython.Py_ssize_t, end: cython.Py_ssize_t) -> cython.int:
        """Put a segment behind what is there."""
        self.view.buffer = memoryview(
            bytes(self.view.buffer[: self.have]) + bytes(packet.buffer[at:end])
            if self.have
            else bytes(packet.buffer[at:end])
        )
        self.have += end - at
        self.view.frame = packet.frame
        self.view.time = packet.time
        self.parts.append((self.have, packet.frame, packet.time))
        return 0

    def begins_after(self, other: Head | None) -> cython.bint:
        """Another one waits whose first segment came before this one's."""
        return other is not None and other.parts[0][1:] < self.parts[0][1:]

    def answered_by(self, other: Head | None) -> cython.bint:
        """Another one waits, with a segment that is later than this one's last."""
        return other is not None and other.parts[len(other.parts) - 1][1:] > self.parts[len(self.parts) - 1][1:]
