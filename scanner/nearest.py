"""The valid word that somebody probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def closest(word: str, words: Iterable[str]) -> str:
    """``did you mean 'x'?`` for the valid word most like ``word``; empty when none is near."""
    near = difflib.get_close_matches(word.lower(), sorted(words), n=1, cutoff=0.6)
    return f"did you mean '{near[0]}'?" if near else ""
