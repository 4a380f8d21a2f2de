"""Patterns for what an operation touches: ``holding register 100-199``, ``DB10*``.

Numbers are compared as numbers: ``100-199`` holds ``150`` and ``120-130`` but not ``190-210``, and ``DB10*`` is not
``DB100``. ``*`` stands for anything and ``?`` for one character that is no digit; letters are compared whatever their
case.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

_TOKEN = re.compile(r"(?P<low>[0-9]{1,18})(?:\s*-\s*(?P<high>[0-9]{1,18})(?![0-9]))?|\s+|(?P<other>.)", re.DOTALL)
_BETWEEN = re.compile(r"[,;]\s+")
_LONGEST = 2_000  # characters of an object's text that are compared


class _Span(NamedTuple):
    """A number, or the numbers from ``low`` to ``high``."""

    low: int
    high: int


_Token = str | _Span


class Pattern(NamedTuple):
    """A pattern in its parts."""

    tokens: tuple[_Token, ...]

    def covers(self, tokens: Sequence[_Token]) -> bool:
        """All of the object is meant. Time is the product of both lengths, whatever the pattern."""
        reached = {0}
        for part in self.tokens:
            if part == "*":
                reached = set(range(min(reached), len(tokens) + 1))
            else:
                reached = {at + 1 for at in reached if at < len(tokens) and _same(part, tokens[at])}
            if not reached:
                return False
        return len(tokens) in reached


def _same(part: _Token, token: _Token) -> bool:
    if isinstance(part, _Span):
        return isinstance(token, _Span) and part.low <= token.low and token.high <= part.high
    return part == token or (part == "?" and isinstance(token, str))


@lru_cache(maxsize=4096)
def parse_pattern(text: str) -> Pattern:
    """The pattern; ValueError when a range ends before it begins."""
    for match in _TOKEN.finditer(text):
        if match["high"] and int(match["high"]) < int(match["low"]):
            raise ValueError(f"'{match[0]}' ends before it begins; write the lower number first")
    return Pattern(_tokens(text))


def within(text: str, patterns: Sequence[Pattern]) -> bool | None:
    """Every object that the text lists is covered by one of the patterns; None when the text says nothing."""
    text = text.strip()
    if any(pattern.tokens == ("*",) for pattern in patterns):
        return True
    if not text:
        return None
    if len(text) > _LONGEST:
        return False
    return all(any(p.covers(tokens) for p in patterns) for tokens in map(_tokens, _BETWEEN.split(text)))


def _tokens(text: str) -> tuple[_Token, ...]:
    found: list[_Token] = []
    for match in _TOKEN.finditer(text.strip()):
        if match["low"]:
            ends = int(match["low"]), int(match["high"] or match["low"])
            found.append(_Span(min(ends), max(ends)))
        else:
            found.append((match["other"] or " ").casefold())
    return tuple(found)
