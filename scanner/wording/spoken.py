"""What is said, in one of the languages that have a catalogue."""

from __future__ import annotations

import functools

from scanner.catalogues import ENGLISH, labels, sentences
from scanner.wording.rendered import Language, rendered
from scanner.wording.said import OPEN, TERM, Argument, Said, pieces_of, plain


def spoken(text: str, language: str) -> str:
    """The text, a ``Said`` or as tables hold it, in the language; what has no marks is what somebody else says."""
    marked = text.marked if isinstance(text, Said) else text
    if OPEN not in marked:
        return str(text)
    return plain(marked) if language == ENGLISH else _spoken(marked, language)


@functools.lru_cache(maxsize=65_536)
def is_known(marked: str, language: str) -> bool:
    """The catalogue of the language has the sentence, or there is nothing in it to translate."""
    pieces = pieces_of(marked)
    names = [piece.name for piece in pieces if isinstance(piece, Argument)]
    if language == ENGLISH or "" in names or any(name.startswith(TERM) for name in names):
        return True
    sentence = "".join(f"{{{p.name}}}" if isinstance(p, Argument) else p for p in pieces)
    words = "".join(piece for piece in pieces if isinstance(piece, str))
    return not any(map(str.isalpha, words)) or sentence in sentences(language).general


@functools.lru_cache(maxsize=65_536)
def _spoken(marked: str, language: str) -> str:
    return rendered(marked, Language(sentences(language), labels(language)))
