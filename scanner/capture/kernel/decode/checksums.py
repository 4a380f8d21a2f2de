"""The sum that Internet checksums are made of (RFC 1071)."""

from __future__ import annotations

import cython

if not cython.compiled:

    def words_sum(buffer: memoryview, at: int, size: int) -> int:
        """The sum of ``size`` bytes of the buffer as big-endian 16-bit words, padded by a zero, with its carries."""
        data = bytes(buffer[at : at + size]) + b"\0" * (size % 2)
        total = sum(data[0::2]) * 256 + sum(data[1::2])
        while total >> 16:
            total = (total & 0xFFFF) + (total >> 16)
        return total
