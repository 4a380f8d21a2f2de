"""A column that says the same in every row is one value, and nothing else about a table differs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from scanner.engine.definitions.together import load_definitions
from scanner.engine.judge import judge
from scanner.facts.frames import Facts
from scanner.facts.saved import load, save
from scanner.facts.thin import thinned
from scanner.inputs import find_inputs
from scanner.results.serialise import to_json
from scanner.scan import read_inputs

PLANT = Path("fixtures/plants/bottling")
COLUMNS: dict[str, tuple[Any, Any]] = {
    "text": ("tcp", pl.String),
    "empty": ("", pl.String),
    "null text": (None, pl.String),
    "number": (-1, pl.Int64),
    "share": (0.5, pl.Float64),
    "null": (None, pl.Boolean),
    "truth": (True, pl.Boolean),
    "list": ([], pl.List(pl.String)),
    "filled list": (["a", "b"], pl.List(pl.String)),
    "null list": (None, pl.List(pl.Int64)),
}


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanner.facts.thin._WORTH_IT", 1)


def made(height: int) -> pl.DataFrame:
    alike = {name: pl.Series([value] * height, dtype=kind) for name, (value, kind) in COLUMNS.items()}
    return pl.DataFrame({"n": range(height), **alike, "mixed": pl.Series(["a", None] * height).head(height)})


CHANGES: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
    "nothing": lambda t: t,
    "some rows": lambda t: t.filter(pl.col("n") % 2 == 0),
    "rows by number": lambda t: t[[3, 1, 1]],
    "sorted": lambda t: t.sort("text", "n", descending=[False, True]),
    "numbered": lambda t: t.with_row_index("row"),
    "grouped": lambda t: t.group_by("text", "list", "null", maintain_order=True).agg(pl.len(), pl.col("share").sum()),
    "over": lambda t: t.with_columns(many=pl.len().over("text", "number"), kind=pl.col("text").n_unique().over("n")),
    "distinct": lambda t: t.select("text", "null list", "truth").unique(),
    "exploded": lambda t: t.explode("filled list"),
    "joined": lambda t: t.join(t.select("text", m="n"), on="text", how="left", maintain_order="left"),
    "below": lambda t: pl.concat([t, t.with_columns(text=pl.lit("udp"))]),
    "ranked": lambda t: t.select(pl.struct("text", "n").rank("dense"), pl.col("text").rank("dense").alias("r")),
}


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("height", [0, 1, 4, 5])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_is_done_with_it_is_the_same(change: Callable[[pl.DataFrame], pl.DataFrame], height: int) -> None:
    table = made(max(height, 4) if change is CHANGES["rows by number"] else height)
    assert change(thinned(table)).equals(change(table), null_equal=True)
    assert thinned(table).schema == table.schema


def test_a_large_table_takes_what_differs_in_it() -> None:
    table = made(200_000)
    slim = thinned(table)
    assert slim.select([*COLUMNS]).estimated_size() < table.select([*COLUMNS]).estimated_size() / 2
    assert slim.equals(table, null_equal=True)


def test_a_plant_is_judged_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = read_inputs(find_inputs([PLANT], [])).facts
    monkeypatch.setattr("scanner.facts.thin._WORTH_IT", 1)
    save(facts, tmp_path / "facts")
    definitions = load_definitions()
    profile = definitions.profile("default")
    texts = [
        to_json(judge(replace(each), definitions.rules, profile, definitions.frameworks, today=date(2026, 1, 2)))
        for each in (load(tmp_path / "facts"), facts)
    ]
    monkeypatch.undo()
    texts.append(to_json(judge(facts, definitions.rules, profile, definitions.frameworks, today=date(2026, 1, 2))))
    assert texts[0] == texts[1] == texts[2]


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("height", [1, 2, 7])
def test_rows_come_once_and_in_one_order_whatever_is_thin(height: int) -> None:
    table = made(height).with_columns(n=pl.col("n") // 2)
    expected = table.unique(maintain_order=True).sort("n", "mixed", nulls_last=True)
    for order in (table, table.reverse(), pl.concat([table, table])):
        assert Facts({"x": order}).merge().tables["x"].equals(expected)


@pytest.mark.usefixtures("few")
def test_rows_that_are_all_alike_are_one() -> None:
    table = made(5).select(pl.col("text", "null", "list"))
    assert Facts({"x": table}).merge().tables["x"].rows() == [("tcp", None, [])]
