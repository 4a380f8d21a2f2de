"""The valid word that somebody probably meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from scanner.wording import NOTHING, Said, said


def plain(word: str) -> str:
    """Lower case, without spaces and punctuation."""
    return re.sub(r"[\W_]", "", word.lower())


def closest(word: str, words: Iterable[str]) -> Said:
    """``did you mean 'x'?`` for the valid word most like ``word``; nothing when none is near."""
    words = sorted(words)
    bare = plain(word)
    same = [w for w in words if plain(w) == bare]
    longer = [w for w in words if len(w) > 2 and bare.startswith(plain(w)) and not word[len(w) : len(w) + 1].isalnum()]
    nearly = difflib.get_close_matches(word.lower(), words, n=1, cutoff=0.9)
    near = (
        same
        or nearly
        or sorted(longer, key=len)[-1:]
        or difflib.get_close_matches(word.lower(), words, n=1, cutoff=0.6)
    )
    return said("did you mean '{word}'?", word=near[0]) if near else NOTHING


def one_of(words: Iterable[str]) -> Said:
    """``expected one of: a, b``."""
    return said("expected one of: {words}", words=", ".join(words))


def expected(word: str, words: Iterable[str]) -> Said:
    """The valid word that is near, else all of them."""
    words = list(words)
    return closest(word, words) or one_of(words)
