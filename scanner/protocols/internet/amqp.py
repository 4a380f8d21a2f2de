"""AMQP 0-9-1 (RabbitMQ), on any port by its header: how clients log in, and what they publish, consume and set up.

Written from the AMQP 0-9-1 specification, sections 2.3 (frames) and 4.2, and its list of classes and methods; of
AMQPLAIN, the response is a table without its length (RabbitMQ's guide to access control). Names of queues, keys,
contents and passwords are in no row; of a password no more than whether it is a known default.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import After, Byte, Case, Field, Framing, Length, Range, Role, SentBy, Size, Whole, magic
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.default_log_ins import of_log_in, of_plain
from scanner.protocols.internet._logins import known_mechanism, mechanism
from scanner.wording import Said, joined, said

NAME = "amqp"
_METHOD, _HEADER, _BODY, _HEARTBEAT, _END = 1, 2, 3, 8, 0xCE
_OPENING = b"AMQP\0\0\x09\1"
_OLDER = b"AMQP\1\1"  # what versions 0-8 and 0-9 begin with
_CLASSES = {10: "Connection", 20: "Channel", 40: "Exchange", 50: "Queue", 60: "Basic", 85: "Confirm", 90: "Tx"}
_START_OK, _TUNE, _CLOSE = (10, 11), (10, 30), (10, 50)
_LOG_IN = "Connection.Start-Ok"
_REFUSED = {403: "ACCESS_REFUSED", 530: "NOT_ALLOWED"}
# class and method -> name and verb; others are told by their numbers
_METHODS = {
    (10, 10): ("Start", Verb.SESSION),
    (10, 31): ("Tune-Ok", Verb.SESSION),
    (10, 40): ("Open", Verb.SESSION),
    (10, 41): ("Open-Ok", Verb.SESSION),
    (10, 51): ("Close-Ok", Verb.SESSION),
    (20, 10): ("Open", Verb.SESSION),
    (20, 11): ("Open-Ok", Verb.SESSION),
    (20, 40): ("Close", Verb.SESSION),
    (40, 10): ("Declare", Verb.CONFIGURE),
    (40, 11): ("Declare-Ok", Verb.CONFIGURE),
    (40, 20): ("Delete", Verb.CONFIGURE),
    (50, 10): ("Declare", Verb.CONFIGURE),
    (50, 11): ("Declare-Ok", Verb.CONFIGURE),
    (50, 20): ("Bind", Verb.CONFIGURE),
    (50, 21): ("Bind-Ok", Verb.CONFIGURE),
    (50, 30): ("Purge", Verb.CONFIGURE),
    (50, 40): ("Delete", Verb.CONFIGURE),
    (60, 20): ("Consume", Verb.SUBSCRIBE),
    (60, 21): ("Consume-Ok", Verb.SUBSCRIBE),
    (60, 40): ("Publish", Verb.WRITE),
    (60, 60): ("Deliver", Verb.REPORT),
    (60, 70): ("Get", Verb.READ),
    (60, 71): ("Get-Ok", Verb.READ),
    (60, 80): ("Ack", Verb.SESSION),
}
_UNANSWERED = {(60, 40), (60, 80)}
_NAMED = 9  # bytes of a mechanism's name that count, with its length
_RESPONSE = 256  # bytes of what it sends, with their length, by which log-ins are told apart
MAX_FRAME = 1 << 24  # bytes


def probe(message: Message) -> bool:
    """The header, or a frame that ends where its length says."""
    data = message.data
    if message.transport != "tcp":
        return False
    if data.startswith(b"AMQP"):
        return message.length == 8 and (data[:8] == _OPENING or data[:6] == _OLDER)
    if len(data) < 8 or data[0] not in (_METHOD, _HEADER, _BODY, _HEARTBEAT):
        return False
    whole = len(data) == message.length
    return int.from_bytes(data[3:7], "big") + 8 == message.length and (not whole or data[-1] == _END)


def dissect(message: Message) -> Iterator[Row]:
    """The method; of a log-in the mechanism and the outcome."""
    if not probe(message):
        raise Malformed("no frame of AMQP")
    data = message.data
    if data[:4] == b"AMQP":
        yield Operation(Verb.SESSION, "protocol header", Kind.NOTICE, filter=f"tcp.payload[0:8] == {data[:8].hex(':')}")
        yield Session(version="AMQP 0-9-1" if data[:8] == _OPENING else "AMQP 0-8", encrypted=False)
    elif data[0] == _METHOD and len(data) >= 11:
        yield from _method(data, from_client=message.from_client is not False)
        yield Session(encrypted=False)
    else:
        yield Operation(Verb.UNKNOWN, "content", Kind.NOTICE, filter=f"amqp.type == {data[0]}")


def _method(data: bytes, *, from_client: bool) -> Iterator[Row]:
    called = int.from_bytes(data[7:9], "big"), int.from_bytes(data[9:11], "big")
    code = f"{called[0]}:{called[1]}"
    shown_by = f"amqp.method.class == {called[0]}"
    if called == _START_OK:
        chosen, password = _mechanism(data)
        known = "AMQPLAIN" if chosen == b"AMQPLAIN" else known_mechanism(chosen)
        told = joined(filter(None, [said("by {name}", name=known) if known else "", password]))
        yield Operation(Verb.AUTHENTICATE, _LOG_IN, code=code, detail=told, filter=shown_by)
        if chosen:
            yield Session(credentials="user-password" if chosen == b"AMQPLAIN" else mechanism(chosen))
        else:
            yield Session(unread=("credentials",))
    elif called == _TUNE:
        yield Operation(Verb.AUTHENTICATE, _LOG_IN, Kind.RESPONSE, code=code, filter=shown_by)
        yield Session(authenticated=True)
    elif called == _CLOSE and not from_client:
        reason = int.from_bytes(data[11:13], "big")
        words = _REFUSED.get(reason, f"reply code {reason}")
        refused = reason >= 300
        kind = Kind.REFUSAL if refused else Kind.NOTICE
        yield Operation(
            Verb.SESSION, "Connection.Close", kind, code=code, refusal=words if refused else "", filter=shown_by
        )
    else:
        name, verb = _METHODS.get(called, (str(called[1]), Verb.UNKNOWN))
        kind = Kind.UNCONFIRMED if called in _UNANSWERED else Kind.REQUEST if from_client else Kind.RESPONSE
        if called in ((10, 10), (60, 60)):
            kind = Kind.NOTICE
        of = _CLASSES.get(called[0], f"class {called[0]}")
        yield Operation(verb, f"{of}.{name}", kind, code=code, filter=shown_by)


def _mechanism(data: bytes) -> tuple[bytes, Said | str]:
    """The name behind the client's properties, as far as it counts, and what is told of a password behind it; nothing
    where they were not kept.
    """
    at = 15 + int.from_bytes(data[11:15], "big")
    length = data[at] if at < len(data) else 0
    size = min(length, _NAMED - 1)
    name = data[at + 1 : at + 1 + size]
    if len(name) < size:
        return b"", ""
    at += 1 + length
    size = int.from_bytes(data[at : at + 4], "big")
    response = data[at + 4 : at + 4 + size]
    if len(response) < size:
        return name, ""
    if name == b"AMQPLAIN":
        sent = _texts(response)
        return name, of_log_in(sent[b"LOGIN"], sent[b"PASSWORD"]) if sent.keys() >= {b"LOGIN", b"PASSWORD"} else ""
    return name, of_plain(response) if name == b"PLAIN" else ""


def _texts(table: bytes) -> dict[bytes, bytes]:
    """The texts of a table of nothing else, by their names; none of another one."""
    found, at = {}, 0
    while at < len(table):
        behind = at + 1 + table[at]
        size = int.from_bytes(table[behind + 1 : behind + 5], "big")
        if table[behind : behind + 1] != b"S" or behind + 5 + size > len(table):
            return {}
        found[table[at + 1 : behind]] = table[behind + 5 : behind + 5 + size]
        at = behind + 5 + size
    return found


_FRAMES = Length(at=3, width=4, add=8, minimum=8, maximum=MAX_FRAME)
_SYNC = (Byte(0, (_METHOD, _HEADER, _BODY, _HEARTBEAT)), Byte(3, 0), Size(8))
_CALLED = (Range(0, 1), Range(7, 11))
_OF_CLIENT, _OF_SERVER = SentBy(client=True), SentBy(client=False)
_SERVER_SAYS = (*magic(7, b"\0\x0a\0\x0a"),), (*magic(7, b"\0\x3c\0\x3c"),)  # Start, Deliver


def _cases() -> Iterator[Case]:
    yield Case(NAME, magic(0, b"AMQP"), (Range(0, 8),), Role.NOTICE, keep=8)
    method = Byte(0, _METHOD)
    log_in = (*_CALLED, After(Field(11, 4, add=15), _NAMED + _RESPONSE))
    yield Case(NAME, (method, *magic(7, b"\0\x0a\0\x0b")), log_in, Role.REQUEST, keep=2048)
    yield Case(
        NAME, (method, *magic(7, b"\0\x0a\0\x32"), _OF_SERVER), (*_CALLED, Range(11, 13)), Role.RESPONSE, keep=16
    )
    for when in (*_SERVER_SAYS, magic(7, b"\0\x3c\0\x28"), magic(7, b"\0\x3c\0\x50")):
        yield Case(NAME, (method, *when), _CALLED, Role.NOTICE, keep=16)
    yield Case(NAME, (method, _OF_CLIENT), _CALLED, Role.REQUEST, keep=16)
    yield Case(NAME, (method,), _CALLED, Role.RESPONSE, keep=16)
    yield Case(NAME, (), (Range(0, 1),), Role.NOTICE, keep=16)


PROTOCOL = Protocol(
    name=NAME,
    title="AMQP 0-9-1",
    short="AMQP",
    framing=Framing(NAME, _FRAMES, _SYNC, {"tcp": (5672,)}, 1, anywhere=False),
    cases=tuple(_cases()),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({verb for _, verb in _METHODS.values()} | {Verb.AUTHENTICATE, Verb.SESSION, Verb.UNKNOWN}),
    specification="AMQP 0-9-1 sections 2.3 and 4.2, list of classes and methods",
    industrial=False,
    more_framings=(
        *(
            Framing(name, Whole(), (*magic(0, begin), Size(8, 8)), {"tcp": (5672,)}, 1, then=f"{NAME}-session")
            for name, begin in ((f"{NAME}-opening", _OPENING), (f"{NAME}-older", _OLDER))
        ),
        Framing(f"{NAME}-session", _FRAMES, _SYNC, {"tcp": ()}, 1, anywhere=False),
    ),
)
