"""What ESP and MACsec carry is read where nothing is encrypted, and nothing is made of what is."""

from __future__ import annotations

import random
import struct

import pytest

from scanner.capture.kernel.decode.layers import Decoder
from scanner.capture.kernel.decode.packet import KINDS, TUNNELS, Packet
from tests.capture.frames import OUTER_A, A, ethernet, ipv4, ipv6, mac, outer, outer6, tcp, udp

PAYLOAD = b"what is said"
INNER = {4: ipv4(6, tcp(PAYLOAD)), 6: ipv6(6, tcp(PAYLOAD))}
TRANSPORTS = {6: tcp(PAYLOAD), 17: udp(PAYLOAD)}


def esp(following: int, body: bytes, check: int = 12, iv: int = 0) -> bytes:
    """RFC 4303, section 2: the padding counts up to whole words."""
    padding = -(len(body) + 2) % 4
    trailer = bytes(range(1, padding + 1)) + bytes((padding, following))
    return struct.pack(">II", 0xC0FFEE, 7) + b"\x9e" * iv + body + trailer + b"\xa5\x3c\x77\xd1" * (check // 4)


def macsec(data: bytes, control: int = 0, *, short: bool = False) -> bytes:
    """IEEE 802.1AE, section 9: control and association, short length, number, channel; the check value behind."""
    channel = mac(OUTER_A) + b"\0\1" if control & 0x20 else b""
    return bytes((control, len(data) if short else 0)) + struct.pack(">I", 9) + channel + data + b"\xc3" * 16


def decoded(data: bytes, wire: int = -1) -> tuple[Packet, bool]:
    """The last packet of the frame, and whether there is one in the first."""
    decoder, packet = Decoder(), Packet()
    decoder.decode_one(packet, data, 1, wire)
    more = packet.more
    while packet.more:
        decoder.resume_one(packet)
    return packet, more


@pytest.mark.parametrize("check", [0, 8, 12, 16, 20, 24, 32])
@pytest.mark.parametrize("iv", [0, 8])
@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("around", [outer, outer6])
def test_a_packet_in_esp_with_null_encryption(check, iv, version, around):
    packet, more = decoded(around(50, esp(4 if version == 4 else 41, INNER[version], check, iv)))
    assert more
    assert (KINDS[packet.kind], packet.payload(), packet.family) == ("tcp", PAYLOAD, version)
    assert (TUNNELS[packet.tunnel], packet.tunnel_id, packet.has_macs) == ("esp-null", 0xC0FFEE, False)
    assert packet.tunnel_family == (4 if around is outer else 6)


@pytest.mark.parametrize("following", TRANSPORTS)
@pytest.mark.parametrize("iv", [0, 8])
def test_transport_mode_keeps_addresses_and_link(following, iv):
    packet, more = decoded(outer(50, esp(following, TRANSPORTS[following], 16, iv)))
    assert more
    assert (packet.protocol, packet.payload(), packet.has_macs) == (following, PAYLOAD, True)
    assert (packet.source_low, packet.source_mac) == (0xAC100001, OUTER_A)
    assert TUNNELS[packet.tunnel] == "esp-null"


def test_in_datagrams_and_in_another_tunnel():
    packet, _ = decoded(outer(17, udp(esp(4, INNER[4]), 4500, 4500)))
    assert (KINDS[packet.kind], packet.payload(), TUNNELS[packet.tunnel]) == ("tcp", PAYLOAD, "esp-null")
    inside = ethernet(0x0800, ipv4(50, esp(4, INNER[4]), "10.9.0.1", "10.9.0.2"))
    packet, _ = decoded(outer(17, udp(struct.pack(">II", 8 << 24, 66 << 8) + inside, 50000, 4789)))
    assert (packet.payload(), TUNNELS[packet.tunnel], packet.nested) == (PAYLOAD, "vxlan", 1)


def test_cut_short_ipv4_is_told_by_its_header_alone():
    whole = outer(50, esp(4, ipv4(6, tcp(PAYLOAD * 20))))
    packet, more = decoded(whole[:100], len(whole))
    assert more
    assert (KINDS[packet.kind], packet.wire_end - packet.at) == ("tcp", len(PAYLOAD) * 20)
    assert not decoded(outer(50, esp(6, tcp(PAYLOAD * 20)))[:100], len(whole))[1]


def test_what_is_encrypted_stays_so():
    chance = random.Random(5)  # noqa: S311 - the same bytes every time
    for number in range(20_000):
        body = struct.pack(">II", 0xC0FFEE, number) + chance.randbytes(48 + number % 64)
        assert not decoded(outer(50, body))[1]
    ike = bytes(4) + chance.randbytes(17) + b"\x20\x22\x08" + chance.randbytes(60)
    assert not decoded(outer(17, udp(ike, 4500, 4500)))[1]
    assert not decoded(outer(17, udp(b"\xff", 4500, 4500)))[1]
    assert not decoded(outer(50, esp(4, INNER[4])[:-1] + b"x" * 300))[1], "more behind it than a trailer can be"


@pytest.mark.parametrize("control", [0x00, 0x20, 0x40, 0x03])
def test_what_macsec_only_authenticates(control):
    packet, more = decoded(ethernet(0x88E5, macsec(b"\x08\0" + INNER[4] + bytes(3), control)))
    assert more
    assert (KINDS[packet.kind], packet.payload(), packet.source_mac, packet.tunnel) == ("tcp", PAYLOAD, A, 0)
    packet, more = decoded(ethernet(0x88E5, macsec(b"\x88\xe5" + macsec(b"\x08\0" + INNER[4], control), control)))
    assert (KINDS[packet.kind], packet.payload(), packet.source_mac, more) == ("tcp", PAYLOAD, A, True)
    frame = b"\x88\xb8" + bytes(30)
    for short in (False, True):
        packet, _ = decoded(ethernet(0x88E5, macsec(frame, control, short=short) + bytes(20 if short else 0)))
        assert (KINDS[packet.kind], packet.ethertype, packet.payload()) == ("frame", 0x88B8, bytes(30))


@pytest.mark.parametrize("control", [0x0C, 0x2C, 0x08, 0x04, 0x80])
def test_encrypted_or_changed_frames_of_macsec_stay_frames(control):
    packet, more = decoded(ethernet(0x88E5, macsec(b"\x08\0" + INNER[4], control)))
    assert not more
    assert (KINDS[packet.kind], packet.ethertype) == ("frame", 0x88E5)
    assert not decoded(ethernet(0x88E5, b"\0" * 3))[1]


@pytest.mark.parametrize("kind", [0x00, 0x02, 0x03, 0x04, 0x41, 0x43, 0x44])
def test_what_a_mesh_says_of_itself_and_fragments_stay_frames(kind):
    for version in (15, 14):
        packet, _ = decoded(ethernet(0x4305, bytes((kind, version, 50, 0)) + bytes(16) + ethernet(0x0800, INNER[4])))
        assert (KINDS[packet.kind], packet.ethertype, packet.tunnel) == ("frame", 0x4305, 0)
