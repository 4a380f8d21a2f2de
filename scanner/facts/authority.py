"""The columns of operations that say who has a say: permitted, undecided, roles_given.

Who an entry names is asked once for each client and each server, and what follows once for those that are named alike;
objects and times are compared by column.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import polars as pl

from scanner.policy.objects import Pattern, united, within
from scanner.policy.windows import in_window
from scanner.policy.writers import OperationEnd, Relevant, UndecidedEntry, WriterEntry, Writers

_CLIENT, _SERVER = ["_client", "client"], ["_server", "server", "server_zone"]
_QUESTION = ["_asking", "_serving", "protocol", "verb"]
_ASKED = ["object", "server_zone", "count", "first_time", "last_time"]
_CASE, _NUMBER = "_case", "_number"
T = TypeVar("T", bound=Hashable)
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
    clients = _alike(
        operations.select(_CLIENT).unique(),
        lambda number, address: (writers.asking(end := asking[number](address)), undecided.asking(end)),
    )
    servers = _alike(
        operations.select(_SERVER).unique(),
        lambda number, address, zone: (writers.serving(end := serving[number](address), zone), undecided.serving(end)),
    )
    asked = operations.select(*_CLIENT, *_SERVER, "protocol", "verb")  # a join copies all columns that there are
    for name, on, (rows, _) in (("_asking", _CLIENT, clients), ("_serving", _SERVER, servers)):
        asked = asked.join(rows.rename({_NUMBER: name}), on=on, how="left", maintain_order="left")
    asked = asked.select(_QUESTION)
    distinct = asked.unique(maintain_order=True)
    cases: dict[Relevant, int] = {}
    numbers, open_questions = [], []
    for asks, serves, protocol, verb in distinct.iter_rows():
        (client, listed), (server, among) = clients[1][asks], servers[1][serves]
        numbers.append(cases.setdefault(writers.among(client, server, protocol, verb), len(cases)))
        open_questions.append(undecided.among(listed, among, protocol, verb))
    distinct = distinct.with_columns(
        pl.Series(_CASE, numbers, pl.Int64), pl.Series("undecided", open_questions, pl.Boolean)
    )
    answers = asked.join(distinct, on=_QUESTION, how="left", maintain_order="left")
    roles = pl.Series([sorted(writers.known.roles)], dtype=pl.List(pl.String))  # the same of every row
    about = [number for number, case in enumerate(cases) if case.about]
    told = operations.with_columns(
        answers["undecided"],
        covered=answers[_CASE].is_in(about),
        permitted=_permitted(operations, answers[_CASE], list(cases), writers.entries, windows),
    )
    return told.with_columns(roles_given=pl.lit(roles).first())


def _alike(ends: pl.DataFrame, named: Callable[..., T]) -> tuple[pl.DataFrame, list[T]]:
    """The ends with the number of what names them, and all that does."""
    kinds: dict[T, int] = {}
    numbers = [kinds.setdefault(named(*end), len(kinds)) for end in ends.iter_rows()]
    return ends.with_columns(pl.Series(_NUMBER, numbers, pl.Int64)), list(kinds)


def _permitted(
    operations: pl.DataFrame,
    case_of: pl.Series,
    cases: Sequence[Relevant],
    entries: Sequence[WriterEntry],
    windows: Sequence[Mapping[str, Any]],
) -> pl.Series:
    parts = [pl.DataFrame(schema={"_row": pl.UInt32, "permitted": pl.Boolean})]
    for number, case in enumerate(cases):
        if case.about:
            rows = (case_of == number).arg_true()
            asked = operations[rows, _ASKED]
            answer = pl.repeat(None if case.unknown else False, asked.height, dtype=pl.Boolean, eager=True)
            for together in _open_alike(entries[n] for n in case.naming):
                patterns = (
                    [] if any(not e.objects for e in together) else united([p for e in together for p in e.objects])
                )
                answer = answer | (_objects(asked["object"], patterns) & _times(asked, together[0], windows))
            parts.append(pl.DataFrame({"_row": rows, "permitted": answer}))
    every = operations.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("_row"))
    return every.join(pl.concat(parts), on="_row", how="left", maintain_order="left")["permitted"]


def _open_alike(entries: Iterable[WriterEntry]) -> Collection[list[WriterEntry]]:
    """Entries that hold at the same times, together."""
    found: dict[tuple[str, ...], list[WriterEntry]] = {}
    for entry in entries:
        found.setdefault((entry.source, *entry.windows) if entry.windows else (), []).append(entry)
    return found.values()


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
