"""One rule on the facts: which subjects there are, which fail, and the verdict that follows.

The order of the reasons is the point of this file; docs/decisions/0006-a-pass-must-be-earned.md says why it is so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from scanner.engine.coverage import counted_subjects, coverage_text
from scanner.engine.defects import defects_of
from scanner.engine.enriched import Enriched
from scanner.engine.expressions import condition
from scanner.engine.findings import MOST, Row, findings, grouped
from scanner.engine.rules import Rule
from scanner.engine.sufficiency import doubts
from scanner.engine.waivers import Waiver, split
from scanner.engine.words import INPUTS, both, joined
from scanner.results.model import Coverage, Finding, RuleResult, Severity, Text, Verdict

_IN_SCOPE, _UNJUDGED, _FAILS = "_in_scope", "_unjudged", "_fails"
_NOTHING = Coverage()


@dataclass(frozen=True)
class Terms:
    """What a scan judges by, besides the rule."""

    today: date
    waivers: Sequence[Waiver] = ()
    minimum_duration: float = 0.0  # seconds, from the profile


@dataclass(frozen=True)
class Judged:
    """The subjects of one rule, sorted out."""

    subjects: pl.DataFrame  # all that are certainly or possibly in scope
    unjudged: int
    failing: list[Row] = field(default_factory=list)
    waived: dict[Waiver, list[Row]] = field(default_factory=dict)
    expired: list[Waiver] = field(default_factory=list)


def judge_rule(rule: Rule, case: Enriched, terms: Terms, severity: Severity) -> RuleResult:
    """The rule's verdict, why, how much was observed, and the findings."""
    missing = [kind for kind in rule.needs if not case.facts.has(kind)]
    if missing:
        names = joined((INPUTS[k] for k in missing), " and ", "和")
        reason = both(f"No {names['en']} was given.", f"未提供{names['zh']}。")
        return _result(rule, severity, (Verdict.NO_EVIDENCE, reason))
    try:
        judged = _sort_out(rule, case, terms)
    except pl.exceptions.PolarsError as error:  # a defect of otaudit: shown, never silent
        what = " ".join(str(error).split())[:300]
        reason = both(f"The rule could not be evaluated: {what}", f"规则无法求值：{what}")
        return _result(rule, severity, (Verdict.ERROR, reason))
    verdict = _verdict(rule, case, terms, judged)
    waived = sum(len(rows) for rows in judged.waived.values())
    coverage = Coverage(
        subjects=judged.subjects.height,
        failing=len(judged.failing),
        waived=waived,
        text=coverage_text(rule, judged.subjects, case),
    )
    return _result(rule, severity, verdict, coverage, _findings(rule, case, judged, severity))


def _sort_out(rule: Rule, case: Enriched, terms: Terms) -> Judged:
    table = case.tables[rule.table]
    always, never = pl.lit(value=True), pl.lit(value=False)
    marked = table.with_columns(
        (condition(rule.where, rule.table, case.tables) if rule.where else always).alias(_IN_SCOPE),
        (condition(rule.unknown_when, rule.table, case.tables) if rule.unknown_when else never)
        .fill_null(value=True)
        .alias(_UNJUDGED),
        condition(rule.fail, rule.table, case.tables).alias(_FAILS),
    )
    # out of scope for certain, or perhaps in scope but passing either way: no subject
    marked = marked.filter(pl.col(_IN_SCOPE).fill_null(pl.col(_UNJUDGED) | pl.col(_FAILS).fill_null(value=True)))
    judged = marked[_IN_SCOPE].is_not_null() & ~marked[_UNJUDGED] & marked[_FAILS].is_not_null()
    failing_rows = marked.filter(judged & marked[_FAILS]).drop(_IN_SCOPE, _UNJUDGED, _FAILS).to_dicts()
    own = [w for w in terms.waivers if w.rule == rule.id]
    failing, waived, expired = split(failing_rows, own, terms.today)
    return Judged(marked, int((~judged).sum()), failing, waived, expired)


def _verdict(rule: Rule, case: Enriched, terms: Terms, judged: Judged) -> tuple[Verdict, Text]:
    """The first of these that holds: fail, error, waived, nothing there, not judged, too little seen, pass."""
    subjects = counted_subjects(rule, judged.subjects.height)
    defects = defects_of(rule, case.facts.defects)
    if judged.failing:
        return Verdict.FAIL, _fail_reason(rule, judged, defects)
    if defects:
        why = joined(both(d, d) for d in defects)
        return Verdict.ERROR, both(
            f"otaudit itself failed on part of the input, so silence proves nothing: {why['en']}.",
            f"otaudit 自身处理部分输入时出错，未发现问题不能作为证明：{why['zh']}。",
        )
    if judged.waived:
        waived = sum(map(len, judged.waived.values()))
        return Verdict.WAIVED, both(
            f"{waived:,} of {subjects['en']} failed, all under a waiver.",
            f"{subjects['zh']}中有 {waived:,} 个不符合，均已豁免。",
        )
    if not judged.subjects.height:
        return _nothing_there(rule, doubts(rule, case, absence=True, minimum_duration=terms.minimum_duration))
    return _none_fails(rule, case, terms, judged)


def _none_fails(rule: Rule, case: Enriched, terms: Terms, judged: Judged) -> tuple[Verdict, Text]:
    """No subject is known to fail: a pass, if it is earned."""
    subjects = counted_subjects(rule, judged.subjects.height)
    doubt = doubts(rule, case, absence=False, minimum_duration=terms.minimum_duration)
    if judged.unjudged:
        doubt.append(both(f"{judged.unjudged:,} could not be judged", f"{judged.unjudged:,} 个无法判定"))
    if judged.subjects.height < rule.minimum.subjects:
        least = f"{rule.minimum.subjects:,}"
        doubt.append(both(f"at least {least} are needed", f"至少需要 {least} 个"))
    if doubt:
        why = joined(doubt)
        return Verdict.NO_EVIDENCE, both(
            f"None of {subjects['en']} is known to fail, but that is too little for a pass: {why['en']}.",
            f"{subjects['zh']}中未发现违反，但证据不足以判定通过：{why['zh']}。",
        )
    covered = coverage_text(rule, judged.subjects, case)
    return Verdict.PASS, both(f"No violation in {covered['en']}.", f"{covered['zh']}，未发现违反。")


def _fail_reason(rule: Rule, judged: Judged, defects: Sequence[str]) -> Text:
    subjects = counted_subjects(rule, judged.subjects.height)
    parts = [
        both(
            f"{len(judged.failing):,} of {subjects['en']} failed",
            f"{subjects['zh']}中有 {len(judged.failing):,} 个不符合",
        )
    ]
    if judged.unjudged:
        parts.append(both(f"{judged.unjudged:,} could not be judged", f"{judged.unjudged:,} 个无法判定"))
    if len(judged.failing) > MOST and len(grouped(rule, judged.failing)) > MOST:
        parts.append(both(f"only the first {MOST:,} findings are listed", f"仅列出前 {MOST:,} 条发现"))
    parts += [w.expired_text for w in judged.expired]
    parts += [both(f"there may be more: {d}", f"可能还有更多：{d}") for d in defects]
    text = joined(parts)
    return both(f"{text['en']}.", f"{text['zh']}。")


def _nothing_there(rule: Rule, doubt: list[Text]) -> tuple[Verdict, Text]:
    if doubt:
        why = joined(doubt)
        return Verdict.NO_EVIDENCE, both(
            f"Nothing to judge was seen, and too little is known to say that there is none: {why['en']}.",
            f"未观察到可判定的对象，且证据不足以断定不存在：{why['zh']}。",
        )
    if rule.empty is Verdict.NO_EVIDENCE:
        return Verdict.NO_EVIDENCE, both("Nothing to judge was seen.", "未观察到可判定的对象。")
    return Verdict.NOT_APPLICABLE, both(
        "There is nothing here that this rule is about.", "此处没有本规则所针对的对象。"
    )


def _findings(rule: Rule, case: Enriched, judged: Judged, severity: Severity) -> tuple[Finding, ...]:
    found = findings(rule, judged.failing, case.sources, severity)
    for waiver, rows in judged.waived.items():
        found += findings(rule, rows, case.sources, severity, waiver=waiver.text)
    return tuple(found[:MOST])


def _result(
    rule: Rule,
    severity: Severity,
    verdict: tuple[Verdict, Text],
    coverage: Coverage = _NOTHING,
    found: Iterable[Finding] = (),
) -> RuleResult:
    return RuleResult(
        rule=rule.id,
        title=rule.title,
        description=rule.description,
        severity=severity,
        verdict=verdict[0],
        reason=verdict[1],
        coverage=coverage,
        findings=tuple(found),
        rationale=rule.rationale,
        remediation=rule.remediation,
        mappings=rule.mappings,
        attack=rule.attack,
        references=rule.references,
        family=rule.family,
    )
