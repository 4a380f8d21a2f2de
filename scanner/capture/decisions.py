"""A decision tree over the cases of one framing, so that hundreds of cases cost about as much as a few.

Each node looks at one byte of the message and has 257 branches (the value, or ABSENT: the message is too short). The
tree grows only where messages pass: a place nobody came to is not worth its nodes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scanner.capture.descriptor import Byte, Test

ABSENT = 256  # branch for messages that do not have the byte
MOST_NODES = 1024
_BYTES = frozenset(range(256))

Leaf = list[tuple[int, tuple[Test, ...]]]  # number of the case, tests left


@dataclass(frozen=True)
class Place:
    """Where a message can be in the tree. live: cases that are possible, as a bit set; seen: bytes looked at."""

    live: int
    seen: frozenset[int]


class Decisions:
    """The tree for cases with these tests; the first case whose tests hold is the one."""

    def __init__(self, whens: Sequence[tuple[Test, ...]]) -> None:
        self._whens = whens
        self._nodes = 0
        self.root = Place((1 << len(whens)) - 1, frozenset())
        wanted: dict[int, dict[int, frozenset[int]]] = {}  # byte -> case -> values
        for number, when in enumerate(whens):
            for test in when:
                if isinstance(test, Byte) and test.at >= 0:
                    cases = wanted.setdefault(test.at, {})
                    cases[number] = cases[number] & test.among if number in cases else test.among
        self._bytes = {at: _classes(wanted[at], len(whens)) for at in sorted(wanted)}

    def decided(self, place: Place) -> int:
        """The case that holds at this place without any further test; -1 when tests are left."""
        first = _lowest(place.live)
        return -1 if self._left(first, place.seen) else first

    def split(self, place: Place) -> tuple[int, list[Place], NDArray[Any]] | None:
        """The byte to look at here, the places below, and which of them each of the 257 branches leads to.

        None: no byte is worth a look, or the tree is as large as it may become; see ``leaf``.
        """
        at = self._best_byte(place) if self._nodes < MOST_NODES else None
        if at is None:
            return None
        self._nodes += 1
        seen = place.seen | {at}
        found = self._bytes[at]
        return at, [Place(place.live & possible, seen) for possible, _ in found.classes], found.class_of

    def leaf(self, place: Place) -> Leaf:
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

    def _best_byte(self, place: Place) -> int | None:
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


def _classes(wanted: dict[int, frozenset[int]], count: int) -> _ByteClasses:
    """``wanted``: the values that each case wants, of ``count`` cases; the others take any."""
    indifferent = (1 << count) - 1
    named: dict[int, int] = {}  # value -> cases that name it
    alike: dict[frozenset[int], int] = {}  # cases that want the same values
    for number, among in wanted.items():
        alike[among] = alike.get(among, 0) | 1 << number
    for among, cases in alike.items():
        if not _BYTES.issuperset(among):
            raise ValueError(f"not a byte value: {min(among - _BYTES)}")
        indifferent &= ~cases
        for value in among:
            named[value] = named.get(value, 0) | cases
    numbers = {0: 0}  # cases that name a value -> its class; 0: no case does
    class_of = np.zeros(ABSENT + 1, np.int32)
    if named:
        class_of[list(named)] = [numbers.setdefault(cases, len(numbers)) for cases in named.values()]
    sizes = np.bincount(class_of, minlength=len(numbers)).tolist()
    return _ByteClasses([(cases | indifferent, size) for cases, size in zip(numbers, sizes, strict=True)], class_of)
