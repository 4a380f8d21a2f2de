"""SARIF for GitHub code scanning: only what shall become an alert.

GitHub knows neither kinds nor suppressions: a pass or a waived finding in the file would be shown as an open alert.
"""

from __future__ import annotations

from scanner.report.sarif import dump, log
from scanner.results.model import Results

NAME = "sarif-github"
EXTENSION = ".github.sarif"
TITLE = "SARIF 2.1.0 with the failing findings alone, for GitHub code scanning"


def render(results: Results) -> str:
    """The SARIF log without passes, open questions and waived findings."""
    document = log(results)
    for run in document["runs"]:
        run["results"] = [r for r in run["results"] if r["kind"] == "fail" and not r["suppressions"]]
    return dump(document)
