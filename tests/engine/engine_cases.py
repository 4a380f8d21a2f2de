"""What the tests of the engine share: a small valid rule, facts with every kind of input, and selections from text."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from scanner.engine.definitions.frameworks import load_frameworks
from scanner.engine.definitions.loader import read_rule
from scanner.engine.definitions.rules import Rule
from scanner.engine.examples import well_observed
from scanner.engine.language.checked_yaml import Collector
from scanner.engine.language.selections import Selection, read_selection
from scanner.engine.verdict.judged_facts import JudgedFacts, enriched
from scanner.engine.verdict.verdicts import Terms, judge_rule
from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts, frame
from scanner.facts.schema import TABLES
from scanner.provenance import Defect, Provenance
from scanner.results.model import RuleResult
from scanner.yaml_positions import load

TODAY = date(2026, 5, 1)
KINDS = ("capture", "inventory", "policy", "zones", "configuration")
FRAMEWORKS = {f.id: f for f in load_frameworks()}

RULE = """\
id: writes-are-allowed
title: {en: Writes are allowed, zh: 写入均获许可}
description: {en: Writes follow the policy., zh: 写入符合策略。}
severity: high
needs: [capture, policy]
subjects:
  table: operations
  where: {verb: write}
fail: {allowed: false}
group_by: [client, server]
message: {en: "{client} wrote to {server} {count} times", zh: "{client} 向 {server} 写入 {count} 次"}
rationale: {en: Because., zh: 原因。}
remediation: {en: Stop it., zh: 停止。}
controls: {iec-62443-3-3: [SR 2.1]}
examples:
  fail: [{facts: {operations: [{verb: write, allowed: false}]}}]
  pass: [{facts: {operations: [{verb: write, allowed: true}]}}]
  not-applicable: [{facts: {operations: [{verb: read}]}}]
"""


def rule(text: str = RULE, name: str = "writes-are-allowed") -> Rule:
    return read_rule(text, f"rules/commands/{name}.yaml", "commands", FRAMEWORKS)


def changed(*pairs: tuple[str, str]) -> str:
    """The text of the small rule with parts replaced; a part that is not there is a mistake of the test."""
    text = RULE
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


def selection(text: str, table: str) -> Selection:
    notes = Collector(load(text, "selection"))
    found = read_selection(notes.value(()), (), TABLES[table], notes)
    assert found is not None, [str(p) for p in notes.problems]
    return found


def wrong(text: str, table: str) -> list[str]:
    """What is wrong with a selection, problem by problem."""
    notes = Collector(load(text, "selection"))
    assert read_selection(notes.value(()), (), TABLES[table], notes) is None
    return [str(p) for p in notes.problems]


def tables(**rows: list[dict[str, Any]]) -> dict[str, pl.DataFrame]:
    return {name: frame(table, rows.get(name, ()), derived=True) for name, table in TABLES.items()}


def capture(**columns: Any) -> dict[str, Any]:
    """A capture that suffices, with columns replaced."""
    usual = {
        "capture": "c0ffee",
        "source": "plant.pcap",
        "packets": 1000,
        "bytes": 100_000,
        "first_time": datetime(2026, 1, 1, 8, tzinfo=UTC),
        "last_time": datetime(2026, 1, 1, 9, tzinfo=UTC),
        "duration": 3600.0,
        "tcp_flows": 10,
        "one_sided_flows": 0,
        "truncated_packets": 0,
        "not_understood_packets": 0,
        "lost_bytes": 0,
        "skipped_bytes": 0,
        "complete": True,
    }
    return usual | columns


def observation(*, seconds: float = 3600.0, **columns: Any) -> dict[str, Any]:
    """A place that was seen well, everything together unless said otherwise."""
    usual = {
        "kind": "all",
        "seconds": seconds,
        "any_seconds": seconds,
        "packets": 1000,
        "conversations": 10,
        "both_sides": True,
        "devices": 2,
        "heard_devices": 0,
        "boundary": "routed",
        "boundary_seconds": seconds,
    }
    return usual | columns


def case(
    *,
    kinds: tuple[str, ...] = KINDS,
    incomplete: tuple[str, ...] = (),
    defects: tuple[Defect, ...] = (),
    **rows: list[dict[str, Any]],
) -> JudgedFacts:
    """Enriched facts with these rows; unless given, ``captures`` holds one that suffices, and all it saw was talk."""
    rows.setdefault("captures", [capture()])
    rows.setdefault("observations", [observation(seconds=sum(c["duration"] or 0.0 for c in rows["captures"]))])
    inputs = tuple(Provenance(f"the {kind}", kind, 1, "00", kind not in incomplete) for kind in kinds)
    return enriched(Facts(inputs=inputs, defects=defects), tables(**rows))


def well_seen(facts: Facts) -> dict[str, pl.DataFrame]:
    """The facts enriched, as if every place had been seen for an hour."""
    found = enrich(facts)
    return {**found, "observations": well_observed(found)}


def judged(given: Rule, facts: JudgedFacts, terms: Terms | None = None) -> RuleResult:
    return judge_rule(given, facts, terms or Terms(TODAY), given.severity)
