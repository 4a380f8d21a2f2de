"""A ring of files is judged as the same packets in one file are."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner.facts.saved import load, save
from scanner.inputs import Input, InputKind
from scanner.results.model import Results
from scanner.scan import Scan, judge_scan, read_inputs
from tests.capture.parts import Frame, frames, ring, stretched
from tests.protocols.recordings import CAPTURES
from tests.wording.in_both import both

RECORDINGS = (
    *("modbus/umas", "dnp3/authenticated", "enip/built", "opcua/none", "http/credentials", "tls/tls12"),
    *("goose/steady", "goose/replayed"),
)
SECONDS = 3600.0


def scan(paths: list[Path], jobs: int = 1) -> Scan:
    return read_inputs([Input(InputKind.CAPTURE, path.name, path) for path in paths], jobs=jobs)


def judged(read: Scan) -> Results:
    return judge_scan(read, profile="default", started=datetime(2026, 6, 1, tzinfo=UTC), clock=time.perf_counter())


def verdicts(results: Results) -> dict[str, tuple[str, int]]:
    rules = (*results.rules, *results.outside, *results.reach)
    return {r.rule: (r.verdict.value, len(r.findings)) for r in rules}


@pytest.mark.parametrize("name", RECORDINGS)
def test_a_ring_is_judged_as_one_file(name: str, tmp_path: Path) -> None:
    found = stretched(frames(CAPTURES / f"{name}.pcap"), SECONDS)
    whole = scan(ring(tmp_path / "whole", found, 1))
    expected = verdicts(judged(whole))
    assert len(expected) > 50
    for number in (2, 7):
        paths = ring(tmp_path / str(number), found, number)
        parts = scan(paths)
        assert not parts.problems
        assert parts.facts["captures"]["file_count"].to_list() == [number]
        for table in ("flows", "sessions", "operations", "publications", "malformed", "sightings", "identities"):
            same = whole.facts[table].drop("capture", strict=False)
            assert parts.facts[table].drop("capture", strict=False).equals(same), table
        assert verdicts(judged(parts)) == expected


def test_what_a_ring_tells_names_the_file_and_its_frames_and_survives_saving(tmp_path: Path) -> None:
    found = stretched(frames(CAPTURES / "modbus" / "umas.pcap"), SECONDS)
    paths = ring(tmp_path / "ring", found, 4)
    together = scan(paths)
    results = judged(together)
    seen = [e for r in results.rules for f in r.findings for e in f.evidence if e.frames]
    seen += [row.seen for row in results.operations]
    assert len({e.source for e in seen}) > 1
    sizes = {path.name: len(frames(path)) for path in paths}
    assert all(0 < frame <= sizes[e.source] for e in seen for frame in e.frames)
    assert verdicts(judged(scan(paths[::-1]))) == verdicts(results)
    save(together.facts, tmp_path / "saved")
    assert verdicts(judged(Scan([load(tmp_path / "saved")]))) == verdicts(results)


def test_a_recording_that_is_too_short_is_told_with_all_its_files(tmp_path: Path) -> None:
    paths = ring(tmp_path, stretched(frames(CAPTURES / "modbus" / "umas.pcap"), 90), 3)
    (found,) = next(r for r in judged(scan(paths)).reach if r.rule == "capture-insufficient").findings
    assert all(path.name in both(found.message)[language] for path in paths for language in ("en", "zh"))


def test_two_rings_in_one_folder_are_two_recordings(tmp_path: Path) -> None:
    one = stretched(frames(CAPTURES / "http" / "credentials.pcap"), 600)
    two = stretched(frames(CAPTURES / "modbus" / "umas.pcap"), 600)
    read = scan([*ring(tmp_path, one, 3, "east"), *ring(tmp_path, two, 3, "west")])
    assert read.facts["captures"]["file_count"].to_list() == [3, 3]


def test_a_file_that_is_missing_is_told(tmp_path: Path) -> None:
    paths = ring(tmp_path, stretched(frames(CAPTURES / "modbus" / "umas.pcap"), SECONDS), 5)
    read = scan([*paths[:2], *paths[3:]])
    assert [(p.source, "missing" in p.what) for p in read.problems] == [(paths[3].name, True)]
    assert read.facts["captures"]["missing_files"].sum() == 1
    assert verdicts(judged(read))["capture-incomplete"] == ("fail", 1)


def by_direction(found: list[Frame]) -> tuple[list[Frame], list[Frame]]:
    """What goes to the higher of two addresses, and the rest: as the two outputs of a full-duplex tap."""
    up = [frame for frame in found if frame[1][6:12] < frame[1][:6]]
    return up, [frame for frame in found if frame not in up]


@pytest.mark.parametrize("name", ["modbus/umas", "dnp3/authenticated", "http/credentials", "tls/tls12", "opcua/none"])
@pytest.mark.parametrize("number", [1, 3])
def test_a_file_for_each_direction_is_judged_as_one_file(name: str, number: int, tmp_path: Path) -> None:
    found = stretched(frames(CAPTURES / f"{name}.pcap"), SECONDS)
    whole = scan(ring(tmp_path / "whole", found, 1))
    up, down = by_direction(found)
    paths = [*ring(tmp_path / "tap", up, number, "rx"), *ring(tmp_path / "tap", down, number, "tx")]
    parts = scan(paths)
    assert not parts.problems
    assert parts.facts["captures"]["file_count"].to_list() == [2 * number]
    for table in ("operations", "sessions"):
        columns = [c for c in whole.facts[table].columns if c not in {"capture", "frames", "first_frame"}]
        seen = (read.facts[table].select(columns).rows() for read in (whole, parts))
        assert len({str(sorted(map(str, rows))) for rows in seen}) == 1, table
    results = judged(parts)
    assert verdicts(results) == verdicts(judged(whole))
    sizes = {path.name: len(frames(path)) for path in paths}
    told = [e for r in results.rules for f in r.findings for e in f.evidence if e.frames]
    assert all(0 < frame <= sizes[e.source] for e in told for frame in e.frames)
    for jobs in (1, 2):
        assert verdicts(judged(scan(paths[::-1], jobs))) == verdicts(results)


def test_two_points_that_saw_both_directions_are_two_recordings(tmp_path: Path) -> None:
    found = stretched(frames(CAPTURES / "modbus" / "umas.pcap"), SECONDS)
    elsewhere = [(time + 1000, data, link) for time, data, link in found]
    read = scan([*ring(tmp_path / "a", found, 1, "core"), *ring(tmp_path / "a", elsewhere, 1, "cell")])
    assert read.facts["captures"]["file_count"].to_list() == [1, 1]


def test_the_same_direction_twice_is_two_recordings(tmp_path: Path) -> None:
    up, _ = by_direction(stretched(frames(CAPTURES / "modbus" / "umas.pcap"), SECONDS))
    read = scan([*ring(tmp_path / "a", up, 1, "rx"), *ring(tmp_path / "a", up, 1, "copy")])
    assert read.facts["captures"]["file_count"].to_list() == [1, 1]


def test_a_direction_that_breaks_off_costs_the_other_nothing(tmp_path: Path) -> None:
    up, down = by_direction(stretched(frames(CAPTURES / "modbus" / "umas.pcap"), SECONDS))
    paths = [*ring(tmp_path, up, 1, "rx"), *ring(tmp_path, down, 1, "tx")]
    paths[1].write_bytes(paths[1].read_bytes()[:-5])
    read = scan(paths)
    assert [problem.source for problem in read.problems] == [paths[1].name]
    assert read.facts["captures"]["file_count"].to_list() == [2]


def test_directions_by_clocks_that_disagree_are_not_brought_together(tmp_path: Path) -> None:
    up, down = by_direction(stretched(frames(CAPTURES / "http" / "credentials.pcap"), 60))
    server = up if up[0][0] > down[0][0] else down  # its first packet is an answer
    late = [(time + 5 * 10**9, data, link) for time, data, link in (down if server is up else up)]
    read = scan([*ring(tmp_path, server, 1, "rx"), *ring(tmp_path, late, 1, "tx")])
    assert read.facts["captures"]["file_count"].to_list() == [1, 1]
