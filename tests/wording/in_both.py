"""Texts as they are read in two languages."""

from __future__ import annotations

from dataclasses import replace

from scanner.results.model import Evidence, Text
from scanner.results.texts import pick


def both(text: Text | str) -> Text:
    """In English and Chinese."""
    given: Text = {"en": text} if isinstance(text, str) else text
    return {language: pick(given, language) for language in ("en", "zh")}


def in_full(evidence: Evidence) -> Evidence:
    """The evidence with its texts in both languages."""
    texts = {name: both(text) for name in ("message", "outcome") if (text := getattr(evidence, name))}
    return replace(evidence, **texts)
