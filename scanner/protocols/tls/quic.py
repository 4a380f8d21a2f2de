"""QUIC versions 1 and 2 over UDP, on any port: names, protocols and suites of the hellos in its Initial packets.

RFC 8999, RFC 9000 section 17, RFC 9001 section 5, RFC 9369. Drafts and Google's versions are named and not read. What
follows the Initial packets is encrypted for good; what comes without one, in the middle of a connection, is
recognised by nothing but that another connection to the same port was QUIC.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scanner.framing.language import WHOLE, Bits, Byte, Case, Framing, Range, Role, Size, Whole, bits, magic
from scanner.protocols.base import Malformed, Message, Protocol, Row, Verb
from scanner.protocols.tls import _quic_packets as quic
from scanner.protocols.tls._quic_reader import Reader, unread
from scanner.wording import said

_NAME = "quic"
_SMALLEST = 21  # bytes of any packet (RFC 9000 section 10.3)
_SESSION = "quic-session"
_DIGITS = b"0123456789"

_FIRST = 1200  # bytes of a client's first datagram, at the least (RFC 9000 section 14.1)


def _opening(name: str, *tests: Byte) -> Framing:
    size = Size(_FIRST, 0xFFFF)
    return Framing(name=name, delimiter=Whole(), sync=(*tests, size), ports={"udp": ()}, confirmations=1, then=_SESSION)


_LONG = Byte(0, bits(0xC0, 0xC0))
_IDENTIFIER = Byte(5, range(quic.LONGEST_ID + 1))
FRAMING = _opening(_NAME, _LONG, *magic(1, b"\0\0\0\1"), _IDENTIFIER)
SECOND = _opening("quic-2", _LONG, *magic(1, b"\x6b\x33\x43\xcf"), _IDENTIFIER)
# Drafts (ff 00 00 nn), mvfst (fa ce b0 nn), and those of Google with such a header (Q046, T051).
OTHERS = _opening(
    "quic-other",
    _LONG,
    Byte(1, b"\xff\xfaQT"),
    Byte(2, b"\0\xce0"),
    Byte(3, b"\0\xb045"),
    Byte(4, {*range(0x24), *_DIGITS}),
    Byte(5, {*range(quic.LONGEST_ID + 1), 0x50}),  # Q046 has both lengths in one byte
)
# Versions of Google before Q046: flags, 8 bytes of connection id, version.
GOOGLE = _opening("gquic", Byte(0, {0x09, 0x0D}), *magic(9, b"Q0"), Byte(11, b"234"), Byte(12, _DIGITS))
# Behind an opening: short headers, whose first byte says nothing (RFC 9287).
SESSION = Framing(
    name=_SESSION,
    delimiter=Whole(),
    sync=(Size(_SMALLEST),),
    ports={"udp": ()},
    confirmations=1,
    anywhere=False,
    sealed=True,
    unless=(Byte(0, range(20, 25)), Byte(1, 0xFE)),  # DTLS
)


def probe(message: Message) -> bool:
    """A long header whose version and lengths agree, or any packet behind one."""
    data = message.data
    if message.transport != "udp" or len(data) < min(message.length, _SMALLEST):
        return False
    if _google(data):
        return True
    if not data or not data[0] & 0x80:
        return message.framing == _SESSION
    try:
        first = next(quic.packets(data, message.length))
    except Malformed:
        return message.length > len(data)  # cut short
    return first.version == quic.NEGOTIATION or bool(quic.version_name(first.version))


def _google(data: bytes) -> bool:
    return data[:1] in (b"\x09", b"\x0d") and data[9:11] == b"Q0" and data[11:13].isdigit()


def dissect(message: Message) -> Iterator[Row]:
    """The rows of a datagram as if nothing had been sent before it."""
    yield from reader()(message)


def reader() -> Callable[[Message], Iterator[Row]]:
    """What reads the messages of one capture in their order."""
    connections = Reader()

    def read(message: Message) -> Iterator[Row]:
        if not probe(message):
            raise Malformed("no packet of QUIC")
        if _google(message.data):
            yield unread(f"gQUIC {message.data[9:13].decode()}", message)
        elif message.data[:1] >= b"\x80":
            yield from connections.read(message)

    return read


def _initial(first: int, version: int) -> Case:
    when = (Byte(0, bits(0xB0, first)), *magic(1, version.to_bytes(4, "big")))
    return Case(_NAME, when, role=Role.NOTICE, keep=4096, in_order=True, most=4096)


PROTOCOL = Protocol(
    name=_NAME,
    title="QUIC",
    framing=FRAMING,
    usual={"udp": (443, 853)},
    # Initial packets are read in their order; of all others only counts that they are there.
    cases=(
        _initial(0x80, quic.VERSION_1),
        _initial(0x90, quic.VERSION_2),
        Case(_NAME, (Byte(0, bits(0x80, 0x80)), *magic(1, bytes(4))), WHOLE, Role.NOTICE, most=256),
        Case(_NAME, (Byte(0, bits(0x80, 0x80)),), (Bits(0, 0xB0), Range(1, 5)), Role.NOTICE, keep=256),
        Case(_NAME, (Byte(0, {0x09, 0x0D}), *magic(9, b"Q0")), (Range(0, 1), Range(9, 13)), Role.NOTICE, keep=64),
        Case(_NAME, (), (Bits(0, 0x80),), Role.NOTICE, keep=32),
    ),
    probe=probe,
    dissect=dissect,
    reader=reader,
    verbs=frozenset({Verb.SESSION}),
    specification="RFC 9000 sections 12, 17 and 19, RFC 9001 section 5, RFC 9369, RFC 8999",
    industrial=False,
    secured=True,
    more_framings=(SECOND, OTHERS, GOOGLE, SESSION),
    midway=said("handshake not captured"),
)
