"""Derived tables and columns: who the ends of every conversation are, and whether the policy allows it.

Distinct addresses and distinct questions to the policy are answered once each and joined back, so that the time
depends on how many different things were seen, not on how often.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

import polars as pl

from scanner.addresses import is_ip, is_own_broadcast
from scanner.assets import entries
from scanner.assets.binding import Sighting
from scanner.assets.configured import configured
from scanner.assets.devices import EndKey, Endpoint, Plant
from scanner.assets.doubtful import DoubtfulEnd
from scanner.assets.evidence import DeviceEvidence
from scanner.assets.surroundings import TALKS
from scanner.assets.tables import bound
from scanner.facts.acl_permits import acl_permits
from scanner.facts.ageing import life_cycle_columns, support_columns
from scanner.facts.ai_interfaces import with_ai
from scanner.facts.authority import authority
from scanner.facts.cable_tables import CableTables
from scanner.facts.clocks import clocks
from scanner.facts.columns_when_asked import Looked, compacted, when_asked
from scanner.facts.compact import compact
from scanner.facts.encryption import encryption
from scanner.facts.exports import exports, leading_out
from scanner.facts.frames import Facts, frame, frame_of, polars_schema, series
from scanner.facts.homes import HomePorts
from scanner.facts.kept_verbs import verbs_kept
from scanner.facts.mobile_devices import by_radio
from scanner.facts.observations import observations
from scanner.facts.observed_between import ObservedBetween
from scanner.facts.opened import as_opened
from scanner.facts.peer_names import server_names
from scanner.facts.permitted_exports import permitted_exports
from scanner.facts.rates import writes_per_minute
from scanner.facts.relatives import beside_relatives, inherited, relatives
from scanner.facts.rhythms import ended_elsewhere, times_as_much
from scanner.facts.schema import (
    ADDRESSES,
    CONDUIT_PARTS,
    CONDUITS,
    DEVICES,
    EXPOSURES,
    FLOWS,
    INVENTORY,
    MALFORMED,
    OPERATIONS,
    PROOFS,
    PUBLICATIONS,
    SESSIONS,
    SETTINGS,
    SUPPORTED_ASSETS,
    TABLES,
    ZONES,
    Table,
)
from scanner.facts.scope import attempts, controls, extents, sealed, too_short
from scanner.facts.session_zones import session_zones
from scanner.facts.trusted import trusted
from scanner.facts.tunnel_ends import tunnel_crosses_zones, zones_of_ends
from scanner.facts.unsaid import undecided_column
from scanner.facts.when_asked import TablesWhenAsked
from scanner.facts.writer_counts import writer_counts
from scanner.gc_paused import uncollected
from scanner.policy.membership import Membership, catch_all
from scanner.policy.openness import port_shares
from scanner.policy.permission import Judgement, Permission, Ports, Traffic
from scanner.policy.windows import in_window
from scanner.policy.writers import KnownNames, OperationEnd, UndecidedEntry, Writers
from scanner.protocols.base import Verb

_END = ("client", "server")
_END_COLUMNS = ("device", "name", "zone", "level", "roles", "assigned_roles", "listed", "public")
CONVERSED = (FLOWS, OPERATIONS, SESSIONS, MALFORMED, PUBLICATIONS)
_JUDGED_BY = ("zone", "level", "public")  # of who is at an end
_LATER = ("verbs_kept", "writes_per_minute", "writers_of_object", "writers_of_server")  # when all tables are joined
_NO_MAKER = {  # no document of a maker was given
    "named_by_maker": pl.lit(value=False),
    "maker_supports_certainly_until": pl.lit(None, pl.Datetime("ns", "UTC")),
    "maker_supports_possibly_until": pl.lit(None, pl.Datetime("ns", "UTC")),
}
_VERBS = {PUBLICATIONS.name: Verb.REPORT}  # that every row has
_KEYS = ("address", "mac", "vlan")
_CLIENT = ("_client", "client", "client_zone")
# what the conduits are asked, in the order of the fields of Traffic; then how it is meant
_QUESTION = (
    *("client_zone", "server_zone", "transport", "server_port", "protocol", "_verb", "_payload"),
    *("sealed", "_guessed"),
)


@uncollected()
def enrich(facts: Facts, ports: Ports | None = None) -> Mapping[str, pl.DataFrame]:
    """Every table with its derived columns filled; tables that no input filled are there, empty.

    ports: where each protocol is at home, as (transport, port) pairs; from the protocol files when not given. It
    decides only about connections that carried no data.
    """
    return join(facts, ports).tables


def devices(facts: Facts) -> pl.DataFrame:
    """The table ``devices`` alone, without what the policy and the configurations say of who may reach whom."""
    return _devices(Plant(_evidence(facts)))


@dataclass(frozen=True)
class Joined:
    """Facts joined with who everybody is: what ``scanner.facts.worlds`` asks again under another assumption."""

    facts: Facts
    plant: Plant
    ends: Ends
    known: KnownNames  # what the names of the policy can mean
    permission: Permission | None  # without zones: None
    tables: TablesWhenAsked
    used: frozenset[str]  # conduits
    relatives: pl.DataFrame | None  # of flows that belong to others; None: no conversation says that any do
    doubtful: Sequence[DoubtfulEnd] = ()  # ends that may be somebody else's than the address says


@uncollected()
def join(facts: Facts, ports: Ports | None = None) -> Joined:
    """As ``enrich``, with what the tables were made of."""
    plant = Plant(_evidence(facts))
    conduits = facts["conduits"].to_dicts()
    ports = HomePorts() if ports is None else ports
    permission = Permission(conduits, ports)
    tables = {name: facts[name] for name, table in TABLES.items() if not table.derived}
    used, to_everybody = set[str](), pl.Series([], dtype=pl.Boolean)
    ends = Ends.of(facts, plant)
    meant = _names(facts, plant)
    kin = _kin(facts, ends, ports)
    by_policy = permission if facts["zones"].height else None
    joined = Joined(facts, plant, ends, meant, by_policy, TablesWhenAsked({}, {}), frozenset(), kin)
    for table in CONVERSED:
        rows = facts[table.name]
        if not rows.height:
            tables[table.name] = frame(table, (), derived=True)
            continue
        if table is FLOWS:
            rows = rows.with_columns(sealed(rows, facts["sessions"]))
        known, conduits_used = judged(table, beside(rows, ends, ends, _JUDGED_BY), (ends, ends), joined)
        used |= conduits_used
        if table is FLOWS:
            to_everybody = ends.groups[known["_server"]]
        known = _beside_other_tables(table, known, facts, ports)
        tables[table.name] = _slim(table, known, ends)
    tables["operations"] = _counted(tables["operations"])
    tables["flows"] = verbs_kept(tables["flows"], tables["operations"], facts["conduits"])
    tables |= {
        "exports": exports(tables["flows"], facts["countries"], facts["zones"]),
        "subscriptions": _subscriptions(facts, plant),
        "captures": facts["captures"].with_columns(clocks(facts["captures"], facts["flows"])),
    }
    doubtful = plant.doubtful_ends(facts["flows"])
    tables["devices"] = _devices(plant, doubtful)
    tables["addresses"] = frame(ADDRESSES, plant.used_addresses(doubtful, facts["flows"]))
    tables["inventory"] = _beside(
        INVENTORY,
        facts["inventory"].with_columns(
            undecided_column(facts["inventory"]),
            **support_columns(facts["inventory"]["os"]),
            **life_cycle_columns(facts["inventory"]["lifecycle"]),
            **_NO_MAKER,
        ),
        _of_listed(facts, plant),
    )
    said = tables["identities"]
    named = pl.Series([value if field == "os" else "" for field, value in said.select("field", "value").iter_rows()])
    speakers = pl.Series("device", list(plant.speakers()), dtype=pl.String)
    tables["identities"] = said.with_columns(**support_columns(named), **_NO_MAKER).with_columns(speakers)
    tables["settings"] = _settings(facts["settings"], plant)
    tables["exposures"] = _exposures(tables)
    tables |= _support(tables)
    tables["acl_permits"] = acl_permits(tables["settings"], facts["zones"])
    has_capture, inhabited = facts.captured, set(tables["devices"]["zone"])
    tables["observations"] = _observations(facts, tables, to_everybody, plant.membership)
    observed = _observed_seconds(tables["observations"])
    tables["zones"] = _beside(
        ZONES,
        facts["zones"],
        [
            {
                "catch_all": catch_all(subnets),
                "seen": zone in inhabited if has_capture else None,
                "observed_seconds": observed.get(zone, 0.0) if has_capture else None,
            }
            for zone, subnets in facts["zones"].select("zone", "subnets").iter_rows()
        ],
    )
    tables["conduits"] = _beside(
        CONDUITS,
        facts["conduits"],
        [
            {"port_share": share, "used": row["conduit"] in used if has_capture else None}
            for row, share in zip(conduits, port_shares(conduits), strict=True)
        ],
    )
    cables = CableTables(facts, tables)
    between = cache(partial(ObservedBetween.of, tables["flows"], tables["observations"], captured=has_capture))
    when_asked: dict[str, Callable[[], pl.DataFrame]] = {
        "cables": cables.cables,
        "occupied_ports": cables.occupied_ports,
        "located_devices": cables.located_devices,
        "proofs": partial(_proofs, facts, ports, between),
        "conduit_parts": partial(_conduit_parts, tables, ends, ports, between),
    }
    made = TablesWhenAsked({name: tables[name] for name in TABLES if name not in when_asked}, when_asked)
    return replace(joined, tables=made, used=frozenset(used), doubtful=doubtful)


def _counted(operations: pl.DataFrame) -> pl.DataFrame:
    """With how often was written, and by how many."""
    if not operations.height:
        return operations
    return compacted(operations.with_columns(writes_per_minute(operations), *writer_counts(operations)))


def _slim(table: Table, known: pl.DataFrame, ends: Ends) -> pl.DataFrame:
    """The table's columns; of who is at the ends of a row only their numbers."""
    schema = polars_schema(table, derived=True)
    order = list(schema)
    client, server = known["_client"].cast(pl.UInt32), known["_server"].cast(pl.UInt32)
    at_home = known.select(  # with the client: ``beside``
        (pl.col("server_zone") != ends.columns["zone"][server])
        | pl.col("server_level").ne_missing(ends.columns["level"][server])
    ).to_series()
    nearest = client.zip_with(at_home, server)
    places = dict.fromkeys((f"client_{c}" for c in ends.columns.columns), client)
    places |= dict.fromkeys((f"server_{c}" for c in ends.columns.columns), server)
    places |= {"server_zone": nearest, "server_level": nearest}
    looked = {f"{end}_{c.name}": c for end in _END for c in ends.columns if f"{end}_{c.name}" in schema}
    known = known.with_columns(pl.lit(None, schema[name]).alias(name) for name in _LATER if name in schema)
    return compacted(when_asked(known, {name: Looked(values, places[name]) for name, values in looked.items()}, order))


def _subscriptions(facts: Facts, plant: Plant) -> pl.DataFrame:
    def zone_of(address: str) -> str:
        return plant.endpoint(plant.who(address, "", -1)).zone

    return session_zones(facts["subscriptions"], facts["zones"], zone_of)


def _related(facts: Facts) -> bool:
    """Some conversations may belong to others."""
    return facts["related"].height > 0 and facts["flows"].height > 0


def _of_listed(facts: Facts, plant: Plant) -> Iterable[Mapping[str, Any]]:
    """The derived columns of the table inventory; what was only observed is nobody's entry."""
    nobody: Mapping[str, Any] = {
        "seen": None,
        "device": "",
        "zone_by_policy": "",
        "zone_differs": False,
        "duplicates": [],
        "expected": None,
    }
    listed = iter(plant.inventory_columns())
    return [nobody if observed else next(listed) for observed in facts["inventory"]["observed"].fill_null(value=False)]


def _settings(settings: pl.DataFrame, plant: Plant) -> pl.DataFrame:
    """With whose configuration each is."""
    files = dict(settings.select("source", "device").unique("source", keep="first", maintain_order=True).iter_rows())
    schema = polars_schema(SETTINGS, derived=True)
    found = [(source, *owner) for source, owner in plant.configuration_owners(files).items()]
    columns = {n: schema[n] for n in ("source", "of_device", "listed_source", "listed_row")}
    whose = pl.DataFrame(found, schema=columns, orient="row")
    return settings.join(whose, on="source", how="left", maintain_order="left").select(list(schema))


def _conduit_parts(
    tables: Mapping[str, pl.DataFrame], ends: Ends, ports: Ports, between: Callable[[], ObservedBetween]
) -> pl.DataFrame:
    if not tables["conduits"].height:
        return frame(CONDUIT_PARTS, ())
    from scanner.facts.conduit_parts import conduit_parts

    who = {(address, mac, vlan): ends.known[number] for address, mac, vlan, number in ends.numbers.iter_rows()}
    return conduit_parts(tables, who, ports, between())


def _proofs(facts: Facts, ports: Ports, between: Callable[[], ObservedBetween]) -> pl.DataFrame:
    if not facts["forwarding"].height or not facts["zones"].height:
        return frame(PROOFS, ())
    from scanner.facts.proofs import proofs  # with what calculates with sets of packets, which only devices need

    return proofs(facts, ports, between())


def _exposures(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    if not tables["advisories"].height:
        return frame(EXPOSURES, ())
    from scanner.facts.exposed import exposure_rows  # with what orders versions, which only advisories need

    return frame(EXPOSURES, exposure_rows(tables))


def _support(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The tables that say until when makers support what the plant has."""
    if not tables["life_cycles"].height:
        return {"supported_assets": frame(SUPPORTED_ASSETS, ())}
    from scanner.facts.exposed import by_maker, spoken_for, supported_assets

    supported, listed, spoken = supported_assets(tables), tables["inventory"], tables["identities"]
    return {
        "supported_assets": supported,
        "inventory": listed.with_columns(by_maker(listed, supported, ["source", "row"])),
        "identities": spoken.with_columns(spoken_for(spoken, supported)),
    }


def _observations(
    facts: Facts, tables: Mapping[str, pl.DataFrame], to_everybody: pl.Series, membership: Membership
) -> pl.DataFrame:
    flows = tables["flows"].with_columns(group=to_everybody)
    ends = zones_of_ends(flows, membership)
    devices = tables["devices"].select("device", "mac", "ips")
    owners = dict(devices.select("ips", "device").explode("ips").iter_rows()) if ends else {}
    around = {address: (owners.get(address, ""), zone) for address, zone in ends.items()}
    macs = dict(devices.select("device", "mac").iter_rows())
    near = _neighbours(policy=facts["zones"].height > 0)
    seen = tables["devices"].filter(near).select("zone", "device")
    listed = tables["inventory"].select(zone="zone_by_policy", device=pl.format("{} {}", "source", "row"))
    unseen = listed.filter(~tables["inventory"]["seen"].fill_null(value=False))
    counts = pl.concat([seen, unseen]).group_by("zone").agg(pl.col("device").n_unique())
    crowded = set(counts.filter(pl.col("device") > 1)["zone"])
    return observations(flows, facts["captures"], facts["zones"]["zone"], macs, around, crowded=crowded)


def _neighbours(*, policy: bool) -> pl.Expr:
    """Of the devices that were seen those that count for how many are in a zone; without a policy, who is near."""
    near = (pl.col("mac") != "") & ~pl.col("roles").list.contains("router")
    return pl.lit(value=True) if policy else near


def _observed_seconds(table: pl.DataFrame) -> dict[str, float]:
    return dict(table.filter(pl.col("kind") == "zone").select("zone", "seconds").iter_rows())


# --- what the plant is made of ----------------------------------------------------------------------------------------


def _evidence(facts: Facts) -> DeviceEvidence:
    path = ["client", "client_mac", "server", "server_mac"]
    answered = pl.col("accepted").fill_null(0) + pl.col("refused").fill_null(0)
    operations = facts["operations"].select(*path, "protocol", "verb", "industrial", answered=answered)
    operations = operations.filter(pl.col("industrial").fill_null(value=False)).drop("industrial")
    key = [*path, "transport", "server_port", "protocol", "industrial"]
    links = (
        facts["flows"]
        .select(*key, "client_packets", "server_packets")  # before rows are chosen, which copies them
        .filter((pl.col("protocol") != "") | (pl.col("transport") == "ethernet"))
        .group_by(key)
        .agg(asked=(pl.col("client_packets") > 0).any(), answered=(pl.col("server_packets") > 0).any())
        .with_columns(pl.col("industrial", "asked", "answered").fill_null(value=False))
    )
    tunnels = facts["flows"].select("tunnel", "tunnel_client", "tunnel_server").filter(pl.col("tunnel") != "")
    ends = pl.concat([tunnels.select("tunnel", address=f"tunnel_{end}") for end in _END])
    sightings = facts["sightings"].select(pl.col(Sighting._fields).to_physical())
    inventory = facts["inventory"].filter(~pl.col("observed").fill_null(value=False))
    once: dict[Any, Any] = {}  # what stands in many rows is one object
    return DeviceEvidence(
        sightings=list(map(Sighting, *([once.setdefault(v, v) for v in column.to_list()] for column in sightings))),
        identities=facts["identities"].to_dicts(),
        operations=operations,
        links=links,
        talks=_talks(facts["flows"]),
        ai=with_ai(facts["operations"], facts["sessions"]),
        mobile=by_radio(facts["subscriptions"], facts["flows"]),
        tunnels=ends.filter(pl.col("address") != "").unique().sort(pl.all()).rows(),
        inventory=compact(inventory.select(entries.COLUMNS)),
        configured=configured(facts["settings"].filter(pl.col("category") == "interface").to_dicts()),
        bound=bound(facts["settings"].filter(pl.col("category") == "binding").to_dicts()),
        zones=facts["zones"].to_dicts(),
        roles=facts["roles"].to_dicts(),
        has_capture=facts.captured,
        has_inventory=inventory.height > 0 or (facts.has("inventory") and not facts["inventory"].height),
        has_policy=facts.has("policy") or facts["zones"].height > 0,
    )


def _talks(flows: pl.DataFrame) -> pl.DataFrame:
    """Who talks with whom by IP, each once, outside of tunnels."""
    return flows.select(list(TALKS)).filter((pl.col("transport") != "ethernet") & (pl.col("client_mac") != ""))


def _names(facts: Facts, plant: Plant) -> KnownNames:
    """What the names in the policy can mean."""
    return KnownNames(
        zones=set(facts["zones"]["zone"]),
        listed=plant.listed_names,
        bound=plant.bound_names,
        roles=plant.roles_given,
    )


def _end(endpoint: Endpoint, address: str) -> OperationEnd:
    shown = address if endpoint.proven else ""
    return OperationEnd(shown, endpoint.mac, endpoint.names, endpoint.assigned_roles)


# --- joining answers back ---------------------------------------------------------------------------------------------


def _beside(table: Table, stored: pl.DataFrame, rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Stored columns and the derived ones, row by row, in the order of the schema. ``stored`` may have some already."""
    schema = polars_schema(table, derived=True)
    rows = list(rows)
    wanted = [c.name for c in table.columns if c.derived and c.name not in stored.columns]
    derived = {name: series(name, [row[name] for row in rows], schema[name]) for name in wanted}
    return stored.with_columns(**derived).select(list(schema))


def _devices(plant: Plant, doubtful: Iterable[DoubtfulEnd] = ()) -> pl.DataFrame:
    schema = polars_schema(DEVICES)
    columns = {name: series(name, values, schema[name]) for name, values in plant.device_columns(doubtful)}
    return frame_of(DEVICES, columns, len(columns["device"]))


@dataclass(frozen=True)
class Ends:
    """Everybody at an end of a conversation, each once, and who has an address in which frames."""

    known: Sequence[Endpoint]
    columns: pl.DataFrame  # of ``_END_COLUMNS``, a row for each of ``known``
    stays: pl.Series  # of ``known``, who is in no zone of their own and reached in the sender's network only
    groups: pl.Series  # of ``known``, multicast and broadcast addresses
    directed: pl.Series  # of ``known``, broadcast addresses of a subnet in a zone
    numbers: pl.DataFrame  # ``_KEYS`` and ``who``, an index into ``known``

    @classmethod
    def of(cls, facts: Facts, plant: Plant) -> Ends:
        """The ends of all conversations, whatever table they are in."""
        filled = [facts[table.name] for table in CONVERSED if facts[table.name].height] or [facts[FLOWS.name]]
        keys = pl.concat(
            rows.select(end, f"{end}_mac", "vlan").unique(maintain_order=True).rename(_as_keys(end))
            for rows in filled
            for end in _END
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
        return cls(known, pl.DataFrame(columns), stays, groups, directed, numbers)

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
    for end, ends in zip(_END, (clients, servers), strict=True):
        keys = {key: name for name, key in _as_keys(end).items()}
        who = ends.numbers.rename({**keys, "who": f"_{end}"})
        own = list(keys.values())
        asked = numbered.select(own).join(who, on=own, how="left", nulls_equal=True, maintain_order="left")
        known = ends.columns if columns is None else ends.columns.select(columns)
        found = known[asked[f"_{end}"]]
        numbered = numbered.hstack([asked[f"_{end}"], *found.rename({c: f"{end}_{c}" for c in found.columns})])
    here = servers.stays[numbered["_server"]] | servers.own_broadcasts(numbered)
    return numbered.with_columns(
        server_zone=pl.when(here).then("client_zone").otherwise("server_zone"),
        server_level=pl.when(here).then("client_level").otherwise("server_level"),
    )


def _is_own(client: str, broadcast: Endpoint) -> bool:
    """The policy's network decides; where it has none that ends there, any mask that fits."""
    network = broadcast.broadcast_of
    if network is None or not is_ip(client):
        return is_own_broadcast(client, broadcast.name)
    return ipaddress.ip_address(client) in network


def _as_keys(end: str) -> dict[str, str]:
    return dict(zip((end, f"{end}_mac", "vlan"), _KEYS, strict=True))


def _beside_other_tables(table: Table, known: pl.DataFrame, facts: Facts, ports: Ports) -> pl.DataFrame:
    """The rows with what other tables say of them: where flows lead, and whose certificates are trusted."""
    if table is SESSIONS:
        return known.hstack(trusted(known, facts["certificate_chains"], facts["authorities"]))
    if table is not FLOWS:
        return known
    outside = leading_out(known, facts["zones"], facts["sessions"], facts["resolutions"])
    known = known.hstack(outside).with_columns(*server_names(known, facts["sessions"], facts["resolutions"]))
    return known.hstack(permitted_exports(known, facts, ports))


def _kin(facts: Facts, ends: Ends, ports: Ports) -> pl.DataFrame | None:
    """The flows that others agreed on; None where nobody agreed on any."""
    if not _related(facts):
        return None
    return relatives(beside(facts["flows"], ends, ends), beside(facts["related"], ends, ends), ports)


def judged(
    table: Table, numbered: pl.DataFrame, ends: tuple[Ends, Ends], joined: Joined
) -> tuple[pl.DataFrame, set[str]]:
    """The rows with what the policy says of them, and the conduits that allow any: conduits, and for operations change
    windows, writers and what is undecided. ends: those of the clients and of the servers. Flows say whether they are
    sealed.
    """
    used: set[str] = set()
    numbered = beside_relatives(numbered, joined.relatives)
    if table is not FLOWS:
        numbered = numbered.with_columns(sealed=pl.lit(value=False))

    def ask(rows: pl.DataFrame, clients: Ends = ends[0]) -> pl.DataFrame:
        return _permitted(table, rows, clients, joined.permission, used)

    facts, known = joined.facts, ask(numbered)
    if table is OPERATIONS and joined.permission:
        known = as_opened(known, facts["flows"], partial(ask, clients=ends[1]))
    known = inherited(known, ask).with_columns(pl.col("related_protocol").fill_null(""))
    windows = facts["change_windows"].to_dicts()
    if table is FLOWS:
        packets = pl.col("client_packets") + pl.col("server_packets")
        inside = in_window(windows, known.with_columns(count=packets))
        over = tunnel_crosses_zones(known, zones_of_ends(known, joined.plant.membership))
        known = known.with_columns(
            attempts(known),
            *extents(known),
            *times_as_much(known),
            over,
            ended_elsewhere(known),
            in_change_window=inside,
        )
        known = known.with_columns(encryption(known, facts))
        return known.with_columns(trusted=_trusted(known.with_columns(count=packets), ends, joined)), used
    if table is not OPERATIONS:
        return known, used
    known = known.with_columns(in_change_window=in_window(windows, known))
    return _authority(known, ends, joined), used


def _authority(known: pl.DataFrame, ends: tuple[Ends, Ends], joined: Joined) -> pl.DataFrame:
    """The rows with what writers and undecided entries say of them."""
    facts = joined.facts
    writers = Writers.of(facts["writers"].to_dicts(), joined.known)
    undecided = UndecidedEntry(facts["undecided"].to_dicts())
    asking, serving = ([partial(_end, e) for e in side.known] for side in ends)
    return authority(known, (asking, serving), writers, undecided, facts["change_windows"].to_dicts())


def _trusted(flows: pl.DataFrame, ends: tuple[Ends, Ends], joined: Joined) -> pl.Series | pl.Expr:
    """Of each conversation, whether writers permit its client what nobody can read; null where they say nothing."""
    entries = joined.facts["writers"]["verbs"]
    if not entries.list.contains(Verb.UNKNOWN).any():
        return pl.lit(None, pl.Boolean)
    asked = flows.with_columns(verb=pl.lit(Verb.UNKNOWN.value), object=pl.lit(""))
    return _authority(asked, ends, joined)["permitted"]


def _permitted(
    table: Table, numbered: pl.DataFrame, clients: Ends, permission: Permission | None, used: set[str]
) -> pl.DataFrame:
    if permission is None:
        return numbered.with_columns(
            crosses_zones=pl.lit(None, pl.Boolean),
            conduit=pl.lit(""),
            allowed=pl.lit(None, pl.Boolean),
            verb_excluded=pl.lit(None, pl.Boolean),
        )
    payload, guessed = pl.lit(value=True), pl.col("recognised_by") == "port"
    if table is FLOWS:
        guessed = guessed.fill_null(value=False) | too_short()
        payload = (pl.col("client_bytes").fill_null(0) + pl.col("server_bytes").fill_null(0)) > 0
    verb = pl.col("verb") if table is OPERATIONS else pl.lit(_VERBS.get(table.name), pl.String)
    numbered = numbered.with_columns(_verb=verb, _payload=payload, _guessed=guessed, **_within_zones())
    asked = numbered.select("crosses_zones", *dict.fromkeys((*_CLIENT, *_QUESTION))).with_row_index("_asked")
    answers = _crossing(asked.filter("crosses_zones"), clients, permission, used)
    told = asked.select("_asked").join(answers, on="_asked", how="left", maintain_order="left")
    crosses = pl.col("crosses_zones")
    return numbered.with_columns(
        conduit=pl.when(crosses).then(told["conduit"]).otherwise("conduit"),
        allowed=pl.when(crosses).then(told["allowed"]).otherwise("allowed"),
        verb_excluded=pl.when(crosses).then(told["verb_excluded"]).when(pl.col("allowed")).then(pl.lit(value=False)),
    )


def _within_zones() -> dict[str, pl.Expr]:
    """What can be said without asking: nothing of ends in no zone, and all is allowed within one."""
    client, server = pl.col("client_zone"), pl.col("server_zone")
    placed = (client != "") & (server != "")
    return {
        "crosses_zones": pl.when(placed).then(client != server),
        "conduit": pl.lit(""),
        "allowed": pl.when(placed & (client == server)).then(pl.lit(value=True)),
    }


def _crossing(rows: pl.DataFrame, clients: Ends, permission: Permission, used: set[str]) -> pl.DataFrame:
    """What the conduits say of rows whose ends are in two zones: ``conduit``, ``allowed`` and ``verb_excluded`` of each
    number ``_asked``.

    Clients that the same conduits name are asked about once.
    """
    client = list(_CLIENT)
    each = rows.select(client).unique(maintain_order=True)
    kinds: dict[tuple[int, ...], int] = {}
    numbers = []
    for number, address, zone in each.iter_rows():
        who = clients.known[number]
        naming = permission.naming(zone, address, who.mac, who.names)
        numbers.append(kinds.setdefault(naming, len(kinds)))
    rows = rows.join(each.with_columns(_naming=pl.Series(numbers, dtype=pl.Int64)), on=client, how="left")
    alike = [*_QUESTION, "_naming"]
    distinct = rows.select(*alike, "client", "_client").unique(alike)
    answers: list[Judgement] = []
    for *asked, hidden, guess, _, address, number in distinct.iter_rows():
        who = clients.known[number]
        traffic = Traffic._make((*asked, address, who.mac, who.names, hidden))
        answers.append(permission.guess(traffic) if guess else permission.judge(traffic))
        used.update(answers[-1].conduits)
    told = distinct.select(alike).with_columns(
        conduit=pl.Series([a.conduit for a in answers], dtype=pl.String),
        allowed=pl.Series([a.allowed for a in answers], dtype=pl.Boolean),
        verb_excluded=pl.Series([a.excluded for a in answers], dtype=pl.Boolean),
    )
    return rows.join(told, on=alike, how="left", nulls_equal=True).select("_asked", *told.columns[len(alike) :])
