"""A recording in which HTTP/1.1 is spoken, spoken in HTTP/2 without TLS (RFC 9113, prior knowledge)."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from ipaddress import IPv4Address
from pathlib import Path
from tempfile import TemporaryDirectory

from fixtures.record.wire import START, Wire
from tests.twins import Record, from_client, is_ip, records

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_SETTINGS, _HEADERS, _DATA = 4, 1, 0
_ENDS, _WHOLE = 1, 4
_BETWEEN = (b"connection", b"transfer-encoding", b"keep-alive", b"upgrade", b"host")  # not of HTTP/2
_FIRST = re.compile(rb"(?P<method>[A-Z]+) (?P<path>\S+) HTTP/1\.[01]\r\n|HTTP/1\.[01] (?P<status>\d{3})[^\r]*\r\n")


def in_http2(given: list[Record]) -> list[Record]:
    """Each connection that opens with HTTP/1.1 in HTTP/2; others are left out. Whole recordings in order only."""
    talks: dict[tuple[bytes, bytes], list[tuple[bool, bytes]]] = {}
    for (_, _, frame, _), asks in zip(given, from_client(given), strict=True):
        if is_ip(frame) and frame[23] == 6:
            end, at = 14 + int.from_bytes(frame[16:18], "big"), 34 + 4 * (frame[46] >> 4)
            one, other = frame[26:30] + frame[34:36], frame[30:34] + frame[36:38]
            key = (one, other) if asks else (other, one)
            if at < end:
                talks.setdefault(key, []).append((asks, frame[at:end]))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "made.pcap"
        with Wire(path) as wire:
            wire.pause(given[0][0] + given[0][1] / 1e6 - START if given else 0)
            for (client, server), said in talks.items():
                _play(wire, client, server, said)
        return records(path)


def _play(wire: Wire, client: bytes, server: bytes, said: list[tuple[bool, bytes]]) -> None:
    asked, told = (list(_messages(b"".join(part for asks, part in said if asks is who))) for who in (True, False))
    if not asked:
        return
    talk = wire.tcp(str(IPv4Address(client[:4])), str(IPv4Address(server[:4])), int.from_bytes(server[4:], "big"))
    talk.client(_PREFACE + _frame(_SETTINGS, 0, 0, b""))
    talk.server(_frame(_SETTINGS, 0, 0, b""))
    for number, request in enumerate(asked):
        talk.client(_message(2 * number + 1, request))
        if number < len(told):
            talk.server(_message(2 * number + 1, told[number]))
    talk.close()


def _messages(data: bytes) -> Iterator[tuple[list[tuple[bytes, bytes]], bytes]]:
    """Headers as HTTP/2 has them, and the body, of each message."""
    while first := _FIRST.match(data):
        head, _, rest = data[first.end() :].partition(b"\r\n\r\n")
        lines = (line.partition(b":") for line in head.split(b"\r\n") if line)
        named = [(name.strip().lower(), value.strip()) for name, _, value in lines]
        size = int(dict(named).get(b"content-length", b"0"))
        if first["status"]:
            start = [(b":status", first["status"])]
        else:
            host = dict(named).get(b"host", b"localhost")
            start = [
                (b":method", first["method"]),
                (b":scheme", b"http"),
                (b":authority", host),
                (b":path", first["path"]),
            ]
        yield [*start, *((name, value) for name, value in named if name not in _BETWEEN)], rest[:size]
        data = rest[size:]


def _message(stream: int, message: tuple[list[tuple[bytes, bytes]], bytes]) -> bytes:
    headers, body = message
    block = b"".join(b"\0" + _text(name) + _text(value) for name, value in headers)  # literal, never indexed
    data = _frame(_DATA, _ENDS, stream, body) if body else b""
    return _frame(_HEADERS, _WHOLE | (0 if body else _ENDS), stream, block) + data


def _text(value: bytes) -> bytes:
    """Without Huffman's code (RFC 7541)."""
    size = len(value)
    if size < 127:
        return bytes([size]) + value
    more, found = size - 127, b"\x7f"
    while more >= 128:
        found, more = found + bytes([more & 127 | 128]), more >> 7
    return found + bytes([more]) + value


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3, "big") + struct.pack(">BBI", kind, flags, stream) + payload
