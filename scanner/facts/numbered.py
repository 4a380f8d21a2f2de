"""Columns as numbers of their values."""

from __future__ import annotations

import polars as pl

_ROW, _VALUE = "_row", "_value"


def numbered(column: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The distinct values of a text or of anything else, and the place among them of each row's."""
    if column.dtype == pl.String:
        values = column.unique()
        texts = values.drop_nulls()
        places = column.cast(pl.Enum(texts)).to_physical().cast(pl.UInt32)
        if len(texts) == len(values):
            return texts, places
        return pl.concat([texts, values.clear().extend_constant(None, 1)]), places.fill_null(len(texts))
    groups = column.to_frame().with_row_index(_ROW).group_by(column.name, maintain_order=True).agg(_ROW)
    numbers = groups.with_row_index(_VALUE).select(_VALUE, _ROW).explode(_ROW).sort(_ROW)
    return groups[column.name], numbers[_VALUE]
