"""ATT&CK for ICS techniques as the rules that name them judge: seen, exposed, not seen, not judged, not detectable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scanner.engine.definitions.attack_techniques import TACTICS_OF, TECHNIQUES
from scanner.engine.definitions.rules import Rule
from scanner.facts.schema import TABLES
from scanner.results.attack import TechniqueRow, TechniqueState
from scanner.results.model import RuleResult, Verdict
from scanner.results.standing import DECIDED

_FOUND = (Verdict.FAIL, Verdict.REVIEW, Verdict.WAIVED)


def techniques(rules: Iterable[Rule], judged: Mapping[str, RuleResult]) -> tuple[TechniqueRow, ...]:
    """Every technique, by id. judged: results of the rules that count, by id."""
    naming: dict[str, list[Rule]] = {name: [] for name in TECHNIQUES}
    for rule in rules:
        if rule.id in judged:
            for technique in rule.attack:
                naming[technique].append(rule)
    return tuple(_row(name, found, judged) for name, found in naming.items())


def _row(technique: str, rules: list[Rule], judged: Mapping[str, RuleResult]) -> TechniqueRow:
    found = [rule for rule in rules if judged[rule.id].verdict in _FOUND]
    return TechniqueRow(
        technique=technique,
        name=TECHNIQUES[technique],
        tactics=TACTICS_OF[technique],
        state=_state(rules, found, judged),
        rules=tuple(sorted(rule.id for rule in rules)),
        found_by=tuple(sorted(rule.id for rule in found)),
    )


def _state(rules: list[Rule], found: list[Rule], judged: Mapping[str, RuleResult]) -> TechniqueState:
    if not rules:
        return TechniqueState.NOT_DETECTABLE
    if any(TABLES[rule.table].needs == "capture" for rule in found):
        return TechniqueState.SEEN
    if found:  # in what documents say, which shows no technique
        return TechniqueState.EXPOSED
    if all(judged[rule.id].verdict in DECIDED for rule in rules):
        return TechniqueState.NOT_SEEN
    return TechniqueState.NOT_JUDGED
