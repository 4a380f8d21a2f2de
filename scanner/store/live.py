"""Recordings that go on, such as rings, read on where they were left: a file that comes costs no other.

A process of its own holds the tables of the kernel as they are after the last file. To say what was recorded so far it
makes a copy of itself (``fork``), which ends what is under way, understands it and keeps it in the store; the process
itself goes on. The tables never leave the memory: compiled code trusts them.

A ring loses its oldest files. What they said counts on as long as files are there that go on with them, until they are
more than half of what was read; then the recording begins anew with what is there. So each file is read twice at most,
on average, and what is told is that of a scan of all files that are named in it.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from scanner.capture.read import Recording, last_time
from scanner.capture.result import CaptureInfo
from scanner.exclusions import Exclusions
from scanner.inputs import Input, InputKind, find_inputs
from scanner.limits import Ceilings, ceilings, limits, use
from scanner.pool import by_folder
from scanner.recordings import Member, recordings_of
from scanner.store.entry import KeptFile, key_of
from scanner.store.known import KnownFiles
from scanner.store.program import reader_digest
from scanner.store.store import ENDING, keep_entry
from scanner.succession import place_of
from scanner.watched_files import QUIET, Stamp, stamp_of

MOST_LIVE = 4  # recordings, each with tables of its own in memory
Asked = tuple[list[str], list[str]]  # what is scanned, and patterns of what is left out


@dataclass
class _File:
    member: Member
    stamp: Stamp
    info: CaptureInfo

    @property
    def kept(self) -> KeptFile:
        """As an entry has it."""
        info = self.info
        return KeptFile(info.source, info.size, info.sha256, info.last_time, self.member.missing)

    @property
    def gone(self) -> bool:
        """The ring was written over it."""
        return self.member.input.path is not None and not self.member.input.path.exists()


@dataclass
class _Live:
    """A recording, and the files that were read into it."""

    recording: Recording
    files: list[_File] = field(default_factory=list)
    entry: Path | None = None
    crowded: bool = False  # its tables are so full that a scan would tell it in pieces

    def rest(self, members: Sequence[Member], stamps: Sequence[Stamp | None]) -> list[int] | None:
        """Which of these files are still to be read; None when they do not go on with what was read."""
        here = next((n for n, file in enumerate(self.files) if not file.gone), len(self.files))
        there = [(file.member.input.source, file.stamp) for file in self.files[here:]]
        asked = [(member.input.source, stamp) for member, stamp in zip(members, stamps, strict=True)]
        lost = sum(file.info.size for file in self.files[:here])
        if self.crowded and there:  # until nothing of it is left, reading it again would come to the same
            return []
        ring = {place_of(file.member.input.source) for file in self.files} if here else ()
        if (
            not there
            or len(ring) > 1
            or asked[: len(there)] != there
            or 2 * lost > sum(file.info.size for file in self.files)
        ):
            return None
        return list(range(len(there), len(members)))


class Rings:
    """The recordings that go on, of each folder the one that was heard last."""

    def __init__(self, kept: Path) -> None:
        from scanner.protocols import framing_plan

        self._plan = framing_plan()
        self._kept = kept
        self._reader = reader_digest()
        self._live: dict[str, _Live] = {}
        self._ends: dict[str, tuple[Stamp, int]] = {}
        self._were_read: list[str] = []

    def bring(self, captures: Sequence[Input]) -> KnownFiles:
        """Have the store know what the recordings say now."""
        self._were_read = []
        for entries in by_folder([entry for entry in captures if entry.path is not None]):
            ends = {entry.source: end for entry in entries if (end := self._end(entry)) is not None}
            groups = [found for found in recordings_of(entries, ends) if len(found) > 1 and not found[0].interleaved]
            folder = str(entries[0].path.parent) if entries[0].path else ""
            try:
                if groups:
                    self._go_on(folder, _last(groups, ends))
            except Exception:  # noqa: BLE001 - the scan, which reads it then, says why
                self._live.pop(folder, None)
        there = {str(entry.path) for entry in captures}
        self._ends = {name: known for name, known in self._ends.items() if name in there}
        return KnownFiles(self._digests(), gone=True, read=tuple(self._were_read))

    def _end(self, entry: Input) -> int | None:
        """When the capture ends; it is asked once as long as the file is the same."""
        path = entry.path
        stamp = stamp_of(path) if path else None
        if path is None or stamp is None:
            return None
        known, end = self._ends.get(str(path), (None, 0))
        if known != stamp:
            try:
                end = last_time(path)
            except Exception:  # noqa: BLE001 - reading it says why
                return None
            self._ends[str(path)] = stamp, end
        return end

    def _go_on(self, folder: str, members: Sequence[Member]) -> None:
        stamps = [stamp_of(member.input.path) if member.input.path else None for member in members]
        live = self._live.pop(folder, None)
        rest = live.rest(members, stamps) if live else None
        if live is None or rest is None:
            live, rest = _Live(Recording(self._plan, ceilings().capture), entry=live.entry if live else None), None
        for number in range(len(members)) if rest is None else rest:
            stamp = stamps[number]
            live.crowded = live.crowded or (bool(live.files) and live.recording.crowded)
            if stamp is None or live.crowded:
                break
            self._read(live, members[number], stamp)
        if rest != [] and not live.crowded:
            self._tell(live)
        self._live[folder] = live
        while len(self._live) > MOST_LIVE:
            del self._live[next(iter(self._live))]

    def _read(self, live: _Live, member: Member, stamp: Stamp) -> None:
        if member.input.path is None:
            return
        self._were_read.append(member.input.source)
        info = live.recording.read(member.input.path, member.input.source)
        info.missing_files = member.missing
        live.files.append(_File(member, stamp, info))

    def _tell(self, live: _Live) -> None:
        """Keep what the recording says so far, in place of what it said before."""
        child = os.fork()
        if child == 0:
            try:
                self._keep(live)
            finally:
                os._exit(0)
        _wait(child)
        entry = self._kept / f"{self._key(live)}{ENDING}"
        if live.entry and live.entry != entry:
            live.entry.unlink(missing_ok=True)
        live.entry = entry

    def _keep(self, live: _Live) -> None:
        from scanner.recordings import readings

        found = [reading for _, reading in readings(live.recording, [(f.member.input, f.info) for f in live.files])]
        if not any(reading.facts.defects for reading in found):
            keep_entry(self._kept, self._reader, [file.kept for file in live.files], found)

    def _key(self, live: _Live) -> str:
        kept = [file.kept for file in live.files]
        return key_of(self._reader, [(file.source, file.sha256, file.missing) for file in kept])

    def _digests(self) -> dict[str, tuple[Stamp, str]]:
        """Of files that nobody can have changed since without another stamp."""
        before = (time.time() - QUIET) * 1e9
        found = {}
        for live in self._live.values():
            for file in live.files:
                path = file.member.input.path
                if path is not None and file.stamp[-1] < before and stamp_of(path) == file.stamp:
                    found[str(path)] = file.stamp, file.info.sha256
        return found


def _wait(child: int) -> None:
    """Until the process has ended; one that takes too long is ended, and a scan finds out why."""
    until = time.monotonic() + limits().input_seconds
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        if time.monotonic() > until:
            os.kill(child, signal.SIGKILL)
        time.sleep(0.01)


def _last(groups: Sequence[Sequence[Member]], ends: dict[str, int]) -> Sequence[Member]:
    return max(groups, key=lambda members: max(ends[member.input.source] for member in members))


def serve(connection: Connection, kept: Path, chosen: Ceilings, apart: Sequence[Path]) -> None:
    """Answer what is asked until nobody asks any more. apart: folders of rules, which are no inputs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it ends it
    use(chosen)
    rings = Rings(kept)
    while True:
        try:
            inputs, exclude = connection.recv()
        except EOFError:
            return
        exclusions = Exclusions(tuple(exclude), frozenset(folder.resolve() for folder in apart))
        found = [entry for entry in find_inputs(inputs, [], exclusions) if entry.kind is InputKind.CAPTURE]
        connection.send(rings.bring(found))
