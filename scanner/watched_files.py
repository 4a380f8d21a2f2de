"""Files that somebody may write while they are looked at: what came, changed and went, and which are complete."""

from __future__ import annotations

import errno
import os
import signal
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

QUIET = 2.0  # seconds since its last change before which no file is complete
SETTLED = 30.0  # the same where the system does not say whether somebody writes it
ABANDONED = 600.0  # the same where the system says that somebody does, and nothing comes
Stamp = tuple[int, int, int, int, int]  # device, inode, size, times of change of content and of anything


@dataclass(frozen=True)
class Look:
    """The files as they were at one time. unfinished: those that are still being written, which are among none."""

    stamps: dict[Path, Stamp]
    unfinished: tuple[Path, ...] = ()

    def changes(self, before: Look) -> tuple[int, int, int]:
        """How many files came, changed and went."""
        came = self.stamps.keys() - before.stamps.keys()
        went = before.stamps.keys() - self.stamps.keys()
        changed = sum(before.stamps.get(path, stamp) != stamp for path, stamp in self.stamps.items())
        return len(came), changed, len(went)


def look(places: Iterable[Path], aside: Iterable[Path] = (), most: int = 1_000_000) -> Look:
    """The files, and those in folders, links to folders not followed. aside: files and folders that are passed over.

    most: files that are looked at.
    """
    passed = {path.resolve() for path in aside}
    stamps: dict[Path, Stamp] = {}
    unfinished: list[Path] = []
    for path in _files(places, passed):
        if len(stamps) + len(unfinished) >= most:
            break
        try:
            found = path.stat()
        except OSError:  # gone meanwhile
            continue
        if is_written(path, found.st_mtime):
            unfinished.append(path)
        else:
            stamps[path] = _stamp(found)
    return Look(stamps, tuple(unfinished))


def stamp_of(path: Path) -> Stamp | None:
    """The file as it is now; None when it is not there."""
    try:
        return _stamp(path.stat())
    except OSError:
        return None


def _stamp(found: os.stat_result) -> Stamp:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _files(places: Iterable[Path], passed: set[Path]) -> Iterator[Path]:
    for place in places:
        if not place.is_dir():
            yield place
            continue
        for folder, folders, names in os.walk(place):
            here = Path(folder)
            folders[:] = sorted(name for name in folders if (here / name).resolve() not in passed)
            yield from (here / name for name in sorted(names) if (here / name).resolve() not in passed)


def is_written(path: Path, changed: float) -> bool:
    """Somebody writes the file still, as far as can be told. changed: when its content did last."""
    age = time.time() - changed
    if 0 <= age < QUIET:
        return True
    open_elsewhere = _open_for_writing(path)
    return 0 <= age < (SETTLED if open_elsewhere is None else ABANDONED if open_elsewhere else 0)


def _open_for_writing(path: Path) -> bool | None:
    """A process of this machine has it open to write to it; None where the system does not say.

    Linux grants a lease for reading only on files that nobody has open for writing.
    """
    try:
        import fcntl

        lease, shared, unlock = fcntl.F_SETLEASE, fcntl.F_RDLCK, fcntl.F_UNLCK
    except (ImportError, AttributeError):
        return None
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        fcntl.fcntl(handle, lease, shared)
        fcntl.fcntl(handle, lease, unlock)
    except OSError as error:
        return True if error.errno == errno.EAGAIN else None
    finally:
        os.close(handle)
    return False


def bear_with_leases() -> None:
    """Whoever opens a file to write while it is looked at sends a signal, which would end the process."""
    if hasattr(signal, "SIGIO"):
        signal.signal(signal.SIGIO, signal.SIG_IGN)
