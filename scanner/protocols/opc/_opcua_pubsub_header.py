"""The header of UADP NetworkMessages, for the kernel and for reading: what stands where is said by its flags.

Written from OPC 10000-14 (1.05), 7.2.4.4.2 (NetworkMessage), 7.2.4.4.3 (security), 7.2.4.5.2 (payload header) and
7.2.4.6 (discovery). The usual layouts are told apart by publisher, group and writers; others (a publisher with a name,
a class of data sets, other group headers, more than two writers, promoted fields) by flags and publisher only.
"""

from __future__ import annotations

import functools
import struct
from collections.abc import Iterator
from typing import NamedTuple

from scanner.framing.language import Byte, Case, Field, Framing, Range, Role, Size, Whole, bits
from scanner.protocols.base import Malformed
from scanner.protocols.common.reader import LittleEndianReader
from scanner.protocols.common.text import readable

NAME = "opcua-pubsub"
PORT, ETHERTYPE = 4840, 0xB62C
FLAGS, FLAGS_1, FLAGS_2 = 0, 1, 2  # where version and flags, extended flags 1 and 2 stand
UADP, VERSION_BITS = 1, 0x0F  # of the first byte
PUBLISHER, GROUP, PAYLOAD, EXTENDED = 0x10, 0x20, 0x40, 0x80  # its flags
PUBLISHER_TYPE, CLASS, SECURITY, TIMESTAMP, PICOSECONDS, EXTENDED_2 = 0x07, 0x08, 0x10, 0x20, 0x40, 0x80
CHUNK, PROMOTED, KIND_SHIFT, KIND, RESERVED = 0x01, 0x02, 2, 0x1C, 0xE0
WRITER_GROUP, VERSION, NUMBER, SEQUENCE = 0x01, 0x02, 0x04, 0x08
SIGNED, ENCRYPTED, FOOTER = 0x01, 0x02, 0x04
DATA, PROBE, ANNOUNCEMENT = 0, 1, 2
SIZES = {0: 1, 1: 2, 2: 4, 3: 8}  # of publisher identifiers by their type
STRING = 4
USUAL_GROUPS = (0x01, 0x03, 0x09, 0x0B, 0x0F)
USUAL_WRITERS = (1, 2)

FRAMING = Framing(
    name=NAME,
    delimiter=Whole(),
    sync=(Byte(FLAGS, bits(VERSION_BITS, UADP)), Size(2)),
    ports={"udp": (PORT,), "ethertype": (ETHERTYPE,)},
    anywhere=False,
)


def group_size(flags: int) -> tuple[int, int]:
    """(bytes of a group header, how many of those are no counters)."""
    named = 1 + (2 if flags & WRITER_GROUP else 0) + (4 if flags & VERSION else 0)
    return named + (2 if flags & NUMBER else 0) + (2 if flags & SEQUENCE else 0), named


# --- for the kernel -------------------------------------------------------------------------------------------------


class _Start(NamedTuple):
    """Where the fields behind the publisher begin, and the tests for it; ``extended``: there are extended flags."""

    at: int
    when: tuple[Byte, ...]
    extended: bool


def _starts(kind: int) -> Iterator[_Start]:
    """The ways in which flags and publisher are written in messages of a kind (data, probe, announcement)."""
    if kind == DATA:
        yield _Start(FLAGS_1, (_flags(0),), extended=False)
        yield _Start(FLAGS_1 + SIZES[0], (_flags(PUBLISHER),), extended=False)
    with_publisher, without = _flags(PUBLISHER | EXTENDED), _flags(EXTENDED)
    for type_, size in SIZES.items():
        if kind == DATA:
            yield _Start(FLAGS_2 + size, (with_publisher, _flags_1(type_)), extended=True)
        second = Byte(FLAGS_2, bits(KIND | PROMOTED, kind << KIND_SHIFT))
        yield _Start(FLAGS_2 + 1 + size, (with_publisher, _flags_1(type_ | EXTENDED_2), second), extended=True)
    if kind == DATA:
        yield _Start(FLAGS_2, (without, _flags_1(0)), extended=True)


def _flags(held: int) -> Byte:
    """Of publisher and extended flags only those that are ``held``."""
    return Byte(FLAGS, bits(VERSION_BITS | PUBLISHER | EXTENDED, UADP | held))


def _flags_1(held: int) -> Byte:
    """A type of publisher, and of a class of data sets and further flags only what is ``held``."""
    return Byte(FLAGS_1, bits(PUBLISHER_TYPE | CLASS | EXTENDED_2, held))


@functools.cache
def _narrowed(test: Byte, mask: int, value: int) -> Byte:
    """The test for those of its values whose bits under ``mask`` equal ``value``."""
    return Byte(test.at, test.among & bits(mask, value))


def _data(start: _Start) -> Iterator[Case]:
    """Data by group header and number of writers, and by where the security header stands."""
    first = start.when[0]
    for group in (None, *USUAL_GROUPS):
        size, named = group_size(group) if group is not None else (0, 0)
        flag = GROUP if group is not None else 0
        header = (Byte(start.at, group),) if group is not None else ()
        for writers in (0, *USUAL_WRITERS):
            payload = PAYLOAD if writers else 0
            at = start.at + size
            byte = _narrowed(first, GROUP | PAYLOAD, flag | payload)
            count = (Byte(at, writers),) if writers else ()
            when = (byte, *start.when[1:], *header, *count)
            end = at + (1 + 2 * writers if writers else 0)
            key = (Range(0, start.at + named), Range(at, end))
            yield from _secured(start, when, key, end)


def _secured(start: _Start, when: tuple[Byte, ...], key: tuple[Range, ...], end: int) -> Iterator[Case]:
    """With a security header behind times (its flags are meaning), or without."""
    if start.extended:
        for time, size in ((0, 0), (TIMESTAMP, 8), (TIMESTAMP | PICOSECONDS, 10)):
            flags = _narrowed(when[1], SECURITY | TIMESTAMP | PICOSECONDS, SECURITY | time)
            secured = (when[0], flags, *when[2:])
            yield Case(NAME, secured, (*key, Range(end + size, end + size + 1)), Role.NOTICE)
        plain = _narrowed(when[1], SECURITY, 0)
        when = (when[0], plain, *when[2:])
    yield Case(NAME, when, key, Role.NOTICE)


def _discovery(kind: int, start: _Start) -> Iterator[Case]:
    """Probes whole, announcements without the sequence number; of secured ones the header."""
    at = start.at
    plain = _narrowed(start.when[1], SECURITY, 0)
    open_ = _narrowed(start.when[1], SECURITY, SECURITY)
    for extended, begin, tests in ((plain, at, ()), (open_, at + 6, (Byte(at, 0), Byte(at + 5, 0)))):
        when = (start.when[0], extended, *start.when[2:], *tests)
        key = (Range(0),) if kind == PROBE else (Range(0, begin + 1), Range(begin + 3))
        yield Case(NAME, when, key, Role.NOTICE, keep=4096)
    yield Case(NAME, (start.when[0], open_, *start.when[2:]), (Range(0, at + 1),), Role.NOTICE)


def _named(at: int, when: tuple[Byte, ...]) -> Case:
    return Case(NAME, when, (Range(0, Field(at, 4, add=at + 4, little=True)),), Role.NOTICE, keep=4096)


CASES = (
    *(case for start in _starts(DATA) for case in _data(start)),
    *(case for kind in (PROBE, ANNOUNCEMENT) for start in _starts(kind) for case in _discovery(kind, start)),
    _named(FLAGS_2, (_flags(PUBLISHER | EXTENDED), _flags_1(STRING))),
    _named(FLAGS_2 + 1, (_flags(PUBLISHER | EXTENDED), _flags_1(STRING | EXTENDED_2))),
    Case(NAME, (Byte(FLAGS, bits(VERSION_BITS, UADP)),), (Range(FLAGS, FLAGS_2 + 1),), Role.NOTICE),
)

# --- for reading ----------------------------------------------------------------------------------------------------


class Header(NamedTuple):
    """What a header says.

    kind: data, probe or announcement. publisher: "" when it is not told; group, writers: None and empty when they are
    not told apart. security: its flags, None when there is no security header or it is at no usual place.
    end: where the payload begins, None when that is not known.
    """

    kind: int
    publisher: str
    group: int | None
    writers: tuple[int, ...]
    security: int | None
    secured: bool
    chunk: bool
    end: int | None


def header(data: bytes) -> Header:
    """The header of a NetworkMessage."""
    r = LittleEndianReader(data)
    first = r.number(1)
    if first & VERSION_BITS != UADP:
        raise Malformed("UADP version {version}", version=first & VERSION_BITS)
    one = r.number(1) if first & EXTENDED else 0
    two = r.number(1) if one & EXTENDED_2 else 0
    kind = (two & KIND) >> KIND_SHIFT
    if kind > ANNOUNCEMENT:
        raise Malformed("NetworkMessage of type {kind}", kind=kind)
    if one & PUBLISHER_TYPE > STRING or two & RESERVED:
        raise Malformed("reserved flags are set")
    publisher, usual = _publisher(r, first, one)
    if not usual or one & CLASS or two & PROMOTED or (not first & PUBLISHER and one & (EXTENDED_2 | PUBLISHER_TYPE)):
        return Header(kind, publisher, None, (), None, bool(one & SECURITY), bool(two & CHUNK), None)
    if kind != DATA:
        return _discovery_header(r, kind, publisher, one, two)
    return _data_header(r, publisher, first, one, two)


def _publisher(r: LittleEndianReader, first: int, one: int) -> tuple[str, bool]:
    """(publisher, whether what follows is told apart)."""
    if not first & PUBLISHER:
        return "", True
    if one & PUBLISHER_TYPE == STRING:
        size = r.number(4)
        if size > 255:
            raise Malformed("a publisher with a name of {size} bytes", size=size)
        r.take(size)
        return readable(r.data[r.at - size : r.at]), False
    return str(r.number(SIZES[one & PUBLISHER_TYPE])), True


def _discovery_header(r: LittleEndianReader, kind: int, publisher: str, one: int, two: int) -> Header:
    security = None
    if one & SECURITY:
        security = r.number(1)
        r.take(4)
        nonce = r.number(1)
        if security or nonce:
            return Header(kind, publisher, None, (), security, True, bool(two & CHUNK), None)
    return Header(kind, publisher, None, (), security, bool(one & SECURITY), bool(two & CHUNK), r.at)


def _data_header(r: LittleEndianReader, publisher: str, first: int, one: int, two: int) -> Header:
    unknown = Header(DATA, publisher, None, (), None, bool(one & SECURITY), bool(two & CHUNK), None)
    group = None
    if first & GROUP:
        flags = r.number(1)
        if flags not in USUAL_GROUPS:
            return unknown
        group = r.number(2)
        r.take(group_size(flags)[0] - 3)
    writers: tuple[int, ...] = ()
    if first & PAYLOAD:
        count = r.number(1)
        if count not in USUAL_WRITERS:
            return unknown
        r.take(2 * count)
        writers = struct.unpack(f"<{count}H", r.data[r.at - 2 * count : r.at])
    if one & PICOSECONDS and not one & TIMESTAMP:
        return unknown
    r.take((8 if one & TIMESTAMP else 0) + (2 if one & PICOSECONDS else 0))
    security = r.number(1) if one & SECURITY else None
    return Header(DATA, publisher, group, writers, security, bool(one & SECURITY), bool(two & CHUNK), None)
