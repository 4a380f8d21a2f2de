"""SL-A against SL-T: the security level of each zone in each foundational requirement of IEC 62443-3-3.

What rules say of a zone bounds its level from above: a requirement that fails keeps the zone below the level that
selects it. Nothing here proves a level, because part of every requirement remains manual; what is open is named.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from scanner.engine.definitions.frameworks import Framework, evidenced, worst
from scanner.engine.definitions.requirements import Requirement
from scanner.engine.verdict.judged_facts import JudgedFacts
from scanner.policy.security_levels import CODES
from scanner.results.model import LevelRow, RuleResult, Verdict

FRAMEWORK = "iec-62443-3-3"
HIGHEST = 4
_ANSWERED = (Verdict.PASS, Verdict.NOT_APPLICABLE, Verdict.WAIVED)


def levels(
    case: JudgedFacts, results: Collection[RuleResult], frameworks: Iterable[Framework]
) -> dict[str, tuple[LevelRow, ...]]:
    """Zone -> a row for each foundational requirement."""
    framework = next((f for f in frameworks if f.id == FRAMEWORK), None)
    if framework is None:
        return {}
    rules = _rules(framework, results)
    by_class: dict[str, list[Requirement]] = {}
    for requirement in framework.requirements.values():
        by_class.setdefault(_code(requirement), []).append(requirement)
    rank = {r.id: max(1, framework.rank(r.level) + 1) for r in framework.requirements.values()}
    found = {}
    for zone, sl_t, target in case.tables["zones"].select("zone", "sl_t", "sl_t_vector").iter_rows():
        said = {name: _verdict(rules.get(name, ()), zone) for name in framework.requirements}
        found[zone] = tuple(
            _row(code, by_class[code], target[number] if target else sl_t, said, rank)
            for number, code in enumerate(CODES)
            if code in by_class
        )
    return found


def _rules(
    framework: Framework, results: Iterable[RuleResult]
) -> dict[str, list[tuple[RuleResult, dict[str, Verdict]]]]:
    """Requirement -> the rules that give evidence about it, and what they say of each zone."""
    found: dict[str, list[tuple[RuleResult, dict[str, Verdict]]]] = {}
    for result in results:
        said = {z.zone: z.verdict for z in result.by_zone}
        for name in evidenced(framework, result.mappings):
            found.setdefault(name, []).append((result, said))
    return found


def _code(requirement: Requirement) -> str:
    """``SR 2.1 RE 1`` is of the second foundational requirement."""
    return CODES[int(requirement.id.split()[1].partition(".")[0]) - 1]


def _row(
    code: str,
    requirements: Sequence[Requirement],
    target: int | None,
    said: Mapping[str, Verdict | None],
    rank: Mapping[str, int],
) -> LevelRow:
    """rank: the level that selects each requirement."""
    failing = [r.id for r in requirements if said[r.id] is Verdict.FAIL]
    at_most = min((rank[name] for name in failing), default=HIGHEST + 1) - 1
    asked = [r.id for r in requirements if rank[r.id] <= max(target or 1, 1)]
    return LevelRow(
        code=code,
        title=requirements[0].group,
        target=target,
        at_most=at_most,
        blocked_by=tuple(name for name in failing if rank[name] == at_most + 1),
        answered=sum(said[name] in _ANSWERED for name in asked),
        open=tuple(name for name in asked if said[name] not in (*_ANSWERED, Verdict.FAIL)),
    )


def _verdict(rules: Iterable[tuple[RuleResult, Mapping[str, Verdict]]], zone: str) -> Verdict | None:
    """The worst of the rules there; None when there is none. What fails elsewhere, or nobody knows where, is open."""
    verdicts = []
    for result, said in rules:
        verdict = said.get(zone)
        if verdict is None:
            verdict = result.verdict if result.verdict in _ANSWERED else Verdict.NO_EVIDENCE
        verdicts.append(verdict)
    return worst(verdicts)
