"""Items of SECS-II: a format code, a length of one to three bytes, and a value or the items of a list.

SEMI E5 section 9 (message structure).
"""

from __future__ import annotations

from scanner.protocols.base import Malformed
from scanner.protocols.common.reader import Reader
from scanner.protocols.common.text import readable

LIST, BINARY, BOOLEAN, ASCII = 0o00, 0o10, 0o11, 0o20
_SIGNED = {0o30: 8, 0o31: 1, 0o32: 2, 0o34: 4}
_UNSIGNED = {0o50: 8, 0o51: 1, 0o52: 2, 0o54: 4}
_WIDTHS = {BINARY: 1, BOOLEAN: 1, ASCII: 1, 0o21: 1, 0o22: 2, 0o40: 8, 0o44: 4} | _SIGNED | _UNSIGNED
_MOST_TEXT = 40  # characters of a name


def head(reader: Reader) -> tuple[int, int]:
    """(format, length) of the next item: elements of a list, bytes of anything else. Malformed when it is none."""
    first = reader.number(1)
    kind, sizes = first >> 2, first & 3
    if not sizes or (kind != LIST and kind not in _WIDTHS):
        raise Malformed("no item of SECS-II: format byte {value}", value=f"0x{first:02x}")
    size = reader.number(sizes)
    if kind != LIST and (size % _WIDTHS[kind] or size > reader.left):
        raise Malformed("an item of SECS-II is longer than its message")
    if kind == LIST and 2 * size > reader.left:  # an item has two bytes at least
        raise Malformed("an item of SECS-II is longer than its message")
    return kind, size


def names(data: bytes, at: int, end: int, most: int) -> list[str]:
    """The first texts and numbers, at most ``most``, as far as they are there; ``end``: of the message."""
    reader = Reader(data, at, end)
    found: list[str] = []
    try:
        while reader.left and len(found) < most:
            kind, size = head(reader)
            if kind == LIST:
                continue
            value = reader.take(size)
            if kind == ASCII:
                found.append(readable(value, _MOST_TEXT))
            elif size == _UNSIGNED.get(kind) or size == _SIGNED.get(kind):
                found.append(str(int.from_bytes(value, "big", signed=kind in _SIGNED)))
            else:
                found.append("")
    except Malformed:
        pass
    return found


def acknowledgement(data: bytes, at: int) -> int | None:
    """The code of one byte with which an answer begins, by itself or first in a list; None: it begins with none."""
    if data[at : at + 1] == b"\x01":
        at += 2
    return data[at + 2] if data[at : at + 2] == b"\x21\1" and len(data) > at + 2 else None
