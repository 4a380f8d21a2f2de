"""Polls that repeat but for what they touch: a thousand conversations of one protocol, and each poll goes one further.

What such a poll says is understood once for all conversations; that each conversation touched it is what they cost. To
compare with, one kind touches always the same.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterator
from typing import TypeVar

from benchmarks import generate, messages
from benchmarks.generate import Connection, Host

TALKS = 1000  # conversations
POLLS = 3000  # polls before they begin again
Exchange = Callable[[int, random.Random], tuple[bytes, bytes]]  # number, values -> request and answer
Frames = Callable[[int], Iterator[bytes]]
T = TypeVar("T")


def modbus(number: int, values: random.Random) -> tuple[bytes, bytes]:
    """Read Holding Registers."""
    pdu, answer = struct.pack("!BHH", 3, 16 * (number % 300), 16), b"\x03\x20" + values.randbytes(32)
    request, response = (struct.pack("!HHHB", number & 0xFFFF, 0, 1 + len(p), 1) + p for p in (pdu, answer))
    return request, response


def s7(number: int, values: random.Random) -> tuple[bytes, bytes]:
    """Read Var of sixteen bytes of a data block."""
    item = struct.pack(">BBBBHHB", 0x12, 0x0A, 0x10, 2, 16, 1 + number % 200, 0x84) + (8 * number).to_bytes(3, "big")
    asked = struct.pack(">BBHHHH", 0x32, 1, 0, number & 0xFFFF, 2 + len(item), 0) + b"\x04\x01" + item
    data = b"\xff\x04" + struct.pack(">H", 128) + values.randbytes(16)
    answer = struct.pack(">BBHHHHH", 0x32, 3, 0, number & 0xFFFF, 2, len(data), 0) + b"\x04\x01" + data
    request, response = (struct.pack(">BBH", 3, 0, 7 + len(p)) + b"\x02\xf0\x80" + p for p in (asked, answer))
    return request, response


def opcua(number: int, values: random.Random) -> tuple[bytes, bytes]:
    """Read of the value of a node, on a channel without security."""
    body = b"\x01\x00" + struct.pack("<H", 634) + bytes(8) + struct.pack("<II", number, 0) + b"\0\xff\xff\xff\xff\0\0\0"
    body += struct.pack("<I", 1) + b"\x03\x0b" + values.randbytes(8) + bytes(4) + b"\xff\xff\xff\xff"
    head = struct.pack("<4sIIIII", b"MSGF", 24 + len(body), 1, 1, number, number)
    return messages.opcua(number)[0], head + body


def cip(number: int, values: random.Random) -> tuple[bytes, bytes]:
    """Read Tag of one tag of a Logix controller."""
    answer = b"\xcc\x00\x00\x00\xca\x00" + values.randbytes(4)
    return messages.enip(number)[0], messages.unit_data(number, answer)


def mqtt(number: int, values: random.Random) -> tuple[bytes, bytes]:
    """A value of one of many devices, with a serial number in its topic; the broker lives."""
    topic = f"plant/line{number % 7}/SN{number:06}/temperature".encode()
    body = struct.pack(">H", len(topic)) + topic + f"{values.uniform(0, 99):.2f}".encode()
    return b"\x30" + bytes((len(body),)) + body, b"\xd0\x00"


def http(number: int, values: random.Random) -> tuple[bytes, bytes]:
    """An item of many, as JSON."""
    request = f"GET /api/v1/items/{number}?x={number % 17} HTTP/1.1\r\nHost: mes.example\r\nUser-Agent: hmi/1\r\n\r\n"
    body = f'{{"value": {values.randrange(99999):05}}}'
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return request.encode(), (head + body).encode()


def http_post(number: int, values: random.Random) -> tuple[bytes, bytes]:
    """Values of one of many items, sent as JSON to its place: no two bodies are alike."""
    body = f'{{"serial": "{values.getrandbits(32):08x}", "values": {[values.randrange(1000) for _ in range(20)]}}}'
    fields = f"Host: mes.example\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return f"POST /api/v1/items/{number} HTTP/1.1\r\n{fields}{body}".encode(), b"HTTP/1.1 204 No Content\r\n\r\n"


def dns(number: int, values: random.Random) -> tuple[bytes, bytes]:
    """The address of a name that nobody asked for before."""
    name = f"{values.getrandbits(40):010x}".encode()
    question = bytes((len(name),)) + name + b"\7example\0\0\1\0\1"
    answer = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + values.randbytes(4)
    asked, answered = (struct.pack(">HHHHHH", number, flags, 1, n, 0, 0) for flags, n in ((0x0100, 0), (0x8180, 1)))
    return asked + question, answered + question + answer


def snmp(number: int, values: random.Random) -> tuple[bytes, bytes]:
    """GetNext through the columns of a table of interfaces."""
    name = _ber(6, bytes((43, 6, 1, 2, 1, 2, 2, 1, 1 + number % 20)) + bytes((1 + number % 120,)))

    def message(kind: int, value: bytes) -> bytes:
        bindings = _ber(0x30, _ber(0x30, name + value))
        numbers = _ber(2, struct.pack(">i", number)) + _ber(2, b"\0") * 2
        return _ber(0x30, _ber(2, b"\1") + _ber(4, b"public") + _ber(kind, numbers + bindings))

    return message(0xA1, b"\5\0"), message(0xA2, _ber(2, values.randbytes(4)))


def _ber(tag: int, content: bytes) -> bytes:
    return bytes((tag, len(content))) + content


def bacnet(number: int, values: random.Random) -> tuple[bytes, bytes]:
    """ReadPropertyMultiple of three properties of an analog point."""
    point = struct.pack(">I", number % 3 << 22 | number)
    asked = bytes((2, 0x43, number & 0xFF, 14, 0x0C)) + point + b"\x1e\x09\x55\x09\x6f\x09\x51\x1f"
    read = b"\x29\x55\x4e\x44" + values.randbytes(4) + b"\x4f\x29\x6f\x4e\x82\x04\x00\x4f\x29\x51\x4e\x10\x4f"
    answer = bytes((0x30, number & 0xFF, 14, 0x0C)) + point + b"\x1e" + read + b"\x1f"
    request, response = (
        b"\x81\x0a" + struct.pack(">H", 6 + len(apdu)) + bytes((1, expects)) + apdu
        for apdu, expects in ((asked, 4), (answer, 0))
    )
    return request, response


def streams(exchange: Exchange, port: int) -> Frames:
    """Over TCP."""

    def frames(seed: int) -> Iterator[bytes]:
        talks = [Connection(*ends, port, 40_000 + number) for number, ends in enumerate(_ends())]
        for talk in talks:
            yield from talk.open()
        for number, talk, values in _turns(talks, seed):
            yield from talk.exchange(*exchange(number, values))

    return frames


def datagrams(exchange: Exchange, port: int) -> Frames:
    """Over UDP."""

    def frames(seed: int) -> Iterator[bytes]:
        talks = [(*ends, 40_000 + number) for number, ends in enumerate(_ends())]
        for number, (client, server, own), values in _turns(talks, seed):
            request, response = exchange(number, values)
            yield client.link(server) + generate.udp(client, server, own, port, request)
            yield server.link(client) + generate.udp(server, client, port, own, response)

    return frames


def _ends() -> Iterator[tuple[Host, Host]]:
    """Client and server of each conversation."""
    for number in range(TALKS):
        yield Host(1 + number % 40, 1 + number // 40), Host(100 + number % 100, 1 + number // 100)


def _turns(talks: list[T], seed: int) -> Iterator[tuple[int, T, random.Random]]:
    """The number of the poll, and whose turn it is: everybody's once a poll, in a random order."""
    chosen = random.Random(seed)
    order = talks.copy()
    for turn in range(1 << 40):
        chosen.shuffle(order)
        for talk in order:
            yield turn % POLLS, talk, chosen


REPEATS: dict[str, Frames] = {
    "the same polls of 1,000 conversations": streams(lambda number, values: modbus(number % 4, values), 502),
    "registers of Modbus that move": streams(modbus, 502),
    "blocks of S7 that move": streams(s7, 102),
    "nodes of OPC UA that move": streams(opcua, 4840),
    "tags of CIP that move": streams(cip, 44818),
    "topics of MQTT with serial numbers": streams(mqtt, 1883),
    "paths of HTTP that move": streams(http, 8080),
    "bodies of HTTP that move": streams(http_post, 8080),
    "names of DNS that move": datagrams(dns, 53),
    "walks of SNMP": datagrams(snmp, 161),
    "points of BACnet that move": datagrams(bacnet, 47808),
}
