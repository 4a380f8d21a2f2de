"""Numbers of several octets, the most significant one first, as protocols have them."""

from __future__ import annotations

import cython

if not cython.compiled:

    def big16(buffer: memoryview, at: int) -> int:
        """The two octets at ``at``."""
        return int.from_bytes(buffer[at : at + 2], "big")

    def big32(buffer: memoryview, at: int) -> int:
        """The four octets at ``at``."""
        return int.from_bytes(buffer[at : at + 4], "big")
