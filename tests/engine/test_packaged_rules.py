"""Every packaged rule: its words exist and read well, and something can give what it looks for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.engine.definitions.files import packaged
from scanner.engine.definitions.profile_files import load_profile, profile_names
from scanner.engine.language.selections import possible_words
from scanner.protocols import protocols
from scanner.protocols.base import Verb
from scanner.yaml_positions import load
from tests.engine.engine_cases import FRAMEWORKS
from tests.packaged import rules

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", list(rules()))
def test_files_that_examples_name_exist(name: str) -> None:
    for example in rules()[name].examples:
        for file in filter(None, (example.capture, example.policy, example.inventory, example.configuration)):
            assert (ROOT / "fixtures" / file).exists(), file


@pytest.mark.parametrize("name", list(rules()))
def test_some_protocol_can_give_what_the_rule_looks_for(name: str) -> None:
    """A rule on operations whose verbs no admitted protocol has could never find a subject."""
    rule = rules()[name]
    if rule.table != "operations" or not rule.where:
        return
    verbs = possible_words(rule.where, "verb", frozenset(Verb))
    spoken = possible_words(rule.where, "protocol", frozenset(protocols()))
    assert any(verbs & set(protocols()[p].verbs) for p in spoken)


def test_there_are_at_least_thirty_rules_in_the_asked_families() -> None:
    families = {r.family for r in rules().values()}
    assert len(rules()) >= 30
    assert {"conduits", "commands", "cleartext", "tls", "assets", "internet", "evidence"} <= families


@pytest.mark.parametrize("name", profile_names())
def test_every_profile_selects_something(name: str) -> None:
    profile = load_profile(name, list(rules().values()), list(FRAMEWORKS.values()))
    assert profile.chosen(rules().values(), FRAMEWORKS.values())


def texts(value: object, place: str) -> Iterator[tuple[str, dict[str, object]]]:
    """Everything in a document that is text by language."""
    if isinstance(value, dict):
        if {"en", "zh"} & value.keys():
            yield place, value
        for key, inner in value.items():
            yield from texts(inner, f"{place}/{key}")


def test_every_packaged_text_is_in_every_language() -> None:
    files = [file for file in packaged() if file.folder != "drafts"]
    found = [text for file in files for text in texts(load(file.content, file.source).data, file.source)]
    assert len(found) > 1000
    assert [place for place, text in found if text.keys() != {"en", "zh"}] == []
