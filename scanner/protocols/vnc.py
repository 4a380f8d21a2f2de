"""VNC: the version strings of the remote framebuffer protocol, on any TCP port.

Written from RFC 6143 section 7.1.1. Only the versions are read: which security type was chosen is a byte without any
mark of its own and cannot be told apart by content.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.capture.descriptor import Case, Framing, Line, Range, Role, magic
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb

FRAMING = Framing(
    name="rfb",
    cutter=Line(12),
    sync=magic(0, b"RFB 0"),
    ports={"tcp": tuple(range(5900, 5910))},
    confirmations=1,
)
_VERSION = re.compile(rb"RFB (\d{3})\.(\d{3})\n")


def probe(message: Message) -> bool:
    """A ProtocolVersion message."""
    return message.transport == "tcp" and _VERSION.fullmatch(message.data) is not None


def dissect(message: Message) -> Iterator[Row]:
    """The version; the server offers, the client decides."""
    version = _VERSION.fullmatch(message.data)
    if version is None:
        raise Malformed("not a ProtocolVersion message")
    name = f"RFB {int(version[1])}.{int(version[2])}"
    yield Operation(Verb.SESSION, "ProtocolVersion", Kind.NOTICE, filter="vnc")
    yield Session(version=name) if message.from_client else Session(version_offered=(name,))


PROTOCOL = Protocol(
    name="vnc",
    title="VNC",
    framing=FRAMING,
    cases=(Case("vnc", magic(0, b"RFB 0"), (Range(0),), Role.NOTICE, keep=12),),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.SESSION}),
    specification="RFC 6143 section 7.1.1",
    industrial=False,
)
