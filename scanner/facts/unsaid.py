"""What an inventory leaves open of what it may be asked."""

from __future__ import annotations

import polars as pl

from scanner.assets.answers_given import ANSWERS, undecided

_ACCOUNTS = "accounts"


def undecided_column(inventory: pl.DataFrame) -> pl.Series:
    """``undecided`` of each row of the table inventory."""
    left_open = {c: {text for text in inventory[c].unique() if undecided(c, text)} for c in ANSWERS}
    found = [
        [column for column, text in zip(ANSWERS, texts, strict=True) if text in left_open[column]]
        for texts in inventory.select(ANSWERS).iter_rows()
    ]
    unnamed = inventory[_ACCOUNTS].list.len() == 0
    lists = [[*row, _ACCOUNTS] if none else row for row, none in zip(found, unnamed, strict=True)]
    return pl.Series("undecided", lists, dtype=pl.List(pl.String))
