"""IEC 60870-5-104, telecontrol over TCP.

Written from IEC 60870-5-104:2006 (APCI, clauses 5 and 6; types, clause 7) and IEC 60870-5-101:2003 (ASDU, clause 7.2
and 7.3); ``_iec104_security`` has the security types of IEC 60870-5-7. Two octets of cause and common address, three
octets of information object address, as 5-104 fixes them; other widths (some devices offer them) are told apart and
refused.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from scanner.framing.language import Byte, Case, Framing, Length, Part, Range, Role, Test, bits
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.probe import once
from scanner.protocols.iec60870._cause import (
    ACT,
    ACTCON,
    COUNTERS,
    DEACT,
    DEACTCON,
    INITIALISED,
    READ_COMMAND,
    REQUESTED,
    TERMINATED,
    cause_in_words,
    file_verb,
    interrogated,
    outcome,
)
from scanner.protocols.iec60870._iec104_names import (
    CAUSES,
    FILE_CALLS,
    INITIALISATIONS,
    NEGATIVE_CAUSES,
    RESETS,
    TYPES,
    U_FORMATS,
    UNKNOWN,
    Type,
)
from scanner.protocols.iec60870._iec104_security import (
    AGGRESSIVE,
    ERROR,
    ERROR_AT,
    KEY_STATUS,
    MOVED,
    SECURITY,
    STATE_AT,
    WHOLE,
    session,
    words,
    wrapped,
)
from scanner.wording import joined, said

START, APDU_LENGTH, CONTROL = 0, 1, 2  # of the APCI; the control field has four octets
ASDU = 6
TYPE, QUALIFIER, CAUSE, ORIGINATOR, COMMON = ASDU, 7, 8, 9, 10
OBJECTS = 12  # the first information object

FRAMING = Framing(
    name="iec104",
    delimiter=Length(at=APDU_LENGTH, width=1, add=2, minimum=6, maximum=255),
    # Control octets: I-format has bit 0 of the first clear, S-format is 1, U-format is one of six; bit 0 of the
    # third is clear in all of them.
    sync=(
        Byte(START, 0x68),
        Byte(APDU_LENGTH, range(4, 254)),
        Byte(CONTROL + 2, bits(1, 0)),
    ),
    ports={"tcp": (2404,)},
    confirmations=2,
)

ADDRESS = 3  # octets of an information object address
FILES = range(120, 128)
LAST, ACKNOWLEDGE, SEGMENT, DIRECTORY = 123, 124, 125, 126

# --- which bytes are meaning ----------------------------------------------------------------------------------------
# Type, qualifier, cause, originator, common address and the object addresses are; values and time tags never are.

_HEAD = Range(ASDU, OBJECTS)
_FIRST = Range(OBJECTS, OBJECTS + ADDRESS)
_SEQUENCE, _SINGLE = Byte(QUALIFIER, bits(0x80, 0x80)), Byte(QUALIFIER, bits(0x80, 0))
_BY_TYPE = (Range(TYPE, QUALIFIER), Range(COMMON, OBJECTS + ADDRESS))  # type, common address, first object address
_BY_OBJECT = (Range(COMMON, OBJECTS + ADDRESS),)  # the answer to a read command has another type


def _cause(*numbers: int) -> Byte:
    return Byte(CAUSE, {b for n in numbers for b in bits(0x3F, n)})


def _case(*tests: Test, key: tuple[Range, ...], role: Role, pair: tuple[Range, ...] = ()) -> Case:
    return Case("iec104", tests, key=key, role=role, pair=pair, keep=255)


def _apci() -> Iterator[Case]:
    unnumbered = (Range(CONTROL, CONTROL + 1),)
    zeros = (Range(CONTROL + 1, ASDU),)  # equal in every U-format
    yield _case(Byte(CONTROL, (0x07, 0x13)), key=unnumbered, role=Role.REQUEST, pair=zeros)
    yield _case(Byte(CONTROL, (0x0B, 0x23)), key=unnumbered, role=Role.RESPONSE, pair=zeros)
    yield _case(Byte(CONTROL, (0x01, 0x43, 0x83)), key=unnumbered, role=Role.NOTICE)


def _by_size(types: dict[int, Type]) -> dict[int, list[int]]:
    sizes: defaultdict[int, list[int]] = defaultdict(list)
    for number, kind in types.items():
        if kind.size is not None:
            sizes[kind.size].append(number)
    return sizes


def _monitoring() -> Iterator[Case]:
    """Reports, and answers to a read command."""
    types = {n: t for n, t in TYPES.items() if t.verb is Verb.REPORT}
    for requested, role, pair in (((_cause(REQUESTED),), Role.RESPONSE, _BY_OBJECT), ((), Role.NOTICE, ())):
        for size, numbers in _by_size(types).items():
            each = Range(OBJECTS, None, stride=ADDRESS + size, width=ADDRESS)
            yield _case(Byte(TYPE, numbers), _SINGLE, *requested, key=(_HEAD, each), role=role, pair=pair)
        yield _case(Byte(TYPE, types), _SEQUENCE, *requested, key=(_HEAD, _FIRST), role=role, pair=pair)


def _commands() -> Iterator[Case]:
    """Commands and their confirmations: the select/execute bit is told apart by a test, the state beside it is not."""
    alike: defaultdict[tuple[int | None, bool], list[int]] = defaultdict(list)
    for number, kind in TYPES.items():
        if kind.verb not in (Verb.REPORT, Verb.AUTHENTICATE) and number not in (READ_COMMAND, *FILES):
            alike[kind.qualifier_at, kind.select].append(number)
    for (qualifier, select), numbers in alike.items():
        if qualifier is None:
            yield from _exchange(numbers, key=(_HEAD, _FIRST))
            continue
        at = OBJECTS + ADDRESS + qualifier
        if select:
            yield from _exchange(numbers, Byte(at, bits(0x80, 0x80)), key=(_HEAD, _FIRST))
            yield from _exchange(numbers, key=(_HEAD, _FIRST))
        else:
            yield from _exchange(numbers, key=(_HEAD, _FIRST, Range(at, at + 1)))
    cause = OBJECTS + ADDRESS
    yield _case(Byte(TYPE, INITIALISED), key=(_HEAD, _FIRST, Range(cause, cause + 1)), role=Role.NOTICE)


def _exchange(numbers: list[int], *tests: Test, key: tuple[Range, ...]) -> Iterator[Case]:
    yield _case(Byte(TYPE, numbers), _cause(ACT, DEACT), *tests, key=key, role=Role.REQUEST, pair=_BY_TYPE)
    answers = _cause(ACTCON, DEACTCON, *NEGATIVE_CAUSES)
    yield _case(Byte(TYPE, numbers), answers, *tests, key=key, role=Role.RESPONSE, pair=_BY_TYPE)


def _files() -> Iterator[Case]:
    """File transfer runs in both directions; the name of the file ties answers to what they answer."""
    pair = (Range(COMMON, OBJECTS + ADDRESS + 2),)
    key = (_HEAD, Range(OBJECTS, 17))
    for types, qualifier in (((122, 123, 124), 18), ((120,), 20), ((121,), 21), ((126, 127), 17)):
        yield _case(Byte(TYPE, types), key=(*key, Range(qualifier, qualifier + 1)), role=Role.BY_SIDE, pair=pair)
    yield _case(Byte(TYPE, SEGMENT), key=(*key, Range(OBJECTS + ADDRESS + 2, OBJECTS + ADDRESS + 3)), role=Role.NOTICE)


def _security() -> Iterator[Case]:
    """A command in aggressive mode as by itself; of key states and errors what they say, never a number or a key."""
    for case in _commands():
        if case.role is Role.REQUEST:
            whole = Byte(ASDU + MOVED - 1, bits(WHOLE, WHOLE))  # of a segment nothing is read but that it is one
            tests = (
                Byte(TYPE, AGGRESSIVE),
                whole,
                *(Byte(t.at + MOVED, t.among) for t in case.when if isinstance(t, Byte)),
            )
            yield _case(*tests, key=(_HEAD, *_moved(case.key)), role=Role.REQUEST, pair=_moved(case.pair))
    for number, at in ((KEY_STATUS, STATE_AT), (ERROR, ERROR_AT)):
        yield _case(Byte(TYPE, number), key=(_HEAD, Range(OBJECTS + at, OBJECTS + at + 1)), role=Role.NOTICE)
    yield _case(Byte(TYPE, SECURITY), key=(_HEAD,), role=Role.NOTICE)


def _moved(parts: tuple[Part, ...]) -> tuple[Range, ...]:
    return tuple(
        Range(r.start + MOVED, r.end + MOVED) for r in parts if isinstance(r, Range) and isinstance(r.end, int)
    )


CASES = (
    *_apci(),
    *_commands(),
    *_security(),
    _case(
        Byte(TYPE, READ_COMMAND),
        Byte(CAUSE, bits(0x7F, REQUESTED)),
        key=(_HEAD, _FIRST),
        role=Role.REQUEST,
        pair=_BY_OBJECT,
    ),
    _case(Byte(TYPE, READ_COMMAND), key=(_HEAD, _FIRST), role=Role.RESPONSE, pair=_BY_OBJECT),
    *_monitoring(),
    *_files(),
    _case(Byte(CONTROL, bits(1, 0)), key=(_HEAD, _FIRST), role=Role.NOTICE),
    _case(key=(Range(APDU_LENGTH, CONTROL + 1),), role=Role.NOTICE),
)

# --- dissection -----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Asdu:
    """The data unit identifier and addresses of an ASDU."""

    number: int
    kind: Type
    cause: int
    negative: bool
    test: bool
    originator: int
    common: int
    addresses: list[int]  # as far as kept
    count: int
    body: bytes  # from the first information object on


def probe(message: Message) -> bool:
    """Control octets that exist; away from port 2404 an ASDU must be a known type of the right length as well."""
    try:
        control = _control(message)
        if control & 1:
            return message.length == 6
        return message.port == 2404 or bool(_asdu(message).kind.name)
    except Malformed:
        return False


def dissect(message: Message) -> Iterator[Row]:
    """One operation an APDU, and what shows whether commands are authenticated."""
    control = _control(message)
    if control == 1:
        yield _session("Supervisory Acknowledgement", Kind.NOTICE, "S", "iec60870_104.type == 0x01")
    elif control & 1:
        name, kind, shown = U_FORMATS[control]
        yield _session(name, kind, f"0x{control:02X}", f"iec60870_104.utype == 0x{shown:02x}")
    else:
        asdu = _asdu(message)
        if asdu.number in SECURITY:
            yield _secured(asdu, message)
            yield session(asdu.number, asdu.body, by_station=message.from_client is False)
            return
        row = _operation(asdu, message)
        yield row
        if row.kind is Kind.REQUEST and row.verb in _CRITICAL:
            yield _UNPROVEN


_CRITICAL = (Verb.OPERATE, Verb.CONFIGURE, Verb.RESTART)
_UNPROVEN = Session(
    encrypted=False,
    authenticated=False,
    detail=said("commands in clear"),
    unread=("authenticated",),  # a reply to a challenge takes it back
)


def _secured(asdu: _Asdu, message: Message) -> Operation:
    """A security type; of a request in aggressive mode the command that it protects."""
    inner = wrapped(message, ASDU) if asdu.number == AGGRESSIVE else None
    if inner is None:
        row, told = _operation(asdu, message), words(asdu.number, asdu.body)
    else:
        row, told = _operation(_asdu(inner), inner), said("aggressive mode")
    shown = f"iec60870_asdu.typeid == {asdu.number} && {row.filter}" if inner else row.filter
    return replace(row, detail=joined((row.detail, told)), filter=shown)


@once
def _control(message: Message) -> int:
    """The first control octet."""
    data = message.data
    if len(data) < ASDU or data[START] != 0x68:
        raise Malformed("no APCI of six octets")
    if data[APDU_LENGTH] + 2 != message.length:
        raise Malformed(
            "APDU length says {stated} octets, there are {length}", stated=data[APDU_LENGTH] + 2, length=message.length
        )
    control = data[CONTROL]
    if control & 1 and control != 1 and control not in U_FORMATS:
        raise Malformed("control octet 0x{control:02X} is no U-format function", control=control)
    if control & 1 and message.length != ASDU:
        raise Malformed("an S- or U-format with data")
    return control


def _session(name: str, kind: Kind, code: str, filter_text: str) -> Operation:
    return Operation(verb=Verb.SESSION, function=name, kind=kind, code=code, filter=filter_text)


@once
def _asdu(message: Message) -> _Asdu:
    data = message.data
    if len(data) < OBJECTS:
        raise Malformed("{length} octets are too few for an ASDU", length=len(data) - ASDU)
    number, count = data[TYPE], data[QUALIFIER] & 0x7F
    kind = TYPES.get(number, UNKNOWN)
    sequence = bool(data[QUALIFIER] & 0x80)
    body = data[OBJECTS:]
    if kind.size is not None:
        _check_length(message, kind.size, count, sequence=sequence)
    return _Asdu(
        number=number,
        kind=kind,
        cause=data[CAUSE] & 0x3F,
        negative=bool(data[CAUSE] & 0x40),
        test=bool(data[CAUSE] & 0x80),
        originator=data[ORIGINATOR],
        common=int.from_bytes(data[COMMON:OBJECTS], "little"),
        addresses=[] if number in SECURITY else _addresses(body, kind.size, count, sequence=sequence),
        count=count,
        body=body,
    )


def _check_length(message: Message, size: int, count: int, *, sequence: bool) -> None:
    """Every object must fit exactly; a length that fits narrower fields is told apart from nonsense."""

    def total(cause: int, common: int, address: int) -> int:
        objects = address + count * size if sequence else count * (address + size)
        return ASDU + 2 + cause + common + objects

    if count and message.length == total(2, 2, ADDRESS):
        return
    narrower = ((c, a, o) for c in (1, 2) for a in (1, 2) for o in (1, 2, 3) if (c, a, o) != (2, 2, ADDRESS))
    if count and any(message.length == total(*widths) for widths in narrower):
        raise Malformed("the length fits narrower cause or address fields, as 5-101 has them: not IEC 60870-5-104")
    raise Malformed(
        "type {type} with {count} objects does not fit {length} octets",
        type=message.data[TYPE],
        count=count,
        length=message.length,
    )


def _addresses(body: bytes, size: int | None, count: int, *, sequence: bool) -> list[int]:
    if len(body) < ADDRESS:
        return []
    first = int.from_bytes(body[:ADDRESS], "little")
    if sequence:
        return [*range(first, first + count)]
    if size is None:
        return [first]
    step = ADDRESS + size
    return [int.from_bytes(body[at : at + ADDRESS], "little") for at in range(0, count * step, step)][
        : (len(body) + size) // step
    ]


def _operation(asdu: _Asdu, message: Message) -> Operation:
    from_client = message.from_client is not False
    if asdu.number in FILES:
        kind, refusal = _file_kind(asdu, from_client=from_client)
    else:
        kind, refusal = outcome(asdu.number, asdu.kind, asdu.cause, negative=asdu.negative)
    name = f"{asdu.kind.name} {asdu.kind.title}" if asdu.kind.name else f"Type {asdu.number}"
    return Operation(
        verb=_verb(asdu, kind, from_client=from_client),
        function=name,
        kind=kind,
        code=str(asdu.number),
        unit=str(asdu.common),
        object=_ioa(asdu),
        detail=joined((*_qualifier(asdu, kind), *_circumstances(asdu))),
        refusal=refusal,
        filter=f"iec60870_asdu.typeid == {asdu.number} && iec60870_asdu.causetx == {asdu.cause}",
    )


def _file_kind(asdu: _Asdu, *, from_client: bool) -> tuple[Kind, str]:
    """File transfer has no cause for answers: what the station sends answers, and some of it says no."""
    if (
        asdu.number == SEGMENT
        or (asdu.number == ACKNOWLEDGE and from_client)
        or (asdu.number == LAST and not from_client)
    ):
        return Kind.NOTICE, ""
    if from_client:
        return Kind.REQUEST, ""
    refusals = {
        120: "file not ready" if _octet(asdu, 5) & 0x80 else "",
        121: "section not ready" if _octet(asdu, 6) & 0x80 else "",
        ACKNOWLEDGE: "negative acknowledgement" if _octet(asdu, 3) & 0x0F in (3, 4) else "",
    }
    refusal = CAUSES[asdu.cause] if asdu.cause in NEGATIVE_CAUSES else refusals.get(asdu.number, "")
    return (Kind.REFUSAL if refusal else Kind.RESPONSE), refusal


def _verb(asdu: _Asdu, kind: Kind, *, from_client: bool) -> Verb:
    verb = asdu.kind.verb
    if asdu.number in FILES:
        return file_verb(asdu.number, _octet(asdu, 3), controlling=from_client)
    if asdu.number == COUNTERS and _octet(asdu, 0) >> 6 and kind is not Kind.NOTICE:
        return Verb.OPERATE  # counters are frozen or set to 0
    if verb is Verb.REPORT and kind is Kind.RESPONSE:
        return Verb.READ
    if kind is Kind.NOTICE and verb not in (Verb.AUTHENTICATE, Verb.UNKNOWN):
        return Verb.REPORT  # the end of an activation, a clock that reports itself
    return verb


def _octet(asdu: _Asdu, at: int) -> int:
    """The octet at ``at`` behind the first object's address; 0 when it was not kept."""
    return asdu.body[ADDRESS + at] if len(asdu.body) > ADDRESS + at else 0


def _qualifier(asdu: _Asdu, kind: Kind) -> Iterator[str]:
    """What is asked in particular; for what is neither asked nor answered the qualifier is not told apart."""
    if asdu.number == INITIALISED:
        yield _named(INITIALISATIONS, _octet(asdu, 0) & 0x7F, "cause {n}")
    elif kind is Kind.NOTICE:
        return
    elif asdu.kind.select and asdu.kind.qualifier_at is not None:
        yield said("select") if _octet(asdu, asdu.kind.qualifier_at) & 0x80 else said("execute")
    elif asdu.number == 100:
        yield interrogated(_octet(asdu, 0))
    elif asdu.number == COUNTERS:
        yield _counter_request(_octet(asdu, 0))
    elif asdu.number == 105:
        yield _named(RESETS, _octet(asdu, 0), "qualifier {n}")
    elif asdu.number == 122:
        yield _named(FILE_CALLS, _octet(asdu, 3) & 0x0F, "call {n}")


def _circumstances(asdu: _Asdu) -> Iterator[str]:
    yield cause_in_words(asdu.cause)
    if asdu.negative and asdu.cause == TERMINATED:
        yield said("negative")
    if asdu.test:
        yield said("test")
    if asdu.originator:
        yield said("originator {name}", name=asdu.originator)


def _named(names: Mapping[int, str], number: int, otherwise: str) -> str:
    """The name of a number; ``otherwise`` is said of one that the standard does not name."""
    known = names.get(number)
    return said(known) if known else said(otherwise, n=number)


_FREEZES = ("", said("freeze"), said("freeze and reset"), said("reset"))


def _counter_request(qualifier: int) -> str:
    request = qualifier & 0x3F
    what = said("request {n}", n=request)
    if request == 5:
        what = said("all counters")
    elif 1 <= request <= 4:
        what = said("counter group {n}", n=request)
    return joined((what, _FREEZES[qualifier >> 6]))


MOST_RANGES = 12


def _ioa(asdu: _Asdu) -> str:
    """The object addresses with runs merged ("IOA 1-10, 15"); file transfer adds the file."""
    if not asdu.addresses or asdu.addresses == [0]:  # 0 is no object: the command is for the whole station
        return ""
    runs: list[list[int]] = []
    for address in sorted(set(asdu.addresses)):
        if runs and address == runs[-1][1] + 1:
            runs[-1][1] = address
        else:
            runs.append([address, address])
    shown = [str(low) if low == high else f"{low}-{high}" for low, high in runs[:MOST_RANGES]]
    more = f" and {len(runs) - MOST_RANGES} more ranges" if len(runs) > MOST_RANGES else ""
    name = int.from_bytes(asdu.body[ADDRESS : ADDRESS + 2], "little")
    file = f" file {name}" if asdu.number in FILES and asdu.number != DIRECTORY else ""
    return f"IOA {', '.join(shown)}{more}{file}"


PROTOCOL = Protocol(
    name="iec104",
    title="IEC 60870-5-104",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset(
        {t.verb for t in TYPES.values()}
        | {Verb.SESSION, Verb.READ, Verb.FILE_WRITE, Verb.FILE_DELETE, Verb.REPORT, Verb.UNKNOWN}
    ),
    specification="IEC 60870-5-104:2006 clauses 5-7; IEC 60870-5-101:2003 clauses 7.2-7.3; IEC 60870-5-7",
    midway="commands and their authentication not captured",
)
