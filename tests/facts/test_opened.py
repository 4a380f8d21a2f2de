"""What is asked for against the direction of a conversation has the permission of who opened it."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts, frame
from scanner.facts.schema import TABLES
from scanner.policy.document import parse_policy
from scanner.provenance import Provenance

STATION, SYSTEM = "10.1.0.1", "10.2.0.1"
ZONES = """
otaudit_policy: 1
zones:
  - {id: cell, level: 1, members: {subnets: [10.1.0.0/16]}}
  - {id: supervision, level: 3, members: {subnets: [10.2.0.0/16]}}
conduits:
"""
ANY = "  - {id: calls, from: cell, to: supervision, protocols: [ocpp]}\n"
REPORTS = ANY.replace("]}", "], verbs: [report]}")
RESTARTS = ANY.replace("]}", "], verbs: [report, restart]}")
OF_ANOTHER = ANY.replace("]}", "], clients: [10.1.0.9]}")
BACK = "  - {id: back, from: supervision, to: cell, protocols: [ocpp]}\n"
PATH = {"capture": "c", "transport": "tcp", "client": STATION, "server": SYSTEM, "server_port": 8180, "vlan": -1}
OCPP = PATH | {"tunnel_id": 0, "protocol": "ocpp", "recognised_by": "content"}
FLOW = OCPP | {"protocols": ["ocpp"], "established": True, "client_bytes": 90, "server_bytes": 90}
TOLD = OCPP | {"client": SYSTEM, "server": STATION, "verb": "restart", "seen_as": "request", "count": 1}


def judged(conduits: str, flow: dict[str, Any], operation: dict[str, Any]) -> tuple[Any, ...]:
    """Of the operation: allowed, conduit, verb_excluded; of the flow: verbs_kept."""
    tables = {
        name: frame(TABLES[name], rows) for name, rows in parse_policy(ZONES + conduits, "p", {"ocpp"}).tables().items()
    }
    tables |= {"flows": frame(TABLES["flows"], [flow]), "operations": frame(TABLES["operations"], [operation])}
    facts = enrich(Facts(tables, (Provenance("c", "capture", 0, ""), Provenance("p", "policy", 0, ""))))
    told = facts["operations"].select("allowed", "conduit", "verb_excluded").row(0)
    return (*told, facts["flows"]["verbs_kept"].item())


@pytest.mark.parametrize(
    ("conduits", "expected"),
    [
        (ANY, (True, "calls", False, True)),
        (RESTARTS, (True, "calls", False, True)),
        (REPORTS, (False, "", True, False)),
        (REPORTS + BACK, (True, "back", False, True)),
        (OF_ANOTHER, (False, "", False, True)),
        (BACK, (True, "back", False, True)),
        (REPORTS + BACK.replace("]}", "], verbs: [read]}"), (False, "", True, False)),
    ],
)
def test_the_conduit_of_who_opened_it_decides(conduits: str, expected: tuple[Any, ...]) -> None:
    assert judged(conduits, FLOW, TOLD) == expected


def test_only_what_is_asked_for_in_that_conversation() -> None:
    assert judged(REPORTS, FLOW | {"server_port": 9000}, TOLD) == (False, "", False, True)
    assert judged(ANY, FLOW | {"vlan": 7}, TOLD) == (False, "", False, True)
    assert judged(ANY, FLOW | {"client": SYSTEM, "server": STATION}, TOLD)[0] is False


@pytest.mark.parametrize("end", ["client", "server"])
@pytest.mark.parametrize("what", ["missing", "unread", "cut", "contradictory"])
def test_what_either_end_sent_may_have_asked(end: str, what: str) -> None:
    assert judged(RESTARTS, FLOW | {f"{end}_{what}": 9}, TOLD) == (True, "calls", False, None)
    assert judged(ANY, FLOW | {f"{end}_{what}": 9}, TOLD) == (True, "calls", False, True)
