"""Clocks of recordings: what two of them have whole began and ended at the same time in both, if their clocks agree."""

from __future__ import annotations

import polars as pl

SAME = 0.05  # seconds within which a conversation began and ended as much later as others in the other recording
FEWEST = 3  # conversations that agree on it
FEWEST_PACKETS = 20  # of one, so that no other is equal to it by chance
LONGEST = 15 * 3600.0  # seconds that are a wrong clock or time zone; a day is another day
_KEY = (
    *("transport", "client", "server", "server_port", "client_packets", "server_packets"),
    *("client_bytes", "server_bytes"),
)
_SECOND = 1_000_000_000


def clocks(captures: pl.DataFrame, flows: pl.DataFrame) -> list[pl.Series]:
    """The columns ``clock_ahead`` and ``clock_behind`` of the captures."""
    if captures.height < 2:
        return [
            pl.Series("clock_ahead", [None] * captures.height, pl.Float64),
            pl.Series("clock_behind", [""] * captures.height, pl.String),
        ]
    pairs = _pairs(flows).join(captures.select(capture_right="capture", clock_behind="source"), on="capture_right")
    most = pairs.sort("ahead", descending=True).unique("capture", keep="first", maintain_order=True)
    beside = captures.select("capture").join(most, on="capture", how="left", maintain_order="left")
    ahead = pl.col("ahead").clip(lower_bound=0.0)
    behind = pl.when(ahead > 0).then("clock_behind").otherwise(pl.lit("")).fill_null("").cast(pl.String)
    return beside.select(clock_ahead=ahead, clock_behind=behind).get_columns()


def _pairs(flows: pl.DataFrame) -> pl.DataFrame:
    """Of each two captures with the same packets, by how many seconds the clock of the first is ahead."""
    packets, payload = (pl.col(f"client_{what}") + pl.col(f"server_{what}") for what in ("packets", "bytes"))
    carried = (packets >= FEWEST_PACKETS) & (payload > 0)
    found = flows.select("capture", *_KEY, pl.col("first_time", "last_time").to_physical()).filter(carried)
    found = found.unique(["capture", *_KEY], keep="none")
    both = found.join(found, on=list(_KEY), suffix="_right").filter(pl.col("capture") != pl.col("capture_right"))
    begun, ended = ((pl.col(f"{end}_time") - pl.col(f"{end}_time_right")) / _SECOND for end in ("first", "last"))
    both = both.select("capture", "capture_right", ahead=begun, apart=(begun - ended).abs()).filter(
        (pl.col("apart") <= SAME) & (pl.col("ahead").abs() <= LONGEST)
    )
    pair = ["capture", "capture_right"]
    middle = both.with_columns(middle=pl.col("ahead").median().over(pair))
    agree = (pl.col("ahead") - pl.col("middle")).abs() <= SAME
    counts = middle.group_by(pair).agg(agree=agree.sum(), all=pl.len(), ahead=pl.col("middle").first())
    return counts.filter((pl.col("agree") >= FEWEST) & (2 * pl.col("agree") > pl.col("all"))).select(*pair, "ahead")
