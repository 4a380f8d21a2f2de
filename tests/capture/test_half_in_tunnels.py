"""A conversation of which one direction, or every second packet, is in a tunnel is read as if none were."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from tests.capture.frames import ipv4, outer, udp
from tests.capture.test_datagram_decoys import asked
from tests.twins import Record, from_client, is_ip, records

CAPTURES = Path(__file__).parents[2] / "fixtures" / "captures"
CHANCE = random.Random(5)  # noqa: S311 - check values, the same every time
ICV = CHANCE.randbytes(16)
# ruff: noqa: ARG005 - every carrier and every choice is called the same way
Carry = Callable[[bytes, int], bytes]


def packet(frame: bytes) -> bytes:
    return frame[14 : 14 + int.from_bytes(frame[16:18], "big")]


def between(frame: bytes, protocol: int, data: bytes, number: int) -> bytes:
    """Another IP protocol between the same two."""
    source, target = (str(IPv4Address(frame[at : at + 4])) for at in (26, 30))
    return frame[:14] + ipv4(protocol, data, source, target, identifier=number + 1)


def esp(protocol: int, data: bytes, check: bytes) -> bytes:
    """Without encryption: RFC 4303, RFC 2410."""
    padding = -(len(data) + 2) % 4
    trailer = bytes(range(1, padding + 1)) + bytes((padding, protocol)) + check
    return struct.pack(">II", 0xC0FFEE, 7) + data + trailer


def ah(protocol: int, data: bytes) -> bytes:
    return struct.pack(">BBHII", protocol, 4, 0, 0xABCD, 1) + ICV[:12] + data


def macsec(frame: bytes, number: int) -> bytes:
    """Integrity alone, with the channel's identifier (IEEE 802.1AE)."""
    body = frame[12:14] + packet(frame)
    short = len(body) if len(body) < 48 else 0
    tag = b"\x88\xe5" + bytes((0x20, short)) + struct.pack(">I", number + 1) + b"\2\0\n\0\0\1\0\1"
    return frame[:12] + tag + body + ICV


def hsr(frame: bytes, number: int) -> bytes:
    size = len(packet(frame)) + 6
    return frame[:12] + b"\x89\x2f" + struct.pack(">HH", size, number) + frame[12:14] + packet(frame)


CARRIERS: dict[str, Carry] = {
    "GRE": lambda f, n: outer(47, struct.pack(">HH", 0, 0x0800) + packet(f)),
    "AH": lambda f, n: between(f, 51, ah(f[23], packet(f)[20:]), n),
    "AH, tunnelled": lambda f, n: between(f, 51, ah(4, packet(f)), n),
    "ESP in clear": lambda f, n: between(f, 50, esp(f[23], packet(f)[20:], ICV[:12]), n),
    "ESP in clear, tunnelled": lambda f, n: between(f, 50, esp(4, packet(f), ICV), n),
    "ESP without check value in AH": lambda f, n: between(f, 51, ah(50, esp(f[23], packet(f)[20:], b"")), n),
    "ESP in UDP": lambda f, n: between(f, 17, udp(esp(4, packet(f), ICV), 4500, 4500), n),
    "MACsec": macsec,
    "MACsec in PBB": lambda f, n: (
        bytes.fromhex("060000000002 060000000001 88e7") + struct.pack(">I", 0x01000055) + macsec(f, n)
    ),
    "PPPoE": lambda f, n: (
        f[:12] + b"\x88\x64" + struct.pack(">BBHHH", 0x11, 0, 77, len(packet(f)) + 2, 0x21) + packet(f)
    ),
    "MPLS": lambda f, n: f[:12] + b"\x88\x47" + struct.pack(">I", 1001 << 12 | 0x140) + packet(f),
    "HSR": hsr,
}
WHICH: dict[str, Callable[[int, bool], bool]] = {
    "requests": lambda number, asks: asks,
    "answers": lambda number, asks: not asks,
    "every second packet": lambda number, asks: number % 2 == 1,
}


def partly(all_records: list[Record], carry: Carry, chosen: Callable[[int, bool], bool]) -> list[Record]:
    found = []
    for number, (record, asks) in enumerate(zip(all_records, from_client(all_records), strict=True)):
        seconds, fraction, frame, wire = record
        if is_ip(frame) and chosen(number, asks):
            frame = carry(frame, number)
            wire = len(frame)
        found.append((seconds, fraction, frame, wire))
    return found


@pytest.mark.parametrize("which", WHICH)
@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("recording", ["modbus/umas", "fins/client_udp"])
def test_everything_is_read(recording: str, carrier: str, which: str) -> None:
    whole = records(CAPTURES / f"{recording}.pcap")
    assert asked(whole) <= asked(partly(whole, CARRIERS[carrier], WHICH[which]))
