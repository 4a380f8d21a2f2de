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


FOUND = "found"


def search(words: Iterable[str]) -> dict[str, dict[str, str]]:
    """How words are found wherever they stand (Aho-Corasick): of every beginning of one, the empty one first, by letter
    the beginning that is read then or ``FOUND``; any other letter leads back to the empty one.
    """
    known = frozenset(words)
    beginnings = sorted({word[:n] for word in known for n in range(len(word))}, key=lambda b: (len(b), b))
    letters = sorted({letter for word in known for letter in word})

    def after(read: str) -> str:
        ends = [read[n:] for n in range(len(read) + 1)]
        return FOUND if any(end in known for end in ends) else next(end for end in ends if end in beginnings)

    return {begun: {c: then for c in letters if (then := after(begun + c))} for begun in beginnings}
