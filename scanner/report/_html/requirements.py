"""Each framework requirement by requirement: what was judged, and what no passive scan can judge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from scanner.report._conclusions import conclusion_key, conclusion_of, counted, unique
from scanner.report._html.anchors import Anchors, slug
from scanner.report._html.cards import requirement_key
from scanner.report._html.repeats import usual
from scanner.report._html.style_words import class_of
from scanner.report._order import VERDICTS, ordered
from scanner.results.answers import Standing, Standings
from scanner.results.model import FrameworkResult, RequirementResult, Results, RuleResult, Severity, Text, Verdict
from scanner.results.standing import PEOPLE
from scanner.results.standing import rows as rows_of
from scanner.results.texts import pick

_OPEN = (Verdict.FAIL, Verdict.REVIEW)
_UNSETTLED = (*_OPEN, Verdict.ERROR, Verdict.NO_EVIDENCE, Verdict.WAIVED)
_TOLD = (Standing.TO_CONFIRM, Standing.ANSWERED)  # of a zone; else its conclusion implies it


@dataclass(frozen=True)
class There:
    """Zones in which a requirement stands alike."""

    word: str  # the class that writes the conclusion
    standing: str  # if that does not imply it
    zones: tuple[str, ...]


@dataclass(frozen=True)
class Like:
    """A requirement of another framework that has the same number, rules, answers and standing everywhere."""

    framework: str
    anchor: str


@dataclass(frozen=True)
class Requirement:
    """A requirement, its address in the page, and its rules, the worst verdict first."""

    row: RequirementResult
    anchor: str
    rules: tuple[str, ...]
    checks: tuple[tuple[str, tuple[str, ...]], ...]  # the same by verdict
    deciding: frozenset[str]  # verdicts of the checks that the conclusion rests on, or that somebody must look at
    conclusion: str  # in the scale of the framework, or its verdict
    severity: Severity | None  # the worst of what fails or must be confirmed
    zones: tuple[There, ...]  # empty where every zone stands as the whole does
    like: Like | None = None  # where its checks, zones and what is missing stand

    @property
    def inputs(self) -> list[str]:
        """What could be given so that a check judges it; without people."""
        return [one for one in self.row.judged_by if one != PEOPLE]


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
    told: dict[tuple[object, ...], Like] = {}
    return [_framework(f, anchors, rules, told) for f in results.frameworks]


def _framework(
    framework: FrameworkResult, anchors: Anchors, rules: dict[str, RuleResult], told: dict[tuple[object, ...], Like]
) -> FrameworkView:
    """``told``: what requirements of other frameworks say already."""
    places = {rule: n for n, rule in enumerate(rules)}
    rows = [_once(_requirement(framework, r, anchors, rules, places), framework, told) for r in unique(framework)]
    judged = tuple(r for r in rows if r.row.verdict is not None or r.row.answers)
    manual = tuple(r for r in rows if r.row.verdict is None and not r.row.answers)
    remainder = usual([r.row.manual for r in judged])
    return FrameworkView(
        anchor=anchors.add("framework", framework.framework),
        key=slug(framework.framework),
        title=framework.title or {"en": framework.framework},
        edition=framework.edition,
        scale=framework.scale,
        parts=tuple(Part(found[0].row.group, tuple(found)) for found in _by_class(judged)),
        judged=judged,
        manual=manual,
        counts=counted(framework),
        standings=_numbers(framework.standings),
        zones=tuple((z.zone, _numbers(z.standings)) for z in framework.zone_standings),
        remainder=remainder,
        same=all(r.row.manual == remainder for r in judged),
        levelled=any(r.row.level for r in judged),
        unjudged_remainder=usual([r.row.manual for r in manual]),
        origin=framework.origin,
    )


def _requirement(
    framework: FrameworkResult,
    r: RequirementResult,
    anchors: Anchors,
    rules: Mapping[str, RuleResult],
    places: Mapping[str, int],
) -> Requirement:
    """``places``: of each rule in the order of the page."""
    severities = (rules[x].severity for x in r.rules if x in rules and rules[x].verdict in _OPEN)
    return Requirement(
        row=r,
        anchor=anchors.of("req", requirement_key(framework.framework, r.requirement)),
        rules=tuple(sorted(r.rules, key=lambda rule: (places.get(rule, len(places)), rule))),
        checks=by_verdict(r.rules, {rule: rules[rule].verdict for rule in r.rules if rule in rules}),
        deciding=frozenset({*_UNSETTLED, *([r.verdict] if r.verdict else [])}),
        conclusion=conclusion_of(framework, r),
        severity=max(severities, key=lambda severity: severity.rank, default=None),
        zones=_in_zones(framework.scale, r),
    )


def _once(row: Requirement, framework: FrameworkResult, told: dict[tuple[object, ...], Like]) -> Requirement:
    """The requirement, without what another framework says already (a catalogue and its overlay)."""
    r = row.row
    if not r.rules:
        return row
    same = (framework.scale, r.requirement, r.rules, r.conclusion, r.standing, r.in_zones, r.answers)
    like = told.setdefault(same, Like(framework.framework, row.anchor))
    return row if like.framework == framework.framework else replace(row, like=like, zones=())


def by_verdict(rules: Iterable[str], verdicts: Mapping[str, Verdict]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The rules by their verdict, the worst first; those without one stand last, under the empty text."""
    found: dict[str, list[str]] = {key: [] for key in (*(verdict.value for verdict in VERDICTS), "")}
    for rule in sorted(rules):
        found[verdicts[rule].value if rule in verdicts else ""].append(rule)
    return tuple((verdict, tuple(ids)) for verdict, ids in found.items() if ids)


def _in_zones(scale: str, r: RequirementResult) -> tuple[There, ...]:
    """Where every zone stands as the whole does, the line of the requirement says it already."""
    if not r.in_zones or (len(r.in_zones) == 1 and r.in_zones[0].standing == r.standing):
        return ()
    groups: dict[tuple[str, str], list[str]] = {}
    for group in r.in_zones:
        standing = group.standing.value if group.standing in _TOLD else ""
        groups.setdefault((group.conclusion, standing), []).extend(group.zones)
    return tuple(
        There(class_of(conclusion_key(scale, c)), standing, tuple(zones)) for (c, standing), zones in groups.items()
    )


def _numbers(standings: Standings) -> tuple[tuple[str, int], ...]:
    return tuple((one.value, number) for one, number in rows_of(standings))


def _by_class(rows: Sequence[Requirement]) -> list[list[Requirement]]:
    """In the order of the standard."""
    classes: dict[str, list[Requirement]] = {}
    for row in rows:
        classes.setdefault(pick(row.row.group), []).append(row)
    return list(classes.values())
