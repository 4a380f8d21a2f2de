"""IRC: who logs in with what, and that it is spoken at all: it remote-controls malware as well as it carries talk.

Written from RFC 2812 sections 2 and 3, and the IRCv3 specifications of SASL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.framing.language import Byte, Framing, magic
from scanner.protocols.base import Kind, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.internet._logins import (
    LINES,
    TLS_RECORD,
    VERBS,
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

NAME = "irc"
_COMMAND = re.compile(rb"(?i)(NICK|USER|PASS|OPER|JOIN|PRIVMSG|AUTHENTICATE|CAP|PING|PONG|QUIT|STARTTLS)(?: +(.*))?")
_REPLY = re.compile(rb":[^ ]+ (\d{3}) .*")
_WORDS = (b"NICK ", b"USER ", b"PASS ", b"OPER ", b"JOIN ", b"PRIVMSG ", b"AUTHENTICATE ", b"CAP ", b"STARTTLS")
# Of who registers, and of who answers: no digits, with which file servers answer to a PASS.
_REGISTERING = (Byte(0, b":@ACEIJKLMNOPQUWaceijklmnopquw"),)
_SERVICE = re.compile(rb"(?i)(Nick|Chan|Auth)Serv(@\S+)? +:? *(IDENTIFY|REGISTER|AUTH|LOGIN)\b")


def proof(message: Message) -> bool:
    """A reply with a prefix and a number, or the commands that register a user."""
    data = message.data
    return bool(_REPLY.match(data)) or data.upper().startswith((b"NICK ", b"CAP LS", b"JOIN #", b"JOIN &"))


def dissect(message: Message) -> Iterator[Row]:
    """Log-ins and commands by name; nothing of what is said."""
    data = segment(message)
    for line in lines(data):
        if command := _COMMAND.fullmatch(line):
            yield from _command(command[1].decode().upper(), command[2] or b"")


def _command(name: str, argument: bytes) -> Iterator[Row]:
    shown_by = "irc"
    if name in ("PASS", "OPER") or (name == "PRIVMSG" and _SERVICE.match(argument)):
        yield from login(name, "user-password", shown_by, asks=Kind.UNCONFIRMED)
    elif name == "AUTHENTICATE" and argument.isalnum() and argument.isupper():
        yield from login(name, mechanism(argument), shown_by, asks=Kind.UNCONFIRMED)
    else:
        yield Operation(Verb.SESSION, name, Kind.NOTICE, filter=shown_by)
        yield Session(encrypted=False)


_OPENINGS = (
    (b"NICK ", "opening"),
    (b"CAP LS", "capabilities"),
    (b"NOTICE AUTH ", "greeting"),
    (b"JOIN #", "channel"),
    (b"OPER ", "operator"),
    (b"PRIVMSG ", "message"),
)

PROTOCOL = Protocol(
    name=NAME,
    title="IRC",
    framing=on_port(NAME, 6667, delimiter=LINES),
    cases=tuple(cases(NAME, *(word(w) for w in _WORDS), magic(0, b":"))),
    probe=probe,
    proof=proof,
    dissect=dissect,
    verbs=frozenset(VERBS),
    specification="RFC 2812 sections 2 and 3, IRCv3 SASL",
    industrial=False,
    more_framings=(
        *(opening(NAME, *word(text), form=form, delimiter=LINES) for text, form in _OPENINGS),
        # Mail and files have this word, too, but begin with a greeting.
        Framing("irc-password", LINES, word(b"PASS "), {"tcp": ()}, 1, then="irc-registering", unless=TLS_RECORD),
        session(NAME, delimiter=LINES),
        Framing("irc-registering", LINES, _REGISTERING, {"tcp": ()}, 1, anywhere=False, unless=TLS_RECORD),
    ),
)
