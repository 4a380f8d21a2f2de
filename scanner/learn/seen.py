"""What the captures show, as zones are learned from it: nodes, the relations between them, and what was done.

A node is a device, or the address of one that only answers to it. Groups (multicast, broadcast), link-local addresses
and hosts of the Internet are ends of relations, but never members of a zone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import polars as pl

from scanner.addresses import address_of, is_group_mac, is_ip, is_mac
from scanner.vocabulary import ROLE_OF_TYPE, ROLES

Tables = Mapping[str, pl.DataFrame]

SLICES = 20  # of the time that the captures span; how lasting a relation is, is counted in them
_END = ("client", "server")


class Participant(NamedTuple):
    """A device or address.

    addresses: that a policy may list, without link-local ones. vlan: its own, -1 when it has none or several.
    assigned: roles of the inventory; reasons: of all roles. zone, level: of the inventory. member: may be in a zone.
    """

    id: str
    name: str
    addresses: tuple[str, ...]
    mac: str
    vlan: int
    roles: frozenset[str]
    assigned: frozenset[str]
    reasons: tuple[str, ...]
    listed: bool | None
    zone: str
    level: float | None
    packets: int
    first: datetime | None
    last: datetime | None
    member: bool


@dataclass(frozen=True)
class SeenTraffic:
    """nodes: by id, in order. relations, operations: see ``_relations`` and ``_operations``. seconds: captured time."""

    nodes: dict[str, Participant]
    relations: pl.DataFrame
    operations: pl.DataFrame
    seconds: float
    first: datetime | None
    last: datetime | None

    @classmethod
    def of(cls, tables: Tables) -> SeenTraffic:
        """From the tables of ``scanner.facts.enrich``."""
        flows, operations = _numbered(tables["flows"]), _numbered(tables["operations"])
        moments = pl.concat([flows["first_time"], flows["last_time"]]).drop_nulls().sort()
        times = [moments[0], moments[-1]] if len(moments) else [None, None]
        seconds = (moments[-1] - moments[0]).total_seconds() if len(moments) else 0.0
        relations = _relations(flows, seconds)
        nodes = _nodes(tables, relations)
        return cls(nodes, relations, _operations(operations, flows), seconds, times[0], times[1])


def _numbered(table: pl.DataFrame) -> pl.DataFrame:
    """With the node of each end: ``c`` and ``s``."""
    return table.with_columns(
        pl.when(pl.col(f"{end}_device") != "").then(f"{end}_device").otherwise(end).alias(end[0]) for end in _END
    )


def _service() -> pl.Expr:
    """How a conduit names it: the protocol recognised by content, else the port, EtherType or IP protocol."""
    kind, port = pl.col("transport"), pl.col("server_port").fill_null(0)
    return (
        pl.when(pl.col("protocol") != "")
        .then("protocol")
        .when(kind == "ethernet")
        .then(pl.format("ethertype/0x{}", _hex(port)))
        .when(kind.str.starts_with("ip-"))
        .then(kind.str.replace("-", "/", literal=True))
        .when(kind == "icmp")
        .then(kind)
        .otherwise(pl.format("{}/{}", kind, port))
    )


def _relations(flows: pl.DataFrame, seconds: float) -> pl.DataFrame:
    """A row for each client, server and service: packets and payload of both sides, when, and first frames.

    answered: both sides took part; lasting: slices of the captured time from the first to the last packet;
    direct: the frames went from one device to the other without a router; carried: payload was seen.
    """
    direct = (pl.col("client_mac") == pl.col("c")) & (pl.col("server_mac") == pl.col("s"))
    span = (pl.col("last") - pl.col("first")).dt.total_nanoseconds() / 1e9
    both = (pl.col("client_packets") > 0) & (pl.col("server_packets") > 0)
    answered = pl.when(pl.col("transport").is_in(["tcp", "sctp"])).then(both & pl.col("established")).otherwise(both)
    rows = (
        flows.with_columns(
            service=_service(),
            answered=answered.fill_null(value=False),
            direct=direct,
            port=pl.col("server_port").fill_null(0),
        )
        .sort("first_time", "client", "server", "server_port", nulls_last=True, maintain_order=True)
        .group_by(["c", "s", "client", "server", "transport", "service"], maintain_order=True)
        .agg(
            packets=(pl.col("client_packets").fill_null(0) + pl.col("server_packets").fill_null(0)).sum(),
            asked=pl.col("client_packets").fill_null(0).sum(),
            replied=pl.col("server_packets").fill_null(0).sum(),
            client_bytes=pl.col("client_bytes").fill_null(0).sum(),
            server_bytes=pl.col("server_bytes").fill_null(0).sum(),
            connections=pl.col("connections").fill_null(0).sum(),
            ports=pl.col("port").n_unique(),
            port=pl.col("port").first(),
            answered=pl.col("answered").any(),
            direct=pl.col("direct").any(),
            industrial=pl.col("industrial").fill_null(value=False).any(),
            recognised=(pl.col("protocol") != "").any(),
            sealed=pl.col("sealed").fill_null(value=False).any(),
            server_public=pl.col("server_public").fill_null(value=False).any(),
            client_public=pl.col("client_public").fill_null(value=False).any(),
            first=pl.col("first_time").min(),
            last=pl.col("last_time").max(),
            frames=pl.col("frames").first(),
        )
    )
    lasting = (span / seconds * SLICES).ceil().clip(1, SLICES) if seconds > 0 else pl.lit(1.0)
    return rows.with_columns(
        lasting=lasting.fill_null(1).cast(pl.Int64),
        carried=(pl.col("client_bytes") + pl.col("server_bytes")) > 0,
    )


def _hex(number: pl.Expr) -> pl.Expr:
    """Four hexadecimal digits."""
    digits = [(number // 16**place) % 16 for place in (3, 2, 1, 0)]
    return pl.concat_str(pl.lit("0123456789abcdef").str.slice(digit, 1) for digit in digits)


def _operations(operations: pl.DataFrame, flows: pl.DataFrame) -> pl.DataFrame:
    """A row for each client, server, protocol and verb; ``service``: what recognises the conversation they are in."""
    path = ["capture", "transport", "client", "server", "server_port", "vlan", "tunnel", "tunnel_id"]
    main = flows.select(*path, service=_service()).unique(subset=path, keep="first", maintain_order=True)
    told = pl.when(pl.col("object") != "").then(pl.format("{} {}", "function", "object")).otherwise("function")
    return (
        operations.join(main, on=path, how="left", nulls_equal=True, maintain_order="left")
        .with_columns(
            service=pl.coalesce("service", "protocol"),
            described=told,
            count=pl.col("count").fill_null(1),
        )
        .sort("first_time", "client", "server", "protocol", "verb", "described", nulls_last=True, maintain_order=True)
        .group_by(["c", "s", "client", "server", "transport", "service", "protocol", "verb"], maintain_order=True)
        .agg(
            pl.col("count").sum(),
            refused=pl.col("refused").fill_null(0).sum(),
            accepted=pl.col("accepted").fill_null(0).sum(),
            industrial=pl.col("industrial").fill_null(value=False).any(),
            described=pl.col("described").unique(maintain_order=True).head(3),
            first=pl.col("first_time").min(),
            last=pl.col("last_time").max(),
            frames=pl.col("frames").explode().drop_nulls().unique().sort().head(5),
        )
    )


# --- nodes ------------------------------------------------------------------------------------------------------------


def _nodes(tables: Tables, relations: pl.DataFrame) -> dict[str, Participant]:
    entries = _entries(tables)
    vlans = _own_vlans(tables["sightings"])
    assigned = _assigned(tables)
    nodes = {}
    for row in tables["devices"].sort("device").iter_rows(named=True):
        entry = entries.get(row["device"], {})
        addresses = tuple(ip for ip in row["ips"] if not address_of(ip).link_local)
        outside = any(address_of(ip).public for ip in addresses) and not row["mac"] and not entry
        router = "router" in row["roles"] and not addresses and not entry
        nodes[row["device"]] = Participant(
            id=row["device"],
            name=row["name"],
            addresses=addresses,
            mac=row["mac"],
            vlan=vlans.get(row["mac"], -1) if "router" not in row["roles"] else -1,
            roles=frozenset(row["roles"]),
            assigned=assigned.get(row["device"], frozenset()) | _typed(entry),
            reasons=tuple(row["role_reasons"]),
            listed=row["listed"],
            zone=entry.get("zone") or "",
            level=entry.get("level"),
            packets=row["packets"] or 0,
            first=row["first_time"],
            last=row["last_time"],
            member=not outside and not router,
        )
    return dict(sorted((nodes | _only_asked(nodes, relations, assigned)).items()))


def _only_asked(
    nodes: Mapping[str, Participant], relations: pl.DataFrame, assigned: Mapping[str, frozenset[str]]
) -> dict[str, Participant]:
    """Ends of which no frame was captured; members when something was said to them over an open connection."""
    ends = {}
    for end, mark in (("c", "client_public"), ("s", "server_public")):
        open_to = (pl.col("transport") == "tcp") & pl.col("carried")
        rows = relations.group_by(end, maintain_order=True).agg(
            open=open_to.any(),
            public=pl.col(mark).any(),
            packets=pl.col("packets").sum(),
            first=pl.col("first").min(),
            last=pl.col("last").max(),
        )
        for name, opened, public, packets, first, last in rows.iter_rows():
            if name not in nodes and name not in ends:
                member = opened and not public and _is_host(name)
                given = assigned.get(name, frozenset())
                usable = (name,) if is_ip(name) else ()
                mac = name if is_mac(name) else ""
                ends[name] = Participant(
                    name, name, usable, mac, -1, given, given, (), None, "", None, packets, first, last, member
                )
    return ends


def _is_host(text: str) -> bool:
    if is_mac(text):
        return not is_group_mac(text)
    if not is_ip(text):
        return False
    address = address_of(text)
    broadcast = address.version == 4 and address.number & 0xFF == 0xFF
    return address.host and not address.link_local and not broadcast


def _entries(tables: Tables) -> dict[str, dict[str, Any]]:
    """Inventory rows by the device that each is."""
    columns = ["device", "zone", "level", "type", "roles"]
    return {row["device"]: row for row in tables["inventory"].select(columns).iter_rows(named=True) if row["device"]}


def _typed(entry: Mapping[str, Any]) -> frozenset[str]:
    named = {ROLE_OF_TYPE.get(entry.get("type") or "", "")}
    return frozenset(named & ROLES.keys())


def _assigned(tables: Tables) -> dict[str, frozenset[str]]:
    """Roles that the inventory gives, by node."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name in ("flows", "operations"):
        table = _numbered(tables[name])
        for end in _END:
            column = f"{end}_assigned_roles"
            rows = table.filter(pl.col(column).list.len() > 0).select(end[0], column).explode(column).unique()
            for node, role in rows.iter_rows():
                found[node].add(role)
    return {node: frozenset(roles) for node, roles in found.items()}


def _own_vlans(sightings: pl.DataFrame) -> dict[str, int]:
    """The only VLAN that a MAC address sends in."""
    tagged = sightings.filter((pl.col("mac") != "") & (pl.col("vlan") > 0))
    only = tagged.group_by("mac").agg(pl.col("vlan").unique()).filter(pl.col("vlan").list.len() == 1)
    return {mac: vlan[0] for mac, vlan in only.iter_rows()}
