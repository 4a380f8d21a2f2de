"""A decision tree over the cases of one framing, so that hundreds of cases cost about as much as a few.

Each node looks at one byte of the message and has 257 branches (the value, or ABSENT: the message is too short); each
leaf lists the cases that can still hold, in the order they were given, with the tests that are not decided yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scanner.capture.descriptor import Byte, Test

ABSENT = 256  # branch for messages that do not have the byte
SMALL = 3  # cases that are tried one after the other: two, and what meets none
MOST_NODES = 256

Branches = NDArray[np.int32]
Leaf = list[tuple[int, tuple[Test, ...]]]  # number of the case, tests left
_Live = tuple[int, frozenset[int]]  # cases that are possible as a bit set, bytes that were looked at


@dataclass(frozen=True)
class Decision:
    """The tree. A branch or ``root`` is the number of a node, or below 0 the leaf ``-1 - number``."""

    root: int
    nodes: list[tuple[int, Branches]]  # the byte, its 257 branches
    leaves: list[Leaf]


def decide(whens: Sequence[tuple[Test, ...]]) -> Decision:
    """The tree for cases with these tests. What leaves the most cases is split first, until all is small or the tree
    has MOST_NODES.
    """
    wanted: dict[int, dict[int, frozenset[int]]] = {}  # byte -> case -> values
    for number, when in enumerate(whens):
        for test in when:
            if isinstance(test, Byte) and test.at >= 0:
                cases = wanted.setdefault(test.at, {})
                cases[number] = cases[number] & test.among if number in cases else test.among
    bytes_ = {at: _classes(wanted[at], len(whens)) for at in sorted(wanted)}
    root: _Live = ((1 << len(whens)) - 1, frozenset())
    splits: dict[_Live, tuple[int, list[_Live]]] = {}
    known: dict[_Live, int] = {root: 0}
    waiting = [(-len(whens), 0, root)]
    while waiting and len(splits) < MOST_NODES:
        _, _, (live, seen) = heappop(waiting)
        at = _best_byte(bytes_, live, seen)
        if at is None:
            continue
        below = [(live & possible, seen | {at}) for possible, _ in bytes_[at].classes]
        splits[live, seen] = at, below
        for key in below:
            if key not in known:
                known[key] = len(known)
                heappush(waiting, (-key[0].bit_count(), known[key], key))
    numbers = {key: number for number, key in enumerate(splits)}
    leaves: list[Leaf] = []
    for key in known:
        if key not in numbers:
            leaves.append(_leaf(whens, *key))
            numbers[key] = -len(leaves)
    nodes = [
        (at, np.array([numbers[key] for key in below], np.int32)[bytes_[at].class_of]) for at, below in splits.values()
    ]
    return Decision(numbers[root], nodes, leaves)


def _leaf(whens: Sequence[tuple[Test, ...]], live: int, seen: frozenset[int]) -> Leaf:
    """The possible cases; tests of bytes that were looked at are known to hold."""
    leaf: Leaf = []
    while live:
        number = (live & -live).bit_length() - 1
        live &= live - 1
        leaf.append((number, tuple(t for t in whens[number] if not (isinstance(t, Byte) and t.at in seen))))
    return leaf


@dataclass(frozen=True)
class _ByteClasses:
    """The values of one byte (and ABSENT) by which cases they leave possible, as bit sets with how many values do."""

    classes: list[tuple[int, int]]
    class_of: NDArray[Any]


def _classes(wanted: dict[int, frozenset[int]], count: int) -> _ByteClasses:
    """``wanted``: the values that each case wants, of ``count`` cases; the others take any."""
    indifferent = (1 << count) - 1
    named: dict[int, int] = {}  # value -> cases that name it
    alike: dict[frozenset[int], int] = {}  # cases that want the same values
    for number, among in wanted.items():
        alike[among] = alike.get(among, 0) | 1 << number
    for among, cases in alike.items():
        indifferent &= ~cases
        for value in among:
            named[value] = named.get(value, 0) | cases
    numbers: dict[int, int] = {}
    class_of = [numbers.setdefault(named.get(value, 0) | indifferent, len(numbers)) for value in range(ABSENT + 1)]
    sizes = np.bincount(class_of, minlength=len(numbers)).tolist()
    return _ByteClasses(list(zip(numbers, sizes, strict=True)), np.array(class_of, np.int32))


def _best_byte(bytes_: dict[int, _ByteClasses], live: int, seen: frozenset[int]) -> int | None:
    """The byte whose value leaves the fewest cases possible; None when none is worth a look."""
    best: tuple[int, int] | None = None
    every = live.bit_count() * (ABSENT + 1)
    if live.bit_count() <= SMALL:
        return None
    for at, byte in bytes_.items():
        if at not in seen:
            left = sum((live & cases).bit_count() * values for cases, values in byte.classes)
            if left < every and (best is None or left < best[0]):
                best = (left, at)
    return best[1] if best else None
