"""Rows are equal where their words are and the bytes they have elsewhere."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scanner.capture.kernel.messages.equal_rows import first_equal

_WORDS = st.lists(st.integers(0, 2), min_size=2, max_size=2)
_ROW = st.tuples(_WORDS, st.text("ab", max_size=18).map(str.encode))


@given(st.lists(_ROW, max_size=30).map(lambda rows: rows + rows[::2]))
def test_the_first_equal_row_is_found(rows: list[tuple[list[int], bytes]]) -> None:
    words = np.array([row[0] for row in rows], np.uint64).reshape(-1, 2)
    sizes = np.array([len(row[1]) for row in rows], np.int64)
    ends = np.cumsum(sizes)
    first = first_equal(words, b"".join(row[1] for row in rows), ends - sizes, ends)
    assert first.tolist() == [rows.index(row) for row in rows]
