"""The learned policy of the demo plant, its questions answered, gives the verdicts of the hand-written one, but for a
list of differences with reasons; unanswered, a scan with it asks for review of exactly the questions.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from scanner.cli import main
from scanner.facts.enrich import enrich
from scanner.inputs import Input, InputKind, find_inputs
from scanner.results.model import Results
from scanner.scan import Scan, judge_scan, read_inputs

PLANT = Path("fixtures/plants/bottling")
KNOWN: dict[str, Any] = yaml.safe_load(Path("tests/learn/bottling.yaml").read_text(encoding="utf-8"))
Verdicts = dict[str, tuple[str, int]]


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> str:
    target = tmp_path_factory.mktemp("learned") / "policy.yaml"
    done = CliRunner().invoke(main, ["policy", "learn", str(PLANT), "-o", str(target)])
    assert done.exit_code == 0, done.output
    return target.read_text(encoding="utf-8")


def read(policy: Path) -> Scan:
    problems: list[Any] = []
    found = [entry for entry in find_inputs([str(PLANT)], problems) if entry.kind is not InputKind.POLICY]
    assert not problems
    return read_inputs([*found, Input(InputKind.POLICY, str(policy), policy)])


def judged(policy: Path) -> Results:
    return judge_scan(read(policy), profile="default", started=datetime(2026, 1, 1, tzinfo=UTC), clock=0.0)


def verdicts(policy: Path) -> Verdicts:
    return {rule.rule: (rule.verdict.value, len(rule.findings)) for rule in judged(policy).rules}


def answered(text: str) -> str:
    """The policy when somebody has answered: allowed lines lose their #, and no question is left."""
    answers = {(a["client"], a["server"], a["protocol"]): a["allowed"] for a in KNOWN["answers"]}
    names = dict(re.findall(r"- (\{client.*\})  # (u\d+)", text))
    yes = set()
    for entry, name in names.items():
        item = yaml.safe_load(entry)
        if answers.pop((item["client"], item["server"], item["protocol"])):
            yes.add(name)
    assert not answers
    head, conduits = text[: text.index("\nundecided:")].rstrip() + "\n", []
    rest = text[text.index("\nroles:") :]
    lines, current = [], ""
    for line in head.splitlines():
        started = re.match(r"  # (u\d+): ", line)
        current = started[1] if started else current
        decided = line[:2] + line[4:] if current in yes and line.startswith("  # - {") else line
        (conduits if decided.startswith("  - {id: u") else lines).append(decided)
    place = lines.index("conduits:") + 1
    return "\n".join([*lines[:place], *conduits, *lines[place:]]) + "\n" + rest


def test_answered_it_gives_the_verdicts_of_the_hand_written_policy(learned: str, tmp_path: Path) -> None:
    target = tmp_path / "answered.yaml"
    target.write_text(answered(learned), encoding="utf-8")
    by_hand, by_learning = verdicts(PLANT / "policy.yaml"), verdicts(target)
    differing = {
        rule: [list(by_hand[rule]), list(by_learning[rule])] for rule in by_hand if by_hand[rule] != by_learning[rule]
    }
    assert differing == {rule: [case["hand"], case["learned"]] for rule, case in KNOWN["differences"].items()}
    assert all(case["why"] for case in (*KNOWN["differences"].values(), *KNOWN["answers"]))


def test_unanswered_it_asks_for_review_of_the_questions(learned: str, tmp_path: Path) -> None:
    target = tmp_path / "learned.yaml"
    target.write_text(learned, encoding="utf-8")
    operations = enrich(read(target).facts)["operations"]
    asked = operations.filter(undecided=True).select("client", "server", "protocol").unique().rows()
    assert sorted(asked) == sorted((a["client"], a["server"], a["protocol"]) for a in KNOWN["answers"])
    review = {rule.rule for rule in judged(target).rules if rule.verdict.value == "review"}
    assert {"controller-stop-unauthorised", "program-download-unauthorised", "write-unauthorised"} <= review
