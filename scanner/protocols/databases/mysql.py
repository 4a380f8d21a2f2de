"""MySQL and MariaDB: how clients log in, on any port by the server's greeting.

Written from the MySQL client/server protocol documentation, "Connection Phase" (HandshakeV10, HandshakeResponse41,
AuthSwitchRequest).
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Range, Role, Size
from scanner.protocols.base import Identity, Kind, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.text import printable
from scanner.protocols.internet._logins import KEEP, VERBS, login, on_port, opening, segment, session
from scanner.protocols.internet._logins import probe as any_segment
from scanner.wording import said

NAME = "mysql"
_DIGITS = range(0x30, 0x3A)
_GREETING = (Byte(2, 0), Byte(3, 0), Byte(4, 10), Byte(5, _DIGITS), Byte(6, b".0123456789"), Size(30, 300))
_RESPONSE = (Byte(2, 0), Byte(3, (1, 2)))
_REFUSAL = (Byte(2, 0), Byte(4, 0xFF), Byte(5, 0x15), Byte(6, 4))  # ERR 1045: access denied
_TLS = 0x08  # CLIENT_SSL in the second byte of the capabilities
_SSL_REQUEST = 36  # bytes of a response that only asks for TLS
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


def dissect(message: Message) -> Iterator[Row]:
    """The server's version, how the client logs in and with what outcome; no statement and no data."""
    data = segment(message)
    if _greets(data):
        version = printable(data[5 : data.find(b"\0", 5)])
        yield Operation(Verb.SESSION, "greeting", Kind.NOTICE, filter="mysql")
        yield Session(encrypted=False)
        yield Identity("software", f"MySQL {version}"[:80])
    elif message.from_client and data[:4] == b"\x20\0\0\1" and len(data) >= _SSL_REQUEST and data[5] & _TLS:
        yield Session(detail=said("upgraded by {name}", name="CLIENT_SSL"))
    elif message.from_client and data[3:4] in b"\1\3" and len(data) > _SSL_REQUEST:
        kind = next((kind for plugin, kind in _PLUGINS.items() if plugin in data), "challenge")
        yield from login("log-in", kind, "mysql")
    elif data[4:5] == b"\xfe" and b"mysql_clear_password" in data:
        yield Session(credentials="user-password", encrypted=False)
    elif not message.from_client and data[3:4] in b"\2\3\4\5\6\7" and data[4:5] == b"\0":
        yield Operation(Verb.AUTHENTICATE, "log-in", Kind.RESPONSE, filter="mysql")
        yield Session(authenticated=True)
    elif data[4:7] == b"\xff\x15\x04":
        yield Operation(Verb.AUTHENTICATE, "log-in", Kind.REFUSAL, refusal="access denied", filter="mysql")


PROTOCOL = Protocol(
    name=NAME,
    title="MySQL",
    framing=on_port(NAME, 3306, unless=_RECORD),
    cases=(
        Case(NAME, _GREETING, (Range(0),), Role.NOTICE, keep=300),
        Case(NAME, _REFUSAL, (Range(0, 7),), Role.RESPONSE, keep=64),
        Case(NAME, (Byte(2, 0), Byte(4, 0xFE)), (Range(0),), Role.NOTICE, keep=128),
        Case(NAME, (Byte(2, 0), Byte(3, range(2, 8)), Byte(4, 0), Size(11)), (Range(0, 5),), Role.RESPONSE, keep=16),
        Case(NAME, _RESPONSE, (Range(0),), Role.REQUEST, keep=KEEP),
        Case(NAME, (), (Range(0, 0),), Role.NOTICE, keep=4),
    ),
    probe=probe,
    proof=proof,
    dissect=dissect,
    verbs=frozenset(VERBS),
    specification="MySQL client/server protocol: Connection Phase",
    industrial=False,
    more_framings=(opening(NAME, *_GREETING), session(NAME, unless=_RECORD)),
)
