"""DNP3 over TCP and UDP: link frames with their checksums, the transport octet, and the application message in them.

Written from IEEE 1815-2012: clauses 4 (application layer), 8 (transport function), 9 (data link layer), 7 (secure
authentication) and 11 with annex A (objects); clause 13 for IP networks. The link frames of one application fragment
are joined where they follow each other in a TCP stream; of one in several datagrams only the first is understood.

A message is compared by addresses, function and object headers. Values, times, handles, block numbers, sequence
numbers and checksums are not part of it, so checksums are checked of the first of equal frames. Of writes and analog
outputs only the first object header is told apart; of responses its group and variation, the internal indications and
the status of a control or file command.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.capture.descriptor import Blocks, Byte, Case, Framing, Range, Role, Size, Test, bits
from scanner.protocols import _dnp3_names as names
from scanner.protocols._dnp3_link import (
    BLOCK,
    CHECKSUM,
    CONTROLS,
    DATA_CONTROLS,
    FIRST_SEGMENT,
    HEADER,
    addresses,
    link_operation,
    user_data,
)
from scanner.protocols._probe import is_well_formed
from scanner.protocols._text import printable, readable
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb

_LAST_SEGMENT = 0x80
_LONGEST = 2400  # bytes of a fragment of 2048 octets in its frames

FRAMING = Framing(
    name="dnp3",
    cutter=Blocks(more=Byte(10, bits(_LAST_SEGMENT, 0)), more_if=Byte(3, DATA_CONTROLS)),
    sync=(Byte(0, 0x05), Byte(1, 0x64), Byte(2, range(5, 256)), Byte(3, CONTROLS)),
    ports={"tcp": (20000,), "udp": (20000,)},
    confirmations=2,
)

# --- which bytes are meaning ----------------------------------------------------------------------------------------
# Offsets in the frame: 3 link control, 4 destination, 6 source, 8 checksum, 10 transport, 11 application control,
# 12 function. User data are cut into blocks of 16, at 10, 28, 46, 64..., each followed by a checksum; the first holds
# the sequence numbers, so its checksum (26) is left out.

_ADDRESSES = Range(4, 8)
_FULL = 28  # bytes of a frame whose first block is full
_USER, _FIRST = Byte(3, DATA_CONTROLS), Byte(10, bits(FIRST_SEGMENT, FIRST_SEGMENT))
_ANSWERS = (names.RESPONSE, names.UNSOLICITED, names.AUTHENTICATE_RESPONSE)
# Qualifier -> octets of an object header with its range, and with the first index where indices are prefixes.
QUALIFIERS = {0x00: 5, 0x01: 7, 0x06: 3, 0x07: 4, 0x08: 5, 0x17: 5, 0x27: 6, 0x18: 6, 0x28: 7, 0x5B: 4}
_ASKED, _ANSWERED = 13, 15  # where the first object header of a request and of a response is
# Analog output variation -> octets of the value.
_ANALOG = {1: 4, 2: 2, 3: 4, 4: 8}
_CROB_VALUE, _FILE_STATUS = 10, 12


def _wire(at: int) -> int:
    """Offset in the frame of user octet ``at`` (0 is the transport octet)."""
    return HEADER + at + at // BLOCK * CHECKSUM


def _case(*tests: Test, key: tuple[Range, ...], role: Role) -> Case:
    return Case("dnp3", tests, key=key, role=role, keep=_LONGEST)


def _whole(*tests: Test, role: Role) -> Iterator[Case]:
    """Function and objects without the checksum of the first block, which may be the only one."""
    yield _case(*tests, Size(0, _FULL - 1), key=(_ADDRESSES, Range(12, -CHECKSUM)), role=role)
    yield _case(*tests, Size(_FULL), key=(_ADDRESSES, Range(12, 26), Range(28)), role=role)


def _named_files() -> Iterator[Case]:
    """File commands: the name, whatever the request number in the block where it begins."""
    file = (_USER, _FIRST, Byte(_ASKED, names.FILES), Byte(15, 0x5B), Byte(16, 1))
    head = (_ADDRESSES, Range(12, 17), Range(19, 23))
    command = (*file, Byte(12, (names.OPEN, names.DELETE)), Byte(14, 3))
    mode = Range(41, 43)
    yield _case(*command, Size(50, 63), key=(*head, mode, Range(49, -CHECKSUM)), role=Role.REQUEST)
    yield _case(*command, Size(64), key=(*head, mode, Range(49, 62), Range(64)), role=Role.REQUEST)
    information = (*file, Byte(12, names.FILE_INFO), Byte(14, 7), Size(47))
    yield _case(*information, key=(*head, Range(41, 44), Range(46)), role=Role.REQUEST)


def _asked() -> Iterator[Case]:
    """Requests: those without values whole, controls whole, file names, else the first object header."""
    silent = Byte(12, (names.CONFIRM, *names.UNANSWERED))
    speaking = Byte(12, set(range(1, 128)) - set(names.UNANSWERED))
    for functions, role in ((silent, Role.NOTICE), (speaking, Role.REQUEST)):
        yield _case(_USER, _FIRST, functions, Size(0, 17), key=(_ADDRESSES, Range(12, 13)), role=role)
    yield from _named_files()
    crob = (_USER, _FIRST, Byte(_ASKED, names.CROB))
    yield from _whole(*crob, Byte(12, (names.SELECT, 4, 5)), role=Role.REQUEST)
    yield from _whole(*crob, Byte(12, names.DIRECT_NO_ACK), role=Role.NOTICE)
    not_files = Byte(_ASKED, set(range(256)) - {names.FILES, names.AUTHENTICATION})
    yield from _whole(_USER, _FIRST, Byte(12, names.VALUELESS), not_files, role=Role.REQUEST)
    for functions, role in ((silent, Role.NOTICE), (speaking, Role.REQUEST)):
        for qualifier, size in QUALIFIERS.items():
            tests = (_USER, _FIRST, functions, Byte(15, qualifier), Size(_ASKED + size + CHECKSUM))
            yield _case(*tests, key=(_ADDRESSES, Range(12, _ASKED + size)), role=role)
        yield _case(_USER, _FIRST, functions, key=(_ADDRESSES, Range(12, 16)), role=role)


def _answered() -> Iterator[Case]:
    """Responses: their indications and first object; with the status of one control or file command."""
    head = (_ADDRESSES, Range(12, _ANSWERED))
    kinds = (
        ((Byte(12, names.RESPONSE), Byte(11, bits(0x80, 0))), Role.NOTICE),
        ((Byte(12, names.RESPONSE),), Role.RESPONSE),
        ((Byte(12, names.UNSOLICITED),), Role.NOTICE),
        ((Byte(12, names.AUTHENTICATE_RESPONSE),), Role.RESPONSE),
    )
    for tests, role in kinds:
        yield _case(_USER, _FIRST, *tests, Size(0, 18), key=head, role=role)
    first = Range(_ANSWERED, 17)
    yield _case(_USER, _FIRST, *kinds[0][0], key=(*head, first), role=Role.NOTICE)
    response = (_USER, _FIRST, Byte(12, names.RESPONSE))
    yield from _analog(response, head)
    commands = Byte(_ANSWERED, (names.CROB, names.DEVICE_ATTRIBUTES))
    yield from _whole(*response, commands, role=Role.RESPONSE)
    status = _wire(_ANSWERED - HEADER + 6 + _FILE_STATUS)
    file = (Byte(_ANSWERED, names.FILES), Byte(16, 4), Byte(17, 0x5B), Size(status + 1 + CHECKSUM))
    key = (*head, Range(_ANSWERED, 19), Range(status, status + 1))
    yield _case(*response, *file, key=key, role=Role.RESPONSE)
    for tests, role in kinds[1:]:
        yield _case(_USER, _FIRST, *tests, key=(*head, first), role=role)


def _analog(response: tuple[Test, ...], head: tuple[Range, ...]) -> Iterator[Case]:
    """The echo of one analog output: its point and status, not its value."""
    for qualifier, count in ((0x17, (Byte(18, 1),)), (0x28, (Byte(18, 1), Byte(19, 0)))):
        size = QUALIFIERS[qualifier]
        for variation, octets in _ANALOG.items():
            status = _wire(_ANSWERED - HEADER + size + octets)
            tests = (Byte(_ANSWERED, names.ANALOG_OUTPUT), Byte(16, variation), Byte(17, qualifier), *count)
            key = (*head, Range(_ANSWERED, _ANSWERED + size), Range(status, status + 1))
            yield _case(*response, *tests, Size(status + 1 + CHECKSUM), key=key, role=Role.RESPONSE)


CASES = (
    *_asked(),
    *_answered(),
    _case(_USER, Byte(10, bits(FIRST_SEGMENT, 0)), key=(_ADDRESSES,), role=Role.NOTICE),
    _case(Byte(0, 5), key=(Range(3, 8), Range(12, 13)), role=Role.NOTICE),
)

# --- dissection -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Header:
    """An object header. ``first`` and ``last`` are point numbers, or None; ``count`` of objects, None for all."""

    group: int
    variation: int
    qualifier: int
    first: int | None
    last: int | None
    count: int | None
    body: bytes  # what follows the range field


def probe(message: Message) -> bool:
    """Link header, its checksum and those of the blocks hold."""
    return is_well_formed(user_data, message)


def dissect(message: Message) -> Iterator[Row]:
    """One operation a frame that begins an application message or is one of the link's own."""
    data = message.data
    user = user_data(message)
    control = data[3]
    if control & 0x4F not in (0x43, 0x44):
        yield link_operation(data)
        return
    if not user:
        raise Malformed("user data frame without user data")
    if not user[0] & FIRST_SEGMENT:
        return
    if len(user) < 3:
        raise Malformed("application header cut short")
    if user[2] in _ANSWERS:
        yield from _answer(user, data)
    elif user[2] < 128:
        yield from _request(user, data)
    else:
        raise Malformed(f"function code {user[2]} is reserved")


def _request(user: bytes, data: bytes) -> Iterator[Row]:
    function = user[2]
    header = _header(user[3:])
    target, source = addresses(data)
    name, verb = names.FUNCTIONS.get(function, (f"Function {function}", Verb.UNKNOWN))
    details = [f"master {source}"]
    if target >= 0xFFFD:
        details.append("broadcast")
    text = _text(user[3:], function, header)
    if header:
        verb = _verb(function, header, verb)
        details[:0] = _details(function, header)
        if header.group == names.FILES and function in (names.OPEN, names.DELETE, names.FILE_INFO):
            text, verb, mode = _file(user[3:], function, header, verb)
            details[:0] = [mode] if mode else []
    notice = function == names.CONFIRM
    yield Operation(
        verb=verb,
        function=name,
        kind=Kind.NOTICE if notice else Kind.REQUEST,
        code=str(function),
        unit=str(target),
        object=text,
        detail=", ".join(details),
        filter=f"dnp3.al.func == {function}",
    )
    yield from _security(function, header, verb)


_CRITICAL = {Verb.OPERATE, Verb.WRITE, Verb.CONFIGURE, Verb.START, Verb.STOP, Verb.RESTART}


def _security(function: int, header: _Header | None, verb: Verb) -> Iterator[Session]:
    """A critical request is followed by a challenge where Secure Authentication is in use; that shows in other rows."""
    if header and header.group == names.AUTHENTICATION:
        yield Session(authenticated=True, detail="DNP3 Secure Authentication")
    elif function == names.AUTHENTICATE_FILE:
        yield Session(credentials="user-password", encrypted=False)
    elif verb in _CRITICAL:
        yield Session(encrypted=False, authenticated=False)


def _header(raw: bytes) -> _Header | None:
    """The object header at the start of ``raw``; None when there is none or it is cut off."""
    if len(raw) < 3:
        return None
    group, variation, qualifier = raw[:3]
    code = qualifier & 0x0F
    body = raw[3:]
    if code in (0, 1, 2):
        width = 1 << code
        if len(body) < 2 * width:
            return None
        first, last = (int.from_bytes(body[n * width : (n + 1) * width], "little") for n in (0, 1))
        return _Header(group, variation, qualifier, first, last, max(0, last - first + 1), body[2 * width :])
    if code == 6:
        return _Header(group, variation, qualifier, None, None, None, body)
    width = {7: 1, 8: 2, 9: 4, 0xB: 1}.get(code, 0)
    if not width or len(body) < width:
        return None
    count = int.from_bytes(body[:width], "little")
    prefix = {1: 1, 2: 2, 3: 4}.get(qualifier >> 4 & 7, 0)
    rest = body[width:]
    index = int.from_bytes(rest[:prefix], "little") if prefix and len(rest) >= prefix else None
    return _Header(group, variation, qualifier, index, None, count, rest)


def _text(raw: bytes, function: int, header: _Header | None) -> str:
    """The objects of a request: all headers where they have no values behind them, else the first."""
    if header is None:
        return f"g{raw[0]}v{raw[1]}" if len(raw) >= 3 else ""
    if function not in names.VALUELESS or header.group in (names.FILES, names.AUTHENTICATION):
        return _object(header)
    found: list[str] = []
    rest = raw
    while header and len(found) < 12:
        found.append(_object(header))
        if header.qualifier >> 4 or header.qualifier & 0x0F == 0x0B:
            break
        rest = header.body
        header = _header(rest)
    return "; ".join(found)


def _object(header: _Header) -> str:
    name = names.GROUPS.get(header.group, "group")
    text = f"{name} (g{header.group}v{header.variation})"
    if header.group == names.CLASSES:
        return f"{names.CLASS_VARIATIONS.get(header.variation, 'class')} (g60v{header.variation})"
    if header.last is not None and header.first is not None:
        return f"{text} {header.first}" + (f"-{header.last}" if header.last > header.first else "")
    if header.first is not None:
        more = (header.count or 0) - 1
        return f"{text} {header.first}" + (f" and {more} more" if more > 0 else "")
    return text


def _verb(function: int, header: _Header, verb: Verb) -> Verb:
    if function == names.WRITE:
        writes = {names.TIME: Verb.TIME_SYNC, names.FILES: Verb.FILE_WRITE, names.INTERNAL: Verb.DIAGNOSE}
        writes |= dict.fromkeys((names.DEVICE_ATTRIBUTES, 34, 81, 85, 86), Verb.CONFIGURE)
        return writes.get(header.group, verb)
    if function == names.READ:
        if header.group == names.DEVICE_ATTRIBUTES:
            return Verb.IDENTIFY
        return Verb.FILE_READ if header.group == names.FILES else verb
    return verb


def _details(function: int, header: _Header) -> list[str]:
    if header.group == names.AUTHENTICATION:
        return [names.AUTHENTICATIONS.get(header.variation, f"variation {header.variation}")]
    if header.group == names.CROB and header.variation == 1 and function in (names.SELECT, 4, 5, names.DIRECT_NO_ACK):
        return [_crob(header)]
    return []


def _crob(header: _Header) -> str:
    """What the first control block orders (annex A.8.1): trip/close in bits 6-7, operation in bits 0-3."""
    prefix = {1: 1, 2: 2, 3: 4}.get(header.qualifier >> 4 & 7, 0)
    if len(header.body) <= prefix:
        return "control cut short"
    code = header.body[prefix]
    words = [names.OPERATIONS.get(code & 0x0F, f"operation {code & 0x0F}")]
    if code >> 6:
        words.append(names.TRIP_CLOSE[code >> 6])
    return " ".join(words)


def _file(raw: bytes, function: int, header: _Header, verb: Verb) -> tuple[str, Verb, str]:
    """(name, verb, mode) of a file command (g70v3) or a request for information (g70v7)."""
    at, variation = (26, 3) if function != names.FILE_INFO else (20, 7)
    if header.variation != variation or header.qualifier != 0x5B or header.count != 1 or len(raw) < 6 + at:
        return _object(header), verb, ""
    command = raw[6:]
    offset, size = int.from_bytes(command[:2], "little"), int.from_bytes(command[2:4], "little")
    name = f"file {readable(command[at : at + size])}" if offset == at and size else _object(header)
    if function != names.OPEN:
        return name, verb, ""
    mode = int.from_bytes(command[20:22], "little")
    if mode in (2, 3):
        verb = Verb.FILE_WRITE
    return name, verb, f"mode {names.FILE_MODES.get(mode, mode)}"


def _answer(user: bytes, data: bytes) -> Iterator[Row]:
    function = user[2]
    if len(user) < 5:
        raise Malformed("internal indications cut short")
    indications = int.from_bytes(user[3:5], "little")
    header = _header(user[5:])
    _, source = addresses(data)
    name, verb = names.FUNCTIONS[function]
    refusals = [text for bit, text in names.ERRORS.items() if indications & bit]
    more = not user[1] & 0x80
    if function == names.RESPONSE and header and not more:
        refusals += _statuses(user[5:], header)
    kind = Kind.NOTICE if function == names.UNSOLICITED or more else Kind.REFUSAL if refusals else Kind.RESPONSE
    shown = f"{names.GROUPS.get(user[5], 'group')} (g{user[5]}v{user[6]})" if len(user) >= 7 else ""
    yield Operation(
        verb=verb,
        function=name,
        kind=kind,
        code=str(function),
        unit=str(source),
        object=shown,
        detail=", ".join(text for bit, text in names.INDICATIONS.items() if indications & bit),
        refusal=", ".join(dict.fromkeys(refusals)) if kind is Kind.REFUSAL else "",
        filter=f"dnp3.al.func == {function}",
    )
    if len(user) >= 7 and user[5] == names.AUTHENTICATION:
        yield Session(authenticated=True, detail="DNP3 Secure Authentication")
    if function == names.RESPONSE and not more:
        yield from _attributes(user[5:])


def _statuses(raw: bytes, header: _Header) -> Iterator[str]:
    """What the echoed controls, or a file command status, say went wrong."""
    if header.group == names.FILES and header.variation == 4 and header.qualifier == 0x5B:
        status = raw[6 + _FILE_STATUS] if len(raw) > 6 + _FILE_STATUS else 0
        if status:
            yield names.FILE_STATUS.get(status, f"file status {status}")
        return
    value = _CROB_VALUE if header.group == names.CROB and header.variation == 1 else 0
    if header.group == names.ANALOG_OUTPUT and header.count == 1:
        value = _ANALOG.get(header.variation, 0)
    prefix = {0x17: 1, 0x28: 2}.get(header.qualifier, 0)
    if not value or not prefix:
        return
    step = prefix + value + 1
    for n in range(header.count or 0):
        at = n * step + prefix + value
        if at >= len(header.body):
            return
        status = header.body[at] & 0x7F
        if status:
            yield names.CONTROL_STATUS.get(status, f"control status {status}")


def _attributes(raw: bytes) -> Iterator[Identity]:
    """Device attributes (g0) as visible strings: type 1, length, text."""
    while len(raw) >= 7 and raw[0] == names.DEVICE_ATTRIBUTES and raw[2] == 0:
        variation, kind, size = raw[1], raw[5], raw[6]
        text = raw[7 : 7 + size]
        field = names.ATTRIBUTES.get(variation)
        value = printable(text) if kind == 1 and len(text) == size else ""
        if field and value:
            yield Identity(field, value)
        raw = raw[7 + size :]


PROTOCOL = Protocol(
    name="dnp3",
    title="DNP3",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({v for _, v in names.FUNCTIONS.values()})
    | {Verb.FILE_WRITE, Verb.IDENTIFY, Verb.DIAGNOSE, Verb.UNKNOWN, Verb.SUBSCRIBE},
    specification="IEEE 1815-2012 clauses 4, 7, 8, 9, 11, 13 and annex A",
)
