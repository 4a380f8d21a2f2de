"""GOOSE and Sampled Values over IP: the session layer of IEC 61850-90-5 in UDP, with its security.

Written from IEC/TR 61850-90-5:2012 clauses 7.2 (session identifiers, common header, security information), 8 (payloads,
signature) and IEC 61850-8-1:2011/AMD1:2020 annexes G and H (version 2: the algorithms belong to the key, an
initialization vector follows its identifier).

Where an APDU begins depends on the version and the vector, so there are cases for each place (``places``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from scanner.framing.language import Byte, Framing, Range, Whole
from scanner.protocols.base import Malformed, Message, Session
from scanner.protocols.common.ber import Element, first
from scanner.protocols.iec61850._ethernet import Frame
from scanner.wording import joined, said, verbatim

PORT = 102
TUNNELLED, GOOSE, SV, MANAGEMENT = 0xA0, 0xA1, 0xA2, 0xA3
PAYLOADS = {GOOSE: 0x81, SV: 0x82, TUNNELLED: 0x83, MANAGEMENT: 0x84}
_VECTORS = (0, 12)  # bytes of an initialization vector
_VERSION_1, _VERSION_2 = 1, 2
_PADDING, _SIGNATURE = 0xAF, 0x85
_ELEMENT = 6  # type, simulation, APPID, length
ENCRYPTION = {0: said("no encryption"), 1: verbatim("AES-128-GCM"), 2: verbatim("AES-256-GCM")}
SIGNATURES = {
    0: said("no signature"),
    1: verbatim("HMAC-SHA256-80"),
    2: verbatim("HMAC-SHA256-128"),
    3: verbatim("HMAC-SHA256-256"),
    4: verbatim("AES-GMAC-64"),
    5: verbatim("AES-GMAC-128"),
    6: verbatim("HMAC-SHA3-80"),
    7: verbatim("HMAC-SHA3-128"),
    8: verbatim("HMAC-SHA3-256"),
}


def framing(name: str, *kinds: int) -> Framing:
    """Datagrams with one of these session identifiers, on any port."""
    sync = (Byte(0, 0x01), Byte(1, 0x40), Byte(2, kinds), Byte(4, 0x80), Byte(14, 0), Byte(15, (1, 2)))
    return Framing(name, Whole(), sync, {"udp": (PORT,)}, confirmations=1)


class Place(NamedTuple):
    """Where an APDU begins, by which tests, and what in front of it is meaning."""

    apdu: int
    when: tuple[Byte, ...]
    key: tuple[Range, ...]


def places(kind: int) -> Iterator[Place]:
    """The places of an APDU in clear text, signed (by the usual sizes of a signature) or not."""
    head = (Byte(0, 0x01), Byte(1, 0x40), Byte(2, kind), Byte(14, 0))
    one = (*head, Byte(15, _VERSION_1))
    yield Place(
        38, (*one, Byte(22, 0), Byte(32, PAYLOADS[kind])), (Range(2, 3), Range(15, 16), Range(22, 24), Range(32, 36))
    )
    for vector in _VECTORS:
        at = 37 + vector
        two = (*head, Byte(15, _VERSION_2), Byte(26, vector), Byte(at - _ELEMENT, PAYLOADS[kind]))
        key = (Range(2, 3), Range(15, 16), Range(26, 27), Range(at - 6, at - 2))
        for size, count in ((16, 16), (32, 32), (32, 16), (10, 10)):
            signed = (Byte(-size - 2, _SIGNATURE), Byte(-size - 1, count))
            yield Place(at, (*two, *signed), (*key, Range(-size - 2, -size)))
        yield Place(at, two, key)


def others(kind: int) -> tuple[tuple[Byte, ...], tuple[Range, ...]]:
    """Tests and key of everything else with this session identifier: ciphered, tunnelled, management."""
    head = (Byte(0, 0x01), Byte(1, 0x40), Byte(2, kind), Byte(4, 0x80))
    return head, (Range(2, 3), Range(15, 16), Range(22, 24), Range(26, 27))


class Routed(NamedTuple):
    """The session identifier, its first payload (None when it cannot be read), and how it is protected."""

    kind: int
    frame: Frame | None
    session: Session


def routed(message: Message, *tags: int) -> Routed:
    """The session layer taken off; Malformed when it contradicts itself."""
    data = message.data
    if len(data) < 32 or data[:2] != b"\1\x40" or data[2] not in PAYLOADS or data[4] != 0x80:
        raise Malformed("no session header of IEC 61850-90-5")
    version = int.from_bytes(data[14:16], "big")
    if version == _VERSION_1:
        encryption, signature, start = data[22], data[23], 28
    elif version == _VERSION_2:
        encryption, signature, start = 0, 0, 27 + data[26]
    else:
        raise Malformed("version {version}", version=version)
    size = int.from_bytes(data[start : start + 4], "big")
    start += 4
    if start + size > message.length:
        raise Malformed(
            "a payload of {size} bytes in the {length} that are left", size=size, length=message.length - start
        )
    payload = data[start : start + size]
    signed = bool(signature) or _is_signed(data, start + size)
    found = _payload(data[2], payload, cut=len(payload) < size, tags=tags) if not encryption else None
    encrypted = bool(encryption) or (version == _VERSION_2 and data[26] > 0 and found is None)
    words: list[str] = [said("IEC 61850-90-5 version {n}", n=version)]
    if version == _VERSION_1:
        words += [
            ENCRYPTION.get(encryption) or said("unknown encryption"),
            SIGNATURES.get(signature) or said("unknown signature"),
        ]
    else:
        words += [said("encrypted" if encrypted else "not encrypted"), said("signed" if signed else "not signed")]
    if found is None and not encrypted and data[2] in (GOOSE, SV):
        raise Malformed("no APDU")
    return Routed(data[2], found, Session(encrypted=encrypted, authenticated=signed, detail=joined(words)))


def _is_signed(data: bytes, at: int) -> bool:
    """A signature follows the payload, perhaps behind padding."""
    if data[at : at + 1] == bytes((_PADDING,)) and at + 1 < len(data):
        at += 2 + data[at + 1]
    return data[at : at + 1] == bytes((_SIGNATURE,))


def _payload(kind: int, payload: bytes, *, cut: bool, tags: tuple[int, ...]) -> Frame | None:
    """The first element of the payload: type, simulation, APPID, length, APDU."""
    if len(payload) <= _ELEMENT or payload[0] != PAYLOADS[kind] or payload[_ELEMENT] not in tags:
        return None
    length = int.from_bytes(payload[4:6], "big") - 2
    body = payload[_ELEMENT : _ELEMENT + max(0, length)]
    apdu: Element = first(body, cut=cut and len(body) < length)
    return Frame(int.from_bytes(payload[2:4], "big"), bool(payload[1]), 0, apdu)
