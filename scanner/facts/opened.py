"""Operations that are asked for against the direction of their conversation: a conduit says who opens it.

A charging station opens the connection in which its management system commands it. What is asked for in it has the
permission of that conversation, beside what conduits say of connections that who asks opens himself.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from scanner.facts.relatives import ANSWERS, TURNED, answered_anew
from scanner.facts.schema import PATH

_SIDES = {
    f"{before}{one}{after}": f"{before}{other}{after}"
    for before, after in (("", ""), ("", "_zone"), ("_", ""))
    for one, other in (("client", "server"), ("server", "client"))
}


def turned(rows: pl.DataFrame) -> pl.DataFrame:
    """Paths with their ends in each other's place."""
    return rows.rename({name: other for name, other in TURNED.items() if name in rows.columns}).select(rows.columns)


def backwards(operations: pl.DataFrame, flows: pl.DataFrame) -> pl.Series:
    """Of each operation, whether it is asked by who was called."""
    paths, known = operations.select(PATH).unique(), flows.select(PATH).unique()
    strays = paths.join(known, on=list(PATH), how="anti", nulls_equal=True)
    found = turned(turned(strays).join(known, on=list(PATH), how="semi", nulls_equal=True))
    if found.is_empty():
        return pl.repeat(value=False, n=operations.height, dtype=pl.Boolean, eager=True)
    found = found.with_columns(_backwards=pl.lit(value=True))
    beside = operations.select(PATH).join(found, on=list(PATH), how="left", nulls_equal=True, maintain_order="left")
    return beside["_backwards"].fill_null(value=False)


def as_opened(judged: pl.DataFrame, flows: pl.DataFrame, ask: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
    """Operations with the permission of their conversation, where none of their own allows them. ask: adds what the
    policy says of rows whose servers are the clients.
    """
    forbidden = judged.select(*PATH, "allowed").with_row_index("_row").filter(~pl.col("allowed").fill_null(value=False))
    asks = forbidden["_row"].filter(backwards(forbidden, flows))
    if asks.is_empty():
        return judged
    answered = ask(judged[asks].rename(_SIDES)).select(*ANSWERS).with_columns(asks)
    return answered_anew(judged, answered)
