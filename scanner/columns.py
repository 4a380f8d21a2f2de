"""How wide text stands on a terminal, in a cell, or in a drawing."""

from __future__ import annotations

import unicodedata


def columns(text: str) -> int:
    """Width of the text in columns; East Asian wide characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
