"""Texts that would stand on the page many times: what is said once instead, and what another text says already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from scanner.catalogues import languages
from scanner.results.model import Text
from scanner.results.texts import pick


def usual(texts: Sequence[Text]) -> Text:
    """The text that stands at the most places, if at three and at a third of them or more; else none."""
    counts = Counter(tuple(sorted(text.items())) for text in texts if text)
    best, times = max(counts.items(), key=lambda entry: entry[1], default=((), 0))
    return dict(best) if times >= max(3, len(texts) / 3) else {}


def unless_in(text: Text, other: Text) -> Text:
    """The text, or none when the other contains it in every language."""
    return {} if all(pick(text, name) in pick(other, name) for name in languages()) else text
