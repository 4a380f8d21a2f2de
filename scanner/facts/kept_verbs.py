"""Whether nothing was done in a conversation but what the verbs of its conduits name."""

from __future__ import annotations

from functools import cache

import polars as pl

from scanner.facts.opened import backwards, turned
from scanner.facts.schema import PATH
from scanner.protocols import protocols
from scanner.protocols.base import Verb

_UNSEEN = ("missing", "unread", "cut", "contradictory")
_LACKING = tuple(f"{end}_{what}" for end in ("client", "server") for what in _UNSEEN)


def verbs_kept(flows: pl.DataFrame, operations: pl.DataFrame, conduits: pl.DataFrame) -> pl.DataFrame:
    """The flows with ``verbs_kept``: false when an operation of it has a verb that its conduits exclude, null when it
    may have one: the verb of one is not known, or conduits limit verbs and not all was read that its client sent, or
    its server, in a protocol in which both ask. Null without a policy and of ends in no zone.
    """
    if flows.is_empty():
        return flows
    path = list(PATH)
    excluded = pl.col("verb_excluded").fill_null(value=False)
    unknown = pl.col("verb_excluded").is_null() & pl.col("crosses_zones").fill_null(value=False)
    done = operations.select(*path, _excluded=excluded, _unknown=unknown).filter(
        pl.col("_excluded") | pl.col("_unknown")
    )
    against = backwards(done, flows)
    done = pl.concat([done.filter(~against), turned(done.filter(against))])
    done = done.group_by(path).agg(pl.col("_excluded", "_unknown").any())
    limits = pl.col("verbs").list.len() > 0
    named = pl.col("verbs").list.contains(Verb.UNKNOWN.value)
    limited = conduits.select("conduit", _limited=limits & ~named).unique("conduit")
    beside = flows.select(*path, *("conduit", "crosses_zones", "protocols", "client_bytes", "server_bytes"), *_LACKING)
    beside = beside.join(done, on=path, how="left", nulls_equal=True, maintain_order="left")
    beside = beside.join(limited, on="conduit", how="left", maintain_order="left")
    lacking = _lacks("client") | (pl.col("protocols").list.set_intersection(_mutual()).list.len() > 0) & _lacks(
        "server"
    )
    answers_alone = (pl.col("client_bytes").fill_null(0) == 0) & (pl.col("server_bytes").fill_null(0) > 0)
    doubtful = pl.col("_limited").fill_null(value=False) & (lacking | answers_alone)
    told = beside.select(
        verbs_kept=pl.when(pl.col("_excluded").fill_null(value=False))
        .then(pl.lit(value=False))
        .when(pl.col("crosses_zones").is_not_null() & ~doubtful & ~pl.col("_unknown").fill_null(value=False))
        .then(pl.lit(value=True))
    )
    return flows.with_columns(told["verbs_kept"])


def _lacks(end: str) -> pl.Expr:
    return pl.any_horizontal(*(pl.col(f"{end}_{what}").fill_null(0) > 0 for what in _UNSEEN))


@cache
def _mutual() -> list[str]:
    """Protocols in which both ends ask."""
    return [name for name, known in protocols().items() if known.both_ask]
