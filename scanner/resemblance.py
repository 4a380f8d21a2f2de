"""How much a file resembles a format: each format says it of itself, and the best wins where it is clear."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from scanner.plugins import Plugin, PluginKind
from scanner.wording import Said, joined, said, verbatim

SURE = 0.5  # from here on a file is of that format, unless another resembles it as much
CLEAR = 0.15  # by so much the best must lead

P = TypeVar("P", bound=Plugin)


@dataclass(frozen=True)
class Resemblance:
    """score: 0 (nothing of it) to 1 (nothing else looks like this); from ``SURE`` on the file is of that format.

    reasons: what in the file speaks for it, in a few words each (``said``), never quoting the file.
    """

    score: float
    reasons: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0.0 <= self.score <= 1.0:
            raise ValueError(f"a score of {self.score} is not between 0 and 1")


NONE = Resemblance(0.0)


@dataclass(frozen=True)
class Choice(Generic[P]):
    """The formats that a file resembles, most first; equal ones in the order of their names."""

    ranked: tuple[tuple[P, Resemblance], ...]

    @property
    def sure(self) -> bool:
        """Some candidate takes the file for its own."""
        return bool(self.ranked) and self.ranked[0][1].score >= SURE

    @property
    def tied(self) -> tuple[tuple[P, Resemblance], ...]:
        """Those among which the best is, when it does not clearly lead; else it alone. Empty when none is sure."""
        if not self.sure:
            return ()
        best = self.ranked[0][1].score
        return tuple((who, found) for who, found in self.ranked if found.score > best - CLEAR and found.score >= SURE)

    @property
    def best(self) -> P | None:
        """The one that clearly resembles it most, None when there is none."""
        tied = self.tied
        return tied[0][0] if len(tied) == 1 else None

    @property
    def contenders(self) -> Said:
        """Those that are tied, with what speaks for each."""
        each = [said("{format} ({reasons})", format=who.title, reasons=_joined(found)) for who, found in self.tied]
        first = joined(each[:-1])
        return said("{first} or {last}", first=first, last=each[-1]) if first else joined(each)


def _joined(found: Resemblance) -> Said:
    return joined(reason if isinstance(reason, Said) else verbatim(reason) for reason in found.reasons)


def choose(kind: PluginKind[P], ask: Callable[[P], Resemblance]) -> Choice[P]:
    """Every format of the kind is asked. What scores nothing is left out."""
    scored = [(who, found) for who in kind.all().values() if (found := _asked(kind, who, ask)).score > 0]
    return Choice(tuple(sorted(scored, key=lambda pair: -pair[1].score)))


def _asked(kind: PluginKind[P], who: P, ask: Callable[[P], Resemblance]) -> Resemblance:
    """What the format says; one of somebody else that fails at it resembles nothing, and the others are asked."""
    if who.name not in kind.foreign():
        return ask(who)
    try:
        found = ask(who)
    except Exception:  # noqa: BLE001 - the last boundary of what somebody else wrote
        return NONE
    return found if isinstance(found, Resemblance) else NONE
