"""The layers: every carrier around TCP, UDP and others; what is not understood; and that nothing makes them fail."""

from __future__ import annotations

import random
import struct
import subprocess
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scanner.capture.kernel.decode.layers import Decoder
from scanner.capture.kernel.decode.packet import KINDS, TUNNELS, Packet
from scanner.capture.link_types import LINK_TYPES
from scanner.capture.result import CaptureInfo
from tests.capture.files import pcap
from tests.capture.frames import (
    CARRIERS,
    GROUP,
    OUTER_A,
    RADIOTAP,
    A,
    B,
    Carrier,
    arp,
    authenticated,
    chunk,
    ethernet,
    gtp,
    ipv4,
    ipv6,
    kind,
    mac,
    outer,
    sctp,
    snap,
    tcp,
    udp,
    vlan,
    wlan,
)
from tests.conftest import require_tool


def address(family: int, high: int, low: int) -> str:
    if family == 0:
        return ""
    return str(ip_address(low if family == 4 else (high << 64 | low).to_bytes(16, "big")))


def seen(packet: Packet) -> dict[str, Any]:
    """What a test compares of a packet."""
    found: dict[str, Any] = {
        "kind": KINDS[packet.kind],
        "source": address(packet.family, packet.source_high, packet.source_low),
        "target": address(packet.family, packet.target_high, packet.target_low),
        "payload": packet.payload(),
        "length": packet.wire_end - packet.at,
        "protocol": packet.protocol,
    }
    if packet.kind >= 4:
        found["ports"] = (packet.source_port, packet.target_port)
    return found


def decode(data: bytes, link: int = 1, wire: int = -1, time: int = 0) -> Packet:
    packet = Packet()
    Decoder().decode_one(packet, data, link, wire, time)
    return packet


def told(data: bytes, link: int = 1, wire: int = -1) -> CaptureInfo:
    """The counts after one frame."""
    decoder, info = Decoder(), CaptureInfo("x")
    decoder.decode_one(Packet(), data, link, wire)
    decoder.fill(info)
    return info


PAYLOAD = b"what is said"
TRANSPORTS = {
    "tcp": (6, tcp(PAYLOAD), "tcp", (40000, 502), PAYLOAD),
    "tcp with options": (6, tcp(PAYLOAD, options=b"\x02\x04\x05\xb4" + b"\x01" * 8), "tcp", (40000, 502), PAYLOAD),
    "tcp without payload": (6, tcp(flags=2), "tcp", (40000, 502), b""),
    "udp": (17, udp(PAYLOAD), "udp", (40001, 47808), PAYLOAD),
    "sctp": (132, sctp(chunk(0, struct.pack(">IHHI", 5, 1, 1, 46) + PAYLOAD)), "sctp", (2905, 2906), PAYLOAD),
    "igmp": (2, b"\x16\0\0\0\xe0\0\0\x05", "datagram", None, b"\x16\0\0\0\xe0\0\0\x05"),
    "rsvp": (46, bytes(30), "datagram", None, bytes(30)),
}


def inner(version: int, name: str) -> bytes:
    protocol, data = TRANSPORTS[name][:2]
    return ipv4(protocol, data) if version == 4 else ipv6(protocol, data)


CASES = [pytest.param(c, v, id=f"{c.name}, ipv{v}") for c in CARRIERS for v in c.versions]


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize(("carrier", "version"), CASES)
def test_every_transport_in_every_carrier(carrier: Carrier, version: int, transport: str) -> None:
    protocol, _, name, ports, payload = TRANSPORTS[transport]
    packet = decode(carrier.wrap(version, inner(version, transport)), carrier.link)
    expected: dict[str, Any] = {
        "kind": name,
        "source": "10.0.0.1" if version == 4 else "2001:db8::1",
        "target": "10.0.0.2" if version == 4 else "2001:db8::2",
        "payload": payload,
        "length": len(payload),
        "protocol": protocol,
    }
    if ports:
        expected["ports"] = ports
    assert seen(packet) == expected
    assert packet.trouble == 0
    assert ((packet.source_mac, packet.target_mac) if packet.has_macs else None) == carrier.macs
    assert packet.vlan == carrier.vlan
    assert TUNNELS[packet.tunnel] == carrier.tunnel
    if carrier.tunnel:
        own = tuple(
            address(packet.family, *pair)
            for pair in ((packet.source_high, packet.source_low), (packet.target_high, packet.target_low))
        )
        ends = {0: ("", ""), 4: ("172.16.0.1", "172.16.0.2"), 6: ("fd00::1", "fd00::2"), -1: own}[carrier.outer]
        assert packet.tunnel_id == carrier.identifier
        assert address(packet.tunnel_family, packet.tunnel_source_high, packet.tunnel_source_low) == ends[0]
        assert address(packet.tunnel_family, packet.tunnel_target_high, packet.tunnel_target_low) == ends[1]
        if carrier.outer > 0:
            assert packet.tunnel_source_mac == OUTER_A
    if name == "tcp":
        flags = 2 if transport == "tcp without payload" else 0x18
        assert (packet.sequence, packet.acknowledgement, packet.flags) == (0xFEDCBA98, 0x89ABCDEF, flags)


@pytest.mark.parametrize("version", [4, 6])
def test_an_authentication_header_stays_in_front_of_what_routers_prove_by_it(version: int) -> None:
    whole = ipv4(89, bytes(30)) if version == 4 else ipv6(89, bytes(30))
    packet = decode(ethernet(0x0800 if version == 4 else 0x86DD, authenticated(version, whole)), 1)
    assert (KINDS[packet.kind], packet.protocol, packet.trouble) == ("datagram", 51, 0)


@pytest.mark.parametrize("link", sorted({c.link for c in CARRIERS if c.tshark}))
def test_tshark_sees_the_same(link: int, tmp_path: Path) -> None:
    """The frames above are what they are meant to be: the innermost addresses and ports, as tshark reads them."""
    tshark = require_tool("tshark")
    frames = [
        c.wrap(v, inner(v, t))
        for c in CARRIERS
        if c.link == link and c.tshark
        for v in c.versions
        for t in ("tcp", "udp")
    ]
    path = tmp_path / "frames.pcap"
    path.write_bytes(pcap([(1, 0, f) for f in frames], network=link))
    fields = ["ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "frame.protocols", "tcp.dstport", "udp.dstport"]
    out = subprocess.run(
        [tshark, "-n", "-r", path, "-Tfields", "-Eoccurrence=l", *(a for f in fields for a in ("-e", f))],
        capture_output=True,
        text=True,
        check=True,
    )
    rows = [line.split("\t") for line in out.stdout.splitlines()]
    assert len(rows) == len(frames)
    for row, data in zip(rows, frames, strict=True):
        packet = decode(data, link)
        ip = "ip" if packet.family == 4 else "ipv6"
        theirs = dict(zip(fields, row, strict=True))
        ours = seen(packet)
        assert (theirs[f"{ip}.src"], theirs[f"{ip}.dst"]) == (ours["source"], ours["target"])
        assert theirs[f"{ours['kind']}.dstport"] == str(ours["ports"][1])


def test_ipv4_padding_options_and_offload() -> None:
    assert decode(ethernet(0x0800, ipv4(17, udp(b"ab")) + bytes(16))).payload() == b"ab"
    assert decode(ethernet(0x0800, ipv4(17, udp(b"ab"), options=b"\x01" * 8))).payload() == b"ab"
    large = decode(ethernet(0x0800, ipv4(6, tcp(bytes(70000)), total=0)))  # the adapter will fill the length in
    assert (KINDS[large.kind], large.wire_end - large.at, large.trouble) == ("tcp", 70000, 0)
    large = decode(ethernet(0x86DD, ipv6(6, tcp(bytes(70000)), length=0)))
    assert (KINDS[large.kind], large.wire_end - large.at, large.trouble) == ("tcp", 70000, 0)


EXTENSIONS = [
    (0, b"\x01\x04\0\0\0\0"),  # hop by hop: padding
    (60, b"\x01\x04\0\0\0\0" + bytes(8)),
    (43, bytes(6) + bytes(16)),
    (135, bytes(6)),
]


def extended(chain: list[tuple[int, bytes]], last: int, data: bytes) -> bytes:
    """An IPv6 packet with extension headers (without their first two bytes) before the transport."""
    numbers = [number for number, _ in chain] + [last]
    for i in range(len(chain) - 1, -1, -1):
        body = chain[i][1]
        data = bytes((numbers[i + 1], (len(body) + 2) // 8 - 1)) + body + data
    return ethernet(0x86DD, ipv6(numbers[0], data))


def test_ipv6_extension_headers() -> None:
    packet = decode(extended(EXTENSIONS, 6, tcp(PAYLOAD)))
    assert (KINDS[packet.kind], packet.payload(), packet.protocol) == ("tcp", PAYLOAD, 6)
    packet = decode(extended(EXTENSIONS, 59, b"nothing"))
    assert (KINDS[packet.kind], packet.protocol, packet.trouble) == ("datagram", 59, 0)
    assert decode(extended(EXTENSIONS[:1] * 16, 6, tcp(PAYLOAD))).trouble == 0
    packet = decode(extended(EXTENSIONS[:1] * 20, 6, tcp(PAYLOAD)))
    assert (KINDS[packet.kind], packet.trouble) == ("datagram", 1)


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_fragments_are_joined(version: int, order: tuple[int, ...]) -> None:
    whole = udp(bytes(range(200)), 9, 47808)
    frames = []
    for i, at in enumerate((0, 80, 160)):
        part, more = whole[at : at + 80], i < 2
        if version == 4:
            frames.append(frame4 := ethernet(0x0800, ipv4(17, part, place=at // 8 | more << 13)) + bytes(9))
            assert len(frame4) > 60
        else:
            head = struct.pack(">BBHI", 17, 0, at | more, 5)
            frames.append(ethernet(0x86DD, ipv6(44, head + part)))
    decoder, packet, info = Decoder(), Packet(), CaptureInfo("x")
    for i in order[:-1]:
        decoder.decode_one(packet, frames[i], 1)
        assert KINDS[packet.kind] == "fragment"
    decoder.decode_one(packet, frames[order[-1]], 1)
    assert (KINDS[packet.kind], packet.target_port, packet.payload()) == ("udp", 47808, bytes(range(200)))
    decoder.decode_one(packet, ethernet(0x0800, ipv4(6, tcp(PAYLOAD))), 1)  # the chunk is read again
    assert (KINDS[packet.kind], packet.payload()) == ("tcp", PAYLOAD)
    decoder.decode_one(packet, frames[0], 1)
    decoder.fill(info)
    assert (info.fragments, info.fragments_dropped) == (4, 1)


def test_an_ipv6_fragment_header_on_a_whole_packet() -> None:
    packet = decode(ethernet(0x86DD, ipv6(44, struct.pack(">BBHI", 17, 0, 0, 5) + udp(PAYLOAD))))
    assert (KINDS[packet.kind], packet.payload()) == ("udp", PAYLOAD)


def test_extension_headers_in_what_an_ipv6_fragment_header_cuts() -> None:
    whole = bytes((17, 1, 1, 12)) + bytes(12) + udp(PAYLOAD)  # destination options
    decoder, packet = Decoder(), Packet()
    for at in (0, 16):
        head = struct.pack(">BBHI", 60, 0, at | (at == 0), 5)
        part = whole[:16] if at == 0 else whole[16:]
        decoder.decode_one(packet, ethernet(0x86DD, ipv6(44, head + part)), 1)
    assert (KINDS[packet.kind], packet.payload()) == ("udp", PAYLOAD)


def test_a_tunnel_in_fragments() -> None:
    whole = udp(gtp(ipv4(6, tcp(PAYLOAD * 20))), 2152, 2152)
    decoder, packet = Decoder(), Packet()
    for at in (0, 160):
        more = at == 0
        part = whole[at : at + 160] if more else whole[at:]
        decoder.decode_one(packet, ethernet(0x0800, ipv4(17, part, "172.16.0.1", place=at // 8 | more << 13)), 1)
    assert (KINDS[packet.kind], packet.payload(), TUNNELS[packet.tunnel]) == ("tcp", PAYLOAD * 20, "gtp-u")
    assert address(4, 0, packet.tunnel_source_low) == "172.16.0.1"


def payloads(data: bytes, link: int = 1) -> list[bytes]:
    decoder, packet = Decoder(), Packet()
    decoder.decode_one(packet, data, link)
    found = [packet.payload()]
    while packet.more:
        decoder.resume_one(packet)
        found.append(packet.payload())
    return found


def test_every_message_of_an_sctp_packet() -> None:
    data = [struct.pack(">IHHI", i, 1, 1, 46) + b"message %d" % i for i in range(3)]
    chunks = [chunk(3, bytes(12)), chunk(0, data[0]), chunk(0, data[1]), chunk(4, b"beat"), chunk(0, data[2])]
    assert payloads(ethernet(0x0800, ipv4(132, sctp(*chunks)))) == [b"message 0", b"message 1", b"message 2"]
    fragments = [ipv4(132, sctp(*chunks)[:64], place=0x2000), ipv4(132, sctp(*chunks)[64:], place=8)]
    decoder, packet = Decoder(), Packet()
    for f in fragments:
        decoder.decode_one(packet, ethernet(0x0800, f), 1)
    assert (packet.payload(), packet.more, packet.sequence, packet.acknowledgement) == (b"message 0", True, 0, 46)
    decoder.resume_one(packet)
    assert (packet.payload(), packet.sequence, packet.flags) == (b"message 1", 1, 3)
    packet = decode(ethernet(0x0800, ipv4(132, sctp(chunk(1, bytes(16))))))
    assert (packet.payload(), packet.flags >> 8, packet.wire_end - packet.at) == (b"", 1, 0)
    interleaved = struct.pack(">IHHII", 9, 1, 0, 3, 46) + PAYLOAD
    assert payloads(ethernet(0x0800, ipv4(132, sctp(chunk(64, interleaved))))) == [PAYLOAD]


def test_sctp_in_datagrams_of_its_port() -> None:
    chunks = [chunk(3, bytes(12)), chunk(0, struct.pack(">IHHI", 5, 1, 1, 60) + PAYLOAD)]
    data = sctp(*chunks)
    for ports in ((9899, 40000), (40000, 9899)):
        packet = decode(ethernet(0x0800, ipv4(17, udp(data, *ports))))
        assert (KINDS[packet.kind], packet.payload(), packet.source_port) == ("sctp", PAYLOAD, 2905)
    for other in (udp(data, 40000, 9898), udp(data[:-1], 40000, 9899), udp(data + b"1234", 40000, 9899)):
        assert KINDS[decode(ethernet(0x0800, ipv4(17, other))).kind] == "udp"
    cut = ethernet(0x0800, ipv4(17, udp(data, 40000, 9899)))
    assert KINDS[decode(cut[:-9], wire=len(cut)).kind] == "sctp"


def test_every_packet_of_an_aggregate() -> None:
    subs = []
    for i in range(3):
        sub = snap(0x0800, ipv4(17, udp(b"packet %d" % i)))
        sub = mac(B) + mac(A + i) + struct.pack(">H", len(sub)) + sub
        subs.append(sub + bytes(-len(sub) % 4 if i < 2 else 0))
    frame = wlan(1, 9, A, B, subtype=8, extra=b"\x80\0") + b"".join(subs)
    assert payloads(frame, 105) == [b"packet 0", b"packet 1", b"packet 2"]


def test_snapshot_length_keeps_the_length_on_the_wire() -> None:
    data = ethernet(0x0800, ipv4(6, tcp(bytes(1000))))
    packet = decode(data[:100], wire=len(data))
    assert (KINDS[packet.kind], len(packet.payload()), packet.wire_end - packet.at, packet.trouble) == (
        "tcp",
        46,
        1000,
        0,
    )
    data = ethernet(0x0800, ipv4(6, tcp(bytes(1000), options=bytes(20))))
    packet = decode(data[:60], wire=len(data))  # the options are cut
    assert (KINDS[packet.kind], packet.payload(), packet.wire_end - packet.at) == ("tcp", b"", 1000)
    packet = decode(data[:40], wire=len(data))
    assert (KINDS[packet.kind], packet.protocol, packet.trouble) == ("datagram", 6, 2)
    assert told(data[:40], wire=len(data)).not_understood == {"headers cut off by the snapshot length": 1}
    assert told(data[:10], wire=len(data)).not_understood == {"headers cut off by the snapshot length": 1}


MALFORMED = {
    "short frame": b"\x01" * 10,
    "short ipv4": ethernet(0x0800, ipv4(6, b"")[:18]),
    "ipv4 version": ethernet(0x0800, b"\x55" + ipv4(6, tcp())[1:]),
    "ipv4 header length": ethernet(0x0800, b"\x44" + ipv4(6, tcp())[1:]),
    "ipv4 total below header": ethernet(0x0800, ipv4(6, tcp(), total=19)),
    "ipv4 total beyond frame": ethernet(0x0800, ipv4(6, tcp(PAYLOAD), total=100)),
    "ipv6 version": ethernet(0x86DD, b"\x40" + ipv6(6, tcp())[1:]),
    "ipv6 beyond frame": ethernet(0x86DD, ipv6(6, tcp(), length=100)),
    "tcp header length": ethernet(0x0800, ipv4(6, tcp()[:12] + b"\x40" + tcp()[13:])),
    "tcp header beyond packet": ethernet(0x0800, ipv4(6, tcp()[:12] + b"\xf0" + tcp()[13:])),
    "short tcp": ethernet(0x0800, ipv4(6, tcp()[:19])),
    "udp length": ethernet(0x0800, ipv4(17, udp(PAYLOAD, length=7))),
    "udp beyond packet": ethernet(0x0800, ipv4(17, udp(PAYLOAD, length=100))),
    "short udp": ethernet(0x0800, ipv4(17, b"1234567")),
    "sctp chunk": ethernet(0x0800, ipv4(132, sctp(b"\0\0\0\x03"))),
    "sctp data chunk": ethernet(0x0800, ipv4(132, sctp(b"\0\0\0\x08" + bytes(20)))),
    "vlan": ethernet(0x8100, b"\0\x01"),
    "802.3 length beyond frame": ethernet(1000, snap(0x0800, ipv4(6, tcp()))),
    "pppoe version": ethernet(0x8864, b"\x12\0\0\x09\0\x02\0\x21"),
    "gre version": outer(47, struct.pack(">HH", 3, 0x0800) + ipv4(6, tcp())),
    "too many layers": ethernet(0x8100, vlan(1, 0x8100, b"") * 60),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_headers_that_contradict_their_lengths_are_counted(name: str) -> None:
    info = told(MALFORMED[name])
    assert (info.malformed_packets, info.not_understood) == (1, {})


def test_a_sound_start_of_a_malformed_packet_is_kept() -> None:
    packet = decode(MALFORMED["ipv4 total beyond frame"])
    assert (KINDS[packet.kind], packet.payload(), packet.wire_end - packet.at) == ("tcp", PAYLOAD, 60)
    packet = decode(MALFORMED["tcp header length"])
    assert (KINDS[packet.kind], packet.protocol) == ("datagram", 6)
    packet = decode(MALFORMED["802.3 length beyond frame"])
    assert KINDS[packet.kind] == "tcp"
    assert KINDS[decode(MALFORMED["short ipv4"]).kind] == "nothing"


NOT_UNDERSTOOD = [
    (114, bytes(20), "link type LTALK"),
    (107, b"\x18\x41\x03\x08" + bytes(16), "NLPID 0x08"),
    (9999, bytes(20), "link type 9999"),
    (0xFFFF, bytes(20), "link type undescribed interface"),
    (9, b"\xff\x03\xc0\x21" + bytes(9), "PPP protocol 0xc021"),
    (1, ethernet(0x8864, struct.pack(">BBHH", 0x11, 0, 9, 6) + b"\xc0\x21" + bytes(4)), "PPP protocol 0xc021"),
    (1, outer(47, struct.pack(">HH", 0, 0x2001) + bytes(9)), "GRE protocol 0x2001"),
    (1, outer(47, struct.pack(">HH", 0x4000, 0x0800) + bytes(9)), "GRE with source routing"),
    (1, ethernet(0x8847, struct.pack(">I", 0x1140) + b"\x10" + bytes(30)), "MPLS payload"),
    (1, ethernet(0x88E5, bytes(40)), "MACsec"),
    (1, ethernet(1510, bytes(1510)), "EtherType 0x05e6"),
    (1, ethernet(60, bytes(60), target=0x01000C000077), "Cisco ISL"),
    (105, wlan(0x41, 9, A, B) + bytes(40), "802.11 encrypted data"),
    (105, b"\x0c\0" + bytes(40), "802.11 frame of another kind"),
    (105, b"\xc0\x04" + bytes(40), "802.11 fragment"),
    (105, wlan(0x05, 9, A, B) + snap(0x0800, bytes(30)), "802.11 fragment"),
    (127, RADIOTAP[:-1] + b"\x50" + wlan(1, 9, A, B) + bytes(40), "802.11 frame with a wrong check sequence"),
    (240, b"\0\x05\0\0" + bytes(60), "netANALYZER event"),
    (239, b"\2\0\0\0" + bytes(30), "link type NFLOG"),
    (239, b"\7\0\0\0" + struct.pack("<HH", 24, 9) + ipv4(6, b""), "link type NFLOG"),
    (239, b"\2\0\0\0" + struct.pack("<HH", 99, 3) + ipv4(6, b""), "link type NFLOG"),
    (0, b"\x07\0\0\0" + bytes(30), "loopback address family"),
    (113, struct.pack(">HHH", 0, 1, 6) + mac(A) + b"\0\0\0\x0c" + bytes(16), "Linux cooked payload"),
    (113, struct.pack(">HHH", 0, 824, 0) + bytes(8) + b"\0\0" + bytes(16), "Linux cooked payload"),
]


@pytest.mark.parametrize(("link", "data", "name"), NOT_UNDERSTOOD)
def test_what_is_not_understood_is_counted_by_name(link: int, data: bytes, name: str) -> None:
    info = told(data, link)
    assert (info.not_understood, info.malformed_packets) == ({name: 1}, 0)


def test_thousands_of_link_types_are_not_kept_apart() -> None:
    decoder, packet, info = Decoder(), Packet(), CaptureInfo("x")
    for link in range(20_000, 25_000):
        decoder.decode_one(packet, b"abcd", link)
    decoder.decode_one(packet, b"abcd", 24_999)
    decoder.fill(info)
    for counts in (info.link_types, info.not_understood):
        assert len(counts) == 101
        assert (max(counts.values()), counts["others"]) == (4900, 4900)
        assert sum(counts.values()) == 5001
        assert sorted(counts.values())[-2] == 2  # the one met most is told


def test_link_types_are_counted_by_name() -> None:
    decoder, packet, info = Decoder(), Packet(), CaptureInfo("x")
    for link in (1, 1, 101, 1, 9999, 1 | 4 << 16):
        decoder.decode_one(packet, ethernet(0x0800, ipv4(6, tcp())), link)
    decoder.fill(info)
    assert info.link_types == {"ETHERNET": 4, "RAW": 1, "link type 9999": 1}
    assert LINK_TYPES[113] == "LINUX_SLL"


def test_layer_2_frames_end_where_their_payload_ends() -> None:
    packet = decode(ethernet(0x88CC, b"lldp" + bytes(42)))
    assert (KINDS[packet.kind], packet.ethertype, len(packet.payload())) == ("frame", 0x88CC, 46)
    with_check = decode(ethernet(0x8892, bytes(50)) + b"FCS!", 1 | 4 << 16)
    assert len(with_check.payload()) == 50
    redundant = ethernet(0x8100, vlan(3, 0x88B8, bytes(60) + struct.pack(">HHH", 8, 0xB000 | 66, 0x88FB)))
    assert len(decode(redundant).payload()) == 60
    assert len(decode(redundant[:-6] + struct.pack(">HHH", 8, 0xB000 | 65, 0x88FB)).payload()) == 66
    packet = decode(ethernet(0x892F, struct.pack(">HHH", 0x100, 1, 0x88BA) + bytes(70)))
    assert (packet.ethertype, len(packet.payload())) == (0x88BA, 70)
    packet = decode(ethernet(38, b"\x42\x42\x03" + bytes(35), target=0x0180C2000000) + bytes(8))
    assert (KINDS[packet.kind], packet.ethertype, len(packet.payload())) == ("frame", 0x42, 35)
    packet = decode(ethernet(20, b"\xaa\xaa\x03\0\0\x0c\x20\0" + bytes(12)))  # Cisco's own numbers are no EtherTypes
    assert (packet.ethertype, packet.payload()) == (0xAA, b"\0\0\x0c\x20\0" + bytes(12))
    packet = decode(ethernet(30, b"\xff\xff" + bytes(28)))
    assert (packet.ethertype, len(packet.payload())) == (0xFF, 30)
    assert decode(ethernet(0x0800, b"") + b"\x45").kind == 0


MASTER, LOCAL, ALL = 0x000105112233, 0x020000000000, 0xFFFFFFFFFFFF


def ethercat(*counters: int, source: int = MASTER, target: int = ALL, type_: int = 1, tag: int = 0) -> bytes:
    """An EtherCAT frame of one datagram of four bytes for each counter."""
    parts = [
        struct.pack("<BBHHHHIH", 5, 0, 1001, 0x120, 4 | (0x8000 if i < len(counters) else 0), 0, 0, counter)
        for i, counter in enumerate(counters, 1)
    ]
    body = b"".join(parts)
    data = struct.pack("<H", len(body) | type_ << 12) + body
    return ethernet(0x8100, vlan(tag, 0x88A4, data), source, target) if tag else ethernet(0x88A4, data, source, target)


def ends(*frames: bytes) -> list[tuple[int, int, bool]]:
    """(source, target, returned) of each frame of a capture."""
    decoder, packet, found = Decoder(), Packet(), []
    for data in frames:
        decoder.decode_one(packet, data, 1)
        found.append((packet.source_mac, packet.target_mac, packet.returned))
        assert (KINDS[packet.kind], packet.ethertype) == ("frame", 0x88A4)
    return found


SENT, BACK = (MASTER, ALL, False), (ALL, MASTER, True)
LOCALLY = (MASTER | LOCAL, ALL, False)


@pytest.mark.parametrize("tag", [0, 7])
def test_what_returns_from_an_ethercat_ring_is_its_answer(tag: int) -> None:
    back = MASTER | LOCAL
    done, undone = ethercat(0, 1, source=back, tag=tag), ethercat(0, 0, source=back, tag=tag)
    assert ends(ethercat(0, 0, tag=tag), done, undone, ethercat(0, tag=tag)) == [SENT, BACK, BACK, SENT]
    assert ends(done, ethercat(0, tag=tag), undone) == [BACK, SENT, BACK]  # the capture begins with a returned frame


def test_an_ethercat_master_whose_address_is_local_stays_one() -> None:
    own = MASTER | LOCAL
    sent, done, undone = ethercat(0, 0, source=own), ethercat(0, 3, source=own), ethercat(0, 0, source=own)
    assert ends(sent, done, sent, undone) == [LOCALLY, (ALL, own, True), LOCALLY, LOCALLY]
    assert ends(done, sent, done) == [BACK, LOCALLY, (ALL, own, True)]
    other = 0x000105000001
    frames = [ethercat(0, source=other), sent, ethercat(1, source=other | LOCAL), done]  # two masters on one link
    assert ends(*frames) == [(other, ALL, False), LOCALLY, (ALL, other, True), (ALL, own, True)]


def test_other_ethercat_frames_and_what_breaks_off_are_not_turned() -> None:
    own = MASTER | LOCAL
    for type_ in (4, 5):
        assert ends(ethercat(0), ethercat(1, source=own, type_=type_)) == [SENT, LOCALLY]
        assert ends(ethercat(0, type_=type_), ethercat(0, source=own)) == [SENT, LOCALLY]  # who sends no datagrams
    whole = ethercat(0, 1, source=own)
    assert ends(whole[:-1]) == [LOCALLY]  # the counter is not there
    assert ends(ethercat(0), whole[:16]) == [SENT, BACK]
    assert ends(ethercat(0), whole[:15]) == [SENT, LOCALLY]
    assert ends(whole[:14] + b"\x05\x10" + whole[16:]) == [LOCALLY]  # the counter lies behind the end


def test_many_ethercat_masters_are_remembered_and_the_latest_of_more() -> None:
    masters = [MASTER + n for n in range(40)]
    sent = [ethercat(0, source=m) for m in masters]
    back = [ethercat(0, source=m | LOCAL) for m in masters]
    assert ends(*sent[:32], *back[:32])[32:] == [(ALL, m, True) for m in masters[:32]]
    assert all(returned for *_, returned in ends(*sent, *back[8:])[40:])
    assert ends(*sent, back[7])[-1] == (masters[7] | LOCAL, ALL, False)


def test_a_capture_that_goes_on_knows_the_masters_of_the_one_before() -> None:
    packet, first = Packet(), Decoder()
    first.decode_one(packet, ethercat(0), 1)
    Decoder(first.ring).decode_one(packet, ethercat(0, source=MASTER | LOCAL), 1)
    assert packet.returned
    first.decode_one(packet, ethernet(0x88CC, bytes(46)), 1)
    assert not packet.returned


def test_who_has_which_address() -> None:
    packet = decode(ethernet(0x0806, arp()))
    assert (KINDS[packet.kind], packet.binding, packet.binding_mac) == ("frame", 4, A)
    assert address(4, 0, packet.binding_low) == "10.0.0.1"
    assert decode(ethernet(0x0806, arp(address="0.0.0.0"))).binding == 0  # noqa: S104 - a probe asks, it has none yet
    assert decode(ethernet(0x0806, arp()[:20])).trouble == 1
    option = b"\x02\x01" + mac(A)
    advert = b"\x88\0\0\0" + bytes(4) + ip_address("fe80::7").packed
    packet = decode(ethernet(0x86DD, ipv6(58, advert + option)))
    assert (packet.binding, packet.binding_mac) == (6, A)
    assert address(6, packet.binding_high, packet.binding_low) == "fe80::7"
    solicit = b"\x87\0\0\0" + bytes(4) + ip_address("fe80::8").packed
    packet = decode(ethernet(0x86DD, ipv6(58, solicit + b"\x0e\x01" + bytes(6) + b"\x01\x01" + mac(A))))
    assert (packet.binding, address(6, packet.binding_high, packet.binding_low)) == (6, "2001:db8::1")
    assert decode(ethernet(0x86DD, ipv6(58, solicit + b"\x01\x01" + mac(A), source="::"))).binding == 0
    assert decode(ethernet(0x86DD, ipv6(58, advert + b"\x02\0" + mac(A)))).binding == 0
    assert decode(ethernet(0x0800, ipv4(6, tcp()))).binding == 0


NOT_TUNNELS = {
    "gtp echo": udp(gtp(bytes(30), kind=1), 2152, 2152),
    "gtp prime": udp(gtp(ipv4(6, tcp()), flags=0x20), 2152, 2152),
    "gtp too long": udp(gtp(ipv4(6, tcp()))[:-1], 2152, 2152),
    "gtp elsewhere, lengths disagree": udp(gtp(ipv4(6, tcp()) + b"x"), 9, 9),
    "gtp elsewhere, no ip": udp(gtp(bytes(60)), 9, 9),
    "vxlan without its flag": udp(bytes(8) + ethernet(0x0800, ipv4(6, tcp())), 9, 4789),
    "geneve of what nobody knows": udp(b"\0\0\x12\x34" + bytes(4) + b"\x99" * 60, 9, 6081),
    "geneve of what nobody knows, lengths disagree": udp(b"\0\0\x12\x34" + bytes(4) + ipv4(6, tcp()) + b"x", 9, 6081),
    "gue of control": udp(b"\x20\4\0\0" + ipv4(6, tcp()), 9, 6080),
    "gue, lengths disagree": udp(b"\0\4\0\0" + ipv4(6, tcp()) + b"x", 9, 6080),
    "gue of a protocol that nobody knows": udp(b"\0\xfd\0\0" + ipv4(6, tcp()), 9, 6080),
    "gue of a version that there is not": udp(b"\x80\4\0\0" + ipv4(6, tcp()), 9, 6080),
    "gue elsewhere, a wrong checksum": udp(b"\0\4\0\0" + ipv4(6, tcp())[:10] + b"\1\2" + ipv4(6, tcp())[12:], 9, 9),
    "gre elsewhere, lengths disagree": udp(b"\0\0\x08\0" + ipv4(6, tcp()) + b"x", 9, 9),
    "a bubble of teredo": udp(b"\0\0\x12\x34\1\2\3\4" + ipv6(59, b"", length=9), 9, 3544),
    "geneve elsewhere, lengths disagree": udp(
        struct.pack(">HHI", 0, 0x6558, 0) + ethernet(0x0800, ipv4(6, tcp(), total=99)), 9, 9
    ),
    "tzsp elsewhere, lengths disagree": udp(b"\x01\0\0\x01\x01" + ethernet(0x0800, ipv4(6, tcp(), total=99)), 9, 9),
    "ip in udp, a wrong checksum": udp(ipv4(6, tcp())[:10] + b"\1\2" + ipv4(6, tcp())[12:], 9, 9),
    "ip in udp, lengths disagree": udp(ipv4(6, tcp()) + b"x", 9, 9),
    "ip in udp, of version 6 with a header that is none": udp(ipv6(253, tcp()), 9, 9),
    "geneve version": udp(b"\x40" + bytes(7) + ethernet(0x0800, ipv4(6, tcp())), 9, 6081),
    "vxlan too short": udp(b"\x08" + bytes(9), 9, 4789),
    "l2tp control": udp(b"\xc8\x02\0\x0c" + bytes(8), 1701, 1701),
    "l2tp version 3": udp(b"\0\3" + bytes(30), 1701, 1701),
    "l2tp too long": udp(b"\x40\x02\0\x40\0\1\0\1\xff\x03\0\x21" + ipv4(6, b""), 1701, 1701),
    "l2tp version 3, nothing known in it": udp(struct.pack(">HHI", 3, 0, 7) + b"\x99" * 60, 1701, 1701),
    "vxlan elsewhere, lengths disagree": udp(b"\x08" + bytes(7) + ethernet(0x0800, ipv4(6, tcp(), total=99)), 9, 9),
    "vxlan elsewhere, no frame": udp(b"\x08" + bytes(60), 9, 9),
    "lisp, lengths disagree": udp(bytes(8) + ipv4(6, tcp()) + b"x", 9, 4341),
    "labels without an end": udp(struct.pack(">I", 18 << 12) * 30, 9, 6635),
    "gre with reserved bits": udp(struct.pack(">HH", 0x0800, 0x0800) + ipv4(6, tcp()), 9, 4754),
    "tzsp of another network": udp(b"\x01\0\0\x77\x01" + ethernet(0x0800, ipv4(6, tcp())), 9, 37008),
    "tzsp without an end of its fields": udp(b"\x01\0\0\x01" + b"\x0a\x01\xd0" * 20, 9, 37008),
    "l2tp without its session": udp(b"\0\2\0\1\0\1", 1701, 1701),
}


@pytest.mark.parametrize("name", NOT_TUNNELS)
def test_what_only_looks_like_a_tunnel_stays_udp(name: str) -> None:
    packet = decode(ethernet(0x0800, ipv4(17, NOT_TUNNELS[name])))
    assert (KINDS[packet.kind], packet.tunnel, packet.trouble) == ("udp", 0, 0)
    assert packet.payload() == NOT_TUNNELS[name][8:]


def test_group_addresses_and_the_frame_of_a_tunnel_that_breaks() -> None:
    assert decode(ethernet(0x0800, ipv4(17, udp(PAYLOAD)), target=GROUP)).target_mac == GROUP
    packet = decode(outer(47, struct.pack(">HH", 0, 0x0800) + b"\x99" * 30))
    assert (KINDS[packet.kind], packet.protocol, packet.trouble) == ("datagram", 47, 1)
    assert address(4, 0, packet.source_low) == "172.16.0.1"


CORPUS = [
    (c.link, c.wrap(v, inner(v, t))) for c in CARRIERS for v in c.versions for t in ("tcp with options", "udp", "sctp")
]
CORPUS += [(1, ethercat(counter, source=MASTER | LOCAL)) for counter in (0, 1)] + [(1, ethercat(0, source=MASTER))]
CORPUS += [(1, data) for data in MALFORMED.values()] + [(link, data) for link, data, _ in NOT_UNDERSTOOD]
LINKS = sorted({c.link for c in CARRIERS} | {0xFFFF, 12, 14, 51, 100, 149, 166})


def survives(link: int, data: bytes, missing: int, decoder: Decoder, packet: Packet) -> None:
    decoder.decode_one(packet, data, link, len(data) + missing)
    for _ in range(10000):
        assert 0 <= packet.kind < len(KINDS)
        assert 0 <= packet.at <= packet.end
        assert packet.end <= packet.wire_end
        packet.payload()
        if not packet.more:
            break
        decoder.resume_one(packet)
    else:
        pytest.fail("a frame without end")


@given(st.sampled_from(LINKS), st.binary(max_size=200), st.integers(0, 2000))
@settings(max_examples=500, deadline=None)
@example(1, b"", 0)
def test_random_bytes(link: int, data: bytes, missing: int) -> None:
    survives(link, data, missing, Decoder(), Packet())


def test_damaged_frames() -> None:
    rng = random.Random(7)  # noqa: S311
    decoder, packet, info = Decoder(), Packet(), CaptureInfo("x")
    for link, data in CORPUS * 40:
        damaged = bytearray(data)
        for _ in range(rng.randrange(4)):
            damaged[rng.randrange(len(damaged))] = rng.choice((0, 1, 4, 0x7F, 0x80, 0xFF, rng.randrange(256)))
        size = rng.randrange(len(data) + 1) if rng.random() < 0.5 else len(data)
        survives(link, bytes(damaged[:size]), rng.choice((0, 0, 1, 1500)), decoder, packet)
    decoder.fill(info)
    assert info.malformed_packets > 100


def test_every_cut_of_every_carrier() -> None:
    decoder, packet = Decoder(), Packet()
    for link, data in CORPUS:
        for size in range(len(data)):
            survives(link, data[:size], 0, decoder, packet)
            survives(link, data[:size], len(data) - size, decoder, packet)


def test_the_final_ethertype_is_the_innermost() -> None:
    for carrier in CARRIERS:
        if carrier.link == 1 and carrier.name != "pppoe":
            assert decode(carrier.wrap(4, inner(4, "tcp"))).ethertype == kind(4), carrier.name


@pytest.mark.parametrize("size", [14, 20, 33])
def test_a_frame_cut_within_the_header_of_ip_is_still_one_between_two_adapters(size: int) -> None:
    whole = ethernet(0x0800, ipv4(6, tcp(PAYLOAD)))
    packet = decode(whole[:size], wire=len(whole))
    assert (KINDS[packet.kind], packet.ethertype, packet.source_mac, packet.target_mac) == ("frame", 0x0800, A, B)
    assert told(whole[:size], wire=len(whole)).not_understood == {"headers cut off by the snapshot length": 1}
