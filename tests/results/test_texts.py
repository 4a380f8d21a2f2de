"""Texts of saved results: sentences with arguments come back, and what a stranger writes into them is text."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from scanner.catalogues import languages
from scanner.errors import InputError
from scanner.report import encode, formats, in_language
from scanner.results.model import Results, Text
from scanner.results.serialise import from_json, to_json
from scanner.results.texts import DEEPEST, encoded, pick
from scanner.wording import Said, joined, said, verbatim
from scanner.wording.said import MARKS
from tests.report import sample

DEVICE = "HMI, session without signed messages"


def with_reason(reason: Text) -> Results:
    plant = sample.plant()
    first = dataclasses.replace(plant.rules[0], reason=reason)
    return dataclasses.replace(plant, rules=(first, *plant.rules[1:]))


def read_with(reason: Any) -> Results:
    document = json.loads(to_json(sample.plant()))
    document["rules"][0]["reason"] = reason
    return from_json(json.dumps(document), "r.json", altered=True)


@pytest.mark.parametrize(
    "text",
    [
        {"en": said("session {name}", name=DEVICE)},
        {"en": joined([said("empty file"), said("session {name}", name=DEVICE), verbatim(DEVICE)], "; ")},
        {"en": said("{name} wrote", name="a"), "zh": said("{name} 写入", name="a")},
        {"zh": said("{name} 写入", name="a")},
        {"en": "Written by hand.", "zh": "手写。"},
        {},
    ],
    ids=str,
)
def test_a_text_comes_back(text: Text) -> None:
    (again,) = from_json(to_json(with_reason(text)), "r.json").rules[:1]
    assert again.reason.keys() == text.keys()
    for language in languages():
        assert pick(again.reason, language) == pick(text, language)


def test_the_form() -> None:
    assert encoded({"en": said("session {name}", name=DEVICE)}) == {
        "en": f"session {DEVICE}",
        "sentence": "session {name}",
        "arguments": {"name": DEVICE},
    }
    assert encoded({"en": said("{a} wrote", a="x"), "zh": said("{a} 写入", a="x")}) == {
        "en": "x wrote",
        "sentence": {"en": "{a} wrote", "zh": "{a} 写入"},
        "arguments": {"a": "x"},
    }


HOSTILE = "<script>alert(1)</script>\x1b[31m" + MARKS


@pytest.mark.parametrize(
    "reason",
    [
        {"en": "", "sentence": HOSTILE, "arguments": {}},
        {"en": "", "sentence": "session {name}", "arguments": {"name": HOSTILE}},
        {"en": "", "sentence": "session {name} {name.__class__} {0} {name!r:>9999999}", "arguments": {"name": HOSTILE}},
        {"en": "", "sentence": "{1}{#verb.read}", "arguments": {"1": HOSTILE, "#verb.read": HOSTILE}},
        {"en": HOSTILE, "sentence": {"en": HOSTILE, "zh": HOSTILE}, "arguments": {}},
        {"en": HOSTILE, "sentence": "{n} packets", "arguments": {"n": "9" * 5000}},
    ],
    ids=str,
)
def test_what_a_stranger_writes_is_text_in_every_report(reason: dict[str, Any]) -> None:
    results = read_with(reason)
    for name, form in formats().items():
        for language in languages():
            written = encode(in_language(form, language).render(results))
            if name == "html":
                assert b"<script>alert" not in written
            assert b"\x1b" not in written or name == "xlsx"


def deep(levels: int) -> dict[str, Any]:
    inner: dict[str, Any] = {"sentence": "x", "arguments": {}}
    for _ in range(levels):
        inner = {"sentence": "{text}", "arguments": {"text": inner}}
    return inner


@pytest.mark.parametrize(
    ("reason", "wrong"),
    [
        (
            {"en": "a", "sentence": "a"},
            "rules[0].reason: is not valid as saved results: the field arguments",
        ),
        ({"en": "a", "arguments": {}}, "the field sentence is missing"),
        ({"en": "a", "sentence": 1, "arguments": {}}, "rules[0].reason.sentence"),
        ({"en": "a", "sentence": "a", "arguments": {"a b": "c"}}, "an argument has a name that is none"),
        ({"en": "a", "sentence": "a", "arguments": {"a": 1}}, "rules[0].reason.arguments.a"),
        ({"en": "a", "sentence": "a", "arguments": {"a": {"sentence": "b"}}}, "a sentence and its arguments"),
        ({"en": "a", **deep(DEEPEST + 1)}, "sentences stand in sentences"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_text_is_one_clear_line(reason: Any, wrong: str) -> None:
    with pytest.raises(InputError) as caught:
        read_with(reason)
    assert wrong in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_english_text_that_was_changed_says_what_it_says_now() -> None:
    reason = read_with({"en": "all is well", "sentence": "session {name}", "arguments": {"name": "A"}}).rules[0].reason
    assert not any(isinstance(each, Said) for each in reason.values())
    assert [pick(reason, language) for language in languages()] == ["all is well"] * len(languages())
