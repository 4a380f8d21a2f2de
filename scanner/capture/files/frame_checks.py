"""Interfaces that record the check sequence of each frame (FCS) though the file does not say so.

Some taps keep the four bytes, and older formats have no place to say it. Protocols without a length of their own, such
as PROFINET RT, which ends with its status, would be read wrongly. All of the first frames must end with the right sum.
"""

from __future__ import annotations

import zlib

from scanner.capture.kernel.record_index import Index

FRAMES = 16
SIZE, SHORTEST = 4, 64  # bytes of the sum, and of a frame with it


def with_sums(buffer: memoryview, index: Index) -> frozenset[int]:
    """Interfaces whose first frames in a chunk end with their sum."""
    first = index.ethernet_frames(FRAMES)
    whole = {
        interface: [(at, size) for at, size, wire in frames if size == wire] for interface, frames in first.items()
    }
    return frozenset(i for i, frames in whole.items() if frames and all(_ends_so(buffer, *frame) for frame in frames))


def _ends_so(buffer: memoryview, at: int, captured: int) -> bool:
    if captured < SHORTEST:
        return False
    end = at + captured - SIZE
    return zlib.crc32(buffer[at:end]) == int.from_bytes(buffer[end : end + SIZE], "little")
