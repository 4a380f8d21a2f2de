"""Cells for an IP address that say why none is listed: a DHCP server gives it, or the device has no network."""

from __future__ import annotations

import re
import unicodedata

from scanner.code_tables import rows_table

_LONGEST = 60  # characters of such a cell
_KIND = {word: kind for word, kind in rows_table(__package__, "unnumbered.tsv")}  # noqa: C416 - which tells types
_WORD = re.compile(r"\d+|[a-zà-ÿ]+|[^\W\d_a-zà-ÿ]+")


def is_how_given(word: str) -> bool:
    """Whether the word beside an address says how the device came by it."""
    return _KIND.get(word.casefold()) == "given"


def has_none(text: str) -> bool:
    """Whether all words of a cell say that no address can be listed."""
    if len(text) > _LONGEST:
        return False
    kinds = {_KIND.get(word, "") for word in _WORD.findall(unicodedata.normalize("NFKC", text).casefold())}
    return bool(kinds - {"beside"}) and "" not in kinds
