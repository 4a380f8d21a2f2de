"""Recordings of masters that poll devices by Modbus once a second, frame by frame, and what goes wrong in them."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fixtures.record import wire
from tests.twins import Record

MASTER = "10.20.10.10"
Answer = Callable[[int], "float | None"]  # second -> seconds until the answer comes, None: none comes


def ask(number: int) -> bytes:
    """Read two registers."""
    return struct.pack(">HHHBBHH", number & 0xFFFF, 0, 6, 1, 3, 0, 2)


def said(number: int) -> bytes:
    return struct.pack(">HHHBBBHH", number & 0xFFFF, 0, 7, 1, 3, 4, number & 0xFF, 7)


def prompt(second: int) -> float | None:  # noqa: ARG001 - always alike
    return 0.002


def usual(second: int) -> int:  # noqa: ARG001 - always alike
    return 64


@dataclass
class Polled:
    """A device that is polled in these seconds over one connection, and how it answers. ttl: of its packets."""

    server: str
    seconds: Iterable[int]
    answers: Answer = prompt
    client: str = MASTER
    port: int = 502
    own_port: int = 50000
    ttl: Callable[[int], int] = usual
    client_ttl: Callable[[int], int] = usual

    def frames(self) -> list[Record]:
        found: list[Record] = []
        ends = (self.client, self.own_port), (self.server, self.port)
        sent = [1000, 9000]
        number = 0

        def segment(at: float, side: int, payload: bytes, flags: int, hops: int) -> None:
            nonlocal number
            number += 1
            source, target = (ends[0], ends[1]) if side == 0 else (ends[1], ends[0])
            body = wire.tcp_segment(source, target, seq=sent[side], ack=sent[1 - side], flags=flags, payload=payload)
            sent[side] += len(payload) + (flags & wire.SYN != 0)
            found.append(frame(at, source[0], target[0], 6, body, identifier=number, hops=hops))

        for place, second in enumerate(self.seconds):
            if place == 0:
                segment(second - 0.03, 0, b"", wire.SYN, self.client_ttl(second))
                segment(second - 0.02, 1, b"", wire.SYN | wire.ACK, self.ttl(second))
                segment(second - 0.01, 0, b"", wire.ACK, self.client_ttl(second))
            segment(second, 0, ask(second), wire.PSH | wire.ACK, self.client_ttl(second))
            after = self.answers(second)
            if after is not None:
                segment(second + after, 1, said(second), wire.PSH | wire.ACK, self.ttl(second))
        return found


def frame(
    at: float, source: str, target: str, protocol: int, body: bytes, *, identifier: int = 1, hops: int = 64
) -> Record:
    """An IP packet in a frame, ``at`` seconds after the recording began."""
    packet = wire.ipv4(source, target, protocol, body, identifier)
    packet = packet[:8] + bytes((hops,)) + packet[9:10] + b"\0\0" + packet[12:]
    packet = packet[:10] + struct.pack(">H", wire.checksum(packet[:20])) + packet[12:]
    macs = bytes.fromhex((wire.mac_of(target) + wire.mac_of(source)).replace(":", ""))
    whole = macs + b"\x08\0" + packet
    whole += bytes(max(0, 60 - len(whole)))
    return wire.START + int(at), round(at % 1 * 1_000_000), whole, len(whole)


def recorded(*devices: Polled) -> list[Record]:
    """All of them, in the order of time."""
    return sorted((one for device in devices for one in device.frames()), key=lambda record: record[:2])
