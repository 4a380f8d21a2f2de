"""Rows of a large table as small Python objects: a dictionary each takes many times as much."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, overload

import polars as pl

_WORTH_IT = 1000  # rows below which nothing is saved
_NONE: list[Any] = []  # never added to


class _Columns(dict[str, list[Any]]):
    """The columns of a table as lists, each made when somebody asks for it."""

    def __init__(self, table: pl.DataFrame) -> None:
        super().__init__()
        self.table = table
        self.names = dict.fromkeys(table.columns)

    def __missing__(self, name: str) -> list[Any]:
        if name not in self.names:
            raise KeyError(name)
        made = self[name] = _values(self.table[name])
        return made


class Row(Mapping[str, Any]):
    """One row. All rows of a table share its columns."""

    __slots__ = ("_columns", "number")

    def __init__(self, columns: _Columns, number: int) -> None:
        self._columns, self.number = columns, number

    def __getitem__(self, name: str) -> Any:
        return self._columns[name][self.number]

    def get(self, name: str, default: Any = None) -> Any:
        """The value; ``default`` where the table has no such column."""
        columns = self._columns
        return columns[name][self.number] if name in columns.names else default

    def __contains__(self, name: object) -> bool:
        return name in self._columns.names

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns.names)

    def __len__(self) -> int:
        return len(self._columns.names)


class Rows(Sequence[Row]):
    """Some rows of a table, each made when it is asked for."""

    __slots__ = ("_columns", "_numbers")

    def __init__(self, columns: _Columns, numbers: Sequence[int]) -> None:
        self._columns, self._numbers = columns, numbers

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Rows: ...
    def __getitem__(self, index: int | slice) -> Row | Rows:
        if isinstance(index, slice):
            return Rows(self._columns, self._numbers[index])
        return Row(self._columns, self._numbers[index])

    def __len__(self) -> int:
        return len(self._numbers)

    def at(self, places: Iterable[int]) -> Rows:
        """Those at these places."""
        return Rows(self._columns, [*map(self._numbers.__getitem__, places)])

    def column(self, name: str) -> list[Any]:
        """A column of them; nothing where the table has no such one."""
        if name not in self._columns.names:
            return [None] * len(self)
        values, numbers = self._columns[name], self._numbers
        if isinstance(numbers, range) and numbers.step > 0:
            return values[numbers.start : numbers.stop : numbers.step]
        return [values[number] for number in numbers]


def column(rows: Sequence[Mapping[str, Any]], name: str) -> list[Any]:
    """A column of rows of one table; nothing where it has no such column. Of compact ones faster than asking each."""
    return rows.column(name) if isinstance(rows, Rows) else [row.get(name) for row in rows]


def chosen(rows: Sequence[Mapping[str, Any]], places: Sequence[int]) -> Sequence[Mapping[str, Any]]:
    """The rows at these places."""
    return rows.at(places) if isinstance(rows, Rows) else [rows[place] for place in places]


def compact(table: pl.DataFrame) -> Rows:
    """The rows. What repeats is one object: values of columns that have few, and empty lists."""
    return Rows(_Columns(table), range(table.height))


def _values(column: pl.Series) -> list[Any]:
    values = column.to_list()
    if isinstance(column.dtype, pl.List):
        return [value if value or value is None else _NONE for value in values]
    if len(values) < _WORTH_IT or not repeats(column):
        return values
    once: dict[str, str] = {}
    return [once.setdefault(value, value) for value in values]


def repeats(column: pl.Series) -> bool:
    """Texts, of which most stand in several rows."""
    return column.dtype == pl.String and 4 * column.n_unique() <= len(column)
