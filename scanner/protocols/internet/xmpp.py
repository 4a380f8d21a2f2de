"""XMPP: how clients log in, on any port by the opening of a stream.

Written from RFC 6120 sections 4 to 6.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.framing.language import magic
from scanner.protocols.base import Kind, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.internet._logins import VERBS, cases, login, mechanism, on_port, opening, probe, segment, session
from scanner.wording import said

NAME = "xmpp"
_AUTH = re.compile(rb"<auth\b[^>]*\bmechanism\s*=\s*['\"]([A-Za-z0-9_-]+)['\"]")
_LEGACY = re.compile(rb"<query\b[^>]*jabber:iq:auth.*<(password|digest)>", re.DOTALL)
_STREAM = re.compile(rb"\s*(?:<\?xml[^>]*\?>\s*)?<stream:stream\b")
_OPENINGS = (b"<stream:stream", b"<?xml version='1.0'?><stream:stream", b'<?xml version="1.0"?><stream:stream')


def proof(message: Message) -> bool:
    """The beginning of a stream, or a log-in."""
    return bool(_STREAM.match(message.data) or _AUTH.search(message.data))


def dissect(message: Message) -> Iterator[Row]:
    """Log-ins and their outcome; nothing of what is said. What is not kept of a segment may be a log-in."""
    data = segment(message)
    if message.from_client and message.length > len(data):
        yield Session(unread=("credentials",))
    if found := _AUTH.search(data):
        yield from login("auth", mechanism(found[1]), "xmpp")
    elif legacy := _LEGACY.search(data):
        yield from login("jabber:iq:auth", "user-password" if legacy[1] == b"password" else "digest", "xmpp")
    elif _STREAM.match(data):
        yield Operation(Verb.SESSION, "stream", Kind.NOTICE, filter="xmpp")
        yield Session(encrypted=False)
    elif data.startswith(b"<starttls"):
        yield Session(encrypted=False, detail=said("upgraded by {name}", name="STARTTLS"))
    elif data.startswith(b"<success"):
        yield Operation(Verb.AUTHENTICATE, "auth", Kind.RESPONSE, filter="xmpp")
        yield Session(authenticated=True)
    elif data.startswith(b"<failure"):
        yield Operation(Verb.AUTHENTICATE, "auth", Kind.REFUSAL, refusal="failure", filter="xmpp")


PROTOCOL = Protocol(
    name=NAME,
    title="XMPP",
    framing=on_port(NAME, 5222, 5269),
    cases=tuple(cases(NAME, magic(0, b"<"))),
    probe=probe,
    proof=proof,
    dissect=dissect,
    verbs=frozenset(VERBS),
    specification="RFC 6120 sections 4 to 6, XEP-0078",
    industrial=False,
    more_framings=(
        *(opening(NAME, *magic(0, text), form=f"opening-{n}") for n, text in enumerate(_OPENINGS)),
        session(NAME),
    ),
)
