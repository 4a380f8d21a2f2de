"""A decision tree over the cases of one framing, so that hundreds of cases cost about as much as a few.

Each node looks at one byte of the message and has 257 branches (the value, or ABSENT: the message is too short). The
tree grows only where messages pass: a place nobody came to is not worth its nodes.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scanner.framing.language import Byte, Test

ABSENT = 256  # branch for messages that do not have the byte
MOST_NODES = 1024
_BYTES = frozenset(range(256))

Leaf = list[tuple[int, tuple[Test, ...]]]  # number of the case, tests left


@dataclass(frozen=True)
class TreePlace:
    """Where a message can be in the tree. live: cases that are possible, as a bit set; seen: bytes looked at."""

    live: int
    seen: frozenset[int]


class Decisions:
    """The tree for cases with these tests; the first case whose tests hold is the one."""

    def __init__(self, whens: Sequence[tuple[Test, ...]], classes: Mapping[int, _ByteClasses] | None = None) -> None:
        self._whens = whens
        self._nodes = 0
        self.root = TreePlace((1 << len(whens)) - 1, frozenset())
        self._bytes = _classes_by_byte(whens) if classes is None else classes

    def again(self) -> Decisions:
        """Another tree for the same cases: it grows where other messages pass."""
        return Decisions(self._whens, self._bytes)

    def decided(self, place: TreePlace) -> int:
        """The case that holds at this place without any further test; -1 when tests are left."""
        first = _lowest(place.live)
        return -1 if self._left(first, place.seen) else first

    def split(self, place: TreePlace) -> tuple[int, list[TreePlace], NDArray[Any]] | None:
        """The byte to look at here, the places below, and which of them each of the 257 branches leads to.

        None: no byte is worth a look, or the tree is as large as it may become; see ``leaf``.
        """
        at = self._best_byte(place) if self._nodes < MOST_NODES else None
        if at is None:
            return None
        self._nodes += 1
        seen = place.seen | {at}
        found = self._bytes[at]
        return at, [TreePlace(place.live & possible, seen) for possible, _ in found.classes], found.class_of

    def leaf(self, place: TreePlace) -> Leaf:
        """The possible cases, in the order they are tried; tests of bytes that were looked at are known to hold."""
        leaf: Leaf = []
        live = place.live
        while live:
            number = _lowest(live)
            live &= live - 1
            leaf.append((number, self._left(number, place.seen)))
            if not leaf[-1][1]:
                break  # it holds: what follows is never tried
        return leaf

    def _left(self, number: int, seen: frozenset[int]) -> tuple[Test, ...]:
        return tuple(t for t in self._whens[number] if not (isinstance(t, Byte) and t.at in seen))

    def _best_byte(self, place: TreePlace) -> int | None:
        """The byte whose value leaves the fewest cases possible; None when none tells them apart."""
        best: tuple[int, int] | None = None
        live = place.live
        every = live.bit_count() * (ABSENT + 1)
        for at, byte in self._bytes.items():
            if at not in place.seen:
                left = sum((live & cases).bit_count() * values for cases, values in byte.classes)
                if left < every and (best is None or left < best[0]):
                    best = (left, at)
        return best[1] if best else None


def _lowest(live: int) -> int:
    return (live & -live).bit_length() - 1


@dataclass(frozen=True)
class _ByteClasses:
    """The values of one byte (and ABSENT) by which cases they leave possible, as bit sets with how many values do."""

    classes: list[tuple[int, int]]
    class_of: NDArray[Any]


def _classes_by_byte(whens: Sequence[tuple[Test, ...]]) -> dict[int, _ByteClasses]:
    """For each byte that tests look at, in their order in the message."""
    wanted: dict[int, dict[frozenset[int], int]] = {}  # byte -> values -> cases that want these, as a bit set
    for number, when in enumerate(whens):
        for at, among in _values_wanted(when).items():
            cases = wanted.setdefault(at, {})
            cases[among] = cases.get(among, 0) | 1 << number
    return {at: _classes(wanted[at], len(whens)) for at in sorted(wanted)}


def _values_wanted(when: tuple[Test, ...]) -> dict[int, frozenset[int]]:
    """Byte -> the values that all tests of it allow; bytes counted from the end are not looked at."""
    wanted: dict[int, frozenset[int]] = {}
    for test in when:
        if isinstance(test, Byte) and test.at >= 0:
            wanted[test.at] = wanted[test.at] & test.among if test.at in wanted else test.among
    return wanted


def _classes(wanted: dict[frozenset[int], int], count: int) -> _ByteClasses:
    """``wanted``: the cases, of ``count``, that want each set of values; those in none of them take any."""
    indifferent = (1 << count) - 1
    sets_with = [0] * (ABSENT + 1)  # value -> which of the sets it is in, as a bit set
    for position, (among, cases) in enumerate(wanted.items()):
        if not _BYTES.issuperset(among):
            raise ValueError(f"not a byte value: {min(among - _BYTES)}")
        indifferent &= ~cases
        for value in among:
            sets_with[value] |= 1 << position
    numbers = {0: 0}  # sets that a value is in -> its class; 0: none
    class_of = np.array([numbers.setdefault(sets, len(numbers)) for sets in sets_with], np.int32)
    sizes = np.bincount(class_of, minlength=len(numbers)).tolist()
    possible = [_union(sets, list(wanted.values())) | indifferent for sets in numbers]
    return _ByteClasses(list(zip(possible, sizes, strict=True)), class_of)


def _union(positions: int, members: Sequence[int]) -> int:
    """The bit sets of ``members`` at these positions, as one."""
    return functools.reduce(operator.or_, (m for n, m in enumerate(members) if positions >> n & 1), 0)
