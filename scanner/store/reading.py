"""Captures through the store: recordings that are known are taken from it, the others are read and kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from scanner.errors import Problem
from scanner.inputs import Input
from scanner.pool import Watcher, by_folder, read_recordings, read_side_by_side
from scanner.reading import Reading
from scanner.recordings import Member, ends_of, recordings_of
from scanner.store.entry import KeptFile
from scanner.store.store import Store

Outcomes = dict[Input, Reading | Problem]


def read_through(store: Store, captures: Sequence[Input], jobs: int, watcher: Watcher) -> Outcomes:
    """What each capture gives, as ``read_side_by_side``, of which the store is asked first."""
    read: Outcomes = {}
    new: list[Input] = []  # of folders of which nothing is known
    changed: list[list[Member]] = []  # recordings of the others
    unread: list[list[Input]] = []  # reading them says why
    for entries in by_folder(captures):
        ends = store.ends(entries)
        if not ends:
            new += entries
            continue
        ends |= _ends_of_others(entries, ends)
        unread += [[entry] for entry in entries if entry.source not in ends]
        for members in recordings_of(entries, ends):
            found = store.find(members)
            if found is None:
                changed.append(members)
            else:
                read |= found
                _finish(found, watcher)
    missing = {member.input: member.missing for members in changed for member in members}
    parts = [[member.input for member in members] for members in changed]
    fresh = read_side_by_side(new, jobs, watcher) if new else {}
    fresh |= read_recordings([*parts, *unread], missing, jobs, watcher)
    for members in [*changed, *_recordings(new, fresh)]:
        _keep(store, members, fresh)
    store.prune()
    return read | fresh


def _ends_of_others(entries: Sequence[Input], known: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """When the captures end that are not known, which their packets are counted for."""
    from scanner.capture.read import last_time

    for entry in entries:
        if entry.source not in known and entry.path is not None:
            try:
                yield entry.source, last_time(entry.path)
            except Exception:  # noqa: BLE001, S112 - reading it says why
                continue


def _finish(entries: Mapping[Input, Reading], watcher: Watcher) -> None:
    for entry in entries:
        watcher.finish(entry)


def _recordings(captures: Sequence[Input], read: Mapping[Input, Reading | Problem]) -> Iterator[list[Member]]:
    """As which recordings captures of which nothing was known were read."""
    for entries in by_folder([entry for entry in captures if entry.path is not None]):
        yield from recordings_of(entries, ends_of({entry: read[entry] for entry in entries}))


def _keep(store: Store, members: Sequence[Member], read: Mapping[Input, Reading | Problem]) -> None:
    """Keep a recording that was read as such and without a defect: what went wrong may go right the next time."""
    outcomes = [read[member.input] for member in members]
    readings = [one for one in outcomes if isinstance(one, Reading) and not one.alone and not one.facts.defects]
    given = {record.source: record for reading in readings for record in reading.facts.inputs}
    if len(readings) == len(members) and given.keys() == {member.input.source for member in members}:
        ends = ends_of({member.input: reading for member, reading in zip(members, readings, strict=True)})
        records = [(given[member.input.source], member.missing) for member in members]
        files = [KeptFile(r.source, r.size, r.sha256, ends[r.source], missing) for r, missing in records]
        store.keep(files, readings)
