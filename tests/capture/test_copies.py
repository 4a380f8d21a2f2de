"""Packets that were captured at several places count once; what is really sent again is no copy."""

from __future__ import annotations

import struct
from collections import Counter

import pytest

from scanner.capture.result import CaptureResult
from tests.capture.frames import ethernet, ipv4
from tests.capture.test_pairing import request, response
from tests.capture.traffic import CLIENT, SERVER, Talk, modbus, pairs, read, read_at, tcp, udp

LINK = 14
RADIO, CORE = "192.168.1.1", "192.168.1.2"  # the two ends of N3
POLL, ANSWER = modbus(0, struct.pack(">BHH", 3, 0, 1)), modbus(0, struct.pack(">BBH", 3, 2, 9))


def numbered(frame: bytes, identifier: int, hops: int = 64) -> bytes:
    """An IPv4 packet with this identification and time to live."""
    return frame[:18] + identifier.to_bytes(2, "big") + frame[20:22] + bytes((hops,)) + frame[23:]


def tunnelled(frame: bytes, back: bool = False, teid: int = 7) -> bytes:
    """The IP packet of the frame in GTP-U."""
    inner = frame[LINK:]
    gtp = struct.pack(">BBHI", 0x30, 0xFF, len(inner), teid + back) + inner
    outer = struct.pack(">HHHH", 2152, 2152, 8 + len(gtp), 0) + gtp
    source, target = (CORE, RADIO) if back else (RADIO, CORE)
    return ethernet(0x0800, ipv4(17, outer, source, target), 0x0200000000C1, 0x0200000000C2)


def overlaid(frame: bytes, network: int) -> bytes:
    """The frame in VXLAN."""
    vxlan = struct.pack(">HHHH", 50000, 4789, 16 + len(frame), 0) + struct.pack(">II", 0x08000000, network << 8) + frame
    return ethernet(0x0800, ipv4(17, vxlan, RADIO, CORE), 0x0200000000C1, 0x0200000000C2)


def tagged(frame: bytes, vlan: int = 20) -> bytes:
    return frame[:12] + struct.pack(">HH", 0x8100, vlan) + frame[12:]


def routed(frame: bytes) -> bytes:
    """Behind a router: other MAC addresses, one hop less."""
    return b"\2\0\0\0\0\xd1\2\0\0\0\0\xd2" + frame[12:22] + bytes((frame[22] - 1,)) + frame[23:]


def told(result: CaptureResult) -> Counter[bytes]:
    """How often each kind of message was counted, wherever: its function code and direction."""
    found: Counter[bytes] = Counter()
    for message in result.messages:
        if message.protocol == "modbus":
            found[b"request" if message.from_client else b"response"] += message.count
    return found


def sent_back(frame: bytes) -> bool:
    return int.from_bytes(frame[34:36], "big") == SERVER[1]


def dialogue(turns: int = 4) -> list[bytes]:
    """A TCP connection, its packets numbered as its two hosts do it."""
    talk = Talk()
    for turn in range(turns):
        talk.send(False, request(0, turn)).send(True, response(0, turn))
    return [numbered(frame, 1000 + n) for n, frame in enumerate(talk.frames)]


def n3_and_n6(frame: bytes) -> list[bytes]:
    """Upwards the packet is in the tunnel first, downwards last."""
    back = sent_back(frame)
    copies = [tunnelled(frame, back), routed(frame)]
    return copies[::-1] if back else copies


PLACES = {
    "inside and outside of a tunnel": n3_and_n6,
    "with a tag and without": lambda frame: [tagged(frame), frame],
    "in two VLANs": lambda frame: [tagged(frame, 20), tagged(routed(frame), 30)],
    "two networks of a tunnel, and outside": lambda frame: [overlaid(frame, 7), overlaid(frame, 99), frame],
}


@pytest.mark.parametrize("places", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("skip", [0, 3, 4], ids=["from the start", "midway", "from an answer on"])
def test_a_connection_captured_at_several_places_is_told_once(places, skip):
    frames = dialogue()[skip:]
    once, twice = read(frames), read([copy for frame in frames for copy in places(frame)])
    assert told(twice) == told(once)
    assert sum(pairs(twice).values()) == sum(pairs(once).values())
    original, *copies = sorted(twice.conversations, key=lambda c: c.copy_of)
    assert original.copy_of == -1
    assert len({m.conversation for m in twice.messages}) == 1
    assert {twice.conversations[c.copy_of] is original for c in copies} == {True}
    for copy in copies:
        assert (copy.client, copy.server, copy.server_port) == (original.client, original.server, original.server_port)
        assert copy.framing == original.framing
    (only,) = once.conversations
    for place in twice.conversations:
        assert (place.client_packets, place.server_packets) == (only.client_packets, only.server_packets)
        assert not place.retransmissions


def test_what_one_place_lost_is_told_by_the_other():
    frames = dialogue(6)
    both = [n3_and_n6(frame) for frame in frames]
    both[4], both[7], both[9] = both[4][1:], both[7][:1], both[9][:1]
    assert told(read([copy for copies in both for copy in copies])) == told(read(frames))


def test_connections_one_after_the_other_are_each_told_once():
    """The second begins at the other end, so that the other place has its first packet."""
    frames = [copy for frame in dialogue() for copy in n3_and_n6(frame)]
    again = Talk(isn=(77_000, 5_000))
    again.send(False, request(0, 1)).send(True, response(0, 1))
    second = [numbered(frame, 5000 + n) for n, frame in enumerate(again.frames)]
    frames += [copy for frame in second for copy in n3_and_n6(frame)[::-1]]
    result = read(frames)
    assert told(result) == {b"request": 5, b"response": 5}
    assert len({m.conversation for m in result.messages}) == 1


def test_the_same_addresses_in_other_networks_are_other_hosts():
    one, two = (
        dialogue(),
        [tagged(f) for f in (numbered(f, 9) for f in Talk(isn=(1, 2)).send(False, request(0, 1)).frames)],
    )
    result = read([frame for pair in zip(one, two, strict=False) for frame in pair] + one[len(two) :])
    assert told(result) == {b"request": 5, b"response": 4}
    assert all(c.copy_of == -1 for c in result.conversations)


def polls(count: int = 6) -> list[bytes]:
    """A client that polls over UDP and numbers its transactions all the same; its packets are numbered."""
    frames = []
    for turn in range(count):
        frames += [numbered(udp(False, POLL), 100 + turn), numbered(udp(True, ANSWER), 4000 + turn)]
    return frames


@pytest.mark.parametrize("places", PLACES.values(), ids=PLACES)
def test_datagrams_captured_at_several_places_are_told_once(places):
    result = read([copy for frame in polls() for copy in places(frame)])
    assert told(result) == {b"request": 6, b"response": 6}
    assert sum(pairs(result).values()) == 6
    assert sum(c.copy_of >= 0 for c in result.conversations) == len(result.conversations) - 1


def test_datagrams_under_way_are_told_once():
    """Ten of them pass the one place before the first comes to the other."""
    frames = [numbered(udp(False, modbus(n, POLL[7:])), 100 + n) for n in range(10)]
    assert told(read([*map(tunnelled, frames), *map(routed, frames)])) == {b"request": 10}


def test_two_mirrors_of_one_port_are_told_once():
    """The copies follow 20 microseconds later; then 3 ms later, when the sender was seen to count."""
    events = []
    for n, frame in enumerate(polls()):
        events += [(frame, n * 0.01), (frame, n * 0.01 + (0.00002 if n < 4 else 0.003))]
    assert told(read_at(events)) == {b"request": 6, b"response": 6}


def test_both_sides_of_a_router_are_told_once():
    assert told(read([copy for frame in polls() for copy in (frame, routed(frame))])) == {b"request": 6, b"response": 6}


@pytest.mark.parametrize("identifier", [0, 1])
def test_polls_of_a_host_that_does_not_number_its_packets_are_no_copies(identifier):
    """One millisecond apart, and the same to the last bit."""
    frames = [numbered(udp(turn % 2 == 1, ANSWER if turn % 2 else POLL), identifier) for turn in range(20)]
    assert told(read(frames)) == {b"request": 10, b"response": 10}


def test_without_an_identification_each_datagram_of_one_place_is_one_of_the_other():
    frames = [numbered(udp(turn % 2 == 1, ANSWER if turn % 2 else POLL), 0) for turn in range(20)]
    doubled = [copy for frame in frames for copy in n3_and_n6(frame)]
    assert told(read(doubled)) == {b"request": 10, b"response": 10}
    lost = [frame for n, frame in enumerate(doubled) if n not in {9, 17, 21}]  # outside, upwards: three do not come
    assert told(read(lost)) == {b"request": 10, b"response": 10}


def test_a_segment_sent_again_is_none_of_two_places():
    talk = Talk().send(False, request(0, 1)).send(True, response(0, 1))
    (conversation,) = read([*talk.frames, talk.frames[-1]]).conversations
    assert (conversation.retransmissions, conversation.copy_of) == (1, -1)


@pytest.mark.parametrize(
    ("again", "counted"),
    [
        (routed, 0),  # the other side of a router
        (lambda frame: frame, 2),  # a mirror of two ports: until each sender was seen to count
        (lambda frame: numbered(frame, int.from_bytes(frame[18:20], "big") + 500), 8),
        (lambda frame: numbered(frame, int.from_bytes(frame[18:20], "big") + 500, hops=60), 8),
    ],
)
def test_segments_that_are_captured_twice_were_sent_once(again, counted):
    result = read([copy for frame in dialogue() for copy in (frame, again(frame))])
    assert sum(c.retransmissions for c in result.conversations) == counted
    assert told(result) == {b"request": 4, b"response": 4}


@pytest.mark.parametrize("identifier", [0, 1])
def test_segments_of_a_host_that_does_not_number_its_packets_may_be_sent_again(identifier):
    frames = [numbered(frame, identifier) for frame in dialogue() for _ in range(2)]
    assert sum(c.retransmissions for c in read(frames).conversations) == 8


def test_layer_2_repeats_itself_for_good():
    frame = ethernet(0x8892, bytes((9,)) + bytes(45), 0x020000000001, 0x020000000002)
    result = read([frame, tagged(frame), frame])
    assert sum(m.count for m in result.messages) == 3


def test_a_second_connection_of_the_same_numbers_long_after_is_another():
    frames = [(f, 1 + n * 0.001) for n, f in enumerate(dialogue())]
    late = [(tagged(f), 60 + n * 0.001) for n, f in enumerate(dialogue())]
    assert told(read_at([*frames, *late])) == {b"request": 8, b"response": 8}


def test_what_the_other_place_sends_in_between_is_told_too():
    """Somebody in another VLAN goes on with the connection: its bytes are new and count."""
    talk = Talk().send(False, request(0, 1)).send(True, response(0, 1))
    begun = [copy for frame in talk.frames for copy in (frame, tagged(frame))]
    extra = tcp(False, talk.next[False], request(0, 9), acknowledgement=talk.next[True])
    assert told(read([*begun, tagged(extra)])) == {b"request": 2, b"response": 1}
    assert CLIENT != SERVER
