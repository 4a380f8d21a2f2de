from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.assets.compare import COMPARE, same_code, same_firmware, same_model, same_vendor


@pytest.mark.parametrize(
    ("listed", "seen", "same"),
    [
        ("SIEMENS", "Siemens AG", True),
        ("西门子", "Siemens AG", True),
        ("Schneider Electric", "TELEMECANIQUE", True),
        ("Allen-Bradley", "Rockwell Automation/Allen-Bradley", True),
        ("Phoenix Contact", "PHOENIX CONTACT Electronics GmbH", True),
        ("Weidmüller", "Weidmueller Interface GmbH", True),
        ("B&R", "Bernecker + Rainer Industrie-Elektronik GmbH", True),
        ("Siemens", "Schneider Electric", False),
        ("WAGO", "Beckhoff", False),
    ],
)
def test_vendors(listed: str, seen: str, *, same: bool) -> None:
    assert same_vendor(listed, seen) is same


@pytest.mark.parametrize(
    ("listed", "seen", "same"),
    [
        ("2.9.4", "V2.9.4", True),
        ("V 02.09.04", "2.9.4", True),
        ("2.9", "V2.9.4", True),
        ("FW 2.9.4 (2023)", "2.9.4", True),
        ("V2.9.4", "V2.9.5", False),
        ("2.0", "2.9", False),
        ("03.05.01", "03.10.08", False),
        ("A17", "A17 rel", True),
        ("alpha", "beta", False),
    ],
)
def test_firmware(listed: str, seen: str, *, same: bool) -> None:
    assert same_firmware(listed, seen) is same


@pytest.mark.parametrize(
    ("listed", "seen", "same"),
    [
        ("CPU 1512C-1 PN", "S7-1500 CPU 1512C-1 PN", True),
        ("BMX P34 2020", "BMXP342020", True),
        ("S7-1500", "CPU 1512C-1 PN", True),
        ("CPU 1214C", "S7-1200", True),
        ("AXL F BK PN", "axl-f-bk-pn", True),
        ("S7-1500", "CPU 315-2 DP", False),
        ("750-8212", "750-352", True),  # one word in common: in doubt not a conflict
        ("M221", "M340", False),
    ],
)
def test_models(listed: str, seen: str, *, same: bool) -> None:
    assert same_model(listed, seen) is same


def test_codes() -> None:
    assert same_code("6ES7 512-1CK01-0AB0", "6ES75121CK010AB0")
    assert not same_code("SN1234", "SN1235")


@given(st.sampled_from(sorted(COMPARE)), st.text(max_size=20), st.text(max_size=20))
def test_a_thing_is_itself_and_comparison_has_no_direction(field: str, a: str, b: str) -> None:
    assert COMPARE[field](a, a)
    assert COMPARE[field](a, b) == COMPARE[field](b, a)
