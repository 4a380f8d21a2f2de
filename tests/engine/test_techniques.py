"""Techniques of ATT&CK for ICS: the table, and what the rules that name one say of it."""

from __future__ import annotations

import pytest

from scanner.engine.definitions.attack_techniques import SUCCESSORS, TACTICS, TACTICS_OF, TECHNIQUES
from scanner.engine.techniques import techniques
from scanner.results import attack
from scanner.results.attack import by_tactic
from scanner.results.model import Coverage, RuleResult, Severity, Verdict
from tests import packaged
from tests.engine.engine_cases import changed, rule

SETTINGS = """\
id: in-a-setting
title: {en: Accounts, zh: 账户}
description: {en: Accounts are set., zh: 已设置账户。}
severity: high
needs: [configuration]
subjects:
  table: settings
  where: {category: account}
fail: {present: false}
group_by: [source]
message: {en: "{source}", zh: "{source}"}
rationale: {en: Because., zh: 原因。}
remediation: {en: Stop it., zh: 停止。}
attack: [T0855]
examples:
  fail: [{facts: {settings: [{category: account, present: false}]}}]
  pass: [{facts: {settings: [{category: account, present: true}]}}]
  not-applicable: [{facts: {settings: [{category: snmp}]}}]
"""
ON_THE_WIRE = rule(
    changed(("id: writes-are-allowed", "id: on-the-wire"), ("examples:", "attack: [T0855]\nexamples:")), "on-the-wire"
)
IN_A_SETTING = rule(SETTINGS, "in-a-setting")
IN_AN_ACCESS_LIST = packaged.rules()["acl-permits-what-policy-forbids"]


def result(name: str, verdict: Verdict) -> RuleResult:
    return RuleResult(name, {}, {}, Severity.LOW, verdict, {}, Coverage())


@pytest.mark.parametrize(
    ("wire", "setting", "state"),
    [
        ("fail", "pass", "seen"),
        ("review", "no-evidence", "seen"),
        ("waived", "pass", "seen"),
        ("pass", "fail", "exposed"),
        ("no-evidence", "fail", "exposed"),
        ("pass", "not-applicable", "not-seen"),
        ("pass", "no-evidence", "not-judged"),
        ("error", "pass", "not-judged"),
    ],
)
def test_what_rules_say_of_a_technique(wire: str, setting: str, state: str) -> None:
    verdicts = {"on-the-wire": Verdict(wire), "in-a-setting": Verdict(setting)}
    judged = {name: result(name, verdict) for name, verdict in verdicts.items()}
    rows = {row.technique: row for row in techniques([ON_THE_WIRE, IN_A_SETTING], judged)}
    assert rows["T0855"].state == state
    assert rows["T0855"].rules == ("in-a-setting", "on-the-wire")
    assert rows["T0856"].state == "not-detectable"
    assert len(rows) == 83


def test_what_an_access_list_permits_was_not_seen() -> None:
    """It exposes to the technique; no packet showed it."""
    judged = {IN_AN_ACCESS_LIST.id: result(IN_AN_ACCESS_LIST.id, Verdict.FAIL)}
    rows = {row.technique: row.state for row in techniques([IN_AN_ACCESS_LIST], judged)}
    assert [rows[name] for name in IN_AN_ACCESS_LIST.attack] == ["exposed"]


def test_a_rule_that_does_not_count_says_nothing() -> None:
    rows = {row.technique: row for row in techniques([ON_THE_WIRE], {})}
    assert rows["T0855"].state == "not-detectable"


def test_the_table() -> None:
    """83 live techniques and 12 tactics of version 18.1, in the order of its matrix."""
    assert len(TECHNIQUES) == 83
    assert TACTICS == attack.TACTICS
    assert sum(map(len, TACTICS_OF.values())) == 94
    assert all(found and set(found) <= set(TACTICS) for found in TACTICS_OF.values())
    assert SUCCESSORS.keys() <= TECHNIQUES.keys()
    assert TECHNIQUES["T0843"] == "Program Download"
    assert TACTICS_OF["T0843"] == ("lateral-movement",)


def test_every_technique_stands_under_each_of_its_tactics() -> None:
    rows = techniques([], {})
    matrix = by_tactic(rows)
    assert tuple(matrix) == TACTICS
    assert sum(map(len, matrix.values())) == 94
    assert {row for found in matrix.values() for row in found} == set(rows)
