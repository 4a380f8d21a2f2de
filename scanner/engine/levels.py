"""SL-A against SL-T: the security level of each zone in each foundational requirement of IEC 62443-3-3.

What fails in a zone bounds its level from above: the requirement keeps the zone below the level that selects it. What
is judged whole, or met as people answer, bounds it from below. What is open lies between, and is named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from scanner.engine.definitions.frameworks import Framework
from scanner.engine.definitions.requirements import Requirement
from scanner.engine.standings import Account
from scanner.policy.security_levels import CODES
from scanner.results.answers import Answered, Standing
from scanner.results.model import LevelRow, Verdict
from scanner.results.standing import GOOD, proven, remains, standing

FRAMEWORK = "iec-62443-3-3"
HIGHEST = 4


@dataclass(frozen=True)
class _Held:
    """Whether a requirement fails, is settled, or is proven to be met in a zone."""

    fails: bool
    settled: bool
    proven: bool


def targets(zones: pl.DataFrame) -> dict[str, dict[str, int | None]]:
    """Zone -> SL-T by foundational requirement."""
    return {
        zone: {code: vector[number] if vector else sl_t for number, code in enumerate(CODES)}
        for zone, sl_t, vector in zones.select("zone", "sl_t", "sl_t_vector").iter_rows()
    }


def asked(framework: Framework, zones: pl.DataFrame) -> dict[str, frozenset[str]]:
    """Zone -> requirements up to its SL-T; of zones without one, and of other frameworks, nothing is said."""
    if framework.id != FRAMEWORK:
        return {}
    rank = _ranks(framework)
    return {
        zone: frozenset(name for name, r in framework.requirements.items() if rank[name] <= max(by[code_of(r)] or 0, 1))
        for zone, by in targets(zones).items()
        if all(target is not None for target in by.values())
    }


def levels(account: Account, zones: pl.DataFrame) -> dict[str, tuple[LevelRow, ...]]:
    """Zone -> a row for each foundational requirement. account: of this framework."""
    framework = account.framework
    by_class: dict[str, list[Requirement]] = {}
    for requirement in framework.requirements.values():
        by_class.setdefault(code_of(requirement), []).append(requirement)
    rank = _ranks(framework)
    found = {}
    for zone, target in targets(zones).items():
        held = {name: _held(account, name, zone) for name in framework.requirements}
        found[zone] = tuple(_row(code, by_class[code], target[code], held, rank) for code in CODES if code in by_class)
    return found


def _ranks(framework: Framework) -> dict[str, int]:
    """The security level that selects each requirement."""
    return {r.id: max(1, framework.rank(r.level) + 1) for r in framework.requirements.values()}


def code_of(requirement: Requirement) -> str:
    """``SR 2.1 RE 1`` is of the second foundational requirement."""
    return CODES[int(requirement.id.split()[1].partition(".")[0]) - 1]


def _held(account: Account, name: str, zone: str) -> _Held:
    verdicts, answer = account.in_zone(name, zone), account.answer(name, zone)
    requirement = account.framework.requirements[name]
    rest = remains(requirement.manual, requirement.judged_by)
    if Verdict.FAIL in verdicts or answer in (Answered.NOT_MET, Answered.PARTLY_MET):
        return _Held(fails=True, settled=False, proven=False)
    stands = standing(verdicts, answer, remains=False)  # what remains for people keeps no check from passing
    settles = stands is Standing.JUDGED or (stands is Standing.ANSWERED and answer in GOOD)
    return _Held(fails=False, settled=settles, proven=proven(verdicts, answer, remains=rest))


def _row(
    code: str,
    requirements: Sequence[Requirement],
    target: int | None,
    held: Mapping[str, _Held],
    rank: Mapping[str, int],
) -> LevelRow:
    """rank: the level that selects each requirement."""
    failing = [r.id for r in requirements if held[r.id].fails]
    at_most = _below(failing, rank)
    wanted = [r.id for r in requirements if rank[r.id] <= max(target or 1, 1)]
    return LevelRow(
        code=code,
        title=requirements[0].group,
        target=target,
        at_least=_below([r.id for r in requirements if not held[r.id].proven], rank),
        at_most=at_most,
        blocked_by=tuple(name for name in failing if rank[name] == at_most + 1),
        settled=sum(held[name].settled for name in wanted),
        open=tuple(name for name in wanted if not (held[name].settled or held[name].fails)),
    )


def _below(names: Sequence[str], rank: Mapping[str, int]) -> int:
    """The highest level that selects none of them."""
    return min((rank[name] for name in names), default=HIGHEST + 1) - 1
