"""``otaudit watch``: reports follow what comes, changes and goes; it ends when it is told to."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from scanner.cli import main
from scanner.cli.watch import _literal
from scanner.exclusions import Exclusions
from scanner.inputs import find_inputs
from scanner.watched_files import Look, is_written, look
from tests.capture.parts import frames, ring, stretched

CAPTURES = Path("fixtures/captures")
LONG = 60  # seconds that a machine with much to do may take for a scan


@contextmanager
def watching(told: Path, *arguments: str | Path) -> Iterator[subprocess.Popen[bytes]]:
    """The command, which tells what it has to say in the file."""
    command = [sys.executable, "-m", "scanner", "watch", *map(str, arguments), "--every", "1"]
    with told.open("wb") as file, subprocess.Popen(command, stderr=file) as process:
        try:
            yield process
        finally:
            process.kill()


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.05)


def sources(results: Path) -> list[str]:
    if not results.exists():
        return []
    return [Path(given["source"]).name for given in json.loads(results.read_text("utf-8"))["inputs"] if given["sha256"]]


def old(source: Path, place: Path) -> None:
    """A copy that was complete a while ago."""
    shutil.copyfile(source, place.with_suffix(".tmp"))
    os.utime(place.with_suffix(".tmp"), (1_700_000_000, 1_700_000_000))
    place.with_suffix(".tmp").rename(place)


def test_reports_follow_the_folder_until_it_is_told_to_end(tmp_path: Path) -> None:
    plant, results = tmp_path / "plant", tmp_path / "r.json"
    plant.mkdir()
    old(CAPTURES / "modbus/umas.pcap", plant / "a.pcap")
    told = tmp_path / "told"
    with watching(told, plant, "-o", results) as process:
        until(lambda: sources(results) == ["a.pcap"])
        old(CAPTURES / "http/credentials.pcap", plant / "b.pcap")
        until(lambda: sources(results) == ["a.pcap", "b.pcap"])
        (plant / "a.pcap").unlink()
        until(lambda: sources(results) == ["b.pcap"])
        until(lambda: "0 came, 0 changed, 1 went" in told.read_text("utf-8"))
        process.send_signal(signal.SIGTERM)
        assert process.wait(LONG) == 0
    lines = told.read_text("utf-8")
    assert sum("; exit status " in line for line in lines.splitlines()) == 3
    assert "1 came, 0 changed, 0 went" in lines
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plant", "r.json", "told"]


def test_a_ring_costs_its_new_file_and_reports_name_those_that_are_gone(tmp_path: Path) -> None:
    plant, aside, results = tmp_path / "plant", tmp_path / "aside", tmp_path / "r.json"
    paths = ring(aside, stretched(frames(CAPTURES / "http/credentials.pcap"), 600), 5)
    plant.mkdir()
    for path in paths[:4]:
        old(path, plant / path.name)
    names = [path.name for path in paths]
    with watching(tmp_path / "told", plant, "-o", results, "--save-facts", tmp_path / "facts") as process:
        until(lambda: sources(results) == names[:4])
        (plant / names[0]).unlink()
        old(paths[4], plant / names[4])
        until(lambda: names[4] in sources(results))
        assert sources(results) == names
        process.send_signal(signal.SIGINT)
        assert process.wait(LONG) == 0
    assert len(list((tmp_path / "facts" / "recordings").iterdir())) == 1


def test_the_last_round_says_what_a_scan_says(tmp_path: Path) -> None:
    plant = tmp_path / "plant"
    plant.mkdir()
    old(CAPTURES / "modbus/umas.pcap", plant / "a.pcap")
    outputs = ["-o", str(tmp_path / "w.json"), "--save-facts", str(tmp_path / "facts"), "--limit", "strangers=900"]
    done = CliRunner().invoke(main, ["watch", str(plant), *outputs, "--rounds", "1", "-q"])
    scan = CliRunner().invoke(
        main, ["scan", str(plant), "-o", str(tmp_path / "s.json"), "-q", "--limit", "strangers=900"]
    )
    assert done.exit_code == scan.exit_code == 1, done.output
    watched, scanned = (json.loads((tmp_path / name).read_text("utf-8")) for name in ("w.json", "s.json"))
    assert {name for name in watched if watched[name] != scanned[name]} <= {"run", "digest"}
    assert list((tmp_path / "facts" / "recordings").iterdir())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["-o", "r.json"], "name at least one input"),
        (["plant"], "name files for the reports"),
        (["plant", "-o", "-"], "name files for the reports"),
        (["-", "-o", "r.json"], "name files for the reports"),
        (["plant", "-o", "r.json", "--every", "0"], "--every"),
    ],
)
def test_what_cannot_be_watched(arguments: list[str], says: str) -> None:
    done = CliRunner().invoke(main, ["watch", *arguments])
    assert done.exit_code == 2
    assert says in done.stderr


def test_wrong_rules_at_the_start_end_it(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["watch", str(CAPTURES / "modbus"), "-o", str(tmp_path / "r.json"), "-p", "nobody"])
    assert done.exit_code == 2


def test_what_came_changed_and_went(tmp_path: Path) -> None:
    for name in "abc":
        old(CAPTURES / "modbus/umas.pcap", tmp_path / name)
    before = look([tmp_path])
    (tmp_path / "a").unlink()
    old(CAPTURES / "modbus/umas.pcap", tmp_path / "d")
    old(CAPTURES / "modbus/umas.pcap", tmp_path / "b")  # the same size and time, and another file
    assert look([tmp_path]).changes(before) == (1, 1, 1)
    assert look([tmp_path], aside=[tmp_path / "c"]).stamps.keys() == {tmp_path / "b", tmp_path / "d"}
    assert len(look([tmp_path], most=2).stamps) == 2
    assert before.changes(Look({})) == (3, 0, 0)


def test_a_file_that_is_written_is_not_complete(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with path.open("wb") as file:
        file.write(b"x")
        file.flush()
        os.utime(path, (time.time() - 60, time.time() - 60))
        assert is_written(path, time.time() - 60) is (sys.platform == "linux")
        assert not is_written(path, time.time() - 6000)  # nobody has written for so long
    assert not is_written(path, time.time() - 60)
    assert is_written(path, time.time())
    assert not is_written(path, time.time() + 9000)  # of a clock that is wrong


@pytest.mark.parametrize("name", ["a.pcap", "[a]*?.pcap", "!a b ", "#a\\b"])
def test_a_name_is_a_pattern_that_fits_it_alone(name: str, tmp_path: Path) -> None:
    for one in (name, "other.pcap", "a"):
        shutil.copyfile(CAPTURES / "modbus/umas.pcap", tmp_path / one)
    found = find_inputs([str(tmp_path)], [], Exclusions([f"/{_literal(name)}"]))
    assert sorted(entry.path.name for entry in found if entry.path) == ["a", "other.pcap"]
