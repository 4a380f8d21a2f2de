"""What was expected instead of a word that does not exist."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from scanner.wording import NOTHING, Said, said

LISTED = 30  # words that a hint lists when none is near


def expected(word: str, known: Iterable[str]) -> Said:
    """``did you mean 'x'?`` for the known word most like ``word``, whatever its case; else what is possible."""
    spelled = {w.lower(): w for w in known}
    near = difflib.get_close_matches(word.lower(), sorted(spelled), n=1, cutoff=0.6)
    if near:
        return said("did you mean '{word}'?", word=spelled[near[0]])
    listed = sorted(spelled.values())
    if len(listed) > LISTED:
        more = len(listed) - LISTED
        return said("expected one of: {words} and {count} more", words=", ".join(listed[:LISTED]), count=more)
    return said("expected one of: {words}", words=", ".join(listed)) if listed else NOTHING
