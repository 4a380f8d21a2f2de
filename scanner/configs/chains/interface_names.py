"""Names and patterns of interfaces as numbers, so that boxes of packets can tell interfaces apart.

All names that a ruleset mentions stand in the order of their letters; each pattern (``eth+``) adds a place for the
names that begin so and are not mentioned, and there is one for all others. So whatever a pattern means is one span.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from scanner.packet_sets import Span

LOOPBACK = "lo"
_OTHERS = "\x00"  # sorts before any character of a name


class InterfaceNames:
    """The names of one ruleset."""

    def __init__(self, patterns: Iterable[str]) -> None:
        """patterns: each a name, or the beginning of names and a ``*``."""
        wanted = {p[:-1] + _OTHERS if p.endswith("*") else p for p in patterns}
        self._names = sorted({_OTHERS, LOOPBACK, *wanted})
        self.every: Span = (0, len(self._names) - 1)
        self.loopback = self._names.index(LOOPBACK)

    def span(self, pattern: str) -> Span:
        """The places of the names that a pattern fits."""
        if not pattern.endswith("*"):
            at = bisect_left(self._names, pattern)
            return at, at
        start = pattern[:-1]
        inside = [n for n, name in enumerate(self._names) if name.startswith(start)] if start else list(self.every)
        return inside[0], inside[-1]

    def place(self, name: str) -> int:
        """Where an interface of this name stands, which no rule needs to mention. Patterns are not looked at."""
        at = bisect_left(self._names, name)
        return at if at < len(self._names) and self._names[at] == name else 0

    def but_loopback(self) -> Sequence[Span]:
        """All but the loopback, on which only the device itself speaks."""
        return spans_outside([(self.loopback, self.loopback)], self.every)


def spans_outside(spans: Iterable[Span], whole: Span) -> list[Span]:
    """What is in ``whole`` and in none of the spans."""
    found, low = [], whole[0]
    for first, last in sorted(spans):
        if first > low:
            found.append((low, min(first - 1, whole[1])))
        low = max(low, last + 1)
    if low <= whole[1]:
        found.append((low, whole[1]))
    return [(a, b) for a, b in found if a <= b]


def spans_common(ones: Iterable[Span], others: Sequence[Span]) -> list[Span]:
    """What is in both."""
    both = ((max(a, c), min(b, d)) for a, b in ones for c, d in others)
    return [(low, high) for low, high in both if low <= high]
