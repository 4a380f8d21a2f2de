"""What otaudit says, as results hold it."""

from __future__ import annotations

from scanner.results.model import Text
from scanner.wording import Said, kept


def told(text: str) -> Text:
    """A sentence, a ``Said`` or as a table holds it; nothing when it is empty."""
    return {"en": text if isinstance(text, Said) else kept(text)} if text else {}
