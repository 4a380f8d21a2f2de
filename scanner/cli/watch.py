"""``otaudit watch``: the same scan again and again, as its inputs come, change and go."""

from __future__ import annotations

import copy
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

import click

from scanner.cli._command import Command
from scanner.cli._errors import DEFINITION, tell
from scanner.cli._general import general
from scanner.cli._help import SpokenCommand, option
from scanner.cli._reader import Reader
from scanner.cli._spoken import language, usage_error
from scanner.cli.scan import OPTIONS
from scanner.limits import ceilings, limits
from scanner.watched_files import Look, bear_with_leases, look
from scanner.wording import Said, said

_FOLDERS_AND_FILES = ("inventory", "policy", "answers", "rules", "facts", "columns", "countries", "trust", "baseline")


@click.command(name="watch", cls=SpokenCommand)
@option(
    "--every", type=click.FloatRange(1), default=60, metavar="SECONDS", show_default=True, help="How often to look."
)
@option("--rounds", type=click.IntRange(0), default=0, metavar="N", help="End after so many; 0: never.")
@click.pass_context
def command(context: click.Context, /, every: float, rounds: int, **given: Any) -> None:
    """Scan whenever an input came, changed or went, and write the reports anew.

    Takes what otaudit scan takes; settings of scan hold. Each scan is a process of its own, so that memory is bounded
    by that of one scan. Captures are read once: what was read is kept with --save-facts, or otherwise until the end.
    Reports are replaced as a whole.

    A file in a folder that somebody still writes is left out until it is complete, and the results say so; of a ring
    that is the newest one. Each look is a line: what came, changed and went, and what the scan ended with.

    \b
    Exit status: 0  ended by an interrupt or SIGTERM
                 2  usage error, or the rules or the policy are wrong at the start
    With --rounds: that of the last scan.
    """  # noqa: D301 - click looks for the backspace itself
    if not given["inputs"]:
        raise usage_error(said("name at least one input (see {command})", command="otaudit watch --help"))
    if not given["output"] or "-" in given["output"] or "-" in given["inputs"]:
        raise usage_error(said("name files for the reports with -o; standard input and output cannot be watched"))
    with _ended() as ended, _kept(given) as kept, _reader(given, kept) as reader:
        sys.exit(_watch(_arguments(context, kept), given, every, rounds, ended, reader))


def _watch(  # noqa: PLR0917 - what it is told, and with what
    arguments: Sequence[str],
    given: Mapping[str, Any],
    every: float,
    rounds: int,
    ended: threading.Event,
    reader: Reader,
) -> int:
    """Rounds until the end; gives the exit status."""
    places = [Path(name) for name in given["inputs"]]
    places += [Path(name) for key in _FOLDERS_AND_FILES for name in _several(given[key])]
    aside = [Path(name) for name in (*given["output"], *_several(given["save_facts"]))]
    before, told, status, done = Look({}), frozenset[str](), 0, 0
    while not ended.is_set():
        begun = time.monotonic()
        sight = look(places, aside, limits().folder_entries)
        if done == 0 or sight != before:
            left_out = list(_unfinished(sight, given["inputs"]))
            known = reader.bring(given["inputs"], [*given["exclude"], *left_out], ended)
            more = [word for pattern in left_out for word in ("--exclude", pattern)]
            status, told = _scan([*arguments, *more], known, told, ended)
            if ended.is_set():
                break
            _line(sight, before, _outcome(status, time.monotonic() - begun))
            if status == DEFINITION and done == 0:
                return status
        else:
            _line(sight, before, said("nothing changed"))
        before, done = sight, done + 1
        if done == rounds:
            return status
        ended.wait(max(0.0, every - (time.monotonic() - begun)))
    return 0


def _scan(
    arguments: Sequence[str], known: Mapping[str, str], told: frozenset[str], ended: threading.Event
) -> tuple[int, frozenset[str]]:
    """One scan in a process of its own: its exit status, and what it told, of which only what is new is told again.

    known: for its environment.
    """
    with tempfile.TemporaryFile() as errors:
        apart = {"start_new_session": True} if os.name == "posix" else {}
        with subprocess.Popen(  # noqa: S603 - otaudit itself
            [sys.executable, "-m", "scanner", "scan", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env={**os.environ, **known},
            **apart,  # type: ignore[call-overload]
        ) as scan:
            while scan.poll() is None:
                if ended.wait(0.05):
                    _end(scan)
        errors.seek(0)
        lines = errors.read(_MOST_TOLD).decode("utf-8", "replace").splitlines()
    for line in lines:
        if line not in told and not ended.is_set():
            click.echo(line, err=True)
    return scan.returncode, frozenset(lines)


_MOST_TOLD = 1 << 20  # bytes of what a scan tells


def _end(scan: subprocess.Popen[bytes]) -> None:
    """End a scan with all of its processes."""
    if os.name == "posix":
        os.killpg(scan.pid, signal.SIGTERM)
    else:
        scan.terminate()
    scan.wait()


def _arguments(context: click.Context, kept: str) -> list[str]:
    """The command line of each scan."""
    found: list[str] = ["--quiet", "--language", language(), "--save-facts", kept]
    for parameter in OPTIONS:
        name = parameter.name or ""
        value = context.params.get(name)
        if isinstance(parameter, click.Option) and name != "save_facts" and value not in (None, (), False):
            for one in _several(value):
                found += [parameter.opts[-1]] if value is True else [parameter.opts[-1], str(one)]
    for limit, number in ceilings().moved().items():
        found += ["--limit", f"{limit}={number}"]
    return [*found, *(f"./{name}" if name.startswith("-") else name for name in context.params["inputs"])]


def _several(value: Any) -> Sequence[Any]:
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def _unfinished(sight: Look, inputs: Sequence[str]) -> Iterator[str]:
    """Patterns of what is still being written; a file that is named itself is read as it is."""
    for path in sight.unfinished:
        for name in inputs:
            if Path(name).is_dir() and path.is_relative_to(name):
                yield "/" + _literal(path.relative_to(name).as_posix())


def _literal(name: str) -> str:
    """The name as a pattern of gitignore that fits nothing else."""
    return "".join(f"\\{c}" if c in "\\*?[]! #" else c for c in name)


def _outcome(status: int, seconds: float) -> Said:
    return said("exit status {status}, {seconds:.1f} s", status=status, seconds=seconds)


def _line(sight: Look, before: Look, outcome: Said) -> None:
    if general().quiet:
        return
    came, changed, went = sight.changes(before)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    tell(
        said(
            "{time}: {came} came, {changed} changed, {went} went, {unfinished} still being written; {outcome}",
            time=now,
            came=came,
            changed=changed,
            went=went,
            unfinished=len(sight.unfinished),
            outcome=outcome,
        )
    )


@contextmanager
def _ended() -> Iterator[threading.Event]:
    """Set when the user or the system wants an end."""
    ended = threading.Event()

    def end(_: int, __: FrameType | None) -> None:
        ended.set()

    usual = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    bear_with_leases()
    try:
        yield ended
    finally:
        for number, handler in usual.items():
            signal.signal(number, handler)


@contextmanager
def _kept(given: Mapping[str, Any]) -> Iterator[str]:
    """Where what was read is kept."""
    if given["save_facts"]:
        yield given["save_facts"]
        return
    with tempfile.TemporaryDirectory(prefix="otaudit-") as folder:
        yield str(Path(folder) / "facts")


@contextmanager
def _reader(given: Mapping[str, Any], kept: str) -> Iterator[Reader]:
    """Who reads on what goes on; nobody where captures are read elsewhere, or the system cannot."""
    if given["scheduler"] or sys.platform != "linux":
        yield Reader()
        return
    with tempfile.TemporaryDirectory(prefix="otaudit-") as own:
        reader = Reader(Path(own), Path(kept), tuple(given["rules"]))
        try:
            yield reader
        finally:
            reader.end()


command.params += [copy.copy(parameter) for parameter in OPTIONS if parameter.name != "timings"]

COMMAND = Command.of(command)
