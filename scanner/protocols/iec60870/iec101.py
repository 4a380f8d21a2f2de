"""IEC 60870-5-101 in TCP and UDP tunnels of serial converters and radio modems.

Written from IEC 60870-5-101:2003 (clauses 6 and 7), IEC 60870-5-1:1990 (format class FT 1.2) and IEC 60870-5-2:1992
(link functions). ``_iec101_frames`` finds the widths of the fields, ``_iec104_names`` has the types.

Of several objects the first address is told apart when it stands within three octets behind the cause. Whether a file
is read or written is told by who sends what: the controlling station is taken to be the one that asks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Range, Role, Size, Test, bits
from scanner.framing.shared import FT12
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Verb
from scanner.protocols.iec60870 import _iec101_frames as frames
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
from scanner.protocols.iec60870._iec101_frames import Asdu
from scanner.protocols.iec60870._iec104_names import (
    FILE_CALLS,
    INITIALISATIONS,
    NEGATIVE_CAUSES,
    RESETS,
    TYPES,
    Type,
)
from scanner.wording import joined, said

_NAME = "iec101"
_FILES = range(120, 128)

# --- which bytes are meaning ----------------------------------------------------------------------------------------
# Link address, type, number of objects, cause and addresses. The control octet has a bit that alternates: its function
# is told apart by tests. Where the addresses end is known from the end of the frame, when there is one object.


def _case(
    *tests: Test,
    key: tuple[Range, ...],
    role: Role = Role.NOTICE,
    pair: tuple[Range, ...] = (),
    with_length: bool = False,
) -> Case:
    return Case(_NAME, tests, key=key, role=role, pair=pair, keep=261, with_length=with_length)


def _fixed() -> Iterator[Case]:
    # It acknowledges what names nothing to be repeated: what is sent to a meter of M-Bus.
    yield _case(Byte(0, frames.SINGLE), Size(1, 1), key=(Range(0, 1),), role=Role.RESPONSE)
    address = (Range(2, -2),)
    for primary, functions, told, role in (
        (0x40, frames.PRIMARY, frames.LINK_REQUESTS, Role.REQUEST),
        (0, frames.SECONDARY, frames.LINK_ANSWERS, Role.RESPONSE),
    ):
        for function in functions:
            tests = (Byte(0, frames.FIXED), Size(5, 6), Byte(1, bits(0x4F, primary | function)))
            paired = function in told
            yield _case(*tests, key=address, role=role if paired else Role.NOTICE, pair=address if paired else ())
    yield _case(Byte(0, frames.FIXED), key=(Range(0, 2), Range(2, -2)))


def _by_element(*, reports: bool) -> dict[tuple[int, int | None, bool], list[int]]:
    """(size of an element, place of its qualifier, select bit in it) -> types."""
    found: defaultdict[tuple[int, int | None, bool], list[int]] = defaultdict(list)
    for number, kind in TYPES.items():
        if kind.size is not None and (kind.verb is Verb.REPORT) is reports and number != READ_COMMAND:
            qualifier = None if reports and number != INITIALISED else kind.qualifier_at
            found[kind.size, 3 if number == 122 else qualifier, kind.select].append(number)
    return found


def _variable(at: int) -> Iterator[Case]:
    """Frames whose ASDU begins at ``at``."""
    start = (Byte(0, frames.VARIABLE), Byte(3, frames.VARIABLE), *((Byte(6, 0),) if at == 7 else ()))
    head = (Range(1, 2), Range(5, at))
    single = Byte(at + 1, 1)

    def cause(*numbers: int) -> Byte:
        return Byte(at + 2, {b for n in numbers for b in bits(0x3F, n)})

    def exchange(numbers: list[int], end: int, *tests: Test, more: tuple[Range, ...] = ()) -> Iterator[Case]:
        key = (*head, Range(at, -end), *more)
        pair = (Range(at, at + 1), Range(at + 3, -end))
        kinds = (*start, Byte(at, numbers), single, *tests)
        yield _case(*kinds, cause(ACT, DEACT), key=key, role=Role.REQUEST, pair=pair)
        yield _case(*kinds, cause(ACTCON, DEACTCON, *NEGATIVE_CAUSES), key=key, role=Role.RESPONSE, pair=pair)
        yield _case(*kinds, key=key)

    for (size, qualifier, _), numbers in _by_element(reports=True).items():
        end = frames.TRAILER + size
        place = -end + (qualifier or 0)
        key = (*head, Range(at, -end), *((Range(place, place + 1),) if qualifier is not None else ()))
        kinds = (*start, Byte(at, numbers), single)
        yield _case(*kinds, cause(REQUESTED), key=key, role=Role.RESPONSE, pair=(Range(at + 3, -end),))
        yield _case(*kinds, key=key)
    for (size, qualifier, select), numbers in _by_element(reports=False).items():
        end = frames.TRAILER + size
        place = -end + (qualifier or 0)
        if select:
            yield from exchange(numbers, end, Byte(place, bits(0x80, 0x80)))
        more = () if qualifier is None or select else (Range(place, place + 1),)
        yield from exchange(numbers, end, more=more)
    read = (*start, Byte(at, READ_COMMAND), single)
    key, pair = (*head, Range(at, -2)), (Range(at + 3, -2),)  # the answer has another type
    yield _case(*read, Byte(at + 2, bits(0x7F, REQUESTED)), key=key, role=Role.REQUEST, pair=pair)
    yield _case(*read, key=key, role=Role.RESPONSE, pair=pair)
    yield _case(*start, Byte(at, TYPES), key=(*head, Range(at, at + frames.KEPT)), with_length=True)


CASES = (
    *_fixed(),
    *_variable(6),
    *_variable(7),
    _case(Byte(0, frames.VARIABLE), key=(Range(1, 2), Range(5, 12)), with_length=True),
)

# --- dissection -----------------------------------------------------------------------------------------------------


def probe(message: Message) -> bool:
    """A right checksum, and a known link function or an ASDU of a known type whose length fits."""
    data = message.data
    try:
        if data[:1] == bytes((frames.SINGLE,)):
            return message.length == 1
        if data[:1] == bytes((frames.FIXED,)):
            frames.check_fixed(message)
            return data[1] & 0x0F in (frames.PRIMARY if data[1] & 0x40 else frames.SECONDARY)
        frames.check_variable(message)
        return data[4] & 0x4F in (0x43, 0x44, 0x08) and bool(frames.read_asdu(message).kind.name)
    except Malformed:
        return False


def proof(message: Message) -> bool:
    """An ASDU: what only the link says may be of M-Bus as well."""
    return message.data[:1] == bytes((frames.VARIABLE,))


def dissect(message: Message) -> Iterator[Operation]:
    """One operation a frame: of the link, or of the ASDU in it."""
    data = message.data
    if data == bytes((frames.SINGLE,)):
        yield _acknowledged()
    elif data[:1] == bytes((frames.FIXED,)):
        frames.check_fixed(message)
        yield _service(data[1], data[2:-2])
    else:
        frames.check_variable(message)
        controlling = bool(data[4] & 0x40) and message.from_client is not False
        yield _operation(frames.read_asdu(message), controlling=controlling)


def _acknowledged() -> Operation:
    return Operation(
        verb=Verb.SESSION,
        function="Single Character Acknowledgement",
        kind=Kind.NOTICE,
        code="0xE5",
        filter="iec60870_101.header == 0xe5",
    )


def _service(control: int, address: bytes) -> Operation:
    primary, function = bool(control & 0x40), control & 0x0F
    name, verb = (frames.PRIMARY if primary else frames.SECONDARY).get(
        function, (f"Link function {function}", Verb.UNKNOWN)
    )
    refused = not primary and function in frames.REFUSALS
    field = "ctrl_func_pri_to_sec" if primary else "ctrl_func_sec_to_pri"
    return Operation(
        verb=verb,
        function=name,
        kind=_link_kind(function, primary=primary),
        code=str(function),
        unit=said("link {n}", n=int.from_bytes(address, "little")),
        refusal=name if refused else "",
        filter=f"iec60870_101.{field} == {function}",
    )


def _link_kind(function: int, *, primary: bool) -> Kind:
    if primary:
        return Kind.REQUEST if function in frames.LINK_REQUESTS else Kind.NOTICE
    if function in frames.REFUSALS:
        return Kind.REFUSAL
    return Kind.RESPONSE if function in frames.LINK_ANSWERS else Kind.NOTICE


def _title(number: int, kind: Type) -> str:
    return f"{kind.name} {kind.title}" if kind.name else f"Type {number}"


def _operation(asdu: Asdu, *, controlling: bool) -> Operation:
    kind, refusal = outcome(asdu.number, asdu.kind, asdu.cause, negative=asdu.negative)
    return Operation(
        verb=_verb(asdu, kind, controlling=controlling),
        function=_title(asdu.number, asdu.kind),
        kind=kind,
        code=str(asdu.number),
        unit=str(asdu.common) if asdu.common is not None else said("link {n}", n=asdu.link),
        object=_objects(asdu),
        detail=joined((*_qualifier(asdu), *_circumstances(asdu))),
        refusal=refusal,
        filter=f"iec60870_asdu.typeid == {asdu.number} && iec60870_asdu.causetx == {asdu.cause}",
    )


def _verb(asdu: Asdu, kind: Kind, *, controlling: bool) -> Verb:
    if asdu.number in _FILES:
        return file_verb(asdu.number, asdu.element[3] if len(asdu.element) > 3 else 0, controlling=controlling)
    if asdu.number == COUNTERS and asdu.element[:1] > b"\x3f" and kind is not Kind.NOTICE:
        return Verb.OPERATE  # counters are frozen or set to 0
    if asdu.kind.verb is Verb.REPORT and kind is Kind.RESPONSE:
        return Verb.READ
    if kind is Kind.NOTICE and asdu.kind.verb not in (Verb.AUTHENTICATE, Verb.UNKNOWN):
        return Verb.REPORT  # the end of an activation, a clock that reports itself
    return asdu.kind.verb


def _objects(asdu: Asdu) -> str:
    if not asdu.first:
        return ""
    if asdu.sequence and asdu.count > 1:
        return f"IOA {asdu.first}-{asdu.first + asdu.count - 1}"
    return f"IOA {asdu.first}"


def _qualifier(asdu: Asdu) -> Iterator[str]:
    """What is asked in particular of a single object."""
    at = asdu.kind.qualifier_at
    if at is None or len(asdu.element) <= at or (asdu.kind.verb is Verb.REPORT and asdu.number != INITIALISED):
        at = 3 if asdu.number == 122 and len(asdu.element) > 3 else None
    if at is None:
        return
    value = asdu.element[at]
    if asdu.kind.select:
        yield said("select") if value & 0x80 else said("execute")
    elif asdu.number == 100:
        yield interrogated(value)
    elif asdu.number in (70, 105, 122):
        names, bits_ = {70: (INITIALISATIONS, 0x7F), 105: (RESETS, 0xFF), 122: (FILE_CALLS, 0x0F)}[asdu.number]
        known = names.get(value & bits_)
        yield said(known) if known else said("qualifier {n}", n=value & bits_)


def _circumstances(asdu: Asdu) -> Iterator[str]:
    yield cause_in_words(asdu.cause)
    if asdu.negative and asdu.cause == TERMINATED:
        yield said("negative")
    if asdu.test:
        yield said("test")
    if asdu.count > 1 and not asdu.sequence:
        yield said("first of {n} objects", n=asdu.count)


PROTOCOL = Protocol(
    name=_NAME,
    title="IEC 60870-5-101 over TCP/UDP",
    short="IEC 60870-5-101",
    framing=FT12,
    cases=CASES,
    probe=probe,
    proof=proof,
    needs_proof=True,
    dissect=dissect,
    verbs=frozenset(
        {t.verb for t in TYPES.values()}
        | {v for table in (frames.PRIMARY, frames.SECONDARY) for _, v in table.values()}
        | {Verb.READ, Verb.REPORT, Verb.FILE_WRITE, Verb.FILE_DELETE, Verb.UNKNOWN}
    ),
    specification="IEC 60870-5-101:2003 clauses 6-7; IEC 60870-5-1:1990 (FT 1.2); IEC 60870-5-2:1992",
    display_filter="iec60870_101",
)
