"""The policy commands from the shell: what they print, where, and their exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from scanner.cli import main

PLANT = Path("fixtures/plants/bottling")
BROKEN = "otaudit_policy: 1\nzones:\n  - {id: a, level: 9, members: {subnets: [10.0.0.0/24]}}\n"
EVIL = """\
otaudit_policy: 1
zones:
  - {id: a, level: 1, members: {devices: ["\\e[31mEVIL\\nPLC"]}}
"""


def policy(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["policy", *map(str, arguments)])


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    file = tmp_path / "changed.yaml"
    text = (PLANT / "policy.yaml").read_text(encoding="utf-8")
    file.write_text(text.replace("clients: [ENG-1]", "clients: [ENG-1, ENG-2]", 1), encoding="utf-8")
    return file


def test_check_of_the_plant() -> None:
    result = policy("check", PLANT / "policy.yaml", "-i", PLANT / "inventory.csv", PLANT / "capture.pcap.gz")
    assert result.exit_code == 0
    assert "note: no traffic was seen in conduit 'supervision-to-management'" in result.stdout
    assert result.stdout.splitlines()[-1] == "0 errors, 0 warnings, 2 notes"


def test_check_finds_what_nobody_is_meant_by(changed: Path) -> None:
    result = policy("check", changed, PLANT / "inventory.csv", "--json")
    remarks = json.loads(result.stdout)["remarks"]
    (error,) = (r for r in remarks if r["severity"] == "error")
    assert (result.exit_code, error["check"], error["line"], error["source"]) == (1, "unbound-name", 75, str(changed))
    assert "'ENG-2'" in error["what"]


def test_check_of_two_policies_that_contradict_each_other(changed: Path) -> None:
    result = policy("check", PLANT / "policy.yaml", changed, "-i", PLANT / "inventory.csv")
    assert result.exit_code == 1
    assert "error: conduit 'engineering-to-filling' has other clients than in" in result.stdout


@pytest.mark.parametrize("command", [["check"], ["export", "--format", "csv"], ["export", "--format", "mermaid"]])
def test_hostile_names_are_written_out(tmp_path: Path, command: list[str]) -> None:
    file = tmp_path / "evil.yaml"
    file.write_text(EVIL, encoding="utf-8")
    result = policy(*command, file)
    assert result.exit_code == 0
    if command[0] == "check":
        assert "\\x1b[31mEVIL" in result.stdout
        assert "\x1b" not in result.stdout


@pytest.mark.parametrize("command", [["check"], ["diff", PLANT / "policy.yaml"], ["export", "--format", "nftables"]])
def test_a_wrong_policy_is_one_line(tmp_path: Path, command: list[str | Path]) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(BROKEN, encoding="utf-8")
    result = policy(*command, file)
    assert result.exit_code == 2
    assert "line 3, column 20: level: '9' is not one of" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert policy(*command, tmp_path / "none.yaml").exit_code in (2, 3)


def test_waivers_are_read_as_by_a_scan(tmp_path: Path) -> None:
    file = tmp_path / "waivers.yaml"
    waiver = "waivers:\n  - {rule: %s, match: {%s: SW1}, reason: x, approved_by: y, until: 2099-01-01}\n"
    told = []
    for rule, column in (("telnet-enable", "device"), ("telnet-enabled", "devic"), ("telnet-enabled", "device")):
        file.write_text("otaudit_policy: 1\n" + waiver % (rule, column), encoding="utf-8")
        result = policy("check", file)
        told.append((result.exit_code, result.stderr.partition("line 3: ")[2].strip()))
    assert told == [
        (2, "waiver for unknown rule 'telnet-enable'; did you mean 'telnet-enabled'?"),
        (2, "waiver for rule 'telnet-enabled': its subjects have no column 'devic'; did you mean 'device'?"),
        (0, ""),
    ]


def test_check_without_a_policy() -> None:
    result = policy("check", PLANT / "inventory.csv")
    assert (result.exit_code, "no policy was given" in result.stderr) == (2, True)


def test_diff(changed: Path) -> None:
    same = policy("diff", PLANT / "policy.yaml", PLANT / "policy.yaml")
    assert (same.exit_code, same.stdout) == (0, "both policies mean the same\n")
    result = policy("diff", PLANT / "policy.yaml", changed)
    assert result.exit_code == 1
    assert result.stdout.startswith("+ newly allowed: supervision to filling: cotp and s7comm: everything, by ENG-2")
    (difference,) = json.loads(policy("diff", PLANT / "policy.yaml", changed, "--json").stdout)["differences"]
    assert (difference["sign"], difference["part"]) == ("+", "newly allowed")


def test_export(tmp_path: Path) -> None:
    file = tmp_path / "rules.nft"
    result = policy("export", PLANT / "policy.yaml", "--format", "nftables", "-i", PLANT / "inventory.csv", "-o", file)
    assert (result.exit_code, result.stdout) == (0, "")
    ruleset = file.read_text(encoding="utf-8")
    assert "policy drop;" in ruleset
    assert "ip saddr { 10.20.10.10, 10.20.10.20 } ip daddr @z6_filling_4 tcp dport { 102 } accept" in ruleset
    assert policy("export", PLANT / "policy.yaml", "--format", "csv").stdout.startswith("kind,id,name,level,sl_t,")


def test_an_input_is_not_written_over(changed: Path) -> None:
    before = changed.read_bytes()
    result = policy("export", changed, "--format", "csv", "-o", changed)
    assert (result.exit_code, changed.read_bytes() == before) == (2, True)
