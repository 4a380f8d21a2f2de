"""Handshake messages of TLS and DTLS: the bodies, without record and handshake headers.

RFC 8446 sections 4.1 to 4.4 (TLS 1.3), RFC 5246 section 7.4 (TLS 1.2, and what earlier versions share), RFC 6066
(SNI), RFC 7301 (ALPN), RFC 5746 (renegotiation), RFC 8701 (GREASE), RFC 8998 and GB/T 38636 (SM suites, TLCP).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import chain

from scanner.framing.language import After, Byte, Chain, Field, Part, Range, Select
from scanner.protocols.base import CertificateChain, Kind, Malformed, Operation, Row, Session, Verb
from scanner.protocols.common import reader as _reader
from scanner.protocols.common.text import readable
from scanner.protocols.tls import _ja4 as ja4
from scanner.protocols.tls._cipher_suites import is_grease, suite_name
from scanner.protocols.tls._unread import BEHIND_CERTIFICATES, OF_CERTIFICATE, OF_KEY_EXCHANGE
from scanner.wording import joined, said

CLIENT_HELLO, SERVER_HELLO, CERTIFICATE, KEY_EXCHANGE, CERTIFICATE_REQUEST, CERTIFICATE_VERIFY = 1, 2, 11, 12, 13, 15
HELLOS = {  # columns of the table ``sessions`` that each says
    CLIENT_HELLO: ("versions_offered", "ciphers_offered", "server_names", "ja4"),
    SERVER_HELLO: ("versions", "ciphers"),
}
# Every message type that travels unencrypted in some version.
PLAIN_TYPES = frozenset({0, 1, 2, 3, 4, 11, 12, 13, 14, 15, 16, 20, 21, 22, 23, 67})

VERSIONS = {
    0x0002: "SSL 2.0",
    0x0101: "TLCP 1.1",
    0x0300: "SSL 3.0",
    0x0301: "TLS 1.0",
    0x0302: "TLS 1.1",
    0x0303: "TLS 1.2",
    0x0304: "TLS 1.3",
    0x0100: "DTLS 1.0",  # before it was one: OpenSSL before 0.9.8f
    0xFEFF: "DTLS 1.0",
    0xFEFD: "DTLS 1.2",
    0xFEFC: "DTLS 1.3",
}
GROUPS = {
    19: "secp192r1",
    21: "secp224r1",
    22: "secp256k1",
    23: "secp256r1",
    24: "secp384r1",
    25: "secp521r1",
    26: "brainpoolP256r1",
    27: "brainpoolP384r1",
    28: "brainpoolP512r1",
    29: "x25519",
    30: "x448",
    41: "curveSM2",
}
RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")  # SHA-256, RFC 8446 4.1.3
_TICKET, _VERSIONS, _EARLY_DATA, _PSK, _RENEGOTIATION = 35, 43, 42, 41, 0xFF01
_KEY_SHARE = 51
MOST_CERTIFICATES = 10  # of a chain

# Extensions that say something with what they hold; and of the server those that do by being there, of the client all.
_WHOLE = (ja4.SNI, ja4.ALPN, _VERSIONS)
_THERE = (_TICKET, _EARLY_DATA, _PSK, _RENEGOTIATION)


def _picked(kinds: Iterable[int], key: Range) -> Iterator[Select]:
    return (Select((Byte(0, kind >> 8), Byte(1, kind & 0xFF)), (key,)) for kind in kinds)


def _extensions(start: int | Field, *picks: Select) -> Chain:
    """What counts of the extensions that begin there, behind their length (RFC 8446, section 4.2)."""
    return Chain(start, Field(2, 2, add=4), picks)


SESSIONS, COOKIES = (0, 32), (0, 16, 20, 32)  # sizes of what stands in front of the suites of nearly all client hellos


def offered(suites: int) -> tuple[Part, ...]:
    """What counts of a client hello whose list of suites has its length at ``suites``; one method of compression, as
    nearly all have, is between them and the extensions.
    """
    behind = Field(suites, 2, add=suites + 2)
    said = _picked((*_WHOLE, ja4.SIGNATURE_ALGORITHMS), Range(0)), _picked(_THERE, Range(0, 4))
    extensions = _extensions(Field(suites, 2, add=suites + 6), *chain(*said), Select((), (Range(0, 2),)))
    return Range(suites, behind), After(behind, 2), extensions


def chosen(suite: int) -> tuple[Part, ...]:
    """What counts of a server hello whose suite and compression are at ``suite``."""
    said = _picked(_WHOLE, Range(0)), _picked(_THERE, Range(0, 4))
    return Range(suite, suite + 3), _extensions(suite + 5, *chain(*said))


RENEGOTIATION_SCSV, _FALLBACK = 0x00FF, 0x5600
_SIGNALS = (RENEGOTIATION_SCSV, _FALLBACK)  # numbers in the list of suites that are no suites
_CLASSIC = frozenset({0x0300, 0x0301, 0x0302, 0x0303, 0xFEFF, 0xFEFD})  # versions in which sessions are renegotiated


def version_name(number: int) -> str:
    """The name of a protocol version, drafts of TLS 1.3 included."""
    if number >> 8 == 0x7F:
        return f"TLS 1.3 draft {number & 0xFF}"
    return VERSIONS.get(number, f"version 0x{number:04X}")


class Reader(_reader.Reader):
    """Takes a message apart from its start; Malformed when it ends too soon."""

    def vector(self, width: int) -> bytes:
        """A vector whose length field is ``width`` bytes wide."""
        return self.take(self.number(width))


@dataclass(slots=True)
class _Hello:
    """What is common to both hellos, filled as far as the message reaches."""

    version: int = 0
    suites: list[int] = field(default_factory=list)
    compression: bytes = b""
    in_order: list[tuple[int, bytes]] = field(default_factory=list)  # extensions
    retry: bool = False
    compared: bool = False  # what makes messages the same includes all that it offers

    @property
    def extensions(self) -> dict[int, bytes]:
        """By their types."""
        return dict(self.in_order)


def client_hello(body: bytes, *, complete: bool, carrier: ja4.Carrier = "t") -> Iterator[Row]:
    """The client's offer. ``complete`` is False when the body was captured in part: then what is there counts."""
    hello = _Hello()
    try:
        _read_client_hello(Reader(body), hello, datagram=carrier == "d")
    except Malformed:
        if complete or not hello.version:
            raise
    versions = _offered_versions(hello)
    yield Operation(
        verb=Verb.SESSION,
        function="ClientHello",
        code=str(CLIENT_HELLO),
        filter=f"{'dtls' if carrier == 'd' else 'tls'}.handshake.type == 1",
    )
    fingerprint = complete and hello.compared
    yield Session(
        version_offered=tuple(version_name(v) for v in versions),
        cipher_offered=tuple(suite_name(s) for s in hello.suites if not is_grease(s) and s not in _SIGNALS),
        server_name=_server_name(hello.extensions.get(ja4.SNI, b"")),
        ja4=ja4.ja4(carrier, versions, hello.suites, hello.in_order) if fingerprint else "",
        unread=() if fingerprint else ("ja4",),
        detail=joined(_client_notes(hello, versions), "; "),
    )


def _read_client_hello(read: Reader, hello: _Hello, *, datagram: bool) -> None:
    hello.version = read.number(2)
    read.take(32)
    session = read.vector(1)
    cookie = read.vector(1) if datagram else b""
    suites = read.vector(2)
    hello.suites = [int.from_bytes(suites[i : i + 2], "big") for i in range(0, len(suites) - 1, 2)]
    hello.compression = read.vector(1)
    hello.compared = len(session) in SESSIONS and len(cookie) in COOKIES and len(hello.compression) == 1
    _read_extensions(read, hello)


def _read_extensions(read: Reader, hello: _Hello) -> None:
    if not read.left:
        return  # none before TLS 1.2, often
    length = read.number(2)
    missing = length > read.left
    block = Reader(read.take(min(length, read.left)))
    while block.left:
        kind = block.number(2)
        hello.in_order.append((kind, block.vector(2)))
    if missing:
        raise Malformed("extensions cut short")


def _offered_versions(hello: _Hello) -> list[int]:
    """supported_versions where it is sent, else the highest version the client speaks."""
    listed = hello.extensions.get(_VERSIONS, b"")[1:]
    versions = [int.from_bytes(listed[i : i + 2], "big") for i in range(0, len(listed) - 1, 2)]
    return [v for v in versions if not is_grease(v)] or [hello.version]


def _server_name(extension: bytes) -> str:
    """The first host_name of a server name list."""
    if len(extension) < 5 or extension[2] != 0:
        return ""
    return readable(extension[5 : 5 + int.from_bytes(extension[3:5], "big")], 255)


def _alpn(extension: bytes) -> list[str]:
    names, read = [], Reader(extension[2:])
    while read.left and read.data[read.at] <= read.left - 1:
        names.append(readable(read.vector(1), 40))
    return [n for n in names if n]


def _client_notes(hello: _Hello, versions: list[int]) -> Iterator[str]:
    protocols = _alpn(hello.extensions.get(ja4.ALPN, b""))
    if protocols:
        yield said("ALPN offered {name}", name=", ".join(protocols))
    if _PSK in hello.extensions or hello.extensions.get(_TICKET):
        yield said("resumption offered")
    if _EARLY_DATA in hello.extensions:
        yield said("early data sent")
    if any(hello.compression):
        yield said("compression offered")
    if _FALLBACK in hello.suites:
        yield said("fallback to a lower version")
    if (
        _CLASSIC.issuperset(versions)
        and _RENEGOTIATION not in hello.extensions
        and RENEGOTIATION_SCSV not in hello.suites
    ):
        yield said("client without secure renegotiation")


def server_hello(body: bytes, *, complete: bool, datagram: bool = False) -> Iterator[Row]:
    """The server's choice; a HelloRetryRequest is told from a ServerHello by its random."""
    hello = _Hello()
    try:
        _read_server_hello(Reader(body), hello)
    except Malformed:
        if complete or not hello.suites:
            raise
    chosen = hello.extensions.get(_VERSIONS, b"")
    version = int.from_bytes(chosen[:2], "big") if len(chosen) == 2 else hello.version
    suite = suite_name(hello.suites[0])
    yield Operation(
        verb=Verb.SESSION,
        function="HelloRetryRequest" if hello.retry else "ServerHello",
        kind=Kind.RESPONSE,
        code=str(SERVER_HELLO),
        filter=f"{'dtls' if datagram else 'tls'}.handshake.type == 2",
    )
    yield Session(
        version=version_name(version),
        cipher=suite,
        encrypted=not suite_without_encryption(suite),
        detail=joined(_server_notes(hello, complete=complete), "; "),
    )


def _read_server_hello(read: Reader, hello: _Hello) -> None:
    hello.version = read.number(2)
    hello.retry = read.take(32) == RETRY
    draft = hello.version >> 8 == 0x7F and hello.version & 0xFF < 22
    if not draft:  # drafts 18 to 21 of TLS 1.3 had neither session identifier nor compression
        read.vector(1)
    hello.suites = [read.number(2)]
    if not draft:
        hello.compression = read.take(1)
    _read_extensions(read, hello)


def _server_notes(hello: _Hello, *, complete: bool) -> Iterator[str]:
    protocols = _alpn(hello.extensions.get(ja4.ALPN, b""))
    if protocols:
        yield said("ALPN chosen {name}", name=", ".join(protocols))
    if any(hello.compression):
        yield said("compression chosen")
    if complete and _PSK in hello.extensions and _KEY_SHARE not in hello.extensions:  # RFC 8446, section 4.2.9
        yield said("key exchange by a shared secret alone")


def suite_without_encryption(suite: str) -> bool:
    """The suite protects integrity at most (RFC 2246 NULL suites, RFC 9150)."""
    return "_WITH_NULL_" in suite or suite in ("TLS_SHA256_SHA256", "TLS_SHA384_SHA384")


_NO_CERTIFICATE = {"client": "client sent no certificate", "server": "server sent no certificate"}
_SPREAD = {
    "client": "client certificate spread over several records, not read",
    "server": "server certificate spread over several records, not read",
}


def certificate(body: bytes, of: str, *, complete: bool) -> Iterator[Row]:
    """The first certificate of the list, which is the sender's own, and of a server all of the chain.

    A list that continues in the next record is read as far as this one goes: the sender's own comes first.
    """
    read = Reader(body)
    total = read.number(3)
    if complete and total != read.left:
        raise Malformed("certificate list does not fill its message")
    if not total:
        yield Session(detail=said(_NO_CERTIFICATE[of]))
        return
    length = read.number(3)
    if length + 3 > total:
        raise Malformed("certificate longer than the list it is in")
    if total - 3 > read.left:
        yield Session(unread=BEHIND_CERTIFICATES[of])
    if length > read.left:
        yield Session(detail=said(_SPREAD[of]), unread=OF_CERTIFICATE[of])
        return
    from scanner.protocols.tls._x509 import certificate_session  # loads cryptography, seldom needed

    own = read.take(length)
    if of != "server":
        yield certificate_session(own, of)
        return
    chain = _chain(own, read, total - length - 3)
    yield chain
    yield certificate_session(own, of, chain.id)


def _chain(own: bytes, read: Reader, left: int) -> CertificateChain:
    """The certificates behind the server's own, as far as they are there. left: bytes that the list has of them."""
    found, complete = [own], left == read.left
    while read.left and len(found) < MOST_CERTIFICATES:
        try:
            found.append(read.vector(3))
        except Malformed:
            complete = False
            break
    complete = complete and not read.left
    lengths = b"".join(len(one).to_bytes(3, "big") + one for one in found)
    return CertificateChain(sha256(lengths + bytes((complete,))).hexdigest()[:24], tuple(found), complete)


def key_exchange(body: bytes, *, complete: bool) -> Iterator[Row]:
    """The group of an ephemeral key exchange: a named curve, or a prime by its size, which stands first."""
    if len(body) >= 4 and body[0] == 3 and int.from_bytes(body[1:3], "big") in GROUPS:
        yield Session(detail=said("key exchange {name}", name=GROUPS[int.from_bytes(body[1:3], "big")]))
        return
    read = Reader(body)
    try:
        prime = read.vector(2)
    except Malformed:
        if not complete:
            yield Session(unread=OF_KEY_EXCHANGE)
        return
    try:
        generator, public = read.vector(2), read.vector(2)
    except Malformed:
        if complete:
            return  # a PSK hint or an RSA export key: nothing to say
        generator = public = prime[:1]
    if len(prime) >= 32 and generator and len(public) <= len(prime):
        yield Session(detail=said("key exchange DHE {n} bits", n=int.from_bytes(prime, "big").bit_length()))
