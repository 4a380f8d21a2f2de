"""Compact rows are the rows."""

from __future__ import annotations

import polars as pl

from scanner.facts.compact import compact


def test_compact_rows_equal_dictionaries() -> None:
    table = pl.DataFrame({"name": ["a", "b", "b", "b", "b"], "ips": [[], ["1"], [], ["2", "3"], None], "row": range(5)})
    rows = compact(table)
    assert [dict(row) for row in rows] == table.to_dicts()
    assert rows[0]["ips"] is rows[2]["ips"]
    assert len(rows[0]) == 3
    assert compact(table.clear()) == []
