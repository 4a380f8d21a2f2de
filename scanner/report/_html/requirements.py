"""Each framework requirement by requirement: what was judged, and what no passive scan can judge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from scanner.report._html.anchors import Anchors, slug
from scanner.report._html.cards import requirement_key
from scanner.report._order import VERDICTS, ordered
from scanner.results.answers import Standings
from scanner.results.model import FrameworkResult, RequirementResult, Results, RuleResult, Severity, Text, Verdict
from scanner.results.standing import rows as rows_of
from scanner.results.texts import pick

_OPEN = (Verdict.FAIL, Verdict.REVIEW)
_ORDER = ("fail", "partial", *(v.value for v in VERDICTS if v is not Verdict.FAIL), "manual")


@dataclass(frozen=True)
class Requirement:
    """A requirement, its address in the page, and its rules, the worst verdict first."""

    row: RequirementResult
    anchor: str
    rules: tuple[str, ...]
    conclusion: str  # in the scale of the framework, or its verdict
    severity: Severity | None  # the worst of what fails or must be confirmed


@dataclass(frozen=True)
class Part:
    """The judged requirements of one class of the standard; all of them where it has no classes."""

    title: Text
    rows: tuple[Requirement, ...]


@dataclass(frozen=True)
class FrameworkView:
    """A framework with its counts."""

    anchor: str
    key: str  # the end of its address
    title: Text
    edition: str
    scale: str
    parts: tuple[Part, ...]
    judged: tuple[Requirement, ...]
    manual: tuple[Requirement, ...]
    counts: tuple[tuple[str, int], ...]
    standings: tuple[tuple[str, int], ...]  # their sum is the number of requirements
    zones: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]  # the same of each zone
    remainder: Text  # what stays manual in many of the judged requirements, so that it is said once
    same: bool  # in every one of them
    levelled: bool  # some requirement says from which level it applies
    unjudged_remainder: Text  # likewise in the requirements without a check
    origin: str  # the folder of the user that it comes from; empty: it is otaudit's own


def frameworks(results: Results, anchors: Anchors) -> list[FrameworkView]:
    """All frameworks of the results."""
    rules = {rule.rule: rule for rule in ordered([*results.rules, *results.outside])}
    return [_framework(f, anchors, rules) for f in results.frameworks]


def _framework(framework: FrameworkResult, anchors: Anchors, rules: dict[str, RuleResult]) -> FrameworkView:
    places = {rule: n for n, rule in enumerate(rules)}
    rows = [
        Requirement(
            r,
            anchors.of("req", requirement_key(framework.framework, r.requirement)),
            tuple(sorted(r.rules, key=lambda rule: (places.get(rule, len(places)), rule))),
            _conclusion(framework, r),
            max(
                (rules[x].severity for x in r.rules if x in rules and rules[x].verdict in _OPEN),
                key=lambda severity: severity.rank,
                default=None,
            ),
        )
        for r in _unique(framework)
    ]
    counts = Counter(row.conclusion for row in rows)
    judged = tuple(r for r in rows if r.row.verdict is not None or r.row.answers)
    manual = tuple(r for r in rows if r.row.verdict is None and not r.row.answers)
    remainder = _usual([r.row.manual for r in judged])
    return FrameworkView(
        anchor=anchors.add("framework", framework.framework),
        key=slug(framework.framework),
        title=framework.title or {"en": framework.framework},
        edition=framework.edition,
        scale=framework.scale,
        parts=tuple(Part(found[0].row.group, tuple(found)) for found in _by_class(judged)),
        judged=judged,
        manual=manual,
        counts=tuple((v, counts[v]) for v in _ORDER),
        standings=_numbers(framework.standings),
        zones=tuple((z.zone, _numbers(z.standings)) for z in framework.zone_standings),
        remainder=remainder,
        same=all(r.row.manual == remainder for r in judged),
        levelled=any(r.row.level for r in judged),
        unjudged_remainder=_usual([r.row.manual for r in manual]),
        origin=framework.origin,
    )


def _numbers(standings: Standings) -> tuple[tuple[str, int], ...]:
    return tuple((one.value, number) for one, number in rows_of(standings))


def _conclusion(framework: FrameworkResult, requirement: RequirementResult) -> str:
    if framework.scale and requirement.conclusion in _ORDER:
        return requirement.conclusion
    return "manual" if requirement.verdict is None else requirement.verdict.value


def _by_class(rows: Sequence[Requirement]) -> list[list[Requirement]]:
    """In the order of the standard."""
    classes: dict[str, list[Requirement]] = {}
    for row in rows:
        classes.setdefault(pick(row.row.group), []).append(row)
    return list(classes.values())


def _unique(framework: FrameworkResult) -> list[RequirementResult]:
    return list({r.requirement: r for r in framework.requirements}.values())


def _usual(texts: list[Text]) -> Text:
    """The text that stands at the most places, if at three and at a third of them or more; else none."""
    best = max(texts, key=texts.count, default={})
    return best if best and texts.count(best) >= max(3, len(texts) / 3) else {}
