"""What was wrong with an inventory, told one by one as far as anybody would read it."""

from __future__ import annotations

from scanner.errors import Problem
from scanner.wording import NOTHING, Said, said

MOST = 10_000  # of one inventory that are told one by one


class Problems:
    """The first problems, and how many more there are. ``beyond``: why rows were not read at all."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._first: list[Problem] = []
        self._more = 0
        self.beyond: Problem | None = None

    def add(self, what: Said, place: Said, remedy: Said = NOTHING) -> None:
        """One more."""
        self.take(Problem(self._source, what, place, remedy))

    def take(self, problem: Problem) -> None:
        """One more, which a reader found."""
        if len(self._first) < MOST:
            self._first.append(problem)
        else:
            self._more += 1

    def reported(self) -> tuple[Problem, ...]:
        """The first ones, the others counted, and what was not read."""
        found = list(self._first)
        if self._more:
            found.append(Problem(self._source, said("{count:,} more problems, which are not listed", count=self._more)))
        return (*found, *([self.beyond] if self.beyond else []))
