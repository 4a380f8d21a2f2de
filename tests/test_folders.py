"""Captures of a folder are one recording, in the order of their time; folders are read side by side."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner import pool
from scanner.engine.verdict.recording_files import Files
from scanner.inputs import Input, InputKind
from scanner.scan import Scan, read_inputs
from tests.capture.files import pcap
from tests.capture.traffic import Talk, modbus

WRITE = modbus(7, b"\x06\0\1\0\2")


def recording() -> list[bytes]:
    talk = Talk()
    for number in range(4):
        read = modbus(number, b"\x03\0\0\0\1")
        talk.send(False, read).send(True, modbus(number, b"\x03\x02\0\x07"))
    talk.send(False, WRITE[:6]).send(False, WRITE[6:]).send(True, WRITE)
    return talk.frames


def write(folder: Path, names: tuple[str, str]) -> list[Input]:
    """A recording in two files; the second begins in the middle of a message."""
    folder.mkdir()
    frames = [(1_800_000_000, 1000 * i, frame) for i, frame in enumerate(recording())]
    for name, part in zip(names, (frames[:-2], frames[-2:]), strict=True):
        (folder / name).write_bytes(pcap(part))
    return [Input(InputKind.CAPTURE, name, folder / name) for name in sorted(names)]


def written(scan: Scan) -> list[tuple[str, int, int, list[int]]]:
    rows = scan.facts.tables["operations"].filter(verb="write").sort("capture").to_dicts()
    files = Files.of(scan.facts["captures"], scan.facts["files"])
    told = [(row, *files.at(row["capture"], row["frames"])) for row in rows]
    return sorted((source, row["count"], row["accepted"], list(frames)) for row, source, frames in told)


@pytest.mark.parametrize("names", [("a.pcap", "b.pcap"), ("z.pcap", "b.pcap")])
def test_a_message_that_spans_two_files_is_read(tmp_path, names):
    scan = read_inputs(write(tmp_path / "plant", names))
    assert written(scan) == [(names[1], 1, 1, [1])]
    assert not scan.problems


def test_folders_side_by_side_give_the_same(tmp_path, monkeypatch):
    inputs = write(tmp_path / "one", ("a.pcap", "b.pcap")) + write(tmp_path / "two", ("d.pcap", "c.pcap"))
    (tmp_path / "three").mkdir()
    (tmp_path / "three" / "bad.pcap").write_bytes(b"\xd4\xc3\xb2\xa1")
    inputs.append(Input(InputKind.CAPTURE, "bad.pcap", tmp_path / "three" / "bad.pcap"))
    alone = read_inputs(inputs, jobs=1)
    monkeypatch.setattr(pool, "WORTH_A_PROCESS", 0)
    together = read_inputs(inputs, jobs=2)
    assert written(together) == written(alone)
    assert [p.source for p in together.problems] == [p.source for p in alone.problems] == ["bad.pcap"]
    assert together.facts.inputs == alone.facts.inputs
