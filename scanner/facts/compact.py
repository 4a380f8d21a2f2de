"""Rows of a large table as Python objects of a few hundred bytes: a dictionary each takes several times as much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

_WORTH_IT = 1000  # rows below which nothing is saved
_NONE: list[Any] = []  # never added to


class Row(Mapping[str, Any]):
    """One row. All rows of a table share the places of their columns."""

    __slots__ = ("_places", "_values")

    def __init__(self, places: dict[str, int], values: tuple[Any, ...]) -> None:
        self._places, self._values = places, values

    def __getitem__(self, name: str) -> Any:
        return self._values[self._places[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def compact(table: pl.DataFrame) -> list[Row]:
    """The rows. What repeats is one object: values of columns that have few, and empty lists."""
    places = {name: place for place, name in enumerate(table.columns)}
    return [Row(places, values) for values in zip(*map(_values, table), strict=True)]


def _values(column: pl.Series) -> list[Any]:
    values = column.to_list()
    if isinstance(column.dtype, pl.List):
        return [value if value or value is None else _NONE for value in values]
    if column.dtype != pl.String or len(values) < _WORTH_IT or 4 * column.n_unique() > len(values):
        return values
    once: dict[str, str] = {}
    return [once.setdefault(value, value) for value in values]
