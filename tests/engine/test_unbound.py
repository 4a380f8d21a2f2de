"""A name in a policy that nothing binds to an address gives no verdict that depends on it, and disturbs no other."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import pytest

from scanner.engine.definitions.frameworks import load_frameworks
from scanner.engine.definitions.loader import load_rules
from scanner.engine.definitions.rules import Rule
from scanner.engine.examples import well_observed
from scanner.engine.language.selections import columns_of
from scanner.engine.verdict.decisions import Decision
from scanner.engine.verdict.judged_facts import enriched
from scanner.engine.verdict.unbound import _looked_at
from scanner.engine.verdict.verdicts import Terms, judge_rule
from scanner.facts.enrich import join
from scanner.facts.frames import Facts, frame
from scanner.facts.schema import TABLES
from scanner.facts.worlds import Worlds
from scanner.policy.document import parse_policy
from scanner.provenance import Provenance
from scanner.results.model import Cause, RuleResult, Verdict

START, END = datetime(2026, 5, 1, 8, tzinfo=UTC), datetime(2026, 5, 1, 9, tzinfo=UTC)
ENG, SCADA, PLC, STRANGER = "10.3.0.20", "10.3.0.10", "10.1.0.1", "10.1.0.66"
ZONES = """\
otaudit_policy: 1
site: Plant
zones:
  - {id: cell, level: 1, members: {subnets: [10.1.0.0/24]}}
  - {id: super, level: 3, members: {subnets: [10.3.0.0/24]}}
  - {id: office, level: 4, members: {subnets: [10.4.0.0/24]}}
"""
CONDUITS = """\
conduits:
  - {id: poll, from: super, to: cell, protocols: [modbus], clients: [SCADA-1]}
  - {id: mail, from: office, to: super, protocols: [tls]}
"""


@cache
def rules() -> dict[str, Rule]:
    return {rule.id: rule for rule in load_rules(frameworks=load_frameworks())}


MINUTES = [60_000_000] * 8


def mac(address: str) -> str:
    return "02:00:" + ":".join(f"{int(part):02x}" for part in address.split("."))


def between(client: str, server: str, protocol: str = "modbus", **more: Any) -> dict[str, Any]:
    return {
        "capture": "c",
        "transport": "tcp",
        "client": client,
        "server": server,
        "client_mac": mac(client),
        "server_mac": mac(server),
        "server_port": 502,
        "vlan": -1,
        "protocol": protocol,
        "industrial": protocol in ("modbus", "s7comm"),
        **dict.fromkeys(("client_packets", "server_packets", "client_bytes", "server_bytes"), 99),
        "established": True,
        "first_time": START,
        "last_time": END,
    } | more


def flow(*ends: str, **more: Any) -> dict[str, Any]:
    return between(*ends, **({"slots": "ff"} | more))


def operation(client: str, server: str, verb: str, protocol: str = "s7comm") -> dict[str, Any]:
    row = between(client, server, protocol, verb=verb, count=4, accepted=4, refused=0, seen_as="request")
    own = {c.name for c in TABLES["operations"].columns}
    return {name: value for name, value in row.items() if name in own}


def verdict(
    rule: str,
    policy: str,
    *,
    listed: tuple[tuple[str, str], ...] = (),
    said: tuple[tuple[str, str], ...] = (),
    decisions: tuple[Decision, ...] = (),
    **rows: Any,
) -> RuleResult:
    """listed: names and addresses of the inventory, when not empty; said: names and addresses on the wire."""
    talking = [row for found in rows.values() for row in found]
    addresses = {row[end] for row in talking for end in ("client", "server")}
    tables: dict[str, Any] = {
        **parse_policy(policy, "p.yaml", set()).tables(),
        "captures": [{"capture": "c", "slot_seconds": 60.0, "slot_activity": MINUTES, "source": "c",
                      "packets": 9999, "bytes": 9999, "first_time": START,
                      "last_time": END, "duration": 3600.0, "complete": True}],
        "sightings": [
            {"capture": "c", "mac": mac(a), "ip": a, "vlan": -1, "proof": "arp", "packets": 99, "first_frame": 1}
            for a in sorted(addresses)
        ],
        "identities": [
            {"capture": "c", "ip": a, "field": "hostname", "value": n, "protocol": "dhcp", "count": 1} for n, a in said
        ],
        "inventory": [{"source": "i", "row": n, "name": name, "ips": [a]} for n, (name, a) in enumerate(listed)],
        **rows,
    }  # fmt: skip
    if "operations" in rows and "flows" not in rows:
        tables["flows"] = [flow(r["client"], r["server"], r["protocol"]) for r in rows["operations"]]
    kinds = ["capture", "policy", *(["inventory"] if listed else [])]
    facts = Facts(
        {name: frame(TABLES[name], r) for name, r in tables.items()},
        tuple(Provenance(k, k, 1, "") for k in kinds),
    )
    joined = join(facts)
    seen = {**joined.tables, "observations": well_observed(joined.tables)}
    return judge_rule(
        rules()[rule], enriched(facts, seen, Worlds(joined)), Terms(date(2026, 5, 1), decisions=decisions)
    )


ROLE = (
    ZONES
    + "conduits:\n  - {id: eng, from: super, to: cell, protocols: [s7comm]}\nroles:\n  engineering_station: [ENG-1]\n"
)
STOP = {"operations": [operation(ENG, PLC, "stop")]}


def reason(result: RuleResult) -> str:
    return result.reason["en"]


def test_a_name_of_several_devices_gives_no_verdict_about_those() -> None:
    twice = (("ENG-1", ENG), ("ENG-1", STRANGER), ("SCADA-1", SCADA))
    result = verdict("controller-stop-unauthorised", ROLE, listed=twice, **STOP)
    assert result.verdict is Verdict.NO_EVIDENCE
    assert "the inventory gives several devices the name ENG-1" in reason(result)
    assert Cause.UNBOUND in [doubt.cause for doubt in result.doubts]
    by_another = {"operations": [operation(SCADA, PLC, "stop")]}
    assert verdict("controller-stop-unauthorised", ROLE, listed=twice, **by_another).verdict is Verdict.FAIL
    one = (("ENG-1", ENG), ("ENG-2", STRANGER))
    assert verdict("controller-stop-unauthorised", ROLE, listed=one, **STOP).verdict is Verdict.PASS


def test_a_role_whose_member_is_bound_to_nothing_gives_no_verdict() -> None:
    result = verdict("controller-stop-unauthorised", ROLE, **STOP)
    assert result.verdict is Verdict.NO_EVIDENCE
    assert "ENG-1 is bound to nothing" in reason(result)
    assert Cause.UNBOUND in {d.cause for d in result.doubts}
    assert not result.findings


@pytest.mark.parametrize(("allowed", "wanted"), [(True, Verdict.PASS), (False, Verdict.FAIL)])
def test_what_somebody_decided_is_judged_everywhere(allowed: bool, wanted: Verdict) -> None:
    decision = Decision("p.yaml", 1, "", (("verb", "stop"),), allowed, "Li", date(2026, 4, 1), None)
    result = verdict("controller-stop-unauthorised", ROLE, decisions=(decision,), **STOP)
    assert (result.verdict, result.coverage.unjudged) == (wanted, 0)
    assert {z.verdict for z in result.by_zone if z.subjects} == {wanted}
    assert [d.verdict for d in result.by_device] == [wanted]


def test_a_claim_binds_nobody_and_is_told() -> None:
    result = verdict("controller-stop-unauthorised", ROLE, said=(("ENG-1", STRANGER),), **STOP)
    assert result.verdict is Verdict.NO_EVIDENCE
    assert f"{STRANGER} claims to be it" in reason(result)


def test_who_has_another_name_is_not_the_one_that_is_meant() -> None:
    listed = (("HMI-2", ENG), ("PLC-1", PLC))
    result = verdict("controller-stop-unauthorised", ROLE, listed=listed, **STOP)
    assert result.verdict is not Verdict.NO_EVIDENCE
    assert verdict("controller-stop-unauthorised", ROLE, listed=(("ENG-1", ENG),), **STOP).verdict is Verdict.PASS
    result = verdict("controller-stop-unauthorised", ROLE, listed=(("ENG-1", "10.3.0.77"),), **STOP)
    assert result.verdict is Verdict.FAIL, "it is somebody else's name"


@pytest.mark.parametrize(
    ("called", "wanted"),
    [
        ("eng-1.plant.example", Verdict.NO_EVIDENCE),
        ("ENG-10.plant.example", Verdict.REVIEW),
        ("eng-2.plant.example", Verdict.REVIEW),
    ],
)
def test_a_name_with_a_domain_may_be_the_one_without(called: str, wanted: Verdict) -> None:
    assert (
        verdict("controller-stop-unauthorised", ROLE, listed=((called, ENG), ("PLC-1", PLC)), **STOP).verdict is wanted
    )


def test_a_zone_of_a_name_without_its_domain_may_be_where_the_device_is() -> None:
    policy = ZONES + "  - {id: guests, level: 4, members: {devices: [laptop-7]}}\n"
    listed = (("laptop-7.plant.example", STRANGER), ("PLC-1", PLC))
    assert (
        verdict("undeclared-conduit", policy, listed=listed, flows=[flow(STRANGER, PLC)]).verdict is Verdict.NO_EVIDENCE
    )
    listed = (("panel-7.plant.example", STRANGER), ("PLC-1", PLC))
    assert verdict("undeclared-conduit", policy, listed=listed, flows=[flow(STRANGER, PLC)]).verdict is not Verdict.FAIL


def test_what_breaks_the_rule_whoever_it_is_fails() -> None:
    result = verdict("controller-stop-unauthorised", ROLE, operations=[operation("10.4.0.9", PLC, "stop")])
    assert result.verdict is Verdict.FAIL, "no conduit leads from the office, whatever the client is called"


def test_a_client_of_a_conduit_matters_between_its_zones_only() -> None:
    policy = ZONES + CONDUITS
    polls = [flow(SCADA, PLC)]
    assert verdict("undeclared-conduit", policy, flows=polls).verdict is Verdict.NO_EVIDENCE
    mails = [flow("10.4.0.5", SCADA, "tls")]
    assert verdict("undeclared-conduit", policy, flows=mails).verdict is Verdict.PASS
    other = [flow(SCADA, PLC, "s7comm")]
    assert verdict("undeclared-conduit", policy, flows=other).verdict is Verdict.FAIL, "no client may"
    assert verdict("undeclared-conduit", policy, listed=(("SCADA-1", SCADA),), flows=polls).verdict is Verdict.PASS


SAFETY = ZONES + "roles:\n  safety_controller: [SIS-1]\n"


@pytest.mark.parametrize("rule", ["safety-controller-commanded", "safety-system-not-separate"])
def test_a_safety_controller_that_is_bound_to_nothing_is_not_absent(rule: str) -> None:
    writes = [operation("10.1.0.7", PLC, "write", "modbus")]
    result = verdict(rule, SAFETY, operations=writes)
    assert (result.verdict, "SIS-1 is bound to nothing" in reason(result)) == (Verdict.NO_EVIDENCE, True)
    named = (("PLC-1", PLC), ("HMI-1", "10.1.0.7"))
    result = verdict(rule, SAFETY, listed=named, operations=writes)
    assert (result.verdict, "SIS-1 is bound to nothing" in reason(result)) == (Verdict.NO_EVIDENCE, True)
    listed = (*named, ("SIS-1", "10.1.0.99"))
    assert verdict(rule, SAFETY, listed=listed, operations=writes).verdict is Verdict.NOT_APPLICABLE


NAMED_ZONE = (
    ZONES
    + "  - {id: eng, level: 3, members: {devices: [ENG-1]}}\n"
    + "conduits:\n  - {id: e, from: eng, to: cell, protocols: [s7comm]}\n"
)


def test_a_zone_whose_devices_are_bound_to_nothing() -> None:
    flows = [flow(ENG, PLC, "s7comm")]
    inside = [flow(ENG, SCADA, "s7comm")]
    result = verdict("undeclared-conduit", NAMED_ZONE, flows=inside)
    assert (result.verdict, "ENG-1 is bound" in reason(result)) == (Verdict.NO_EVIDENCE, True), (
        "it may be within this zone"
    )
    allowed = NAMED_ZONE + "  - {id: s, from: super, to: cell, protocols: [s7comm]}\n"
    assert verdict("undeclared-conduit", allowed, flows=flows).verdict is Verdict.PASS, "between other zones"
    assert verdict("undeclared-conduit", NAMED_ZONE, flows=flows).verdict is Verdict.FAIL, (
        "the policy knows the address"
    )
    assert verdict("zone-not-captured", NAMED_ZONE, flows=flows).verdict is Verdict.FAIL, "nobody of the office"
    assert "could not be judged" in reason(verdict("zone-not-captured", NAMED_ZONE, flows=flows))
    everybody = [*flows, flow("10.4.0.5", SCADA, "tls")]
    assert verdict("zone-not-captured", NAMED_ZONE, flows=everybody).verdict is Verdict.NO_EVIDENCE
    elsewhere = [flow("10.4.0.5", PLC, "tls")]
    assert verdict("undeclared-conduit", NAMED_ZONE, flows=elsewhere).verdict is Verdict.FAIL
    listed = (("ENG-1", ENG), ("PLC-1", PLC))
    assert verdict("undeclared-conduit", NAMED_ZONE, listed=listed, flows=flows).verdict is Verdict.PASS


def test_a_device_in_no_zone_may_be_the_one_that_is_named() -> None:
    flows = [flow("10.9.0.1", PLC)]
    assert verdict("device-in-no-zone", NAMED_ZONE, flows=flows).verdict is Verdict.NO_EVIDENCE
    listed = (("OTHER", "10.9.0.1"),)
    assert verdict("device-in-no-zone", NAMED_ZONE, listed=listed, flows=flows).verdict is Verdict.FAIL


def test_nobody_of_the_internet_has_a_name_in_the_plant() -> None:
    flows = [flow("8.8.8.8", PLC)]
    assert verdict("internet-to-control-system", NAMED_ZONE, flows=flows).verdict is Verdict.FAIL


WRITERS = ROLE + "writers:\n  - {targets: [cell], clients: [HMI-1, 10.1.0.8], verbs: [write]}\n"


@pytest.mark.parametrize(
    ("client", "listed", "expected"),
    [
        ("10.1.0.8", (), Verdict.PASS),
        ("10.1.0.9", (), Verdict.NO_EVIDENCE),
        ("10.1.0.9", (("OTHER", "10.1.0.9"),), Verdict.FAIL),
        ("10.1.0.9", (("HMI-1", "10.1.0.9"),), Verdict.PASS),
    ],
)
def test_writers(client: str, listed: tuple[tuple[str, str], ...], expected: Verdict) -> None:
    writes = [operation(client, PLC, "write", "modbus")]
    assert verdict("write-unauthorised", WRITERS, listed=listed, operations=writes).verdict is expected


def test_a_verdict_depends_on_what_people_are_asked_about_too() -> None:
    asked = [(rule, {*columns_of(rule.review.when)}) for rule in rules().values() if rule.review]
    alone = [columns - {*columns_of(rule.fail)} for rule, columns in asked if rule.fail is not None]
    assert any(alone)
    assert all(columns <= {*_looked_at(rule)} for rule, columns in asked)


def test_many_names_are_counted() -> None:
    policy = ROLE.replace("[ENG-1]", "[ENG-1, ENG-2, ENG-3, ENG-4, ENG-5]")
    result = verdict("controller-stop-unauthorised", policy, **STOP)
    assert "ENG-1, ENG-2, ENG-3 and 2 more are bound to nothing" in reason(result)


def unused(policy: str, **more: Any) -> tuple[int, int]:
    """Conduits that were certainly not used, and those of which nobody can know."""
    flows = [flow("10.1.0.66", "10.1.0.67", "s7comm")]
    found = verdict("conduit-not-seen-used", policy, flows=flows, **more)
    return found.coverage.failing, found.coverage.unjudged


@pytest.mark.parametrize(
    ("conduits", "wanted"),
    [
        ("{id: mail, from: office, to: super, protocols: [tls]}", (1, 0)),
        ("{id: mail, from: office, to: super, protocols: [tls], clients: [ENG-1]}", (0, 1)),  # its own
        ("{id: mail, from: eng, to: super, protocols: [tls]}", (0, 1)),  # from where it is
        ("{id: mail, from: super, to: eng, protocols: [tls]}", (0, 1)),
    ],
)
def test_a_conduit_that_somebody_unknown_may_have_used(conduits: str, wanted: tuple[int, int]) -> None:
    zone = ZONES + "  - {id: eng, level: 3, members: {devices: [ENG-1]}}\n"
    policy = f"{zone}conduits:\n  - {conduits}\n"
    assert unused(policy) == wanted
    assert unused(policy, listed=(("ENG-1", ENG), ("A", "10.1.0.66"), ("B", "10.1.0.67")))[1] == 0
