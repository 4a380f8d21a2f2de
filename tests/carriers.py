"""A recording in carriers that are seldom met: labels, tunnels, extension headers."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from ipaddress import IPv4Address, ip_address

from tests.capture.frames import checksum, gtp, ipv4, ipv6, outer, outer6, udp
from tests.twins import Form, Record, in_ipv6, is_ip


def packet(frame: bytes) -> bytes:
    """The IP packet of a frame."""
    return frame[14 : 14 + int.from_bytes(frame[16:18], "big")]


def _carried(carry: Callable[[bytes], bytes]) -> Form:
    """Another frame for every IP frame."""

    def form(given: list[Record]) -> list[Record]:
        changed = [(s, f, carry(frame) if is_ip(frame) else frame) for s, f, frame, _ in given]
        return [(s, f, frame, len(frame)) for s, f, frame in changed]

    return form


def _labelled(frame: bytes) -> bytes:
    """Two MPLS labels (RFC 3032)."""
    return frame[:12] + b"\x88\x47" + struct.pack(">II", 100 << 12 | 0xFF, 200 << 12 | 0x1FF) + packet(frame)


def _in_pppoe(frame: bytes) -> bytes:
    """RFC 2516."""
    inner = b"\x00\x21" + packet(frame)
    return frame[:12] + b"\x88\x64" + struct.pack(">BBHH", 0x11, 0, 77, len(inner)) + inner


def _in_ip(frame: bytes) -> bytes:
    return outer(4, packet(frame))


def _in_ipv6(frame: bytes) -> bytes:
    return outer6(4, packet(frame))


def _in_gre_with_all(frame: bytes) -> bytes:
    """Checksum, key and sequence (RFC 2890)."""
    head = struct.pack(">HHHHII", 0xB000, 0x0800, 0, 0, 7, 9)
    whole = head + packet(frame)
    total = checksum(whole + bytes(len(whole) % 2))
    return outer(47, head[:4] + struct.pack(">H", total) + head[6:] + packet(frame))


def _in_geneve(frame: bytes) -> bytes:
    """With an option (RFC 8926)."""
    head = struct.pack(">BBHI", 2, 0, 0x6558, 5 << 8) + struct.pack(">HBBI", 0x0102, 0x80, 1, 0xABCD)
    return outer(17, udp(head + frame, 50_001, 6081))


def _in_erspan(frame: bytes) -> bytes:
    """Type II."""
    head = struct.pack(">HHI", 0x1000, 0x88BE, 1) + struct.pack(">HHI", 0x1064, 0x0001, 1)
    return outer(47, head + frame)


def _in_gtp_with_extension(frame: bytes) -> bytes:
    """A PDU session container (TS 38.415)."""
    return outer(17, udp(gtp(packet(frame), extensions=b"\0\0\0\x85\x01\x10\x01\0", flags=0x34), 2152, 2152))


def _in_two_tunnels(frame: bytes) -> bytes:
    """VXLAN in GRE."""
    vxlan = ipv4(17, udp(struct.pack(">II", 8 << 24, 77 << 8) + frame, 50_000, 4789), "172.16.9.1", "172.16.9.2")
    return outer(47, struct.pack(">HH", 0, 0x0800) + vxlan)


def _in_three_tags(frame: bytes) -> bytes:
    return frame[:12] + b"\x88\xa8\0\x64\x91\0\0\x65\x81\0\0\x14" + frame[12:]


def _with_options(frame: bytes) -> bytes:
    """A record-route option in the IPv4 header."""
    inner = packet(frame)
    options = b"\x07\x07\x04\0\0\0\0\0"
    head = bytearray(inner[:20] + options)
    head[0] = 0x47
    head[2:4] = struct.pack(">H", len(inner) + 8)
    head[10:12] = b"\0\0"
    head[10:12] = struct.pack(">H", checksum(bytes(head)))
    return frame[:14] + bytes(head) + inner[20:]


def _v6(headers: Callable[[int, bytes], tuple[int, bytes]]) -> Callable[[bytes], bytes]:
    """In IPv6, with extension headers before the transport."""

    def carry(frame: bytes) -> bytes:
        inner = packet(frame)
        source, target = (in_ipv6(IPv4Address(inner[at : at + 4])) for at in (12, 16))
        body = inner[20:]
        at = 16 if inner[9] == 6 else 6
        bare = body[:at] + b"\0\0" + body[at + 2 :]
        ends = ip_address(source).packed + ip_address(target).packed + struct.pack(">II", len(bare), inner[9])
        total = checksum(ends + bare + bytes(len(bare) % 2)) or 0xFFFF
        following, data = headers(inner[9], bare[:at] + struct.pack(">H", total) + bare[at + 2 :])
        return frame[:12] + b"\x86\xdd" + ipv6(following, data, source, target)

    return carry


def _hop_and_destination(following: int, data: bytes) -> tuple[int, bytes]:
    return 0, struct.pack(">BB6s", 60, 0, b"\x01\x04\0\0\0\0") + struct.pack(
        ">BB6s", following, 0, b"\x01\x04\0\0\0\0"
    ) + data


def _atomic_fragment(following: int, data: bytes) -> tuple[int, bytes]:
    return 44, struct.pack(">BBHI", following, 0, 0, 99) + data


def _routed(following: int, data: bytes) -> tuple[int, bytes]:
    """Segments left 0."""
    return 43, struct.pack(">BBBBI", following, 0, 0, 0, 0) + data


def _many_options(following: int, data: bytes) -> tuple[int, bytes]:
    """Nine headers of destination options, one after the other."""
    chain = b"".join(struct.pack(">BB6s", 60, 0, b"\x01\x04\0\0\0\0") for _ in range(8))
    return 60, chain + struct.pack(">BB6s", following, 0, b"\x01\x04\0\0\0\0") + data


def _authenticated(following: int, data: bytes) -> tuple[int, bytes]:
    """AH (RFC 4302)."""
    return 51, struct.pack(">BBHII12s", following, 4, 0, 5, 1, b"\x11" * 12) + data


CARRIERS: Mapping[str, Form] = {
    "under MPLS labels": _carried(_labelled),
    "in PPPoE": _carried(_in_pppoe),
    "in IP in IP": _carried(_in_ip),
    "in IP in IPv6": _carried(_in_ipv6),
    "in GRE with checksum, key and number": _carried(_in_gre_with_all),
    "in Geneve with an option": _carried(_in_geneve),
    "in ERSPAN": _carried(_in_erspan),
    "in GTP-U with an extension": _carried(_in_gtp_with_extension),
    "in VXLAN in GRE": _carried(_in_two_tunnels),
    "in three VLAN tags": _carried(_in_three_tags),
    "with IP options": _carried(_with_options),
    "in IPv6 with hop-by-hop and destination options": _carried(_v6(_hop_and_destination)),
    "in IPv6 atomic fragments": _carried(_v6(_atomic_fragment)),
    "in IPv6 with a routing header": _carried(_v6(_routed)),
    "in IPv6 with nine option headers": _carried(_v6(_many_options)),
    "in IPv6 with AH": _carried(_v6(_authenticated)),
}
