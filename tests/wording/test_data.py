"""Sentences survive as plain data, and data that nobody said makes no sentence of otaudit."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.catalogues import languages
from scanner.wording import Said, joined, plain, said, verbatim
from scanner.wording.data import as_data, from_data
from scanner.wording.said import MARKS
from scanner.wording.spoken import spoken

ANY = st.text(alphabet=st.one_of(st.characters(codec="utf-8"), st.sampled_from(MARKS + "{}|;,n1")))
FIXED = st.sampled_from([said("empty file"), said("expected {{en: ..., zh: ...}}")])


def sentences(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.builds(lambda n, text: said("byte {n}: {text}", n=n, text=text), st.integers(), inner),
        st.builds(lambda name: said("session {name}", name=name), ANY),
        st.lists(inner.filter(bool), min_size=2, max_size=4).map(lambda some: joined(some, "; ")),
    )


TEXTS = st.recursive(st.one_of(FIXED, ANY.filter(bool).map(verbatim)), sentences, max_leaves=6)


@given(TEXTS)
def test_sentences_survive(text: Said) -> None:
    data = json.loads(json.dumps(as_data(text.marked)))
    again = from_data(data)
    assert again == text
    assert as_data(again.marked) == data
    assert [spoken(again, language) for language in languages()] == [spoken(text, language) for language in languages()]


@pytest.mark.parametrize(
    ("text", "data"),
    [
        (said("empty file"), {"sentence": "empty file", "arguments": {}}),
        (said("{n:,} packets", n=1204), {"sentence": "{n} packets", "arguments": {"n": "1,204"}}),
        (
            joined([said("session {name}", name="HMI, {n}"), said("empty file"), verbatim("empty file")], "; "),
            {
                "sentence": "{1}; {2}; {3}",
                "arguments": {
                    "1": {"sentence": "session {name}", "arguments": {"name": "HMI, {n}"}},
                    "2": {"sentence": "empty file", "arguments": {}},
                    "3": "empty file",
                },
            },
        ),
    ],
)
def test_the_form(text: Said, data: dict[str, Any]) -> None:
    assert as_data(text.marked) == data
    assert from_data(data) == text


@given(ANY, st.dictionaries(ANY, ANY, max_size=3))
def test_whatever_a_stranger_writes_is_text(sentence: str, arguments: dict[str, str]) -> None:
    text = from_data({"sentence": sentence, "arguments": arguments})
    assert not set(text) & set(MARKS)
    assert plain(text.marked) == text
