"""Damaged copies of bytes: what a fuzzer tries."""

from __future__ import annotations

import random
from collections.abc import Sequence

_BYTES = (0, 1, 2, 0x7F, 0x80, 0xFE, 0xFF)
_RUNS = (b"\xff" * 8, b"\x7f" + b"\xff" * 3, b"\x80" * 9, b"\0" * 8, b"\xff\xff", b"\0\0\0\x01")
LONGEST = 1 << 16  # bytes


def mutated(data: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """The data with one to four changes; ``others``: what pieces may be taken from."""
    raw = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4))):
        _change(raw, others, chance)
    return bytes(raw[:LONGEST])


def _change(raw: bytearray, others: Sequence[bytes], chance: random.Random) -> None:
    at = chance.randrange(len(raw) + 1)
    match chance.randrange(7):
        case 0 if raw:
            raw[at % len(raw)] = chance.choice(_BYTES)
        case 1 if raw:
            raw[at % len(raw)] ^= 1 << chance.randrange(8)
        case 2:  # a count or length of the largest kind
            run = chance.choice(_RUNS)
            raw[at : at + len(run)] = run
        case 3:
            del raw[at : at + chance.randrange(1, 33)]
        case 4:
            raw[at:at] = chance.randbytes(chance.randrange(1, 17))
        case 5 if others:
            other = chance.choice(others)
            start = chance.randrange(len(other) + 1)
            raw[at : at + chance.choice((0, 64))] = other[start : start + chance.randrange(1, 65)]
        case _:  # a piece many times
            piece = bytes(raw[at : at + chance.randrange(1, 17)])
            raw[at:at] = piece * chance.choice((2, 16, 200))
