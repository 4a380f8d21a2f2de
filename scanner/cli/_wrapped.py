"""Text in lines of a terminal, in languages that are written without blanks and take two columns for a character.

The rules of UAX 14 that such help texts need: a line may end after any ideograph, but does not begin with a mark that
closes, nor end with one that opens.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from scanner.columns import columns

_WIDE = "\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6"
_OPENS, _CLOSES = "“‘（《〈「『【", "”’，。、；：？！）》〉」』】…"
_LETTER = re.compile(f"[{_WIDE}]")
_PIECE = re.compile(rf"(\s*)([{_OPENS}]*(?:[^\s{_WIDE}{_OPENS}{_CLOSES}]+|[^\s])[{_CLOSES}]*)")
Wrap = Callable[..., str]


def wrapping(otherwise: Wrap) -> Wrap:
    """As click's ``wrap_text``, which does what this leaves to it."""

    def wrapped(
        text: str, width: int = 78, initial_indent: str = "", subsequent_indent: str = "", *more: bool, **how: bool
    ) -> str:
        if not _LETTER.search(initial_indent + text):
            return otherwise(text, width, initial_indent, subsequent_indent, *more, **how)
        if not (how.get("preserve_paragraphs") or any(more)):
            return "\n".join(_lines(text, width, initial_indent, subsequent_indent))
        return "\n\n".join(_paragraph(each, width, initial_indent, subsequent_indent) for each in text.split("\n\n"))

    return wrapped


def _paragraph(text: str, width: int, first: str, rest: str) -> str:
    if text.startswith("\b\n"):  # lines that are to stay as they are
        return "\n".join(rest + line for line in text.splitlines()[1:])
    return "\n".join(_lines(text, width, first, rest))


def _lines(text: str, width: int, first: str, rest: str) -> Iterator[str]:
    line = first
    for blank, piece in _PIECE.findall(text):
        longer = line + blank + piece
        if columns(longer) > width and line.strip():
            yield line
            longer = rest + piece
        line = longer
    yield line
