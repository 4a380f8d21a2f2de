"""How much a file resembles a format: each format says it of itself, and the best wins where it is clear."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

SURE = 0.5  # from here on a file is of that format, unless another resembles it as much
CLEAR = 0.15  # by so much the best must lead

T = TypeVar("T")


@dataclass(frozen=True)
class Resemblance:
    """score: 0 (nothing of it) to 1 (nothing else looks like this); from ``SURE`` on the file is of that format.

    reasons: what in the file speaks for it, in a few words each, never quoting the file.
    """

    score: float
    reasons: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0.0 <= self.score <= 1.0:
            raise ValueError(f"a score of {self.score} is not between 0 and 1")


NONE = Resemblance(0.0)


@dataclass(frozen=True)
class Choice(Generic[T]):
    """The candidates, the one that a file resembles most first. ``clear``: no other resembles it nearly as much."""

    ranked: tuple[tuple[T, Resemblance], ...]

    @property
    def sure(self) -> bool:
        """Some candidate takes the file for its own."""
        return bool(self.ranked) and self.ranked[0][1].score >= SURE

    @property
    def tied(self) -> tuple[tuple[T, Resemblance], ...]:
        """Those among which the best is, when it does not clearly lead; else it alone. Empty when none is sure."""
        if not self.sure:
            return ()
        best = self.ranked[0][1].score
        return tuple((who, found) for who, found in self.ranked if found.score > best - CLEAR and found.score >= SURE)

    @property
    def best(self) -> T | None:
        """The one that clearly resembles it most, None when there is none."""
        tied = self.tied
        return tied[0][0] if len(tied) == 1 else None


def choose(candidates: Iterable[tuple[T, Resemblance]]) -> Choice[T]:
    """The candidates by their scores; equal ones in the order given. What scores nothing is left out."""
    scored = [(who, found) for who, found in candidates if found.score > 0]
    return Choice(tuple(sorted(scored, key=lambda pair: -pair[1].score)))
