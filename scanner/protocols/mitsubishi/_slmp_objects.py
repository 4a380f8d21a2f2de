"""What an SLMP request touches: devices with their ranges, labels, buffer memory, files.

Mitsubishi Electric SH(NA)-080956ENG, SLMP Reference Manual, chapter 5 (data of the commands, device codes, extended
specification of devices).
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.protocols.base import Malformed
from scanner.protocols.common.text import readable
from scanner.protocols.mitsubishi import _slmp_names as names
from scanner.protocols.mitsubishi._slmp_frame import Frame, Reader

SHOWN = 20  # devices of a random or block access that are read
_EXTENDED, _WIDE = 0x80, 0x02
_FOR_WRITING = b"\0\x01"  # mode of a file that is opened, little-endian
_LINK = 0xF9
_DIGITS = b"0123456789ABCDEF"
_DEVICES = frozenset(
    (names.READ, names.WRITE, names.READ_RANDOM, names.WRITE_RANDOM, names.READ_BLOCK, names.WRITE_BLOCK)
    + (names.ENTRY_MONITOR,)
)


def device(reader: Reader, subcommand: int, count: int | None = 1) -> str:
    """The device that the reader stands at, ``count`` points from there (None: the number of points follows)."""
    if subcommand & _EXTENDED:
        return _extended(reader, subcommand, count)
    name, number, is_hex = _plain(reader, wide=bool(subcommand & _WIDE))
    return _range(name, number, _points(reader, name, subcommand) if count is None else count, is_hex=is_hex)


def _points(reader: Reader, name: str, subcommand: int) -> int:
    """The number of points that follows; in word units a point of a bit device is sixteen of them."""
    return reader.number(2) * (16 if name in names.BITS and not subcommand & 1 else 1)


def _plain(reader: Reader, *, wide: bool) -> tuple[str, int, bool]:
    """(device, number, hexadecimal): in binary number and code, in ASCII code and number."""
    if not reader.ascii:
        number = reader.number(4 if wide else 3)
        code = reader.number(2 if wide else 1)
        name, is_hex = names.DEVICES.get(code, (f"device 0x{code:02X} ", False))
        return name, number, is_hex
    name = reader.take(4 if wide else 2).decode("ascii", "replace").rstrip("* ")
    if not name.isalpha():
        raise Malformed("device code is no text")
    name = names.SHORT.get(name, name)
    text = reader.take(8 if wide else 6)
    base = 16 if name in names.HEXADECIMAL_TEXT else 10
    if any(c not in _DIGITS[:base] for c in text.upper()):
        raise Malformed("device number")
    return name, int(text, base), name in names.HEXADECIMAL


def _extended(reader: Reader, subcommand: int, count: int | None) -> str:
    """Link devices of a network and buffers of modules and CPUs; their ASCII form is not told apart further."""
    if reader.ascii:
        return "extended device"
    reader.take(2)
    name, number, is_hex = _plain(reader, wide=bool(subcommand & _WIDE))
    reader.take(2)
    where, memory = reader.number(2), reader.number(1)
    text = _range(name, number, _points(reader, name, subcommand) if count is None else count, is_hex=is_hex)
    if not memory:
        return text
    return f"J{where}\\{text}" if memory == _LINK else f"U{where:X}\\{text}"


def _range(name: str, first: int, count: int, *, is_hex: bool) -> str:
    def written(number: int) -> str:
        return f"{number:X}" if is_hex else str(number)

    return f"{name}{written(first)}" if count <= 1 else f"{name}{written(first)}-{written(first + count - 1)}"


def objects(frame: Frame) -> Iterator[str]:
    """Everything that the request touches, as far as its key says it."""
    reader, command, sub = Reader(frame), frame.command, frame.subcommand
    if command in _DEVICES and sub & ~(_EXTENDED | _WIDE | 1):
        yield f"subcommand {sub:04X}"
    elif command in (names.READ, names.WRITE):
        yield device(reader, sub, None)
    elif command in (names.READ_RANDOM, names.ENTRY_MONITOR):
        yield from _several(reader, sub, 1)
    elif command == names.WRITE_RANDOM:
        count = reader.number(1) + (0 if sub & 1 else reader.number(1))
        yield _first(device(reader, sub), count)
    elif command == names.READ_BLOCK:
        yield from _several(reader, sub, None)
    elif command == names.WRITE_BLOCK:
        yield _block(reader, sub)
    elif command in (names.READ_LABELS, names.READ_ARRAY):
        yield _label(reader)
    elif command in (names.WRITE_LABELS, names.WRITE_ARRAY):
        yield f"{reader.number(2)} labels"
    else:
        yield _other(frame, reader)


def _first(text: str, count: int) -> str:
    return f"{text} and {count - 1} more" if count > 1 else text


def _block(reader: Reader, sub: int) -> str:
    count = reader.number(1) + reader.number(1)
    return _first(device(reader, sub, None), count)


def _several(reader: Reader, sub: int, points: int | None) -> Iterator[str]:
    """Devices behind their two numbers; ``points`` None when each has a number of points of its own."""
    count = reader.number(1) + reader.number(1)
    for n in range(min(count, SHOWN)):
        text = device(reader, sub, points)
        yield _first(text, count - n) if n == SHOWN - 1 else text
        if text == "extended device":
            return


def _label(reader: Reader) -> str:
    """The first label, whose name is in UTF-16; abbreviations of others may stand before it."""
    count, abbreviations = reader.number(2), reader.number(2)
    if reader.ascii or abbreviations:
        return f"{count} labels"
    name = reader.take(2 * reader.number(2)).decode("utf-16-le", "replace")
    return _first(f"label {readable(name.encode())}", count)


def _other(frame: Frame, reader: Reader) -> str:
    command = frame.command
    if command in (names.READ_MEMORY, names.WRITE_MEMORY):
        first, count = reader.number(4), reader.number(2)
        return f"own buffer memory 0x{first:X} x {count} words"
    if command in (names.READ_UNIT, names.WRITE_UNIT):
        first, count, module = reader.number(4), reader.number(2), reader.number(2)
        return f"buffer memory 0x{first:X} x {count} bytes of module 0x{module:04X}"
    if command == names.OBJECT and frame.subcommand in names.OBJECT_ACCESS:
        return f"object 0x{reader.number(2):04X}.{reader.number(1)}"
    return _file(frame)[1] if command in names.NAMED_FILES else ""


def opens_for_writing(frame: Frame) -> bool:
    """Of a request to open a file, the mode, in front of the drive and the name."""
    at, name = _file(frame)
    return bool(name) and frame.data[at - 6 : at - 4] == _FOR_WRITING


def _file(frame: Frame) -> tuple[int, str]:
    """The name that a request ends with, and where it begins behind its number of characters; in UTF-16 for the wide
    subcommands.
    """
    if frame.layout.ascii or not frame.complete:
        return 0, ""
    width = 2 if frame.subcommand & 0x40 else 1
    for count in range(1, min(256, (len(frame.data) - 2) // width) + 1):
        at = len(frame.data) - width * count
        if int.from_bytes(frame.data[at - 2 : at], "little") == count:
            name = frame.data[at:].decode("utf-16-le" if width == 2 else "ascii", "replace")
            if name.isprintable() and "\ufffd" not in name:
                return at, f"file {readable(name.encode())}"
    return 0, ""
