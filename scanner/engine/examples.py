"""Runs the examples of rules: each must give the verdict that the rule file says."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from scanner.engine.definitions.rules import Example, Rule
from scanner.engine.definitions.waivers import read_waivers
from scanner.engine.verdict.decisions import read_decisions
from scanner.engine.verdict.judged_facts import JudgedFacts, enriched
from scanner.engine.verdict.verdicts import Terms, judge_rule
from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts, frame
from scanner.facts.schema import TABLES, Table
from scanner.facts.when_asked import OtherTables
from scanner.provenance import Provenance
from scanner.results.model import RuleResult

TODAY = date(2026, 1, 1)  # of every example
_CAPTURE: dict[str, Any] = {
    "capture": "e" * 12,
    "source": "example.pcap",
    "packets": 10_000,
    "bytes": 1_000_000,
    "first_time": datetime(2026, 1, 1, 8, tzinfo=UTC),
    "last_time": datetime(2026, 1, 1, 9, tzinfo=UTC),
    "duration": 3600.0,
    "tcp_flows": 10,
    "one_sided_flows": 0,
    "one_sided_share": 0.0,
    "truncated_packets": 0,
    "file_count": 1,
    "missing_files": 0,
    "not_understood_packets": 0,
    "complete": True,
}

_USUAL: dict[str, Any] = {  # of rows that leave them out; the addresses are for documentation (RFC 5737)
    "capture": _CAPTURE["capture"],
    "client": "192.0.2.1",
    "server": "192.0.2.2",
    "transport": "tcp",
}

ReadFiles = Callable[[Example], Facts]


@dataclass(frozen=True)
class Failure:
    """An example that did not give its verdict."""

    rule: str
    source: str
    place: str
    name: str
    expected: str
    got: str
    why: str

    def __str__(self) -> str:
        case = f" ({self.name})" if self.name else ""
        return f"{self.source}: {self.place}: example{case} should be {self.expected} but is {self.got}: {self.why}"


def test_rules(rules: Iterable[Rule], read_files: ReadFiles | None = None) -> list[Failure]:  # noqa: PT028 - no test
    """Every example that does not give its verdict.

    read_files: facts of an example that is made of files, by the whole program; without it those are left out.
    """
    failures = []
    for rule in rules:
        for example in rule.examples:
            if example.from_files and read_files is None:
                continue
            result = run_example(rule, example, read_files)
            if result.verdict is not example.verdict:
                failures.append(
                    Failure(
                        rule.id,
                        rule.source,
                        example.place,
                        example.name,
                        example.verdict.value,
                        result.verdict.value,
                        result.reason["en"],
                    )
                )
    return failures


def run_example(rule: Rule, example: Example, read_files: ReadFiles | None = None) -> RuleResult:
    """The rule's result on one example."""
    rule = rule.tuned(example.values)
    case, terms = as_judged(rule, example, read_files)
    return judge_rule(rule, case, terms, rule.severity)


def as_judged(rule: Rule, example: Example, read_files: ReadFiles | None = None) -> tuple[JudgedFacts, Terms]:
    """The facts of the example as they are judged, and by what."""
    if example.from_files and read_files:
        facts = read_files(example).merge(_stated(rule, example))
        tables = enrich(facts)
    else:
        facts = _stated(rule, example)
        tables = _with_stated_columns(facts, enrich(facts), example)
        if "observations" not in example.facts:
            tables = OtherTables(tables, {"observations": well_observed(tables)})
    case = enriched(facts, tables)
    waivers = read_waivers(case.tables["waivers"].filter(pl.col("rule") == rule.id), [rule])
    return case, Terms(TODAY, waivers, read_decisions(case.tables["decisions"], [rule]))


def well_observed(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Everything and every zone seen for the hour of the usual capture, with its boundary."""
    places = [("all", ""), *(("zone", zone) for zone in tables["zones"]["zone"])]
    seen = dict.fromkeys(("seconds", "any_seconds", "boundary_seconds"), _CAPTURE["duration"])
    usual = seen | {"packets": _CAPTURE["packets"], "both_sides": True, "boundary": "routed", "devices": 1}
    return frame(
        TABLES["observations"], [{"kind": kind, "zone": zone, "heard_devices": 0, **usual} for kind, zone in places]
    )


def _stated(rule: Rule, example: Example) -> Facts:
    """The stored columns of the example's tables, with a sufficient capture when it gives none."""
    if example.from_files and not example.facts:
        return Facts()
    kinds = example.inputs if example.inputs is not None else rule.inputs
    rows = {name: [_typed(TABLES[name], row) for row in given] for name, given in example.facts.items()}
    if "capture" in kinds and "captures" not in rows and not example.from_files:
        rows["captures"] = [_CAPTURE]
    if "captures" in rows:
        rows["captures"] = [_CAPTURE | row for row in rows["captures"]]
    tables = {}
    for name, table in TABLES.items():
        if name in rows and not table.derived:
            stored = {c.name for c in table.columns if not c.derived}
            usual = {k: v for k, v in _USUAL.items() if k in stored}
            given = (usual | _spoken(row, stored) | {k: v for k, v in row.items() if k in stored} for row in rows[name])
            tables[name] = frame(table, given)
    complete = all(row["complete"] for row in rows.get("captures", ()))
    return Facts(
        tables=tables,
        inputs=tuple(Provenance(f"example {kind}", kind, 1, "e" * 64, complete or kind != "capture") for kind in kinds),
    )


def _spoken(row: Mapping[str, Any], stored: Collection[str]) -> dict[str, Any]:
    """A conversation speaks its one protocol, unless the example says more."""
    return {"protocols": [row["protocol"]]} if "protocols" in stored and row.get("protocol") else {}


def _typed(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """Times as times; everything else is typed already."""
    times = {c.name for c in table.columns if c.type == "time"}
    return {name: _time(value) if name in times and value else value for name, value in row.items()}


def _time(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _with_stated_columns(
    facts: Facts, tables: Mapping[str, pl.DataFrame], example: Example
) -> Mapping[str, pl.DataFrame]:
    """The enriched tables, where derived tables and columns that the example states replace the computed ones."""
    result: dict[str, pl.DataFrame] = {}
    for name, given in example.facts.items():
        table = TABLES[name]
        rows = [_typed(table, row) for row in given]
        stated = frame(table, rows, derived=True)
        if table.derived:
            result[name] = stated
            continue
        computed = tables[name]
        if not computed.select(facts[name].columns).equals(facts[name]):
            raise AssertionError(f"scanner.facts.enrich changed the rows of table {name}")
        for column in table.columns:
            if column.derived and any(column.name in row for row in rows):
                chosen = pl.when(pl.Series([column.name in row for row in rows])).then(stated[column.name])
                computed = computed.with_columns(chosen.otherwise(pl.col(column.name)).alias(column.name))
        result[name] = computed
    return OtherTables(tables, result)
