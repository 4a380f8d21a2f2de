"""What files are called, whatever folder they lie in: as Windows compares names, and other systems write them."""

from __future__ import annotations

import polars as pl

_STREAM = r"(?i)::?\$[a-z_]+$"  # the type of a stream of NTFS
_VERSION = r";-?\d*$"  # of OpenVMS
_EDGES = " \t.\"'"  # quotes of commands; Windows leaves out blanks and dots at the end


def file_names(operations: pl.DataFrame) -> pl.Series:
    """The column ``file`` of the operations."""
    whole = pl.col("object").str.strip_chars("\"'").str.replace(_STREAM, "")
    last = whole.str.extract(r"([^\\/]*)$").str.replace(_VERSION, "")
    name = last.str.strip_chars_end(_EDGES).str.strip_chars_start("\"' ").str.to_lowercase()
    of_file = pl.col("verb").cast(pl.String).str.starts_with("file-")
    return operations.select(file=pl.when(of_file).then(name).otherwise(pl.lit(""))).to_series()
