"""DICOM: which images and records are stored, looked for and fetched between which applications, on any TCP port.

Written from DICOM PS3.8 sections 9.3 (PDUs) and annex D (user information), PS3.7 sections 9, 10 and annex D.3.3.7
(commands, user identity) and annex C (status). DICONDE (ASTM E2339) is the same for parts that are inspected. Of what
is stored, asked or answered nothing is read but the command: no patient, part or picture is in any row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scanner.framing.language import Byte, Case, Chain, Field, Framing, Length, Range, Role, Select, Size, Sync, magic
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.common.reader import Reader
from scanner.protocols.common.text import printable, readable
from scanner.wording import said

NAME = "dicom"
_HEADER = 6
_ASKS, _ACCEPTS, _REJECTS, _DATA, _RELEASES, _RELEASED, _ABORTS = range(1, 8)
_NAMES = {
    _ASKS: "A-ASSOCIATE-RQ",
    _ACCEPTS: "A-ASSOCIATE-AC",
    _REJECTS: "A-ASSOCIATE-RJ",
    _DATA: "P-DATA-TF",
    _RELEASES: "A-RELEASE-RQ",
    _RELEASED: "A-RELEASE-RP",
    _ABORTS: "A-ABORT",
}
_ITEMS = 74  # where the variable items of an association begin
_USER, _IDENTITY, _PROGRAM = 0x50, 0x58, 0x55
_KINDS = {1: "user-id", 2: "user-password", 3: "ticket", 4: "bearer", 5: "bearer"}
_REASONS = {
    (1, 1): "no reason given",
    (1, 2): "application context not supported",
    (1, 3): "calling AE title not recognised",
    (1, 7): "called AE title not recognised",
    (2, 2): "protocol version not supported",
    (3, 1): "temporary congestion",
    (3, 2): "local limit exceeded",
}
_COMMANDS = {
    0x0001: ("C-STORE", Verb.FILE_WRITE),
    0x0010: ("C-GET", Verb.FILE_READ),
    0x0020: ("C-FIND", Verb.READ),
    0x0021: ("C-MOVE", Verb.FILE_READ),
    0x0030: ("C-ECHO", Verb.DIAGNOSE),
    0x0100: ("N-EVENT-REPORT", Verb.REPORT),
    0x0110: ("N-GET", Verb.READ),
    0x0120: ("N-SET", Verb.WRITE),
    0x0130: ("N-ACTION", Verb.OPERATE),
    0x0140: ("N-CREATE", Verb.WRITE),
    0x0150: ("N-DELETE", Verb.FILE_DELETE),
    0x0FFF: ("C-CANCEL", Verb.SESSION),
}
_ANSWER = 0x8000
_CLASSES = {
    "1.2.840.10008.1.1": "Verification",
    "1.2.840.10008.1.20.1": "Storage Commitment",
    "1.2.840.10008.5.1.4.31": "Modality Worklist",
    "1.2.840.10008.3.1.2.3.3": "Modality Performed Procedure Step",
    "1.2.840.10008.5.1.4.1.1.1": "Computed Radiography",
    "1.2.840.10008.5.1.4.1.1.1.1": "Digital X-Ray",
    "1.2.840.10008.5.1.4.1.1.2": "CT",
    "1.2.840.10008.5.1.4.1.1.4": "MR",
    "1.2.840.10008.5.1.4.1.1.6.1": "Ultrasound",
    "1.2.840.10008.5.1.4.1.1.7": "Secondary Capture",
    "1.2.840.10008.5.1.4.1.2.1.1": "Patient Root Find",
    "1.2.840.10008.5.1.4.1.2.1.2": "Patient Root Move",
    "1.2.840.10008.5.1.4.1.2.1.3": "Patient Root Get",
    "1.2.840.10008.5.1.4.1.2.2.1": "Study Root Find",
    "1.2.840.10008.5.1.4.1.2.2.2": "Study Root Move",
    "1.2.840.10008.5.1.4.1.2.2.3": "Study Root Get",
}
_UID = re.compile(rb"[0-9.]{1,64}")
_CLASS, _REQUESTED, _COMMAND, _STATUS, _MOVES_TO = 0x0002, 0x0003, 0x0100, 0x0900, 0x0600
MAX_MESSAGE = 1 << 24  # bytes of a PDU; the standard has no ceiling
_KEPT = 16384  # bytes of an association, with a hundred presentation contexts
MOST_ITEMS = 512  # of an association
MOST_ELEMENTS = 64  # of a command


def _check(message: Message) -> None:
    """A type that exists, and a length that fits, or Malformed."""
    data = message.data
    if message.transport != "tcp" or len(data) < _HEADER or data[0] not in _NAMES or data[1]:
        raise Malformed("no PDU of DICOM")
    if int.from_bytes(data[2:6], "big") + _HEADER != message.length:
        raise Malformed("no PDU of DICOM")
    if data[0] in (_REJECTS, _RELEASES, _RELEASED, _ABORTS) and message.length != 10:
        raise Malformed("no PDU of DICOM")
    if data[0] in (_ASKS, _ACCEPTS) and (message.length < _ITEMS or not data[7:8] or not data[7] & 1):
        raise Malformed("no PDU of DICOM")


def probe(message: Message) -> bool:
    """A PDU whose type and length agree."""
    return is_well_formed(_check, message)


def proof(message: Message) -> bool:
    """An association between two titles."""
    data = message.data
    return probe(message) and data[0] in (_ASKS, _ACCEPTS) and data[_ITEMS : _ITEMS + 2] == b"\x10\0"


def dissect(message: Message) -> Iterator[Row]:
    """Who wants an association with whom, what came of it, and the command of each exchange."""
    _check(message)
    data = message.data
    kind = data[0]
    yield Session(version="DICOM 3", encrypted=False)
    if kind in (_ASKS, _ACCEPTS):
        yield from _association(message)
    elif kind == _DATA:
        yield from _command(data)
    else:
        refused = kind == _REJECTS
        words = _REASONS.get((data[8], data[9]), "rejected") if len(data) > 9 else "rejected"
        answer = Kind.RESPONSE if kind == _RELEASED else Kind.REQUEST if kind == _RELEASES else Kind.NOTICE
        yield Operation(
            Verb.SESSION,
            _NAMES[kind],
            Kind.REFUSAL if refused else answer,
            code=str(kind),
            refusal=words if refused else "",
            filter=f"dicom.pdu.type == {kind}",
        )


@dataclass(slots=True)
class _Offer:
    """What the items of an association say: the program, the kind of log-in, and whether all were there."""

    program: str = ""
    credentials: str = ""
    whole: bool = True


def _association(message: Message) -> Iterator[Row]:
    data, asks = message.data, message.data[0] == _ASKS
    called, calling = (readable(data[at : at + 16].strip(), 16) for at in (10, 26))
    kind = Kind.REQUEST if asks else Kind.RESPONSE
    yield Operation(
        Verb.SESSION,
        _NAMES[data[0]],
        kind,
        code=str(data[0]),
        object=called if asks else "",
        detail=said("from {name}", name=calling) if asks and calling else "",
        filter=f"dicom.pdu.type == {data[0]}",
    )
    found = _items(data, message.length)
    if found.program:
        yield Identity("software", found.program)
    if not asks:
        yield Session(authenticated=True)
    elif found.credentials or found.whole:
        yield Session(credentials=found.credentials or "none")
    else:
        yield Session(unread=("credentials",))


def _items(data: bytes, length: int) -> _Offer:
    offer = _Offer()
    reader = Reader(data, _ITEMS, length)
    try:
        for _ in range(MOST_ITEMS):
            if not reader.left:
                break
            kind = reader.number(1)
            reader.take(1)
            size = reader.number(2)
            if kind != _USER:  # whose own items follow
                _note(offer, kind, reader.take(size))
    except Malformed:
        offer.whole = False
    else:
        offer.whole = not reader.left
    return offer


def _note(offer: _Offer, kind: int, body: bytes) -> None:
    if kind == _PROGRAM:
        offer.program = printable(body[:16])
    elif kind == _IDENTITY and body:
        offer.credentials = _KINDS.get(body[0], "other")


def _elements(data: bytes) -> dict[int, bytes]:
    """Elements of the command in the first value of the PDU, by number: implicit, little endian (PS3.7, 6.3.1)."""
    found: dict[int, bytes] = {}
    at, end = 12, min(len(data), 10 + int.from_bytes(data[6:10], "big"))
    for _ in range(MOST_ELEMENTS):
        if at + 8 > end:
            break
        number, size = int.from_bytes(data[at + 2 : at + 4], "little"), int.from_bytes(data[at + 4 : at + 8], "little")
        if at + 8 + size > end:
            break
        if data[at : at + 2] == b"\0\0":  # the group of commands
            found[number] = data[at + 8 : at + 8 + size]
        at += 8 + size
    return found


def _command(data: bytes) -> Iterator[Row]:
    if len(data) < 12 or not data[11] & 1:
        return  # of a data set nothing is told
    elements = _elements(data)
    if len(elements.get(_COMMAND, b"")) != 2:
        return
    number = int.from_bytes(elements[_COMMAND], "little")
    name, verb = _COMMANDS.get(number & ~_ANSWER, (f"command 0x{number:04x}", Verb.UNKNOWN))
    shown = f"0x{number:04x}"
    uid = _UID.match(elements.get(_CLASS) or elements.get(_REQUESTED, b""))
    what = uid[0].decode().strip(".") if uid else ""
    if not number & _ANSWER:
        target = readable(elements.get(_MOVES_TO, b"").strip(), 16)
        detail = said("to {name}", name=target) if target else ""
        kind = Kind.UNCONFIRMED if name == "C-CANCEL" else Kind.REQUEST
        yield Operation(verb, name, kind, shown, object=_CLASSES.get(what, what), detail=detail, filter="dicom")
        return
    status = int.from_bytes(elements.get(_STATUS, b"")[:2], "little")
    outcome = _outcome(status)
    yield Operation(
        verb, name, outcome, shown, refusal=f"0x{status:04x}" if outcome is Kind.REFUSAL else "", filter="dicom"
    )


def _outcome(status: int) -> Kind:
    """PS3.7 annex C: success and warnings; pending; failures."""
    if status in (0xFF00, 0xFF01):
        return Kind.NOTICE
    warned = status in (0x0001, 0x0107, 0x0116) or status >> 12 == 0xB
    return Kind.RESPONSE if not status or warned else Kind.REFUSAL


def _picks(start: int, *numbers: int) -> Chain:
    """Of the elements of a command those of these numbers, from their byte ``start`` on."""
    picks = (Select(magic(0, b"\0\0" + number.to_bytes(2, "little")), (Range(start),)) for number in numbers)
    return Chain(12, Field(4, 4, add=8, little=True), tuple(picks))


_PAIR = (_picks(8, 0x0110, 0x0120),)  # the number of a message, and in its answer the one that it answers
_MEANING = _picks(0, _CLASS, _REQUESTED, _COMMAND, _MOVES_TO, _STATUS)
_COMMAND_PDU = (Byte(0, _DATA), Byte(11, (1, 3)))


def _cases() -> Iterator[Case]:
    yield Case(NAME, (Byte(0, _ASKS),), (Range(0),), Role.REQUEST, keep=_KEPT)
    yield Case(NAME, (Byte(0, (_ACCEPTS, _REJECTS)),), (Range(0),), Role.RESPONSE, keep=_KEPT)
    yield Case(NAME, _COMMAND_PDU, (Range(0, 1), Range(6, 10), Range(11, 12), _MEANING), Role.BY_SIDE, _PAIR, keep=512)
    yield Case(NAME, (Byte(0, _DATA),), (Range(0, 1),), Role.NOTICE, keep=16)
    yield Case(NAME, (Byte(0, _RELEASES),), (Range(0, 1),), Role.ASKS, keep=16)
    yield Case(NAME, (Byte(0, _RELEASED),), (Range(0, 1),), Role.ANSWERS, keep=16)
    yield Case(NAME, (), (Range(0, 10),), Role.NOTICE, keep=16)


_FRAMES = Length(at=2, width=4, add=_HEADER, minimum=_HEADER + 4, maximum=MAX_MESSAGE)
_OPENS: tuple[Sync, ...] = (
    *(Byte(0, _ASKS), Byte(1, 0), Byte(2, 0), Byte(3, range(4)), Byte(7, range(1, 256, 2)), Byte(_ITEMS, 0x10)),
    *(Byte(_ITEMS + 1, 0), Byte(_ITEMS + 2, 0)),
    *magic(_ITEMS + 4, b"1.2.840.10008."),
    Size(96),
)
_SYNC: tuple[Sync, ...] = (Byte(0, _NAMES), Byte(1, 0), Byte(2, 0), Size(10))

PROTOCOL = Protocol(
    name=NAME,
    title="DICOM",
    framing=Framing(NAME, _FRAMES, _OPENS, {"tcp": (104, 11112, 4242)}, 1, then=f"{NAME}-session"),
    cases=tuple(_cases()),
    probe=probe,
    proof=proof,
    dissect=dissect,
    verbs=frozenset({verb for _, verb in _COMMANDS.values()} | {Verb.SESSION, Verb.UNKNOWN}),
    specification="DICOM PS3.8 section 9.3 and annex D, PS3.7 sections 6.3, 9, 10 and annexes C and D.3.3.7",
    industrial=False,
    more_framings=(Framing(f"{NAME}-session", _FRAMES, _SYNC, {"tcp": ()}, 1, anywhere=False),),
)
