"""JUnit XML as Jenkins, GitLab, GitHub actions and Azure read it: one case per file and rule, or per rule.

Rules over configurations have a suite for each file, with a case for each rule that applies to it; the others have
one for each family. Rules that nothing was given for, and those that are about nothing that is there, are no tests: how
many they are stands in the suite ``otaudit.not-judged``.

What must be confirmed is a failure of the type ``review``, since it makes the exit status 1 as failures do. Rules
outside the profile have a suite of their own, and so have checks of the evidence itself and rules of the nursery, which
never fail. With a baseline a rule of which nothing is new is skipped as known.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from scanner.report import ReportFormat
from scanner.report._order import (
    ends_text,
    judged,
    of_subjects,
    ordered,
    place_text,
    problem_text,
    proofs,
    subject_text,
)
from scanner.report._since import known, lost_line, since, state_word
from scanner.report._words import cleaned, moment, one_line, say
from scanner.results.model import Evidence, Finding, Results, RuleResult, Status, Verdict, waived_findings
from scanner.results.texts import pick

_NUMBERS = ("tests", "failures", "errors", "skipped")
_MAX_FINDINGS = 50  # of a rule; the JSON results have all
_MAX_EVIDENCE = 5  # of a finding


def render(results: Results) -> str:
    """The document, with texts in English."""
    return render_in(results, "en")


def render_in(results: Results, language: str) -> str:
    """The XML document, with texts in the language. When it ran and how long stand in the root element alone."""
    results = cleaned(judged(results), language)
    rules = sorted(ordered(results.rules), key=lambda r: r.family)  # stable: keeps the order within a family
    root = ET.Element("testsuites", {"name": _title(results), **dict.fromkeys(_NUMBERS, "0")})
    root.set("time", f"{results.run.seconds:.3f}")
    if results.run.started:
        root.set("timestamp", results.run.started)
    of_files = [rule for rule in rules if rule.by_file]
    others = [rule for rule in rules if not rule.by_file and not _aside_reason(rule)]
    suites = [_Suite(file, cases, _case) for file, cases in _by_file(of_files)]
    for family, own in groupby(others, key=lambda r: r.family):
        suites.append(_Suite(f"otaudit.{family or 'rules'}", list(own), _case))
    suites.append(_Suite("otaudit.outside-profile", ordered(results.outside), _case))
    suites.append(_Suite("otaudit.evidence", ordered(results.reach), _aside_case))
    suites.append(_Suite("otaudit.nursery", ordered(results.nursery), _aside_case))
    for suite in suites:
        if suite.rules:
            _add(root, suite, results, language)
    for name in _NUMBERS:
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    if left := Counter(filter(None, map(_aside_reason, rules))):
        _aside(root, "otaudit.not-judged", [say(language, key, n=n) for key, n in left.items()])
    told = [*since(results, language), *(lost_line(c, language) for c in results.verdict_changes if c.lost)]
    if told:
        _aside(root, "otaudit.baseline", told)
    if results.problems:
        lines = [one_line(f"{p.source}: {problem_text(p, language)}") for p in results.problems]
        _aside(root, "otaudit.inputs", lines)
    ET.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _aside_reason(rule: RuleResult) -> str:
    """The words for rules that are no tests: their input was not given, or nothing is there that they are about."""
    if rule.verdict is Verdict.NOT_APPLICABLE:
        return "junit.not-applicable"
    inputs = rule.doubts and all(doubt.cause.startswith("input:") for doubt in rule.doubts)
    return "junit.not-given" if rule.verdict is Verdict.NO_EVIDENCE and inputs else ""


def _by_file(rules: list[RuleResult]) -> Iterator[tuple[str, list[RuleResult]]]:
    """Each file with its rules, each as far as it is about this file."""
    files: dict[str, list[RuleResult]] = {}
    for rule in rules:
        for said in rule.by_file:
            for file in said.files:
                files.setdefault(file, []).append(_in_file(rule, file, said.verdict))
    for file in sorted(files):
        yield file, ordered(files[file])


def _in_file(rule: RuleResult, file: str, verdict: Verdict) -> RuleResult:
    """The rule with what it says of the file."""
    own = [f for f in rule.findings if any(e.source == file for e in f.evidence)]
    statuses = Counter(f.status for f in own)
    coverage = replace(
        rule.coverage,
        failing=statuses[Status.FAIL],
        review=statuses[Status.REVIEW],
        subjects=len(own),
        failing_findings=statuses[Status.FAIL],
        review_findings=statuses[Status.REVIEW],
        waived_findings=statuses[Status.WAIVED],
    )
    reason = rule.reason if verdict is rule.verdict else {}
    return replace(rule, verdict=verdict, reason=reason, findings=tuple(own), coverage=coverage)


def _title(results: Results) -> str:
    return one_line(f"otaudit {results.site} {results.profile}")


@dataclass(frozen=True)
class _Suite:
    """Rules that stand together, and how the outcome of one is told in its test case."""

    name: str
    rules: list[RuleResult]
    outcome: Callable[[ET.Element, RuleResult, str], None]


def _add(root: ET.Element, suite: _Suite, results: Results, language: str) -> None:
    element = ET.SubElement(root, "testsuite", {"name": suite.name, **dict.fromkeys(_NUMBERS, "0"), "time": "0"})
    properties = ET.SubElement(element, "properties")
    about = (("site", results.site), ("profile", results.profile), ("version", results.run.version))
    for name, value in (*about, *_brought(suite.rules)):
        ET.SubElement(properties, "property", {"name": name, "value": value})
    for rule in suite.rules:
        name = one_line(f"{rule.rule}: {pick(rule.title)}")
        case = ET.SubElement(element, "testcase", {"name": name, "classname": suite.name, "time": "0"})
        suite.outcome(case, rule, language)
    element.set("tests", str(len(suite.rules)))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(name, str(len(element.findall(f"testcase/{tag}"))))


def _brought(rules: list[RuleResult]) -> Iterator[tuple[str, str]]:
    """Of rules that are not otaudit's own, from which folder; no schema lets a test case have properties."""
    yield from ((f"{rule.rule}.origin", rule.origin) for rule in rules if rule.origin)


def _case(case: ET.Element, rule: RuleResult, language: str) -> None:
    if rule.verdict in (Verdict.FAIL, Verdict.REVIEW) and known(rule):
        message = f"{say(language, 'baseline.state.unchanged')}: {of_subjects(rule, language)}"
        ET.SubElement(case, "skipped", {"message": message})
        ET.SubElement(case, "system-out").text = _body(rule, language)
    elif rule.verdict in (Verdict.FAIL, Verdict.REVIEW):
        count = of_subjects(rule, language)
        if rule.by_file:  # how many subjects the file has is not told
            count = say(language, "findings-count", n=rule.coverage.failing + rule.coverage.review)
        message = f"[{rule.severity.value}] {count}: {one_line(pick(rule.title))}"
        kind = "review" if rule.verdict is Verdict.REVIEW else rule.severity.value
        ET.SubElement(case, "failure", {"message": message, "type": kind}).text = _body(rule, language)
    elif rule.verdict is Verdict.ERROR:
        ET.SubElement(case, "error", {"message": _reason(rule), "type": "error"}).text = _body(rule, language)
    elif rule.verdict is not Verdict.PASS:
        ET.SubElement(case, "skipped", {"message": f"{rule.verdict.value}: {_skip_reason(rule)}"})
    else:
        ET.SubElement(case, "system-out").text = _passed(rule)


def _aside_case(case: ET.Element, rule: RuleResult, language: str) -> None:
    """How far the evidence reaches, or what no proven rule says, is told and fails nothing."""
    if rule.verdict is Verdict.PASS:
        ET.SubElement(case, "system-out").text = _passed(rule)
        return
    told = f": {of_subjects(rule, language)}" if rule.coverage.failing else ""
    ET.SubElement(case, "skipped", {"message": f"{rule.verdict.value}{told}: {_reason(rule)}"})
    if rule.findings:
        ET.SubElement(case, "system-out").text = _body(rule, language)


def _reason(rule: RuleResult) -> str:
    return one_line(pick(rule.reason)) or rule.verdict.value


def _passed(rule: RuleResult) -> str:
    return "\n".join(t for t in (_reason(rule), pick(rule.coverage.text)) if t)


def _skip_reason(rule: RuleResult) -> str:
    reason = _reason(rule)
    waivers = dict.fromkeys(one_line(pick(f.waiver)) for f in waived_findings(rule))
    return "; ".join([reason, *waivers]) if rule.verdict is Verdict.WAIVED else reason


def _body(rule: RuleResult, language: str) -> str:
    findings = rule.findings
    lines = [pick(rule.reason)]
    for finding in findings[:_MAX_FINDINGS]:
        lines += _finding_lines(finding, language)
    if len(findings) > _MAX_FINDINGS:
        hidden = len(findings) - _MAX_FINDINGS
        lines.append(say(language, "more-findings", n=hidden))
    if pick(rule.remediation):
        lines += ["", f"{say(language, 'remediation')}{say(language, 'colon')}{pick(rule.remediation)}"]
    return "\n".join([*lines, *_standing(rule, language)])


def _standing(rule: RuleResult, language: str) -> Iterator[str]:
    """How sure it is, for whom, and whose rule."""
    colon = say(language, "colon")
    yield f"{say(language, 'confidence')}{colon}{say(language, f'confidence.{rule.confidence.value}')}"
    if rule.audience:
        names = say(language, "comma").join(say(language, f"audience.{a.value}") for a in rule.audience)
        yield f"{say(language, 'audience')}{colon}{names}"
    if rule.origin:
        yield say(language, "brought", folder=rule.origin)


def _finding_lines(finding: Finding, language: str) -> list[str]:
    waived = f"{say(language, 'verdict.waived')}{say(language, 'colon')}{pick(finding.waiver)}"
    mark = f" [{waived}]" if finding.waiver else ""
    if state := state_word(finding, language):
        mark += f" [{state}]"
    if finding.status is Status.REVIEW:
        mark += f" [{say(language, 'permission.undecided')}]"
    lines = [f"- {one_line(pick(finding.message) or subject_text(finding, language))}{mark}"]
    lines += [f"    {_evidence_line(e, language)}" for e in finding.evidence[:_MAX_EVIDENCE]]
    hidden = proofs(finding) - len(finding.evidence[:_MAX_EVIDENCE])
    if hidden > 0:
        lines.append(f"    {say(language, 'more-places', n=hidden)}")
    return lines


def _evidence_line(evidence: Evidence, language: str) -> str:
    parts = (
        place_text(evidence),
        moment(evidence.first_time),
        ends_text(evidence),
        pick(evidence.message),
        pick(evidence.outcome),
        one_line(evidence.text),
        f"{say(language, 'e.filter')}{say(language, 'colon')}{evidence.filter}" if evidence.filter else "",
    )
    return " | ".join(p for p in parts if p)


def _aside(root: ET.Element, name: str, lines: list[str]) -> None:
    """What is told beside the tests."""
    suite = ET.SubElement(root, "testsuite", {"name": name, **dict.fromkeys(_NUMBERS, "0"), "time": "0"})
    ET.SubElement(suite, "system-err").text = "\n".join(lines)


REPORT = ReportFormat(
    "junit",
    "JUnit XML for continuous integration: a failing rule is a failing test",
    ".xml",
    render,
    render_in,
)
