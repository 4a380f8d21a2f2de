"""Words that states read letter by letter."""

from __future__ import annotations

from collections.abc import Iterable


def letters_after(words: Iterable[str]) -> dict[str, list[str]]:
    """Of every beginning of a word, the empty one first and the word itself too, the letters that may follow."""
    beginnings = {word[:n] for word in words for n in range(len(word) + 1)} | {""}
    after: dict[str, list[str]] = {}
    for begun in sorted(beginnings, key=lambda b: (len(b), b)):
        after[begun] = []
        if begun:
            after[begun[:-1]].append(begun[-1])
    return after
