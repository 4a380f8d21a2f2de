"""Whole numbers as intervals, both ends among them."""

from __future__ import annotations

from collections.abc import Iterable

Interval = tuple[int, int]


def united(intervals: Iterable[Interval]) -> list[Interval]:
    """The same numbers, in order and as few intervals as there can be: those that overlap or touch are one.

    >>> united([(5, 9), (1, 3), (4, 6), (20, 20)])
    [(1, 9), (20, 20)]
    """
    found: list[Interval] = []
    for first, last in sorted(intervals):
        if found and first <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    return found
