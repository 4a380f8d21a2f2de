"""Texts in front of which no system is recognised: what a banner says is anybody's, and must not hide a file."""

from __future__ import annotations

import re

from scanner.configs.tree import MAX_UNCLOSED

_OPENS = re.compile(
    rb"\n(?:banner(?: [a-z-]{1,20})?|header [a-z-]{1,20}(?: information)?)[ \t]+(?P<mark>\^C|[^\s\w])|"
    rb"\nbanner [a-z-]{1,20}[ \t]*(?=\n)",
    re.IGNORECASE,
)
_WORD = b"\nEOF\n"  # ends the banners that open without a mark


def without_banners(head: bytes) -> bytes:
    """The beginning of a file with the texts of its banners left out; the lines that open them stay."""
    lines, kept, at, unclosed = b"\n" + head, [], 0, 0
    for opened in _OPENS.finditer(lines):
        if opened.start() < at or unclosed > MAX_UNCLOSED:
            continue
        mark = opened["mark"] or _WORD
        end = lines.find(mark, opened.end())
        if end < 0:
            unclosed += 1
            continue
        kept.append(lines[at : opened.end()])
        at = end + len(mark) if opened["mark"] else end + len(_WORD) - 1
    kept.append(lines[at:])
    return b"".join(kept)[1:]
