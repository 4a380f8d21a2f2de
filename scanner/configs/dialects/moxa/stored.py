"""How passwords are stored: encrypted with a key that all devices have, so that whoever has the file can read them.

Encrypted is a field of fixed size, filled up with zeros, by DES in ECB mode; behind its hexadecimal digits stand those
of their MD5. What does not end so, or gives no text, is something else.
"""

from __future__ import annotations

import hashlib
import re

FIXED_KEY = "fixed-key"
UNTOLD = "unknown"
_KEY = b"MOXA2DES"
_HEX = re.compile(r"[0-9a-f]+", re.IGNORECASE)
_MD5 = 32  # digits
_BLOCK = 8  # octets
_LEAST_DIGITS = 16  # of one block; what is as long and nothing but digits is hardly a password
_LONGEST = 64  # characters of a password, of all releases


def clear_text(stored: str) -> str | None:
    """The password; None where it is stored otherwise."""
    if not is_sealed(stored):
        return None
    data = bytes.fromhex(stored[:-_MD5])
    text = _decrypted(data).rstrip(b"\0")
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


def _decrypted(data: bytes) -> bytes:
    """Whole blocks by the fixed key."""
    from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES  # only where a password is stored so
    from cryptography.hazmat.primitives.ciphers import Cipher, modes

    single = TripleDES(_KEY * 3)  # DES thrice by one key is DES
    blocks = Cipher(single, modes.ECB()).decryptor()  # noqa: S305 - as the devices do
    return blocks.update(data) + blocks.finalize()
