"""How many messages came in one minute: calendar minutes, UTC.

Of each distinct message the capture stage knows how often it was seen in its own busiest minute and in the busiest of
those like it. What is known of one minute is added up over whatever belongs together. So the numbers are true of some
minute and exact for a single message, and for all messages of one kind together; at most they are too low.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

if TYPE_CHECKING:
    from scanner.capture.result import Messages

Numbers = npt.NDArray[np.int64]

_MINUTE = 60_000_000_000
_PAIR = ("client_device", "server_device")


def busiest(
    messages: Messages, message: Numbers, group: Numbers, height: int, less: Numbers
) -> tuple[Numbers, Numbers]:
    """How many messages each group below ``height`` had in its busiest minute, and that minute (since 1970); 0 where
    no time is known.

    A ``message`` (index) is in the ``group`` beside it; ``less``: how many of it are not meant, whenever they came.
    """
    counts = np.maximum(0, messages.rows["in_minutes"][message].astype(np.int64) - less[:, None])
    places, which = np.unique(group[:, None] << 32 | messages.rows["minutes"][message], return_inverse=True)
    sums = np.bincount(which.ravel(), counts.ravel(), len(places)).astype(np.int64)
    order = np.lexsort((-places, sums, places >> 32))  # of equal minutes the first is the last of its group
    most, at = np.zeros(height, np.int64), np.zeros(height, np.int64)
    most[places[order] >> 32], at[places[order] >> 32] = sums[order], places[order] & 0xFFFFFFFF
    at[most == 0] = 0
    return most, at


def counted(name: str, counts: Numbers) -> pl.Series:
    """Counts as a column, null for 0."""
    found = pl.Series(name, counts)
    return found.set(found == 0, None)


def moments(name: str, minutes: Numbers) -> pl.Series:
    """When minutes (since 1970) begin, as a column, null for 0."""
    return counted(name, minutes * _MINUTE).cast(pl.Datetime("ns", "UTC"))


def writes_per_minute(operations: pl.DataFrame) -> pl.Series:
    """The most writes in one minute from the client's device to the server's, by one protocol: a column beside
    operations with ``client_device`` and ``server_device``.

    A minute that two captures share was cut by the end of a file, and its parts are added, where they do not overlap:
    what several captures saw at the same time may be the same.
    """
    pair = [*(device(end).alias(f"{end}_device") for end in ("client", "server")), pl.col("protocol")]
    minute = pl.col("writes_busiest_time")
    parts = operations.select(*pair, minute, "writes_busiest_minute", "capture", "first_time", "last_time")
    parts = parts.filter(minute.is_not_null())
    parts = parts.group_by(*_PAIR, "protocol", minute, "capture").agg(
        pl.col("writes_busiest_minute").max(),
        start=pl.max_horizontal(pl.col("first_time").min(), minute.first()),
        end=pl.min_horizontal(pl.col("last_time").max(), minute.first() + pl.duration(minutes=1)),
    )
    key = [*_PAIR, "protocol", "writes_busiest_time"]
    reached = pl.col("end").cum_max().shift(1).over(key)
    parts = parts.sort("start").with_columns(overlaps=(pl.col("start") < reached).fill_null(value=False))
    count = pl.col("writes_busiest_minute")
    added = parts.group_by(key).agg(
        most=pl.when(pl.col("overlaps").any()).then(count.max()).otherwise(count.sum()).first()
    )
    found = added.group_by(*_PAIR, "protocol").agg(pl.col("most").max())
    asked = operations.select(*pair, "writes_busiest_minute")
    beside = asked.join(found, on=[*_PAIR, "protocol"], how="left", maintain_order="left")
    told = pl.when(pl.col("writes_busiest_minute").is_not_null()).then("most")
    return beside.select(writes_per_minute=told).to_series()


def device(end: str) -> pl.Expr:
    """The device at an end of an operation, its address where none is known."""
    known = pl.col(f"{end}_device")
    return pl.when(known != "").then(known).otherwise(end)
