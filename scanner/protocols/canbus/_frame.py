"""A frame of SocketCAN (LINKTYPE_CAN_SOCKETCAN): identifier with flags, length, data.

https://www.tcpdump.org/linktypes/LINKTYPE_CAN_SOCKETCAN.html; CiA 610-1 (CAN XL). The identifier is big-endian. In a
Linux cooked capture it is as the machine has it (libpcap, pcap-common.c), and files of some programs have it so too;
then the order of the link type gives bits that no frame has, except for some identifiers of 29 bits, which are wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scanner.framing.language import Byte, Framing, Size, Test, Whole, instead_of_ethertype
from scanner.protocols.base import Malformed, Message

ETHERTYPE = instead_of_ethertype(227)
HEADER = 8
_EXTENDED, _REMOTE, _ERROR = 0x80000000, 0x40000000, 0x20000000
_XL_FLAG, _XL_HEADER = 0x80, 12
_LONGEST, _LONGEST_FD, _LONGEST_XL = 8, 64, 2048
_SHORT, _CLASSES = (0x7FF, 0x3FF)  # identifiers of 11 bits; what an error frame's tells (linux/can/error.h)
_NO_FLAGS = 0x1FFFFFFF

FRAMING = Framing(
    name="socketcan",
    delimiter=Whole(),
    sync=(Size(HEADER),),
    ports={"ethertype": (ETHERTYPE,)},
    confirmations=1,
    anywhere=False,
)
# With an identifier of 11 bits, neither remote nor error: (the bytes that are 0, where its high and low byte are).
SHORT: tuple[tuple[tuple[Test, ...], int, int], ...] = (
    ((Byte(0, 0), Byte(1, 0)), 2, 3),
    ((Byte(2, 0), Byte(3, 0)), 1, 0),
)


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
    """The frame as it most likely is; Malformed when its length does not fit."""
    raw = message.data
    if message.transport != "ethernet" or message.port != ETHERTYPE or len(raw) < HEADER:
        raise Malformed("no CAN frame")
    big, little = (int.from_bytes(raw[:4], order) for order in _ORDERS)
    if raw[4] & _XL_FLAG and len(raw) >= _XL_HEADER:
        size = int.from_bytes(raw[6:8], "little")
        if not 1 <= size <= _LONGEST_XL or message.length < _XL_HEADER + size:
            raise Malformed("no CAN frame")
        return CanFrame(big & _SHORT, False, False, False, "CAN XL", raw[_XL_HEADER : _XL_HEADER + size])
    possible = [n for n in (big, little) if _is_possible(n, raw)]
    short = [n for n in possible if n <= _SHORT]  # then 29 bits are possible only because 16 of them are 0
    return _frame(next(iter(short or possible), big), message)


_ORDERS: tuple[Literal["big", "little"], ...] = ("big", "little")


def _is_possible(number: int, raw: bytes) -> bool:
    """Whether Linux gives a frame such an identifier with such flags."""
    identifier, data = number & _NO_FLAGS, raw[HEADER : HEADER + raw[4]]
    if number & _ERROR:
        return not number & (_EXTENDED | _REMOTE) and 0 < identifier <= _CLASSES and raw[4] == _LONGEST
    if number & _REMOTE and any(data):
        return False
    return number & _EXTENDED != 0 or identifier <= _SHORT


def _frame(number: int, message: Message) -> CanFrame:
    raw = message.data
    fd = raw[5] & 4 != 0 or raw[4] > _LONGEST
    if raw[4] > (_LONGEST_FD if fd else _LONGEST) or (message.length < HEADER + raw[4] and not number & _REMOTE):
        raise Malformed("no CAN frame")
    extended = number & _EXTENDED != 0
    return CanFrame(
        number & (_NO_FLAGS if extended else _SHORT),
        extended,
        number & _REMOTE != 0,
        number & _ERROR != 0,
        "CAN FD" if fd else "CAN",
        raw[HEADER : HEADER + raw[4]],
    )
