"""The arrays against the plainest reading of what they say."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scanner.engine.language.windows import in_order, most_held, united

GROUPS, PLACES = st.integers(0, 2), st.integers(-6, 12)
INTERVALS = st.lists(st.tuples(GROUPS, PLACES, st.integers(0, 8), st.integers(0, 5)), max_size=8)


def columns(rows: list[tuple[int, ...]], number: int) -> list[np.ndarray]:
    return [np.array([row[i] for row in rows], np.int64) for i in range(number)]


@given(INTERVALS, INTERVALS)
def test_the_greatest_sum_at_one_place(pieces: list[tuple[int, ...]], asked: list[tuple[int, ...]]) -> None:
    group, low, length, weight = columns(pieces, 4)
    wanted_group, wanted_low, wanted_length, _ = columns(asked, 4)
    found = most_held(group, low, low + length, weight, (wanted_group, wanted_low, wanted_low + wanted_length))
    wanted = [
        max(sum(w for h, a, n, w in pieces if h == g and a <= s <= a + n) for s in range(start, start + size + 1))
        for g, start, size, _ in asked
    ]
    assert found.tolist() == wanted


@given(INTERVALS, st.sampled_from([1, 1 << 60]))
def test_united_intervals_hold_the_same_and_do_not_touch(pieces: list[tuple[int, ...]], apart: int) -> None:
    key, low, length, _ = columns(pieces, 4)
    keys, lows, highs = united(key * apart, low, low + length)
    held = {(k * apart, s) for k, a, n, _ in pieces for s in range(a, a + n + 1)}
    found = [(k, s) for k, a, b in zip(keys, lows, highs, strict=True) for s in range(a, b + 1)]
    assert sorted(found) == sorted(held)  # a place held twice would be there twice


@given(
    st.lists(st.lists(st.tuples(GROUPS, PLACES), min_size=0, max_size=5), min_size=2, max_size=4),
    st.integers(0, 10),
)
def test_events_of_whole_sequences(steps: list[list[tuple[int, ...]]], span: int) -> None:
    found = in_order([(*columns(step, 2),) for step in steps], span)  # type: ignore[misc]
    whole = [
        chain
        for chain in product(*(range(len(step)) for step in steps))
        if len({steps[n][e][0] for n, e in enumerate(chain)}) == 1
        and all(steps[n][a][1] < steps[n + 1][b][1] for n, (a, b) in enumerate(pairwise(chain)))
        and steps[-1][chain[-1]][1] - steps[0][chain[0]][1] <= span
    ]
    wanted = [[any(chain[n] == e for chain in whole) for e in range(len(step))] for n, step in enumerate(steps)]
    assert [list(map(bool, part)) for part in found] == wanted


def test_many_pieces_cost_no_more_than_sorting_them() -> None:
    number = 300_000
    low = np.arange(number, dtype=np.int64) * 10
    group = np.zeros(number, np.int64)
    one = np.ones(number, np.int64)
    assert set(most_held(group, low, low + 99, one, (group, low, low + 99)).tolist()) == {10}
