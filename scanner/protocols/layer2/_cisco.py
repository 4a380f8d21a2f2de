"""What Cisco's link protocols share: CDP, DTP and UDLD go to one group address, and with PVST+ into one framing.

Messages begin at the SNAP organisation code 00-00-0C; bytes 3 and 4 are the protocol. TLVs have a type and a length of
two bytes each; the length counts this header.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Framing, Size, Test, Whole, magic
from scanner.protocols.base import Malformed, Message

ORGANISATION = b"\0\0\x0c"
FRAMING = Framing(
    name="cisco-snap",
    delimiter=Whole(),
    sync=(*magic(0, ORGANISATION), Size(6)),
    ports={"ethertype": (0xAA,)},
    confirmations=1,
    anywhere=False,
)


def is_protocol(number: int) -> tuple[Test, ...]:
    """Tests for the protocol behind the organisation code."""
    return magic(3, number.to_bytes(2, "big"))


def tlvs(message: Message, at: int) -> Iterator[tuple[int, bytes]]:
    """Type and value of each TLV from ``at`` on; a frame that was captured in part ends where it was cut."""
    data = message.data
    while at + 4 <= len(data):
        kind, size = int.from_bytes(data[at : at + 2], "big"), int.from_bytes(data[at + 2 : at + 4], "big")
        if not kind and not size:  # padding
            return
        if size < 4 or at + size > len(data):
            if message.length > len(data):
                return
            raise Malformed("TLV 0x{kind:04X} does not fit the frame", kind=kind)
        yield kind, data[at + 4 : at + size]
        at += size
