"""Whether two makers' names may mean one maker, for all that is known of who bought, renamed or sells whom."""

from __future__ import annotations

import functools
import re
from importlib.resources import files

from scanner.assets.compare import same_vendor, vendor_words

_SAYS_NOTHING = frozenset(
    re.findall(
        r"\w+",
        """
        automation control controls corp electric electrics electronics energy enterprise global industrial industries
        industry network networks process solutions systems technologies technology company de of china usa america
        europe deutschland germany north management gmbh sensors software digital power mobility
        """,
    )
)


def kin(one: str, other: str) -> bool | None:
    """One maker; False: both are known and neither made, owned or sells what the other does; else None."""
    if not (one.strip() and other.strip()):
        return None
    if same_vendor(one, other):
        return True
    a, b = _lines(one), _lines(other)
    return False if a and b and not a & b else None


def named_in(maker: str, text: str) -> bool:
    """The text names a maker of whom the first may be kin."""
    lines = _lines(maker)
    words = f" {' '.join(vendor_words(text))} "
    return any(not lines.isdisjoint(own) and _within(name, words) for name, own in _names().items())


@functools.cache
def _names() -> dict[str, frozenset[int]]:
    """Name -> the lines it is on; the longest names first, so that "ge fanuc" is not taken for "ge"."""
    text = files(__package__).joinpath("kin.txt").read_text("utf-8")
    found: dict[str, set[int]] = {}
    for number, line in enumerate(text.splitlines()):
        for name in () if line.startswith("#") else line.split("\t"):
            found.setdefault(name, set()).add(number)
    return {name: frozenset(found[name]) for name in sorted(found, key=len, reverse=True)}


@functools.cache
def _lines(maker: str) -> frozenset[int]:
    """The lines of all names that make up the maker's; none when anything else is in it."""
    rest = f" {' '.join(vendor_words(maker))} "
    found: frozenset[int] = frozenset()
    for name, lines in _names().items():
        if _within(name, rest):
            found |= lines
            rest = rest.replace(f" {name} ", "  ") if name.isascii() else rest.replace(name, " ")
    unknown = set(re.findall(r"\S+", rest)) - _SAYS_NOTHING
    return frozenset() if any(word.isascii() for word in unknown) else found


def _within(name: str, words: str) -> bool:
    return f" {name} " in words if name.isascii() else name in words
