"""The progress bar: on a terminal, for captures; nothing in a pipe."""

from __future__ import annotations

import gzip
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

PLANT = Path("fixtures/plants/bottling")
HIDE_CURSOR = b"\x1b[?25l"  # what a live display begins with


def on_terminal(*arguments: str | Path) -> bytes:
    """What the command writes to a standard error that is a terminal."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "scanner", "scan", *map(str, arguments), "--fail-on", "never"]
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "100"}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=theirs, env=environment) as process:
        os.close(theirs)
        seen = b""
        try:
            while part := os.read(ours, 65536):
                seen += part
        except OSError:  # how Linux says that the other side has closed
            pass
    os.close(ours)
    assert process.returncode == 0, seen
    return seen


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small one, compressed as recordings are."""
    path = tmp_path_factory.mktemp("progress") / "small.pcap.gz"
    path.write_bytes(gzip.compress(Path("fixtures/captures/modbus/umas.pcap").read_bytes()))
    return path


@pytest.mark.parametrize(("name", "bar"), [("capture.pcap.gz", True), ("switches", False)])
def test_a_bar_on_a_terminal_for_captures_alone(name: str, bar: bool) -> None:
    seen = on_terminal(PLANT / name)
    assert (HIDE_CURSOR in seen) is bar
    assert (b"capture.pcap.gz" in seen) is bar


def test_what_follows_reading_is_shown_too(capture: Path, tmp_path: Path) -> None:
    seen = on_terminal(capture, "-o", tmp_path / "r.html")
    for stage in (b"joining devices and zones", b"judging", b"writing r.html"):
        assert stage in seen


@pytest.mark.parametrize("option", ["--no-progress", "-q", "-v"])
def test_no_bar_where_none_is_wanted(option: str, capture: Path) -> None:
    seen = on_terminal(capture, option)
    assert HIDE_CURSOR not in seen
    if option == "-v":
        assert [word in seen for word in (b"reading: ", b"joining devices and zones: ", b"judging: ")] == [True] * 3


def test_a_folder_of_many_captures(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"{number:02}.pcap.gz").write_bytes((PLANT / "capture.pcap.gz").read_bytes()[:20000])
    command = [sys.executable, "-m", "scanner", "scan", str(tmp_path), "--fail-on", "never"]
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=theirs) as process:
        os.close(theirs)
        try:
            while os.read(ours, 65536):
                pass
        except OSError:
            pass
    os.close(ours)
    assert process.returncode == 3, "each is cut off"


def test_nothing_in_a_pipe(capture: Path) -> None:
    command = [sys.executable, "-m", "scanner", "scan", str(capture), "--fail-on", "never"]
    assert subprocess.run(command, capture_output=True, check=True).stderr == b""
