"""Words of a line, where names may stand in quotation marks."""

from __future__ import annotations

import re

_WORDS = re.compile(r'"[^"]*"?|\S+')


def words_of(text: str) -> list[str]:
    """The words; what is in quotation marks is one."""
    return _WORDS.findall(text)
