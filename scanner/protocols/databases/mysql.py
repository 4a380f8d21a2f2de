"""MySQL and MariaDB: how clients log in, on any port by the server's greeting.

Written from the MySQL client/server protocol documentation, "Connection Phase" (HandshakeV10, HandshakeResponse41,
AuthSwitchRequest).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from scanner.framing.language import Byte, Case, Range, Role, SentBy, Size
from scanner.protocols.base import Identity, Kind, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.before import Before, in_order
from scanner.protocols.common.default_log_ins import UNTOLD, of_log_in, of_proof
from scanner.protocols.common.text import printable
from scanner.protocols.internet._logins import KEEP, VERBS, login, on_port, opening, segment, session
from scanner.protocols.internet._logins import probe as any_segment
from scanner.wording import Said, said

NAME = "mysql"
_DIGITS = range(0x30, 0x3A)
_GREETING = (Byte(2, 0), Byte(3, 0), Byte(4, 10), Byte(5, _DIGITS), Byte(6, b".0123456789"), Size(30, 300))
_RESPONSE = (Byte(2, 0), Byte(3, (1, 2)))
_REFUSAL = (Byte(2, 0), Byte(4, 0xFF), Byte(5, 0x15), Byte(6, 4))  # ERR 1045: access denied
_NEW = 0x82  # there, too: CLIENT_PROTOCOL_41 and CLIENT_SECURE_CONNECTION, with the length of the proof in front of it
_TLS = 0x08  # CLIENT_SSL in the second byte of the capabilities
_SSL_REQUEST = 36  # bytes of a response that only asks for TLS
_HEADER, _LONG = 4, 20  # bytes of a packet's header, and of a scramble
# How a password is proved, by the bytes: mysql_native_password, and what caching_sha2_password tries first.
_PROOFS = {20: "sha1", 32: "sha256"}
# Records of TLS 1.0 and later, which no packet of less than 64 KB begins like (its length comes first, low byte first).
_RECORD = (Byte(0, range(20, 25)), Byte(1, 3), Byte(2, range(1, 5)), Byte(3, range(0x49)))
_PLUGINS = {
    b"mysql_clear_password": "user-password",
    b"dialog": "user-password",
    b"mysql_old_password": "digest",
    b"mysql_native_password": "challenge",
    b"caching_sha2_password": "challenge",
    b"sha256_password": "challenge",
    b"client_ed25519": "challenge",
    b"authentication_windows_client": "negotiate",
}


def _greets(data: bytes) -> bool:
    """A packet of its own length and number 0 that begins with protocol 10 and a version in text."""
    if len(data) < 30 or data[2] or data[3] or data[4] != 10:
        return False
    version = data[5 : data.find(b"\0", 5)]
    return int.from_bytes(data[:3], "little") + 4 == len(data) and bool(version) and version[:1].isdigit()


def probe(message: Message) -> bool:
    """Any segment, but the first of a client that is no packet: less than 64 KB, and a small number."""
    packet = message.data[2:3] in (b"\0", b"") and message.data[3:4] <= b"\5"
    return any_segment(message) and (packet or message.from_client is not True)


def proof(message: Message) -> bool:
    """The greeting, or a response that names a plugin."""
    return _greets(message.data) or (message.data[3:4] == b"\1" and any(p in message.data for p in _PLUGINS))


@dataclass(slots=True)
class _Begun:
    """What was said of a log-in: the user, and the number that goes into what proves the password."""

    user: bytes | None = None
    scramble: bytes = b""


def dissect(message: Message) -> Iterator[Row]:
    """The server's version, how the client logs in and with what outcome, as if nothing had been sent before; no
    statement and no data.
    """
    yield from reader()(message)


def reader() -> Callable[[Message], Iterator[Row]]:
    """What reads the messages of one capture in their order."""
    before = Before(_Begun)
    return lambda message: _read(message, before.of(message))


def _read(message: Message, begun: _Begun) -> Iterator[Row]:
    data = segment(message)
    if _greets(data):
        begun.scramble = _scramble(data)
        version = printable(data[5 : data.find(b"\0", 5)])
        yield Operation(Verb.SESSION, "greeting", Kind.NOTICE, filter="mysql")
        yield Session(encrypted=False)
        yield Identity("software", f"MySQL {version}"[:80])
    elif message.from_client and data[:4] == b"\x20\0\0\1" and len(data) >= _SSL_REQUEST and data[5] & _TLS:
        yield Session(detail=said("upgraded by {name}", name="CLIENT_SSL"))
    elif message.from_client and data[3:4] in b"\1\3" and len(data) > _SSL_REQUEST:
        kind = next((kind for plugin, kind in _PLUGINS.items() if plugin in data), "challenge")
        begun.user, shown = _user(data) or (None, b"")
        found = UNTOLD if kind == "user-password" else _compared(begun, shown)
        yield from login("log-in", kind, "mysql", found)
    elif message.from_client and data[3:4] == b"\3" and len(data) - _HEADER in (0, *_PROOFS) and begun.user is not None:
        yield from login("log-in", "challenge", "mysql", _compared(begun, data[_HEADER:]))
    elif data[4:5] == b"\xfe":
        begun.scramble = data.rstrip(b"\0")[-_LONG:]
        if b"mysql_clear_password" in data:
            yield Session(credentials="user-password", encrypted=False)
    elif not message.from_client and data[3:4] in b"\2\3\4\5\6\7" and data[4:5] == b"\0":
        yield Operation(Verb.AUTHENTICATE, "log-in", Kind.RESPONSE, filter="mysql")
        yield Session(authenticated=True)
    elif data[4:7] == b"\xff\x15\x04":
        yield Operation(Verb.AUTHENTICATE, "log-in", Kind.REFUSAL, refusal="access denied", filter="mysql")


def _scramble(data: bytes) -> bytes:
    """The number that a greeting asks to take in: 8 bytes behind the version and the number of the thread, 12 more
    behind what the server can.
    """
    at = data.find(b"\0", 5) + 5
    return data[at : at + 8] + data[at + 27 : at + 39]


def _user(data: bytes) -> tuple[bytes, bytes] | None:
    """The user of a response, and what proves the password; None where that is written otherwise."""
    end = data.find(b"\0", _SSL_REQUEST)
    if end < 0 or len(data) <= end + 1 or data[5] & _NEW != _NEW:
        return None
    size = data[end + 1]
    shown = data[end + 2 : end + 2 + size]
    return (data[_SSL_REQUEST:end], shown) if len(shown) == size else None


def _compared(begun: _Begun, shown: bytes) -> Said:
    """What is told of a user by his response to the scramble; of an empty one, that he sends no password."""
    if begun.user is None or len(begun.scramble) != _LONG:
        return UNTOLD
    if not shown:
        return of_log_in(begun.user, b"")
    name = _PROOFS.get(len(shown))
    if name is None:
        return UNTOLD

    def proves(password: bytes) -> bool:
        def of(data: bytes) -> bytes:
            return hashlib.new(name, data, usedforsecurity=False).digest()

        once = of(password)
        twice = of(once)
        mask = of(begun.scramble + twice) if name == "sha1" else of(twice + begun.scramble)
        return bytes(a ^ b for a, b in zip(once, mask, strict=True)) == shown

    return of_proof(begun.user, proves)


PROTOCOL = Protocol(
    name=NAME,
    title="MySQL",
    framing=on_port(NAME, 3306, unless=_RECORD),
    cases=(
        in_order(NAME, _GREETING, Role.NOTICE, keep=300),
        Case(NAME, _REFUSAL, (Range(0, 7),), Role.RESPONSE, keep=64),
        in_order(NAME, (Byte(2, 0), Byte(3, 2), Byte(4, 0xFE)), Role.NOTICE, keep=128),
        Case(NAME, (Byte(2, 0), Byte(4, 0xFE)), (Range(0),), Role.NOTICE, keep=128),
        *(
            in_order(
                NAME,
                (SentBy(client=True), Byte(0, size), Byte(3, 3), Size(_HEADER + size, _HEADER + size)),
                Role.REQUEST,
                keep=KEEP,
            )
            for size in (0, *_PROOFS)
        ),
        Case(NAME, (Byte(2, 0), Byte(3, range(2, 8)), Byte(4, 0), Size(11)), (Range(0, 5),), Role.RESPONSE, keep=16),
        in_order(NAME, _RESPONSE, Role.REQUEST, keep=KEEP),
        Case(NAME, (), (Range(0, 0),), Role.NOTICE, keep=4),
    ),
    probe=probe,
    proof=proof,
    dissect=dissect,
    reader=reader,
    verbs=frozenset(VERBS),
    specification="MySQL client/server protocol: Connection Phase",
    industrial=False,
    more_framings=(opening(NAME, *_GREETING), session(NAME, unless=_RECORD)),
)
