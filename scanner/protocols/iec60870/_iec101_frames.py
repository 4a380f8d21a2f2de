"""FT 1.2 frames of IEC 60870-5-101: what they are, the ASDU in them, and how wide its fields are.

IEC 60870-5-1:1990 (format class FT 1.2), IEC 60870-5-2:1992 (link functions), IEC 60870-5-101:2003, 7.2 (ASDU). The
standard leaves the widths of link address, cause, common address and object address to the project; they are found by
what fits the length. A link address of no octets, or above 255, is not looked for: the frames of M-Bus and
IEC 60870-5-103 would pass for such ones. Those of the latter say that they are a sequence of one object.
"""

from __future__ import annotations

from dataclasses import dataclass

from scanner.protocols.base import Malformed, Message, Verb
from scanner.protocols.iec60870._iec104_names import TYPES, UNKNOWN, Type

FIXED, VARIABLE, SINGLE, END = 0x10, 0x68, 0xE5, 0x16
TRAILER = 2  # checksum, end
KEPT = 6  # octets of an ASDU with several objects that are told apart: type, number, cause, and three more

# From the primary station (IEC 60870-5-2, table 1) and from the secondary (table 2).
PRIMARY = {
    0: ("Reset of Remote Link", Verb.SESSION),
    1: ("Reset of User Process", Verb.RESTART),
    2: ("Test Function for Link", Verb.DIAGNOSE),
    3: ("User Data, confirmed", Verb.UNKNOWN),
    4: ("User Data, not confirmed", Verb.UNKNOWN),
    8: ("Request for Access Demand", Verb.SESSION),
    9: ("Request Status of Link", Verb.SESSION),
    10: ("Request User Data Class 1", Verb.READ),
    11: ("Request User Data Class 2", Verb.READ),
}
SECONDARY = {
    0: ("Acknowledgement", Verb.SESSION),
    1: ("Not Acknowledged: link busy", Verb.SESSION),
    8: ("User Data", Verb.UNKNOWN),
    9: ("Not Acknowledged: requested data not available", Verb.READ),
    11: ("Status of Link", Verb.SESSION),
    14: ("Link service not functioning", Verb.SESSION),
    15: ("Link service not implemented", Verb.SESSION),
}
REFUSALS = (1, 14, 15)
# What asks the link itself, and what answers that. Polls are answered by an ASDU as well, and are counted only.
LINK_REQUESTS, LINK_ANSWERS = (0, 1, 2, 8, 9), (0, 1, 11, 14, 15)

# Widths of cause, common address and object address, the usual ones first.
_WIDTHS = (
    (1, 1, 2), (1, 2, 2), (2, 2, 3), (1, 1, 1), (1, 2, 1), (1, 2, 3), (1, 1, 3), (2, 1, 2), (2, 2, 2), (2, 1, 3),
    (2, 1, 1), (2, 2, 1),
)  # fmt: skip


@dataclass(frozen=True)
class Asdu:
    """An ASDU as far as it is told apart. ``common`` and ``first`` are None where widths or octets are not known."""

    link: int
    number: int
    kind: Type
    count: int
    sequence: bool
    cause: int
    negative: bool
    test: bool
    common: int | None
    first: int | None
    element: bytes  # of a single object


def check_fixed(message: Message) -> None:
    """Malformed when the frame of fixed length is none."""
    data = message.data
    if not 5 <= message.length <= 6 or len(data) < message.length or data[0] != FIXED or data[-1] != END:
        raise Malformed("no frame of fixed length")
    if sum(data[1:-2]) & 0xFF != data[-2]:
        raise Malformed("the checksum is wrong")


def check_variable(message: Message) -> None:
    """Malformed when the frame of variable length is none."""
    data = message.data
    if len(data) < 8 or data[0] != VARIABLE or data[3] != VARIABLE or data[1] != data[2] or data[1] < 5:
        raise Malformed("no frame of variable length")
    size = 4 + data[1] + TRAILER
    if size != message.length:
        raise Malformed("the frame has {size} octets, the message {length}", size=size, length=message.length)
    if len(data) >= size and (data[size - 1] != END or sum(data[4 : size - 2]) & 0xFF != data[size - 2]):
        raise Malformed("the checksum or the end of the frame is wrong")


def type_at(data: bytes) -> int:
    """Where the ASDU begins: behind a link address of one octet, or of two of which the second is 0."""
    return 7 if len(data) > 7 and not data[6] and data[7] in TYPES else 6


def read_asdu(message: Message) -> Asdu:
    """The ASDU of a variable frame that is kept whole."""
    data = message.data
    at = type_at(data)
    if len(data) < at + KEPT + TRAILER - 2 or len(data) < message.length:
        raise Malformed("an ASDU cut short")
    number, count, sequence = data[at], data[at + 1] & 0x7F, bool(data[at + 1] & 0x80)
    kind = TYPES.get(number, UNKNOWN)
    if sequence and count < 2:
        raise Malformed("a sequence of one object, as IEC 60870-5-103 has it")
    body = data[at + 2 : -TRAILER]
    widths = _widths(kind, count, body, sequence=sequence)
    common = first = None
    single = count == 1 and not sequence
    element = b""
    if widths:
        cause, address, place = widths
        shown = body if single else body[: KEPT - 2]
        common = _little(shown, cause, address)
        first = _little(shown, cause + address, place)
        element = body[sum(widths) :] if single else b""
    return Asdu(
        link=int.from_bytes(data[5:at], "little"),
        number=number,
        kind=kind,
        count=count,
        sequence=sequence,
        cause=body[0] & 0x3F,
        negative=bool(body[0] & 0x40),
        test=bool(body[0] & 0x80),
        common=common,
        first=first,
        element=element,
    )


def _little(raw: bytes, at: int, width: int) -> int | None:
    return int.from_bytes(raw[at : at + width], "little") if at + width <= len(raw) else None


def _widths(kind: Type, count: int, body: bytes, *, sequence: bool) -> tuple[int, int, int] | None:
    """Widths of cause, common address and object address that fit the length.

    Several fit: the common address 0 is not used, so an octet 0 behind the cause is an originator; the usual widths
    else. Malformed when the type is known and none fits.
    """
    if kind.size is None:
        return None
    fitting = [
        (cause, address, place)
        for cause, address, place in _WIDTHS
        if count
        and cause + address + (place + count * kind.size if sequence else count * (place + kind.size)) == len(body)
    ]
    if not fitting:
        raise Malformed(
            "{length} octets are no {count} objects of type {name}", length=len(body), count=count, name=kind.name
        )
    if len(body) > 1 and not body[1]:
        fitting = [w for w in fitting if w[0] == 2] or fitting
    if (1, 2, 2) in fitting and (1, 1, 3) in fitting and len(body) > 2 and body[2]:
        return 1, 1, 3
    return fitting[0]
