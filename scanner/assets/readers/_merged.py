"""Merged cells: the value of one stands for all rows that it covers, and an asset over several rows is one asset."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

Cells = list[Any]
MOST_ROWS = 1000  # a merged cell that covers more is a drawing, not an asset


class Merged:
    """Merged ranges of a sheet: (first row, first column, last row, last column), from 0."""

    def __init__(self, ranges: Iterable[Sequence[int]]) -> None:
        self._wide: dict[int, set[int]] = defaultdict(set)  # row -> first columns of ranges over several columns
        self._tall: dict[tuple[int, int], int] = {}  # (row, column) -> last row, of ranges in one column
        for top, left, bottom, right in ranges:
            if bottom - top > MOST_ROWS:
                continue
            if right > left:
                for row in range(top, bottom + 1):
                    self._wide[row].add(left)
            elif bottom > top:
                self._tall[top, left] = bottom

    def is_title(self, number: int, cells: Cells) -> bool:
        """The row (from 1) holds one value, merged over several columns."""
        filled = [i for i, cell in enumerate(cells) if cell is not None]
        return len(filled) == 1 and filled[0] in self._wide.get(number - 1, ())

    def last_row(self, number: int, column: int) -> int:
        """The last row (from 1) that the cell covers."""
        return self._tall.get((number - 1, column), number - 1) + 1

    def filled(self, rows: Iterable[tuple[int, Cells]]) -> Iterator[tuple[int, Cells]]:
        """Rows with the values of the merged cells that cover them."""
        covering: dict[int, tuple[int, Any]] = {}  # column -> last row, value
        for number, cells in rows:
            own = list(cells)
            for column, (last, value) in list(covering.items()):
                if number > last:
                    del covering[column]
                elif column >= len(own) or own[column] is None:
                    own += [None] * (column + 1 - len(own))
                    own[column] = value
            for column, cell in enumerate(cells):
                if cell is not None and (last := self.last_row(number, column)) > number:
                    covering[column] = last, cell
            yield number, own


def joined(rows: Iterable[tuple[int, Cells]], merged: Merged, naming: Sequence[int]) -> Iterator[tuple[int, Cells]]:
    """Filled rows under one merged name, serial number or the like (columns ``naming``) as one row with the values of
    all of them, unless these have names of their own.
    """
    group: list[tuple[int, Cells]] = []
    until = 0
    for number, cells in rows:
        if number > until:
            yield from _asset(group, naming)
            group = []
        group.append((number, cells))
        until = max(until, number, *(merged.last_row(number, column) for column in naming))
    yield from _asset(group, naming)


def _asset(group: list[tuple[int, Cells]], naming: Sequence[int]) -> Iterator[tuple[int, Cells]]:
    values = [_distinct(group, column) for column in range(max((len(cells) for _, cells in group), default=0))]
    if len(group) < 2 or any(len(values[column]) > 1 for column in naming if column < len(values)):
        yield from group
        return
    yield group[0][0], [v[0] if len(v) == 1 else v or None for v in values]


def _distinct(group: list[tuple[int, Cells]], column: int) -> list[Any]:
    found: list[Any] = []
    for _, cells in group:
        if column < len(cells) and cells[column] is not None and cells[column] not in found:
            found.append(cells[column])
    return found
