"""``otaudit profiles``: what profiles select, set and leave out, and how they differ."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from scanner.cli import main

SITE = """\
id: site
title: {en: Our site, zh: 本厂}
description: {en: What we answer for.}
extends: [mlps3]
parameters: {session-timeout-missing: {idle: 5m}}
severity: {session-timeout-missing: low}
exclude: {ids: [telnet-in-use]}
minimum_duration: 600
"""


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["profiles", *map(str, arguments)])


def site(folder: Path) -> Path:
    path = folder / "profiles/site.yaml"
    path.parent.mkdir()
    path.write_text(SITE, encoding="utf-8")
    return path


def test_every_profile_is_listed_with_how_many_rules_it_selects(tmp_path: Path) -> None:
    site(tmp_path)
    rows = {line.split()[1]: int(line.split()[0]) for line in run("list", "--rules", tmp_path).stdout.splitlines()}
    assert rows["default"] > rows["iec62443-sl1"] > 0
    assert rows["site"] == rows["mlps3"] - 1
    assert "Our site (" in run("list", "--rules", tmp_path).stdout


def test_one_is_shown_whole(tmp_path: Path) -> None:
    done = run("show", site(tmp_path))
    lines = done.stdout.splitlines()
    assert lines[:3] == ["site: Our site", "What we answer for.", "extends mlps3: GB/T 22239-2019 level 3 (MLPS)"]
    at = lines.index("  low       session-timeout-missing")
    assert lines[at + 1].strip() == "idle: 5m (default 10m)"
    assert "  high      telnet-in-use" in lines[next(n for n, line in enumerate(lines) if "are left out" in line) :]
    document = json.loads(run("show", tmp_path / "profiles/site.yaml", "--json").stdout)
    assert document["selected"] == len(document["rules"])
    rule = next(r for r in document["rules"] if r["id"] == "session-timeout-missing")
    assert rule == {"id": "session-timeout-missing", "severity": "low", "parameters": {"idle": "5m"}}


def test_the_difference_to_what_it_extends_and_to_another(tmp_path: Path) -> None:
    path = site(tmp_path)
    assert run("diff", path).stdout.splitlines() == [
        "- telnet-in-use",
        "~ minimum_duration: 0 -> 600",
        "~ session-timeout-missing severity: medium -> low",
        "~ session-timeout-missing idle: 10m -> 5m",
    ]
    levels = run("diff", "iec62443-sl3", "iec62443-sl4").stdout.splitlines()
    assert "~ certificate-weak-key rsa_bits: 2048 -> 3072" in levels
    assert any(line.startswith("+ ") for line in levels)
    assert run("diff", "mlps3", "mlps3").stdout == "no difference\n"


def test_an_unknown_one_is_told_with_the_nearest() -> None:
    done = run("show", "mlps33")
    assert done.exit_code == 2
    assert "unknown profile 'mlps33'; did you mean 'mlps3'?" in done.stderr
