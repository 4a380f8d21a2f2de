"""Makers are apart only when it is known that neither is, owned or sells the other."""

from __future__ import annotations

import pytest

from scanner.assets.kin import kin


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        ("SIEMENS", "Siemens AG", True),
        ("Rockwell Automation", "Siemens", False),
        ("Allen-Bradley", "Schneider Electric", False),
        ("WAGO Kontakttechnik GmbH", "Siemens", None),  # a word that nobody knows
        ("WAGO", "Siemens", False),
        ("Hirschmann", "Schneider Electric", None),  # ConneXium
        ("Square D", "Schneider Electric", None),
        ("Pro-face", "Schneider Electric", None),
        ("GE Fanuc", "Emerson", True),
        ("GE", "Emerson Electric", None),
        ("Westinghouse", "GE", None),
        ("Alstom Grid", "Schneider Electric", None),
        ("Cisco", "Rockwell Automation/Allen-Bradley", None),
        ("Bernecker + Rainer", "ABB", True),
        ("ProSoft Technology", "Belden", None),
        ("HP", "H3C", None),
        ("Meier Elektronik", "Siemens", None),
        ("CODESYS GmbH", "WAGO", None),
        ("", "Siemens", None),
    ],
)
def test_kin(one: str, other: str, *, answer: bool | None) -> None:
    assert kin(one, other) is answer
    assert kin(other, one) is answer
