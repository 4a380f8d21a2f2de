"""Decisions in ``policy check``, ``diff`` and ``export``."""

from __future__ import annotations

import csv

import pytest

from scanner.policy.audit import CapturedFacts
from scanner.policy.compare import compare
from scanner.policy.document import parse_policy
from scanner.policy.export import FORMS, ToExport
from tests.policy.test_audit import INVENTORY, POLL, ZONES, told

MATCH = "{client: 10.3.0.10, server: 10.1.0.1, protocol: modbus, verb: stop}"
WRITES = "writers:\n  - {targets: [cell], clients: [CLIENT], verbs: [stop]}\n"
ASKED = "undecided:\n  - {client: 10.3.0.10, server: 10.1.0.1, protocol: modbus, verbs: [stop, start]}\n"


def item(decision: str = "allowed", match: str = MATCH, on: str = "2026-01-01", rest: str = "") -> str:
    return f"  - {{match: {match}, decision: {decision}, decided_by: A, decided_on: {on}{rest}}}\n"


def about(*items: str) -> str:
    return ZONES + POLL + ("decisions:\n" + "".join(items) if items else "")


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        (about(item(rest=", until: 2026-11-26")), "warning expired-decision p.yaml:8 the decision of A expired on"),
        (about(item(on="2026-11-28")), "warning future-decision p.yaml:8 the decision of A does not hold before"),
        (about(item(rest=", until: 2025-01-01")), "error future-decision p.yaml:8 the decision of A ends before"),
        (about(item(), item("forbidden")), "error contradiction p.yaml:8 client 10.3.0.10, protocol modbus"),
        (about(item("forbidden", "{client: 10.3.0.10}"), item()), "error contradiction p.yaml:9 client 10.3.0.10"),
        (about(item()) + WRITES.replace("CLIENT", "10.3.0.11"), "error contradiction p.yaml:8 client 10.3.0.10"),
        (about(item("forbidden")) + WRITES.replace("CLIENT", "SCADA-1"), "error contradiction p.yaml:8 client"),
        (
            about(item("forbidden")) + "roles: {hmi: [10.3.0.0/28]}\n" + WRITES.replace("CLIENT", "hmi"),
            "error contradiction p.yaml:8 client",
        ),
        (about(item()) + ASKED, "note undecided p.yaml:10 1 item is undecided"),
    ],
)
def test_remarks(text: str, remark: str) -> None:
    found = told(text, inventory=INVENTORY)
    assert any(one.startswith(remark) for one in found), found


@pytest.mark.parametrize(
    "text",
    [
        about(item()),
        about(item(rest=", until: 2026-11-27")),
        about(item(), item("forbidden", MATCH.replace("stop", "start"))),
        about(item(match="{client: 10.3.0.10}"), item("forbidden")),  # an exception from what is allowed
        about(item(), item("forbidden", rest=", until: 2026-11-01")),
        about(item()) + WRITES.replace("CLIENT", "SCADA-1"),
        about(item("forbidden")) + WRITES.replace("CLIENT", "10.3.0.11"),
        about(item("forbidden")) + WRITES.replace("CLIENT", "SCADA-1").replace("[stop]}", "[stop], objects: [a]}"),
        about(item(), item(match=MATCH.replace("stop", "start"))) + ASKED,
    ],
)
def test_nothing_to_remark(text: str) -> None:
    assert [r for r in told(text) if "contradiction" in r or "undecided" in r or "future" in r] == []


def test_decisions_about_nothing_that_was_seen() -> None:
    row = {"source": "p.yaml", "line": 8, "decided_by": "A"}
    assert "note unused-decision p.yaml:8 nothing that was seen is what the decision of A is about" in told(
        about(item()), seen=CapturedFacts([], [], [], [row])
    )
    assert not any("unused-decision" in r for r in told(about(item()), seen=CapturedFacts([], [], [])))


def differences(old: str, new: str) -> list[str]:
    tables = [parse_policy("otaudit_policy: 1\n" + text, "p", ()).tables() for text in (old, new)]
    return [str(difference) for difference in compare(*tables)]


def test_a_difference() -> None:
    told_as = "client 10.3.0.10, protocol modbus, server 10.1.0.1, verb stop"
    assert differences(about(), about(item())) == [f"+ decision: allowed {told_as}"]
    assert differences(about(item()), about(item("forbidden"))) == [
        f"+ decision: forbidden {told_as}",
        f"- decision: allowed {told_as}",
    ]
    later = about(item(rest=", until: 2027-01-01"))
    assert differences(about(item()), later) == [f"~ decision: allowed {told_as}: until was not given, is 2027-01-01"]
    port = MATCH.replace("}", ", server_port: 502}")
    assert differences(about(item(match=port)), about(item(match=port.replace("502", "'502'")))) == []


def test_an_export() -> None:
    port = MATCH.replace("}", ", server_port: 502}")
    text = about(item(match=port, rest=', reason: "=HYPERLINK(1)"')) + ASKED
    tables = parse_policy("otaudit_policy: 1\n" + text, "p", ()).tables()
    rows = {row["kind"]: row for row in csv.DictReader(FORMS.all()["csv"].render(ToExport(tables)).splitlines())}
    decision, undecided = rows["decision"], rows["undecided"]
    assert (decision["clients"], decision["to"], decision["verbs"]) == ("10.3.0.10", "10.1.0.1", "stop")
    assert (decision["match"], decision["decision"], decision["decided_by"]) == ("server_port=502", "allowed", "A")
    assert decision["reason"] == "'=HYPERLINK(1)"
    assert (undecided["clients"], undecided["verbs"]) == ("10.3.0.10", "stop; start")
