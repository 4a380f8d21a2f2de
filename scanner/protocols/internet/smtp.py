"""SMTP: who logs in with what, and whether the session was protected.

Written from RFC 5321 sections 3 and 4, RFC 4954 (AUTH) and RFC 3207 (STARTTLS).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from scanner.framing.language import Byte
from scanner.protocols.base import Identity, Kind, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.before import Before
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

NAME = "smtp"
_WORDS = (b"EHLO", b"HELO", b"AUTH", b"STARTTLS", b"MAIL FROM:", b"RCPT TO:", b"DATA", b"RSET", b"QUIT", b"VRFY")
_COMMAND = re.compile(rb"(?i)(EHLO|HELO|AUTH|STARTTLS|MAIL|RCPT|DATA|RSET|QUIT|VRFY|EXPN|BDAT)(?: +(.*)|\r?)")
_REPLY = re.compile(rb"([2-5])[0-9]{2}(?:[ -].*)?")
_GREETING = re.compile(rb"220[ -].*\bE?SMTP\b.*")
_DIGITS = (Byte(0, b"2345"), Byte(1, b"012345"), Byte(2, b"0123456789"), Byte(3, b" \r"))
_GOES_ON = (*_DIGITS[:3], Byte(3, b"-"))
_MORE = b"334"  # is asked for, what a log-in sends, whose outcome is yet to come
_HELLO = (Byte(0, b"EeHh"), Byte(1, b"HhEe"), *word(b"LO ", 2))


def proof(message: Message) -> bool:
    """A greeting that says so, or a command with its argument."""
    own = (b"EHLO ", b"HELO ", b"MAIL FROM:", b"RCPT TO:", b"STARTTLS")
    return bool(_GREETING.match(message.data)) or message.data.upper().startswith(own)


def dissect(message: Message) -> Iterator[Row]:
    """Log-ins and how they ended; nothing of mail and of who writes to whom; as if nothing had been sent before."""
    yield from reader()(message)


def reader() -> Callable[[Message], Iterator[Row]]:
    """What reads the messages of one capture in their order."""
    before = Before(lambda: LogIn("smtp", _MORE))
    return lambda message: _read(message, before.of(message))


def _read(message: Message, log_in: LogIn) -> Iterator[Row]:
    data = segment(message)
    if data.upper().startswith(b"AUTH "):
        log_in.begin(message, data.partition(b" ")[2])
    else:
        yield from log_in.read(message)
    for line in lines(data):
        if command := _COMMAND.fullmatch(line):
            yield from _command(command[1].decode().upper(), command[2] or b"")
        elif (reply := _REPLY.fullmatch(line)) and line[3:4] != b"-":
            refused = reply[1] in b"45"
            code = line[:3].decode()
            if code == "235":
                yield Session(authenticated=True)
            if not line.startswith((b"220", b"334")):
                kind = Kind.REFUSAL if refused else Kind.RESPONSE
                yield Operation(Verb.UNKNOWN, "reply", kind, code=code, refusal=code if refused else "", filter="smtp")
    if _GREETING.match(data) and (product := re.search(rb"E?SMTP (\w[\w.-]{1,30})", data)):
        yield Identity("software", product[1].decode("ascii", "replace"))


def _command(name: str, argument: bytes) -> Iterator[Row]:
    if name == "AUTH":
        chosen = argument.split(b" ")[0]
        yield from login("AUTH", mechanism(chosen), "smtp", by_mechanism(argument))
    elif name == "STARTTLS":
        yield Session(encrypted=False, detail=said("upgraded by {name}", name="STARTTLS"))
    else:
        verb = Verb.WRITE if name in ("DATA", "BDAT") else Verb.SESSION
        yield Operation(verb, name, filter="smtp")
        yield Session(encrypted=False)


PROTOCOL = Protocol(
    name=NAME,
    title="SMTP",
    framing=on_port(NAME, 25, 587, 2525, sync=TEXT, delimiter=LINES),
    cases=(
        *exchange_cases(NAME, (word(b"AUTH "),), goes_on=_MORE, answers=True),
        *cases(NAME, _DIGITS, *(word(w) for w in _WORDS), notices=(_GOES_ON,)),
    ),
    probe=probe,
    proof=proof,
    dissect=dissect,
    reader=reader,
    verbs=frozenset(VERBS),
    specification="RFC 5321 sections 3 and 4, RFC 4954, RFC 3207",
    industrial=False,
    more_framings=(opening(NAME, *_HELLO, delimiter=LINES), session(NAME, *TEXT, delimiter=LINES)),
)
