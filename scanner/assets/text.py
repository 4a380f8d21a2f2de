"""Text of unknown encoding: UTF-8, UTF-16 with BOM, GB18030, Windows-1252, said which."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

_HIGH_RUNS = re.compile(rb"[\x80-\xff]+")
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x19\x1c-\x1f]")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8 with BOM"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)


class Decoded(NamedTuple):
    """The text, the name of its encoding, and how many bytes of it were damaged (shown as U+FFFD)."""

    text: str
    encoding: str
    damaged: int = 0


def decode(content: bytes, *, whole: bool = True) -> Decoded:
    """The content as text; ``whole`` False: it may be cut inside a character. ValueError when it is not text."""
    for bom, codec, label in _BOMS:
        if content.startswith(bom):
            text = content.decode(codec, "replace")
            return Decoded(text, label, text.count("\ufffd") if whole else 0)
    if content[:4096].count(b"\0") * 3 > len(content[:4096]):
        raise ValueError("not readable as text: UTF-16 without a byte order mark, or no text; save it as UTF-8")
    if b"\0" in content or _BINARY.search(content, 0, 4096):
        raise ValueError("not a text file (it contains control characters)")
    if not whole:
        content = content[: content.rfind(b"\n") + 1] or content
    try:
        return Decoded(content.decode("utf-8"), "UTF-8")
    except UnicodeDecodeError:
        return _legacy(content)


def _legacy(content: bytes) -> Decoded:
    """Neither of the old encodings marks itself. Chinese characters in common use are two high bytes side by side;
    German or French letters in Windows-1252 stand alone among ASCII letters. Mostly valid UTF-8 is damaged UTF-8.
    """
    damaged = content.decode("utf-8", "replace")
    bad = damaged.count("\ufffd")
    good = sum(c > "\x7f" for c in damaged) - bad
    if good > 3 * bad:
        return Decoded(damaged, "UTF-8", bad)
    runs = [len(run.group()) for run in _HIGH_RUNS.finditer(content)]
    paired = sum(n for n in runs if n % 2 == 0)
    codecs_in_order = [("gb18030", "GB18030"), ("cp1252", "Windows-1252")]
    if 2 * paired < sum(runs):
        codecs_in_order.reverse()
    for codec, label in codecs_in_order:
        try:
            return Decoded(content.decode(codec), label)
        except UnicodeDecodeError:
            continue
    raise ValueError("not text in UTF-8, UTF-16, GB18030 or Windows-1252")
