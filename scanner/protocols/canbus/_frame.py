"""A frame of SocketCAN (LINKTYPE_CAN_SOCKETCAN): identifier with flags, length, data.

https://www.tcpdump.org/linktypes/LINKTYPE_CAN_SOCKETCAN.html; CiA 610-1 (CAN XL). The identifier is big-endian;
files of some programs have it as their machine does, which shows where a short one would be larger than 11 bits.
"""

from __future__ import annotations

from dataclasses import dataclass

from scanner.framing.language import Byte, Framing, Size, Test, Whole, instead_of_ethertype
from scanner.protocols.base import Malformed, Message

ETHERTYPE = instead_of_ethertype(227)
HEADER = 8
_EXTENDED, _REMOTE, _ERROR = 0x80000000, 0x40000000, 0x20000000
_XL_FLAG, _XL_HEADER = 0x80, 12
_LONGEST, _LONGEST_FD, _LONGEST_XL = 8, 64, 2048

FRAMING = Framing(
    name="socketcan",
    delimiter=Whole(),
    sync=(Size(HEADER),),
    ports={"ethertype": (ETHERTYPE,)},
    confirmations=1,
    anywhere=False,
)
SHORT: tuple[Test, ...] = (Byte(0, 0), Byte(1, 0))  # with an identifier of 11 bits, neither remote nor error


@dataclass(frozen=True)
class CanFrame:
    """kind: "CAN", "CAN FD" or "CAN XL"; a remote frame asks for data, an error frame is the controller's own."""

    identifier: int
    extended: bool
    remote: bool
    error: bool
    kind: str
    data: bytes


def can_frame(message: Message) -> CanFrame:
    """The frame; Malformed when its length does not fit."""
    raw = message.data
    if message.transport != "ethernet" or message.port != ETHERTYPE or len(raw) < HEADER:
        raise Malformed("no CAN frame")
    number = int.from_bytes(raw[:4], "big")
    if raw[4] & _XL_FLAG and len(raw) >= _XL_HEADER:
        size = int.from_bytes(raw[6:8], "little")
        if not 1 <= size <= _LONGEST_XL or message.length < _XL_HEADER + size:
            raise Malformed("no CAN frame")
        return CanFrame(number & 0x7FF, False, False, False, "CAN XL", raw[_XL_HEADER : _XL_HEADER + size])
    if not number & _EXTENDED and number & (0x1FFFFE00 if number & _ERROR else 0x1FFFF800):
        number = int.from_bytes(raw[:4], "little")
    fd = raw[5] & 4 != 0 or raw[4] > _LONGEST
    if raw[4] > (_LONGEST_FD if fd else _LONGEST) or (message.length < HEADER + raw[4] and not number & _REMOTE):
        raise Malformed("no CAN frame")
    extended = number & _EXTENDED != 0
    return CanFrame(
        number & (0x1FFFFFFF if extended else 0x7FF),
        extended,
        number & _REMOTE != 0,
        number & _ERROR != 0,
        "CAN FD" if fd else "CAN",
        raw[HEADER : HEADER + raw[4]],
    )
