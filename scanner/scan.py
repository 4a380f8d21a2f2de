"""The pipeline on one page: inputs to facts, facts to results."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

import scanner
from scanner.basis import basis
from scanner.engine.frameworks import load_frameworks
from scanner.engine.judge import judge
from scanner.engine.loader import load_rules
from scanner.engine.profiles import load_profile
from scanner.errors import DefinitionError, InputError, Problem, failed
from scanner.facts.frames import Facts, Provenance, unread
from scanner.inputs import Input, Kind
from scanner.limits import ceilings, use
from scanner.policy.together import contradictions
from scanner.reading import Reading, read_text_input
from scanner.results.model import Results, Run

WORTH_A_PROCESS = 32 << 20  # bytes of captures below which starting worker processes costs more than it saves


class Watcher:
    """Hears how far a scan is; the command line draws progress bars from it."""

    def advance(self, entry: Input, done: int, total: int, packets: int) -> None:
        """``done`` of ``total`` bytes (0: unknown) of the capture are read, ``packets`` so far."""

    def finish(self, entry: Input) -> None:
        """The capture is read."""

    def stage(self, name: str, done: int = 0, total: int = 0) -> None:
        """What follows reading: ``joining``, ``judging`` (rules done of all), ``writing`` and which report."""


@dataclass
class Scan:
    """What was read: facts, and every input or part of one that could not be used."""

    facts: Facts = field(default_factory=Facts)
    problems: list[Problem] = field(default_factory=list)
    mistakes: list[Problem] = field(default_factory=list)  # in policies: nothing may be judged

    def leave_out(self, records: Iterable[Provenance]) -> None:
        """What was left out on request goes to the results as inputs of their own; nothing is missing by it."""
        self.facts = self.facts.beside(records)

    def take(self, entry: Input, read: Callable[[], Reading]) -> None:
        """Add what ``read`` gives; or why it gives nothing, and the input as one that was not read."""
        try:
            reading = read()
        except InputError as error:
            self._lose(entry, error.problem)
        except DefinitionError as error:
            self.mistakes += error.problems
        except Exception as error:  # noqa: BLE001 - the last boundary: an input that ends otaudit ends no other
            self._lose(entry, failed(entry.source, error).problem)
        else:
            self.facts = self.facts.merge(reading.facts)
            self.problems += reading.problems

    def _lose(self, entry: Input, problem: Problem) -> None:
        self.problems.append(problem)
        if entry.kind is not Kind.FACTS:  # which may hold anything
            self.leave_out([unread(entry.source, entry.kind.value, _size(entry), str(problem))])

    @property
    def empty(self) -> bool:
        """No input could be read."""
        return all(given.unread for given in self.facts.inputs)


def read_inputs(
    inputs: Sequence[Input],
    *,
    jobs: int = 0,
    columns: Mapping[str, str] | None = None,
    watcher: Watcher | None = None,
) -> Scan:
    """Read every input; one that cannot be used becomes a problem and the others are still read.

    jobs: processes for captures, 0 for as many as there are processors. DefinitionError when a policy is wrong.
    """
    scan = Scan()
    watcher = watcher or Watcher()
    for entry in inputs:
        if entry.kind is not Kind.CAPTURE:
            scan.take(entry, partial(read_text_input, entry, columns))
    if scan.mistakes:
        raise DefinitionError(*scan.mistakes)
    captures = [entry for entry in inputs if entry.kind is Kind.CAPTURE]
    folders = _by_folder(captures)
    workers = min(jobs or os.cpu_count() or 1, len(folders))
    if workers > 1 and sum(_size(entry) for entry in captures) >= WORTH_A_PROCESS:
        read = _read_side_by_side(folders, workers, watcher)
    else:
        read = {}
        for entries in folders:
            read |= _read_folder(entries, watcher)
    for entry in captures:  # in the order given, so that messages do not depend on which was read first
        scan.take(entry, partial(_outcome, read[entry]))
    return scan


def _by_folder(captures: Sequence[Input]) -> list[list[Input]]:
    """The captures of each folder; standard input by itself."""
    folders: dict[object, list[Input]] = {}
    for entry in captures:
        folders.setdefault(entry if entry.path is None else entry.path.resolve().parent, []).append(entry)
    return list(folders.values())


def _outcome(read: Reading | InputError) -> Reading:
    if isinstance(read, InputError):
        raise read
    return read


def _read_folder(entries: Sequence[Input], watcher: Watcher) -> dict[Input, Reading | InputError]:
    from scanner.recordings import read_captures

    return dict(read_captures(entries, lambda entry: partial(watcher.advance, entry), watcher.finish))


def _read_apart(entries: Sequence[Input]) -> dict[Input, Reading | InputError]:
    """What a process of its own does, of which nobody sees the progress."""
    from scanner.recordings import read_captures

    return dict(read_captures(entries, lambda _: None))


def _size(entry: Input) -> int:
    try:
        return entry.path.stat().st_size if entry.path is not None else 0
    except OSError:
        return 0


def _read_side_by_side(
    folders: Sequence[Sequence[Input]], workers: int, watcher: Watcher
) -> dict[Input, Reading | InputError]:
    """Read folders in processes of their own, except standard input, which cannot be handed over."""
    read: dict[Input, Reading | InputError] = {}
    apart = [entries for entries in folders if entries[0].stream is None]
    lost = list(_read_in_pool(apart, workers, read, watcher, folders))
    for entries in lost:  # a process that dies takes its pool along: each folder gets one of its own, then each file
        for alone in [[entry] for entry in entries]:
            for _ in list(_read_in_pool([alone], 1, read, watcher, ())):
                what = "reading it ended the process (too little memory, or a defect of otaudit)"
                read[alone[0]] = InputError(alone[0].source, what, remedy="scan it in parts")
    return read


def _read_in_pool(
    apart: Sequence[Sequence[Input]],
    workers: int,
    read: dict[Input, Reading | InputError],
    watcher: Watcher,
    here: Sequence[Sequence[Input]],
) -> Iterator[Sequence[Input]]:
    """Read the folders ``apart`` into ``read``, and standard input of ``here`` meanwhile; gives folders whose process
    died.
    """
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), use, (ceilings(),)) as pool:
        try:
            with _interrupts_ignored():  # by the processes that start here: this one ends them
                waiting = {pool.submit(_read_apart, entries): entries for entries in apart}
            for entries in here:
                if entries[0].stream is not None:
                    read |= _read_folder(entries, watcher)
            for done in as_completed(waiting):
                try:
                    read |= done.result()
                except BrokenProcessPool:
                    yield waiting[done]
                    continue
                for entry in waiting[done]:
                    watcher.finish(entry)
        except KeyboardInterrupt:
            for process in multiprocessing.active_children():
                process.terminate()
            raise


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """An interrupt from the keyboard does nothing; processes that are started within never hear one."""
    if threading.current_thread() is not threading.main_thread():  # signals are the main thread's
        yield
        return
    usual = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)


def judge_scan(
    scan: Scan,
    *,
    profile: str,
    started: datetime,
    clock: float,
    options: Mapping[str, str] | None = None,
    watcher: Watcher | None = None,
) -> Results:
    """The verdicts of the packaged rules that the profile selects. ``clock``: time.perf_counter() at the start.

    options: those of the command that change what the results say; the results carry them on.
    DefinitionError when a rule, framework, profile or waiver is wrong, or policies contradict each other.
    """
    if mistakes := contradictions(scan.facts.tables):
        raise DefinitionError(*mistakes)
    frameworks = load_frameworks()
    rules = load_rules(frameworks=frameworks)
    chosen = load_profile(profile, rules, frameworks)
    stage = (watcher or Watcher()).stage
    results = judge(scan.facts, rules, chosen, frameworks, today=started.date(), problems=scan.problems, stage=stage)
    made_with = basis(scan.facts, profile, options or {})
    seconds = round(time.perf_counter() - clock, 3)
    return replace(
        results, basis=made_with, run=Run(started.isoformat(timespec="seconds"), seconds, scanner.__version__)
    )
