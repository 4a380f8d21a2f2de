"""Relations as polars joins: what a path leads to, and what belongs to each row, as columns beside a rule's subjects.

Everything is three-valued. A path that leads nowhere gives null, and ``there(path)`` says of each row whether its value
is that of a row (true), of none (false) or of one that is not known (null). A number of rows has, where it is not
certain, an upper bound beside it, as the numbers of measures do (``most``), and a list of their values says whether it
may lack some (``lacking``).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce

import polars as pl

from scanner.engine.language.gatherings import Gathering
from scanner.engine.language.paths import reach
from scanner.engine.language.selections import Selection
from scanner.engine.language.unseen import sure_columns
from scanner.facts.schema import FLOWS, PATH, TABLES, Relation
from scanner.facts.schema.relations import CERTAIN, UNKNOWN

Tables = Mapping[str, pl.DataFrame]
Condition = Callable[[Selection, str], pl.Expr]  # of rows of the table
UNBOUNDED = 1 << 40  # rows, where nobody knows how many more there are
_ROW = "_row"
_COUNT = "_count"


def there(path: str) -> str:
    """The column that says whether the row exists that a path leads to."""
    return f"{path} is there"


def most(name: str) -> str:
    """The column that says how much a number may be at most, where ``name`` says how much it is at least."""
    return f"{name} at most"


def lacking(name: str) -> str:
    """The column that says whether there may be values that the list ``name`` does not have."""
    return f"{name} and more"


@dataclass(frozen=True)
class _Links:
    """Of each row, the number of the row that it leads to (null: none, or not known which), and whether there is one
    (null: not known).
    """

    row: pl.Series
    exists: pl.Series


def with_reached(frame: pl.DataFrame, table: str, paths: Iterable[str], tables: Tables) -> pl.DataFrame:
    """The rows of a rule's table with what the paths lead to."""
    known: dict[tuple[str, ...], _Links] = {}
    for path in paths:
        end = reach(TABLES[table], path)
        links = _follow(frame, end.steps, tables, known)
        if not end.column:
            frame = frame.with_columns(links.exists.alias(path))
            continue
        values = sure_columns(tables[end.table], end.table, end.column).gather(links.row)
        frame = frame.with_columns(values.alias(path), links.row.is_not_null().alias(there(path)))
    return frame


@dataclass(frozen=True)
class Others:
    """The other tables. condition: which of their rows count. unread: kinds of input not read completely.

    doubts: of the rows of one table, by the relations that lead to others.
    """

    tables: Tables
    condition: Condition
    unread: Collection[str]
    doubts: dict[tuple[str, ...], pl.Series] = field(default_factory=dict)


def with_gathered(frame: pl.DataFrame, gatherings: Iterable[Gathering], others: Others) -> pl.DataFrame:
    """The rows of a rule's table with what it counts and lists of others."""
    for gathering in gatherings:
        frame = frame.with_columns(_gathered(frame, gathering, others))
    return frame


def _follow(
    frame: pl.DataFrame, steps: tuple[Relation, ...], tables: Tables, known: dict[tuple[str, ...], _Links]
) -> _Links:
    """Where several steps lead."""
    names = tuple(step.name for step in steps)
    if names not in known:
        last = steps[-1]
        if len(steps) == 1:
            known[names] = _links(frame, last, tables)
        else:
            before = _follow(frame, steps[:-1], tables, known)
            own = _links(tables[steps[-2].to], last, tables)
            exists = own.exists.gather(before.row)
            nobody = before.exists.eq_missing(pl.Series([False]).new_from_index(0, len(before.exists)))
            exists = pl.select(pl.when(nobody).then(statement=False).otherwise(exists)).to_series()
            known[names] = _Links(own.row.gather(before.row), exists)
    return known[names]


def _links(frame: pl.DataFrame, relation: Relation, tables: Tables) -> _Links:
    """One step. Where several rows are possible none of them is meant."""
    target = tables[relation.to].select(relation.there).with_row_index(_ROW)
    rows = target.filter(_has_key(target, relation.there, relation)).group_by(relation.there)
    found = rows.agg(pl.col(_ROW).cast(pl.Int64).first(), pl.len().alias(_COUNT))
    joined = _beside(frame, found, relation)
    one = pl.col(_COUNT) == 1
    exists: pl.Expr = pl.when(pl.col(_COUNT) > 0).then(statement=True).when(_absent(relation)).then(statement=False)
    row = pl.when(one).then(_ROW)
    if relation.absent not in (CERTAIN, UNKNOWN):  # what belongs to it by nothing but what it says of itself
        sure = pl.col(relation.absent).fill_null(value=False)
        row = pl.when(one & sure).then(_ROW)
        exists = pl.when(pl.col(relation.absent).is_not_null()).then(exists)
    both = joined.select(row=row, exists=exists)
    return _Links(both["row"], both["exists"])


_AT_ONCE = 1 << 16  # rows


def _beside(frame: pl.DataFrame, found: pl.DataFrame, relation: Relation) -> pl.DataFrame:
    """What was found for each row, with what says whether that there is none is certain."""
    extra = [] if relation.absent in (CERTAIN, UNKNOWN) else [relation.absent]
    looked_at = list(dict.fromkeys([*relation.here, *extra]))
    renamed = found.rename(dict(zip(relation.there, relation.here, strict=True)))
    kept = [*extra, *(name for name in renamed.columns if name not in relation.here)]
    parts = []
    for start in range(0, max(1, frame.height), _AT_ONCE):  # a join copies all of its columns
        rows = pl.int_range(start, min(start + _AT_ONCE, frame.height), dtype=pl.UInt32, eager=True)
        here = frame[rows, looked_at]
        joined = here.join(renamed, on=relation.here, how="left", nulls_equal=relation.empty, maintain_order="left")
        parts.append(joined.select(kept))
    return pl.concat(parts)


def _absent(relation: Relation) -> pl.Expr:
    """Of rows that lead to none: whether that is certain."""
    if relation.absent == CERTAIN:
        return pl.lit(value=True)
    return pl.lit(value=False) if relation.absent == UNKNOWN else ~pl.col(relation.absent).fill_null(value=True)


def _has_key(frame: pl.DataFrame, columns: Iterable[str], relation: Relation) -> pl.Expr:
    if relation.empty:
        return pl.lit(value=True)
    kinds = frame.schema
    parts = (pl.col(n) != "" if kinds[n] == pl.String else pl.col(n).is_not_null() for n in columns)
    return reduce(lambda a, b: a & b, parts).fill_null(value=False)


def _gathered(frame: pl.DataFrame, gathering: Gathering, others: Others) -> list[pl.Series]:
    steps, last = gathering.end.steps[:-1], gathering.end.steps[-1]
    if not steps:
        return _of_rows(frame, gathering, last, others)
    before = _follow(frame, steps, others.tables, {})
    columns = _of_rows(others.tables[steps[-1].to], gathering, last, others)
    reached = [column.gather(before.row) for column in columns]
    if gathering.listed:
        values, more = reached
        return [values.fill_null(pl.Series([[]], dtype=values.dtype)), more.fill_null(value=True)]
    return reached


def _of_rows(frame: pl.DataFrame, gathering: Gathering, relation: Relation, others: Others) -> list[pl.Series]:
    """How many rows belong to each row, at least and at most; or what they hold, and whether there may be more."""
    target = others.tables[relation.to]
    sure = others.condition(gathering.where, relation.to) if gathering.where else pl.lit(value=True)
    values = {"_value": pl.col(gathering.listed)} if gathering.listed else {}
    held = target.select(
        *relation.there, _sure=sure.fill_null(value=False), _maybe=sure.fill_null(value=True), **values
    )  # before rows are chosen, which copies them
    if relation.absent != UNKNOWN:  # what cannot belong changes nothing
        held = held.filter("_maybe")
    held = held.filter(_has_key(held, relation.there, relation))
    counts = held.group_by(relation.there).agg(pl.len().alias(_COUNT), pl.col("_sure", "_maybe").sum().cast(pl.Int64))
    way = tuple(step.name for step in gathering.end.steps)
    if way not in others.doubts:
        others.doubts[way] = _doubt(frame, relation, others)
    joined = _beside(frame, counts, relation).with_columns(_doubt=others.doubts[way])
    unknown = pl.lit(value=False)
    if relation.absent == UNKNOWN:
        nobodys = target.select((~_has_key(target, relation.there, relation)).any()).item()
        unknown = pl.col(_COUNT).is_null() & pl.lit(bool(gathering.where or gathering.listed or nobodys))
    elif relation.absent != CERTAIN:
        unknown = pl.col(relation.absent).is_null()
    least = pl.col("_sure").fill_null(0)
    greatest = pl.col("_maybe").fill_null(0) + pl.when("_doubt").then(UNBOUNDED).otherwise(0)
    if gathering.listed:
        more = joined.select((unknown | (greatest > least)).fill_null(value=True).alias(lacking(gathering.name)))
        return [_listed(frame, gathering, relation, held), *more.get_columns()]
    return joined.select(
        pl.when(~unknown).then(least).alias(gathering.name),
        pl.when(~unknown).then(greatest).alias(most(gathering.name)),
    ).get_columns()


def _listed(frame: pl.DataFrame, gathering: Gathering, relation: Relation, held: pl.DataFrame) -> pl.Series:
    """The different values of a column, of the rows that certainly belong to each row and count."""
    values = held.filter("_sure").select(*relation.there, _one="_value")
    if isinstance(values["_one"].dtype, pl.List):
        values = values.explode("_one")
    text = values["_one"].dtype == pl.String
    values = values.filter(pl.col("_one") != "" if text else pl.col("_one").is_not_null())
    lists = values.group_by(relation.there, maintain_order=True).agg(pl.col("_one").unique(maintain_order=True))
    joined = _beside(frame, lists, relation)
    return joined["_one"].fill_null(pl.Series([[]], dtype=joined["_one"].dtype)).alias(gathering.name)


def _doubt(frame: pl.DataFrame, relation: Relation, others: Others) -> pl.Series:
    """Of each row, whether more may belong to it than the tables hold."""
    unread = TABLES[relation.to].needs in others.unread
    if unread or not relation.partial or relation.here != list(PATH):
        return pl.Series([unread or relation.partial]).new_from_index(0, frame.height)
    numbers = ["midway", *(f"{end}_{what}" for end in ("client", "server") for what in _LACKING)]
    unseen = pl.any_horizontal(
        *(pl.col(name).fill_null(0) > 0 for name in numbers),
        pl.col("one_sided").fill_null(value=False),
        pl.lit(value=False) if relation.to == "sessions" else pl.col("sealed").fill_null(value=False),
    )
    if frame.columns[: len(FLOWS.columns)] == [column.name for column in FLOWS.columns]:  # each is its own
        return frame.select(unseen.alias("_unseen")).to_series()
    whole = others.tables[FLOWS.name].select(*relation.here, _unseen=unseen)
    whole = whole.group_by(relation.here).agg(pl.col("_unseen").any())
    return _beside(frame, whole, relation)["_unseen"].fill_null(value=True)


_LACKING = ("missing", "unread", "cut", "contradictory")
