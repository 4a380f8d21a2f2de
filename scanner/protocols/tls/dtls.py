"""DTLS 1.0 and 1.2 over UDP, on any port: versions, suites, names and certificates, as far as they are not encrypted.

Written from RFC 6347 (section 4.1 record, 4.2.2 handshake header with fragments). DTLS 1.3 (RFC 9147) shows its hellos
in the same records, of which one may have several messages. Hellos and certificates in fragments are put together
(``_dtls_fragments``); other messages are read from their first one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product, starmap
from typing import NamedTuple

from scanner.framing.language import After, Alike, Byte, Case, Field, Framing, Length, Part, Range, Role, Size, Test
from scanner.protocols.base import Malformed, Message, Protocol, Row, Session, Verb
from scanner.protocols.tls import _handshake as handshake
from scanner.protocols.tls._dtls_fragments import Fragments
from scanner.protocols.tls._secured_ports import registered
from scanner.protocols.tls._unread import OF_CERTIFICATE, OF_KEY_EXCHANGE
from scanner.wording import said

CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA, HEARTBEAT = range(20, 25)
_HEADER, _HANDSHAKE_HEADER = 13, 12
_BODY = _HEADER + _HANDSHAKE_HEADER
# Bytes of a hello that say something: the version, or all up to the suite without an identifier of the session.
_JOINED = (*handshake.HELLOS, handshake.CERTIFICATE, handshake.KEY_EXCHANGE)
_LEAST = {handshake.CLIENT_HELLO: 2, handshake.SERVER_HELLO: 2 + 32 + 1 + 2}

FRAMING = Framing(
    name="dtls",
    delimiter=Length(at=11, width=2, add=_HEADER, minimum=_HEADER + 1, maximum=_HEADER + 18432),
    sync=(Byte(0, range(20, 25)), Byte(1, 0xFE), Byte(2, (0xFF, 0xFD)), Byte(3, 0), Size(_HEADER + 1)),
    ports={"udp": (2221, 4433, 5684, 5061)},
    confirmations=1,
)
# The version that OpenSSL wrote before 0.9.8f, and AnyConnect after that. Of epoch 0 or 1, as its numbers begin with 0.
_BEFORE = Framing(
    name="dtls-before",
    delimiter=FRAMING.delimiter,
    sync=(
        Byte(0, range(20, 25)),
        Byte(1, 0x01),
        *(Byte(at, 0) for at in (2, 3, 5, 6)),
        Byte(4, (0, 1)),
        Size(_HEADER + 1),
    ),
    ports={"udp": ()},
)


def probe(message: Message) -> bool:
    """A record whose type, version and length agree."""
    data = message.data
    if message.transport != "udp" or len(data) < _HEADER + 1 or not CHANGE_CIPHER_SPEC <= data[0] <= HEARTBEAT:
        return False
    return data[1:3] in (b"\xfe\xff", b"\xfe\xfd", b"\1\0") and message.length == _HEADER + int.from_bytes(
        data[11:13], "big"
    )


def dissect(message: Message) -> Iterator[Row]:
    """The rows of a record as if nothing had been sent before it."""
    yield from reader()(message)


def reader() -> Callable[[Message], Iterator[Row]]:
    """What reads the records of one capture in their order."""
    fragments = Fragments()
    return lambda message: _record(message, fragments)


def _record(message: Message, fragments: Fragments) -> Iterator[Row]:
    """The handshake messages of a record of epoch 0; nothing of encrypted ones."""
    data = message.data
    if not probe(message):
        raise Malformed("no DTLS record")
    if data[0] != HANDSHAKE or any(data[3:5]):
        return
    at = _HEADER
    while at + _HANDSHAKE_HEADER <= len(data) and data[at] in handshake.PLAIN_TYPES:
        part = _part(data, at)
        yield from _handshake(message, part, fragments)
        at += _HANDSHAKE_HEADER + part.size
    if data[_HEADER] in handshake.HELLOS and len(data) < message.length and at < message.length:
        yield Session(unread=OF_CERTIFICATE[_sender(message)])  # what was not captured may hold one


def _sender(message: Message) -> str:
    return "client" if message.from_client else "server"


class _Part(NamedTuple):
    """A handshake message or a fragment of one: number, length of the message, offset and size of what is here."""

    kind: int
    length: int
    number: bytes
    offset: int
    size: int
    body: bytes


def _part(data: bytes, at: int) -> _Part:
    length, offset, size = (int.from_bytes(data[at + n : at + n + 3], "big") for n in (1, 6, 9))
    body = data[at + _HANDSHAKE_HEADER :][:size]
    return _Part(data[at], length, data[at + 4 : at + 6], offset, size, body)


def _handshake(message: Message, part: _Part, fragments: Fragments) -> Iterator[Row]:
    if part.offset == 0 and part.size == part.length:
        yield from _whole(message, part.kind, part.length, part.body)
    elif part.kind in _JOINED:
        yield from _joined(message, part, fragments)
    elif part.offset == 0:
        yield from _notes(part.kind, part.body, complete=False)


def _joined(message: Message, part: _Part, fragments: Fragments) -> Iterator[Row]:
    """What a message says once all of it is there. Each that began and never was is told once as not read."""
    columns = handshake.HELLOS.get(part.kind) or OF_CERTIFICATE[_sender(message)]
    if part.kind == handshake.KEY_EXCHANGE:
        columns = OF_KEY_EXCHANGE
    begins, whole = True, None
    if len(part.body) == part.size and message.connection:  # behind a message that is told by itself there is no order
        whose = (message.connection, message.from_client, part.kind, part.number)
        begins, whole = fragments.add(whose, part.length, part.offset, part.body)
    if begins:
        yield Session(unread=columns)
    if whole is not None:
        yield from _whole(message, part.kind, part.length, whole)
        yield Session(read=columns)


def _whole(message: Message, kind: int, length: int, body: bytes) -> Iterator[Row]:
    """What a message of this kind says, as far as its body was captured."""
    complete = len(body) == length
    if kind in handshake.HELLOS and len(body) < min(length, _LEAST[kind]):
        yield Session(unread=handshake.HELLOS[kind])
    elif kind == handshake.CLIENT_HELLO:
        yield from handshake.client_hello(body, complete=complete, carrier="d")
        yield from registered(message.port)
    elif kind == handshake.SERVER_HELLO:
        yield from handshake.server_hello(body, complete=complete, datagram=True)
    elif kind == handshake.CERTIFICATE and len(body) >= 6:
        yield from handshake.certificate(body, _sender(message), complete=complete)
    else:
        yield from _notes(kind, body, complete=complete)


def _notes(kind: int, body: bytes, *, complete: bool) -> Iterator[Row]:
    """What the beginning of a message tells."""
    if kind == handshake.KEY_EXCHANGE:
        yield from handshake.key_exchange(body, complete=complete)
    elif kind == handshake.CERTIFICATE_REQUEST:
        yield Session(detail=said("client certificate requested"))


_NAME = "dtls"
_KEPT = 4096  # bytes of a record
_TYPE, _VERSION = Range(0, 3), Range(25, 27)


def _of(*kinds: int) -> tuple[Byte, ...]:
    return (Byte(0, HANDSHAKE), Byte(3, 0), Byte(4, 0), Byte(13, kinds))


def _case(kind: int, key: tuple[Part, ...], role: Role, *tests: Byte) -> Case:
    """A hello that is whole, and what other messages are behind it."""
    when: tuple[Test, ...] = (*_of(kind), *tests, Alike(14, 22, 3))
    behind = After(Field(14, 3, add=_BODY))
    return Case(_NAME, when, (_TYPE, Range(13, 14), *key, behind), role, keep=_KEPT, with_length=True)


def _in_order(*kinds: int) -> Case:
    return Case(_NAME, _of(*kinds), (Range(0, 0),), Role.NOTICE, keep=_KEPT, in_order=True, most=4096)


def _client_hello(session: int, cookie: int) -> Case:
    """A hello with a session identifier and a cookie of these sizes; then the list of suites."""
    sizes = Byte(59, session), Byte(60 + session, cookie)
    return _case(1, (_VERSION, *handshake.offered(61 + session + cookie)), Role.REQUEST, *sizes)


PROTOCOL = Protocol(
    name=_NAME,
    title="DTLS",
    framing=FRAMING,
    # Sequence numbers, randoms, cookies and session identifiers are new every time.
    cases=(
        *starmap(_client_hello, product(handshake.SESSIONS, handshake.COOKIES)),
        _case(1, (_VERSION,), Role.REQUEST),
        *(_case(2, (_VERSION, *handshake.chosen(60 + n)), Role.RESPONSE, Byte(59, n)) for n in handshake.SESSIONS),
        _case(2, (_VERSION,), Role.RESPONSE),
        _case(handshake.KEY_EXCHANGE, (Range(25, 28),), Role.NOTICE),
        _in_order(*_JOINED),
        Case(_NAME, _of(*range(256)), (_TYPE, Range(13, 14)), Role.NOTICE, keep=64),
        Case(_NAME, (Byte(0, HANDSHAKE),), (_TYPE, Range(3, 5)), Role.NOTICE, keep=64),
        Case(_NAME, (Byte(0, range(20, 25)),), (_TYPE, Range(3, 5)), Role.NOTICE, keep=16),
    ),
    probe=probe,
    dissect=dissect,
    reader=reader,
    beyond_key="a hello has extensions in any order; the key has those that say something",
    verbs=frozenset({Verb.SESSION}),
    specification="RFC 6347 sections 4.1 and 4.2, RFC 9147 section 4",
    industrial=False,
    secured=True,
    more_framings=(_BEFORE,),
)
