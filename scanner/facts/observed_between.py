"""What was seen between two zones, and for how long traffic between them would have been seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

_SERVICE = ("client_zone", "server_zone", "transport", "server_port")


class ObservedBetween(NamedTuple):
    """Seconds: pairs of zones, in order, of which something was seen; boundaries of zones; devices by their ids.

    services: transports and ports that anybody in one zone sent to in another, answered or not; None without captures.
    turned: pairs with conversations of which it is not known who began them.
    """

    pairs: Mapping[tuple[str, str], float]
    boundaries: Mapping[str, float]
    devices: Mapping[str, float]
    services: Mapping[tuple[str, str], set[tuple[str, int]]] | None
    turned: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, flows: pl.DataFrame, observations: pl.DataFrame, *, captured: bool) -> ObservedBetween:
        """From the tables, with their derived columns. captured: there were captures."""
        kind = pl.col("kind")
        pairs = observations.filter(kind == "pair").select("zone", "other_zone", "seconds")
        zones = observations.filter((kind == "zone") & (pl.col("boundary") != "")).select("zone", "boundary_seconds")
        devices = observations.filter(kind == "device").select("device", "seconds")
        both = {(min(one, other), max(one, other)): seconds or 0.0 for one, other, seconds in pairs.iter_rows()}
        crossing = flows.filter(pl.col("crosses_zones").fill_null(value=False))
        services: dict[tuple[str, str], set[tuple[str, int]]] = {}
        for client, server, transport, port in crossing.select(_SERVICE).unique().iter_rows():
            services.setdefault((client, server), set()).add((transport, port))
        turned = crossing.filter(pl.col("opened_by") == "first").select("client_zone", "server_zone").unique().rows()
        seen = services if captured else None
        return cls(both, dict(zones.iter_rows()), dict(devices.iter_rows()), seen, frozenset(turned))

    def of_pair(self, one: str, other: str) -> float:
        """As rules about boundaries have it: one of the two boundaries was seen, or traffic between just these."""
        direct = self.pairs.get((min(one, other), max(one, other)), 0.0)
        return max(direct, self.boundaries.get(one) or 0.0, self.boundaries.get(other) or 0.0)
