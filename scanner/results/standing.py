"""Where a requirement stands, from what its rules and people say of it; the one place that does this arithmetic.

Every requirement has exactly one standing in the plant and one in each zone where it applies, so that counts of them
sum to the whole. People never override what fails: an answer counts beside the rules or not at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from scanner.results.answers import Answered, AnswerRow, AnswerState, InZones, Standing, Standings, ZoneStandings
from scanner.results.model import FrameworkResult, RequirementResult, RuleResult, Text, Verdict

WORST = (
    Verdict.FAIL,
    Verdict.ERROR,
    Verdict.REVIEW,
    Verdict.NO_EVIDENCE,
    Verdict.WAIVED,
    Verdict.PASS,
    Verdict.NOT_APPLICABLE,
)
DECIDED = frozenset((Verdict.PASS, Verdict.NOT_APPLICABLE, Verdict.WAIVED))
GOOD = (Answered.MET, Answered.NOT_APPLICABLE)
PARTIAL, MANUAL = "partial", "manual"  # conclusions that are no verdicts
PEOPLE = "people"  # of what can judge a requirement
_WORST_ANSWER = (Answered.NOT_MET, Answered.PARTLY_MET, Answered.MET, Answered.NOT_APPLICABLE)


def worst(verdicts: Iterable[Verdict]) -> Verdict | None:
    """The worst of several verdicts; None of none."""
    given = set(verdicts)
    return next((v for v in WORST if v in given), None)


def worst_answer(answers: Iterable[Answered]) -> Answered | None:
    """The worst of several answers; None of none."""
    given = set(answers)
    return next((a for a in _WORST_ANSWER if a in given), None)


def standing(
    verdicts: Collection[Verdict], answer: Answered | None = None, *, remains: bool, begun: bool = False
) -> Standing:
    """Where a requirement stands.

    answer: what people say of all of it. remains: a part of it no rule judges. begun: people answered for some zones.
    """
    given = set(verdicts)
    if Verdict.FAIL in given:
        return Standing.JUDGED
    if answer is not None and (Verdict.REVIEW not in given or answer is Answered.NOT_MET):
        return Standing.ANSWERED
    if Verdict.REVIEW in given:
        return Standing.TO_CONFIRM
    if given & DECIDED:
        return Standing.PARTLY_JUDGED if remains or given - DECIDED else Standing.JUDGED
    return Standing.PARTLY_JUDGED if begun else Standing.OPEN


def conclusion(verdicts: Iterable[Verdict], answer: Answered | None = None) -> str:
    """What rules and people come to, in the words of an assessor, as the end of a key of ``scale.``.

    Of rules alone: ``partial`` when some pass and others fail or wait for somebody's confirmation; else the worst of
    them, and ``manual`` without any. A check without evidence beside one that passes is not ``partial``: nothing is
    known against it. A person speaks of the whole requirement, so an answer stands unless rules know better.
    """
    given = set(verdicts)
    if answer is not None and _speaks(given, answer):
        return _answered(given, answer)
    if Verdict.PASS in given and given & {Verdict.FAIL, Verdict.REVIEW}:
        return PARTIAL
    return next((verdict.value for verdict in WORST if verdict in given), MANUAL)


def _speaks(given: set[Verdict], answer: Answered) -> bool:
    if Verdict.FAIL in given:
        return answer is Answered.PARTLY_MET
    return Verdict.REVIEW not in given or answer is Answered.NOT_MET


def _answered(given: set[Verdict], answer: Answered) -> str:
    if answer is Answered.MET and Verdict.WAIVED in given:
        return Verdict.WAIVED.value
    return {
        Answered.MET: Verdict.PASS.value,
        Answered.PARTLY_MET: PARTIAL,
        Answered.NOT_MET: Verdict.FAIL.value,
        Answered.NOT_APPLICABLE: Verdict.NOT_APPLICABLE.value,
    }[answer]


def proven(verdicts: Collection[Verdict], answer: Answered | None, *, remains: bool) -> bool:
    """The requirement is met: all of it was judged and holds, or people say so and nothing speaks against it."""
    given = set(verdicts)
    if given & {Verdict.FAIL, Verdict.REVIEW, Verdict.WAIVED}:
        return False
    if answer is not None:
        return answer in GOOD
    return standing(given, remains=remains) is Standing.JUDGED


def of_plant(whole: Answered | None, by_zone: Mapping[str, Answered], zones: Collection[str]) -> Answered | None:
    """What people say of the whole plant: the worst of all their answers, once every zone is spoken for."""
    if whole is None and (not zones or not set(zones) <= by_zone.keys()):
        return None
    return worst_answer([*by_zone.values(), *([whole] if whole else [])])


def zone_verdict(result: RuleResult, said: Mapping[str, Verdict], zone: str) -> Verdict:
    """What a rule says of a zone. What fails elsewhere, or nobody knows where, is open there."""
    verdict = said.get(zone)
    if verdict is not None:
        return verdict
    return result.verdict if result.verdict in DECIDED else Verdict.NO_EVIDENCE


def remains(manual: Text, judged_by: Collection[str]) -> bool:
    """A part of a requirement no rule can judge, whatever is captured."""
    return bool(manual) or PEOPLE in judged_by


def counting(answers: Iterable[AnswerRow]) -> dict[str, Answered]:
    """The answers that count, by zone; one to the requirement itself before one to that of the base framework."""
    found: dict[str, Answered] = {}
    for row in sorted(answers, key=lambda a: bool(a.of)):
        if row.state is AnswerState.COUNTS:
            found.setdefault(row.zone, row.verdict)
    return found


def placed(row: RequirementResult, rules: Mapping[str, RuleResult], zones: Sequence[str]) -> RequirementResult:
    """The requirement with its standing and conclusion, in the plant and in each of the zones where it applies."""
    own = [rules[name] for name in row.rules if name in rules]
    said = [(rule, {z.zone: z.verdict for z in rule.by_zone}) for rule in own]
    by_zone, rest = counting(row.answers), remains(row.manual, row.judged_by)
    whole = by_zone.pop("", None)
    verdicts, answer = [rule.verdict for rule in own], of_plant(whole, by_zone, zones)
    groups: dict[tuple[Standing, str], list[str]] = {}
    for zone in zones:
        there = [zone_verdict(rule, verdict_of, zone) for rule, verdict_of in said]
        given = by_zone.get(zone) or whole
        key = standing(there, given, remains=rest), conclusion(there, given)
        groups.setdefault(key, []).append(zone)
    return replace(
        row,
        conclusion=conclusion(verdicts, answer),
        standing=standing(verdicts, answer, remains=rest, begun=bool(by_zone)),
        in_zones=tuple(InZones(*key, tuple(found)) for key, found in groups.items()),
    )


def counted(framework: FrameworkResult, zones: Iterable[str]) -> FrameworkResult:
    """The framework with its requirements counted by standing, in the plant and in each zone."""
    in_zone: dict[str, list[Standing]] = {zone: [] for zone in zones}
    for requirement in framework.requirements:
        for group in requirement.in_zones:
            for zone in group.zones:
                in_zone[zone].append(group.standing)
    return replace(
        framework,
        standings=count(r.standing for r in framework.requirements),
        zone_standings=tuple(ZoneStandings(zone, count(found)) for zone, found in in_zone.items()),
    )


def count(found: Iterable[Standing]) -> Standings:
    """How many there are of each."""
    numbers = Counter(found)
    return Standings(**{one.name.lower(): numbers[one] for one in Standing})


def rows(standings: Standings) -> Sequence[tuple[Standing, int]]:
    """Each standing with its number, in order."""
    return [(one, getattr(standings, one.name.lower())) for one in Standing]


def total(standings: Standings) -> int:
    """Of all."""
    return sum(number for _, number in rows(standings))


def unsettled(framework: FrameworkResult) -> list[RequirementResult]:
    """The requirements of which something remains to be answered."""
    waiting = (Standing.OPEN, Standing.PARTLY_JUDGED, Standing.TO_CONFIRM)
    return [r for r in framework.requirements if r.standing in waiting]
