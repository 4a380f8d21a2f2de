"""The hash of all tables: 64-bit words mixed with a secret of this process, so that no capture can aim at a bucket.

Two multiplications for a word: with one, flipping a word's top bit could be undone by the next word whatever the secret.
"""

from __future__ import annotations

import os

import cython

if not cython.compiled:

    def mix(state: int, word: int, secret: int) -> int:
        """``state`` after one more word."""
        state = (state ^ word) * secret & 0xFFFFFFFFFFFFFFFF
        state ^= state >> 32
        state = state * secret & 0xFFFFFFFFFFFFFFFF
        return state ^ state >> 29


# Odd, so that multiplying loses nothing.
SECRET = int.from_bytes(os.urandom(8), "little") | 1 | 1 << 62
SEED = int.from_bytes(os.urandom(8), "little")
