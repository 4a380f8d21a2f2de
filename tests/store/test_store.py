"""What comes from the store is what reading gives, and only what is new or changed is read."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from scanner import limits, pool
from scanner.errors import Problem
from scanner.facts.saved import load
from scanner.inputs import Input, InputKind, find_inputs
from scanner.pool import Watcher, read_side_by_side
from scanner.provenance import digest_of
from scanner.reading import Reading
from scanner.store import reading as through
from scanner.store.entry import Unfit, readings_of
from scanner.store.reading import read_through
from scanner.store.store import ENDING, KEPT_FOR, Store
from tests.capture.parts import frames, ring, stretched, written
from tests.protocols.recordings import CAPTURES
from tests.test_side_by_side import several, told

MODBUS, HTTP = CAPTURES / "modbus" / "umas.pcap", CAPTURES / "http" / "credentials.pcap"
DNP3 = CAPTURES / "dnp3" / "authenticated.pcap"


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the captures that are read, as they are."""
    names: list[str] = []

    def side_by_side(captures: Sequence[Input], *rest: Any) -> Any:
        names.extend(Path(entry.source).name for entry in captures)
        return read_side_by_side(captures, *rest)

    def recordings(parts: Sequence[Sequence[Input]], *rest: Any) -> Any:
        names.extend(Path(entry.source).name for entries in parts for entry in entries)
        return pool.read_recordings(parts, *rest)

    monkeypatch.setattr(through, "read_side_by_side", side_by_side)
    monkeypatch.setattr(through, "read_recordings", recordings)
    return names


def given(folder: Path) -> list[Input]:
    return [Input(InputKind.CAPTURE, path.name, path) for path in sorted(folder.rglob("*")) if path.is_file()]


def alone(source: Path, place: Path) -> None:
    """The capture, at a time when there is no other."""
    _Times.hours += 5
    found = frames(source)
    shift = _Times.hours * 3_600_000_000_000 - found[0][0]
    place.write_bytes(written([(time + shift, data, link) for time, data, link in found]))


class _Times:
    hours = 500_000


def scanned(folder: Path, kept: Path, read: list[str]) -> tuple[list[str], list[Problem]]:
    """What was read of the folder, and what was told; the outcome is that of reading everything."""
    read.clear()
    store = Store(kept)
    inputs = given(folder)
    found = read_through(store, inputs, 1, Watcher())
    names = sorted(read)
    expected = read_side_by_side(inputs, 1, Watcher())
    assert {entry: told(outcome) for entry, outcome in found.items()} == {
        entry: told(outcome) for entry, outcome in expected.items()
    }
    return names, store.problems


def entries(kept: Path) -> list[Path]:
    return sorted(kept.glob(f"*{ENDING}"))


def test_only_what_is_new_or_changed_is_read(tmp_path: Path, read: list[str]) -> None:
    plant, kept = tmp_path / "plant", tmp_path / "kept"
    every = sorted(path.name for path in several(plant))
    assert scanned(plant, kept, read) == (every, [])
    assert scanned(plant, kept, read) == (["c.pcap"], [])  # which cannot be read
    alone(MODBUS, plant / "new.pcap")
    assert scanned(plant, kept, read) == (["c.pcap", "new.pcap"], [])
    (plant / "new.pcap").unlink()
    assert scanned(plant, kept, read) == (["c.pcap"], [])


def test_a_ring_is_read_again_when_it_goes_on_or_loses_a_file(tmp_path: Path, read: list[str]) -> None:
    plant, kept = tmp_path / "plant", tmp_path / "kept"
    plant.mkdir()
    paths = ring(plant, stretched(frames(HTTP), 600), 5, "east")
    alone(DNP3, plant / "line.pcap")
    aside = tmp_path / "aside"
    paths[-1].rename(aside)
    names = [path.name for path in paths]
    assert scanned(plant, kept, read)[0] == sorted([*names[:-1], "line.pcap"])
    aside.rename(paths[-1])
    assert scanned(plant, kept, read)[0] == names
    assert scanned(plant, kept, read)[0] == []
    paths[2].unlink()
    assert scanned(plant, kept, read)[0] == [*names[:2], *names[3:]]
    assert scanned(plant, kept, read)[0] == []


def test_a_ring_with_a_hole_tells_so_again(tmp_path: Path, read: list[str]) -> None:
    plant, kept = tmp_path / "plant", tmp_path / "kept"
    plant.mkdir()
    for number, path in enumerate(ring(plant, stretched(frames(HTTP), 6000), 6), 1):
        path.rename(plant / f"ring_{number:05}_20260102030405.pcap")
    for number in (3, 4):
        (plant / f"ring_0000{number}_20260102030405.pcap").unlink()
    assert len(scanned(plant, kept, read)[0]) == 4
    assert scanned(plant, kept, read)[0] == []
    alone(DNP3, plant / "line.pcap")
    last = plant / "ring_00006_20260102030405.pcap"
    last.write_bytes(last.read_bytes()[:-9])
    assert "line.pcap" in scanned(plant, kept, read)[0]
    assert scanned(plant, kept, read)[0] == []


def test_a_file_of_the_same_size_and_time_with_other_content_is_read(tmp_path: Path, read: list[str]) -> None:
    plant, kept = tmp_path / "plant", tmp_path / "kept"
    plant.mkdir()
    alone(MODBUS, plant / "a.pcap")
    alone(DNP3, plant / "b.pcap")
    scanned(plant, kept, read)
    before = (plant / "a.pcap").stat()
    content = bytearray((plant / "a.pcap").read_bytes())
    content[-1] ^= 1
    (plant / "a.pcap").write_bytes(content)
    os.utime(plant / "a.pcap", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert scanned(plant, kept, read) == (["a.pcap"], [])


def test_a_capture_that_grows_is_read_again_and_one_that_moves_as_well(tmp_path: Path, read: list[str]) -> None:
    plant, kept = tmp_path / "plant", tmp_path / "kept"
    plant.mkdir()
    alone(MODBUS, plant / "a.pcap")
    content = (plant / "a.pcap").read_bytes()
    (plant / "a.pcap").write_bytes(content[: len(content) // 2])
    alone(DNP3, plant / "b.pcap")
    assert scanned(plant, kept, read)[0] == ["a.pcap", "b.pcap"]
    (plant / "a.pcap").write_bytes(content)
    assert scanned(plant, kept, read)[0] == ["a.pcap"]
    (plant / "a.pcap").rename(plant / "c.pcap")
    assert scanned(plant, kept, read)[0] == ["c.pcap"]


def test_other_ceilings_read_again(tmp_path: Path, read: list[str]) -> None:
    plant, kept = tmp_path / "plant", tmp_path / "kept"
    plant.mkdir()
    alone(MODBUS, plant / "a.pcap")
    scanned(plant, kept, read)
    with limits.using(limits.parse(["messages=5"])):
        assert scanned(plant, kept, read)[0] == ["a.pcap"]
        assert scanned(plant, kept, read)[0] == []
    assert scanned(plant, kept, read)[0] == []


def test_what_went_wrong_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plant, kept = tmp_path / "plant", tmp_path / "kept"
    plant.mkdir()
    alone(MODBUS, plant / "a.pcap")
    usual = read_side_by_side

    def by_itself(*given: Any) -> Any:
        return {e: Reading(o.facts, o.problems, alone=True) for e, o in usual(*given).items() if isinstance(o, Reading)}

    monkeypatch.setattr(through, "read_side_by_side", by_itself)
    read_through(Store(kept), given(plant), 1, Watcher())
    assert not kept.exists()


def _rewritten(path: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def _swapped(members: dict[str, bytes]) -> None:
    members["0/flows.parquet"], members["0/operations.parquet"] = (
        members["0/operations.parquet"],
        members["0/flows.parquet"],
    )


def _other_digests(members: dict[str, bytes]) -> None:
    about = json.loads(members["recording.json"])
    tables = about["readings"][0]["tables"]
    tables["flows"], tables["operations"] = tables["operations"], tables["flows"]
    members["recording.json"] = json.dumps(about).encode()


DAMAGES: dict[str, Callable[[Path], object]] = {
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-200]),
    "empty": lambda path: path.write_bytes(b""),
    "noise": lambda path: path.write_bytes(os.urandom(9000)),
    "a bit": lambda path: path.write_bytes(bytes([*path.read_bytes()[:500], 7, *path.read_bytes()[501:]])),
    "tables swapped": lambda path: _rewritten(path, _swapped),
    "digests swapped": lambda path: _rewritten(path, _other_digests),
    "a table gone": lambda path: _rewritten(path, lambda m: m.pop("0/flows.parquet")),
    "nothing said": lambda path: _rewritten(path, lambda m: m.update({"recording.json": b"[]"})),
    "deep": lambda path: _rewritten(path, lambda m: m.update({"recording.json": b"[" * 100_000})),
    "compressed": lambda path: zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED).writestr("recording.json", "{}"),
}


def test_no_folder_that_holds_a_store_stumbles_over_it(tmp_path: Path, read: list[str]) -> None:
    plant, kept = tmp_path / "plant", tmp_path / "kept"
    plant.mkdir()
    alone(MODBUS, plant / "a.pcap")
    scanned(plant, kept, read)
    problems: list[Problem] = []
    found = list(find_inputs([str(tmp_path)], problems))
    assert ([Path(entry.source).name for entry in found], problems) == (["a.pcap"], [])


@pytest.mark.parametrize("name", DAMAGES)
def test_damaged_entries_are_told_and_read_again(name: str, tmp_path: Path, read: list[str]) -> None:
    plant, kept = tmp_path / "plant", tmp_path / "kept"
    plant.mkdir()
    alone(MODBUS, plant / "a.pcap")
    scanned(plant, kept, read)
    DAMAGES[name](entries(kept)[0])
    names, problems = scanned(plant, kept, read)
    assert names == ["a.pcap"]
    assert ["cannot be used" in str(problem) for problem in problems] == [True]
    assert scanned(plant, kept, read) == ([], [])


def test_an_entry_under_the_name_of_another_is_refused(tmp_path: Path, read: list[str]) -> None:
    plant, kept = tmp_path / "plant", tmp_path / "kept"
    plant.mkdir()
    for number, source in enumerate((MODBUS, DNP3)):
        alone(source, plant / f"{number}.pcap")
    scanned(plant, kept, read)
    one, other = entries(kept)
    shutil.copy(one, other)
    names, problems = scanned(plant, kept, read)
    assert len(names) == len(problems) == 1


def test_links_are_neither_followed_nor_written_through(tmp_path: Path, read: list[str]) -> None:
    plant, kept, mine = tmp_path / "plant", tmp_path / "kept", tmp_path / "mine"
    plant.mkdir()
    alone(MODBUS, plant / "a.pcap")
    scanned(plant, kept, read)
    place = entries(kept)[0]
    shutil.move(place, mine)
    content = mine.read_bytes()
    place.symlink_to(mine)
    names, problems = scanned(plant, kept, read)
    assert (names, len(problems)) == (["a.pcap"], 1)
    assert mine.read_bytes() == content
    assert stat.S_ISREG(place.lstat().st_mode)


def test_a_pipe_does_not_wait(tmp_path: Path, read: list[str]) -> None:
    plant, kept = tmp_path / "plant", tmp_path / "kept"
    plant.mkdir()
    alone(MODBUS, plant / "a.pcap")
    scanned(plant, kept, read)
    place = entries(kept)[0]
    place.unlink()
    os.mkfifo(place)
    assert scanned(plant, kept, read)[0] == ["a.pcap"]


def test_a_store_that_is_a_link_is_left_alone(tmp_path: Path, read: list[str]) -> None:
    plant, kept, mine = tmp_path / "plant", tmp_path / "kept", tmp_path / "mine"
    plant.mkdir()
    mine.mkdir()
    old = mine / f"old{ENDING}"
    old.write_text("mine", "utf-8")
    os.utime(old, (1, 1))
    alone(MODBUS, plant / "a.pcap")
    kept.symlink_to(mine)
    names, problems = scanned(plant, kept, read)
    assert (names, len(problems)) == (["a.pcap"], 1)
    assert [path.name for path in mine.iterdir()] == [old.name]


def test_two_scans_may_share_a_store(tmp_path: Path) -> None:
    plant = tmp_path / "plant"
    plant.mkdir()
    for name in "abc":
        alone(MODBUS, plant / f"{name}.pcap")
    command = [sys.executable, "-m", "scanner", "scan", plant, "--save-facts", tmp_path / "facts", "-q"]
    more = [[*command, "-o", tmp_path / f"{number}.json"] for number in range(2)]
    started = [subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True) for arguments in more]
    told_by = [process.communicate(timeout=120)[1] for process in started]
    assert told_by == ["", ""]
    results = [json.loads((tmp_path / f"{number}.json").read_text("utf-8")) for number in range(2)]
    assert results[0]["basis"]["tables"] == results[1]["basis"]["tables"]
    assert load(tmp_path / "facts")["captures"].height == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.json", "1.json", "facts", "plant"]


def test_a_full_disk_is_told_and_costs_nothing_else(
    tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plant, kept = tmp_path / "plant", tmp_path / "kept"
    plant.mkdir()
    alone(MODBUS, plant / "a.pcap")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as within:
        within.setattr(os, "fsync", full)
        _, problems = scanned(plant, kept, read)
    assert "what was read cannot be kept: No space left on device" in str(problems[0])
    assert list(kept.iterdir()) == []


def test_what_nobody_asks_for_goes(tmp_path: Path, read: list[str]) -> None:
    plant, kept = tmp_path / "plant", tmp_path / "kept"
    plant.mkdir()
    alone(MODBUS, plant / "a.pcap")
    alone(DNP3, plant / "b.pcap")
    scanned(plant, kept, read)
    (kept / ".half.part").write_bytes(b"of a scan that was ended")
    (kept / "notes.txt").write_text("mine", "utf-8")
    long_ago = time.time() - KEPT_FOR - 9
    for path in kept.iterdir():
        os.utime(path, (long_ago, long_ago))
    (plant / "a.pcap").unlink()
    assert scanned(plant, kept, read) == ([], [])
    assert len(entries(kept)) == 1
    assert sorted(path.suffix for path in kept.iterdir()) == [ENDING, ".txt"]


@pytest.mark.parametrize("change", [{"size": 1}, {"sha256": "00"}, {"source": "other.pcap"}, {"missing": 3}])
def test_files_that_do_not_fit_what_was_read_are_refused(
    change: dict[str, Any], tmp_path: Path, read: list[str]
) -> None:
    """Even where somebody made the digests anew."""
    from scanner.recordings import Member

    plant, kept = tmp_path / "plant", tmp_path / "kept"
    plant.mkdir()
    alone(MODBUS, plant / "a.pcap")
    scanned(plant, kept, read)
    place = entries(kept)[0]

    def edit(members: dict[str, bytes]) -> None:
        about = json.loads(members["recording.json"])
        about["files"][0].update(change)
        del about["digest"]
        about["digest"] = digest_of(about)
        members["recording.json"] = json.dumps(about).encode()

    _rewritten(place, edit)
    reader = json.loads(zipfile.ZipFile(place).read("recording.json"))["reader"]
    with pytest.raises(Unfit, match="other files"):
        readings_of(place, reader, [Member(given(plant)[0], 0)])
