from __future__ import annotations

import io
import struct
from collections import Counter

import pytest

from scanner.capture.read import read_capture
from scanner.capture.result import CaptureResult
from scanner.errors import InputError
from scanner.framing.plan import compile_descriptors
from scanner.protocols import all_framings, cases, framing_plan
from tests.capture import frames
from tests.capture.files import pcap
from tests.capture.frames import CARRIERS, arp, ethernet, ipv4, ipv6, vlan
from tests.capture.traffic import (
    ACK,
    CASES,
    FRAMINGS,
    ISN,
    SYN,
    Talk,
    counts,
    everything,
    framed,
    modbus,
    pairs,
    read,
    tcp,
    udp,
)

UNSPECIFIED = "0.0.0.0"  # noqa: S104 - a source address
READ, VALUES = modbus(1, b"\x03\0\0\0\1"), modbus(1, b"\x03\x02\0\x07")


def segment(back: bool, sequence: int, payload: bytes, flags: int, ack: int = 0) -> bytes:
    ports = (502, 40000) if back else (40000, 502)
    return struct.pack(">HHIIBBHHH", *ports, sequence, ack, 0x50, flags, 512, 0, 0) + payload


def exchange(version: int) -> list[bytes]:
    """IP packets of a connection with one request and its response."""
    ends = {4: ("10.0.0.1", "10.0.0.2"), 6: ("2001:db8::1", "2001:db8::2")}[version]
    build = {4: ipv4, 6: ipv6}[version]
    segments = [
        (False, segment(False, 10, b"", SYN)),
        (True, segment(True, 70, b"", SYN | ACK, 11)),
        (False, segment(False, 11, READ, ACK, 71)),
        (True, segment(True, 71, VALUES, ACK, 11 + len(READ))),
    ]
    return [build(6, data, *(ends[::-1] if back else ends)) for back, data in segments]


def capture(records: list[bytes], link: int = 1) -> CaptureResult:
    content = pcap([(1, i, r) for i, r in enumerate(records)], network=link)
    return read_capture(io.BytesIO(content), "x", compile_descriptors(FRAMINGS, CASES))


# The authentication header of frames.py goes one way only.
@pytest.mark.parametrize("carrier", [c for c in CARRIERS if c.name != "authentication header"], ids=lambda c: c.name)
@pytest.mark.parametrize("version", [4, 6])
def test_a_protocol_is_found_behind_every_link_and_tunnel(carrier, version):
    if version not in carrier.versions:
        pytest.skip("the carrier does not carry this version")
    result = capture([carrier.wrap(version, packet) for packet in exchange(version)], carrier.link)
    assert pairs(result) == {(READ, VALUES): 1}
    conversation, *inside = [c for c in result.conversations if c.framing]
    assert [(c.tunnel, c.tunnel_client, c.tunnel_server, c.copy_of) for c in inside] == (
        [("ip-in-ip", "9.9.9.1", "9.9.9.2", 0)] if carrier.name == "vlan, gtp, ip in ip" else []
    )
    assert conversation.framing == "modbus-tcp"
    assert (conversation.client, conversation.server_port) == ({4: "10.0.0.1", 6: "2001:db8::1"}[version], 502)
    assert (conversation.vlan, conversation.tunnel, conversation.opened_by) == (carrier.vlan, carrier.tunnel, "syn")
    assert conversation.tunnel_id == carrier.identifier
    assert bool(conversation.tunnel_client) == bool(carrier.outer)
    assert bool(conversation.client_mac) == (carrier.macs is not None and carrier.macs[0] != 0)


def test_both_directions_of_a_tunnel_are_one_conversation():
    stations = ("172.16.0.1", "172.16.0.2")

    def wrap(packet: bytes, back: bool) -> bytes:
        inside = frames.gtp(packet, 0x2222 if back else 0x1111)
        ends = stations[::-1] if back else stations
        macs = (frames.OUTER_B, frames.OUTER_A) if back else (frames.OUTER_A, frames.OUTER_B)
        return ethernet(0x0800, ipv4(17, frames.udp(inside, 2152, 2152), *ends), *macs)

    result = capture([wrap(p, back) for p, back in zip(exchange(4), (False, True, False, True), strict=True)])
    (conversation,) = result.conversations
    assert (conversation.tunnel, conversation.tunnel_id) == ("gtp-u", 0x1111)
    assert (conversation.tunnel_client, conversation.tunnel_server) == stations
    assert (conversation.client_packets, conversation.server_packets) == (2, 2)
    assert conversation.client_mac == ""
    assert {(h.mac, h.ip) for h in result.hosts} == {
        ("06:00:00:00:00:aa", "172.16.0.1"),
        ("06:00:00:00:00:bb", "172.16.0.2"),
        ("", "10.0.0.1"),
        ("", "10.0.0.2"),
    }


def test_the_same_packets_in_two_vlans_are_a_conversation_and_its_copies():
    records = [ethernet(0x8100, vlan(v, 0x0800, p)) for v in (10, 20) for p in exchange(4)]
    records += [ethernet(0x0800, p) for p in exchange(4)]
    result = capture(records)
    assert [(c.vlan, c.client_packets, c.copy_of) for c in result.conversations] == [
        (10, 2, -1),
        (20, 2, 0),
        (-1, 2, 0),
    ]
    assert [m.count for m in result.messages] == [1] * 2


def test_hosts_and_how_their_addresses_are_known():
    records = [
        ethernet(0x0806, arp()),
        ethernet(0x0800, ipv4(17, frames.udp(b"x"))),
        ethernet(0x0800, ipv4(17, frames.udp(b"x"))),
        ethernet(0x0800, ipv4(17, frames.udp(b"x"), "192.0.2.9"), frames.B),  # through a router
        ethernet(0x0800, ipv4(17, frames.udp(b"x", 68, 67), UNSPECIFIED, "255.255.255.255"), frames.OUTER_A, 2**48 - 1),
        ethernet(0x88CC, bytes(40), frames.OUTER_B, 0x0180C200000E),
        ethernet(0x88CC, bytes(40), 0x0180C200000E),  # no station has a group address
        ethernet(0x0800, ipv4(17, frames.udp(b"x"), "224.0.0.1"), frames.OUTER_B),
    ]
    hosts = {(h.mac, h.ip): (h.proof, h.packets, h.first_frame) for h in capture(records).hosts}
    assert hosts == {
        ("02:00:00:00:00:01", "10.0.0.1"): ("arp", 3, 1),
        ("02:00:00:00:00:b2", "192.0.2.9"): ("ip", 1, 4),
        ("06:00:00:00:00:aa", ""): ("ip", 1, 5),
        ("06:00:00:00:00:bb", ""): ("ip", 2, 6),
    }


def test_what_has_no_ports():
    records = [
        ethernet(0x0800, ipv4(1, b"\0\0\0\0reply", "10.0.0.2", "10.0.0.1"), frames.B, frames.A),
        ethernet(0x0800, ipv4(1, b"\x08\0\0\0question")),
        ethernet(0x0800, ipv4(89, bytes(24), "10.0.0.1", "224.0.0.5")),
        ethernet(0x88CC, bytes(40)),
        ethernet(46, b"\x42\x42\x03" + bytes(43)),
    ]
    found = [(c.transport, c.client, c.server, c.server_port, c.client_packets) for c in capture(records).conversations]
    assert found == [
        ("icmp", "10.0.0.1", "10.0.0.2", 0, 1),
        ("ip-89", "10.0.0.1", "224.0.0.5", 0, 1),
        ("ethernet", "02:00:00:00:00:01", "02:00:00:00:00:b2", 0x88CC, 1),
        ("ethernet", "02:00:00:00:00:01", "02:00:00:00:00:b2", 0x42, 1),
    ]


@pytest.mark.parametrize(
    ("client", "server", "expected"),
    [
        (40000, 502, ("10.0.0.2", 502)),  # a port that a framing names
        (60000, 443, ("10.0.0.2", 443)),  # a well-known port
        (50000, 4000, ("10.0.0.2", 4000)),  # the only port no operating system hands out
        (9000, 9001, ("10.0.0.1", 9000)),  # nothing but who was first
    ],
)
def test_who_the_server_is_without_a_syn(client, server, expected):
    ends = ("10.0.0.1", client), ("10.0.0.2", server)
    (conversation,) = read([tcp(True, 5, b"?", ACK, 0, *ends), tcp(False, 9, b"?", ACK, 6, *ends)]).conversations
    assert (conversation.server, conversation.server_port) == expected
    assert conversation.opened_by == ("first" if client == 9000 else "port")


def test_a_server_that_was_seen_opening_is_known_later():
    first = Talk(("10.0.0.1", 9000), ("10.0.0.2", 9001)).send(False, READ).frames
    later = [tcp(True, 5, b"?", ACK, 0, ("10.0.0.7", 8000), ("10.0.0.2", 9001))]
    result = read([*first, *later])
    assert [(c.client, c.server_port, c.opened_by) for c in result.conversations] == [
        ("10.0.0.1", 9001, "syn"),
        ("10.0.0.7", 9001, "port"),
    ]


def test_a_protocol_away_from_its_port():
    talk = Talk(server=("10.0.0.2", 1502)).send(False, READ)
    (message,) = read(talk.frames).messages
    assert not message.by_port
    assert not message.confirmed
    result = read(talk.send(True, VALUES).send(False, READ).frames)
    assert result.conversations[0].framing == "modbus-tcp"
    assert [(m.count, m.by_port, m.confirmed) for m in result.messages] == [(2, False, True), (1, False, True)]


def test_a_framing_that_was_wrong_is_left_for_the_right_one():
    first = b"\x7e\x04\xa5\x01ab"
    looks_like_modbus = b"\0\0\0\0\0\x02\x01\x03"
    talk = Talk(server=("10.0.0.2", 502)).send(False, looks_like_modbus)
    for _ in range(3):
        talk.send(True, framed(2, b"xyz")).send(False, first)
    result = read(talk.frames)
    assert result.conversations[0].framing == "framed"
    confirmed = {m.framing: (m.confirmed, m.by_port) for m in result.messages}
    assert confirmed == {"modbus-tcp": (False, True), "framed": (True, False)}
    assert counts(result, "framed-response") == {(False, framed(2, b"xyz")): 3}


def test_what_was_learned_serves_the_next_connection():
    frames_ = []
    for port in range(50000, 50003):
        frames_ += Talk(("10.0.0.1", port), ("10.0.0.2", 1502)).send(False, READ).send(True, VALUES).frames
    frames_ += Talk(("10.0.0.5", 50000), ("10.0.0.2", 1502)).send(False, READ).frames
    result = read(frames_)
    assert [c.framing for c in result.conversations] == ["modbus-tcp", "modbus-tcp"]
    assert [(m.conversation, m.count, m.confirmed) for m in result.messages] == [
        (0, 3, True),
        (0, 3, True),
        (1, 1, True),
    ]


def test_noise_is_no_protocol():
    noise = [bytes((i * 37 + j * 11) & 0xFF for j in range(1, 90)) for i in range(60)]
    talk = Talk(server=("10.0.0.2", 502))
    for i, data in enumerate(noise):
        talk.send(i % 2 == 1, data)
    result = read([*talk.frames, *(udp(False, data) for data in noise)])
    assert [c.framing for c in result.conversations] == ["", ""]
    assert not any(m.confirmed for m in result.messages)


def test_two_messages_in_one_datagram_and_one_that_is_cut_short():
    frames_ = [udp(False, READ + READ), udp(True, VALUES + b"\0\0\0"), udp(False, READ[:-2])]
    result = read(frames_)
    assert counts(result) == {(True, READ): 2, (False, VALUES): 1}
    assert result.conversations[0].client_packets == 2


def test_progress_is_told():
    told: list[tuple[int, int, int]] = []
    content = pcap([(1, i, f) for i, f in enumerate(Talk().frames * 10)])
    read_capture(io.BytesIO(content), "x", compile_descriptors(FRAMINGS, CASES), lambda *now: told.append(now))
    assert told[-1][0] == len(content)
    assert told[-1][2] == 30


def test_a_capture_that_breaks_off_gives_what_came_before():
    content = pcap([(1, i, f) for i, f in enumerate(Talk().send(False, READ).send(True, VALUES).frames)])
    result = read_capture(io.BytesIO(content[:-9]), "x", compile_descriptors(FRAMINGS, CASES))
    assert result.info.unread
    assert counts(result) == {(True, READ): 1}
    with pytest.raises(InputError):
        read_capture(io.BytesIO(content[:30]), "x", compile_descriptors(FRAMINGS, CASES))


def test_a_capture_without_packets():
    result = read_capture(io.BytesIO(pcap([])), "x", compile_descriptors(FRAMINGS, CASES))
    assert (result.info.packets, result.conversations, [*result.messages], result.hosts) == (0, [], [], [])


def test_the_order_of_results_is_the_order_of_the_capture():
    frames_ = []
    for port in range(40000, 40100):
        frames_ += Talk(("10.0.0.1", 50000), (f"10.0.{port % 7}.2", port)).send(False, READ).frames
    first, second = read(frames_), read(frames_)
    assert everything(first) == everything(second)
    order = [c.first_frame for c in first.conversations]
    assert order == sorted(order)


def test_the_real_protocols_on_one_capture():
    talk = Talk().send(False, READ).send(True, VALUES)
    s7 = Talk(("10.0.0.1", 50001), ("10.0.0.3", 102))
    s7.send(False, bytes.fromhex("0300001611e00000000100c0010ac1020100c2020102"))
    s7.send(True, bytes.fromhex("0300001611d00001000200c0010ac1020100c2020102"))
    s7.send(False, bytes.fromhex("0300001902f08032010000000100080000f0000001000101e0"))
    iec = Talk(("10.0.0.1", 50002), ("10.0.0.4", 2404), isn=(ISN[0], 3)).send(False, bytes.fromhex("680407000000"))
    result = read([*talk.frames, *s7.frames, *iec.frames], all_framings(), cases())
    assert Counter(m.protocol for m in result.messages) == {"modbus": 2, "cotp": 2, "s7comm": 1, "iec104": 1}
    assert [c.framing for c in result.conversations] == ["modbus", "tpkt", "iec104"]


def claims(*senders: int) -> list[bytes]:
    return [ethernet(0x0806, arp(mac), mac) for mac in senders]


def test_a_claim_is_contested_when_another_used_the_address_since_the_one_before():
    """A frame a second."""
    records = [
        (1000 + n, 0, f) for n, f in enumerate(claims(frames.A, frames.A, frames.B, frames.B, frames.A, frames.B))
    ]
    hosts = read_capture(io.BytesIO(pcap(records)), "test", compile_descriptors(FRAMINGS, CASES)).hosts
    assert [(h.claims, h.contested, h.contested_frame) for h in hosts] == [(3, 1, 5), (3, 2, 3)]
    quick = capture(claims(frames.A, frames.B, frames.A, frames.B, frames.A, frames.B)).hosts
    assert [(h.claims, h.contested) for h in quick] == [(3, 0), (3, 1)], "a burst counts as one"


def test_who_sends_to_all_is_the_client_though_an_answer_is_sent():
    """I-Am to the broadcast address of the network, in a broadcast frame or not."""
    i_am = bytes.fromhex("810b001401001000c4020000072205c49103210a")
    packet = ipv4(17, frames.udp(i_am, 47808, 47808), "10.20.0.71", "10.20.0.255")
    for target in (2**48 - 1, frames.B):
        content = pcap([(1000 + n, 0, ethernet(0x0800, packet, frames.A, target)) for n in range(4)])
        (conversation,) = read_capture(io.BytesIO(content), "test", framing_plan()).conversations
        assert (conversation.client, conversation.server) == ("10.20.0.71", "10.20.0.255")
