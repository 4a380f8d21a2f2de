from __future__ import annotations

import io
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.capture.read import read_capture
from scanner.framing.language import Byte, Case, Framing, Length, Range
from scanner.framing.plan import compile_descriptors
from scanner.framing.shared import TPKT
from scanner.limits.capture import Limits
from tests.capture.files import pcap
from tests.capture.traffic import (
    ACK,
    CASES,
    CLIENT,
    FIN,
    FRAMINGS,
    ISN,
    RST,
    SERVER,
    SYN,
    Talk,
    counts,
    everything,
    framed,
    modbus,
    pairs,
    read,
    tcp,
)

READ, VALUES = modbus(1, b"\x03\0\0\0\1"), modbus(1, b"\x03\x02\0\x07")
WRITE = modbus(2, b"\x06\0\1\0\2")


def only(result):
    (conversation,) = result.conversations
    return conversation


def test_one_request_and_its_response():
    talk = Talk().send(False, READ).send(True, VALUES).send(False)
    result = read(talk.frames)
    conversation = only(result)
    assert (conversation.client, conversation.server, conversation.server_port) == ("10.0.0.1", "10.0.0.2", 502)
    assert (conversation.transport, conversation.opened_by, conversation.framing) == ("tcp", "syn", "modbus-tcp")
    assert (conversation.client_mac, conversation.server_mac) == ("02:00:00:00:00:01", "02:00:00:00:00:b2")
    assert (conversation.client_packets, conversation.server_packets) == (4, 2)
    assert (conversation.client_bytes, conversation.server_bytes) == (len(READ), len(VALUES))
    assert (conversation.first_frame, conversation.connections) == (1, 1)
    assert conversation.last_time - conversation.first_time == 5_000_000
    request, response = result.messages
    assert (request.from_client, request.data, request.frames) == (True, READ, (4,))
    assert (response.from_client, response.data, response.frames) == (False, VALUES, (5,))
    assert request.by_port
    assert request.confirmed
    assert [(p.request, p.response, p.count) for p in result.pairings] == [(0, 1, 1)]


def test_one_connection_after_another_is_one_conversation():
    frames = []
    for port in range(50000, 50020):
        frames += Talk((CLIENT[0], port)).send(False, READ).send(True, VALUES).frames
    result = read(frames)
    assert only(result).connections == 20
    assert [m.count for m in result.messages] == [20, 20]
    assert result.messages[0].frames == (4, 9, 14, 19, 24)
    assert sum(p.count for p in result.pairings) == 20


@pytest.mark.parametrize("size", [1, 2, 5, 7, 11])
def test_messages_that_span_segments(size):
    talk = Talk()
    stream = READ + WRITE + READ
    for at in range(0, len(stream), size):
        talk.send(False, stream[at : at + size])
    result = read(talk.frames)
    assert counts(result) == {(True, READ): 2, (True, WRITE): 1}
    assert result.messages[0].frames[0] == 3 + -(-len(READ) // size)  # the frame that completes it


def test_several_messages_in_one_segment():
    result = read(Talk().send(False, READ + WRITE + READ + WRITE[:5]).send(False, WRITE[5:]).frames)
    assert counts(result) == {(True, READ): 2, (True, WRITE): 2}


def test_what_is_sent_twice_counts_once():
    frames = Talk().send(False, READ).send(True, VALUES).frames
    again = tcp(False, ISN[0] + 1, READ)
    result = read([*frames, again, again, tcp(False, ISN[0] + 1 + len(READ), WRITE)])
    assert counts(result, "modbus") == {(True, READ): 1, (False, VALUES): 1, (True, WRITE): 1}
    assert only(result).retransmissions == 2


def test_a_keep_alive_is_no_retransmission():
    frames = Talk().send(False, READ).frames
    result = read([*frames, tcp(False, ISN[0] + len(READ), b"\0"), tcp(False, ISN[0] + len(READ))])
    assert only(result).retransmissions == 0
    assert counts(result) == {(True, READ): 1}


def test_of_overlapping_segments_the_first_copy_counts():
    frames = Talk().send(False, READ[:8]).frames
    other = READ[:6] + b"\xff\xff" + READ[8:]
    result = read([*frames, tcp(False, ISN[0] + 1, other)])
    assert counts(result) == {(True, READ): 1}


def test_of_segments_that_overlap_while_they_wait_the_first_copy_counts():
    message = modbus(1, b"\x10" + bytes(range(40)))
    begin = ISN[0] + 1
    frames = [
        *Talk().frames,
        tcp(False, begin + 14, message[14:18]),
        tcp(False, begin + 26, message[26:30]),
        tcp(False, begin + 26, b"\xee" * 4),  # brings nothing new
        tcp(False, begin + 12, b"\xdd" * 20),  # before, between and after
        tcp(False, begin + 20, b"\xcc" * (len(message) - 20)),
        tcp(False, begin, message[:13]),  # closes the gap: as receivers do, its bytes before those that wait
    ]
    result = read(frames)
    mixed = message[:13] + b"\xdd" + message[14:18] + b"\xdd" * 8 + message[26:30] + b"\xdd" * 2 + b"\xcc" * 16
    assert counts(result) == {(True, mixed): 1}
    assert (only(result).retransmissions, only(result).gaps) == (1, 0)


def test_segments_out_of_order():
    frames = Talk().frames
    late = [tcp(False, ISN[0] + 1 + at, READ[at : at + 4]) for at in (8, 4, 0)]
    result = read([*frames, *late, tcp(False, ISN[0] + 1 + len(READ), WRITE)])
    assert counts(result) == {(True, READ): 1, (True, WRITE): 1}
    assert only(result).gaps == 0


def test_a_lost_segment_costs_its_messages_only():
    talk = Talk().send(False, READ).send(True, VALUES)
    talk.send(False, WRITE, captured=False).send(True, WRITE)
    for _ in range(3):
        talk.send(False, READ).send(True, VALUES)
    result = read(talk.frames)
    assert counts(result) == {(True, READ): 4, (False, VALUES): 4, (False, WRITE): 1}
    conversation = only(result)
    assert (conversation.gaps, conversation.lost_bytes) == (1, len(WRITE))
    assert pairs(result) == {(READ, VALUES): 4}


def test_a_gap_inside_a_message_of_known_length_keeps_the_step():
    long = modbus(7, b"\x10" + bytes(range(200)))
    talk = Talk().send(False, READ).send(False, long[:50]).send(False, long[50:150], captured=False)
    result = read(talk.send(False, long[150:] + WRITE).frames, limits=Limits(reorder_segments=0))
    assert counts(result) == {(True, READ): 1, (True, long[:50]): 1, (True, WRITE): 1}
    assert {m.length for m in result.messages} == {len(READ), len(long), len(WRITE)}
    assert only(result).lost_bytes == 100


def test_resynchronises_at_the_next_segment_that_begins_with_a_message():
    talk = Talk().send(False, READ).send(False, WRITE[:4]).send(False, WRITE[4:] + READ[:3], captured=False)
    talk.send(False, READ[3:] + WRITE).send(False, WRITE)
    result = read(talk.frames, limits=Limits(reorder_segments=0))
    assert counts(result) == {(True, READ): 1, (True, WRITE): 1}


def test_a_stream_whose_start_was_not_captured():
    talk = Talk(handshake=False).send(False, b"\x99\x98" + READ[3:]).send(True, VALUES[6:])
    talk.send(False, READ).send(True, VALUES)
    result = read(talk.frames)
    assert counts(result, "modbus") == {(True, READ): 1, (False, VALUES): 1}
    assert only(result).opened_by == "port"
    assert only(result).server_port == 502


def test_a_capture_of_one_direction_only():
    frames = [tcp(True, ISN[1] + 1 + i * len(VALUES), VALUES, acknowledgement=7 + i) for i in range(4)]
    result = read(frames)
    conversation = only(result)
    assert (conversation.client_packets, conversation.server_packets) == (0, 4)
    assert counts(result) == {(False, VALUES): 4}
    assert (conversation.gaps, conversation.client) == (1, "10.0.0.1")  # what the client sent, as acknowledged
    assert result.sights["missing"].tolist() == [[3, 0]]


def test_sequence_numbers_wrap():
    talk = Talk(isn=(2**32 - 20, 2**32 - 1))
    for _ in range(5):
        talk.send(False, READ[:7]).send(False, READ[7:]).send(True, VALUES)
    result = read(talk.frames)
    assert counts(result) == {(True, READ): 5, (False, VALUES): 5}
    assert (only(result).retransmissions, only(result).gaps) == (0, 0)


def test_data_in_the_syn():
    frames = [tcp(False, 10, READ, SYN), tcp(True, 50, b"", SYN | ACK, 11 + len(READ)), tcp(True, 51, VALUES)]
    assert counts(read(frames)) == {(True, READ): 1, (False, VALUES): 1}


def test_a_syn_sent_again_opens_nothing():
    frames = [tcp(False, 10, b"", SYN)] * 3 + Talk(isn=(10, 70)).send(False, READ).frames
    assert only(read(frames)).connections == 1


def test_a_port_used_again_is_another_connection():
    first = Talk().send(False, READ[:5]).frames
    second = Talk(isn=(77_000_000, 5)).send(False, READ).send(True, VALUES).frames
    result = read([*first, *second])
    assert only(result).connections == 2
    assert counts(result) == {(True, READ): 1, (False, VALUES): 1}


def test_refused_and_reset():
    refused = [tcp(False, 10, b"", SYN), tcp(True, 0, b"", RST | ACK, 11)]
    conversation = only(read(refused))
    assert (conversation.refused, conversation.reset) == (1, 1)
    aborted = Talk().send(False, READ).send(True, b"go away", RST | ACK).frames
    conversation = only(read(aborted))
    assert (conversation.refused, conversation.reset) == (0, 1)
    assert counts(read(aborted)) == {(True, READ): 1}


def test_a_message_cut_off_by_the_end_counts_with_what_is_there():
    long = modbus(7, b"\x10" + bytes(200))
    talk = Talk().send(False, READ).send(True, VALUES).send(False, long[:100])
    for end in ([], talk.send(False, b"", FIN | ACK).frames[-1:]):
        result = read(talk.frames[:6] + end)
        assert counts(result)[True, long[:100]] == 1
        assert result.messages[-1].length == len(long)


@pytest.mark.parametrize("snap", [54 + 8, 54 + 100])
def test_a_snapshot_length_cuts_messages_not_the_step(snap):
    long = modbus(1, b"\x10" + bytes(range(200)))
    talk = Talk()
    for _ in range(3):
        talk.send(False, long).send(True, VALUES)
    result = read(talk.frames, snap=snap)
    assert counts(result) == {(True, long[: snap - 54]): 3, (False, VALUES[: snap - 54]): 3}
    assert {m.length for m in result.messages} == {len(long), len(VALUES)}
    assert result.info.truncated_packets >= 3
    assert pairs(result).total() == 3


def test_a_message_far_longer_than_what_is_kept():
    big = Framing("big", Length(at=0, width=4, add=4, maximum=1 << 20), (Byte(4, 0x42),), {"tcp": (502,)})
    case = Case("big", key=(Range(0, 8),), keep=16)
    body = (100_000).to_bytes(4, "big") + b"\x42" + bytes(99_999)
    talk = Talk()
    for at in range(0, len(body), 1000):
        talk.send(False, body[at : at + 1000])
    result = read(talk.send(False, body[:60000]).send(False, body[60000:]).frames, (big,), {"big": (case,)})
    (message,) = result.messages
    assert (message.data, message.length, message.count) == (body[:16], len(body), 2)
    assert message.frames == (3 + 101, 3 + 103)


def test_parts_joined_without_their_headers():
    def dt(last: bool, payload: bytes) -> bytes:
        return b"\x03\0" + (7 + len(payload)).to_bytes(2, "big") + b"\x02\xf0" + (b"\x80" if last else b"\0") + payload

    connect = b"\x03\0\0\x0b\x06\xe0\0\0\0\x01\0"  # byte 6 is a reference there, and says nothing of parts
    cases = {"tpkt": (Case("joined", when=(Byte(7, 0x32),)), Case("other"))}
    talk = Talk(server=("10.0.0.2", 102)).send(False, connect).send(True, dt(True, b"\x32whole"))
    stream = dt(False, b"\x32abc") + dt(False, b"") + dt(True, b"def") + dt(True, b"\x32xyz")
    for at in range(0, len(stream), 3):
        talk.send(False, stream[at : at + 3])
    result = read(talk.frames, (TPKT,), cases)
    assert counts(result, "joined") == {
        (True, dt(False, b"\x32abc") + b"def"): 1,
        (True, dt(True, b"\x32xyz")): 1,
        (False, dt(True, b"\x32whole")): 1,
    }
    assert counts(result, "other") == {(True, connect): 1}
    assert {m.length for m in result.messages if m.from_client} == {len(connect), 14, 11}


def test_lines_and_binary_after_them():
    talk = Talk(server=("10.0.0.2", 21)).send(True, b"READY\r\n").send(False, b"START").send(False, b"TLS\r\n")
    talk.send(True, b"GO\r\n")
    for _ in range(3):
        talk.send(False, framed(1, b"hello")).send(True, framed(2, b"there"))
    result = read(talk.frames)
    assert counts(result, "lines") == {(True, b"STARTTLS\r\n"): 1, (False, b"READY\r\n"): 1, (False, b"GO\r\n"): 1}
    assert counts(result, "framed-request") == {(True, framed(1, b"hello")): 3}
    assert counts(result, "framed-response") == {(False, framed(2, b"there")): 3}
    assert all(m.confirmed for m in result.messages)


def test_header_blocks_and_their_bodies():
    get = b"GET / HTTP/1.1\r\nHost: plc\r\n\r\n"
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n"
    talk = Talk(server=("10.0.0.2", 80))
    for _ in range(3):
        talk.send(False, get[:9]).send(False, get[9:])
        talk.send(True, answer + b"x" * 100).send(True, b"y" * 150).send(True, b"z" * 150)
    talk.send(False, get + get)
    result = read(talk.frames)
    assert counts(result, "pages") == {(True, get): 5, (False, answer): 3}


def test_varint_lengths():
    message = b"\x30" + bytes((0xC8 | 0x80, 0x01)) + bytes(200)
    talk = Talk(server=("10.0.0.2", 1883)).send(False, b"\x30\x02ab" + message[:2]).send(False, message[2:] + b"\x30\0")
    result = read(talk.frames)
    assert counts(result, "varints") == {(True, b"\x30\x02ab"): 1, (True, message): 1, (True, b"\x30\0"): 1}


def test_waiting_segments_are_bounded():
    frames = Talk().send(False, READ).frames
    start = ISN[0] + 1 + len(READ) + 1_000_000
    frames += [tcp(False, start + 3000 * i, bytes(1400)) for i in range(3000)]
    result = read(frames, limits=Limits(reorder_total=1 << 16))
    conversation = only(result)
    assert result.info.limits["segments out of order"] > 0
    assert conversation.gaps == 3000
    assert conversation.lost_bytes == 1_000_000 + 2999 * 1600


def test_partial_messages_are_bounded():
    frames = []
    for port in range(50000, 50100):
        frames += Talk((CLIENT[0], port)).send(False, READ + modbus(1, bytes((16,)) * 200)[:90]).frames
    result = read(frames, limits=Limits(partial_total=10_000))
    assert result.info.limits["incomplete messages"] > 0
    assert counts(result)[True, READ] == 100


def test_connections_are_bounded_and_a_scan_evicts_itself():
    talk = Talk().send(False, READ)
    frames = list(talk.frames)
    for i in range(2000):
        frames.append(tcp(False, 1, b"", SYN, client=("10.0.9.9", 1024 + i), server=("10.0.0.2", 1 + i)))
        if i % 10 == 0:
            talk.send(False, READ[:6]).send(False, READ[6:])
            frames += talk.frames[-2:]
    result = read(frames, limits=Limits(connections=64))
    assert counts(result) == {(True, READ): 201}
    assert result.info.limits == {}
    assert len(result.conversations) == 2001


def test_conversations_are_bounded():
    frames = [tcp(False, 1, b"", SYN, server=("10.0.0.2", 1 + i)) for i in range(500)]
    result = read([*Talk().send(False, READ).frames, *frames], limits=Limits(conversations=100))
    assert len(result.conversations) == 49  # half the room: the rest is for whom somebody answers
    assert result.info.limits["conversations"] == 500 - 48
    assert counts(result) == {(True, READ): 1}


def _bodies() -> st.SearchStrategy[list[bytes]]:
    body = st.builds(lambda kind, data: bytes((kind,)) + data, st.integers(1, 127), st.binary(min_size=0, max_size=60))
    return st.lists(body, min_size=1, max_size=20)


@settings(deadline=None)
@given(_bodies(), st.data())
def test_any_segmentation_order_and_repetition_gives_the_same_messages(bodies, data):
    messages = [modbus(i, body) for i, body in enumerate(bodies)]
    stream = b"".join(messages)
    cuts = sorted(data.draw(st.sets(st.integers(1, max(1, len(stream) - 1)), max_size=30)))
    bounds = [0, *(c for c in cuts if c < len(stream)), len(stream)]
    parts = list(pairwise(bounds))
    parts += data.draw(st.lists(st.tuples(*[st.integers(0, len(stream))] * 2).map(sorted).map(tuple), max_size=5))
    order = data.draw(st.permutations(parts))
    frames = Talk().frames + [tcp(False, ISN[0] + 1 + a, stream[a:b]) for a, b in order if a < b]
    result = read(frames)
    assert only(result).gaps == 0
    expected: Counter[bytes] = Counter(m[6:] for m in messages)
    assert Counter({m.data[6:]: m.count for m in result.messages}) == expected


class _Trickle(io.BytesIO):
    """A stream that gives as few bytes as it likes."""

    sizes: list[int]

    def readinto(self, buffer) -> int:
        size = min(len(buffer), self.sizes[self.tell() % len(self.sizes)])
        return super().readinto(memoryview(buffer)[:size])

    def read(self, size: int | None = -1) -> bytes:
        wanted = self.sizes[self.tell() % len(self.sizes)]
        return super().read(wanted if size is None or size < 0 else min(size, wanted))


@settings(deadline=None)
@given(st.lists(st.integers(1, 700), min_size=1, max_size=5), st.integers(0, 5))
def test_the_result_does_not_depend_on_how_the_file_arrives(sizes, tail):
    talk = Talk()
    for i in range(30):
        talk.send(False, READ + WRITE[: i % 12]).send(False, WRITE[i % 12 :]).send(True, VALUES)
    content = pcap([(1000 + i, 0, f) for i, f in enumerate(talk.frames)])
    content = content[: len(content) - tail]
    whole = read_capture(io.BytesIO(content), "x", compile_descriptors(FRAMINGS, CASES))
    stream = _Trickle(content)
    stream.sizes = sizes
    assert everything(read_capture(stream, "x", compile_descriptors(FRAMINGS, CASES))) == everything(whole)


_FLAGS = st.sampled_from([0, ACK, SYN, SYN | ACK, FIN | ACK, RST, RST | ACK, SYN | FIN, 0xFF])
_PAYLOAD = st.one_of(
    st.binary(max_size=80),
    st.builds(
        lambda a, b: a + b,
        st.sampled_from([READ, WRITE[:9], framed(1), framed(2, b"ab"), b"GET / "]),
        st.binary(max_size=9),
    ),
)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.booleans(),
            st.one_of(st.integers(0, 2**32 - 1), st.integers(1000, 1200)),
            _PAYLOAD,
            _FLAGS,
            st.sampled_from([502, 21, 80, 1883, 5000]),
        ),
        max_size=60,
    ),
    st.sampled_from([0, 60, 75]),
)
def test_nothing_a_peer_sends_raises(segments, snap):
    frames = [tcp(back, seq, p, flags, seq, server=(SERVER[0], port)) for back, seq, p, flags, port in segments]
    result = read(frames, limits=Limits(connections=16, reorder_total=500, partial_total=600), snap=snap)
    assert sum(c.client_packets + c.server_packets for c in result.conversations) == result.info.packets
    for pairing in result.pairings:
        request, response = result.messages[pairing.request], result.messages[pairing.response]
        assert request.count >= pairing.count or response.count >= pairing.count


@settings(deadline=None)
@given(st.lists(st.binary(max_size=120), max_size=40))
def test_random_frames_never_raise(frames):
    assert read(frames).info.packets == len(frames)
