"""Edits of text files, line by line."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

_LINE = re.compile(r"[^\n]*\n|[^\n]+")  # as readers count lines: other characters that may end one end none

_CONTEXT = 3  # lines around a change


@dataclass(frozen=True)
class TextEdit:
    """Lines of a file are taken out, and others put in their place.

    source: the file, as inputs call it. after: the number of the line behind which it begins; 0: at the beginning.
    removed: how many lines go. findings: ids of those for whose sake. loosens: it allows something. heading: stands
    above what is added, once for all edits of the same lines.
    """

    source: str
    after: int
    removed: int
    added: tuple[str, ...]
    findings: frozenset[str]
    loosens: bool = False
    heading: tuple[str, ...] = ()


def edited(text: str, edits: Iterable[TextEdit]) -> str:
    """The text with these edits of it. Line ends stay as they are; what is added has those of the first line."""
    lines = _LINE.findall(text)
    end = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += end
    together: defaultdict[tuple[int, int, tuple[str, ...]], list[str]] = defaultdict(list)
    for edit in sorted(edits, key=lambda e: (e.after, e.added)):
        together[edit.after, edit.removed, edit.heading] += edit.added
    for (after, removed, heading), added in sorted(together.items(), reverse=True):
        lines[after : after + removed] = [f"{line}{end}" for line in (*heading, *added)]
    return "".join(lines)


def lines_of(text: str) -> list[str]:
    """The lines of a text, as edits count them, without their ends."""
    return [line.removesuffix("\n").removesuffix("\r") for line in _LINE.findall(text)]


def by_source(edits: Iterable[TextEdit]) -> Mapping[str, list[TextEdit]]:
    """The edits of each file."""
    found: defaultdict[str, list[TextEdit]] = defaultdict(list)
    for edit in edits:
        found[edit.source].append(edit)
    return found


def diff(texts: Mapping[str, str], edits: Iterable[TextEdit], open_to_all: Collection[str] = ()) -> Iterator[str]:
    """A unified diff of all files, line by line, as ``patch`` takes it. texts: of each file, as it is.

    open_to_all: files that hold no secrets. Of the others nothing is shown but what changes: beside an entry of a list
    there may be a password.
    """
    for source, own in sorted(by_source(edits).items()):
        before, after = _LINE.findall(texts[source]), _LINE.findall(edited(texts[source], own))
        around = _CONTEXT if source in open_to_all else 0
        name = f"{source}\t" if re.search(r"\s", source) else source  # a name ends at the first blank, but for a tab
        for line in difflib.unified_diff(before, after, name, name, n=around):
            yield line.removesuffix("\n")
            if not line.endswith("\n"):
                yield "\\ No newline at end of file"
