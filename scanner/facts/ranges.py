"""The texts of objects as ranges, so that registers 10-19 and register 15 are seen to overlap."""

from __future__ import annotations

import polars as pl

# "holding register 100-102", "DM 5", "%M byte 8 x 4". A hyphen or an equals sign before the number belongs to a name.
_RANGE = r"^([^=]*?[^\d=-])(\d{1,10})(?:-(\d{1,10})| x (\d{1,10}))?$"
# S7 writes the same bytes as bits (DB1.DBX0.3, M10.0), bytes, words and double words (DB1.DBD0 x 2).
_S7 = r"^(D[BI]\d{1,5}\.D[BI]|PI|P|I|Q|M|L|V)([XBWD]?)(\d{1,8})(?:\.([0-7]))?(?: x (\d{1,5}))?$"
_BITS = {"B": 8, "W": 16, "D": 32}


def ranges(objects: pl.DataFrame) -> pl.DataFrame:
    """``space``, ``low`` and ``high`` (included) of each row of ``protocol`` and ``object``: two rows touch the same
    when their spaces are equal and their ranges overlap. What is no range is a space of its own.
    """
    text = pl.col("object")
    s7 = text.str.extract_groups(_S7)
    found = objects.select(
        "object",
        *_groups(text.str.extract_groups(_RANGE), "space", "low", "last", "items"),
        *_groups(pl.when(pl.col("protocol") == "s7comm").then(s7), "area", "width", "byte", "bit", "times"),
    ).with_columns(size=pl.col("width").replace_strict(_BITS, default=None, return_dtype=pl.Int64))
    number = {n: pl.col(n).cast(pl.Int64) for n in ("low", "last", "items", "byte", "bit", "times")}
    in_bits = pl.col("bit").is_not_null() | pl.col("size").is_not_null()
    low = 8 * number["byte"] + number["bit"].fill_null(0)
    length = pl.col("size").fill_null(1) * number["times"].fill_null(1)
    last = pl.coalesce(number["last"], number["low"] + number["items"] - 1, number["low"], pl.lit(0))
    return found.select(
        space=pl.when(in_bits).then(pl.col("area") + " in bits").otherwise(pl.coalesce("space", "object")),
        low=pl.when(in_bits).then(low).otherwise(number["low"].fill_null(0)),
        high=pl.when(in_bits).then(low + length - 1).otherwise(last),
    ).with_columns(high=pl.max_horizontal("low", "high"))


def _groups(match: pl.Expr, *names: str) -> list[pl.Expr]:
    """The groups of a match; null where nothing matched."""
    return [match.struct.field(str(number)).alias(name) for number, name in enumerate(names, 1)]
