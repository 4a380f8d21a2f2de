"""Reads of very many addresses are one row from the start; changes, refusals and names keep their own."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.facts.carried import DistinctOperations
from scanner.facts.operands import MOST_OBJECTS, folded
from scanner.protocols.base import Verb

MANY = MOST_OBJECTS + 1
SAID = ("verb", "function", "code", "unit", "object", "detail", "filter")


USUAL = {
    "path": 0,
    "seen_as": 0,
    "verb": Verb.READ,
    "function": "Read",
    "code": "3",
    "unit": "1",
    "object": "",
    "detail": "",
    "filter": "modbus",
    "count": 2,
    "accepted": 2,
    "refused": 0,
}


def rows(*said: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame([{**USUAL, **row, "verb": str(row.get("verb", USUAL["verb"]))} for row in said])


def fold(table: pl.DataFrame, apart: Collection[str] = ()) -> tuple[pl.DataFrame, list[int] | None]:
    """The rows that are left, and which of them each became."""
    between = 3 * table["path"].to_numpy() + table["seen_as"].to_numpy()
    every = DistinctOperations(between, np.arange(table.height), table.select(SAID))
    one, into = folded(every, table["accepted"].to_numpy(), table["refused"].to_numpy(), apart)
    path, seen_as = pl.Series("path", one.between // 3), pl.Series("seen_as", one.between % 3)
    return one.said[one.text].with_columns(path, seen_as), None if into is None else into.tolist()


def registers(count: int, **more: object) -> list[dict[str, object]]:
    return [{"object": f"holding register {16 * n}-{16 * n + 15}"} | more for n in range(count)]


def test_many_reads_are_one_row_that_names_all_addresses() -> None:
    found, into = fold(rows({"object": "status"}, *registers(MANY), {"object": "holding register 1", "path": 1}))
    last = 16 * MANY - 1
    assert found["object"].to_list() == ["status", f"holding register 0-{last} ({MANY})", "holding register 1"]
    assert into == [0, *[1] * MANY, 2]


def test_what_leaves_gaps_is_told_as_far_as_there_is_room() -> None:
    found, _ = fold(rows(*({"object": f"IOA {10 * n}"} for n in range(MANY))))
    assert found["object"].to_list() == [
        "IOA " + ", ".join(str(10 * n) for n in range(15)) + f", …, {10 * (MANY - 1)} ({MANY})"
    ]


@pytest.mark.parametrize(
    "more",
    [
        {"verb": Verb.WRITE},
        {"verb": Verb.OPERATE},
        {"verb": Verb.REPORT},
        {"verb": Verb.FILE_READ},
        {"verb": Verb.UNKNOWN_FUNCTION},
        {"refused": 1},
    ],
)
def test_changes_files_and_refusals_keep_their_rows(more: dict[str, object]) -> None:
    told = rows(*registers(MANY, **more))
    assert fold(told)[1] is None


@pytest.mark.parametrize(
    "name",
    ["/fw/v{}.bin", "/backup/{}.s19", "/a{}.zap15?x=1", "host{}.plant.example", "{}.2.20.10.in-addr.arpa"],
)
def test_files_and_hosts_keep_their_rows(name: str) -> None:
    told = rows(*({"object": name.format(n)} for n in range(MANY)))
    assert fold(told)[1] is None


@pytest.mark.parametrize(
    "name",
    [
        "plant/line3/dev{:06}/temp",
        "/api/v1/tags/{}/value",
        "1.3.6.1.2.1.2.2.1.10.{}",
        "ns=2;i={}",
        "DB1.DBW{}",
        "Line1.Motor{}",
    ],
)
def test_numbers_anywhere_else_are_operands(name: str) -> None:
    found, _ = fold(rows(*({"object": name.format(n)} for n in range(MANY))))
    assert found.height == 1
    assert found["object"].item().endswith(f"({MANY})")


@pytest.mark.parametrize("column", ["path", "seen_as", "function", "code", "unit", "detail"])
def test_only_what_is_alike_counts_together(column: str) -> None:
    half = MOST_OBJECTS // 2 + 1
    other: object = 1 if column in ("path", "seen_as") else "other"
    assert fold(rows(*registers(half), *registers(half, **{column: other})))[1] is None


def test_what_signs_speak_of_and_what_was_never_answered_stay_apart() -> None:
    paths = [{"object": f"/v1/models/{n}"} for n in range(MANY + 1)]
    unanswered = {"object": "/v1/models/8", "accepted": 0}
    found, _ = fold(rows(*paths, unanswered), ("/v1/models/7",))
    assert found["object"].to_list() == [f"/v1/models/0-6, 8-{MANY} ({MANY})", "/v1/models/7", "/v1/models/8"]
    assert fold(rows(*paths[:-1]), ("/v1/models/7",))[1] is None


def test_filters_of_what_is_one_row_become_one() -> None:
    found, _ = fold(rows(*({"object": f"DB1.DBW{n}", "filter": f"s7 {n % 2}"} for n in range(MANY))))
    assert found["filter"].to_list() == ["(s7 0) || (s7 1)"]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 400)), max_size=600, unique=True))
def test_each_row_becomes_one_between_the_same_two(said: list[tuple[int, int]]) -> None:
    told = rows(*({"path": path, "object": f"coil {n}"} for path, n in said), {"path": 3, "object": "x"})
    found, into = fold(told)
    became = found[list(range(told.height)) if into is None else into]
    assert became["path"].to_list() == told["path"].to_list()
    many = told.select(pl.len().over("path"))["len"]
    for was, now, count in zip(told["object"], became["object"], many, strict=True):
        assert now == was if count <= MOST_OBJECTS else now.endswith(f"({count})")
