"""POP3: who logs in with what, on any port by the server's greeting.

Written from RFC 1939 sections 3 to 7, RFC 5034 (AUTH) and RFC 2595 section 4 (STLS).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from scanner.framing.language import Within, magic
from scanner.protocols.base import Kind, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.before import Before
from scanner.protocols.common.default_log_ins import of_password
from scanner.protocols.internet._logins import (
    LINES,
    TEXT,
    VERBS,
    by_mechanism,
    cases,
    lines,
    login,
    mechanism,
    on_port,
    opening,
    probe,
    segment,
    session,
    word,
)
from scanner.protocols.internet._sasl import LogIn, apop, exchange_cases, greeting_cases
from scanner.wording import said

NAME = "pop3"
_COMMANDS = (b"USER", b"PASS", b"APOP", b"AUTH", b"STLS", b"CAPA", b"STAT", b"LIST", b"RETR", b"UIDL", b"QUIT", b"DELE")
_MORE = b"+ "  # is asked for
_REPLIES = (b"+OK", b"-ERR")


def proof(message: Message) -> bool:
    """A reply, or a command that mail boxes have and file servers have not."""
    data = message.data.upper()
    return data.startswith(_REPLIES) or data.startswith((b"APOP ", b"UIDL", b"STLS", b"CAPA"))


@dataclass(slots=True)
class _Begun:
    """What was said first, None before anything was, and the log-in that is under way."""

    greeting: bytes | None = None
    log_in: LogIn = field(default_factory=lambda: LogIn("pop", _MORE))


def dissect(message: Message) -> Iterator[Row]:
    """Log-ins and how they ended; nothing of mail; as if nothing had been sent before."""
    yield from reader()(message)


def reader() -> Callable[[Message], Iterator[Row]]:
    """What reads the messages of one capture in their order."""
    before = Before(_Begun)
    return lambda message: _read(message, before.of(message))


def _read(message: Message, begun: _Begun) -> Iterator[Row]:
    data = segment(message)
    if begun.greeting is None and not message.from_client:
        begun.greeting = message.data if message.length == len(message.data) else b""
    if data.upper().startswith(b"AUTH "):
        begun.log_in.begin(message, data.partition(b" ")[2])
    else:
        yield from begun.log_in.read(message)
    for line in lines(data):
        yield from _line(line, begun.greeting or b"")


def _line(line: bytes, greeting: bytes) -> Iterator[Row]:
    command, _, argument = line.upper().partition(b" ")
    if line.startswith(_REPLIES):
        kind, refusal = (Kind.RESPONSE, "") if line.startswith(b"+OK") else (Kind.REFUSAL, "-ERR")
        yield Operation(Verb.UNKNOWN, "reply", kind, refusal=refusal, filter="pop")
    elif command == b"PASS":
        yield from login("PASS", "user-password", "pop", of_password(line.partition(b" ")[2]))
    elif command == b"APOP":
        user, _, shown = line.partition(b" ")[2].strip().rpartition(b" ")
        yield from login("APOP", "digest", "pop", apop(user, greeting, shown))
    elif command == b"AUTH" and argument:
        sent = line.partition(b" ")[2]
        yield from login("AUTH", mechanism(sent.split(b" ")[0]), "pop", by_mechanism(sent))
    elif command == b"STLS":
        yield Session(encrypted=False, detail=said("upgraded by {name}", name="STLS"))
    elif command in _COMMANDS:
        yield Operation(Verb.READ if command in (b"RETR", b"LIST") else Verb.SESSION, command.decode(), filter="pop")
        yield Session(encrypted=False)


PROTOCOL = Protocol(
    name=NAME,
    title="POP3",
    framing=on_port(NAME, 110, sync=TEXT, delimiter=LINES),
    cases=(
        *greeting_cases(NAME, (*magic(0, b"+OK"), Within(ord("<"), range(0x21, 0x7F))), word(b"APOP ")),
        *exchange_cases(NAME, (word(b"AUTH "),), goes_on=_MORE),
        *cases(NAME, *(magic(0, r) for r in _REPLIES), *(word(c) for c in _COMMANDS)),
    ),
    probe=probe,
    proof=proof,
    dissect=dissect,
    reader=reader,
    verbs=frozenset(VERBS),
    specification="RFC 1939 sections 3 to 7, RFC 5034, RFC 2595 section 4",
    industrial=False,
    log_ins_answered=True,
    more_framings=(
        opening(NAME, *magic(0, b"+OK "), delimiter=LINES),  # "+OK" alone is an answer of Redis, too
        session(NAME, *TEXT, delimiter=LINES),
    ),
    display_filter="pop",
)
