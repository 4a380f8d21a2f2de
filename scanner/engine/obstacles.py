"""What keeps a rule from being judged, from passing, or from needing nobody's word."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.engine.texts import as_text
from scanner.results.model import Cause, Doubt


@dataclass(frozen=True)
class Obstacle:
    """Its cause, and the sentence about it with its numbers."""

    cause: Cause
    text: str

    @property
    def doubt(self) -> Doubt:
        """As results have it."""
        return Doubt(self.cause, as_text(self.text))
