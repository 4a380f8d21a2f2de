"""Packets of QUIC: their headers, and what Initial packets hold, whose keys anybody can derive.

RFC 8999 (what all versions share), RFC 9000 sections 12.2, 16, 17 and 19, RFC 9001 sections 5.2 to 5.4, RFC 9369
section 3 (version 2).
"""

from __future__ import annotations

import enum
import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass

from scanner.protocols.base import Malformed
from scanner.protocols.common.reader import Reader

VERSION_1, VERSION_2, NEGOTIATION = 1, 0x6B3343CF, 0
LONGEST_ID = 20  # bytes of a connection id
_SALTS = {
    VERSION_1: bytes.fromhex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a"),
    VERSION_2: bytes.fromhex("0dede3def700a6db819381be6e269dcbf9bd2ed9"),
}
_LABELS = {VERSION_1: b"quic", VERSION_2: b"quicv2"}
_TAG, _SAMPLE = 16, 16


class Kind(enum.Enum):
    """What a packet with a long header is."""

    INITIAL = "Initial"
    ZERO_RTT = "0-RTT"
    HANDSHAKE = "Handshake"
    RETRY = "Retry"


_KINDS = {
    VERSION_1: (Kind.INITIAL, Kind.ZERO_RTT, Kind.HANDSHAKE, Kind.RETRY),
    VERSION_2: (Kind.RETRY, Kind.INITIAL, Kind.ZERO_RTT, Kind.HANDSHAKE),
}


def version_name(number: int) -> str:
    """The version as people write it; empty of numbers that nobody published."""
    if number in _SALTS:
        return "QUIC 1" if number == VERSION_1 else "QUIC 2"
    text = number.to_bytes(4, "big")
    if number >> 8 == 0xFF0000:
        return f"QUIC draft-{text[3]:02d}"
    if number >> 8 == 0xFACEB0:
        return f"QUIC mvfst-{text[3]:02x}"
    if text[:2] in (b"Q0", b"T0") and text[2:].isdigit():
        return f"gQUIC {text.decode()}"
    return ""


@dataclass(slots=True)
class Packet:
    """A packet with a long header within its datagram; ``end`` may lie behind what was captured.

    number_at: where the protected packet number begins; kind: None where the version is not read.
    """

    kind: Kind | None
    version: int
    target: bytes
    source: bytes
    start: int
    number_at: int
    end: int


def varint(read: Reader) -> int:
    """A number of 1, 2, 4 or 8 bytes (RFC 9000 section 16)."""
    first = read.number(1)
    size = 1 << (first >> 6)
    return (first & 0x3F) << 8 * (size - 1) | (read.number(size - 1) if size > 1 else 0)


def packets(data: bytes, length: int) -> Iterator[Packet]:
    """The packets with long headers at the beginning of a datagram of ``length`` bytes, one behind the other."""
    at = 0
    while at < len(data) and data[at] & 0x80:
        packet = _packet(data, at, length)
        yield packet
        at = packet.end


def _packet(data: bytes, at: int, length: int) -> Packet:
    read = Reader(data, at + 1, length)
    version = read.number(4)
    if version_name(version).startswith("gQUIC Q"):  # both lengths in one byte
        return Packet(None, version, b"", b"", at, read.at, length)
    target, source = _identifier(read), _identifier(read)
    if version not in _KINDS:
        return Packet(None, version, target, source, at, read.at, length)
    kind = _KINDS[version][data[at] >> 4 & 3]
    if kind is Kind.RETRY:
        if read.left < _TAG:
            raise Malformed("a Retry packet without its integrity tag")
        return Packet(kind, version, target, source, at, read.at, length)
    if kind is Kind.INITIAL:
        read.take(varint(read))
    size = varint(read)
    if size < 4 + _SAMPLE or size > read.left:
        raise Malformed("the packet's length does not fit into its datagram")
    return Packet(kind, version, target, source, at, read.at, read.at + size)


def _identifier(read: Reader) -> bytes:
    size = read.number(1)
    if size > LONGEST_ID:
        raise Malformed("a connection id of {size} bytes", size=size)
    return read.take(size)


# --- Initial packets ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Keys:
    """What one side's Initial packets are protected with."""

    client: bool
    key: bytes
    iv: bytes
    mask_key: bytes


def initial_keys(version: int, first_target: bytes) -> tuple[Keys, Keys]:
    """The client's and the server's, from the target connection id of the client's first Initial packet."""
    secret = hmac.digest(_SALTS[version], first_target, hashlib.sha256)
    client, server = (_expand(secret, label, 32) for label in (b"client in", b"server in"))
    return _keys(version, client, client=True), _keys(version, server, client=False)


def _keys(version: int, secret: bytes, *, client: bool) -> Keys:
    key, iv, mask = ((_LABELS[version] + name, size) for name, size in ((b" key", 16), (b" iv", 12), (b" hp", 16)))
    return Keys(client, _expand(secret, *key), _expand(secret, *iv), _expand(secret, *mask))


def _expand(secret: bytes, label: bytes, size: int) -> bytes:
    """HKDF-Expand-Label of TLS 1.3 (RFC 8446 section 7.1), at most 32 bytes, without a context."""
    name = b"tls13 " + label
    info = size.to_bytes(2, "big") + bytes((len(name),)) + name + b"\0"
    return hmac.digest(secret, info + b"\1", hashlib.sha256)[:size]


def opened(packet: Packet, data: bytes, keys: Keys) -> bytes | None:
    """What an Initial packet holds; None when it was not captured whole or the keys are not its own."""
    from cryptography.exceptions import InvalidTag  # only where such a packet is there
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    at = packet.number_at
    if packet.end > len(data) or packet.end < at + 4 + _SAMPLE:
        return None
    masking = Cipher(algorithms.AES(keys.mask_key), modes.ECB()).encryptor()  # noqa: S305 - header protection is this
    mask = masking.update(data[at + 4 : at + 4 + _SAMPLE])
    first = data[packet.start] ^ mask[0] & 0x0F
    size = (first & 3) + 1
    number = bytes(a ^ b for a, b in zip(data[at : at + size], mask[1:], strict=False))
    header = bytes((first,)) + data[packet.start + 1 : at] + number
    nonce = (int.from_bytes(keys.iv, "big") ^ int.from_bytes(number, "big")).to_bytes(12, "big")
    try:
        return AESGCM(keys.key).decrypt(nonce, data[at + size : packet.end], header)
    except InvalidTag:
        return None


@dataclass(slots=True)
class Frames:
    """Of an Initial packet: parts of the handshake by their offsets, and the error with which it was given up."""

    handshake: list[tuple[int, bytes]]
    error: int | None = None


def frames(payload: bytes) -> Frames:
    """The frames that Initial packets may have; Malformed with any other (RFC 9000 section 12.4)."""
    read, found = Reader(payload), Frames([])
    while read.left:
        kind = payload[read.at]
        if kind == 0:
            rest = payload[read.at :]
            read.at += len(rest) - len(rest.lstrip(b"\0"))
            continue
        read.take(1)
        if kind in (2, 3):
            _acknowledgement(read, counted=kind == 3)
        elif kind == 6:
            offset, size = varint(read), varint(read)
            found.handshake.append((offset, read.take(size)))
        elif kind == 0x1C:
            found.error = varint(read)
            varint(read)
            read.take(varint(read))
        elif kind != 1:
            raise Malformed("a frame of type {number} in an Initial packet", number=kind)
    return found


def _acknowledgement(read: Reader, *, counted: bool) -> None:
    for _ in range(2):
        varint(read)
    ranges = varint(read)
    varint(read)
    for _ in range(2 * ranges):
        varint(read)
    for _ in range(3 if counted else 0):
        varint(read)
