"""The scan command as it is used: inputs by content, several outputs, standard input, saved facts, exit status."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from scanner.cli import main

PLANT = Path("fixtures/plants/bottling")


def run(*arguments: str | Path, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], input=stdin)


def verdicts(path: Path) -> dict[str, str]:
    return {rule["rule"]: rule["verdict"] for rule in json.loads(path.read_text(encoding="utf-8"))["rules"]}


def test_several_outputs_at_once(tmp_path: Path) -> None:
    names = ("r.html", "r.json", "r.sarif", "r.xml")
    done = run("scan", PLANT, *(word for name in names for word in ("-o", tmp_path / "out" / name)))
    assert done.exit_code == 1, done.output
    *summary, _, _, _, _ = done.stdout.splitlines()
    assert done.stdout.splitlines()[-4:] == [f"written to {tmp_path / 'out' / name}" for name in names]
    assert len(summary) == 13, "counts, the nursery's counts, ten titles, how many more"
    starts = {name: (tmp_path / "out" / name).read_text(encoding="utf-8")[:20] for name in names}
    assert starts["r.html"].lower().startswith("<!doctype html>")
    assert starts["r.json"].startswith("{")
    assert starts["r.sarif"].startswith("{")
    assert starts["r.xml"].startswith("<?xml")


def test_inputs_are_recognised_by_content_whatever_their_names(tmp_path: Path) -> None:
    for number, name in enumerate(("capture.pcap.gz", "inventory.csv", "policy.yaml", "switches/bw-core.cfg")):
        shutil.copy(PLANT / name, tmp_path / f"file{number}.bin")
    done = run("scan", tmp_path, "-o", tmp_path / "r.json", "--fail-on", "never")
    assert done.exit_code == 0, done.output
    kinds = {
        i["source"][-5:]: i["kind"] for i in json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["inputs"]
    }
    assert kinds == {"0.bin": "capture", "1.bin": "inventory", "2.bin": "policy", "3.bin": "configuration"}


def test_standard_input(tmp_path: Path) -> None:
    data = (PLANT / "capture.pcap.gz").read_bytes()
    done = run(
        "scan", "-", "-i", PLANT / "inventory.csv", "-z", PLANT / "policy.yaml", "-o", tmp_path / "r.json", stdin=data
    )
    assert done.exit_code == 1, done.output
    assert verdicts(tmp_path / "r.json")["program-download-unauthorised"] == "fail"


def test_saved_facts_give_the_same_verdicts(tmp_path: Path) -> None:
    run("scan", PLANT, "-o", tmp_path / "a.json", "--save-facts", tmp_path / "facts")
    done = run("scan", "--facts", tmp_path / "facts", "-o", tmp_path / "b.json")
    assert done.exit_code == 1, done.output
    assert verdicts(tmp_path / "a.json") == verdicts(tmp_path / "b.json")


def test_two_processes_give_what_one_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanner.pool.WORTH_A_PROCESS", 0)
    plant = tmp_path / "plant"
    plant.mkdir()
    shutil.copy(PLANT / "capture.pcap.gz", plant / "a.pcap.gz")
    shutil.copy("fixtures/captures/modbus/tcp.pcap", plant / "b.pcap")
    shutil.copy("fixtures/captures/modbus/port_1502.pcap", plant / "c.pcap")
    run("scan", plant, "-o", tmp_path / "one.html", "-o", tmp_path / "one.json", "--jobs", "1")
    run("scan", plant, "-o", tmp_path / "two.html", "-o", tmp_path / "two.json", "--jobs", "2")
    one, two = (json.loads((tmp_path / f"{n}.json").read_text(encoding="utf-8")) for n in ("one", "two"))
    one.pop("run"), two.pop("run"), one.pop("digest"), two.pop("digest")
    assert one == two


@pytest.mark.parametrize(("limit", "status"), [("critical", 1), ("never", 0)])
def test_fail_on(limit: str, status: int, tmp_path: Path) -> None:
    assert run("scan", PLANT, "--fail-on", limit, "-o", tmp_path / "r.json").exit_code == status


def test_without_output_a_summary_is_printed() -> None:
    done = run("scan", PLANT / "switches")
    assert "BW-CORE" in done.stdout
    assert "What to do" in done.stdout


@pytest.mark.parametrize("extension", ["html", "json", "sarif", "xml", "txt"])
def test_results_are_rendered_again(tmp_path: Path, extension: str) -> None:
    first, second = tmp_path / f"first.{extension}", tmp_path / f"second.{extension}"
    run("scan", PLANT / "switches", "-o", tmp_path / "r.json", "-o", first)
    done = run("report", tmp_path / "r.json", "-o", second)
    assert done.exit_code == 0, done.output
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("name", ["r.html", "r.json", "r.sarif", "r.github.sarif", "r.xml"])
def test_own_reports_in_a_folder_are_no_evidence_whatever_their_names(tmp_path: Path, name: str) -> None:
    run("scan", PLANT / "switches", "-o", tmp_path / name)
    (tmp_path / name).rename(tmp_path / ("report" + {"r.html": ".html"}.get(name, ".out")))
    shutil.copy(PLANT / "switches/bw-core.cfg", tmp_path)
    done = run("scan", tmp_path, "-o", "-", "--format", "json", "--fail-on", "never")
    assert done.exit_code == 0, done.stderr
    (aside, read) = json.loads(done.stdout)["inputs"]
    assert read["kind"] == "configuration"
    assert aside["kind"] == "not-examined"
    assert list(aside["details"]) == ["documentation" if name == "r.html" else "written by otaudit"]


def test_exit_statuses_are_listed_line_by_line() -> None:
    lines = [line.strip() for line in run("scan", "--help").stdout.splitlines()]
    assert "1  something does" in lines
    assert "Exit status: 0  nothing fails or must be confirmed at or above --fail-on" in lines


def test_rules_are_listed_and_shown() -> None:
    assert "telnet-in-use" in run("rules", "list").stdout
    shown = run("rules", "show", "telnet-in-use").stdout
    held = Path("rules/cleartext/telnet-in-use.yaml").read_text("utf-8")
    assert shown.startswith(held)
    assert "# iec-62443-3-3: SR 4.1 RE 1, SR 7.7" in shown.removeprefix(held)


def test_what_is_kept_beside_saved_facts_gives_the_same_results(tmp_path: Path) -> None:
    done = [
        run("scan", PLANT, "-o", tmp_path / f"{n}.json", "--save-facts", tmp_path / "facts", "--fail-on", "never")
        for n in range(2)
    ]
    assert [d.exit_code for d in done] == [0, 0]
    first, second = (json.loads((tmp_path / f"{n}.json").read_text("utf-8")) for n in range(2))
    assert {name for name in first if first[name] != second[name]} <= {"run", "digest"}
    assert list((tmp_path / "facts" / "recordings").iterdir())
