"""Every format speaks the language that it is asked for; what nobody wrote in it is marked in the page."""

from __future__ import annotations

import dataclasses

import pytest

from scanner.catalogues import labels, languages
from scanner.engine.definitions.together import load_definitions
from scanner.report import encode, formats, html, in_language
from scanner.report._order import subject_text
from scanner.report._words import cleaned
from scanner.results.texts import pick
from scanner.wording import said, verbatim
from tests.report import sample

ALWAYS_ALL = {"html", "json"}


@pytest.mark.parametrize("name", sorted(formats().keys() - ALWAYS_ALL))
def test_a_format_is_in_the_language(name: str) -> None:
    plant = sample.plant()
    english, chinese = (encode(in_language(formats()[name], language).render(plant)) for language in ("en", "zh"))
    rule = next(rule for rule in plant.rules if rule.findings)
    if name not in {"xlsx", "navigator", "vex"}:  # compressed; about techniques and vulnerabilities, not rules
        assert rule.title["en"].encode() in english
        assert rule.title["zh"].encode() in chinese
        assert rule.title["zh"].encode() not in english
    assert english != chinese
    assert english == encode(formats()[name].render(plant))


def test_what_is_missing_in_a_language_is_marked() -> None:
    plant = sample.plant()
    rules = tuple(dataclasses.replace(rule, title={"zh": "仅有中文"}) for rule in plant.rules)
    page = html.render(dataclasses.replace(plant, rules=rules))
    assert '<span class=en><span class="own foreign" lang="zh-Hans">仅有中文</span></span>' in page
    assert "<span lang=zh>仅有中文</span>" in page
    assert 'foreign" lang="zh' not in html.render(plant)


def test_texts_are_left_in_one_language_alone() -> None:
    rule = sample.plant().rules[0]
    assert cleaned(rule, "zh").title == {"zh": rule.title["zh"]}
    assert cleaned(rule, "en").title == {"en": rule.title["en"]}


def test_marks_of_sentences_survive_cleaning() -> None:
    name = "HMI\x1b[31m\u202e"
    text = cleaned({"en": said("session {name}", name=name)})["en"]
    assert text == "session HMI\\x1b[31m\\u202e"
    assert text.marked == said("session {name}", name="HMI\\x1b[31m\\u202e").marked


@pytest.mark.parametrize("language", languages())
def test_what_somebody_else_says_is_the_same_in_every_language(language: str) -> None:
    assert pick({"en": verbatim("the file is empty")}, language) == "the file is empty"


def test_what_a_finding_is_about_has_names_in_every_language() -> None:
    rules = load_definitions(()).rules
    columns = {column for rule in rules for column in rule.group_by}
    assert len(columns) > 25
    for language in languages():
        assert {column for column in columns if f"subject.{column}" not in labels(language)} == set()


def test_what_a_finding_is_about_is_in_the_language() -> None:
    finding = dataclasses.replace(
        next(f for rule in sample.plant().rules for f in rule.findings),
        subject={"client": "10.0.0.5", "server_port": "502", "of_a_plug_in": "device", "server": ""},
    )
    assert subject_text(finding) == "client: 10.0.0.5; of_a_plug_in: device; server port: 502"
    assert subject_text(finding, "zh") == "客户端：10.0.0.5；of_a_plug_in：device；服务器端口：502"
