"""The plan: which places rules without evidence lack, and the fewest taps that show them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from scanner.engine.definitions.rules import INTERNET, Rule
from scanner.engine.language.selections import columns_of
from scanner.engine.verdict.judged_facts import JudgedFacts, enriched
from scanner.engine.verdict.places import shortfalls
from scanner.engine.verdict.sufficiency import seconds_wanted
from scanner.engine.verdict.verdicts import Terms, judge_rule
from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts
from scanner.facts.schema import TABLES
from scanner.plan.cover import Aim, Need, Parts, chosen, counted, met
from scanner.plan.ports import Port, hint, ports
from scanner.plan.topology import Place, Topology, topology
from scanner.results.model import Cause, RuleResult, Verdict
from scanner.wording import plain, said

RECOMMENDED = 600.0  # seconds: what capture-insufficient asks of a capture
_BY_CAPTURE = {Cause.PLACE, Cause.DURATION, Cause.NO_PACKETS, Cause.CAPTURE}
_INPUTS = (Cause.INVENTORY, Cause.POLICY, Cause.ZONES, Cause.CONFIGURATION, Cause.ADVISORY, Cause.OUTPUT)
MOST_PORTS = 3  # of a step, any of which shows the same
_NOT_HERE = said("a port that is mirrored may show nothing of what it is about")
EVERYTHING = ""  # the place of a plant without zones


@dataclass(frozen=True)
class Lack:
    """A rule without evidence. needs: places, each by any of some zones; inputs: kinds to give, among them files that a
    scan is given beside its inputs; stays: other causes.
    """

    rule: Rule
    needs: frozenset[Need]
    inputs: tuple[str, ...]
    stays: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class MirrorStep:
    """Mirror one place. ports: where configurations name them, any of which will do; near: a device there otherwise."""

    zones: tuple[str, ...]
    ports: tuple[Port, ...]
    near: str
    seconds: float
    decides: tuple[str, ...]  # rules that become decidable by this step and those before it


@dataclass(frozen=True)
class Plan:
    """inputs: kinds to give, with the rules that need them; steps in order; stays: rules that no capture decides."""

    inputs: tuple[tuple[str, tuple[str, ...]], ...]
    steps: tuple[MirrorStep, ...]
    stays: tuple[tuple[str, tuple[str, ...]], ...]
    undecided: int  # rules without evidence now


def plan(facts: Facts, rules: Collection[Rule], *, today: date, minimum_duration: float = 0.0) -> Plan:
    """What to do so that rules without evidence become decidable."""
    return planned(enriched(facts, enrich(facts)), rules, today=today, minimum_duration=minimum_duration)


def planned(case: JudgedFacts, rules: Collection[Rule], *, today: date, minimum_duration: float = 0.0) -> Plan:
    """As ``plan``, of facts that are joined already."""
    terms = Terms(today, minimum_duration=minimum_duration)
    results = [(rule, judge_rule(rule, case, terms)) for rule in rules if not (rule.about_evidence or rule.in_nursery)]
    where = topology(case.tables)
    known = counted(where.at)
    lacks = [_lack(r, result, case, terms, known) for r, result in results if result.verdict is Verdict.NO_EVIDENCE]
    needs = sorted({need for lack in lacks if not lack.stays for need in lack.needs}, key=sorted)
    kinds = dict.fromkeys(kind for lack in lacks for kind in lack.inputs)
    return Plan(
        inputs=tuple((kind, tuple(lack.rule.id for lack in lacks if kind in lack.inputs)) for kind in kinds),
        steps=_steps(needs, lacks, _Taps(case.tables, needs, where)),
        stays=tuple((lack.rule.id, lack.stays) for lack in lacks if lack.stays),
        undecided=len(lacks),
    )


def _lack(rule: Rule, result: RuleResult, case: JudgedFacts, terms: Terms, known: Mapping[str, int]) -> Lack:
    """known: of each zone, how many devices' ports are known."""
    causes = [doubt.cause for doubt in result.doubts]
    files = [kind for kind in _files(rule) if not case.facts.has(kind)]
    wanted = seconds_wanted(rule, absence=True, minimum_duration=terms.minimum_duration)
    short = shortfalls(rule, case, wanted) if "capture" in rule.needs else []
    places = {frozenset(_aims(s.zone, s.other, known)) for s in short if s.cause in _BY_CAPTURE}
    removable = {*_BY_CAPTURE, *_INPUTS, *([Cause.UNJUDGED] if files else ())}
    stays = [doubt.text["en"] for doubt in result.doubts if doubt.cause not in removable]
    if places and rule.empty is Verdict.NO_EVIDENCE and not result.coverage.subjects:
        stays.append(plain(_NOT_HERE))
    return Lack(
        rule=rule,
        needs=frozenset(places),
        inputs=(*(c.value.removeprefix("input:") for c in causes if c in _INPUTS), *files),
        stays=tuple(stays),
        seconds=wanted,
    )


def _files(rule: Rule) -> list[str]:
    """Kinds of files that a scan is given beside its inputs, without which nothing that the rule is about is judged."""
    table = TABLES[rule.table]
    own = {column.name: column.needs for column in table.columns if column.needs}
    return sorted({own[name] for name in columns_of(rule.fail) if name in own})


def _aims(zone: str, other: str, known: Mapping[str, int]) -> Iterator[Aim]:
    """What shows a place: a boundary, the traffic of one device on either side; a zone, that of half its devices."""
    if not other:
        yield Aim(zone, max(1, -(-known.get(zone, 0) // 2)))
        return
    yield Aim(zone)
    if other != INTERNET:
        yield Aim(other)


class _Taps:
    """Places that can be mirrored, by name, and what each shows: ports of switches; of a zone of whose devices nobody
    knows the ports, the link to its router.
    """

    def __init__(self, tables: Mapping[str, pl.DataFrame], needs: Sequence[Need], where: Topology) -> None:
        self._tables = tables
        self._known = ports(tables)
        placed = counted(where.at)
        shown = where.shown()
        self._ports = {_name(place): place for place in shown}
        self._texts = where.ports
        self.parts: dict[str, Parts] = {_name(place): parts for place, parts in shown.items()}
        for port in self._known:
            unplaced = frozenset((zone, "") for zone in port.zones if not placed.get(zone))
            if port.trunk and unplaced:
                name = _name((port.device, port.interface))
                self.parts[name] = self.parts.get(name, frozenset()) | unplaced
                self._ports[name] = port.device, port.interface
        reached = counted(frozenset[tuple[str, str]]().union(*self.parts.values()))
        for aim in sorted({aim for need in needs for aim in need}):
            if not placed.get(aim.zone) or reached.get(aim.zone, 0) < aim.least:
                self.parts[f"zone {aim.zone}"] = self._whole(aim.zone, where)

    @staticmethod
    def _whole(zone: str, where: Topology) -> Parts:
        return frozenset(device for device in where.at if device[0] == zone) or frozenset({(zone, "")})

    def at(self, name: str) -> tuple[Port, ...]:
        """The ports that show it: the one that was chosen, and others that show the same; of a zone those that carry
        its traffic, as far as configurations name any.
        """
        if name not in self._ports:
            return tuple(p for p in self._known if name.removeprefix("zone ") in p.zones)[:MOST_PORTS]
        same = [n for n in self._ports if n != name and self.parts[n] == self.parts[name]]
        return tuple(self._port(self._ports[n]) for n in (name, *same))[:MOST_PORTS]

    def _port(self, place: Place) -> Port:
        device, interface = place
        zones = frozenset(zone for zone, _ in self.parts[_name(place)])
        trunk = any(p.trunk for p in self._known if (p.device, p.interface) == place)
        return Port(device, interface, self._texts.get(device, {}).get(interface, ""), zones, trunk)

    def near(self, name: str) -> str:
        """A device there, where no port is known."""
        return hint(name.removeprefix("zone "), self._tables)


def _name(place: Place) -> str:
    return " ".join(place)


def _steps(needs: Sequence[Need], lacks: Sequence[Lack], taps: _Taps) -> tuple[MirrorStep, ...]:
    steps: list[MirrorStep] = []
    shown: Parts = frozenset()
    decided: set[str] = set()
    for name in chosen(needs, taps.parts):
        shown |= taps.parts[name]
        count = counted(shown)
        now = [
            lack
            for lack in lacks
            if not lack.stays and lack.rule.id not in decided and lack.needs and all(met(n, count) for n in lack.needs)
        ]
        decided |= {lack.rule.id for lack in now}
        zones = frozenset(zone for zone, _ in taps.parts[name])
        here = taps.at(name)
        wanted = (lack.seconds for lack in lacks if any(aim.zone in zones for need in lack.needs for aim in need))
        steps.append(
            MirrorStep(
                zones=tuple(sorted(zones)),
                ports=here,
                near="" if here else taps.near(name),
                seconds=max([RECOMMENDED, *wanted]),
                decides=tuple(lack.rule.id for lack in now),
            )
        )
    return tuple(steps)
