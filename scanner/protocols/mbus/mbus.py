"""M-Bus over TCP and UDP: meters behind serial servers and level converters, what is written to them, how they answer.

Written from EN 13757-2:2018 (link layer: frames of format class FT 1.2, control and address fields, secondary
addressing), EN 13757-3:2018 (application layer: records, application reset, errors, baud rate) and EN 13757-7:2018
(headers, encryption, CI field), with EN 1434-3:1997 for what older meters do.

IEC 60870-5-101 has the same frames. What only the link says (a poll, an acknowledgement) may be of either, and proves
neither. A frame of variable length is M-Bus where control and CI field are and no type of IEC 60870-5-101 has the
number; where one has (security, 81 to 95), where the frame is shorter than that, or does not state one object and a
cause as it does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from scanner.code_tables import rows_table
from scanner.framing.language import Byte, Case, Framing, Ft12, Range, Role, Size, Test, bits
from scanner.framing.shared import FT12
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.probe import is_well_formed, once
from scanner.protocols.mbus._header import MODES, Header, header, identification, meter, mode_in_words, names_meter
from scanner.protocols.mbus._records import records
from scanner.wording import Said, joined, said, verbatim

_NAME = "mbus"
VARIABLE, END = 0x68, 0x16
ENCRYPTED = "Encrypted Command to Device"
_TRAILER = 2  # checksum, end
_START = 7  # where the data begin: behind 68 L L 68 C A CI
BROADCAST, SELECTED, TEST = 255, 253, 254
_WRITES = (0x43, 0x53, 0x63, 0x73, 0x44)  # SND_UD with and without a frame count, SND_NR
_ANSWERS = tuple(sorted(bits(0xCF, 0x08)))  # RSP_UD, whatever it says of more data and of waiting
FIXED_DATA = 16
ACKNOWLEDGED = b"\xe5"
_OF_LINK = (ACKNOWLEDGED, b"\x10")
_FIXED_FRAME, _FUNCTION = 5, 0x4F
_LINK = {
    0x40: ("SND_NKE", Verb.SESSION),
    0x49: ("REQ_SKE", Verb.SESSION),
    0x4A: ("REQ_UD1", Verb.READ),
    0x4B: ("REQ_UD2", Verb.READ),
    0x00: ("ACK", Verb.SESSION),
    0x01: ("NACK", Verb.SESSION),
    0x0B: ("RSP_SKE", Verb.SESSION),
}
_KEPT = 261
MOST_MESSAGES = 4096  # different ones of a conversation and side: every value that is written is one


@dataclass(frozen=True, slots=True)
class Ci:
    """What a CI field says, the kind of header behind it, what it does."""

    name: str
    header: str
    verb: Verb


CI = {int(code, 0): Ci(name, kind, Verb(verb)) for code, name, kind, verb in rows_table(__package__, "ci_fields.tsv")}
_BAUD_RATES = range(0xB8, 0xC0)
_MANUFACTURER = range(0xA0, 0xB8)
_RECORDS, _RESETS, _SELECTIONS, _ERRORS = (0x51, 0x5A, 0x5B), (0x50, 0x53), (0x52, 0x56), (0x6E, 0x6F, 0x70)
_FIXED, _FIXED_FIRST = 0x73, 0x77
_APPLICATION_ERRORS = (
    "Unspecified", "Unimplemented CI field", "Buffer too long", "Too many records", "Premature end of record",
    "More than 10 DIFE", "More than 10 VIFE", "Reserved", "Application too busy", "Too many readouts",
)  # fmt: skip

# --- which frames are M-Bus, and which bytes are meaning -----------------------------------------------------------

_SECURITY = (0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x5A, 0x5B, 0x5C, 0x5F)  # types of IEC 60870-5-7
_FREE_TO = (0x50, 0x60, 0x61, 0x6C, 0x6D, 0x80, 0x82, 0x83)  # of no type
_FREE_FROM = (0x72, 0x73, 0x74, 0x75, 0x76, 0x77, 0x87, 0x88, 0x89)
_SHORT_TO = (*_MANUFACTURER, *_BAUD_RATES)  # in the private range of types: an ASDU is longer
_SHORT_FROM = (0x70, 0x71, *_MANUFACTURER)
_WITH_HEADER = (0xC0, 0xC1, 0xC2, 0xC3, 0xC4, 0xC5)
_SECURED = frozenset(b for cause in range(14, 17) for b in bits(0x3F, cause))
_FRAME = (Byte(0, VARIABLE), Byte(3, VARIABLE))
_LEAST_ASDU, _LEAST_SECURED = 8, 0x12  # octets that the length counts


def _forms() -> Iterator[tuple[Test, ...]]:
    """Tests of frames that are M-Bus and nothing else."""
    to, back = Byte(4, _WRITES), Byte(4, _ANSWERS)
    yield to, Byte(6, _FREE_TO)
    yield back, Byte(6, _FREE_FROM)
    yield to, Byte(6, _SECURITY), Byte(1, range(_LEAST_SECURED))
    yield to, Byte(6, _SECURITY), Byte(7, frozenset(range(256)) - {1})
    yield to, Byte(6, _SECURITY), Byte(8, frozenset(range(256)) - _SECURED)
    yield to, Byte(6, _SHORT_TO), Byte(1, range(_LEAST_ASDU))
    yield back, Byte(6, _SHORT_FROM), Byte(1, range(_LEAST_ASDU))
    yield Byte(4, (*_WRITES, *_ANSWERS)), Byte(6, _WITH_HEADER), Byte(1, range(15, 256)), Byte(12, range(1, 0x6C))


def _cases() -> Iterator[Case]:
    """Of answers the meter and how it encrypts, not what it tells; of what is sent everything, frame count aside."""
    for form in _forms():
        tests = (*_FRAME, *form)
        if form[0] == Byte(4, _ANSWERS):
            yield Case(_NAME, tests, (Range(5, 15), Range(17, 19)), Role.NOTICE, keep=_KEPT)
            continue
        key = (Range(5, -_TRAILER),)
        yield Case(_NAME, (*tests, Byte(5, BROADCAST)), key, Role.NOTICE, keep=_KEPT, most=MOST_MESSAGES)
        yield Case(_NAME, tests, key, Role.REQUEST, keep=_KEPT, most=MOST_MESSAGES)


FRAMING = Framing(
    _NAME,
    Ft12(),
    (
        *_FRAME,
        Byte(4, (*_WRITES, *_ANSWERS)),
        Byte(6, {*_FREE_TO, *_FREE_FROM, *_BAUD_RATES, 0x51, 0x52, 0x5A, 0x5B}),
        Size(9, 261),
    ),
    confirmations=1,
    then=FT12.name,
)

# --- dissection -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Frame:
    """Control, address and CI field, the header, what is behind that, and whether the meter answers."""

    address: int
    code: int
    ci: Ci
    header: Header
    data: bytes
    answers: bool


@once
def _frame(message: Message) -> _Frame:
    data = message.data
    if len(data) < _START + _TRAILER or data[0] != VARIABLE or data[3] != VARIABLE or data[1] != data[2]:
        raise Malformed("no frame of variable length")
    size = 4 + data[1] + _TRAILER
    if size != message.length:
        raise Malformed("the frame has {size} octets, the message {length}", size=size, length=message.length)
    if len(data) < size:
        raise Malformed("a frame cut short")
    if data[size - 1] != END or sum(data[4 : size - 2]) & 0xFF != data[size - 2]:
        raise Malformed("the checksum or the end of the frame is wrong")
    control, address, code = data[4:_START]
    answers = control in _ANSWERS
    if not answers and control not in _WRITES:
        raise Malformed("control field 0x{value:02X}", value=control)
    ci = CI.get(code) or (Ci("Manufacturer Specific", "none", Verb.UNKNOWN) if code in _MANUFACTURER else None)
    if ci is None:
        raise Malformed("CI field 0x{value:02X}", value=code)
    content = data[_START : size - _TRAILER]
    head = header(ci.header, content)
    if code in _WITH_HEADER and not names_meter(content):
        raise Malformed("a header without identification or manufacturer")
    found = _Frame(address, code, ci, head, content[head.size :], answers)
    _check(found)
    return found


def _check(found: _Frame) -> None:
    """Malformed when the content is none of its CI field."""
    length = len(found.data)
    if found.code in _SELECTIONS and (found.address != SELECTED or length < 8):
        raise Malformed("a selection without a secondary address")
    if found.code in _BAUD_RATES and length:
        raise Malformed("a baud rate with data")
    if found.code in _RECORDS and not found.header.encrypted:
        list(records(found.data))
    if found.code in (_FIXED, _FIXED_FIRST) and length < 2:
        raise Malformed("fixed data cut short")


def probe(message: Message) -> bool:
    """A right checksum, a CI field of M-Bus, and the content that it asks for; or what the link says."""
    return is_well_formed(_link if message.data[:1] in _OF_LINK else _frame, message)


def _link(message: Message) -> Operation:
    """The single character, or a frame of fixed length with an address of one octet. What answers a poll has data, so
    that polls are counted only; and what answers an initialisation does not say which.
    """
    data = message.data
    if data == ACKNOWLEDGED:
        return Operation(Verb.SESSION, "Single Character Acknowledgement", Kind.RESPONSE, "0xE5")
    if len(data) != message.length or len(data) != _FIXED_FRAME or data[4] != END or sum(data[1:3]) & 0xFF != data[3]:
        raise Malformed("no frame of fixed length")
    name, verb = _LINK.get(data[1] & _FUNCTION, ("", Verb.UNKNOWN))
    if not name:
        raise Malformed("control field 0x{value:02X}", value=data[1])
    where = " || ".join(f"({t}.payload[0] == 0x10 && {t}.payload[2] == 0x{data[2]:02x})" for t in ("tcp", "udp"))
    return Operation(verb, name, Kind.NOTICE, f"0x{data[1]:02X}", unit=_unit(data[2]), filter=where)


def dissect(message: Message) -> Iterator[Row]:
    """What is written, record by record; or which meter answers."""
    if message.data[:1] in _OF_LINK:
        yield _link(message)
        return
    found = _frame(message)
    yield from _operations(found)
    if found.answers or found.code in _RECORDS:
        yield Session(
            encrypted=found.header.encrypted,
            cipher=MODES.get(found.header.mode, f"mode {found.header.mode}") if found.header.encrypted else "",
            credentials="password" if _tells_secret(found) else "",
        )


def _operations(found: _Frame) -> Iterator[Operation]:
    if found.code in _RECORDS and not found.header.encrypted:
        told = dict.fromkeys((record.verb, record.name) for record in records(found.data))
        for verb, name in told or {(Verb.SESSION, ""): None}:
            yield _operation(found, verb, name)
        return
    if found.code in _RECORDS:  # nobody knows what is in it
        yield replace(_operation(found, Verb.UNKNOWN, ""), function=ENCRYPTED)
        return
    yield _operation(found, found.ci.verb, "")


def _operation(found: _Frame, verb: Verb, name: str) -> Operation:
    refusal = ""
    if found.code in _ERRORS:
        number = found.data[0] if found.data else 0
        refusal = _APPLICATION_ERRORS[number] if number < len(_APPLICATION_ERRORS) else f"Error {number}"
    sent = Kind.UNCONFIRMED if found.address == BROADCAST else Kind.REQUEST
    answered = Kind.NOTICE if verb is Verb.REPORT else Kind.RESPONSE
    return Operation(
        verb,
        found.ci.name,
        Kind.REFUSAL if refusal else answered if found.answers else sent,
        f"0x{found.code:02X}",
        unit=_unit(found.address),
        object=name,
        detail=_detail(found),
        refusal=refusal,
        filter=f"tcp.payload[5:2] == {found.address:02x}:{found.code:02x} || "
        f"udp.payload[5:2] == {found.address:02x}:{found.code:02x}",
    )


def _unit(address: int) -> str | Said:
    if address == BROADCAST:
        return said("all meters")
    if address == SELECTED:
        return said("the selected meter")
    return said("whichever meter is there") if address == TEST else said("meter {n}", n=address)


def _detail(found: _Frame) -> str | Said:
    """Which meter it is, how it encrypts, or what of it is reset."""
    if found.code in _SELECTIONS:
        return meter(found.data)
    if found.code in _RESETS and found.data:
        return said("sub-code 0x{value}", value=found.data[:1].hex().upper())
    if found.code in (_FIXED, _FIXED_FIRST) and len(found.data) == FIXED_DATA:
        return verbatim(identification(found.data[:4]))
    words = [word for word in (found.header.meter, mode_in_words(found.header)) if word]
    return joined(words)


def _tells_secret(found: _Frame) -> bool:
    """A password, an access code or a key is sent in clear."""
    if found.code not in _RECORDS or found.header.encrypted:
        return False
    return any(record.secret for record in records(found.data))


PROTOCOL = Protocol(
    name=_NAME,
    title="M-Bus over TCP/UDP",
    short="M-Bus",
    framing=FRAMING,
    cases=tuple(_cases()),
    probe=probe,
    dissect=dissect,
    verbs=frozenset(ci.verb for ci in CI.values())
    | {Verb.UNKNOWN, Verb.AUTHENTICATE, Verb.CONFIGURE, Verb.TIME_SYNC, Verb.OPERATE, Verb.READ, Verb.SESSION},
    specification="EN 13757-2:2018, clauses 5 and 6; EN 13757-3:2018, clauses 6 to 12; EN 13757-7:2018, clauses 5, 7",
    opaque=(ENCRYPTED,),
    shares=("iec101",),
    more_framings=(FT12,),
    display_filter="tcp",
)
