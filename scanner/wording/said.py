"""Sentences with their arguments. As text a ``Said`` is English; tables hold it with marks.

``said("session {name}", name="HMI, no password")`` reads ``session HMI, no password`` and is kept as
``session ⟨name|HMI, no password⟩``. The three marks are noncharacters, which Unicode leaves to programs; they are taken
out of everything that somebody else says. A sentence without arguments is one whole argument without a name.
"""

from __future__ import annotations

import functools
import re
import string
from collections.abc import Iterable
from typing import NamedTuple, Self

OPEN, NAME, CLOSE = "\ufdd0", "\ufdd1", "\ufdd2"
TERM = "#"  # before the key of a label
MARKS = OPEN + NAME + CLOSE
ARGUMENT = f"{OPEN}[^{MARKS}]*{NAME}"  # a pattern: the beginning of an argument
_MARK = re.compile(f"[{MARKS}]")
_ENDS = re.compile(f"[{OPEN}{CLOSE}]")
_HEAD = re.compile(ARGUMENT)
_NO_MARKS = str.maketrans("", "", MARKS)


class Said(str):
    """Something that otaudit says. marked: the sentence with its arguments, as tables hold it."""

    __slots__ = ("marked",)
    marked: str

    def __new__(cls, marked: str, text: str | None = None) -> Self:
        """From its form with marks. text: the same without them, where that is known."""
        made = super().__new__(cls, plain(marked) if text is None else text)
        made.marked = marked
        return made

    def __reduce__(self) -> tuple[type[Said], tuple[str, str]]:
        """For other processes."""
        return Said, (self.marked, str(self))


NOTHING = Said("", "")


class Argument(NamedTuple):
    """What stands in a sentence.

    name: its placeholder; empty for a whole sentence, ``#key`` for a label.
    value: with marks. pieces: the same, read.
    """

    name: str
    value: str
    pieces: tuple[str | Argument, ...]

    @property
    def ours(self) -> bool:
        """It is a sentence itself."""
        return not self.name or OPEN in self.value


def said(sentence: str, /, **arguments: object) -> Said:
    """The sentence of the catalogue with its arguments; ``{n:,}`` formats as usual. A ``Said`` argument stays one."""
    text, kept = [], []
    for literal, name, form in _placeholders(sentence):
        text.append(literal)
        kept.append(literal)
        if name is not None:
            value = arguments[name]
            shown = value if isinstance(value, Said) else format(value, form).translate(_NO_MARKS)
            text.append(shown)
            kept.append(f"{OPEN}{name}{NAME}{marked(shown)}{CLOSE}")
    whole = "".join(kept)
    return Said(whole if OPEN in whole else _sentence(whole), "".join(text))


@functools.lru_cache(maxsize=4096)
def _placeholders(sentence: str) -> tuple[tuple[str, str | None, str], ...]:
    """Literal text, the placeholder after it and its format; dissectors say the same few sentences all the time."""
    return tuple((literal, name, form or "") for literal, name, form, _ in string.Formatter().parse(sentence))


def kept(text: str) -> Said:
    """What a table holds; text without marks is what somebody else says."""
    return Said(text, plain(text)) if OPEN in text else verbatim(text)


def argument(text: str, name: str) -> str:
    """What a sentence, as a table holds it, has in this place; nothing when it has no such place."""
    return next((p.value for p in pieces_of(text) if isinstance(p, Argument) and p.name == name), "")


def verbatim(text: str) -> Said:
    """What somebody else says, as a whole; nothing when it is empty."""
    return said("{name}", name=text) if text else NOTHING


def joined(sentences: Iterable[str], mark: str = ", ") -> Said:
    """Several as one, in this order; empty ones are left out. mark: what stands between them, text or a term."""
    given = [each for each in sentences if each]
    if len(given) <= 1:
        return _as_said(given[0]) if given else NOTHING
    whole = (_sentence(marked(each)) for each in given)
    return Said(marked(mark).join(whole), mark.join(map(_clean, given)))


def _sentence(text: str) -> str:
    """The text with marks as one whole sentence."""
    return text if _is_whole(text) else f"{OPEN}{NAME}{text}{CLOSE}"


def _is_whole(text: str) -> bool:
    return text.startswith(OPEN + NAME) and _closing(text, 0) == len(text) - 1


def _as_said(text: str) -> Said:
    return text if isinstance(text, Said) else Said(_sentence(_clean(text)))


def parts(text: str) -> list[str]:
    """The sentences of a list, each once; a single one is a list of itself."""
    pieces = pieces_of(marked(text))
    whole = [p.value for p in pieces if isinstance(p, Argument) and not p.name]
    if len(pieces) <= 1 or not whole:
        return [text] if text else []
    return list(dict.fromkeys(Said(_sentence(value)) for value in whole))


def marked(text: str) -> str:
    """As tables hold it: only what otaudit says has marks."""
    return text.marked if isinstance(text, Said) else _clean(text)


def _clean(text: str) -> str:
    """Without marks, which somebody else may have put in."""
    return text.translate(_NO_MARKS) if OPEN in text or NAME in text or CLOSE in text else text


def plain(text: str) -> str:
    """In English, what a table holds."""
    return _clean(_HEAD.sub("", text)) if OPEN in text else str(text)


@functools.lru_cache(maxsize=4096)
def pieces_of(text: str) -> tuple[str | Argument, ...]:
    """Literal text and arguments by turns, of text with marks. Marks that do not match are left out."""
    levels: list[list[str | Argument]] = [[]]
    opened: list[tuple[str, int]] = []  # name, and where the value begins
    literal, naming = 0, -1  # where they begin
    for mark in _MARK.finditer(text):
        here = mark.start()
        if (mark[0] == NAME) != (naming >= 0) or (mark[0] == CLOSE and not opened):
            return (_clean(text),)
        if mark[0] == NAME:
            opened.append((text[naming:here], here + 1))
            levels.append([])
            naming = -1
        else:
            if here > literal:
                levels[-1].append(text[literal:here])
            if mark[0] == OPEN:
                naming = here + 1
            else:
                (name, begin), inner = opened.pop(), levels.pop()
                levels[-1].append(Argument(name, text[begin:here], tuple(inner)))
        literal = here + 1
    if opened or naming >= 0:
        return (_clean(text),)
    if literal < len(text):
        levels[-1].append(text[literal:])
    return tuple(levels[-1])


def _closing(text: str, start: int) -> int:
    first = text.find(CLOSE, start)
    if text.find(OPEN, start + 1, first) < 0:  # nothing within, as mostly
        return first
    depth = 0
    for mark in _ENDS.finditer(text, start):
        depth += 1 if mark[0] == OPEN else -1
        if not depth:
            return mark.start()
    return -1
