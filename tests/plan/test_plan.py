"""Following the plan removes every removable lack of evidence, with hardly more taps than the fewest."""

from __future__ import annotations

import json
import random
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.serialization import Encoding

from fixtures.record.wire import Wire
from scanner.cli.plan import command
from scanner.engine.verdict.judged_facts import enriched
from scanner.engine.verdict.places import shortfalls
from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts, frame
from scanner.facts.schema import TABLES
from scanner.plan.cover import Aim, Need, Parts, chosen, counted, met
from scanner.plan.plan import Plan, plan
from scanner.plan.text import as_json, lines
from scanner.provenance import Provenance
from tests.packaged import rules
from tests.trust.made import made

TODAY = date(2026, 5, 1)
RULES = tuple(rules().values())
LEVELS = (4.0, 3.5, 3.0, 2.0, 1.0, 1.0)


def needs_met(needs: list[Need], parts: Parts) -> bool:
    return all(met(need, counted(parts)) for need in needs)


def fewest(needs: list[Need], taps: dict[str, Parts], most: int) -> int:
    """How many taps it takes, at most so many."""
    for size in range(most):
        for names in combinations(taps, size):
            if needs_met(needs, frozenset().union(*(taps[n] for n in names))):
                return size
    return most


@pytest.mark.parametrize("seed", range(60))
def test_hardly_more_taps_than_the_fewest(seed: int) -> None:
    luck = random.Random(seed)  # noqa: S311 - no secret
    devices = {f"z{n}": luck.randint(1, 6) for n in range(luck.randint(2, 8))}
    every = [(zone, f"d{n}") for zone, number in devices.items() for n in range(number)]
    taps = {f"t{n}": frozenset(luck.sample(every, luck.randint(1, len(every)))) for n in range(luck.randint(1, 5))}
    taps |= {zone: frozenset(part for part in every if part[0] == zone) for zone in devices}
    needs = [
        frozenset(
            Aim(zone, luck.randint(1, devices[zone])) for zone in luck.sample(sorted(devices), luck.randint(1, 2))
        )
        for _ in range(luck.randint(1, 20))
    ]
    found = chosen(needs, taps)
    assert needs_met(needs, frozenset().union(*(taps[name] for name in found)))
    assert len(found) == fewest(needs, taps, len(found))


def test_what_nothing_shows_is_left_out() -> None:
    taps = {"a": frozenset({("z", "1")}), "b": frozenset({("y", "1")})}
    needs = [frozenset({Aim("z", 2)}), frozenset({Aim("y")}), frozenset({Aim("x")})]
    assert chosen(needs, taps) == ["b"]


def test_too_many_to_try_are_chosen_one_by_one() -> None:
    zones = [f"z{n}" for n in range(120)]
    needs = [frozenset({Aim(zone)}) for zone in zones]
    assert len(chosen(needs, {zone: frozenset({(zone, "")}) for zone in zones})) == 120


def plant(seed: int) -> dict[str, list[dict[str, Any]]]:
    """Zones with VLANs, and a switch with trunks that carry some of them."""
    luck = random.Random(seed)  # noqa: S311 - no secret
    zones = [
        {"source": "p", "line": n, "zone": f"z{n}", "name": f"Zone {n}", "level": luck.choice(LEVELS),
         "vlans": [100 + n], "subnets": [f"10.{n}.0.0/16"]}
        for n in range(luck.randint(2, 7))
    ]  # fmt: skip
    settings = []
    for port in range(luck.randint(0, 3)):
        carried = ",".join(str(v) for zone in luck.sample(zones, luck.randint(1, len(zones))) for v in zone["vlans"])
        said = {"mode": "trunk", "trunk_vlans": carried, "kind": "physical", "description": f"to floor {port}"}
        usual = {"source": "sw.cfg", "device": "SW", "dialect": "cisco-ios", "category": "interface"}
        settings += [usual | {"item": f"Gi1/{port}", "setting": k, "value": v} for k, v in said.items()]
    return {"zones": zones, "settings": settings}


def facts(rows: dict[str, list[dict[str, Any]]]) -> Facts:
    kinds = ("policy", "zones", "configuration", "inventory")
    return Facts(
        {name: frame(TABLES[name], given) for name, given in rows.items()},
        tuple(Provenance(kind, kind, 1, "00") for kind in kinds),
    )


def seen(made: Plan) -> list[dict[str, Any]]:
    """What the captures of every step would show."""
    shown = {zone: step.seconds for step in made.steps for zone in step.zones}
    return [
        {"kind": "zone", "zone": zone, "seconds": s, "any_seconds": s, "packets": 999, "both_sides": True, "devices": 2,
         "heard_devices": 0, "boundary": "routed", "boundary_seconds": s}
        for zone, s in shown.items()
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(8))
def test_following_the_plan_decides_all_that_can_be_decided(seed: int) -> None:
    given = facts(plant(seed))
    made = plan(given, RULES, today=TODAY)
    tables = {**enrich(given), "observations": frame(TABLES["observations"], seen(made), derived=True)}
    case = enriched(given, tables)
    stays = {rule for rule, _ in made.stays}
    left = [r.id for r in RULES if r.id not in stays and not r.about_evidence and shortfalls(r, case, 60.0)]
    assert left == []
    decided = [rule for step in made.steps for rule in step.decides]
    assert len(decided) == len(set(decided))
    assert len(decided) + len(stays) + len({r for _, rules in made.inputs for r in rules} - {*decided, *stays}) >= 1


def test_ports_are_named_and_both_forms_say_the_same() -> None:
    rows = plant(1)
    made = plan(facts(rows), RULES, today=TODAY)
    told = json.loads(as_json(made))
    assert told["otaudit_plan"] == 1
    assert len(told["steps"]) == len(made.steps)
    for language in ("en", "zh"):
        text = "\n".join(lines(made, language))
        assert all(f"{number}." in text for number in range(1, len(made.steps) + 1))


def test_a_plant_that_was_seen_whole_needs_no_capture() -> None:
    result = CliRunner().invoke(command, ["fixtures/plants/bottling", "-f", "json"])
    assert (result.exit_code, json.loads(result.stdout)["steps"]) == (0, [])


def test_before_a_visit() -> None:
    files = [f"fixtures/plants/bottling/{name}" for name in ("policy.yaml", "inventory.csv", "switches")]
    result = CliRunner().invoke(command, files)
    assert result.exit_code == 0
    assert "BW-CORE GigabitEthernet1/1 (PLC-FILL-1)" in result.stdout
    result = CliRunner().invoke(command, files[:1])
    assert "Provide a device inventory" in result.stdout
    assert "the link between zone utilities and its router" in result.stdout


def test_no_input_is_a_usage_error() -> None:
    assert CliRunner().invoke(command, []).exit_code == 2


def test_files_beside_inputs_are_asked_for(tmp_path: Path) -> None:
    policy = "fixtures/plants/bottling/policy.yaml"
    (tmp_path / "c.csv").write_text("47.110.0.0,47.110.255.255,CN\n", "utf-8")
    (tmp_path / "ca.pem").write_bytes(made("ca", authority=True).certificate.public_bytes(Encoding.PEM))
    both = {"countries": ["data-leaves-country"], "authorities": ["certificate-not-trusted"]}
    given = ["--countries", str(tmp_path / "c.csv")]
    for options, wanted in (
        ([], both),
        (given, {"authorities": both["authorities"]}),
        ([*given, "--trust", str(tmp_path / "ca.pem")], {}),
    ):
        result = CliRunner().invoke(command, [policy, *options, "-f", "json"])
        told = json.loads(result.stdout)
        asked = dict(told["inputs"])
        assert {kind: asked[kind] for kind in both if kind in asked} == wanted
        assert {"data-leaves-country", "certificate-not-trusted"} <= {r for s in told["steps"] for r in s["decides"]}
    text = CliRunner().invoke(command, [policy]).stdout
    assert "Provide a database of the countries of addresses (--countries): 1 check needs it." in text


def test_what_left_without_a_database_needs_no_other_capture(tmp_path: Path) -> None:
    with Wire(tmp_path / "x.pcap") as wire:
        way = wire.tcp("10.20.1.5", "47.110.23.1", 8080)
        for _ in range(9):
            way.client(b"GET / HTTP/1.1\r\nHost: cloud\r\n\r\n")
            way.server(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            wire.pause(20)
        way.close()
    told = json.loads(CliRunner().invoke(command, [str(tmp_path / "x.pcap"), "-f", "json"]).stdout)
    assert dict(told["inputs"])["countries"] == ["data-leaves-country"]
    assert "data-leaves-country" not in dict(told["stays"])


def test_a_mirrored_port_is_not_promised_to_show_radio() -> None:
    result = CliRunner().invoke(command, ["fixtures/plants/bottling/inventory.csv", "-f", "json"])
    made = json.loads(result.stdout)
    promised = {rule for step in made["steps"] for rule in step["decides"]}
    stays = dict(made["stays"])
    assert "telnet-in-use" in promised
    assert {"wireless-common-key", "sensor-radio-in-clear"}.isdisjoint(promised)
    assert stays["wireless-common-key"] == ["a port that is mirrored may show nothing of what it is about"]
