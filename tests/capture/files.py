"""Capture files built by hand, block by block, so that every field can be what a test needs."""

from __future__ import annotations

import struct
from collections.abc import Iterable

MAGIC = {("<", False): b"\xd4\xc3\xb2\xa1", (">", False): b"\xa1\xb2\xc3\xd4"}
MAGIC |= {("<", True): b"\x4d\x3c\xb2\xa1", (">", True): b"\xa1\xb2\x3c\x4d"}

Record = tuple[int, int, bytes] | tuple[int, int, bytes, int]  # seconds, fraction, bytes, length on the wire


def pcap_header(
    order: str = "<", nanoseconds: bool = False, network: int = 1, version: tuple[int, int] = (2, 4)
) -> bytes:
    return MAGIC[order, nanoseconds] + struct.pack(order + "HHiIII", *version, 0, 0, 262144, network)


def pcap_record(record: Record, order: str = "<") -> bytes:
    seconds, fraction, data, wire = (*record, len(record[2]))[:4]
    return struct.pack(order + "IIII", seconds, fraction, len(data), wire) + data


def pcap(records: Iterable[Record], order: str = "<", **header: object) -> bytes:
    return pcap_header(order, **header) + b"".join(pcap_record(r, order) for r in records)


def options(*pairs: tuple[int, bytes], order: str = "<") -> bytes:
    if not pairs:
        return b""
    body = b"".join(struct.pack(order + "HH", c, len(v)) + v + bytes(-len(v) % 4) for c, v in pairs)
    return body + struct.pack(order + "HH", 0, 0)


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    body += bytes(-len(body) % 4)
    length = len(body) + 12
    return struct.pack(order + "II", kind, length) + body + struct.pack(order + "I", length)


def section(order: str = "<", *pairs: tuple[int, bytes], version: tuple[int, int] = (1, 0)) -> bytes:
    body = struct.pack(order + "IHHq", 0x1A2B3C4D, *version, -1) + options(*pairs, order=order)
    return block(0x0A0D0D0A, body, order)


def interface(link: int = 1, *pairs: tuple[int, bytes], order: str = "<", snapshot: int = 0) -> bytes:
    return block(1, struct.pack(order + "HHI", link, 0, snapshot) + options(*pairs, order=order), order)


def enhanced(
    data: bytes,
    *pairs: tuple[int, bytes],
    stamp: int = 0,
    number: int = 0,
    wire: int = -1,
    order: str = "<",
) -> bytes:
    head = struct.pack(
        order + "IIIII", number, stamp >> 32, stamp & 0xFFFFFFFF, len(data), len(data) if wire < 0 else wire
    )
    return block(6, head + data + bytes(-len(data) % 4) + options(*pairs, order=order), order)


def simple(data: bytes, wire: int = -1, order: str = "<") -> bytes:
    return block(3, struct.pack(order + "I", len(data) if wire < 0 else wire) + data, order)


def obsolete(data: bytes, stamp: int = 0, number: int = 0, drops: int = 0xFFFF, order: str = "<") -> bytes:
    head = struct.pack(order + "HHIIII", number, drops, stamp >> 32, stamp & 0xFFFFFFFF, len(data), len(data))
    return block(2, head + data, order)
