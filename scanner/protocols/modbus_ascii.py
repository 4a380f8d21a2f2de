"""Modbus ASCII frames carried over TCP and UDP by serial converters.

Written from MODBUS over Serial Line, Specification and Implementation Guide V1.02, section 2.5.2 (ASCII framing, LRC).
A frame is a colon, address, PDU and LRC in hexadecimal digits, CR, LF; the PDU is that of Modbus/TCP and read there.
Functions that are seldom used are compared with all their data.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scanner.capture.descriptor import Byte, Case, Framing, Line, Range, Size, Test
from scanner.protocols import modbus
from scanner.protocols.base import Malformed, Message, Operation, Protocol, Row

_SHORTEST, _LONGEST = 9, 513  # characters: address, function and LRC; 252 octets of data more
_DIGITS = b"0123456789ABCDEF"

FRAMING = Framing(
    name="modbus-ascii",
    cutter=Line(maximum=_LONGEST),
    sync=(Byte(0, b":"), *(Byte(at, _DIGITS) for at in range(1, 7))),
    confirmations=2,
)

# --- which bytes are meaning ----------------------------------------------------------------------------------------
# Offsets in characters: 1 address, 3 function, 5 first octet after it; LRC, CR and LF are the last four.

_END = -4


def _case(function: bytes, *tests: Test, end: int) -> Case:
    """``function``: its two characters, of which the second is one of those from the second on."""
    when = (Byte(0, b":"), Byte(3, function[0]), Byte(4, function[1:]), *tests)
    return Case("modbus-ascii", when, key=(Range(1, end),), keep=_LONGEST)


CASES = (
    Case("modbus-ascii", (Byte(0, b":"), Byte(3, b"89ABCDEF")), key=(Range(1, 7),), keep=_LONGEST),  # exceptions
    _case(b"01234", Size(17, 17), end=13),
    _case(b"01234", end=7),
    _case(b"056", end=9),
    _case(b"0F", end=15),
    _case(b"10", end=15),
    _case(b"16", end=9),
    # A request asks for up to 125 registers and writes up to 121; a response has register values in these places.
    _case(b"17", Size(29), Byte(9, b"0"), Byte(10, b"0"), Byte(17, b"0"), Byte(18, b"0"), end=23),
    _case(b"17", end=7),
    _case(b"18", end=9),
    Case("modbus-ascii", (Byte(0, b":"),), key=(Range(1, _END),), keep=_LONGEST),
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
    return replace(message, data=data, length=len(data), port=0)


PROTOCOL = Protocol(
    name="modbus-ascii",
    title="Modbus ASCII over TCP/UDP",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=modbus.PROTOCOL.verbs,
    specification="MODBUS over Serial Line V1.02, section 2.5.2; MODBUS Application Protocol V1.1b3",
)
