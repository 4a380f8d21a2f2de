"""How a line with several settings of one entry becomes paths of words, one for each of them.

Which words stand side by side in an entry is a table: the entry, and its words with how many follow each.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence

MOST_DEEP = 64  # words of a path; the deepest statements have some twenty
ANY = "*"
_ENTRIES = 16_384  # whose words are remembered

Rows = Iterable[tuple[str, ...]]


class StatementPaths:
    """The words of a system that stand side by side.

    rows: (entry, words), the entry as words of which ``*`` is any, its words as ``word/how-many-follow``.
    scoped: the path without the names of groups or systems that any statement can be in.
    """

    def __init__(self, rows: Callable[[], Rows], scoped: Callable[[Sequence[str]], Sequence[str]]) -> None:
        self._rows = rows
        self._scoped = scoped
        self._of_entry = functools.lru_cache(maxsize=_ENTRIES)(self._looked_up)

    def of(self, words: Sequence[str], above: Sequence[str] = ()) -> list[list[str]]:
        """The paths below ``above`` that the words of a statement are: one for each member of a list, for each
        attribute.
        """
        return [path[len(above) :] for each in _single(words) for path in self._paths(each, list(above))]

    def _paths(self, words: list[str], above: list[str]) -> Iterator[list[str]]:
        """The paths of one statement, with those of the block in front."""
        path, owner = list(above), len(above)
        attributes = self._attributes(path)
        left = own = -1  # words that are still to come of an attribute, and how many it has
        for word in words:
            if left == 0 and (word in attributes or own):  # the one before has all its words
                yield path
                path, left = path[:owner], -1
            if left < 0 and owner == len(path) and word in attributes:
                left = own = attributes[word]
                path = [*path, word]
                continue
            path = [*path, word]
            if left > 0:
                left -= 1
            elif found := self._attributes(path):
                attributes, owner, left = found, len(path), -1
            else:
                left = -1
        yield path[: MOST_DEEP + len(above)]

    def _attributes(self, path: Sequence[str]) -> dict[str, int]:
        """The words that stand side by side in the entry at the path, with how many follow each."""
        path = self._scoped(path)
        return self._of_entry(tuple(path)) if len(path) <= self._longest else {}

    def _looked_up(self, path: tuple[str, ...]) -> dict[str, int]:
        for pattern, found in self._table.get(len(path), ()):
            if all(theirs in (ANY, mine) for theirs, mine in zip(pattern, path, strict=True)):
                return found
        return {}

    @functools.cached_property
    def _longest(self) -> int:
        return max(self._table, default=0)

    @functools.cached_property
    def _table(self) -> dict[int, list[tuple[list[str], dict[str, int]]]]:
        found: dict[int, list[tuple[list[str], dict[str, int]]]] = {}
        for entry, listed in self._rows():
            pattern = entry.split()
            each = (word.partition("/") for word in listed.split())
            found.setdefault(len(pattern), []).append((pattern, {word: int(n or 0) for word, _, n in each}))
        return found


def _single(words: Sequence[str]) -> Iterator[list[str]]:
    """The words once for each member of the lists in them. Of several lists each member stands beside the first one of
    the others.
    """
    if "[" not in words:
        yield list(words)
        return
    pieces = list(_pieces(words))
    first = [word for piece in pieces for word in piece[:1]]
    yield first
    at = 0
    for piece in pieces:
        for member in piece[1:]:
            yield [*first[:at], member, *first[at + 1 :]]
        at += bool(piece)


def _pieces(words: Sequence[str]) -> Iterator[list[str]]:
    """Each word by itself, each list with its members."""
    listed: list[str] | None = None
    for word in words:
        if word == "[":
            listed = [] if listed is None else listed
        elif word == "]":
            if listed is not None:
                yield listed
            listed = None
        elif listed is None:
            yield [word]
        else:
            listed.append(word)
    if listed is not None:
        yield listed
