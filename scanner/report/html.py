"""One self-contained HTML file in every language, for managers, auditors and engineers; see ``docs/reports.md``."""

from __future__ import annotations

from scanner.report import ReportFormat
from scanner.results.model import Results


def render(results: Results, language: str = "") -> str:
    """The page. Two runs on the same input differ in the element with the id ``run`` alone.

    language: that it opens in; without one, that of the browser.
    """
    from scanner.report._html import page  # only where a page is written

    return page.render(results, language)


REPORT = ReportFormat(
    "html",
    "the report for people: one file in every language, works offline",
    ".html",
    render,
    render_opening_in=render,
)
