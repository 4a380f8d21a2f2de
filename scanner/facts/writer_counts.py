"""How many devices write one object, and one server: columns beside operations, for all captures together.

What counts is that a client wrote and was not refused every time. Devices count, not addresses.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from scanner.facts.ranges import ranges
from scanner.facts.rates import device
from scanner.protocols.base import WRITES

Numbers = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]

_WRITERS = ("client", "client_device", "server", "server_device")
_OBJECT = ("server", "protocol", "unit", "space")


def writer_counts(operations: pl.DataFrame) -> pl.DataFrame:
    """``writers_of_object`` and ``writers_of_server`` beside operations with ``client_device`` and ``server_device``;
    null for what is no write, and without an object.
    """
    wrote = operations.select(pl.col("verb").is_in(WRITES) & (pl.col("seen_as") != "notice")).to_series().arg_true()
    written = operations[wrote, ["protocol", "unit", "object", "refused", "count", *_WRITERS]]
    writes = written.select(
        wrote.alias("row"),
        *(pl.col(name).cast(pl.Categorical) for name in ("protocol", "unit", "object")),
        *(device(end).cast(pl.Categorical).alias(end) for end in ("client", "server")),
        done=(pl.col("refused") < pl.col("count")).fill_null(value=True),
    )
    of_server = _distinct(writes.filter("done"), ["server"], "writers_of_server")
    found = (
        writes.select("row", "server")
        .join(of_server, on="server", how="left")
        .join(_of_objects(_ranged(writes.filter(pl.col("object") != ""))), on="row", how="left")
        .select("row", "writers_of_object", pl.col("writers_of_server").fill_null(0))
    )
    rows = operations.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"))
    return rows.join(found, on="row", how="left", maintain_order="left").drop("row")


def _ranged(named: pl.DataFrame) -> pl.DataFrame:
    """With the ``space`` of each object, which is a number, and the ``low`` and ``high`` in it."""
    texts = named.select("protocol", "object").unique()
    found = texts.hstack(ranges(texts.cast(pl.String))).with_columns(pl.col("space").cast(pl.Categorical))
    return named.join(found, on=["protocol", "object"], how="left", nulls_equal=True)


def _distinct(rows: pl.DataFrame, by: list[str], name: str) -> pl.DataFrame:
    return rows.group_by(by).agg(pl.col("client").n_unique().cast(pl.Int64).alias(name))


def _of_objects(named: pl.DataFrame) -> pl.DataFrame:
    """``row`` and ``writers_of_object``. Ranges are compared only in spaces where that can make a difference."""
    spaces = named.select(_OBJECT).unique().with_row_index("place").with_columns(pl.col("place").cast(pl.Int64))
    named = named.join(spaces, on=_OBJECT, how="left", nulls_equal=True).drop(_OBJECT)
    clients = _distinct(named.filter("done"), ["place"], "clients")
    named = named.join(clients, on="place", how="left").with_columns(pl.col("clients").fill_null(0))
    plain = (pl.col("clients") == 0) | (pl.col("clients") == 1) & pl.col("done")
    named = named.with_columns(plain=plain.all().over("place"))
    alone = named.filter("plain").select("row", writers_of_object="clients")
    several = named.filter(~pl.col("plain"))
    if several.is_empty():
        return alone
    counts = several["clients"].to_numpy() - _not_writing(several)
    return pl.concat([alone, several.select("row").with_columns(writers_of_object=pl.Series(counts, dtype=pl.Int64))])


def _not_writing(several: pl.DataFrame) -> Numbers:
    """Of each range, how many of the clients that write to its space do not write it.

    A range that a client has not written lies within exactly one gap of that client, so gaps count clients.
    """
    spaces, client = (several[name].to_physical().cast(pl.Int64).to_numpy() for name in ("place", "client"))
    line = _Line.of(spaces, several["low"].to_numpy(), several["high"].to_numpy())
    gaps = line.gaps(client, several["done"].to_numpy())
    asked, which = np.unique(line.low * line.length + line.high, return_inverse=True)
    return _holding(*gaps, *np.divmod(asked, line.length))[which]


class _Line(NamedTuple):
    """Where ranges begin and end on a line on which spaces follow one another; where the space of each does: before
    and behind everything in it.
    """

    low: Numbers
    high: Numbers
    begin: Numbers
    end: Numbers
    length: int

    @classmethod
    def of(cls, spaces: Numbers, low: Numbers, high: Numbers) -> _Line:
        ends, ranks = np.unique(np.concatenate([low, high]), return_inverse=True)
        behind = np.full(len(spaces), len(ends) + 1)
        pairs = np.tile(spaces, 4) * (len(ends) + 2) + np.concatenate([ranks + 1, np.zeros_like(spaces), behind])
        places, which = np.unique(pairs, return_inverse=True)
        low, high, begin, end = np.split(which, 4)
        return cls(low, high, begin, end, len(places))

    def gaps(self, client: Numbers, done: Truths) -> tuple[Numbers, Numbers]:
        """Between which places (neither included) is what each client has not done of a space in which it did some."""
        low, high, begin, end = (part[done] for part in self[:4])
        client = client[done]
        order = np.lexsort((low, client, begin))
        low, high, begin, end, client = (part[order] for part in (low, high, begin, end, client))
        first = np.append(True, (begin[1:] != begin[:-1]) | (client[1:] != client[:-1]))[: len(order)]
        before_group = (np.cumsum(first) - 1) * self.length  # groups apart from one another
        reached = np.maximum.accumulate(high + before_group) - before_group
        before = np.where(first, begin, np.roll(reached, 1))
        between, last = low > before, np.roll(first, -1)
        return np.concatenate([before[between], reached[last]]), np.concatenate([low[between], end[last]])


def _holding(low: Numbers, high: Numbers, asked_low: Numbers, asked_high: Numbers) -> Numbers:
    """How many gaps hold each range asked for: begin before it and end behind it.

    A wavelet tree over the gaps in the order of ``low``: for every bit of ``high``, from the highest, all ranges step
    down at once, so many ranges and gaps cost no more than sorting them.
    """
    order = np.argsort(low, kind="stable")
    ends = high[order]
    left, right = np.zeros(len(asked_low), np.int64), np.searchsorted(low[order], asked_low)
    least = asked_high + 1  # gaps count that end here or further
    total = np.zeros(len(asked_low), np.int64)
    for bit in reversed(range(int(max(ends.max(initial=0), least.max(initial=0))).bit_length())):
        zero = ends >> bit & 1 == 0
        zeros = np.concatenate([[0], np.cumsum(zero)])
        from_zero, to_zero = zeros[left], zeros[right]
        up = least >> bit & 1 == 1
        total += np.where(up, 0, right - left - (to_zero - from_zero))
        left = np.where(up, zeros[-1] + left - from_zero, from_zero)
        right = np.where(up, zeros[-1] + right - to_zero, to_zero)
        ends = np.concatenate([ends[zero], ends[~zero]])
    return total + right - left
