"""rlogin: who logs in from where, in clear and often by no more than a name.

Written from RFC 1282.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Range, Role
from scanner.protocols.base import Kind, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.internet._logins import KEEP, on_port, probe, segment

NAME = "rlogin"
_OPENING = re.compile(rb"\0?([ -~]{1,32})\0([ -~]{1,32})\0[\w.+-]{1,40}/\d{2,7}\0")
_PASSWORD = re.compile(rb"(?i)(password|passwd|passphrase)[^\r\n]{0,40}:\s*$")


def proof(message: Message) -> bool:
    """Names of both users, and terminal and speed."""
    return bool(_OPENING.match(message.data))


def dissect(message: Message) -> Iterator[Row]:
    """The opening and prompts for passwords; nothing of what is typed or shown."""
    data = segment(message)
    if _OPENING.match(data):
        yield Operation(Verb.AUTHENTICATE, "log-in", Kind.NOTICE, filter="rlogin")
        yield Session(credentials="user-name", encrypted=False)
    elif _PASSWORD.search(data[-80:]):
        yield Operation(Verb.AUTHENTICATE, "Password prompt", Kind.NOTICE, filter="rlogin")
        yield Session(credentials="user-password", encrypted=False)


PROTOCOL = Protocol(
    name=NAME,
    title="rlogin",
    framing=on_port(NAME, 513),
    cases=(
        Case(NAME, (Byte(0, 0),), (Range(0),), Role.NOTICE, keep=128),
        Case(NAME, (Byte(-1, b" :"),), (Range(0),), Role.NOTICE, keep=KEEP),
        Case(NAME, (Byte(-1, 0),), (Range(0),), Role.NOTICE, keep=128),
        Case(NAME, (), (Range(0, 0),), Role.NOTICE, keep=4),
    ),
    probe=probe,
    proof=proof,
    dissect=dissect,
    verbs=frozenset({Verb.AUTHENTICATE}),
    unread=("credentials",),
    specification="RFC 1282",
    industrial=False,
)
