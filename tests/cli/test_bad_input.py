"""Bad input: one clear line, the right exit status, no traceback, and the rest is still examined."""

from __future__ import annotations

import gzip
import json
import os
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fixtures.record.wire import Wire
from scanner.cli import main

GOOD_POLICY = """\
otaudit_policy: 1
site: Test
zones:
  - {id: a, name: A, level: 1, members: {subnets: [10.0.0.0/24]}}
conduits: []
"""


def scan(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["scan", *map(str, arguments), "--fail-on", "never"])


def capture(path: Path) -> Path:
    """A small, whole capture."""
    with Wire(path) as wire:
        line = wire.tcp("10.0.0.1", "10.0.0.2", 502)
        for number in range(40):
            line.client(struct.pack(">HHHBBHH", number, 0, 6, 1, 3, 0, 2))
            line.server(struct.pack(">HHHBBBI", number, 0, 7, 1, 3, 4, number))
            wire.pause(5)
    return path


def write(name: str, content: bytes) -> Callable[[Path], list[Path]]:
    def make(folder: Path) -> list[Path]:
        (folder / name).write_bytes(content)
        return [folder / name]

    return make


def truncated(folder: Path) -> list[Path]:
    path = capture(folder / "cut.pcap")
    path.write_bytes(path.read_bytes()[:-17])
    return [path]


def corrupt_gzip(folder: Path) -> list[Path]:
    packed = bytearray(gzip.compress(capture(folder / "whole.pcap").read_bytes()))
    (folder / "whole.pcap").unlink()
    packed[len(packed) // 2 : len(packed) // 2 + 20] = bytes(20)
    (folder / "bad.pcap.gz").write_bytes(packed)
    return [folder / "bad.pcap.gz"]


def empty_folder(folder: Path) -> list[Path]:
    (folder / "nothing").mkdir()
    return [folder / "nothing"]


def pipe(folder: Path) -> list[Path]:
    os.mkfifo(folder / "pipe")
    return [folder / "pipe"]


INCOMPLETE = {
    "pipe": (pipe, "standard input"),
    "empty file": (write("empty.pcap", b""), "empty"),
    "text file": (write("notes.pcap", b"these are my notes\nabout the plant\n"), "not recognised"),
    "truncated capture": (truncated, "cut.pcap"),
    "wrong magic": (write("odd.pcap", b"\xd4\xc3\xb2\xa2" + bytes(60)), "not recognised"),
    "modified pcap": (
        write("kuznetzov.pcap", bytes.fromhex("34cdb2a1020004000000000000000000ffff000001000000")),
        "pcap",
    ),
    "corrupt gzip": (corrupt_gzip, "bad.pcap.gz"),
    "missing file": (lambda folder: [folder / "gone.pcap"], "no such file"),
    "folder without captures": (empty_folder, "no capture"),
}


@pytest.mark.parametrize("case", INCOMPLETE)
def test_incomplete_input_is_one_line_and_status_3(case: str, tmp_path: Path) -> None:
    make, word = INCOMPLETE[case]
    arguments = make(tmp_path)
    done = scan(*arguments, capture(tmp_path / "other.pcap"), "-o", tmp_path / "out.json")
    lines = [line for line in done.stderr.splitlines() if line.startswith("otaudit:")]
    assert done.exit_code == 3, done.output
    assert len(lines) == 1, lines
    assert arguments[0].name in lines[0]
    assert word in lines[0]
    assert "Traceback" not in done.output
    results = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert any(word in json.dumps(problem) for problem in results["problems"])


@pytest.mark.parametrize("case", [c for c in INCOMPLETE if c not in {"truncated capture", "corrupt gzip"}])
@pytest.mark.parametrize("output", [True, False])
def test_where_nothing_could_be_read_there_is_no_report(case: str, output: bool, tmp_path: Path) -> None:
    make, word = INCOMPLETE[case]
    earlier = tmp_path / "out.json"
    earlier.write_text("of yesterday", encoding="utf-8")
    done = scan(*make(tmp_path), *(["-o", earlier] if output else []))
    first, *rest = done.stderr.splitlines()
    assert done.exit_code == 4, done.output
    assert word in first
    assert rest == ["otaudit: nothing could be read, so nothing was judged and no report was written"] * output
    assert done.stdout == ""
    assert earlier.read_text(encoding="utf-8") == "of yesterday"


def test_inventory_with_a_broken_row(tmp_path: Path) -> None:
    rows = "Name,IP address,MAC address,Type\nplc,10.0.0.2,00:1b:1b:00:00:02,PLC\nbad,10.0.0.300,,PLC\n"
    (tmp_path / "inventory.csv").write_text(rows, encoding="utf-8")
    done = scan(capture(tmp_path / "a.pcap"), "-i", tmp_path / "inventory.csv", "-o", tmp_path / "out.json")
    assert done.exit_code == 3, done.output
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("otaudit:")]
    assert "row 3" in line
    assert "10.0.0.300" in line
    devices = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["devices"]
    assert any(device["name"] == "plc" and device["listed"] for device in devices)


def test_policy_with_a_typo_judges_nothing(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(GOOD_POLICY.replace("level", "levle"), encoding="utf-8")
    done = scan(capture(tmp_path / "a.pcap"), "-z", tmp_path / "policy.yaml", "-o", tmp_path / "out.json")
    assert done.exit_code == 2, done.output
    assert "line 4" in done.stderr
    assert "levle" in done.stderr
    assert "level" in done.stderr
    assert not (tmp_path / "out.json").exists()


def test_rule_with_an_unknown_field(tmp_path: Path) -> None:
    source = Path("rules/commands/write-unauthorised.yaml").read_text(encoding="utf-8")
    mistyped = source.replace("allowed:", "alowed:", 1)
    assert mistyped != source
    (tmp_path / "write-unauthorised.yaml").write_text(mistyped, encoding="utf-8")
    done = CliRunner().invoke(main, ["rules", "test", str(tmp_path / "write-unauthorised.yaml")])
    assert done.exit_code == 2, done.output
    assert "alowed" in done.stderr
    assert "allowed" in done.stderr
    assert "line " in done.stderr


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["scan"], "at least one input"),
        (["scan", "x", "-o", "report.docx"], "report.docx"),
        (["scan", "x", "--format", "pptx"], "pptx"),
        (["scan", "x", "-z", "gone.yaml"], "gone.yaml"),
        (["scan", "x", "-p", "defualt"], "default"),
        (["scan", "x", "--fail-on", "severe"], "severe"),
        (["rules", "show", "telnet-in-us"], "telnet-in-use"),
    ],
)
def test_usage_errors_are_status_2(arguments: list[str], word: str, tmp_path: Path) -> None:
    arguments = [str(capture(tmp_path / "x.pcap")) if a == "x" else a for a in arguments]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2, done.output
    assert word in done.stderr
    assert "Traceback" not in done.output


def test_damaged_results_cannot_be_rendered(tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text('{"otaudit": true', encoding="utf-8")
    done = CliRunner().invoke(main, ["report", str(tmp_path / "results.json"), "-o", str(tmp_path / "r.html")])
    assert done.exit_code == 3
    assert len(done.stderr.splitlines()) == 1


def test_failing_wins_over_incomplete(tmp_path: Path) -> None:
    text = Path("fixtures/plants/bottling/switches/bw-core.cfg").read_text(encoding="utf-8")
    (tmp_path / "switch.cfg").write_text(text, encoding="utf-8")
    done = CliRunner().invoke(main, ["scan", str(tmp_path), str(tmp_path / "gone.pcap"), "--fail-on", "high"])
    assert done.exit_code == 1, done.output
    done = CliRunner().invoke(main, ["scan", str(tmp_path), str(tmp_path / "gone.pcap"), "--fail-on", "never"])
    assert done.exit_code == 3, done.output


def test_facts_that_cannot_be_saved(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be", encoding="utf-8")
    done = scan(capture(tmp_path / "a.pcap"), "--save-facts", tmp_path / "taken")
    assert done.exit_code == 2, done.output
    (line,) = done.stderr.splitlines()
    assert "taken" in line
    assert "already exists and holds no saved facts" in line
    assert done.exception is None or isinstance(done.exception, SystemExit)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("list.xlsx", b"PK\x03\x04" + bytes(60), ("damaged workbook", "copy")),
        ("list.xls", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(60), ("damaged", "Microsoft")),
        ("plan.pdf", b"%PDF-1.7\n", ("PDF",)),
    ],
)
def test_a_well_known_kind_of_file_is_called_by_its_name(
    name: str, content: bytes, words: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    for arguments in ([tmp_path / name], ["-i", tmp_path / name]):
        done = scan(*arguments)
        assert done.exit_code == 4, done.output
        (line,) = done.stderr.splitlines()
        assert name in line
        assert all(word in line for word in words)


def test_a_report_is_never_written_over_an_input(tmp_path: Path) -> None:
    content = json.dumps({"assets": [{"name": "plc", "ip": "10.0.0.2"}]})
    (tmp_path / "assets.json").write_text(content, encoding="utf-8")
    (tmp_path / "link.json").symlink_to("assets.json")
    for target in ("assets.json", "link.json"):
        done = scan(tmp_path / "assets.json", "-o", tmp_path / target)
        assert done.exit_code == 2, done.output
        assert "is one of the inputs" in done.stderr
        assert (tmp_path / "assets.json").read_text(encoding="utf-8") == content


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
@pytest.mark.parametrize("arguments", [[], ["--format", "html"], ["--format", "json", "-o", "/dev/full"]])
def test_a_full_disk_is_one_line(arguments: list[str], tmp_path: Path) -> None:
    capture(tmp_path / "a.pcap")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "scanner", "scan", tmp_path / "a.pcap", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.splitlines()
    assert "cannot be written" in line
    assert Path("/dev/full").is_char_device()


def test_very_many_unknown_files_do_not_hide_what_matters(tmp_path: Path) -> None:
    (tmp_path / "plant").mkdir()
    for number in range(60):
        (tmp_path / "plant" / f"a{number:02}.bin").write_bytes(b"\x00\x01\x02\x03" * 9)
    (cut,) = truncated(tmp_path / "plant")
    done = scan(tmp_path / "plant", "-o", tmp_path / "out.json")
    lines = done.stderr.splitlines()
    assert done.exit_code == 3
    assert len(lines) == 51
    assert cut.name in lines[0], "what could be read in part only comes first"
    assert lines[-1] == "otaudit: 11 more inputs with problems are in the reports"
    assert len(json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["problems"]) == 61


def test_names_and_cells_cannot_write_to_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "two\nlines\x1b[2J.csv").write_text("name,ip\nplc,10.0.0.\x1b[31m9\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["scan", str(tmp_path), "--fail-on", "never"], color=True)
    assert done.exit_code == 3
    (line,) = done.stderr.splitlines()
    assert "\x1b" not in done.output
    assert r"\x1b[2J.csv" in line


@pytest.mark.parametrize("option", [(), ("-z",), ("--rules",), ("-o",), ("--baseline",)])
def test_a_path_that_is_too_long_is_a_usage_error(tmp_path: Path, option: tuple[str, ...]) -> None:
    result = scan(capture(tmp_path / "a.pcap"), *option, "a b " * 1000)
    assert result.exit_code == 2, result.output
    assert "is longer than a path may be" in result.output or "File name too long" in result.output
    assert "internal error" not in result.output
