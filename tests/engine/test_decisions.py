"""A decision of the policy settles what is for review, for as long as it holds; it never excuses what fails."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from scanner.engine.verdict.decisions import read_decisions, unmatched
from scanner.engine.verdict.judged_facts import enriched
from scanner.engine.verdict.verdicts import Terms, judge_rule
from scanner.errors import DefinitionError
from scanner.facts.frames import Facts, frame
from scanner.facts.schema import TABLES
from scanner.provenance import Provenance
from scanner.results.model import RuleResult
from tests import packaged
from tests.engine.engine_cases import well_seen

RULES = packaged.rules()
STOP = RULES["controller-stop-unauthorised"]
CAPTURE = {
    "capture": "c" * 12,
    "source": "a.pcap",
    "packets": 5_000,
    "bytes": 500_000,
    "duration": 3_600.0,
    "complete": True,
}
OPERATION = {
    "capture": "c" * 12,
    "transport": "tcp",
    "client": "10.0.0.5",
    "server": "10.0.1.5",
    "protocol": "s7comm",
    "industrial": True,
    "verb": "stop",
    "seen_as": "request",
    "count": 1,
    "accepted": 1,
}
ALLOWS = {
    "source": "policy.yaml",
    "line": 9,
    "match": '{"client": "10.0.0.5", "server": "10.0.1.5", "protocol": "s7comm", "verb": "stop"}',
    "decision": "allowed",
    "decided_by": "L. Zhang",
    "decided_on": "2026-01-10",
}

NOTHING: Mapping[str, Any] = {}


def verdict(
    *decisions: dict[str, Any], today: date = date(2026, 2, 1), policy: Mapping[str, Any] = NOTHING, **operation: Any
) -> RuleResult:
    rows = {"captures": [CAPTURE], "operations": [OPERATION | operation], "decisions": decisions, **policy}
    tables = {name: frame(TABLES[name], given) for name, given in rows.items()}
    facts = Facts(tables, (Provenance("a.pcap", "capture", 1, "00"), Provenance("policy.yaml", "policy", 1, "01")))
    case = enriched(facts, well_seen(facts))
    return judge_rule(
        STOP, case, Terms(today, decisions=read_decisions(case.tables["decisions"], list(RULES.values())))
    )


CASES = {
    "nobody decided": ([], {}, "review"),
    "allowed": ([ALLOWS], {}, "pass"),
    "forbidden": ([ALLOWS | {"decision": "forbidden"}], {}, "fail"),
    "forbidden beats allowed": ([ALLOWS, ALLOWS | {"decision": "forbidden"}], {}, "fail"),
    "another client": ([ALLOWS], {"client": "10.0.0.6"}, "review"),
    "another verb": ([ALLOWS], {"verb": "start"}, "review"),
    "expired": ([ALLOWS | {"until": "2026-01-31"}], {}, "review"),
    "on its last day": ([ALLOWS | {"until": "2026-02-01"}], {}, "pass"),
    "not made yet": ([ALLOWS | {"decided_on": "2026-02-02"}], {}, "review"),
    "by another spelling of the address": (
        [ALLOWS | {"match": '{"client": "FD00:0010:0:0:0:0:0:5", "server": "10.0.1.5"}'}],
        {"client": "fd00:10::5"},
        "pass",
    ),
    "forbidden by another spelling of the address": (
        [ALLOWS | {"match": '{"client": "00-1B-1B-00-00-05"}', "decision": "forbidden"}],
        {"client": "00:1b:1b:00:00:05"},
        "fail",
    ),
    "of another rule": ([ALLOWS | {"rule": "write-unauthorised"}], {}, "review"),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_for_review_is_settled(name: str) -> None:
    decisions, operation, expected = CASES[name]
    assert verdict(*decisions, **operation).verdict == expected


@pytest.mark.parametrize(
    ("client", "today", "expected"),
    [
        ("10.0.0.5", date(2026, 2, 1), "fail"),
        ("10.0.0.6", date(2026, 2, 1), "pass"),
        ("10.0.0.5", date(2026, 1, 1), "pass"),
    ],
)
def test_what_was_forbidden_fails_whatever_the_policy_allows(client: str, today: date, expected: str) -> None:
    forbids = ALLOWS | {"decision": "forbidden", "match": f'{{"client": "{client}"}}'}
    role = {"source": "policy.yaml", "line": 3, "role": "engineering_station", "member": "10.0.0.5"}
    zone = {"source": "policy.yaml", "line": 5, "zone": "cell", "level": 1.0, "subnets": ["10.0.0.0/8"]}
    policy = {"roles": [role], "zones": [zone]}
    assert verdict(policy=policy).verdict == "pass"
    assert verdict(forbids, policy=policy, today=today).verdict == expected


def test_who_decided_is_said() -> None:
    result = verdict(ALLOWS | {"until": "2026-12-31"})
    assert "1 confirmed as allowed (L. Zhang, 2026-01-10, until 2026-12-31)" in result.reason["en"]
    assert result.coverage.confirmed == 1


@pytest.mark.parametrize("column", ["client_name", "server_zone", "colour"])
def test_only_what_was_seen_itself_can_be_matched(column: str) -> None:
    with pytest.raises(DefinitionError, match=f"cannot match by '{column}'"):
        verdict(ALLOWS | {"match": f'{{"{column}": "ENG-1"}}'})


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"rule": "controller-stop-unauthorized"}, "decision for unknown rule 'controller-stop-unauthorized'"),
        ({"decided_on": "10.1.2026"}, "decision: Invalid isoformat string"),
        ({"until": "soon"}, "decision: Invalid isoformat string"),
        ({"match": '{"client": "10.0.0.0/24"}'}, "a decision is about one address, and '10.0.0.0/24' is several"),
        ({"match": '{"server": "10.0.*"}'}, "a decision is about one address"),
    ],
)
def test_a_decision_that_cannot_be_understood(change: dict[str, Any], what: str) -> None:
    table = frame(TABLES["decisions"], [ALLOWS, ALLOWS | {"line": 12} | change])
    with pytest.raises(DefinitionError, match=what) as caught:
        read_decisions(table, list(RULES.values()))
    (problem,) = caught.value.problems
    assert (problem.source, problem.place) == ("policy.yaml", "line 12")


@pytest.mark.parametrize(
    ("change", "matches"),
    [
        ({}, True),
        ({"rule": STOP.id}, True),
        ({"match": '{"client": "10.0.0.6"}'}, False),
        ({"match": '{"client": "10.0.0.6"}', "rule": STOP.id}, False),
        ({"match": '{"name": "PLC-9"}', "rule": "listed-device-not-seen"}, False),
    ],
)
def test_decisions_about_nothing_are_told(change: dict[str, Any], matches: bool) -> None:
    rules = list(RULES.values())
    decisions = read_decisions(frame(TABLES["decisions"], [ALLOWS | change]), rules)
    facts = Facts({"operations": frame(TABLES["operations"], [OPERATION])}, ())
    assert unmatched(decisions, facts, rules) == ([] if matches else decisions)
