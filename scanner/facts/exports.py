"""What leaves the plant, and for whom: the columns of flows that say so, and the facts table exports."""

from __future__ import annotations

import polars as pl

from scanner.facts.frames import polars_schema, scattered
from scanner.facts.outside import CLEAR, ENCRYPTED, outside, protection
from scanner.facts.peer_names import MOST_NAMES, peer_names
from scanner.facts.schema import EXPORTS

_DERIVED = ("outside", "outside_kind", "peer_names", "providers", "protection")
_KEY = (
    "device",
    "device_name",
    "zone",
    "level",
    "data_grade",
    "destination",
    "destination_zone",
    "kind",
    "protocol",
    "transport",
    "port",
    "opened_by",
)
_BYTES = ("bytes_out", "bytes_in", "bytes_out_unseen", "bytes_encrypted", "bytes_clear", "bytes_unknown")


def leading_out(
    flows: pl.DataFrame, zones: pl.DataFrame, sessions: pl.DataFrame, resolutions: pl.DataFrame
) -> pl.DataFrame:
    """The columns of flows that say where those lead that leave the plant; empty for all others.

    flows: with what is known of their ends.
    """
    side, kind = outside(flows, zones)
    columns = {"outside": side, "outside_kind": kind}
    at = (side != "").arg_true()
    empty = pl.Series([], dtype=pl.List(pl.String)).clear(flows.height).fill_null([])
    columns |= {"peer_names": empty, "providers": empty, "protection": side.clear(flows.height).fill_null("")}
    if at.len():
        out = flows[at].with_columns(outside=side[at])
        names, providers = peer_names(out, sessions, resolutions)
        found = pl.DataFrame([names, providers, protection(out, sessions).alias("protection")])
        beside = scattered(found, at, flows.height)
        columns["protection"] = beside["protection"].fill_null("")
        columns |= {name: beside[name].fill_null([]) for name in ("peer_names", "providers")}
    return pl.DataFrame([column.alias(name) for name, column in columns.items()]).select(_DERIVED)


def exports(flows: pl.DataFrame, countries: pl.DataFrame, zones: pl.DataFrame) -> pl.DataFrame:
    """The table ``exports``. flows: with all derived columns; countries: of addresses, as a database has them; zones:
    of the policy, with the plants that they are of.
    """
    schema = polars_schema(EXPORTS)
    out = flows.filter((pl.col("outside") != "") & ~pl.col("copy").fill_null(value=False))
    if not out.height:
        return pl.DataFrame(schema=schema)
    each = _sides(out)
    counted = [*_BYTES, "conversations"]
    common = (
        pl.col("industrial", "answered").any(),
        pl.col("allowed", "export_permitted", "grade_permitted").all(ignore_nulls=False),
        pl.col("export_limited").any(),
        pl.col("first_time").min(),
        pl.col("last_time").max(),
    )
    captured = each.sort("first_time", maintain_order=True).group_by(*_KEY, "capture", maintain_order=True)
    shown = captured.agg(pl.col(counted).sum(), *common, pl.col("frames", "filter").first()).sort("first_time")
    reached = pl.col("last_time").cum_max().shift(1).over(_KEY)
    again = (pl.col("first_time") < reached).fill_null(value=False)
    places = shown.with_columns(_again=again).group_by(_KEY, maintain_order=True)
    most = [pl.when(pl.col("_again").any()).then(pl.col(n).max()).otherwise(pl.col(n).sum()).alias(n) for n in counted]
    table = places.agg(*most, *common, pl.col("capture", "frames", "filter").first())
    for name, column in (("names", "peer_names"), ("providers", "providers"), ("export_entries", "export_entry")):
        table = table.join(
            _listed(each, column).rename({column: name}), on=_KEY, how="left", nulls_equal=True, maintain_order="left"
        )
    limits = _limits(each)
    table = table.join(limits, on=_KEY, how="left", nulls_equal=True, maintain_order="left")
    placed = countries.unique("address", keep="first", maintain_order=True).select("country", destination="address")
    table = table.join(placed, on="destination", how="left", maintain_order="left")
    total = pl.col("bytes_encrypted") + pl.col("bytes_clear") + pl.col("bytes_unknown")
    return (
        table.with_columns(
            pl.col("names").fill_null([]).list.head(MOST_NAMES),
            pl.col("providers", "export_entries").fill_null([]).list.sort(),
            _site(zones),
            pl.col("country").fill_null(""),
            encrypted_share=pl.when(total > 0).then(pl.col("bytes_encrypted") / total),
        )
        .sort("bytes_out", *_KEY, descending=[True, *(False for _ in _KEY)], nulls_last=True)
        .select(pl.col(name).cast(kind) for name, kind in schema.items())
    )


def _site(zones: pl.DataFrame) -> pl.Expr:
    """The plant that the zone is of; where there is one alone, that of devices in no zone as well."""
    sites = zones["site"].unique()
    only = sites[0] if len(sites) == 1 else ""
    of = dict(zones.select("zone", "site").iter_rows())
    return pl.col("zone").replace_strict(of, default=only, return_dtype=pl.String).alias("site")


def _limits(each: pl.DataFrame) -> pl.DataFrame:
    """Of each row of the table, what its entries let leave together; null where one of them has no limit."""
    entries = each.filter(pl.col("export_entry") != "").unique([*_KEY, "export_entry"], maintain_order=True)
    most = pl.col("export_bytes_per_day")
    whole = pl.when(most.is_not_null().all()).then(most.sum())
    return entries.group_by(_KEY, maintain_order=True).agg(whole.alias("export_bytes_per_day"))


def _listed(each: pl.DataFrame, column: str) -> pl.DataFrame:
    """Of each row of the table, what stands in a column of lists, each once."""
    said = each.select(*_KEY, column)
    said = said.explode(column) if isinstance(said.schema[column], pl.List) else said
    said = said.drop_nulls(column).filter(pl.col(column) != "")
    return said.group_by(_KEY, maintain_order=True).agg(pl.col(column).unique(maintain_order=True))


def _sides(out: pl.DataFrame) -> pl.DataFrame:
    """The flows as the end inside sees them."""
    served = pl.col("outside") == "server"

    def own(name: str) -> pl.Expr:
        return pl.when(served).then(f"client_{name}").otherwise(f"server_{name}")

    def other(name: str) -> pl.Expr:
        return pl.when(served).then(f"server_{name}").otherwise(f"client_{name}")

    near = pl.when(served).then("client").otherwise("server")
    content = (pl.col("recognised_by") != "port").fill_null(value=True)
    sizes = pl.col("client_bytes").fill_null(0) + pl.col("server_bytes").fill_null(0)
    how = pl.col("protection")
    connected = (pl.col("transport") == "tcp") & pl.col("established").fill_null(value=False)  # one direction suffices
    return out.select(
        "capture", "transport", "peer_names", "providers", "allowed", "first_time", "last_time", "frames", "filter",
        "export_limited", "export_permitted", "grade_permitted", "export_entry", "export_bytes_per_day",
        device=pl.when(own("device") != "").then(own("device")).otherwise(near),
        device_name=own("name"),
        zone=own("zone"),
        level=own("level"),
        data_grade="data_grade",
        destination=pl.when(served).then("server").otherwise("client"),
        destination_zone=other("zone"),
        kind="outside_kind",
        protocol=pl.when(content).then("protocol").otherwise(pl.lit("")),
        port=pl.col("server_port").fill_null(0),
        opened_by=pl.when(served).then(pl.lit("inside")).otherwise(pl.lit("outside")),
        bytes_out=own("bytes").fill_null(0),
        bytes_in=other("bytes").fill_null(0),
        bytes_out_unseen=own("missing").fill_null(0),
        bytes_encrypted=pl.when(how == ENCRYPTED).then(sizes).otherwise(0),
        bytes_clear=pl.when(how == CLEAR).then(sizes).otherwise(0),
        bytes_unknown=pl.when(how.is_in([ENCRYPTED, CLEAR])).then(0).otherwise(sizes),
        conversations=pl.lit(1),
        industrial=pl.col("industrial").fill_null(value=False) & content,
        answered=(other("packets").fill_null(0) > 0) | connected,
    )  # fmt: skip
