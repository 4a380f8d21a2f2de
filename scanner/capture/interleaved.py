"""Captures that saw the same time, as one sequence of packets: each goes on while its next packet is the earliest.

Their chunks lie one after another in one buffer, so that the kernel finds what came shortly before, whichever of the
captures it was in. A capture is opened when its time has come, so a long ring needs no more than is open at one time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO, NamedTuple

from scanner.capture.files.containers import CaptureSource, Chunk, open_capture
from scanner.capture.kernel.record_index import Index
from scanner.capture.result import CaptureInfo

_LAST = (1 << 63) - 1  # ns: no packet is later


class CapturePart(NamedTuple):
    """A capture, which ``source`` opens, what it is called, its bytes (0: unknown), ns since 1970 of its first packet,
    and how many packets it has.
    """

    source: Callable[[], Path | BinaryIO]
    name: str
    size: int
    begins: int
    packets: int


class Stretch(NamedTuple):
    """Some of the rows, from ``begin`` to before ``end``, whose packets come next.

    buffer: where they lie from now on, ``shift`` bytes behind where the index has them; None: where those before lay.
    bytes_read: of the part's file, where that is news, else 0.
    """

    part: int
    buffer: bytes | None
    rows: Index
    begin: int
    end: int
    shift: int
    bytes_read: int


@dataclass
class _Open:
    """A capture that is being read: its chunk, the next row of it, and how far behind its rows lie in the buffer."""

    part: int
    capture: CaptureSource
    chunks: Iterator[Chunk]
    chunk: Chunk
    row: int = 0
    shift: int = 0

    @property
    def time(self) -> int:
        return self.chunk.index.time_at(self.row)


def interleaved(
    parts: Sequence[CapturePart], before: int, infos: MutableMapping[int, CaptureInfo]
) -> Iterator[Stretch]:
    """The packets of all parts in the order of their times. before: frames ahead of the first part's; those of the
    others count on behind it. infos: gets what is known of each part when it has been read.

    InputError when nothing of a part can be read.
    """
    ahead = list(accumulate((part.packets for part in parts), initial=before))
    waiting = list(range(len(parts)))
    going: list[_Open] = []
    fresh = True  # other chunks than those in the buffer
    try:
        while going or waiting:
            while waiting and (not going or parts[waiting[0]].begins <= min(one.time for one in going)):
                number = waiting.pop(0)
                capture = open_capture(parts[number].source(), parts[number].name, ahead[number])
                fresh |= _go_on(going, number, capture, capture.chunks(), infos)
            if not going:
                continue
            buffer = _laid_out(going) if fresh else None
            one = min(going, key=lambda one: (one.time, one.part))
            limits = [other.time for other in going if other is not one]
            limits += [parts[number].begins for number in waiting[:1]]
            end = one.chunk.index.until(one.row, min(limits, default=_LAST))
            index, news = one.chunk.index, one.capture.bytes_read if fresh else 0
            yield Stretch(one.part, buffer, index, one.row, end, one.shift, news)
            one.row, fresh = end, False
            if end == index.count:
                going.remove(one)
                _go_on(going, one.part, one.capture, one.chunks, infos)
                fresh = True
    finally:
        for one in going:
            one.capture.close()


def _go_on(
    going: list[_Open],
    part: int,
    capture: CaptureSource,
    chunks: Iterator[Chunk],
    infos: MutableMapping[int, CaptureInfo],
) -> bool:
    """Take the next chunk of a capture; False when it has been read."""
    try:
        chunk = next(chunks, None)
    except BaseException:
        capture.close()
        raise
    if chunk is None:
        infos[part] = capture.info
        capture.close()
        return False
    going.append(_Open(part, capture, chunks, chunk))
    return True


def _laid_out(going: Sequence[_Open]) -> bytes:
    """What is left of all chunks, one after another."""
    pieces, size = [], 0
    for one in going:
        begin, end = one.chunk.index.extent(one.row)
        one.shift = size - begin
        pieces.append(one.chunk.buffer[begin:end])
        size += end - begin
    return b"".join(pieces)
