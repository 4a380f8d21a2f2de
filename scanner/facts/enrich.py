"""Derived tables and columns: who the ends of every conversation are, and whether the policy allows it.

Distinct addresses and distinct questions to the policy are answered once each and joined back, so that the time
depends on how many different things were seen, not on how often.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import polars as pl

from scanner.assets import entries
from scanner.assets.binding import Sighting
from scanner.assets.configured import configured
from scanner.assets.devices import Endpoint, Plant
from scanner.assets.doubtful import DoubtfulEnd
from scanner.assets.evidence import DeviceEvidence
from scanner.assets.surroundings import TALKS
from scanner.assets.tables import bound
from scanner.facts.ai_interfaces import with_ai
from scanner.facts.authority import authority
from scanner.facts.columns_when_asked import Looked, compacted, when_asked
from scanner.facts.compact import compact
from scanner.facts.derived_tables import DerivedTables, devices_of
from scanner.facts.encryption import encryption
from scanner.facts.ends import CONVERSED, END, Ends, beside
from scanner.facts.exports import leading_out
from scanner.facts.file_names import file_names
from scanner.facts.frames import Facts, frame, polars_schema
from scanner.facts.homes import HomePorts
from scanner.facts.kept_verbs import verbs_kept
from scanner.facts.mobile_devices import by_radio
from scanner.facts.opened import as_opened
from scanner.facts.peer_names import server_names
from scanner.facts.permitted_exports import permitted_exports
from scanner.facts.rates import writes_per_minute
from scanner.facts.relatives import beside_relatives, inherited, relatives
from scanner.facts.rhythms import ended_elsewhere, times_as_much
from scanner.facts.schema import (
    FLOWS,
    OPERATIONS,
    PUBLICATIONS,
    SESSIONS,
    TABLES,
    Table,
)
from scanner.facts.scope import attempts, extents, sealed, too_short
from scanner.facts.trusted import trusted
from scanner.facts.tunnel_ends import tunnel_crosses_zones, tunnel_leads_out, zones_of_ends
from scanner.facts.unseen_macs import macs_of_nobody
from scanner.facts.when_asked import TablesWhenAsked
from scanner.facts.writer_counts import writer_counts
from scanner.gc_paused import uncollected
from scanner.policy.permission import Judgement, Permission, Ports, Traffic
from scanner.policy.windows import in_window
from scanner.policy.writers import KnownNames, OperationEnd, UndecidedEntry, Writers
from scanner.protocols.base import Verb

_JUDGED_BY = ("zone", "level", "public")  # of who is at an end
_LATER = (
    "verbs_kept",
    "file",
    "writes_per_minute",
    "writers_of_object",
    "writers_of_server",
)  # when all tables are joined
_VERBS = {PUBLICATIONS.name: Verb.REPORT}  # that every row has
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
    return devices_of(Plant(_evidence(facts)))


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
    of_nobody = macs_of_nobody(facts)
    permission = Permission(conduits, ports, of_nobody)
    tables = {name: facts[name] for name, table in TABLES.items() if not table.derived}
    used, to_everybody = set[str](), pl.Series([], dtype=pl.Boolean)
    ends = Ends.of(facts, plant)
    meant = _names(facts, plant, of_nobody)
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
    doubtful = plant.doubtful_ends(facts["flows"])
    derived = DerivedTables(facts, ports, plant, doubtful, ends, to_everybody, frozenset(used), tables)
    return replace(joined, tables=derived.tables, used=derived.used, doubtful=doubtful)


def _counted(operations: pl.DataFrame) -> pl.DataFrame:
    """With how often was written, and by how many, and what files are called."""
    if not operations.height:
        return operations
    told = writes_per_minute(operations), *writer_counts(operations), file_names(operations)
    return compacted(operations.with_columns(told))


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
    looked = {f"{end}_{c.name}": c for end in END for c in ends.columns if f"{end}_{c.name}" in schema}
    known = known.with_columns(pl.lit(None, schema[name]).alias(name) for name in _LATER if name in schema)
    return compacted(when_asked(known, {name: Looked(values, places[name]) for name, values in looked.items()}, order))


def _related(facts: Facts) -> bool:
    """Some conversations may belong to others."""
    return facts["related"].height > 0 and facts["flows"].height > 0


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
    ends = pl.concat([tunnels.select("tunnel", address=f"tunnel_{end}") for end in END])
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


def _names(facts: Facts, plant: Plant, of_nobody: Collection[str]) -> KnownNames:
    """What the names in the policy can mean."""
    return KnownNames(
        zones=set(facts["zones"]["zone"]),
        listed=plant.listed_names,
        bound=plant.bound_names,
        roles=plant.roles_given,
        of_nobody=of_nobody,
    )


def _end(endpoint: Endpoint, address: str) -> OperationEnd:
    shown = address if endpoint.proven else ""
    return OperationEnd(shown, endpoint.mac or endpoint.listed_mac, endpoint.names, endpoint.assigned_roles)


# --- joining answers back ---------------------------------------------------------------------------------------------


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
        tunnels = zones_of_ends(known, joined.plant.membership)
        known = known.with_columns(
            attempts(known),
            *extents(known),
            *times_as_much(known),
            tunnel_crosses_zones(known, tunnels),
            tunnel_leads_out(known, tunnels, joined.plant.membership),
            ended_elsewhere(known),
            ends[1].directed[known["_server"]].alias("to_broadcast"),
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
        naming = permission.naming(zone, address, who.mac or who.listed_mac, who.names)
        numbers.append(kinds.setdefault(naming, len(kinds)))
    rows = rows.join(each.with_columns(_naming=pl.Series(numbers, dtype=pl.Int64)), on=client, how="left")
    alike = [*_QUESTION, "_naming"]
    distinct = rows.select(*alike, "client", "_client").unique(alike)
    answers: list[Judgement] = []
    for *asked, hidden, guess, _, address, number in distinct.iter_rows():
        who = clients.known[number]
        traffic = Traffic._make((*asked, address, who.mac or who.listed_mac, who.names, hidden))
        answers.append(permission.guess(traffic) if guess else permission.judge(traffic))
        used.update(answers[-1].conduits)
    told = distinct.select(alike).with_columns(
        conduit=pl.Series([a.conduit for a in answers], dtype=pl.String),
        allowed=pl.Series([a.allowed for a in answers], dtype=pl.Boolean),
        verb_excluded=pl.Series([a.excluded for a in answers], dtype=pl.Boolean),
    )
    return rows.join(told, on=alike, how="left", nulls_equal=True).select("_asked", *told.columns[len(alike) :])
