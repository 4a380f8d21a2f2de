"""Sequences whose rows are made when they are asked for, so that a hundred thousand need no more memory than ten."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, TypeVar, overload

T = TypeVar("T")
U = TypeVar("U")

AT_ONCE = 2048  # rows that are Python objects at one time


class Lazy(Sequence[T], Generic[T]):
    """``length`` rows; ``part(start, stop)`` makes those from ``start`` up to ``stop``, the same ones every time."""

    def __init__(self, length: int, part: Callable[[int, int], Iterable[T]]) -> None:
        self._length = length
        self._part = part

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[T]:
        for start in range(0, self._length, AT_ONCE):
            yield from self._part(start, min(start + AT_ONCE, self._length))

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        if isinstance(index, int):
            place = range(self._length)[index]
            return next(iter(self._part(place, place + 1)))
        start, stop, step = index.indices(self._length)
        if step != 1:
            return [self[i] for i in range(start, stop, step)]
        return Lazy(max(0, stop - start), lambda a, b: self._part(start + a, start + b))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or len(self) != len(other):
            return False
        return all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash(self._length)

    def __repr__(self) -> str:
        return f"<{self._length} rows>"


def mapped(rows: Sequence[T], change: Callable[[T], U]) -> Sequence[U]:
    """The rows, each changed when it is asked for; what was made already is changed at once."""
    if isinstance(rows, Lazy):
        return Lazy(len(rows), lambda start, stop: map(change, rows[start:stop]))
    return tuple(map(change, rows))


def chained(*parts: Sequence[T]) -> Sequence[T]:
    """One sequence of several, without making their rows."""
    filled = [part for part in parts if len(part)]
    if not filled:
        return ()
    if len(filled) == 1:
        return filled[0]

    def part(start: int, stop: int) -> Iterator[T]:
        begin = 0
        for rows in filled:
            end = begin + len(rows)
            if start < end and stop > begin:
                yield from rows[max(start - begin, 0) : min(stop - begin, len(rows))]
            begin = end

    return Lazy(sum(map(len, filled)), part)


def picked(rows: Sequence[T], places: Sequence[int]) -> Sequence[T]:
    """The rows at these places, in this order, without making them."""
    if isinstance(rows, Lazy):
        return Lazy(len(places), lambda start, stop: map(rows.__getitem__, places[start:stop]))
    return tuple(map(rows.__getitem__, places))
