"""What an ADS command touches: index group and offset in words, symbols, files, the verb that follows from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.protocols.ads._names import (
    COMMANDS,
    FILE_HANDLES,
    FOPEN,
    GROUP_VERBS,
    GROUPS,
    NAMED,
    READ,
    READ_WRITE,
    REGISTRY,
    RUNTIMES,
    SUMS,
    SYMBOLS,
    SYSTEM,
    SYSTEM_SERVICE,
    VALUE_BY_HANDLE,
    WRITE,
)
from scanner.protocols.base import Malformed, Verb
from scanner.protocols.common.text import readable

SHOWN = 20  # entries of a sum command that are read
_BITS = (0x4021, 0xF021, 0xF031)
# Mode bits in the offset of an opened file: write, append, both (TwinCAT SDK, FOPEN_INDEXOFFS).
_WRITING = 0x0E
# The path of an opened file stands in the upper half of the offset; 2 is the boot project.
_BOOT_PROJECT = 2
_PATHS = {
    _BOOT_PROJECT: "boot project",
    3: "boot data",
    4: "boot folder",
    5: "target folder",
    6: "configuration folder",
}


def number(data: bytes, at: int, width: int = 4) -> int:
    """The little-endian number at ``at``; Malformed when it is not there."""
    if at + width > len(data):
        raise Malformed(
            "{length} bytes are too few for a number of {width} at {at}", length=len(data), width=width, at=at
        )
    return int.from_bytes(data[at : at + width], "little")


@dataclass(frozen=True)
class _Access:
    """What the command goes to; ``data`` is what a Read Write writes, ``written`` how many bytes that is."""

    command: int
    port: int
    group: int
    offset: int
    length: int
    written: int
    data: bytes

    @property
    def of_system(self) -> bool:
        return self.port == SYSTEM_SERVICE and self.group in SYSTEM


def touched(command: int, port: int, body: bytes) -> Iterator[tuple[Verb, str]]:
    """(verb, object) of each thing that a Read, Write, Read Write or Add Device Notification asks for."""
    group, offset, length = (number(body, at) for at in (0, 4, 8))
    data, written = (body[16:], number(body, 12)) if command == READ_WRITE else (b"", 0)
    access = _Access(command, port, group, offset, length, written, data)
    if command == READ_WRITE and group in SUMS:
        yield from _sum(port, group, offset, data)
    else:
        yield _verb(access), _name(access)


def _verb(access: _Access) -> Verb:
    command, group = access.command, access.group
    if command not in (READ, WRITE, READ_WRITE):
        return COMMANDS[command][1]
    if access.of_system:
        if group == FOPEN and access.offset & _WRITING:
            return Verb.PROGRAM_DOWNLOAD if access.offset >> 16 == _BOOT_PROJECT else Verb.FILE_WRITE
        _, reading, writing = SYSTEM[group]
        return writing if command == WRITE else reading
    if group in GROUP_VERBS:
        return GROUP_VERBS[group]
    return _read_write(access) if command == READ_WRITE else COMMANDS[command][1]


def _read_write(access: _Access) -> Verb:
    """A Read Write writes and reads what comes of it: a value by name, or the outcome of a method that it calls."""
    if access.group in SYMBOLS or not access.written:
        return Verb.READ
    if access.group == VALUE_BY_HANDLE:
        return Verb.OPERATE
    return Verb.WRITE if access.group in GROUPS or access.port in RUNTIMES else Verb.UNKNOWN


def _name(access: _Access) -> str:
    """The object in words; text that is written names symbols, files and registry keys."""
    if access.command == READ_WRITE and access.group in SYMBOLS:
        return f"symbol {readable(access.data.split(bytes(1), 1)[0])}".rstrip()
    if access.of_system:
        return _of_system(access)
    if access.command == READ_WRITE and access.group == VALUE_BY_HANDLE and access.written:
        return f"method with handle 0x{access.offset:08X}"
    return _address(access.group, access.offset, access.length if access.command != READ_WRITE else 0)


def _of_system(access: _Access) -> str:
    name, _, _ = SYSTEM[access.group]
    if access.group in FILE_HANDLES:
        return name
    named = access.command == READ_WRITE and access.group in NAMED
    text = readable(access.data.replace(bytes(1), b" ")) if named else ""
    path = _PATHS.get(access.offset >> 16, "") if access.group == FOPEN else ""
    text = ", ".join(filter(None, (path, text)))
    return f"{name} {text}".rstrip() if text or access.group in REGISTRY else f"{name} {access.offset}"


def _address(group: int, offset: int, length: int) -> str:
    size = f" x {length}" if length > 1 else ""
    if group in _BITS:
        return f"{GROUPS[group]} {offset // 8}.{offset % 8}"
    if group == VALUE_BY_HANDLE:
        return f"{GROUPS[group]} 0x{offset:08X}"
    if group in GROUPS:
        return f"{GROUPS[group]} {offset}{size}"
    return f"group 0x{group:08X} offset 0x{offset:08X}{size}"


def _sum(port: int, group: int, count: int, data: bytes) -> Iterator[tuple[Verb, str]]:
    """The entries of a sum command, each as the command that it stands for; what they write follows their list. Of
    those beyond SHOWN the first that does something else is told, and that there are some that were not kept.
    """
    name, size, command = SUMS[group]
    there = min(count or len(data) // size, len(data) // size)
    seen, verbs = min(there, SHOWN), set[Verb]()
    if not seen:
        yield COMMANDS[command][1], name
    for n in range(there if command == READ_WRITE else seen):
        entry = data[n * size :]
        written = number(entry, 12) if command == READ_WRITE else 0
        access = _Access(command, port, number(entry, 0), number(entry, 4), number(entry, 8), written, b"")
        more = f" and {count - seen} more" if n == seen - 1 and count > seen else ""
        verb = _verb(access)
        if n < seen or verb not in verbs:
            yield verb, _address_of(access) + more
        verbs.add(verb)
    if (command == READ_WRITE and count > there) or (command == WRITE and port == SYSTEM_SERVICE and count > seen):
        yield Verb.UNKNOWN, name


def _address_of(access: _Access) -> str:
    """The object of an entry, whose text stands somewhere behind the list."""
    plain = access.of_system or (access.command == READ_WRITE and access.group in SYMBOLS)
    return _address(access.group, access.offset, access.length) if plain else _name(access)
