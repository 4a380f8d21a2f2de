"""A recording in other forms: the same conversations in a tunnel, in one direction, cut short, with frames lost, ...

Takes the pcap files of ``fixtures.record.wire``: Ethernet, and IPv4 without options for all but the layer-2 forms. A
record is (seconds, microseconds, captured bytes, length on the wire).
"""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address
from pathlib import Path

from tests.capture.frames import checksum, gtp, ipv6, outer, outer6, udp, vlan
from tests.capture.frames import ipv4 as packet_of

Record = tuple[int, int, bytes, int]
Form = Callable[[list[Record]], list[Record]]
SYN, ACK = 2, 16
TCP, UDP = 6, 17


def records(path: Path) -> list[Record]:
    raw, at, found = path.read_bytes(), 24, []
    while at < len(raw):
        seconds, fraction, length, wire = struct.unpack_from("<IIII", raw, at)
        found.append((seconds, fraction, raw[at + 16 : at + 16 + length], wire))
        at += 16 + length
    return found


def is_ip(frame: bytes) -> bool:
    return frame[12:14] == b"\x08\0" and frame[14] == 0x45 and frame[23] in (TCP, UDP)


def summed(frame: bytes) -> bytes:
    """The frame with right checksums."""
    if not is_ip(frame):
        return frame
    packet = bytearray(frame[14 : 14 + int.from_bytes(frame[16:18], "big")])
    packet[10:12] = bytes(2)
    packet[10:12] = struct.pack(">H", checksum(bytes(packet[:20])))
    if packet[9] == UDP:
        packet[26:28] = bytes(2)  # none
    else:
        packet[36:38] = bytes(2)
        pseudo = bytes(packet[12:20]) + struct.pack(">HH", TCP, len(packet) - 20) + bytes(packet[20:])
        packet[36:38] = struct.pack(">H", checksum(pseudo + bytes(len(pseudo) % 2)))
    return frame[:14] + bytes(packet)


def ends(frame: bytes) -> tuple[tuple[bytes, int], tuple[bytes, int]]:
    """(address, port) of sender and receiver."""
    source, target = struct.unpack_from(">HH", frame, 34)
    return (frame[26:30], source), (frame[30:34], target)


def from_client(all_records: list[Record]) -> list[bool]:
    """Of each record, whether it comes from who opened the connection or sent the first datagram."""
    clients: set[tuple[int, tuple[bytes, int], tuple[bytes, int]]] = set()
    asked: set[tuple[bytes, tuple[bytes, int]]] = set()  # servers, and from where: TFTP answers from another port
    found = []
    for _, _, frame, _ in all_records:
        if not is_ip(frame):
            found.append(True)
            continue
        source, target = ends(frame)
        flags = frame[47] if len(frame) > 47 else 0  # a fragment may end before them
        opens = frame[23] == UDP or flags & (SYN | ACK) == SYN
        answers = frame[23] == UDP and (source[0], target) in asked
        if opens and not answers and (frame[23], target, source) not in clients:
            clients.add((frame[23], source, target))
            asked.add((target[0], source))
        found.append((frame[23], source, target) in clients)
    return found


def _each(change: Callable[[bytes], bytes]) -> Form:
    """A frame made of every frame."""

    def form(all_records: list[Record]) -> list[Record]:
        changed = [(s, f, change(frame)) for s, f, frame, _ in all_records]
        return [(s, f, frame, len(frame)) for s, f, frame in changed]

    return form


def _in_ip(change: Callable[[bytes], bytes]) -> Form:
    """A frame made of every IP packet; other frames stay."""
    return _each(lambda frame: change(frame[14:]) if is_ip(frame) else frame)


def _as_ipv6(frame: bytes) -> bytes:
    if not is_ip(frame):
        return frame
    packet = frame[14:]
    source, target = (in_ipv6(IPv4Address(packet[at : at + 4])) for at in (12, 16))
    size = int.from_bytes(packet[2:4], "big")
    return frame[:12] + b"\x86\xdd" + ipv6(packet[9], packet[20:size], source, target)


def in_ipv6(address: IPv4Address) -> str:
    """Of the documentation's network, or one of the Internet."""
    return f"{'2606:2800' if address.is_global else '2001:db8'}::{address}"


def requests_only(all_records: list[Record]) -> list[Record]:
    return [r for r, asks in zip(all_records, from_client(all_records), strict=True) if asks]


def answers_only(all_records: list[Record]) -> list[Record]:
    return [r for r, asks in zip(all_records, from_client(all_records), strict=True) if not asks]


def other_port(all_records: list[Record]) -> list[Record]:
    """Servers on ports that mean nothing."""
    found = []
    for (seconds, fraction, frame, wire), asks in zip(all_records, from_client(all_records), strict=True):
        if is_ip(frame):
            at = 36 if asks else 34
            port = 20_000 + int.from_bytes(frame[at : at + 2], "big") % 10_000 + 1
            frame = frame[:at] + struct.pack(">H", port) + frame[at + 2 :]  # noqa: PLW2901
        found.append((seconds, fraction, frame, wire))
    return found


def cut_short(size: int) -> Form:
    return lambda all_records: [(s, f, frame[:size], wire) for s, f, frame, wire in all_records]


def lossy(share: float, seed: int = 1) -> Form:
    def form(all_records: list[Record]) -> list[Record]:
        chance = random.Random(seed)  # noqa: S311 - the same frames every time
        return [r for r in all_records if chance.random() >= share]

    return form


def midway(all_records: list[Record]) -> list[Record]:
    """Recording began after every connection was opened."""
    return [r for r in all_records if not (is_ip(r[2]) and r[2][23] == TCP and r[2][47] & SYN)]


def in_pieces(size: int) -> Form:
    """Every TCP segment in segments of ``size`` bytes of payload."""

    def form(all_records: list[Record]) -> list[Record]:
        return [(s, f, p, len(p)) for s, f, frame, _ in all_records for p in _pieces(frame, size)]

    return form


def _pieces(frame: bytes, size: int) -> Iterator[bytes]:
    total = 14 + int.from_bytes(frame[16:18], "big")
    header = 34 + 4 * (frame[46] >> 4) if is_ip(frame) and frame[23] == TCP else total
    if header >= total:
        yield frame
        return
    (sequence,) = struct.unpack_from(">I", frame, 38)
    for at in range(header, total, size):
        number = struct.pack(">I", (sequence + at - header) % 2**32)
        head = frame[14:38] + number + frame[42:header]
        packet = head + frame[at : min(at + size, total)]
        packet = packet[:2] + struct.pack(">H", len(packet)) + packet[4:]
        yield frame[:14] + packet[:36] + _tcp_sum(packet) + packet[38:]


def _tcp_sum(packet: bytes) -> bytes:
    """The checksum of the TCP segment in an IPv4 packet without options."""
    ends_and_size = packet[12:20] + struct.pack(">HH", TCP, len(packet) - 20)
    padding = b"\0" * (len(packet) % 2)
    return struct.pack(">H", checksum(ends_and_size + packet[20:36] + b"\0\0" + packet[38:] + padding))


def in_fragments(size: int) -> Form:
    """Every IP packet in fragments of ``size`` bytes, a multiple of 8."""

    def form(all_records: list[Record]) -> list[Record]:
        return [
            (s, f, p, len(p))
            for number, (s, f, frame, _) in enumerate(all_records)
            for p in _fragments(frame, size, number)
        ]

    return form


def _fragments(frame: bytes, size: int, number: int) -> Iterator[bytes]:
    if not is_ip(frame):
        yield frame
        return
    packet = frame[14 : 14 + int.from_bytes(frame[16:18], "big")]
    source, target = (str(IPv4Address(packet[at : at + 4])) for at in (12, 16))
    for at in range(20, len(packet), size):
        place = (at - 20) // 8 | (0x2000 if at + size < len(packet) else 0)
        piece = packet_of(packet[9], packet[at : at + size], source, target, identifier=number & 0xFFFF, place=place)
        yield frame[:14] + piece


def behind_decoys(decoy: Callable[[bytes], bytes]) -> Form:
    """Before every packet with a payload another in its place, which its receiver does not take."""

    def form(all_records: list[Record]) -> list[Record]:
        found = []
        for seconds, fraction, frame, wire in all_records:
            if is_ip(frame) and _payload_at(frame) < 14 + int.from_bytes(frame[16:18], "big") <= len(frame):
                false = decoy(frame)
                found.append((seconds, fraction, false, len(false)))
            found.append((seconds, fraction, frame, wire))
        return found

    return form


def _payload_at(frame: bytes) -> int:
    """Where it begins: behind the end of a fragment without the header of TCP or UDP, or not all of it."""
    if int.from_bytes(frame[20:22], "big") & 0x1FFF or (frame[23] == TCP and len(frame) <= 46):
        return 14 + int.from_bytes(frame[16:18], "big")
    return 34 + (4 * (frame[46] >> 4) if frame[23] == TCP else 8)


def _emptied(frame: bytes) -> bytes:
    """With zeros for its payload, and the checksum of what it had."""
    at, end = _payload_at(frame), 14 + int.from_bytes(frame[16:18], "big")
    return frame[:at] + bytes(end - at) + frame[end:]


def _with_a_wrong_sum(frame: bytes) -> bytes:
    at = 50 if frame[23] == TCP else 40
    return (false := _emptied(frame))[:at] + bytes((frame[at] ^ 0x55 or 1, frame[at + 1])) + false[at + 2 :]


def _that_dies_on_its_way(frame: bytes) -> bytes:
    false = _emptied(frame)
    return summed(false[:22] + b"\x01" + false[23:])


def encrypted(all_records: list[Record]) -> list[Record]:
    """In ESP between the same two (RFC 4303)."""
    chance = random.Random(3)  # noqa: S311 - the same bytes every time
    found = []
    for number, (seconds, fraction, frame, _) in enumerate(all_records):
        if is_ip(frame):
            size = (int.from_bytes(frame[16:18], "big") + 21) // 16 * 16 + 28
            source, target = (str(IPv4Address(frame[at : at + 4])) for at in (26, 30))
            data = struct.pack(">II", 0xC0FFEE, number + 1) + chance.randbytes(size)
            frame = frame[:14] + packet_of(50, data, source, target)  # noqa: PLW2901
        found.append((seconds, fraction, frame, len(frame)))
    return found


ANY_LAYER: dict[str, Form] = {
    "in a VLAN": _each(lambda frame: frame[:12] + b"\x81\0" + struct.pack(">H", 0x2007) + frame[12:]),
    "in two VLAN tags": _each(lambda f: f[:12] + b"\x88\xa8" + vlan(100, 0x8100, struct.pack(">H", 0x2007) + f[12:])),
    "in VXLAN": _each(lambda frame: outer(UDP, udp(struct.pack(">II", 8 << 24, 77 << 8) + frame, 50_000, 4789))),
    "5 % of frames lost": lossy(0.05),
    "cut after 96 bytes": cut_short(96),
    "cut after 60 bytes": cut_short(60),
}
IP_ONLY: dict[str, Form] = {
    "requests only": requests_only,
    "answers only": answers_only,
    "recorded midway": midway,
    "in GTP-U": _in_ip(lambda packet: outer(UDP, udp(gtp(packet), 2152, 2152))),
    "in GTP-U over IPv6": _in_ip(lambda packet: outer6(UDP, udp(gtp(packet), 2152, 2152))),
    "in IPv6": _each(_as_ipv6),
    "on another port": other_port,
    "on another port, requests only": lambda r: requests_only(other_port(r)),
    "in segments of 3 bytes": in_pieces(3),
    "in IP fragments of 24 bytes": in_fragments(24),
    "in Ethernet over GRE": _each(lambda frame: outer(47, struct.pack(">HH", 0, 0x6558) + frame)),
}
EVASIVE: dict[str, Form] = {
    "behind decoys with a wrong checksum": behind_decoys(_with_a_wrong_sum),
    "behind decoys that die on their way": behind_decoys(_that_dies_on_its_way),
    "in ESP": encrypted,
}
