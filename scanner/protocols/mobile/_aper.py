"""What application protocols of base stations and mobile cores have in common: the outer structure in aligned PER.

ITU-T X.691 (aligned variant): open types with their lengths (11.9), constrained whole numbers (11.5). NGAP, S1AP and
their kin (3GPP TS 38.413, 36.413 and others, section 9) wrap every message alike: which of three kinds it is, procedure
code, criticality, and a container of elements, each with number, criticality and value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address

from scanner.protocols.base import Malformed

INITIATING, SUCCESSFUL, UNSUCCESSFUL = range(3)
CRITICALITIES = (0x00, 0x40, 0x80)  # reject, ignore, notify
IDENTIFIER = 4  # bytes of the payload protocol identifier before the message
ADDRESS_BITS = (32, 128, 160)  # of IPv4, IPv6 and both
_LARGEST = 0xC0  # a length of 16 KB or more comes in pieces


class Bits:
    """Reads aligned PER from ``data``, bit by bit where it must. Beyond the end: Malformed."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0  # ``at`` counts bits

    def bits(self, count: int) -> int:
        """An unsigned number of so many bits."""
        end = self.at + count
        if end > 8 * len(self.data):
            raise Malformed("the element ends too early")
        last = -(-end // 8)
        number = int.from_bytes(self.data[self.at // 8 : last], "big") >> (8 * last - end)
        self.at = end
        return number & ((1 << count) - 1)

    def octets(self, count: int) -> bytes:
        """So many octets from the next octet boundary on."""
        first = -(-self.at // 8)
        if first + count > len(self.data):
            raise Malformed("the element ends too early")
        self.at = 8 * (first + count)
        return self.data[first : first + count]

    def length(self) -> int:
        """A length of up to 16383."""
        first = self.octets(1)[0]
        if first < 0x80:
            return first
        if first >= _LARGEST:
            raise Malformed("a length in pieces")
        return (first & 0x3F) << 8 | self.octets(1)[0]

    def string(self) -> bytes:
        """An octet string without a bound, or an open type."""
        return self.octets(self.length())


@dataclass(slots=True)
class Pdu:
    """One message. elements: number -> value, of which the first with a number counts; short: its end is not here."""

    kind: int
    procedure: int
    elements: dict[int, bytes]
    short: bool


def read(data: bytes, length: int, kinds: dict[int, int]) -> Pdu:
    """The message behind the payload protocol identifier. ``kinds``: first byte -> kind."""
    if len(data) < IDENTIFIER + 4 or data[4] not in kinds or data[6] not in CRITICALITIES:
        raise Malformed("no message of an application protocol")
    at, size = _length(data, 7)
    if at + size != length:
        raise Malformed("the lengths do not agree")
    short = len(data) < length
    if size < 3 or len(data) < at + 3 or data[at] & 0x7F:
        raise Malformed("no container of elements")
    count = int.from_bytes(data[at + 1 : at + 3], "big")
    elements: dict[int, bytes] = {}
    at += 3
    for number, value, behind in contained(data, at, count):
        elements.setdefault(number, value)
        at = behind
        count -= 1
    if not short and (count or (at != length and not data[length - size] & 0x80)):
        raise Malformed("the elements do not fill the message")
    return Pdu(kinds[data[4]], data[5], elements, short)


def contained(data: bytes, at: int, count: int) -> Iterator[tuple[int, bytes, int]]:
    """Number, value and end of each element of a container that is there whole, the first at ``at``."""
    for _ in range(count):
        if at + 4 > len(data) or data[at + 2] not in CRITICALITIES:
            return
        first, size = _length(data, at + 3)
        if first + size > len(data):
            return
        yield int.from_bytes(data[at : at + 2], "big"), data[first : first + size], first + size
        at = first + size


def _length(data: bytes, at: int) -> tuple[int, int]:
    """Where what has the length at ``at`` begins, and how long it is."""
    first = data[at]
    if first < 0x80:
        return at + 1, first
    if first >= _LARGEST or at + 2 > len(data):
        return at + 1, 1 << 30
    return at + 2, (first & 0x3F) << 8 | data[at + 1]


def transport_address(octets: bytes, bits: int) -> str:
    """A TransportLayerAddress of so many bits (3GPP TS 38.413 section 9.3.2.4, 36.413 section 9.2.2.1); of both
    kinds the one of IPv4, empty where it has another length.
    """
    if bits not in ADDRESS_BITS:
        return ""
    return str(ip_address(octets if bits == 128 else octets[:4]))


def printable(value: bytes) -> str:
    """A PrintableString of 1 to 150 characters that may be extended; empty when it is none."""
    reader = Bits(value)
    try:
        if reader.bits(1):
            return ""
        return reader.octets(reader.bits(8) + 1).decode("ascii", "replace")
    except Malformed:
        return ""


def plmn(octets: bytes) -> str:
    """Country and network code of three octets (3GPP TS 24.008, section 10.5.1.13): ``001-01``."""
    one, two, three = octets
    digits = (one & 15, one >> 4, two & 15, three & 15, three >> 4, two >> 4)
    text = "".join(str(d) if d < 10 else "" if d == 15 else "?" for d in digits)
    return f"{text[:3]}-{text[3:]}"
