"""Compact rows are the rows."""

from __future__ import annotations

import polars as pl
import pytest

from scanner.facts.compact import compact


def test_compact_rows_equal_dictionaries() -> None:
    table = pl.DataFrame({"name": ["a", "b", "b", "b", "b"], "ips": [[], ["1"], [], ["2", "3"], None], "row": range(5)})
    rows = compact(table)
    assert [dict(row) for row in rows] == table.to_dicts()
    assert rows[0]["ips"] is rows[2]["ips"]
    assert len(rows[0]) == 3
    assert "row" in rows[0]
    assert "line" not in rows[0]
    assert (rows[4].get("row"), rows[4].get("line"), rows[4].get("line", 7)) == (4, None, 7)
    with pytest.raises(KeyError):
        rows[0]["line"]
    assert compact(table.clear()) == []
