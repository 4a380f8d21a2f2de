"""Text of results made fit to show: language choice, control characters made visible, numbers and times."""

from __future__ import annotations

import dataclasses
import functools
import re
import typing
from collections.abc import Iterable
from operator import is_
from typing import Any, TypeVar

from scanner.catalogues import ENGLISH, labels, languages, tag
from scanner.natural import natural as natural_order
from scanner.results.model import Text
from scanner.results.rows import Lazy, mapped
from scanner.results.texts import pick
from scanner.wording import Said
from scanner.wording.said import MARKS
from scanner.wording.spoken import is_known

T = TypeVar("T")

# C0 and C1 controls but tab and line feed, lone surrogates, non-characters, and marks that reorder text on the screen.
_UNFIT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_MARKS = re.compile(f"([{MARKS}])")
_PLAIN = str.maketrans({"→": "->", "×": "x", "…": "...", "·": "-", "–": "-", "“": '"', "”": '"', "’": "'"})


def printable(text: str) -> str:
    """The text with every character that a page or a terminal must not get written out: ESC as backslash, x1b."""
    return _UNFIT.sub(_written_out, text)


def _written_out(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file name that is not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def encodable(text: str, encoding: str) -> str:
    """The text as a terminal of that encoding can show it: signs in plain letters, the rest as escapes."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        plain = text.translate(_PLAIN)
        return plain.encode(encoding, "backslashreplace").decode(encoding)
    except LookupError:  # no encoding that Python knows
        return text
    return text


def cleaned(value: T, language: str = "") -> T:
    """The dataclass with every text in it printable, at any depth. language: leave texts in it alone."""
    return typing.cast("T", _clean(value, language))


def _clean(value: Any, language: str) -> Any:
    kind: type = type(value)
    if kind is str or kind is Said:  # what is unfit is never printable to Python
        return value if value.isprintable() else _fit(value)
    if kind is tuple:
        items = _each(value, language)
        return value if all(map(is_, items, value)) else tuple(items)
    if kind is dict:
        if language and not value.keys().isdisjoint(languages()):  # a text
            return {language: printable(pick(value, language))}
        found = {_clean(k, language): _clean(v, language) for k, v in value.items()}
        return value if all(map(is_, (*found, *found.values()), (*value, *value.values()))) else found
    if names := _names(kind):
        old = [getattr(value, name) for name in names]
        new = _each(old, language)
        return value if all(map(is_, new, old)) else kind(**dict(zip(names, new, strict=True)))
    return mapped(value, functools.partial(_clean, language=language)) if isinstance(value, Lazy) else value


def _each(values: Iterable[Any], language: str) -> list[Any]:
    """Most are text that is fit, or nothing."""
    return [
        each if not each or (type(each) is str and each.isprintable()) else _clean(each, language) for each in values
    ]


def _fit(text: str) -> str:
    return Said(_but_marks(text.marked)) if isinstance(text, Said) else printable(text)


def _but_marks(marked: str) -> str:
    """The text printable between the marks of its arguments."""
    return "".join(part if part in MARKS else printable(part) for part in _MARKS.split(marked))


@functools.cache
def _names(kind: type) -> tuple[str, ...]:
    """The fields of a dataclass; none of anything else."""
    return tuple(f.name for f in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else ()


def in_other(text: Text, language: str) -> str:
    """The language in which ``pick`` gives what nobody wrote in this one; empty where it speaks this one."""
    english = text.get(ENGLISH, "")
    if text.get(language) or (len(text) == 1 and isinstance(english, Said) and is_known(english.marked, language)):
        return ""
    return next((name for name in (ENGLISH, *sorted(text)) if text.get(name)), "")


def picked(text: Text, language: str) -> str:
    """``pick`` on one line, with the language behind it where nobody wrote it in the one that is asked for."""
    shown, other = one_line(pick(text, language)), in_other(text, language)
    return f"{shown} ({tag(other)})" if shown and other in languages() else shown


def one_line(text: str) -> str:
    """The text with all white space runs as one blank."""
    return " ".join(text.split())


def natural(text: str) -> str:
    """The order of ``scanner.natural``, whichever letters are capitals."""
    return natural_order(text.casefold())


def number(value: int) -> str:
    """1204 as ``1,204``."""
    return f"{value:,}"


def moment(iso: str) -> str:
    """An ISO 8601 time in UTC as people read it: ``2026-11-24 23:31:47.25 UTC``; other text as it is."""
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d)?)(\.\d+)?(?:Z|\+00:00)", iso)
    if not match:
        return iso
    fraction = (match[3] or "").rstrip("0").rstrip(".")
    return f"{match[1]} {match[2]}{fraction} UTC"


def span(first: str, last: str) -> str:
    """Two ISO 8601 times in UTC as one span; the day of the second is left out when it is that of the first."""
    begin, end = moment(first), moment(last)
    if not last or first == last:
        return begin
    if begin[:11] == end[:11] and begin.endswith(" UTC") and end.endswith(" UTC"):
        return f"{begin.removesuffix(' UTC')} – {end[11:]}"
    return f"{begin} – {end}"


def say(language: str, key: str, /, **values: object) -> str:
    """The fixed words under the key with the values put in; ``n=1`` takes their singular if there is one."""
    words, count = labels(language), values.get("n")
    text = words.counting(key, count) if isinstance(count, int) else words[key]
    shown = {k: number(v) if isinstance(v, int) else v for k, v in values.items()}
    return text.format(**shown)
