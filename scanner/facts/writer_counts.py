"""How many devices write one object, and one server: columns beside operations, for all captures together.

What counts is that a client wrote and was not refused every time. Devices count, not addresses.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from scanner.facts.ranges import ranges
from scanner.facts.rates import device
from scanner.protocols.base import WRITES

Numbers = npt.NDArray[np.int64]

_OBJECT = ("server", "protocol", "unit", "space")
_BEFORE, _AFTER = -1, 1 << 62  # every object is between


def writer_counts(operations: pl.DataFrame) -> pl.DataFrame:
    """``writers_of_object`` and ``writers_of_server`` beside operations with ``client_device`` and ``server_device``;
    null for what is no write, and without an object.
    """
    rows = operations.select(
        "protocol",
        "unit",
        "object",
        client=device("client"),
        server=device("server"),
        writes=pl.col("verb").is_in(WRITES) & (pl.col("seen_as") != "notice"),
        done=(pl.col("refused") < pl.col("count")).fill_null(value=True),
    ).with_row_index("row")
    writes = rows.filter("writes")
    of_server = _distinct(writes.filter("done"), ["server"], "writers_of_server")
    named = writes.filter(pl.col("object") != "")
    named = named.hstack(ranges(named))
    beside = (
        rows.select("row", "writes", "server")
        .join(of_server, on="server", how="left")
        .join(_of_objects(named), on="row", how="left")
        .sort("row")
    )
    return beside.select("writers_of_object", pl.when("writes").then(pl.col("writers_of_server").fill_null(0)))


def _distinct(rows: pl.DataFrame, by: list[str], name: str) -> pl.DataFrame:
    return rows.group_by(by).agg(pl.col("client").n_unique().cast(pl.Int64).alias(name))


def _of_objects(named: pl.DataFrame) -> pl.DataFrame:
    """``row`` and ``writers_of_object``. Ranges are compared only in spaces where that can make a difference."""
    clients = _distinct(named.filter("done"), [*_OBJECT], "clients")
    named = named.join(clients, on=_OBJECT, how="left").with_columns(pl.col("clients").fill_null(0))
    plain = (pl.col("clients") == 0) | (pl.col("clients") == 1) & pl.col("done")
    named = named.with_columns(plain=plain.all().over(_OBJECT))
    alone = named.filter("plain").select("row", writers_of_object="clients")
    several = named.filter(~pl.col("plain"))
    if several.is_empty():
        return alone
    spaces = several.select(_OBJECT).unique(maintain_order=True).with_row_index("_space")
    ranged = several.join(spaces, on=_OBJECT, how="left", nulls_equal=True).select(
        "client", "low", "high", "done", "clients", "row", space=pl.col("_space").cast(pl.Int64)
    )
    asked = ranged.select("space", "low", "high", "clients").unique()
    gaps = _gaps(ranged.filter("done"))
    missed = _holding(*_placed(gaps, asked))
    counted = asked.with_columns(writers_of_object=pl.col("clients") - pl.Series(missed))
    found = ranged.join(counted, on=["space", "low", "high"]).select("row", "writers_of_object")
    return pl.concat([alone, found])


def _gaps(ranged: pl.DataFrame) -> pl.DataFrame:
    """What each client does not write of a space: ``low`` and ``high`` (neither included) of every gap.

    A range that a client has not written lies within exactly one gap of that client, so gaps count clients.
    """
    client = ["space", "client"]
    runs = ranged.sort(*client, "low").with_columns(reached=pl.col("high").cum_max().over(client))
    runs = runs.with_columns(before=pl.col("reached").shift(1).over(client).fill_null(_BEFORE))
    between = runs.filter(pl.col("low") > pl.col("before")).select("space", low="before", high="low")
    last = runs.group_by(client).agg(low=pl.col("reached").last()).select("space", "low", high=pl.lit(_AFTER))
    return pl.concat([between, last.with_columns(pl.col("high").cast(pl.Int64))])


def _placed(gaps: pl.DataFrame, asked: pl.DataFrame) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Ends of gaps and of ranges asked for as places on one line, on which the spaces follow one another."""
    ends = pl.concat(
        [table.select("space", pl.col(end).alias("end")) for table in (gaps, asked) for end in ("low", "high")]
    )
    rank = pl.col("end").rank("dense").cast(pl.Int64)  # two numbers as one: ranking pairs takes many times as long
    place = ends.select((pl.col("space") * (rank.max() + 1) + rank).rank("dense").cast(pl.Int64)).to_series().to_numpy()
    low, high, asked_low, asked_high = np.split(place, np.cumsum([gaps.height, gaps.height, asked.height]))
    return low, high, asked_low, asked_high


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
