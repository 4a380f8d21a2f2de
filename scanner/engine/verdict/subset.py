"""Some rows of a table, by their numbers: nothing is copied before somebody looks at them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import overload

import numpy as np
import numpy.typing as npt
import polars as pl

Places = npt.NDArray[np.uint32]
Truth = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Subset:
    """Rows of the table in the order of their numbers. whole: it is the table as it stands."""

    table: pl.DataFrame
    numbers: Places
    whole: bool = False

    @classmethod
    def of(cls, table: pl.DataFrame, rows: pl.Series) -> Subset:
        """rows: of each row, whether it is one of them; never null."""
        return cls.where(table, rows.to_numpy())

    @classmethod
    def where(cls, table: pl.DataFrame, rows: Truth) -> Subset:
        """The same."""
        numbers = np.flatnonzero(rows).astype(np.uint32)
        return cls(table, numbers, whole=len(numbers) == table.height)

    @classmethod
    def none(cls, table: pl.DataFrame) -> Subset:
        """No row at all."""
        return cls(table, np.zeros(0, np.uint32), whole=not table.height)

    @property
    def height(self) -> int:
        """How many there are."""
        return len(self.numbers)

    @cached_property
    def _index(self) -> pl.Series:
        return pl.Series(self.numbers, dtype=pl.UInt32)

    @overload
    def __getitem__(self, which: str) -> pl.Series: ...
    @overload
    def __getitem__(self, which: slice | Sequence[int]) -> pl.DataFrame: ...
    def __getitem__(self, which: str | slice | Sequence[int]) -> pl.Series | pl.DataFrame:
        """A column of theirs; or some of them, by their places here."""
        if isinstance(which, str):
            return self.columns([which]).to_series()
        return self.table[pl.Series(self.numbers[which], dtype=pl.UInt32)]

    def columns(self, names: Iterable[str]) -> pl.DataFrame:
        """Some of their columns."""
        return self.table[[*names]] if self.whole else self.table[self._index, [*names]]

    def take(self, places: Sequence[int] | npt.NDArray[np.intp] | Truth) -> Subset:
        """Some of them, by their places here."""
        return Subset(self.table, self.numbers[np.asarray(places, None if len(places) else np.intp)])

    def beside(self, *others: Subset) -> Subset:
        """With other rows of the same table behind them."""
        more = [other.numbers for other in others if other.height]
        return Subset(self.table, np.concatenate([self.numbers, *more])) if more else self
