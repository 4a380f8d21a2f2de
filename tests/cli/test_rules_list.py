"""``otaudit rules list``: chosen by family, framework and verdict; as lines and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from scanner.cli import main
from tests.walkthrough import ROOT

CAPTURE = ROOT / "fixtures/captures/modbus/umas.pcap"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["rules", "list", *map(str, arguments)])


def rows(*arguments: str | Path) -> list[dict[str, Any]]:
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.output
    found: list[dict[str, Any]] = json.loads(done.stdout)["rules"]
    return found


def test_every_line_is_a_rule_and_json_has_the_same_ones() -> None:
    lines = run().stdout.splitlines()
    assert [line.split()[1] for line in lines] == [row["id"] for row in rows()]
    assert len(lines) > 100


def test_a_family_and_a_framework_choose() -> None:
    tls = rows("--family", "tls")
    assert tls
    assert {row["family"] for row in tls} == {"tls"}
    both = rows("--family", "tls", "--family", "cleartext")
    assert {row["family"] for row in both} == {"tls", "cleartext"}
    mapped = rows("--framework", "nist-800-82r3", "--family", "tls")  # by overlay: no rule names it
    assert mapped
    assert all(row["controls"].keys() == {"nist-800-82r3"} for row in mapped)
    assert len(mapped) <= len(tls)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("saved") / "r.json"
    CliRunner().invoke(main, ["scan", str(CAPTURE), "-o", str(place), "-q"])
    return place


def test_verdicts_of_saved_results_choose(saved: Path) -> None:
    loaded = json.loads(saved.read_text(encoding="utf-8"))
    failing = {
        rule["rule"] for part in ("rules", "outside", "reach") for rule in loaded[part] if rule["verdict"] == "fail"
    }
    assert failing
    assert {row["id"] for row in rows("--results", saved, "--verdict", "fail")} == failing
    several = rows("--results", saved, "--verdict", "fail", "--verdict", "review")
    assert {row["verdict"] for row in several} <= {"fail", "review"}
    lines = run("--results", saved, "--verdict", "fail").stdout.splitlines()
    assert {line.split()[0] for line in lines} == {"fail"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--family", "tsl"], "there is no family 'tsl'; did you mean 'tls'?"),
        (["--framework", "iec-62443"], "there is no framework 'iec-62443'; did you mean 'iec-62443-"),
        (["--verdict", "fail"], "name saved results with --results"),
    ],
)
def test_what_there_is_not_is_told(arguments: list[str], told: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert told in done.output
