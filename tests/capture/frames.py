"""Frames built by hand from the specifications: every carrier that the layers peel, around the same few packets."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address

A, B = 0x020000000001, 0x0200000000B2  # sender, receiver
OUTER_A, OUTER_B = 0x0600000000AA, 0x0600000000BB
GROUP = 0x01005E000001


def mac(number: int) -> bytes:
    return number.to_bytes(6, "big")


def ethernet(kind: int, data: bytes, source: int = A, target: int = B) -> bytes:
    return mac(target) + mac(source) + struct.pack(">H", kind) + data


def vlan(identifier: int, kind: int, data: bytes) -> bytes:
    return struct.pack(">HH", 0x2000 | identifier, kind) + data


def snap(kind: int, data: bytes) -> bytes:
    return b"\xaa\xaa\x03\0\0\0" + struct.pack(">H", kind) + data


def checksum(data: bytes) -> int:
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def ipv4(
    protocol: int,
    data: bytes,
    source: str = "10.0.0.1",
    target: str = "10.0.0.2",
    *,
    identifier: int = 1,
    place: int = 0,
    options: bytes = b"",
    total: int = -1,
) -> bytes:
    """place: the flags and fragment offset field."""
    header = 20 + len(options)
    total = header + len(data) if total < 0 else total
    head = struct.pack(">BBHHHBBH", 0x40 | header // 4, 0, total, identifier, place, 64, protocol, 0)
    head += ip_address(source).packed + ip_address(target).packed + options
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + data


def ipv6(
    following: int, data: bytes, source: str = "2001:db8::1", target: str = "2001:db8::2", length: int = -1
) -> bytes:
    head = struct.pack(">IHBB", 6 << 28, len(data) if length < 0 else length, following, 64)
    return head + ip_address(source).packed + ip_address(target).packed + data


def tcp(data: bytes = b"", source: int = 40000, target: int = 502, options: bytes = b"", flags: int = 0x18) -> bytes:
    return (
        struct.pack(
            ">HHIIBBHHH", source, target, 0xFEDCBA98, 0x89ABCDEF, (5 + len(options) // 4) << 4, flags, 512, 0, 0
        )
        + options
        + data
    )


def udp(data: bytes, source: int = 40001, target: int = 47808, length: int = -1) -> bytes:
    return struct.pack(">HHHH", source, target, 8 + len(data) if length < 0 else length, 0) + data


def chunk(kind: int, body: bytes, flags: int = 3) -> bytes:
    data = struct.pack(">BBH", kind, flags, 4 + len(body)) + body
    return data + bytes(-len(data) % 4)


def sctp(*chunks: bytes, source: int = 2905, target: int = 2906) -> bytes:
    return struct.pack(">HHII", source, target, 7, 0) + b"".join(chunks)


def arp(source: int = A, address: str = "10.0.0.1", operation: int = 2, target: str = "10.0.0.2") -> bytes:
    head = struct.pack(">HHBBH", 1, 0x0800, 6, 4, operation) + mac(source) + ip_address(address).packed
    return head + mac(B) + ip_address(target).packed


def gtp(data: bytes, identifier: int = 0xCAFE, extensions: bytes = b"", flags: int = 0x30, kind: int = 255) -> bytes:
    body = extensions + data
    return struct.pack(">BBHI", flags, kind, len(body), identifier) + body


def outer(protocol: int, data: bytes) -> bytes:
    return ethernet(0x0800, ipv4(protocol, data, "172.16.0.1", "172.16.0.2"), OUTER_A, OUTER_B)


def outer6(protocol: int, data: bytes) -> bytes:
    return ethernet(0x86DD, ipv6(protocol, data, "fd00::1", "fd00::2"), OUTER_A, OUTER_B)


def wlan(flags: int, *addresses: int, extra: bytes = b"", subtype: int = 0) -> bytes:
    """An 802.11 data header; flags: 1 to, 2 from the distribution system, 0x80 HT control."""
    first, second, third, *fourth = addresses
    head = bytes((0x08 | subtype << 4, flags)) + bytes(2) + mac(first) + mac(second) + mac(third) + bytes(2)
    return head + b"".join(mac(a) for a in fourth) + extra


CAPWAP_80211 = b"\0\x20\x03\x20" + bytes(4) + b"\x04\xbf\x23\0\0" + bytes(3)


def swapped(head: bytes) -> bytes:
    """An 802.11 header as some access points send it in CAPWAP."""
    return head[1::-1] + head[2:]


@dataclass(frozen=True)
class Carrier:
    """One way to carry an IP packet. wrap(version, packet) gives the frame; what is expected of the decoded packet."""

    name: str
    link: int
    wrap: Callable[[int, bytes], bytes]
    macs: tuple[int, int] | None = (A, B)
    vlan: int = -1
    tunnel: str = ""
    identifier: int = 0
    versions: tuple[int, ...] = (4, 6)
    outer: int = 0  # IP version around the tunnel; -1: the packet's own addresses
    tshark: bool = True  # tshark decodes it, with its usual preferences


def kind(version: int) -> int:
    return 0x0800 if version == 4 else 0x86DD


def ppp_number(version: int) -> bytes:
    return b"\x00\x21" if version == 4 else b"\x00\x57"


def nlpid(version: int) -> bytes:
    return b"\xcc" if version == 4 else b"\x8e"


def mirrored(number: int) -> int:
    """A MAC address with the bits of each octet turned round."""
    return int.from_bytes(bytes(int(f"{octet:08b}"[::-1], 2) for octet in mac(number)), "big")


def frame(version: int, packet: bytes) -> bytes:
    return ethernet(kind(version), packet)


def padded(version: int, packet: bytes) -> bytes:
    data = frame(version, packet)
    return data + b"\xee" * max(60 - len(data), 7)


def mesh_amsdu(version: int, packet: bytes) -> bytes:
    sub = snap(kind(version), packet)
    return wlan(2, B, 9, A, subtype=8, extra=b"\x80\0") + mac(B) + mac(A) + struct.pack(">H", len(sub)) + sub


def nflog(version: int, packet: bytes, order: str) -> bytes:
    """What a rule of Linux' filter logged, with the sender's address."""
    fields = (
        (1, struct.pack(">HBB", kind(version), 1, 0)),
        (10, b"\0"),
        (8, b"\0\6\0\0" + mac(A) + bytes(2)),
        (9, packet),
    )
    head = bytes((2 if version == 4 else 10, 0, 0, 5))
    return head + b"".join(
        struct.pack(order + "HH", len(value) + 4, number) + value + bytes(-len(value) % 4) for number, value in fields
    )


def chained(version: int, packet: bytes) -> bytes:
    """Behind the header of a service chain (RFC 8300)."""
    return struct.pack(">HBBI", 0x0FC2, 2, 1 if version == 4 else 2, 7 << 8 | 255) + packet


TEREDO_PROOF, TEREDO_ORIGIN = b"\0\1\0\0" + bytes(9), b"\0\0\x12\x34\1\2\3\4"
RADIOTAP = struct.pack("<BBHI", 0, 0, 17, 0x03) + bytes(8) + b"\x10"  # TSFT, flags: frame check sequence
RADIOTAP_EXTENDED = struct.pack("<BBHII", 0, 0, 25, 0x80000003, 0) + bytes(4) + bytes(8) + b"\x30"
PPI = struct.pack("<BBHI", 0, 0, 32, 105) + struct.pack("<HH", 2, 20) + bytes(8) + b"\x01\0" + bytes(10)
NETANALYZER = struct.pack("<I", 1 << 10)  # version 1
NETANALYZER_TRANSPARENT = struct.pack("<I", 1 << 10 | 1 << 9)
ERSPAN_2 = struct.pack(">HHII", 0x1000 | 33, 2 << 11 | 77, 9, 0)  # VLAN 33, tag taken off, session 77; sequence before
ERSPAN_3 = struct.pack(">HHIHH", 0x2000 | 33, 78, 9, 0, 0)

# ruff: noqa: ARG005 - every carrier is called the same way
CARRIERS = [
    Carrier("ethernet", 1, frame),
    Carrier("padded", 1, padded),
    Carrier("vlan", 1, lambda v, p: ethernet(0x8100, vlan(7, kind(v), p)), vlan=7),
    Carrier("priority tag", 1, lambda v, p: ethernet(0x8100, vlan(0, kind(v), p))),
    Carrier("qinq", 1, lambda v, p: ethernet(0x88A8, vlan(100, 0x8100, vlan(7, kind(v), p))), vlan=100),
    Carrier("old qinq", 1, lambda v, p: ethernet(0x9100, vlan(101, 0x8100, vlan(7, kind(v), p))), vlan=101),
    Carrier("llc snap", 1, lambda v, p: ethernet(len(p) + 8, snap(kind(v), p)) + b"pad"),
    Carrier("hsr", 1, lambda v, p: ethernet(0x892F, struct.pack(">HHH", len(p) + 6, 3, kind(v)) + p)),
    Carrier("frer", 1, lambda v, p: ethernet(0xF1C1, struct.pack(">HHH", 0, 3, kind(v)) + p)),
    Carrier("prp", 1, lambda v, p: frame(v, p) + struct.pack(">HHH", 5, 0xA000 | len(p) + 6, 0x88FB)),
    Carrier(
        "pppoe",
        1,
        lambda v, p: ethernet(0x8864, struct.pack(">BBHH", 0x11, 0, 9, len(p) + 2) + ppp_number(v) + p),
        tunnel="pppoe",
        identifier=9,
    ),
    Carrier(
        "mpls",
        1,
        lambda v, p: ethernet(0x8847, struct.pack(">II", 17 << 12 | 64, 18 << 12 | 0x100 | 64) + p),
        tunnel="mpls",
        identifier=17,
    ),
    Carrier(
        "pseudowire",
        1,
        lambda v, p: ethernet(0x8847, struct.pack(">II", 19 << 12 | 0x140, 0) + frame(v, p), OUTER_A, OUTER_B),
        tunnel="mpls",
        identifier=19,
        tshark=False,  # takes the control word for a part of the frame
    ),
    Carrier(
        "pseudowire without control word",
        1,
        lambda v, p: ethernet(0x8847, struct.pack(">I", 19 << 12 | 0x140) + frame(v, p), OUTER_A, OUTER_B),
        tunnel="mpls",
        identifier=19,
        tshark=False,  # takes the frame's first address for a control word
    ),
    Carrier("nflog", 239, lambda v, p: nflog(v, p, "<"), (A, 0), tshark=False),  # takes the family of the host
    Carrier("nflog, most significant byte first", 239, lambda v, p: nflog(v, p, ">"), (A, 0), tshark=False),
    Carrier(
        "cooked",
        113,
        lambda v, p: struct.pack(">HHH", 0, 1, 6) + mac(A) + b"\0\0" + struct.pack(">H", kind(v)) + p,
        (A, 0),
    ),
    Carrier(
        "cooked loopback",
        113,
        lambda v, p: struct.pack(">HHH", 0, 772, 6) + bytes(8) + struct.pack(">H", kind(v)) + p,
        None,
    ),
    Carrier(
        "cooked vlan",
        113,
        lambda v, p: struct.pack(">HHH", 0, 1, 6) + mac(A) + b"\0\0\x81\0" + vlan(7, kind(v), p),
        (A, 0),
        vlan=7,
    ),
    Carrier(
        "cooked 2", 276, lambda v, p: struct.pack(">HHIHBB", kind(v), 0, 3, 1, 0, 6) + mac(A) + b"\0\0" + p, (A, 0)
    ),
    Carrier("raw", 101, lambda v, p: p, None),
    Carrier("raw ipv4", 228, lambda v, p: p, None, versions=(4,)),
    Carrier("raw ipv6", 229, lambda v, p: p, None, versions=(6,)),
    Carrier("null little", 0, lambda v, p: (b"\x02" if v == 4 else b"\x1e") + b"\0\0\0" + p, None),
    Carrier("null big", 0, lambda v, p: b"\0\0\0" + (b"\x02" if v == 4 else b"\x1c") + p, None),
    Carrier("loop", 108, lambda v, p: b"\0\0\0" + (b"\x02" if v == 4 else b"\x18") + p, None),
    Carrier("ppp", 9, lambda v, p: b"\xff\x03" + ppp_number(v) + p, None),
    Carrier("ppp short", 9, lambda v, p: ppp_number(v)[1:] + p, None),
    Carrier("ppp hdlc", 50, lambda v, p: b"\xff\x03" + ppp_number(v) + p, None),
    Carrier("cisco hdlc", 104, lambda v, p: b"\x0f\0" + struct.pack(">H", kind(v)) + p, None),
    Carrier("cisco hdlc called ppp", 9, lambda v, p: b"\x0f\0" + struct.pack(">H", kind(v)) + p, None),
    Carrier("token ring", 6, lambda v, p: b"\x10\x40" + mac(B) + mac(A) + snap(kind(v), p)),
    Carrier(
        "token ring, routed by the source",
        6,
        lambda v, p: b"\x10\x40" + mac(B) + mac(A | 1 << 47) + b"\x06\x30\0\x12\0\x10" + snap(kind(v), p),
    ),
    Carrier("fddi", 10, lambda v, p: b"\x50" + mac(mirrored(B)) + mac(mirrored(A)) + snap(kind(v), p)),
    Carrier("frame relay", 107, lambda v, p: b"\x18\x41\x03" + nlpid(v) + p, None),
    Carrier("frame relay, long address, padding", 107, lambda v, p: b"\x18\x40\x40\x05\x03\0" + nlpid(v) + p, None),
    Carrier("frame relay, snap", 107, lambda v, p: b"\x18\x41\x03\0\x80\0\0\0" + struct.pack(">H", kind(v)) + p, None),
    Carrier("frame relay, cisco", 107, lambda v, p: b"\x18\x41" + struct.pack(">H", kind(v)) + p, None),
    Carrier("frame relay, ppp", 107, lambda v, p: b"\x18\x41\x03\xcf" + ppp_number(v) + p, None),
    Carrier("frame relay, bridged", 107, lambda v, p: b"\x18\x41\x03\0\x80\0\x80\xc2\0\x07" + frame(v, p)),
    Carrier("ppp direction", 204, lambda v, p: b"\x01\xff\x03" + ppp_number(v) + p, None),
    Carrier("netanalyzer", 240, lambda v, p: NETANALYZER + frame(v, p) + b"FCS!"),
    Carrier(
        "netanalyzer transparent",
        241,
        lambda v, p: NETANALYZER_TRANSPARENT + b"\x55" * 7 + b"\xd5" + frame(v, p) + b"FCS!",
        tshark=False,  # shows no more than bytes
    ),
    Carrier("broadcom", 281, lambda v, p: mac(B) + mac(A) + bytes(4) + struct.pack(">H", kind(v)) + p, tshark=False),
    Carrier("broadcom before", 282, lambda v, p: bytes(4) + frame(v, p), tshark=False),
    Carrier("pktap", 258, lambda v, p: struct.pack("<III", 108, 1, 1) + bytes(96) + frame(v, p)),
    Carrier("wlan to", 105, lambda v, p: wlan(1, 9, A, B) + snap(kind(v), p)),
    Carrier("wlan from", 105, lambda v, p: wlan(2, B, 9, A) + snap(kind(v), p)),
    Carrier("wlan direct", 105, lambda v, p: wlan(0, B, A, 9) + snap(kind(v), p)),
    Carrier("wlan four addresses", 105, lambda v, p: wlan(3, 8, 9, B, A) + snap(kind(v), p)),
    Carrier("wlan qos", 105, lambda v, p: wlan(1, 9, A, B, subtype=8, extra=b"\0\0") + snap(kind(v), p)),
    Carrier("wlan ht", 105, lambda v, p: wlan(0x81, 9, A, B, subtype=8, extra=bytes(6)) + snap(kind(v), p)),
    Carrier("wlan aggregate", 105, mesh_amsdu),
    Carrier("radiotap", 127, lambda v, p: RADIOTAP + wlan(1, 9, A, B) + snap(kind(v), p) + b"FCS!", tshark=False),
    Carrier(
        "radiotap extended",
        127,
        lambda v, p: RADIOTAP_EXTENDED + wlan(1, 9, A, B, subtype=8, extra=bytes(4)) + snap(kind(v), p) + b"FCS!",
        tshark=False,
    ),
    Carrier(
        "prism", 119, lambda v, p: struct.pack("<II", 0x44, 144) + bytes(136) + wlan(1, 9, A, B) + snap(kind(v), p)
    ),
    Carrier(
        "avs", 163, lambda v, p: struct.pack(">II", 0x80211001, 64) + bytes(56) + wlan(1, 9, A, B) + snap(kind(v), p)
    ),
    Carrier("ppi", 192, lambda v, p: PPI + wlan(1, 9, A, B) + snap(kind(v), p) + b"FCS!", tshark=False),
    Carrier("gre", 1, lambda v, p: outer(47, struct.pack(">HH", 0, kind(v)) + p), None, tunnel="gre", outer=4),
    Carrier(
        "gre key",
        1,
        lambda v, p: outer6(47, struct.pack(">HHIII", 0xB000, kind(v), 0, 55, 1) + p),
        None,
        tunnel="gre",
        identifier=55,
        outer=6,
    ),
    Carrier(
        "gre bridge", 1, lambda v, p: outer(47, struct.pack(">HH", 0, 0x6558) + frame(v, p)), tunnel="gre", outer=4
    ),
    Carrier(
        "gre of an access point",
        1,
        lambda v, p: outer(
            47, struct.pack(">HH", 0, 0x8200) + wlan(1, 9, A, B, subtype=8, extra=b"\0\0") + snap(kind(v), p)
        ),
        tunnel="gre",
        outer=4,
    ),
    Carrier(
        "pptp",
        1,
        lambda v, p: outer(
            47, struct.pack(">HHHHI", 0x3001, 0x880B, len(p) + 4, 6, 1) + b"\xff\x03" + ppp_number(v) + p
        ),
        None,
        tunnel="gre",
        identifier=6,
        outer=4,
    ),
    Carrier(
        "erspan 1", 1, lambda v, p: outer(47, struct.pack(">HH", 0, 0x88BE) + frame(v, p)), tunnel="erspan", outer=4
    ),
    Carrier(
        "erspan 2",
        1,
        lambda v, p: outer(47, struct.pack(">HHI", 0x1000, 0x88BE, 1) + ERSPAN_2[:8] + frame(v, p)),
        tunnel="erspan",
        identifier=77,
        vlan=33,
        outer=4,
    ),
    Carrier(
        "erspan 3",
        1,
        lambda v, p: outer(47, struct.pack(">HHI", 0x1000, 0x22EB, 1) + ERSPAN_3 + frame(v, p)),
        tunnel="erspan",
        identifier=78,
        outer=4,
    ),
    Carrier(
        "capwap",
        1,
        lambda v, p: outer(17, udp(CAPWAP_80211 + wlan(1, 9, A, B) + snap(kind(v), p), 50000, 5247)),
        tunnel="capwap",
        outer=4,
        tshark=False,  # which exchanges them, unless it is told not to
    ),
    Carrier(
        "capwap swapped",
        1,
        lambda v, p: outer(17, udp(CAPWAP_80211 + swapped(wlan(1, 9, A, B)) + snap(kind(v), p), 50000, 5247)),
        tunnel="capwap",
        outer=4,
    ),
    Carrier(
        "capwap swapped, numbered",
        1,
        lambda v, p: outer(
            17, udp(CAPWAP_80211 + swapped(wlan(1, 9, A, B))[:22] + b"\x01\x10" + snap(kind(v), p), 50000, 5247)
        ),
        tunnel="capwap",
        outer=4,
    ),
    Carrier(
        "capwap ethernet",
        1,
        lambda v, p: outer(17, udp(b"\0\x10\x02\0\0\0\0\0" + frame(v, p), 5247, 50000)),
        tunnel="capwap",
        outer=4,
    ),
    Carrier(
        "vxlan",
        1,
        lambda v, p: outer(17, udp(struct.pack(">II", 0x08000000, 66 << 8) + frame(v, p), 50000, 4789)),
        tunnel="vxlan",
        identifier=66,
        outer=4,
    ),
    Carrier(
        "vxlan, what is reserved set",
        1,
        lambda v, p: outer(17, udp(struct.pack(">II", 0x08123456, 66 << 8 | 0x77) + frame(v, p), 50000, 4789)),
        tunnel="vxlan",
        identifier=66,
        outer=4,
    ),
    Carrier(
        "vxlan gpe",
        1,
        lambda v, p: outer(17, udp(struct.pack(">II", 0x0C000001 if v == 4 else 0x0C000002, 66 << 8) + p, 50000, 4790)),
        None,
        tunnel="vxlan",
        identifier=66,
        outer=4,
    ),
    Carrier(
        "geneve",
        1,
        lambda v, p: outer6(17, udp(struct.pack(">BBHII", 1, 0, 0x6558, 67 << 8, 0) + frame(v, p), 50000, 6081)),
        tunnel="geneve",
        identifier=67,
        outer=6,
    ),
    Carrier(
        "geneve of mpls",
        1,
        lambda v, p: outer(17, udp(struct.pack(">HHII", 0, 0x8847, 67 << 8, 18 << 12 | 0x140) + p, 50000, 6081)),
        None,
        tunnel="geneve",
        identifier=67,
        outer=4,
        tshark=False,  # leaves it
    ),
    Carrier(
        "vxlan of mpls",
        1,
        lambda v, p: outer(17, udp(struct.pack(">III", 0x0C000005, 66 << 8, 18 << 12 | 0x140) + p, 50000, 4790)),
        None,
        tunnel="vxlan",
        identifier=66,
        outer=4,
        tshark=False,  # leaves it
    ),
    Carrier(
        "vxlan of a service chain",
        1,
        lambda v, p: outer(17, udp(struct.pack(">II", 0x0C000004, 66 << 8) + chained(v, p), 50000, 4790)),
        None,
        tunnel="vxlan",
        identifier=66,
        outer=4,
    ),
    Carrier(
        "gre of a service chain",
        1,
        lambda v, p: outer(47, struct.pack(">HH", 0, 0x894F) + chained(v, p)),
        None,
        tunnel="gre",
        outer=4,
    ),
    Carrier(
        "gre with a tag",
        1,
        lambda v, p: outer(47, struct.pack(">HH", 0, 0x8100) + vlan(7, kind(v), p)),
        None,
        vlan=7,
        tunnel="gre",
        outer=4,
        tshark=False,  # leaves it
    ),
    Carrier(
        "gre of a cache",
        1,
        lambda v, p: outer(47, struct.pack(">HH", 0, 0x883E) + p),
        None,
        tunnel="gre",
        outer=4,
        versions=(4,),
    ),
    Carrier(
        "gre of a newer cache",
        1,
        lambda v, p: outer(47, struct.pack(">HHI", 0, 0x883E, 0x10000) + p),
        None,
        tunnel="gre",
        outer=4,
        versions=(4,),
    ),
    Carrier(
        "eoip",
        1,
        lambda v, p: outer(47, b"\x20\x01\x64\0" + struct.pack(">H", len(p) + 14) + b"\x09\0" + frame(v, p)),
        tunnel="gre",
        identifier=9,
        outer=4,
        tshark=False,  # leaves it
    ),
    *(
        Carrier(
            f"teredo {name}",
            1,
            lambda v, p, before=before: outer(17, udp(before + p, 50000, 3544)),  # type: ignore[misc]
            None,
            tunnel="ip-in-ip",
            versions=(6,),
            outer=4,
            tshark=not name.endswith("both"),
        )
        for name, before in (
            ("alone", b""),
            ("with its proof", TEREDO_PROOF),
            ("with an origin", TEREDO_ORIGIN),
            ("with both", TEREDO_PROOF + TEREDO_ORIGIN),
        )
    ),
    Carrier(
        "tzsp of a radio",
        1,
        lambda v, p: outer(17, udp(b"\x01\0\0\x12\x01" + wlan(1, 9, A, B) + snap(kind(v), p), 50000, 37008)),
        tunnel="tzsp",
        outer=4,
    ),
    Carrier(
        "l2tp",
        1,
        lambda v, p: outer(17, udp(struct.pack(">HHH", 2, 8, 9) + b"\xff\x03" + ppp_number(v) + p, 1701, 1701)),
        None,
        tunnel="l2tp",
        identifier=9,
        outer=4,
    ),
    Carrier(
        "l2tp with everything",
        1,
        lambda v, p: outer(
            17,
            udp(
                struct.pack(">HHHHHHHH", 0x4A02, 18 + len(p), 8, 9, 1, 1, 2, 0) + ppp_number(v) + p + b"behind",
                50000,
                1701,
            ),
        ),
        None,
        tunnel="l2tp",
        identifier=9,
        outer=4,
    ),
    Carrier("ip in ip", 1, lambda v, p: outer(4 if v == 4 else 41, p), None, tunnel="ip-in-ip", outer=4),
    Carrier("ip in ipv6", 1, lambda v, p: outer6(4 if v == 4 else 41, p), None, tunnel="ip-in-ip", outer=6),
    Carrier("ethernet in ip", 1, lambda v, p: outer(97, b"\x30\0" + frame(v, p)), tunnel="etherip", outer=4),
    Carrier(
        "gtp", 1, lambda v, p: outer(17, udp(gtp(p), 2152, 2152)), None, tunnel="gtp-u", identifier=0xCAFE, outer=4
    ),
    Carrier(
        "gtp extended",
        1,
        lambda v, p: outer(17, udp(gtp(p, extensions=b"\0\0\0\x85" + b"\x01\x10\x01\0", flags=0x34), 2152, 2152)),
        None,
        tunnel="gtp-u",
        identifier=0xCAFE,
        outer=4,
    ),
    Carrier(
        "gtp elsewhere",
        1,
        lambda v, p: outer6(17, udp(gtp(p, flags=0x32, extensions=bytes(4)), 999, 31313)),
        None,
        tunnel="gtp-u",
        identifier=0xCAFE,
        outer=6,
        tshark=False,
    ),
    Carrier(
        "gtp ethernet session",
        1,
        lambda v, p: outer(17, udp(gtp(frame(v, p)), 2152, 2152)),
        tunnel="gtp-u",
        identifier=0xCAFE,
        outer=4,
        tshark=False,
    ),
    Carrier(
        "vlan, gtp, ip in ip",
        1,
        lambda v, p: ethernet(
            0x8100,
            vlan(
                12,
                0x0800,
                ipv4(
                    17,
                    udp(gtp(ipv4(4 if v == 4 else 41, p, "9.9.9.1", "9.9.9.2")), 2152, 2152),
                    "172.16.0.1",
                    "172.16.0.2",
                ),
            ),
            OUTER_A,
            OUTER_B,
        ),
        None,
        vlan=12,
        tunnel="gtp-u",
        identifier=0xCAFE,
        outer=4,
    ),
    Carrier(
        "mesh, to one",
        1,
        lambda v, p: ethernet(0x4305, b"\x40\x0f\x32\x01" + mac(OUTER_B) + frame(v, p)),
        tunnel="batman-adv",
    ),
    Carrier(
        "mesh, to one, with its sender",
        1,
        lambda v, p: ethernet(0x4305, b"\x42\x0f\x32\x01" + mac(OUTER_B) + mac(OUTER_A) + b"\x01\0" + frame(v, p)),
        tunnel="batman-adv",
    ),
    Carrier(
        "mesh, to all",
        1,
        lambda v, p: ethernet(0x4305, b"\x01\x0f\x32\0" + bytes(4) + mac(OUTER_A) + frame(v, p)),
        tunnel="batman-adv",
    ),
    Carrier(
        "mesh, to several",
        1,
        lambda v, p: ethernet(
            0x4305, b"\x05\x0f\x32\0" + struct.pack(">HBBHH", 12, 7, 1, 8, 1) + mac(OUTER_A) + frame(v, p)
        ),
        tunnel="batman-adv",
        tshark=False,  # newer than its dissector
    ),
    Carrier("vn-tag", 1, lambda v, p: ethernet(0x8926, struct.pack(">IH", 0x80050001, kind(v)) + p)),
    Carrier("e-tag", 1, lambda v, p: ethernet(0x893F, struct.pack(">IHH", 0x10010002, 0, kind(v)) + p), tshark=False),
    Carrier("cisco metadata", 1, lambda v, p: ethernet(0x8909, struct.pack(">BBHHH", 1, 1, 1, 10, kind(v)) + p)),
    Carrier(
        "backbone bridge",
        1,
        lambda v, p: ethernet(0x88E7, struct.pack(">I", 0x10000000 | 500) + frame(v, p), OUTER_A, OUTER_B),
        tunnel="pbb",
        identifier=500,
    ),
    Carrier(
        "trill",
        1,
        lambda v, p: ethernet(0x22F3, struct.pack(">HHH", 0x0045, 1, 2) + bytes(4) + frame(v, p), OUTER_A, OUTER_B),
        tunnel="trill",
        identifier=2,
        tshark=False,  # takes no options
    ),
    Carrier(
        "fabricpath",
        1,
        lambda v, p: ethernet(0x8903, struct.pack(">H", 5 << 6 | 32) + frame(v, p), OUTER_A, OUTER_B),
        tunnel="fabricpath",
        identifier=5,
        tshark=False,  # has it switched off
    ),
    Carrier(
        "service chain",
        1,
        lambda v, p: ethernet(
            0x894F, struct.pack(">HBBI", 0x0FC3, 2, 1 if v == 4 else 2, 7 << 8 | 255) + bytes(4) + p, OUTER_A, OUTER_B
        ),
        (OUTER_A, OUTER_B),
        tunnel="nsh",
        identifier=7,
    ),
    Carrier(
        "lisp",
        1,
        lambda v, p: outer(17, udp(struct.pack(">II", 0x80 << 24 | 5, 1) + p, 50000, 4341)),
        None,
        tunnel="lisp",
        outer=4,
    ),
    Carrier(
        "mpls in udp",
        1,
        lambda v, p: outer(17, udp(struct.pack(">II", 17 << 12 | 64, 18 << 12 | 0x100 | 64) + p, 50000, 6635)),
        None,
        tunnel="mpls",
        identifier=17,
        outer=4,
    ),
    Carrier(
        "gre in udp",
        1,
        lambda v, p: outer(17, udp(struct.pack(">HHI", 0x2000, kind(v), 9) + p, 50000, 4754)),
        None,
        tunnel="gre",
        identifier=9,
        outer=4,
        tshark=False,  # leaves it
    ),
    Carrier(
        "tzsp",
        1,
        lambda v, p: outer(17, udp(b"\x01\0\0\x01" + b"\x0a\x01\xd0\0\x01" + frame(v, p), 50000, 37008)),
        tunnel="tzsp",
        outer=4,
    ),
    Carrier(
        "tzsp elsewhere",
        1,
        lambda v, p: outer(17, udp(b"\x01\0\0\x01" + b"\x0a\x01\xd0\0\x01" + frame(v, p), 50000, 17008)),
        tunnel="tzsp",
        outer=4,
        tshark=False,
    ),
    Carrier(
        "geneve elsewhere",
        1,
        lambda v, p: outer6(17, udp(struct.pack(">HHIQ", 0x0200, 0x6558, 66 << 8, 7) + frame(v, p), 50000, 16081)),
        tunnel="geneve",
        identifier=66,
        outer=6,
        tshark=False,
    ),
    Carrier(
        "geneve of another number",
        1,
        lambda v, p: outer(17, udp(struct.pack(">HHI", 0, 0x1234, 66 << 8) + p, 50000, 6081)),
        None,
        tunnel="geneve",
        identifier=66,
        outer=4,
        tshark=False,
    ),
    Carrier(
        "gue",
        1,
        lambda v, p: outer(17, udp(struct.pack(">BBH", 0, 4 if v == 4 else 41, 0) + p, 50000, 6080)),
        None,
        tunnel="gue",
        outer=4,
        tshark=False,
    ),
    Carrier(
        "gue with fields",
        1,
        lambda v, p: outer6(17, udp(struct.pack(">BBHI", 1, 4 if v == 4 else 41, 0x8000, 7) + p, 50000, 6080)),
        None,
        tunnel="gue",
        outer=6,
        tshark=False,
    ),
    Carrier(
        "gue without a header",
        1,
        lambda v, p: outer(17, udp(p, 50000, 6080)),
        None,
        tunnel="gue",
        outer=4,
        tshark=False,
    ),
    Carrier(
        "gue elsewhere",
        1,
        lambda v, p: outer(17, udp(struct.pack(">BBH", 0, 4 if v == 4 else 41, 0) + p, 50000, 16080)),
        None,
        tunnel="gue",
        outer=4,
        tshark=False,
        versions=(4,),
    ),
    Carrier(
        "gre in udp elsewhere",
        1,
        lambda v, p: outer(17, udp(struct.pack(">HH", 0, kind(v)) + p, 50000, 15555)),
        None,
        tunnel="gre",
        outer=4,
        tshark=False,
        versions=(4,),
    ),
    Carrier(
        "pim register",
        1,
        lambda v, p: outer(103, b"\x21\0\xde\xff\0\0\0\0" + p),
        None,
        tunnel="pim-register",
        outer=4,
        tshark=False,
    ),
    Carrier(
        "ip in a protocol of another number",
        1,
        lambda v, p: outer(94, p),
        None,
        tunnel="ip-in-ip",
        outer=4,
        tshark=False,
    ),
    Carrier(
        "ip in udp",
        1,
        lambda v, p: outer(17, udp(p, 50000, 15555)),
        None,
        tunnel="ip-in-ip",
        versions=(4,),  # of version 6 only what is usual is taken for it
        outer=4,
        tshark=False,
    ),
    Carrier(
        "vxlan elsewhere",
        1,
        lambda v, p: outer(17, udp(struct.pack(">II", 0x08000000, 66 << 8) + frame(v, p), 50000, 14789)),
        tunnel="vxlan",
        identifier=66,
        outer=4,
        tshark=False,
    ),
    Carrier(
        "l2tp 3 in udp",
        1,
        lambda v, p: outer(17, udp(struct.pack(">HHI", 3, 0, 7) + bytes(4) + frame(v, p), 1701, 1701)),
        tunnel="l2tp",
        identifier=7,
        outer=4,
        tshark=False,  # has to be told of cookies
    ),
    Carrier(
        "l2tp 3 in ip",
        1,
        lambda v, p: outer(115, struct.pack(">IQI", 7, 0x0123456789ABCDEF, 0) + frame(v, p)),
        tunnel="l2tp",
        identifier=7,
        outer=4,
        tshark=False,
    ),
    Carrier(
        "l2tp 3 in ip, ppp",
        1,
        lambda v, p: outer(115, struct.pack(">II", 7, 0x01234567) + b"\xff\x03" + ppp_number(v) + p),
        None,
        tunnel="l2tp",
        identifier=7,
        outer=4,
        tshark=False,
    ),
    Carrier("authentication header", 1, lambda v, p: frame(v, authenticated(v, p)), tunnel="ah", outer=-1),
]


def authenticated(version: int, packet: bytes) -> bytes:
    """The packet with an authentication header (RFC 4302) between IP header and transport."""
    header = 20 if version == 4 else 40
    at = 9 if version == 4 else 6
    body = bytes((packet[at], 4)) + bytes(22) + packet[header:]
    if version == 4:
        return ipv4(51, body)
    return ipv6(51, body)
