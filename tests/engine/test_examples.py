from __future__ import annotations

import pytest

from scanner.engine import examples
from scanner.engine.definitions.rules import Example
from scanner.errors import DefinitionError
from scanner.facts.frames import Facts, frame
from scanner.facts.schema import TABLES
from scanner.provenance import Provenance
from scanner.results.model import Verdict
from tests.engine.engine_cases import RULE, TODAY, capture, changed, rule

FAIL = "  fail: [{facts: {operations: [{verb: write, allowed: false}]}}]\n"


def failures(*pairs: tuple[str, str]) -> list[str]:
    return [str(f) for f in examples.test_rules([rule(changed(*pairs))])]


def test_examples_that_hold() -> None:
    assert failures() == []


def test_an_example_that_does_not_hold_is_told_with_place_and_reason() -> None:
    told = failures(("[{verb: write, allowed: true}]", "[{verb: write, allowed: false}]"))
    place = "rules/commands/writes-are-allowed.yaml: line 17, column 10"
    assert told == [f"{place}: example should be pass but is fail: 1 of 1 distinct operation failed."]


def test_an_example_has_the_inputs_that_the_rule_needs_unless_it_says_otherwise() -> None:
    case = (
        "  no-evidence: [{name: no policy, inputs: [capture], facts: {operations: [{verb: write, allowed: false}]}}]\n"
    )
    assert failures((FAIL, FAIL + case)) == []


def test_a_stated_capture_replaces_the_sufficient_one() -> None:
    seen = "captures: [{duration: 5, last_time: 2026-01-01T08:00:05Z}], observations: [{kind: all, seconds: 5}]"
    brief = f"  no-evidence: [{{facts: {{{seen}, operations: []}}}}]\n"
    cut = "  no-evidence: [{facts: {captures: [{complete: false}], operations: [{verb: write, allowed: true}]}}]\n"
    assert failures((FAIL, FAIL + brief)) == []
    assert failures((FAIL, FAIL + cut.replace("no-evidence:", "waived:"))) != []
    assert failures((FAIL, FAIL + cut)) == []


@pytest.mark.parametrize("match", [", match: '{}'", ""])
def test_waivers_may_be_part_of_an_example(match: str) -> None:
    waivers = f"zones: [{{zone: cell}}], waivers: [{{rule: writes-are-allowed{match}}}]"
    rows = f"{{{waivers}, operations: [{{verb: write, allowed: false}}]}}"
    assert failures((FAIL, FAIL + f"  waived: [{{facts: {rows}}}]\n")) == []


@pytest.mark.parametrize(
    ("match", "verdict"),
    [
        (", match: '{}'", "pass"),
        ("", "pass"),
        (""", match: '{"verb": "write"}'""", "pass"),
        (""", match: '{"client": "10.0.0.9"}'""", "review"),
    ],
)
def test_decisions_may_be_part_of_an_example(match: str, verdict: str) -> None:
    decided = f"[{{rule: writes-are-allowed, decision: allowed, decided_on: '2026-01-01'{match}}}]"
    example = (
        f"{{facts: {{zones: [{{zone: cell}}], decisions: {decided}, operations: [{{verb: write, allowed: null}}]}}}}"
    )
    review = "\nreview: {title: {en: Ask., zh: 问。}, when: {allowed: null}}"
    text = changed(("fail: {allowed: false}\n", f"fail: {{allowed: false}}{review}\n"))
    asked = (
        text.replace("  pass: [", f"  pass: [{example}, ") if verdict == "pass" else f"{text}  review: [{example}]\n"
    )
    assert [str(f) for f in examples.test_rules([rule(asked)])] == []


@pytest.mark.parametrize("match", ['{"client"', "[1]", "x", "[" * 100_000])
@pytest.mark.parametrize("table", ["waivers", "decisions"])
def test_a_match_that_is_no_object_is_told_at_its_place(table: str, match: str) -> None:
    case = f"  waived: [{{facts: {{{table}: [{{match: '{match}'}}], operations: [{{verb: write}}]}}}}]\n"
    with pytest.raises(DefinitionError) as error:
        failures((FAIL, FAIL + case))
    (problem,) = error.value.problems
    assert str(problem).startswith("rules/commands/writes-are-allowed.yaml: line 17, column")
    assert "column 'match' is JSON object and cannot hold" in str(problem)
    assert str(problem).endswith("""expected {"client": "10.0.0.5"}""")


def test_derived_columns_that_are_not_stated_are_computed() -> None:
    policy = "zones: [{zone: cell, subnets: [10.0.1.0/24], level: 1}, {zone: office, subnets: [10.0.0.0/24], level: 4}]"
    row = "operations: [{verb: write, transport: tcp, client: 10.0.0.5, server: 10.0.1.5, server_port: 502}]"
    assert failures((FAIL, f"  fail: [{{facts: {{{policy}, {row}}}}}]\n")) == []


def test_every_example_is_set_in_the_same_day() -> None:
    assert examples.TODAY < TODAY


def test_examples_of_files_go_through_the_given_reader() -> None:
    seen: list[Example] = []

    def read_files(example: Example) -> Facts:
        seen.append(example)
        rows = {"captures": [capture()], "operations": [{"verb": "read", "client": "10.0.0.5", "server": "10.0.1.5"}]}
        return Facts(
            tables={name: frame(TABLES[name], given) for name, given in rows.items()},
            inputs=(Provenance("a.pcap", "capture", 1, "ab"), Provenance("p.yaml", "policy", 1, "cd")),
        )

    text = RULE.replace(FAIL, FAIL + "  waived: [{capture: captures/a.pcap, policy: p.yaml}]\n")
    told = examples.test_rules([rule(text)], read_files)
    assert [(e.capture, e.policy, e.verdict) for e in seen] == [("captures/a.pcap", "p.yaml", Verdict.WAIVED)]
    assert [f.got for f in told] == ["no-evidence"], "no conversation was seen"
    assert examples.test_rules([rule(text)]) == [], "without a reader they are left out"


@pytest.mark.parametrize("verdict", ["fail", "pass"])
def test_the_expectation_is_really_compared(verdict: str) -> None:
    other = {"fail": "allowed: true", "pass": "allowed: false"}[verdict]
    mine = {"fail": "allowed: false", "pass": "allowed: true"}[verdict]
    assert (
        len(
            failures(
                (
                    f"{verdict}: [{{facts: {{operations: [{{verb: write, {mine}",
                    f"{verdict}: [{{facts: {{operations: [{{verb: write, {other}",
                )
            )
        )
        == 1
    )
