"""Whole plants of several switches: the plan is followed in a simulation that shows what each mirrored port would."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from itertools import combinations
from operator import or_
from typing import Any

import pytest

from scanner.configs.reader import read
from scanner.engine.verdict.judged_facts import JudgedFacts, enriched
from scanner.engine.verdict.places import shortfalls
from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts, frame
from scanner.facts.schema import TABLES
from scanner.plan.plan import Plan, plan, planned
from scanner.plan.text import lines
from scanner.provenance import Provenance
from tests.packaged import rules

TODAY = date(2026, 5, 1)
RULES = [r for r in rules().values() if "capture" in r.needs and not r.about_evidence]
LEVELS = (3.5, 3.0, 2.0, 1.0, 1.0)
Place = tuple[str, str]


@dataclass
class Simulated:
    """A tree of switches, the first of which routes, and devices at their ports."""

    luck: random.Random
    above: dict[str, str] = field(default_factory=dict)  # switch -> switch nearer to the router
    zone_of: dict[str, str] = field(default_factory=dict)  # device -> zone
    switch_of: dict[str, str] = field(default_factory=dict)
    zones: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        luck = self.luck
        switches = [f"SW{n}" for n in range(luck.randint(3, 6))]
        self.above = {s: luck.choice(switches[:n]) for n, s in enumerate(switches) if n}
        self.zones = [f"z{n}" for n in range(luck.randint(2, 6))]
        homes = {zone: luck.sample(switches[1:], luck.randint(1, 2)) for zone in self.zones}
        for n in range(luck.randint(20, 60)):
            zone = self.zones[n % len(self.zones)]
            self.zone_of[f"DEV-{n}"] = zone
            self.switch_of[f"DEV-{n}"] = luck.choice(homes[zone])

    @property
    def switches(self) -> list[str]:
        return ["SW0", *self.above]

    def way(self, device: str) -> list[str]:
        """Switches from the device to the router."""
        found = [self.switch_of[device]]
        while found[-1] in self.above:
            found.append(self.above[found[-1]])
        return found

    def shown(self) -> dict[Place, frozenset[str]]:
        """Whose traffic passes each port: both ends of a link, and the ports of devices."""
        found: defaultdict[Place, set[str]] = defaultdict(set)
        for n, device in enumerate(self.zone_of):
            found[self.switch_of[device], f"GigabitEthernet1/{n}"].add(device)
            for below in self.way(device)[:-1]:
                found[below, "GigabitEthernet2/0"].add(device)
                found[self.above[below], f"GigabitEthernet3/{below[2:]}"].add(device)
        return {place: frozenset(devices) for place, devices in found.items()}

    def configuration(self, switch: str) -> str:
        """Some switches describe who is at a port, the others fix MAC addresses."""
        text = [f"hostname {switch}", "!"]
        describes = self.luck.random() < 0.5
        for n, device in enumerate(self.zone_of):
            if self.switch_of[device] == switch:
                vlan = 100 + self.zones.index(self.zone_of[device])
                text += [f"interface GigabitEthernet1/{n}", " switchport mode access"]
                text += [f" switchport access vlan {vlan}"]
                sticky = f" switchport port-security mac-address sticky 0000.5e00.{n:04x}"
                text += [f" description {device}" if describes else sticky, "!"]
        if switch in self.above:
            text += ["interface GigabitEthernet2/0", f" description uplink to {self.above[switch]}"]
            text += [" switchport mode trunk", "!"]
        for below in (s for s, above in self.above.items() if above == switch):
            text += [f"interface GigabitEthernet3/{below[2:]}", f" description {below}-Gi2/0", " switchport mode trunk"]
        for number, _ in enumerate(self.zones) if switch == "SW0" else ():
            text += [f"interface Vlan{100 + number}", f" ip address 10.{number}.0.1 255.255.0.0"]
        return "\n".join([*text, "end", ""])

    def facts(self) -> Facts:
        zones = [
            {"source": "p", "line": n, "zone": zone, "name": zone, "level": LEVELS[n % 5], "vlans": [100 + n],
             "subnets": [f"10.{n}.0.0/16"]}
            for n, zone in enumerate(self.zones)
        ]  # fmt: skip
        inventory = [
            {"source": "i.csv", "row": n + 2, "name": device, "macs": [f"00:00:5e:00:{n >> 8:02x}:{n & 255:02x}"],
             "ips": [f"10.{self.zones.index(zone)}.1.{n}"]}
            for n, (device, zone) in enumerate(self.zone_of.items())
        ]  # fmt: skip
        settings = [row for s in self.switches for row in read(self.configuration(s).encode(), f"{s}.cfg").rows]
        rows: dict[str, list[Any]] = {"zones": zones, "inventory": inventory, "settings": settings}
        return Facts(
            {name: frame(TABLES[name], given) for name, given in rows.items()},
            tuple(Provenance(k, k, 1, "00") for k in ("capture", "policy", "zones", "configuration", "inventory")),
        )

    def observed(self, devices: Iterable[str], seconds: float) -> list[dict[str, Any]]:
        """The table observations when these were mirrored; the others of a zone are heard by what they send to all."""
        seen = Counter(self.zone_of[d] for d in devices)
        every = Counter(self.zone_of.values())
        return [
            {"kind": "zone", "zone": zone, "seconds": seconds, "any_seconds": seconds, "packets": 999,
             "both_sides": True, "devices": number, "heard_devices": every[zone] - number, "boundary": "routed",
             "boundary_seconds": seconds}
            for zone, number in seen.items()
        ]  # fmt: skip


def case_of(given: Facts, observed: list[dict[str, Any]]) -> JudgedFacts:
    tables = {**enrich(given), "observations": frame(TABLES["observations"], observed, derived=True)}
    return enriched(given, tables)


def undecided(case: JudgedFacts, plan_: Plan) -> list[str]:
    """Rules that lack a place, of those that captures decide."""
    stays = {rule for rule, _ in plan_.stays}
    return [r.id for r in RULES if r.id not in stays and shortfalls(r, case, 60.0)]


@pytest.mark.parametrize("seed", range(5))
def test_the_plan_is_followed_step_by_step(seed: int) -> None:
    plant = Simulated(random.Random(seed))  # noqa: S311 - no secret
    given, shown = plant.facts(), plant.shown()
    made = plan(given, RULES, today=TODAY)
    seen: set[str] = set()
    for step in made.steps:
        assert step.ports, "every device's port is known"
        places = [(p.device, p.interface) for p in step.ports]
        assert len({shown[place] for place in places}) == 1, "any of the ports shows the same"
        seen |= shown[places[0]]
    case = case_of(given, plant.observed(seen, 600.0))
    assert undecided(case, made) == []
    assert planned(case, RULES, today=TODAY).steps == ()
    assert len(made.steps) <= 1.2 * fewest(plant, set(shown.values()), len(made.steps))


def fewest(plant: Simulated, views: set[frozenset[str]], most: int) -> int:
    """How many ports it takes to see half of each zone, by trying all; at most so many."""
    bit = {device: 1 << n for n, device in enumerate(plant.zone_of)}
    largest = [sum(bit[d] for d in v) for v in views if not any(v < other for other in views)]
    zones = [sum(bit[d] for d, z in plant.zone_of.items() if z == zone) for zone in plant.zones]
    for size in range(most):
        for chosen in combinations(largest, size):
            seen = reduce(or_, chosen, 0)
            if all(2 * (seen & zone).bit_count() >= zone.bit_count() for zone in zones):
                return size
    return most


@pytest.mark.parametrize("seed", [0, 1])
def test_less_than_half_of_a_zone_is_not_enough(seed: int) -> None:
    """What ``fewest`` goes by."""
    plant = Simulated(random.Random(seed))  # noqa: S311 - no secret
    given = plant.facts()
    for zone in plant.zones:
        here = [d for d, z in plant.zone_of.items() if z == zone]
        seen = set(plant.zone_of) - set(here[: len(here) // 2 + 1])
        assert undecided(case_of(given, plant.observed(seen, 600.0)), Plan((), (), (), 0))


def test_both_ends_of_a_link_are_named() -> None:
    plant = Simulated(random.Random(3))  # noqa: S311 - no secret
    made = plan(plant.facts(), RULES, today=TODAY)
    linked = [step for step in made.steps if len(step.ports) > 1]
    assert linked
    assert " or " in "\n".join(lines(made, "en"))
