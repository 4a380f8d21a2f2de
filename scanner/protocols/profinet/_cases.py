"""Which bytes of a PROFINET IO RPC are significant, for the kernel.

Offsets: 0-79 the connectionless RPC header (8 object, 24 interface, 40 activity, 64 sequence number, 68 operation, 76
fragment), 80 ArgsMaximum of a request or PNIOStatus of a response, 84-99 NDR counts, 100 the first block. There: 102
length, 108 or 106 ARUUID, 124 session key or API, 128 slot or control command, 130 subslot, 134 index, 144 PNIOStatus
of a written record, 164 record data.

Activity and sequence number, which an answer repeats, are in the byte order of the PDU, and the two ends may differ in
it: they are picked byte by byte, in one order.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Field, Range, Role, bits, magic
from scanner.protocols.dcerpc._calls import FAULT, REJECT, REQUEST, RESPONSE
from scanner.protocols.profinet._names import (
    CONNECT,
    CONTAINER,
    CONTROL,
    IM0,
    IM1,
    IM3,
    INTERFACE_BLOCK,
    INTERFACE_DATA,
    READ,
    READ_IMPLICIT,
    REAL_DATA,
    RELEASE,
    WRITE,
    WRITE_MULTIPLE,
)
from scanner.protocols.profinet._profiles import DRIVE, ENERGY, ENERGY_REQUEST, SERVICE
from scanner.protocols.profinet._profiles import LENGTH as PROFILE
from scanner.protocols.profinet._profiles import REQUEST as REQUEST_ID
from scanner.protocols.profinet._real_data import RECORDS

NAME = "profinet-io"
HEADER, ARGUMENTS, BLOCKS = 80, 84, 100
RECORD, NEXT_HEADER = 164, 64  # record data behind its header; a header of a multiple write and its answer
KEEP, LONGEST = 256, 4096
PNIO_TAIL, EPM_TAIL = bytes.fromhex("827100a02442df7d"), bytes.fromhex("91a408002b14a0fa")

_ACTIVITY = ((40, 4), (44, 2), (46, 2), (64, 4))
_IS_PNIO, _IS_EPM = Byte(32, PNIO_TAIL[0]), Byte(32, EPM_TAIL[0])
_HEAD = (Range(1, 3), Range(4, 5), Range(8, 40), Range(68, 70))
_STATUS, _BLOCK = Range(HEADER, ARGUMENTS), Range(BLOCKS, 106)
_ADDRESS = (_BLOCK, Range(124, 136))
_WRITTEN = Range(144, 148)
_CONTROL = (_BLOCK, Range(128, 134))
_CONNECTION = (Range(BLOCKS, 108), Range(126))
_ANSWERED = tuple(
    Range(RECORD + at, stride=NEXT_HEADER, width=width) for at, width in ((0, 4), (24, 8), (34, 2), (44, 4))
)


def _pair(little: bool) -> tuple[Range, ...]:
    if not little:
        return (Range(40, 48), Range(64, 68), Range(48, 56))
    swapped = tuple(Range(b, b + 1) for at, width in _ACTIVITY for b in reversed(range(at, at + width)))
    return (*swapped, Range(48, 56))


def _word(at: int, value: int, *, little: bool) -> tuple[Byte, Byte]:
    low, high = value & 0xFF, value >> 8
    return (Byte(at, low), Byte(at + 1, high)) if little else (Byte(at, high), Byte(at + 1, low))


def _of_order(little: bool) -> Iterator[Case]:
    """The cases of first fragments in one byte order."""
    order = Byte(4, bits(0xF0, 0x10 if little else 0x00))

    def case(
        kind: int,
        operations: tuple[int, ...],
        *more: Byte,
        key: tuple[Range, ...],
        keep: int = KEEP,
        with_length: bool = False,
    ) -> Case:
        low, high = (68, 69) if little else (69, 68)
        asks = kind == REQUEST
        return Case(
            NAME,
            (Byte(1, kind), order, _IS_PNIO, Byte(low, operations), Byte(high, 0), *more),
            (*_HEAD, *(() if asks else (_STATUS,)), *key),
            Role.REQUEST if asks else Role.RESPONSE,
            _pair(little),
            keep,
            with_length=with_length,
        )

    many = _word(134, WRITE_MULTIPLE, little=False)
    names = (Byte(134, IM1 >> 8), Byte(135, range(IM1 & 0xFF, (IM3 & 0xFF) + 1)))
    for kind in (REQUEST, RESPONSE):
        yield case(kind, (CONNECT,), key=_CONNECTION, keep=LONGEST)
        yield case(kind, (RELEASE, CONTROL), key=_CONTROL)
    for several in (many, _word(134, CONTAINER, little=False)):
        yield case(REQUEST, (WRITE,), *several, key=(*_ADDRESS, Range(RECORD)), keep=LONGEST)
    yield case(REQUEST, (WRITE,), *names, key=(*_ADDRESS, Range(RECORD, 224)))
    drive = (Byte(134, DRIVE[0] >> 8), Byte(135, tuple(n & 0xFF for n in DRIVE)))
    yield case(REQUEST, (WRITE,), *drive, key=(*_ADDRESS, Range(RECORD + REQUEST_ID, RECORD + PROFILE)))
    energy = (*_word(134, ENERGY, little=False), *magic(RECORD, ENERGY_REQUEST))
    yield case(REQUEST, (WRITE,), *energy, key=(*_ADDRESS, Range(RECORD + SERVICE, RECORD + SERVICE + 1)))
    yield case(REQUEST, (READ, WRITE, READ_IMPLICIT), key=_ADDRESS)
    yield case(RESPONSE, (WRITE,), *many, key=(*_ADDRESS, _WRITTEN, *_ANSWERED), keep=LONGEST)
    yield case(RESPONSE, (WRITE,), key=(*_ADDRESS, _WRITTEN))
    for at, index in ((RECORD, INTERFACE_DATA), (RECORD + 16, REAL_DATA)):  # alone, or in the first multiple block
        data = (*_word(134, index, little=False), *_word(at, INTERFACE_BLOCK, little=False))
        through = Range(RECORD, Field(at + 2, 2, add=at + 4))
        keep, counts = (1500, True) if index == REAL_DATA else (512, False)  # counters of ports are in the other blocks
        yield case(RESPONSE, (READ, READ_IMPLICIT), *data, key=(*_ADDRESS, through), keep=keep, with_length=counts)
    for index in RECORDS:
        found = _word(134, index, little=False)
        yield case(RESPONSE, (READ, READ_IMPLICIT), *found, key=(*_ADDRESS, Range(RECORD)), keep=1500)
    im0 = _word(134, IM0, little=False)
    yield case(RESPONSE, (READ, READ_IMPLICIT), *im0, key=(*_ADDRESS, Range(RECORD, 224)))
    yield case(RESPONSE, (READ, READ_IMPLICIT), key=_ADDRESS)
    for kind, key in ((REQUEST, (Range(80, 84),)), (RESPONSE, (Range(100),))):
        role = Role.REQUEST if kind == REQUEST else Role.RESPONSE
        yield Case(NAME, (Byte(1, kind), order, _IS_EPM), (*_HEAD, *key), role, _pair(little), keep=1024)
    yield Case(NAME, (Byte(1, REQUEST), order), _HEAD, Role.REQUEST, _pair(little), KEEP)
    yield Case(NAME, (Byte(1, RESPONSE), order), (*_HEAD, _STATUS), Role.RESPONSE, _pair(little), KEEP)
    yield Case(NAME, (Byte(1, (FAULT, REJECT)), order), (*_HEAD, _STATUS), Role.RESPONSE, _pair(little), KEEP)


_LATER = tuple(
    Case(NAME, (Byte(1, (REQUEST, RESPONSE)), Byte(at, range(1, 256))), (*_HEAD, Range(76, 78)), Role.NOTICE, keep=96)
    for at in (76, 77)  # fragment number
)
CASES = (
    *_LATER,
    *_of_order(little=True),
    *_of_order(little=False),
    Case(NAME, (Byte(1, range(11)),), _HEAD, Role.NOTICE, keep=96),
)
