"""State, confidence and audience of rules: what they say, what follows where they do not, and what counts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from scanner.cli import main
from scanner.engine.definitions.loader import read_rule
from scanner.engine.definitions.profiles import Profile
from scanner.engine.definitions.rules import RuleState
from scanner.engine.judge import judge
from scanner.errors import DefinitionError
from scanner.facts.frames import Facts, frame
from scanner.facts.schema import TABLES
from scanner.provenance import Provenance
from scanner.results.model import Verdict
from scanner.results.ratings import Audience, Confidence
from tests.engine.engine_cases import FRAMEWORKS, RULE, changed, rule

ID = "writes-are-allowed"


def test_the_usual_is_proven_and_sure() -> None:
    usual = rule()
    assert (usual.state, usual.confidence) == (RuleState.STABLE, Confidence.HIGH)
    assert usual.audience == (Audience.CONTROL_ENGINEER,)


def test_what_a_rule_says_of_itself_counts() -> None:
    said = rule(RULE + "state: nursery\nconfidence: medium\naudience: [auditor, manager]\n")
    assert (said.state, said.confidence) == (RuleState.NURSERY, Confidence.MEDIUM)
    assert said.audience == (Audience.AUDITOR, Audience.MANAGER)
    assert rule(RULE + "state: nursery\n").confidence is Confidence.LOW


def test_counting_makes_less_sure() -> None:
    text = changed(
        ("fail: {allowed: false}", "correlate: {n: {type: event_count, group_by: [client]}}\nfail: {n|gt: 5}")
    )
    assert rule(text).confidence is Confidence.MEDIUM


def test_every_table_that_can_be_judged_has_an_audience() -> None:
    from scanner.engine.definitions.standing import _AUDIENCES

    assert set(TABLES) - {"waivers", "decisions", "related", "answers"} <= _AUDIENCES.keys()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("state: nursry", "state: unknown word 'nursry'; did you mean 'nursery'?"),
        ("confidence: sure", "confidence: unknown word 'sure'; expected one of: high, low, medium"),
        ("audience: [enginer]", "unknown word 'enginer'; "),
    ],
)
def test_words_are_checked(line: str, told: str) -> None:
    with pytest.raises(DefinitionError, match=r"line \d+, column \d+: ") as error:
        rule(RULE + line)
    assert told in str(error.value)


def test_a_rule_in_the_folder_is_in_the_nursery_and_says_nothing_else() -> None:
    def read(text: str) -> RuleState:
        path = f"nursery/{ID}.yaml"
        return read_rule(text, path, "nursery", FRAMEWORKS, in_nursery=True).state

    assert read(RULE) is RuleState.NURSERY
    with pytest.raises(DefinitionError, match="a rule in a folder 'nursery' is in the nursery; move it out of there"):
        read(RULE + "state: stable\n")


def test_it_is_judged_and_counts_nowhere() -> None:
    row = {
        "verb": "write",
        "client": "10.0.0.1",
        "server": "10.0.0.2",
        "count": 1,
        "capture": "x",
        "protocol": "modbus",
    }
    facts = Facts(
        tables={"operations": frame(TABLES["operations"], [row])},
        inputs=tuple(Provenance(kind, kind, 1, "00") for kind in ("capture", "policy")),
    )
    text = changed(("fail: {allowed: false}", "fail: {count|gte: 1}"))
    for state, counts in ((RuleState.STABLE, True), (RuleState.NURSERY, False)):
        given = rule(text + f"state: {state}\n")
        results = judge(facts, [given], Profile("p", {}, {}), list(FRAMEWORKS.values()), today=date(2026, 1, 1))
        (judged,) = results.rules if counts else results.nursery
        assert judged.verdict is Verdict.FAIL
        assert bool(results.rules) == counts
        assert not results.outside
        named = [r for f in results.frameworks for q in f.requirements for r in q.rules]
        assert bool(named) == counts


@pytest.mark.parametrize("place", ["nursery/set-point.yaml", "nursery/commands/set-point.yaml"])
def test_a_folder_of_the_user_has_one_too(tmp_path: Path, place: str) -> None:
    file = tmp_path / "nursery" / "plant" / place  # a folder above is not meant
    file.parent.mkdir(parents=True)
    file.write_text(RULE.replace(ID, "set-point"), encoding="utf-8")
    (tmp_path / "nursery/plant/other.yaml").write_text(RULE.replace(ID, "other"), encoding="utf-8")
    listed = CliRunner().invoke(main, ["rules", "list", "--rules", str(tmp_path / "nursery/plant")])
    lines = {line.split()[1]: line for line in listed.stdout.splitlines()}
    assert "(nursery)" in lines["set-point"]
    assert "(nursery)" not in lines["other"]
