"""Clients that the same conduits name are asked about once, with the answers that each row would have by itself."""

from __future__ import annotations

from itertools import product

import polars as pl

from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts, frame
from scanner.facts.schema import TABLES
from scanner.policy.permission import Permission, Traffic
from scanner.provenance import Provenance

ZONES = {"a": "10.1.0.0/16", "b": "10.2.0.0/16", "": ""}
CLIENTS = ("10.1.0.1", "10.1.0.2", "10.1.9.3", "10.2.0.1", "10.9.0.1")
SERVERS = ("10.1.0.1", "10.2.0.1", "10.2.0.2", "10.9.0.1")
CONDUITS = [
    {"conduit": "one", "from_zone": "a", "to_zone": "b", "protocols": ["modbus"], "clients": ["10.1.0.1"]},
    {"conduit": "two", "from_zone": "a", "to_zone": "b", "protocols": ["any"], "clients": ["10.1.9.0/24", "Panel"]},
    {"conduit": "three", "from_zone": "b", "to_zone": "a", "protocols": ["tcp/80"], "verbs": ["read"]},
]


def _facts() -> Facts:
    flows = [
        {
            "capture": "c",
            "transport": "tcp",
            "client": client,
            "server": server,
            "server_port": port,
            "vlan": -1,
            "tunnel_id": 0,
            "protocol": protocol,
            "recognised_by": known,
            "client_bytes": size,
            "server_bytes": size,
        }
        for client, server, (port, protocol), known, size in product(
            CLIENTS, SERVERS, ((502, "modbus"), (80, ""), (80, "http")), ("content", "port"), (0, 9)
        )
    ]
    tables = {
        "flows": frame(TABLES["flows"], flows),
        "zones": frame(TABLES["zones"], [{"zone": z, "subnets": [n], "level": 1.0} for z, n in ZONES.items() if z]),
        "conduits": frame(TABLES["conduits"], [{"both_ways": False} | row for row in CONDUITS]),
        "inventory": frame(TABLES["inventory"], [{"source": "i", "row": 2, "name": "Panel", "ips": ["10.1.0.2"]}]),
    }
    return Facts(tables, tuple(Provenance(kind, kind, 1, "00") for kind in ("capture", "inventory", "policy", "zones")))


def test_the_answers_are_those_of_each_row() -> None:
    facts = _facts()
    tables = enrich(facts, ports={"modbus": {("tcp", 502)}})
    permission = Permission(facts["conduits"].to_dicts(), {"modbus": {("tcp", 502)}})
    used = set()
    for row in tables["flows"].iter_rows(named=True):
        traffic = Traffic(
            *(row["client_zone"], row["server_zone"], row["transport"], row["server_port"], row["protocol"], None),
            *(row["client_bytes"] + row["server_bytes"] > 0, row["client"], ""),
            *(("Panel",) if row["client"] == "10.1.0.2" else (), row["sealed"]),
        )
        ask = permission.guess if row["recognised_by"] == "port" else permission.judge
        answer = ask(traffic)
        found = row["crosses_zones"], row["conduit"], row["allowed"]
        assert found == (answer.crosses, answer.conduit, answer.allowed), traffic
        used |= set(answer.conduits)
    assert used == set(tables["conduits"].filter(pl.col("used"))["conduit"])
    assert set(tables["flows"]["allowed"].unique()) == {True, False, None}
