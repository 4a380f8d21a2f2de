"""A ring that is watched costs its new file, and says what a scan of all of its files says."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from scanner.facts.frames import Facts
from scanner.inputs import Input, InputKind
from scanner.limits import Ceilings, parse, using
from scanner.pool import Watcher, read_side_by_side
from scanner.reading import Reading
from scanner.store import reading as through
from scanner.store.known import KnownFiles
from scanner.store.live import serve
from scanner.store.reading import read_through
from scanner.store.store import Store
from tests.capture.parts import frames, ring, stretched
from tests.protocols.recordings import CAPTURES

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody reads on")
Start = Callable[..., "Going"]
HTTP = CAPTURES / "http" / "credentials.pcap"


class Going:
    """The process that reads on; ``read`` are the names of the files that it read last."""

    def __init__(self, kept: Path, chosen: Ceilings | None = None) -> None:
        context = multiprocessing.get_context("spawn")
        self._here, there = context.Pipe()
        self.process = context.Process(target=serve, args=(there, kept, chosen or Ceilings(), ()), daemon=True)
        self.process.start()
        there.close()
        self.read: list[str] = []

    def bring(self, folder: Path) -> KnownFiles:
        self._here.send(([folder.as_posix()], []))
        assert self._here.poll(120), "it takes too long"
        known = self._here.recv()
        self.read = [Path(name).name for name in known.read]
        return known


@pytest.fixture
def started() -> Iterator[Callable[..., Going]]:
    every: list[Going] = []

    def start(*arguments: Any) -> Going:
        every.append(Going(*arguments))
        return every[-1]

    yield start
    for going in every:
        going.process.kill()
        going.process.join()


def given(folder: Path) -> list[Input]:
    return [Input(InputKind.CAPTURE, path.as_posix(), path) for path in sorted(folder.iterdir())]


def joined(outcomes: Any) -> Facts:
    return Facts().merge(*(one.facts for one in outcomes.values() if isinstance(one, Reading)))


def told(facts: Facts) -> object:
    return {name: table.to_dicts() for name, table in facts.tables.items()}, facts.inputs, facts.defects


def by_the_scan(
    kept: Path, known: KnownFiles, inputs: Sequence[Input], monkeypatch: pytest.MonkeyPatch
) -> tuple[Facts, int]:
    """What a scan has, and how many captures it read itself."""
    parts: list[Any] = []

    def recordings(found: Any, *_: Any) -> Any:
        parts.extend(found)
        return read_side_by_side([entry for part in found for entry in part], 1, Watcher())

    monkeypatch.setattr(through, "read_recordings", recordings)
    monkeypatch.setattr(through, "read_side_by_side", lambda new, *_: recordings([new]))
    found = read_through(Store(kept, known), inputs, 1, Watcher())
    assert found.keys() == set(inputs)
    return joined(found), len(parts)


def test_each_round_reads_the_new_file_and_says_what_reading_all_says(
    tmp_path: Path, started: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant, kept, aside = tmp_path / "plant", tmp_path / "kept", tmp_path / "aside"
    paths = ring(aside, stretched(frames(HTTP), 600), 8)
    plant.mkdir()
    going = started(kept)
    for path in paths[:3]:
        path.rename(plant / path.name)
    going.bring(plant)
    seen = [paths[n].name for n in range(3)]
    for number in range(3, 8):
        paths[number].rename(plant / paths[number].name)
        oldest = min(plant.iterdir())
        oldest.rename(aside / oldest.name)
        known = going.bring(plant)
        seen.append(paths[number].name)
        anew = len(going.read) > 1
        if anew:  # half of what was read is gone
            assert going.read == sorted(path.name for path in plant.iterdir())
            seen = list(going.read)
        else:
            assert going.read == [paths[number].name]
        facts, number_read = by_the_scan(kept, known, given(plant), monkeypatch)
        assert number_read == 0
        every = [plant / name if (plant / name).exists() else aside / name for name in seen]
        inputs = [Input(InputKind.CAPTURE, (plant / path.name).as_posix(), path) for path in every]
        assert told(facts) == told(_as_one(inputs, tmp_path / f"all{number}"))
        assert len(list(kept.iterdir())) == 1
    assert anew or len(seen) > 3


def _as_one(inputs: Sequence[Input], folder: Path) -> Facts:
    """Facts of the files as those of one folder."""
    folder.mkdir()
    moved = []
    for entry in inputs:
        assert entry.path
        (folder / entry.path.name).write_bytes(entry.path.read_bytes())
        moved.append(Input(InputKind.CAPTURE, entry.source, folder / entry.path.name))
    return joined(read_side_by_side(moved, 1, Watcher()))


def test_a_file_that_is_gone_counts_on_for_nobody_else(
    tmp_path: Path, started: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant, kept = tmp_path / "plant", tmp_path / "kept"
    paths = ring(plant, stretched(frames(HTTP), 600), 4)
    going = started(kept)
    known = going.bring(plant)
    assert len(going.read) == 4
    paths[0].unlink()
    facts, number = by_the_scan(kept, KnownFiles(known.digests, gone=False), given(plant), monkeypatch)
    assert number == 1
    assert told(facts) == told(joined(read_side_by_side(given(plant), 1, Watcher())))


def test_a_file_that_changes_has_all_read_anew(tmp_path: Path, started: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    plant, kept = tmp_path / "plant", tmp_path / "kept"
    paths = ring(plant, stretched(frames(HTTP), 600), 4)
    going = started(kept)
    going.bring(plant)
    going.bring(plant)
    assert going.read == []
    content = bytearray(paths[1].read_bytes())
    content[-1] ^= 1
    paths[1].write_bytes(content)
    known = going.bring(plant)
    assert len(going.read) == 4
    facts, number = by_the_scan(kept, known, given(plant), monkeypatch)
    assert number == 0
    assert told(facts) == told(joined(read_side_by_side(given(plant), 1, Watcher())))


def test_a_crowded_recording_is_left_to_the_scan(
    tmp_path: Path, started: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant, kept = tmp_path / "plant", tmp_path / "kept"
    ring(plant, stretched(frames(HTTP), 600), 4)
    with using(parse(["messages=3"])):
        going = started(kept, parse(["messages=3"]))
        known = going.bring(plant)
        assert len(going.read) < 4
        facts, number = by_the_scan(kept, known, given(plant), monkeypatch)
        assert number == 1
        assert told(facts) == told(joined(read_side_by_side(given(plant), 1, Watcher())))
        going.bring(plant)
        assert going.read == []


def test_what_cannot_be_read_is_left_to_the_scan(tmp_path: Path, started: Start) -> None:
    plant, kept = tmp_path / "plant", tmp_path / "kept"
    paths = ring(plant, stretched(frames(HTTP), 600), 3)
    paths[1].write_bytes(b"\xd4\xc3\xb2\xa1")
    going = started(kept)
    going.bring(plant)
    assert going.read == []  # one is none, and the others are two recordings
    assert paths[1].name not in going.read


def test_a_store_that_is_a_link_is_not_written_to(tmp_path: Path, started: Start) -> None:
    plant, kept, mine = tmp_path / "plant", tmp_path / "kept", tmp_path / "mine"
    ring(plant, stretched(frames(HTTP), 600), 3)
    mine.mkdir()
    kept.symlink_to(mine)
    going = started(kept)
    going.bring(plant)
    assert len(going.read) == 3
    assert list(mine.iterdir()) == []


def test_other_files_that_are_gone_do_not_count_on(
    tmp_path: Path, started: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody wrote over them: somebody has removed them."""
    plant, kept = tmp_path / "plant", tmp_path / "kept"
    paths = ring(plant, stretched(frames(HTTP), 600), 4)
    first = paths[0].rename(plant / "morning.pcap")
    going = started(kept)
    assert len(going.bring(plant).read) == 4
    first.unlink()
    known = going.bring(plant)
    assert going.read == [path.name for path in paths[1:]]
    facts, _ = by_the_scan(kept, known, given(plant), monkeypatch)
    assert told(facts) == told(joined(read_side_by_side(given(plant), 1, Watcher())))
