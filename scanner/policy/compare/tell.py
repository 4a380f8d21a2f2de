"""Differences in words, and many like ones put together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Difference(NamedTuple):
    """One difference. sign: + only in the second policy, - only in the first, ~ changed. part: what it is about."""

    sign: str
    part: str
    what: str

    def __str__(self) -> str:
        return f"{self.sign} {self.part}: {self.what}"


Group = tuple[frozenset[str], ...]


def grouped(rows: Iterable[Sequence[str]], width: int) -> list[Group]:
    """Rows of ``width`` words as few groups, each of which stands for every combination of its words."""
    groups: set[Group] = {tuple(frozenset([word]) for word in row) for row in rows}
    for column in reversed(range(width)):
        together: dict[Group, frozenset[str]] = {}
        for group in groups:
            rest = group[:column] + group[column + 1 :]
            together[rest] = together.get(rest, frozenset()) | group[column]
        groups = {(*rest[:column], words, *rest[column:]) for rest, words in together.items()}
    return sorted(groups, key=lambda group: [sorted(words) for words in group])


def listed(words: Iterable[str]) -> str:
    """``a, b and c``."""
    ordered = sorted(words)
    return ordered[0] if len(ordered) == 1 else f"{', '.join(ordered[:-1])} and {ordered[-1]}"
