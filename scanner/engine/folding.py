"""Operations that differ in nothing but what they touch, in one row that names all of it.

A poll whose start address moves is one habit of a client, not ten thousand things to read. Rules judge the table as it
is; only the results are folded, and what writes or changes anything only where it is very much.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from scanner.facts.columns_when_asked import numbered_in
from scanner.protocols.base import STATE_CHANGING, WRITES
from scanner.spans import either, spans, units

MOST_OBJECTS = 16  # read or reported that stand in rows of their own
MOST_CHANGED = 64  # written, operated or changed

_SAME = (
    *("capture", "client", "server", "transport", "server_port", "vlan", "tunnel", "client_device", "server_device"),
    *("client_zone", "server_zone", "protocol", "verb", "function", "code", "unit", "detail"),
    *("seen_as", "allowed"),
)
_ROUGHLY = ("client", "server", "protocol", "verb", "function")
_ANY_UNIT = tuple(name for name in _SAME if name != "unit")
_ALL_UNITS = "\0"
_CHANGES = [*map(str, STATE_CHANGING), *map(str, WRITES)]
SUMMED = ("count", "accepted", "refused", "unanswered", "unobserved")
_REFUSALS = ("refusals", "refusal_counts")


@dataclass(frozen=True)
class Arranged:
    """Rows of two tables in one order, so that a large one need not be copied to be sorted.

    folded: rows that stand for many. order: numbers of rows, those of ``folded`` behind those of ``table``.
    """

    table: pl.DataFrame
    folded: pl.DataFrame
    order: pl.Series

    def __len__(self) -> int:
        return len(self.order)

    def part(self, start: int, stop: int, columns: list[str]) -> pl.DataFrame:
        """These columns of the rows from ``start`` up to ``stop``."""
        numbers = self.order[start:stop]
        own = numbers < self.table.height
        rest = self.table[numbers.filter(own), columns]
        if own.all():
            return rest
        also = self.folded[numbers.filter(~own) - self.table.height, columns]
        placed = pl.concat([own.arg_true(), (~own).arg_true()])
        return pl.concat([rest, also], how="vertical_relaxed")[placed.arg_sort()]


def folded(table: pl.DataFrame, order: pl.Series) -> Arranged:
    """The rows of ``operations`` in this order of their numbers, those of many objects as one, which stands where the
    first of them stood.
    """
    beneath = _beneath(table)[order]
    folding = beneath.is_not_null()
    if not folding.any():
        return Arranged(table, table.clear(), order)
    from scanner.capture.result import FIRST_FRAMES  # with what captures need, which configurations have not

    many = table[order.filter(folding)].with_columns(_place=folding.arg_true(), _beneath=beneath.drop_nulls())
    apart = {*_SAME, *SUMMED, "object", "filter", "frames", *_REFUSALS}
    beside = [name for name in table.columns if name not in apart]
    one = many.group_by([*_ANY_UNIT, "_beneath"], maintain_order=True).agg(
        pl.col("_place").first(),
        pl.col(SUMMED).sum(),
        pl.col([name for name in beside if name not in {"first_time", "last_time"}]).first(),
        pl.col("first_time").min(),
        pl.col("last_time").max(),
        pl.col("object", "unit", "filter"),
        pl.col("frames").explode().drop_nulls().unique().sort().head(FIRST_FRAMES),
        pl.col(_REFUSALS).explode().drop_nulls(),
    )
    one = one.with_columns(
        pl.Series("object", [spans(each) for each in one["object"].to_list()], pl.String),
        pl.Series("unit", [units(each) for each in one["unit"].to_list()], pl.String),
        pl.Series("filter", [either(each) for each in one["filter"].to_list()], pl.String),
    )
    one = one.with_columns(_reasons(one, table.schema))
    places = pl.concat([(~folding).arg_true(), one["_place"]])
    behind = pl.Series(range(table.height, table.height + one.height), dtype=order.dtype)
    numbers = pl.concat([order.filter(~folding), behind])
    return Arranged(table, one.select(table.columns), numbers[places.arg_sort()])


def _beneath(table: pl.DataFrame) -> pl.Series:
    """Of each row what it is folded beneath: its unit, or all units where these are many as well; null: nothing."""
    most = pl.when(pl.col("verb").is_in(_CHANGES)).then(MOST_CHANGED).otherwise(MOST_OBJECTS)
    beside = _of_many(table)
    many = table[beside, list(_SAME)].with_columns(_crowded=pl.len().over(_SAME) > most)
    units = ~pl.col("_crowded") & ((~pl.col("_crowded")).sum().over(_ANY_UNIT) > most)
    own = pl.when("_crowded").then(pl.col("unit").fill_null(""))
    found = many.select(beneath=own.when(units).then(pl.lit(_ALL_UNITS)))["beneath"]
    return pl.Series([None], dtype=pl.String).new_from_index(0, table.height).scatter(beside, found)


def _of_many(table: pl.DataFrame) -> pl.Series:
    """The rows that may be folded, as many are roughly alike: to compare all of every row takes long."""
    alike = np.zeros(table.height, np.uint64)
    for name in _ROUGHLY:
        values, places = numbered_in(table, name)
        alike = alike * np.uint64(len(values)) + places.to_numpy()  # alike rows remain so beyond 64 bits
    _, kinds, counts = np.unique(alike, return_inverse=True, return_counts=True)
    return pl.Series(np.flatnonzero(counts[kinds] > min(MOST_OBJECTS, MOST_CHANGED)), dtype=pl.UInt32)


def each_once(told: Iterable[tuple[str, int | None]]) -> list[tuple[str, int]]:
    """Reasons by name, with how often each was given where that is known."""
    summed: Counter[str] = Counter()
    for reason, count in told:
        summed[reason] += count or 0
    return sorted(summed.items())


def _reasons(table: pl.DataFrame, schema: pl.Schema) -> Iterator[pl.Series]:
    """``refusals`` and ``refusal_counts`` with each reason once, by name."""
    found: list[list[tuple[str, int]]] = []
    for reasons, counts in table.select(_REFUSALS).iter_rows():
        found.append(each_once(zip(reasons, counts, strict=True)))
    yield pl.Series("refusals", [[reason for reason, _ in each] for each in found], schema["refusals"])
    yield pl.Series("refusal_counts", [[count for _, count in each] for each in found], schema["refusal_counts"])
