"""What carries DLMS/COSEM APDUs: the wrapper of TCP and UDP, and HDLC frames.

Written from IEC 62056-47:2006 clause 7 (wrapper), IEC 62056-46:2002+A1:2006 clause 6 (frame format type 3, addresses,
control field, check sequences) and ISO/IEC 13239 (CRC-16 over x^16 + x^12 + x^5 + 1).
"""

from __future__ import annotations

from typing import NamedTuple

from scanner.protocols.base import Kind, Malformed, Message
from scanner.protocols.common.crc import crc16_x25
from scanner.wording import said

WRAPPER = 8  # version, source port, destination port, length
FLAG = 0x7E
COMMAND, RESPONSE = b"\xe6\xe6\x00", b"\xe6\xe7\x00"
UI = 0x03


class Frame(NamedTuple):
    """Name and kind of an HDLC frame that carries no APDU."""

    name: str
    kind: Kind
    refusal: str = ""


FRAMES = {
    0x83: Frame("SNRM", Kind.REQUEST),
    0x43: Frame("DISC", Kind.REQUEST),
    0x63: Frame("UA", Kind.RESPONSE),
    0x0F: Frame("DM", Kind.REFUSAL, "disconnected mode"),
    0x87: Frame("FRMR", Kind.REFUSAL, "frame reject"),
}


class Link(NamedTuple):
    """A message without its envelope.

    unit: both ends' ports or addresses. apdu: kept bytes, b"" when there is none; length: its true length; start:
    where it begins. by_client: as the envelope says it, None when it does not. frame: set when there is no APDU.
    """

    unit: str
    apdu: bytes
    length: int
    start: int
    by_client: bool | None = None
    frame: Frame | None = None


def link(message: Message) -> Link:
    """The envelope taken off; Malformed when it contradicts itself."""
    data = message.data
    if len(data) >= WRAPPER + 1 and data[:2] == b"\0\1":
        return _wrapper(message)
    if len(data) >= 9 and data[0] == FLAG:
        return _hdlc(message)
    raise Malformed("neither a wrapper nor an HDLC frame")


def _wrapper(message: Message) -> Link:
    data = message.data
    source, target, length = (int.from_bytes(data[at : at + 2], "big") for at in (2, 4, 6))
    if length + WRAPPER != message.length:
        raise Malformed(
            "wrapper says {stated} bytes, there are {length}", stated=length + WRAPPER, length=message.length
        )
    return Link(said("{n} to {m}", n=source, m=target), data[WRAPPER:], length, WRAPPER)


def _hdlc(message: Message) -> Link:
    data = message.data
    length = int.from_bytes(data[1:3], "big") & 0x7FF
    if length + 2 > message.length or data[1] >> 4 != 0xA:
        raise Malformed(
            "frame format 0x{value:02X}{value_2:02X} in {length} bytes",
            value=data[1],
            value_2=data[2],
            length=message.length,
        )
    target, at = _address(data, 3)
    source, at = _address(data, at)
    if at >= len(data):
        raise Malformed("no control field")
    control = data[at] & 0xEF  # without the poll/final bit
    checked = length + 1 if at + 4 == length + 2 else at + 3
    if len(data) < checked:
        raise Malformed("the header of the frame is not complete in the capture")
    if crc16_x25(data[1 : checked - 2]) != int.from_bytes(data[checked - 2 : checked], "little"):
        raise Malformed("wrong check sequence of the header")
    if len(data) >= length + 2:  # of a long frame only the beginning is kept
        sequence = int.from_bytes(data[length - 1 : length + 1], "little")
        if crc16_x25(data[1 : length - 1]) != sequence or data[length + 1] != FLAG:
            raise Malformed("wrong check sequence of the frame")
    unit = said("{n} to {m}", n=source, m=target)
    if control & 1 and control != UI:
        known = FRAMES.get(control) or _supervisory(control)
        return Link(unit, b"", 0, 0, None, known)
    return _information(message, unit, at + 3)


def _information(message: Message, unit: str, at: int) -> Link:
    """An I or UI frame; without a header of the LLC it goes on with what is not here."""
    head = message.data[at : at + 3]
    if head not in (COMMAND, RESPONSE):
        return Link(unit, b"", 0, 0, None, Frame("I", Kind.NOTICE))
    rest = message.data[at + 3 :]
    size = message.length - at - 6
    return Link(unit, rest[:size], size, at + 3, head == COMMAND)


def _supervisory(control: int) -> Frame:
    if control & 0x0F == 0x01:
        return Frame("RR", Kind.NOTICE)
    if control & 0x0F == 0x05:
        return Frame("RNR", Kind.NOTICE)
    raise Malformed("control field 0x{control:02X}", control=control)


def _address(data: bytes, at: int) -> tuple[str, int]:
    """(address, where the next field begins); of a server upper and lower parts are shown."""
    end = at
    while end < min(len(data), at + 4) and not data[end] & 1:
        end += 1
    size = end + 1 - at
    if end >= len(data) or size not in (1, 2, 4):
        raise Malformed("an address of one, two or four bytes")
    parts = [byte >> 1 for byte in data[at : end + 1]]
    if size == 1:
        return str(parts[0]), end + 1
    upper, lower = parts[: size // 2], parts[size // 2 :]
    return f"{_number(upper)}.{_number(lower)}", end + 1


def _number(parts: list[int]) -> int:
    value = 0
    for part in parts:
        value = value << 7 | part
    return value
