"""Recorded captures as the bytes of each side, for tests of dissectors that need no kernel.

Reads only what ``fixtures.record.wire`` writes: pcap in microseconds, Ethernet, IPv4, TCP segments in order.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

CAPTURES = Path(__file__).parents[2] / "fixtures" / "captures"


def frames(path: Path) -> Iterator[bytes]:
    """The frames of a capture."""
    raw, at = path.read_bytes(), 24
    while at < len(raw):
        (length,) = struct.unpack_from("<I", raw, at + 8)
        yield raw[at + 16 : at + 16 + length]
        at += 16 + length


def segments(path: Path) -> Iterator[tuple[int, bool, bytes]]:
    """(client's port, from the client, payload) of every TCP segment that carries bytes."""
    clients: set[int] = set()
    for frame in frames(path):
        if frame[12:14] != b"\x08\0" or frame[23] != 6:
            continue
        size = struct.unpack_from(">H", frame, 16)[0]
        source, target = struct.unpack_from(">HH", frame, 34)
        offset, flags = frame[46] >> 4, frame[47]
        if flags & 0x12 == 0x02:
            clients.add(source)
        payload = frame[34 + 4 * offset : 14 + size]
        if payload:
            from_client = source in clients
            yield (source if from_client else target), from_client, payload


def streams(path: Path) -> dict[int, list[tuple[bool, bytes]]]:
    """Client port -> (from the client, payload) in order."""
    found: dict[int, list[tuple[bool, bytes]]] = {}
    for port, from_client, payload in segments(path):
        found.setdefault(port, []).append((from_client, payload))
    return found


def cut_by_length(talk: list[tuple[bool, bytes]], at: int, width: int, add: int) -> Iterator[tuple[bool, bytes]]:
    """(from the client, message) of messages that carry their length."""
    waiting = {True: b"", False: b""}
    for side, payload in talk:
        waiting[side] += payload
        while len(waiting[side]) >= at + width:
            size = int.from_bytes(waiting[side][at : at + width], "big") + add
            if len(waiting[side]) < size:
                break
            yield side, waiting[side][:size]
            waiting[side] = waiting[side][size:]
