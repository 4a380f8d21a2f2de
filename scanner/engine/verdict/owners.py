"""Of which zones, and of which devices, rows are: counted by number, since rule after rule asks about the same rows."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from scanner.engine.verdict.subset import Subset, Truth

_CONVERSED = ("flows", "operations", "sessions", "publications")
_COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    "zone": {
        **dict.fromkeys(_CONVERSED, ("client_zone", "server_zone")),
        "devices": ("zone",),
        "zones": ("zone",),
        "inventory": ("zone_by_policy",),
        **dict.fromkeys(("conduits", "conduit_parts"), ("from_zone", "to_zone")),
    },
    "device": {
        **dict.fromkeys(_CONVERSED, ("client_device", "server_device")),
        "devices": ("device",),
        "inventory": ("device",),
    },
}
_OWNED = "settings"  # the zone, or the device, of the configuration that they are in
Counts = npt.NDArray[np.int64]
_Numbers = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class RowOwners:
    """names: the first is nobody's. columns: of each row, the numbers of the names that it is of."""

    names: Sequence[str]
    columns: Sequence[_Numbers]

    def counts(self, rows: Subset) -> Counts:
        """Of each name, how many of the rows are of it; a row between two is of both."""
        one, *others = (column if rows.whole else column[rows.numbers] for column in self.columns)
        found = np.bincount(one, minlength=len(self.names))
        for other in others:
            found += np.bincount(other[other != one], minlength=len(self.names))
        found[0] = 0
        return found

    def present(self, *parts: Subset) -> Truth:
        """Of each name, whether any of the rows is of it."""
        found = np.zeros(len(self.names), np.bool_)
        for rows in parts:
            for column in self.columns:
                found[column if rows.whole else column[rows.numbers]] = True
        found[0] = False
        return found


@dataclass(frozen=True)
class Owners:
    """Zones and devices of the rows of all tables, each found once."""

    tables: Mapping[str, pl.DataFrame]
    owners: Mapping[str, Mapping[str, str]]

    def known(self, kind: str, table: str) -> bool:
        """kind: zone or device. The rows of the table are somewhere, or somebody's."""
        return table == _OWNED or table in _COLUMNS[kind]

    def of(self, kind: str, table: str) -> RowOwners:
        """Of which zones, or devices, each row of the table is; names in alphabetical order."""
        if (kind, table) not in self._found:
            self._found[kind, table] = _row_owners(self._columns(kind, table))
        return self._found[kind, table]

    @cached_property
    def _found(self) -> dict[tuple[str, str], RowOwners]:
        return {}

    def at_home_in(self, table: str, zones: Collection[str]) -> Truth:
        """Of each device of the table, whether its own zone is one of these."""
        if table not in self._homes:
            home = dict(self.tables["devices"].select("device", "zone").iter_rows())
            own = pl.Series([home.get(name) or "" for name in self.of("device", table).names], dtype=pl.String)
            self._homes[table] = _row_owners([own])
        known = self._homes[table]
        return np.array([name in zones for name in known.names])[known.columns[0]]

    @cached_property
    def _homes(self) -> dict[str, RowOwners]:
        return {}

    def _columns(self, kind: str, table: str) -> list[pl.Series]:
        if table != _OWNED:
            return self.tables[table].select(_COLUMNS[kind][table]).get_columns()
        owners, host = self.owners[kind], self.tables[table]["device"].str.to_lowercase()
        if not owners:
            return [pl.Series([""]).new_from_index(0, len(host))]
        return [host.replace_strict(owners, default="", return_dtype=pl.String)]


def _row_owners(columns: Sequence[pl.Series]) -> RowOwners:
    columns = [column.fill_null("") for column in columns]
    every = pl.concat([column.unique() for column in columns]).unique()
    names = ["", *map(sys.intern, sorted(name for name in every if name))]
    kind = pl.Enum(names)
    return RowOwners(names, [column.cast(kind).to_physical().cast(pl.UInt32).to_numpy() for column in columns])
