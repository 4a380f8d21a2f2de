"""Where the outer ends of tunnels are, and whether a tunnel leads from one zone to another, whatever it carries."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from scanner.addresses import address_of, is_ip
from scanner.policy.membership import Membership

_ENDS = ("tunnel_client", "tunnel_server")
_DMZ = 3.5  # level up to which a zone is the plant's own


def zones_of_ends(flows: pl.DataFrame, membership: Membership) -> dict[str, str]:
    """Address of each end of the tunnels -> its zone."""
    ends = {address for name in _ENDS for address in flows[name].unique() if is_ip(address)}
    return {address: membership.zone_of(addresses=[address_of(address)]).zone for address in ends}


def tunnel_crosses_zones(flows: pl.DataFrame, zones: Mapping[str, str]) -> pl.Series:
    """For each flow whether the ends of its tunnel are in two zones; null where one is in none. zones: of the ends."""
    if not any(zones.values()):
        return pl.Series("tunnel_crosses_zones", [None], pl.Boolean).new_from_index(0, flows.height)
    client, server = (pl.col(name).replace_strict(zones, default="", return_dtype=pl.String) for name in _ENDS)
    placed = (client != "") & (server != "")
    return flows.select(tunnel_crosses_zones=pl.when(placed).then(client != server))["tunnel_crosses_zones"]


def tunnel_leads_out(flows: pl.DataFrame, zones: Mapping[str, str], membership: Membership) -> pl.Series:
    """For each flow whether its tunnel joins a zone up to the DMZ with the Internet. zones: of the ends."""
    levels = {zone: membership.levels.get(zone) for zone in zones.values() if zone}
    plant = {address for address, zone in zones.items() if zone and (levels[zone] or 0.0) <= _DMZ}
    public = {address for address in zones if address not in plant and address_of(address).public}
    here, there = (pl.any_horizontal(pl.col(name).is_in(found) for name in _ENDS) for found in (plant, public))
    return flows.select(tunnel_leads_out=here & there)["tunnel_leads_out"]
