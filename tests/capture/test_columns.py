"""Rows kept column by column are looked at by name and taken by place or mask."""

from __future__ import annotations

import numpy as np

from scanner.capture.columns import Columns

LAYOUT = np.dtype([("number", "i4"), ("pair", "u4", (2,))])


def test_columns_are_set_and_taken_together() -> None:
    rows = Columns(LAYOUT, 3)
    rows["number"], rows["pair"] = [7, 8, 9], [[1, 2], [3, 4], [5, 6]]
    for taken in (rows.at(np.array([2, 0])), rows.at(np.array([True, False, True])).at(np.array([1, 0]))):
        assert len(taken) == 2
        assert taken["number"].tolist() == [9, 7]
        assert taken["pair"].tolist() == [[5, 6], [1, 2]]
        assert taken["number"].dtype == np.int32


def test_no_rows_have_their_columns_too() -> None:
    assert Columns(LAYOUT)["pair"].shape == (0, 2)
    assert len(Columns(LAYOUT, 2).at(np.array([False, False]))) == 0
