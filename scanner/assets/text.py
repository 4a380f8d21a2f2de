"""Text of unknown encoding: UTF-8, UTF-16, GB18030, Shift JIS, Windows-1251, Windows-1252, said which. What is no
character becomes U+FFFD.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from scanner.errors import WrongText
from scanner.wording import said

_HIGH_RUNS = re.compile(rb"[\x80-\xff]+")
_KANA = re.compile("[\u3041-\u30fa\u30fc]")  # of full width
_CYRILLIC = re.compile(rb"[\xa8\xb8\xb9\xc0-\xff]+")
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8 with BOM"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
NO_CHARACTER = "\ufffd"
_CONTROL_CODES = (*range(0x09), *range(0x0E, 0x20), *range(0x7F, 0x85), *range(0x86, 0xA0))
_SHOWN = (
    dict.fromkeys(_CONTROL_CODES, NO_CHARACTER) | {0x0B: " ", 0x0C: " "} | dict.fromkeys((0xFFFE, 0xFFFF), NO_CHARACTER)
)
_TO_SHOW = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")  # the keys of _SHOWN
_UNREADABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffd-\uffff]")  # noncharacters too
_END_OF_DOS_FILE = b"\x1a"


class Decoded(NamedTuple):
    """The text and the name of its encoding."""

    text: str
    encoding: str


def is_unreadable(text: str) -> bool:
    """Something in the text is no character of any text: a control character, or the sign of one that was lost."""
    return _UNREADABLE.search(text) is not None


def readable(text: str) -> str:
    """The text with such characters left out."""
    return _UNREADABLE.sub("", text)


def decode(content: bytes, *, whole: bool = True) -> Decoded:
    """The content as text; ``whole`` False: it may be cut inside a character. WrongText when it is not text.

    Control characters and bytes that are not of the encoding become U+FFFD, so that they cost a cell and no file.
    """
    found = _decode(content, whole=whole)
    if _TO_SHOW.search(found.text) is None:  # and no second copy is made
        return found
    return found._replace(text=found.text.translate(_SHOWN))


def _decode(content: bytes, *, whole: bool) -> Decoded:
    for bom, codec, label in _BOMS:
        if content.startswith(bom):
            return Decoded(_cut(content, whole=whole).decode(codec, "replace"), label)
    content = content.removesuffix(_END_OF_DOS_FILE)
    if content[:4096].count(b"\0") * 3 > len(content[:4096]):
        return _wide(_cut(content, whole=whole))
    start = content[:4096]
    if len(_CONTROLS.findall(start)) > 1 + len(start) // 20:
        raise WrongText(said("not a text file (it contains control characters)"))
    if not whole:
        content = content[: content.rfind(b"\n") + 1] or content
    try:
        return Decoded(content.decode("utf-8"), "UTF-8")
    except UnicodeDecodeError:
        return _legacy(content)


def _marked(content: bytes, runs: list[int]) -> Decoded | None:
    """Japanese by its kana, which are rare signs in GB18030; Cyrillic by words of high bytes, half of them of odd
    length, none of which is a sign in Windows-1252.
    """
    try:
        text = content.decode("cp932")
    except UnicodeDecodeError:
        text = ""
    foreign = sum(c > "\x7f" for c in text)
    if foreign and 4 * len(_KANA.findall(text)) >= foreign:
        return Decoded(text, "Shift JIS")
    odd = sum(n % 2 for n in runs)
    if (
        sum(runs) >= 3 * len(runs)
        and 4 * odd >= len(runs)
        and _CYRILLIC.fullmatch(b"".join(_HIGH_RUNS.findall(content)))
    ):
        return Decoded(content.decode("cp1251"), "Windows-1251")
    return None


def _cut(content: bytes, *, whole: bool) -> bytes:
    """Without half a UTF-16 unit at the end, when the end is only where the looking stopped."""
    return content if whole else content[: len(content) // 2 * 2]


def _wide(content: bytes) -> Decoded:
    """UTF-16 without a byte order mark: nearly every other byte of such a table is zero."""
    start = content[:4096]
    even, odd = start[::2].count(0), start[1::2].count(0)
    codec, label = ("utf-16-le", "UTF-16") if odd >= even else ("utf-16-be", "UTF-16")
    text = content.decode(codec, "replace")
    lost = sum(c in _SHOWN or c == ord(NO_CHARACTER) for c in map(ord, text[:2048]))
    if lost * 10 > len(text[:2048]):
        what = said("not readable as text: UTF-16 without a byte order mark, or not text")
        raise WrongText(what, said("save it as UTF-8"))
    return Decoded(text, label)


def _legacy(content: bytes) -> Decoded:
    """Neither of the old encodings marks itself. Chinese characters in common use are two high bytes side by side;
    German or French letters in Windows-1252 stand alone among ASCII letters. Mostly valid UTF-8 is damaged UTF-8.
    """
    damaged = content.decode("utf-8", "replace")
    bad = damaged.count(NO_CHARACTER)
    good = sum(c > "\x7f" for c in damaged) - bad
    if good > 3 * bad:
        return Decoded(damaged, "UTF-8")
    runs = [len(run.group()) for run in _HIGH_RUNS.finditer(content)]
    paired = sum(n for n in runs if n % 2 == 0)
    if marked := _marked(content, runs):
        return marked
    order = [("gb18030", "GB18030"), ("cp1252", "Windows-1252")]
    if 2 * paired < sum(runs):
        order.reverse()
    for codec, label in order:
        try:
            return Decoded(content.decode(codec), label)
        except UnicodeDecodeError:
            text = content.decode(codec, "replace")
            if 4 * text.count(NO_CHARACTER) <= sum(c > "\x7f" for c in text):
                return Decoded(text, label)
    text, label = min(
        ((content.decode(codec, "replace"), label) for codec, label in order), key=lambda t: t[0].count(NO_CHARACTER)
    )
    if text.count(NO_CHARACTER) * 10 > len(text):
        raise WrongText(said("not text in UTF-8, UTF-16, GB18030 or Windows-1252"), said("save it as UTF-8"))
    return Decoded(text, label)
