"""Genisys, the polling protocol of Union Switch & Signal for railway signalling field units, over TCP.

Not published as a standard; written from the Zeek parser ICSNPP-Genisys (Battelle Energy Alliance, 2022) and the field
documentation in Wireshark issue 3422. A message is header 0xF1-0xFE, station, pairs of address and data, CRC-16 (low
octet first, polynomial 0x8005 reflected; from 0xFFFF in captures, from 0 in ICSNPP), 0xF6. Octets from 0xF0 on inside
are sent as 0xF0 and their low nibble. A message ends at an octet, not at a length, so a segment is taken as one
message: what one segment holds is read when its first message is short (a poll, an acknowledgement); behind a longer
one further messages are not looked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Test, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Verb
from scanner.protocols.common.crc import crc16_arc, crc16_modbus
from scanner.wording import said

END, ESCAPE = 0xF6, 0xF0
ACKNOWLEDGE, POLL = 0xF1, 0xFB
_LONGEST = 1460

FUNCTIONS = {
    0xF1: ("Acknowledge Master", Verb.UNKNOWN),  # whatever it did
    0xF2: ("Indication Data", Verb.REPORT),
    0xF3: ("Control Data Checkback", Verb.OPERATE),
    0xF9: ("Common Control Data", Verb.OPERATE),
    0xFA: ("Acknowledge Indication and Poll", Verb.READ),
    0xFB: ("Poll", Verb.READ),
    0xFC: ("Control Data", Verb.OPERATE),
    0xFD: ("Recall", Verb.READ),
    0xFE: ("Execute Controls", Verb.OPERATE),
}
_FROM_FIELD = (0xF1, 0xF2, 0xF3)
_WITH_DATA = (0xF2, 0xF3, 0xF9, 0xFC)
_FROM_OFFICE = tuple(set(FUNCTIONS) - set(_FROM_FIELD))

FRAMING = Framing(
    name="genisys",
    delimiter=Whole(),
    sync=(Byte(0, FUNCTIONS), Byte(1, range(0xF1)), Byte(-1, END), Size(3, _LONGEST)),
    ports={"tcp": (10001,)},
    confirmations=4,
)

# --- which bytes are meaning ----------------------------------------------------------------------------------------
# Header, station and the first address; the data beside it never, and further addresses neither, because escaped
# octets move them. A segment whose first message is short is compared whole.

_SHORT = 8  # last place where the first message of a segment may end for the others to be read
_PLAIN, _ESCAPED = range(0xF0), (ESCAPE,)


def _cases() -> Iterator[Case]:
    for headers, role in ((_FROM_OFFICE, Role.REQUEST), (_FROM_FIELD, Role.RESPONSE)):
        header = Byte(0, headers)
        for end in range(2, _SHORT + 1):
            yield _case(header, Byte(end, END), Size(end + 2), key=0, role=role)
        yield _case(header, Byte(1, _PLAIN), Byte(2, _PLAIN), key=3, role=role)
        yield _case(header, Byte(1, _PLAIN), Byte(2, _ESCAPED), key=4, role=role)
        yield _case(header, key=5, role=role)


def _case(*tests: Test, key: int, role: Role) -> Case:
    return Case("genisys", tests, key=(Range(0, key or None),), role=role, pair=(Range(1, 2),), keep=_LONGEST)


@dataclass(frozen=True)
class _Frame:
    """One message without escapes: header, station, data, and how many octets it had on the wire."""

    header: int
    station: int
    data: bytes
    size: int
    checked: bool


def probe(message: Message) -> bool:
    """Messages of known headers that fill the segment and whose checksums are right."""
    try:
        return all(f.size for f in _frames(message))
    except Malformed:
        return False


def dissect(message: Message) -> Iterator[Operation]:
    """One operation for each message of the segment that is told apart."""
    for frame in _frames(message):
        yield _operation(frame)


def _frames(message: Message) -> Iterator[_Frame]:
    """The messages of a segment; Malformed when there is none, or one that breaks its rules."""
    first = _frame(message.data)
    yield first
    at = first.size
    while first.size <= _SHORT + 1 and at < message.length:
        frame = _frame(message.data[at:])
        yield frame
        at += frame.size


def _frame(raw: bytes) -> _Frame:
    """The message that ``raw`` begins with. Some stacks do not escape the checksum, so it may look like an end."""
    if len(raw) < 3 or raw[0] not in FUNCTIONS:
        raise Malformed("no Genisys message with header and station")
    end = 1
    for _ in range(3):
        end = raw.find(END, end + 1)
        if end < 0:
            break
        for checksum in (raw[1:end], raw[1 : end - 2] + _escaped(raw[end - 2 : end])):
            frame = _checked(raw[0], checksum, end + 1)
            if frame is not None:
                return frame
    raise Malformed("no end behind a right checksum")


def _escaped(raw: bytes) -> bytes:
    return b"".join(bytes((ESCAPE, b & 0x0F)) if b >= ESCAPE else bytes((b,)) for b in raw)


def _checked(header: int, escaped: bytes, size: int) -> _Frame | None:
    """The message, when its checksum and its data are right. An acknowledgement has none, a poll need not have one."""
    try:
        body = bytes(_unescaped(escaped))
    except Malformed:
        return None
    station, rest = body[:1], body[1:]
    bare = header == ACKNOWLEDGE or (header == POLL and not rest)
    data = rest if bare else rest[:-2]
    if len(data) % 2 or (data and header not in _WITH_DATA) or not station:
        return None
    checksum, summed = int.from_bytes(rest[-2:], "little"), bytes((header,)) + body[:-2]
    if not bare and (len(rest) < 2 or checksum not in (crc16_modbus(summed), crc16_arc(summed))):
        return None
    return _Frame(header, station[0], data, size, checked=not bare)


def _unescaped(raw: bytes) -> Iterator[int]:
    pending = False
    for octet in raw:
        if pending and octet > 0x0F:
            raise Malformed("0x{octet:02X} behind the escape octet", octet=octet)
        if not pending and octet > ESCAPE:
            raise Malformed("0x{octet:02X} inside a message", octet=octet)
        if pending:
            yield ESCAPE | octet
        elif octet != ESCAPE:
            yield octet
        pending = not pending and octet == ESCAPE
    if pending:
        raise Malformed("an escape octet at the end")


def _operation(frame: _Frame) -> Operation:
    name, verb = FUNCTIONS[frame.header]
    return Operation(
        verb=verb,
        function=name,
        kind=Kind.RESPONSE if frame.header in _FROM_FIELD else Kind.REQUEST,
        code=f"0x{frame.header:02X}",
        unit=str(frame.station),
        object=f"from address 0x{frame.data[0]:02X}" if frame.data else "",
        detail=said("without checksum") if frame.header == POLL and not frame.checked else "",
        filter=f"tcp.payload[0] == 0x{frame.header:02x}",
    )


PROTOCOL = Protocol(
    name="genisys",
    title="Genisys",
    framing=FRAMING,
    cases=tuple(_cases()),
    probe=probe,
    dissect=dissect,
    verbs=frozenset(verb for _, verb in FUNCTIONS.values()),
    specification="not published; ICSNPP-Genisys (Zeek parser), Wireshark issue 3422",
)
