"""How passwords are stored: encrypted with a key that all devices have, so that whoever has the file can read them.

Encrypted is a field of fixed size, filled up with zeros, by DES in ECB mode; behind its hexadecimal digits stand those
of their MD5. What does not end so, or gives no text, is something else. DES: FIPS PUB 46-3.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache

FIXED_KEY = "fixed-key"
UNTOLD = "unknown"
_KEY = int.from_bytes(b"MOXA2DES")
_HEX = re.compile(r"[0-9a-f]+", re.IGNORECASE)
_MD5 = 32  # digits
_BLOCK = 8  # octets
_LEAST_DIGITS = 16  # of one block; what is as long and nothing but digits is hardly a password
_LONGEST = 64  # characters of a password, of all releases

_PC1 = (
    "57 49 41 33 25 17 9 1 58 50 42 34 26 18 10 2 59 51 43 35 27 19 11 3 60 52 44 36 "
    "63 55 47 39 31 23 15 7 62 54 46 38 30 22 14 6 61 53 45 37 29 21 13 5 28 20 12 4"
)
_PC2 = (
    "14 17 11 24 1 5 3 28 15 6 21 10 23 19 12 4 26 8 16 7 27 20 13 2 "
    "41 52 31 37 47 55 30 40 51 45 33 48 44 49 39 56 34 53 46 42 50 36 29 32"
)
_SHIFTS = (1, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 1)
_IP = " ".join(str(column - 8 * row) for column in (58, 60, 62, 64, 57, 59, 61, 63) for row in range(8))
_FP = " ".join(str(8 * column - row) for row in range(8) for column in (5, 1, 6, 2, 7, 3, 8, 4))
_E = " ".join(str((4 * box + bit - 1) % 32 + 1) for box in range(8) for bit in range(6))
_P = "16 7 20 21 29 12 28 17 1 15 23 26 5 18 31 10 2 8 24 14 32 27 3 9 19 13 30 6 22 11 4 25"
_BOXES = (  # four rows of 16 each, a hexadecimal digit for each value
    "e4d12fb83a6c5907 0f74e2d1a6cb9538 41e8d62bfc973a50 fc8249175b3ea06d",
    "f18e6b34972dc05a 3d47f28ec01a69b5 0e7ba4d158c6932f d8a13f42b67c05e9",
    "a09e63f51dc7b428 d709346a285ecbf1 d6498f30b12c5ae7 1ad069874fe3b52c",
    "7de3069a1285bc4f d8b56f03472c1ae9 a690cb7df13e5284 3f06a1d8945bc72e",
    "2c417ab6853fd0e9 eb2c47d150fa3986 421bad78f9c5630e b8c71e2d6f09a453",
    "c1af92680d34e75b af427c9561de0b38 9ef528c3704a1db6 432c95fabe17608d",
    "4b2ef08d3c975a61 d0b7491ae35c2f86 14bdc37eaf680592 6bd814a7950fe23c",
    "d2846fb1a93e50c7 1fd8a374c56b0e92 7b419ce206adf358 21e74a8dfc90356b",
)


def clear_text(stored: str) -> str | None:
    """The password; None where it is stored otherwise."""
    if not is_sealed(stored):
        return None
    data = bytes.fromhex(stored[:-_MD5])
    text = b"".join(_decrypted(data[at : at + _BLOCK]) for at in range(0, len(data), _BLOCK)).rstrip(b"\0")
    return text.decode("ascii") if text and text.isascii() and text.decode("ascii").isprintable() else None


def is_sealed(stored: str) -> bool:
    """The digits of whole blocks, and behind them the MD5 of these digits."""
    digits, seal = stored[:-_MD5], stored[-_MD5:].lower()
    if not digits or len(digits) % (2 * _BLOCK) or not _HEX.fullmatch(stored):
        return False
    return any(
        hashlib.md5(written.encode(), usedforsecurity=False).hexdigest() == seal
        for written in (digits.lower(), digits.upper())
    )


def storage_of(stored: str) -> str:
    """How it is stored; empty for what is written in clear."""
    if is_sealed(stored):
        return FIXED_KEY
    looks_encrypted = len(stored) > _LONGEST or (len(stored) >= _LEAST_DIGITS and _HEX.fullmatch(stored) is not None)
    return UNTOLD if looks_encrypted else ""


def _decrypted(block: bytes) -> bytes:
    """A block by the fixed key: the rounds of DES with their keys the other way round."""
    left, right = divmod(_chosen(int.from_bytes(block), _BLOCK * 8, _IP), 1 << 32)
    for key in reversed(_round_keys()):
        left, right = right, left ^ _round(right, key)
    return _chosen(right << 32 | left, _BLOCK * 8, _FP).to_bytes(_BLOCK)


@cache
def _round_keys() -> tuple[int, ...]:
    first, second = divmod(_chosen(_KEY, _BLOCK * 8, _PC1), 1 << 28)
    keys = []
    for shift in _SHIFTS:
        first, second = _turned(first, shift), _turned(second, shift)
        keys.append(_chosen(first << 28 | second, 56, _PC2))
    return tuple(keys)


def _turned(half: int, by: int) -> int:
    return (half << by | half >> (28 - by)) & ((1 << 28) - 1)


def _round(half: int, key: int) -> int:
    mixed = _chosen(half, 32, _E) ^ key
    found = 0
    for number, box in enumerate(_BOXES):
        six = mixed >> (42 - 6 * number) & 0x3F
        row, column = (six >> 4 & 2) | (six & 1), six >> 1 & 0xF
        found = found << 4 | int(box.split()[row][column], 16)
    return _chosen(found, 32, _P)


def _chosen(value: int, size: int, places: str) -> int:
    """The bits at these places, counted from 1 at the left of a value of that size."""
    found = 0
    for place in places.split():
        found = found << 1 | (value >> (size - int(place)) & 1)
    return found
