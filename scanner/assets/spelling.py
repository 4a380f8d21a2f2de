"""Headers and words of lists as one spelling."""

from __future__ import annotations

import functools
import re
import unicodedata

_DROPPED = re.compile(r"[\s\-_.()\[\]{}\"'’/:#*°ºª\ufeff]")
_ACCENTS = re.compile("[\u0300-\u036f]")  # of Latin letters; those of kana are letters of their own
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


_SHORT = 100  # characters; what is longer is no header, and would fill the cache


def normalise(header: str) -> str:
    """Lower case, full-width forms folded, umlauts written out, no accents, spaces, hyphens, underscores, dots or
    brackets.
    """
    return _kept(header) if len(header) <= _SHORT else _normalised(header)


def _normalised(header: str) -> str:
    before = header
    for _ in range(4):  # dropping a space may join a letter and a mark, which is then another letter
        text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", before).casefold())
        text = _DROPPED.sub("", text.translate(_UMLAUTS))
        if not text.isascii():
            text = unicodedata.normalize("NFKC", _ACCENTS.sub("", unicodedata.normalize("NFD", text)))
        if text == before:
            break
        before = text
    return text


_kept = functools.lru_cache(maxsize=4096)(_normalised)  # each header is looked up in several ways
