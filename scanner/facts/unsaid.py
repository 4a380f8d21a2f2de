"""What an inventory leaves open of what it may be asked."""

from __future__ import annotations

import polars as pl

from scanner.assets.answers_given import ANSWERS, undecided

_ACCOUNTS = "accounts"


def undecided_column(inventory: pl.DataFrame) -> pl.Series:
    """``undecided`` of each row of the table inventory."""
    left_open = {c: [text for text in inventory[c].unique() if undecided(c, text)] for c in ANSWERS}
    named = {c: pl.col(c).cast(pl.String).is_in(texts) for c, texts in left_open.items()}
    named |= {_ACCOUNTS: pl.col(_ACCOUNTS).list.len() == 0}
    columns = [pl.when(is_open).then(pl.lit(column)) for column, is_open in named.items()]
    return inventory.select(undecided=pl.concat_list(columns).list.drop_nulls())["undecided"]
