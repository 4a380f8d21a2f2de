"""GE SRTP (Service Request Transport Protocol) over TCP: memory, programs, state, privilege levels, identity.

Written from GE Fanuc GFK-0529C, Series 90 PLC SNP Communications User's Manual (chapters 3 and 6), whose mailbox
messages SRTP carries, and Denton, Karpisek, Breitinger, Baggili, Leveraging the SRTP protocol for over-the-network
memory acquisition of a GE Fanuc Series 90-30, Digital Investigation 22 (2017), tables 1 to 4, for the header of 56
bytes. Passwords and values are left out. An answer does not repeat the service it answers, so that only its own words
(acknowledged, refused and why, privilege level, state of the controller) are in its row; the controller's identity is
recognised by its form: 40 bytes of text with a known type of CPU.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Length, Range, Role, Size
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.text import printable
from scanner.protocols.ge._srtp_names import (
    BLOCKS,
    DATAGRAMS,
    FAULT_TABLES,
    INSUFFICIENT_PRIVILEGE,
    LOGONS,
    MAILBOXES,
    MAJOR_ERRORS,
    MINOR_ERRORS,
    MODELS,
    SELECTORS,
    SERVICE_REQUEST_ERROR,
    SERVICES,
    STATES,
    TIMES,
)
from scanner.wording import joined, said

HEADER = 56
CONNECT, CONNECTED, REQUEST, REPLY = range(4)
PORTS = (18245, 18246)
# The mailbox of SNP begins so that its byte n is byte n + 21 of SRTP.
KIND, CODE, CODE_WITH_TEXT, STATUS, LEVEL, STATE = 31, 42, 50, 42, 51, 55
PLAIN, WITH_TEXT, ACK, ACK_WITH_TEXT, NACK = MAILBOXES
IDENTITY = 40  # bytes of text that Return Controller Type and ID Information is answered with

_ZEROS = 1, 3, 6, 7, 8  # of a mailbox
_CUTTER = Length(at=4, width=2, add=HEADER, little=True, minimum=HEADER, maximum=HEADER + 65535)
FRAMING = Framing(
    name="ge-srtp",
    delimiter=_CUTTER,
    sync=(*(Byte(at, 0) for at in (1, 3, 6, 7)), Size(HEADER)),
    ports={"tcp": PORTS},
    confirmations=1,
    anywhere=False,
)
# A connection begins with 56 zeros, which is no evidence of anything, so other ports are known by their mailboxes.
MAILBOX = Framing(
    name="ge-srtp-mailbox",
    delimiter=_CUTTER,
    sync=(Byte(0, (REQUEST, REPLY)), *(Byte(at, 0) for at in _ZEROS), Size(HEADER)),
    ports={"tcp": ()},
    confirmations=2,
)
# ... and by these zeros where a mailbox comes right behind them.
OPENING = Framing(
    name="ge-srtp-opening",
    delimiter=Length(0, 1, HEADER, mask=0),
    sync=tuple(Byte(at, 0) for at in range(HEADER)),
    ports={"tcp": ()},
    confirmations=1,
    then=FRAMING.name,
)

# --- which bytes are meaning ----------------------------------------------------------------------------------------
# The service and what it touches; never sequence numbers, times, values and passwords.

_NAME = "ge-srtp"
_SEQUENCE = (Range(2, 3),)
# service -> how many bytes of the request are key, counted from the service code
_KEYED = {0x04: 6, 0x05: 14, 0x07: 6, 0x20: 11, 0x22: 9, 0x44: 4} | dict.fromkeys(
    (0x21, 0x23, 0x24, 0x38, 0x39, 0x40, *DATAGRAMS), 2
)
# the same for requests with text: (bytes from the service code, bytes of text)
_KEYED_TEXT = {0x06: (6, 16), 0x07: (6, 0), 0x08: (6, 8), 0x09: (6, 16), 0x3F: (2, 0), 0x48: (2, 0)}


def _cases() -> Iterator[Case]:
    def case(kind: int, packet: int, *tests: Byte | Size, key: tuple[Range, ...]) -> Case:
        role = Role.REQUEST if packet == REQUEST else Role.RESPONSE
        when = (Byte(0, packet), Byte(KIND, kind), *tests)
        return Case(_NAME, when, (Range(0, 1), Range(KIND, KIND + 1), *key), role, _SEQUENCE, keep=128)

    for code, size in _KEYED.items():
        yield case(PLAIN, REQUEST, Byte(CODE, code), key=(Range(CODE, CODE + size),))
    yield case(PLAIN, REQUEST, key=(Range(CODE, CODE + 1),))
    for code, (size, text) in _KEYED_TEXT.items():
        key = (Range(CODE_WITH_TEXT, CODE_WITH_TEXT + size), Range(HEADER, HEADER + text))
        yield case(WITH_TEXT, REQUEST, Byte(CODE_WITH_TEXT, code), key=key)
    yield case(WITH_TEXT, REQUEST, key=(Range(CODE_WITH_TEXT, CODE_WITH_TEXT + 1),))
    status = (Range(LEVEL, LEVEL + 1), Range(STATE, HEADER))
    yield case(ACK, REPLY, key=(Range(STATUS, STATUS + 2), *status))
    yield case(NACK, REPLY, key=(Range(STATUS, STATUS + 2),))
    for major, minors in MODELS.items():
        is_identity = (
            Size(HEADER + IDENTITY, HEADER + IDENTITY),
            Byte(HEADER + 7, 0),
            Byte(HEADER + 8, major),
            Byte(HEADER + 9, minors),
            Byte(HEADER + 10, (0, 1)),
        )
        yield case(ACK_WITH_TEXT, REPLY, *is_identity, key=(*status, Range(HEADER, HEADER + 20)))
    yield case(ACK_WITH_TEXT, REPLY, key=status)
    yield Case(_NAME, (Byte(0, CONNECT),), (Range(0, 1),), Role.REQUEST)
    yield Case(_NAME, (Byte(0, CONNECTED),), (Range(0, 1),), Role.RESPONSE)
    yield Case(_NAME, (Byte(0, (REQUEST, REPLY)),), (Range(0, 1), Range(KIND, KIND + 1)), Role.NOTICE)
    yield Case(_NAME, (), (Range(0, 1),), Role.NOTICE)


CASES = tuple(_cases())

# --- dissection -----------------------------------------------------------------------------------------------------


def probe(message: Message) -> bool:
    """The header holds; away from its ports mailboxes have a known service or error."""
    try:
        _check(message)
    except Malformed:
        return False
    data = message.data
    if message.port in PORTS or data[0] in (CONNECT, CONNECTED):
        return True
    if data[0] == REQUEST:
        return data[CODE if data[KIND] == PLAIN else CODE_WITH_TEXT] in SERVICES
    return data[0] == REPLY and (data[KIND] != NACK or data[STATUS] in MAJOR_ERRORS)


def _proves(message: Message) -> bool:
    """Zeros are no evidence of anything, and what answers them little away from the ports."""
    kind = message.data[:1]
    return kind in (b"\2", b"\3") or (kind == b"\1" and message.port in PORTS)


def dissect(message: Message) -> Iterator[Row]:
    """The rows of one packet."""
    data = message.data
    _check(message)
    if data[0] in (CONNECT, CONNECTED):
        kind = Kind.RESPONSE if data[0] else Kind.REQUEST
        yield Operation(Verb.SESSION, "Connection", kind, filter=f"tcp.payload[0] == 0x{data[0]:02x}")
        yield Session(version="GE SRTP", encrypted=False)
    elif data[0] == REQUEST:
        yield _request(data)
    else:
        yield _reply(data)
        yield from _identity(message)


def _check(message: Message) -> None:
    data = message.data
    if len(data) < HEADER:
        raise Malformed("{length} bytes are too few for the header of {header}", length=len(data), header=HEADER)
    if data[0] > REPLY or data[1] or data[3]:
        raise Malformed("type of packet does not exist")
    if data[0] == CONNECT and any(data[:HEADER]):
        raise Malformed("a connection begins with zeros")
    if _number(data, 4) + HEADER != message.length:
        raise Malformed(
            "text length says {stated} bytes, there are {length}",
            stated=_number(data, 4) + HEADER,
            length=message.length,
        )
    kinds = {REQUEST: (PLAIN, WITH_TEXT), REPLY: (ACK, ACK_WITH_TEXT, NACK)}.get(data[0])
    if kinds and data[KIND] not in kinds:
        raise Malformed("mailbox type 0x{type:02X} does not exist", type=data[KIND])
    if message.transport != "tcp":
        raise Malformed("only over TCP")


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "little")


def _request(data: bytes) -> Operation:
    at = CODE if data[KIND] == PLAIN else CODE_WITH_TEXT
    code, parameter = data[at], data[at + 1]
    name, verb = SERVICES.get(code, (f"Service 0x{code:02X}", Verb.UNKNOWN))
    expected = code in (_KEYED if at == CODE else _KEYED_TEXT)
    where, detail = _touched(data, at, code, parameter) if expected else ("", "")
    if code == 0x23 and expected:
        verb = {0: Verb.START, 1: Verb.START, 2: Verb.STOP, 6: Verb.STOP}.get(parameter, verb)
    return Operation(
        verb,
        name,
        Kind.REQUEST,
        code=f"0x{code:02X}",
        object=where,
        detail=detail,
        filter=f"tcp.payload[{KIND}] == 0x{data[KIND]:02x} && tcp.payload[{at}] == 0x{code:02x}",
    )


def _touched(data: bytes, at: int, code: int, parameter: int) -> tuple[str, str]:
    """(object, detail) of a request."""
    if code in (0x04, 0x07, 0x44):
        count = 1 if code == 0x44 else _number(data, at + 4)
        return _memory(parameter, _number(data, at + 2), count), ""
    if code in (0x05, 0x06, 0x08, 0x09):
        return _program_memory(data, at, code), ""
    if code in DATAGRAMS:
        return "all datagrams" if parameter == 0xFF else f"datagram {parameter}", ""
    names = {0x38: FAULT_TABLES, 0x39: FAULT_TABLES, 0x3F: BLOCKS, 0x40: BLOCKS, 0x24: TIMES}.get(code)
    if names:
        return names.get(parameter, f"type {parameter}"), ""
    return "", _detail(data, at, code, parameter)


def _detail(data: bytes, at: int, code: int, parameter: int) -> str:
    if code == 0x20:
        task = printable(data[at + 2 : at + 10])
        return joined([_logon(parameter), said("program {name}", name=task) if task else ""])
    if code == 0x21:
        return said("to the level of the password") if parameter == 0xFF else said("to level {n}", n=parameter)
    if code == 0x22:
        return said("controller ID {name}", name=printable(data[at + 1 : at + 9]).rstrip())
    return _state(parameter) if code == 0x23 else ""


def _logon(parameter: int) -> str:
    known = LOGONS.get(parameter)
    return said(known) if known else said("mode {name}", name=parameter)


def _state(number: int) -> str:
    known = STATES.get(number)
    return said(known) if known else said("state {n}", n=number)


def _memory(selector: int, offset: int, count: int) -> str:
    """Addresses count from 1, offsets from 0; in byte mode a unit stands for eight points."""
    name, points = SELECTORS.get(selector, (f"selector 0x{selector:02X} ", 1))
    first, last = offset * points + 1, (offset + count) * points
    return f"{name}{first}" if last <= first else f"{name}{first}-{last}"


def _program_memory(data: bytes, at: int, code: int) -> str:
    """%P of a task, %L of a program block; the names stand behind the length or begin the text."""
    offset, count = _number(data, at + 2), _number(data, at + 4)
    text = data[at + 6 : at + 14] if at == CODE else data[HEADER : HEADER + 16]
    names = [printable(text[:8])] + ([printable(text[8:16])] if code in (0x06, 0x09) else [])
    memory = "%L" if code in (0x06, 0x09) else "%P"
    area = f"{memory}{offset + 1}" + (f"-{offset + count}" if count > 1 else "")
    return " ".join(filter(None, ("/".join(filter(None, names)), area)))


def _reply(data: bytes) -> Operation:
    kind, major, minor = data[KIND], data[STATUS], data[STATUS + 1]
    refusal = ""
    if kind == NACK:
        refusal = MAJOR_ERRORS.get(major, "Error")
        if major == SERVICE_REQUEST_ERROR:
            refusal += f": {MINOR_ERRORS.get(minor, f'0x{minor:02X}')}"
        elif major == INSUFFICIENT_PRIVILEGE:
            refusal += f": level {minor} is required"
        refusal += f" (0x{major:02X}{minor:02X})"
    level = data[LEVEL]
    detail = ""
    if kind != NACK:
        protected = said("OEM protection") if data[STATE] & 0x02 else ""
        detail = joined((said("privilege level {n}", n=level), _state(data[STATE] >> 4), protected))
    return Operation(
        Verb.UNKNOWN,
        MAILBOXES[kind],
        Kind.REFUSAL if refusal else Kind.RESPONSE,
        code=f"0x{kind:02X}",
        detail=detail,
        refusal=refusal,
        filter=f"tcp.payload[{KIND}] == 0x{kind:02x}",
    )


def _identity(message: Message) -> Iterator[Identity]:
    """Controller ID, CPU type and main program of a text that has the form of the answer."""
    text = message.data[HEADER:]
    if message.data[KIND] != ACK_WITH_TEXT or message.length != HEADER + IDENTITY or len(text) < IDENTITY:
        return
    model = MODELS.get(text[8], {}).get(text[9])
    name = printable(text[:8])
    if model is None or text[7] or text[10] > 1 or (text[0] and not name.isalnum()):
        return
    yield Identity("vendor", "GE Fanuc")
    yield Identity("model", model)
    if name:
        yield Identity("name", name)


PROTOCOL = Protocol(
    name=_NAME,
    title="GE SRTP",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    unread=("credentials",),
    proof=_proves,
    needs_proof=True,
    dissect=dissect,
    verbs=frozenset({verb for _, verb in SERVICES.values()} | {Verb.START, Verb.STOP, Verb.UNKNOWN}),
    specification="GE Fanuc GFK-0529C, chapters 3 and 6; Denton et al., Digital Investigation 22 (2017), tables 1-4",
    more_framings=(MAILBOX, OPENING),
    display_filter="tcp.port == 18245",
)
