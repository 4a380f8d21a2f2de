"""IPMI over LAN (RMCP, RMCP+), on any port: by which algorithms the management of a machine's hardware is protected.

Written from IPMI v2.0 rev. 1.1 sections 13.1 to 13.6 (RMCP, session headers), 13.17 to 13.24 (RMCP+ session set-up) and
13.28 (algorithms), 22.13 (channel authentication capabilities), 28.3 (chassis control); ASF 2.0 section 3.2. Names,
challenges, codes and the content of encrypted packets are in no row. Whoever asks gets a hash of an account's password
(RAKP message 2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Whole, bits
from scanner.protocols.authentication import _ipmi_log_ins as log_ins
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.before import Before, in_order

NAME = "ipmi"
_KEPT = 128  # bytes of a message of a log-in
_RMCP, _ASF, _IPMI, _ACK = 6, 6, 7, 0x80
_COMMAND = 7  # bytes of one at least, with its checksums
_PLUS = 6  # in the place of the type of authentication: a packet of RMCP+
_TYPES = {0: "IPMI none", 1: "IPMI MD2", 2: "IPMI MD5", 4: "IPMI password", 5: "IPMI OEM"}
_KINDS = {0: "none", 4: "user-password"}
_PAYLOADS = {
    0: ("IPMI message", Verb.UNKNOWN),
    1: ("Serial over LAN", Verb.UNKNOWN),
    0x10: ("Open Session", Verb.AUTHENTICATE),
    0x11: ("Open Session", Verb.AUTHENTICATE),
    0x12: ("RAKP 1", Verb.AUTHENTICATE),
    0x13: ("RAKP 1", Verb.AUTHENTICATE),
    0x14: ("RAKP 3", Verb.AUTHENTICATE),
    0x15: ("RAKP 3", Verb.AUTHENTICATE),
}
_ANSWERS = (0x11, 0x13, 0x15)
_PROVES, _WITHOUT_CODE = 0x14, 8  # RAKP 3, and its bytes where cipher suite 0 leaves out the code made of the password
_AUTHENTICATION = {0: "RAKP-none", 1: "RAKP-HMAC-SHA1", 2: "RAKP-HMAC-MD5", 3: "RAKP-HMAC-SHA256"}
_INTEGRITY = {0: "integrity-none", 1: "HMAC-SHA1-96", 2: "HMAC-MD5-128", 3: "MD5-128", 4: "HMAC-SHA256-128"}
_CONFIDENTIALITY = {0: "confidentiality-none", 1: "AES-CBC-128", 2: "xRC4-128", 3: "xRC4-40"}
_STATUS = {
    0x01: "insufficient resources",
    0x02: "invalid session ID",
    0x04: "invalid authentication algorithm",
    0x05: "invalid integrity algorithm",
    0x09: "invalid role",
    0x0D: "unauthorized name",
    0x0F: "invalid integrity check value",
    0x10: "invalid confidentiality algorithm",
    0x11: "no cipher suite match",
    0x12: "illegal or unrecognized parameter",
}
# (network function, command) -> name and verb; what is not here is told by its numbers
_COMMANDS = {
    (0x06, 0x01): ("Get Device ID", Verb.IDENTIFY),
    (0x06, 0x02): ("Cold Reset", Verb.RESTART),
    (0x06, 0x03): ("Warm Reset", Verb.RESTART),
    (0x06, 0x37): ("Get System GUID", Verb.IDENTIFY),
    (0x06, 0x38): ("Get Channel Authentication Capabilities", Verb.SESSION),
    (0x06, 0x39): ("Get Session Challenge", Verb.AUTHENTICATE),
    (0x06, 0x3A): ("Activate Session", Verb.AUTHENTICATE),
    (0x06, 0x3B): ("Set Session Privilege Level", Verb.SESSION),
    (0x06, 0x3C): ("Close Session", Verb.SESSION),
    (0x06, 0x45): ("Set User Name", Verb.CONFIGURE),
    (0x06, 0x47): ("Set User Password", Verb.CONFIGURE),
    (0x06, 0x54): ("Get Channel Cipher Suites", Verb.SESSION),
    (0x00, 0x01): ("Get Chassis Status", Verb.READ),
    (0x00, 0x02): ("Chassis Control", Verb.OPERATE),
    (0x04, 0x2D): ("Get Sensor Reading", Verb.READ),
    (0x0A, 0x11): ("Read FRU Data", Verb.READ),
    (0x0A, 0x12): ("Write FRU Data", Verb.WRITE),
    (0x0A, 0x23): ("Get SDR", Verb.READ),
    (0x0A, 0x43): ("Get SEL Entry", Verb.READ),
}
_IN_CLEAR = "ipmi_session && !(ipmi_session.payloadtype > 0 || ipmi_session.payloadtype.enc == 1)"
_CHASSIS_CONTROL = (0x00, 0x02)
_APPLICATION = 0x06
_CONTROLS = {  # section 28.3
    0: "power down",
    1: "power up",
    2: "power cycle",
    3: "hard reset",
    4: "diagnostic interrupt",
    5: "soft shutdown",
}
_READING = {0x04, 0x0A}  # functions of sensors and storage
_HEADER = 4

FRAMING = Framing(
    NAME,
    Whole(),
    (Byte(0, _RMCP), Byte(1, 0), Byte(3, (_ASF, _IPMI, _ASF | _ACK)), Size(_HEADER)),
    {"udp": (623, 664)},
)


def probe(message: Message) -> bool:
    """A header of RMCP, and one of the class it names whose length fits."""
    data = message.data
    if message.transport != "udp" or len(data) < _HEADER or data[0] != _RMCP or data[1]:
        return False
    if data[3] == _ASF | _ACK:
        return message.length == _HEADER
    if data[3] == _ASF:
        return len(data) >= 12 and data[4:8] == b"\0\0\x11\xbe" and 12 + data[11] == message.length
    return data[3] == _IPMI and _payload(message) is not None


def _payload(message: Message) -> tuple[int, int, int] | None:
    """(type of authentication, type of payload and its flags, where it begins); None when the lengths do not agree."""
    data = message.data
    if len(data) < 14:
        return None
    kind = data[4]
    if kind == _PLUS:
        start = 16
        size = int.from_bytes(data[14:16], "little")
        if len(data) < start or data[5] & 0x3F not in _PAYLOADS:
            return None
        fits = start + size == message.length if not data[5] & 0x40 else start + size < message.length
        return (kind, data[5], start) if fits else None
    if kind not in _TYPES:
        return None
    start = 14 if not kind else 30
    size = data[start - 1] if len(data) >= start else 0
    fits = start + size <= message.length <= start + size + 1
    return (kind, 0, start) if size >= _COMMAND and fits else None


def dissect(message: Message) -> Iterator[Row]:
    """What is asked or answered, and by which algorithms the session is protected, as if nothing had been sent."""
    yield from reader()(message)


def reader() -> Callable[[Message], Iterator[Row]]:
    """What reads the messages of one capture in their order."""
    before = Before(log_ins.Begun)
    return lambda message: _read(message, before.of(message))


def _read(message: Message, begun: log_ins.Begun) -> Iterator[Row]:
    if not probe(message):
        raise Malformed("no packet of RMCP")
    data = message.data
    if data[3] != _IPMI:
        yield from _presence(data)
        return
    found = _payload(message)
    if found is None:
        raise Malformed("no packet of RMCP")
    kind, payload, start = found
    if kind != _PLUS:
        yield from _message(data[start:], message, begun)
        if any(data[9:13]):  # a session; before one there is nothing to authenticate
            credentials = _KINDS.get(kind, "digest")
            yield Session(version="IPMI 1.5", cipher=_TYPES[kind], credentials=credentials, encrypted=False)
        return
    number = payload & 0x3F
    if payload & 0x80:
        name, verb = _PAYLOADS[number]
        yield Operation(verb, name, Kind.NOTICE, code=str(number), filter=f"ipmi_session.payloadtype == {number}")
        yield Session(version="IPMI 2.0", encrypted=True)
    elif number == 0:
        yield from _message(data[start:], message, begun)
        yield Session(version="IPMI 2.0", encrypted=False if any(data[6:10]) else None)
    else:
        yield from _set_up(number, data[start : message.length], begun)


def _presence(data: bytes) -> Iterator[Row]:
    """ASF: whether somebody is there."""
    if data[3] & _ACK or data[8] not in (0x40, 0x80):
        yield Operation(Verb.SESSION, "RMCP ACK" if data[3] & _ACK else "ASF message", Kind.NOTICE, filter="rmcp")
        return
    kind = Kind.REQUEST if data[8] == 0x80 else Kind.RESPONSE
    yield Operation(Verb.IDENTIFY, "Presence Ping", kind, code=str(data[8]), filter=f"asf.type == {data[8]}")


def _message(body: bytes, message: Message, begun: log_ins.Begun) -> Iterator[Row]:
    """A command in clear (section 13.8): addresses, network function, sequence, command.

    tshark leaves it unread, so the filter has its bytes.
    """
    if len(body) < _COMMAND:
        return
    function, command = body[1] >> 2, body[5]
    name, verb = _COMMANDS.get(
        (function & 0x3E, command), ("", Verb.READ if function & 0x3E in _READING else Verb.UNKNOWN)
    )
    answer, asked = bool(function & 1), (function, command)
    refused = answer and len(body) > 7 and body[6] != 0
    yield Operation(
        verb,
        name or f"network function 0x{function & 0x3E:02X}, command 0x{command:02X}",
        Kind.REFUSAL if refused else Kind.RESPONSE if answer else Kind.REQUEST,
        code=f"0x{function & 0x3E:02X}:0x{command:02X}",
        detail="" if answer or function != _APPLICATION else log_ins.command(begun, message, command, body),
        object=_CONTROLS.get(body[6] & 15, "") if asked == _CHASSIS_CONTROL and len(body) > 7 else "",
        refusal=f"completion code 0x{body[6]:02X}" if refused else "",
        filter=f"{_IN_CLEAR} && data.data[1] & 0xf8 == 0x{function >> 1 << 3:02x} && data.data[5] == 0x{command:02x}",
    )


def _set_up(number: int, body: bytes, begun: log_ins.Begun) -> Iterator[Row]:
    """Steps of the set-up of a session."""
    name, verb = _PAYLOADS[number]
    answer = number in _ANSWERS
    status = body[1] if answer and len(body) > 1 else 0
    yield Operation(
        verb,
        name,
        Kind.REFUSAL if status else Kind.RESPONSE if answer else Kind.REQUEST,
        code=str(number),
        detail=log_ins.set_up(begun, number, body),
        refusal=_STATUS.get(status, f"status 0x{status:02X}") if status else "",
        filter=f"ipmi_session.payloadtype == {number}",
    )
    if number == 0x11 and not status and len(body) >= 36:
        chosen = (_AUTHENTICATION.get(body[16]), _INTEGRITY.get(body[24]), _CONFIDENTIALITY.get(body[32]))
        yield Session(
            version="IPMI 2.0",
            cipher=chosen[0] or f"RAKP {body[16]}",
            credentials="none" if body[16] == 0 else "digest",
            encrypted=body[32] != 0,
        )
        yield from (Session(cipher=name) for name in chosen[1:] if name)
    elif number == _PROVES and len(body) > _WITHOUT_CODE:
        yield Session(credentials="digest")
    elif number == 0x15 and not status:
        yield Session(authenticated=True)


def _commands(at: int, session: int, *when: Byte) -> Iterator[Case]:
    """Messages in clear that begin at ``at``: function and command, and of an answer how it ended."""
    pair = (Range(at + 4, at + 5),)
    known = (Range(3, 6), Range(session, session + 4), Range(at + 1, at + 2))
    ask, answer = Byte(at + 1, bits(4, 0)), Byte(at + 1, bits(4, 4))
    control = (Byte(at + 1, bits(0xFC, _CHASSIS_CONTROL[0])), Byte(at + 5, _CHASSIS_CONTROL[1]))
    yield Case(NAME, (*when, *control), (*known, Range(at + 5, at + 7)), Role.REQUEST, pair, keep=64)
    yield Case(NAME, (*when, ask), (*known, Range(at + 5, at + 6)), Role.REQUEST, pair, keep=64)
    yield Case(NAME, (*when, answer), (*known, Range(at + 5, at + 7)), Role.RESPONSE, pair, keep=64)


def _asks(at: int, command: int) -> tuple[Byte, Byte]:
    """Tests for a request for a command of the application."""
    return Byte(at + 1, bits(0xFC, _APPLICATION << 2)), Byte(at + 5, command)


_SESSION_STARTED = Byte(4, _PLUS)
_IPMI_CLASS = Byte(3, _IPMI)

PROTOCOL = Protocol(
    name=NAME,
    title="IPMI over LAN (RMCP, RMCP+)",
    short="IPMI",
    framing=FRAMING,
    cases=(
        Case(NAME, (Byte(3, _ASF), Byte(8, 0x80)), (Range(3, 9),), Role.REQUEST, keep=64),
        Case(NAME, (Byte(3, _ASF),), (Range(3, 9),), Role.RESPONSE, keep=64),
        Case(NAME, (Byte(3, _ASF | _ACK),), (Range(3, 4),), Role.NOTICE, keep=8),
        Case(NAME, (_SESSION_STARTED, Byte(5, bits(0x80, 0x80))), (Range(3, 6),), Role.NOTICE, keep=64),
        in_order(NAME, (_SESSION_STARTED, Byte(5, (0x11, 0x13))), Role.RESPONSE, keep=_KEPT),
        Case(NAME, (_SESSION_STARTED, Byte(5, _ANSWERS)), (Range(3, 6), Range(17, 18)), Role.RESPONSE, keep=64),
        in_order(NAME, (_SESSION_STARTED, Byte(5, (_PROVES, 0x12))), Role.REQUEST, keep=_KEPT),
        Case(NAME, (_SESSION_STARTED, Byte(5, 0x10)), (Range(3, 6),), Role.REQUEST, keep=64),
        in_order(NAME, (_IPMI_CLASS, Byte(4, 0), *_asks(14, 0x39)), Role.REQUEST, (Range(18, 19),), keep=_KEPT),
        in_order(
            NAME,
            (_IPMI_CLASS, Byte(4, (1, 2, 4, 5)), *_asks(30, log_ins.ACTIVATE)),
            Role.REQUEST,
            (Range(34, 35),),
            keep=_KEPT,
        ),
        *_commands(16, 6, _IPMI_CLASS, _SESSION_STARTED, Byte(5, (0, 0x40))),
        *_commands(14, 9, _IPMI_CLASS, Byte(4, 0)),
        *_commands(30, 9, _IPMI_CLASS, Byte(4, (1, 2, 4, 5))),
        Case(NAME, (), (Range(3, 6),), Role.NOTICE, keep=64),
    ),
    probe=probe,
    dissect=dissect,
    reader=reader,
    verbs=frozenset({verb for _, verb in (*_PAYLOADS.values(), *_COMMANDS.values())} | {Verb.SESSION, Verb.IDENTIFY}),
    specification="IPMI v2.0 rev. 1.1 sections 13.1 to 13.8, 13.17 to 13.28 and 22, ASF 2.0 section 3.2",
    industrial=False,
    display_filter="rmcp",
)
