"""Whichever table a rule is about, a row of it is evidence, also where nothing is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from scanner.engine.verdict.evidence import evidence_of
from scanner.engine.verdict.evidence_texts import MESSAGES
from scanner.facts.schema import TABLES, Column, Table

FULL = {
    "str": "a",
    "int": 3,
    "float": 1.0,
    "bool": True,
    "time": datetime(2026, 1, 1, tzinfo=UTC),
    "list[str]": ["b"],
    "list[int]": [4],
}


class NoFiles:
    """No recording is known by name."""

    def at(self, _capture: str, numbers: Sequence[int]) -> tuple[str, tuple[int, ...]]:
        return "x.pcap", tuple(numbers)


def empty(column: Column) -> Any:
    if column.type.startswith("list"):
        return []
    return "" if column.type == "str" else None


def piece(table: Table, row: dict[str, Any]) -> Any:
    (only,) = evidence_of(table.name, [row], pl.DataFrame(), 0, NoFiles())  # type: ignore[arg-type]
    return only


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_a_row_of_every_table_is_evidence(table: Table) -> None:
    found = piece(table, {column.name: FULL[column.type] for column in table.columns})
    assert str(found.message["en"])
    assert found.source
    piece(table, {column.name: empty(column) for column in table.columns})


def test_a_line_of_a_policy_is_pointed_at() -> None:
    writers = TABLES["writers"]
    found = piece(writers, {c.name: FULL[c.type] for c in writers.columns} | {"source": "p.yaml", "line": 12})
    assert (found.source, found.line_start, str(found.message["en"])) == ("p.yaml", 12, "writers entry a")


def test_every_table_says_something() -> None:
    assert MESSAGES.keys() == TABLES.keys()
