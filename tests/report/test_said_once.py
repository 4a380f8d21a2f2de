"""What the page says once: by its style, for a group of checks, or in another framework."""

from __future__ import annotations

import dataclasses
import re

from scanner.catalogues import labels
from scanner.report import html
from scanner.report._html import style_words
from scanner.report._html.repeats import unless_in, usual
from scanner.results.model import RequirementResult, Results, Verdict
from tests.report import sample
from tests.report.test_html import Page


def test_the_style_has_a_word_for_every_class_that_asks_for_one() -> None:
    page = html.render(sample.plant())
    style = style_words.style()
    asked = set(re.findall(r"\bt-[a-z0-9-]+", re.sub(r"<style>.*?</style>|<svg.*?</svg>", "", page, flags=re.DOTALL)))
    written = set(re.findall(r"^\.(t-[a-z0-9-]+)::before", style, re.MULTILINE))
    in_classes = {c for a in Page(page).elements for c in (a[1].get("class") or "").split() if c.startswith("t-")}
    assert in_classes
    assert in_classes <= written
    assert in_classes <= asked
    for language in ("en", "zh"):
        assert f'--t-why: "{labels(language)["why"]}";' in style


def test_a_word_cannot_leave_the_style() -> None:
    assert style_words._quoted('a"</style>\\\n') == "a\\22 \\3c /style\\3e \\5c \\a "


def test_the_usual_reason_is_said_once_for_its_group() -> None:
    plant = sample.plant()
    generic, own = {"en": "Nothing of it here.", "zh": "此处没有。"}, {"en": "No PLC at all.", "zh": "没有 PLC。"}
    (some,) = [r for r in plant.rules if r.verdict is Verdict.NOT_APPLICABLE][:1]
    rules = tuple(
        dataclasses.replace(some, rule=f"r-{n}", reason=reason)
        for n, reason in enumerate([generic, generic, generic, own])
    )
    text = Page(html.render(dataclasses.replace(plant, rules=rules))).text
    assert text.count("Nothing of it here.") == 1
    assert text.count("No PLC at all.") == 1


def test_usual_and_contained_texts() -> None:
    a, b = {"en": "a b c", "zh": "甲乙丙"}, {"en": "b", "zh": "乙"}
    assert usual([a, a, a, b]) == a
    assert usual([a, a, b, b]) == {}
    assert unless_in(b, a) == {}
    assert unless_in(a, b) == a
    assert unless_in({"en": "b", "zh": "丁"}, a) == {"en": "b", "zh": "丁"}


def _with_overlay(**changes: object) -> Results:
    plant = sample.plant()
    framework = plant.frameworks[0]
    first = next(r for r in framework.requirements if r.rules)
    other: RequirementResult = dataclasses.replace(first, **changes)  # type: ignore[arg-type]
    whole = dataclasses.replace(framework, requirements=(first,))
    return dataclasses.replace(
        plant, frameworks=(whole, dataclasses.replace(whole, framework="overlay", requirements=(other,)))
    )


def test_what_one_framework_says_of_a_control_another_leads_to() -> None:
    results = _with_overlay()
    said = f"as in {results.frameworks[0].framework}"
    assert Page(html.render(results)).text.count(said) == 1
    for changed in ({"rules": ("another-rule",)}, {"requirement": "X 9"}, {"in_zones": ()}):
        if getattr(results.frameworks[0].requirements[0], *changed) != next(iter(changed.values())):
            assert said not in Page(html.render(_with_overlay(**changed))).text, changed
