"""Modbus RTU frames carried over TCP and UDP by serial converters.

Written from MODBUS over Serial Line, Specification and Implementation Guide V1.02, sections 2.5.1 (RTU framing, CRC)
and 6.2 (CRC generation). A frame is address, PDU, CRC-16; the PDU is that of Modbus/TCP and read there.

A frame has no length: only its checksum says where it ends. So a segment or datagram is taken as one frame, as
converters send them after the silence between frames; one that holds part of a frame or several of them is out of step.
The checksum, which the kernel verifies, recognises it on any port.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scanner.framing.language import Alike, Bits, Byte, Case, Framing, Part, Range, SentBy, Size, Test, Whole, Within
from scanner.protocols.base import Malformed, Message, Protocol, Row
from scanner.protocols.common.crc import MODBUS_RESIDUE, crc16_modbus
from scanner.protocols.modbus import modbus

CHECKSUM = 2
_SHORTEST, _LONGEST = 4, 256
_HEADER = modbus.UNIT  # octets of MBAP before the unit identifier, which RTU does not have

# The registered port; TCP server modes of Moxa, Digi, Lantronix and USR converters.
_TCP = (502, 503, 950, 2101, *range(4001, 4009), 8899, 10001)

FRAMING = Framing(
    name="modbus-rtu",
    delimiter=Whole(),
    sync=(
        Byte(1, set(range(1, 0x100)) - {0x80}),
        Size(_SHORTEST, _LONGEST),
        MODBUS_RESIDUE,
    ),
    ports={"tcp": _TCP, "udp": (502, 503, *range(4001, 4009))},
)


def _serial(case: Case) -> Case:
    """A case of Modbus/TCP for the same PDU in an RTU frame: no MBAP before it, a checksum behind, no transaction."""
    return replace(
        case,
        protocol="modbus-rtu",
        when=tuple(_test(t) for t in case.when),
        key=tuple(_range(r) for r in case.key),
        pair=(Range(0, 1), Bits(1, 0x7F)),  # unit and function, all that an answer repeats
    )


def _test(test: Test) -> Test:
    if isinstance(test, SentBy | Within):
        return test
    if isinstance(test, Alike):
        return Alike(test.one - _HEADER, test.other - _HEADER, test.width)
    if isinstance(test, Byte):
        return Byte(test.at - _HEADER, test.among)
    return Size(test.low - _HEADER + CHECKSUM, test.high - _HEADER + CHECKSUM if test.high < _LONGEST else test.high)


def _range(part: Part) -> Range:
    if not isinstance(part, Range):
        raise TypeError("Modbus has no BER elements")
    end = part.end - _HEADER if isinstance(part.end, int) else -CHECKSUM
    return Range(part.start - _HEADER, end)


CASES = tuple(_serial(case) for case in modbus.CASES)


def probe(message: Message) -> bool:
    """A right checksum, a published function, a length that it can have."""
    try:
        return modbus.probe(_over_tcp(message))
    except Malformed:
        return False


def dissect(message: Message) -> Iterator[Row]:
    """The operations of the frame, as Modbus/TCP has them."""
    yield from modbus.dissect(_over_tcp(message))


def _over_tcp(message: Message) -> Message:
    """The frame as Modbus/TCP would carry it, on no port in particular; Malformed when its checksum is wrong."""
    raw, size = message.data, message.length - CHECKSUM
    if not _SHORTEST <= message.length <= _LONGEST:
        raise Malformed("{length} octets are no RTU frame", length=message.length)
    if len(raw) == message.length and crc16_modbus(raw[:-CHECKSUM]) != int.from_bytes(raw[-CHECKSUM:], "little"):
        raise Malformed("the checksum is wrong: no whole frame, or several")
    data = bytes(4) + size.to_bytes(2, "big") + raw[:size]
    return message.carrying(data, size + _HEADER, port=0)


PROTOCOL = Protocol(
    name="modbus-rtu",
    title="Modbus RTU over TCP/UDP",
    short="Modbus RTU",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=modbus.PROTOCOL.verbs,
    specification="MODBUS over Serial Line V1.02, sections 2.5.1, 6.2; MODBUS Application Protocol V1.1b3",
    display_filter="mbrtu",
)
