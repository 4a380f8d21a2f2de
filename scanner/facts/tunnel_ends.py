"""Whether a tunnel leads from one zone of the policy to another, whatever it carries."""

from __future__ import annotations

import polars as pl

from scanner.addresses import address_of, is_ip
from scanner.facts.frames import Facts
from scanner.policy.membership import Membership

_ENDS = ("tunnel_client", "tunnel_server")


def tunnel_crosses_zones(flows: pl.DataFrame, facts: Facts) -> pl.Series:
    """For each flow whether the outer ends of its tunnel are in two zones; null where one is in none."""
    ends = {a for name in _ENDS for a in flows[name].unique() if a and is_ip(a)}
    if not ends or not facts["zones"].height:
        return pl.Series("tunnel_crosses_zones", [None] * flows.height, pl.Boolean)
    book = Membership.of(facts["zones"].to_dicts())
    zones = {address: book.zone_of(addresses=[address_of(address)]).zone for address in ends}
    client, server = (pl.col(name).replace_strict(zones, default="", return_dtype=pl.String) for name in _ENDS)
    placed = (client != "") & (server != "")
    return flows.select(tunnel_crosses_zones=pl.when(placed).then(client != server))["tunnel_crosses_zones"]
