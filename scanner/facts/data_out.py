"""Whether what leaves the plant can be data of the zone that it leaves: questions for the time are none."""

from __future__ import annotations

import polars as pl

_TIME_MESSAGE = 76  # bytes of an NTP header with the longest digest: what is longer has room for more
_FIRST_TIMES, _BETWEEN = 20, 4  # messages with which a client begins; seconds between later ones, at the fastest
_SIDES = ("client", "server")


def may_hold_data(own: str) -> pl.Expr:
    """Of flows, by the end inside (``own``: client or server): false where nothing was sent, or only questions and
    answers about the time, too short and too few for anything else; null where only names were asked for; else true.
    """
    silent = (
        (pl.col(f"{own}_packets").fill_null(0) > 0)
        & (pl.col(f"{own}_bytes").fill_null(0) == 0)
        & (pl.col(f"{own}_missing").fill_null(0) == 0)
    )
    return (
        pl.when(silent | (_only("ntp") & _paced()))
        .then(pl.lit(value=False))
        .when(_only("dns"))
        .then(pl.lit(None, pl.Boolean))
        .otherwise(pl.lit(value=True))
    )


def _only(protocol: str) -> pl.Expr:
    """All of it is of the protocol, as its content shows."""
    content = (pl.col("recognised_by") == "content").fill_null(value=False)
    others = pl.col("protocols").list.set_difference([protocol]).list.len().fill_null(0)
    return content & (pl.col("protocol") == protocol) & (others == 0) & (pl.col("skipped_bytes").fill_null(0) == 0)


def _paced() -> pl.Expr:
    """As short and as seldom as clients ask for the time."""
    lasted = (pl.col("last_time") - pl.col("first_time")).dt.total_seconds().fill_null(0)
    most = _FIRST_TIMES + lasted // _BETWEEN
    return pl.all_horizontal(
        (pl.col(f"{end}_packets").fill_null(0) <= most)
        & (pl.col(f"{end}_bytes").fill_null(0) <= _TIME_MESSAGE * pl.col(f"{end}_packets").fill_null(0))
        for end in _SIDES
    )
