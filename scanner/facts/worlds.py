"""What the tables would say if a name of the policy that is bound to nothing were one of the devices seen, or if who
sends from the address of a device were somebody else.

A device without a name of its own, or whose name is another only by the domain behind it, may be any of those whom the
policy names without anybody saying where they are. Each
*world* is one such assumption: somebody at one end of each row is that device, with its roles, its zone and whatever
conduits and writers allow it. A verdict that differs from world to world is none (``scanner.engine.verdict.unbound``).

A name that the inventory gives to several devices may be each of those, and nobody else.

Someone is taken for nobody else who has another name by the inventory or a configuration, and neither is an address of
the Internet.

Where frames from one address come from several network adapters (``scanner.assets.doubtful``), the end of such a
conversation may be a stranger: without a name, a zone and roles, whatever is said of the address. Where they come from
one that the address is not given to, and from no other, the stranger is in its zone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Any

import polars as pl

from scanner.assets.devices import Endpoint
from scanner.assets.doubtful import DoubtfulEnd
from scanner.assets.roles import Reason, in_words
from scanner.device_names import name_key, with_domain
from scanner.facts.ends import CONVERSED, Ends, beside
from scanner.facts.enrich import Joined, judged
from scanner.facts.frames import polars_schema, series
from scanner.facts.relatives import TURNED
from scanner.facts.schema import CONDUITS, DEVICES, FLOWS, PATH, TABLES, ZONES
from scanner.policy.unbound import Unbound, unbound
from scanner.policy.writers import KnownNames
from scanner.wording import marked, said

_POLICY = ("zones", "conduits", "roles", "writers", "undecided")
_OWN = ("_client", "_server")
_ZONES = ("client_zone", "server_zone")


@dataclass(frozen=True)
class Otherwise:
    """Rows of a table as they would be. rows: their numbers in the table; changed: columns that differ.

    meant: the name that is somebody, or of each row the end that is a stranger's.
    """

    meant: Unbound | Sequence[DoubtfulEnd]
    rows: pl.Series
    table: pl.DataFrame
    changed: frozenset[str]


class Worlds:
    """All of them, each table's made when somebody asks for it."""

    def __init__(self, joined: Joined) -> None:
        self._joined = joined
        self._made: dict[str, list[Otherwise]] = {}
        self._numbered: dict[str, pl.DataFrame] = {}
        self._strange: dict[bool, Ends] = {}

    @property
    def several(self) -> bool:
        """Something may be otherwise."""
        return bool(self.unbound or self._joined.doubtful)

    @cached_property
    def unbound(self) -> list[Unbound]:
        """The names that mean nobody."""
        policy = {name: self._joined.facts[name].to_dicts() for name in _POLICY}
        return unbound(policy, self._joined.known, self._joined.plant.shared_names)

    def of(self, table: str) -> list[Otherwise]:
        """The worlds in which a row of the table is another."""
        if table not in self._made:
            self._made[table] = [*(self._worlds(table) if self.unbound else ()), *self._with_strangers(table)]
        return self._made[table]

    # --- strangers ---

    @cached_property
    def _doubtful(self) -> pl.DataFrame:
        """Paths with a doubtful end (``_end``; its number: ``_doubt``; ``_placed``: it is in its zone), whichever end a
        table takes for the client.
        """
        flows = self._joined.facts[FLOWS.name]
        rows = pl.DataFrame(
            [(d.row, d.end, bool(d.given)) for d in self._joined.doubtful],
            schema={"_row": pl.Int64, "_end": pl.Int64, "_placed": pl.Boolean},
            orient="row",
        ).with_row_index("_doubt")
        paths = flows[rows["_row"]].select(PATH).hstack(rows.select("_doubt", "_end", "_placed"))
        turned = paths.rename(TURNED).with_columns(1 - pl.col("_end")).select(paths.columns)
        return pl.concat([paths, turned])

    def _with_strangers(self, table: str) -> Iterator[Otherwise]:
        """A table of conversations if its doubtful ends were strangers: the clients, then the servers."""
        if table not in {t.name for t in CONVERSED} or not self._joined.doubtful:
            return
        paths = self._joined.facts[table].select(PATH).with_row_index("_number")
        found = paths.join(self._doubtful, on=list(PATH), how="inner", nulls_equal=True)
        found = found.unique(["_number", "_end"], keep="first").sort("_number")
        joined = self._joined
        for placed, end in product((False, True), (0, 1)):
            own = found.filter((pl.col("_end") == end) & (pl.col("_placed") == placed))
            if own.height:
                strangers = self._strangers(placed=placed)
                ends = (joined.ends, strangers) if end else (strangers, joined.ends)
                meant = [joined.doubtful[number] for number in own["_doubt"]]
                yield self._with_ends(table, meant, own["_number"], ends, joined.known)

    def _strangers(self, *, placed: bool) -> Ends:
        """Everybody as a stranger."""
        if placed not in self._strange:
            known = [_stranger(endpoint, placed=placed) for endpoint in self._joined.ends.known]
            self._strange[placed] = Ends.known_as(known, self._joined.ends.numbers)
        return self._strange[placed]

    # --- names ---

    def _worlds(self, table: str) -> Iterator[Otherwise]:
        if table in {t.name for t in CONVERSED}:
            yield from self._conversed(table)
        elif table == DEVICES.name:
            yield from map(self._devices, self.unbound)
        elif table == ZONES.name:
            yield from map(self._zones, self.unbound)
        elif table == CONDUITS.name:
            yield from map(self._conduits, self.unbound)

    def _conversed(self, table: str) -> Iterator[Otherwise]:
        for meant in self.unbound:
            likely = pl.Series([_may_be(e, meant) for e in self._joined.ends.known], dtype=pl.Boolean)
            for end in range(len(_OWN)):
                rows = likely[self._numbers(table)[_OWN[end]]].arg_true()
                base = self._joined.tables[table][rows]
                own = base[_ZONES[end]]
                placed = (own != "") & base["crosses_zones"].fill_null(value=False)
                for part, zone in ((~placed, True), (placed, False)):
                    found = self._supposed(table, meant, end, rows.filter(part), zone=zone) if part.any() else None
                    if found is not None and found.changed:
                        yield found

    def _supposed(self, table: str, meant: Unbound, end: int, rows: pl.Series, *, zone: bool) -> Otherwise:
        """Rows as if their client (0) or server (1) were the device; zone: that is in its zone then.

        What crosses zones by addresses that the policy knows does so whatever the ends are called; what stays inside
        one may go to or from a zone within it, as long as nothing else says where that is.
        """
        joined = self._joined
        others = Ends.known_as(
            [self._named(e, meant, zone=zone) if _may_be(e, meant) else e for e in joined.ends.known],
            joined.ends.numbers,
        )
        ends = (others, joined.ends) if end == 0 else (joined.ends, others)
        known = replace(joined.known, bound={*joined.known.bound, *(name_key(n) for n in meant.names)})
        known = replace(known, roles={*known.roles, *(role for role, _ in meant.roles)})
        return self._with_ends(table, meant, rows, ends, known)

    def _with_ends(
        self,
        table: str,
        meant: Unbound | Sequence[DoubtfulEnd],
        rows: pl.Series,
        ends: tuple[Ends, Ends],
        known: KnownNames,
    ) -> Otherwise:
        """The rows as if these were their ends."""
        joined = self._joined
        base = joined.tables[table][rows]
        stored = joined.facts[table][rows]
        if table == FLOWS.name:
            stored = stored.with_columns(base["sealed"])  # whoever is at its ends
        numbered = beside(stored, *ends)
        supposed, _ = judged(TABLES[table], numbered, ends, replace(joined, known=known))
        derived = [c.name for c in TABLES[table].columns if c.derived and c.name in supposed.columns]
        return _otherwise(meant, rows, base, supposed.select(derived))

    def _numbers(self, table: str) -> pl.DataFrame:
        """Who is at the ends of each row."""
        if table not in self._numbered:
            ends = self._joined.ends
            self._numbered[table] = beside(self._joined.facts[table], ends, ends).select(_OWN)
        return self._numbered[table]

    def _named(self, endpoint: Endpoint, meant: Unbound, *, zone: bool) -> Endpoint:
        """The endpoint as the device that is meant."""
        roles = [role for role, _ in meant.roles]
        named = endpoint._replace(
            names=meant.names[:1],
            roles=tuple(dict.fromkeys((*roles, *endpoint.roles))),
            assigned_roles=tuple(dict.fromkeys((*endpoint.assigned_roles, *roles))),
        )
        if not zone or not meant.zones or (endpoint.zone and meant.zones[0] not in self._nowhere):
            return named
        return named._replace(zone=meant.zones[0], level=self._joined.plant.membership.levels.get(meant.zones[0]))

    @cached_property
    def _nowhere(self) -> set[str]:
        """Zones of which every member is a name that means nobody."""
        names = {name_key(name) for meant in self.unbound for name in meant.names}
        return {
            row["zone"]
            for row in self._joined.facts["zones"].to_dicts()
            if not (row["subnets"] or row["vlans"] or row["macs"]) and {name_key(d) for d in row["devices"]} <= names
        }

    def _devices(self, meant: Unbound) -> Otherwise:
        """Devices that it may be; one that has a zone by its address is left in it."""
        devices = self._joined.tables["devices"]
        plant = self._joined.plant
        named = pl.Series([not _open(*plant.names_given(d), meant) for d in devices["device"]], dtype=pl.Boolean)
        rows = (~named & ~(devices["public"] & (devices["zone"] == ""))).arg_true()
        base = devices[rows]
        roles = [role for role, _ in meant.roles]
        reasons = [marked(in_words(Reason(role, said("policy line {line}", line=line)))) for role, line in meant.roles]
        columns: dict[str, list[Any]] = {
            "roles": [list(dict.fromkeys((*roles, *own))) for own in base["roles"]],
            "role_reasons": [[*reasons, *own] for own in base["role_reasons"]],
        }
        if meant.zones:
            level = plant.membership.levels.get(meant.zones[0])
            columns["zones"] = [list(own) or list(meant.zones) for own in base["zones"]]
            columns["zone_count"] = [len(zones) for zones in columns["zones"]]
            columns["zone"] = [own or meant.zones[0] for own in base["zone"]]
            columns["level"] = [own if zone else level for own, zone in zip(base["level"], base["zone"], strict=True)]
        schema = polars_schema(DEVICES)
        supposed = pl.DataFrame([series(name, values, schema[name]) for name, values in columns.items()])
        return _otherwise(meant, rows, base, supposed)

    def _zones(self, meant: Unbound) -> Otherwise:
        """A zone in which nobody was seen may be where the device is, or the device may be elsewhere."""
        zones = self._joined.tables["zones"]
        rows = (zones["zone"].is_in(meant.zones) & ~zones["seen"].fill_null(value=True)).arg_true()
        return _otherwise(meant, rows, zones[rows], _unknown(zones, ("seen", "observed_seconds"), len(rows)))

    def _conduits(self, meant: Unbound) -> Otherwise:
        """Conduits that nobody was seen to use, and that lead from or to the device or are its own."""
        conduits = self._joined.tables["conduits"]
        mine = pl.Series([("conduit", c) in meant.uses for c in conduits["conduit"]], dtype=pl.Boolean)
        zones = list(meant.zones)
        near = conduits["from_zone"].is_in(zones) | conduits["to_zone"].is_in(zones)
        rows = ((mine | near) & ~conduits["used"].fill_null(value=True)).arg_true()
        return _otherwise(meant, rows, conduits[rows], _unknown(conduits, ("used",), len(rows)))


def _may_be(endpoint: Endpoint, meant: Unbound) -> bool:
    """It is one host of the plant, and nobody says that it is called otherwise."""
    may_be = _open(endpoint.names, endpoint.shared, meant)
    return endpoint.host and may_be and not (endpoint.public and not endpoint.zone)


def _open(names: Sequence[str], shared: Sequence[str], meant: Unbound) -> bool:
    """A device with these names may be the one that is meant: it has none, or one that differs by a domain only.

    shared: those of its names that others bear, too; a name of several devices has to be one of these.
    """
    if meant.several:
        return not {name_key(n) for n in shared}.isdisjoint(map(name_key, meant.names))
    every = (*names, *shared)
    return not every or any(with_domain(own, other) for own in every for other in meant.names)


def _stranger(endpoint: Endpoint, *, placed: bool) -> Endpoint:
    """Somebody of whom nothing is known; where he is ``placed``, nothing but where he sends from and how he looks.
    Of a group address nothing is in doubt.
    """
    if not endpoint.host:
        return endpoint
    listed = None if endpoint.listed is None else False
    zone, level, roles = (endpoint.zone, endpoint.level, endpoint.roles) if placed else ("", None, ())
    return Endpoint("", endpoint.name, zone, level, roles, (), listed, endpoint.public, proven=False)


def _unknown(table: pl.DataFrame, columns: Sequence[str], height: int) -> pl.DataFrame:
    return pl.DataFrame({c: pl.Series([None] * height, dtype=table.schema[c]) for c in columns})


def _otherwise(
    meant: Unbound | Sequence[DoubtfulEnd], rows: pl.Series, base: pl.DataFrame, supposed: pl.DataFrame
) -> Otherwise:
    changed = [c for c in supposed.columns if not supposed[c].equals(base[c], null_equal=True)]
    return Otherwise(meant, rows, base.with_columns(supposed.select(changed)), frozenset(changed))


def names_of(worlds: Sequence[Unbound]) -> list[str]:
    """Every name, in the order of the policy."""
    return list(dict.fromkeys(name for meant in worlds for name in meant.names))
