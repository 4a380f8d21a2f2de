"""HSMS with SECS-II: how hosts of semiconductor and display factories command their equipment, on any TCP port.

Written from SEMI E37 (HSMS: message format, sections 8 and 9; E37.1 for one session) and SEMI E5 (SECS-II: items in
section 9, streams and functions in section 10), which E30 (GEM), E40, E87 and E94 use. Nobody logs in, and nothing is
encrypted. Names of commands, recipes and constants are told; their values, and what recipes hold, are not.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Length, Range, Role, Size, Sync, Test, magic
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.common.reader import Reader
from scanner.protocols.common.verb_table import verb_table
from scanner.protocols.secs._items import acknowledgement, head, names

NAME = "hsms"
FUNCTIONS = verb_table(__package__, "hsms_functions.tsv")
_DATA, _SELECT, _SELECTED, _REJECT, _SEPARATE = 0, 1, 2, 7, 9
_CONTROLS = {
    1: "Select",
    2: "Select",
    3: "Deselect",
    4: "Deselect",
    5: "Linktest",
    6: "Linktest",
    7: "Reject",
    9: "Separate",
}
_REFUSALS = {  # SelectStatus, E37 section 8.3.2
    1: "1 communication already active",
    2: "2 connection not ready",
    3: "3 connect exhaust",
}
_HEADER = 14  # bytes, with the length in front of them
_NAMED = 62  # bytes of a message in which the names that count stand
MAX_MESSAGE = 1 << 24  # bytes; E37 has no ceiling
# primary messages whose object is a name in them -> which of the first texts and numbers it is
_OBJECTS = {
    **dict.fromkeys((0x020F, 0x0215, 0x0229, 0x0701, 0x0703, 0x0705, 0x0711, 0x0717, 0x0719, 0x0725, 0x0727), 0),
    **dict.fromkeys((0x0729, 0x072B, 0x0E03, 0x0E0B, 0x0319, 0x0203, 0x0205, 0x0207), 0),
    0x0231: 2,
    0x0311: 1,
    0x1005: 2,
    0x101B: 1,
}
_IDENTITIES = {0x0102: 0, 0x010E: 1}  # answers of equipment: its model, then its software
_GOOD = {0x022A: (0, 4), 0x0232: (0, 4), 0x0312: (0, 4), 0x0112: (0, 2), 0x0702: (0, 1)}  # codes that accept
_ANSWERED = {code + 1 for code, (_, verb) in FUNCTIONS.items() if verb not in (Verb.READ, Verb.IDENTIFY, Verb.REPORT)}


def _called(data: bytes) -> int:
    """Stream and function as one number."""
    return (data[6] & 0x7F) << 8 | data[7]


def _check(message: Message) -> None:
    """Length, types and the first item agree with the specification, or Malformed."""
    data = message.data
    if (
        message.transport != "tcp"
        or len(data) < _HEADER
        or data[8]
        or int.from_bytes(data[:4], "big") + 4 != message.length
    ):
        raise Malformed("no message of HSMS")
    if data[9]:
        if data[9] not in _CONTROLS or message.length != _HEADER:
            raise Malformed("no control message of HSMS")
    elif message.length > _HEADER and len(data) > _HEADER + 4:
        head(Reader(data, _HEADER, message.length))


def probe(message: Message) -> bool:
    """A control message, or one of data that is empty or begins with an item."""
    return is_well_formed(_check, message)


def proof(message: Message) -> bool:
    """A control message that has nothing where it must have nothing, or a primary message that is known."""
    if not probe(message):
        return False
    data = message.data
    if data[9] in (_SELECT, 5, 6):
        return data[6:8] == b"\0\0"
    return not data[9] and message.length > _HEADER and (_called(data) in FUNCTIONS or _called(data) - 1 in FUNCTIONS)


def dissect(message: Message) -> Iterator[Row]:
    """What is asked of whom, what became of it, and who the equipment says that it is."""
    _check(message)
    data = message.data
    yield from _control(data) if data[9] else _sent(data, message.length)
    yield Session(version="HSMS", credentials="none", encrypted=False)


def _control(data: bytes) -> Iterator[Row]:
    number, status = data[9], data[7]
    refused = number == _REJECT or (number == _SELECTED and status)
    kind = Kind.REFUSAL if refused else Kind.RESPONSE if number in (2, 4, 6) else Kind.REQUEST
    if number == _SEPARATE:
        kind = Kind.NOTICE
    words = f"reason {status}" if number == _REJECT else _REFUSALS.get(status, f"status {status}")
    shown_by = f"hsms.header.stype == {number}"
    yield Operation(
        Verb.SESSION, _CONTROLS[number], kind, code=str(number), refusal=words if refused else "", filter=shown_by
    )


def _sent(data: bytes, size: int) -> Iterator[Row]:
    stream, function = data[6] & 0x7F, data[7]
    called = _called(data)
    primary = called if function % 2 else called - 1
    name, verb = FUNCTIONS.get(primary, (f"S{stream}F{function - 1 + function % 2}", Verb.UNKNOWN))
    code, shown_by = f"S{stream}F{function}", f"hsms.header.stream == {stream} && hsms.header.function == {function}"
    if not function:
        yield Operation(Verb.UNKNOWN, "Abort Transaction", Kind.REFUSAL, code, refusal="aborted", filter=shown_by)
    elif function % 2:
        kind = Kind.REQUEST if data[6] & 0x80 else Kind.NOTICE if verb is Verb.REPORT else Kind.UNCONFIRMED
        yield Operation(verb, name, kind, code, object=_object(data, size, called), filter=shown_by)
    else:
        given = acknowledgement(data, _HEADER) if called in _ANSWERED else None
        refused = given is not None and given not in _GOOD.get(called, (0,))
        refusal = f"code {given}" if refused else ""
        yield Operation(verb, name, Kind.REFUSAL if refused else Kind.RESPONSE, code, refusal=refusal, filter=shown_by)
    if called in _IDENTITIES:
        said = names(data[:_NAMED], _HEADER, size, 3)[_IDENTITIES[called] :]
        yield from (Identity(field, text) for field, text in zip(("model", "software"), said, strict=False) if text)


def _object(data: bytes, size: int, called: int) -> str:
    """The name of what is commanded, loaded or set."""
    which = _OBJECTS.get(called)
    found = names(data[:_NAMED], _HEADER, size, which + 1) if which is not None else []
    return found[which] if which is not None and len(found) > which else ""


_CALLED, _SYSTEM = Range(6, 8), (Range(10, 14),)
_DATA_MESSAGE = Byte(9, _DATA)
_PRIMARY = Byte(7, range(1, 256, 2))


def _of(called: int) -> tuple[Test, ...]:
    return _DATA_MESSAGE, Byte(6, (called >> 8, 0x80 | called >> 8)), Byte(7, called & 0xFF)


def _cases() -> Iterator[Case]:
    status = (Range(7, 10),)
    yield Case(NAME, (Byte(9, (1, 3, 5)),), (Range(8, 10),), Role.ASKS, _SYSTEM, keep=_HEADER)
    yield Case(NAME, (Byte(9, (2, 4, 6, _REJECT)),), status, Role.ANSWERS, _SYSTEM, keep=_HEADER)
    yield Case(NAME, (Byte(9, range(1, 256)),), (Range(8, 10),), Role.NOTICE, keep=_HEADER)
    for called in _OBJECTS:
        yield Case(NAME, _of(called), (_CALLED, Range(_HEADER, _NAMED)), Role.ASKS, _SYSTEM, keep=_NAMED)
    for called in _IDENTITIES:
        yield Case(NAME, _of(called), (_CALLED, Range(_HEADER, _NAMED)), Role.ANSWERS, _SYSTEM, keep=_NAMED)
    yield Case(NAME, (_DATA_MESSAGE, _PRIMARY), (_CALLED, Range(_HEADER, 18)), Role.ASKS, _SYSTEM, keep=20)
    yield Case(NAME, (), (_CALLED, Range(_HEADER, 20)), Role.ANSWERS, _SYSTEM, keep=20)


_FRAMES = Length(at=0, width=4, add=4, minimum=_HEADER, maximum=MAX_MESSAGE)
_SYNC = (Byte(0, 0), Byte(8, 0), Byte(9, (_DATA, *_CONTROLS)), Size(_HEADER))
_LONE = b"\0\0\0\x0a"  # the length of a message that is a header
_SELECTS: tuple[Sync, ...] = (*magic(0, _LONE), *magic(6, b"\0\0\0\1"), Size(_HEADER, _HEADER))
_TESTS_LINK: tuple[Sync, ...] = (*magic(0, _LONE + b"\xff\xff\0\0\0\5"), Size(_HEADER, _HEADER))

PROTOCOL = Protocol(
    name=NAME,
    title="HSMS with SECS-II",
    short="HSMS",
    framing=Framing(NAME, _FRAMES, _SYNC, {"tcp": (5000,)}, 1, anywhere=False),
    cases=tuple(_cases()),
    probe=probe,
    proof=proof,
    dissect=dissect,
    verbs=frozenset({verb for _, verb in FUNCTIONS.values()} | {Verb.SESSION, Verb.UNKNOWN}),
    specification="SEMI E37 sections 8 and 9, SEMI E5 sections 9 and 10; E30, E40, E87, E94",
    more_framings=(
        Framing(f"{NAME}-select", _FRAMES, _SELECTS, {"tcp": ()}, 1, then=f"{NAME}-session"),
        Framing(f"{NAME}-linktest", _FRAMES, _TESTS_LINK, {"tcp": ()}, 1, then=f"{NAME}-session"),
        Framing(f"{NAME}-session", _FRAMES, _SYNC, {"tcp": ()}, 1, anywhere=False),
    ),
)
