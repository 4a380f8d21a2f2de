"""A table whose columns are numbers of values is like the table that it stands for, whatever is done with it."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.engine.definitions.together import load_definitions
from scanner.engine.judge import judge
from scanner.facts import columns_when_asked
from scanner.facts.columns_when_asked import ColumnsWhenAsked, Looked, compacted, numbered_in, when_asked
from scanner.facts.numbered import numbered
from scanner.inputs import find_inputs
from scanner.results.serialise import to_json
from scanner.scan import read_inputs

PLANTS = ("fixtures/plants/bottling", "fixtures/captures/modbus/umas.pcap", "fixtures/plants/bottling-compliant")


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns_when_asked, "_WORTH_IT", 1)


def made(height: int) -> pl.DataFrame:
    """Columns of each kind: told by numbers, kept as they are, the same everywhere."""
    rows = range(height)
    return pl.DataFrame(
        {
            "n": rows,
            "text": [f"t{n % 3}" for n in rows],
            "gap": [None if n % 4 == 0 else f"g{n % 2}" for n in rows],
            "count": [None if n == 1 else n % 5 for n in rows],
            "below": [n - 2 for n in rows],
            "large": [n << 40 for n in rows],
            "share": [n / 2 for n in rows],
            "truth": [n % 2 == 0 for n in rows],
            "list": [[f"l{n % 2}"] * (n % 3) for n in rows],
            "same": ["x"] * height,
        },
        schema_overrides={
            **dict.fromkeys(("n", "count", "below", "large"), pl.Int64),
            **dict.fromkeys(("text", "gap", "same"), pl.String),
            "share": pl.Float64,
            "truth": pl.Boolean,
            "list": pl.List(pl.String),
        },
    )


def wide(height: int) -> pl.DataFrame:
    """The same, with lists that are looked up as well."""
    table = made(height)
    values, places = numbered(table["list"])
    return when_asked(compacted(table), {"list": Looked(values, places)}, table.columns) if height else table


CHANGES: dict[str, Callable[[pl.DataFrame], Any]] = {
    "nothing": lambda t: t,
    "a column": lambda t: t["text"].to_frame(),
    "columns": lambda t: t[["list", "n"]],
    "selected": lambda t: t.select("gap", pl.col("n", "text"), twice=pl.col("count") * 2),
    "all columns": lambda t: t.select(pl.all().exclude("n")),
    "by kind": lambda t: t.select(pl.col(pl.String).str.to_uppercase()),
    "by name": lambda t: t.select(pl.col("^t.*$")),
    "from a generator": lambda t: t.select(pl.col(name) for name in ("text", "count")),
    "a literal": lambda t: t.select(pl.lit(1)),
    "nobody's": lambda t: t.select(pl.len()),
    "some rows": lambda t: t.filter(pl.col("text") == "t1"),
    "rows of unknown truth": lambda t: t.filter(pl.col("gap") == "g1"),
    "rows by truths": lambda t: t.filter(t["truth"]),
    "rows by two": lambda t: t.filter(pl.col("truth"), pl.col("count") > 1),
    "rows by equality": lambda t: t.filter(text="t1"),
    "every row": lambda t: t.filter(pl.col("n") >= 0),
    "rows by number": lambda t: t[pl.Series([n % max(t.height, 1) for n in (3, 1, 1)][: t.height], dtype=pl.UInt32)],
    "rows and columns": lambda t: t[pl.Series([0][: t.height], dtype=pl.UInt32), ["gap", "n"]],
    "a slice": lambda t: t[1:3],
    "the head": lambda t: t.head(2),
    "with a column": lambda t: t.with_columns(new=pl.col("count") + pl.col("n")),
    "with another": lambda t: t.with_columns(text=pl.col("text") + "!"),
    "with a literal": lambda t: t.with_columns(pl.lit("y").alias("same"), new=pl.lit(None, pl.Int64)),
    "with a series": lambda t: t.with_columns(t["n"].alias("m"), t["text"].alias("gap")),
    "beside": lambda t: t.hstack([t["n"].alias("m")]),
    "without": lambda t: t.drop("text", "n"),
    "without what is not there": lambda t: t.drop(["text", "nothing"], strict=False),
    "renamed": lambda t: t.rename({"text": "word", "n": "m"}),
    "numbered": lambda t: t.with_row_index("row"),
    "cleared": lambda t: t.clear(),
    "cloned": lambda t: t.clone(),
    "sorted": lambda t: t.sort("text", "n", descending=[False, True]),
    "grouped": lambda t: t.group_by("text", "list", maintain_order=True).agg(pl.len(), pl.col("share").sum()),
    "distinct": lambda t: t.unique(["text", "gap"], keep="first", maintain_order=True),
    "exploded": lambda t: t.explode("list"),
    "joined": lambda t: t.join(t.select("text", m="n"), on="text", how="left", maintain_order="left"),
    "below": lambda t: pl.concat([t, t.with_columns(text=pl.lit("udp"))]),
    "changed again": lambda t: t.filter(pl.col("truth")).with_columns(new=pl.col("n")).drop("gap").filter(pl.len() > 0),
    "pickled": lambda t: pickle.loads(pickle.dumps(t)),  # noqa: S301 - our own
}


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("height", [0, 1, 2, 9])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_is_done_with_it_is_the_same(change: Callable[[pl.DataFrame], pl.DataFrame], height: int) -> None:
    expected, found = change(made(height)), change(wide(height))
    assert found.schema == expected.schema
    assert (found.shape, found.columns, len(found)) == (expected.shape, expected.columns, len(expected))
    assert found.rows() == expected.rows()


@pytest.mark.usefixtures("few")
def test_what_is_not_of_the_table_is_left_out() -> None:
    table = made(9).with_columns(other=pl.lit(1))
    values, places = numbered(table["text"])
    found = when_asked(table, {"text": Looked(values, places), "word": Looked(values, places)}, ["n", "text"])
    assert found.rows() == table.select("n", "text").rows()
    assert found.with_columns(other=pl.col("n"), word=pl.lit("w")).columns == ["n", "text", "other", "word"]


@pytest.mark.usefixtures("few")
def test_texts_and_small_numbers_are_numbers_of_values() -> None:
    table = compacted(made(9))
    assert isinstance(table, ColumnsWhenAsked)
    assert table.looked.keys() == {"n", "text", "gap", "count"}
    assert {str(each.places.dtype) for each in table.looked.values()} == {"UInt8"}


@pytest.mark.usefixtures("few")
@given(st.lists(st.none() | st.text(max_size=2)), st.lists(st.booleans()))
def test_values_are_those_that_rows_have(texts: list[str | None], chosen: list[bool]) -> None:
    table = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    rows = pl.Series([*chosen, *[True] * len(texts)][: len(texts)], dtype=pl.Boolean)
    values, places = numbered_in(compacted(table).filter(rows), "text")
    assert values.gather(places).to_list() == table.filter(rows)["text"].to_list()
    assert sorted(values.to_list(), key=str) == sorted(set(table.filter(rows)["text"]), key=str)


def test_a_large_table_takes_what_differs_in_it() -> None:
    table = compacted(made(200_000).select("text", "gap", "count", "same"))
    assert isinstance(table, ColumnsWhenAsked)
    assert sum(each.places.estimated_size() for each in table.looked.values()) < 4 * table.height


@pytest.mark.parametrize("plant", PLANTS)
def test_a_plant_is_judged_alike(plant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    definitions = load_definitions()
    profile = definitions.profile("default")

    def judged() -> str:
        facts = read_inputs(find_inputs([Path(plant)], [])).facts
        made = judge(replace(facts), definitions.rules, profile, definitions.frameworks, today=date(2026, 1, 2))
        return to_json(made)

    plain = judged()
    monkeypatch.setattr(columns_when_asked, "_WORTH_IT", 1)
    assert judged() == plain
