"""The columns of flows that say whether the policy lets leave what leaves the plant, and how much did."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from itertools import accumulate
from operator import itemgetter
from typing import Any

import polars as pl

from scanner.facts.data_out import may_hold_data
from scanner.facts.frames import Facts, polars_schema, scattered
from scanner.facts.schema import FLOWS
from scanner.facts.scope import too_short
from scanner.policy.leaving import ExportAnswer, ExportPermission, Leaving
from scanner.policy.permission import Ports
from scanner.succession import CaptureSpan, lanes

_DERIVED = (
    *("data_grade", "bytes_out", "bytes_out_unseen", "export_limited", "export_permitted", "grade_permitted"),
    *("export_entry", "export_day_seen", "export_bytes_per_day", "may_hold_data"),
)
_DAY, _GAPS = 86_400 * 10**9, 1_800 * 10**9  # nanoseconds; between files of a ring, and at its beginning
_QUESTION = tuple(name for name in Leaving._fields if name != "country")


def permitted_exports(flows: pl.DataFrame, facts: Facts, ports: Ports) -> pl.DataFrame:
    """The columns, row by row; flows: with what says where they lead. Rows that lead nowhere have none of them."""
    schema = polars_schema(FLOWS, derived=True)
    leaving = flows.filter(pl.col("outside") != "")
    sized = _seen_from_inside(leaving)
    if facts["export_entries"].height or (facts["zones"]["data_grade"] != "").any():
        sized = _judged(sized, facts, ports)
    else:
        sized = sized.with_columns(data_grade=pl.lit(""), export_limited=pl.lit(value=False), export_entry=pl.lit(""))
    sized = sized.with_columns(export_day_seen=pl.lit(value=_day_seen(facts["captures"])))
    for name in _DERIVED:
        if name not in sized.columns:
            sized = sized.with_columns(pl.lit(None, schema[name]).alias(name))
    found = sized.select(pl.col(name).cast(schema[name]) for name in _DERIVED)
    beside = scattered(found, (flows["outside"] != "").arg_true(), flows.height)
    return beside.with_columns(pl.col(pl.String).fill_null(""))


def _day_seen(captures: pl.DataFrame) -> bool:
    """Captures that follow one another saw nearly all of some 24 hours."""
    times = captures.select("capture", pl.col("first_time", "last_time").to_physical())
    spans = [CaptureSpan(*row) for row in times.iter_rows()]
    places = lanes(spans)
    together: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for span in spans:
        if span.first is not None and span.last is not None:
            together[places[span.capture]].append((span.first, span.last))
    return any(map(_holds_a_day, together.values()))


def _holds_a_day(lane: list[tuple[int, int]]) -> bool:
    known = sorted(lane)
    seen = [0, *accumulate(last - first for first, last in known)]
    for number, (begin, _) in enumerate(known):
        end = bisect_right(known, begin + _DAY, key=itemgetter(0))
        beyond = max(0, known[end - 1][1] - begin - _DAY)
        if seen[end] - seen[number] - beyond >= _DAY - _GAPS:
            return True
    return False


def _seen_from_inside(leaving: pl.DataFrame) -> pl.DataFrame:
    served = pl.col("outside") == "server"

    def own(name: str) -> pl.Expr:
        return pl.when(served).then(f"client_{name}").otherwise(f"server_{name}")

    content = (pl.col("recognised_by") != "port").fill_null(value=True)
    related = pl.col("related_protocol") != ""  # it goes by the protocol of the conversation that it belongs to
    unsure = related & ~pl.col("related_confirmed") if "related_confirmed" in leaving.columns else pl.lit(value=False)
    return leaving.select(
        "transport", "protection", "providers",
        protocol=pl.when(related).then("related_protocol").otherwise("protocol"),
        zone=own("zone"),
        destination=pl.when(served).then("server").otherwise("client"),
        destination_zone=pl.when(served).then("server_zone").otherwise("client_zone"),
        port=pl.col("server_port").fill_null(0),
        payload=(pl.col("client_bytes").fill_null(0) + pl.col("server_bytes").fill_null(0)) > 0,
        guessed=~content | too_short().fill_null(value=False) | unsure.fill_null(value=False),
        bytes_out=own("bytes"),
        bytes_out_unseen=own("missing"),
        may_hold_data=pl.when(served).then(may_hold_data("client")).otherwise(may_hold_data("server")),
    )  # fmt: skip


def _judged(sized: pl.DataFrame, facts: Facts, ports: Ports) -> pl.DataFrame:
    permission = ExportPermission(facts["export_entries"].to_dicts(), facts["zones"].to_dicts(), ports)
    placed = facts["countries"].unique("address", keep="first", maintain_order=True)
    country = dict(placed.select("address", "country").iter_rows())
    grades = dict(facts["zones"].select("zone", "data_grade").iter_rows())
    known: dict[Leaving, ExportAnswer] = {}
    answers: list[ExportAnswer] = []
    for row in sized.select(_QUESTION).iter_rows():
        said: dict[str, Any] = dict(zip(_QUESTION, row, strict=True))
        providers = tuple(sorted(said.pop("providers") or ()))
        asked = Leaving(**said, providers=providers, country=country.get(said["destination"], ""))
        if asked not in known:
            known[asked] = permission.judge(asked)
        answers.append(known[asked])
    return sized.with_columns(
        pl.Series("data_grade", [grades.get(zone, "") for zone in sized["zone"]], pl.String),
        pl.Series("export_limited", [a.limited for a in answers], pl.Boolean),
        pl.Series("export_permitted", [a.permitted for a in answers], pl.Boolean),
        pl.Series("grade_permitted", [a.graded for a in answers], pl.Boolean),
        pl.Series("export_entry", [a.entry for a in answers], pl.String),
        pl.Series("export_bytes_per_day", [a.bytes_per_day for a in answers], pl.Int64),
    )
