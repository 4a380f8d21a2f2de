"""One rule on the facts: which subjects there are, which fail, and the verdict that follows.

The order of the reasons is the point of this file; docs/decisions/0006-a-pass-must-be-earned.md says why it is so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from scanner.engine.coverage import counted_subjects, coverage_text
from scanner.engine.defects import defects_of
from scanner.engine.enriched import Enriched
from scanner.engine.expressions import condition
from scanner.engine.findings import MOST, findings, grouped
from scanner.engine.rules import Rule
from scanner.engine.selections import Selection
from scanner.engine.sufficiency import doubts
from scanner.engine.waivers import Waiver, split
from scanner.engine.words import INPUTS, both, joined
from scanner.results.model import Coverage, Finding, RuleResult, Severity, Text, Verdict

_NOTHING = Coverage()
_NUMBER = "_number"  # of a failing row


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
    failing: pl.DataFrame
    waived: dict[Waiver, pl.DataFrame] = field(default_factory=dict)
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
    waived = sum(rows.height for rows in judged.waived.values())
    coverage = Coverage(
        subjects=judged.subjects.height,
        failing=judged.failing.height,
        waived=waived,
        text=coverage_text(rule, judged.subjects, case),
    )
    return _result(rule, severity, verdict, coverage, _findings(rule, case, judged, severity))


def _sort_out(rule: Rule, case: Enriched, terms: Terms) -> Judged:
    table = case.tables[rule.table]
    marks = table.select(**_marks(rule, case))
    subject, unjudged, failing = marks["subject"], marks["unjudged"], marks["failing"]
    rows = table.filter(failing) if failing.any() else table.clear()
    judged = Judged(table if subject.all() else table.filter(subject), int((subject & unjudged).sum()), rows)
    own = [w for w in terms.waivers if w.rule == rule.id]
    if not own:
        return judged
    looked_at = dict.fromkeys(column for waiver in own for column, _ in waiver.match)
    numbered = rows.with_row_index(_NUMBER).select(_NUMBER, *looked_at).to_dicts()
    open_rows, waived, expired = split(numbered, own, terms.today)
    return replace(
        judged,
        failing=rows[[r[_NUMBER] for r in open_rows]],
        waived={waiver: rows[[r[_NUMBER] for r in found]] for waiver, found in waived.items()},
        expired=expired,
    )


def _marks(rule: Rule, case: Enriched) -> dict[str, pl.Expr]:
    """Of each row, never null: whether it is a subject, cannot be judged, and is proven to fail."""

    def holds(selection: Selection) -> pl.Expr:
        return condition(selection, rule.table, case.tables)

    every_row = pl.repeat(value=True, n=pl.len())
    scope = holds(rule.where) if rule.where else every_row
    unclear = holds(rule.unknown_when).fill_null(value=True) if rule.unknown_when else ~every_row
    fails = holds(rule.fail)
    unjudged = scope.is_null() | unclear | fails.is_null()
    return {
        # perhaps in scope counts, unless the row passes either way
        "subject": scope.fill_null(unclear | fails.fill_null(value=True)) & every_row,
        "unjudged": unjudged & every_row,
        "failing": (scope & fails & ~unclear).fill_null(value=False) & every_row,
    }


def _verdict(rule: Rule, case: Enriched, terms: Terms, judged: Judged) -> tuple[Verdict, Text]:
    """The first of these that holds: fail, error, waived, nothing there, not judged, too little seen, pass."""
    subjects = counted_subjects(rule, judged.subjects.height)
    defects = defects_of(rule, case.facts.defects)
    if judged.failing.height:
        return Verdict.FAIL, _fail_reason(rule, judged, defects)
    if defects:
        why = joined(defects)
        return Verdict.ERROR, both(
            f"otaudit itself failed on part of the input, so silence proves nothing: {why['en']}.",
            f"otaudit 自身处理部分输入时出错，未发现问题不能作为证明：{why['zh']}。",
        )
    if judged.waived:
        waived = sum(rows.height for rows in judged.waived.values())
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


def _fail_reason(rule: Rule, judged: Judged, defects: Sequence[Text]) -> Text:
    subjects = counted_subjects(rule, judged.subjects.height)
    parts = [
        both(
            f"{judged.failing.height:,} of {subjects['en']} failed",
            f"{subjects['zh']}中有 {judged.failing.height:,} 个不符合",
        )
    ]
    if judged.unjudged:
        parts.append(both(f"{judged.unjudged:,} could not be judged", f"{judged.unjudged:,} 个无法判定"))
    if judged.failing.height > MOST and len(grouped(rule, judged.failing)) > MOST:
        parts.append(both(f"only the first {MOST:,} findings are listed", f"仅列出前 {MOST:,} 条发现"))
    parts += [w.expired_text for w in judged.expired]
    parts += [both(f"there may be more: {d['en']}", f"可能还有更多：{d['zh']}") for d in defects]
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
