"""FINS addresses as people write them: memory areas, files, forced bits."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.protocols.base import Malformed
from scanner.protocols.common.text import readable
from scanner.protocols.fins._names import AREAS, FORCED
from scanner.wording import said

# CV and C codes mean several areas, told apart by the address (W227, 2-2): (code, first address of the area, name).
_CIO = ((0x0C00, ""), (0x0B00, "A"), (0x0A00, "G"), (0x09FF, "TR"), (0x0000, "CIO"))
_TIMERS_C = ((0x0800, "counter"), (0x0000, "timer"))
_TIMERS_CS = ((0x8000, "counter"), (0x0000, "timer"))
_SPLIT = {
    0x00: (_CIO, True),
    0x40: (_CIO, True),
    0x05: (_CIO, True),
    0x80: (_CIO, False),
    0xC0: (_CIO, False),
    0x85: (_CIO, False),
    0x01: (_TIMERS_C, False),
    0x41: (_TIMERS_C, False),
    0x81: (_TIMERS_C, False),
    0x09: (_TIMERS_CS, False),
    0x49: (_TIMERS_CS, False),
    0x89: (_TIMERS_CS, False),
}
FILE = 12  # bytes of a file name: eight, a period, three


def number(data: bytes, at: int, width: int = 2) -> int:
    """The big-endian number at ``at``; Malformed when it is not there."""
    if at + width > len(data):
        raise Malformed(
            "{length} bytes are too few for a number of {width} at {at}", length=len(data), width=width, at=at
        )
    return int.from_bytes(data[at : at + width], "big")


def address(data: bytes, at: int, count: int = 1) -> str:
    """The memory address of four bytes at ``at`` (area code, word, bit), ``count`` items from there."""
    code, word, bit = number(data, at, 1), number(data, at + 1), number(data, at + 3, 1)
    if code in _SPLIT:
        parts, bits = _SPLIT[code]
        start, name = next(p for p in parts if word >= p[0])
        name, word = (name, word - start) if name else ("A", word - 0x0B00)
    elif code in AREAS:
        name, bits = AREAS[code]
    else:
        name, bits = f"area 0x{code:02X}", bool(bit)
    if bits:
        return f"{name} {word}.{bit:02d}" + (f" x {count}" if count > 1 else "")
    return f"{name} {word}" if count <= 1 else f"{name} {word}-{word + count - 1}"


def items(data: bytes, at: int) -> str:
    """The address and number of items that memory area commands begin with."""
    return address(data, at, number(data, at + 4))


def several(data: bytes, at: int) -> Iterator[str]:
    """The addresses of a multiple read, four bytes each."""
    for place in range(at, len(data) - 3, 4):
        yield address(data, place)


def _forced(what: int) -> str:
    known = FORCED.get(what)
    return said(known) if known else said("specification {name}", name=f"0x{what:04X}")


def forced(data: bytes, at: int) -> Iterator[tuple[str, str]]:
    """(address, what is done with it) of a forced set/reset."""
    for place in range(at + 2, min(len(data), at + 2 + 6 * number(data, at)) - 5, 6):
        what = number(data, place)
        yield address(data, place + 2), _forced(what)


def file_name(data: bytes, at: int) -> str:
    """The name of twelve bytes at ``at``, without the blanks that fill it."""
    if at + FILE > len(data):
        raise Malformed("{length} bytes are too few for a file name at {at}", length=len(data), at=at)
    stem, dot, extension = readable(data[at : at + FILE]).rpartition(".")
    return f"{stem.rstrip()}{dot}{extension.rstrip()}".rstrip(".")
