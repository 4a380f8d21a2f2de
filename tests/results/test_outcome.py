"""Reviews that are ignored leave no trace: not in verdicts, counts, findings or what requirements conclude."""

from __future__ import annotations

import dataclasses

from scanner.results.model import Cause, Doubt, Results, Status, Verdict
from scanner.results.outcome import unfinished, without_reviews
from tests.report import sample


def waiting() -> Results:
    """The sample, of which a requirement waits for a decision."""
    results = sample.plant()
    first, *others = results.frameworks
    requirement = dataclasses.replace(first.requirements[0], verdict=Verdict.REVIEW, conclusion="partial")
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
