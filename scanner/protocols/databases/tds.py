"""TDS of SQL Server and Sybase: whether sessions are encrypted, how clients log in, which statements they send.

Written from [MS-TDS] sections 2.2.3 (packets), 2.2.5 (tokens), 2.2.6.4 (LOGIN7), 2.2.6.5 (PRELOGIN, in whose packets
TLS shakes hands), 2.2.6.8 (SSPI), and the TDS 5.0 Functional Specification (login record). A password of LOGIN7 is
turned over bit by bit with a constant, which hides nothing. Names, passwords, texts and values are in no row; of a
statement its first word, of a password whether it is a known default.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scanner.framing.language import (
    After,
    Byte,
    Case,
    Field,
    Framing,
    Length,
    Part,
    Range,
    Role,
    Size,
    Sync,
    bits,
    magic,
)
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common import ntlm
from scanner.protocols.common.default_log_ins import of_log_in
from scanner.protocols.tls import _handshake as handshake
from scanner.protocols.tls import tls
from scanner.wording import Said, said

NAME = "tds"
_HEADER = 8
BATCH, OLD_LOGIN, RPC, RESULT, ATTENTION, BULK, TRANSACTION, LANGUAGE, LOGIN, SSPI, PRELOGIN = (
    *(1, 2, 3, 4, 6, 7),
    *(14, 15, 16, 17, 18),
)
_TYPES = {
    BATCH: "SQL batch",
    OLD_LOGIN: "Login",
    RPC: "RPC",
    RESULT: "Result",
    ATTENTION: "Attention",
    BULK: "Bulk load",
    8: "Federated authentication token",
    TRANSACTION: "Transaction manager",
    LANGUAGE: "TDS 5 tokens",
    LOGIN: "LOGIN7",
    SSPI: "SSPI",
    PRELOGIN: "PRELOGIN",
}
_VERBS = {BULK: Verb.WRITE, LOGIN: Verb.AUTHENTICATE, OLD_LOGIN: Verb.AUTHENTICATE, SSPI: Verb.AUTHENTICATE}
_SESSION = {PRELOGIN, ATTENTION, TRANSACTION}
_STATUS = frozenset(range(32))
_ENCRYPTION = 1
# What the server answers: whether everything is encrypted, and in words
_ENCRYPTED = {
    0: (False, said("only the login is encrypted")),
    1: (True, said("everything is encrypted")),
    2: (False, said("the server cannot encrypt")),
    3: (True, said("everything is encrypted")),
}
_VERSIONS = {0x70: "TDS 7.0", 0x71: "TDS 7.1", 0x72: "TDS 7.2", 0x73: "TDS 7.3", 0x74: "TDS 7.4"}
_READS = {"SELECT", "USE", "PRINT", "DECLARE", "WAITFOR"}
_WRITES = {"INSERT", "UPDATE", "DELETE", "MERGE", "CREATE", "ALTER", "DROP", "TRUNCATE", "GRANT", "REVOKE", "BULK"}
_SETTINGS = {"SET", "BEGIN", "COMMIT", "ROLLBACK", "IF", "EXEC", "EXECUTE"}
_INTEGRATED = 0x80  # in OptionFlags2: the account of Windows
_LOGIN_FAILED = 18456
_LOGIN_ACK, _ERROR, _DONE = 0xAD, 0xAA, {0xFD, 0xFE, 0xFF}
_TOKENS = {_LOGIN_ACK, _ERROR, 0xAB, 0xE3, 0xED}  # those with a length of two bytes
_MOST_TOKENS = 64
_TOLD = 64  # bytes that hold the lengths of the responses of NTLM
_COMPARED = 128  # bytes of a user's name and of a password by which log-ins are told apart
_TLS = 22  # a record of its handshake, which travels in packets of PRELOGIN
_TLS_HEADER = 5
_MOST_RECORDS = 32  # of TLS in a message

_ASKED_5 = {0x21, 0x71, *range(0x80, 0xF0)}  # tokens of TDS 5 with which clients begin

_PARTS = Byte(1, bits(1, 0))  # not the last packet of a message
_ONE = Length(at=2, width=2, minimum=_HEADER, maximum=65535)  # an opening, whose other packets look otherwise
_DELIMITER = Length(at=2, width=2, minimum=_HEADER, maximum=65535, more=_PARTS, header=_HEADER)
_SYNC = (Byte(0, _TYPES), Byte(1, _STATUS), Byte(7, 0))
# A table of options that begins with the version's, six bytes long.
_ASKS: tuple[Sync, ...] = (
    Byte(0, PRELOGIN),
    Byte(1, 1),
    *(Byte(at, 0) for at in (7, 8, 9, 11)),
    Byte(12, 6),
    Size(20, 4096),
)
_LOGS_IN: tuple[Sync, ...] = (
    Byte(0, LOGIN),
    Byte(1, (0, 1)),
    Byte(7, 0),
    Byte(15, range(0x70, 0x75)),
    Byte(11, 0),
    Size(94),
)
_OLD: tuple[Sync, ...] = (
    *(Byte(0, OLD_LOGIN), Byte(1, (0, 1)), Byte(2, 2), Byte(3, 0), Byte(7, 0)),
    *(Byte(at, range(31)) for at in (38, 69, 100)),
    Size(512),
)
# ALL_HEADERS with the transaction's descriptor and one outstanding request ([MS-TDS] 2.2.5.3), before any statement.
_OF_TRANSACTION, _ONE_REQUEST = bytes.fromhex("16000000 12000000 0200"), bytes.fromhex("01000000")
_WITHIN_TRANSACTION = (BATCH, RPC, TRANSACTION)
_MIDWAY: tuple[Sync, ...] = (
    *(Byte(0, _WITHIN_TRANSACTION), Byte(1, _STATUS), Byte(7, 0)),
    *magic(8, _OF_TRANSACTION),
    *magic(26, _ONE_REQUEST),
    Size(30),
)


def probe(message: Message) -> bool:
    """A type that exists and a length that fits; what is joined is longer than its first packet."""
    data = message.data
    if message.transport != "tcp" or len(data) < _HEADER or data[0] not in _TYPES or data[7]:
        return False
    length = int.from_bytes(data[2:4], "big")
    return length == message.length if data[1] & 1 else length <= message.length


def proof(message: Message) -> bool:
    """A negotiation, a log-in, or a request with the headers of a transaction."""
    data = message.data
    if _options(data) or _login(data) is not None or _old_login(data) is not None:
        return True
    return data[8:18] == _OF_TRANSACTION and data[26:30] == _ONE_REQUEST and data[0] in _WITHIN_TRANSACTION


def _options(data: bytes) -> dict[int, bytes]:
    """Options of PRELOGIN, or of the answer to it, by their tokens; none when it is something else."""
    body = data[_HEADER:]
    found: dict[int, bytes] = {}
    if body[:3] == b"\0\0" + body[2:3] and body[3:5] == b"\0\6":
        for at in range(0, min(len(body) - 5, 60), 5):
            if body[at] == 0xFF:
                return found
            start, size = int.from_bytes(body[at + 1 : at + 3], "big"), int.from_bytes(body[at + 3 : at + 5], "big")
            found[body[at]] = body[start : start + size]
    return {}


def _login(data: bytes) -> tuple[str, str] | None:
    """Version and kind of credentials of LOGIN7; None when it is none."""
    body = data[_HEADER:]
    if data[:1] != bytes((LOGIN,)) or len(body) < 86 or body[7] not in _VERSIONS:
        return None
    kind = "user-password" if any(body[42:44]) or any(body[46:48]) else "other"  # a password may be empty
    return _VERSIONS[body[7]], "negotiate" if body[25] & _INTEGRATED else kind


def _password(data: bytes) -> Said | str:
    """What is told of the password of a log-in; nothing where there is none, or not all of it was kept."""
    body = data[_HEADER:]
    if _login(data) and not body[25] & _INTEGRATED:
        user, hidden = (_name(body, at) for at in (40, 44))
        if user is None or hidden is None or not (user or hidden):
            return ""
        shown = bytes((byte ^ 0xA5) >> 4 | ((byte ^ 0xA5) & 15) << 4 for byte in hidden)
        return of_log_in(*(name.decode("utf-16-le", "replace").encode() for name in (user, shown)))
    if _old_login(data) and body[92]:
        return of_log_in(body[31 : 31 + body[61]], body[62 : 62 + body[92]])
    return ""


def _name(body: bytes, at: int) -> bytes | None:
    """What LOGIN7 names at ``at`` by its place and its length in UTF-16; None where it was not kept."""
    start, size = (int.from_bytes(body[i : i + 2], "little") for i in (at, at + 2))
    found = body[start : start + 2 * size]
    return found if len(found) == 2 * size <= _COMPARED else None


def _old_login(data: bytes) -> str | None:
    """Kind of credentials of the login record of TDS 4 and 5; None when it is none."""
    body = data[_HEADER:]
    if data[:1] != bytes((OLD_LOGIN,)) or len(body) < 93 or any(body[at] > 30 for at in (30, 61, 92)):
        return None
    return "user-password" if body[92] else "other"


def dissect(message: Message) -> Iterator[Row]:
    """Negotiation, log-in and its outcome; of a statement whether it reads or changes."""
    if not probe(message):
        raise Malformed("no packet of TDS")
    data = message.data
    kind = data[0]
    if kind == PRELOGIN and data[_HEADER : _HEADER + 1] == bytes((_TLS,)):
        yield Operation(Verb.SESSION, "TLS", Kind.NOTICE, code=str(kind), filter=f"tds.type == {kind}")
        yield from _tls(message)
    elif kind == RESULT:
        yield from _result(data)
    elif kind == BATCH:
        word = _first_word(data)
        verb = Verb.READ if word in _READS else Verb.WRITE if word in _WRITES else Verb.UNKNOWN
        yield Operation(verb, "SQL batch", code=str(kind), object=word, filter="tds.type == 1")
        yield Session(encrypted=False)
    else:
        verb = _VERBS.get(kind, Verb.SESSION if kind in _SESSION else Verb.UNKNOWN)
        rest = kind == LANGUAGE and not _ASKED_5.intersection(data[_HEADER : _HEADER + 1])
        meant = Kind.NOTICE if rest else Kind.REQUEST
        told = _password(data)
        yield Operation(verb, _TYPES[kind], meant, code=str(kind), detail=told, filter=f"tds.type == {kind}")
        yield from _credentials(message)


def _tls(message: Message) -> Iterator[Row]:
    """Version, suite and certificate of the handshake, whose records stand one behind the other.

    Whether everything is encrypted or the log-in alone only TDS says.
    """
    data, at = message.data, _HEADER
    for _ in range(_MOST_RECORDS):
        if at + _TLS_HEADER >= len(data) or data[at] != _TLS:
            return
        size = _TLS_HEADER + int.from_bytes(data[at + 3 : at + 5], "big")
        record = Message(data[at : at + size], size, message.from_client)
        try:
            for row in tls.dissect(record):
                if isinstance(row, Session) and row.encrypted:
                    yield replace(row, encrypted=None)
                elif not isinstance(row, Operation):
                    yield row
        except Malformed:
            return  # what TDS says of the message is true all the same
        at += size


def _credentials(message: Message) -> Iterator[Row]:
    data = message.data
    if found := _login(data):
        yield Session(version=found[0], credentials=found[1], encrypted=False)
    elif (old := _old_login(data)) is not None:
        yield Session(version="TDS 5.0", credentials=old, encrypted=False)
    elif data[0] == SSPI and (level := ntlm.level(data[:_TOLD])):
        yield Session(cipher=level if level != "anonymous" else "", credentials="negotiate")


def _result(data: bytes) -> Iterator[Row]:
    """The answer to a negotiation, the outcome of a log-in, or data, of which nothing is told."""
    options = _options(data)
    if options:
        choice = options.get(_ENCRYPTION, b"")[:1]
        yield Operation(Verb.SESSION, "PRELOGIN", Kind.RESPONSE, code="4", filter="tds.type == 4")
        if choice and choice[0] in _ENCRYPTED:
            encrypted, words = _ENCRYPTED[choice[0]]
            yield Session(encrypted=encrypted, detail=words)
        version = options.get(0, b"")
        if len(version) == 6:
            yield Identity("software", f"SQL Server {version[0]}.{version[1]}.{int.from_bytes(version[2:4], 'big')}")
        return
    outcome = _outcome(data[_HEADER:])
    if outcome:
        refusal = "login failed" if outcome == _LOGIN_FAILED else f"error {outcome}" if outcome > 0 else ""
        kind = Kind.REFUSAL if refusal else Kind.RESPONSE
        yield Operation(Verb.AUTHENTICATE, "Login", kind, code="4", refusal=refusal, filter="tds.type == 4")
        if not refusal:
            yield Session(authenticated=True)
    else:
        yield Operation(Verb.UNKNOWN, "Result", Kind.RESPONSE, code="4", filter="tds.type == 4")


def _outcome(body: bytes) -> int:
    """-1 when a log-in is acknowledged, the number of an error, 0 for anything else."""
    at = 0
    for _ in range(_MOST_TOKENS):
        if at + 3 > len(body) or body[at] not in _TOKENS:
            return 0
        if body[at] == _LOGIN_ACK:
            return -1
        if body[at] == _ERROR:
            return int.from_bytes(body[at + 3 : at + 7], "little")
        at += 3 + int.from_bytes(body[at + 1 : at + 3], "little")
    return 0


def _first_word(data: bytes) -> str:
    """Of a statement in UTF-16, behind its headers if it has any; only words of the language."""
    body = data[_HEADER:]
    headers = int.from_bytes(body[:4], "little")
    text = body[headers:] if 4 <= headers <= 255 else body
    word = text[:40].decode("utf-16-le", "replace").lstrip().split(" ")[0].split("\n")[0].strip().upper()
    return word if word in _READS | _WRITES | _SETTINGS else ""


_TYPE = Range(0, 1)
_WORD = 16  # bytes of a statement
_WITH_HEADERS = (Byte(0, BATCH), Byte(8, range(4, 256)), Byte(9, 0), Byte(10, 0), Byte(11, 0))
# Lengths of the user's name and the password, integrated security, version.
_NAMES = tuple(After(Field(at, 2, add=_HEADER, little=True), _COMPARED) for at in (48, 52))  # the user's, the password
_LOGIN_KEY: tuple[Part, ...] = (_TYPE, Range(12, 16), Range(33, 34), Range(48, 56), *_NAMES)
# Hellos of TLS, by version, length and what they offer or choose, behind the header of the packet. With that of the
# server its certificate comes; where it comes by itself it begins a message.
_FLIGHT = 24576  # bytes
_OF_TLS = (_TYPE, Range(8, 9), Range(13, 14), Range(17, 19))
_HANDSHAKES = (
    *(
        Case(
            NAME,
            (Byte(0, PRELOGIN), Byte(8, _TLS), Byte(13, kind), Byte(51, session)),
            (*_OF_TLS, *meant(52 + session)),
            Role.NOTICE,
            keep=_FLIGHT,
            with_length=True,
        )
        for kind, meant in ((1, handshake.offered), (2, handshake.chosen))
        for session in handshake.SESSIONS
    ),
    Case(NAME, (Byte(0, PRELOGIN), Byte(8, _TLS), Byte(13, 11)), (_TYPE, Range(8)), Role.NOTICE, keep=_FLIGHT),
)
MOST_RESULTS = 1024  # of a conversation that begin like the outcome of a log-in

PROTOCOL = Protocol(
    name=NAME,
    title="TDS (SQL Server, Sybase)",
    short="TDS",
    framing=Framing(NAME, _DELIMITER, _SYNC, {"tcp": (1433,)}, 1, anywhere=False),
    cases=(
        *_HANDSHAKES,
        Case(NAME, (Byte(0, PRELOGIN), Byte(8, _TLS)), (_TYPE, Range(8, 9)), Role.NOTICE, keep=16),
        Case(NAME, (Byte(0, PRELOGIN),), (_TYPE, Range(8, 48)), Role.REQUEST, keep=256),
        Case(NAME, (Byte(0, LOGIN),), _LOGIN_KEY, Role.REQUEST, keep=1024),
        Case(NAME, (Byte(0, OLD_LOGIN),), (_TYPE, Range(38, 101)), Role.REQUEST, keep=128),
        Case(NAME, (Byte(0, SSPI),), (_TYPE, Range(8, _TOLD)), Role.REQUEST, keep=_TOLD),
        Case(NAME, _WITH_HEADERS, (_TYPE, After(Field(8, 1, add=8), _WORD)), Role.REQUEST, keep=320),
        Case(NAME, (Byte(0, BATCH),), (_TYPE, Range(8, 8 + _WORD)), Role.REQUEST, keep=64),
        Case(NAME, (Byte(0, RESULT), Byte(8, {0, *_TOKENS})), (Range(0),), Role.RESPONSE, keep=512, most=MOST_RESULTS),
        Case(NAME, (Byte(0, RESULT),), (_TYPE,), Role.RESPONSE, keep=16),
        Case(NAME, (Byte(0, LANGUAGE), Byte(8, _ASKED_5)), (_TYPE,), Role.REQUEST, keep=16),
        Case(NAME, (Byte(0, LANGUAGE),), (_TYPE,), Role.NOTICE, keep=16),  # the end of a login record
        Case(NAME, (), (_TYPE,), Role.REQUEST, keep=16),
    ),
    probe=probe,
    proof=proof,
    dissect=dissect,
    beyond_key="it carries handshakes of TLS",
    verbs=frozenset({Verb.READ, Verb.WRITE, Verb.AUTHENTICATE, Verb.SESSION, Verb.UNKNOWN}),
    specification="[MS-TDS] sections 2.2.3, 2.2.5 and 2.2.6, TDS 5.0 Functional Specification",
    industrial=False,
    more_framings=(
        Framing(f"{NAME}-prelogin", _ONE, _ASKS, {"tcp": ()}, 1, then=f"{NAME}-session"),
        Framing(f"{NAME}-login", _ONE, _LOGS_IN, {"tcp": ()}, 1, then=f"{NAME}-session"),
        Framing(f"{NAME}-old", _ONE, _OLD, {"tcp": ()}, 1, then=f"{NAME}-session"),
        Framing(f"{NAME}-midway", _DELIMITER, _MIDWAY, {"tcp": ()}, 1, then=f"{NAME}-session"),
        Framing(f"{NAME}-session", _DELIMITER, _SYNC, {"tcp": ()}, 1, anywhere=False),
    ),
)
