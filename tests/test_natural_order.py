"""The order in which people look for names and addresses."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from scanner.natural import natural

TEXTS = st.lists(st.text("ab019.- é中", max_size=9) | st.from_regex(r"[0-9]{1,25}", fullmatch=True))


def piece_by_piece(text: str) -> list[tuple[bool, int, str]]:
    """What a key means: runs of letters and numbers, numbers by their worth and behind letters."""
    runs = re.findall("([0-9]{1,18})|([^0-9]+)", text)
    return [(True, int(digits), digits) if digits else (False, 0, other) for digits, other in runs]


@given(TEXTS)
def test_numbers_count_by_their_worth(texts: list[str]) -> None:
    assert sorted(texts, key=natural) == sorted(texts, key=piece_by_piece)


@given(TEXTS)
def test_different_texts_have_different_keys(texts: list[str]) -> None:
    assert len(set(map(natural, texts))) == len(set(texts))
