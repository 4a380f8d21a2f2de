"""What is said, in one of the languages that have a catalogue."""

from __future__ import annotations

import functools

from scanner.catalogues import ENGLISH, labels, sentences
from scanner.wording.rendered import Language, rendered
from scanner.wording.said import OPEN, Said, plain


def spoken(text: str, language: str) -> str:
    """The text, a ``Said`` or as tables hold it, in the language; what has no marks is what somebody else says."""
    marked = text.marked if isinstance(text, Said) else text
    if OPEN not in marked:
        return str(text)
    return plain(marked) if language == ENGLISH else _spoken(marked, language)


@functools.lru_cache(maxsize=65_536)
def _spoken(marked: str, language: str) -> str:
    return rendered(marked, Language(sentences(language), labels(language)))
