"""Patterns for what an operation touches: ``holding register 100-199``, ``DB10*``.

Numbers are compared as numbers: ``100-199`` holds ``150``, ``120-130`` and ``120 x 10`` (ten from 120 on) but not
``190-210``, and ``DB10*`` is not ``DB100``. ``*`` stands for anything within one object and ``?`` for one character
that is no digit; letters are compared whatever their case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from scanner.errors import WrongText
from scanner.intervals import united as joined
from scanner.wording import said

_NUMBER = r"0x[0-9a-f]{1,16}(?![0-9a-f])|[0-9]{1,18}"
_TOKEN = re.compile(
    rf"(?P<low>{_NUMBER})(?:\s*-\s*(?P<high>{_NUMBER})(?![0-9]))?(?:\s+x\s+(?P<count>[0-9]{{1,18}})(?![0-9]))?"
    r"|(?P<next>[,;]\s+)|\s+|(?P<other>.)",
    re.DOTALL | re.IGNORECASE,
)
_NEXT = ", "  # between two objects
_CUT = re.compile(r"(?:\s+and [0-9,]+ more|\s*\.\.\.|\s*…)\s*$")  # not all objects are told
_LONGEST = 2_000  # characters of an object's text that are compared
_WIDTHS = {"w": 2, "d": 4}  # bytes from one element to the next in the addresses of S7: DBW, MD


class _Span(NamedTuple):
    """A number, or the numbers from ``low`` to ``high``."""

    low: int
    high: int


_Token = str | _Span


class Pattern(NamedTuple):
    """A pattern in its parts."""

    tokens: tuple[_Token, ...]

    def covers(self, tokens: Sequence[_Token]) -> bool:
        """All of it is meant. Time is the product of both lengths, whatever the pattern."""
        head = self.tokens.index("*") if "*" in self.tokens else len(self.tokens)
        if len(tokens) < head or not all(map(_same, self.tokens[:head], tokens)):
            return False
        reached = {head}
        for part in self.tokens[head:]:
            if part == "*":
                reached = set(_onwards(reached, tokens))
            else:
                reached = {at + 1 for at in reached if at < len(tokens) and _same(part, tokens[at])}
            if not reached:
                return False
        return len(tokens) in reached


def _onwards(reached: set[int], tokens: Sequence[_Token]) -> Iterator[int]:
    """Every place up to the end of the object in which one of ``reached`` is."""
    going = False
    for at in range(min(reached), len(tokens) + 1):
        going = at in reached or (going and tokens[at - 1] != _NEXT)
        if going:
            yield at


def _same(part: _Token, token: _Token) -> bool:
    if isinstance(part, _Span):
        return isinstance(token, _Span) and part.low <= token.low and token.high <= part.high
    return part == token or (part == "?" and isinstance(token, str) and token != _NEXT)


@lru_cache(maxsize=4096)
def parse_pattern(text: str) -> Pattern:
    """The pattern; WrongText when a range ends before it begins."""
    for match in _TOKEN.finditer(text):
        if match["high"] and int(match["high"], _base(match["high"])) < int(match["low"], _base(match["low"])):
            what = said("'{range}' ends before it begins", range=match[0])
            raise WrongText(what, said("write the lower number first"))
    return Pattern(_tokens(text))


def united(patterns: Sequence[Pattern]) -> list[Pattern]:
    """The patterns, and those that ranges next to each other make together: 100-199 and 200-299 hold 195-204."""
    apart: dict[tuple[int, tuple[_Token, ...]], list[tuple[int, int]]] = {}
    for pattern in patterns:
        for at, token in enumerate(pattern.tokens):
            if isinstance(token, _Span):
                rest = (*pattern.tokens[:at], "", *pattern.tokens[at + 1 :])
                apart.setdefault((at, rest), []).append((token.low, token.high))
    found = dict.fromkeys(patterns)
    for (at, rest), spans in apart.items():
        if len(spans) > 1:
            found.update((Pattern((*rest[:at], _Span(*span), *rest[at + 1 :])), None) for span in joined(spans))
    return list(found)


def within(text: str, patterns: Sequence[Pattern]) -> bool | None:
    """Every object that the text lists is covered by one of the patterns.

    None when it cannot be told: the text says nothing, is cut, or leaves out words that its objects have in common.
    """
    if any(pattern.tokens == ("*",) for pattern in patterns):
        return True
    whole = _CUT.sub("", text.strip())
    if not whole:
        return None
    if len(whole) > _LONGEST:
        return False
    answer = _covered(_tokens(whole), patterns)
    return None if answer and whole != text.strip() else answer


def _covered(tokens: Sequence[_Token], patterns: Sequence[Pattern]) -> bool | None:
    if any(pattern.covers(tokens) for pattern in patterns):
        return True
    first, *others = _objects(tokens)
    if not any(pattern.covers(first) for pattern in patterns):
        return False
    shared = first[: len(first) - first[::-1].index(" ")] if " " in first else []
    certain = True
    for one in others:
        if not any(pattern.covers(one) for pattern in patterns):
            certain = False
            last_word = all(isinstance(part, str) and not part.isspace() for part in one)
            if not (shared and last_word) or not any(pattern.covers([*shared, *one]) for pattern in patterns):
                return False
    return True if certain else None


def _objects(tokens: Sequence[_Token]) -> list[list[_Token]]:
    found: list[list[_Token]] = [[]]
    for token in tokens:
        if token == _NEXT:
            found.append([])
        else:
            found[-1].append(token)
    return found


def _tokens(text: str) -> tuple[_Token, ...]:
    found: list[_Token] = []
    for match in _TOKEN.finditer(text.strip()):
        if match["low"]:
            found.append(_span(match, found))
        elif match["next"]:
            found.append(_NEXT)
        else:
            found.append((match["other"] or " ").casefold())
    return tuple(found)


def _span(match: re.Match[str], before: Sequence[_Token]) -> _Span:
    low = int(match["low"], _base(match["low"]))
    high = int(match["high"], _base(match["high"])) if match["high"] else low
    if match["count"]:
        high += (max(int(match["count"]), 1) - 1) * _width(before)
    return _Span(min(low, high), max(low, high))


def _width(before: Sequence[_Token]) -> int:
    if len(before) < 2 or before[-2] not in ("b", "m", "i", "q"):
        return 1
    return _WIDTHS.get(str(before[-1]), 1)


def _base(number: str) -> int:
    return 16 if number[:2].lower() == "0x" else 10
