"""What was altered, swapped or cut after the scan is refused or named: results, inputs, saved facts."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner, Result

from scanner.cli import main

CAPTURE = Path("fixtures/captures/modbus/umas.pcap")
SWITCH = Path("fixtures/plants/bottling/switches/bw-core.cfg")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A folder as ``audit`` has it, and a copy of it."""
    folder, kept = tmp_path_factory.mktemp("audit"), tmp_path_factory.mktemp("kept") / "audit"
    shutil.copy(CAPTURE, folder / "a.pcap")
    shutil.copy(SWITCH, folder / "b.cfg")
    inputs = (folder / "a.pcap", folder / "b.cfg")
    assert run("scan", *inputs, "-o", folder / "r.json", "--save-facts", folder / "facts").exit_code == 1
    shutil.copytree(folder, kept)
    return folder, kept


@pytest.fixture
def audit(scanned: tuple[Path, Path]) -> Path:
    """A folder with a capture, a configuration, results and saved facts, as a scan left them."""
    folder, kept = scanned
    shutil.rmtree(folder)
    shutil.copytree(kept, folder)
    return folder


def change(audit: Path, how: Callable[[dict[str, Any]], object]) -> Path:
    document = json.loads((audit / "r.json").read_text(encoding="utf-8"))
    how(document)
    (audit / "r.json").write_text(json.dumps(document), encoding="utf-8")
    return audit / "r.json"


def passed(document: dict[str, Any]) -> None:
    for rule in document["rules"]:
        rule["verdict"], rule["findings"] = "pass", []


EDITS = {
    "verdicts": passed,
    "a digest of an input": lambda d: d["inputs"][0].update(sha256="0" * 64),
    "complete": lambda d: d.update(complete=not d["complete"]),
    "time": lambda d: d["run"].update(started="2020-01-01T00:00:00+00:00"),
    "rows removed": lambda d: d["operations"].pop(),
    "rows swapped": lambda d: d["operations"].reverse(),
    "the rules": lambda d: d["basis"].update(rules="0" * 64),
    "the digest": lambda d: d.update(digest="0" * 64),
}


@pytest.mark.parametrize("edit", EDITS)
def test_altered_results_are_refused_by_everything_that_reads_them(edit: str, audit: Path) -> None:
    results = change(audit, EDITS[edit])
    for command in (["report", results, "-o", audit / "r.html"], ["policy", "confirm", results, "--list"]):
        done = run(*command)
        assert done.exit_code != 0
        (line,) = done.stderr.splitlines()
        assert line.startswith(f"otaudit: {results}: was altered after otaudit wrote it")
    assert not (audit / "r.html").exists()
    done = run("verify", results)
    assert done.exit_code == 1
    assert f"{results}: was altered" in done.stdout


def test_altered_results_can_be_shown_as_altered(audit: Path) -> None:
    results = change(audit, passed)
    for name in ("r.html", "r.txt", "r.sarif", "again.json"):
        assert run("report", results, "--altered", "-o", audit / name).exit_code == 0
        assert "was altered after otaudit wrote it" in " ".join((audit / name).read_text(encoding="utf-8").split())
    assert not json.loads((audit / "again.json").read_text(encoding="utf-8"))["complete"]


def test_only_white_space_may_change(audit: Path) -> None:
    document = json.loads((audit / "r.json").read_text(encoding="utf-8"))
    (audit / "r.json").write_text(json.dumps(document, indent=3, ensure_ascii=True), encoding="utf-8")
    assert run("report", audit / "r.json", "-o", audit / "r.html").exit_code == 0


def test_everything_fits(audit: Path) -> None:
    done = run("verify", audit / "r.json", "--facts", audit / "facts")
    fits, verdicts = done.stdout.splitlines()
    assert (done.exit_code, fits) == (0, f"{audit / 'r.json'}: everything fits")
    assert run("report", audit / "r.json", "-o", audit / "r.html").exit_code == 0
    signed = re.search('id="digest">([0-9a-f]{64})<', (audit / "r.html").read_text(encoding="utf-8"))
    assert signed
    assert verdicts.endswith(f": {signed[1]}")
    (audit / "moved").mkdir()
    (audit / "a.pcap").rename(audit / "moved/other-name.pcap")
    (audit / "b.cfg").rename(audit / "moved/b.cfg")
    assert run("verify", audit / "r.json").exit_code == 3, "not there"
    assert run("verify", audit / "r.json", audit / "moved").exit_code == 0


def test_an_input_that_changed_is_named(audit: Path) -> None:
    with (audit / "a.pcap").open("ab") as file:
        file.write(b"\0")
    for more in ([], [audit]):
        done = run("verify", audit / "r.json", *more)
        assert done.exit_code == 1
        line, _ = done.stdout.splitlines()
        assert line.startswith(f"{audit}/a.pcap: is not the file that was examined as {audit}/a.pcap (SHA-256 ")


def test_another_program_or_other_rules_are_named(audit: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanner.__version__", "9.9")
    monkeypatch.setattr("scanner.basis.rules_digest", lambda: "1" * 64)
    said = run("verify", audit / "r.json").stdout
    assert "made the results; this is 9.9" in said
    assert "rules: not what judged" in said


HEAD = "title: {en: Ours}\ndescription: {en: Ours.}\n"


def test_a_profile_with_all_that_it_extends_and_its_values_are_compared(audit: Path) -> None:
    site, plant = audit / "site.yaml", audit / "plant.yaml"
    site.write_text(f"id: site\n{HEAD}extends: plant\n", encoding="utf-8")
    plant.write_text(f"id: plant\n{HEAD}parameters: {{session-timeout-missing: {{idle: 5m}}}}\n", encoding="utf-8")
    run("scan", audit / "b.cfg", "-p", site, "-o", audit / "r.json")
    used = json.loads((audit / "r.json").read_text(encoding="utf-8"))
    assert [p["profile"] for p in used["profile_use"]["chain"]] == ["plant", "site"]
    rule = next(r for r in used["rules"] if r["rule"] == "session-timeout-missing")
    assert [(p["parameter"], p["value"], p["default"]) for p in rule["parameters"]] == [("idle", "5m", "10m")]
    assert run("verify", audit / "r.json").exit_code == 0
    plant.write_text(plant.read_text(encoding="utf-8").replace("5m", "9m"), encoding="utf-8")
    done = run("verify", audit / "r.json")
    assert done.exit_code == 1
    first, second, _ = done.stdout.splitlines()
    assert first.startswith("profile plant: not what judged (SHA-256 ")
    assert second == "rule session-timeout-missing: parameter idle was 5m, is 9m"
    plant.unlink()
    assert run("verify", audit / "r.json").stdout.startswith("profile plant: not what judged")


def rows_removed(facts: Path) -> None:
    table = pl.read_parquet(facts / "operations.parquet")
    table.head(table.height - 1).write_parquet(facts / "operations.parquet")


def tables_swapped(facts: Path) -> None:
    for name in ("flows", "operations"):
        (facts / f"{name}.parquet").rename(facts / f"{name}.tmp")
    (facts / "flows.tmp").rename(facts / "operations.parquet")
    (facts / "operations.tmp").rename(facts / "flows.parquet")


def manifest_edited(facts: Path) -> None:
    text = (facts / "facts.json").read_text(encoding="utf-8")
    (facts / "facts.json").write_text(text.replace("a.pcap", "x.pcap"), encoding="utf-8")


def table_gone(facts: Path) -> None:
    (facts / "operations.parquet").unlink()


@pytest.mark.parametrize("edit", [rows_removed, tables_swapped, manifest_edited, table_gone])
def test_edited_facts_are_refused(edit: Callable[[Path], None], audit: Path) -> None:
    edit(audit / "facts")
    done = run("scan", "--facts", audit / "facts", "-o", audit / "x.json")
    assert done.exit_code == 4
    assert "scan the inputs again" in done.stderr
    assert not (audit / "x.json").exists()
    assert run("verify", audit / "r.json", "--facts", audit / "facts").exit_code == 3


def test_facts_of_another_scan_are_named(audit: Path) -> None:
    run("scan", audit / "a.pcap", "--save-facts", audit / "other")
    done = run("verify", audit / "r.json", "--facts", audit / "other")
    assert done.exit_code == 1
    assert "table settings is not the one that was judged" in done.stdout


def test_facts_judged_again_have_the_digests_of_their_tables(audit: Path) -> None:
    assert run("scan", "--facts", audit / "facts", "-o", audit / "again.json").exit_code == 1
    assert run("verify", audit / "again.json", "--facts", audit / "facts").exit_code == 0


def test_options_and_limits_are_recorded(audit: Path) -> None:
    run("scan", audit / "b.cfg", "-o", audit / "x.json", "--review", "report", "--only-profile", "--limit", "hosts=9")
    basis = json.loads((audit / "x.json").read_text(encoding="utf-8"))["basis"]
    assert basis["options"] == {"profile": "default", "review": "report", "only-profile": "true"}
    assert basis["limits"] == {"hosts": 9}
    assert all(len(basis[name]) == 64 for name in ("rules", "frameworks", "profile"))
