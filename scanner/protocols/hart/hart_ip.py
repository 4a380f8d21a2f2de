"""HART-IP over TCP and UDP: sessions, HART commands by name, to sub-devices too, identities, refusals.

Written from FieldComm Group HCF_SPEC-085, Network Management Specification, section 10.3 (HART-IP: header, session,
token-passing and direct PDUs, audit log), HCF_SPEC-081 (data link frame), HCF_SPEC-127 and HCF_SPEC-151 (universal and
common practice commands) and HCF_SPEC-307 (response codes). Version 1 has neither authentication nor encryption;
version 2 initiates its session in clear and goes on in TLS or DTLS, which is not said here; what goes on in clear all
the same is. Identities are said of the IP address that answers: a server that speaks for several wired instruments gets
the identity of each. ``_hart_ip_names`` has the codes, ``_hart_ip_pdu`` the HART frame.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scanner.framing.language import Byte, Case, Chain, Field, Framing, Length, Range, Role, Select, Size, bits
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.hart._ip_names import (
    COMMANDS,
    COMMUNICATION,
    DELAYED,
    ERRORS,
    EXTENDED,
    MESSAGES,
    RESPONSES,
    STATUS_WARNINGS,
    STATUSES,
    SUB_DEVICE,
    WARNINGS,
)
from scanner.protocols.hart._ip_pdu import ACK, BURST, LONG_TAG, PACKED_TAG, STX, UNIQUE_IDENTIFIER, Frame
from scanner.protocols.hart._ip_pdu import identities as _identities
from scanner.protocols.hart._ip_pdu import parse as _parse
from scanner.wording import joined, said

HEADER = 8
REQUEST, RESPONSE, PUBLISH, ERROR, NAK = 0, 1, 2, 3, 15
INITIATE, CLOSE, KEEP_ALIVE, TOKEN, DIRECT, AUDIT = MESSAGES
PORT = 5094
SECURED = 2  # the first version that has TLS

FRAMING = Framing(
    name="hart-ip",
    delimiter=Length(at=6, width=2, minimum=HEADER, maximum=8192),
    # Whatever type of message and message ID they have, those that nobody has published among them.
    sync=(Byte(0, (1, 2)), Byte(1, range(16)), Byte(3, (0, *STATUSES)), Byte(6, range(32)), Size(HEADER)),
    ports={"tcp": (PORT,), "udp": (PORT,)},
    confirmations=2,
)

# --- which bytes are meaning ----------------------------------------------------------------------------------------
# Kind and status of the message, address, command and response code; what identifies. Never process values, the device
# status (limits), sequence numbers, timers.

_NAME = "hart-ip"
_HEAD = Range(0, 4)
_PAIR = (Range(2, 3), Range(4, 6))
_COMMAND = 3  # bytes of a command's head in a direct PDU: number and byte count
MOST = 64  # commands of a direct PDU that are told


def _framed(delimiter: int) -> Iterator[Case]:
    """Token-passing PDUs whose frame begins with this delimiter, whatever the physical layer."""
    command = HEADER + (6 if delimiter & 0x80 else 2)
    data = command + 2
    when = (Byte(2, TOKEN), Byte(HEADER, bits(0xE7, delimiter)))
    ends = (_HEAD, Range(HEADER, command + 1))
    kind = delimiter & 0x07
    role = {STX: Role.REQUEST, ACK: Role.RESPONSE}.get(kind, Role.NOTICE)

    def case(number: tuple[int, ...], *key: Range) -> Case:
        return Case(_NAME, (*when, Byte(command, number)), (*ends, *key), role, _PAIR)

    if kind == STX:
        yield case((EXTENDED,), Range(data, data + 2))
        yield case((SUB_DEVICE,), Range(data, data + 10))
        yield Case(_NAME, when, ends, role, _PAIR)
        return
    code = Range(data, data + 1)
    yield case((EXTENDED,), code, Range(data + 2, data + 4))
    yield case((SUB_DEVICE,), code, Range(data + 2, data + 12))
    # Without the response preambles, the counter of changes and the extended status
    yield case(UNIQUE_IDENTIFIER, code, Range(data + 2, data + 14), Range(data + 19, data + 24))
    yield case(PACKED_TAG, code, Range(data + 2, data + 8))
    yield case(LONG_TAG, code, Range(data + 2, data + 34))
    yield Case(_NAME, when, (*ends, code), role, _PAIR)


def _direct(kind: int, role: Role, size: int) -> Case:
    """Direct PDUs: of every command number and byte count, in answers also the response code behind them."""
    commands = Chain(HEADER + 2, Field(2, 1, add=_COMMAND), (Select((), (Range(0, size),)),))
    pair = () if role is Role.NOTICE else _PAIR
    return Case(_NAME, (Byte(1, kind), Byte(2, DIRECT)), (_HEAD, commands), role, pair, keep=8192)


CASES = (
    *(case for delimiter in (0x82, 0x02, 0x86, 0x06, 0x81, 0x01) for case in _framed(delimiter)),
    _direct(REQUEST, Role.REQUEST, _COMMAND),
    _direct(RESPONSE, Role.RESPONSE, _COMMAND + 1),
    _direct(PUBLISH, Role.NOTICE, _COMMAND),
    Case(_NAME, (Byte(1, REQUEST), Byte(2, INITIATE)), (_HEAD, Range(HEADER, HEADER + 1)), Role.REQUEST, _PAIR),
    Case(_NAME, (Byte(1, RESPONSE), Byte(2, INITIATE)), (_HEAD, Range(HEADER, HEADER + 1)), Role.RESPONSE, _PAIR),
    Case(_NAME, (Byte(1, (ERROR, NAK)),), (_HEAD, Range(HEADER, HEADER + 1)), Role.RESPONSE, _PAIR),
    Case(_NAME, (Byte(1, REQUEST), Byte(2, (CLOSE, KEEP_ALIVE, AUDIT))), (_HEAD,), Role.REQUEST, _PAIR),
    Case(_NAME, (Byte(1, RESPONSE), Byte(2, (CLOSE, KEEP_ALIVE, AUDIT))), (_HEAD,), Role.RESPONSE, _PAIR),
    Case(_NAME, (Byte(2, TOKEN),), (_HEAD, Range(HEADER)), Role.NOTICE),
    Case(_NAME, (Byte(2, MESSAGES),), (_HEAD,), Role.NOTICE),
    Case(_NAME, (), (_HEAD,), Role.BY_SIDE, _PAIR),
)

# --- dissection -----------------------------------------------------------------------------------------------------


def probe(message: Message) -> bool:
    """Header and HART frame hold; away from the port, sizes must be those of the message as well."""
    if not _header_holds(message):
        return False
    if not _is_known(message.data):
        return message.port == PORT
    try:
        rows = tuple(dissect(message))
    except Malformed:
        return message.port == PORT
    fixed = {INITIATE: (13,), CLOSE: (HEADER,), KEEP_ALIVE: (HEADER,)}.get(message.data[2])
    answered = message.data[1] in (ERROR, NAK)
    return bool(rows) and (message.port == PORT or answered or not fixed or message.length in fixed)


def _header_holds(message: Message) -> bool:
    return is_well_formed(_check, message)


def _check(message: Message) -> None:
    data = message.data
    if len(data) < HEADER:
        raise Malformed("{length} bytes are too few for a HART-IP header", length=len(data))
    if data[0] not in (1, 2):
        raise Malformed("version {version} does not exist", version=data[0])
    size = int.from_bytes(data[6:8], "big")
    if size != message.length:
        raise Malformed("length says {stated} bytes, there are {length}", stated=size, length=message.length)


def dissect(message: Message) -> Iterator[Row]:
    """The rows of one message."""
    _check(message)
    data = message.data
    if not _is_known(data):
        yield _unknown(message)
    elif data[1] in (ERROR, NAK):
        yield _error(data)
    elif data[2] == TOKEN:
        yield from _token(message)
    elif data[2] == DIRECT:
        yield from _direct_rows(message)
    else:
        yield from _session(data)
    if data[0] >= SECURED and data[1] == REQUEST and data[2] != INITIATE:
        yield _clear(data)


def _is_known(data: bytes) -> bool:
    return data[1] in (REQUEST, RESPONSE, PUBLISH, ERROR, NAK) and data[2] in MESSAGES


def _unknown(message: Message) -> Operation:
    """A message of a type or an identifier that is not published."""
    kind, number = message.data[1:3]
    return Operation(
        Verb.UNKNOWN,
        MESSAGES.get(number, f"Message ID {number}"),
        Kind.RESPONSE if message.from_client is False else Kind.REQUEST,
        code=f"type {kind} ID {number}",
        filter=_unknown_to_tshark(message.data),
    )


def _kind(data: bytes) -> Kind:
    return {REQUEST: Kind.REQUEST, RESPONSE: Kind.RESPONSE}.get(data[1], Kind.NOTICE)


def _status(data: bytes) -> tuple[str, str]:
    """(refusal, detail) of the status in the header of an answer."""
    status = data[3]
    if not status or data[1] == REQUEST:
        return "", ""
    words = f"{STATUSES.get(status, 'Status')} ({status})"
    return ("", words) if status in STATUS_WARNINGS else (words, "")


def _unknown_to_tshark(data: bytes) -> str:
    """A filter for messages that tshark takes for no HART-IP: version, type and identifier at their places."""
    return " || ".join(f"{over}.payload[0:3] == {data[:3].hex(':')}" for over in ("tcp", "udp"))


def _refused(row: Operation, refusal: str) -> Operation:
    return replace(row, kind=Kind.REFUSAL, refusal=refusal) if refusal else row


def _session(data: bytes) -> Iterator[Row]:
    message_id = data[2]
    refusal, detail = _status(data)
    if message_id == INITIATE and data[1] == REQUEST:
        if len(data) <= HEADER:
            raise Malformed("Session Initiate without a host type")
        detail = said("primary host") if data[HEADER] == 1 else said("secondary host")
    verb = Verb.DIAGNOSE if message_id == AUDIT else Verb.SESSION
    row = Operation(
        verb,
        MESSAGES[message_id],
        _kind(data),
        code=f"ID {message_id}",
        detail=detail,
        filter=_unknown_to_tshark(data) if message_id == AUDIT else f"hart_ip.message_id == {message_id}",
    )
    yield _refused(row, refusal)
    if message_id == INITIATE and data[1] in (REQUEST, RESPONSE) and not refusal:
        yield _initiation(data)


def _initiation(data: bytes) -> Session:
    """Version 1 stays in clear; version 2 is offered, and what follows its acceptance is TLS or seen in clear."""
    version = f"HART-IP {data[0]}"
    if data[0] < SECURED:
        return _clear(data)
    return Session(version_offered=(version,)) if data[1] == REQUEST else Session(version=version)


def _clear(data: bytes) -> Session:
    return Session(version=f"HART-IP {data[0]}", credentials="none", encrypted=False, authenticated=False)


def _error(data: bytes) -> Operation:
    code = data[HEADER] if len(data) > HEADER else None
    words = "Error" if code is None else f"{ERRORS.get(code, 'Error')} ({code})"
    verb = Verb.SESSION if data[2] in (INITIATE, CLOSE, KEEP_ALIVE) else Verb.UNKNOWN
    row = Operation(verb, MESSAGES[data[2]], code=f"ID {data[2]}", filter=f"hart_ip.message_type == {data[1]}")
    return _refused(row, words)


def _named(command: int) -> tuple[str, Verb]:
    return COMMANDS.get(command, (f"Command {command}", Verb.UNKNOWN))


def _token(message: Message) -> Iterator[Row]:
    """A HART frame: a request, its answer, or one in burst mode."""
    data = message.data
    frame = _parse(data[HEADER:], message.length - HEADER)
    refusal, detail = _status(data)
    row = _command(frame)
    if frame.kind != STX:
        refused, told = _response(frame.response)
        refusal, detail = refusal or refused, detail or told
    kind = {STX: Kind.REQUEST, ACK: Kind.RESPONSE}.get(frame.kind, Kind.NOTICE)
    verb = Verb.REPORT if frame.kind == BURST else row.verb
    detail = joined((row.detail, detail))
    yield _refused(replace(row, kind=kind, verb=verb, detail=detail), "" if frame.kind == BURST else refusal)
    if frame.kind == ACK and not refusal:
        yield from _identities(frame)


def _command(frame: Frame) -> Operation:
    """The command; one inside an extended command or sent on to a sub-device is named instead of its envelope."""
    number, data = frame.command, frame.data
    name, verb = _named(number)
    where = code = detail = ""
    if number == EXTENDED and len(data) >= 2:
        inner = int.from_bytes(data[:2], "big")
        name, verb = _named(inner)
        code = f"{EXTENDED}:{inner}"
    elif number == SUB_DEVICE and len(data) >= 4:
        where, inner_name, verb = _sub_device(data)
        detail = inner_name
    return Operation(
        verb,
        name,
        code=code or str(number),
        unit=frame.unit,
        object=where,
        detail=detail,
        filter=f"hart_ip.pt.command == {number}",
    )


def _sub_device(data: bytes) -> tuple[str, str, Verb]:
    """(card and channel, embedded command, its verb): I/O card, channel, preambles, delimiter, address, command.

    An answer has no preambles in it; which of the two it is follows from where a delimiter stands.
    """
    where = f"card {data[0]} channel {data[1]}"
    for at in (3, 2):
        if len(data) > at and data[at] & 0x67 in (STX, ACK):
            place = at + (6 if data[at] & 0x80 else 2)
            if len(data) > place:
                name, verb = _named(data[place])
                return where, said("command {n} {name}", n=data[place], name=name), verb
    return where, "", Verb.UNKNOWN


def _response(code: int) -> tuple[str, str]:
    """(refusal, detail) of a response code; with bit 7 it is the communication that failed."""
    if code & 0x80:
        flags = ", ".join(name for flag, name in COMMUNICATION.items() if code & flag) or "unknown"
        return f"Communication error: {flags} (0x{code:02X})", ""
    if code in DELAYED:
        return "", said(DELAYED[code])
    if not code or code in WARNINGS:
        return "", said("warning {n}", n=code) if code else ""
    return f"{RESPONSES.get(code, 'Command-specific error')} ({code})", ""


def _direct_rows(message: Message) -> Iterator[Operation]:
    """The commands of a direct PDU, each answered by itself: number of two bytes, byte count, in answers the response
    code in front of the data. Those in front of one that is broken count all the same.
    """
    data = message.data
    refusal, detail = _status(data)
    at, told = HEADER + 2, 0
    while at < message.length and told < MOST:
        body = data[at : at + _COMMAND + 1]
        if len(body) < _COMMAND:
            break
        number, count = int.from_bytes(body[:2], "big"), body[2]
        at, told = at + _COMMAND + count, told + 1
        name, verb = _named(number)
        refused, words = refusal, detail
        if data[1] == RESPONSE and count and len(body) > _COMMAND and not refused:
            refused, words = _response(body[_COMMAND])
        row = Operation(
            Verb.REPORT if data[1] == PUBLISH else verb,
            name,
            _kind(data),
            code=str(number),
            detail=words,
            filter=_unknown_to_tshark(data),
        )
        yield _refused(row, refused)
    if not told:
        raise Malformed("Direct PDU without a command")
    if at < message.length and told == MOST:
        yield Operation(Verb.UNKNOWN, "Direct PDU", _kind(data), detail=said("carries requests that were not read"))


PROTOCOL = Protocol(
    name=_NAME,
    title="HART-IP",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({verb for _, verb in COMMANDS.values()} | {Verb.SESSION, Verb.REPORT, Verb.DIAGNOSE, Verb.UNKNOWN}),
    specification="FieldComm Group HCF_SPEC-085, section 10.3; HCF_SPEC-081, -127, -151, -183, -307",
    display_filter="hart_ip",
    midway="session initiation not seen",
)
