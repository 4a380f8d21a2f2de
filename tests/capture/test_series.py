"""Captures in a row: what is under way at the end of one goes on in the next."""

from __future__ import annotations

import io
import pickle
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.capture.read import PAUSE, First, first_packet, read_capture
from scanner.capture.result import CaptureResult
from scanner.errors import InputError
from scanner.framing.plan import compile_descriptors
from tests.capture.files import pcap
from tests.capture.parts import Parts
from tests.capture.traffic import CASES, CLIENT, FIN, FRAMINGS, SERVER, Talk, everything, framed, modbus, udp

READ, VALUES = modbus(1, b"\x03\0\0\0\1"), modbus(1, b"\x03\x02\0\x07")
SECOND = 1_000_000_000
START = 1_800_000_000


def traffic() -> list[bytes]:
    """Two connections and datagrams; messages spread over segments, a segment out of order, two hosts."""
    talk = Talk()
    long = modbus(2, b"\x10" + bytes(range(200)))
    for _ in range(3):
        talk.send(False, READ).send(True, VALUES)
    talk.send(False, long[:50]).send(False, long[50:120]).send(False, long[120:])
    talk.send(True, modbus(2, b"\x10\0\0\0\1"))
    other = Talk(client=("10.0.0.9", 40000), server=("10.0.0.8", 9999))
    for kind in (1, 2, 1, 2, 3):
        other.send(kind == 2, framed(kind, b"abc"))
    talk.send(False, READ[:5])
    talk.send(False, READ[5:])
    talk.frames[-2:] = talk.frames[:-3:-1]  # out of order
    talk.send(True, VALUES).send(False, flags=FIN | 16)
    return [*talk.frames[:8], udp(False, READ), *other.frames, udp(True, VALUES), *talk.frames[8:]]


FRAMES = traffic()


def capture(frames: list[bytes], at: int, pause: int = 0) -> io.BytesIO:
    """A pcap of the frames, one each millisecond, the first one being number ``at``."""
    return io.BytesIO(pcap([(START + pause, 1000 * (at + i), frame) for i, frame in enumerate(frames)]))


def begins(at: int, pause: int = 0) -> int:
    return (START + pause) * SECOND + at * 1_000_000


def in_parts(cuts: list[int]) -> list[CaptureResult]:
    reader = Parts(FRAMINGS, CASES)
    edges = [0, *sorted(cuts), len(FRAMES)]
    parts = [(low, high) for low, high in pairwise(edges) if low < high]
    following = [*(begins(low) for low, _ in parts[1:]), 0]
    return [
        reader.read(capture(FRAMES[low:high], low), f"{low}.pcap", next_time)
        for (low, high), next_time in zip(parts, following, strict=True)
    ]


def messages(results: list[CaptureResult]) -> Counter[tuple[object, ...]]:
    found: Counter[tuple[object, ...]] = Counter()
    for result in results:
        for m in result.messages:
            c = result.conversations[m.conversation]
            found[c.client, c.server, c.server_port, m.from_client, m.protocol, m.data, m.length] += m.count
    return found


def totals(results: list[CaptureResult]) -> Counter[tuple[object, ...]]:
    found: Counter[tuple[object, ...]] = Counter()
    for result in results:
        for c in result.conversations:
            for name in ("connections", "client_packets", "server_packets", "client_bytes", "server_bytes", "gaps"):
                found[c.client, c.server, c.server_port, name] += getattr(c, name)
        for host in result.hosts:
            found[host.mac, host.ip] += host.packets
    return +found


@given(st.lists(st.integers(1, len(FRAMES) - 1), max_size=4))
def test_a_capture_in_parts_says_what_it_says_in_one_piece(cuts):
    whole, parts = in_parts([]), in_parts(cuts)
    assert messages(parts) == messages(whole)
    assert totals(parts) == totals(whole)
    for part in parts:
        assert all(c.client_packets + c.server_packets for c in part.conversations)
        assert all(0 < c.first_frame <= part.info.packets for c in part.conversations)
        assert all(h.packets and 0 < h.first_frame <= part.info.packets for h in part.hosts)
        assert all(0 < f <= part.info.packets for m in part.messages for f in m.frames)
        assert all(part.info.first_time <= m.first_time <= part.info.last_time for m in part.messages)


def test_the_frame_of_a_message_is_the_one_that_completes_it():
    talk = Talk().send(False, READ[:5]).send(False, READ[5:])
    reader = Parts(FRAMINGS, CASES)
    first = reader.read(capture(talk.frames[:4], 0), "1.pcap", begins(4))
    second = reader.read(capture(talk.frames[4:], 4), "2.pcap")
    assert [*first.messages] == []
    assert [(m.data, m.frames) for m in second.messages] == [(READ, (1,))]
    assert [(c.client, c.server, c.connections, c.opened_by) for c in second.conversations] == [
        (CLIENT[0], SERVER[0], 0, "syn")
    ]


@pytest.mark.parametrize("pause", [PAUSE // SECOND + 1, -2])
def test_a_capture_that_does_not_follow_begins_anew(pause):
    talk = Talk().send(False, READ[:5]).send(False, READ[5:])
    reader = Parts(FRAMINGS, CASES)
    reader.read(capture(talk.frames[:4], 0), "1.pcap", begins(4, pause))
    second = reader.read(capture(talk.frames[4:], 4, pause), "2.pcap")
    assert READ not in [m.data for m in second.messages]
    assert [c.opened_by for c in second.conversations] == ["port"]


def test_a_capture_that_cannot_be_read_leaves_the_next_one_alone():
    reader = Parts(FRAMINGS, CASES)
    with pytest.raises(InputError) as caught:
        reader.read(io.BytesIO(b"no capture"), "1.pcap", begins(0))
    assert pickle.loads(pickle.dumps(caught.value)).problem == caught.value.problem  # noqa: S301 - our own
    alone = read_capture(capture(FRAMES, 0), "2.pcap", compile_descriptors(FRAMINGS, CASES))
    assert everything(reader.read(capture(FRAMES, 0), "2.pcap")) == everything(alone)


def test_when_a_capture_begins(tmp_path: Path):
    path = tmp_path / "a.pcap"
    path.write_bytes(capture(FRAMES, 7).read())
    assert first_packet(path)[:2] == (begins(7), 1)
    path.write_bytes(pcap([]))
    assert first_packet(path) == First(0, -1)
