"""The columns of operations that say who has a say: permitted, undecided, roles_given.

Questions are asked once for each client, server, protocol and verb; objects and times are compared by column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl

from scanner.policy.objects import Pattern, within
from scanner.policy.windows import in_window
from scanner.policy.writers import OperationEnd, Relevant, UndecidedEntry, WriterEntry, Writers

_QUESTION = ["_client", "_server", "client", "server", "server_zone", "protocol", "verb"]
_CASE = "_case"
Ends = Sequence[Callable[[str], OperationEnd]]


def authority(
    operations: pl.DataFrame,
    ends: tuple[Ends, Ends],
    writers: Writers,
    undecided: UndecidedEntry,
    windows: Sequence[Mapping[str, Any]],
) -> pl.DataFrame:
    """The operations with the three columns.

    operations: with ``_client`` and ``_server``, indices into the two ``ends``, which give what an address is.
    windows: rows of the facts table change_windows.
    """
    asking, serving = ends
    distinct = operations.select(_QUESTION).unique(maintain_order=True)
    cases: dict[Relevant, int] = {}
    numbers, open_questions = [], []
    for client, server, client_address, server_address, zone, protocol, verb in distinct.iter_rows():
        asks, serves = asking[client](client_address), serving[server](server_address)
        found = writers.about(asks, serves, zone, protocol, verb)
        numbers.append(cases.setdefault(found, len(cases)))
        open_questions.append(undecided.holds(asks, serves, protocol, verb))
    distinct = distinct.with_columns(
        pl.Series(_CASE, numbers, pl.Int64), pl.Series("undecided", open_questions, pl.Boolean)
    )
    known = operations.join(distinct, on=_QUESTION, how="left", nulls_equal=True, maintain_order="left")
    roles = pl.Series([sorted(writers.known.roles)], dtype=pl.List(pl.String))
    return known.with_columns(
        permitted=_permitted(known, list(cases), writers.entries, windows),
        roles_given=roles.new_from_index(0, known.height),
    )


def _permitted(
    known: pl.DataFrame, cases: Sequence[Relevant], entries: Sequence[WriterEntry], windows: Sequence[Mapping[str, Any]]
) -> pl.Series:
    rows = known.with_row_index("_row")
    parts = [pl.DataFrame(schema={"_row": pl.UInt32, "permitted": pl.Boolean})]
    for number, case in enumerate(cases):
        if case.about:
            asked = rows.filter(pl.col(_CASE) == number)
            answer = pl.repeat(None if case.unknown else False, asked.height, dtype=pl.Boolean, eager=True)
            for entry in (entries[n] for n in case.naming):
                answer = answer | (_objects(asked["object"], entry.objects) & _times(asked, entry, windows))
            parts.append(asked.select("_row", permitted=answer))
    answers = rows.select("_row").join(pl.concat(parts), on="_row", how="left", maintain_order="left")
    return answers["permitted"]


def _objects(objects: pl.Series, patterns: Sequence[Pattern]) -> pl.Series:
    """Whether each object is one of the entry's; null where the operation names none."""
    if not patterns:
        return pl.repeat(value=True, n=len(objects), dtype=pl.Boolean, eager=True)
    distinct = objects.unique()
    answers = pl.Series([within(text, patterns) for text in distinct], dtype=pl.Boolean)
    return objects.replace_strict(distinct, answers, return_dtype=pl.Boolean)


def _times(asked: pl.DataFrame, entry: WriterEntry, windows: Sequence[Mapping[str, Any]]) -> pl.Series:
    """Whether each operation happened in one of the entry's change windows; null when it cannot be told."""
    if not entry.windows:
        return pl.repeat(value=True, n=asked.height, dtype=pl.Boolean, eager=True)
    return in_window([w for w in windows if w["source"] == entry.source and w["window"] in entry.windows], asked)
