"""Columns that say the same in every row, as one value: in a large table they would be most of its memory.

polars keeps a literal as one value as long as nobody asks for the column by itself (``table[name]``), which makes all
of its rows and keeps them. Expressions over the table, its rows and parts of it leave such a column as it is.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

_WORTH_IT = 10_000  # rows below which nothing is saved
_FIRST = 100  # rows, which differ in most columns that say different things at all


def thinned(table: pl.DataFrame) -> pl.DataFrame:
    """The table, if it is large enough to gain by it column by column."""
    return table if table.height < _WORTH_IT else thin(table.select(name) for name in table.columns)


def constant(table: pl.DataFrame) -> dict[str, pl.Expr]:
    """The columns of a large table that say the same in every row, each as the one value that it is."""
    return {name: _once(table, name) for name in table.columns if _is_constant(table, name)}


def thin(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """The parts of a table side by side, of which only one at a time need be whole."""
    made = pl.DataFrame()
    for part in parts:
        slim = part.with_columns(_once(part, name) for name in part.columns if _is_constant(part, name))
        made = pl.concat([made, slim], how="horizontal") if made.width else slim
    return made


def _once(part: pl.DataFrame, name: str) -> pl.Expr:
    return pl.lit(part.head(1)[name]).first().alias(name)


def _is_constant(part: pl.DataFrame, name: str) -> bool:
    return part.height >= _WORTH_IT and _is_alike(part.head(_FIRST), name) and _is_alike(part, name)


def _is_alike(part: pl.DataFrame, name: str) -> bool:
    """Of lists, only whether all of them are empty."""
    column = pl.col(name)
    listed = isinstance(part.schema[name], pl.List)
    alike = column.list.len().max() == 0 if listed else (column == column.first()).all()
    nulls, same = part.select(nulls=column.null_count(), same=alike).row(0)
    return bool(nulls == part.height or (same and not nulls))
