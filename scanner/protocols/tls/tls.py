"""TLS 1.0 to 1.3, SSL 3, the SSL 2 hello, and China's TLCP, on any TCP port.

Written from RFC 8446 (TLS 1.3: records in section 5, alerts in 6), RFC 5246 (TLS 1.2), RFC 6101 (SSL 3), the SSL 2.0
draft specification (hello messages), RFC 6520 (heartbeat) and GB/T 38636-2020 (TLCP, record version 1.1).

Certificates are visible up to TLS 1.2. The certificate of the sender is the first of its message; hellos, certificates
and key exchanges spread over several records are joined where they begin their record and it holds their length.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scanner.framing.language import Byte, Case, Field, Framing, Length, Part, Range, Role, Size, magic
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.tls import _handshake as handshake
from scanner.protocols.tls._cipher_suites import SSL2_KINDS, suite_name
from scanner.protocols.tls._handshake import Reader, version_name
from scanner.protocols.tls._secured_ports import PORTS, registered
from scanner.wording import said

CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA, HEARTBEAT = range(20, 25)
_HEADER = 5
_RECORD = 16384 + 2048  # RFC 5246 section 6.2.3: the longest protected record
_WHOLE = _HEADER + _RECORD

ALERTS = {
    0: "close_notify",
    10: "unexpected_message",
    20: "bad_record_mac",
    21: "decryption_failed",
    22: "record_overflow",
    30: "decompression_failure",
    40: "handshake_failure",
    41: "no_certificate",
    42: "bad_certificate",
    43: "unsupported_certificate",
    44: "certificate_revoked",
    45: "certificate_expired",
    46: "certificate_unknown",
    47: "illegal_parameter",
    48: "unknown_ca",
    49: "access_denied",
    50: "decode_error",
    51: "decrypt_error",
    60: "export_restriction",
    70: "protocol_version",
    71: "insufficient_security",
    80: "internal_error",
    86: "inappropriate_fallback",
    90: "user_canceled",
    100: "no_renegotiation",
    109: "missing_extension",
    110: "unsupported_extension",
    111: "certificate_unobtainable",
    112: "unrecognized_name",
    113: "bad_certificate_status_response",
    114: "bad_certificate_hash_value",
    115: "unknown_psk_identity",
    116: "certificate_required",
    120: "no_application_protocol",
}
_FATAL = 2

FRAMING = Framing(
    name="tls",
    delimiter=Length(
        at=3,
        width=2,
        add=_HEADER,
        minimum=_HEADER + 1,
        maximum=_WHOLE,
        # A handshake record that begins with what is joined: 4 bytes with the message's length are behind the header.
        more=Byte(0, 22),
        more_if=Byte(5, (1, 2, 11, 12)),
        header=_HEADER,
        whole=Field(6, 3, add=_HEADER + 4),
    ),
    sync=(Byte(0, range(20, 25)), Byte(1, (1, 3)), Byte(2, range(5)), Byte(3, range(0x49)), Size(_HEADER + 1)),
    ports={"tcp": (443, 465, 563, 636, 853, 989, 990, 992, 993, 994, 995, 5061, 6514, 8443, *PORTS)},
    confirmations=1,
)
# A client that still speaks SSL 2 opens with a record of that version; what follows is TLS if the server wants it.
SSL2_HELLO = Framing(
    name="ssl2-hello",
    delimiter=Length(at=0, width=2, add=2 - 0x8000, minimum=11 + 16, maximum=1024),
    sync=(Byte(0, range(0x80, 0x84)), Byte(2, 1), Byte(3, (0, 3)), Byte(4, range(5)), Byte(5, (0, 1)), Size(27)),
    confirmations=1,
)


_RECORD_VERSIONS = (b"\3\0", b"\3\1", b"\3\2", b"\3\3", b"\3\4", b"\1\1")
# Content type -> whether a record of this length may begin with this byte.
_FITS: dict[int, Callable[[int, int], bool]] = {
    CHANGE_CIPHER_SPEC: lambda length, first: length == 1 and first == 1,
    ALERT: lambda length, first: length >= 16 or (length == 2 and first in (1, _FATAL)),
    HANDSHAKE: lambda length, _: length > 0,
    APPLICATION_DATA: lambda length, _: length > 0,
    HEARTBEAT: lambda length, _: length >= 3,
}

_JOINED = (*handshake.HELLOS, handshake.CERTIFICATE, handshake.KEY_EXCHANGE)

# --- records --------------------------------------------------------------------------------------------------------


def probe(message: Message) -> bool:
    """A record whose content type, version and length agree, or an SSL 2 client hello."""
    data = message.data
    if message.transport != "tcp" or len(data) < _HEADER + 1:
        return False
    if data[0] & 0x80:
        return _is_ssl2_hello(message)
    length = int.from_bytes(data[3:5], "big")
    joined = data[0] == HANDSHAKE and data[5] in _JOINED and message.length > _HEADER + length
    if data[1:3] not in _RECORD_VERSIONS or not (joined or message.length == _HEADER + length):
        return False
    fits = _FITS.get(data[0])
    return fits is not None and fits(length, data[5])


def dissect(message: Message) -> Iterator[Row]:
    """Hellos and alerts as operations of a session; versions, suites, names and certificates as session facts."""
    data = message.data
    if len(data) < _HEADER + 1:
        raise Malformed("record cut short")
    if data[0] & 0x80:
        yield from _ssl2_hello(message)
    elif data[0] == ALERT:
        yield from _alert(message)
    elif data[0] == HANDSHAKE:
        yield from _handshake(message)
    elif data[0] == HEARTBEAT:
        yield from _heartbeat(message)
    elif data[0] not in (CHANGE_CIPHER_SPEC, APPLICATION_DATA):
        raise Malformed("content type {type}", type=data[0])


_FATAL_FROM = {True: "fatal alert from client: {name}", False: "fatal alert from server: {name}"}


def _alert(message: Message) -> Iterator[Row]:
    """An alert before encryption; from the server, a fatal one refuses the hello."""
    data = message.data
    if message.length != _HEADER + 2 or len(data) < _HEADER + 2:
        return
    level, number = data[5:7]
    name = ALERTS.get(number, f"alert {number}")
    if level != _FATAL:
        return
    yield Operation(
        verb=Verb.SESSION,
        function="Alert",
        kind=Kind.NOTICE if message.from_client else Kind.REFUSAL,
        code=str(number),
        detail=said("from client") if message.from_client else said("from server"),
        refusal="" if message.from_client else name,
        filter=f"tls.alert_message.desc == {number}",
    )
    yield Session(detail=said(_FATAL_FROM[bool(message.from_client)], name=name))


def _heartbeat(message: Message) -> Iterator[Row]:
    """A heartbeat request whose payload is said to be longer than the record reads the peer's memory (Heartbleed)."""
    data = message.data
    length = message.length - _HEADER
    if data[5] == 1 and len(data) >= 8 and length < 3 + int.from_bytes(data[6:8], "big"):
        yield Operation(
            verb=Verb.READ,
            function="Heartbeat request longer than its record",
            kind=Kind.NOTICE,
            code="1",
            detail=said("reads memory of a vulnerable peer (CVE-2014-0160)"),
            filter="tls.heartbeat_message.type == 1",
        )


def _handshake(message: Message) -> Iterator[Row]:
    """All handshake messages of one record. Encrypted ones do not fill the record by their lengths: nothing to say."""
    messages = list(_messages(message))
    if not messages:
        yield from _hello_in_pieces(message)
    of = "client" if message.from_client and not any(kind in _SERVER_ONLY for kind, *_ in messages) else "server"
    for kind, body, complete in messages:
        match kind:
            case handshake.CLIENT_HELLO:
                yield from handshake.client_hello(body, complete=complete)
                yield from registered(message.port)
            case handshake.SERVER_HELLO:
                yield from handshake.server_hello(body, complete=complete)
            case handshake.CERTIFICATE:
                yield from handshake.certificate(body, of, complete=complete)
            case handshake.KEY_EXCHANGE:
                yield from handshake.key_exchange(body, complete=complete)
            case handshake.CERTIFICATE_REQUEST:
                yield Session(detail=said("client certificate requested"))
            case handshake.CERTIFICATE_VERIFY:
                yield Session(detail=said("client proved its certificate"))


def _hello_in_pieces(message: Message) -> Iterator[Row]:
    """A hello of which this record holds too little, and that was not joined: what it says is not known. What is
    encrypted is longer than four bytes, and begins as a hello that is longer still once in many millions.
    """
    body = message.data[_HEADER:]
    if message.length < _HEADER + 4:
        yield Session(unread=tuple(column for columns in handshake.HELLOS.values() for column in columns))
        return
    longer = message.length - _HEADER - 4 < int.from_bytes(body[1:4], "big") <= _RECORD
    if (
        body[0] in handshake.HELLOS and longer and body[4:5] in (b"", b"\1", b"\3")
    ):  # the version, where there is any of it
        yield Session(unread=handshake.HELLOS[body[0]])


_SERVER_ONLY = (handshake.SERVER_HELLO, handshake.KEY_EXCHANGE, handshake.CERTIFICATE_REQUEST, 14)


def _messages(message: Message) -> Iterator[tuple[int, bytes, bool]]:
    """(type, body, whole) of the messages in a record, none when it is encrypted or goes on from the one before.

    Unencrypted messages fill the record exactly. Only hellos and certificates are long enough to be spread over
    several records; behind one of those that are joined any may be. The last message of a record that was captured in
    part may be cut.
    """
    data, at = message.data, _HEADER
    found: list[tuple[int, bytes, bool]] = []
    while at < min(len(data), message.length):
        kind, length = data[at], int.from_bytes(data[at + 1 : at + 4], "big")
        end = at + 4 + length
        spread = end > message.length
        joined = bool(found) and _begins_plainly(*found[0][:2])
        if at + 4 > len(data) and not joined:
            break
        if kind not in handshake.PLAIN_TYPES:
            return
        if spread and not joined and not _may_be_spread(kind, data[at + 4 :], length):
            return
        found.append((kind, data[at + 4 : end], at + 4 <= end <= len(data)))
        at = end
    if message.length < at and not found:
        return
    if at >= message.length or len(data) < message.length:
        yield from found


def _begins_plainly(kind: int, body: bytes) -> bool:
    """A message that is joined, and says its version or its length again: what is behind it is not encrypted."""
    if kind == handshake.CERTIFICATE:
        return int.from_bytes(body[:3], "big") == len(body) - 3
    return kind in handshake.HELLOS and body[:1] in (b"\1", b"\3")


def _may_be_spread(kind: int, body: bytes, length: int) -> bool:
    """A long message that goes on in the next record, and begins as one of its type does."""
    if kind == handshake.CERTIFICATE:
        return length < 1 << 18 and int.from_bytes(body[:3], "big") == length - 3
    return kind == handshake.CLIENT_HELLO and length < 1 << 17 and body[:1] in (b"\1", b"\3") and len(body) > 38


# --- SSL 2 ----------------------------------------------------------------------------------------------------------


def _is_ssl2_hello(message: Message) -> bool:
    data = message.data
    if len(data) < 11 or message.length != (int.from_bytes(data[:2], "big") & 0x7FFF) + 2 or data[2] != 1:
        return False
    suites, session, challenge = (int.from_bytes(data[i : i + 2], "big") for i in (5, 7, 9))
    fits = 11 + suites + session + challenge == message.length
    return fits and suites > 0 and suites % 3 == 0 and session in (0, 16) and 16 <= challenge <= 32


def _ssl2_hello(message: Message) -> Iterator[Row]:
    data = message.data
    if not _is_ssl2_hello(message):
        raise Malformed("SSL 2 client hello whose lengths disagree")
    read = Reader(data[3:])
    version, length = read.number(2), read.number(2)
    read.take(4)
    kinds = read.take(min(length, read.left))
    numbers = [int.from_bytes(kinds[i : i + 3], "big") for i in range(0, len(kinds) - 2, 3)]
    yield Operation(verb=Verb.SESSION, function="SSL 2 ClientHello", code="1", filter="tls.record.version == 0x0002")
    yield Session(
        version_offered=("SSL 2.0",) if version == 0x0002 else ("SSL 2.0", version_name(version)),
        cipher_offered=tuple(
            suite_name(n) if n < 0x10000 else SSL2_KINDS.get(n, f"0x{n:06X}")
            for n in numbers
            if n != handshake.RENEGOTIATION_SCSV
        ),
    )


# --- which bytes are meaning ----------------------------------------------------------------------------------------
# Offsets in a record: 0 type, 1 version, 3 length; handshake: 5 type, 6 length, 9 version, 11 random, 43 length of the
# session identifier. Random, session identifier, tickets and key shares are new in every connection; version, suites
# and what of the extensions says something are meaning. The length tells other hellos apart.

_NAME = "tls"
_TYPE, _VERSIONS = Range(0, 3), Range(9, 11)


def _hello(kind: int, *tests: Byte, key: tuple[Part, ...], role: Role) -> Case:
    when = (Byte(0, HANDSHAKE), Byte(5, kind), Byte(6, 0), *tests)
    return Case(_NAME, when, (_TYPE, Range(5, 6), _VERSIONS, *key), role, keep=_WHOLE, with_length=True)


_PLAIN_KEEP = 4096
_RETRY, _RANDOM = magic(11, handshake.RETRY[:4]), Range(11, 15)  # a retry has a random of its own

CASES = (
    *(_hello(1, Byte(43, n), key=handshake.offered(44 + n), role=Role.REQUEST) for n in handshake.SESSIONS),
    _hello(1, key=(), role=Role.REQUEST),
    *(
        _hello(2, *_RETRY, Byte(43, n), key=(_RANDOM, *handshake.chosen(44 + n)), role=Role.RESPONSE)
        for n in handshake.SESSIONS
    ),
    _hello(2, *_RETRY, key=(_RANDOM,), role=Role.RESPONSE),
    *(_hello(2, Byte(43, n), key=handshake.chosen(44 + n), role=Role.RESPONSE) for n in handshake.SESSIONS),
    _hello(2, key=(), role=Role.RESPONSE),
    Case(_NAME, (Byte(0, HANDSHAKE), Byte(5, 11), Byte(6, range(4))), (Range(0),), Role.NOTICE, keep=_WHOLE),
    # The key exchange: kind of curve and curve, or the size of the prime.
    Case(
        _NAME,
        (Byte(0, HANDSHAKE), Byte(5, 12), Byte(6, 0)),
        (_TYPE, Range(5, 6), Range(9, 12)),
        Role.NOTICE,
        keep=_PLAIN_KEEP,
    ),
    Case(
        _NAME,
        (Byte(0, HANDSHAKE), Byte(5, (0, 4, 13, 14, 15, 16, 22)), Byte(6, 0)),
        (_TYPE, Range(5, 6)),
        Role.NOTICE,
        keep=_PLAIN_KEEP,
    ),
    Case(_NAME, (Byte(0, HANDSHAKE), Size(_HEADER + 1, _HEADER + 3)), (_TYPE,), Role.NOTICE, keep=16, with_length=True),
    Case(_NAME, (Byte(0, HANDSHAKE),), (_TYPE,), Role.NOTICE, keep=16),
    Case(_NAME, (Byte(0, ALERT), Size(7, 7), Byte(5, _FATAL)), (Range(0),), Role.BY_SIDE, keep=7),
    Case(_NAME, (Byte(0, ALERT), Size(7, 7)), (Range(0),), Role.NOTICE, keep=7),
    Case(_NAME, (Byte(0, HEARTBEAT),), (_TYPE, Range(5, 8)), Role.NOTICE, keep=16, with_length=True),
    Case(_NAME, (Byte(0, (CHANGE_CIPHER_SPEC, ALERT, APPLICATION_DATA)),), (_TYPE,), Role.NOTICE, keep=6),
    Case(_NAME, (Byte(0, range(0x80, 0x84)), Byte(2, 1)), (Range(0, 9),), Role.REQUEST, keep=256),
)

PROTOCOL = Protocol(
    name=_NAME,
    title="TLS",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    beyond_key="a hello has extensions in any order; the key has those that say something",
    verbs=frozenset({Verb.SESSION, Verb.READ}),
    specification="RFC 8446 sections 4 to 6, RFC 5246 sections 6 and 7, RFC 6101 section 5, RFC 6520 sections 3 and 4, "
    "GB/T 38636-2020, SSL 2.0 draft",
    industrial=False,
    secured=True,
    more_framings=(SSL2_HELLO,),
)
