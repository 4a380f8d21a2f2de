"""Where definitions lie: the packaged ones, and those in folders of a user, which are laid out in the same way.

A folder may be anybody's. Only plain files in it are read, none that a link leads to outside of it, and not for ever.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterable, Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from scanner.bounded import read_up_to
from scanner.errors import DefinitionError, Problem, reason
from scanner.limits import limits
from scanner.names import shown
from scanner.wording import NOTHING, Said, said

FRAMEWORKS, PROFILES, REMEDIES, DRAFTS = "frameworks", "profiles", "remedies", "drafts"
PACKS = "packs"  # where the list of files of a pack would lie
WORDS = "words"  # catalogues of languages
NOT_FAMILIES = (FRAMEWORKS, PROFILES, REMEDIES, DRAFTS, PACKS, WORDS)
NURSERY = "nursery"  # a folder of rules that are not proven, or of folders of these
MOST_ENTRIES = 10_000  # of a folder, whatever they are
MOST_BYTES = 64 << 20  # of the definitions in it
MOST_DEEP = 8  # folders in folders
_SUFFIX, _CATALOGUES = ".yaml", ".po"


class DefinitionFile(NamedTuple):
    """One file.

    source: as errors name it. folder: in which it lies: the family of a rule, or ``frameworks`` and the like.
    origin: the name of the user's folder; empty for what comes with otaudit. name: its path in that folder.
    """

    source: str
    folder: str
    content: bytes
    origin: str = ""
    name: str = ""

    @property
    def in_nursery(self) -> bool:
        """It lies in a folder of that name, below the folder of the user or otaudit's own."""
        return NURSERY in (self.folder, *PurePosixPath(self.name).parts[:-1])

    @property
    def digest(self) -> str:
        """SHA-256."""
        return hashlib.sha256(self.content).hexdigest()


def packaged() -> Iterator[DefinitionFile]:
    """Everything that comes with otaudit, in the order of the names."""
    for folder in _sorted(files("scanner.rules")):
        if folder.is_dir():
            for file in _sorted(folder):
                if file.name.endswith(_SUFFIX):
                    yield DefinitionFile(f"rules/{folder.name}/{file.name}", folder.name, file.read_bytes())


def packaged_file(source: str) -> DefinitionFile:
    """The one of these that has the source."""
    _, folder, name = source.split("/")
    return DefinitionFile(source, folder, files("scanner.rules").joinpath(folder, name).read_bytes())


def _sorted(folder: Traversable) -> list[Traversable]:
    return sorted(folder.iterdir(), key=lambda entry: entry.name)


def rule_families(given: Iterable[DefinitionFile]) -> dict[str, str]:
    """The ids of the rules in these files, which are their names, and the family of each."""
    return {stem_of(file.source): file.folder for file in given if file.folder not in NOT_FAMILIES}


def stem_of(source: str) -> str:
    """What a file is called without ``.yaml``, which is the id of what it defines."""
    return source.replace("\\", "/").rpartition("/")[2].removesuffix(_SUFFIX)


def content_of(path: Path) -> bytes:
    """What is in a file, as far as it may be long. DefinitionError when it cannot be read."""
    try:
        return read_up_to(path, limits().yaml_bytes)
    except OSError as error:
        raise DefinitionError(Problem(str(path), said("cannot be read: {reason}", reason=reason(error)))) from None


def named(paths: Iterable[Path]) -> Iterator[DefinitionFile]:
    """Files, and those in folders, as somebody names them who tests them. DefinitionError when one cannot be read."""
    for path in paths:
        found = (
            sorted(f for f in path.rglob(f"*{_SUFFIX}") if f.parent.name not in NOT_FAMILIES)
            if path.is_dir()
            else [path]
        )
        if not found:
            raise DefinitionError(Problem(str(path), said("no rule files (*.yaml) in this folder")))
        for file in found:
            yield DefinitionFile(str(file), file.absolute().parent.name, content_of(file))


def own(folders: Iterable[Path]) -> tuple[DefinitionFile, ...]:
    """All definitions in the folders of a user. DefinitionError with everything that cannot be used."""
    found: list[DefinitionFile] = []
    problems: list[Problem] = []
    origins: list[str] = []
    known: set[Path] = set()
    for folder in folders:
        root = folder.resolve()
        if root in known:  # named twice
            continue
        known.add(root)
        if root.is_file() and root.suffix.lower() == ".zip":
            try:
                found += _of_pack(folder, origins)
            except DefinitionError as error:
                problems += error.problems
            continue
        origins.append(_origin(root, origins))
        here = _Folder(folder, root, origins[-1])
        found += here.definitions()
        problems += here.problems
    if problems:
        raise DefinitionError(*problems)
    return tuple(found)


def _of_pack(path: Path, origins: list[str]) -> Iterator[DefinitionFile]:
    """The definitions in a zip, and its list of files, by whose digest results say which it was."""
    from scanner.engine.definitions.packs import MANIFEST, read_pack

    pack = read_pack(path)
    origins.append(pack.origin)
    yield DefinitionFile(f"{path}/{MANIFEST}", PACKS, pack.manifest, pack.origin, MANIFEST)
    for name, content in sorted(pack.files.items()):
        parts = PurePosixPath(name).parts
        aside = any(part.startswith(".") or part == DRAFTS for part in parts)
        folder = parts[-2] if len(parts) > 1 else pack.name
        if name.endswith(_CATALOGUES if folder == WORDS else _SUFFIX) and not aside:
            yield DefinitionFile(f"{path}/{name}", folder, content, pack.origin, name)


def _origin(root: Path, taken: Collection[str]) -> str:
    """What reports call a folder: its name, since the whole path may tell who uses the machine."""
    name = shown(Path(root.name)) or "rules"
    number = 1 + sum(other == name or other.startswith(f"{name} (") for other in taken)
    return name if number == 1 else f"{name} ({number})"


class _Folder:
    """Reads one folder; what cannot be used is a problem and the rest is still read."""

    def __init__(self, folder: Path, root: Path, origin: str) -> None:
        self.problems: list[Problem] = []
        self._folder, self._root, self._origin = folder, root, origin
        self._left = MOST_BYTES

    def definitions(self) -> list[DefinitionFile]:
        """Its definitions in the order of their paths."""
        if not self._root.is_dir():
            missing = said("is a file, not a folder") if self._root.exists() else said("no such folder")
            self._note(self._folder, missing, said("name the folder that holds the rules"))
            return []
        found = [file for path in sorted(self._paths()) if (file := self._read(path))]
        if not found and not self.problems:
            what = said("no rules, frameworks, profiles or remedies (*.yaml) in this folder")
            self._note(self._folder, what, said("see docs/rules.md"))
        return found

    def _paths(self) -> Iterator[Path]:
        entries = 0
        for here, folders, names in os.walk(self._folder, onerror=self._closed):
            place = Path(here)
            entries += len(folders) + len(names)
            if entries > MOST_ENTRIES:
                what = said("holds more than {entries:,} files and folders", entries=MOST_ENTRIES)
                problem = Problem(str(self._folder), what, remedy=said("name a folder of rules alone"))
                raise DefinitionError(problem)  # it is another folder than was meant
            folders[:] = [name for name in folders if not name.startswith(".") and name != DRAFTS]
            for name in [name for name in folders if (place / name).is_symlink()]:
                self._note(place / name, said("is a link to a folder"), said("put the folder itself there"))
            if len(place.relative_to(self._folder).parts) >= MOST_DEEP and folders:
                self._note(place, said("folders lie too deep in each other"), said("lay them out like rules/"))
                folders.clear()
            yield from (path for name in names if (path := place / name) and self._is_definition(path))

    def _is_definition(self, path: Path) -> bool:
        if path.name.startswith("."):
            return False
        if path.suffix.lower() in {".yml", ".yaml"} and path.suffix != _SUFFIX:
            self._note(path, said("is not read under this name"), said("let its name end in .yaml"))
        return path.suffix == (_CATALOGUES if path.parent.name == WORDS else _SUFFIX)

    def _read(self, path: Path) -> DefinitionFile | None:
        try:
            if not path.resolve().is_relative_to(self._root):
                self._note(path, said("is a link out of the folder"), said("put the file itself there"))
                return None
            if not path.is_file():
                self._note(path, said("is not a plain file"), said("remove it"))
                return None
            content = read_up_to(path, limits().yaml_bytes)
        except (OSError, RuntimeError) as error:  # a circle of links
            why = reason(error) if isinstance(error, OSError) else str(error)
            self._note(path, said("cannot be read: {reason}", reason=why))
            return None
        self._left -= len(content)
        if self._left < 0:
            if self._left + len(content) >= 0:
                what = said("holds more than {bytes:,} bytes of definitions", bytes=MOST_BYTES)
                self._note(self._folder, what, said("name a folder of rules alone"))
            return None
        name = path.relative_to(self._folder)
        folder = shown(Path(name.parent.name)) if name.parent.name else self._root.name
        return DefinitionFile(str(path), folder, content, self._origin, shown(Path(name.as_posix())))

    def _closed(self, error: OSError) -> None:
        self._note(Path(error.filename or self._folder), said("cannot be read: {reason}", reason=reason(error)))

    def _note(self, path: Path, what: Said, remedy: Said = NOTHING) -> None:
        self.problems.append(Problem(str(path), what, remedy=remedy))
