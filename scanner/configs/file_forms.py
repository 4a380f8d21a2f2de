"""Forms in which people keep the text of a configuration, besides the one that devices write."""

from __future__ import annotations

import re

_MARKS = (b"\xff\xfe", b"\xfe\xff")  # of UTF-16
_SAMPLE = 4_096  # bytes by which UTF-16 is known without its mark
_LEAST = 16
_NO_BREAK = b"\xc2\xa0"  # a blank that breaks no line, in UTF-8: pages of the web indent with it
_INDENTED_SO = re.compile(rb"^[ \t]*(?:\xc2\xa0[ \t]*)+", re.MULTILINE)
_INDENTED = re.compile(rb"(?:[ \t]*\r?\n)*[ \t]+\S")


def is_wide(data: bytes) -> bool:
    """Text in UTF-16, with its mark."""
    return data.startswith(_MARKS)


def as_written(data: bytes) -> bytes:
    """UTF-16 with its mark, no NUL bytes behind the last line, and neither a margin that all lines have nor blanks that
    break no line before them, as text has that was copied out of a document.
    """
    data = _marked(data)
    if is_wide(data):
        while data.endswith(b"\x00\x00"):
            data = data[:-2]
        return data
    if _NO_BREAK in data:
        data = _INDENTED_SO.sub(lambda found: found[0].replace(_NO_BREAK, b" "), data)
    return _without_margin(data.rstrip(b"\x00"))


def _marked(data: bytes) -> bytes:
    """UTF-16 without its mark gets it: every other byte of most text is nought."""
    sample = data.rstrip(b"\x00")[:_SAMPLE]
    sample = sample[: len(sample) // 2 * 2]
    if is_wide(data) or b"\x00" not in sample or len(sample) < _LEAST:
        return data
    first, second = sample[::2], sample[1::2]
    for mark, high, low in ((_MARKS[0], second, first), (_MARKS[1], first, second)):
        if b"\x00" not in low and 2 * high.count(0) > len(high):
            return mark + data[: len(data) // 2 * 2]
    return data


def _without_margin(data: bytes) -> bytes:
    if not _INDENTED.match(data):
        return data
    lines = data.split(b"\n")
    margins = [line[: len(line) - len(line.lstrip(b" \t"))] for line in lines if line.strip()]
    low, high = min(margins), max(margins)
    margin = low[: next((i for i, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), len(low))]
    return b"\n".join(line[len(margin) :] if line.strip() else line for line in lines) if margin else data
