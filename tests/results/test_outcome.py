"""Reviews that are ignored leave no trace: not in verdicts, counts, findings or what requirements conclude."""

from __future__ import annotations

import dataclasses

import pytest

from scanner.results.answers import Standing
from scanner.results.model import Cause, Doubt, Results, RuleResult, Severity, Status, Verdict
from scanner.results.outcome import OnReview, failing, judged_nothing, unfinished, without_reviews
from tests.report import sample


def waiting() -> Results:
    """The sample, of which a requirement waits for a decision."""
    results = sample.plant()
    first, *others = results.frameworks
    asking = tuple(r.rule for r in results.rules if r.verdict is Verdict.REVIEW)
    requirement = dataclasses.replace(
        first.requirements[0], verdict=Verdict.REVIEW, rules=asking, standing=Standing.TO_CONFIRM, conclusion="partial"
    )
    framework = dataclasses.replace(first, requirements=(requirement, *first.requirements[1:]))
    return dataclasses.replace(results, frameworks=(framework, *others))


def test_nothing_waits_any_more() -> None:
    results = waiting()
    assert any(r.verdict is Verdict.REVIEW for r in results.rules)
    left = without_reviews(results)
    assert all(r.verdict is not Verdict.REVIEW and not r.coverage.review_findings for r in left.rules)
    assert all(f.status is not Status.REVIEW for r in left.rules for f in r.findings)
    first = left.frameworks[0].requirements[0]
    assert (first.verdict, first.conclusion) == (Verdict.NO_EVIDENCE, "no-evidence")
    assert first.standing is Standing.OPEN
    assert left.frameworks[0].standings.to_confirm == 0


def test_what_fails_or_is_waived_stays_as_it_was() -> None:
    results = waiting()
    kept = {r.rule: r for r in without_reviews(results).rules}
    for rule in results.rules:
        if not rule.coverage.review:
            assert kept[rule.rule] == rule


def test_a_name_that_means_nobody_leaves_the_scan_unfinished() -> None:
    results = sample.plant()
    first = results.rules[0]
    unbound = Doubt(Cause.UNBOUND, {"en": "ENG-1 is bound to nothing", "zh": "ENG-1 未绑定"})
    for verdict, expected in ((Verdict.NO_EVIDENCE, True), (Verdict.FAIL, False)):
        rules = (dataclasses.replace(first, verdict=verdict, doubts=(unbound,)),)
        only = dataclasses.replace(results, complete=True, rules=rules, outside=(), reach=())
        assert unfinished(only) is expected


def one(verdict: Verdict, severity: Severity = Severity.HIGH, *causes: Cause) -> RuleResult:
    doubts = tuple(Doubt(cause, {"en": "x", "zh": "x"}) for cause in causes)
    return dataclasses.replace(sample.plant().rules[0], verdict=verdict, severity=severity, doubts=doubts)


def holding(**parts: tuple[RuleResult, ...]) -> Results:
    return dataclasses.replace(sample.plant(), **({"complete": True, "rules": (), "outside": (), "reach": ()} | parts))


@pytest.mark.parametrize(
    ("verdict", "severity", "reviews", "counts"),
    [
        (Verdict.FAIL, Severity.HIGH, OnReview.FAIL, True),
        (Verdict.FAIL, Severity.HIGH, OnReview.REPORT, True),
        (Verdict.FAIL, Severity.HIGH, OnReview.IGNORE, True),
        (Verdict.FAIL, Severity.CRITICAL, OnReview.FAIL, True),
        (Verdict.FAIL, Severity.MEDIUM, OnReview.FAIL, False),
        (Verdict.REVIEW, Severity.HIGH, OnReview.FAIL, True),
        (Verdict.REVIEW, Severity.HIGH, OnReview.REPORT, False),
        (Verdict.REVIEW, Severity.MEDIUM, OnReview.FAIL, False),
        (Verdict.ERROR, Severity.HIGH, OnReview.FAIL, False),
        (Verdict.WAIVED, Severity.HIGH, OnReview.FAIL, False),
        (Verdict.NO_EVIDENCE, Severity.HIGH, OnReview.FAIL, False),
    ],
)
def test_what_ends_a_scan_with_a_failure(verdict: Verdict, severity: Severity, reviews: OnReview, counts: bool) -> None:
    rule = one(verdict, severity)
    assert failing(holding(rules=(rule,)), Severity.HIGH, reviews) == [rule] * counts
    assert failing(holding(outside=(rule,)), Severity.HIGH, reviews) == [rule] * counts
    assert failing(holding(reach=(rule,)), Severity.HIGH, reviews) == [], "of the evidence, not of the plant"


@pytest.mark.parametrize("part", ["rules", "outside", "reach"])
def test_what_is_unfinished_or_judged_nothing(part: str) -> None:
    def of(*rules: RuleResult) -> Results:
        return holding(**{part: rules})

    good, unknown = one(Verdict.PASS), one(Verdict.NO_EVIDENCE)
    assert not unfinished(of(good, unknown))
    assert unfinished(of(good, one(Verdict.ERROR)))
    assert unfinished(of(good, one(Verdict.NO_EVIDENCE, Severity.LOW, Cause.LOST, Cause.UNBOUND)))
    assert not unfinished(of(good, one(Verdict.NO_EVIDENCE, Severity.LOW, Cause.LOST)))
    assert unfinished(dataclasses.replace(of(good), complete=False))
    assert judged_nothing(of(unknown, unknown))
    assert not judged_nothing(of(unknown, good))
    assert not judged_nothing(of(unknown, one(Verdict.NOT_APPLICABLE)))


def test_ignored_reviews_are_subjects_that_nobody_judged() -> None:
    rules = [r for r in waiting().rules if r.coverage.review]
    assert rules
    left = without_reviews(holding(rules=tuple(rules))).rules
    for before, after in zip(rules, left, strict=True):
        assert after.coverage.unjudged == before.coverage.unjudged + before.coverage.review
        assert (after.coverage.review, after.coverage.review_findings) == (0, 0)
        assert after.verdict is (Verdict.NO_EVIDENCE if before.verdict is Verdict.REVIEW else before.verdict)
        assert [f.id for f in after.findings] == [f.id for f in before.findings if f.status is not Status.REVIEW]
    failed = dataclasses.replace(rules[0], verdict=Verdict.FAIL)
    assert without_reviews(holding(rules=(failed,))).rules[0].verdict is Verdict.FAIL
    assert without_reviews(holding(outside=(one(Verdict.REVIEW), one(Verdict.FAIL)))).outside == (one(Verdict.FAIL),)


def test_what_becomes_of_reviews_is_named_as_options_name_it() -> None:
    assert [each.value for each in OnReview] == ["fail", "report", "ignore"]
