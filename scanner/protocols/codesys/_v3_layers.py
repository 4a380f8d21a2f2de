"""The layers of a CODESYS V3 message: block driver, datagram, channel, services, and the tags of a service.

The router's header is three words long; receiver and sender follow as words, then padding to four bytes. A first data
block has its size and a CRC-32 behind block and acknowledge numbers. Tags are numbers of seven bits a byte, low first;
from 0x80 on a tag holds further tags.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from scanner.protocols.base import Malformed
from scanner.protocols.codesys._v3_names import (
    CHANNELS,
    DATA,
    DATAGRAMS,
    NAME_CLIENT,
    NAME_PACKETS,
    NAME_SERVER,
    PACKETS,
)

MAGIC = b"\x00\x01\x17\xe8"
ROUTER = 0xC5
BLOCK, HEADER = 8, 6  # bytes of the block driver and of the datagram header
FIRST, TO_SERVER = 0x01, 0x80  # flags of a data block
SERVICES, CONTINUED = 20, 12  # bytes of a first and of a further data block before the payload
PLAIN, SECURE = b"\x55\xcd", b"\x57\x75"
SERVICE_HEADER = 16
REPLY = 0x80  # mark of a reply in the number of a group
DEEPEST = 6


@dataclass(frozen=True)
class Datagram:
    """service: of the datagram layer; at: where its payload begins in the message."""

    service: int
    at: int


def datagram(data: bytes) -> Datagram:
    """The datagram layer of a message, with or without a block driver in front."""
    base = BLOCK if data[:4] == MAGIC else 0
    if len(data) < base + HEADER or data[base] != ROUTER:
        raise Malformed("no CODESYS V3 datagram")
    if data[base + 1] & 7 != HEADER // 2:
        raise Malformed("datagram header of {value} words", value=data[base + 1] & 7)
    service, words = data[base + 3], (data[base + 5] & 15) + (data[base + 5] >> 4)
    if service not in DATAGRAMS:
        raise Malformed("datagram service 0x{service:02X}", service=service)
    return Datagram(service, base + aligned(HEADER + 2 * words))


def aligned(size: int) -> int:
    """The size with padding to four bytes."""
    return (size + 3) & ~3


def check(data: bytes) -> None:
    """What holds of every message besides its header: packet types, and the CRC of a block that is complete."""
    found = datagram(data)
    at = found.at
    if at >= len(data):
        return
    if found.service in (NAME_SERVER, NAME_CLIENT) and name_packet(data, at)[0] not in NAME_PACKETS:
        raise Malformed("name service packet")
    if found.service != CHANNELS:
        return
    if data[at] not in PACKETS:
        raise Malformed("channel packet 0x{packet:02X}", packet=data[at])
    payload = data[at + SERVICES :]
    if data[at] == DATA and len(data) >= at + SERVICES and data[at + 1] & FIRST:
        size, crc = (int.from_bytes(data[at + n : at + n + 4], "little") for n in (12, 16))
        if len(payload) > size or (len(payload) == size and zlib.crc32(payload) != crc):
            raise Malformed("checksum of a data block")


def name_packet(data: bytes, at: int) -> tuple[int, str]:
    """(packet type, byte order) of a name service packet, which is written in the order of its sender."""
    for order in ("little", "big"):
        kind = int.from_bytes(data[at : at + 2], order)
        if kind in NAME_PACKETS:
            return kind, order
    return 0, "little"


@dataclass(frozen=True)
class Service:
    """The header of a service. group is without the mark of a reply; at: where the tags begin."""

    group: int
    number: int
    reply: bool
    header: bytes
    at: int


def service(data: bytes, at: int) -> Service:
    """The service header at ``at``."""
    if len(data) < at + SERVICE_HEADER - 4:
        raise Malformed("service header cut short")
    group = int.from_bytes(data[at + 4 : at + 6], "little")
    number = int.from_bytes(data[at + 6 : at + 8], "little")
    size = int.from_bytes(data[at + 2 : at + 4], "little")
    if not SERVICE_HEADER - 4 <= size <= 2 * SERVICE_HEADER:
        raise Malformed("service header of {size} bytes", size=size)
    return Service(group & ~REPLY, number, bool(group & REPLY), data[at : at + 8], at + 4 + size)


def tags(data: bytes, depth: int = 0) -> Iterator[tuple[tuple[int, ...], bytes]]:
    """(path, value) of every tag that is complete; what cannot be read ends the list."""
    at = 0
    while at < len(data):
        number, at = _varint(data, at)
        size, at = _varint(data, at)
        if number < 0 or size < 0 or at + size > len(data):
            return
        value, at = data[at : at + size], at + size
        if number & 0x80 and depth < DEEPEST:
            yield from (((number, *path), inner) for path, inner in tags(value, depth + 1))
        else:
            yield (number,), value


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """(value, place behind it); the value is -1 when it is cut short or longer than four bytes."""
    value = 0
    for n in range(4):
        if at + n >= len(data):
            break
        value |= (data[at + n] & 0x7F) << 7 * n
        if not data[at + n] & 0x80:
            return value, at + n + 1
    return -1, len(data)
