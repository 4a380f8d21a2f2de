"""The examples of every packaged rule hold: messages of findings read well, what ``rules explain`` says adds up."""

from __future__ import annotations

import re

import pytest

from scanner.cli.rules import test as command
from scanner.engine import examples, explaining
from scanner.engine.definitions.files import packaged
from scanner.engine.verdict.verdicts import judge_rule
from scanner.results.model import Text, Verdict
from tests.packaged import rules
from tests.wording.in_both import both

WIDE = "[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]"


CONTENTS = {file.source: file.content for file in packaged()}


@pytest.mark.parametrize("name", list(rules()))
def test_examples_of_files(name: str) -> None:
    for example in rules()[name].examples:
        if example.from_files:
            result = examples.run_example(rules()[name], example, command.read_example)
            assert result.verdict is example.verdict, f"{example.place} {example.name}: {result.reason['en']}"


@pytest.mark.parametrize("name", list(rules()))
def test_examples_of_facts(name: str) -> None:
    explained: set[Verdict] = set()
    told: list[Text] = []
    for example in rules()[name].examples:
        if example.from_files:
            continue
        given = rules()[name].tuned(example.values)
        case, terms = examples.as_judged(given, example)
        if example.verdict in explained:
            result = judge_rule(given, case, terms, given.severity)
        else:
            explained.add(example.verdict)
            found = explaining.explained(given, CONTENTS[given.source], case, terms)
            adds_up(found)
            result = found.result
        assert result.verdict is example.verdict, f"{example.place} {example.name}: {result.reason['en']}"
        told += [finding.message for finding in result.findings]
    assert told or all(e.from_files for e in rules()[name].examples if e.verdict is Verdict.FAIL)
    for message in told:
        reads_well(message)


def reads_well(message: Text) -> None:
    """What is not known is left out, verbs are words, blanks stand where the language has them."""
    chinese = both(message)["zh"]
    assert not re.search(r"\bunknown\b|  | [,;:)]|\( |\(\)|[\[\]]|: *$", message["en"]), message["en"]
    assert not re.search(f"未知|  |{WIDE} +{WIDE}|（）|：$|[，。；：、] ", chinese), chinese
    assert not re.search(r"\b(program-(up|down)load|mode-change|file-(read|write|delete))\b", chinese)


def adds_up(found: explaining.Explanation) -> None:
    if found.judged is None:
        assert found.lacking
        return
    judged, verdict = found.judged, found.result.verdict
    waived = sum(rows.height for rows in judged.waived.values())
    counts = (judged.failing.height, judged.review.height, waived, judged.unjudged, found.passed)
    assert min(counts) >= 0
    assert sum(counts) == judged.subjects.height
    assert all(part.holds + part.fails + part.unknown == found.rows for part in found.scope)
    assert found.order[-1] == (verdict, True)
    assert not any(holds for _, holds in found.order[:-1])
    if verdict is Verdict.FAIL and not (judged.confirmed or waived):
        assert any(one.outcome in {"failing", "review"} for one in found.traced)
