"""Texts made fit for the cells of a spreadsheet: on one line, not too long, and no formula."""

from __future__ import annotations

import unicodedata

from scanner.report._words import printable, say

LONGEST = 32_767  # UTF-16 units in a cell: Excel cuts what is longer, and breaks a CSV row there

_WRITTEN_OUT = str.maketrans({"\n": "\\n", "\r": "\\r", "\t": "\\t"})
_UNSEEN = {"Cc", "Cf", "Zs", "Zl", "Zp", "Mn"}  # categories of characters that show nothing before a formula
_UNSEEN_TOO = '"\u115f\u1160\u3164\uffa0'  # quotes, which a reader of CSV takes away, and letters that show nothing
_BEGINS = "=+-@\u2212"


def on_one_line(text: str) -> str:
    """The text with line ends and all that steers a screen written out."""
    return text if text.isprintable() else printable(text).translate(_WRITTEN_OUT)


def fitting(text: str, language: str) -> str:
    """The text, cut where it is too long for a cell, and that it is said."""
    if len(text) * 2 <= LONGEST or _units(text) <= LONGEST:
        return text
    note = say(language, "cell-cut", n=len(text))
    room = (LONGEST - _units(note)) * 2
    kept = text.encode("utf-16-le", "surrogatepass")[:room].decode("utf-16-le", "ignore")
    return kept + note


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def neutral(text: str) -> str:
    """The text with an apostrophe before whatever a spreadsheet would take for a formula (OWASP, "CSV Injection").

    Also after each semicolon: where that is the list separator, a spreadsheet may begin a cell there.
    """
    if ";" not in text:
        return f"'{text}" if begins_formula(text) else text
    return ";".join(f"'{part}" if begins_formula(part) else part for part in text.split(";"))


def begins_formula(text: str) -> bool:
    """The first character that can be seen begins a formula, in its ASCII form or another."""
    if text[:1].isascii() and text[:1].isalnum():
        return False
    first = next((c for c in text if unicodedata.category(c) not in _UNSEEN and c not in _UNSEEN_TOO), "")
    return bool(first) and unicodedata.normalize("NFKC", first)[0] in _BEGINS
