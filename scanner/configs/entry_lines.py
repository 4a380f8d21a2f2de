"""Which lines of a configuration are one entry of an access list, and may go together.

An entry is deleted where its lines are its own and stand together: a rule of iptables is a line, one of FortiOS a block
from ``edit`` to ``next``, one of Junos a block in braces or the commands that begin alike. Each dialect that can tell
has a function for it (``Dialect.entry_lines``).
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from scanner.wording import Said, said

SEVERAL = said("its line stands for other entries, too")
APART = said("its lines do not stand together, or others name it")


@dataclass(frozen=True)
class Extent:
    """The lines of an entry, from 1; or why they are not deleted. instead: what is put in their place."""

    first: int = 0
    last: int = 0
    instead: tuple[str, ...] = ()
    why: Said | None = None


EntryLines = Callable[[Sequence[str], int, int, str], Extent]
"""(lines, first, last, name): the lines of the entry of this name, of which evidence has those from first to last."""


def extent(find: EntryLines, text: str, first: int, last: int, name: str) -> Extent:
    """The lines of an entry of which the evidence names the lines from ``first`` to ``last``. name: of the entry."""
    lines = text.split("\n")
    return find(lines, first, last, name) if 0 < first <= last <= len(lines) else Extent(why=APART)


def as_given(_: Sequence[str], first: int, last: int, __: str) -> Extent:
    """Each entry has lines of its own, which is what evidence names."""
    return Extent(first, last)


def when_asked(package: str) -> EntryLines:
    """``extent`` of the module ``entry_lines`` in a dialect's folder, imported when it is asked for the first time."""

    def find(lines: Sequence[str], first: int, last: int, name: str) -> Extent:
        found: EntryLines = importlib.import_module(f"{package}.entry_lines").extent
        return found(lines, first, last, name)

    return find


_WORDS = re.compile(r'"(?:[^"\\]|\\.)*"|\S+')


def commands(lines: Sequence[str], first: int, name: str, kinds: Sequence[str]) -> Extent:
    """The ``set`` commands that begin as the first of an entry does, up to its name. kinds: the words before a name."""
    words = _WORDS.findall(lines[first - 1])
    own = name.rsplit("/", 1)[-1]
    at = next((n for n, w in enumerate(words) if w in kinds and words[n + 1 : n + 2] in ([own], [f'"{own}"'])), -1)
    if at < 0 or "groups" in words[:at]:
        return Extent(why=SEVERAL)
    path = words[1 : at + 2]
    found = []
    for number, line in enumerate(lines, 1):
        verb, *rest = _WORDS.findall(line) or [""]
        if verb in ("edit", "top", "up"):
            return Extent(why=APART)
        if rest[: len(path)] == path:
            if verb != "set":
                return Extent(why=APART)
            found.append(number)
    if not found or found != [*range(found[0], found[-1] + 1)]:
        return Extent(why=APART)
    return Extent(found[0], found[-1])


def element(tag: str) -> EntryLines:
    """The element that begins in the line, where it shares its lines with nothing else."""
    attribute = r"\s+[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*')"
    tags = re.compile(
        rf"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<(?P<opens>{tag})(?:{attribute})*\s*(?P<empty>/)?>|</(?P<closes>{tag})\s*>",
        re.DOTALL,
    )

    def find(lines: Sequence[str], first: int, _: int, __: str) -> Extent:
        text = "\n".join(lines)
        start = sum(len(line) + 1 for line in lines[: first - 1])
        depth, begin = 0, -1
        for piece in _pieces(tags, text, start):
            if piece["opens"] and begin < 0:
                begin = piece.start()
            depth += bool(piece["opens"] and not piece["empty"]) - bool(piece["closes"])
            if begin < 0 and depth < 0:
                return Extent(why=APART)
            if begin >= 0 and depth == 0:
                return _whole_lines(text, begin, piece.end())
        return Extent(why=APART)

    return find


def _pieces(tags: re.Pattern[str], text: str, start: int) -> Iterator[re.Match[str]]:
    for piece in tags.finditer(text, start):
        if piece["opens"] or piece["closes"]:
            yield piece


def _whole_lines(text: str, begin: int, end: int) -> Extent:
    before = text[text.rfind("\n", 0, begin) + 1 : begin]
    stop = text.find("\n", end)
    behind = text[end : stop if stop >= 0 else len(text)]
    if before.strip() or behind.strip():
        return Extent(why=SEVERAL)
    return Extent(text.count("\n", 0, begin) + 1, text.count("\n", 0, end) + 1)
