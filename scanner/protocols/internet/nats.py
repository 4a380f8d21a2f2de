"""NATS: who logs in to the message server with what, on any port by its greeting or the client's first message.

Written from the NATS client protocol (docs.nats.io, "Client Protocol"): INFO, CONNECT with its options in JSON, -ERR.
What is published and subscribed to is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.framing.language import magic
from scanner.protocols.base import Kind, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.internet._logins import VERBS, cases, login, on_port, opening, probe, segment, session, word

NAME = "nats"
_CONNECT = re.compile(rb"(?i)(?:\A|\n)CONNECT[ \t]+\{")
_PROOF = re.compile(
    rb'(?i)(?:INFO[ \t]+\{.*"server_id"|CONNECT[ \t]+\{.*"(?:verbose|pedantic|tls_required|lang)")', re.DOTALL
)
_SENT = (  # option of CONNECT -> what it is
    (re.compile(rb'"pass"\s*:\s*"[^"]'), "user-password"),
    (re.compile(rb'"auth_token"\s*:\s*"[^"]'), "bearer"),
    (re.compile(rb'"(?:jwt|nkey|sig)"\s*:\s*"[^"]'), "challenge"),  # a signature of the server's nonce
)


def proof(message: Message) -> bool:
    """A greeting or a log-in with an option that they always have."""
    return _PROOF.match(message.data) is not None


def dissect(message: Message) -> Iterator[Row]:
    """Log-ins and refusals; of what is sent nothing."""
    data = segment(message)
    if not message.from_client:
        if data[:4].upper() == b"-ERR":
            yield Operation(Verb.UNKNOWN, "reply", Kind.REFUSAL, refusal="-ERR")
        elif data[:5].upper() == b"INFO ":
            yield Operation(Verb.SESSION, "INFO", Kind.NOTICE)
    elif found := _CONNECT.search(data):
        options = data[found.end() :].partition(b"\n")[0]
        kind = next((kind for pattern, kind in _SENT if pattern.search(options)), "")
        if kind:
            yield from login("CONNECT", kind, "", asks=Kind.UNCONFIRMED)
        elif message.length > len(data):  # the rest of its options was not kept
            yield Session(encrypted=False, unread=("credentials",))
        else:
            yield Operation(Verb.SESSION, "CONNECT", Kind.NOTICE)
            yield Session(credentials="none", encrypted=False)


PROTOCOL = Protocol(
    name=NAME,
    title="NATS",
    framing=on_port(NAME, 4222),
    cases=tuple(cases(NAME, word(b"CONNECT "), word(b"INFO "), magic(0, b"-"))),
    probe=probe,
    proof=proof,
    dissect=dissect,
    verbs=frozenset(VERBS),
    display_filter="tcp.port == 4222",  # Wireshark has no dissector for it
    specification="NATS client protocol: INFO, CONNECT, -ERR",
    industrial=False,
    more_framings=(
        opening(NAME, *word(b"INFO {")),
        opening(NAME, *word(b"CONNECT {"), form="login"),
        session(NAME),
    ),
)
