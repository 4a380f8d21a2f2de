from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from scanner.facts.frames import STORED, Facts, frame, polars_schema, series
from scanner.facts.saved import load, save
from scanner.facts.schema import TABLES, Column
from scanner.provenance import Defect, Provenance

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "str": st.sampled_from(["", "a", "b"]),
    "int": st.sampled_from([None, 0, 7]),
    "float": st.sampled_from([None, 0.0, 1.5]),
    "bool": st.sampled_from([None, True, False]),
    "time": st.sampled_from([None, 0, 1_700_000_000_000_000_000]),
    "list[str]": st.sampled_from([[], [""], ["a"], ["a", "b"], ["b"]]),
    "list[int]": st.sampled_from([[], [0], [1, 2]]),
}


def _rows(columns: tuple[Column, ...]) -> st.SearchStrategy[list[dict[str, Any]]]:
    row = st.fixed_dictionaries({}, optional={c.name: VALUES[c.type] for c in columns if not c.derived})
    return st.lists(row, max_size=4)


SAMPLED = [TABLES[n] for n in ("captures", "roles", "zones", "sightings", "inventory")]
facts = st.builds(
    Facts,
    tables=st.fixed_dictionaries(
        {}, optional={t.name: _rows(t.columns).map(lambda rows, t=t: frame(t, rows)) for t in SAMPLED}
    ),
    inputs=st.lists(
        st.builds(Provenance, st.sampled_from("ab"), st.just("capture"), st.just(1), st.just("")), max_size=2
    ).map(tuple),
    defects=st.lists(st.builds(Defect, st.sampled_from("ab"), st.just("x"), st.integers(1, 2)), max_size=2).map(tuple),
    site=st.sampled_from(["", "North", "South"]),
)


def same(one: Facts, other: Facts) -> None:
    assert one.inputs == other.inputs
    assert one.defects == other.defects
    assert one.site == other.site
    assert one.tables.keys() == other.tables.keys()
    for name, table in one.tables.items():
        assert_frame_equal(table, other.tables[name])


@given(facts, facts, facts)
def test_merge_is_associative(a: Facts, b: Facts, c: Facts) -> None:
    same(a.merge(b).merge(c), a.merge(b.merge(c)))


@given(facts, facts)
def test_merge_is_commutative(a: Facts, b: Facts) -> None:
    same(a.merge(b), b.merge(a))


@given(facts, facts)
def test_empty_facts_and_repetition_change_nothing(a: Facts, b: Facts) -> None:
    merged = a.merge(b)
    same(merged.merge(Facts()), merged)
    same(Facts().merge(merged), merged)
    same(merged.merge(merged), merged)
    same(merged.merge(a), merged)


@given(facts)
def test_merging_loses_no_distinct_row(a: Facts) -> None:
    merged = a.merge(Facts())
    for name, table in a.tables.items():
        assert {json.dumps(r, default=str) for r in table.to_dicts()} == {
            json.dumps(r, default=str) for r in merged.tables[name].to_dicts()
        }


@settings(max_examples=20)
@given(facts)
def test_saved_facts_are_loaded_as_they_were(tmp_path_factory: pytest.TempPathFactory, a: Facts) -> None:
    folder = tmp_path_factory.mktemp("facts") / "saved"
    save(a, folder)
    same(load(folder), a)


def test_series_of_lists() -> None:
    lists: list[list[str]] = [[], ["a"], [], ["b", "c"], ["", ""]]
    assert series("x", lists, pl.List(pl.String())).to_list() == lists
    assert series("x", [], pl.List(pl.Int64())).dtype == pl.List(pl.Int64())
    assert series("x", [[], []], pl.List(pl.Int64())).to_list() == [[], []]


def test_a_frame_has_the_types_of_the_schema() -> None:
    for table in STORED:
        made = frame(table, [{}])
        assert dict(made.schema) == polars_schema(table)
        empty = {"str": "", "list[str]": [], "list[int]": []}
        assert made.row(0) == tuple(empty.get(c.type) for c in table.columns if not c.derived)


def test_an_unknown_column_is_a_defect() -> None:
    with pytest.raises(KeyError, match="table roles has no column member_name"):
        frame(TABLES["roles"], [{"member_name": "x"}])


def test_a_table_that_nothing_filled_is_empty() -> None:
    assert Facts()["flows"].height == 0
    assert not Facts().has("capture")
