"""Payloads of IKE messages, and the proposals in their security associations; both versions.

RFC 7296 sections 3.1 to 3.12 (version 2), RFC 2408 sections 3.1 to 3.14 and RFC 2409 appendix A (version 1).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from scanner.protocols.base import Malformed
from scanner.protocols.common.reader import Reader
from scanner.protocols.vpn import _ike_names as names

HEADER = 28
MARKER = bytes(4)  # before IKE where ESP goes over UDP as well (RFC 3948)
SA_1, HASH_1, ID_1, CERTIFICATE_1, REQUEST_1, NOTIFY_1, VENDOR_1 = 1, 8, 5, 6, 7, 11, 13
SA_2, CERTIFICATE_2, REQUEST_2, NOTIFY_2, VENDOR_2, SEALED_2, FRAGMENT_2 = 33, 37, 38, 41, 43, 46, 53
MOST_PAYLOADS = 64
_ENCRYPTED_1 = 1  # flag


@dataclass(slots=True)
class Header:
    """The header of a message, and the type of its first payload."""

    version: int
    exchange: int
    flags: int
    first: int
    responder: bytes
    length: int

    @property
    def sealed(self) -> bool:
        """Everything behind the header is encrypted."""
        return self.version == 1 and bool(self.flags & _ENCRYPTED_1)


def header(data: bytes, length: int) -> Header:
    """The header of a message that is ``length`` bytes long; Malformed when it is none."""
    if len(data) < HEADER:
        raise Malformed("no header of IKE")
    version, exchange = data[17] >> 4, data[18]
    known = names.EXCHANGES_1 if version == 1 else names.EXCHANGES_2 if version == 2 else {}
    if data[17] & 15 or exchange not in known or not any(data[:8]):
        raise Malformed("no header of IKE")
    if int.from_bytes(data[24:28], "big") != length:
        raise Malformed("the length of the header is not that of the message")
    return Header(version, exchange, data[19], data[16], data[8:16], length)


def payloads(head: Header, data: bytes) -> Iterator[tuple[int, bytes]]:
    """(type, body) of each payload in clear, as far as it was captured; Malformed when they do not fill the message."""
    kind, at = head.first, HEADER
    for _ in range(MOST_PAYLOADS):
        if kind == 0 and at == head.length:
            return
        if at + 4 > head.length:
            raise Malformed("the payloads do not fill the message")
        if at + 4 > len(data):
            return
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        if kind == 0 or size < 4 or at + size > head.length or (head.version == 1 and data[at + 1]):
            raise Malformed("the payloads do not fill the message")
        if at + size <= len(data):
            yield kind, data[at + 4 : at + size]
        if kind in (SEALED_2, FRAGMENT_2) and head.version == 2:
            return
        kind, at = data[at], at + size
    raise Malformed("more than {count} payloads", count=MOST_PAYLOADS)


@dataclass(slots=True)
class Proposal:
    """What one proposal, of version 1 one transform of it, says: algorithms by name, and the rest of version 1."""

    algorithms: list[str] = field(default_factory=list)
    authentication: int = 0
    lifetimes: list[tuple[int, str]] = field(default_factory=list)


def group(number: int) -> str:
    """A group of Diffie-Hellman, or another method of key exchange."""
    return f"group {number} ({names.GROUPS.get(number, 'unknown')})"


def proposals_2(body: bytes) -> list[Proposal]:
    """Those of a security association of version 2."""
    read, found = Reader(body), []
    while read.left:
        read.take(2)
        inner = Reader(read.take(read.number(2) - 4))
        inner.take(2)
        identifier, count = inner.number(1), inner.number(1)
        inner.take(identifier)
        proposal = Proposal()
        for _ in range(count):
            inner.take(2)
            transform = Reader(inner.take(inner.number(2) - 4))
            kind = transform.number(1)
            transform.take(1)
            number = transform.number(2)
            if name := _transform(kind, number, _attributes(transform)):
                proposal.algorithms.append(name)
        found.append(proposal)
    return found


def _transform(kind: int, number: int, attributes: dict[int, int]) -> str:
    if kind == 1:
        bits = attributes.get(14)
        name = names.ENCRYPTION_2.get(number, f"ENCR_{number}")
        return f"{name}_{bits}" if bits else name
    if kind in (2, 3):
        table, word = ((names.PRF_2, "PRF"), (names.INTEGRITY_2, "AUTH"))[kind - 2]
        return table.get(number, f"{word}_{number}")
    return group(number) if kind == 4 and number else ""


def _attributes(read: Reader) -> dict[int, int]:
    """Number -> value, as both versions write them (RFC 2408 section 3.3)."""
    found: dict[int, int] = {}
    while read.left:
        kind = read.number(2)
        if kind & 0x8000:
            found[kind & 0x7FFF] = read.number(2)
        else:
            found[kind] = int.from_bytes(read.take(read.number(2))[:8], "big")
    return found


def proposals_1(body: bytes) -> list[Proposal]:
    """The transforms of the first phase in a security association of version 1."""
    read, found = Reader(body), []
    read.take(8)  # domain of interpretation, situation
    while read.left:
        read.take(2)
        inner = Reader(read.take(read.number(2) - 4))
        inner.take(1)
        protocol, identifier, count = inner.number(1), inner.number(1), inner.number(1)
        inner.take(identifier)
        for _ in range(count):
            inner.take(2)
            transform = Reader(inner.take(inner.number(2) - 4))
            transform.take(4)
            if protocol == 1:  # of IKE itself
                found.append(_transform_1(_attributes(transform)))
    return found


def _transform_1(attributes: dict[int, int]) -> Proposal:
    proposal = Proposal(authentication=attributes.get(3, 0))
    if number := attributes.get(1):
        name, bits = names.ENCRYPTION_1.get(number, f"ENCR_{number}"), attributes.get(14)
        proposal.algorithms.append(f"{name}_{bits}" if bits else name)
    if number := attributes.get(2):
        proposal.algorithms.append(names.HASH_1.get(number, f"HASH_{number}"))
    if number := attributes.get(4):
        proposal.algorithms.append(group(number))
    unit = {1: "s", 2: "kB"}.get(attributes.get(11, 0))
    if unit and 12 in attributes:
        proposal.lifetimes.append((attributes[12], unit))
    return proposal


def errors(head: Header, kind: int, body: bytes) -> str:
    """The error that a notification is, in the specification's word; empty when it is none."""
    if head.version == 2 and kind == NOTIFY_2 and len(body) >= 4:
        number = int.from_bytes(body[2:4], "big")
        return names.ERRORS_2.get(number, f"error {number}") if number < 16384 else ""
    if head.version == 1 and kind == NOTIFY_1 and len(body) >= 8:
        number = int.from_bytes(body[6:8], "big")
        return names.ERRORS_1.get(number, f"error {number}") if number < 8192 else ""
    return ""
