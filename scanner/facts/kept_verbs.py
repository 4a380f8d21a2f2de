"""Whether nothing was done in a conversation but what the verbs of its conduits name."""

from __future__ import annotations

import polars as pl

from scanner.facts.schema import PATH
from scanner.protocols.base import Verb

_LACKING = tuple(f"client_{what}" for what in ("missing", "unread", "cut", "contradictory"))


def verbs_kept(flows: pl.DataFrame, operations: pl.DataFrame, conduits: pl.DataFrame) -> pl.DataFrame:
    """The flows with ``verbs_kept``: false when an operation of it has a verb that its conduits exclude, null when it
    may have one: the verb of one is not known, or conduits limit verbs and not all that its client sent was read. Null
    without a policy and of ends in no zone.
    """
    path = list(PATH)
    excluded = pl.col("verb_excluded").fill_null(value=False)
    unknown = pl.col("verb_excluded").is_null() & pl.col("crosses_zones").fill_null(value=False)
    done = operations.select(*path, _excluded=excluded, _unknown=unknown).filter(
        pl.col("_excluded") | pl.col("_unknown")
    )
    done = done.group_by(path).agg(pl.col("_excluded", "_unknown").any())
    limits = pl.col("verbs").list.len() > 0
    named = pl.col("verbs").list.contains(Verb.UNKNOWN.value)
    limited = conduits.select("conduit", _limited=limits & ~named).unique("conduit")
    beside = flows.select(*path, "conduit", "crosses_zones", *_LACKING, "client_bytes", "server_bytes")
    beside = beside.join(done, on=path, how="left", nulls_equal=True, maintain_order="left")
    beside = beside.join(limited, on="conduit", how="left", maintain_order="left")
    lacking = pl.any_horizontal(*(pl.col(name).fill_null(0) > 0 for name in _LACKING))
    answers_alone = (pl.col("client_bytes").fill_null(0) == 0) & (pl.col("server_bytes").fill_null(0) > 0)
    doubtful = pl.col("_limited").fill_null(value=False) & (lacking | answers_alone)
    told = beside.select(
        verbs_kept=pl.when(pl.col("_excluded").fill_null(value=False))
        .then(pl.lit(value=False))
        .when(pl.col("crosses_zones").is_not_null() & ~doubtful & ~pl.col("_unknown").fill_null(value=False))
        .then(pl.lit(value=True))
    )
    return flows.with_columns(told["verbs_kept"])
