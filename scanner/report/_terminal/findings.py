"""Rules with their findings: a few lines for each that matters, one for each that can wait."""

from __future__ import annotations

from collections.abc import Collection

from scanner.report._order import active, ends_text, frames_text, of_subjects, place_text, proofs
from scanner.report._since import state_word
from scanner.report._terminal.page import Page
from scanner.report._words import one_line
from scanner.results.model import Evidence, Finding, RuleResult, Severity
from scanner.results.ratings import Confidence
from scanner.results.texts import pick

STYLES = {
    Severity.CRITICAL: "bold white on dark_red",
    Severity.HIGH: "bold red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "cyan",
    Severity.INFO: "dim",
}
_MAX_FINDINGS = {Severity.CRITICAL: 5, Severity.HIGH: 5, Severity.MEDIUM: 3}  # of a rule; of the rest one
_MAX_EVIDENCE = 1  # of a finding


def show_rules(page: Page, title: str, rules: Collection[RuleResult], only_capture: str, note: str = "") -> None:
    """A heading and the rules under it. only_capture: its name needs no repetition."""
    if not rules:
        return
    page.section(title, note)
    for rule in rules:
        _rule(page, rule, only_capture)


def label(page: Page, severity: Severity) -> tuple[str, str]:
    """The severity, with its style."""
    return page.say(f"severity.{severity.value}").upper(), STYLES[severity]


def _rule(page: Page, rule: RuleResult, only_capture: str) -> None:
    page.blank()
    page.paragraph(label(page, rule.severity), " ", (page.pick(rule.title), "bold"), f"  [{rule.rule}]")
    if rule.origin:
        page.paragraph((page.say("brought", folder=rule.origin), "dim"), indent=2)
    if rule.confidence is not Confidence.HIGH:
        page.paragraph(
            (f"{page.say('confidence')}: {page.say(f'confidence.{rule.confidence.value}')}", "dim"), indent=2
        )
    page.paragraph(page.pick(rule.reason) or of_subjects(rule, page.language), indent=2)
    shown = active(rule)[: _MAX_FINDINGS.get(rule.severity, 1)]
    for finding in shown:
        show_finding(page, finding, only_capture)
    coverage = rule.coverage
    page.more(coverage.failing_findings + coverage.review_findings - len(shown), "more-findings", indent=2)
    remediation = page.pick(rule.remediation)
    if remediation:
        page.paragraph((f"{page.say('remediation')}: ", "bold"), remediation, indent=2)


def show_finding(page: Page, finding: Finding, only_capture: str) -> None:
    """What it says, how it stands to the baseline, and its most telling evidence."""
    state = state_word(finding, page.language)
    page.item(f"[{state}] " if state else "", page.pick(finding.message) or page.pick(finding.subject))
    shown = finding.evidence[:_MAX_EVIDENCE]
    for evidence in shown:
        hidden = proofs(finding) - len(shown)
        more = f" | {page.say('more-places', n=hidden)}" if hidden > 0 else ""
        page.paragraph((evidence_line(evidence, page.language, only_capture) + more, "dim"), indent=6)


def evidence_line(evidence: Evidence, language: str, only_capture: str = "") -> str:
    """Where it is, between whom, what, with what outcome; the name of the only capture is left out."""
    place = place_text(evidence)
    if only_capture and evidence.source == only_capture and evidence.frames:
        place = f"#{frames_text(evidence)}"
    parts = (place, ends_text(evidence), pick(evidence.message, language), pick(evidence.outcome, language))
    text = evidence.text if not evidence.frames else ""
    return " | ".join(one_line(p) for p in (*parts, text) if p)
