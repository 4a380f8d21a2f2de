"""How a command ends before its time: an interrupt, a reader that goes away, a standard output that never was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

SWITCHES = "fixtures/plants/bottling/switches"
OTAUDIT = [sys.executable, "-m", "scanner"]

# Two captures that never end, each read by a process of its own. What the processes import tells where they are.
ENDLESS = """
import os, sys
from pathlib import Path
import scanner.pool
from scanner.inputs import Input, InputKind
from scanner.cli import main
import scanner.cli._inputs as command

scanner.pool.WORTH_A_PROCESS = 0
folder = Path(sys.argv[1])
if __name__ == "__main__":
    found = [Input(InputKind.CAPTURE, str(path), path) for path in sorted(folder.glob("*/fifo"))]
    from scanner.exclusions import Exclusions
    command.find = lambda *_, **__: (found, [], Exclusions())
    main(["scan", "x", "--jobs", "2"], prog_name="otaudit")
"""


@pytest.fixture(autouse=True)
def interruptible() -> Iterator[None]:
    """What a shell starts behind its back ignores interrupts, and so does all that it starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def ended_by_interrupt(process: subprocess.Popen[bytes], *, group: bool) -> tuple[int, bytes]:
    (os.killpg if group else os.kill)(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=300)
    return process.returncode, said


@pytest.mark.parametrize("group", [True, False])
def test_an_interrupt_is_one_line_and_status_130(group: bool) -> None:
    with subprocess.Popen(
        [*OTAUDIT, "scan", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stdin
        process.stdin.write(bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000"))
        process.stdin.flush()
        status = Path(f"/proc/{process.pid}/wchan")
        if not status.exists():
            pytest.skip("needs /proc")
        _until(lambda: b"pipe" in status.read_bytes() and _loaded(process.pid))
        assert ended_by_interrupt(process, group=group) == (130, b"otaudit: interrupted\n")


@pytest.mark.parametrize("group", [True, False])
def test_processes_that_read_end_with_it_and_say_nothing(group: bool, tmp_path: Path) -> None:
    if not Path("/proc/self/task").exists():
        pytest.skip("needs /proc")
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        os.mkfifo(tmp_path / name / "fifo")
    (tmp_path / "endless.py").write_text(ENDLESS, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, tmp_path / "endless.py", tmp_path],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env=os.environ | {"PYTHONPATH": str(Path.cwd())},
    ) as process:
        _until(lambda: sum(map(_loaded, _children(process.pid))) >= 2)
        started = _children(process.pid)
        assert ended_by_interrupt(process, group=group) == (130, b"otaudit: interrupted\n")
        _until(lambda: not any(_runs(child) for child in started))


def _until(condition: object) -> None:
    for _ in range(3000):
        if condition():  # type: ignore[operator]
            return
        time.sleep(0.1)
    pytest.fail("it never came")


def _children(process: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _loaded(process: int) -> bool:
    """The process has loaded the kernel that reads captures, so it is at work."""
    try:
        return "kernel/unit" in Path(f"/proc/{process}/maps").read_text()
    except OSError:
        return False


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["rules", "list"], 141),
        (["scan", SWITCHES], 141),
        (["scan", SWITCHES, "--format", "json"], 141),
        (["scan", SWITCHES, "-o", "{}/r.html"], 1),
    ],
)
def test_a_reader_that_goes_away_is_no_traceback(arguments: list[str], status: int, tmp_path: Path) -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    done = subprocess.run(
        [*OTAUDIT, *(a.format(tmp_path) for a in arguments)], stdout=theirs, stderr=subprocess.PIPE, check=False
    )
    os.close(theirs)
    assert done.stderr == b""
    assert done.returncode == status


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["--help"], 0, b""),
        (["rules", "list"], 0, b""),
        (["scan", SWITCHES], 2, b"otaudit: standard output: cannot be written: it is closed; choose another place\n"),
        (
            ["scan", SWITCHES, "--format", "json"],
            2,
            b"otaudit: standard output: cannot be written: it is closed; choose another place\n",
        ),
        (["scan", SWITCHES, "-o", "{}/r.json"], 1, b""),
        (["scan", SWITCHES, "-q"], 1, b""),
        (["fix", "-q", SWITCHES, "--finding", "000000"], 4, b"otaudit: no such finding fails\n"),
    ],
)
def test_a_closed_standard_output(arguments: list[str], status: int, said: bytes, tmp_path: Path) -> None:
    command = [*OTAUDIT, *(a.format(tmp_path) for a in arguments)]
    done = subprocess.run(["sh", "-c", 'exec "$@" >&-', "sh", *command], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (status, said)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device")
@pytest.mark.parametrize(
    "arguments",
    [
        ["scan", SWITCHES],
        ["scan", "--help"],
        ["rules", "list"],
        ["plan", SWITCHES],
        ["reach", "fixtures/plants/bottling"],
        ["diff", "{0}", "{0}"],
    ],
)
def test_a_full_standard_output(arguments: list[str], tmp_path: Path) -> None:
    results = tmp_path / "r.json"
    if arguments[0] == "diff":
        subprocess.run([*OTAUDIT, "scan", SWITCHES, "-q", "-o", results], check=False)
    command = [*OTAUDIT, *(a.format(results) for a in arguments)]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    told = b"otaudit: standard output: cannot be written: No space left on device; choose another place"
    assert told in done.stderr.splitlines()
    assert done.returncode == 2
