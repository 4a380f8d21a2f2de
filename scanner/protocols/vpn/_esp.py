"""Whether a packet of ESP is encrypted: nothing in its header says so, but one that is not can be read.

RFC 4303 section 2, RFC 2410 (NULL encryption), RFC 5879 (heuristics for it): behind a payload in clear come padding
that counts up, its length, the next header, and a check value of one of a few lengths.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterator

from scanner.protocols.base import Session
from scanner.wording import said

HEADER = 8  # SPI and sequence number
_CHECKS = (12, 16, 0, 24, 32, 8, 20)  # bytes of check values
_IVS = (0, 8)  # bytes before the payload: GMAC has an IV (RFC 4543)
_TELLING = 48  # bytes of payload from which on something can be said
_SMALLEST_ID = 256
_IP, _TCP, _UDP, _IP6, _ICMP, _GRE = 4, 6, 17, 41, 1, 47
_CARRIED = {_IP, _TCP, _UDP, _IP6, _ICMP, _GRE, 58, 59, 89, 103, 115, 132}  # protocols that ESP is known to carry


class Content(enum.Enum):
    """What a packet's payload is."""

    CLEAR = "clear"
    ENCRYPTED = "encrypted"
    UNKNOWN = "unknown"


def possible(data: bytes, length: int) -> bool:
    """An identifier that is not reserved, and whole words."""
    long = length >= HEADER + 8 and length % 4 == 0 and len(data) >= HEADER
    return long and int.from_bytes(data[:4], "big") >= _SMALLEST_ID


def session(data: bytes, length: int) -> Iterator[Session]:
    """What a packet shows: that it can be read, that it can not, or nothing."""
    seen = content(data, length)
    if seen is Content.CLEAR:
        yield Session(cipher="ENCR_NULL", encrypted=False, detail=said("ESP without encryption"))
    elif seen is Content.ENCRYPTED:
        yield Session(encrypted=True, detail=said("ESP encrypted"))


def content(data: bytes, length: int) -> Content:
    """Of a packet from its SPI on. Cut short, short, or like a payload in clear without being one: unknown."""
    if len(data) < length or length < HEADER + 4:
        return Content.UNKNOWN
    body, alike = data[HEADER:], False
    for check in _CHECKS:
        for iv in _IVS:
            inner = _inner(body[iv : len(body) - check])
            if inner is None:
                continue
            if _fits(*inner):
                return Content.CLEAR
            alike = True
    return Content.ENCRYPTED if not alike and looks_encrypted(body) else Content.UNKNOWN


def _inner(body: bytes) -> tuple[int, bytes] | None:
    """(next header, payload), where the padding counts up and the next header is one that ESP carries."""
    if len(body) < 2:
        return None
    padding, following = body[-2], body[-1]
    if padding + 2 > len(body) or following not in _CARRIED:
        return None
    pads = body[len(body) - 2 - padding : len(body) - 2]
    if pads != bytes(n & 0xFF for n in range(1, padding + 1)):
        return None
    return following, body[: len(body) - 2 - padding]


def _fits(following: int, payload: bytes) -> bool:
    """The payload begins as what the next header names, and its lengths agree."""
    size = len(payload)
    if following == _IP:
        return size >= 20 and payload[0] >> 4 == 4 and int.from_bytes(payload[2:4], "big") == size
    if following == _IP6:
        return size >= 40 and payload[0] >> 4 == 6 and int.from_bytes(payload[4:6], "big") + 40 == size
    if following == _UDP:
        return size >= 8 and int.from_bytes(payload[4:6], "big") == size
    if following == _TCP:
        return size >= 20 and 20 <= payload[12] >> 4 << 2 <= size and not any(payload[18:20])
    if following == _ICMP:
        return size >= 8 and _sum(payload) == 0xFFFF
    return following == _GRE and size >= 8 and not payload[0] & 0x4F and payload[1] < 2


def _sum(data: bytes) -> int:
    data += b"\0" * (len(data) % 2)
    total = sum(int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def looks_encrypted(body: bytes) -> bool:
    """Long enough to say something, and nothing in it that no cipher gives: a byte four times on end, one much more
    often than chance has it, or few different ones.
    """
    if len(body) < _TELLING:
        return False
    counts = Counter(body)
    if any(bytes((b,)) * 4 in body for b in counts):
        return False
    chance = 256 * (1 - (255 / 256) ** len(body))
    return counts.most_common(1)[0][1] <= 8 + len(body) // 32 and len(counts) >= 0.8 * chance
