"""VNC: versions of the remote framebuffer protocol and how it asks who is there, on any TCP port.

Written from RFC 6143 sections 7.1.1 (ProtocolVersion), 7.1.2 (security types) and 8.1.2, with the numbers of IANA's
registry. The security types are the first thing that a server says behind the versions; version 3.3 decides for one,
later ones offer a list, of which the client takes one. Of VeNCrypt, written from the community's rfbproto (section
7.2.16), the subtype that the client takes is read. What follows is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Line, Range, Role, SentBy, Size, Test, Whole, magic
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.internet._logins import TLS_RECORD
from scanner.wording import said

_GREETING = magic(0, b"RFB 0")
FRAMING = Framing(
    name="rfb",
    delimiter=Line(12),
    sync=_GREETING,
    ports={"tcp": tuple(range(5900, 5910))},
    confirmations=1,
    then="rfb-version",
)
# The client's answer, the server's security types, the rest: each stage is one message.
_SHORT = Whole(joins=16)
VERSION = Framing("rfb-version", Line(12), _GREETING, {"tcp": ()}, confirmations=1, anywhere=False, then="rfb-security")
SECURITY = Framing("rfb-security", _SHORT, (), {"tcp": ()}, confirmations=1, anywhere=False, then="rfb-session")
SESSION = Framing("rfb-session", _SHORT, (), {"tcp": ()}, confirmations=1, anywhere=False, unless=TLS_RECORD)

_VERSION = re.compile(rb"RFB (\d{3})\.(\d{3})\n")
_NONE, _CHALLENGE, _VENCRYPT = 1, 2, 19
TYPES = {
    _NONE: "None",
    _CHALLENGE: "VNC Authentication",
    5: "RA2",
    6: "RA2ne",
    16: "Tight",
    17: "Ultra",
    18: "TLS",
    _VENCRYPT: "VeNCrypt",
    20: "SASL",
    21: "MD5 hash authentication",
    22: "xvp",
    30: "Apple Remote Desktop",
    **dict.fromkeys((*range(7, 16), *range(128, 256)), "RealVNC"),
}
_READ = {_NONE, _CHALLENGE, 5, 6, 18}  # no password in clear; the log-in of all others is not looked at, and may be one
_TAKEN = TYPES.keys() - {_NONE}  # its number also says that the client shares the screen
_SUBTYPES = ("Plain", "TLSNone", "TLSVnc", "TLSPlain", "X509None", "X509Vnc", "X509Plain", "TLSSASL", "X509SASL")
_SUBTYPE = magic(0, b"\0\0\1")
_POINTER_EVENT = 5
_MOST = 16  # security types that a server offers


def probe(message: Message) -> bool:
    """A ProtocolVersion message, or what follows two of them."""
    later = message.framing in (SECURITY.name, SESSION.name)
    return message.transport == "tcp" and (later or _VERSION.fullmatch(message.data) is not None)


def dissect(message: Message) -> Iterator[Row]:
    """The version: the server offers, the client decides; then the security types."""
    if message.framing == SESSION.name:
        yield from _choice(message)
        return
    if message.framing == SECURITY.name:
        yield from _security(message)
        return
    version = _VERSION.fullmatch(message.data)
    if version is None:
        raise Malformed("not a ProtocolVersion message")
    name = f"RFB {int(version[1])}.{int(version[2])}"
    calls = message.framing == FRAMING.name and message.from_client  # the server speaks first
    detail = said("the server calls its viewer") if calls else ""
    yield Operation(Verb.SESSION, "ProtocolVersion", Kind.NOTICE, detail=detail, filter="vnc")
    yield Session(version=name) if message.from_client else Session(version_offered=(name,))


def _security(message: Message) -> Iterator[Row]:
    """What the server asks for, if this is it: its own message, one number or a list."""
    data = message.data
    if message.from_client or message.length > len(data):
        return
    if len(data) == 4 and not any(data[:3]):
        offered = [data[3]]
    elif data and 1 <= data[0] <= _MOST and len(data) == 1 + data[0]:
        offered = list(data[1:])
    else:
        return
    names = [TYPES.get(number, f"type {number}") for number in offered if number]
    if not names:
        return  # refused, for a reason that follows
    yield Operation(Verb.SESSION, "Security types", Kind.NOTICE, detail=", ".join(names), filter="vnc")
    if not _READ.intersection(offered) and offered != [_VENCRYPT]:
        yield Session(unread=("credentials",))
    yield Session(
        credentials="none" if _NONE in offered else "",
        detail=said("security types offered: {names}", names=", ".join(names)),
    )


def _choice(message: Message) -> Iterator[Row]:
    """What the client takes of a list, and of those of VeNCrypt, of which all but the first are inside TLS."""
    data = message.data
    if not message.from_client or message.length != len(data):
        return
    if len(data) == 1 and data[0] in _TAKEN:
        unread = () if data[0] in _READ else ("credentials",)
        yield Session(detail=said("security type taken: {name}", name=TYPES[data[0]]), unread=unread)
    elif len(data) == 4 and data[:3] == b"\0\0\1" and data[3] < len(_SUBTYPES):
        name = f"VeNCrypt {_SUBTYPES[data[3]]}"
        yield Session(detail=said("security type taken: {name}", name=name), read=("credentials",) if data[3] else ())


def _list_of(count: int) -> tuple[Test, ...]:
    """Tests for a list of security types. Five of them are as long as a pointer event, which begins with 5 too."""
    known = tuple(Byte(at, TYPES.keys()) for at in range(1, 6)) if count == _POINTER_EVENT else ()
    return (Byte(0, count), Size(1 + count, 1 + count), *known)


_NAME = "vnc"
PROTOCOL = Protocol(
    name=_NAME,
    title="VNC",
    framing=FRAMING,
    cases=(
        Case(_NAME, _GREETING, (Range(0, 12),), Role.NOTICE, keep=12),
        *(Case(_NAME, _list_of(count), (Range(0),), Role.NOTICE, keep=32) for count in range(1, _MOST + 1)),
        Case(_NAME, (*magic(0, bytes(3)), Size(4, 4)), (Range(0),), Role.NOTICE, keep=4),
        Case(_NAME, (Byte(0, _TAKEN), Size(1, 1), SentBy(client=True)), (Range(0),), Role.NOTICE, keep=1),
        Case(_NAME, (*_SUBTYPE, Size(4, 4), SentBy(client=True)), (Range(0),), Role.NOTICE, keep=4),
        Case(_NAME, (), (Range(0, 0),), Role.NOTICE, keep=8),
    ),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.SESSION}),
    specification="RFC 6143 sections 7.1.1, 7.1.2 and 8.1.2; IANA RFB security types",
    industrial=False,
    more_framings=(VERSION, SECURITY, SESSION),
)
