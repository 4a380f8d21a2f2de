"""Tables that are made of who everybody is and of the conversations as judged, each when somebody asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from scanner.assets.devices import Plant
from scanner.assets.doubtful import DoubtfulEnd
from scanner.facts.acl_permits import acl_permits
from scanner.facts.ageing import life_cycle_columns, service_column, support_columns
from scanner.facts.cable_tables import CableTables
from scanner.facts.clocks import clocks
from scanner.facts.ends import Ends
from scanner.facts.exports import exports
from scanner.facts.frames import Facts, frame, frame_of, polars_schema, series
from scanner.facts.observations import observations
from scanner.facts.observed_between import ObservedBetween
from scanner.facts.schema import (
    ADDRESSES,
    CONDUIT_PARTS,
    CONDUITS,
    DEVICES,
    EXPOSURES,
    INVENTORY,
    PROOFS,
    SETTINGS,
    SUPPORTED_ASSETS,
    ZONES,
    Table,
)
from scanner.facts.session_zones import session_zones
from scanner.facts.tunnel_ends import zones_of_ends
from scanner.facts.unsaid import undecided_column
from scanner.facts.when_asked import OtherTables, TablesWhenAsked
from scanner.policy.membership import catch_all
from scanner.policy.openness import port_shares
from scanner.policy.permission import Ports

_NO_MAKER: dict[str, pl.Expr] = {  # no document of a maker was given
    "named_by_maker": pl.lit(value=False),
    "maker_supports_certainly_until": pl.lit(None, pl.Datetime("ns", "UTC")),
    "maker_supports_possibly_until": pl.lit(None, pl.Datetime("ns", "UTC")),
}
_CALLED = ("name", "hostname", "profinet_name", "id")  # of an asset, what people know it by
_OF_NOBODY: Mapping[str, Any] = {  # of the table inventory: what was only observed is nobody's entry
    "seen": None,
    "device": "",
    "zone_by_policy": "",
    "zone_differs": False,
    "duplicates": [],
    "expected": None,
}


def devices_of(plant: Plant, doubtful: Iterable[DoubtfulEnd] = ()) -> pl.DataFrame:
    """The table ``devices``."""
    schema = polars_schema(DEVICES)
    columns = {name: series(name, values, schema[name]) for name, values in plant.device_columns(doubtful)}
    return frame_of(DEVICES, columns, len(columns["device"]))


@dataclass(frozen=True)
class DerivedTables:
    """What they are made of, and each of them."""

    facts: Facts
    ports: Ports
    plant: Plant
    doubtful: Sequence[DoubtfulEnd]
    ends: Ends
    to_everybody: pl.Series  # of the flows: whether their server is a group of addresses
    used: frozenset[str]  # conduits
    stored: Mapping[str, pl.DataFrame]  # every table that inputs fill, those of conversations as judged

    @cached_property
    def tables(self) -> TablesWhenAsked:
        """Every table."""
        made: dict[str, Callable[[], pl.DataFrame]] = {
            "exports": self._exports,
            "subscriptions": self._subscriptions,
            "captures": self._captures,
            "devices": lambda: devices_of(self.plant, self.doubtful),
            "addresses": self._addresses,
            "inventory": self._inventory,
            "identities": self._identities,
            "settings": self._settings,
            "exposures": self._exposures,
            "supported_assets": self._supported_assets,
            "acl_permits": lambda: acl_permits(self.tables["settings"], self.facts["zones"]),
            "observations": self._observations,
            "zones": self._zones,
            "conduits": self._conduits,
            "cables": self._cabled,
            "occupied_ports": self._occupied_ports,
            "located_devices": self._located_devices,
            "proofs": self._proofs,
            "conduit_parts": self._conduit_parts,
        }
        return TablesWhenAsked({n: t for n, t in self.stored.items() if n not in made}, made)

    @cached_property
    def _cables(self) -> CableTables:
        return CableTables(self.facts, self.tables)

    @cached_property
    def _between(self) -> ObservedBetween:
        return ObservedBetween.of(self.tables["flows"], self.tables["observations"], captured=self.facts.captured)

    def _cabled(self) -> pl.DataFrame:
        return self._cables.cables()

    def _occupied_ports(self) -> pl.DataFrame:
        return self._cables.occupied_ports()

    def _located_devices(self) -> pl.DataFrame:
        return self._cables.located_devices()

    def _exports(self) -> pl.DataFrame:
        return exports(self.tables["flows"], self.facts["countries"], self.facts["zones"])

    def _subscriptions(self) -> pl.DataFrame:
        def zone_of(address: str) -> str:
            return self.plant.endpoint(self.plant.who(address, "", -1)).zone

        return session_zones(self.facts["subscriptions"], self.facts["zones"], zone_of)

    def _captures(self) -> pl.DataFrame:
        captures = self.facts["captures"]
        return captures.with_columns(clocks(captures, self.facts["flows"]))

    def _addresses(self) -> pl.DataFrame:
        return frame(ADDRESSES, self.plant.used_addresses(self.doubtful, self.facts["flows"]))

    # what makers say of it is made of what it says itself

    def _inventory(self) -> pl.DataFrame:
        listed = self._listed
        if not self.facts["life_cycles"].height:
            return listed
        from scanner.facts.exposed import by_maker

        return listed.with_columns(by_maker(listed, self.tables["supported_assets"], ["source", "row"]))

    def _identities(self) -> pl.DataFrame:
        spoken = self._spoken
        if not self.facts["life_cycles"].height:
            return spoken
        from scanner.facts.exposed import spoken_for

        return spoken.with_columns(spoken_for(spoken, self.tables["supported_assets"]))

    def _supported_assets(self) -> pl.DataFrame:
        if not self.facts["life_cycles"].height:
            return frame(SUPPORTED_ASSETS, ())
        from scanner.facts.exposed import supported_assets

        return supported_assets(OtherTables(self.tables, {"inventory": self._listed, "identities": self._spoken}))

    @cached_property
    def _listed(self) -> pl.DataFrame:
        """The inventory without documents of makers."""
        listed = self.facts["inventory"]
        ageing = support_columns(listed["os"]) | life_cycle_columns(listed["lifecycle"])
        ageing |= service_column(listed["state"], listed["lifecycle"])
        entries = iter(self.plant.inventory_columns())
        observed = listed["observed"].fill_null(value=False)
        rows = [_OF_NOBODY if only_observed else next(entries) for only_observed in observed]
        called = pl.coalesce(*(pl.col(c).replace("", None) for c in _CALLED), pl.col("ips").list.first(), pl.lit(""))
        known = listed.with_columns(undecided_column(listed), name=called, **ageing, **_NO_MAKER)
        return _beside(INVENTORY, known, rows)

    @cached_property
    def _spoken(self) -> pl.DataFrame:
        """The identities without documents of makers."""
        said = self.facts["identities"]
        named = pl.Series(
            [value if field == "os" else "" for field, value in said.select("field", "value").iter_rows()]
        )
        speakers = pl.Series("device", list(self.plant.speakers()), dtype=pl.String)
        return said.with_columns(**support_columns(named), **_NO_MAKER).with_columns(speakers)

    def _settings(self) -> pl.DataFrame:
        """With whose configuration each is."""
        settings = self.facts["settings"]
        hosts = settings.select("source", "device").unique("source", keep="first", maintain_order=True)
        owners = self.plant.configuration_owners(dict(hosts.iter_rows()))
        schema = polars_schema(SETTINGS, derived=True)
        found = [(source, *owner) for source, owner in owners.items()]
        columns = {n: schema[n] for n in ("source", "of_device", "listed_source", "listed_row")}
        whose = pl.DataFrame(found, schema=columns, orient="row")
        return settings.join(whose, on="source", how="left", maintain_order="left").select(list(schema))

    def _exposures(self) -> pl.DataFrame:
        if not self.facts["advisories"].height:
            return frame(EXPOSURES, ())
        from scanner.facts.exposed import exposure_rows  # with what orders versions, which only advisories need

        return frame(EXPOSURES, exposure_rows(self.tables))

    def _observations(self) -> pl.DataFrame:
        flows = self.tables["flows"].with_columns(group=self.to_everybody)
        ends = zones_of_ends(flows, self.plant.membership)
        devices, inventory = self.tables["devices"], self.tables["inventory"]
        owners = dict(devices.select("ips", "device").explode("ips").iter_rows()) if ends else {}
        around = {address: (owners.get(address, ""), zone) for address, zone in ends.items()}
        macs = dict(devices.select("device", "macs").iter_rows())
        zones = self.facts["zones"]
        near = _neighbours(policy=zones.height > 0)
        seen = devices.filter(near).select("zone", "device")
        listed = inventory.select(zone="zone_by_policy", device=pl.format("{} {}", "source", "row"))
        unseen = listed.filter(~inventory["seen"].fill_null(value=False))
        counts = pl.concat([seen, unseen]).group_by("zone").agg(pl.col("device").n_unique())
        crowded = set(counts.filter(pl.col("device") > 1)["zone"])
        return observations(flows, self.facts["captures"], zones["zone"], macs, around, crowded=crowded)

    def _zones(self) -> pl.DataFrame:
        zones, captured = self.facts["zones"], self.facts.captured
        inhabited, observed = set[str](), dict[str, float]()
        if captured and zones.height:
            inhabited = set(self.tables["devices"]["zone"])
            of_zones = self.tables["observations"].filter(pl.col("kind") == "zone")
            observed = dict(of_zones.select("zone", "seconds").iter_rows())
        return _beside(
            ZONES,
            zones,
            [
                {
                    "catch_all": catch_all(subnets),
                    "seen": zone in inhabited if captured else None,
                    "observed_seconds": observed.get(zone, 0.0) if captured else None,
                }
                for zone, subnets in zones.select("zone", "subnets").iter_rows()
            ],
        )

    def _conduits(self) -> pl.DataFrame:
        stored, captured = self.facts["conduits"], self.facts.captured
        conduits = stored.to_dicts()
        return _beside(
            CONDUITS,
            stored,
            [
                {"port_share": share, "used": row["conduit"] in self.used if captured else None}
                for row, share in zip(conduits, port_shares(conduits), strict=True)
            ],
        )

    def _proofs(self) -> pl.DataFrame:
        if not self.facts["forwarding"].height or not self.facts["zones"].height:
            return frame(PROOFS, ())
        from scanner.facts.proofs import proofs  # with what calculates with sets of packets, which only devices need

        return proofs(self.facts, self.tables["flows"], self.ports, self._between)

    def _conduit_parts(self) -> pl.DataFrame:
        if not self.facts["conduits"].height:
            return frame(CONDUIT_PARTS, ())
        from scanner.facts.conduit_parts import conduit_parts

        numbers, known = self.ends.numbers, self.ends.known
        who = {(address, mac, vlan): known[number] for address, mac, vlan, number in numbers.iter_rows()}
        return conduit_parts(self.tables, who, self.ports, self._between)


def _neighbours(*, policy: bool) -> pl.Expr:
    """Of the devices that were seen those that count for how many are in a zone; without a policy, who is near."""
    near = (pl.col("mac") != "") & ~pl.col("roles").list.contains("router")
    return pl.lit(value=True) if policy else near


def _beside(table: Table, stored: pl.DataFrame, rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Stored columns and the derived ones, row by row, in the order of the schema. ``stored`` may have some already."""
    schema = polars_schema(table, derived=True)
    rows = list(rows)
    wanted = [c.name for c in table.columns if c.derived and c.name not in stored.columns]
    derived = {name: series(name, [row[name] for row in rows], schema[name]) for name in wanted}
    return stored.with_columns(**derived).select(list(schema))
