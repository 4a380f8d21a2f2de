"""DNP3 over TCP and UDP: link frames with their checksums, the transport octet, and the application message in them.

Written from IEEE 1815-2012: clauses 4 (application layer), 8 (transport function), 9 (data link layer), 7 (secure
authentication) and 11 with annex A (objects); clause 13 for IP networks. The link frames of one application fragment
are joined, over TCP and over UDP; checksums are checked of the first of equal frames.

Every point that a command moves is a row, and so is what the answer says of it. A command that the outstation
challenges is answered by what follows the reply to the challenge, so that its outcome is whether it was done.
Indications that say something of the outstation's state are rows of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.common.text import printable, readable
from scanner.protocols.dnp3 import _names as names
from scanner.protocols.dnp3._cases import CASES, FRAMING, NAME
from scanner.protocols.dnp3._link import (
    APPLICATION_CONTROL,
    CONTROL,
    FIRST_SEGMENT,
    FUNCTION,
    INDICATIONS,
    OBJECTS,
    RESPONSE_OBJECTS,
    TRANSPORT,
    addresses,
    link_operation,
    user_data,
)
from scanner.protocols.dnp3._objects import Header, headers, points, text_of
from scanner.wording import joined, said

_ANSWERS = (names.RESPONSE, names.UNSOLICITED, names.AUTHENTICATE_RESPONSE)
_EVERYBODY = 0xFFFD  # and the two addresses above
_LAST_FRAGMENT = 0x80  # of the application control octet
_CONTROLS = (names.CROB, names.ANALOG_OUTPUT)
_MOST_POINTS = 32  # rows of one command


def probe(message: Message) -> bool:
    """Link header, its checksum and those of the blocks hold."""
    return is_well_formed(user_data, message)


def dissect(message: Message) -> Iterator[Row]:
    """The rows of a frame that begins an application message, or the one of a frame of the link's own."""
    data = message.data
    user = user_data(message)
    control = data[CONTROL]
    if control & 0x4F not in (0x43, 0x44):
        yield link_operation(data)
        return
    if not user:
        raise Malformed("user data frame without user data")
    if not user[TRANSPORT] & FIRST_SEGMENT:
        return
    if len(user) < OBJECTS:
        raise Malformed("application header cut short")
    if user[FUNCTION] in _ANSWERS:
        yield from _answer(user, data)
    elif user[FUNCTION] < 128:
        yield from _request(user, data)
    else:
        raise Malformed("function code {code} is reserved", code=user[FUNCTION])


# --- requests -------------------------------------------------------------------------------------------------------


def _request(user: bytes, data: bytes) -> Iterator[Row]:
    function = user[FUNCTION]
    found = headers(user[OBJECTS:], values=function not in names.VALUELESS)
    target, source = addresses(data)
    name, verb = names.FUNCTIONS.get(function, (f"Function {function}", Verb.UNKNOWN))
    who = [said("master {n}", n=source), said("broadcast") if target >= _EVERYBODY else ""]
    kind = Kind.UNCONFIRMED if function in names.UNANSWERED or target >= _EVERYBODY else Kind.REQUEST
    if function == names.CONFIRM or (function == names.AUTHENTICATE and _is(found, names.AUTHENTICATION, names.REPLY)):
        kind = Kind.NOTICE
    verbs = [verb]
    for own, text, words in _touched(function, verb, found, user[OBJECTS:]):
        verbs.append(own)
        yield Operation(
            verb=own,
            function=name,
            kind=kind,
            code=str(function),
            unit=str(target),
            object=text,
            detail=joined((*words, *who)),
            filter=f"dnp3.al.func == {function}",
        )
    yield from _security(function, found, verbs)


def _is(found: list[Header], group: int, variation: int) -> bool:
    """The first object is this one."""
    return bool(found) and (found[0].group, found[0].variation) == (group, variation)


def _touched(function: int, verb: Verb, found: list[Header], raw: bytes) -> Iterator[tuple[Verb, str, list[str]]]:
    """(verb, object, what to say of it) of each thing that a request touches; of one that names nothing, itself."""
    words = [_authentication(h) for h in found[:1] if h.group == names.AUTHENTICATION]
    others = [h for h in found if h.group != names.AUTHENTICATION] or found
    if not found:
        yield verb, f"g{raw[0]}v{raw[1]}" if len(raw) >= 3 else "", []
    elif function in names.COMMANDS:
        yield from _controls(verb, others, words)
    elif function == names.WRITE:
        for header in others:
            yield _written(header, verb), text_of(header), words
        if not found[-1].final:
            yield Verb.UNKNOWN, "", [said("carries requests that were not read"), *words]
    elif function in (names.OPEN, names.DELETE, names.FILE_INFO) and others[0].group == names.FILES:
        yield _file(function, others[0], verb)
    elif function == names.OPEN:
        yield Verb.UNKNOWN, text_of(others[0]), words  # for reading or for writing
    else:
        text = "; ".join(map(text_of, others[:12])) if function in names.VALUELESS else text_of(others[0])
        yield _read(function, found[0], verb), text, words


def _controls(verb: Verb, found: list[Header], words: list[str]) -> Iterator[tuple[Verb, str, list[str]]]:
    """Each point with what is ordered, then whatever else the command has. Where objects are cut short, or their
    indices are not as wide as the qualifier says, it is sure that something was commanded, but not what.
    """
    if not all(header.sound for header in found):
        for header in {(h.group, h.variation): h for h in found if h.group in _CONTROLS}.values() or found[:1]:
            yield verb, _name(header), [said("objects malformed"), *words]
        return
    for shown, (header, point, octets) in enumerate(points(found, _CONTROLS)):
        if shown == _MOST_POINTS:
            yield verb, "further points", words
            break
        text = text_of(Header(header.group, header.variation, header.qualifier, point, point, 1, (), True))
        yield verb, text, [*([_crob(octets)] if (header.group, header.variation) == (names.CROB, 1) else []), *words]
    for header in found:
        if not header.objects or header.group not in _CONTROLS:
            yield verb, text_of(header), words


def _name(header: Header) -> str:
    return f"{names.GROUPS.get(header.group, 'group')} (g{header.group}v{header.variation})"


def _crob(octets: bytes) -> str:
    """What a control block orders (annex A.8.1): trip/close in bits 6-7, operation in bits 0-3."""
    known = names.OPERATIONS.get(octets[0] & 0x0F)
    order = said(known) if known else said("operation {n}", n=octets[0] & 0x0F)
    side = names.TRIP_CLOSE.get(octets[0] >> 6)
    return said(side, operation=order) if side else order


def _written(header: Header, verb: Verb) -> Verb:
    writes = {names.TIME: Verb.TIME_SYNC, names.FILES: Verb.FILE_WRITE, names.INTERNAL: Verb.DIAGNOSE}
    writes |= dict.fromkeys((names.DEVICE_ATTRIBUTES, 34, 81, 85, 86), Verb.CONFIGURE)
    writes |= dict.fromkeys((10, 40), Verb.OPERATE)  # outputs, set without a control block
    return writes.get(header.group, verb)


def _read(function: int, header: Header, verb: Verb) -> Verb:
    if function == names.READ and header.group == names.DEVICE_ATTRIBUTES:
        return Verb.IDENTIFY
    return Verb.FILE_READ if function == names.READ and header.group == names.FILES else verb


def _authentication(header: Header) -> str:
    known = names.AUTHENTICATIONS.get(header.variation)
    return said(known) if known else said("variation {n}", n=header.variation)


def _file(function: int, header: Header, verb: Verb) -> tuple[Verb, str, list[str]]:
    """Verb, name and mode of a file command (g70v3) or a request for information (g70v7)."""
    at, variation = (names.COMMAND_SIZE, 3) if function != names.FILE_INFO else (names.FILE_INFO_SIZE, 7)
    command = header.objects[0][1] if header.objects else b""
    if header.variation != variation or len(command) < at:
        return verb, text_of(header), []
    offset = int.from_bytes(command[: names.NAME_SIZE_AT], "little")
    size = int.from_bytes(command[names.NAME_SIZE_AT : names.NAME_SIZE_AT + 2], "little")
    name = f"file {readable(command[at : at + size])}" if offset == at and size else text_of(header)
    if function != names.OPEN:
        return verb, name, []
    mode = int.from_bytes(command[names.MODE_AT : names.MODE_AT + 2], "little")
    return Verb.FILE_WRITE if mode in (2, 3) else verb, name, [_mode(mode)]


def _mode(mode: int) -> str:
    known = names.FILE_MODES.get(mode)
    return said("mode {name}", name=said(known) if known else mode)


_CRITICAL = {Verb.OPERATE, Verb.WRITE, Verb.CONFIGURE, Verb.START, Verb.STOP, Verb.RESTART}
_UNPROVEN = Session(
    encrypted=False,
    authenticated=False,
    detail=said("commands in clear"),
    unread=("authenticated",),  # a reply to a challenge takes it back
)
_PROVEN = Session(encrypted=False, authenticated=True, detail=said("DNP3 Secure Authentication"))


def _security(function: int, found: list[Header], verbs: list[Verb]) -> Iterator[Session]:
    """A critical request is followed by a challenge where Secure Authentication is in use; that shows in other rows."""
    first = found[0].variation if found and found[0].group == names.AUTHENTICATION else 0
    if first == names.AGGRESSIVE:
        last = found[-1]
        if (last.group, last.variation) == (names.AUTHENTICATION, names.CODE):
            yield _PROVEN
        elif _CRITICAL.intersection(verbs):
            yield _UNPROVEN if last.final else replace(_UNPROVEN, authenticated=None, detail="")
    elif first:
        yield _secured(found[0])
    elif function == names.AUTHENTICATE_FILE:
        yield Session(credentials="user-password", encrypted=False)
    elif _CRITICAL.intersection(verbs):
        yield _UNPROVEN


def _secured(header: Header) -> Session:
    """Challenges and replies prove commands, a reply one of them; that there are keys does not yet."""
    if header.variation == names.REPLY:
        return replace(_PROVEN, read=("authenticated",))
    if header.variation == names.CHALLENGE:
        return _PROVEN
    return Session(encrypted=False, detail=said("keys of DNP3 Secure Authentication"))


# --- responses ------------------------------------------------------------------------------------------------------


def _answer(user: bytes, data: bytes) -> Iterator[Row]:
    function = user[FUNCTION]
    if len(user) < RESPONSE_OBJECTS:
        raise Malformed("internal indications cut short")
    indications = int.from_bytes(user[INDICATIONS:RESPONSE_OBJECTS], "little")
    found = headers(user[RESPONSE_OBJECTS:], values=True)
    _, source = addresses(data)
    name, _verb = names.FUNCTIONS[function]
    more = not user[APPLICATION_CONTROL] & _LAST_FRAGMENT
    notice = function == names.UNSOLICITED or more
    notice |= function == names.AUTHENTICATE_RESPONSE and _is(found, names.AUTHENTICATION, names.CHALLENGE)
    errors = [text for bit, text in names.ERRORS.items() if indications & bit]
    words = joined(said(text) for bit, text in names.INDICATIONS.items() if indications & bit)
    for verb, shown, status in (
        _results(function, found, user[RESPONSE_OBJECTS:])
        if not notice
        else [_shown(function, user[RESPONSE_OBJECTS:])]
    ):
        refusal = ", ".join(dict.fromkeys([*errors, *([status] if status else [])]))
        yield Operation(
            verb=verb,
            function=name,
            kind=Kind.NOTICE if notice else Kind.REFUSAL if refusal else Kind.RESPONSE,
            code=str(function),
            unit=str(source),
            object=shown,
            detail=words,
            refusal="" if notice else refusal,
            filter=f"dnp3.al.func == {function}",
        )
    yield from _indications(indications, source)
    if found and found[0].group == names.AUTHENTICATION:
        yield _secured(found[0])
    if function == names.RESPONSE and not more:
        yield from _attributes(found)


def _shown(function: int, raw: bytes) -> tuple[Verb, str, str]:
    """(verb, first object, no refusal) of an answer as a whole; one without objects does not say what it answers."""
    verb = names.FUNCTIONS[function][1]
    if len(raw) < 2:
        return Verb.UNKNOWN if function == names.RESPONSE else verb, "", ""
    if function == names.RESPONSE:
        verb = names.ANSWERED.get((raw[0], raw[1])) or names.ANSWERED.get((raw[0], None), verb)
    return verb, f"{names.GROUPS.get(raw[0], 'group')} (g{raw[0]}v{raw[1]})", ""


def _results(function: int, found: list[Header], raw: bytes) -> Iterator[tuple[Verb, str, str]]:
    """(verb, object, refusal) of each control that the answer echoes; else of the answer."""
    verb, shown, _ = _shown(function, raw)
    echoes = list(points(found, _CONTROLS)) if function == names.RESPONSE else []
    if echoes and not all(header.sound for header in found):
        raise Malformed("controls echoed with objects that do not fit")  # what became of them cannot be told
    for header, _point, octets in echoes[:_MOST_POINTS]:
        yield Verb.OPERATE, _name(header), _control_status(octets[-1] & 0x7F if octets else 0)
    if len(echoes) > _MOST_POINTS:
        worst = (_control_status(octets[-1] & 0x7F) for _, _, octets in echoes[_MOST_POINTS:] if octets)
        yield Verb.OPERATE, shown, next(filter(None, worst), "")
    if not echoes:
        yield verb, shown, _status(found[0]) if found else ""


def _control_status(status: int) -> str:
    return names.CONTROL_STATUS.get(status, f"control status {status}") if status else ""


def _status(header: Header) -> str:
    """What the first object of an answer says went wrong."""
    octets = header.objects[0][1] if header.objects else b""
    if header.group == names.FILES:
        at = names.FILE_STATUS_AT.get(header.variation)
        status = octets[at] if at is not None and len(octets) > at else 0
        if status:
            return names.FILE_STATUS.get(status, f"file status {status}")
        return "no key given" if header.variation == 2 and len(octets) >= 12 and not any(octets[8:12]) else ""
    if header.group == names.AUTHENTICATION and header.variation == names.FAILED and len(octets) > names.FAILED_AT:
        code = octets[names.FAILED_AT]
        return names.FAILURES.get(code, f"authentication error {code}")
    if header.group == names.AUTHENTICATION and header.variation == names.KEY_STATUS:
        refused = octets[names.KEY_STATUS_AT : names.KEY_STATUS_AT + 1] == bytes((names.KEYS_REFUSED,))
        return "session keys not authenticated" if refused else ""
    return ""


def _indications(indications: int, source: int) -> Iterator[Operation]:
    """What the outstation says of its own state, whatever it was asked."""
    for bit, field in names.STATES.items():
        if indications & bit:
            yield Operation(
                verb=Verb.REPORT,
                function="Internal Indication",
                kind=Kind.NOTICE,
                unit=str(source),
                object=names.INDICATIONS[bit],
                filter=f"dnp3.al.iin.{field} == 1",
            )


def _attributes(found: list[Header]) -> Iterator[Identity]:
    """Device attributes (g0) as visible strings: type 1, length, text."""
    for header, _point, octets in points(found, (names.DEVICE_ATTRIBUTES,)):
        field = names.ATTRIBUTES.get(header.variation)
        value = printable(octets[2:]) if octets[:1] == b"\1" and len(octets) == 2 + octets[1] else ""
        if field and value:
            yield Identity(field, value)


PROTOCOL = Protocol(
    name=NAME,
    title="DNP3",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({v for _, v in names.FUNCTIONS.values()})
    | {Verb.FILE_WRITE, Verb.IDENTIFY, Verb.DIAGNOSE, Verb.UNKNOWN, Verb.SUBSCRIBE},
    specification="IEEE 1815-2012 clauses 4, 7, 8, 9, 11, 13 and annex A",
    midway="commands and their authentication not captured",
)
