"""Lines of real syntax and the verdict of the rule that they are about: ``tests/configs/twins/<dialect>.yaml``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import yaml

from scanner.configs.secrets import MASK
from scanner.engine.definitions.rules import Rule
from scanner.results.model import Verdict
from tests import packaged
from tests.configs.dialect_cases import READ, read_lines
from tests.configs.side_by_side import Rows, mistaken

FOLDER = Path(__file__).parent / "twins"
HELD_OTHERWISE = {  # by good.cfg and bad.cfg of the stories, since before there were twins
    *("central-authentication-missing", "default-account-name", "default-password", "file-service-in-clear-enabled"),
    *("http-management-enabled", "log-without-time", "login-banner-missing", "login-lockout-missing"),
    *("no-remote-logging", "session-timeout-missing", "short-password", "snmp-weak-community"),
    *("snmpv3-without-security", "ssh-version-1-accepted", "telnet-enabled", "time-source-missing"),
    *("time-source-without-key", "unneeded-service-enabled", "weak-password-storage"),
}


@cache
def rules() -> dict[str, Rule]:
    return {r.id: r for r in packaged.rules().values() if r.family == "hardening" and r.table == "settings"}


@cache
def twins() -> list[tuple[str, str, Verdict, str]]:
    """Dialect, rule, verdict, lines."""
    return [
        (dialect, rule, Verdict(verdict), lines)
        for dialect in READ
        for rule, verdicts in yaml.safe_load((FOLDER / f"{dialect.replace('-', '_')}.yaml").read_text("utf-8")).items()
        for verdict, several in verdicts.items()
        for lines in several
    ]


@pytest.mark.parametrize("name", sorted({rule for _, rule, _, _ in twins()}))
def test_verdicts(name: str) -> None:
    expected: dict[Verdict, dict[str, Rows]] = {}
    for dialect, rule, verdict, lines in twins():
        if rule == name:
            rows = read_lines(dialect, lines).rows
            assert not [r for r in rows if MASK in r["value"] and r["setting"] != "archive"], lines
            expected.setdefault(verdict, {})[f"{dialect}: {lines}"] = rows
    for verdict, cases in expected.items():
        assert not mistaken(rules()[name], cases, frozenset({verdict})), verdict


def test_every_rule_has_a_pair_in_some_dialect() -> None:
    found: dict[str, set[tuple[str, Verdict]]] = {}
    for dialect, rule, verdict, _ in twins():
        found.setdefault(rule, set()).add((dialect, verdict))
    pairs = {rule for rule, seen in found.items() if any({(d, Verdict.FAIL), (d, Verdict.PASS)} <= seen for d in READ)}
    assert rules().keys() - pairs <= HELD_OTHERWISE
