"""The facts: one polars frame for each stored table of the schema, with the provenance of every input.

``merge`` is associative, commutative and has ``Facts()`` as identity, so inputs can be read apart and in any order.
``scanner.facts.saved`` keeps facts as a folder, so that one can scan once and judge many times.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from scanner.facts.columns_when_asked import compacted
from scanner.facts.schema import TABLES, Column, Table
from scanner.facts.thin import constant
from scanner.provenance import Defect, Provenance

# tables that say who may do what
_AUTHORITY = ("zones", "conduits", "export_entries", "writers", "undecided", "roles", "change_windows")
_TYPES: dict[str, Any] = {
    "str": pl.String(),
    "int": pl.Int64(),
    "float": pl.Float64(),
    "bool": pl.Boolean(),
    "time": pl.Datetime("ns", "UTC"),
    "list[str]": pl.List(pl.String()),
    "list[int]": pl.List(pl.Int64()),
}

STORED = tuple(t for t in TABLES.values() if not t.derived)


def polars_schema(table: Table, *, derived: bool = False) -> dict[str, Any]:
    """Column name -> polars type; with the derived columns when asked for."""
    return {c.name: _TYPES[c.type] for c in table.columns if derived or table.derived or not c.derived}


def frame(table: Table, rows: Iterable[Mapping[str, Any]], *, derived: bool = False) -> pl.DataFrame:
    """Rows as a frame of the table. Columns that a row leaves out are empty (text, lists) or null (the others).

    A name that the schema does not have is a KeyError: a reader that fills an unknown column is a defect.
    """
    rows = list(rows)
    names = dict.fromkeys(name for shape in set(map(tuple, rows)) for name in shape)
    return frame_of(table, {name: [row.get(name) for row in rows] for name in names}, len(rows), derived=derived)


def frame_of(
    table: Table, found: Mapping[str, Sequence[Any] | pl.Series], height: int, *, derived: bool = False
) -> pl.DataFrame:
    """The columns found, each ``height`` long, as a frame of the table; otherwise as ``frame``."""
    columns: list[Column] = [c for c in table.columns if derived or table.derived or not c.derived]
    unknown = found.keys() - {c.name for c in columns}
    if unknown:
        raise KeyError(f"table {table.name} has no column {', '.join(sorted(unknown))}")
    if not height:
        return _without_rows(table, derived=derived)
    return pl.DataFrame([_column(c, found.get(c.name), height) for c in columns])


_ROW = "_row"
_NO_ROWS: dict[tuple[int, bool], tuple[Table, pl.DataFrame]] = {}  # by the identity of a table, which is kept with it


def _without_rows(table: Table, *, derived: bool) -> pl.DataFrame:
    """Made once: most tables of a scan of configurations are empty, and a schema of 90 columns takes its time."""
    key = id(table), derived
    if key not in _NO_ROWS:
        _NO_ROWS[key] = table, pl.DataFrame(schema=polars_schema(table, derived=derived))
    return _NO_ROWS[key][1].clone()


def scattered(found: pl.DataFrame, at: pl.Series, height: int) -> pl.DataFrame:
    """So many rows, of which those at these numbers are the ones found, in turn; the others are null."""
    every = pl.DataFrame({_ROW: pl.int_range(height, eager=True)})
    placed = found.with_columns(at.cast(pl.Int64).alias(_ROW))
    return every.join(placed, on=_ROW, how="left", maintain_order="left").drop(_ROW)


def _column(column: Column, values: Sequence[Any] | pl.Series | None, height: int) -> pl.Series:
    if values is None:
        return _left_out(column.name, column.type).new_from_index(0, height)
    dtype = _TYPES[column.type]
    if isinstance(values, pl.Series):
        made = values.alias(column.name).cast(dtype)
    else:
        made = series(column.name, values, dtype)
    return made.fill_null("") if dtype == pl.String and made.null_count() else made


@functools.cache
def _left_out(name: str, of: str) -> pl.Series:
    """One row of a column that says nothing; of: its type. Most columns of most rows do not."""
    dtype = _TYPES[of]
    if isinstance(dtype, pl.List):
        return pl.Series(name, [[]], dtype=dtype)
    return pl.Series(name, ["" if dtype == pl.String else None], dtype=dtype)


def series(name: str, values: Sequence[Any], dtype: Any) -> pl.Series:
    """Values as a series; lists are never null.

    A list series is built by grouping its flat values: twenty times as fast as polars' own constructor.
    """
    if not isinstance(dtype, pl.List) or not values:
        return pl.Series(name, values, dtype=dtype)
    if not any(values):
        return pl.Series(name, [[]], dtype=dtype).new_from_index(0, len(values))
    flat = pl.DataFrame(
        {
            "row": pl.Series([row for row, items in enumerate(values) for _ in items or ()], dtype=pl.Int64()),
            name: pl.Series([item for items in values for item in items or ()], dtype=dtype.inner),
        }
    )
    return lists(flat, "row", name, len(values))


def lists(flat: pl.DataFrame, by: str, name: str, height: int) -> pl.Series:
    """The values of column ``name`` as a list for each number below ``height`` in column ``by``."""
    rows = pl.DataFrame({by: range(height)}, schema={by: flat[by].dtype})
    grouped = flat.group_by(by, maintain_order=True).agg(name)
    if grouped[by].equals(rows[by]):
        return grouped[name]
    return rows.join(grouped, on=by, how="left", maintain_order="left")[name].fill_null([])


def _canonical(table: pl.DataFrame) -> pl.DataFrame:
    """Distinct rows in one order, whatever order they came in."""
    if table.height < 2:
        return table
    alike = constant(table)  # what says the same everywhere need be neither moved nor compared
    if len(alike) == table.width:
        return table.head(1)
    return _in_order(table.drop(alike)).with_columns(**alike).select(table.columns)


def _in_order(table: pl.DataFrame) -> pl.DataFrame:
    keys = [key for name, dtype in table.schema.items() for key in _keys(name, dtype)]
    for count in _FIRST_KEYS:  # sorting by all columns takes a multiple of the table, and a few tell most rows apart
        if _marked(table, keys[:count]).is_unique().all():
            return table.sort(keys[:count], nulls_last=True)
    table = table.sort(keys, nulls_last=True, maintain_order=True)
    marked = _marked(table, keys)
    repeated = marked.select(pl.all_horizontal(pl.all().eq_missing(pl.all().shift(1)))).to_series()
    repeated[0] = False
    return table.filter(~repeated)


_FIRST_KEYS = (4, 12)


def _marked(table: pl.DataFrame, keys: Sequence[pl.Expr]) -> pl.DataFrame:
    return table.select(key.alias(f"k{number}") for number, key in enumerate(keys))


def _keys(name: str, dtype: Any) -> list[pl.Expr]:
    """What a column is compared by: lists by their length and joined text, since polars does not sort lists."""
    column = pl.col(name)
    if isinstance(dtype, pl.List):
        return [column.cast(pl.List(pl.String())).list.join("\x1f"), column.list.len()]
    return [column]


@dataclass(frozen=True)
class Facts:
    """All stored tables (each present, maybe empty), provenance, defects, and the site name of the policy.

    merged: each table has its rows once and in the order that ``merge`` gives them, so that a large one need not be
    copied to see to that.
    """

    tables: dict[str, pl.DataFrame] = field(default_factory=dict)
    inputs: tuple[Provenance, ...] = ()
    defects: tuple[Defect, ...] = ()
    site: str = ""
    merged: bool = field(default=False, compare=False)

    def __getitem__(self, name: str) -> pl.DataFrame:
        """The table called ``name``; an empty frame when nothing filled it."""
        return self.tables[name] if name in self.tables else _without_rows(TABLES[name], derived=False)

    def has(self, kind: str) -> bool:
        """Some input of this kind was read: capture, inventory, policy, configuration; zones is a policy with zones.

        Decisions and waivers alone settle what was seen; they are no policy that says who may do what.
        """
        if kind == "policy" and self._only_settles():
            return False
        if any(p.kind == kind and not p.unread for p in self.inputs):
            return True
        return kind == "zones" and self.has("policy") and self["zones"].height > 0

    @property
    def captured(self) -> bool:
        """Traffic was captured, even if nothing could be read of it."""
        return self.has("capture") or self["captures"].height > 0

    def _only_settles(self) -> bool:
        settles = self["decisions"].height or self["waivers"].height
        return bool(settles) and not any(self[name].height for name in _AUTHORITY)

    def beside(self, records: Iterable[Provenance]) -> Facts:
        """These facts, with what is told of inputs that gave none."""
        return replace(self, inputs=tuple(sorted({*self.inputs, *records})))

    def merge(self, *others: Facts) -> Facts:
        """All facts together; reading one input twice changes nothing."""
        every = (self, *others)
        tables = {}
        for name in sorted({name for facts in every for name in facts.tables}):
            parts = [(facts.tables[name], facts.merged) for facts in every if name in facts.tables]
            filled = [part for part in parts if part[0].height] or parts[:1]
            table, merged = filled[0]
            if not merged or len(filled) > 1:
                table = _canonical(pl.concat([part for part, _ in filled]))
            tables[name] = compacted(table)
        sites = sorted({facts.site for facts in every if facts.site})
        return Facts(
            tables=tables,
            inputs=tuple(sorted({given for facts in every for given in facts.inputs})),
            defects=tuple(sorted({defect for facts in every for defect in facts.defects})),
            site=" / ".join(sorted({part for s in sites for part in s.split(" / ")})),
            merged=True,
        )
