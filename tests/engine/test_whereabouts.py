"""What rules say zone by zone and device by device, and the security levels that follow."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.engine.levels import levels
from scanner.engine.standings import Account
from scanner.policy.document import parse_policy
from scanner.policy.security_levels import highest, vector
from scanner.results.model import RuleResult, Verdict
from tests.engine.engine_cases import FRAMEWORKS, TODAY, case, changed, judged, observation, rule

SUP, CELL, OFFICE = (
    {"zone": name, "name": name, "level": level} for name, level in (("sup", 3.0), ("cell", 1.0), ("office", 4.0))
)
GOOD: dict[str, Any] = {
    "verb": "write", "client": "10.3.0.5", "server": "10.1.0.5", "protocol": "modbus", "allowed": True,
    "client_zone": "sup", "server_zone": "cell", "client_device": "scada", "server_device": "plc",
}  # fmt: skip
BOUNDARY = changed(("severity: high", "severity: high\nboundary: any\nminimum: {duration: 60}"))
PLAIN = changed(("severity: high", "severity: high\nminimum: {duration: 60}"))


def seen(*zones: str, seconds: float = 600.0, **columns: Any) -> list[dict[str, Any]]:
    return [observation(kind="zone", zone=zone, seconds=seconds, **columns) for zone in zones]


def said(
    text: str, zones: list[dict[str, Any]], observations: list[dict[str, Any]], *rows: dict[str, Any]
) -> RuleResult:
    return judged(rule(text), case(zones=zones, observations=observations, operations=list(rows)))


def verdicts(result: RuleResult) -> dict[str, str]:
    return {z.zone: z.verdict.value for z in result.by_zone}


def test_a_zone_that_was_not_seen_is_named() -> None:
    result = said(PLAIN, [SUP, CELL], seen("sup"), GOOD)
    assert result.verdict is Verdict.NO_EVIDENCE
    assert "nothing was seen of zone cell" in result.reason["en"]
    assert verdicts(result) == {"sup": "pass", "cell": "no-evidence"}


def test_the_enterprise_keeps_no_rule_about_zones_from_passing() -> None:
    result = said(PLAIN, [SUP, CELL, OFFICE], seen("sup", "cell"), GOOD)
    assert result.verdict is Verdict.PASS
    assert verdicts(result) == {"sup": "pass", "cell": "pass", "office": "no-evidence"}


def test_what_fails_between_two_zones_fails_in_both() -> None:
    result = said(PLAIN, [SUP, CELL], seen("sup", "cell"), GOOD | {"allowed": False}, GOOD)
    assert verdicts(result) == {"sup": "fail", "cell": "fail"}
    assert [(d.verdict.value, d.devices) for d in result.by_device] == [("fail", ("plc", "scada"))]


@pytest.mark.parametrize(
    ("boundaries", "expected"),
    [
        ({"sup": "routed", "cell": "routed"}, "pass"),
        ({"cell": "routed"}, "pass"),  # everything that leaves the cell was seen
        ({}, "no-evidence"),
    ],
)
def test_a_boundary_must_have_been_visible(boundaries: dict[str, str], expected: str) -> None:
    rows = [
        row | {"boundary": how, "boundary_seconds": 600.0 if how else 0.0}
        for row in seen("sup", "cell")
        for how in [boundaries.get(row["zone"], "")]
    ]
    assert said(BOUNDARY, [SUP, CELL], rows, GOOD).verdict.value == expected


def test_what_was_seen_between_two_zones_shows_their_boundary() -> None:
    rows = [*seen("sup", "cell", boundary="", boundary_seconds=0.0)]
    pair = observation(kind="pair", zone="cell", other_zone="sup", boundary="", boundary_seconds=0.0)
    assert said(BOUNDARY, [SUP, CELL], [*rows, pair], GOOD).verdict is Verdict.PASS
    result = said(BOUNDARY, [SUP, CELL, OFFICE], [*rows, pair], GOOD)
    assert result.verdict is Verdict.NO_EVIDENCE
    assert "between sup and office" in result.reason["en"]


@pytest.mark.parametrize("zones", [[SUP, CELL], [CELL, SUP]], ids=["from the top", "from the bottom"])
@pytest.mark.parametrize(
    ("one", "other", "seconds", "expected"),
    [
        ("1", "3", 59.0, "no-evidence"),
        ("3", "1", 59.0, "no-evidence"),
        ("1", "3", 60.0, "pass"),
        ("3", "1", 60.0, "pass"),
        ("1", "4", 0.0, "pass"),  # the rule is about no such pair
    ],
)
def test_a_pair_is_seen_whichever_end_comes_first(
    zones: list[dict[str, Any]], one: str, other: str, seconds: float, expected: str
) -> None:
    text = BOUNDARY.replace("boundary: any", f"boundary: {{one: {{level: {one}}}, other: {{level: {other}}}}}")
    pair = observation(kind="pair", zone="cell", other_zone="sup", seconds=seconds, boundary="", boundary_seconds=0.0)
    rows = [*seen("sup", "cell", boundary="", boundary_seconds=0.0), pair]
    assert said(text, zones, rows, GOOD).verdict.value == expected


@pytest.mark.parametrize(
    ("columns", "word"),
    [
        ({"both_sides": False}, "only one direction"),
        ({"packets": 9}, "too few packets"),
        ({"devices": 1, "heard_devices": 2}, "only broadcasts and multicasts"),
        ({"recognised_share": 0.1}, "not recognised"),
        ({"seconds": 59.0, "any_seconds": 900.0}, "too little was seen of"),
    ],
)
def test_a_zone_must_have_been_seen_well(columns: dict[str, Any], word: str) -> None:
    result = said(PLAIN, [SUP, CELL], [*seen("sup"), *(row | columns for row in seen("cell"))], GOOD)
    assert (result.verdict, word in result.reason["en"]) == (Verdict.NO_EVIDENCE, True)


def test_security_levels_are_bounded_by_what_fails() -> None:
    zones = [CELL | {"sl_t": 2}, SUP | {"sl_t": 3, "sl_t_vector": [3, 2, 1, 1, 1, 1, 1]}, OFFICE]
    facts = case(zones=zones, observations=seen("cell", "sup"), operations=[GOOD | {"allowed": False}])
    results = [judged(rule(PLAIN), facts)]
    account = Account(FRAMEWORKS["iec-62443-3-3"], results, [], ["cell", "sup", "office"], TODAY)
    found = levels(account, facts.tables["zones"])
    use = {zone: next(row for row in rows if row.code == "UC") for zone, rows in found.items()}
    assert {zone: (row.target, row.at_most, row.blocked_by) for zone, row in use.items()} == {
        "cell": (2, 0, ("SR 2.1",)), "sup": (2, 0, ("SR 2.1",)), "office": (None, 4, ()),
    }  # fmt: skip
    assert "SR 2.1" in use["office"].open, "nothing was seen there"
    assert [row.code for row in found["sup"]] == ["IAC", "UC", "SI", "DC", "RDF", "TRE", "RA"]
    assert [row.target for row in found["sup"]] == [3, 2, 1, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("given", "levels_", "one"),
    [
        (2, [], 2),
        (None, [], None),
        ({"IAC": 2, "RA": 1}, [2, 0, 0, 0, 0, 0, 1], 2),
        ([1, 2, 3, 4, 0, 0, 0], [1, 2, 3, 4, 0, 0, 0], 4),
    ],
)
def test_targets_may_be_vectors(given: Any, levels_: list[int], one: int | None) -> None:
    assert (vector(given), highest(given)) == (levels_, one)


@pytest.mark.parametrize("wrong", ["5", "[1, 2]", "{IAC: 5}", "{FR1: 2}", "high"])
def test_wrong_targets_are_refused(wrong: str) -> None:
    text = f"otaudit_policy: 1\nzones:\n  - {{id: a, level: 1, sl_t: {wrong}, members: {{subnets: [10.0.0.0/8]}}}}\n"
    with pytest.raises(Exception, match=r"sl_t|security level|IAC"):
        parse_policy(text, "p.yaml", set())
