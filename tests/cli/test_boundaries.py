"""A defect of otaudit costs the input, the rule or the report in which it happens; it never looks like a finding."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from scanner.cli import main
from scanner.facts.frames import Facts
from scanner.plugins import forget
from scanner.results.model import Verdict

CAPTURE = Path("fixtures/captures/modbus/umas.pcap")
SWITCH = Path("fixtures/plants/bottling/switches/bw-core.cfg")
SPARSE = 60 << 30  # bytes


def scan(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["scan", *map(str, arguments)])


def fail(*_: Any, **__: Any) -> Any:
    raise ZeroDivisionError("a defect")


@pytest.mark.parametrize(
    ("broken", "source"),
    [("scanner.configs.reader.read", SWITCH), ("scanner.facts.build.capture_facts", CAPTURE)],
)
def test_an_input_on_which_otaudit_fails_is_named_and_the_others_are_read(
    broken: str, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broken, fail)
    done = scan(CAPTURE, SWITCH, "-o", tmp_path / "r.json", "--fail-on", "never")
    assert done.exit_code == 3, done.output
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"otaudit: {source}: otaudit failed on it: ZeroDivisionError: a defect")
    results = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert not results["complete"]
    assert [r["complete"] for r in results["inputs"] if r["source"] == str(source)] == [False]
    assert len(results["inputs"]) == 2


def test_a_capture_that_was_not_read_is_a_doubt_about_silence(tmp_path: Path) -> None:
    plant = tmp_path / "plant"
    plant.mkdir()
    shutil.copy("fixtures/plants/bottling/capture.pcap.gz", plant)
    rules = {}
    for name in ("whole", "partly"):
        beside = ("-z", "fixtures/plants/bottling/policy.yaml", "-i", "fixtures/plants/bottling/inventory.csv")
        done = scan(plant, "-o", tmp_path / f"{name}.json", "--fail-on", "never", *beside)
        assert done.exit_code == (0 if name == "whole" else 3), done.output
        results = json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8"))
        rules[name] = {r["rule"]: r["verdict"] for r in results["rules"]}
        (plant / "more.pcap").write_bytes(CAPTURE.read_bytes()[:30])
    assert "pass" in rules["whole"].values()
    silent = [rule for rule, verdict in rules["whole"].items() if verdict == "not-applicable"]
    assert silent
    assert {rules["partly"][rule] for rule in silent} <= {"no-evidence", "not-applicable"}
    assert "no-evidence" in {rules["partly"][rule] for rule in silent}


def test_a_rule_on_which_otaudit_fails_is_an_error_and_the_others_are_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scanner.engine.verdict import verdicts

    judged = verdicts._judge_rule

    def broken(rule: Any, *more: Any) -> Any:
        return fail() if rule.id == "telnet-enabled" else judged(rule, *more)

    monkeypatch.setattr(verdicts, "_judge_rule", broken)
    done = scan(SWITCH, "-o", tmp_path / "r.json", "--fail-on", "never")
    assert done.exit_code == 3, done.output
    results = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    verdict = {r["rule"]: r["verdict"] for r in results["rules"]}
    assert verdict["telnet-enabled"] == "error"
    assert "fail" in verdict.values()
    assert "a defect" in json.dumps(next(r for r in results["rules"] if r["rule"] == "telnet-enabled"))


@pytest.mark.parametrize("broken", ["html", "xlsx", "csv"])
def test_a_renderer_that_fails_leaves_the_others_and_its_old_report(
    broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    targets = {"html": "r.html", "xlsx": "r.xlsx", "csv": "t/", "json": "r.json"}
    (tmp_path / "r.html").write_text("of yesterday", encoding="utf-8")
    module = importlib.import_module(f"scanner.report.{broken}")
    monkeypatch.setattr(module, "REPORT", replace(module.REPORT, render=fail, render_in=None))
    forget()
    done = scan(SWITCH, *(w for t in targets.values() for w in ("-o", f"{tmp_path}/{t}")), "--fail-on", "never")
    assert done.exit_code == 5, done.output
    (line,) = done.stderr.splitlines()
    assert f"{targets[broken]}: otaudit failed to write it as {broken}: ZeroDivisionError: a defect" in line
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert f"{tmp_path}/{targets[broken]}" not in done.stdout
    assert "r.json" in done.stdout
    if broken == "html":
        assert (tmp_path / "r.html").read_text(encoding="utf-8") == "of yesterday"
    monkeypatch.undo()
    forget()


def test_a_place_that_cannot_be_written_to_stops_no_other_report(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    done = scan(SWITCH, "-o", tmp_path / "file/r.html", "-o", tmp_path / "r.json", "--fail-on", "never")
    assert done.exit_code == 2, done.output
    assert "r.html: cannot be written" in done.stderr
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("verbose", [False, True])
def test_any_other_defect_is_one_line_and_a_status_of_its_own(verbose: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanner.scan.judge_scan", fail)
    done = scan(SWITCH, *(["-v"] if verbose else []))
    assert done.exit_code == 5
    assert done.stdout == ""
    last = done.stderr.splitlines()[-1]
    assert last.startswith("otaudit: internal error, nothing is said about the plant: ZeroDivisionError: a defect")
    assert ("Traceback" in done.stderr) == verbose


def test_too_little_memory_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def short(*_: Any, **__: Any) -> Facts:
        raise MemoryError

    monkeypatch.setattr("scanner.configs.reader.read", short)
    assert "needs more memory than there is" in scan(SWITCH).stderr
    monkeypatch.setattr("scanner.scan.judge_scan", short)
    done = scan(CAPTURE)
    assert done.exit_code == 5
    assert done.stderr.startswith("otaudit: there is too little memory")


def test_a_process_that_dies_costs_its_capture_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        shutil.copy(CAPTURE, tmp_path / name / f"{name}.pcap")
    shutil.copy(CAPTURE, tmp_path / "a/kill.pcap")
    monkeypatch.setattr("scanner.pool.WORTH_A_PROCESS", 0)
    monkeypatch.setattr("scanner.pool._read_apart", dying)
    done = scan(tmp_path, "--jobs", "2", "--format", "json", "--fail-on", "never")
    assert done.exit_code == 3, done.output
    assert f"{tmp_path}/a/kill.pcap: the process that read it died" in done.stderr
    read = [Path(r["source"]).name for r in json.loads(done.stdout)["inputs"] if r["complete"]]
    assert sorted(read) == ["a.pcap", "b.pcap"]


def dying(entries: Any, *_: Any) -> Any:
    """Reads captures in a process of its own, which one of them ends."""
    from scanner.recordings import read_captures

    if any(entry.path.name == "kill.pcap" for entry in entries):
        os._exit(9)
    return dict(read_captures(entries, lambda _: None))


def test_where_no_rule_found_anything_to_judge_the_status_is_not_that_of_a_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scanner.engine.verdict import verdicts

    def blind(rule: Any, *_: Any) -> Any:
        return replace(judged(rule, *_), verdict=Verdict.NO_EVIDENCE, findings=())

    judged = verdicts._judge_rule
    monkeypatch.setattr(verdicts, "_judge_rule", blind)
    assert scan(SWITCH, "-o", tmp_path / "r.json").exit_code == 4
    assert (tmp_path / "r.json").exists()


@pytest.mark.skipif(os.name == "nt", reason="files have no holes there")
@pytest.mark.parametrize(
    ("name", "option", "status"),
    [
        ("big.csv", "-i", 4),
        ("big.json", "-i", 4),
        ("big.yaml", "-z", 2),
        ("big.cfg", "", 4),
        ("big.yaml", "--columns", 2),
        ("big.yaml", "--config", 2),
    ],
)
def test_the_size_is_asked_before_a_file_is_read(name: str, option: str, status: int, tmp_path: Path) -> None:
    with (tmp_path / name).open("wb") as file:
        file.write(b"hostname x\n" if name == "big.cfg" else b"")
        file.truncate(SPARSE)
    more = [CAPTURE] if option in {"--columns", "--config"} else []
    done = scan(*([option] if option else []), tmp_path / name, *more)
    assert done.exit_code == status, done.output
    assert name in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="files have no holes there")
def test_a_capture_of_a_hole_ends(tmp_path: Path) -> None:
    shutil.copy(CAPTURE, tmp_path / "hole.pcap")
    with (tmp_path / "hole.pcap").open("r+b") as file:
        file.truncate(SPARSE)
    done = scan(tmp_path / "hole.pcap", "--format", "json", "--fail-on", "never")
    assert done.exit_code == 3
    assert "more than 1,000,000 " in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="a shell of POSIX")
@pytest.mark.parametrize("closed", ["0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-"])
def test_closed_standard_streams_are_no_problem(closed: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scanner", "scan", str(SWITCH), "-o", str(tmp_path / "r.json")]
    done = subprocess.run(["sh", "-c", f'exec "$@" {closed}', "sh", *command], capture_output=True, check=False)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["complete"]


def test_a_limit_that_is_none_or_no_number_is_told() -> None:
    assert "did you mean 'inventory-rows'?" in scan(SWITCH, "--limit", "inventory-row=5").stderr
    for value in ("", "x", "0", "-1", "1e9", "9" * 30):
        done = scan(SWITCH, "--limit", f"hosts={value}")
        assert done.exit_code == 2
        assert "limit hosts:" in done.stderr


def test_a_limit_holds_in_the_processes_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanner.pool.WORTH_A_PROCESS", 0)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        shutil.copy("fixtures/plants/bottling/capture.pcap.gz", tmp_path / name)
    for more in (["--jobs", "1"], ["--jobs", "2"]):
        done = scan(tmp_path, "--limit", "conversations=2", *more)
        assert "limit reached: conversations" in done.stderr
        assert "or set --limit conversations" in done.stderr
