"""Patterns for objects: numbers are numbers, and everything that an operation lists must be meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.policy.objects import parse_pattern, united, within


@pytest.mark.parametrize(
    ("pattern", "text", "covered"),
    [
        ("holding register 100-199", "holding register 100", True),
        ("holding register 100-199", "Holding Register  150-199", True),
        ("holding register 100-199", "holding register 190-200", False),
        ("holding register 100-199", "holding register 1000", False),
        ("holding register 100-199", "holding register 150, holding register 20", False),
        ("holding register 100-199", "holding register 150, holding register 199", True),
        ("holding register 100-199", "coil 150", False),
        ("holding register 100 - 199", "holding register 150", True),
        ("DB10*", "DB10.DBX 0.0", True),
        ("DB10*", "DB100.DBX 0.0", False),
        ("DB10*", "DB10.DBX 0.0, DB11.DBX 0.0", False),
        ("DB*.DBX 0-3.*", "DB7.DBX 2.1", True),
        ("DB*.DBX 0-3.*", "DB7.DBX 4.1", False),
        ("*10*", "db5.dbw10", True),
        ("line1/?peed", "line1/speed", True),
        ("line1/?", "line1/7", False),
        ("DB1.DBB0-63", "DB1.DBB0 x 64", True),
        ("DB1.DBB0-63", "DB1.DBB1 x 64", False),
        ("MB0-15", "MB8 x 4, MB12 x 4", True),
        ("DB1.DBW0-6", "DB1.DBW0 x 4", True),
        ("DB1.DBW0-5", "DB1.DBW0 x 4", False),
        ("DB1.DBD0-12", "DB1.DBD0 x 4", True),
        ("memory 0x0100-0x01ff", "memory 0x01F0 x 16", True),
        ("memory 0x0100-0x01ff", "memory 0x01F0 x 17", False),
        ("device 4001*", "device 4001 object-name, vendor-name", None),  # whose name is it?
        ("holding register *", "holding register 5, coil 3", False),
        ("holding register 0-9", "holding register 5, coil 3", False),
        ("coil 0-9", "holding register 5, coil 3", False),
        ("rack 0, slot 1-3", "rack 0, slot 2", True),
        ("VAR*", "VAR1, VAR2 and 5 more", None),
        ("VAR*", "VAR1, OTHER and 5 more", False),
        ("VAR*, *", "VAR1, OTHER", True),
        ("*", "", True),
        ("*", "anything, at all", True),
        ("a*", "", None),
        ("N7:0-9", "N7:" + "9" * 5000, False),
        ("*-*-*-*-*-*-*-*z", "1-" * 900, False),
    ],
)
def test_what_a_pattern_covers(pattern: str, text: str, covered: bool | None) -> None:
    assert within(text, [parse_pattern(pattern)]) is covered


@pytest.mark.parametrize(
    ("patterns", "text", "covered"),
    [
        (["holding register 100-199", "holding register 200-299"], "holding register 195-204", True),
        (["holding register 100-199", "holding register 150-299"], "holding register 120-280", True),
        (["holding register 100-198", "holding register 200-299"], "holding register 195-204", False),
        (["holding register 100-199", "coil 200-299"], "holding register 195-204", False),
        (["DB1.DBB0-9", "DB2.DBB10-19"], "DB1.DBB5 x 10", False),
        (["DB1.DBB0-9", "DB1.DBB10"], "DB1.DBB5 x 6", True),
        (["DB1-2.DBX 0.0", "DB3.DBX 0.0"], "DB3.DBX 0.0", True),
    ],
)
def test_ranges_next_to_each_other_hold_what_lies_across(patterns: list[str], text: str, covered: bool) -> None:
    assert within(text, united([*map(parse_pattern, patterns)])) is covered


def test_one_of_several_patterns_is_enough() -> None:
    assert within("coil 1, coil 9", [parse_pattern("coil 0-3"), parse_pattern("coil 8-9")])


def test_a_range_that_ends_before_it_begins() -> None:
    with pytest.raises(ValueError, match="ends before it begins"):
        parse_pattern("coil 9-3")


@given(st.text(st.characters(exclude_characters="*?,;\x00"), min_size=1).filter(lambda t: t.strip() and "-" not in t))
def test_a_text_without_wildcards_covers_itself(text: str) -> None:
    assert within(text, [parse_pattern(text)])


@given(*(st.integers(0, 10**9) for _ in range(4)))
def test_ranges_hold_what_lies_in_them(low: int, high: int, first: int, last: int) -> None:
    low, high, first, last = *sorted((low, high)), *sorted((first, last))
    assert within(f"coil {first}-{last}", [parse_pattern(f"coil {low}-{high}")]) is (low <= first and last <= high)
