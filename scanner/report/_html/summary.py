"""The three answers on the first screen: what is wrong, what must be confirmed, how far the evidence reaches."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scanner.columns import columns
from scanner.report._html.cards import Cards
from scanner.report._html.limits import LIMITS
from scanner.report._html.words import Words
from scanner.report._order import (
    VERDICTS,
    Cut,
    cut,
    ordered,
    severity_counts,
    verdict_counts,
    with_verdict,
)
from scanner.report._words import one_line
from scanner.results.model import (
    Finding,
    InputRecord,
    Results,
    RuleResult,
    Text,
    Verdict,
    failing_findings,
    review_findings,
)
from scanner.results.ratings import Audience, Confidence

if TYPE_CHECKING:
    from markupsafe import Markup

_SENTENCE_ENDS = re.compile(r"(?<=[.!?]\s)(?=[A-Z\u4e00-\u9fff])|(?<=[。！？])")
_KINDS = ("capture", "inventory", "policy", "configuration")


@dataclass(frozen=True)
class First:
    """One rule on the first screen: who is concerned, and the beginning of what to do."""

    rule: RuleResult
    findings: Cut[Finding]
    todo: Text


def summary(results: Results, cards: Cards) -> dict[str, Any]:
    """The variables of the first screen."""
    failing = with_verdict(results, Verdict.FAIL)
    # a rule that fails may hold subjects to be confirmed as well
    reviews = [r for r in ordered(results.rules) if r.verdict is Verdict.REVIEW or r.coverage.review_findings]
    unjudged = with_verdict(results, Verdict.ERROR) + with_verdict(results, Verdict.NO_EVIDENCE)
    counts = verdict_counts(results)
    first = cut(failing, LIMITS.first)
    confirm = cut(reviews, LIMITS.first)
    outside = cut(ordered(results.outside), LIMITS.first)
    listed = [*results.rules, *results.outside, *results.nursery]  # what stands under Findings
    return {
        "title": one_line(f"otaudit: {results.site or results.profile}").removesuffix(": ")[:200],
        "seconds": f"{results.run.seconds:.1f}",
        "headline": _headline(results, failing),
        "urgency": _urgency(results, failing),
        "failing_severities": [(s, n) for s, n in severity_counts(failing).items() if n],
        "verdicts": [(v, counts[v]) for v in VERDICTS],
        "severities": [(s, n) for s, n in severity_counts(listed).items() if n],
        "confidences": [c for c in reversed(Confidence) if any(r.confidence is c for r in listed)],
        "audiences": [a for a in Audience if any(a in r.audience for r in listed)],
        "first": Cut(tuple(_first(r, failing_findings(r)) for r in first.shown), first.hidden),
        "outside": Cut(tuple(_first(r, r.findings) for r in outside.shown), outside.hidden),
        "confirm": Cut(tuple(_first(r, review_findings(r)) for r in confirm.shown), confirm.hidden),
        "to_confirm": sum(r.coverage.review_findings for r in results.rules),
        "confirm_failing": sum(r.coverage.review_findings for r in results.rules if r.verdict is not Verdict.REVIEW),
        "unjudged": len(unjudged),
        "reach": _reach(results, cards),
    }


def _headline(results: Results, failing: list[RuleResult]) -> Markup:
    words = Words()
    passed = sum(r.verdict is Verdict.PASS for r in results.rules)
    waived = sum(r.verdict is Verdict.WAIVED for r in results.rules)
    if not results.rules:
        return words.fixed("headline.empty")
    if failing:
        return words.fixed("headline.fail", n=len(failing), total=len(results.rules))
    if passed + waived:
        return words.fixed("headline.pass", n=passed)
    if any(r.verdict is Verdict.REVIEW for r in results.rules):
        return words.fixed("headline.review")
    return words.fixed("headline.nothing")


def _urgency(results: Results, failing: list[RuleResult]) -> str:
    if failing:
        return max((r.severity for r in failing), key=lambda s: s.rank).value
    verdicts = {r.verdict for r in results.rules}
    if Verdict.REVIEW in verdicts:
        return "review"
    return "none" if verdicts & {Verdict.PASS, Verdict.WAIVED} else "nothing"


def _first(rule: RuleResult, findings: Sequence[Finding]) -> First:
    todo = {language: brief(text, LIMITS.brief) for language, text in rule.remediation.items()}
    return First(rule, cut(findings, LIMITS.first_findings), todo)


def brief(text: str, width: int) -> str:
    """The first sentences that fit into so many columns, one at least; when there are more, an ellipsis of its own."""
    sentences = [s for s in _SENTENCE_ENDS.split(one_line(text)) if s]
    shown: list[str] = []
    used = 0
    for sentence in sentences:
        used += columns(sentence)
        if shown and used > width:
            break
        shown.append(sentence)
    return "".join(shown).rstrip()


def _reach(results: Results, cards: Cards) -> dict[str, Any]:
    """What the verdicts rest on, and what is missing."""
    kinds = {i.kind for i in results.inputs}
    amiss = [r for r in ordered(results.reach) if r.verdict is Verdict.FAIL or r.verdict is Verdict.ERROR]
    unknown = [r for r in results.reach if r.verdict is Verdict.NO_EVIDENCE]
    captures = [i for i in results.inputs if i.kind == "capture"]
    return {
        "amiss": amiss,
        "well": len(results.reach) - len(amiss) - len(unknown),
        "checks": len(results.reach),
        "captures": cut(captures, 4),
        "recognised": _detail(captures, "conversations recognised"),
        "absent": [kind for kind in _KINDS if kind not in kinds] if kinds != {"facts"} else [],
        "causes": cut(cards.causes, LIMITS.not_checked),
        "several": cards.several,
        "partial": cut([i.source for i in results.inputs if not i.complete], 5),
        "manual": sum(1 for f in results.frameworks for r in f.requirements if r.verdict is None),
    }


def _detail(inputs: Sequence[InputRecord], name: str) -> list[tuple[str, Text]]:
    return [(i.source, i.details[name]) for i in inputs if name in i.details][:4]
