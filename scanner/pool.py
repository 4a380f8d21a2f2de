"""Captures read one after the other, or side by side in processes of their own."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from scanner.errors import Problem
from scanner.inputs import Input
from scanner.limits import ceilings, use
from scanner.reading import Reading
from scanner.succession import place_of
from scanner.wording import said

WORTH_A_PROCESS = 32 << 20  # bytes of captures below which starting worker processes costs more than it saves
WORTH_A_GUESS = 128 << 20  # the same where it is not certain that captures have nothing to do with each other


class Watcher:
    """Hears how far a scan is; the command line draws progress bars from it."""

    def advance(self, entry: Input, done: int, total: int, packets: int) -> None:
        """``done`` of ``total`` bytes (0: unknown) of the capture are read, ``packets`` so far."""

    def finish(self, entry: Input) -> None:
        """The capture is read."""

    def stage(self, name: str, done: int = 0, total: int = 0) -> None:
        """What follows reading: ``joining``, ``judging`` (rules done of all), ``writing`` and which report."""


def read_side_by_side(captures: Sequence[Input], jobs: int, watcher: Watcher) -> dict[Input, Reading | Problem]:
    """What each capture gives, or why it gives nothing. jobs: processes, 0 for as many as there are processors."""
    folders = by_folder(captures)
    parts = [part for entries in folders for part in likely_apart(entries, WORTH_A_GUESS)]
    workers = min(jobs or os.cpu_count() or 1, len(parts))
    if workers > 1 and sum(entry.size() for entry in captures) >= WORTH_A_PROCESS:
        return _read_apart_from_here(folders, parts, workers, watcher)
    return {entry: read for entries in folders for entry, read in read_folder(entries, watcher).items()}


def by_folder(captures: Sequence[Input]) -> list[list[Input]]:
    """The captures of each folder; standard input by itself."""
    folders: dict[object, list[Input]] = {}
    for entry in captures:
        folders.setdefault(_folder(entry), []).append(entry)
    return list(folders.values())


def _folder(entry: Input) -> object:
    if entry.url:
        return entry.url.rpartition("/")[0]
    return entry if entry.path is None else entry.path.resolve().parent


def likely_apart(entries: Sequence[Input], worth: int = 0) -> list[list[Input]]:
    """The captures of a folder by their names without digits: those of one ring have the same. Others may follow one
    another all the same; that is seen when they are read. worth: bytes of captures below which it is not tried.
    """
    if sum(entry.size() for entry in entries) < worth:
        return [list(entries)]
    parts: dict[str, list[Input]] = {}
    for entry in entries:
        parts.setdefault(place_of(entry.source), []).append(entry)
    return sorted(parts.values(), key=lambda part: -sum(entry.size() for entry in part))


def read_folder(entries: Sequence[Input], watcher: Watcher) -> dict[Input, Reading | Problem]:
    """What the captures of a folder give, read one after another."""
    from scanner.recordings import read_captures

    return dict(read_captures(entries, lambda entry: partial(watcher.advance, entry), watcher.finish))


def _read_apart(entries: Sequence[Input], missing: Mapping[Input, int] | None) -> dict[Input, Reading | Problem]:
    """What a process of its own does, of which nobody sees the progress."""
    from scanner.recordings import read_captures

    return dict(read_captures(entries, lambda _: None, missing=missing))


def read_recordings(
    parts: Sequence[Sequence[Input]], missing: Mapping[Input, int], jobs: int, watcher: Watcher
) -> dict[Input, Reading | Problem]:
    """What the captures give of each recording, which is known to have these files. missing: of rings before them."""
    from scanner.recordings import read_captures

    workers = min(jobs or os.cpu_count() or 1, len(parts))
    if workers > 1 and sum(entry.size() for entries in parts for entry in entries) >= WORTH_A_PROCESS:
        read: dict[Input, Reading | Problem] = {}
        lost = list(_read_in_pool(parts, workers, read, watcher, (), missing))
        return read | _each_by_itself(lost, watcher)
    return {
        entry: outcome
        for entries in parts
        for entry, outcome in read_captures(
            entries, lambda entry: partial(watcher.advance, entry), watcher.finish, missing
        )
    }


def _read_apart_from_here(
    folders: Sequence[Sequence[Input]], parts: Sequence[Sequence[Input]], workers: int, watcher: Watcher
) -> dict[Input, Reading | Problem]:
    """Read parts of folders in processes of their own, except standard input, which cannot be handed over."""
    read: dict[Input, Reading | Problem] = {}
    apart = [entries for entries in parts if entries[0].stream is None]
    lost = list(_read_in_pool(apart, workers, read, watcher, folders))
    read |= _each_by_itself(lost, watcher)
    if not lost:
        for entries in folders:
            read |= _in_turn(entries, parts, read, watcher)
    return read


def _each_by_itself(lost: Sequence[Sequence[Input]], watcher: Watcher) -> dict[Input, Reading | Problem]:
    """A process that dies takes its pool along: each file of what it read gets one of its own."""
    read: dict[Input, Reading | Problem] = {}
    for entry in (entry for entries in lost for entry in entries):
        for _ in list(_read_in_pool([[entry]], 1, read, watcher, ())):
            what = said("the process that read it died (too little memory, or a defect of otaudit)")
            read[entry] = Problem(entry.source, what, remedy=said("scan it in parts"))
    return {e: outcome if isinstance(outcome, Problem) else replace(outcome, alone=True) for e, outcome in read.items()}


def _in_turn(
    entries: Sequence[Input],
    parts: Sequence[Sequence[Input]],
    read: Mapping[Input, Reading | Problem],
    watcher: Watcher,
) -> Mapping[Input, Reading | Problem]:
    """What the captures of a folder give when they are read one after another; that is what they gave in parts unless
    some of different parts follow one another.
    """
    found = {entry: read[entry] for entry in entries}
    if list(entries) in parts:
        return found
    from scanner.recordings import as_in_turn

    return found if as_in_turn(entries, found) else read_folder(entries, watcher)


def _read_in_pool(  # noqa: PLR0917 - all of it is handed on
    apart: Sequence[Sequence[Input]],
    workers: int,
    read: dict[Input, Reading | Problem],
    watcher: Watcher,
    here: Sequence[Sequence[Input]],
    missing: Mapping[Input, int] | None = None,
) -> Iterator[Sequence[Input]]:
    """Read the folders ``apart`` into ``read``, and standard input of ``here`` meanwhile; gives folders whose process
    died.
    """
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), use, (ceilings(),)) as pool:
        try:
            with _interrupts_ignored():  # by the processes that start here: this one ends them
                waiting = {pool.submit(_read_apart, entries, missing): entries for entries in apart}
            for entries in here:
                if entries[0].stream is not None:
                    read |= read_folder(entries, watcher)
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
