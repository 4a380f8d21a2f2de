"""MongoDB: which commands clients send, how they log in, on any port by the form of its messages.

Written from the MongoDB wire protocol (OP_MSG, OP_QUERY, OP_REPLY, OP_COMPRESSED), the BSON specification 1.1 and the
authentication specification of its drivers. Names, filters, documents and passwords are in no row. A log-in begins with
saslStart, which names the mechanism, or is made by the hello itself (speculativeAuthenticate).
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import (
    Byte,
    Case,
    Framing,
    Length,
    Range,
    Role,
    SentBy,
    Size,
    State,
    Step,
    Sync,
    Test,
    Transducer,
    magic,
)
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.internet._logins import known_mechanism, mechanism
from scanner.wording import said

NAME = "mongodb"
_HEADER = 16
_MSG, _QUERY, _REPLY, _COMPRESSED = 2013, 2004, 1, 2012
_CODES = {
    _MSG: "OP_MSG",
    _QUERY: "OP_QUERY",
    _REPLY: "OP_REPLY",
    _COMPRESSED: "OP_COMPRESSED",
    2001: "OP_UPDATE",
    2002: "OP_INSERT",
    2005: "OP_GET_MORE",
    2006: "OP_DELETE",
}
_OLD = {2001: Verb.WRITE, 2002: Verb.WRITE, 2005: Verb.READ, 2006: Verb.WRITE}
_SESSION = {"hello", "isMaster", "ismaster", "ping", "endSessions", "buildInfo", "logout", "killCursors"}
_AUTHENTICATE = {"saslStart", "saslContinue", "authenticate"}
_READS = {"find", "aggregate", "count", "distinct", "getMore", "listDatabases", "listCollections", "listIndexes"}
_READS |= {"collStats", "dbStats", "serverStatus", "explain", "hostInfo", "getParameter", "usersInfo"}
_WRITES = {
    "insert",
    "update",
    "delete",
    "findAndModify",
    "bulkWrite",
    "create",
    "drop",
    "dropDatabase",
    "renameCollection",
}
_WRITES |= {"createIndexes", "dropIndexes", "collMod", "mapReduce"}
_CONFIGURES = {"createUser", "updateUser", "dropUser", "grantRolesToUser", "setParameter", "shutdown", "fsync"}
_COMMANDS = _SESSION | _AUTHENTICATE | _READS | _WRITES | _CONFIGURES
_SECTION = 20  # of OP_MSG its kind, behind which the first document begins
_LONGEST_NAME = 24
_REFUSED = b"\1ok\0" + bytes(8)
MAX_MESSAGE = 48_000_000  # bytes, as servers have it


def _document(data: bytes) -> int:
    """Where the first document begins; Malformed when the kind of message has none that is read."""
    code = int.from_bytes(data[12:16], "little")
    if code == _MSG and data[_SECTION : _SECTION + 1] == b"\0":
        return _SECTION + 1
    if code == _REPLY:
        return 36
    if code == _QUERY:
        end = data.find(b"\0", 20, 20 + 130)
        if end > 0:
            return end + 9
    raise Malformed("no document")


def _command(data: bytes) -> tuple[bytes, int]:
    """Name of the first element of the first document, and where its value begins."""
    at = _document(data) + 4
    end = data.find(b"\0", at + 1, at + 2 + _LONGEST_NAME)
    if end < 0 or not data[at]:
        raise Malformed("no document")
    return data[at + 1 : end], end + 1


def probe(message: Message) -> bool:
    """The length is that of the message, and the code of operation exists."""
    data = message.data
    if message.transport != "tcp" or len(data) < _HEADER or int.from_bytes(data[:4], "little") != message.length:
        return False
    return int.from_bytes(data[12:16], "little") in _CODES


def proof(message: Message) -> bool:
    """A command that exists, or a reply whose document is whole."""
    data = message.data
    try:
        name, _ = _command(data)
    except Malformed:
        return False
    return name.decode("ascii", "replace") in _COMMANDS or (_answers(message) and name.isascii() and name[:1].isalpha())


def _answers(message: Message) -> bool:
    """The server sends it; where nobody knows, it names what it answers."""
    return any(message.data[8:12]) if message.from_client is None else not message.from_client


def dissect(message: Message) -> Iterator[Row]:
    """The command, or how it ended; of log-ins the mechanism."""
    if not probe(message):
        raise Malformed("no message of MongoDB")
    data = message.data
    code = int.from_bytes(data[12:16], "little")
    yield Session(encrypted=False)
    if _answers(message):
        yield _reply(data, code)
        return
    try:
        name, _ = _command(data)
    except Malformed:
        verb = _OLD.get(code, Verb.UNKNOWN)
        yield Operation(verb, _CODES[code], code=str(code), filter=f"mongo.opcode == {code}")
        return
    command = name.decode("ascii", "replace")
    known = command if command in _COMMANDS else _CODES[code]
    yield Operation(_verb(command), known, code=str(code), detail=_by(data), filter=f"mongo.opcode == {code}")
    yield from _credentials(command, data)


def _verb(command: str) -> Verb:
    if command in _AUTHENTICATE:
        return Verb.AUTHENTICATE
    if command in _SESSION:
        return Verb.SESSION
    if command in _CONFIGURES:
        return Verb.CONFIGURE
    return Verb.READ if command in _READS else Verb.WRITE if command in _WRITES else Verb.UNKNOWN


def _mechanism(data: bytes) -> bytes:
    """The text of the element of this name; none where it was not kept."""
    at = data.find(b"\2mechanism\0")
    if at < 0:
        return b""
    at += 11
    size = int.from_bytes(data[at : at + 4], "little")
    return data[at + 4 : at + 3 + size] if 1 < size <= 32 and at + 3 + size <= len(data) else b""


def _by(data: bytes) -> str:
    name = known_mechanism(_mechanism(data))
    return said("by {name}", name=name) if name else ""


def _credentials(command: str, data: bytes) -> Iterator[Session]:
    named = _mechanism(data)
    if command == "authenticate":
        yield Session(credentials="certificate" if b"X509" in named else "challenge")
    elif named:
        yield Session(credentials=mechanism(named))
    elif command == "saslStart":
        yield Session(unread=("credentials",))


def _reply(data: bytes, code: int) -> Operation:
    refusal = ""
    at = {_MSG: 25, _REPLY: 40}.get(code, len(data))
    if data.startswith(_REFUSED, at):  # an error begins with it, a success ends with it
        refusal = "command failed"
    kind = Kind.REFUSAL if refusal else Kind.RESPONSE
    return Operation(Verb.UNKNOWN, "reply", kind, code=str(code), refusal=refusal, filter=f"mongo.opcode == {code}")


# The type and name of a document's first element.
_NAME = Transducer(25, {"name": State(Step("name"), ((b"\0", Step("end")),)), "end": State(Step("end", take=False))})
_OF_MSG = (*magic(12, _MSG.to_bytes(4, "little")), Byte(_SECTION, 0))
_ANSWERS = SentBy(client=False)
_KIND = (Range(12, 16),)
_REQUEST_ID, _ANSWERED = (Range(4, 8),), (Range(8, 12),)
_HELLOS = (b"hello\0", b"isMaster\0", b"ismaster\0", b"saslStart\0", b"authenticate\0")
MOST_HELLOS = 64  # of a conversation, whose challenges make each of them another message


def _cases() -> Iterator[Case]:
    answers = (Range(12, 16), Range(25, 37))
    for code, key in ((_MSG, answers), (_REPLY, (Range(12, 16), Range(40, 52)))):
        when: tuple[Test, ...] = (*magic(12, code.to_bytes(4, "little")), _ANSWERS)
        yield Case(NAME, when, key, Role.RESPONSE, _ANSWERED, keep=64)
    yield Case(NAME, (_ANSWERS,), _KIND, Role.RESPONSE, _ANSWERED, keep=64)
    for name in _HELLOS:
        when = (*_OF_MSG, *magic(26, name))
        yield Case(NAME, when, (Range(12),), Role.REQUEST, _REQUEST_ID, keep=1024, most=MOST_HELLOS)
    when = magic(12, _QUERY.to_bytes(4, "little"))
    yield Case(NAME, when, (Range(12),), Role.REQUEST, _REQUEST_ID, keep=1024, most=MOST_HELLOS)
    yield Case(NAME, _OF_MSG, (*_KIND, _NAME), Role.REQUEST, _REQUEST_ID, keep=64)
    yield Case(NAME, (), _KIND, Role.REQUEST, _REQUEST_ID, keep=64)


def _sync() -> tuple[Sync, ...]:
    """A length below 48 MB and the code of an operation."""
    codes = {code.to_bytes(4, "little") for code in _CODES}
    return (
        Byte(3, range(3)),
        *(Byte(12 + at, {code[at] for code in codes}) for at in range(4)),
        Size(_HEADER + 5),
    )


PROTOCOL = Protocol(
    name=NAME,
    title="MongoDB",
    framing=Framing(
        NAME, Length(at=0, width=4, little=True, minimum=_HEADER + 5, maximum=MAX_MESSAGE), _sync(), {"tcp": (27017,)}
    ),
    cases=tuple(_cases()),
    probe=probe,
    proof=proof,
    dissect=dissect,
    verbs=frozenset({Verb.READ, Verb.WRITE, Verb.CONFIGURE, Verb.AUTHENTICATE, Verb.SESSION, Verb.UNKNOWN}),
    specification="MongoDB wire protocol, BSON specification 1.1, MongoDB authentication specification",
    industrial=False,
    display_filter="mongo",
)
