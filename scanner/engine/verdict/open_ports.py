"""Conversations that the policy allows whatever is said in them."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from scanner.policy.services import ANY, parse_service
from scanner.protocols.base import Verb

_KEY = ("conduit", "transport", "server_port")


def allowed_anyhow(flows: pl.DataFrame, conduits: pl.DataFrame) -> pl.Series:
    """Of each conversation that was not recognised, whether its conduit names its port, not a protocol, and limits
    neither verbs nor asks for encryption.
    """
    allowed = (pl.col("protocol") == "") & pl.col("allowed") & (pl.col("conduit") != "")
    asked = flows.filter(allowed.fill_null(value=False)).select(_KEY).unique()
    if not asked.height:
        return pl.Series([False]).new_from_index(0, flows.height)
    unlimited = (pl.col("verbs").list.len() == 0) | pl.col("verbs").list.contains(Verb.UNKNOWN.value)
    open_ = conduits.filter(unlimited & ~pl.col("encrypted").fill_null(value=False))
    named = dict(open_.select("conduit", "protocols").iter_rows())
    holds = [_names(named.get(conduit, ()), transport, port) for conduit, transport, port in asked.iter_rows()]
    found = flows.select(*_KEY, _asked=allowed).join(
        asked.with_columns(_open=pl.Series(holds, dtype=pl.Boolean)), on=_KEY, how="left", maintain_order="left"
    )
    return (found["_asked"] & found["_open"]).fill_null(value=False)


def _names(words: Iterable[str], transport: str, port: int) -> bool:
    services = [parse_service(word) for word in words if word != ANY]
    return ANY in words or any(service is not None and service.covers(transport, port) for service in services)
