"""Each demo plant gives exactly the verdicts that ``tests/plants/<plant>.yaml`` states, the same bytes on every run."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from scanner.inputs import InputKind, find_inputs
from scanner.report import encode, formats
from scanner.results.model import Results, Run
from scanner.scan import judge_scan, read_inputs

PLANTS = sorted(Path("fixtures/plants").iterdir())
COMPLIANT = Path("fixtures/plants/bottling-compliant")
STARTED = datetime(2026, 1, 1, tzinfo=UTC)


def results(plant: Path) -> Results:
    problems: list[object] = []
    found = list(find_inputs([str(plant)], problems))  # type: ignore[arg-type]
    assert not problems
    judged = judge_scan(read_inputs(found), profile="default", started=STARTED, clock=0.0)
    return replace(judged, run=Run("2026-01-01T00:00:00+00:00", 0.0, "0"))


@pytest.fixture(scope="module", params=PLANTS, ids=lambda p: p.name)
def plant(request: pytest.FixtureRequest) -> tuple[Path, Results]:
    return request.param, results(request.param)


def test_verdicts(plant: tuple[Path, Results]) -> None:
    folder, judged = plant
    expected = yaml.safe_load((Path("tests/plants") / f"{folder.name}.yaml").read_text(encoding="utf-8"))
    found = {rule.rule: (rule.verdict.value, len(rule.findings)) for rule in (*judged.rules, *judged.reach)}
    assert found == {name: (case["verdict"], case["findings"]) for name, case in expected.items()}
    assert all(case["why"] for case in expected.values())


def test_nothing_is_wrong_in_the_compliant_plant(plant: tuple[Path, Results]) -> None:
    folder, judged = plant
    wrong = {
        r.rule
        for r in (*judged.rules, *judged.reach)
        if r.verdict.value not in ("pass", "no-evidence", "not-applicable")
    }
    assert bool(wrong) != (folder == COMPLIANT)


def test_everything_was_read(plant: tuple[Path, Results]) -> None:
    folder, judged = plant
    assert judged.complete
    assert not judged.problems
    kinds = {record.kind for record in judged.inputs}
    absent = {InputKind.FACTS, InputKind.ANSWERS, InputKind.ADVISORY, InputKind.OUTPUT}
    assert kinds == {kind.value for kind in InputKind} - absent
    assert sum(1 for _ in folder.rglob("*.cfg")) == sum(record.kind == "configuration" for record in judged.inputs)


def test_two_runs_give_the_same_bytes(plant: tuple[Path, Results]) -> None:
    folder, judged = plant
    again = results(folder)
    for name, renderer in formats().items():
        assert encode(renderer.render(judged)) == encode(renderer.render(again)), name


def test_no_secret_of_the_inputs_is_in_any_report(plant: tuple[Path, Results]) -> None:
    _, judged = plant
    for name, renderer in formats().items():
        assert b"example-only" not in encode(renderer.render(judged)), name
        assert b"ZXhhbXBsZTpvbmx5" not in encode(renderer.render(judged)), name


def test_findings_from_configurations_name_file_and_line(plant: tuple[Path, Results]) -> None:
    folder, judged = plant
    evidence = [e for r in judged.rules if r.family == "hardening" for f in r.findings for e in f.evidence]
    assert evidence or folder == COMPLIANT
    for item in evidence:
        lines = Path(item.source).read_text(encoding="utf-8").splitlines()
        assert 1 <= item.line_start <= item.line_end <= len(lines)


def test_results_follow_their_schema(plant: tuple[Path, Results]) -> None:
    import jsonschema

    schema = json.loads(Path("scanner/results/results.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(encode(formats()["json"].render(plant[1]))), schema)
