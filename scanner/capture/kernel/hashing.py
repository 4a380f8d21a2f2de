"""The hash of all tables: 64-bit words mixed with a secret of this process, so that no capture can aim at a bucket.

A word is multiplied by the secret and both halves of the product are folded together, so that every bit of the word
reaches every bit of the state in a way that only who knows the secret could foresee.
"""

from __future__ import annotations

import os

import cython

if not cython.compiled:

    def mix(state: int, word: int, secret: int) -> int:
        """``state`` after one more word."""
        product = (state ^ word) * secret
        return (product ^ product >> 64) & 0xFFFFFFFFFFFFFFFF


# Odd and large, so that multiplying loses nothing.
SECRET = int.from_bytes(os.urandom(8), "little") | 1 | 1 << 62
SEED = int.from_bytes(os.urandom(8), "little")
