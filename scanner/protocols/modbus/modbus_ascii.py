"""Modbus ASCII frames carried over TCP and UDP by serial converters.

Written from MODBUS over Serial Line, Specification and Implementation Guide V1.02, section 2.5.2 (ASCII framing, LRC).
A frame is a colon, address, PDU and LRC in hexadecimal digits, CR, LF; the PDU is that of Modbus/TCP and read there.
Which bytes of it are meaning is taken from there as well.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from scanner.framing.language import Alike, Byte, Case, Framing, Line, Part, Range, Size, Test
from scanner.protocols.base import Malformed, Message, Operation, Protocol, Row
from scanner.protocols.modbus import modbus

_SHORTEST, _LONGEST = 9, 513  # characters: address, function and LRC; 252 octets of data more
_DIGITS = b"0123456789ABCDEF"

_NAME = "modbus-ascii"

FRAMING = Framing(
    name=_NAME,
    delimiter=Line(maximum=_LONGEST),
    sync=(Byte(0, b":"), *(Byte(at, _DIGITS) for at in range(1, 7))),
    confirmations=2,
)

# --- which bytes are meaning ----------------------------------------------------------------------------------------
# Those of Modbus/TCP, each of them two characters: octet 6 of an ADU, the unit, stands at 1. LRC, CR and LF are the
# last four. A set of octets is told by its characters as one or several pairs of sets.

_UNIT, _END = modbus.UNIT, -4
_TAIL = 4  # LRC, CR, LF


def _place(at: int) -> int:
    """Where the octet at ``at`` of an ADU of Modbus/TCP begins in the line."""
    return 1 + 2 * (at - _UNIT)


def _characters(test: Test) -> list[tuple[Test, ...]]:
    """A test of Modbus/TCP as tests of characters, one of which has to hold."""
    if isinstance(test, Size):
        low, high = (min(_place(size) + _TAIL, _LONGEST) for size in (test.low, test.high))
        return [(Size(low, high),)]
    if isinstance(test, Alike):
        return [(Alike(_place(test.one), _place(test.other), 2 * test.width),)]
    if not isinstance(test, Byte):
        return [(test,)]
    firsts: defaultdict[frozenset[int], set[int]] = defaultdict(set)
    for first in range(16):
        seconds = frozenset(_DIGITS[value & 15] for value in test.among if value >> 4 == first)
        if seconds:
            firsts[seconds].add(_DIGITS[first])
    at = _place(test.at)
    return [(Byte(at, frozenset(first)), Byte(at + 1, second)) for second, first in firsts.items()]


def _range(part: Part) -> Range:
    if not isinstance(part, Range):
        raise TypeError("Modbus has no BER elements")
    return Range(_place(part.start), _place(part.end) if isinstance(part.end, int) else _END)


def _lines(case: Case) -> Iterator[Case]:
    """The cases of lines that carry what the case of Modbus/TCP is about."""
    key = tuple(_range(part) for part in case.key)
    for tests in itertools.product(*(_characters(test) for test in case.when)):
        when = (Byte(0, b":"), *itertools.chain.from_iterable(tests))
        # The unit is what an answer repeats, but for the function, whose first digit an exception has altered.
        yield Case(_NAME, when, key, pair=(Range(1, 3),), keep=_LONGEST, with_length=case.with_length)


CASES = (
    *(line for case in modbus.CASES for line in _lines(case)),
    Case(_NAME, (Byte(0, b":"),), key=(Range(1, _END),), pair=(Range(1, 3),), keep=_LONGEST),
)


def probe(message: Message) -> bool:
    """A right LRC, a published function, a length that it can have."""
    try:
        return modbus.probe(_over_tcp(message))
    except Malformed:
        return False


def dissect(message: Message) -> Iterator[Row]:
    """The operations of the frame, as Modbus/TCP has them; tshark has no dissector, so they carry no filter."""
    for row in modbus.dissect(_over_tcp(message)):
        yield replace(row, filter="") if isinstance(row, Operation) else row


def _over_tcp(message: Message) -> Message:
    """The frame as Modbus/TCP would carry it, on no port in particular; Malformed when digits or LRC are wrong."""
    text = message.data
    if not text.startswith(b":") or len(text) != message.length or not text.endswith(b"\r\n"):
        raise Malformed("no whole line from a colon to CR LF")
    digits = text[1:-2]
    if len(text) < _SHORTEST or len(digits) % 2 or digits.translate(None, _DIGITS):
        raise Malformed("no hexadecimal digits in pairs")
    octets = bytes.fromhex(digits.decode("ascii"))
    if sum(octets) & 0xFF:
        raise Malformed("the LRC is wrong")
    data = bytes(4) + (len(octets) - 1).to_bytes(2, "big") + octets[:-1]
    return message.carrying(data, len(data), port=0)


PROTOCOL = Protocol(
    name=_NAME,
    title="Modbus ASCII over TCP/UDP",
    short="Modbus ASCII",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=modbus.PROTOCOL.verbs,
    specification="MODBUS over Serial Line V1.02, section 2.5.2; MODBUS Application Protocol V1.1b3",
)
