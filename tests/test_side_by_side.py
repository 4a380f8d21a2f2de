"""Captures read side by side give what they give one after another, whatever goes on with what."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest

from scanner import pool
from scanner.errors import Problem
from scanner.inputs import Input, InputKind
from scanner.pool import Watcher, read_side_by_side
from scanner.reading import Reading
from scanner.recordings import as_in_turn, read_captures
from tests.capture.parts import frames, ring, stretched
from tests.protocols.recordings import CAPTURES

MODBUS, HTTP = CAPTURES / "modbus" / "umas.pcap", CAPTURES / "http" / "credentials.pcap"


def parted(folder: Path, names: tuple[str, ...], source: Path = MODBUS) -> list[Path]:
    """One recording as files of these names, which follow one another."""
    paths = ring(folder, stretched(frames(source), 120), len(names))
    return [path.rename(folder / name) for path, name in zip(paths, names, strict=True)]


def packed(path: Path) -> Path:
    """The same file compressed."""
    other = path.with_name(path.name + ".gz")
    other.write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()
    return other


def given(paths: list[Path]) -> list[Input]:
    return [Input(InputKind.CAPTURE, path.name, path) for path in sorted(paths)]


def told(outcome: Reading | Problem) -> object:
    """All that a capture gave."""
    if isinstance(outcome, Problem):
        return outcome
    tables = {name: table.to_dicts() for name, table in outcome.facts.tables.items()}
    return tables, outcome.facts.inputs, outcome.facts.defects, outcome.problems


def several(folder: Path) -> list[Path]:
    """A ring, two halves whose names do not say that they are, one alone and compressed, and one that is none."""
    (folder / "a").mkdir(parents=True)
    (folder / "b").mkdir()
    paths = [packed(path) for path in ring(folder / "a", stretched(frames(HTTP), 600), 3, "east")]
    paths += parted(folder / "b", ("whole.pcap", "rest.pcap"))
    (folder / "c.pcap").write_bytes(b"\xd4\xc3\xb2\xa1")
    shutil.copy(CAPTURES / "dnp3" / "authenticated.pcap", folder / "line.pcap")
    paths = [path.rename(folder / path.name) for path in paths]
    return [*paths, folder / "c.pcap", packed(folder / "line.pcap")]


def test_files_of_one_folder_side_by_side_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = given(several(tmp_path / "plant"))
    alone = read_side_by_side(inputs, 1, Watcher())
    monkeypatch.setattr(pool, "WORTH_A_PROCESS", 0)
    monkeypatch.setattr(pool, "WORTH_A_GUESS", 0)
    for jobs in (1, 2, 3):
        together = read_side_by_side(inputs, jobs, Watcher())
        assert {entry: told(outcome) for entry, outcome in together.items()} == {
            entry: told(outcome) for entry, outcome in alone.items()
        }


@pytest.mark.parametrize(("names", "holds"), [(("whole.pcap", "rest.pcap"), False), (("one.pcap",), True)])
def test_what_goes_on_under_another_name_is_noticed(names: tuple[str, ...], holds: bool, tmp_path: Path) -> None:
    shutil.copy(HTTP, tmp_path / "other.pcap")
    inputs = given([*parted(tmp_path, names), tmp_path / "other.pcap"])
    apart = {entry: outcome for one in inputs for entry, outcome in read_captures([one], lambda _: None)}
    assert as_in_turn(inputs, apart) is holds
    assert as_in_turn(inputs, dict(read_captures(inputs, lambda _: None)))
