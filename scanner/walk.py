"""What lies in a folder that is scanned: every entry is given to be read, or it is listed as not examined.

Links are followed once: what they lead to is known by device and inode, so nothing is read twice and no circle is run
through. Real entries come before links, so that a file is called by the name under which it lies.
"""

from __future__ import annotations

import os
import stat
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

from scanner.errors import Problem, reason
from scanner.exclusions import IGNORE_FILE, Exclusions
from scanner.limits import limits
from scanner.names import shown
from scanner.wording import said

MAX_HIDDEN = 20_000  # entries of hidden folders that are looked at
_OWN = (IGNORE_FILE, ".otaudit.yaml")
_NO_EVIDENCE = (".git", ".hg", ".svn", ".venv", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".tox")  # nor looked at
_HIDDEN = "hidden"
_RULES = "rules, named with --rules"
_TWICE = "link to what is read already"
_BACK = "link to a folder that holds this one"
_DEVICES = (
    (stat.S_ISSOCK, "socket"),
    (stat.S_ISCHR, "device"),
    (stat.S_ISBLK, "device"),
)


class Walk:
    """One walk below ``root``. ``is_evidence``: whether a file that is passed over would have been read."""

    def __init__(
        self, root: Path, exclusions: Exclusions, problems: list[Problem], is_evidence: Callable[[Path], bool]
    ) -> None:
        self._root, self._problems, self._is_evidence = root, problems, is_evidence
        self._left_out = exclusions.within(root)
        self._rules = exclusions.rules
        self._skipped = exclusions.skipped(root)
        self._known: set[tuple[int, int]] = set()
        self._above = {identity for path in root.resolve().parents if (identity := _identity(path))}
        self._entries = 0

    def files(self) -> Iterator[Path]:
        """Files below the folder, in name order; what links lead to comes last."""
        links: deque[Path] = deque()
        yield from self._below(self._root, links)
        while links:
            yield from self._linked(links.popleft(), links)

    def skip(self, reason: str, path: Path) -> None:
        """List an entry as not examined."""
        self._skipped.setdefault(reason, []).append(shown(path))

    def _below(self, folder: Path, links: deque[Path]) -> Iterator[Path]:
        waiting = [folder]
        while waiting:
            here = waiting.pop()
            if not self._is_new(here):
                self.skip(_TWICE, here)
                continue
            folders = []
            for entry in self._entries_of(here):
                path = here / entry.name
                if self._passed_over(entry, path):
                    continue
                if entry.is_symlink():
                    links.append(path)
                elif entry.is_dir(follow_symlinks=False):
                    folders.append(path)
                else:
                    yield from self._file(path)
            waiting += reversed(folders)

    def _entries_of(self, folder: Path) -> list[os.DirEntry[str]]:
        self._left_out.enter(folder, self._problems)
        try:
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            what = said("cannot be opened, so nothing in it was examined: {reason}", reason=reason(error))
            self._problems.append(Problem(shown(folder), what, remedy=said("check who may read it")))
            return []
        most = limits().folder_entries
        room = max(0, most - self._entries)
        self._entries += len(entries)
        if len(entries) > room:
            what = said(
                "more than {most:,} files and folders; {count:,} of this one are not examined",
                most=most,
                count=len(entries) - room,
            )
            remedy = said("scan its folders one by one, or set --limit folder-entries")
            self._problems.append(Problem(shown(folder), what, remedy=remedy))
        return entries[:room]

    def _passed_over(self, entry: os.DirEntry[str], path: Path) -> bool:
        """The entry is left out on request, or is hidden."""
        if entry.name in _OWN or self._left_out.leaves_out(path, folder=entry.is_dir()):
            return True
        if entry.name.startswith("."):
            self._hidden(path)
            return True
        if self._rules and path.resolve() in self._rules:
            self.skip(_RULES, path)
            return True
        return False

    def _file(self, path: Path) -> Iterator[Path]:
        try:
            status = path.stat()
        except OSError:  # a link to nothing, or gone: who reads it says so
            yield path
            return
        for is_device, what in _DEVICES:
            if is_device(status.st_mode):
                self.skip(what, path)
                return
        if self._is_new(path, status):
            yield path
        else:
            self.skip(_TWICE, path)

    def _linked(self, link: Path, links: deque[Path]) -> Iterator[Path]:
        if not link.is_dir():
            yield from self._file(link)
        elif _identity(link) in self._above:
            self.skip(_BACK, link)
        else:
            yield from self._below(link, links)

    def _is_new(self, path: Path, status: os.stat_result | None = None) -> bool:
        """It was not met before under this or another name."""
        identity = _identity(path, status)
        if identity is None:
            return True
        new = identity not in self._known
        self._known.add(identity)
        return new

    def _hidden(self, path: Path) -> None:
        """Hidden entries are not read; that evidence is among them is a problem, not only a note."""
        self.skip(_HIDDEN, path)
        if path.name in _NO_EVIDENCE or path.is_symlink():
            return
        for number, file in enumerate(_all_files(path)):
            if number == MAX_HIDDEN:
                what = said("more than {most:,} files in a hidden folder; the rest was not looked at", most=MAX_HIDDEN)
                remedy = said("name the folder itself to have it examined")
                self._problems.append(Problem(shown(path), what, remedy=remedy))
                return
            if self._is_evidence(file):
                remedy = said("name it itself, or leave it out: --exclude")
                self._problems.append(Problem(shown(file), said("is hidden, so not examined"), remedy=remedy))


def _all_files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        for here, folders, names in os.walk(path):
            folders[:] = sorted(set(folders).difference(_NO_EVIDENCE))
            yield from (Path(here) / name for name in sorted(names))
    else:
        yield path


def _identity(path: Path, status: os.stat_result | None = None) -> tuple[int, int] | None:
    """Device and inode; None where the file system has none, or the entry is gone."""
    try:
        status = status or path.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if status.st_ino else None
