"""Captures that follow one another, and those that saw the same time."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from scanner.succession import OVERLAP, CaptureSpan, follows, in_turn, lanes, place_of

SECOND = 1_000_000_000
TIMES = st.tuples(st.integers(0, 20), st.integers(0, 8)).map(lambda t: (t[0] * SECOND, (t[0] + t[1]) * SECOND))
SPANS = st.lists(TIMES, max_size=7).map(lambda ts: [CaptureSpan(f"c{n}", *t) for n, t in enumerate(ts)])


def after(one: CaptureSpan, other: CaptureSpan) -> bool:
    """It follows the other."""
    assert one.first is not None
    assert one.last is not None
    assert other.last is not None
    return one.first + min(OVERLAP, (one.last - one.first) // 2) >= other.last


def apart(one: CaptureSpan, other: CaptureSpan) -> bool:
    """They saw different times, but for the tolerance."""
    return after(one, other) or after(other, one)


@given(SPANS, st.lists(st.integers(0, 9), min_size=7, max_size=7))
def test_what_was_seen_in_turn_is_the_most_that_captures_apart_can_have_seen(
    spans: list[CaptureSpan], seen: list[int]
) -> None:
    order, before = in_turn(spans)
    best = [0]
    for place, index in enumerate(order):
        best.append(max(best[place], seen[index] + best[before[place]]))
    choices = (c for size in range(len(spans) + 1) for c in combinations(range(len(spans)), size))
    good = (c for c in choices if all(apart(spans[a], spans[b]) for a, b in combinations(c, 2)))
    assert best[-1] == max(sum(seen[i] for i in c) for c in good)


@given(SPANS)
def test_captures_of_a_lane_follow_one_another(spans: list[CaptureSpan]) -> None:
    found = lanes(spans)
    assert found.keys() == {s.capture for s in spans}
    assert all(apart(a, b) for a, b in combinations(spans, 2) if found[a.capture] == found[b.capture])


def test_a_ring_is_one_lane_and_a_second_tap_another() -> None:
    ring = [
        CaptureSpan(f"r{n}", n * 60 * SECOND, (n + 1) * 60 * SECOND, place_of(f"ring_{n:05}.pcap")) for n in range(5)
    ]
    tap = [CaptureSpan("t", 0, 300 * SECOND, place_of("tap.pcap"))]
    later = [CaptureSpan("l", 301 * SECOND, 400 * SECOND, place_of("tap2.pcap"))]
    found = lanes(ring + tap + later)
    assert len({found[s.capture] for s in ring}) == 1
    assert found["t"] == found["l"] != found["r0"]


def test_copies_of_a_short_capture_add_nothing() -> None:
    copies = [CaptureSpan(f"c{n}", 0, SECOND // 2) for n in range(3)]
    assert in_turn(copies)[1] == [0, 0, 0]
    assert len(set(lanes(copies).values())) == 3


def test_without_times_a_capture_is_alone() -> None:
    found = lanes([CaptureSpan("a", None, None), CaptureSpan("b", 0, SECOND), CaptureSpan("c", None, None)])
    assert len(set(found.values())) == 3
    assert in_turn([CaptureSpan("a", None, None), CaptureSpan("b", 0, SECOND)])[1] == [0, 0]


def test_a_second_of_disorder_is_no_overlap() -> None:
    assert follows(10 * SECOND, 11 * SECOND)
    assert not follows(10 * SECOND, 11 * SECOND + 1)
