"""The folder of entries: finding them, keeping new ones, and taking out what is no longer asked for."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from scanner.errors import Problem, reason
from scanner.facts.frames import Facts
from scanner.inputs import Input, InputKind
from scanner.reading import Reading
from scanner.recordings import Member
from scanner.store.entry import KeptFile, Unfit, content_of, files_of, key_of, readings_of
from scanner.store.known import KnownFiles
from scanner.store.program import reader_digest
from scanner.succession import place_of
from scanner.wording import said

ENDING = ".recording"
MOST_ENTRIES = 100_000
KEPT_FOR = 86_400  # seconds for which an entry stays that nobody asks for
_PART = ".part"


class Store:
    """Entries of this otaudit, by the digests of their files. problems: what of them could not be used, or be kept."""

    def __init__(self, folder: Path, known: KnownFiles = KnownFiles()) -> None:  # noqa: B008 - immutable
        self.problems: list[Problem] = []
        self._folder = folder
        self._reader = reader_digest()
        self._known = known
        self._longest: dict[str, list[tuple[Path, list[KeptFile]]]] = {}  # by the SHA-256 of the last file
        self._digests: dict[Input, str] = {}
        self._ends: dict[str, int] = {}  # SHA-256 -> when the file ends
        self._sizes: set[int] = set()
        self._used: set[str] = set()
        self._usable = self._is_ours()
        for path in self._entries():
            self._learn(path)

    def _is_ours(self) -> bool:
        if not self._folder.is_symlink() and (self._folder.is_dir() or not self._folder.exists()):
            return True
        self._tell(self._folder, said("it is no folder"))
        return False

    def _entries(self) -> Iterator[Path]:
        if not self._usable:
            return
        yield from (path for path in self._listed()[:MOST_ENTRIES] if path.name.endswith(ENDING))

    def _listed(self) -> list[Path]:
        """All that lies in the folder."""
        try:
            return sorted(self._folder.iterdir())
        except FileNotFoundError:
            return []
        except OSError as error:
            self._tell(self._folder, reason(error))
            return []

    def _learn(self, path: Path) -> None:
        try:
            files = files_of(path, self._reader) or []
        except (Unfit, OSError) as error:
            self._refuse(path, error)
            return
        if files and path != self._path([(file.source, file.sha256, file.missing) for file in files]):
            self._refuse(path, Unfit(said("it is of other files")))
            return
        for file in files:
            self._ends[file.sha256] = file.last_time
            self._sizes.add(file.size)
        if files:
            self._longest.setdefault(files[-1].sha256, []).append((path, files))

    def ends(self, entries: Sequence[Input]) -> dict[str, int]:
        """When those of the captures end that are known, by their names. Only what may be known is read for it."""
        asked = [entry for entry in entries if entry.path is not None and entry.size() in self._sizes]
        with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
            self._digests |= dict(zip(asked, threads.map(self._digest, asked), strict=True))
        found = {entry.source: self._ends.get(self._digests[entry]) for entry in asked}
        return {source: end for source, end in found.items() if end is not None}

    def find(self, members: Sequence[Member]) -> dict[Input, Reading] | None:
        """What was read of the recording; None when it is not known, or its entry is damaged, which is told."""
        files = [(m.input.source, self._digests.get(m.input, ""), m.missing) for m in members]
        path = self._path(files)
        if not self._usable or not all(digest for _, digest, _ in files):
            return None
        longer: Sequence[Member] = members
        if not path.exists() and self._known.gone:
            path, longer = self._with_files_that_are_gone(path, files, members)
        if not path.exists():
            return None
        try:
            found = _left(readings_of(path, self._reader, longer), members)
            os.utime(path)
        except FileNotFoundError:  # another scan has taken it out
            return None
        except (Unfit, OSError) as error:
            self._refuse(path, error)
            return None
        self._used.add(path.name)
        return found

    def _with_files_that_are_gone(
        self, path: Path, files: Sequence[tuple[str, str, int]], members: Sequence[Member]
    ) -> tuple[Path, Sequence[Member]]:
        """The entry of a recording that began before these files, and all of its files."""
        for longer, held in self._longest.get(files[-1][1], ()):
            gone, left = held[: -len(files)], held[-len(files) :]
            alike = [(f.source, f.sha256) for f in left] == [(source, digest) for source, digest, _ in files]
            ring = {place_of(file.source) for file in held}
            if alike and gone and len(ring) == 1 and not any("\\" in f.source or Path(f.source).exists() for f in gone):
                before = [Member(Input(InputKind.CAPTURE, file.source), file.missing) for file in gone]
                after = [Member(m.input, file.missing) for m, file in zip(members, left, strict=True)]
                return longer, [*before, *after]
        return path, members

    def _digest(self, entry: Input) -> str:
        """SHA-256 of the file as it lies there now; empty when it cannot be read, which reading it says."""
        try:
            if entry.path is None:
                return ""
            known = self._known.digest(entry.path)
            if known:
                return known
            with entry.path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            return ""

    def keep(self, files: Sequence[KeptFile], readings: Sequence[Reading]) -> None:
        """Keep what was read of a recording. When that fails it is told, and the recording is read again next time."""
        path = self._path([(file.source, file.sha256, file.missing) for file in files])
        self._used.add(path.name)
        if not self._usable:
            return
        try:
            keep_entry(self._folder, self._reader, files, readings)
        except OSError as error:
            what = said("what was read cannot be kept: {reason}", reason=reason(error))
            self.problems.append(Problem(str(self._folder), what, remedy=said("its captures are read again next time")))

    def prune(self) -> None:
        """Take out what nobody asked for of late, and drafts of scans that were ended."""
        before = time.time() - KEPT_FOR
        for path in self._listed() if self._usable else ():
            try:
                ours = path.name.endswith((ENDING, _PART)) and path.name not in self._used
                if ours and path.lstat().st_mtime < before:
                    path.unlink()
            except OSError:  # another scan was faster
                continue

    def _path(self, files: Sequence[tuple[str, str, int]]) -> Path:
        return self._folder / f"{key_of(self._reader, files)}{ENDING}"

    def _refuse(self, path: Path, error: Unfit | OSError) -> None:
        """Tell of a damaged entry, and take it out."""
        self._tell(path, error.why if isinstance(error, Unfit) else reason(error))
        try:
            path.unlink()
        except OSError:
            return

    def _tell(self, path: Path, why: str) -> None:
        what = said("what was kept of captures cannot be used: {reason}", reason=why)
        self.problems.append(Problem(str(path), what, remedy=said("they are read again")))


def _left(found: dict[Input, Reading], members: Sequence[Member]) -> dict[Input, Reading]:
    """What belongs to files that are gone goes to the first that is left."""
    here = [member.input for member in members]
    gone = [reading for entry, reading in found.items() if entry not in here]
    if not gone:
        return found
    first = found[here[0]]
    facts = [reading.facts for reading in (*gone, first) if reading.facts.tables]
    problems = dict.fromkeys(problem for reading in (*gone, first) for problem in reading.problems)
    joined = Reading(facts[0] if len(facts) == 1 else Facts().merge(*facts), tuple(problems))
    return {entry: joined if entry == here[0] else found[entry] for entry in here}


def keep_entry(folder: Path, reader: str, files: Sequence[KeptFile], readings: Sequence[Reading]) -> None:
    """Keep what was read of a recording; OSError, also where the folder is a link to somewhere else."""
    if folder.is_symlink():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    key = key_of(reader, [(file.source, file.sha256, file.missing) for file in files])
    content = content_of(reader, files, readings)
    for again in (True, True, False):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            _put(folder / f"{key}{ENDING}", content)
        except FileNotFoundError:  # another scan has just put its facts in place, and the folder with them
            if not again:
                raise
        else:
            return


def _put(path: Path, content: bytes) -> None:
    """Write the file whole or not at all, in place of whatever bears its name, links included."""
    handle, name = tempfile.mkstemp(prefix=".", suffix=_PART, dir=path.parent)
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
