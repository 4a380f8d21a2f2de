"""Kerberos 5 over UDP and TCP, on any port: which algorithms are offered and used, and who needs not prove himself.

Written from RFC 4120 sections 5.2 to 5.10 (messages) and 7.5 (numbers), RFC 4556 (PKINIT), RFC 6113 (FAST), RFC 6649
and RFC 8429 (algorithms that are no longer used). Of a ticket the service and the algorithm are told; of whom it is for
nothing. What is encrypted under a key made of a password can be guessed at leisure: the tickets of services, and the
answer to a log-in without pre-authentication.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import BerElements, Byte, Case, Framing, Length, Range, Role, Size, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common import ber
from scanner.protocols.common.probe import is_well_formed, once
from scanner.protocols.common.text import printable
from scanner.wording import said, verbatim

NAME = "kerberos"
AS_REQUEST, AS_ANSWER, TGS_REQUEST, TGS_ANSWER, ERROR = 0x6A, 0x6B, 0x6C, 0x6D, 0x7E
_SEQUENCE, _TICKET = 0x30, 0x61
# tag -> name, msg-type, element of the sequence that is pvno
_MESSAGES = {
    AS_REQUEST: ("AS-REQ", 10, 0xA1),
    AS_ANSWER: ("AS-REP", 11, 0xA0),
    TGS_REQUEST: ("TGS-REQ", 12, 0xA1),
    TGS_ANSWER: ("TGS-REP", 13, 0xA0),
    ERROR: ("KRB-ERROR", 30, 0xA0),
}
_ASKED = {AS_REQUEST: "AS-REQ", TGS_REQUEST: "TGS-REQ"}
_ANSWERS = {AS_ANSWER: "AS-REQ", TGS_ANSWER: "TGS-REQ"}
# IANA registry "Kerberos Encryption Type Numbers"; those below zero are Windows' own ([MS-KILE] section 2.2.7)
ALGORITHMS = {
    1: "des-cbc-crc",
    2: "des-cbc-md4",
    3: "des-cbc-md5",
    5: "des3-cbc-md5",
    7: "des3-cbc-sha1",
    16: "des3-cbc-sha1-kd",
    17: "aes128-cts-hmac-sha1-96",
    18: "aes256-cts-hmac-sha1-96",
    19: "aes128-cts-hmac-sha256-128",
    20: "aes256-cts-hmac-sha384-192",
    23: "rc4-hmac",
    24: "rc4-hmac-exp",
    25: "camellia128-cts-cmac",
    26: "camellia256-cts-cmac",
    -128: "rc4-md4",
    -133: "rc4-hmac-old",
    -135: "rc4-hmac-old-exp",
}
# RFC 4120 section 7.5.9, RFC 4556 section 3.1.3, RFC 6113 section 5.1: what tells an auditor something
ERRORS = {
    6: "KDC_ERR_C_PRINCIPAL_UNKNOWN",
    7: "KDC_ERR_S_PRINCIPAL_UNKNOWN",
    9: "KDC_ERR_NULL_KEY",
    12: "KDC_ERR_POLICY",
    13: "KDC_ERR_BADOPTION",
    14: "KDC_ERR_ETYPE_NOSUPP",
    16: "KDC_ERR_PADATA_TYPE_NOSUPP",
    18: "KDC_ERR_CLIENT_REVOKED",
    23: "KDC_ERR_KEY_EXPIRED",
    24: "KDC_ERR_PREAUTH_FAILED",
    25: "KDC_ERR_PREAUTH_REQUIRED",
    31: "KRB_AP_ERR_BAD_INTEGRITY",
    32: "KRB_AP_ERR_TKT_EXPIRED",
    37: "KRB_AP_ERR_SKEW",
    52: "KRB_ERR_RESPONSE_TOO_BIG",
    60: "KRB_ERR_GENERIC",
    68: "KDC_ERR_WRONG_REALM",
}
# Pre-authentication data that prove something, and what kind of credentials that is
_PROOFS = {
    2: ("PA-ENC-TIMESTAMP", "challenge"),
    14: ("PA-PK-AS-REQ (draft 9)", "certificate"),
    16: ("PA-PK-AS-REQ", "certificate"),
    136: ("PA-FX-FAST", "challenge"),
    138: ("PA-ENCRYPTED-CHALLENGE", "challenge"),
    141: ("PA-OTP-REQUEST", "challenge"),
    151: ("PA-SPAKE", "challenge"),
}
_ENC_TIMESTAMP, _TGS_DATA = 2, 1
_PADATA_HEAD = 18  # bytes that hold the type and the algorithm of a timestamp, but nothing that is random
_TICKET_HEAD = 13  # of EncryptedData: up to its algorithm
_KEEP = 16384  # a ticket with the groups of an account stands before what is asked for
MAX_REQUEST = 1 << 17  # bytes
MOST_ALGORITHMS = 32  # of a list


def _after_length(start: int) -> tuple[Byte, ...]:
    """What may stand where, in any of the forms of the two lengths ahead of the version.

    7E LL 30 LL A0 03 02 01 05 A1 03 02; with longer lengths the same by one to four bytes further.
    """
    tags = {0xA0, 0xA1, 0xA2}
    octets = (
        {*_MESSAGES},
        {*range(16, 0x80), 0x81, 0x82},
        {*range(256)},
        {*range(256)},
        {*range(0x82), 0xA0, 0xA1, _SEQUENCE},
        {*range(256)},
        {*range(256)},
        {*range(256)},
        {1, 2, 3, 5, 0xA0, 0xA1},
        {1, 2, 3, 5, *tags},
        {1, 2, 3, 5, *tags},
        {1, 2, 3, 5, *tags},
    )
    return tuple(Byte(start + at, among) for at, among in enumerate(octets) if len(among) < 256)


UDP = Framing(f"{NAME}-udp", Whole(), (*_after_length(0), Size(24)), {"udp": (88,)}, 1)
TCP = Framing(
    NAME,
    Length(at=0, width=4, add=4, minimum=28, maximum=MAX_REQUEST),
    (Byte(0, 0), Byte(1, (0, 1)), *_after_length(4)),
    {"tcp": (88,)},
    1,
)


@once
def _body(message: Message) -> tuple[int, list[ber.Element]]:
    """Tag of the message and the elements of its sequence; Malformed when it is none of Kerberos 5."""
    data, length = message.data, message.length
    if message.transport == "tcp":
        if len(data) < 4 or int.from_bytes(data[:4], "big") + 4 != length:
            raise Malformed("the lengths do not agree")
        data, length = data[4:], length - 4
    whole = ber.elements(data, cut=len(data) < length)
    if len(whole) != 1 or whole[0].tag not in _MESSAGES:
        raise Malformed("no message of Kerberos")
    outer = whole[0]
    found = ber.constructed(ber.child(outer, _SEQUENCE))
    _, number, version = _MESSAGES[outer.tag]
    if [e.tag for e in found[:2]] != [version, version + 1] or [_number(e) for e in found[:2]] != [5, number]:
        raise Malformed("no message of Kerberos")
    return outer.tag, found


def _number(element: ber.Element) -> int:
    """An INTEGER within an explicit tag, which may be negative."""
    inner = ber.child(element, 2)
    if not 1 <= len(inner.body) <= 5 or not inner.whole:
        raise Malformed("a number of {length} bytes", length=len(inner.body))
    return int.from_bytes(inner.body, "big", signed=True)


def probe(message: Message) -> bool:
    """Tags, version and type of the message agree."""
    return message.transport in ("tcp", "udp") and is_well_formed(_body, message)


def dissect(message: Message) -> Iterator[Row]:
    """What is asked for or answered, and with which algorithms."""
    tag, found = _body(message)
    by_tag = {element.tag: element for element in reversed(found)}
    if tag in _ASKED:
        yield from _request(tag, by_tag)
    elif tag == ERROR:
        yield from _error(by_tag)
    else:
        yield from _answer(tag, by_tag)


def _request(tag: int, found: dict[int, ber.Element]) -> Iterator[Row]:
    body = _fields(found.get(0xA4))
    data = _proofs(found.get(0xA3))
    offered = [_algorithm(e) for e in _integers(body.get(0xA8))]
    ticket = tag == TGS_REQUEST
    proofs = [_PROOFS[kind] for kind, _ in data if kind in _PROOFS]
    yield Operation(
        Verb.SESSION if ticket else Verb.AUTHENTICATE,
        _ASKED[tag],
        code=str(_MESSAGES[tag][1]),
        object=_service(body.get(0xA3)),
        detail="" if ticket else _proven([name for name, _ in proofs], whole=0xA4 in found),
        filter=f"kerberos.msg_type == {_MESSAGES[tag][1]}",
    )
    yield Session(
        version="Kerberos 5",
        cipher_offered=tuple(filter(None, offered)),
        credentials="ticket" if ticket else proofs[0][1] if proofs else "",
    )
    for kind, algorithm in data:
        if kind == _ENC_TIMESTAMP and algorithm:
            yield Session(cipher=algorithm)


WITHOUT = "no pre-authentication"


def _proven(names: list[str], *, whole: bool) -> str:
    """How a log-in proves itself. ``whole``: all data for it were captured, for what is asked stands behind them."""
    if names:
        return said("pre-authentication {name}", name=names[0])
    return said(WITHOUT) if whole else ""


def _answer(tag: int, found: dict[int, ber.Element]) -> Iterator[Row]:
    ticket = _fields(_inner(found.get(0xA5), _TICKET))
    yield Operation(
        Verb.SESSION if tag == TGS_ANSWER else Verb.AUTHENTICATE,
        _ANSWERS[tag],
        Kind.RESPONSE,
        code=str(_MESSAGES[tag][1]),
        object=_service(ticket.get(0xA2)),
        filter=f"kerberos.msg_type == {_MESSAGES[tag][1]}",
    )
    yield Session(version="Kerberos 5", authenticated=True if tag == TGS_ANSWER else None)
    for encrypted in (ticket.get(0xA3), found.get(0xA6)):
        if name := _of_encrypted(encrypted):
            yield Session(cipher=name)


def _error(found: dict[int, ber.Element]) -> Iterator[Row]:
    code = _number(found[0xA6]) if 0xA6 in found else -1
    yield Operation(
        Verb.AUTHENTICATE,
        "KRB-ERROR",
        Kind.REFUSAL,
        code=str(code),
        object=_service(found.get(0xAA)),
        refusal=ERRORS.get(code, f"error {code}"),
        filter=f"kerberos.error_code == {code}",
    )
    yield Session(version="Kerberos 5")


def _inner(element: ber.Element | None, tag: int) -> ber.Element | None:
    return ber.optional(ber.constructed(element), tag) if element else None


def _fields(element: ber.Element | None) -> dict[int, ber.Element]:
    """The elements of the SEQUENCE within an explicit tag, by tag; none when it is cut off."""
    sequence = _inner(element, _SEQUENCE)
    return {e.tag: e for e in reversed(ber.constructed(sequence))} if sequence else {}


def _integers(element: ber.Element | None) -> list[int]:
    sequence = _inner(element, _SEQUENCE)
    found = ber.constructed(sequence) if sequence else []
    return [int.from_bytes(e.body, "big", signed=True) for e in found[:MOST_ALGORITHMS] if 1 <= len(e.body) <= 4]


def _algorithm(number: int) -> str:
    return ALGORITHMS.get(number, f"etype {number}")


def _of_encrypted(element: ber.Element | None) -> str:
    """The algorithm of EncryptedData within an explicit tag or an OCTET STRING."""
    found = _fields(element)
    return _algorithm(_number(found[0xA0])) if 0xA0 in found else ""


def _service(element: ber.Element | None) -> str:
    """A principal's name by its parts; nothing when it cannot be printed."""
    names = _fields(element).get(0xA1)
    sequence = _inner(names, _SEQUENCE)
    parts = [printable(e.body) for e in ber.constructed(sequence)[:4]] if sequence else []
    return verbatim("/".join(parts)[:120]) if parts and all(parts) else ""


def _proofs(element: ber.Element | None) -> list[tuple[int, str]]:
    """Of each element of pre-authentication data the type, and of a timestamp the algorithm."""
    sequence = _inner(element, _SEQUENCE)
    found = []
    for data in ber.constructed(sequence)[:MOST_ALGORITHMS] if sequence else []:
        parts = {e.tag: e for e in ber.constructed(data)}
        if 0xA1 not in parts:
            continue
        kind = _number(parts[0xA1])
        value = _inner(parts.get(0xA2), 4) if kind == _ENC_TIMESTAMP else None
        found.append((kind, _of_encrypted(value)))
    return found


def _cases() -> Iterator[Case]:
    """Names, algorithms and kinds of proof make a message, not times, numbers and what is encrypted."""
    for base, framed in ((0, ()), (4, (Byte(0, 0),))):
        for form, length in ((2, range(0x80)), (3, 0x81), (4, 0x82)):
            at = base + form
            common = (*framed, Byte(base + 1, length))

            def within(*path: int, tags: tuple[int, ...], head: int = 0, most: int = 16, at: int = at) -> BerElements:
                return BerElements(at, (_SEQUENCE, *path), tags, most=most, head=head)

            proofs = within(0xA3, _SEQUENCE, tags=(_SEQUENCE,), head=_PADATA_HEAD)
            asked = within(0xA4, _SEQUENCE, tags=(0xA3, 0xA8))
            ticket = within(0xA5, _TICKET, _SEQUENCE, tags=(0xA2,))
            sealed = within(0xA5, _TICKET, _SEQUENCE, tags=(0xA3,), head=_TICKET_HEAD)
            answer = within(0xA6, _SEQUENCE, tags=(0xA0,))
            first = Range(base, base + 1)
            for tag in _ASKED:
                yield Case(NAME, (*common, Byte(base, tag)), (first, proofs, asked), Role.REQUEST, keep=_KEEP)
            for tag in _ANSWERS:
                yield Case(NAME, (*common, Byte(base, tag)), (first, ticket, sealed, answer), Role.RESPONSE, keep=_KEEP)
            yield Case(NAME, (*common, Byte(base, ERROR)), (first, within(tags=(0xA6, 0xAA))), Role.RESPONSE, keep=2048)


PROTOCOL = Protocol(
    name=NAME,
    title="Kerberos",
    framing=TCP,
    cases=tuple(_cases()),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.AUTHENTICATE, Verb.SESSION}),
    specification="RFC 4120 sections 5.2 to 5.10 and 7.5, RFC 4556, RFC 6113, RFC 6649, RFC 8429",
    industrial=False,
    more_framings=(UDP,),
)
