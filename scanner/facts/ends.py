"""Who is at the ends of conversations: everybody once, and the columns that say so beside the rows of a table."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from scanner.addresses import is_ip, is_own_broadcast, is_routed_group
from scanner.assets.devices import EndKey, Endpoint, Plant
from scanner.facts.frames import Facts, polars_schema, series
from scanner.facts.schema import FLOWS, MALFORMED, OPERATIONS, PUBLICATIONS, SESSIONS
from scanner.facts.scope import controls

END = ("client", "server")
CONVERSED = (FLOWS, OPERATIONS, SESSIONS, MALFORMED, PUBLICATIONS)
_END_COLUMNS = ("device", "name", "zone", "level", "roles", "assigned_roles", "listed", "public")
_KEYS = ("address", "mac", "vlan")


@dataclass(frozen=True)
class Ends:
    """Everybody at an end of a conversation, each once, and who has an address in which frames."""

    known: Sequence[Endpoint]
    columns: pl.DataFrame  # of ``_END_COLUMNS``, a row for each of ``known``
    stays: pl.Series  # of ``known``, who is in no zone of their own and reached in the sender's network only
    groups: pl.Series  # of ``known``, multicast and broadcast addresses
    directed: pl.Series  # of ``known``, broadcast addresses of a subnet in a zone
    routed: pl.Series  # of ``known``, groups whose packets routers pass on
    macs: pl.Series  # of ``known``, the MAC address of its own
    numbers: pl.DataFrame  # ``_KEYS`` and ``who``, an index into ``known``

    @classmethod
    def of(cls, facts: Facts, plant: Plant) -> Ends:
        """The ends of all conversations, whatever table they are in."""
        filled = [facts[table.name] for table in CONVERSED if facts[table.name].height] or [facts[FLOWS.name]]
        keys = pl.concat(
            rows.select(end, f"{end}_mac", "vlan").unique(maintain_order=True).rename(_as_keys(end))
            for rows in filled
            for end in END
        ).unique(maintain_order=True)
        numbers: dict[EndKey, int] = {}
        places = [numbers.setdefault(plant.who(*key), len(numbers)) for key in keys.iter_rows()]
        known = [plant.endpoint(who) for who in numbers]
        return cls.known_as(known, keys.with_columns(who=pl.Series(places, dtype=pl.Int64)))

    @classmethod
    def known_as(cls, known: Sequence[Endpoint], numbers: pl.DataFrame) -> Ends:
        """Ends of which this is known."""
        schema = polars_schema(FLOWS, derived=True)
        columns = {c: series(c, [getattr(e, c) for e in known], schema[f"client_{c}"]) for c in _END_COLUMNS}
        columns["controls"] = pl.Series([controls(e.roles, e.assigned_roles) for e in known], dtype=pl.Boolean)
        stays = pl.Series([not e.zone and (e.group or e.local) for e in known], dtype=pl.Boolean)
        groups = pl.Series([e.group for e in known], dtype=pl.Boolean)
        directed = pl.Series([bool(e.zone) and e.group for e in known], dtype=pl.Boolean)
        routed = pl.Series([e.group and is_routed_group(e.name) for e in known], dtype=pl.Boolean)
        macs = pl.Series([e.mac for e in known], dtype=pl.String)
        return cls(known, pl.DataFrame(columns), stays, groups, directed, routed, macs, numbers)

    def own_broadcasts(self, rows: pl.DataFrame) -> pl.Series:
        """The rows whose server is a broadcast address of the client's own network, as far as can be told."""
        if not self.directed.any():
            return pl.Series([False], dtype=pl.Boolean).new_from_index(0, rows.height)
        pair = ["client", "_server"]
        pairs = rows.filter(self.directed[rows["_server"]]).select(pair).unique()
        own = [(client, server) for client, server in pairs.iter_rows() if _is_own(client, self.known[server])]
        found = pl.DataFrame(own, schema=pairs.schema, orient="row").with_columns(own=pl.lit(value=True))
        return rows.select(pair).join(found, on=pair, how="left", maintain_order="left")["own"].fill_null(value=False)


def beside(stored: pl.DataFrame, clients: Ends, servers: Ends, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """The table with who its ends are, or these columns of that; their indices are ``_client`` and ``_server``."""
    numbered = stored
    for end, ends in zip(END, (clients, servers), strict=True):
        keys = {key: name for name, key in _as_keys(end).items()}
        who = ends.numbers.rename({**keys, "who": f"_{end}"})
        own = list(keys.values())
        asked = numbered.select(own).join(who, on=own, how="left", nulls_equal=True, maintain_order="left")
        known = ends.columns if columns is None else ends.columns.select(columns)
        found = known[asked[f"_{end}"]]
        numbered = numbered.hstack([asked[f"_{end}"], *found.rename({c: f"{end}_{c}" for c in found.columns})])
    here = servers.stays[numbered["_server"]] & ~_passed_on(numbered, clients, servers)
    here |= servers.own_broadcasts(numbered)
    return numbered.with_columns(
        server_zone=pl.when(here).then("client_zone").otherwise("server_zone"),
        server_level=pl.when(here).then("client_level").otherwise("server_level"),
    )


def _passed_on(rows: pl.DataFrame, clients: Ends, servers: Ends) -> pl.Series:
    """The rows whose frames to a group a router sent for the client: where the group is reached is not known."""
    routed = servers.routed[rows["_server"]]
    if not routed.any():
        return routed
    own = clients.macs[rows["_client"]]
    return routed & ((rows["client_mac"] != "") & (rows["client_mac"] != own)).fill_null(value=False)


def _is_own(client: str, broadcast: Endpoint) -> bool:
    """The policy's network decides; where it has none that ends there, any mask that fits."""
    network = broadcast.broadcast_of
    if network is None or not is_ip(client):
        return is_own_broadcast(client, broadcast.name)
    return ipaddress.ip_address(client) in network


def _as_keys(end: str) -> dict[str, str]:
    return dict(zip((end, f"{end}_mac", "vlan"), _KEYS, strict=True))
