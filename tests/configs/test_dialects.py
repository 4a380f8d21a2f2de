"""Settings of single commands in every dialect that is read, and that no input makes a dialect fail."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.configs.setting_values import may_be
from scanner.configs.settings import VOCABULARY
from scanner.errors import InputError
from tests.configs.dialect_cases import READ, called, cases, pairs, read, read_lines


@pytest.mark.parametrize(("name", "case"), pairs("settings"), ids=called)
def test_settings(name: str, case: dict[str, Any]) -> None:
    expected = case["row"]
    rows = [
        [r[k] for k in ("category", "item", "setting", "value", "present")]
        for r in read_lines(name, case["config"]).rows
    ]
    assert [r for r in rows if r[:3] == expected[:3]] == [expected]


@pytest.mark.parametrize("name", READ)
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_no_text_makes_a_dialect_fail(name: str, data: st.DataObject) -> None:
    words = st.sampled_from(cases(name)["words"].split() or ["end"])
    line = st.builds(lambda indent, ws: " " * indent + " ".join(ws), st.integers(0, 2), st.lists(words, max_size=7))
    text = "\n".join(data.draw(st.lists(line, max_size=12)))
    try:
        configuration = read(name, text.encode())
    except InputError:
        return
    for row in configuration.rows:
        assert (row["category"], row["setting"]) in VOCABULARY
        assert may_be(row["category"], row["setting"], row["value"]), row
        assert 1 <= row["line_start"] <= row["line_end"]


@pytest.mark.parametrize("name", READ)
@given(data=st.binary(max_size=200))
@settings(max_examples=150, deadline=None)
def test_no_bytes_make_a_dialect_fail(name: str, data: bytes) -> None:
    with contextlib.suppress(InputError):
        read(name, data)
