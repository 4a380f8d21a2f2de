"""Compact rows are the rows."""

from __future__ import annotations

import polars as pl
import pytest

from scanner.facts.compact import chosen, column, compact


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
    assert list(compact(table.clear())) == []


@pytest.mark.parametrize("name", ["name", "ips", "row", "line"])
def test_columns_of_some_rows(name: str) -> None:
    table = pl.DataFrame({"name": ["a", "b", "b", "c"], "ips": [[], ["1"], [], ["2"]], "row": range(4)})
    rows, dictionaries = compact(table), table.to_dicts()
    for mine, theirs in (
        (rows, dictionaries),
        (rows[1:3], dictionaries[1:3]),
        (rows[1:3][1:], dictionaries[2:3]),
        (chosen(rows[1:], [2, 0]), chosen(dictionaries[1:], [2, 0])),
        (chosen(chosen(rows, [3, 1]), [1]), dictionaries[1:2]),
        (rows[4:], []),
    ):
        assert column(mine, name) == column(theirs, name)
        assert list(map(dict, mine)) == theirs
