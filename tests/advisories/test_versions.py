"""Ranges of versions in the forms that advisories use; what is not understood is never outside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from scanner.advisories.versions import Order, compared, serials_within, within

CASES = yaml.safe_load((Path(__file__).parent / "ranges.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[f"{case['range']}/{case['version']}" for case in CASES])
def test_range(case: dict[str, Any]) -> None:
    assert within(str(case["version"]), case["range"], exact=case.get("exact", False)) is case["holds"]


_numbers = st.lists(st.integers(0, 300), min_size=3, max_size=3)


@given(_numbers, _numbers)
def test_bounds_agree_with_the_order_of_numbers(one: list[int], two: list[int]) -> None:
    version, bound = ".".join(map(str, one)), ".".join(map(str, two))
    answers = {"<": one < two, "<=": one <= two, ">": one > two, ">=": one >= two}
    for sign, holds in answers.items():
        assert within(version, f"{sign} V{bound}", exact=False) is holds
        assert within(f"v{version}", f"vers:intdot/{sign}{bound}", exact=False) is holds
    assert within(version, bound, exact=True) is (one == two)


@given(st.text(max_size=30), st.text("0123456789.vV<>=!|,-abcor earlier*:/", max_size=40))
def test_any_text_gives_an_answer(version: str, text: str) -> None:
    assert within(version, text, exact=False) in {True, False, None}
    compared(version, text)


@given(st.text(alphabet=st.characters(categories=["L", "P", "Z"]), min_size=1, max_size=40))
def test_a_text_without_a_number_leaves_nothing_out(text: str) -> None:
    assert within("2.9.4", text, exact=False) is not False


def test_what_says_less_cannot_be_compared() -> None:
    assert compared("2.9", "2.9.4") is None
    assert compared("2.9.4", "2.9") is Order.WITHIN
    assert compared("2.9.0", "2.9") is Order.SAME
    assert compared("2.9.4 SP1", "2.9.4") is None


@pytest.mark.parametrize(
    ("serials", "stated", "holds"),
    [
        (["24031-0001"], "<=the_first_5_digits_of_serial_number_24031", True),
        (["24032-0001"], "<=with_the_first_5_digits_of_serial_number_24031", False),
        (["260611234"], '<=The_first_5_digits_of_serial_No._"26061"', True),
        (["0512"], "<= first 2 digits of serial number are 04", False),
        (["24031", "25001"], "<=the_first_5_digits_of_serial_number_24031", None),
        (["ABC"], "<=the_first_5_digits_of_serial_number_24031", None),
        ([], "<=the_first_5_digits_of_serial_number_24031", None),
        (["24031"], "<=the_first_5_digits_of_serial_number_240", None),
        (["24031"], "<= 24031", None),
    ],
)
def test_serial_numbers_in_a_range(serials: list[str], stated: str, holds: bool | None) -> None:
    assert serials_within(serials, stated) is holds
