"""Sequences whose rows are made when they are asked for behave like the tuples that they stand for."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.results.rows import AT_ONCE, Lazy, chained, glances, mapped


def glanced(numbers: Sequence[int]) -> Lazy[int]:
    return Lazy(
        len(numbers), lambda start, stop: numbers[start:stop], lambda start, stop: map(str, numbers[start:stop])
    )


def test_a_glance_takes_the_same_part_and_the_same_order() -> None:
    both = chained(glanced([1, 2, 3]), (4,), lazy([5, 6]), glanced([7, 8]))
    assert list(glances(both)) == ["1", "2", "3", 4, 5, 6, "7", "8"]
    assert list(glances(both[1:7])) == ["2", "3", 4, 5, 6, "7"]
    assert list(glances(both[1:7][1:3])) == ["3", 4]
    assert list(both[1:7]) == [2, 3, 4, 5, 6, 7]


def lazy(numbers: Sequence[int]) -> Lazy[int]:
    return Lazy(len(numbers), lambda start, stop: numbers[start:stop])


@given(st.lists(st.integers()), st.slices(12), st.integers(-12, 12))
def test_parts(numbers: list[int], part: slice, at: int) -> None:
    rows = lazy(numbers)
    assert list(rows) == numbers
    assert list(rows[part]) == numbers[part]
    assert list(rows[1:][part]) == numbers[1:][part]
    if -len(numbers) <= at < len(numbers):
        assert rows[at] == numbers[at]
    else:
        with pytest.raises(IndexError):
            _ = rows[at]


@given(st.lists(st.lists(st.integers(), max_size=4), max_size=4), st.slices(8))
def test_one_after_the_other(parts: list[list[int]], part: slice) -> None:
    whole = [number for one in parts for number in one]
    for made in (chained(*map(lazy, parts)), chained(*parts)):
        assert len(made) == len(whole)
        assert list(made[part]) == whole[part]
        assert list(made) == whole


def test_rows_are_made_in_portions() -> None:
    asked: list[tuple[int, int]] = []

    def part(start: int, stop: int) -> range:
        asked.append((start, stop))
        return range(start, stop)

    assert list(Lazy(AT_ONCE + 2, part)) == list(range(AT_ONCE + 2))
    assert asked == [(0, AT_ONCE), (AT_ONCE, AT_ONCE + 2)]


def test_what_is_equal() -> None:
    assert lazy([1, 2]) == (1, 2)
    assert lazy([1, 2]) == lazy([1, 2])
    assert lazy([1, 2]) != [1, 3]
    assert lazy([1, 2]) != [1]
    assert lazy([1, 2]) != 12
    assert hash(lazy([1, 2])) == hash(lazy([1, 2]))
    assert repr(lazy([1, 2])) == "<2 rows>"
    assert chained([], lazy([]), [5]) == [5]
    assert chained([], []) == ()


def test_changes_are_made_when_rows_are_asked_for() -> None:
    seen: list[int] = []

    def change(number: int) -> str:
        seen.append(number)
        return f"<{number}>"

    later = mapped(lazy([1, 2, 3]), change)
    assert seen == []
    assert (later[1], list(later), len(later)) == ("<2>", ["<1>", "<2>", "<3>"], 3)
    assert mapped([1], change) == ("<1>",)
