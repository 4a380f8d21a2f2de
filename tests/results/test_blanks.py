"""White space outside of texts is left out, whatever the texts hold."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from scanner.results.serialise import _without_blanks

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES, st.sampled_from([None, 1, 4]))
def test_blanks_are_those_of_the_layout(value: object, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    assert _without_blanks(text) == json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    assert _without_blanks(f',\n "name": {text}') == f',"name":{_without_blanks(text)}'
