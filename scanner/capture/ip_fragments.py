"""Joins the fragments of IP datagrams (RFC 791, RFC 8200 section 4.5) within limits.

What comes to nothing is remembered by its ends (``Reassembler.lost``), since it is payload that nobody read.

Fragments that overlap are refused with their whole datagram (RFC 5722; for IPv4 too, where only attacks overlap);
an exact repetition, which a mirror port easily shows, is passed over.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from dataclasses import dataclass, field
from operator import attrgetter
from typing import NamedTuple

TIMEOUT = 60_000_000_000  # ns of packet time from the first fragment seen to the last
MAX_DATAGRAMS = 1024  # incomplete at one time
MAX_BYTES = 16 << 20  # held for them
MAX_DATAGRAM = 65535
MAX_LOST = 4096  # pairs of ends between which fragments came to nothing; further ones are counted in ``dropped`` only
OVERHEAD = 256  # bytes that holding a fragment costs beyond its data

Key = tuple[int, ...]  # family, source (high, low), target (high, low), and what tells datagrams apart
_WITH_PORTS = (6, 17, 132)
_PORTS = 4  # bytes that they take, at the start of the datagram
_offset = attrgetter("offset")


class Fragment(NamedTuple):
    """A part of a datagram: where, its length on the wire, what was captured of it, whether more follow."""

    offset: int
    wire: int
    data: bytes
    more: bool
    protocol: int

    @property
    def end(self) -> int:
        """Offset behind it."""
        return self.offset + self.wire


@dataclass(slots=True)
class IpDatagram:
    """A whole datagram without its IP header: ``data`` is what was captured from its start, ``wire`` its length."""

    data: bytes
    wire: int
    protocol: int


class Between(NamedTuple):
    """The ends of datagrams, as the kernel has addresses; ports are 0 where the first fragment is not there."""

    family: int
    source: tuple[int, int]
    target: tuple[int, int]
    protocol: int
    source_port: int
    target_port: int


@dataclass(slots=True)
class Lost:
    """Datagrams between two ends that were not joined. frame: of the first; contradictory: bytes came twice, and other
    ones.
    """

    frame: int
    vlan: int
    time: int
    fragments: int = 0
    bytes: int = 0
    contradictory: int = 0  # fragments


@dataclass(slots=True)
class _Partial:
    started: int
    frame: int = 0
    protocol: int = -1
    ports: tuple[int, int] = (0, 0)
    bytes: int = 0
    begun: bool = True  # its first fragment came first
    pieces: list[Fragment] = field(default_factory=list)  # by offset; none reaches into the next
    there: int = 0  # bytes on the wire of all pieces
    total: int = -1
    fragments: int = 0
    held: int = 0
    refused: bool = False

    def meet(self, new: Fragment) -> None:
        """Note what the fragment tells of the datagram, whether it fits or not."""
        if not self.fragments:
            self.begun = new.offset == 0
        if new.offset == 0:
            self.protocol = new.protocol
            if new.protocol in _WITH_PORTS and len(new.data) >= _PORTS:
                self.ports = int.from_bytes(new.data[:2], "big"), int.from_bytes(new.data[2:4], "big")
        elif self.protocol < 0:
            self.protocol = new.protocol
        self.fragments += 1
        self.bytes += new.wire

    @property
    def waits(self) -> bool:
        """Everything is there up to some point."""
        return (
            not self.refused and bool(self.pieces) and self.pieces[0].offset == 0 and self.there == self.pieces[-1].end
        )

    def repeats(self, new: Fragment, place: int) -> bool:
        """``new`` came before."""
        return place < len(self.pieces) and self.pieces[place] == new

    def fits(self, new: Fragment, place: int) -> bool:
        """``new`` can be a part of this datagram: lengths allowed, no byte brought twice, nothing behind the end."""
        if new.end > MAX_DATAGRAM or (new.more and (new.wire == 0 or new.wire % 8)):
            return False
        if place and self.pieces[place - 1].end > new.offset:
            return False
        if place < len(self.pieces) and (new.end > self.pieces[place].offset or not new.more):
            return False
        return self.total < 0 or (new.more and new.end <= self.total)

    def insert(self, new: Fragment, place: int) -> None:
        """Take ``new``, which fits, into its place."""
        self.pieces.insert(place, new)
        self.there += new.wire
        self.held += len(new.data) + OVERHEAD
        if not new.more:
            self.total = new.end

    def joined(self) -> IpDatagram | None:
        """The datagram, when no byte is missing."""
        if self.there != self.total:
            return None
        data = bytearray()
        for piece in self.pieces:
            if len(data) < piece.offset:  # the capture cut an earlier fragment short
                break
            data += piece.data
        return IpDatagram(bytes(data), self.total, self.pieces[0].protocol)


class Reassembler:
    """The incomplete datagrams of one capture; ``dropped`` counts fragments that came to nothing."""

    def __init__(self) -> None:
        self._partial: OrderedDict[Key, _Partial] = OrderedDict()  # the oldest first
        self._held = 0
        self._met = 0
        self.dropped = 0
        self.lost: dict[Between, Lost] = {}

    def add(self, key: Key, fragment: Fragment, time: int, frame: int = 0) -> IpDatagram | None:
        """One fragment seen at ``time``; gives the datagram that it completes. ``key`` names the datagram."""
        self._expire(time)
        partial = self._partial.get(key)
        if partial is not None and abs(time - partial.started) > TIMEOUT:
            self._drop(key)
            partial = None
        if partial is None:
            partial = self._partial[key] = _Partial(time, frame)
            self._met += 1
        partial.meet(fragment)
        place = bisect_left(partial.pieces, fragment.offset, key=_offset)
        if partial.refused or partial.repeats(fragment, place):
            return None
        if not partial.fits(fragment, place):
            self._refuse(partial)
            return None
        self._held -= partial.held
        partial.insert(fragment, place)
        self._held += partial.held
        whole = partial.joined()
        if whole is not None:
            del self._partial[key]
            self._held -= partial.held
        return whole

    def finish(self) -> int:
        """Give up what is incomplete; the fragments that came to nothing in the whole capture."""
        for key in list(self._partial):
            self._drop(key, at_end=True)
        return self.dropped

    def _refuse(self, partial: _Partial) -> None:
        self._held -= partial.held
        partial.pieces.clear()
        partial.held = 0
        partial.refused = True

    def _expire(self, time: int) -> None:
        while self._partial:
            key, oldest = next(iter(self._partial.items()))
            full = len(self._partial) > MAX_DATAGRAMS or self._held > MAX_BYTES
            if not full and time - oldest.started <= TIMEOUT:
                return
            self._drop(key)

    def _drop(self, key: Key, *, at_end: bool = False) -> None:
        """Give a datagram up. What the first one lacks of its beginning was sent before the capture began, and what
        others lack of their end when it ends comes later.
        """
        partial = self._partial.pop(key)
        self._held -= partial.held
        self.dropped += partial.fragments
        if (at_end and partial.waits) or (self._met == 1 and not partial.begun and not partial.refused):
            return
        ends = Between(key[0], (key[1], key[2]), (key[3], key[4]), partial.protocol, *partial.ports)
        if ends not in self.lost and len(self.lost) >= MAX_LOST:
            return
        lost = self.lost.setdefault(ends, Lost(partial.frame, key[7], partial.started))
        lost.fragments += partial.fragments
        lost.bytes += partial.bytes
        lost.contradictory += partial.fragments if partial.refused else 0
