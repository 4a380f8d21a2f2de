"""Verdicts of a rule on the lines of many devices: of all in one plant, and alone of those that this leaves open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scanner.engine.definitions.rules import Example, Rule
from scanner.engine.examples import run_example
from scanner.results.model import RuleResult, Verdict

Rows = Sequence[Mapping[str, Any]]


def mistaken(rule: Rule, cases: Mapping[str, Rows], allowed: frozenset[Verdict]) -> dict[str, str]:
    """Of cases with the rows of one device each, those whose verdict is none that is allowed, and what it says."""
    sure = _sure(rule, cases, allowed)
    alone = {name: _judged(rule, rows) for name, rows in cases.items() if name not in sure}
    return {name: _told(result) for name, result in alone.items() if result.verdict not in allowed}


def _sure(rule: Rule, cases: Mapping[str, Rows], allowed: frozenset[Verdict]) -> set[str]:
    """Those whose verdict among the others is what it would be alone: one that fails, and all where all pass or none
    has anything that the rule is about.
    """
    if len(cases) < 2 or rule.correlate or rule.gather:
        return set()
    result = _judged(rule, [dict(row) | {"device": name, "source": name} for name in cases for row in cases[name]])
    told = {of.verdict: set(of.files) for of in result.by_file}
    if result.verdict is Verdict.NOT_APPLICABLE and result.verdict in allowed:
        return set(cases)
    sure = {Verdict.FAIL} if result.verdict is not Verdict.PASS else {Verdict.PASS}
    return set().union(*(told.get(verdict, ()) for verdict in sure & allowed))


def _judged(rule: Rule, rows: Rows) -> RuleResult:
    return run_example(rule, Example(Verdict.PASS, "", facts={"settings": list(rows)}))


def _told(result: RuleResult) -> str:
    return f"{result.verdict.value}: {[f.message['en'] for f in result.findings] or result.reason['en']}"
