"""How routers prove to each other who they are: not at all, by a password that anybody reads, or by a keyed digest."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.protocols.base import Malformed, Session
from scanner.wording import Said, said

_BY_LENGTH = {
    16: "HMAC-MD5 or keyed MD5",
    20: "HMAC-SHA-1",
    28: "HMAC-SHA-224",
    32: "HMAC-SHA-256",
    48: "HMAC-SHA-384",
    64: "HMAC-SHA-512",
}


def unproven(version: str, detail: Said | str = "") -> Session:
    """Whoever is in the segment can send such messages."""
    return Session(version=version, credentials="none", encrypted=False, detail=detail)


def unread(version: str) -> Session:
    """What would prove the sender was not captured."""
    return Session(version=version, encrypted=False, unread=("credentials",))


def by_password(version: str, detail: Said | str = "") -> Session:
    """A password in the message itself."""
    return Session(version=version, credentials="password", encrypted=False, detail=detail)


def by_digest(version: str, algorithm: str) -> Session:
    """A digest over message and key."""
    return Session(version=version, encrypted=False, detail=said("messages authenticated by {name}", name=algorithm))


def algorithm_of(octets: int) -> str:
    """What makes digests of so many bytes; several hashes may."""
    return _BY_LENGTH.get(octets, "HMAC")


def address(data: bytes) -> str:
    """Four bytes as routers write their identifiers, areas and IPv4 addresses."""
    return ".".join(map(str, data))


def tlvs(data: bytes, at: int, *, width: int, header_counted: bool, cut: bool = False) -> Iterator[tuple[int, bytes]]:
    """Type and value of each TLV from ``at`` on, type and length of ``width`` bytes; ``cut``: not all was captured."""
    head = 2 * width
    while at < len(data):
        kind = int.from_bytes(data[at : at + width], "big")
        size = int.from_bytes(data[at + width : at + head], "big") + (0 if header_counted else head)
        if size < head or at + size > len(data):
            if cut:
                return
            raise Malformed("TLV {kind} does not fit the message", kind=kind)
        yield kind, data[at + head : at + size]
        at += size
