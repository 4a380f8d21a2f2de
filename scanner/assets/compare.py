"""Whether what is listed and what is seen can be the same thing, written differently. In doubt they can: a conflict
that is only a matter of spelling would teach people to ignore the others.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

_LEGAL = frozenset(
    (
        "ag",
        "gmbh",
        "inc",
        "co",
        "kg",
        "ltd",
        "corp",
        "corporation",
        "company",
        "limited",
        "se",
        "sa",
        "spa",
        "srl",
        "llc",
    )
    + ("bv", "oy", "ab", "plc", "group", "international", "the", "and", "pte", "pty", "as", "nv", "kk", "sas")
)
# Names of one maker: own brands, predecessors, Chinese names. A word or phrase contained in a name decides.
_SYNONYMS: tuple[tuple[str, ...], ...] = (
    ("siemens", "simatic", "西门子"),
    ("schneider", "telemecanique", "modicon", "施耐德"),
    ("rockwell", "allen bradley", "allenbradley", "罗克韦尔"),
    ("phoenix contact", "phoenixcontact", "菲尼克斯"),
    ("hirschmann", "belden"),
    ("hitachi energy", "abb", "bernecker", "b r", "abb power grids"),
    ("mitsubishi", "三菱"),
    ("omron", "欧姆龙"),
    ("beckhoff", "倍福"),
    ("wago", "万可"),
    ("emerson", "ge fanuc", "ge intelligent platforms", "westinghouse", "ovation"),
    ("honeywell", "霍尼韦尔"),
    ("yokogawa", "横河"),
    ("hewlett packard", "hp", "hpe", "aruba"),
    ("huawei", "华为"),
    ("h3c", "new h3c", "新华三"),
    ("hollysys", "和利时"),
    ("supcon", "中控"),
    ("inovance", "汇川"),
    ("delta", "台达"),
    ("advantech", "研华"),
    ("moxa", "摩莎"),
    ("bosch rexroth", "rexroth", "博世力士乐"),
    ("weidmueller", "weidmuller", "魏德米勒"),
    ("pepperl fuchs", "倍加福"),
    ("codesys", "3s smart software"),
)
_VERSION = re.compile(r"\d+(?:\.\d+)+|\d+")
_SERIES = re.compile(r"(\d{2})00\b")


def _fold(text: str) -> str:
    text = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in text if not unicodedata.combining(c))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", _fold(text).replace("_", " "))


def _alphanumeric(text: str) -> str:
    return "".join(_words(text))


def vendor_words(text: str) -> list[str]:
    """The words of a maker's name without its legal form."""
    return [w for w in _words(text) if w not in _LEGAL] or _words(text)


def same_vendor(listed: str, seen: str) -> bool:
    """One maker: equal but for legal forms, one name within the other, or known names of one maker."""
    a, b = vendor_words(listed), vendor_words(seen)
    if set(a) <= set(b) or set(b) <= set(a) or "".join(a) == "".join(b):
        return True
    joined = tuple(f" {' '.join(words)} " for words in (a, b))
    return any(all(_named(group, text) for text in joined) for group in _SYNONYMS)


def _named(group: tuple[str, ...], text: str) -> bool:
    return any((f" {name} " in text) if name.isascii() else (name in text) for name in group)


def same_firmware(listed: str, seen: str) -> bool:
    """One version: equal numbers but for leading zeros and V, or one states fewer places (2.9 and 2.9.4)."""
    a, b = (_numbers(t) for t in (listed, seen))
    if a and b:
        shorter = min(len(a), len(b))
        return a[:shorter] == b[:shorter]
    x, y = _alphanumeric(listed), _alphanumeric(seen)
    return x in y or y in x


def _numbers(text: str) -> tuple[int, ...]:
    """The first dotted version in a text, else its first number."""
    found = [m.group() for m in _VERSION.finditer(text) if len(m.group()) < 40]
    if not found:
        return ()
    best = next((f for f in found if "." in f), found[0])
    return tuple(int(n) for n in best.split("."))


def same_model(listed: str, seen: str) -> bool:
    """One product: one text within the other, a type designation in common (1512C), or a series and its member
    (S7-1500 and CPU 1512C).
    """
    a, b = _alphanumeric(listed), _alphanumeric(seen)
    if a in b or b in a:
        return True
    designations = [{w for w in _words(t) if len(w) >= 3 and any(c.isdigit() for c in w)} for t in (listed, seen)]
    if designations[0] & designations[1]:
        return True
    return _of_series(listed, seen) or _of_series(seen, listed)


def _of_series(series: str, member: str) -> bool:
    return any(re.search(rf"(?<!\d){start}\d\d(?!\d)", _fold(member)) for start in _SERIES.findall(_fold(series)))


def same_code(listed: str, seen: str) -> bool:
    """One serial or order number: equal but for spaces and punctuation, or one within the other."""
    a, b = _alphanumeric(listed), _alphanumeric(seen)
    return a in b or b in a


COMPARE: dict[str, Callable[[str, str], bool]] = {
    "vendor": same_vendor,
    "model": same_model,
    "order_number": same_code,
    "serial": same_code,
    "firmware": same_firmware,
}
