"""Sets of packets against counting, over fields that are small enough to count."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner import packet_sets
from scanner.packet_sets import Box, OnePacket, TooManyBoxes, answers_to, difference, disjoint, intersection, union

_FIELD = (3, 3, 2, 1, 2, 2)
_PACKETS = [OnePacket(*values) for values in itertools.product(*map(range, _FIELD))]


def _span(size: int) -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)).map(lambda ends: (min(ends), max(ends)))


_BOX: st.SearchStrategy[Box] = st.tuples(*map(_span, _FIELD))  # type: ignore[assignment,arg-type]
_AT_LEISURE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
_SETS = st.lists(_BOX, max_size=5)


def _counted(boxes: object) -> set[OnePacket]:
    return {p for p in _PACKETS if any(p.within(box) for box in boxes)}  # type: ignore[attr-defined]


@_AT_LEISURE
@given(_SETS, _SETS)
def test_sets_are_what_counting_says(ones: list[Box], others: list[Box]) -> None:
    one, other = disjoint(ones), disjoint(others)
    assert _counted(one) == _counted(ones)
    assert _counted(union(one, other)) == _counted(ones) | _counted(others)
    assert _counted(intersection(one, other)) == _counted(ones) & _counted(others)
    assert _counted(difference(one, other)) == _counted(ones) - _counted(others)


@_AT_LEISURE
@given(_SETS, _SETS)
def test_boxes_of_a_set_never_overlap(ones: list[Box], others: list[Box]) -> None:
    for found in (disjoint(ones), union(disjoint(ones), disjoint(others))):
        assert sum(sum(p.within(box) for p in _PACKETS) for box in found) == len(_counted(found))


def test_answers_turn_ends_and_ports_around() -> None:
    asked: Box = ((1, 1), (2, 2), (6, 6), (49_152, 49_152), (502, 502), (0, 0))
    assert answers_to([asked]) == (((2, 2), (1, 1), (6, 6), (502, 502), (49_152, 49_152), (1, 1)),)
    echo: Box = ((1, 1), (2, 2), (1, 1), (0, 65_535), (2_048, 2_303), (0, 0))
    assert answers_to([echo]) == (((2, 2), (1, 1), (1, 1), (0, 65_535), (0, 65_535), (1, 1)),)


def test_a_set_that_is_too_ragged_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packet_sets, "MAX_BOXES", 3)
    whole: Box = ((0, 99),) * 6  # type: ignore[assignment]
    holes: list[Box] = [((n, n),) * 6 for n in range(1, 90, 7)]  # type: ignore[misc]
    with pytest.raises(TooManyBoxes):
        difference([whole], holes)
