"""JUnit XML as Jenkins, GitLab, GitHub actions and Azure read it: one suite per rule family, one case per rule."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import groupby

from scanner.report._order import ends_text, judged, of_subjects, ordered, place_text, problem_text, proofs
from scanner.report._words import cleaned, moment, number, one_line, pick
from scanner.results.model import Evidence, Finding, Results, RuleResult, Verdict, waived_findings

NAME = "junit"
EXTENSION = ".xml"
TITLE = "JUnit XML for continuous integration: a failing rule is a failing test"

_MAX_FINDINGS = 50  # of a rule; the JSON results have all
_MAX_EVIDENCE = 5  # of a finding


def render(results: Results) -> str:
    """The XML document. When it ran and how long stand in the root element alone."""
    results = cleaned(judged(results))
    rules = sorted(ordered(results.rules), key=lambda r: r.family)  # stable: keeps the order within a family
    root = ET.Element("testsuites", {"name": _title(results), **_counts(list(results.rules))})
    root.set("time", f"{results.run.seconds:.3f}")
    if results.run.started:
        root.set("timestamp", results.run.started)
    for family, members in groupby(rules, key=lambda r: r.family):
        _suite(root, family or "rules", list(members), results)
    if results.problems:
        _problems(root, results)
    ET.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _title(results: Results) -> str:
    return one_line(f"otaudit {results.site} {results.profile}")


def _counts(rules: list[RuleResult]) -> dict[str, str]:
    verdicts = [r.verdict for r in rules]
    failed = verdicts.count(Verdict.FAIL) + verdicts.count(Verdict.REVIEW)
    errors = verdicts.count(Verdict.ERROR)
    skipped = len(verdicts) - failed - errors - verdicts.count(Verdict.PASS)
    numbers = {"tests": len(verdicts), "failures": failed, "errors": errors, "skipped": skipped}
    return {k: str(v) for k, v in numbers.items()}


def _suite(root: ET.Element, family: str, rules: list[RuleResult], results: Results) -> None:
    suite = ET.SubElement(root, "testsuite", {"name": f"otaudit.{family}", **_counts(rules), "time": "0"})
    properties = ET.SubElement(suite, "properties")
    for name, value in (("site", results.site), ("profile", results.profile), ("version", results.run.version)):
        ET.SubElement(properties, "property", {"name": name, "value": value})
    for rule in rules:
        _case(suite, family, rule)


def _case(suite: ET.Element, family: str, rule: RuleResult) -> None:
    name = one_line(f"{rule.rule}: {pick(rule.title)}")
    case = ET.SubElement(suite, "testcase", {"name": name, "classname": f"otaudit.{family}", "time": "0"})
    reason = one_line(pick(rule.reason)) or rule.verdict.value
    if rule.verdict in (Verdict.FAIL, Verdict.REVIEW):
        message = f"[{rule.severity.value}] {of_subjects(rule)}: {one_line(pick(rule.title))}"
        ET.SubElement(case, "failure", {"message": message, "type": rule.severity.value}).text = _body(rule)
    elif rule.verdict is Verdict.ERROR:
        ET.SubElement(case, "error", {"message": reason, "type": "error"}).text = _body(rule)
    elif rule.verdict is not Verdict.PASS:
        ET.SubElement(case, "skipped", {"message": f"{rule.verdict.value}: {_skip_reason(rule, reason)}"})
    else:
        ET.SubElement(case, "system-out").text = "\n".join(t for t in (reason, pick(rule.coverage.text)) if t)


def _skip_reason(rule: RuleResult, reason: str) -> str:
    waivers = dict.fromkeys(one_line(pick(f.waiver)) for f in waived_findings(rule))
    return "; ".join([reason, *waivers]) if rule.verdict is Verdict.WAIVED else reason


def _body(rule: RuleResult) -> str:
    findings = rule.findings
    lines = [pick(rule.reason)]
    for finding in findings[:_MAX_FINDINGS]:
        lines += _finding_lines(finding)
    if len(findings) > _MAX_FINDINGS:
        lines.append(f"... and {number(len(findings) - _MAX_FINDINGS)} more findings in the JSON results")
    if pick(rule.remediation):
        lines += ["", f"What to do: {pick(rule.remediation)}"]
    return "\n".join(lines)


def _finding_lines(finding: Finding) -> list[str]:
    mark = f" [waived: {pick(finding.waiver)}]" if finding.waiver else ""
    lines = [f"- {one_line(pick(finding.message) or pick(finding.subject))}{mark}"]
    lines += [f"    {_evidence_line(e)}" for e in finding.evidence[:_MAX_EVIDENCE]]
    hidden = proofs(finding) - len(finding.evidence[:_MAX_EVIDENCE])
    return [*lines, f"    ... and {number(hidden)} more places"] if hidden > 0 else lines


def _evidence_line(evidence: Evidence) -> str:
    parts = (
        place_text(evidence),
        moment(evidence.first_time),
        ends_text(evidence),
        pick(evidence.message),
        evidence.outcome.get("en", ""),
        one_line(evidence.text),
        f"filter: {evidence.filter}" if evidence.filter else "",
    )
    return " | ".join(p for p in parts if p)


def _problems(root: ET.Element, results: Results) -> None:
    lines = [one_line(f"{p.source}: {problem_text(p)}") for p in results.problems]
    empty = {"tests": "0", "failures": "0", "errors": "0", "skipped": "0", "time": "0"}
    suite = ET.SubElement(root, "testsuite", {"name": "otaudit.inputs", **empty})
    ET.SubElement(suite, "system-err").text = "\n".join(lines)
