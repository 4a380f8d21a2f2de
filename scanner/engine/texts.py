"""What otaudit says, as results hold it."""

from __future__ import annotations

from scanner.results.model import ProblemRow, Text
from scanner.wording import Said, kept


def as_text(text: str) -> Text:
    """A sentence, a ``Said`` or as a table holds it; nothing when it is empty."""
    return {"en": text if isinstance(text, Said) else kept(text)} if text else {}


def problem(source: str, place: str, what: str, remedy: str) -> ProblemRow:
    """Something that could not be used, or deserves attention."""
    return ProblemRow(source, *map(as_text, (place, what, remedy)))
