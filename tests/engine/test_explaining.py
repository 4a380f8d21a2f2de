"""``rules explain``: what it says. That it adds up is tested with the examples of every rule."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from scanner.cli import main
from scanner.engine.definitions.files import packaged
from scanner.engine.definitions.rules import Example, Rule
from scanner.engine.examples import as_judged
from scanner.engine.explaining import Explanation, explained
from scanner.results.model import Severity, Verdict
from tests.engine.engine_cases import changed, rule
from tests.packaged import rules

ROOT = Path(__file__).parents[2]


@cache
def contents() -> dict[str, bytes]:
    return {file.source: file.content for file in packaged()}


def explain(given: Rule, example: Example, each: int = 5) -> Explanation:
    given = given.tuned(example.values)
    case, terms = as_judged(given, example)
    return explained(given, contents()[given.source], case, terms, each=each)


def test_the_parts_are_those_of_the_file_and_each_row_says_which_hold() -> None:
    text = changed(
        ("  where: {verb: write}", "  where: {verb: write, count|gte: 1}"),
        ("fail: {allowed: false}", "fail: {no: {allowed: false}, far: {client: 10.9.*}, condition: no or far}"),
        ("{operations: [{verb: write, allowed: false}]}", "{operations: [{verb: write, allowed: false, count: 3}]}"),
        ("{operations: [{verb: write, allowed: true}]}", "{operations: [{verb: write, allowed: true, count: 3}]}"),
    )
    given = rule(text)
    case, terms = as_judged(given, given.examples[0])
    found = explained(given, text.encode(), case, terms)
    assert {part.name for part in found.scope} == {"subjects.where: verb", "subjects.where: count|gte"}
    assert {(part.name, part.holds, part.fails) for part in found.parts} == {("fail.no", 1, 0), ("fail.far", 0, 1)}
    assert found.conditions == {"fail": "no or far"}
    (row,) = found.traced
    assert (row.outcome, row.row["allowed"]) == ("failing", False)
    assert (row.parts["fail.no"], row.parts["fail.far"]) == (True, False)


def test_of_a_rule_about_all_rows_it_is_known_what_is_in_scope_and_a_profile_may_change_the_severity() -> None:
    text = changed(("  where: {verb: write}\n", ""))
    given = rule(text)
    case, terms = as_judged(given, given.examples[0])
    found = explained(given, text.encode(), case, terms, severity=Severity.LOW)
    assert (found.scope, found.perhaps) == ((), 0)
    assert {given.severity, found.result.severity} == {Severity.HIGH, Severity.LOW}


def test_without_an_input_nothing_else_is_looked_at() -> None:
    given = rules()["telnet-enabled"]
    case, terms = as_judged(given, Example(Verdict.NO_EVIDENCE, "", facts={}, inputs=()))
    found = explained(given, contents()[given.source], case, terms)
    assert (found.lacking, found.judged, found.result.verdict) == (("configuration",), None, Verdict.NO_EVIDENCE)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ("In scope (subjects: where): 6 rows", "of 2 it is not known whether they are", "To be confirmed: yes")),
        ("zh", ("纳入范围", "其中 2 行是否纳入无法确定", "待确认: 是")),
    ],
)
def test_the_command_says_it_in_each_language(language: str, told: tuple[str, ...]) -> None:
    capture = str(ROOT / "fixtures/captures/modbus/umas.pcap")
    done = CliRunner().invoke(main, ["rules", "explain", "write-unauthorised", capture, "--language", language])
    assert done.exit_code == 0, done.output
    for part in told:
        assert part in done.stdout
    assert done.stdout.splitlines()[-1].startswith("=> ")


def test_mistakes_are_one_line() -> None:
    nothing = CliRunner().invoke(main, ["rules", "explain", "write-unauthorised"])
    assert (nothing.exit_code, "name facts or inputs" in nothing.output) == (2, True)
    unknown = CliRunner().invoke(main, ["rules", "explain", "write-unauthorized", "x.pcap"])
    assert (unknown.exit_code, "did you mean 'write-unauthorised'?" in unknown.output) == (2, True)
