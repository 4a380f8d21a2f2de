"""SARIF for GitHub code scanning: only what shall become an alert, and no more than GitHub takes.

GitHub knows neither kinds nor suppressions: a pass or a waived finding in the file would be shown as an open alert, and
a review without a level would not be shown at all. It refuses files of more than 10 MB (compressed) or 25,000 results,
and keeps 5,000 (docs.github.com, "SARIF support for code scanning").
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.report import ReportFormat
from scanner.results.model import Results


def render(results: Results) -> Iterator[str]:
    """The log, with texts in English."""
    return render_in(results, "en")


def render_in(results: Results, language: str) -> Iterator[str]:
    """The log without passes, open questions and waived findings; the most severe alerts where there are too many."""
    from scanner.report._sarif import alerts  # only where a log is written

    return alerts.render(results, language)


REPORT = ReportFormat(
    "sarif-github",
    "SARIF 2.1.0 with what fails or must be confirmed alone, for GitHub code scanning",
    ".github.sarif",
    render,
    render_in,
)
