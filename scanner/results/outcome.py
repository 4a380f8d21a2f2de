"""What a scan amounts to for whoever waits for its exit status, and results with the reviews left out."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from scanner.results.attack import TechniqueRow, TechniqueState
from scanner.results.comparing import newly_failing
from scanner.results.model import (
    Cause,
    FrameworkResult,
    Results,
    RuleResult,
    Severity,
    Status,
    Verdict,
    ZoneVerdict,
    failing_findings,
    waived_findings,
)
from scanner.results.rows import chained
from scanner.results.standing import counted, placed


class OnReview(enum.StrEnum):
    """What becomes of what was seen while nobody has said whether it is allowed."""

    FAIL = "fail"  # reported, and counts like a failure
    REPORT = "report"  # reported, and does not count
    IGNORE = "ignore"  # not reported


def failing(results: Results, at_least: Severity, reviews: OnReview) -> list[RuleResult]:
    """The rules, of the profile and outside of it, that fail or must be confirmed at or above the severity.

    With a baseline those of which something is new.
    """
    if results.baseline.source:
        return newly_failing(
            results, at_least, {Status.FAIL, Status.REVIEW} if reviews is OnReview.FAIL else {Status.FAIL}
        )
    counting = {Verdict.FAIL, Verdict.REVIEW} if reviews is OnReview.FAIL else {Verdict.FAIL}
    return [r for r in (*results.rules, *results.outside) if r.verdict in counting and r.severity.rank >= at_least.rank]


def unfinished(results: Results) -> bool:
    """Some input could not be read completely, a rule ended in an error of otaudit, or the policy gives authority to a
    name that means nobody: what such rules saw is neither allowed nor forbidden.
    """
    return not results.complete or any(r.verdict is Verdict.ERROR or _names_nobody(r) for r in _all(results))


def _names_nobody(rule: RuleResult) -> bool:
    return rule.verdict is Verdict.NO_EVIDENCE and any(doubt.cause is Cause.UNBOUND for doubt in rule.doubts)


def judged_nothing(results: Results) -> bool:
    """No rule found anything to judge in what was given."""
    return all(r.verdict is Verdict.NO_EVIDENCE for r in _all(results))


def without_reviews(results: Results) -> Results:
    """The results when reviews are ignored: such rules have no evidence, for the reason that they give."""
    rules = tuple(map(_without, results.rules))
    known = {rule.rule: rule for rule in rules}
    waiting = {r.rule for r in (*results.rules, *results.outside) if r.verdict is Verdict.REVIEW}
    return replace(
        results,
        rules=rules,
        outside=tuple(r for r in results.outside if r.verdict is not Verdict.REVIEW),
        nursery=tuple(map(_without, results.nursery)),
        techniques=tuple(_technique_without(row, waiting) for row in results.techniques),
        frameworks=tuple(_framework_without(f, known) for f in results.frameworks),
    )


def _without(rule: RuleResult) -> RuleResult:
    if not rule.coverage.review:
        return rule
    unjudged = rule.coverage.unjudged + rule.coverage.review
    coverage = replace(rule.coverage, review=0, review_findings=0, unjudged=unjudged)
    verdict = Verdict.NO_EVIDENCE if rule.verdict is Verdict.REVIEW else rule.verdict
    kept = chained(failing_findings(rule), waived_findings(rule))
    return replace(
        rule, verdict=verdict, coverage=coverage, findings=kept, by_zone=tuple(map(_zone_without, rule.by_zone))
    )


def _zone_without(said: ZoneVerdict) -> ZoneVerdict:
    return replace(said, verdict=Verdict.NO_EVIDENCE) if said.verdict is Verdict.REVIEW else said


def _technique_without(row: TechniqueRow, waiting: Collection[str]) -> TechniqueRow:
    found = tuple(name for name in row.found_by if name not in waiting)
    if found or not row.found_by:
        return replace(row, found_by=found)
    return replace(row, found_by=(), state=TechniqueState.NOT_JUDGED)


def _framework_without(framework: FrameworkResult, rules: Mapping[str, RuleResult]) -> FrameworkResult:
    requirements = []
    for row in framework.requirements:
        verdict = Verdict.NO_EVIDENCE if row.verdict is Verdict.REVIEW else row.verdict
        zones = [zone for group in row.in_zones for zone in group.zones]
        requirements.append(placed(replace(row, verdict=verdict), rules, zones))
    return counted(replace(framework, requirements=tuple(requirements)), [z.zone for z in framework.zone_standings])


def _all(results: Results) -> Iterator[RuleResult]:
    """Those that count: what is in the nursery does not."""
    yield from results.rules
    yield from results.outside
    yield from results.reach
