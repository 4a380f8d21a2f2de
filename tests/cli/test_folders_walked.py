"""Nothing in a folder is passed over in silence: it is read, or named as not examined."""

from __future__ import annotations

import json
import os
import shutil
import socket
import tarfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from scanner.cli import main
from scanner.errors import Problem
from scanner.exclusions import Exclusions
from scanner.inputs import find_inputs

CAPTURE = Path("fixtures/captures/modbus/umas.pcap")
SWITCH = Path("fixtures/plants/bottling/switches/bw-core.cfg")


def scan(*arguments: str | Path | bytes) -> Result:
    words = [os.fsdecode(a) for a in arguments]
    return CliRunner().invoke(main, ["scan", *words, "--fail-on", "never", "--format", "json"])


def inputs(done: Result) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for record in json.loads(done.stdout)["inputs"]:
        found.setdefault(record["kind"], []).append(record)
    return found


def aside(done: Result) -> dict[str, str]:
    """Reason -> what is not examined for it."""
    (record,) = inputs(done)["not-examined"]
    assert record["complete"]
    return {reason: text["en"] for reason, text in record["details"].items()}


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    plant = tmp_path / "plant"
    plant.mkdir()
    shutil.copy(SWITCH, plant)
    return plant


def test_links_are_followed_once_and_never_in_circles(plant: Path, tmp_path: Path) -> None:
    (tmp_path / "usb").mkdir()
    shutil.copy(CAPTURE, tmp_path / "usb")
    (tmp_path / "usb/round").symlink_to(tmp_path / "usb")
    for name, target in (
        ("captures", "../usb"),
        ("once-more", "../usb"),
        ("up", ".."),
        ("here", "."),
        ("same.cfg", SWITCH.name),
    ):
        (plant / name).symlink_to(target)
    done = scan(plant)
    assert done.exit_code == 0, done.stderr
    assert [r["source"] for r in inputs(done)["capture"]] == [f"{plant.as_posix()}/captures/umas.pcap"]
    assert [r["source"] for r in inputs(done)["configuration"]] == [f"{plant.as_posix()}/{SWITCH.name}"]
    twice = aside(done)["link to what is read already"]
    assert [name for name in ("once-more", "here", "same.cfg", "captures/round") if name not in twice] == []
    assert aside(done)["link to a folder that holds this one"].endswith("up")


def test_a_hard_link_is_no_second_input(plant: Path) -> None:
    os.link(plant / SWITCH.name, plant / "zz.cfg")
    assert len(inputs(scan(plant))["configuration"]) == 1


def test_hidden_entries_are_named_and_hidden_evidence_makes_a_scan_incomplete(plant: Path) -> None:
    (plant / ".cache").mkdir()
    (plant / ".cache/notes").write_text("x", encoding="utf-8")
    (plant / ".git").mkdir()
    shutil.copy(CAPTURE, plant / ".git/packed")
    done = scan(plant)
    assert done.exit_code == 0, done.stderr
    assert ".cache" in aside(done)["hidden"]
    assert ".git" in aside(done)["hidden"]
    shutil.copy(CAPTURE, plant / ".cache")
    done = scan(plant)
    assert done.exit_code == 3
    assert f"{plant}/.cache/umas.pcap: is hidden, so not examined" in done.stderr
    assert scan(plant, "--exclude", ".cache").exit_code == 0, "asked for"


def test_a_folder_that_cannot_be_opened_is_a_problem(plant: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (plant / "secret").mkdir()
    opened = os.scandir

    def scandir(path: Path) -> Any:
        if Path(path).name == "secret":
            raise PermissionError(13, "Permission denied")
        return opened(path)

    monkeypatch.setattr(os, "scandir", scandir)
    done = scan(plant)
    assert done.exit_code == 3
    assert "secret: cannot be opened, so nothing in it was examined: Permission denied" in done.stderr


def test_devices_and_sockets_are_named(plant: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(plant)  # the name of a socket is short
    with socket.socket(socket.AF_UNIX) as end:
        end.bind("plug")
    (plant / "null").symlink_to("/dev/null")
    done = scan(".")
    assert done.exit_code == 0, done.stderr
    assert aside(done)["socket"] == "1: plug"
    assert aside(done)["device"] == "1: null"


def test_archives_in_a_folder_are_problems(plant: Path, tmp_path: Path) -> None:
    for name, mode in (("a.tar", "w"), ("a.tar.gz", "w:gz"), ("a.tar.xz", "w:xz")):
        with tarfile.open(plant / name, mode) as archive:
            archive.add(CAPTURE, "c.pcap")
    shutil.make_archive(str(plant / "b"), "zip", tmp_path, "plant")
    (plant / "c.7z").write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(40))
    done = scan(plant)
    assert done.exit_code == 3
    assert all(name in done.stderr for name in ("a.tar:", "a.tar.gz:", "a.tar.xz:", "b.zip:", "c.7z:"))


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode there")
def test_names_in_gbk_are_read_and_shown_with_their_bytes(plant: Path, tmp_path: Path) -> None:
    odd = os.fsencode(plant) + "/测试".encode("gbk")
    os.mkdir(odd)  # noqa: PTH102 - bytes
    shutil.copy(CAPTURE, odd + b"/\xff\xfe.pcap")
    shutil.copy(SWITCH, odd + "/交换机.cfg".encode("gbk"))
    outputs = ("-o", tmp_path / "r.html", "-o", tmp_path / "t/", "-o", tmp_path / "r.sarif", "-o", tmp_path / "r.xlsx")
    assert scan(plant, "--save-facts", tmp_path / "facts", *outputs, "-v").exit_code == 0
    done = scan(plant)
    assert done.exit_code == 0, done.stderr
    (capture,) = inputs(done)["capture"]
    assert capture["source"] == f"{plant}/\\xb2\\xe2\\xca\\xd4/\\xff\\xfe.pcap"
    assert len(inputs(done)["configuration"]) == 2
    assert scan("--facts", tmp_path / "facts").exit_code == 0
    for argument in (odd, odd + b"/\xff\xfe.pcap"):
        assert scan(argument).exit_code == 0
    assert "\\xff.csv: cannot be read" in scan(plant, "-i", b"\xff.csv").stderr
    assert "\\xff: no such file" in scan(plant, b"\xff").stderr


def test_the_number_of_entries_is_bounded(plant: Path) -> None:
    for number in range(5):
        shutil.copy(SWITCH, plant / f"{number}.cfg")
    done = CliRunner().invoke(main, ["scan", str(plant), "--limit", "folder-entries=4", "--fail-on", "never"])
    assert done.exit_code == 3
    assert "2 of this one are not examined" in done.stderr


def test_without_exclusions_inputs_are_found_too(plant: Path) -> None:
    problems: list[Problem] = []
    assert [i.source for i in find_inputs([str(plant)], problems)] == [f"{plant.as_posix()}/{SWITCH.name}"]
    assert problems == []
    assert Exclusions().records() == ()


def test_documents_are_aside_and_what_is_none_is_named(plant: Path) -> None:
    (plant / "drawing.pdf").write_bytes(b"%PDF-1.7\n")
    (plant / "README.md").write_bytes(b"")
    done = scan(plant)
    assert (done.exit_code, done.stderr) == (0, "")
    assert aside(done).keys() == {"documentation"}
    (plant / "export.xls").write_text("<html><table><tr><td>Name</td><td>Date</td></tr></table></html>")
    (plant / "few.csv").write_text("Name;IP;A;B;C;D;E\nplc-1;10.0.0.1;1;2;3;4;5\n")
    (plant / "plan").write_bytes(b"%PDF-1.7\n")
    done = scan(plant)
    assert done.exit_code == 3
    assert [line.partition(": ")[2].partition(": ")[2].partition(";")[0] for line in done.stderr.splitlines()] == [
        "is a web page, which is not supported",
        "no inventory, so not examined: of its 7 columns only 2 are understood",
        "is a PDF file, which is not supported",
    ]
