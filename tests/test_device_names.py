"""Names in full-width letters are the same names; letters that only look alike are others."""

from __future__ import annotations

import pytest

from scanner.device_names import name_key


@pytest.mark.parametrize(
    ("name", "other", "same"),
    [
        ("ENG-1", "eng-1", True),
        ("ENG-1", "ＥＮＧ－１", True),
        ("灌装 PLC#2", "灌装　ＰＬＣ＃２", True),
        ("STRASSE", "straße", True),
        ("ENG-1", "ЕNG-1", False),  # a Cyrillic letter
        ("ENG-1", "ENG–1", False),  # a dash
        ("PLC2", "PLC²", False),
    ],
)
def test_what_is_one_name(name: str, other: str, same: bool) -> None:
    assert (name_key(name) == name_key(other)) is same
