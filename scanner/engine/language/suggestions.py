"""What was expected instead of a word that does not exist."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

LISTED = 30  # words that a hint lists when none is near


def expected(word: str, known: Iterable[str]) -> str:
    """``did you mean 'x'?`` for the known word most like ``word``, whatever its case; else what is possible."""
    spelled = {w.lower(): w for w in known}
    near = difflib.get_close_matches(word.lower(), sorted(spelled), n=1, cutoff=0.6)
    if near:
        return f"did you mean '{spelled[near[0]]}'?"
    listed = sorted(spelled.values())
    more = f" and {len(listed) - LISTED} more" if len(listed) > LISTED else ""
    return f"expected one of: {', '.join(listed[:LISTED])}{more}" if listed else ""
