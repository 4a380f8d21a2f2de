"""Sequences whose rows are made when they are asked for, so that a hundred thousand need no more memory than ten."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")
U = TypeVar("U")

AT_ONCE = 2048  # rows that are Python objects at one time


Part = Callable[[int, int], Iterable[T]]


class Lazy(Sequence[T], Generic[T]):
    """``length`` rows; ``part(start, stop)`` makes those from ``start`` up to ``stop``, the same ones every time.

    glance: makes for each what can be known without making it, with the same names.
    """

    def __init__(self, length: int, part: Part[T], glance: Part[Any] | None = None) -> None:
        self._length = length
        self._part = part
        self._glance = glance

    def glances(self) -> Iterator[Any]:
        """Of each row what can be known without making it, or the row itself."""
        yield from Lazy(self._length, self._glance or self._part)

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
        return Lazy(max(0, stop - start), _behind(self._part, start), self._glance and _behind(self._glance, start))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or len(self) != len(other):
            return False
        return all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash(self._length)

    def __repr__(self) -> str:
        return f"<{self._length} rows>"


def _behind(part: Part[T], start: int) -> Part[T]:
    return lambda a, b: part(start + a, start + b)


def glances(rows: Sequence[T]) -> Iterable[Any]:
    """Of each row what can be known without making it; of what was made already the row."""
    return rows.glances() if isinstance(rows, Lazy) else rows


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

    def among(start: int, stop: int) -> Iterator[Sequence[T]]:
        begin = 0
        for rows in filled:
            end = begin + len(rows)
            if start < end and stop > begin:
                yield rows[max(start - begin, 0) : min(stop - begin, len(rows))]
            begin = end

    return Lazy(
        sum(map(len, filled)),
        lambda *places: chain.from_iterable(among(*places)),
        lambda *places: chain.from_iterable(map(glances, among(*places))),
    )


def picked(rows: Sequence[T], places: Sequence[int]) -> Sequence[T]:
    """The rows at these places, in this order, without making them."""
    if isinstance(rows, Lazy):
        return Lazy(len(places), lambda start, stop: map(rows.__getitem__, places[start:stop]))
    return tuple(map(rows.__getitem__, places))
