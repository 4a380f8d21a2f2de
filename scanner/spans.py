"""Many objects, units or display filters as one text that a person reads."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeVar

from scanner.intervals import united

MOST_SPANS = 16  # of one kind of object that are named
MOST_FILTERS = 4  # display filters that become one; beyond it the conversation is what shows them all

MOST_NUMBERS = 8  # in what an object is called; more of them are left as they are

# Zeros in front, and letters behind, belong to a name; a range is at the end.
_NUMBER = re.compile(r"(?<![\d-])(0*?)(0|[1-9]\d{0,17})(?:-(0|[1-9]\d{0,17})\Z|(?![\w-]))")
_COUNTED = re.compile(r"\([\d,]+\)\Z")  # several already
_Span = tuple[int, int]
_Any = TypeVar("_Any")


def units(of: Iterable[str]) -> str:
    """The unit, or what units there are."""
    different = set(of)
    return different.pop() if len(different) == 1 else spans(different)


def either(filters: Iterable[str | None]) -> str:
    """A display filter for what any of these shows; nothing where they are many."""
    different = sorted({each or "" for each in filters})
    if len(different) == 1:
        return different[0]
    return " || ".join(f"({each})" for each in different) if all(different) and len(different) <= MOST_FILTERS else ""


def spans(objects: Iterable[str]) -> str:
    """What objects there are: those that differ in one number as ranges of it, ``MOST_SPANS`` at most, then an ellipsis
    and the last of them; behind it how many objects they were.

    >>> spans(["register 1-10", "register 11", "register 20", "status"])
    'register 1-11, 20; status (4)'
    >>> spans(["DB1.DBB0 x 16", "DB1.DBB16 x 16", "DB1.DBB17 x 16"])
    'DB1.DBB0, 16-17 x 16 (3)'
    """
    known = sorted(set(objects))
    alike: defaultdict[tuple[str, ...], list[tuple[_Span, ...]]] = defaultdict(list)
    for each in known:
        words, numbers = _parts(each)
        alike[words].append(numbers)
    numbered = [each for words, numbers in alike.items() if numbers[0] for each in _alike(words, numbers)]
    named = [words[0] for words, numbers in alike.items() if not numbers[0] and words[0]]
    return f"{'; '.join(map(str, _shown([*numbered, *named])))} ({len(known):,})"


class _Alike(NamedTuple):
    """Objects that differ in one of their numbers, and what they have in common: most are counted and never named."""

    words: Sequence[str]
    before: tuple[_Span, ...]
    moving: list[_Span]
    after: tuple[_Span, ...]

    def __str__(self) -> str:
        moved = ", ".join(_shown([_range(*span) for span in united(self.moving)]))
        between = [*(_range(*n) for n in self.before), moved, *(_range(*n) for n in self.after), ""]
        return "".join(word + number for word, number in zip(self.words, between, strict=True))


def _alike(words: Sequence[str], every: Sequence[tuple[_Span, ...]]) -> list[_Alike]:
    """Objects with the same words around their numbers: as few texts as one number can make of them."""
    moving = min(range(len(every[0]) - 1, -1, -1), key=lambda place: len({n[:place] + n[place + 1 :] for n in every}))
    found: defaultdict[tuple[tuple[_Span, ...], tuple[_Span, ...]], list[_Span]] = defaultdict(list)
    for numbers in every:
        found[numbers[:moving], numbers[moving + 1 :]].append(numbers[moving])
    return [_Alike(words, before, spans, after) for (before, after), spans in found.items()]


@lru_cache(maxsize=65_536)
def _parts(text: str) -> tuple[tuple[str, ...], tuple[_Span, ...]]:
    """What an object is called around its numbers, and from which to which each goes; many clients touch the same."""
    parts = _NUMBER.split(text) if not _COUNTED.search(text) else [text]
    if len(parts) > 4 * MOST_NUMBERS:
        parts = [text]
    pairs = zip(parts[2::4], parts[3::4], strict=True)
    numbers = [(int(first), max(int(first), int(last or first))) for first, last in pairs]
    words = (word + zeros for word, zeros in zip(parts[::4], [*parts[1::4], ""], strict=True))
    return tuple(words), tuple(numbers)


def _range(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def _shown(parts: Sequence[_Any]) -> list[_Any | str]:
    return [*parts] if len(parts) <= MOST_SPANS else [*parts[: MOST_SPANS - 1], "…", parts[-1]]
