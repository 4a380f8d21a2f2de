"""What traffic counts as, whatever its protocol: a change to a device, an attempt to connect, sealed, how long."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from scanner.facts.schema import PATH
from scanner.protocols import protocols
from scanner.vocabulary import CONTROL_ROLES

MOST_LACKING = 0.25  # of what was sent, of a flow that would have been recognised
_ENDS = ("client", "server")


def controls(roles: Iterable[str], assigned: Iterable[str]) -> bool | None:
    """Whether a device belongs to the control of the process, by what the policy or the inventory calls it or by what
    it serves. None when nobody says what it is: a laptop and a controller answer FTP alike.
    """
    if not CONTROL_ROLES.isdisjoint(roles):
        return True
    return False if any(assigned) else None


def attempts(flows: pl.DataFrame) -> pl.Series:
    """Of each flow that came to nothing, how: "refused" when the server, or somebody for it, sent something back, and
    "unanswered"; empty when data or a whole handshake was seen, and at layer 2, where nobody connects.
    """
    came = pl.col("established").fill_null(value=True) | (pl.col("transport") == "ethernet")
    answered = (pl.col("server_packets").fill_null(0) > 0) | (pl.col("refused").fill_null(0) > 0)
    kind = pl.when(came).then(pl.lit("")).when(answered).then(pl.lit("refused")).otherwise(pl.lit("unanswered"))
    return flows.select(attempt=kind).to_series()


def sealed(flows: pl.DataFrame, sessions: pl.DataFrame) -> pl.Series:
    """Of each flow, whether nobody can see what is done in it: part of it is encrypted, or its protocol was not
    recognised by its content.
    """
    if not flows.height:  # protocols need not be imported for it
        return pl.Series("sealed", [], pl.Boolean)
    encrypted = sessions.filter(pl.col("encrypted").fill_null(value=False)).select(PATH).unique()
    encrypted = encrypted.with_columns(_encrypted=pl.lit(value=True))
    secret = [name for name, known in protocols().items() if known.secured]
    inside = pl.col("protocols").list.set_intersection(secret).list.len().fill_null(0) > 0
    unknown = (pl.col("protocol") == "") | (pl.col("recognised_by") == "port").fill_null(value=False)
    carried = (pl.col("client_bytes").fill_null(0) + pl.col("server_bytes").fill_null(0)) > 0
    looked_at = (*PATH, "protocols", "protocol", "recognised_by", "client_bytes", "server_bytes", "secured")
    asked = flows.select(list(dict.fromkeys(looked_at)))
    beside = asked.join(encrypted, on=list(PATH), how="left", nulls_equal=True, maintain_order="left")
    closed = pl.col("_encrypted").fill_null(value=False) | pl.col("secured").fill_null(value=False) | inside | unknown
    return beside.select(sealed=(closed & carried).fill_null(value=False)).to_series()


def too_short() -> pl.Expr:
    """Of a flow that was not recognised, so much is missing, was cut off or is told in two ways that it may be of any
    protocol. Of a stream the bytes are known that are missing, of all else how many packets were cut.
    """
    missing, sent, cut, packets, contradictory = (
        pl.sum_horizontal(pl.col(f"{end}_{what}").fill_null(0) for end in _ENDS)
        for what in ("missing", "bytes", "cut", "packets", "contradictory")
    )
    cut_short = (pl.col("transport") != "tcp") & (cut > MOST_LACKING * packets)
    in_two_ways = 2 * contradictory > MOST_LACKING * packets  # every other packet of a stream acknowledges only
    return (pl.col("protocol") == "") & ((missing > MOST_LACKING * sent) | cut_short | in_two_ways)


def extents(flows: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """Of each flow how long it lasted, in seconds, and what share of its packets repeated a TCP segment."""
    lasted = (pl.col("last_time") - pl.col("first_time")).dt.total_microseconds() / 1_000_000
    packets = pl.col("client_packets").fill_null(0) + pl.col("server_packets").fill_null(0)
    counted = (pl.col("transport") == "tcp") & ~pl.col("copy").fill_null(value=False) & (packets > 0)
    share = pl.when(counted).then(pl.col("retransmissions") / packets)
    told = flows.select(duration=lasted, retransmission_share=share)
    return told["duration"], told["retransmission_share"]
