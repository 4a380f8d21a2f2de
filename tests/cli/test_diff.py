"""``otaudit diff``: each difference with what made it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from scanner.cli import main

BAD = Path("fixtures/configs/ie3300/bad.cfg")
OTHER = Path("fixtures/configs/s5735/bad.cfg")
OWN = """\
id: own-name
title: {en: The switch has a name of the plant}
description: {en: Names follow the list.}
severity: high
needs: [configuration]
subjects: {table: settings, where: {category: system, setting: hostname}}
fail: {value|startswith: WANTED}
group_by: [device]
message: {en: "{device} has a forbidden name"}
rationale: {en: Names are on labels.}
remediation: {en: Rename it.}
examples:
  fail: [{facts: {settings: [{category: system, setting: hostname, value: WANTED-1}]}}]
  pass: [{facts: {settings: [{category: system, setting: hostname, value: X}]}}]
  not-applicable: [{facts: {settings: [{category: system, setting: model, value: X}]}}]
"""


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


def scanned(folder: Path, name: str, *more: str | Path) -> Path:
    made = folder / f"{name}.json"
    facts = folder / f"{name}-facts"
    done = run("scan", folder / "configs", "-o", made, "--save-facts", facts, "--fail-on", "never", *more)
    assert done.exit_code == 0, done.output
    return made


def differences(*arguments: str | Path) -> list[dict[str, object]]:
    done = run("diff", *arguments, "--json")
    assert done.exit_code in (0, 1), done.output
    rows = json.loads(done.stdout)["differences"]
    assert bool(rows) == (done.exit_code == 1)
    return list(rows)


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    (tmp_path / "configs").mkdir()
    shutil.copy(BAD, tmp_path / "configs" / "sw1.cfg")
    scanned(tmp_path, "old")
    return tmp_path


def test_nothing_differs(plant: Path) -> None:
    assert not differences(plant / "old.json", plant / "old.json")
    assert not differences(plant / "old-facts", plant / "old-facts")
    assert not differences(plant / "old.json", plant / "old-facts")
    assert run("diff", plant / "old.json", plant / "old.json").stdout == "nothing differs\n"


def test_plant_and_evidence(plant: Path) -> None:
    switch = plant / "configs" / "sw1.cfg"
    text = switch.read_text(encoding="utf-8").replace("access-group GONE in", "access-group NOWHERE in")
    switch.write_text(text, encoding="utf-8")
    shutil.copy(OTHER, plant / "configs" / "sw2.cfg")
    new = scanned(plant, "new")
    rows = differences(plant / "old.json", new)
    of_switch = [r for r in rows if r["rule"] == "acl-not-defined" and "sw1" in str(r["source"])]
    assert {(r["turn"], r["cause"]) for r in of_switch} == {("new", "plant"), ("gone", "plant")}
    assert {r["cause"] for r in rows if "sw2" in str(r["source"])} == {"evidence"}
    back = differences(new, plant / "old.json")
    assert {r["turn"] for r in back if "sw2" in str(r["source"])} <= {"gone", "less"}
    assert {r["cause"] for r in back if "sw2" in str(r["source"])} == {"evidence"}
    shown = run("diff", plant / "old.json", new).stdout
    assert "The evidence (more or less was seen) (" in shown
    assert "the file was not examined before" in shown


def test_a_file_that_was_not_given_is_no_change_of_the_plant(tmp_path: Path) -> None:
    shutil.copytree("fixtures/plants/bottling/switches", tmp_path / "configs")
    every = scanned(tmp_path, "every")
    (tmp_path / "configs" / "bw-core.cfg").unlink()
    fewer = scanned(tmp_path, "fewer")
    for rows, why in (
        (differences(every, fewer), "the file was not examined this time"),
        (differences(fewer, every), "the file was not examined before"),
    ):
        passed = [row for row in rows if row["turn"] == "verdict" and row["rule"] == "account-without-password"]
        assert [(row["cause"], dict(row["why"])["en"]) for row in passed] == [("evidence", why)]  # type: ignore[call-overload]
        assert {row["cause"] for row in rows} == {"evidence"}


def test_another_file_of_the_same_name_is_no_evidence(tmp_path: Path) -> None:
    for name, config in (("a", BAD), ("b", OTHER)):
        (tmp_path / "configs" / name).mkdir(parents=True)
        shutil.copy(config, tmp_path / "configs" / name / "running-config.cfg")
    both = scanned(tmp_path, "both")
    shutil.rmtree(tmp_path / "configs" / "a")
    rows = differences(both, scanned(tmp_path, "one"))
    assert {(r["turn"], r["cause"]) for r in rows if r["finding"]} == {("gone", "evidence")}


def test_rules(plant: Path) -> None:
    for name, wanted in (("then", "NOBODY"), ("now", "PACK")):
        (plant / name / "own").mkdir(parents=True)
        (plant / name / "own" / "own-name.yaml").write_text(OWN.replace("WANTED", wanted), encoding="utf-8")
    then = scanned(plant, "then-results", "--rules", plant / "then")
    now = scanned(plant, "now-results", "--rules", plant / "now")
    (row,) = (r for r in differences(then, now) if r["rule"] == "own-name")
    assert (row["turn"], row["cause"]) == ("new", "rules"), "the file is the same"
    facts = differences(
        plant / "old-facts", plant / "old-facts", "--old-rules", plant / "then", "--rules", plant / "now"
    )
    assert [(r["rule"], r["turn"], r["cause"]) for r in facts] == [("own-name", "new", "rules")]
    switch = plant / "configs" / "sw1.cfg"
    switch.write_text("!\n" + switch.read_text(encoding="utf-8"), encoding="utf-8")
    changed = scanned(plant, "changed", "--rules", plant / "now")
    (row,) = (r for r in differences(then, changed) if r["rule"] == "own-name")
    assert row["cause"] == "incomparable", "the file changed, and so did the rule"
    (row,) = (
        r
        for r in differences(then, changed, "--old-facts", plant / "then-results-facts", "--rules", plant / "now")
        if r["rule"] == "own-name"
    )
    assert row["cause"] == "rules", "the present rule says it of the earlier facts"


def test_waivers(plant: Path) -> None:
    policy = plant / "waivers.yaml"
    policy.write_text(
        "otaudit_policy: 1\nsite: S\nzones:\n- {id: cell, name: Cell, level: 1, members: {subnets: [10.0.0.0/8]}}\n"
        "waivers:\n- {rule: acl-not-defined, reason: replaced in June, approved_by: A. Huber, until: 2099-01-01}\n",
        encoding="utf-8",
    )
    accepted = scanned(plant, "accepted", "-z", policy)
    rows = [r for r in differences(plant / "old.json", accepted) if r["rule"] == "acl-not-defined"]
    assert {(r["turn"], r["cause"]) for r in rows} == {("waived", "waiver")}
    rows = [r for r in differences(accepted, plant / "old.json") if r["rule"] == "acl-not-defined"]
    assert {(r["turn"], r["cause"]) for r in rows} == {("new", "waiver")}


def test_recordings_blame_the_plant_only_where_they_would_have_shown_it(tmp_path: Path) -> None:
    plant = Path("fixtures/plants/bottling")
    whole = tmp_path / "whole.json"
    run("scan", plant, "-o", whole, "--fail-on", "never")
    configs = tmp_path / "configs.json"
    run("scan", plant / "switches", "-z", plant / "policy.yaml", "-i", plant / "inventory.csv", "-o", configs)
    rows = differences(configs, whole)
    (found,) = (r for r in rows if r["rule"] == "program-download-unauthorised" and r["finding"])
    assert found["cause"] == "evidence", "there was no capture before"


@pytest.mark.parametrize("content", ["{", '{"otaudit_results": 99}'])
def test_what_is_no_results_is_told(tmp_path: Path, plant: Path, content: str) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text(content, encoding="utf-8")
    done = run("diff", plant / "old.json", wrong)
    assert done.exit_code == 3
    assert len(done.stderr.splitlines()) == 1


def test_foreign_facts_are_refused(plant: Path) -> None:
    shutil.copy(OTHER, plant / "configs" / "sw2.cfg")
    scanned(plant, "new")
    done = run("diff", plant / "old.json", plant / "new.json", "--old-facts", plant / "new-facts")
    assert done.exit_code == 3
    assert "are not the facts that" in done.stderr
