"""Requirements as rules and people settle them: in the plant, in each zone, and counted for each framework."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from scanner.engine.definitions.frameworks import Framework, requirements_of
from scanner.engine.verdict.answers import GivenAnswer
from scanner.results.answers import Answered, AnswerRow, AnswerState
from scanner.results.model import FrameworkResult, RuleResult, Verdict
from scanner.results.standing import GOOD, counted, counting, placed, zone_verdict

Said = tuple[RuleResult, Mapping[str, Verdict]]  # a rule, and what it says of each zone


@dataclass(frozen=True)
class Given:
    """An answer as it counts. of: the requirement of the base framework, where that was answered."""

    answer: GivenAnswer
    state: AnswerState
    of: str = ""

    @property
    def row(self) -> AnswerRow:
        """For the results."""
        a = self.answer
        return AnswerRow(
            verdict=a.verdict,
            state=self.state,
            zone=a.zone,
            answered_by=a.answered_by,
            answered_on=a.answered_on.isoformat(),
            until=a.until.isoformat() if a.until else "",
            evidence=a.evidence,
            sha256=a.sha256,
            evidence_state=a.evidence_state,
            remark=a.remark,
            source=a.source,
            line=a.line,
            of=self.of,
        )


class Account:
    """What rules and people say of every requirement of one framework.

    results: of all rules, since an answer must not contradict what any of them saw. zones: those of the policy.
    """

    def __init__(
        self,
        framework: Framework,
        results: Iterable[RuleResult],
        answers: Iterable[GivenAnswer],
        zones: Collection[str],
        today: date,
    ) -> None:
        self.framework = framework
        self.zones = tuple(zones)
        self._today = today
        self.rules = _rules(framework, results)
        self._answers = self._by_requirement(list(answers))
        self.given = {name: tuple(map(self._judged, found)) for name, found in self._answers.items()}

    def in_zone(self, requirement: str, zone: str) -> list[Verdict]:
        """What each rule says of the requirement there."""
        return [zone_verdict(result, said, zone) for result, said in self.rules.get(requirement, ())]

    def answer(self, requirement: str, zone: str) -> Answered | None:
        """What people say of the requirement in a zone; what they say of the whole plant where they do not name it."""
        by_zone = counting(given.row for given in self.given.get(requirement, ()))
        return by_zone.get(zone) or by_zone.get("")

    def _by_requirement(self, answers: Collection[GivenAnswer]) -> dict[str, list[tuple[GivenAnswer, str]]]:
        """Requirement -> answers to it; after its own those to the requirement of the base that asks the same."""
        own: dict[tuple[str, str], list[GivenAnswer]] = {}
        for answer in answers:
            own.setdefault((answer.framework, answer.requirement), []).append(answer)
        base = self.framework.overlay_of
        found: dict[str, list[tuple[GivenAnswer, str]]] = {}
        for name, requirement in self.framework.requirements.items():
            same = requirement.same_as or name
            mine = [(a, "") for a in own.get((self.framework.id, name), ())]
            theirs = [(a, same) for a in own.get((base, same), ())] if base else []
            if mine or theirs:
                found[name] = [*sorted(theirs, key=_by_zone), *sorted(mine, key=_by_zone)]
        return found

    def _judged(self, given: tuple[GivenAnswer, str]) -> Given:
        answer, of = given
        return Given(answer, self._state(answer, of), of)

    def _state(self, answer: GivenAnswer, of: str) -> AnswerState:
        if self._today > answer.period[1]:
            return AnswerState.EXPIRED
        if self._today < answer.answered_on:
            return AnswerState.NOT_YET
        if answer.evidence_state == "differs":
            return AnswerState.EVIDENCE_DIFFERS
        if answer.zone and answer.zone not in self.zones:
            return AnswerState.ZONE_UNKNOWN
        if answer.verdict in GOOD and self.failing(answer, of):
            return AnswerState.CONTRADICTED
        return AnswerState.COUNTS

    def failing(self, answer: GivenAnswer, of: str = "") -> list[RuleResult]:
        """The rules that fail where the answer speaks of the requirement, or nobody knows where."""
        names = [answer.requirement] if not of else _asking(self.framework, of)
        said = [pair for name in names for pair in self.rules.get(name, ())]
        return [
            result
            for result, by_zone in said
            if (by_zone.get(answer.zone) if answer.zone and by_zone else result.verdict) is Verdict.FAIL
        ]


def _asking(framework: Framework, of: str) -> list[str]:
    """The requirements of an overlay that ask what the requirement of its base asks."""
    return [name for name, r in framework.requirements.items() if (r.same_as or name) == of]


def _by_zone(given: tuple[GivenAnswer, str]) -> tuple[str, date]:
    return given[0].zone, given[0].answered_on


def _rules(framework: Framework, results: Iterable[RuleResult]) -> dict[str, list[Said]]:
    """Requirement -> the rules that give evidence about it, and what they say of each zone."""
    found: dict[str, list[Said]] = {}
    for result in results:
        said = {z.zone: z.verdict for z in result.by_zone}
        for name in requirements_of(framework, result.mappings):
            found.setdefault(name, []).append((result, said))
    return found


def settled(result: FrameworkResult, account: Account, asked: Mapping[str, Collection[str]]) -> FrameworkResult:
    """The roll-up with what people say and where every requirement stands.

    asked: zone -> requirements that apply there; a zone that it leaves out is asked for all of them.
    """
    rules = {rule.rule: rule for found in account.rules.values() for rule, _ in found}
    requirements = []
    for row in result.requirements:
        name = row.requirement
        answered = replace(row, answers=tuple(given.row for given in account.given.get(name, ())))
        zones = [zone for zone in account.zones if zone not in asked or name in asked[zone]]
        requirements.append(placed(answered, rules, zones))
    return counted(replace(result, requirements=tuple(requirements)), account.zones)
