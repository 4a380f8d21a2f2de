"""What traffic counts as, whatever its protocol: a change to a device of the plant, an attempt to connect."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from scanner.vocabulary import CONTROL_ROLES


def controls(roles: Iterable[str], assigned: Iterable[str]) -> bool | None:
    """Whether a device belongs to the control of the process, by what the policy or the inventory calls it or by what
    it serves. None when nobody says what it is: a laptop and a controller answer FTP alike.
    """
    if not CONTROL_ROLES.isdisjoint(roles):
        return True
    return False if any(assigned) else None


def attempts(flows: pl.DataFrame) -> pl.Series:
    """Of each flow that came to nothing, how: "refused" when the server, or somebody for it, sent something back, and
    "unanswered"; empty when data or a whole handshake was seen, and at layer 2, where nobody connects.
    """
    came = pl.col("established").fill_null(value=True) | (pl.col("transport") == "ethernet")
    answered = (pl.col("server_packets").fill_null(0) > 0) | (pl.col("refused").fill_null(0) > 0)
    kind = pl.when(came).then(pl.lit("")).when(answered).then(pl.lit("refused")).otherwise(pl.lit("unanswered"))
    return flows.select(attempt=kind).to_series()
