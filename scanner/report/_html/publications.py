"""GOOSE and Sampled Values: who publishes what, the changes of its state, and whether it came in time."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from scanner.report._html.limits import LIMITS
from scanner.report._order import Cut, cut
from scanner.report._words import cleaned, natural
from scanner.results.publications import PublicationRow, StateChange
from scanner.results.rows import glances


@dataclass(frozen=True)
class Publication:
    """One publication. ``last``: its last change of state, where the results hold it."""

    row: PublicationRow
    last: StateChange | None
    capture: str  # its file name
    others: Cut[str]  # addresses that publish it as well
    marks: tuple[str, ...]  # keys of the words for what its messages say of themselves


def publications(rows: Sequence[PublicationRow]) -> Cut[Publication]:
    """Those that need a look first: more than one publisher, what came late, what went back, what changes most."""
    ranked = heapq.nsmallest(LIMITS.publications, enumerate(glances(rows)), key=lambda placed: _rank(placed[1]))
    shown = tuple(_view(cleaned(rows[place])) for place, _ in ranked)
    return Cut(shown, len(rows) - len(shown))


def _rank(row: PublicationRow) -> tuple[object, ...]:
    return (
        not row.other_publishers,
        not row.alternations,
        not row.set_back,
        -(row.expired or 0),
        -(row.changes or 0),
        natural(row.object),
        row.publisher.address,
        row.target.address,
        row.seen.source,
    )


def _view(row: PublicationRow) -> Publication:
    complete = row.changes is not None and len(row.states) == row.changes
    said = {
        "pub.simulated": row.simulated,
        "pub.test": row.test,
        "pub.commissioning": row.needs_commissioning,
        "pub.signed": row.signed,
    }
    return Publication(
        row=row,
        last=row.states[-1] if complete and row.states else None,
        capture=PurePath(row.seen.source).name,
        others=cut(row.other_publishers, LIMITS.publishers),
        marks=tuple(key for key, value in said.items() if value),
    )
