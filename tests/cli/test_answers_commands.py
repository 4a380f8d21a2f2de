"""``otaudit answers``, and the guide's recipe followed from questions to a report."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from scanner.answers import parse_answers
from scanner.cli import main

GUIDE = Path("docs/answers.md")
PLANT = Path("fixtures/plants/bottling")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


def test_the_recipe_of_the_guide(tmp_path: Path) -> None:
    policy, results, answers = PLANT / "policy.yaml", tmp_path / "results.json", tmp_path / "answers.yaml"
    assert run("scan", policy, "-p", "iec62443-sl2", "-o", results, "--fail-on", "never", "-q").exit_code in {0, 4}
    asked = run("answers", "new", results, "-o", answers)
    assert asked.exit_code == 0, asked.output
    rows = parse_answers(answers.read_bytes(), "answers.yaml")
    saved = json.loads(results.read_text(encoding="utf-8"))
    waiting = sum(
        number
        for framework in saved["frameworks"]
        for name, number in framework["standings"].items()
        if name in {"open", "partly_judged", "to_confirm"}
    )
    assert len(rows) == waiting
    assert not any(row["verdict"] for row in rows)

    example = re.search(r"   ```yaml\n(.*?)   ```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert example
    text = re.sub("^   ", "", example[1], flags=re.MULTILINE)
    (tmp_path / "reviews").mkdir()
    (tmp_path / "reviews" / "accounts-2026.pdf").write_bytes(b"signed")
    zone = next(iter(re.findall(r"^ *- id: (\S+)", policy.read_text(encoding="utf-8"), re.MULTILINE)))
    right = hashlib.sha256(b"signed").hexdigest()
    text = re.sub("sha256: [0-9a-f]{64}", f"sha256: {right}", text).replace("zone: cell", f"zone: {zone}")
    answers.write_text(text.replace("2026-11-20", "2026-01-20").replace("2027-11-30", "2999-11-30"), encoding="utf-8")
    checked = run("answers", "check", answers, "-z", policy)
    assert (checked.exit_code, checked.stdout) == (0, "2 answers, 0 questions not answered yet\n"), checked.output

    with_answers = tmp_path / "with.json"
    run("scan", policy, "--answers", answers, "-p", "iec62443-sl2", "-o", with_answers, "--fail-on", "never", "-q")
    framework = next(
        f for f in json.loads(with_answers.read_text("utf-8"))["frameworks"] if f["framework"] == "iec-62443-3-3"
    )
    found = {r["requirement"]: r for r in framework["requirements"]}
    assert found["SR 1.5"]["standing"] == "answered"
    assert found["SR 1.5"]["answers"][0]["evidence_state"] == "fits"
    assert {g["standing"] for g in found["SR 1.11"]["in_zones"] if zone in g["zones"]} == {"answered"}
    assert sum(framework["standings"].values()) == len(framework["requirements"])


def test_everything_is_asked_without_results(tmp_path: Path) -> None:
    path = tmp_path / "fragen.yaml"
    assert run("answers", "new", "-p", "nis2", "-o", path, "--language", "zh").exit_code == 0
    text = path.read_text(encoding="utf-8")
    assert "# 扫描的输入未能完整回答的问题" in text
    assert len(parse_answers(text, "a.yaml")) == 10
    again = run("answers", "new", "-p", "nis2", "-o", path)
    assert (again.exit_code, "exists already" in again.output) == (2, True)
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("answer", "status", "told"),
    [
        ("until: 2025-01-01", 1, "expired on 2025-01-01"),
        (
            "requirement: SR 1.55",
            2,
            "column 18: iec-62443-3-3 has no requirement 'SR 1.55'; did you mean 'SR 1.5'?",
        ),
        ("evidence: a.pdf\n    sha256: " + "0" * 64, 1, "there is no file a.pdf beside it"),
    ],
)
def test_what_is_wrong_is_told(answer: str, status: int, told: str, tmp_path: Path) -> None:
    usual = {"requirement": "SR 1.5", "verdict": "met"}
    key = answer.partition(":")[0]
    lines = [f"    {k}: {v}" for k, v in usual.items() if k != key]
    lines.insert(0 if key == "requirement" else len(lines), f"    {answer}")
    path = tmp_path / "answers.yaml"
    head = "otaudit_answers: 1\nanswered_by: J. Meier\nanswered_on: 2024-01-01\nanswers:\n"
    lines.insert(0, "  - framework: iec-62443-3-3")
    path.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    result = run("answers", "check", path)
    assert (result.exit_code, told in result.output) == (status, True), result.output


def test_a_scan_with_a_wrong_answer_judges_nothing(tmp_path: Path) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text("otaudit_answers: 1\nanswers:\n  - {framework: nis, requirement: x}\n", encoding="utf-8")
    result = run("scan", PLANT / "policy.yaml", "--answers", path)
    assert (result.exit_code, "answer about unknown framework 'nis'" in result.output) == (2, True)


def test_an_input_that_cannot_be_read_leaves_more_to_ask(tmp_path: Path) -> None:
    asked = run("answers", "new", tmp_path / "nothing.pcap", "-o", tmp_path / "answers.yaml")
    assert asked.exit_code == 3
    assert "nothing.pcap: no such file or folder" in asked.output
    assert parse_answers((tmp_path / "answers.yaml").read_bytes(), "answers.yaml")
