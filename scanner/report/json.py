"""JSON results: everything, to be kept, compared, or rendered again with ``otaudit report``."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.report import ReportFormat
from scanner.results.model import Results
from scanner.results.serialise import json_parts


def render(results: Results) -> Iterator[str]:
    """The form that ``scanner/results/results.schema.json`` describes."""
    return json_parts(results)


REPORT = ReportFormat(
    "json",
    "complete results for programs; otaudit report makes any other format from it",
    ".json",
    render,
)
