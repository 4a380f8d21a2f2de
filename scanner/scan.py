"""The pipeline on one page: inputs to facts, facts to results."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

import scanner
from scanner.engine.frameworks import load_frameworks
from scanner.engine.judge import judge
from scanner.engine.loader import load_rules
from scanner.engine.profiles import load_profile
from scanner.errors import DefinitionError, InputError, Problem
from scanner.facts.frames import Facts
from scanner.inputs import Input, Kind
from scanner.reading import Reading, read_capture_input, read_text_input
from scanner.results.model import Results, Run

WORTH_A_PROCESS = 32 << 20  # bytes of captures below which starting worker processes costs more than it saves


class Watcher:
    """Hears how far reading is; the command line draws a progress bar from it."""

    def advance(self, entry: Input, done: int, total: int, packets: int) -> None:
        """``done`` of ``total`` bytes (0: unknown) of the capture are read, ``packets`` so far."""

    def finish(self, entry: Input) -> None:
        """The capture is read."""


@dataclass
class Scan:
    """What was read: facts, and every input or part of one that could not be used."""

    facts: Facts = field(default_factory=Facts)
    problems: list[Problem] = field(default_factory=list)
    mistakes: list[Problem] = field(default_factory=list)  # in policies: nothing may be judged

    def take(self, read: Callable[[], Reading]) -> None:
        """Add what ``read`` gives, or why it gives nothing."""
        try:
            reading = read()
        except InputError as error:
            self.problems.append(error.problem)
        except DefinitionError as error:
            self.mistakes += error.problems
        else:
            self.facts = self.facts.merge(reading.facts)
            self.problems += reading.problems


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
            scan.take(partial(read_text_input, entry, columns))
    if scan.mistakes:
        raise DefinitionError(*scan.mistakes)
    captures = [entry for entry in inputs if entry.kind is Kind.CAPTURE]
    workers = min(jobs or os.cpu_count() or 1, len(captures))
    if workers > 1 and sum(_size(entry) for entry in captures) >= WORTH_A_PROCESS:
        _read_side_by_side(captures, workers, scan, watcher)
    else:
        for entry in captures:
            scan.take(partial(read_capture_input, entry, partial(watcher.advance, entry)))
            watcher.finish(entry)
    return scan


def _size(entry: Input) -> int:
    return entry.path.stat().st_size if entry.path is not None and entry.path.exists() else 0


def _read_side_by_side(captures: Sequence[Input], workers: int, scan: Scan, watcher: Watcher) -> None:
    """Read captures in processes of their own, except standard input, which cannot be handed over."""
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting = {pool.submit(read_capture_input, entry): entry for entry in captures if entry.stream is None}
        for entry in captures:
            if entry.stream is not None:
                scan.take(partial(read_capture_input, entry, partial(watcher.advance, entry)))
        for done in as_completed(waiting):
            watcher.finish(waiting[done])
        for future in waiting:  # in the order given, so that messages do not depend on which was read first
            scan.take(future.result)


def judge_scan(scan: Scan, *, profile: str, started: datetime, clock: float) -> Results:
    """The verdicts of the packaged rules that the profile selects. ``clock``: time.perf_counter() at the start.

    DefinitionError when a rule, framework, profile or waiver is wrong.
    """
    frameworks = load_frameworks()
    rules = load_rules(frameworks=frameworks)
    chosen = load_profile(profile, rules, frameworks)
    results = judge(scan.facts, rules, chosen, frameworks, today=started.date(), problems=scan.problems)
    seconds = round(time.perf_counter() - clock, 3)
    return replace(results, run=Run(started.isoformat(timespec="seconds"), seconds, scanner.__version__))
