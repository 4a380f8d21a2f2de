"""What a finding for review states as its matches settles all of it as decisions, and nothing else."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from scanner.engine.verdict.asked import matchable
from scanner.engine.verdict.decisions import read_decisions
from scanner.engine.verdict.judged_facts import enriched
from scanner.engine.verdict.verdicts import Terms, judge_rule
from scanner.facts.frames import Facts, frame
from scanner.facts.schema import TABLES
from scanner.provenance import Provenance
from scanner.results.model import RuleResult
from tests.engine.engine_cases import well_seen
from tests.engine.test_decisions import CAPTURE, OPERATION, RULES

STOP, SPARKPLUG, WRITE = "controller-stop-unauthorised", "sparkplug-command-unauthorised", "write-unauthorised"
SEEN = OPERATION | {"function": "PLC stop", "code": "0x29", "unit": "rack 0 slot 2", "server_port": 102, "vlan": -1}
TODAY = date(2026, 2, 1)


def judged(rule: str, operations: list[dict[str, Any]], matches: list[tuple[str, dict[str, str]]] = ()) -> RuleResult:  # type: ignore[assignment]
    decisions = [
        {
            "source": "d.yaml",
            "line": number,
            "rule": name,
            "match": json.dumps(match),
            "decision": "allowed",
            "decided_by": "L. Zhang",
            "decided_on": "2026-01-10",
        }
        for number, (name, match) in enumerate(matches)
    ]
    rows = {"captures": [CAPTURE], "operations": operations, "decisions": decisions}
    tables = {name: frame(TABLES[name], given) for name, given in rows.items()}
    case = enriched(facts := Facts(tables, (Provenance("a.pcap", "capture", 1, "00"),)), well_seen(facts))
    given = read_decisions(case.tables["decisions"], list(RULES.values()))
    return judge_rule(RULES[rule], case, Terms(TODAY, decisions=given))


def matches_of(rule: str, operations: list[dict[str, Any]]) -> list[tuple[str, dict[str, str]]]:
    result = judged(rule, operations)
    assert result.verdict == "review"
    return [(rule, match) for finding in result.findings for match in finding.matches]


OTHERS = {
    "client": {"client": "10.0.0.6"},
    "server": {"server": "10.0.1.6"},
    "client in IPv6": {"client": "fd00::5"},
    "both in IPv6": {"client": "fd00::5", "server": "fd00::1:5"},
    "mapped": {"client": "::ffff:10.0.0.5"},
    "verb": {"verb": "restart"},
    "function": {"function": "PLC stop and clear"},
    "no name of the function": {"function": ""},
    "unit behind the same gateway": {"unit": "rack 0 slot 3"},
    "port forwarded to another device": {"server_port": 10102},
    "transport": {"transport": "udp"},
    "protocol": {"protocol": "s7comm-plus"},
    "tunnel": {"tunnel": "vxlan", "tunnel_id": 7},
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_was_not_shown_is_not_covered(name: str) -> None:
    matches = matches_of(STOP, [SEEN])
    assert judged(STOP, [SEEN], matches).verdict == "pass"
    result = judged(STOP, [SEEN, SEEN | OTHERS[name]], matches)
    assert (result.verdict, result.coverage.review, result.coverage.confirmed) == ("review", 1, 1)


def test_another_tunnel_of_the_same_kind_is_another_network() -> None:
    inside = SEEN | {"tunnel": "vxlan", "tunnel_id": 7}
    matches = matches_of(STOP, [inside])
    assert judged(STOP, [inside], matches).verdict == "pass"
    assert judged(STOP, [inside | {"tunnel_id": 8}], matches).verdict == "review"
    assert judged(STOP, [SEEN], matches).verdict == "review"


def test_code_tells_functions_without_a_name_apart() -> None:
    unnamed = SEEN | {"function": ""}
    matches = matches_of(STOP, [unnamed])
    assert judged(STOP, [unnamed], matches).verdict == "pass"
    assert judged(STOP, [unnamed | {"code": "0x28"}], matches).verdict == "review"
    assert judged(STOP, [unnamed | {"function": "unknown"}], matches).verdict == "review"


def test_topics_differ_in_case() -> None:
    command = SEEN | {"protocol": "mqtt", "verb": "operate", "function": "Sparkplug NCMD", "object": "spBv1.0/G/NCMD/e"}
    matches = matches_of(SPARKPLUG, [command])
    assert judged(SPARKPLUG, [command], matches).verdict == "pass"
    assert judged(SPARKPLUG, [command | {"object": "spBv1.0/g/NCMD/E"}], matches).verdict == "review"


def test_another_rule_asks_by_itself() -> None:
    (rule, match), *_ = matches_of(WRITE, [SEEN | {"verb": "write"}])
    assert rule == WRITE
    assert judged(STOP, [SEEN], [(WRITE, match | {"verb": "stop"})]).verdict == "review"


def test_one_finding_of_many_forms_is_settled_by_all_of_its_matches_alone() -> None:
    forms = [SEEN | {"verb": "write", "function": f"write {n}", "unit": str(n % 3)} for n in range(40)]
    matches = matches_of(WRITE, forms)
    assert len(matches) == 40
    assert judged(WRITE, forms, matches).verdict == "pass"
    assert judged(WRITE, forms, matches[1:]).coverage.review == 1


@pytest.mark.parametrize("rule", [rule for rule in RULES.values() if rule.review], ids=lambda rule: rule.id)
def test_every_rule_with_reviews_can_be_decided_about(rule: Any) -> None:
    columns = matchable(rule.schema)
    traffic = {"client", "server", "protocol", "server_port", "tunnel"}
    assert traffic & {c.name for c in rule.schema.columns} <= set(columns)
    assert set(rule.group_by) <= set(columns)
