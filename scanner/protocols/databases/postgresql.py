"""PostgreSQL: how clients log in, on any port by the start-up message.

Written from the PostgreSQL documentation, part "Frontend/Backend Protocol", sections "Message Flow" and "Message
Formats" (protocol 3.0).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from scanner.framing.language import Byte, Case, Range, Role, Size, magic
from scanner.protocols.base import Kind, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.before import Before, in_order
from scanner.protocols.common.default_log_ins import UNTOLD, of_log_in, of_password, of_proof
from scanner.protocols.internet._logins import KEEP, VERBS, login, on_port, opening, probe, segment, session
from scanner.wording import said

NAME = "postgresql"
_STARTUP = (Byte(0, 0), Byte(1, 0), *magic(4, b"\0\3\0\0"))
_SSL = magic(0, b"\0\0\0\x08\x04\xd2\x16\x2f")
_ASKS = (Byte(0, b"R"), Byte(1, 0), Byte(2, 0), Byte(3, 0))
_PASSWORD = (Byte(0, b"p"), Byte(1, 0), Byte(2, 0))
_REFUSAL = (Byte(0, b"E"), Byte(1, 0), Byte(2, 0))
# AuthenticationXXX: what the server asks for.
_METHODS = {3: "user-password", 5: "digest", 6: "challenge", 7: "negotiate", 9: "negotiate", 10: "challenge"}

_MD5, _SALT = 5, 4
_LETS_IN = (0, 12)  # the second proves the server to a client who has proved himself by SCRAM


def proof(message: Message) -> bool:
    """A start-up message, a request for TLS, or one for a password."""
    data = message.data
    if data.startswith(b"R\0\0\0"):
        return int.from_bytes(data[5:9], "big") in (*_LETS_IN, *_METHODS)
    return data[4:8] == b"\0\3\0\0" or data.startswith(b"\0\0\0\x08\x04\xd2\x16\x2f")


@dataclass(slots=True)
class _Begun:
    """What was said of a log-in: the user, and the salt that goes into a digest."""

    user: bytes = b""
    salt: bytes = b""


def dissect(message: Message) -> Iterator[Row]:
    """How the client logs in and with what outcome, as if nothing had been sent before; no statement and no data."""
    yield from reader()(message)


def reader() -> Callable[[Message], Iterator[Row]]:
    """What reads the messages of one capture in their order."""
    before = Before(_Begun)
    return lambda message: _read(message, before.of(message))


def _read(message: Message, begun: _Begun) -> Iterator[Row]:
    data = segment(message)
    if data == b"S" and not message.from_client:
        yield Session(detail=said("upgraded by {name}", name="SSLRequest"))
    elif data[4:8] == b"\0\3\0\0" and data[:2] == b"\0\0":
        fields = data[8 : int.from_bytes(data[:4], "big")].split(b"\0")
        begun.user = dict(zip(fields[::2], fields[1::2], strict=False)).get(b"user", b"")
        yield Operation(Verb.SESSION, "start-up", Kind.NOTICE, filter="pgsql")
        yield Session(version="PostgreSQL 3.0", encrypted=False)
    elif data.startswith(b"R\0\0\0"):
        method = int.from_bytes(data[5:9], "big")
        begun.salt = data[9:13] if method == _MD5 else b""
        if method in _METHODS:
            yield Session(credentials=_METHODS[method], encrypted=False)
        elif method in _LETS_IN:
            yield Operation(Verb.AUTHENTICATE, "password", Kind.RESPONSE, filter="pgsql")
            yield Session(authenticated=True)
    elif data[:3] == b"p\0\0":
        kind = _sent(data)
        yield from login("password", kind, "pgsql", _compared(kind, data[5:-1], begun))
    elif data[:3] == b"E\0\0":
        refused = b"C28" in data  # class 28: invalid authorization specification
        if refused:
            yield Operation(
                Verb.AUTHENTICATE, "password", Kind.REFUSAL, refusal="invalid authorization", filter="pgsql"
            )


def _compared(kind: str, shown: bytes, begun: _Begun) -> str:
    """What is told of a password, or of the MD5 digest of it, the user and a salt."""
    if kind == "user-password":
        return of_log_in(begun.user, shown) if begun.user else of_password(shown)
    if kind != "digest":
        return ""
    if not (begun.user and len(begun.salt) == _SALT):
        return UNTOLD
    return of_proof(begun.user, lambda p: b"md5" + _md5(_md5(p + begun.user) + begun.salt) == shown.lower())


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).hexdigest().encode()


def _sent(data: bytes) -> str:
    """A password in clear ends with a zero byte; a digest says that it is one; the rest is SASL or a token."""
    body = data[5:]
    if body.startswith(b"md5"):
        return "digest"
    if b"SCRAM-" in body or not body.endswith(b"\0"):
        return "challenge"
    return "user-password"


def _cases() -> Iterator[Case]:
    yield in_order(NAME, _STARTUP, Role.NOTICE, keep=KEEP)
    yield Case(NAME, _SSL, (Range(0, 8),), Role.NOTICE, keep=16)
    yield Case(NAME, (Byte(0, b"S"), Size(1, 1)), (Range(0),), Role.NOTICE, keep=4)
    yield in_order(NAME, (*_ASKS, *magic(5, _MD5.to_bytes(4, "big"))), Role.RESPONSE, keep=KEEP)
    yield Case(NAME, _ASKS, (Range(0, 9),), Role.RESPONSE, keep=64)
    yield in_order(NAME, _PASSWORD, Role.REQUEST, keep=KEEP)
    yield Case(NAME, _REFUSAL, (Range(0),), Role.RESPONSE, keep=256)
    yield Case(NAME, (), (Range(0, 0),), Role.NOTICE, keep=4)


PROTOCOL = Protocol(
    name=NAME,
    title="PostgreSQL",
    framing=on_port(NAME, 5432),
    cases=tuple(_cases()),
    probe=probe,
    proof=proof,
    dissect=dissect,
    reader=reader,
    verbs=frozenset(VERBS),
    specification="PostgreSQL documentation: Frontend/Backend Protocol 3.0, Message Formats",
    industrial=False,
    more_framings=(opening(NAME, *_STARTUP), opening(NAME, *_SSL, form="ssl"), session(NAME)),
    display_filter="pgsql",
)
