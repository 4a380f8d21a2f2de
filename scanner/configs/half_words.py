"""Commands that somebody wrote with half their words: devices take ``int gi1/1`` and ``tran inp tel`` of a script.

A dialect lists the commands that it judges by. A word that is none of those that may stand at its place, and the
beginning of one alone, stands for that one. What devices save is written out and stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_LEAST = 2  # letters of a word; "sw"
_ANY_NUMBER, _ANY_NAME = "#", "*"
_WORD = re.compile(r"\S+")

Words = Mapping[str, "Words"]


def words_of(commands: str) -> Words:
    """The words that may follow each other, of commands one a line. ``a|b``: one of them; ``#``: a number;
    ``*``: a name.
    """
    top: dict[str, dict[str, object]] = {}
    for line in commands.split("\n"):
        ends = [top]
        for choice in line.split():
            ends = [one.setdefault(word, {}) for one in ends for word in choice.split("|")]  # type: ignore[misc]
    return top  # type: ignore[return-value]


def in_full(text: str, words: Words, negation: str) -> str:
    """The command with its half words written out."""
    at = len(negation) if text.startswith(negation) else 0
    told = text[:at]
    while words and (found := _WORD.search(text, at)) is not None:
        word = found[0].lower()
        full = word if word in words else _meant(word, words)
        if full in (None, _ANY_NAME) and told.strip():
            full = _cut_at_hyphen(word, words, text[found.end() :].split()[:1]) or full
        if full is None:
            break
        as_written = full in (word, _ANY_NUMBER, _ANY_NAME)
        told += text[at : found.start()] + (found[0] if as_written else full)
        words, at = words[full], found.end()
    return told + text[at:]


def _cut_at_hyphen(word: str, words: Words, after: list[str]) -> str | None:
    """``allow vlan`` for ``allow-pass vlan``: what follows tells it from another command of that name."""
    found = [one for one, then in words.items() if one.startswith(word + "-") and after and after[0].lower() in then]
    return found[0] if len(found) == 1 else None


def _meant(word: str, words: Words) -> str | None:
    if word.isdecimal() and _ANY_NUMBER in words:
        return _ANY_NUMBER
    found = [one for one in words if len(word) >= _LEAST and one.startswith(word) and one[len(word)].isalpha()]
    return found[0] if len(found) == 1 else _ANY_NAME if _ANY_NAME in words and not found else None
