"""What ``-o`` says on the terminal: counts, what fails, what is missing, and where the reports are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from scanner.catalogues import labels
from scanner.cli import main
from scanner.report._order import VERDICTS

PLANT = Path("fixtures/plants/bottling")
SWITCHES = PLANT / "switches"


def run(*arguments: str | Path, **variables: str | None) -> Result:
    return CliRunner(env=variables).invoke(main, [str(a) for a in arguments])


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("source", [PLANT, SWITCHES])
def test_the_counts_are_those_of_the_results(source: Path, language: str, tmp_path: Path) -> None:
    done = run("scan", source, "-o", tmp_path / "r.json", "--language", language)
    rules = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["rules"]
    words = labels(language)
    first = done.stdout.splitlines()[0]
    for verdict in VERDICTS:
        count = sum(rule["verdict"] == verdict.value for rule in rules)
        assert (f"{count} {words[f'verdict.{verdict.value}']}" in first) is (count > 0)
    failing = [rule["rule"] for rule in rules if rule["verdict"] in {"fail", "review"}]
    lines = done.stdout.splitlines()
    listed = [line for line in lines if line.endswith("]")]
    assert len(listed) == 10
    assert all(line.rpartition("[")[2].rstrip("]") in failing for line in listed)
    assert str(len(failing) - 10) in lines[lines.index(listed[-1]) + 1]
    assert words["written"].format(path=tmp_path / "r.json") == done.stdout.splitlines()[-1]


def test_the_most_severe_come_first_whether_they_fail_or_must_be_confirmed(tmp_path: Path) -> None:
    done = run("scan", PLANT / "capture.pcap.gz", "-o", tmp_path / "r.json")
    rules = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["rules"]
    severity = {rule["rule"]: rule["severity"] for rule in rules}
    listed = [line.rpartition("[")[2].rstrip("]") for line in done.stdout.splitlines() if line.endswith("]")]
    order = ["critical", "high", "medium", "low", "info"]
    ranks = [order.index(severity[rule]) for rule in listed]
    assert ranks == sorted(ranks)
    assert "program-download-unauthorised" in listed, "a review that is critical stands before failures that are low"


def test_what_a_profile_leaves_out_is_said_beside_it(tmp_path: Path) -> None:
    done = run("scan", SWITCHES, "-p", "cra", "-o", tmp_path / "r.json")
    outside = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["outside"]
    assert outside
    (line,) = (line for line in done.stdout.splitlines() if line.startswith("Outside the profile: "))
    assert f"{sum(rule['verdict'] == 'fail' for rule in outside)} {labels('en')['verdict.fail']}" in line
    assert all(f"[{rule['rule']}]" in done.stdout for rule in outside[:5])
    done = run("scan", SWITCHES, "-p", "cra", "--only-profile", "-o", tmp_path / "r.json")
    assert "Outside the profile" not in done.stdout


def test_incompleteness_is_said(tmp_path: Path) -> None:
    done = run("scan", SWITCHES, tmp_path / "gone", "-o", tmp_path / "r.json")
    assert labels("en")["incomplete"] in done.stdout.splitlines()


def test_it_goes_beside_a_report_on_standard_output(tmp_path: Path) -> None:
    done = run("scan", SWITCHES, "-o", "-", "--format", "json", "-o", tmp_path / "r.html")
    assert json.loads(done.stdout)["rules"]
    assert done.stderr.splitlines()[-1] == f"written to {tmp_path / 'r.html'}"
    assert "Fail" in done.stderr


@pytest.mark.parametrize("outputs", [[], ["-o", "{}/r.json"]])
def test_quiet_says_nothing(outputs: list[str], tmp_path: Path) -> None:
    done = run("scan", SWITCHES, "-q", *(word.format(tmp_path) for word in outputs))
    assert done.exit_code == 1
    assert done.output == ""
    assert run("scan", SWITCHES, tmp_path / "gone", "-q").stderr.count("\n") == 1, "what is wrong is said"


def test_quiet_still_prints_what_was_asked_for() -> None:
    assert json.loads(run("scan", SWITCHES, "-q", "--format", "json").stdout)["rules"]


def test_report_says_the_same_as_scan(tmp_path: Path) -> None:
    first = run("scan", SWITCHES, "-o", tmp_path / "r.json").stdout.splitlines()[:-1]
    again = run("report", tmp_path / "r.json", "-o", tmp_path / "again.html").stdout.splitlines()
    assert again == [*first, f"written to {tmp_path / 'again.html'}"]
    done = run("report", tmp_path / "r.json", "-o", tmp_path / "r.json")
    assert done.exit_code == 2
    assert "is one of the inputs" in done.stderr


@pytest.mark.parametrize(
    ("variables", "chinese"),
    [
        ({"LANG": "zh_CN.UTF-8"}, True),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, False),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "zh_TW"}, True),
        ({"LANG": "zh_CN", "LC_MESSAGES": "en_GB"}, False),
        ({"LC_ALL": "", "LANG": "zh"}, True),
        ({"LC_ALL": "zh_CN.UTF-8", "OTAUDIT_LANGUAGE": "en"}, False),
        ({}, False),
    ],
)
def test_the_language_of_the_locale(variables: dict[str, str], chinese: bool) -> None:
    unset: dict[str, str | None] = dict.fromkeys(("LC_ALL", "LC_MESSAGES", "LANG"))
    done = run("scan", SWITCHES, **(unset | variables))
    assert (labels("zh")["failing"] in done.stdout) is chinese
    assert (labels("en")["failing"] in done.stdout) is not chinese


def test_text_reports_and_rules_speak_it_too(tmp_path: Path) -> None:
    run("scan", SWITCHES, "-o", tmp_path / "r.txt", "-o", tmp_path / "r.html", "--language", "zh")
    assert labels("zh")["failing"] in (tmp_path / "r.txt").read_text(encoding="utf-8")
    assert 'data-asked="zh"' in (tmp_path / "r.html").read_text(encoding="utf-8"), "it opens in this language"
    assert "使用 Telnet" in run("rules", "list", "--language", "zh").stdout


def test_without_colour_there_is_none() -> None:
    for variables in ({"NO_COLOR": "1"}, {"NO_COLOR": "0"}):
        assert "\x1b[3" not in run("scan", SWITCHES, **variables).output
