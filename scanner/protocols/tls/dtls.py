"""DTLS 1.0 and 1.2 over UDP, on any port: versions, suites, names and certificates, as far as they are not encrypted.

Written from RFC 6347 (section 4.1 record, 4.2.2 handshake header with fragments). DTLS 1.3 (RFC 9147) shows its hellos
in the same records. Certificates in fragments are put together (``_dtls_fragments``); other messages are read from
their first one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scanner.framing.language import Byte, Case, Framing, Length, Part, Range, Role, Size
from scanner.protocols.base import Malformed, Message, Protocol, Row, Session, Verb
from scanner.protocols.tls import _handshake as handshake
from scanner.protocols.tls._dtls_fragments import Fragments
from scanner.protocols.tls._secured_ports import registered
from scanner.wording import said

CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA, HEARTBEAT = range(20, 25)
_HEADER, _HANDSHAKE_HEADER = 13, 12
_BODY = _HEADER + _HANDSHAKE_HEADER
# Bytes of a hello that say something: the version, or all up to the suite without an identifier of the session.
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


# Columns of the table ``sessions`` that a certificate fills.
_OF_CERTIFICATE = (
    *("certificate_subject", "certificate_issuer", "certificate_not_before", "certificate_not_after"),
    *("certificate_key", "certificate_key_bits", "certificate_signature", "certificate_self_signed"),
    *("certificate_expired", "certificate_days", "certificate_fits_name"),
)


def dissect(message: Message) -> Iterator[Row]:
    """The rows of a record as if nothing had been sent before it."""
    yield from reader()(message)


def reader() -> Callable[[Message], Iterator[Row]]:
    """What reads the records of one capture in their order."""
    fragments = Fragments()
    return lambda message: _record(message, fragments)


def _record(message: Message, fragments: Fragments) -> Iterator[Row]:
    """The handshake message of a record of epoch 0; nothing of encrypted ones."""
    data = message.data
    if not probe(message):
        raise Malformed("no DTLS record")
    if data[0] != HANDSHAKE or any(data[3:5]) or len(data) < _BODY:
        return
    kind, length = data[13], int.from_bytes(data[14:17], "big")
    offset, size = int.from_bytes(data[19:22], "big"), int.from_bytes(data[22:25], "big")
    body = data[_BODY : _BODY + size]
    if kind == handshake.CERTIFICATE and (offset or size != length):
        yield from _certificate_in_pieces(message, fragments, length, offset)
        return
    if offset or kind not in handshake.PLAIN_TYPES:
        return
    complete = len(body) == length
    of = "client" if message.from_client else "server"
    if kind in handshake.HELLOS and len(body) < min(length, _LEAST[kind]):
        yield Session(unread=handshake.HELLOS[kind])
    elif kind == handshake.CLIENT_HELLO:
        yield from handshake.client_hello(body, complete=complete, datagram=True)
        yield from registered(message.port)
    elif kind == handshake.SERVER_HELLO:
        yield from handshake.server_hello(body, complete=complete, datagram=True)
    elif kind == handshake.CERTIFICATE and len(body) >= 6:
        yield from handshake.certificate(body, of, complete=complete)
    elif kind == handshake.KEY_EXCHANGE:
        yield from handshake.key_exchange(body)
    elif kind == handshake.CERTIFICATE_REQUEST:
        yield Session(detail=said("client certificate requested"))


def _certificate_in_pieces(message: Message, fragments: Fragments, length: int, offset: int) -> Iterator[Row]:
    """What certificates say once all of their message is there; that it is not known, until then."""
    data = message.data
    size = int.from_bytes(data[22:25], "big")
    whose = (message.connection, message.from_client, data[17:19])
    whole = len(data) >= _BODY + size
    joined = fragments.add(whose, length, offset, data[_BODY : _BODY + size]) if whole else None
    if joined is None:
        yield Session(unread=_OF_CERTIFICATE)
        return
    yield from handshake.certificate(joined, "client" if message.from_client else "server", complete=True)
    yield Session(read=_OF_CERTIFICATE)


_NAME = "dtls"
_TYPE, _VERSION = Range(0, 3), Range(25, 27)


def _case(kind: int, key: tuple[Part, ...], role: Role, *tests: Byte) -> Case:
    when = (Byte(0, HANDSHAKE), Byte(3, 0), Byte(4, 0), Byte(13, kind), *tests)
    return Case(_NAME, when, (_TYPE, Range(13, 14), *key), role, keep=4096, with_length=True)


def _client_hello(cookie: int) -> Case:
    """A hello without session identifier and with a cookie of this size; then the list of suites."""
    return _case(1, (_VERSION, *handshake.offered(61 + cookie)), Role.REQUEST, Byte(59, 0), Byte(60, cookie))


_CERTIFICATE = (Byte(0, HANDSHAKE), Byte(3, 0), Byte(4, 0), Byte(13, 11))

PROTOCOL = Protocol(
    name=_NAME,
    title="DTLS",
    framing=FRAMING,
    # Sequence numbers, randoms, cookies and session identifiers are new every time.
    cases=(
        *map(_client_hello, (0, 16, 20, 32)),
        _case(1, (_VERSION,), Role.REQUEST),
        _case(2, (_VERSION, *handshake.chosen(60)), Role.RESPONSE, Byte(59, 0)),
        _case(2, (_VERSION, *handshake.chosen(92)), Role.RESPONSE, Byte(59, 32)),
        _case(2, (_VERSION,), Role.RESPONSE),
        Case(_NAME, _CERTIFICATE, (Range(0, 0),), Role.NOTICE, keep=4096, in_order=True, most=4096),
        _case(12, (Range(25, 28),), Role.NOTICE),
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
