"""The most that any span of time of a fixed length holds, for each of many intervals at once.

Everything is in arrays: a *piece* is something that happened between two moments. A window of length T that begins at s
holds a piece [a, b] for certain when b - T <= s <= a, and may hold some of it when a - T <= s <= b. So each piece
counts for an interval of s, and what a window holds is the sum over the intervals that s lies in.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]


def most_held(
    groups: Numbers, low: Numbers, high: Numbers, weight: Numbers, asked: tuple[Numbers, Numbers, Numbers]
) -> Numbers:
    """For each asked (group, low, high), the greatest sum of weights at one place in it; 0 where nothing is.

    ``weight`` counts from ``low`` to ``high`` in its group. Low is never above high.
    """
    begins, ends, first, last = _on_one_line(groups, low, high, asked)
    places = int(max(begins.max(initial=-1), ends.max(initial=-1), last.max(initial=-1))) + 1
    added, gone = np.zeros(places, np.int64), np.zeros(places, np.int64)
    np.add.at(added, begins, weight)
    np.add.at(gone, ends, weight)
    held = np.cumsum(added) - np.cumsum(gone) + gone  # at each place, at which what ends there still counts
    # The sum grows only where a piece begins: the greatest is at the low end, or at a beginning behind it.
    begun = np.zeros(places, np.bool_)
    begun[begins] = True
    behind = np.cumsum(begun, dtype=np.int64)
    inside = _greatest(held[begun], behind[first], behind[last])
    most: Numbers = np.maximum(held[first], inside)
    return most


def _on_one_line(
    groups: Numbers, low: Numbers, high: Numbers, asked: tuple[Numbers, Numbers, Numbers]
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """The places of all lows and highs, and of those that are asked."""
    count = len(groups)
    if asked[0] is groups and asked[1] is low and asked[2] is high:
        place = _ranks(np.tile(groups, 2), np.concatenate([low, high]))
        return place[:count], place[count:], place[:count], place[count:]
    total = count + len(asked[0])
    group = np.concatenate([groups, asked[0]])
    place = _ranks(np.tile(group, 2), np.concatenate([low, asked[1], high, asked[2]]))
    return place[:count], place[total : total + count], place[count:total], place[total + count :]


def united(keys: Numbers, low: Numbers, high: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Intervals with overlapping ones of the same key made one: keys, lows and highs."""
    order = _order(keys, low)
    keys, low, high = keys[order], low[order], high[order]
    if not len(keys):
        return keys, low, high
    place = _ranks(np.tile(keys, 2), np.concatenate([low, high]))  # keys follow one another on one line
    lows, reached = place[: len(keys)], np.maximum.accumulate(place[len(keys) :])
    new = np.concatenate([[True], lows[1:] > reached[:-1]])
    begin = np.flatnonzero(new)
    return keys[begin], low[begin], np.maximum.reduceat(high, begin)


def in_order(steps: list[tuple[Numbers, Numbers]], span: int) -> list[Truths]:
    """Which events are part of a sequence: one event of every step, each after the one before, all within ``span``.

    steps: groups and times of the events of each step.
    """
    sizes = [len(groups) for groups, _ in steps]
    groups, times = (np.concatenate(parts) for parts in zip(*steps, strict=True))
    place = _ranks(groups, times)
    by_place = np.empty(int(place.max(initial=-1)) + 1, np.int64)
    by_place[place] = np.arange(len(place))
    at = np.split(place, np.cumsum(sizes)[:-1])
    last = int(place.max(initial=0))
    begun, left = [at[0]], [last - at[-1]]  # the latest first event, the earliest last one (counted from the far end)
    for before, now in pairwise(at):
        begun.append(_best_before(before, begun[-1], now))
    backwards = [last - places for places in reversed(at)]
    for after, now in pairwise(backwards):
        left.append(_best_before(after, left[-1], now))
    found = []
    for (own, _), start, mirrored in zip(steps, begun, reversed(left), strict=True):
        known = (start >= 0) & (mirrored >= 0)
        first, end = by_place[np.where(known, start, 0)], by_place[np.where(known, last - mirrored, 0)]
        whole = known & (groups[first] == own) & (groups[end] == own)
        found.append(whole & (times[end] - times[first] <= span))
    return found


def _best_before(before: Numbers, best: Numbers, now: Numbers) -> Numbers:
    """Of the places strictly before each of ``now``, the greatest ``best``; -1 where there is none."""
    order = np.argsort(before, kind="stable")
    so_far = np.concatenate([[-1], np.maximum.accumulate(best[order])]) if len(before) else np.array([-1])
    chosen: Numbers = so_far[np.searchsorted(before[order], now, "left")]
    return chosen


def _ranks(groups: Numbers, values: Numbers) -> Numbers:
    """Places on one line, on which the groups follow one another; equal ones share a place."""
    order = _order(groups, values)
    groups, values = groups[order], values[order]
    new = np.ones(len(order), np.int64)
    new[1:] = (groups[1:] != groups[:-1]) | (values[1:] != values[:-1])
    place = np.empty(len(order), np.int64)
    place[order] = np.cumsum(new) - 1
    return place


def _order(groups: Numbers, values: Numbers) -> Numbers:
    """Where each comes on that line. Numbers are sorted several times as fast as pairs, where they have room."""
    if not len(groups):
        return np.empty(0, np.int64)
    first, lowest = int(groups.min()), int(values.min())
    span = int(values.max()) - lowest + 1
    if (int(groups.max()) - first + 1) * span > np.iinfo(np.int64).max:
        return np.lexsort((values, groups))
    return np.argsort((groups - first) * span + (values - lowest))


def _greatest(values: Numbers, start: Numbers, stop: Numbers) -> Numbers:
    """The greatest of values[start:stop] for each pair; 0 where it is empty. Values are not negative."""
    found = np.zeros(len(start), np.int64)
    size = stop - start
    level = np.frexp(np.maximum(size, 1))[1].astype(np.int64) - 1
    best, width = values, 1
    for power in range(int(level.max(initial=0)) + 1):
        own = np.flatnonzero((level == power) & (size > 0))
        if len(own):
            found[own] = np.maximum(best[start[own]], best[stop[own] - width])
        if len(best) > width:
            best = np.maximum(best[:-width], best[width:])
        width *= 2
    return found
