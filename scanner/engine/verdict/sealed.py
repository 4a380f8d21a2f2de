"""Conversations of which only their verbs would say whether the policy allows them, and nobody can see these."""

from __future__ import annotations

import polars as pl

from scanner.engine.verdict.recording_files import Files
from scanner.engine.verdict.sight import named
from scanner.engine.words import both
from scanner.results.model import Cause, Doubt


def beyond_verbs(unsure: pl.DataFrame, files: Files) -> list[Doubt]:
    """unsure: subjects that could not be judged; only flows can be what is meant."""
    if "sealed" not in unsure.columns:
        return []
    rows = unsure.filter(pl.col("sealed") & pl.col("allowed").is_null() & (pl.col("conduit") != ""))
    if not rows.height:
        return []
    where = named(
        files, rows.sort("client_bytes", "server_bytes", descending=True, nulls_last=True, maintain_order=True)
    )
    conduits = rows["conduit"].unique().sort().to_list()
    names = ", ".join(conduits[:2]) + (f" (+{len(conduits) - 2})" if len(conduits) > 2 else "")
    few = len(conduits) == 1
    text = both(
        f"encrypted or not recognised content hides whether {where['en']} keeps to the verbs of the "
        f"{'conduit' if few else 'conduits'} {names}",
        f"内容已加密或未能识别，无法得知以下数据流是否限于管道 {names} 允许的操作：{where['zh']}",
    )
    return [Doubt(Cause.UNRECOGNISED, text)]
