"""SARIF 2.1.0 (OASIS, errata 01): every verdict as a result with a place, for viewers and dashboards of findings.

Kinds (section 3.27.9): a failing finding is ``fail``, one that a person must confirm ``review``, a waived one ``fail``
with an accepted suppression, a pass ``pass``, not applicable ``notApplicable``; no evidence and error are ``open``:
evaluated, too little known to decide. What checks of the evidence itself say is ``informational``, and a notification.
GitHub code scanning shows every result as an open alert whatever its kind or suppression; ``sarif-github`` is for it.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.report import ReportFormat
from scanner.results.model import Results


def render(results: Results) -> Iterator[str]:
    """The log, with texts in English."""
    return render_in(results, "en")


def render_in(results: Results, language: str) -> Iterator[str]:
    """One log with one run: every finding, with every piece of its evidence. Its texts are in the language."""
    from scanner.report._sarif.run import Run, log  # only where a log is written

    run = Run(results, language)
    return log(run.head(), run.results())


REPORT = ReportFormat(
    "sarif",
    "SARIF 2.1.0 with every verdict, for viewers of findings",
    ".sarif",
    render,
    render_in,
)
