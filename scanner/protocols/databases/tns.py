"""Oracle Net (TNS): which service clients ask for, what is agreed on encryption, and how they log in, on any port.

Oracle publishes no description. Written from Wireshark's packet-tns (packets, versions), the published driver
python-oracledb (thin mode: packets, functions and errors of TTC) and the Oracle Net documentation (native network
encryption and its algorithms). Since version 1.59 lengths of packets have four bytes once both ends agreed. An address,
a program, a statement or a password is in no row; the name of the service is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Range, Role, SentBy, Size, magic
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.reader import Reader
from scanner.protocols.common.text import readable
from scanner.protocols.internet._logins import KEEP, login, on_port, opening, probe, segment, session
from scanner.wording import said

NAME = "tns"
_CONNECT, _ACCEPT, _REFUSE, _REDIRECT, _DATA, _RESEND, _MARKER = 1, 2, 4, 5, 6, 11, 12
_TYPES = {
    _CONNECT: "Connect",
    _ACCEPT: "Accept",
    3: "Acknowledge",
    _REFUSE: "Refuse",
    _REDIRECT: "Redirect",
    _DATA: "Data",
    7: "Null",
    9: "Abort",
    _RESEND: "Resend",
    _MARKER: "Marker",
    13: "Attention",
    14: "Control",
    15: "Data Descriptor",
}
_HEADER, _BODY = 8, 10  # bytes; of data the flags follow the header
_NEGOTIATES = b"\xde\xad\xbe\xef"
_AUTHENTICATION, _ENCRYPTION, _INTEGRITY = 1, 2, 3  # services of the negotiation
_CIPHERS = {
    1: "RC4_40",
    2: "DES",
    3: "DES40",
    6: "RC4_256",
    8: "RC4_56",
    10: "RC4_128",
    11: "3DES112",
    12: "3DES168",
    15: "AES128",
    16: "AES192",
    17: "AES256",
}
_CHECKSUMS = {1: "MD5", 3: "SHA1", 4: "SHA512", 5: "SHA256", 6: "SHA384"}
_FUNCTION, _ANSWERED, _STATUS = 3, 8, 4  # messages of TTC: a call, what it returns, how it ended
_ASKS_KEY, _LOGS_IN = 0x76, 0x73  # calls of a log-in
_REFUSED = {1005: "ORA-01005", 1017: "ORA-01017", 1045: "ORA-01045", 28000: "ORA-28000", 28001: "ORA-28001"}
_SERVICE = re.compile(rb"\(\s*(SERVICE_NAME|SID)\s*=\s*([^()\s]{1,64})\s*\)", re.IGNORECASE)
_ERROR = re.compile(rb"\(\s*(?:ERR|CODE)\s*=\s*(\d{1,6})\s*\)", re.IGNORECASE)
_MOST_SERVICES = 16


def _packet(message: Message) -> int:
    """The type of the packet with which the segment begins, 0 where it begins with none."""
    data = message.data
    if len(data) < _HEADER or data[4] not in _TYPES or data[6] or data[7]:
        return 0
    wide, short = int.from_bytes(data[:4], "big"), int.from_bytes(data[:2], "big")
    size = wide if not short else short if data[2:4] == b"\0\0" else 0
    return data[4] if data[4] == _DATA or _HEADER <= size <= message.length else 0


def _connects(message: Message) -> bool:
    data = message.data
    if _packet(message) != _CONNECT or len(data) < 34 or data[8] != 1 or data[10] != 1:
        return False
    begin = int.from_bytes(data[26:28], "big")
    return 34 <= begin <= 128 and data[9] >= data[11]


def proof(message: Message) -> bool:
    """A request for a connection, a negotiation, or an answer that carries a description."""
    data = message.data
    kind = _packet(message)
    described = kind in (_REFUSE, _REDIRECT) and b"(" in data[_HEADER:32]
    return _connects(message) or described or (kind == _DATA and data[_BODY : _BODY + 4] == _NEGOTIATES)


def dissect(message: Message) -> Iterator[Row]:
    """What the first packet of a segment asks for or answers; nothing of what statements say."""
    data, kind = segment(message), _packet(message)
    if kind == _CONNECT and not _connects(message):
        raise Malformed("no connect packet of TNS")
    if kind == _CONNECT:
        yield from _connect(data)
    elif kind in (_ACCEPT, _REFUSE, _REDIRECT, _RESEND):
        yield from _answer(data, kind)
    elif kind == _DATA and data[_BODY : _BODY + 4] == _NEGOTIATES:
        yield from _negotiation(data, from_client=message.from_client is not False)
    elif kind == _DATA:
        yield from _call(data, from_client=message.from_client is not False)


def _version(data: bytes) -> str:
    return f"TNS {data[8]}.{data[9]}"


def _connect(data: bytes) -> Iterator[Row]:
    found = _SERVICE.search(data)
    target = readable(found[2], 64) if found else ""
    yield Operation(Verb.SESSION, "Connect", code="1", object=target, filter="tns.type == 1")
    yield Session(version_offered=(_version(data),))


def _answer(data: bytes, kind: int) -> Iterator[Row]:
    refused = kind == _REFUSE
    code = _ERROR.search(data) if refused else None
    refusal = (f"TNS-{int(code[1]):05d}" if code else "refused") if refused else ""
    outcome = Kind.REFUSAL if refused else Kind.NOTICE if kind == _RESEND else Kind.RESPONSE
    yield Operation(Verb.SESSION, _TYPES[kind], outcome, str(kind), refusal=refusal, filter=f"tns.type == {kind}")
    if kind == _ACCEPT and len(data) >= _BODY:
        yield Session(version=_version(data))


def _negotiation(data: bytes, *, from_client: bool) -> Iterator[Row]:
    """Native network encryption: the algorithms that the client offers, and the one of each that the server takes."""
    offers = _offers(data)
    kind = Kind.REQUEST if from_client else Kind.RESPONSE
    yield Operation(Verb.SESSION, "Security negotiation", kind, filter="tns.data_flag")
    if offers is None:
        yield Session(unread=("ciphers",))
        return
    ciphers = [_CIPHERS.get(code, f"cipher {code}") for code in offers.get(_ENCRYPTION, b"") if code]
    checks = [_CHECKSUMS.get(code, f"checksum {code}") for code in offers.get(_INTEGRITY, b"") if code]
    if from_client:
        yield Session(cipher_offered=(*ciphers, *checks))
        return
    yield from (Session(cipher=name) for name in (*ciphers, *checks))
    yield Session(encrypted=bool(ciphers), detail="" if checks else said("integrity is not protected"))


def _offers(data: bytes) -> dict[int, bytes] | None:
    """Service -> the algorithms that it names; None where not all of it was kept.

    Each service has its number, how many fields and an error; each field its length and its type.
    """
    reader = Reader(data, _BODY + 4)
    found: dict[int, bytes] = {}
    try:
        reader.take(6)  # length, version
        count = reader.number(2)
        reader.take(1)
        for _ in range(min(count, _MOST_SERVICES)):
            service, fields = reader.number(2), reader.number(2)
            reader.take(4)
            for number in range(min(fields, _MOST_SERVICES)):
                size, _kind = reader.number(2), reader.number(2)
                value = reader.take(size)
                if number == 1 and service in (_ENCRYPTION, _INTEGRITY):
                    found[service] = value
    except Malformed:
        return None
    return found


def _call(data: bytes, *, from_client: bool) -> Iterator[Row]:
    body = data[_BODY:]
    if from_client and body[:1] == bytes((_FUNCTION,)) and body[1:2] in (bytes((_ASKS_KEY,)), bytes((_LOGS_IN,))):
        name = "log-in" if body[1] == _LOGS_IN else "key for a log-in"
        verb = Verb.AUTHENTICATE if body[1] == _LOGS_IN else Verb.SESSION
        if verb is Verb.AUTHENTICATE:
            yield from login(name, "challenge", "tns.data_flag")
        else:
            yield Operation(verb, name, filter="tns.data_flag")
    elif from_client:
        yield Operation(Verb.UNKNOWN, "data", filter="tns.data_flag")
    elif body[:1] == bytes((_STATUS,)) and (error := _error(body)):
        refusal = _REFUSED.get(error, f"ORA-{error:05d}")
        yield Operation(Verb.UNKNOWN, "data", Kind.REFUSAL, refusal=refusal, filter="tns.data_flag")
    else:
        yield Operation(Verb.UNKNOWN, "data", Kind.RESPONSE, filter="tns.data_flag")


def _error(body: bytes) -> int:
    """The number of the error with which a call ended: the fourth of numbers that each have their length; 0: none."""
    reader, number = Reader(body, 1), 0
    try:
        for _ in range(4):
            size = reader.number(1)
            if size > 4:
                return 0
            number = reader.number(size) if size else 0
    except Malformed:
        return 0
    return number if number != 1403 else 0  # no data found: a query that has come to its end


_CONNECTS = (
    *(Byte(2, 0), Byte(3, 0), Byte(4, _CONNECT), Byte(6, 0), Byte(7, 0), Byte(8, 1), Byte(10, 1)),
    *(Byte(9, range(0x2C, 0x60)), Byte(26, 0), Byte(27, range(34, 129)), Size(58, 8192)),
)
_WHOLE = (Range(0),)
_PLAIN = (Byte(6, 0), Byte(7, 0))
_OF_CLIENT = SentBy(client=True)
_ENDED = 28  # bytes in which the number of an error stands
MOST_STATUS = 64  # of a conversation, with numbers of rows in each


def _cases() -> Iterator[Case]:
    yield Case(NAME, (Byte(4, _CONNECT), *_PLAIN), _WHOLE, Role.REQUEST, keep=KEEP)
    yield Case(NAME, (Byte(4, (_ACCEPT, _REFUSE, _REDIRECT)), *_PLAIN), _WHOLE, Role.RESPONSE, keep=KEEP)
    yield Case(NAME, (Byte(4, _RESEND), *_PLAIN), (Range(4, 5),), Role.NOTICE, keep=16)
    data, answers = (Byte(4, _DATA), *_PLAIN), Role.RESPONSE
    yield Case(NAME, (*data, *magic(_BODY, _NEGOTIATES)), (Range(_BODY),), Role.BY_SIDE, keep=KEEP)
    for call in (_ASKS_KEY, _LOGS_IN):
        yield Case(
            NAME, (*data, Byte(_BODY, _FUNCTION), Byte(_BODY + 1, call), _OF_CLIENT), (Range(_BODY, 12),), keep=16
        )
    yield Case(NAME, (*data, _OF_CLIENT), (Range(4, 5),), Role.REQUEST, keep=16)
    yield Case(
        NAME, (*data, Byte(_BODY, _STATUS)), (Range(_BODY, _ENDED),), Role.RESPONSE, keep=_ENDED, most=MOST_STATUS
    )
    yield Case(NAME, (*data, Byte(_BODY, _ANSWERED)), (Range(_BODY, 11),), answers, keep=16)
    yield Case(NAME, data, (Range(4, 5),), answers, keep=12)
    yield Case(NAME, (), (Range(0, 0),), Role.NOTICE, keep=4)


PROTOCOL = Protocol(
    name=NAME,
    title="Oracle Net (TNS)",
    short="Oracle Net",
    framing=on_port(NAME, 1521, sync=(Byte(4, _TYPES), *_PLAIN)),
    cases=tuple(_cases()),
    probe=probe,
    proof=proof,
    dissect=dissect,
    verbs=frozenset({Verb.SESSION, Verb.AUTHENTICATE, Verb.UNKNOWN}),
    specification="not published; Wireshark's packet-tns, python-oracledb (thin mode), Oracle Net documentation",
    industrial=False,
    more_framings=(opening(NAME, *_CONNECTS), session(NAME)),
)
