"""What lies in a scanned folder and is left out on request, never in silence: ``--exclude`` and ``.otauditignore``.

Both are in the syntax of gitignore, relative to the folder that is scanned or in which the file lies. A file further
down has the last word over those above it, and ``--exclude`` over all of them. What is left out is an input of its own
in the results: which patterns, by their SHA-256, and what each of them left out. So is what nobody asked to leave out
and that is not examined all the same: hidden entries, devices, documentation, links to what is read already.
"""

from __future__ import annotations

import hashlib
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.errors import DefinitionError, Problem, reason
from scanner.names import shown
from scanner.provenance import Provenance
from scanner.wording import NOTHING, Plural, Said, at_line, said

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


IGNORE_FILE = ".otauditignore"
OPTION = "--exclude"
KIND = "exclusion"
NOT_EXAMINED = "not-examined"

# Patterns become regular expressions that go back over a name for each star: an ignore file is part of the evidence and
# may be hostile, so it may ask for what people write and for no more.
MAX_BYTES = 1 << 16
MAX_LINES = 1000
MAX_PATTERN = 512  # characters
MAX_STARS = 3  # in one part of a path
MAX_DOUBLE_STARS = 2
_BACKEND = "simple"  # of pathspec; what else may be installed takes no names that are not UTF-8
_NOTHING = "#"  # a pattern that fits nothing and keeps its number: pathspec does not count empty ones
_NAMED = 20  # files and folders that a pattern left out which the results name


@dataclass
class Patterns:
    """The patterns of one place. ``base``: the folder to which they are relative."""

    source: str
    base: Path
    lines: Sequence[str]
    spec: GitIgnoreSpec
    left_out: dict[int, list[str]] = field(default_factory=dict)  # by line, counted from 0

    def says(self, path: Path, *, folder: bool) -> bool | None:
        """True: left out, False: kept by a pattern with ``!``, None: no pattern fits."""
        name = path.relative_to(self.base).as_posix() + ("/" if folder else "")
        found = self.spec.check_file(name)
        if found.include and found.index is not None:
            self.left_out.setdefault(found.index, []).append(shown(path) + ("/" if folder else ""))
        return found.include

    def record(self) -> Provenance:
        """The patterns as an input, and what each of them left out."""
        data = "\n".join(self.lines).encode("utf-8", "surrogateescape")
        notes = tuple((self._place(line), _list(names)) for line, names in sorted(self.left_out.items()))
        return Provenance(self.source, KIND, len(data), hashlib.sha256(data).hexdigest(), True, notes)

    def _place(self, line: int) -> str:
        pattern = self.lines[line].strip()
        return pattern if self.source == OPTION else f"line {line + 1}: {pattern}"


@dataclass
class Exclusions:
    """What is left out of the folders of one run.

    patterns: those of ``--exclude``. rules: folders, resolved, of rules that judge and are no evidence.
    """

    patterns: Sequence[str] = ()
    rules: frozenset[Path] = frozenset()
    used: list[Patterns] = field(default_factory=list)
    passed_over: dict[str, dict[str, list[str]]] = field(default_factory=dict)  # folder -> why -> names

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        if self.patterns:
            compile_patterns(self.patterns, OPTION, problems, counted=False)
        if problems:
            raise DefinitionError(*problems)

    def within(self, folder: Path) -> Walked:
        """What decides inside one folder that is scanned."""
        if not self.patterns:
            return Walked(self, None)
        patterns = Patterns(OPTION, folder, self.patterns, compile_patterns(self.patterns, OPTION, []))
        self.used.append(patterns)
        return Walked(self, patterns)

    def skipped(self, folder: Path) -> dict[str, list[str]]:
        """Where a walk of the folder notes what it does not examine, by the reason."""
        return self.passed_over.setdefault(shown(folder), {})

    def count(self) -> int:
        """Files and folders left out; a folder is one, whatever is in it."""
        return sum(len(names) for patterns in self.used for names in patterns.left_out.values())

    def lines(self, *, each: bool) -> Iterator[Said]:
        """One line for each place that left something out; ``each``: for each of its patterns, with names."""
        for folder, why in self.passed_over.items() if each else ():
            yield from (
                said("not examined in {folder} ({reason}): {names}", folder=folder, reason=reason, names=_list(names))
                for reason, names in sorted(why.items())
            )
        for patterns in self.used:
            record = patterns.record()
            if each:
                yield from (
                    said("left out by {file} ({pattern}): {names}", file=record.source, pattern=pattern, names=names)
                    for pattern, names in record.notes
                )
            elif count := sum(map(len, patterns.left_out.values())):
                yield Plural(
                    "{n} file or folder is left out by {file}", "{n} files and folders are left out by {file}"
                ).of(count, file=record.source)

    def records(self) -> tuple[Provenance, ...]:
        """An input for each place whose patterns left something out, and for each folder not examined as a whole."""
        by_request = (patterns.record() for patterns in self.used if patterns.left_out)
        return (*by_request, *(_not_examined(folder, why) for folder, why in self.passed_over.items() if why))


def _not_examined(folder: str, why: Mapping[str, Sequence[str]]) -> Provenance:
    notes = tuple((reason, _list(names)) for reason, names in sorted(why.items()))
    return Provenance(folder, NOT_EXAMINED, 0, "", True, notes)


@dataclass
class Walked:
    """The patterns that hold in the folders of one walk, read as the walk comes to them."""

    run: Exclusions
    option: Patterns | None
    files: dict[Path, Patterns] = field(default_factory=dict)

    def enter(self, folder: Path, problems: list[Problem]) -> None:
        """Read the folder's ignore file, if there is one."""
        path = folder / IGNORE_FILE
        if not path.is_file():
            return
        source = shown(path)
        try:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        except OSError as error:
            problems.append(Problem(source, said("cannot be opened: {reason}", reason=reason(error))))
            return
        if len(data) > MAX_BYTES:
            what = said("larger than {bytes:,} bytes, so not used", bytes=MAX_BYTES)
            problems.append(Problem(source, what, remedy=said("shorten it")))
            return
        lines = data.decode("utf-8-sig", "surrogateescape").splitlines()
        self.files[folder] = Patterns(source, folder, lines, compile_patterns(lines, source, problems))
        self.run.used.append(self.files[folder])

    def leaves_out(self, path: Path, *, folder: bool) -> bool:
        """Whether the file or folder is left out. A folder that is left out is not entered."""
        nearest = [self.files[parent] for parent in path.parents if parent in self.files]
        for patterns in [*([self.option] if self.option else []), *nearest]:
            said = patterns.says(path, folder=folder)
            if said is not None:
                return said
        return False


def compile_patterns(
    lines: Iterable[str], source: str, problems: list[Problem], *, counted: bool = True
) -> GitIgnoreSpec:
    """The patterns ready for use. One that is wrong is a problem and fits nothing; ``counted``: say its line."""
    from pathspec import GitIgnoreSpec
    from pathspec.patterns.gitignore.base import GitIgnorePatternError

    good = []
    with warnings.catch_warnings():  # of re, on brackets within brackets
        warnings.simplefilter("ignore", FutureWarning)
        for number, line in enumerate(lines, 1):
            what = _too_much(line) if number <= MAX_LINES else said("more than {most:,} patterns", most=MAX_LINES)
            try:
                GitIgnoreSpec.from_lines([line], backend=_BACKEND)
            except (GitIgnorePatternError, re.error):
                what = said("not a gitignore pattern")
            if what:
                place, remedy = at_line(number) if counted else NOTHING, said("see docs/command-line.md")
                what = said("'{pattern}': {what}, so it leaves nothing out", pattern=_short(line), what=what)
                problems.append(Problem(source, what, place, remedy))
            good.append(_NOTHING if what or not line else line)
            if number > MAX_LINES:
                break
        return GitIgnoreSpec.from_lines(good, backend=_BACKEND)


def _too_much(pattern: str) -> Said:
    """What the pattern asks for beyond the limits, in words; empty when it is within them."""
    if pattern.startswith("#"):
        return NOTHING
    if len(pattern) > MAX_PATTERN:
        return said("longer than {most} characters", most=MAX_PATTERN)
    parts = pattern.strip().split("/")
    if parts.count("**") > MAX_DOUBLE_STARS:
        return said("more than {most} '**'", most=MAX_DOUBLE_STARS)
    if any(part.count("*") > MAX_STARS for part in parts):
        return said("more than {most} '*' in one part", most=MAX_STARS)
    return NOTHING


def _short(pattern: str) -> str:
    return pattern if len(pattern) <= 60 else f"{pattern[:57]}..."


def _list(names: Sequence[str]) -> str:
    """``3: a.bak, b.bak, c.bak``: how many, and the first of them."""
    shown = ", ".join(names[:_NAMED])
    return f"{len(names):,}: {shown}" + (", …" if len(names) > _NAMED else "")
