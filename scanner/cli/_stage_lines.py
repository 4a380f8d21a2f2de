"""Whoever says something of each stage when it is over."""

from __future__ import annotations

from scanner.pool import Watcher
from scanner.wording import Said, term


class StageLines(Watcher):
    """``over`` says it, of a stage by its name; ``begins``: another one does."""

    def __init__(self, stage: str) -> None:
        self._stage = stage

    def over(self, stage: Said) -> None:
        """A stage is over."""

    def begins(self) -> None:
        """A stage begins."""

    def stage(self, name: str, done: int = 0, total: int = 0) -> None:  # noqa: ARG002 - a bar's
        """Another stage begins, which ends the one before."""
        if name != self._stage:
            self.end()
            self._stage = name
            self.begins()

    def end(self) -> None:
        """The last stage is over."""
        if self._stage:
            self.over(term(f"stage.{self._stage}", self._stage))
        self._stage = ""
