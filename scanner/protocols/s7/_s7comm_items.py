"""Addresses in S7comm as engineers write them: DB1.DBW10, M10.0, T 5; and the names of blocks."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

from scanner.protocols.base import Malformed
from scanner.protocols.common.text import readable
from scanner.protocols.s7._s7comm_names import BLOCK_TYPES

_AREAS = {
    0x80: "P",
    0x81: "I",
    0x82: "Q",
    0x83: "M",
    0x86: "L",
    0x87: "V",
    0x03: "SI",
    0x05: "SM",
    0x06: "AI",
    0x07: "AQ",
}
_DATA_BLOCKS = {0x84: ("DB", "DB"), 0x85: ("DI", "DI")}
_NUMBERED = {0x1C: "C", 0x1D: "T", 0x1E: "C (S7-200)", 0x1F: "T (S7-200)"}
_BIT, _COUNTER, _TIMER = 1, 0x1C, 0x1D
# Letter of the access width by transport size; other sizes (date and time, IEC timers) are counted in bytes.
_WIDTHS = {_BIT: "X", 2: "B", 3: "B", 4: "W", 5: "W", 6: "D", 7: "D", 8: "D", 10: "D", 11: "D", 12: "W", 15: "B"}

_NCK_AREAS = ("NCK", "mode group", "channel", "axis", "tool", "feed drive", "main drive", "MMC")


def times(text: str, count: int) -> str:
    """The text with a count ("MB10 x 4"); the bare text for one."""
    return text if count == 1 else f"{text} x {count}"


def items(parameters: bytes, count: int) -> Iterator[str]:
    """The addresses of ``count`` variable specifications, which begin at the first byte; Malformed when cut short."""
    at = 0
    for number in range(count):
        if at + 3 > len(parameters) or at + 2 + parameters[at + 1] > len(parameters):
            raise Malformed("item {number} of {count} is cut short", number=number + 1, count=count)
        kind, length = parameters[at], parameters[at + 1]
        if kind != 0x12 or not length:
            raise Malformed(
                "item {number}: variable specification 0x{kind:02X}, 0x12 expected", number=number + 1, kind=kind
            )
        yield _specification(parameters[at + 2], parameters[at + 3 : at + 2 + length])
        at += 2 + length + length % 2  # every item but the last is filled up to an even length


def _specification(syntax: int, body: bytes) -> str:
    known = _SYNTAXES.get(syntax)
    if known and len(body) >= known[0]:
        return known[1](body)
    return f"item of syntax 0x{syntax:02X}: {body[:16].hex()}"


def _any(body: bytes) -> str:
    """S7ANY: transport size, count, block number, area, bit address (24 bits)."""
    size, count, block, area = struct.unpack_from(">BHHB", body)
    address = int.from_bytes(body[6:9], "big")
    if area in _NUMBERED:
        return times(f"{_NUMBERED[area]} {address}", count)
    offset = f"{address >> 3}.{address & 7}" if size == _BIT else str(address >> 3)
    width = _WIDTHS.get(size, "B")
    if area in _DATA_BLOCKS:
        block_name, access = _DATA_BLOCKS[area]
        return times(f"{block_name}{block}.{access}{width}{offset}", count)
    name = _AREAS.get(area, f"area 0x{area:02X} ")
    return times(f"{name}{'' if width == 'X' else width}{offset}", count)


def _db_read(body: bytes) -> str:
    """DBREAD of the S7-400: areas of length, block number and byte address."""
    parts = [struct.unpack_from(">BHH", body, at) for at in range(1, len(body) - 4, 5)][: body[0]]
    return ", ".join(times(f"DB{block}.DBB{start}", length) for length, block, start in parts)


def _symbolic(body: bytes) -> str:
    """S7-1200 symbolic: root area, block or area, checksum of the symbol, then the path of local identifiers."""
    root, area, check = struct.unpack_from(">HHI", body, 1)
    if root == 0x8A0E:
        place = f"DB{area}"
    else:
        place = {0x50: "I", 0x51: "Q", 0x52: "M", 0x53: "C", 0x54: "T"}.get(area, f"area 0x{root:04X}:0x{area:04X}")
    path = ".".join(str(int.from_bytes(body[at : at + 4], "big") & 0x0FFFFFFF) for at in range(9, len(body) - 3, 4))
    return f"{place} symbol 0x{check:08X}" + (f" path {path}" if path else "")


def _nck(body: bytes) -> str:
    """SINUMERIK: area and unit, column, line, module, number of lines."""
    place, column, line, module, lines = struct.unpack_from(">BHHBB", body)
    area = f"{_NCK_AREAS[place >> 5]} {place & 0x1F}"
    return times(f"NC {area} module 0x{module:02X} column {column} line {line}", lines)


def _drive(body: bytes) -> str:
    """DriveES: parameter number and index."""
    number, index = struct.unpack_from(">HH", body, 5)
    return f"drive parameter {number}[{index}]"


_SYNTAXES: dict[int, tuple[int, Callable[[bytes], str]]] = {
    0x10: (9, _any),
    0x82: (7, _nck),
    0x83: (7, _nck),
    0x84: (7, _nck),
    0xA2: (9, _drive),
    0xB0: (6, _db_read),
    0xB2: (9, _symbolic),
}

# Programmer commands name variables by a letter pair in one byte: the area in the high nibble, the width in the low.
_STATUS_AREAS = {0x0: "M", 0x1: "I", 0x2: "Q", 0x3: "PI", 0x7: "DB"}
_STATUS_WIDTHS = {0: "X", 1: "B", 2: "W", 3: "D"}


def status_item(raw: bytes) -> str:
    """A variable of a programmer command: area and width, bit or count, block number, byte offset (6 bytes)."""
    what, count, block, offset = struct.unpack(">BBHH", raw)
    if what in (0x54, 0x64):
        return times(f"{'T' if what == 0x54 else 'C'} {offset}", count)
    area, width = _STATUS_AREAS.get(what >> 4), _STATUS_WIDTHS.get(what & 0xF)
    if area is None or width is None:
        return f"variable of area 0x{what:02X}"
    place = f"{offset}.{count}" if width == "X" else str(offset)
    prefix = f"DB{block}.DB{width}" if area == "DB" else area + width.removesuffix("X")
    text = prefix + place
    return text if width == "X" else times(text, count)


def block_name(raw: bytes) -> str:
    """A block as ``_0A00001P`` or ``0A00001P`` has it: "DB1"; any other file name as it stands."""
    text = raw.decode("latin-1")
    core = text.removeprefix("_")
    kind = BLOCK_TYPES.get(core[:2].upper())
    if kind and len(core) == 8 and core[2:7].isascii() and core[2:7].isdigit():
        return f"{kind}{int(core[2:7])}"
    return readable(raw)
