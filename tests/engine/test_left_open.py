"""Lines of a configuration that are not understood take the pass of rules about the same settings, and of no other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scanner.configs.settings import LEAVES_OPEN
from scanner.engine.definitions.rules import Example
from scanner.engine.examples import as_judged
from scanner.engine.verdict.verdicts import judge_rule
from scanner.provenance import Provenance
from scanner.results.model import Verdict
from tests.packaged import rules

RULES = rules()


@pytest.mark.parametrize(
    ("rule", "left_open", "verdict"),
    [
        ("telnet-enabled", "", Verdict.PASS),
        ("telnet-enabled", "acl, logging", Verdict.PASS),
        ("telnet-enabled", "acl, line", Verdict.NO_EVIDENCE),
        ("session-timeout-missing", "management", Verdict.NOT_APPLICABLE),
        ("session-timeout-missing", "line", Verdict.NO_EVIDENCE),
        ("management-acl-missing", "snmp", Verdict.NO_EVIDENCE),
        ("management-acl-missing", "time", Verdict.NOT_APPLICABLE),
    ],
)
def test_what_is_left_open(rule: str, left_open: str, verdict: Verdict) -> None:
    row = {"source": "sw1.cfg", "category": "line", "item": "vty 0 4", "setting": "telnet", "value": "no"}
    notes = ((LEAVES_OPEN, left_open),) if left_open else ()
    inputs = (Provenance("sw1.cfg", "configuration", 8, "01", notes=notes),)
    case, terms = as_judged(RULES[rule], Example(verdict, "", facts={"settings": [row]}))
    case = replace(case, facts=replace(case.facts, inputs=inputs))
    assert judge_rule(RULES[rule], case, terms, RULES[rule].severity).verdict is verdict
