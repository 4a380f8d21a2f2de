"""Rows of a large table as small Python objects: a dictionary each takes many times as much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

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

    def among(self, rows: Sequence[Mapping[str, Any]], name: str) -> list[Any]:
        """The column of these rows, which are of the same table."""
        values = self._columns[name]
        return [values[row.number] for row in rows if isinstance(row, Row)]

    def __contains__(self, name: object) -> bool:
        return name in self._columns.names

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns.names)

    def __len__(self) -> int:
        return len(self._columns.names)


def column(rows: Sequence[Mapping[str, Any]], name: str) -> list[Any]:
    """A column of rows of one table; nothing where it has no such column. For many rows faster than asking each."""
    first = rows[0] if rows else None
    if not isinstance(first, Row):
        return [row.get(name) for row in rows]
    if name not in first:
        return [None] * len(rows)
    return first.among(rows, name)


def compact(table: pl.DataFrame) -> list[Row]:
    """The rows. What repeats is one object: values of columns that have few, and empty lists."""
    columns = _Columns(table)
    return [Row(columns, number) for number in range(table.height)]


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
