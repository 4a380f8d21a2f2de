"""Flows that belong to others, when facts are judged: ``scanner.facts.related`` says what makes them so."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from scanner.facts.frames import scattered
from scanner.facts.schema import PATH
from scanner.policy.permission import Ports

_CLOCK = pl.duration(seconds=1)  # by which packets of two conversations may be out of order
# Who is at each end: the device, or the address where no device is known by it.
_WHO = tuple(
    pl.when(pl.col(f"{end}_device") != "").then(f"{end}_device").otherwise(end).alias(name)
    for end, name in (("client", "_asking"), ("server", "_serving"))
)
_FREE = 1024  # ports below are of services, not of transfers
TURNED = {
    f"{before}{one}{after}": f"{before}{other}{after}"
    for before, after in (("", ""), ("", "_mac"), ("tunnel_", ""))
    for one, other in (("client", "server"), ("server", "client"))
}
_ASKED = ("client_zone", "server_zone", "transport", "server_port", "protocol", "recognised_by", "client", "_client")
ANSWERS = ("crosses_zones", "conduit", "allowed", "verb_excluded")  # of the policy
_PARENT = {name: f"related_{name}" for name in _ASKED}
_CONFIRMED = "related_confirmed"


def relatives(flows: pl.DataFrame, related: pl.DataFrame, ports: Ports) -> pl.DataFrame:
    """The paths of flows that others agreed on, with ``related_…``: the columns by which these are judged.

    flows, related: beside their ends; ``_client`` is the number of the device. ports: where protocols are at home.
    """
    flow = flows.with_row_index("_flow").select(
        "_flow", *PATH, *_WHO, _spoken(flows, ports), "connections", "first_time"
    )
    agreed = (
        related.filter(pl.col("recognised_by") != "port")
        .with_row_index("_stated")
        .select(
            "_stated",
            *(pl.col(name).alias(parent) for name, parent in _PARENT.items()),
            *_WHO,
            *("to_transport", "to_port", "spoken", "within", "agreed", "opener"),
            pl.col("confirmed").fill_null(value=True).alias(_CONFIRMED),
            pl.col("first_time").alias("_from"),
            pl.col("last_time").alias("_until"),
            (pl.col("transport") == pl.col("to_transport")).alias("_alike"),
        )
    )
    back = agreed.rename({"_asking": "_serving", "_serving": "_asking"})
    found = pl.concat(
        part
        for side, opener, forth in ((agreed, "client", True), (back, "server", False))
        for part in _fitting(flow, side.filter(pl.col("opener").is_in([opener, "either"])), forth=forth)
    )
    first = found.sort(~pl.col(_CONFIRMED), maintain_order=True).unique("_flow", keep="first", maintain_order=True)
    return first.select(*PATH, *_PARENT.values(), _CONFIRMED)


def _spoken(flows: pl.DataFrame, ports: Ports) -> pl.Series:
    """``protocols``, but for those that a few packets among others look like, away from their ports: encoded sound is
    like anything now and then.
    """
    doubtful = flows.select(
        (pl.col("recognised_by") == "port").fill_null(value=False) & (pl.col("protocols").list.len().fill_null(0) == 1)
    ).to_series()
    if not doubtful.any():
        return flows["protocols"]
    rows = flows.filter(doubtful).select("transport", "server_port", "protocol")
    away = [(transport, port) not in ports.get(name, ()) for transport, port, name in rows.iter_rows()]
    like = scattered(pl.DataFrame({"away": away}), doubtful.arg_true(), flows.height)["away"].fill_null(value=False)
    return flows.select(pl.when(~like).then("protocols").otherwise([]).alias("protocols")).to_series()


def _fitting(flow: pl.DataFrame, agreed: pl.DataFrame, *, forth: bool) -> list[pl.DataFrame]:
    """Flows by the port that was named, and by any port where none was."""
    ends = ["_asking", "_serving"]
    named = flow.join(
        agreed.filter(pl.col("to_port") > 0),
        left_on=[*ends, "transport", "server_port"],
        right_on=[*ends, "to_transport", "to_port"],
        how="inner",
    )
    others = flow.join(
        agreed.filter(pl.col("to_port") == 0), left_on=[*ends, "transport"], right_on=[*ends, "to_transport"]
    ).drop("to_port")
    if forth:  # a conversation is not its own relative
        own = (pl.col("server_port") == pl.col("related_server_port")) & pl.col("_alike")
        named, others = named.filter(~own), others.filter(~own)
    fits = (
        (pl.col("first_time") >= pl.col("_from") - _CLOCK)
        & (pl.col("first_time") <= pl.col("_until") + pl.duration(seconds=pl.col("within")))
        & pl.when(pl.col("protocols").list.len() == 0)
        .then(pl.col("spoken").list.contains(""))
        .otherwise(
            (pl.col("protocols").list.set_difference("spoken").list.len() == 0)
            & pl.col("protocols").list.contains(pl.col("spoken").list.first())
        )
    )
    often = (pl.col("connections") <= pl.col("agreed")) | (pl.col("transport") != "tcp")
    free = others.filter(fits & (pl.col("server_port") >= _FREE)).sort("first_time", "_flow")
    return [named.filter(fits & often), free.filter(pl.int_range(pl.len()).over("_stated") < pl.col("agreed"))]


def beside_relatives(rows: pl.DataFrame, known: pl.DataFrame | None) -> pl.DataFrame:
    """Rows of any table of conversations with what they belong to, whichever end they take for the client."""
    if known is None or not known.height:
        return rows.with_columns(related_protocol=pl.lit(None, pl.String))  # the others would only take memory
    turned = known.rename(TURNED).select(known.columns)
    both = pl.concat([known, turned]).unique(list(PATH), keep="first", maintain_order=True)
    return rows.join(both, on=list(PATH), how="left", nulls_equal=True, maintain_order="left")


def inherited(judged: pl.DataFrame, ask: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
    """What the policy does not allow by itself, asked about as what it belongs to. ask: adds the policy's answers."""
    if judged.select(pl.col("related_protocol").null_count()).item() == judged.height:
        return judged
    asks = (pl.col("allowed") == False) & pl.col("related_protocol").is_not_null()  # noqa: E712 - null is unknown
    open_ = judged.with_row_index("_row").filter(asks)
    if not open_.height:
        return judged
    spoken = pl.col("sealed") & (pl.col("protocol") != "")  # what bare data is for, the other conversation says
    instead = open_.drop(*ANSWERS).with_columns(
        *(pl.col(parent).alias(name) for name, parent in _PARENT.items()), sealed=spoken
    )
    answered = ask(instead).select("_row", *ANSWERS, _CONFIRMED)
    certain = pl.col(_CONFIRMED) | ~pl.col("allowed")
    answered = answered.with_columns(allowed=pl.when(certain).then("allowed")).drop(_CONFIRMED)
    fits = pl.col("crosses_zones").is_not_null() & pl.col("allowed").fill_null(value=True)
    return answered_anew(judged, answered.filter(fits))


def answered_anew(judged: pl.DataFrame, answered: pl.DataFrame) -> pl.DataFrame:
    """The rows with other answers of the policy where there are any. answered: ``_row``, and ``ANSWERS``."""
    before = judged.select(ANSWERS).with_row_index("_row")  # an update copies all columns that there are
    after = before.update(answered, on="_row", include_nulls=True)
    return judged.with_columns(after.drop("_row").get_columns())
