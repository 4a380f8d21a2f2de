"""IP fragments: joined in any order, refused when they contradict each other, bounded in number, size and time."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.capture import ip_fragments as fragments
from scanner.capture.ip_fragments import TIMEOUT, Fragment, IpDatagram, Reassembler

KEY = (4, 0, 1, 0, 2, 77, 17, -1, 0, 0)
DATA = bytes(range(256)) * 10


def cut(data: bytes, size: int, captured: int = 1 << 20) -> list[Fragment]:
    return [
        Fragment(
            at, len(data[at : at + size]), data[at : at + size][:captured], at + size < len(data), 17 if at == 0 else 0
        )
        for at in range(0, len(data), size)
    ]


@given(st.integers(0, 1000), st.sampled_from([8, 16, 1480, 2552]))
def test_any_order_and_repetition_gives_the_datagram(seed: int, size: int) -> None:
    pieces = cut(DATA, size)
    random.Random(seed).shuffle(pieces)  # noqa: S311
    reassembler = Reassembler()
    found = []
    for piece in pieces[:-1]:
        found += [reassembler.add(KEY, piece, 5), reassembler.add(KEY, piece, 6)]
    assert found == [None] * len(found)
    assert reassembler.add(KEY, pieces[-1], 7) == IpDatagram(DATA, len(DATA), 17)
    assert reassembler.finish() == 0


def test_datagrams_do_not_mix() -> None:
    reassembler = Reassembler()
    first, last = cut(DATA, 1480)
    assert reassembler.add(KEY, first, 0) is None
    assert reassembler.add((*KEY[:5], 78, *KEY[6:]), last, 0) is None
    assert reassembler.finish() == 2


@pytest.mark.parametrize(
    "bad",
    [
        Fragment(8, 16, bytes(16), True, 0),  # overlaps
        Fragment(0, 16, b"other bytes here", True, 17),  # the same place, other bytes
        Fragment(16, 12, bytes(12), True, 0),  # not the last, and no multiple of 8
        Fragment(16, 0, b"", True, 0),
        Fragment(65528, 16, bytes(16), False, 0),  # longer than a datagram can be
    ],
)
def test_a_contradiction_refuses_the_datagram(bad: Fragment) -> None:
    reassembler = Reassembler()
    assert reassembler.add(KEY, Fragment(0, 16, bytes(16), True, 17), 0) is None
    assert reassembler.add(KEY, bad, 0) is None
    assert reassembler.add(KEY, Fragment(16, 8, bytes(8), False, 0), 0) is None
    assert reassembler.finish() == 3


def test_nothing_lies_behind_the_last_fragment() -> None:
    for order in (
        [Fragment(16, 8, bytes(8), False, 0), Fragment(24, 8, bytes(8), True, 0)],
        [Fragment(24, 8, bytes(8), True, 0), Fragment(16, 8, bytes(8), False, 0)],
        [Fragment(16, 8, bytes(8), False, 0), Fragment(24, 8, bytes(8), False, 0)],
    ):
        reassembler = Reassembler()
        for piece in [*order, Fragment(0, 16, bytes(16), True, 17)]:
            assert reassembler.add(KEY, piece, 0) is None
        assert reassembler.finish() == 3


def test_fragments_that_the_capture_cut_short_give_what_is_known_from_the_start() -> None:
    reassembler = Reassembler()
    found = [reassembler.add(KEY, piece, 0) for piece in cut(DATA, 800, captured=300)]
    assert found == [None, None, None, IpDatagram(DATA[:300], len(DATA), 17)]


def test_fragments_too_far_apart_in_time_are_not_joined() -> None:
    first, last = cut(DATA, 1480)
    for start, later, joined in ((0, TIMEOUT, True), (0, TIMEOUT + 1, False), (5 * TIMEOUT, 0, False)):
        reassembler = Reassembler()
        assert reassembler.add(KEY, first, start) is None
        assert (reassembler.add(KEY, last, later) is not None) == joined
        assert reassembler.finish() == (0 if joined else 2)


def test_number_and_size_of_incomplete_datagrams_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fragments, "MAX_DATAGRAMS", 10)
    monkeypatch.setattr(fragments, "MAX_BYTES", 100_000)
    reassembler = Reassembler()
    for i in range(1000):
        reassembler.add((*KEY, i), Fragment(0, 16, bytes(16), True, 17), 0)
    assert reassembler.dropped >= 980
    for i in range(1000):
        reassembler.add((*KEY, i), Fragment(0, 40000, bytes(40000), True, 17), 0)
    assert reassembler.dropped >= 1990
    assert reassembler.finish() == 2000


def test_what_small_fragments_cost_counts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fragments, "MAX_BYTES", 100_000)
    reassembler = Reassembler()
    for at in range(0, 65528, 8):
        reassembler.add(KEY, Fragment(at, 8, bytes(8), True, 17), 0)
    assert reassembler.dropped >= 7500  # a datagram of so many parts is one that nobody sends
    assert reassembler.finish() == 8191


def test_what_comes_to_nothing_is_remembered_by_its_ends():
    ports = bytes((0x9C, 0x40, 0x25, 0x80))
    reassembler = Reassembler()
    reassembler.add(KEY, Fragment(0, 16, ports + bytes(12), True, 17), 0, 7)
    reassembler.add(KEY, Fragment(8, 16, bytes(16), False, 17), 0, 8)  # overlaps
    reassembler.add((*KEY[:5], 78, *KEY[6:]), Fragment(0, 16, ports + bytes(12), True, 17), 0, 9)  # its end comes later
    assert reassembler.finish() == 3
    ((ends, lost),) = reassembler.lost.items()
    assert (ends.source, ends.target, ends.source_port, ends.target_port) == ((0, 1), (0, 2), 40000, 9600)
    assert (lost.frame, lost.fragments, lost.bytes, lost.contradictory) == (7, 2, 32, 2)


def test_the_beginning_of_what_was_under_way_when_the_capture_began():
    reassembler = Reassembler()
    reassembler.add(KEY, Fragment(16, 8, bytes(8), False, 17), 0, 1)
    assert (reassembler.finish(), reassembler.lost) == (1, {})
