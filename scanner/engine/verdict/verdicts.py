"""One rule on the facts: which subjects there are, which fail, and the verdict that follows.

The order of the reasons is the point of this file; docs/decisions/0006-a-pass-must-be-earned.md says why it is so, and
0012-seen-is-not-allowed.md what a review is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

import polars as pl

from scanner.assets.doubtful import DoubtfulEnd
from scanner.engine.definitions.rules import Rule
from scanner.engine.definitions.waivers import Waiver, split
from scanner.engine.language.joins import most
from scanner.engine.language.moments import Now
from scanner.engine.language.parameters import used
from scanner.engine.language.selections import Test, columns_of, tests_of
from scanner.engine.language.truths import FEW, RowTruths, or_else
from scanner.engine.language.unseen import guessed
from scanner.engine.obstacles import Obstacle
from scanner.engine.texts import as_text
from scanner.engine.verdict import whereabouts
from scanner.engine.verdict.correlating import measured
from scanner.engine.verdict.coverage import counted_subjects, coverage_text
from scanner.engine.verdict.decisions import Decision, settle
from scanner.engine.verdict.defects import defects_of
from scanner.engine.verdict.files_judged import file_verdicts
from scanner.engine.verdict.findings import Mark, findings
from scanner.engine.verdict.judged_facts import JudgedFacts
from scanner.engine.verdict.relating import related
from scanner.engine.verdict.sealed import beyond_verbs
from scanner.engine.verdict.subset import Subset
from scanner.engine.verdict.sufficiency import nowhere, seconds_wanted, somewhere
from scanner.engine.verdict.unbound import Dependent, dependent, scoped, strangers
from scanner.engine.verdict.unbound import obstacles as bound_to_nothing
from scanner.engine.words import input_name
from scanner.errors import defect
from scanner.facts.when_asked import OtherTables
from scanner.policy.unbound import Unbound
from scanner.results.model import Cause, Coverage, Finding, RuleResult, Severity, Status, Verdict
from scanner.results.rows import chained
from scanner.wording import Said, enumerated, joined, said, term

_NOTHING = Coverage()
_NUMBER = "_number"  # of a failing row


@dataclass(frozen=True)
class Terms:
    """What a scan judges by, besides the rule."""

    today: date
    waivers: Sequence[Waiver] = ()
    decisions: Sequence[Decision] = ()
    minimum_duration: float = 0.0  # seconds, from the profile


@dataclass(frozen=True)
class Conclusion:
    """A verdict, the sentence that explains it, and what kept the rule from a better one."""

    verdict: Verdict
    reason: Said
    obstacles: tuple[Obstacle, ...] = ()


@dataclass(frozen=True)
class Judged:
    """The subjects of one rule, sorted out."""

    subjects: Subset  # all that are certainly or possibly in scope
    unsure: Subset  # those that could not be judged
    failing: Subset
    review: Subset
    waived: dict[Waiver, Subset] = field(default_factory=dict)
    expired: list[Waiver] = field(default_factory=list)
    confirmed: dict[Decision, int] = field(default_factory=dict)  # subjects that each decision allows
    unbound: Sequence[Unbound] = ()  # names that mean nobody, on which the verdict of some of the unjudged depends
    doubtful: Sequence[DoubtfulEnd] = ()  # ends that may be a stranger's, on which it depends

    @property
    def unjudged(self) -> int:
        """How many could not be judged."""
        return self.unsure.height


def judge_rule(rule: Rule, case: JudgedFacts, terms: Terms, severity: Severity | None = None) -> RuleResult:
    """The rule's verdict, why, how much was observed, and the findings.

    severity: replaces the rule's own, from a profile.
    """
    try:
        return _judge_rule(rule, case, terms, severity or rule.severity)
    except Exception as error:  # noqa: BLE001 - the last boundary: a rule that ends otaudit ends no other
        what = defect(error)
        reason = said("The rule could not be evaluated: {what}", what=what)
        return _result(
            rule, severity or rule.severity, Conclusion(Verdict.ERROR, reason, (Obstacle(Cause.DEFECT, reason),))
        )


def try_out(rules: Iterable[Rule], case: JudgedFacts, terms: Terms) -> None:
    """Try the tests of all rules that will be judged on small tables, a table at a time: a query of hundreds of tests
    takes hardly longer than one of a few. What cannot be tried so is left to its rule.
    """
    now = Now(terms.today, case.captured.end)
    asked: dict[str, list[Test]] = {}
    for rule in rules:
        if 0 < case.tables[rule.table].height <= FEW and all(map(case.facts.has, rule.needs)):
            columns = set(case.tables[rule.table].columns)
            own = (test for test in _tests(rule) if columns.issuperset(columns_of(test)))
            asked.setdefault(rule.table, []).extend(own)
    for table, tests in asked.items():
        with suppress(Exception):  # of one test
            case.truths(table, now).try_out(tests)


def _judge_rule(rule: Rule, case: JudgedFacts, terms: Terms, own: Severity) -> RuleResult:
    missing = [kind for kind in rule.needs if not case.facts.has(kind)]
    if missing:
        reason = said("No {inputs} was given.", inputs=_inputs(missing))
        return _result(rule, own, Conclusion(Verdict.NO_EVIDENCE, reason, _not_given(missing)))
    judged = sort_out(rule, case, terms)
    known = whereabouts.Everywhere(
        defects=defects_of(rule, case.facts.defects),
        obstacles=nowhere(rule, case, absence=not judged.subjects.height),
        wanted=seconds_wanted(rule, absence=False, minimum_duration=terms.minimum_duration),
        wanted_of_absence=seconds_wanted(rule, absence=True, minimum_duration=terms.minimum_duration),
    )
    conclusion = _conclude(rule, case, judged, known)
    to_confirm = min(own, rule.review.severity, key=lambda s: s.rank) if rule.review else own
    failing = findings(rule, judged.failing, case, Mark(Status.FAIL, own))
    review = findings(rule, judged.review, case, Mark(Status.REVIEW, to_confirm))
    waived = [
        findings(rule, rows, case, Mark(Status.WAIVED, own), as_text(waiver.text))
        for waiver, rows in judged.waived.items()
    ]
    coverage = Coverage(
        subjects=judged.subjects.height,
        failing=judged.failing.height,
        review=judged.review.height,
        waived=sum(rows.height for rows in judged.waived.values()),
        unjudged=judged.unjudged,
        confirmed=sum(judged.confirmed.values()),
        failing_findings=len(failing),
        review_findings=len(review),
        waived_findings=sum(map(len, waived)),
        text=as_text(coverage_text(rule, judged.subjects, case)),
    )
    shown = to_confirm if conclusion.verdict is Verdict.REVIEW else own
    result = _result(rule, shown, conclusion, coverage, chained(failing, review, *waived))
    rows = whereabouts.Sorted(judged.subjects, judged.failing, judged.review, [*judged.waived.values()], judged.unsure)
    zones = whereabouts.zone_verdicts(rule, case, rows, known)
    devices = whereabouts.device_verdicts(rule, case, rows, result.verdict, zones)
    files = file_verdicts(rule, case, rows, in_doubt=bool(known.defects or known.obstacles))
    told = rule.remediation_on(case.dialects)
    return replace(result, remediation=told, by_zone=zones, by_device=devices, by_file=files)


def _inputs(kinds: Sequence[str]) -> str:
    """``device inventory or zones-and-conduits policy``, of which none was given."""
    return joined(map(input_name, kinds), term("list.nor"))


def _not_given(kinds: Sequence[str]) -> tuple[Obstacle, ...]:
    return tuple(Obstacle(Cause(f"input:{k}"), said("no {inputs} was given", inputs=input_name(k))) for k in kinds)


def sort_out(rule: Rule, case: JudgedFacts, terms: Terms) -> Judged:
    """Which rows of the rule's table are subjects, fail, are for review, or are waived."""
    own = case.tables[rule.table]
    if not own.height:
        return Judged(none := Subset.none(own), none, none, none)
    now = Now(terms.today, case.captured.end)
    plain = case.truths(rule.table, now)

    def truths(rows: pl.DataFrame, known: RowTruths | None = None) -> RowTruths:
        return RowTruths(rule.table, OtherTables(case.tables, {rule.table: rows}), now, known)

    table = related(rule, own, case, now)
    if rule.correlate:
        table = measured(rule, OtherTables(case.tables, {rule.table: table}), now, plain)
    marks = _marks(rule, case, plain if table is own else truths(table, plain))
    depends = dependent(
        rule, case, table, marks, lambda rows: related(rule, rows, case, now), lambda o: _marks(rule, case, truths(o))
    )
    certain = ~depends.rows
    rows = {name: Subset.of(table, marks[name] & certain) for name in ("failing", "review")}
    subjects = Subset.of(table, marks["subject"] | depends.rows)
    settled = partial(settle, decisions=terms.decisions, rule=rule.id, today=terms.today)
    review, forbidden, confirmed = settled(rows["review"])
    failing = rows["failing"].beside(forbidden)
    if rule.review and any(not d.allowed for d in terms.decisions):  # forbidden, though the policy allows it
        others = marks["subject"] & ~marks["failing"] & ~marks["review"] & certain
        failing = failing.beside(_forbidden(Subset.of(table, others), rule, terms))
    unsure = Subset.of(table, (marks["subject"] & marks["unjudged"] | depends.rows) & ~marks["review"])
    judged = Judged(subjects, unsure, failing, review, confirmed=confirmed, doubtful=depends.ends)
    if depends.names:
        judged = _depending(judged, depends, Subset.of(table, marks["review"] & depends.rows), settled)
    for name in ("failing", "review"):
        judged = _waive(judged, name, [w for w in terms.waivers if w.rule == rule.id], terms.today)
    return judged


def _forbidden(rows: Subset, rule: Rule, terms: Terms) -> Subset:
    """Those that a person forbade."""
    decisions = [d for d in terms.decisions if not d.allowed]
    return settle(rows, decisions, rule.id, terms.today)[1]


def _depending(judged: Judged, depends: Dependent, review: Subset, settled: Callable[..., Any]) -> Judged:
    """With the rows that depend on names bound to nothing: unjudged, unless somebody has decided about them.

    review: those of them that would have to be confirmed.
    """
    waiting, forbidden, confirmed = settled(review)
    left = depends.rows.sum() > review.height - waiting.height
    return replace(
        judged,
        failing=judged.failing.beside(forbidden),
        confirmed={d: judged.confirmed.get(d, 0) + confirmed.get(d, 0) for d in {**judged.confirmed, **confirmed}},
        unsure=judged.unsure.beside(waiting),
        unbound=depends.names if left else (),
    )


def _waive(judged: Judged, name: str, waivers: Sequence[Waiver], today: date) -> Judged:
    """Rows that a waiver covers are taken out of the failing ones, or of those for review."""
    if not waivers:
        return judged
    rows: Subset = getattr(judged, name)
    looked_at = dict.fromkeys(column for waiver in waivers for column in waiver.columns)
    numbers = pl.Series(_NUMBER, range(rows.height), dtype=pl.UInt32).to_frame()
    numbered = (numbers.with_columns(rows.columns(looked_at)) if looked_at else numbers).to_dicts()
    open_rows, covered, expired = split(numbered, waivers, today)
    waived = dict(judged.waived)
    for waiver, found in covered.items():
        own = rows.take([r[_NUMBER] for r in found])
        waived[waiver] = waived[waiver].beside(own) if waiver in waived else own
    left = {"failing": judged.failing, "review": judged.review} | {name: rows.take([r[_NUMBER] for r in open_rows])}
    expired = list(dict.fromkeys([*judged.expired, *expired]))
    return replace(judged, failing=left["failing"], review=left["review"], waived=waived, expired=expired)


def _marks(rule: Rule, case: JudgedFacts, truths: RowTruths) -> pl.DataFrame:
    """Of each row, never null: whether it is a subject, is for review, is proven to fail, or cannot be judged."""
    truths.try_out(_tests(rule))
    every, none = truths.all(value=True), truths.all(value=False)
    scope = truths.holds(rule.where) if rule.where else every
    unclear = or_else(truths.holds(rule.unknown_when), every) if rule.unknown_when else none
    unclear |= truths.shown("guessed", guessed(case.tables[rule.table]))
    fails = truths.holds(rule.fail)
    review = none
    if rule.review:
        decided = all(map(case.facts.has, rule.review.authority))
        fails = fails if decided else truths.all(value=None)
        undecided = or_else(truths.holds(rule.review.when), none) if rule.review.when else none
        unsaid = _unknown(fails, none)
        if rule.correlate and decided:  # how much there was is no question to a person
            unsaid &= _unknown(truths.without([most(m.name) for m in rule.correlate]).holds(rule.fail), none)
        review = or_else(scope & (unclear ^ every) & (undecided | unsaid), none)
    vague = _unknown(scope, none)
    perhaps = vague & (unclear | or_else(fails, every))  # counts, unless the row passes either way
    certain = (unclear | review) ^ every
    return pl.DataFrame(
        {
            "subject": or_else(scope, none) | perhaps,
            "review": review,
            "failing": or_else(scope & fails & certain, none),
            "unjudged": (vague | unclear | _unknown(fails, none)) & (review ^ every),
        }
    )


def _tests(rule: Rule) -> Iterator[Test]:
    """Everything that the rule asks of a row."""
    looked_at = (rule.where, rule.unknown_when, rule.fail, rule.review.when if rule.review else None)
    return (test for selection in looked_at if selection for test in tests_of(selection))


def _unknown(truth: pl.Series, none: pl.Series) -> pl.Series:
    """Of each row, whether its truth is unknown."""
    return truth.is_null() if truth.null_count() else none


def _conclude(rule: Rule, case: JudgedFacts, judged: Judged, known: whereabouts.Everywhere) -> Conclusion:
    """The first of these that holds: fail, error, review, waived, nothing there, not judged, too little seen, pass."""
    subjects = counted_subjects(rule, judged.subjects.height)
    if judged.failing.height:
        return Conclusion(Verdict.FAIL, _fail_reason(rule, judged, known.defects))
    if known.defects:
        reason = said(
            "otaudit itself failed on part of the input, so silence proves nothing: {defects}.",
            defects=joined(known.defects, "; "),
        )
        return Conclusion(Verdict.ERROR, reason, tuple(Obstacle(Cause.DEFECT, d) for d in known.defects))
    if judged.review.height:
        return _to_confirm(rule, case, judged)
    if judged.waived:
        return _all_waived(judged, subjects)
    if not judged.subjects.height:
        unbound = bound_to_nothing(scoped(rule, case), case)
        return _nothing_there(rule, [*known.obstacles, *somewhere(rule, case, known.wanted_of_absence), *unbound])
    return _none_fails(rule, case, judged, known)


def _all_waived(judged: Judged, subjects: Said) -> Conclusion:
    """What fails is accepted; what could not be judged is not, and is told."""
    waived = sum(rows.height for rows in judged.waived.values())
    reason = said("{part} of {subjects} failed, all under a waiver.", part=f"{waived:,}", subjects=subjects)
    if not judged.unjudged:
        return Conclusion(Verdict.WAIVED, reason)
    told = said("{all_waived} {others}.", all_waived=reason, others=_not_judged(judged))
    return Conclusion(Verdict.WAIVED, told, (Obstacle(Cause.UNJUDGED, _not_judged(judged)),))


def _to_confirm(rule: Rule, case: JudgedFacts, judged: Judged) -> Conclusion:
    """How many must be confirmed, and which input would say it."""
    subjects = counted_subjects(rule, judged.subjects.height)
    waiting = judged.review.height
    lacking = [k for k in rule.review.authority if not case.facts.has(k)] if rule.review else []
    if lacking:
        why = said("no {inputs} was given", inputs=_inputs(lacking))
    else:
        why = said("neither the policy nor the inventory says it")
    obstacles = _not_given(lacking) or (Obstacle(Cause.UNDECIDED, why),)
    parts = [
        said(
            "{part} of {subjects} must be confirmed: {why}, so nobody has said whether it is allowed",
            part=f"{waiting:,}",
            subjects=subjects,
            why=why,
        )
    ]
    if judged.unjudged:
        parts.append(_not_judged(judged))
    parts += [w.expired_text for w in judged.expired]
    return Conclusion(Verdict.REVIEW, said("{statements}.", statements=joined(parts, "; ")), obstacles)


def _none_fails(rule: Rule, case: JudgedFacts, judged: Judged, known: whereabouts.Everywhere) -> Conclusion:
    """No subject is known to fail: a pass, if it is earned."""
    subjects = counted_subjects(rule, judged.subjects.height)
    obstacles = [*known.obstacles, *somewhere(rule, case, known.wanted)]
    obstacles += beyond_verbs(judged.unsure, case.files)
    if judged.unjudged:
        obstacles.append(Obstacle(Cause.UNJUDGED, _not_judged(judged)))
    obstacles += bound_to_nothing(judged.unbound, case)
    if judged.doubtful:
        obstacles.append(strangers(judged.doubtful, case))
    if judged.subjects.height < rule.minimum.subjects:
        least = said("at least {n} are needed", n=f"{rule.minimum.subjects:,}")
        obstacles.append(Obstacle(Cause.TOO_FEW, least))
    if obstacles:
        reason = said(
            "No failure found in {subjects}, but {why}, so this cannot pass.",
            subjects=subjects,
            why=enumerated([o.text for o in obstacles]),
        )
        return Conclusion(Verdict.NO_EVIDENCE, reason, tuple(obstacles))
    covered = coverage_text(rule, judged.subjects, case)
    if not judged.confirmed:
        return Conclusion(Verdict.PASS, said("No violation in {subjects}.", subjects=covered))
    reason = said(
        "No violation in {subjects}. {n} confirmed as allowed ({who}).",
        subjects=covered,
        n=f"{sum(judged.confirmed.values()):,}",
        who=joined([d.text for d in judged.confirmed], "; "),
    )
    return Conclusion(Verdict.PASS, reason)


def _not_judged(judged: Judged) -> Said:
    return said("{n} could not be judged", n=f"{judged.unjudged:,}")


def _fail_reason(rule: Rule, judged: Judged, defects: Sequence[Said]) -> Said:
    subjects = counted_subjects(rule, judged.subjects.height)
    parts = [said("{part} of {subjects} failed", part=f"{judged.failing.height:,}", subjects=subjects)]
    if judged.unjudged:
        parts.append(_not_judged(judged))
    if judged.review.height:
        parts.append(said("{n} must be confirmed", n=f"{judged.review.height:,}"))
    parts += [w.expired_text for w in judged.expired]
    parts += [said("there may be more: {defect}", defect=d) for d in defects]
    return said("{statements}.", statements=joined(parts, "; "))


def _nothing_there(rule: Rule, obstacles: list[Obstacle]) -> Conclusion:
    if obstacles:
        reason = said(
            "Nothing relevant was seen, but {why}, which is too little to rule it out.",
            why=enumerated([o.text for o in obstacles]),
        )
        return Conclusion(Verdict.NO_EVIDENCE, reason, tuple(obstacles))
    if rule.empty is Verdict.NO_EVIDENCE:
        reason = said("Nothing relevant was seen.")
        return Conclusion(Verdict.NO_EVIDENCE, reason, (Obstacle(Cause.NOTHING_SEEN, reason),))
    reason = said("Not applicable: nothing that this check is about was found.")
    return Conclusion(Verdict.NOT_APPLICABLE, reason)


def _result(
    rule: Rule,
    severity: Severity,
    conclusion: Conclusion,
    coverage: Coverage = _NOTHING,
    found: Sequence[Finding] = (),
) -> RuleResult:
    return RuleResult(
        rule=rule.id,
        title=rule.review.title if rule.review and conclusion.verdict is Verdict.REVIEW else rule.title,
        description=rule.description,
        severity=severity,
        verdict=conclusion.verdict,
        reason=as_text(conclusion.reason),
        coverage=coverage,
        findings=found,
        rationale=rule.rationale,
        remediation=rule.remediation,
        mappings=rule.mappings,
        attack=rule.attack,
        references=rule.references,
        family=rule.family,
        origin=rule.origin,
        confidence=rule.confidence,
        audience=rule.audience,
        doubts=tuple(o.doubt for o in conclusion.obstacles),
        parameters=used(rule.parameters),
    )
