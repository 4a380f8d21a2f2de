"""A large table of which most columns are numbers of values, made when somebody asks for them and kept by nobody.

Texts repeat, and who is at the ends of a conversation stands in many columns that a row takes from a few thousand
devices: a number a row says the same in a fraction of the memory. What looks at some columns or some rows of such a
table (``select``, ``filter``, ``with_columns``, ``table[…]``) makes these alone; whatever else a frame can do makes the
whole of it first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from scanner.facts.numbered import numbered
from scanner.facts.thin import thinned

_WORTH_IT = 10_000  # rows below which nothing is saved
_FIRST = 10_000  # rows that tell whether a text repeats
_TWO_BYTES = 1 << 16  # different values of a column


class Looked(NamedTuple):
    """A column whose value in each row stands among ``values`` at a place."""

    values: pl.Series
    places: pl.Series

    def of(self, name: str, rows: pl.Series | None = None) -> pl.Series:
        """The column; with ``rows`` theirs alone."""
        places = self.places if rows is None else self.places[rows]
        return self.values[places].alias(name)


def when_asked(table: pl.DataFrame, looked: Mapping[str, Looked], order: Sequence[str]) -> pl.DataFrame:
    """The table with other columns, in this order."""
    if isinstance(table, ColumnsWhenAsked):
        return table.beside(looked, order)
    if table.height < _WORTH_IT:
        return table.with_columns(each.of(name) for name, each in looked.items()).select(order)
    return ColumnsWhenAsked(table, looked, order)


def compacted(table: pl.DataFrame) -> pl.DataFrame:
    """A large table with its texts, and small numbers, as numbers of what they say. What it stores of such a table is
    looked at again.
    """
    if table.height < _WORTH_IT:
        return table
    stored = table.stored if isinstance(table, ColumnsWhenAsked) else table
    looked = {name: found for name in stored.columns if (found := _compact(stored, name)) is not None}
    if not looked:
        return table
    every = {**table.looked, **looked} if isinstance(table, ColumnsWhenAsked) else looked
    return ColumnsWhenAsked(thinned(stored.drop(looked)), every, table.columns)


def _compact(table: pl.DataFrame, name: str) -> Looked | None:
    if table.schema[name] == pl.String:
        return _texts(table, name)
    return _counts(table, name) if table.schema[name] == pl.Int64 else None


def _texts(table: pl.DataFrame, name: str) -> Looked | None:
    first, different = table.select(n=pl.col(name).head(_FIRST).len(), d=pl.col(name).head(_FIRST).n_unique()).row(0)
    if 2 * different > first:
        return None
    values, places = numbered(table.select(name).to_series())
    return Looked(values, places.shrink_dtype()) if 1 < len(values) <= _TWO_BYTES else None


def _counts(table: pl.DataFrame, name: str) -> Looked | None:
    column = pl.col(name)
    low, high, nulls = table.select(low=column.min(), high=column.max(), nulls=column.null_count()).row(0)
    if low is None or low < 0 or high >= _TWO_BYTES - 1 or (low == high and not nulls):
        return None
    values = pl.int_range(high + 1, dtype=pl.Int64, eager=True).extend_constant(None, 1)
    return Looked(values, table.select(column.fill_null(high + 1).cast(_width(high + 1))).to_series())


def _width(high: int) -> Any:
    return pl.UInt8 if high < 1 << 8 else pl.UInt16


def numbered_in(table: pl.DataFrame, column: str) -> tuple[pl.Series, pl.Series]:
    """As ``numbered``, without making the column where its values are known."""
    found = table.looked.get(column) if isinstance(table, ColumnsWhenAsked) else None
    if found is None:
        return numbered(table.select(column).to_series())
    values, kinds = numbered(found.values.alias(column))
    places = kinds[found.places]
    used = np.bincount(places.to_numpy(), minlength=len(values)) > 0
    if used.all():
        return values, places
    left = pl.Series(np.maximum(np.cumsum(used) - 1, 0), dtype=pl.UInt32)
    return values.filter(pl.Series(used)), left[places]


def kind_of(table: pl.DataFrame, column: str) -> pl.DataType:
    """The type of a column. polars makes a schema of all columns to tell that of one; of a small table its column is
    sooner asked.
    """
    return table.schema[column] if table.height >= _WORTH_IT else table.get_column(column).dtype


class ColumnsWhenAsked(pl.DataFrame):
    """See the module. stored: the columns that are there; looked: those that are made; of each as ``order`` names."""

    def __init__(self, stored: pl.DataFrame, looked: Mapping[str, Looked], order: Sequence[str]) -> None:
        self.looked, self._order = {name: looked[name] for name in order if name in looked}, list(order)
        self.stored = stored.select([name for name in order if name not in looked])
        self._kinds = {**self.stored.schema, **{name: each.values.dtype for name, each in self.looked.items()}}
        self._height = stored.height if stored.width else len(next(iter(looked.values())).places)

    @property
    def _df(self) -> Any:  # type: ignore[override]  # what polars' own methods work on
        return self._made(self._order)._df  # noqa: SLF001 - of another frame

    @classmethod
    def _from_pydf(cls, py_df: Any) -> pl.DataFrame:
        """What polars makes of it is a frame like any other."""
        return pl.DataFrame._from_pydf(py_df)  # noqa: SLF001 - of the class above

    def __reduce__(self) -> tuple[Any, ...]:
        return pl.DataFrame, (self._made(self._order).get_columns(),)

    @property
    def height(self) -> int:
        """How many rows."""
        return self._height

    @property
    def width(self) -> int:
        """How many columns."""
        return len(self._order)

    @property
    def shape(self) -> tuple[int, int]:
        """Both."""
        return self.height, self.width

    @property  # type: ignore[misc]  # polars can rename by it
    def columns(self) -> list[str]:
        """Their names."""
        return list(self._order)

    @cached_property
    def schema(self) -> pl.Schema:  # polars makes it anew each time
        """Their types."""
        return pl.Schema((name, self._kinds[name]) for name in self._order)

    def __len__(self) -> int:
        return self.height

    def is_empty(self) -> bool:
        """No row at all."""
        return not self.height

    def clone(self) -> pl.DataFrame:
        """The same, which nobody changes."""
        return self

    def select(self, *exprs: Any, **named: Any) -> pl.DataFrame:
        """A frame of what is asked for."""
        exprs = tuple(list(each) if isinstance(each, Iterator) else each for each in exprs)
        asked = self._named([*exprs, *named.values()])
        known = self._order if asked is None else [name for name in self._order if name in asked]
        return self._made(known or self._order[:1]).select(*exprs, **named)

    def filter(self, *predicates: Any, **constraints: Any) -> pl.DataFrame:
        """Some of the rows; of many, as such a table."""
        if len(predicates) != 1 or constraints:
            return super().filter(*predicates, **constraints)
        wanted = predicates[0] if isinstance(predicates[0], pl.Series) else self.select(predicates[0]).to_series()
        if len(wanted) != self.height:
            return super().filter(*predicates)
        if wanted.all(ignore_nulls=False):
            return self
        return self._some(wanted.fill_null(value=False).arg_true())

    def with_columns(self, *exprs: Any, **named: Any) -> pl.DataFrame:
        """More columns, or others in their place, which are stored."""
        made = self.select(*exprs, **named)
        once = made.height != self.height  # nothing but literals, of which each remains one value
        added = [pl.lit(each).first().alias(each.name) if once else each for each in made]
        looked = {name: each for name, each in self.looked.items() if name not in made.columns}
        new = [name for name in made.columns if name not in self._kinds]
        stored = self.stored.with_columns(added) if self.stored.width else self._made(self._order[:1]).select(added)
        return ColumnsWhenAsked(stored, looked, [*self._order, *new])

    def hstack(self, columns: Any, *, in_place: bool = False) -> pl.DataFrame:
        """More columns, which are stored."""
        if in_place:
            raise NotImplementedError("the table is never changed")
        return self.with_columns(columns.get_columns() if isinstance(columns, pl.DataFrame) else columns)

    def with_row_index(self, name: str = "index", offset: int = 0) -> pl.DataFrame:
        """With the number of each row as the first column."""
        numbers = pl.int_range(offset, offset + self.height, dtype=pl.UInt32, eager=True).alias(name)
        more = self.with_columns(numbers)
        return more.beside({}, [name, *self._order]) if isinstance(more, ColumnsWhenAsked) else more

    def rename(self, mapping: Any, *, strict: bool = True) -> pl.DataFrame:
        """With other names of columns."""
        if not isinstance(mapping, Mapping) or not (strict and mapping.keys() <= self._kinds.keys()):
            return super().rename(mapping, strict=strict)
        looked = {mapping.get(name, name): each for name, each in self.looked.items()}
        stored = self.stored.rename(mapping, strict=False)
        return ColumnsWhenAsked(stored, looked, [mapping.get(name, name) for name in self._order])

    def drop(self, *columns: Any, strict: bool = True) -> pl.DataFrame:
        """Without some columns."""
        gone = {name for each in columns for name in ([each] if isinstance(each, str) else each)}
        if strict and not gone <= self._kinds.keys():
            return super().drop(*columns)
        return self.beside({}, [name for name in self._order if name not in gone])

    def clear(self, n: int = 0) -> pl.DataFrame:
        """Of the same form, with no row or so many that are null."""
        return pl.DataFrame(schema=self.schema).clear(n)

    def beside(self, looked: Mapping[str, Looked], order: Sequence[str]) -> ColumnsWhenAsked:
        """With other columns that are looked up, and these alone in this order."""
        return ColumnsWhenAsked(self.stored, {**self.looked, **looked}, order)

    def __getitem__(self, key: Any) -> Any:
        """A column; rows by their numbers, some columns, or both."""
        if isinstance(key, str):
            return self._made([key]).to_series()
        if isinstance(key, pl.Series) and key.dtype.is_integer():
            return self._some(key)
        if isinstance(key, list) and key and all(isinstance(name, str) for name in key):
            return self._made(key)
        if isinstance(key, tuple) and isinstance(key[0], pl.Series) and isinstance(key[1], list):
            return self._made(key[1], key[0])
        return super().__getitem__(key)

    def _some(self, rows: pl.Series) -> pl.DataFrame:
        if len(rows) < _WORTH_IT:
            return self._made(self._order, rows)
        once: dict[int, pl.Series] = {}  # columns share their places
        looked = {}
        for name, each in self.looked.items():
            if id(each.places) not in once:
                once[id(each.places)] = each.places[rows]
            looked[name] = Looked(each.values, once[id(each.places)])
        return ColumnsWhenAsked(self.stored[rows] if self.stored.width else self.stored, looked, self._order)

    def _made(self, names: Sequence[str], rows: pl.Series | None = None) -> pl.DataFrame:
        """These columns; with ``rows`` of these alone."""
        own = [name for name in names if name not in self.looked]
        looked = [self.looked[name].of(name, rows) for name in names if name in self.looked]
        if not own:
            return pl.DataFrame(looked)
        found = self.stored.select(own)  # before rows are chosen, which copies them
        return (found if rows is None else found[rows]).hstack(looked).select(names)

    def _named(self, exprs: Iterable[Any]) -> set[str] | None:
        """The columns that expressions look at; None when they may look at any."""
        names: set[str] = set()
        for expr in exprs:
            if isinstance(expr, str):
                names.add(expr)
            elif isinstance(expr, pl.Expr):
                roots = expr.meta.root_names()
                if not roots and expr.meta.has_multiple_outputs():
                    if not expr.meta.is_column_selection():
                        return None
                    roots = self.clear().select(expr).columns
                names.update(roots)
            elif isinstance(expr, Iterable) and not isinstance(expr, pl.Series):
                more = self._named(expr)
                if more is None:
                    return None
                names |= more
        return names
