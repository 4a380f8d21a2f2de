"""What small protocols with a log-in share: framings by segments, words in either case, kinds of credentials.

Each line or segment of such a connection is one message; an opening that can be recognised
anywhere leads over to what can not. Of what is typed no more is kept than tells what it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from scanner.framing.language import Byte, Case, Delimiter, Framing, Line, Range, Role, Sync, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Row, Session, Verb
from scanner.protocols.common import default_log_ins
from scanner.wording import joined, verbatim

KEEP = 1024  # bytes of a segment that may hold a log-in
LINES = Line(KEEP)
TEXT = (Byte(0, {9, 10, 13, *range(0x20, 0x7F), *range(0x80, 0x100)}),)  # a line's first; a TLS record has another
# A TLS record of any version (RFC 8446 section 5.1) or of TLCP: what follows an upgrade is a protocol of its own.
TLS_RECORD = (Byte(0, range(20, 25)), Byte(1, (1, 3)), Byte(2, range(5)), Byte(3, range(0x49)))
_SEGMENTS = Whole(joins=16)
GROWING = Whole(grows=True)
_KNOWN = {*("CRAM-MD5", "DIGEST-MD5", "EXTERNAL", "GSSAPI", "GSS-SPNEGO", "NTLM", "ANONYMOUS", "OTP", "SECURID")}
_SCRAM = re.compile(r"SCRAM-SHA-?\d{1,3}(-\d{3})?(-PLUS)?")
_PLAIN = {"PLAIN", "LOGIN", "CLEARTEXT", "XIMSS"}
_BEARER = {"XOAUTH2", "OAUTHBEARER", "XOAUTH", "X-FACEBOOK-PLATFORM", "X-TOKEN"}


def opening(name: str, *sync: Sync, form: str = "opening", delimiter: Delimiter = _SEGMENTS) -> Framing:
    """A first message that shows by itself what the connection is; ``form``: which, where there are several."""
    return Framing(f"{name}-{form}", delimiter, sync, {"tcp": ()}, 1, then=f"{name}-session", unless=TLS_RECORD)


def session(name: str, *sync: Sync, delimiter: Delimiter = _SEGMENTS, unless: tuple[Byte, ...] = TLS_RECORD) -> Framing:
    """What follows an opening."""
    return Framing(f"{name}-session", delimiter, sync, {"tcp": ()}, 1, anywhere=False, unless=unless)


def on_port(
    name: str,
    *ports: int,
    sync: tuple[Sync, ...] = (),
    delimiter: Delimiter = _SEGMENTS,
    unless: tuple[Byte, ...] = TLS_RECORD,
) -> Framing:
    """Messages on a port of the protocol, of which one has to prove it."""
    return Framing(name, delimiter, sync, {"tcp": ports}, 1, anywhere=False, unless=unless)


def word(text: bytes, at: int = 0) -> tuple[Byte, ...]:
    """Tests for a word in either case."""
    return tuple(Byte(at + i, {c, c ^ 0x20} if 65 <= c & 0xDF <= 90 else {c}) for i, c in enumerate(text))


def cases(name: str, *tests: tuple[Byte, ...], notices: tuple[tuple[Byte, ...], ...] = ()) -> Iterator[Case]:
    """Messages that meet one of the tests are told apart by all their bytes; all others are one message. notices: tests
    that come first, of those that answer nothing.
    """
    for when in notices:
        yield Case(name, when, (Range(0),), Role.NOTICE, keep=KEEP)
    for when in tests:
        yield Case(name, when, (Range(0),), Role.BY_SIDE, keep=KEEP)
    yield Case(name, (), (Range(0, 0),), Role.NOTICE, keep=4)


def probe(message: Message) -> bool:
    """Any segment: what proves the protocol is in its words, which each protocol knows (``Protocol.proof``)."""
    return message.transport == "tcp" and bool(message.data)


def segment(message: Message) -> bytes:
    """The bytes of a segment. Malformed when there are none."""
    if not message.data:
        raise Malformed("no bytes")
    return message.data


def lines(data: bytes) -> list[bytes]:
    """The lines of a segment without their ends."""
    return [line for line in re.split(rb"\r?\n", data) if line]


def mechanism(name: bytes) -> str:
    """The kind of credentials that a SASL mechanism sends (IANA registry of SASL mechanisms)."""
    said = name.decode("ascii", "replace").upper()
    if said in _PLAIN:
        return "user-password"
    if said in _BEARER:
        return "bearer"
    if said in ("GSSAPI", "GS2-KRB5", "GSS-SPNEGO", "NTLM", "MSN"):
        return "negotiate"
    if said == "ANONYMOUS":
        return "anonymous"
    return "digest" if said in ("DIGEST-MD5", "CRAM-MD5") else "challenge"


def known_mechanism(name: bytes) -> str:
    """A SASL mechanism by its name, if there is one of that name."""
    said = name.decode("ascii", "replace").upper()
    return said if said in _KNOWN | _PLAIN | _BEARER or _SCRAM.fullmatch(said) else ""


def by_mechanism(argument: bytes) -> str:
    """Which SASL mechanism is chosen, and of a password that comes with it whether it is a known default."""
    name, _, response = argument.strip().partition(b" ")
    told = default_log_ins.of_sasl(response) if response and name.upper() == b"PLAIN" else ""
    return joined((verbatim(known_mechanism(name)), told)) if told else known_mechanism(name)


def login(function: str, kind: str, shown_by: str, detail: str = "", asks: Kind = Kind.REQUEST) -> Iterator[Row]:
    """A log-in that is asked for, and what it sends. An answer to a server's challenge is no password in clear."""
    yield Operation(Verb.AUTHENTICATE, function, asks, detail=detail, filter=shown_by)
    yield Session(credentials=kind, encrypted=False)


VERBS: Iterable[Verb] = (Verb.AUTHENTICATE, Verb.SESSION, Verb.READ, Verb.WRITE, Verb.UNKNOWN)
