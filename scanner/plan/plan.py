"""The plan: which places rules without evidence lack, and the fewest taps that show them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from scanner.engine.enriched import Enriched, enriched
from scanner.engine.places import shortfalls
from scanner.engine.rules import INTERNET, Rule
from scanner.engine.sufficiency import seconds_wanted
from scanner.engine.verdicts import Terms, judge_rule
from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts
from scanner.plan.cover import Need, chosen
from scanner.plan.ports import Port, hint, ports
from scanner.results.model import Cause, RuleResult, Verdict

RECOMMENDED = 600.0  # seconds: what capture-insufficient asks of a capture
_BY_CAPTURE = {Cause.PLACE, Cause.DURATION, Cause.NO_PACKETS, Cause.CAPTURE}
_INPUTS = (Cause.INVENTORY, Cause.POLICY, Cause.ZONES, Cause.CONFIGURATION)
EVERYTHING = ""  # the place of a plant without zones


@dataclass(frozen=True)
class Lack:
    """A rule without evidence. needs: places, each by any of some zones; inputs: kinds to give; stays: other causes."""

    rule: Rule
    needs: frozenset[Need]
    inputs: tuple[str, ...]
    stays: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class Step:
    """Mirror one place. ports: where configurations name them; near: a device there otherwise."""

    zones: tuple[str, ...]
    ports: tuple[Port, ...]
    near: str
    seconds: float
    decides: tuple[str, ...]  # rules that become decidable by this step and those before it


@dataclass(frozen=True)
class Plan:
    """inputs: kinds to give, with the rules that need them; steps in order; stays: rules that no capture decides."""

    inputs: tuple[tuple[str, tuple[str, ...]], ...]
    steps: tuple[Step, ...]
    stays: tuple[tuple[str, tuple[str, ...]], ...]
    undecided: int  # rules without evidence now


def plan(facts: Facts, rules: Collection[Rule], *, today: date, minimum_duration: float = 0.0) -> Plan:
    """What to do so that rules without evidence become decidable."""
    case = enriched(facts, enrich(facts))
    terms = Terms(today, minimum_duration=minimum_duration)
    results = [(rule, judge_rule(rule, case, terms)) for rule in rules if not rule.about_evidence]
    lacks = [_lack(rule, result, case, terms) for rule, result in results if result.verdict is Verdict.NO_EVIDENCE]
    needs = sorted({need for lack in lacks if not lack.stays for need in lack.needs}, key=sorted)
    taps, known = _taps(case.tables, needs)
    steps = _steps(chosen(needs, taps), taps, known, lacks, case.tables)
    kinds = dict.fromkeys(kind for lack in lacks for kind in lack.inputs)
    return Plan(
        inputs=tuple((kind, tuple(lack.rule.id for lack in lacks if kind in lack.inputs)) for kind in kinds),
        steps=steps,
        stays=tuple((lack.rule.id, lack.stays) for lack in lacks if lack.stays),
        undecided=len(lacks),
    )


def _lack(rule: Rule, result: RuleResult, case: Enriched, terms: Terms) -> Lack:
    causes = [doubt.cause for doubt in result.doubts]
    wanted = seconds_wanted(rule, absence=True, minimum_duration=terms.minimum_duration)
    short = shortfalls(rule, case, wanted) if "capture" in rule.needs else []
    places = {
        frozenset({s.zone} if s.other in ("", INTERNET) else {s.zone, s.other}) for s in short if s.cause in _BY_CAPTURE
    }
    stays = [doubt.text["en"] for doubt in result.doubts if doubt.cause not in {*_BY_CAPTURE, *_INPUTS}]
    return Lack(
        rule=rule,
        needs=frozenset(places),
        inputs=tuple(c.value.removeprefix("input:") for c in causes if c in _INPUTS),
        stays=tuple(stays),
        seconds=wanted,
    )


def _taps(
    tables: Mapping[str, pl.DataFrame], needs: Sequence[Need]
) -> tuple[dict[str, frozenset[str]], dict[str, Port]]:
    """Names of taps with the zones that they show: one for each zone, and trunks that carry several."""
    taps = {zone: frozenset({zone}) for zone in sorted({zone for need in needs for zone in need})}
    trunks = {f"{p.device} {p.interface}": p for p in ports(tables) if p.trunk and len(p.zones) > 1}
    return taps | {name: port.zones for name, port in trunks.items()}, trunks


def _steps(
    names: Sequence[str],
    taps: Mapping[str, frozenset[str]],
    trunks: Mapping[str, Port],
    lacks: Sequence[Lack],
    tables: Mapping[str, pl.DataFrame],
) -> tuple[Step, ...]:
    known = ports(tables)
    steps: list[Step] = []
    shown: set[str] = set()
    decided: set[str] = set()
    for name in names:
        shown |= taps[name]
        now = [
            lack
            for lack in lacks
            if not lack.stays and lack.rule.id not in decided and lack.needs and all(n & shown for n in lack.needs)
        ]
        decided |= {lack.rule.id for lack in now}
        zones = tuple(sorted(taps[name]))
        here = (trunks[name],) if name in trunks else tuple(p for p in known if name in p.zones)[:3]
        steps.append(
            Step(
                zones=zones,
                ports=here,
                near="" if here else hint(name, tables),
                seconds=max(
                    [RECOMMENDED, *(lack.seconds for lack in lacks if any(n & taps[name] for n in lack.needs))]
                ),
                decides=tuple(lack.rule.id for lack in now),
            )
        )
    return tuple(steps)
