"""S7comm-plus, the protocol of S7-1200/1500 controllers with TIA Portal and panels, over TPKT and COTP; also in TLS.

Siemens has not published it. Written from what is established by independent work: the Wireshark plugin s7comm_plus
(T. Wiens), S7CommPlusDriver (T. Wiens), the library s7commplus (G. Molenaar). Since firmware 2.9 and TIA Portal V17
TLS records are carried inside the data TPDUs; their handshake is read as in TLS.

A long message is cut into several PDUs; the first says what it is, the others give no rows. Of an access to several
variables a write shows the first, a read all. That a single one of several variables was refused stands behind values
and is not shown. Parts: ``_s7comm_plus_pdu`` (layout and cases), ``_requests``, ``_values``, ``_names``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scanner.framing.language import Byte, Case, Range, Role, Size, Test
from scanner.framing.shared import TPKT
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.encrypted import hidden_kind
from scanner.protocols.common.text import printable, readable
from scanner.protocols.s7 import _s7comm_plus_names as names
from scanner.protocols.s7 import _s7comm_plus_pdu as pdus
from scanner.protocols.s7._s7comm_plus_pdu import REQUEST, START, Pdu, read_pdu
from scanner.protocols.s7._s7comm_plus_requests import operation, request
from scanner.protocols.s7._s7comm_plus_values import Walk, texts
from scanner.protocols.tls import tls
from scanner.wording import said, verbatim

_NAME = "s7comm-plus"
_RECORD = START + 5  # first byte behind the header of a TLS record in a data TPDU
_SECURED = "Secured message"
_PLAIN = (1, 2, 11)  # handshake messages that are read: hellos and certificate


def _record(key: tuple[Range, ...], *tests: Test, role: Role = Role.NOTICE, keep: int = 16) -> Case:
    when = (Byte(5, 0xF0), Byte(START + 1, 3), Byte(START + 2, range(5)), *tests)
    return Case(_NAME, when, key=key, role=role, keep=keep)


_WHOLE = (Range(START),)
_TLS = (
    _record(_WHOLE, Byte(START, 22), Byte(_RECORD, 1), role=Role.REQUEST, keep=16384),
    _record(_WHOLE, Byte(START, 22), Byte(_RECORD, 2), role=Role.RESPONSE, keep=16384),
    _record(_WHOLE, Byte(START, 22), Byte(_RECORD, 11), keep=16384),
    _record(_WHOLE, Byte(START, 21), Size(_RECORD + 2, _RECORD + 2)),
    _record((Range(START, START + 3),), Byte(START, (20, 21, 22, 23))),
)


def probe(message: Message) -> bool:
    """A data TPDU with a PDU of a known version whose length fits, or with TLS records that fill it."""
    try:
        if _is_tls(message.data):
            return any(True for _ in _records(message))
        pdus.check(message)
    except Malformed:
        return False
    return True


def dissect(message: Message) -> Iterator[Row]:
    """The operation of a PDU, who the ends of an opened session are, and how the session is protected."""
    if _is_tls(message.data):
        yield from _secured(message)
        return
    pdu = read_pdu(message)
    if pdu is None:
        yield from _event(message.data)
    elif pdu.opcode == REQUEST:
        yield from request(pdu)
    elif pdu.opcode == pdus.NOTIFICATION:
        yield operation(pdu, Kind.NOTICE, verb=Verb.REPORT, name="Notification")
    else:
        yield from _response(pdu)


# --- responses ------------------------------------------------------------------------------------------------------

# Of the program, of the process or of the session itself: their requests say which.
_OF_ANYTHING = (pdus.CREATE, pdus.DELETE, pdus.SET, pdus.SET_SUB, pdus.SET_MULTI)


def _response(pdu: Pdu) -> Iterator[Row]:
    walk = Walk(pdu.body[:9])
    code = walk.number() & 0xFFFF
    code -= 0x10000 if code & 0x8000 else 0
    name = names.RETURN_CODES.get(code, "return code")
    if code < 0:
        yield operation(pdu, Kind.REFUSAL, refusal=f"{name} ({code})")
        return
    opened = pdu.function == pdus.CREATE and pdu.version == 1
    detail = f"{name} ({code})" if code else ""
    verb = Verb.SESSION if opened else Verb.UNKNOWN if pdu.function in _OF_ANYTHING else None
    yield operation(pdu, Kind.RESPONSE, verb=verb, detail=detail)
    if opened:
        yield from _server(pdu.body[walk.at :])


def _server(body: bytes) -> Iterator[Row]:
    """What the controller says of itself when a session is opened: "1;6ES7 511-1AK00-0AB0;V1.0"."""
    walk = Walk(body)
    try:
        for _ in range(walk.octet()):
            walk.number()
    except Malformed:
        return
    found = texts(body[walk.at :])
    parts = [part.strip() for part in printable(found.get(319, b"")).split(";")]
    if len(parts) == 3:
        yield Identity("vendor", "Siemens")
        for field, value in (("order_number", parts[1]), ("firmware", parts[2])):
            if value:
                yield Identity(field, value)
    system = printable(found.get(301, b""))
    if system:
        yield Identity("software", system)
    if 303 in found:
        yield Session(detail=said("the controller asks the client to prove a key"))


def _event(data: bytes) -> Iterator[Row]:
    """A system event that carries a text; others only count bytes or keep the connection alive."""
    text = printable(data[27:]) if data[8] == pdus.SYSTEM_EVENT else ""
    if text:
        yield Operation(
            verb=Verb.SESSION,
            function="System Event",
            kind=Kind.NOTICE,
            code="0xFE",
            detail=verbatim(readable(text.encode(), 80)),
            filter="data.data[0:2] == 72:fe",
        )


# --- TLS ------------------------------------------------------------------------------------------------------------


def _is_tls(data: bytes) -> bool:
    return len(data) > _RECORD and data[5] == 0xF0 and 20 <= data[START] <= 23 and data[START + 1] == 3


def _records(message: Message) -> Iterator[Message]:
    """The TLS records of a data TPDU, as far as they were kept; Malformed when they do not fill it."""
    at = START
    while at < message.length:
        head = message.data[at : at + 5]
        if len(head) < 5:
            if len(message.data) < message.length:
                return
            raise Malformed("TLS records do not fill the data TPDU")
        size = 5 + int.from_bytes(head[3:5], "big")
        if head[1] != 3 or head[2] > 4 or not 20 <= head[0] <= 23 or size == 5 or at + size > message.length:
            raise Malformed("TLS records do not fill the data TPDU")
        yield message.carrying(message.data[at : at + size], size)
        at += size


def _secured(message: Message) -> Iterator[Row]:
    records = list(_records(message))
    yield Session(encrypted=True, detail=said("TLS inside COTP"))
    kind, first = message.data[START], message.data[_RECORD]
    if kind == tls.APPLICATION_DATA:
        shown = f"tpkt && tcp.payload[{START}] == 0x{kind:02x}"
        yield Operation(Verb.UNKNOWN, _SECURED, hidden_kind(message), detail=said("encrypted"), filter=shown)
    alert = kind == tls.ALERT and message.length == _RECORD + 2
    if alert or (kind == tls.HANDSHAKE and first in _PLAIN):
        for record in records:
            if tls.probe(record):
                yield from (_here(row, kind, first) for row in tls.dissect(record))


def _here(row: Row, kind: int, first: int) -> Row:
    """The row with a filter for where the record is: tshark sees OSI session there, and no TLS."""
    if not isinstance(row, Operation):
        return row
    return replace(
        row, filter=f"tpkt && tcp.payload[{START}] == 0x{kind:02x} && tcp.payload[{_RECORD}] == 0x{first:02x}"
    )


_VERBS = {verb for _, verb in names.FUNCTIONS.values()} | {verb for _, verb in names.STATES.values()}
_VERBS |= {Verb.REPORT, Verb.AUTHENTICATE, Verb.SUBSCRIBE, Verb.PROGRAM_UPLOAD, Verb.PROGRAM_DOWNLOAD}
_VERBS |= {Verb.DIAGNOSE, Verb.MODE_CHANGE, Verb.TIME_SYNC, Verb.UNKNOWN}

PROTOCOL = Protocol(
    name=_NAME,
    title="S7comm-plus",
    framing=TPKT,
    cases=(*pdus.cases(), *_TLS),
    probe=probe,
    dissect=dissect,
    verbs=frozenset(_VERBS),
    specification="not published; Wireshark plugin s7comm_plus, S7CommPlusDriver, library s7commplus",
    opaque=(_SECURED,),
    midway=said("requests not captured"),
    beneath=("cotp",),
)
