"""What rules share of a table is what each of them would have found: on few rows, on many, and beside added columns."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest

from scanner.engine.definitions.frameworks import load_frameworks
from scanner.engine.definitions.loader import load_rules
from scanner.engine.definitions.rules import Rule
from scanner.engine.language import selections as language
from scanner.engine.language.expressions import condition
from scanner.engine.language.modifiers import Compare, Like
from scanner.engine.language.moments import Now
from scanner.engine.language.selections import Selection, columns_of
from scanner.engine.language.truths import RowTruths
from scanner.engine.verdict.subset import Subset
from scanner.facts.frames import frame, polars_schema
from scanner.facts.numbered import numbered
from scanner.facts.schema import TABLES

NOW = Now(date(2026, 1, 1), datetime(2026, 1, 1, 12, tzinfo=UTC))
ZONES = [{"zone": "cell", "name": "Cell", "level": 1.0, "subnets": ["10.1.0.0/16"]}]
TEXTS = ["", "10.1.0.1", "10.9.0.1", "8.8.8.8", "port", "modbus", "unknown-function", "unknown", "request", "Ä"]
SHAPES, MANY = 60, 2_500


@cache
def rules() -> tuple[Rule, ...]:
    return tuple(load_rules(frameworks=load_frameworks()))


def selections(rule: Rule) -> Iterator[Selection]:
    for selection in (rule.where, rule.fail, rule.unknown_when, rule.review.when if rule.review else None):
        if selection is not None:
            yield selection


@cache
def tables(name: str, height: int) -> dict[str, pl.DataFrame]:
    """Rows of few shapes, of values that the rules of the table ask for and of others."""
    chosen = random.Random(name)  # noqa: S311 - the same rows every time
    asked: dict[str, list[Any]] = {}
    for rule in rules():
        if rule.table == name:
            for test in (test for selection in selections(rule) for test in language.tests_of(selection)):
                values = [m.value for m in test.matches if isinstance(m, Compare) and isinstance(m.value, int | float)]
                texts = (
                    "".join(p for p in m.pieces if isinstance(p, str)) for m in test.matches if isinstance(m, Like)
                )
                asked.setdefault(test.column, []).extend([*values, *texts])

    def value(column: str, kind: Any) -> Any:
        own = asked.get(column, [])
        if isinstance(kind, pl.List):
            return [value(column, kind.inner) for _ in range(chosen.randrange(3))]
        if kind == pl.String:
            return chosen.choice([str(one) for one in own] or TEXTS) if chosen.random() < 0.6 else chosen.choice(TEXTS)
        if chosen.random() < 0.2:
            return None
        if kind == pl.Boolean:
            return chosen.random() < 0.5
        if isinstance(kind, pl.Datetime):
            return datetime(2026, 1, 1, chosen.randrange(24), tzinfo=UTC)
        number = chosen.choice([one for one in own if not isinstance(one, str)] or [0, 1, 502, 4096])
        return int(number) + chosen.randrange(2) if kind == pl.Int64 else float(number)

    schema = polars_schema(TABLES[name], derived=True)
    shapes = [{column: value(column, kind) for column, kind in schema.items()} for _ in range(SHAPES)]
    rows = frame(TABLES[name], [chosen.choice(shapes) for _ in range(height)], derived=True)
    return {**{n: frame(t, (), derived=True) for n, t in TABLES.items()}, "zones": zones(), name: rows}


def zones() -> pl.DataFrame:
    return frame(TABLES["zones"], ZONES, derived=True)


@pytest.mark.parametrize("height", [0, SHAPES, MANY])
@pytest.mark.parametrize("name", sorted({rule.table for rule in rules()} - {"zones"}))
def test_what_is_shared_is_what_each_selection_says(name: str, height: int) -> None:
    known = tables(name, height)
    truths = RowTruths(name, known, NOW)
    for rule in (rule for rule in rules() if rule.table == name):
        for selection in selections(rule):
            if set(columns_of(selection)) <= set(known[name].columns):
                every = pl.repeat(value=True, n=pl.len())
                alone = known[name].select(condition(selection, name, known, NOW) & every).to_series()
                found = truths.holds(selection)
                assert found.to_list() == alone.to_list(), (rule.id, selection)


def test_beside_added_columns_only_these_are_tried() -> None:
    known = tables("operations", MANY)
    rule = next(r for r in rules() if r.table == "operations" and r.where is not None and not r.paths)
    shared = RowTruths("operations", known, NOW)
    wider = {**known, "operations": known["operations"].with_columns(added=pl.lit(1))}
    truths = RowTruths("operations", wider, NOW, shared)
    assert rule.where is not None
    found = truths.holds(rule.where)
    assert found.equals(shared.holds(rule.where), null_equal=True)
    assert all(truths.of(test) is shared.of(test) for test in language.tests_of(rule.where))


@pytest.mark.parametrize(
    "column",
    [
        pl.Series("a", ["b", "", None, "b", "a"]),
        pl.Series("a", [], dtype=pl.String),
        pl.Series("a", [3, None, 3, 1]),
        pl.Series("a", [["a", "b"], [], ["a"], ["a", "b"], ["a,b"]]),
        pl.Series("a", [True, None, False, True]),
    ],
)
def test_every_row_has_its_value(column: pl.Series) -> None:
    values, places = numbered(column)
    assert values.gather(places).to_list() == column.to_list()
    assert values.n_unique() == len(values)


def test_some_rows_of_a_table() -> None:
    table = pl.DataFrame({"a": ["x", "y", "z"], "b": [1, 2, 3]})
    some = Subset.of(table, pl.Series([True, False, True]))
    assert (some.height, some.whole, some["a"].to_list()) == (2, False, ["x", "z"])
    assert some.take([1]).beside(Subset.none(table), some.take(np.array([True, False])))["b"].to_list() == [3, 1]
    assert some.columns({"b": None}).rows() == [(1,), (3,)]
    assert some[1:].rows() == [("z", 3)]
    assert some[[1, 0]].rows() == [("z", 3), ("x", 1)]
    assert Subset.of(table, pl.Series([True] * 3)).whole
    assert some.take([]).height == 0
