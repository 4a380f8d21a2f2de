"""IMAP: who logs in with what, on any port by the server's greeting.

Written from RFC 9051 sections 6.1, 6.2 and 7.1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from scanner.framing.language import Byte, magic
from scanner.protocols.base import Kind, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.before import Before
from scanner.protocols.common.default_log_ins import of_log_in
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
from scanner.protocols.internet._sasl import LogIn, exchange_cases
from scanner.wording import said

NAME = "imap"
_COMMAND = re.compile(
    rb"(?i)([A-Za-z0-9.]{1,16}) (LOGIN|AUTHENTICATE|STARTTLS|CAPABILITY|SELECT|EXAMINE|LOGOUT|ID)\b ?(.*)"
)
_BEGINS = re.compile(rb"(?i)[A-Za-z0-9.]{1,16} AUTHENTICATE ")
_MORE = b"+ "  # is asked for
_REPLY = re.compile(rb"(?i)([A-Za-z0-9.]{1,16}|\*) (OK|NO|BAD|PREAUTH|BYE|CAPABILITY)\b.*")
_USER = re.compile(rb'("?)([^" {}]*)\1 ("?)([^"\\{}]*)\3')  # both in one line, as atoms or quoted
_TAG = (Byte(0, frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789*")),)


def proof(message: Message) -> bool:
    """A line of the protocol."""
    return any(_COMMAND.fullmatch(line) or _REPLY.fullmatch(line) for line in lines(message.data)[:2])


def dissect(message: Message) -> Iterator[Row]:
    """Log-ins and how they ended; nothing of mail; as if nothing had been sent before."""
    yield from reader()(message)


def reader() -> Callable[[Message], Iterator[Row]]:
    """What reads the messages of one capture in their order."""
    before = Before(lambda: LogIn("imap", _MORE))
    return lambda message: _read(message, before.of(message))


def _read(message: Message, log_in: LogIn) -> Iterator[Row]:
    data = segment(message)
    if begun := _BEGINS.match(data):
        log_in.begin(message, data[begun.end() :])
    else:
        yield from log_in.read(message)
    for line in lines(data):
        if command := _COMMAND.fullmatch(line):
            yield from _command(command[2].upper(), command[3])
        elif (reply := _REPLY.fullmatch(line)) and reply[1] != b"*":
            refused = reply[2].upper() != b"OK"
            said = reply[2].decode().upper()
            kind = Kind.REFUSAL if refused else Kind.RESPONSE
            yield Operation(Verb.UNKNOWN, "reply", kind, refusal=said if refused else "", filter="imap")


def _command(name: bytes, argument: bytes) -> Iterator[Row]:
    if name == b"LOGIN":
        sent = _USER.fullmatch(argument)
        yield from login("LOGIN", "user-password", "imap", of_log_in(sent[2], sent[4]) if sent else "")
    elif name == b"AUTHENTICATE":
        name = argument.split(b" ")[0]
        yield from login("AUTHENTICATE", mechanism(name), "imap", by_mechanism(argument))
    elif name == b"STARTTLS":
        yield Session(encrypted=False, detail=said("upgraded by {name}", name="STARTTLS"))
    else:
        yield Operation(Verb.SESSION, name.decode(), filter="imap")
        yield Session(encrypted=False)


PROTOCOL = Protocol(
    name=NAME,
    title="IMAP",
    framing=on_port(NAME, 143, sync=TEXT, delimiter=LINES),
    cases=(
        *exchange_cases(NAME, tuple(word(b" AUTHENTICATE ", at) for at in range(1, 17)), goes_on=_MORE),
        *cases(NAME, _TAG, notices=(magic(0, b"* "),)),
    ),
    probe=probe,
    proof=proof,
    dissect=dissect,
    reader=reader,
    verbs=frozenset(VERBS),
    specification="RFC 9051 sections 6.1, 6.2 and 7.1",
    industrial=False,
    log_ins_answered=True,
    more_framings=(opening(NAME, *magic(0, b"* OK "), delimiter=LINES), session(NAME, *TEXT, delimiter=LINES)),
)
