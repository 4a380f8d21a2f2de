"""GitLab's Code Quality report: what fails or must be confirmed, each with a file and a line, for merge requests.

The form is docs.gitlab.com, "Code Quality report format". GitLab compares reports of two branches by fingerprint, which
must therefore stay when lines move, and be there once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from scanner.places import file_and_sheet
from scanner.report import ReportFormat
from scanner.report._order import active, ordered, subject_text
from scanner.report._words import cleaned, one_line, printable, say
from scanner.results.model import Finding, Results, RuleResult, Severity, Status
from scanner.results.texts import pick

_SEVERITIES = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
    Severity.INFO: "info",
}


def render(results: Results) -> Iterator[str]:
    """The report, with texts in English."""
    return render_in(results, "en")


def render_in(results: Results, language: str) -> Iterator[str]:
    """The report, an issue to a line."""
    lead = "[\n"
    for rule in (*ordered(results.rules), *ordered(results.outside)):
        for found in active(rule):
            yield lead + json.dumps(_issue(rule, found, results, language), ensure_ascii=False)
            lead = ",\n"
    yield "[]\n" if lead.startswith("[") else "\n]\n"


def _issue(rule: RuleResult, found: Finding, results: Results, language: str) -> dict[str, Any]:
    first = found.evidence[0] if len(found.evidence) else None
    known = {record.source: record for record in results.inputs}
    source = first.source if first else next(iter(known), "-")
    file, _ = file_and_sheet(source, known)
    shown = cleaned(replace(found, evidence=()), language)
    text = one_line(pick(shown.message, language) or subject_text(shown, language))
    if found.status is Status.REVIEW:
        text = f"{say(language, 'verdict.review')}: {text}"
    return {
        "description": printable(f"{one_line(pick(rule.title, language))}: {text} [{rule.rule}]"),
        "check_name": printable(rule.rule),
        "fingerprint": printable(f"{found.id}-{found.status.value}"),
        "severity": _SEVERITIES[found.severity],
        "location": {
            "path": printable(file.replace("\\", "/").removeprefix("./")) or "-",
            "lines": {"begin": max(first.line_start, 1) if first else 1},
        },
    }


REPORT = ReportFormat(
    "code-quality",
    "Code Quality report for GitLab's merge requests",
    ".codequality.json",
    render,
    render_in,
)
