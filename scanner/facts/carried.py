"""The operations that messages carry. What they say stands once, however many messages say it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

Numbers = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Carried:
    """Operations, in the order of the messages that carry them.

    message: index of each one's message. text: what it says, a row of ``texts``, which has the fields of Operation and
    may hold equal rows.
    """

    message: Numbers
    text: Numbers
    texts: pl.DataFrame

    def __len__(self) -> int:
        return len(self.message)

    def where(self, test: pl.Expr) -> Truths:
        """Which operations meet a test of what they say."""
        met: Truths = self.texts.select(test).to_series().to_numpy()
        return met[self.text]

    def column(self, name: str) -> pl.Series:
        """What each says in one field."""
        return self.texts[name][self.text]


@dataclass(frozen=True)
class DistinctOperations:
    """Different operations, each a pair of numbers: very many of them say few different things.

    between: whom, and how it was seen. text: what it says, a row of ``said``.
    """

    between: Numbers
    text: Numbers
    said: pl.DataFrame

    def __len__(self) -> int:
        return len(self.text)


def numbered(table: pl.DataFrame, columns: Iterable[str]) -> Numbers:
    """A number for each row, the same for those that say the same in these columns, which hold texts or numbers from 0
    that have 32 bits; counted from 0.

    Column by column: a grouping by so many texts takes much memory in passing.
    """
    found = np.zeros(table.height, np.int64)
    for name in columns:
        column = table[name].cast(pl.Categorical).to_physical() if table[name].dtype == pl.String else table[name]
        codes = column.to_numpy().astype(np.int64)
        if len(codes) and (codes != codes[0]).any():
            found = dense(found << 32 | codes)
    return found


def dense(keys: Numbers) -> Numbers:
    """The keys as numbers from 0, in their order."""
    which: Numbers = np.unique(keys, return_inverse=True)[1]
    return which


def distinct(keys: Numbers) -> Numbers:
    """The different keys, in their order. Many of them are sorted faster than numpy's ``unique`` hashes them."""
    found = np.sort(keys)
    new = np.ones(len(found), np.bool_)
    new[1:] = found[1:] != found[:-1]
    return found[new]
