"""STOMP: who logs in to the message broker with what, on any port by its first frame.

Written from the STOMP Protocol Specification, version 1.2 (stomp.github.io): frames of a command, headers, an empty
line, a body and NUL; CONNECT or STOMP with ``login`` and ``passcode``, CONNECTED, ERROR. Bodies are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.framing.language import Byte, magic
from scanner.protocols.base import Kind, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.default_log_ins import of_log_in
from scanner.protocols.internet._logins import VERBS, cases, login, on_port, opening, probe, segment, session

NAME = "stomp"
_END = b"\r\n"  # of a line: version 1.2 allows the first before the second
_HEADER = rb"(?:[\w.-]+:[^\r\n]*\r?\n)+\r?\n"
_FRAME = re.compile(rb"(CONNECT|STOMP|CONNECTED|ERROR)\r?\n" + _HEADER)
_PASSCODE = re.compile(rb"(?:\A|\n)passcode:([^\r\n]+)")
_USER = re.compile(rb"(?:\A|\n)login:([^\r\n]*)")


def proof(message: Message) -> bool:
    """A frame that opens a session, or answers to that, with headers up to an empty line."""
    return _FRAME.match(message.data) is not None


def dissect(message: Message) -> Iterator[Row]:
    """Log-ins and how they ended."""
    data = segment(message)
    command = data.split(b"\n", 1)[0].rstrip(b"\r")
    headers, ended, _ = data.replace(b"\r\n", b"\n").partition(b"\n\n")
    if command in (b"CONNECT", b"STOMP"):
        if password := _PASSCODE.search(headers):
            user = _USER.search(headers)
            told = of_log_in(user[1] if user else b"", password[1]) if ended else ""
            yield from login("CONNECT", "user-password", "", told)
        elif not ended:  # the rest of its headers was not kept, or comes in another segment
            yield Session(encrypted=False, unread=("credentials",))
        else:
            yield Operation(Verb.SESSION, "CONNECT")
            yield Session(credentials="none", encrypted=False)
    elif command == b"CONNECTED":
        yield Operation(Verb.UNKNOWN, "reply", Kind.RESPONSE)
    elif command == b"ERROR":
        yield Operation(Verb.UNKNOWN, "reply", Kind.REFUSAL, refusal="ERROR")


def _frame(command: bytes) -> tuple[Byte, ...]:
    return (*magic(0, command), Byte(len(command), _END))


PROTOCOL = Protocol(
    name=NAME,
    title="STOMP",
    framing=on_port(NAME, 61613),
    cases=tuple(cases(NAME, *(_frame(command) for command in (b"CONNECT", b"STOMP", b"CONNECTED", b"ERROR")))),
    probe=probe,
    proof=proof,
    dissect=dissect,
    verbs=frozenset(VERBS),
    display_filter="tcp.port == 61613",  # Wireshark has no dissector for it
    specification="STOMP Protocol Specification 1.2",
    industrial=False,
    more_framings=(
        opening(NAME, *_frame(b"CONNECT")),
        opening(NAME, *_frame(b"STOMP"), form="version-1.2"),
        session(NAME),
    ),
)
