"""JSON results: everything, to be kept, compared, or rendered again with ``otaudit report``."""

from __future__ import annotations

from scanner.results.model import Results
from scanner.results.serialise import to_json

NAME = "json"
EXTENSION = ".json"
TITLE = "complete results for programs; otaudit report makes any other format from it"


def render(results: Results) -> str:
    """The form that ``scanner/results/results.schema.json`` describes."""
    return to_json(results)
