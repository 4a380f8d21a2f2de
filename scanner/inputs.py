"""Which inputs there are and what each is: recognised by content, never by extension."""

from __future__ import annotations

import enum
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from scanner import office
from scanner.errors import InputError, Problem, reason
from scanner.exclusions import Exclusions
from scanner.limits import limits
from scanner.names import shown
from scanner.unpacked import holds, holds_several, is_archive, is_packed, only_file, unpack
from scanner.walk import Walk
from scanner.wording import Said, said

if TYPE_CHECKING:
    from scanner.configs.chosen import ChosenDialects

HEAD = 65536  # bytes looked at to recognise a file


class InputKind(enum.StrEnum):
    """What an input is."""

    CAPTURE = "capture"
    INVENTORY = "inventory"
    POLICY = "policy"
    CONFIGURATION = "configuration"
    FACTS = "facts"
    ANSWERS = "answers"
    ADVISORY = "advisory"
    OUTPUT = "output"  # of switches: what they learnt


@dataclass(frozen=True)
class Input:
    """One input, named ``source`` in reports. ``stream`` is set for standard input, ``url`` for a capture that lies
    elsewhere and has ``length`` bytes, ``path`` for everything else.

    content: of a file in an archive, which ``path`` names then.
    """

    kind: InputKind
    source: str
    path: Path | None = None
    stream: BinaryIO | None = None
    dialect: str = ""  # of a configuration, where the user names it
    content: bytes | None = field(default=None, repr=False)
    url: str = ""
    length: int = 0

    def size(self) -> int:
        """Bytes; 0 when that is not known."""
        try:
            return self.path.stat().st_size if self.path is not None else self.length
        except OSError:
            return 0


# Files that lie beside evidence in any repository and are none: what otaudit wrote itself, and documentation.
_BESIDE = (".md", ".rst", ".html", ".sarif", ".pdf")
_READ = {
    InputKind.CAPTURE,
    InputKind.CONFIGURATION,
    InputKind.POLICY,
    InputKind.ANSWERS,
    InputKind.ADVISORY,
    InputKind.OUTPUT,
}
_MAPPING = ".columns.yaml"  # says what the columns of the list beside it mean, and is read with that
_FACTS, _FACTS_MARK = "facts.json", b'"otaudit_facts"'
_OWN_RESULTS = (b'"otaudit_results"', b"sarif-schema-2.1.0", b"<testsuites", b"otaudit recording\n")


def find_inputs(
    arguments: Iterable[str],
    problems: list[Problem],
    exclusions: Exclusions | None = None,
    dialects: ChosenDialects | None = None,
) -> Iterator[Input]:
    """Every input that the arguments name; what is missing or not recognised is added to ``problems``.

    exclusions: decides what of a folder is left out, and remembers that and what is not examined for other reasons.
    What an argument names itself is never left out. dialects: those that the user names for files.
    """
    exclusions = exclusions or Exclusions()
    for argument in arguments:
        path = Path(argument)
        try:
            if path.is_dir():
                for entry in _in_folder(path, shown(argument), problems, exclusions, dialects):
                    yield from _each(entry, problems, dialects)
            else:
                kind = recognise(path, shown(argument)) if not _named(path, dialects) else InputKind.CONFIGURATION
                if kind is None and dialects and dialects.general:
                    kind = InputKind.CONFIGURATION
                yield from _each(given(shown(argument), kind, path), problems, dialects)
        except InputError as error:
            problems.append(error.problem)


def _named(path: Path, dialects: ChosenDialects | None) -> str:
    """The dialect that the user names for this very file; empty when he names none."""
    return dialects.of(path.as_posix()) if dialects else ""


def _with_dialect(entry: Input, dialects: ChosenDialects | None) -> Input:
    if not dialects or entry.kind is not InputKind.CONFIGURATION or entry.path is None:
        return entry
    return replace(entry, dialect=_named(entry.path, dialects) or dialects.general)


def _each(entry: Input, problems: list[Problem], dialects: ChosenDialects | None) -> Iterator[Input]:
    """The input, or of an archive each configuration in it; what of it is not read is one problem."""
    path = entry.path
    if entry.kind is not InputKind.CONFIGURATION or path is None or not holds_several(path, _head(path, entry.source)):
        yield _with_dialect(entry, dialects)
        return
    from scanner.configs import reader as configurations

    def wanted(name: str, head: bytes) -> bool:
        return bool(_named(path / name, dialects)) or configurations.recognises(head)

    found = unpack(path, limits().configuration_bytes, HEAD, wanted)
    for name, data in found.files:
        dialect = (_named(path / name, dialects) or dialects.general) if dialects else ""
        yield Input(InputKind.CONFIGURATION, f"{entry.source}/{shown(name)}", path, dialect=dialect, content=data)
    others = [name for name in found.others if not name.lower().endswith(_BESIDE)]
    if others:
        named = ", ".join(shown(name) for name in others[:_NAMED_FILES])
        what = said(
            "files in it are no device configuration, so not examined ({n:,}): {names}", n=len(others), names=named
        )
        problems.append(Problem(entry.source, what, remedy=said("unpack what is to be read")))
    if found.flaw:
        problems.append(Problem(entry.source, found.flaw, remedy=said("unpack it, and name the folder")))


_NAMED_FILES = 5  # files of an archive
_FOREIGN = (
    (b"%PDF", said("is a PDF file"), said("export the data as a workbook, CSV, YAML or JSON")),
    (b"7z\xbc\xaf\x27\x1c", said("is a 7-Zip archive"), said("unpack it first")),
    (b"Rar!", said("is a RAR archive"), said("unpack it first")),
)


def refuse_foreign(head: bytes, source: str, content: Path | bytes) -> None:
    """InputError for well-known kinds of file that hold no input as they are. ``head``: how ``content`` begins."""
    if office.is_container(head):
        found = office.look(content)
        if not found.workbook and not found.own:
            raise InputError(source, unsupported(found.what), remedy=found.remedy)
    for magic, what, remedy in _FOREIGN:
        if head.startswith(magic):
            raise InputError(source, unsupported(what), remedy=remedy)


def given(source: str, kind: InputKind | None, path: Path) -> Input:
    """An input that the user named himself and that therefore must be something."""
    if kind is None:
        if system := _known_system(path, source):
            raise InputError(source, _no_dialect(system), remedy=_NO_DIALECT)
        if reason := _no_inventory(path, source):
            raise InputError(source, said("no inventory: {reason}", reason=reason), remedy=_NO_INVENTORY)
        if _is_web_page(path, source):
            raise InputError(source, _WEB_PAGE, remedy=_SAVE_IT)
        raise InputError(
            source,
            said("not recognised as a capture, inventory, policy or device configuration"),
            remedy=said("check the file, or convert it to one of the documented formats"),
        )
    return Input(kind, source, path)


def _in_folder(
    folder: Path,
    argument: str,
    problems: list[Problem],
    exclusions: Exclusions,
    dialects: ChosenDialects | None = None,
) -> Iterator[Input]:
    found = False
    before = exclusions.count()
    walk = Walk(folder, exclusions, problems, _is_evidence)
    for path in walk.files():
        source = shown(path)
        try:
            kind = InputKind.CONFIGURATION if _named(path, dialects) else recognise(path, source)
        except InputError as error:
            if path.name.lower().endswith(_BESIDE) and os.access(path, os.R_OK):
                walk.skip("documentation", path)
            else:
                problems.append(error.problem)
            continue
        if kind is not None:
            found = True
            yield Input(kind, source, path)
        else:
            _aside(path, source, problems, walk)
    if not found:
        left_out = exclusions.count() - before
        what = said("no capture, inventory, policy or device configuration in this folder")
        remedy = said("check the path")
        if left_out:
            remedy = said("check the patterns that leave out {count:,} of its files and folders", count=left_out)
        problems.append(Problem(argument, what, remedy=remedy))


def _aside(path: Path, source: str, problems: list[Problem], walk: Walk) -> None:
    """Say of a file that is no input why it is none, where that is not what everybody expects."""
    if _is_saved_facts(path.parent):
        if path.name == _FACTS:
            what = said("holds saved facts, which are not read as part of a folder")
            remedy = said("name it with --facts, or move it elsewhere")
            problems.append(Problem(shown(path.parent), what, remedy=remedy))
    elif path.name.lower().endswith(_MAPPING):
        return
    elif reason := _beside(path):
        walk.skip(reason, path)
    elif system := _known_system(path, source):
        problems.append(Problem(source, _no_dialect(system), remedy=_NO_DIALECT))
    elif lacking := _no_inventory(path, source):
        what = said("no inventory, so not examined: {reason}", reason=lacking)
        problems.append(Problem(source, what, remedy=_NO_INVENTORY))
    elif _is_web_page(path, source):
        problems.append(Problem(source, _WEB_PAGE, remedy=_SAVE_IT))
    else:
        problems.append(
            Problem(source, said("not recognised, so not examined"), remedy=said("remove it or convert it"))
        )


_NO_DIALECT = said("check the device by hand, or add a dialect (CONTRIBUTING.md)")
_NO_INVENTORY = said("leave it out; if it is one, name it with -i and map its columns with a columns file")


def _no_inventory(path: Path, source: str) -> Said:
    """What the file lacks to be a list of assets, where that can be told."""
    from scanner.assets.readers import lacking

    return lacking(_head(path, source))


def unsupported(what: Said) -> Said:
    """``is a PDF file, which is not supported``."""
    return said("{what}, which is not supported", what=what)


_WEB_PAGE = unsupported(said("is a web page"))
_SAVE_IT = said("a table in it is to be saved as a workbook or CSV")


def _is_web_page(path: Path, source: str) -> bool:
    """As programs write that call it .xls."""
    return _head(path, source).lstrip()[:14].lower().startswith((b"<!doctype html", b"<html", b"<table"))


def _no_dialect(system: str) -> Said:
    return unsupported(said("a configuration of {system}", system=system))


def _known_system(path: Path, source: str) -> str:
    """The system whose configuration the file is, although no dialect reads it; empty for any other file."""
    from scanner.configs.reader import known_system

    return known_system(_head(path, source))


def _is_evidence(path: Path) -> bool:
    """A file that is not read would have said something about the plant."""
    try:
        return path.is_file() and recognise(path, "") in _READ
    except InputError:
        return False


def _is_saved_facts(folder: Path) -> bool:
    """``scanner.facts.saved`` wrote the folder."""
    about = folder / _FACTS
    return about.is_file() and _FACTS_MARK in _head(about, shown(about))[:200]


def _beside(path: Path) -> str:
    """Why nobody expects the file to be read; empty when it should have been."""
    if path.name.lower().endswith(_BESIDE):
        return "documentation"
    from scanner.assets.readers.csv_file import is_own

    head = _head(path, shown(path))
    own = office.look(path).own if office.is_container(head) else is_own(head)
    return "written by otaudit" if own or any(mark in head for mark in _OWN_RESULTS) else ""


def recognise(path: Path, source: str) -> InputKind | None:
    """What the file is by its first bytes, None if nothing knows it; InputError when it is empty or not readable."""
    head = _head(path, source)
    if not head:
        raise InputError(source, said("the file is empty"), remedy=said("copy or export it again"))
    from scanner import advisories, answers, outputs, policy
    from scanner.assets import readers as inventories
    from scanner.capture.files.magic import is_capture
    from scanner.configs import reader as configurations

    if is_packed(head) and configurations.recognises((only_file(path, HEAD) or b"")[:HEAD]):
        return InputKind.CONFIGURATION
    if is_archive(head) and holds(path, HEAD, configurations.recognises):
        return InputKind.CONFIGURATION
    kinds: tuple[tuple[InputKind, Callable[[], bool]], ...] = (
        (InputKind.CAPTURE, lambda: is_capture(head)),
        (InputKind.ANSWERS, lambda: answers.recognises(head)),
        (InputKind.ADVISORY, lambda: advisories.recognises(head)),
        (InputKind.POLICY, lambda: policy.recognises(path.name, head)),
        (InputKind.CONFIGURATION, lambda: configurations.recognises(head)),
        (InputKind.OUTPUT, lambda: outputs.recognises(head)),
        (InputKind.INVENTORY, lambda: inventories.recognises(head, path)),
    )
    for kind, is_one in kinds:
        if is_one():
            return kind
    refuse_foreign(head, source, path)
    return None


def _head(path: Path, source: str) -> bytes:
    try:
        mode = path.stat().st_mode
        if stat.S_ISFIFO(mode):  # what is read to look at it would be gone, and without a writer it never comes
            remedy = said("give it as standard input: -")
            raise InputError(source, said("is a pipe, which cannot be looked at first"), remedy=remedy)
        if not stat.S_ISREG(mode):
            what = unsupported(said("is a device or socket"))
            raise InputError(source, what, remedy=said("name a file"))
        with path.open("rb") as file:
            return file.read(HEAD)
    except FileNotFoundError:
        raise InputError(source, said("no such file or folder"), remedy=said("check the path")) from None
    except ValueError:  # a zero byte in the name
        raise InputError(source, said("is not a valid file name"), remedy=said("check the path")) from None
    except OSError as error:
        raise InputError(source, said("cannot be opened: {reason}", reason=reason(error))) from error
