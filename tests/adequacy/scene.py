"""Recordings played between the devices of a plant, over and over: the traffic that is judged.

A fixture is a recording of one client and one server. Here its addresses become those of two devices of a plant, its
checksums are computed anew, and each time that it is played it comes from another port, as a new connection would.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

from fixtures.record.wire import START, checksum
from tests.adequacy.written import Played
from tests.twins import ACK, SYN, TCP, UDP, Form, Record, is_ip, records, requests_only, summed

CAPTURES = Path(__file__).parents[2] / "fixtures" / "captures"
LONG = 900  # seconds that a plant is recorded
EVERY = 15  # seconds between two times that a recording is played
FIRST_DYNAMIC = 49_152
ARP = b"\x08\x06"
RST = 4


def mac_of(ip: IPv4Address) -> bytes:
    return b"\x02\0" + ip.packed


@dataclass(frozen=True)
class Part:
    """A recording and who plays it. names: fixture addresses to those of the plant.

    times: how often it is played, ``every`` seconds apart; 0 for as long as the plant is recorded.
    shaped: how it is played (``SHAPES``). over: what is another one each time: ``hosts``, which the names say the first
    one of (the last in ``names``), or ``ports`` of the server.
    """

    recording: str
    names: Mapping[str, str]
    times: int = 0
    at: float = 0.0
    shaped: str = ""
    every: float = EVERY
    over: str = ""

    def play(self) -> Iterator[tuple[float, bytes]]:
        """Frames with their time since the plant's recording began."""
        source = SHAPES[self.shaped](records(CAPTURES / f"{self.recording}.pcap"))
        began = source[0][0] + source[0][1] / 1e6
        changed = {IPv4Address(old).packed: IPv4Address(new) for old, new in self.names.items()}
        for time in range(self.times or int(LONG / self.every)):
            if self.over == "hosts" and time:
                last = [*changed][-1]
                changed[last] += 1
            for seconds, fraction, frame, _ in source:
                moment = self.at + time * self.every + seconds + fraction / 1e6 - began
                frame = readdressed(frame, changed, shift=16 * time)  # noqa: PLW2901
                yield moment, to_port(frame, time) if self.over == "ports" else frame


def refused(source: list[Record]) -> list[Record]:
    """The server answers the request for its first connection with a reset, and nothing follows."""
    asked = next(r for r in source if is_ip(r[2]) and r[2][23] == TCP and r[2][47] & (SYN | ACK) == SYN)
    seconds, fraction, frame, _ = asked
    sequence = (int.from_bytes(frame[38:42], "big") + 1).to_bytes(4, "big")
    head = frame[36:38] + frame[34:36] + bytes(4) + sequence + bytes((0x50, RST | ACK)) + bytes(6)
    size = struct.pack(">H", 20 + len(head))
    answer = frame[6:12] + frame[:6] + frame[12:16] + size + frame[18:26] + frame[30:34] + frame[26:30] + head
    answer = answer.ljust(60, b"\0")
    return [asked, (seconds, fraction + 200, answer, len(answer))]


SHAPES: Mapping[str, Form] = {
    "": list,
    "refused": refused,
    "unanswered": lambda source: refused(source)[:1],
    "requests": requests_only,
}


def to_port(frame: bytes, number: int) -> bytes:
    """The frame of a TCP connection to the server's port, that many up."""
    at = 36 if frame[47] & (SYN | ACK) == SYN else 34
    port = struct.pack(">H", int.from_bytes(frame[at : at + 2], "big") + number)
    return summed(frame[:at] + port + frame[at + 2 :])


def neighbours(addresses: Iterable[str]) -> Iterator[tuple[float, bytes]]:
    """Every device asks for the gateway of its network, each minute: what shows whose an address is (RFC 826)."""
    for number, address in enumerate(map(IPv4Address, addresses)):
        gateway = IPv4Address(int(address) & 0xFFFFFF00 | 1)
        asked = struct.pack(">HHBBH", 1, 0x0800, 6, 4, 1) + mac_of(address) + address.packed + bytes(6) + gateway.packed
        frame = b"\xff" * 6 + mac_of(address) + ARP + asked + bytes(18)
        yield from ((minute * 60 + number / 10, frame) for minute in range(int(LONG / 60)))


def readdressed(frame: bytes, names: Mapping[bytes, IPv4Address], shift: int = 0) -> bytes:
    """The frame of the same recording between others; ``shift`` moves ports that are nobody's own."""
    by_mac = {mac_of(IPv4Address(old)): mac_of(new) for old, new in names.items()}
    head = by_mac.get(frame[:6], frame[:6]) + by_mac.get(frame[6:12], frame[6:12]) + frame[12:14]
    if frame[12:14] == ARP:
        return head + _arp(frame[14:], names, by_mac)
    if frame[12:15] != b"\x08\0\x45":
        return head + frame[14:]
    source, target = (names[a].packed if (a := frame[at : at + 4]) in names else a for at in (26, 30))
    size = 14 + int.from_bytes(frame[16:18], "big")
    ip = frame[14:24] + b"\0\0" + source + target
    ip = ip[:10] + struct.pack(">H", checksum(ip)) + ip[12:]
    if not is_ip(frame):  # no checksum of SCTP and its like covers the addresses
        return head + ip + frame[34:]
    ports = (port + shift if port >= FIRST_DYNAMIC else port for port in struct.unpack_from(">HH", frame, 34))
    payload = struct.pack(">HH", *ports) + frame[38:size]
    return head + ip + _summed(frame[23], source + target, payload) + frame[size:]


def _summed(protocol: int, ends: bytes, payload: bytes) -> bytes:
    """TCP or UDP with the checksum that fits its addresses."""
    at = {TCP: 16, UDP: 6}[protocol]
    if protocol == UDP and payload[at : at + 2] == b"\0\0":
        return payload
    bare = payload[:at] + b"\0\0" + payload[at + 2 :]
    total = checksum(ends + struct.pack(">BBH", 0, protocol, len(bare)) + bare)
    return bare[:at] + struct.pack(">H", total or 0xFFFF) + bare[at + 2 :]


def _arp(packet: bytes, names: Mapping[bytes, IPv4Address], by_mac: Mapping[bytes, bytes]) -> bytes:
    parts = [packet[8:14], packet[14:18], packet[18:24], packet[24:28]]
    parts = [by_mac.get(p, p) if len(p) == 6 else (names[p].packed if p in names else p) for p in parts]
    return packet[:8] + b"".join(parts) + packet[28:]


def recorded(parts: Iterable[Played], devices: Iterable[str] = ()) -> list[Record]:
    """All parts at once, in the order of time. devices: those who ask for their gateways."""
    played = (frame for part in parts for frame in part.play())
    frames = sorted((*played, *neighbours(devices)), key=lambda f: f[0])
    return [(START + int(t), int(t % 1 * 1e6), frame, len(frame)) for t, frame in frames]
