"""Captures read by the workers of a Dask cluster that is there, with what it gives joined on the way to the client.

A task reads what may follow one another: a capture, or a ring. Where files of different tasks turn out to go on with
each other, those of the folder are read again in turn, as ``scanner.pool`` does. Dask runs the tasks of a worker that
dies elsewhere.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from scanner.errors import DefinitionError, Problem, failed
from scanner.facts.frames import Facts
from scanner.fleet.task import Outcomes, facts_of, identity, join, outcomes_of, read_part
from scanner.inputs import Input
from scanner.limits import ceilings
from scanner.pool import Watcher, by_folder, likely_apart, read_folder
from scanner.reading import Reading
from scanner.recordings import as_in_turn
from scanner.wording import Said, said

CONNECTING = 10  # seconds
WAITING = 60  # seconds for the first worker
_JOINED = 8  # parts that are joined at once
Part = Sequence[Input]


class _Done(NamedTuple):
    """A part that was read. facts: where they are."""

    entries: Part
    outcomes: Outcomes
    facts: Any


def read_on_cluster(address: str, captures: Part, watcher: Watcher) -> Outcomes:
    """What each capture gives, as ``read_side_by_side``; the facts of all are with the first that could be read.

    DefinitionError when there is no scheduler, no worker, or another otaudit on the workers.
    """
    there = [entry for entry in captures if entry.stream is None]
    outcomes: Outcomes = {}
    for entry in captures:
        if entry.stream is not None:  # which cannot be handed over
            outcomes |= read_folder([entry], watcher)
    if there:
        with _client(address) as client:
            outcomes |= _read(client, by_folder(there), watcher)
    return outcomes


def _read(client: Any, folders: Sequence[Part], watcher: Watcher) -> Outcomes:
    parts = {tuple(part): number for number, entries in enumerate(folders) for part in likely_apart(entries)}
    done, lost = _run(client, list(parts), watcher)
    done += [one for entries in lost for one in _each_by_itself(client, entries, watcher)]
    if not lost:
        numbers = list(parts.values())
        for number, entries in enumerate(folders):
            of_folder = [one for one in done if parts.get(tuple(one.entries)) == number]
            outcomes = {entry: outcome for one in of_folder for entry, outcome in one.outcomes.items()}
            if numbers.count(number) > 1 and not as_in_turn(entries, outcomes):
                again, gone = _run(client, [entries], watcher)
                again += [one for each in gone for one in _each_by_itself(client, each, watcher)]
                done = [one for one in done if one not in of_folder] + again
    return _together(done, _joined(client, [one.facts for one in done if one.facts is not None]))


def _run(client: Any, parts: Sequence[Part], watcher: Watcher) -> tuple[list[_Done], list[Part]]:
    """The parts that were read, and those on which workers died."""
    distributed = _distributed()
    asked_by, chosen = identity(), ceilings()
    reads = [client.submit(read_part, list(part), asked_by, chosen, pure=False) for part in parts]
    facts = client.map(facts_of, reads, pure=False)
    waiting = dict(zip(client.map(outcomes_of, reads, pure=False), zip(parts, facts, strict=True), strict=True))
    del reads  # a worker keeps what somebody may still ask for
    done, lost = [], []
    for future in distributed.as_completed(list(waiting)):
        entries, held = waiting[future]
        error = _error(future)
        if error is None:
            done.append(_Done(entries, future.result(), held))
        elif isinstance(error, distributed.KilledWorker):
            lost.append(entries)
            continue
        elif isinstance(error, DefinitionError):
            raise error
        else:
            problems: Outcomes = {entry: failed(entry.source, error).problem for entry in entries}
            done.append(_Done(entries, problems, None))
        for entry in entries:
            watcher.finish(entry)
    return done, lost


def _error(future: Any) -> Exception | None:
    """What a task ended with; DefinitionError when the scheduler is gone."""
    if future.status in ("cancelled", "lost"):
        raise asyncio.CancelledError
    error = future.exception()
    return error if error is None or isinstance(error, Exception) else RuntimeError(str(error))


def _each_by_itself(client: Any, entries: Part, watcher: Watcher) -> Iterator[_Done]:
    """One of the files ends every worker that reads it: the others are read without it."""
    for entry in entries:
        done, lost = _run(client, [[entry]], watcher)
        if lost:
            what = said("the process that read it died (too little memory, or a defect of otaudit)")
            done = [_Done([entry], {entry: Problem(entry.source, what, remedy=said("scan it in parts"))}, None)]
        yield from done


def _joined(client: Any, futures: Sequence[Any]) -> Facts:
    """All facts, joined on the workers, eight at a time."""
    while len(futures) > 1:
        futures = [
            client.submit(join, list(futures[n : n + _JOINED]), pure=False) for n in range(0, len(futures), _JOINED)
        ]
    found = futures[0].result() if futures else Facts()
    return found if isinstance(found, Facts) else Facts()


def _together(done: Sequence[_Done], facts: Facts) -> Outcomes:
    outcomes: Outcomes = {}
    for one in done:
        for entry, outcome in one.outcomes.items():
            if isinstance(outcome, Reading):
                outcomes[entry] = Reading(facts, outcome.problems)
                facts = Facts()
            else:
                outcomes[entry] = outcome
    return outcomes


@contextmanager
def _client(address: str) -> Iterator[Any]:
    """A client of the cluster; DefinitionError when there is none, and when it goes away."""
    distributed = _distributed()
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        client = distributed.Client(address, timeout=CONNECTING, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise _no_cluster(address, said("no scheduler answers there")) from error
    try:
        client.wait_for_workers(1, timeout=WAITING)
        with client.as_current():
            yield client
    except TimeoutError as error:
        raise _no_cluster(address, said("it has no worker")) from error
    except distributed.KilledWorker as error:
        raise _no_cluster(address, said("workers died as facts were joined; give them more memory")) from error
    except (asyncio.CancelledError, OSError) as error:
        raise _no_cluster(address, said("the scheduler has gone away")) from error
    finally:
        client.close(timeout=CONNECTING)


def _distributed() -> Any:
    try:
        return importlib.import_module("distributed")
    except ImportError:
        what = said("--engine dask needs what is not installed")
        raise DefinitionError(Problem("--engine", what, remedy=said("pip install 'otaudit[fleet]'"))) from None


def _no_cluster(address: str, what: Said) -> DefinitionError:
    return DefinitionError(Problem(address, what, remedy=said("see that it runs, or scan without --engine dask")))
