"""Derived tables and columns: who the ends of every conversation are, and whether the policy allows it.

Distinct addresses and distinct questions to the policy are answered once each and joined back, so that the time
depends on how many different things were seen, not on how often.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from scanner.assets.devices import Endpoint, Evidence, Plant
from scanner.facts.frames import Facts, frame, polars_schema, series
from scanner.facts.schema import CONDUITS, DEVICES, FLOWS, INVENTORY, OPERATIONS, SESSIONS, TABLES, ZONES, Table
from scanner.policy.permission import Judgement, Permission, Ports, Traffic
from scanner.policy.windows import in_window
from scanner.protocols import protocols
from scanner.uncollected import uncollected

_END = ("client", "server")
_END_COLUMNS = ("device", "name", "zone", "level", "roles", "assigned_roles", "listed", "public")
_CONVERSED = (FLOWS, OPERATIONS, SESSIONS)
_UNZONED_PEER = ("group", "local")


@uncollected()
def enrich(facts: Facts, ports: Ports | None = None) -> dict[str, pl.DataFrame]:
    """Every table with its derived columns filled; tables that no input filled are there, empty.

    ports: where each protocol is at home, as (transport, port) pairs; from the protocol files when not given. It
    decides only about connections that carried no data.
    """
    plant = Plant(_evidence(facts))
    has_policy = facts.has("policy") or facts["zones"].height > 0
    conduits = facts["conduits"].to_dicts()
    permission = Permission(conduits, home_ports() if ports is None and conduits else ports or {})
    tables = {name: facts[name] for name, table in TABLES.items() if not table.derived}
    used: set[str] = set()
    for table in _CONVERSED:
        known = _with_ends(table, facts[table.name], plant, permission if has_policy else None, used)
        if table is OPERATIONS:
            known = known.with_columns(in_change_window=in_window(facts["change_windows"].to_dicts(), known))
        tables[table.name] = known.select(list(polars_schema(table, derived=True)))
    devices = plant.device_rows()
    tables["devices"] = frame(DEVICES, devices)
    tables["inventory"] = _beside(INVENTORY, facts["inventory"], plant.inventory_columns())
    has_capture = facts.has("capture") or facts["captures"].height > 0
    inhabited = {row["zone"] for row in devices}
    tables["zones"] = _beside(
        ZONES, facts["zones"], [{"seen": z in inhabited if has_capture else None} for z in facts["zones"]["zone"]]
    )
    tables["conduits"] = _beside(
        CONDUITS,
        facts["conduits"],
        [{"used": c in used if has_capture else None} for c in facts["conduits"]["conduit"]],
    )
    return {name: tables[name] for name in TABLES}


def home_ports() -> dict[str, frozenset[tuple[str, int]]]:
    """Protocol -> the (transport, port) pairs of its framings."""
    return {
        name: frozenset(
            ("ethernet" if transport == "ethertype" else transport, port)
            for framing in (protocol.framing, *protocol.more_framings)
            for transport, listed in framing.ports.items()
            for port in listed
        )
        for name, protocol in protocols().items()
    }


# --- what the plant is made of ----------------------------------------------------------------------------------------


def _evidence(facts: Facts) -> Evidence:
    path = ["client", "client_mac", "server", "server_mac"]
    deeds = (
        facts["operations"]
        .filter(pl.col("industrial").fill_null(value=False))
        .group_by([*path, "protocol", "verb"])
        .agg(answered=(pl.col("accepted").fill_null(0) + pl.col("refused").fill_null(0)).sum())
        .sort([*path, "protocol", "verb"])
    )
    key = [*path, "transport", "server_port", "protocol", "industrial"]
    links = (
        facts["flows"]
        .group_by(key)
        .agg(asked=(pl.col("client_packets") > 0).any(), answered=(pl.col("server_packets") > 0).any())
        .with_columns(pl.col("industrial", "asked", "answered").fill_null(value=False))
        .sort(key)
    )
    tunnels = facts["flows"].filter(pl.col("tunnel") != "")
    ends = pl.concat([tunnels.select("tunnel", address=f"tunnel_{end}") for end in _END])
    return Evidence(
        sightings=facts["sightings"].to_dicts(),
        identities=facts["identities"].to_dicts(),
        deeds=deeds.to_dicts(),
        links=links.to_dicts(),
        tunnels=ends.filter(pl.col("address") != "").unique().sort(pl.all()).rows(),
        inventory=facts["inventory"].to_dicts(),
        zones=facts["zones"].to_dicts(),
        roles=facts["roles"].to_dicts(),
        has_capture=facts.has("capture") or facts["captures"].height > 0,
        has_inventory=facts.has("inventory") or facts["inventory"].height > 0,
        has_policy=facts.has("policy") or facts["zones"].height > 0,
    )


# --- joining answers back ---------------------------------------------------------------------------------------------


def _beside(table: Table, stored: pl.DataFrame, rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Stored columns and the derived ones, row by row, in the order of the schema."""
    schema = polars_schema(table, derived=True)
    rows = list(rows)
    derived = {
        c.name: series(c.name, [row[c.name] for row in rows], schema[c.name]) for c in table.columns if c.derived
    }
    return stored.with_columns(**derived).select(list(schema))


def _with_ends(
    table: Table, stored: pl.DataFrame, plant: Plant, permission: Permission | None, used: set[str]
) -> pl.DataFrame:
    """The table with who the ends are and what the policy says."""
    schema = polars_schema(table, derived=True)
    numbered = stored
    ends: dict[str, list[Endpoint]] = {}
    for end in _END:
        keys = [end, f"{end}_mac", "vlan"]
        distinct = stored.select(keys).unique(maintain_order=True)
        ends[end] = [plant.endpoint(address, mac, vlan) for address, mac, vlan in distinct.iter_rows()]
        columns = {
            f"{end}_{c}": series(f"{end}_{c}", [getattr(e, c) for e in ends[end]], schema[f"{end}_{c}"])
            for c in _END_COLUMNS
        }
        distinct = distinct.with_columns(**columns, **{f"_{end}": pl.int_range(distinct.height, dtype=pl.Int64)})
        numbered = numbered.join(distinct, on=keys, how="left", nulls_equal=True, maintain_order="left")
    numbered = _peers_of_groups(numbered, ends["server"])
    return _judged(table, numbered, ends, permission, used)


def _peers_of_groups(numbered: pl.DataFrame, servers: list[Endpoint]) -> pl.DataFrame:
    """Multicast, broadcast and link-local traffic stays in the sender's network: its zone is the sender's."""
    stays = [i for i, e in enumerate(servers) if not e.zone and any(getattr(e, mark) for mark in _UNZONED_PEER)]
    here = pl.col("_server").is_in(stays)
    return numbered.with_columns(
        server_zone=pl.when(here).then("client_zone").otherwise("server_zone"),
        server_level=pl.when(here).then("client_level").otherwise("server_level"),
    )


def _judged(
    table: Table,
    numbered: pl.DataFrame,
    ends: Mapping[str, list[Endpoint]],
    permission: Permission | None,
    used: set[str],
) -> pl.DataFrame:
    if permission is None:
        return numbered.with_columns(
            crosses_zones=pl.lit(None, pl.Boolean), conduit=pl.lit(""), allowed=pl.lit(None, pl.Boolean)
        )
    payload = pl.lit(value=True)
    if table is FLOWS:
        payload = (pl.col("client_bytes").fill_null(0) + pl.col("server_bytes").fill_null(0)) > 0
    verb = pl.col("verb") if table is OPERATIONS else pl.lit(None, pl.String)
    question = ["client_zone", "server_zone", "transport", "server_port", "protocol", "_verb", "_payload", "client"]
    question.append("_client")
    numbered = numbered.with_columns(_verb=verb, _payload=payload)
    distinct = numbered.select(question).unique(maintain_order=True)
    answers: list[Judgement] = []
    for *asked, client in distinct.iter_rows():
        who = ends["client"][client]
        traffic = Traffic._make((*asked, who.mac, who.names))
        answers.append(permission.judge(traffic))
        used.update(answers[-1].conduits)
    distinct = distinct.with_columns(
        crosses_zones=pl.Series([a.crosses for a in answers], dtype=pl.Boolean),
        conduit=pl.Series([a.conduit for a in answers], dtype=pl.String),
        allowed=pl.Series([a.allowed for a in answers], dtype=pl.Boolean),
    )
    return numbered.join(distinct, on=question, how="left", nulls_equal=True, maintain_order="left")
