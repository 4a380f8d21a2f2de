"""Which captures follow one another, and which saw the same time: the one notion of it.

A capture follows another when it begins no earlier than that one ends, but for a second: several interfaces are not
written in order. A copy of a capture that is shorter than that does not follow it. Captures of one place have one name
but for digits (a ring of files).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import count
from typing import NamedTuple

OVERLAP = 1_000_000_000  # ns by which a capture may begin before the end of the one that it follows
_NEVER = 1 << 62


class CaptureSpan(NamedTuple):
    """A capture: its times in nanoseconds since 1970 UTC, None when they are not known; place: where it was made."""

    capture: str
    first: int | None
    last: int | None
    place: str = ""


def place_of(source: str) -> str:
    """The name of a file without its digits: the same for all files of a ring."""
    return "".join(c for c in source if not c.isdigit())


def follows(begin: int, end: int) -> bool:
    """What begins then follows what ended then."""
    return begin + OVERLAP >= end


def lanes(spans: Iterable[CaptureSpan]) -> dict[str, int]:
    """Capture -> a number that captures of one place share where each follows the one before. Without times it is
    alone.
    """
    going: dict[str, dict[int, int]] = {}  # place -> number -> end of the last capture
    found: dict[str, int] = {}
    numbers = count()
    for span in sorted(spans, key=lambda s: (s.first is None, s.first, s.last is None, s.last, s.capture)):
        ends = going.setdefault(span.place, {})
        number = next((n for n, end in ends.items() if _follows(span, end)), None)
        if number is None:
            number = next(numbers)
        ends[number] = _end(span)
        found[span.capture] = number
    return found


def in_turn(spans: Sequence[CaptureSpan]) -> tuple[list[int], list[int]]:
    """Indices of the spans in the order of their ends, and for each how many of these it follows: what those saw and
    what it saw are different times. Without times a span follows nothing and nothing follows it.
    """
    order = sorted(range(len(spans)), key=lambda i: (_end(spans[i]), spans[i].first or 0, i))
    ends = [_end(spans[i]) for i in order]
    begins = [_begin(spans[i]) for i in order]
    before = [0 if begin is None else bisect_right(ends, begin) for begin in begins]
    return order, [min(number, place) for place, number in enumerate(before)]


def _follows(span: CaptureSpan, end: int) -> bool:
    begin = _begin(span)
    return begin is not None and begin >= end


def _begin(span: CaptureSpan) -> int | None:
    """The latest end of what it follows."""
    if span.first is None or span.last is None:
        return span.first
    return span.first + min(OVERLAP, (span.last - span.first) // 2)


def _end(span: CaptureSpan) -> int:
    return _NEVER if span.first is None or span.last is None else span.last
