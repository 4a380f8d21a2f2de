"""Whichever table a rule is about, a row of it is evidence, also where nothing is known.

``evidence_of_tables.txt`` has what is said of a full row of each table, of an empty one, and of each column alone where
that says more.
``PYTHONPATH=. python tests/engine/test_evidence_of_tables.py`` writes it anew; what changed in it has to be meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest

from scanner.engine.verdict.evidence import evidence_of
from scanner.engine.verdict.evidence_texts import MESSAGES
from scanner.facts.schema import TABLES, Table
from tests.engine.made_rows import blank, full, own
from tests.snapshots.lines import said

GOLDEN = Path(__file__).with_name("evidence_of_tables.txt")


class NoFiles:
    """No recording is known by name."""

    def at(self, _capture: str, numbers: Sequence[int]) -> tuple[str, tuple[int, ...]]:
        return "x.pcap", tuple(numbers)


def piece(table: Table, row: dict[str, Any]) -> Any:
    (only,) = evidence_of(table.name, [row], pl.DataFrame(), 0, NoFiles())  # type: ignore[arg-type]
    return only


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_a_row_of_every_table_is_evidence(table: Table) -> None:
    found = piece(table, full(table))
    assert str(found.message["en"])
    assert found.source
    piece(table, blank(table))


def test_a_line_of_a_policy_is_pointed_at() -> None:
    writers = TABLES["writers"]
    found = piece(writers, full(writers) | {"source": "p.yaml", "line": 12})
    assert (found.source, found.line_start, str(found.message["en"])) == ("p.yaml", 12, "writers entry writer")


def test_every_table_says_something() -> None:
    assert MESSAGES.keys() == TABLES.keys()


def lines() -> Iterator[str]:
    for table in TABLES.values():
        nobody = blank(table)
        nothing = said(piece(table, nobody))
        yield f"{table.name}: {said(piece(table, full(table)))}"
        yield f"  of nothing: {nothing}"
        for column in table.columns:
            alone = said(piece(table, nobody | {column.name: own(column)}))
            if alone != nothing:
                yield f"  {column.name}: {alone}"


def test_every_column_says_what_it_said() -> None:
    assert list(lines()) == GOLDEN.read_text(encoding="utf-8").splitlines()


IN_ORDER: list[dict[str, Any]] = [
    {"accepted": 1, "count": 1},
    {"count": 9, "first_time": datetime(2026, 1, 2, tzinfo=UTC)},
    {"count": None, "packets": 8},
    {"count": 7, "first_time": datetime(2026, 1, 1, tzinfo=UTC), "source": "z"},
    {"count": 7, "first_time": datetime(2026, 1, 2, tzinfo=UTC), "source": "a"},
    {"count": 7, "source": "a", "line_start": 9},
    {"count": 7, "source": "b", "line_start": 1, "client": "z"},
    {"count": 7, "source": "b", "row": 2},
    {"count": 7, "source": "b", "line": 3, "client": "b"},
    {"count": 7, "source": "b", "line": 4, "client": "a"},
    {"count": 7, "source": "b", "line": 4, "client": "b", "server": "a", "function": "z"},
    *({"count": 7, "source": "c", name: "z"} for name in ("value", "item", "device", "object", "function", "server")),
    {"count": 7, "source": "c", "client": "a"},
    {"packets": 3},
    {},
]


@pytest.mark.parametrize("seed", range(8))
def test_the_most_telling_comes_first(seed: int) -> None:
    nobody = blank(TABLES["operations"])
    rows = [nobody | row | {"frames": [number + 1]} for number, row in enumerate(IN_ORDER)]
    Random(seed).shuffle(rows)  # noqa: S311 (no secret)
    found = evidence_of("operations", rows, pl.DataFrame(), 0, NoFiles())  # type: ignore[arg-type]
    assert [each.frames for each in found] == [(number + 1,) for number in range(len(rows))]


if __name__ == "__main__":
    GOLDEN.write_text("\n".join((*lines(), "")), encoding="utf-8")
