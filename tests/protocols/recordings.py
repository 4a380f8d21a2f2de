"""Recorded captures as the bytes of each side, for tests of dissectors that need no kernel.

Reads only what ``fixtures.record.wire`` writes: pcap in microseconds, Ethernet, IPv4, TCP segments in order.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

from fixtures.record.wire import Wire

CAPTURES = Path(__file__).parents[2] / "fixtures" / "captures"
ENDS = "10.20.70.2", "10.20.70.3"


def written(path: Path, talk: Iterable[tuple[bool, bytes]], port: int) -> Path:
    """A capture of datagrams, each with whether the client sends it, between ``ENDS``."""
    with Wire(path) as wire:
        way = wire.udp(*ENDS, port)
        for from_client, data in talk:
            (way.client if from_client else way.server)(data)
    return path


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


def cut_lines(talk: list[tuple[bool, bytes]]) -> Iterator[tuple[bool, bytes]]:
    """(from the client, line with its end)."""
    for side, payload in talk:
        yield from ((side, line) for line in payload.splitlines(keepends=True))


def cut_header_blocks(talk: list[tuple[bool, bytes]]) -> Iterator[tuple[bool, bytes]]:
    """(from the client, header block) of messages whose bodies are as long as Content-Length says."""
    methods: list[bytes] = []
    for side in (True, False):
        rest = b"".join(payload for from_client, payload in talk if from_client is side)
        while rest.startswith((b"HTTP/", b"PRI ")) or b" HTTP/1." in rest.split(b"\r\n")[0]:
            head, _, rest = rest.partition(b"\r\n\r\n")
            yield side, head + b"\r\n\r\n"
            fields = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
            method = head.split(b" ")[0] if side else methods.pop(0)
            if side:
                methods.append(method)
            if fields and method != b"HEAD":
                rest = rest[int(fields[0].split(b":")[1]) :]
