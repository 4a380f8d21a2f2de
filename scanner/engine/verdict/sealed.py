"""Conversations of which only their verbs would say whether the policy allows them, and nobody can see these."""

from __future__ import annotations

from scanner.engine.obstacles import Obstacle
from scanner.engine.verdict.recording_files import Files
from scanner.engine.verdict.sight import named
from scanner.engine.verdict.subset import Subset
from scanner.results.model import Cause
from scanner.wording import listed, said

_NAMED = 2  # conduits that one sentence names


def beyond_verbs(unsure: Subset, files: Files) -> list[Obstacle]:
    """unsure: subjects that could not be judged; only flows can be what is meant."""
    if "sealed" not in unsure.table.columns:
        return []
    only_verbs = unsure["sealed"] & unsure["allowed"].is_null() & (unsure["conduit"] != "")
    rows = unsure.take(only_verbs.fill_null(value=False).to_numpy())[:]
    if not rows.height:
        return []
    where = named(
        files, rows.sort("client_bytes", "server_bytes", descending=True, nulls_last=True, maintain_order=True)
    )
    conduits = rows["conduit"].unique().sort().to_list()
    names = listed(conduits[:_NAMED], len(conduits) - _NAMED)
    sentence = said(
        "encrypted or unrecognised content in {conversations} hides whether only the permitted verbs of {conduits} "
        "were used",
        conversations=where,
        conduits=said("conduit {conduit}", conduit=names)
        if len(conduits) == 1
        else said("conduits {names}", names=names),
    )
    return [Obstacle(Cause.UNRECOGNISED, sentence)]
