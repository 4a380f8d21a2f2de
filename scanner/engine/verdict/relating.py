"""The rows of a rule's table with what belongs to them in other tables: what its paths reach, what it gathers."""

from __future__ import annotations

import polars as pl

from scanner.engine.definitions.rules import Rule
from scanner.engine.language import joins
from scanner.engine.language.expressions import condition
from scanner.engine.language.moments import Now
from scanner.engine.language.selections import Selection
from scanner.engine.verdict.judged_facts import JudgedFacts


def related(rule: Rule, rows: pl.DataFrame, case: JudgedFacts, now: Now) -> pl.DataFrame:
    """rows: of the rule's table."""
    if rule.paths:
        rows = joins.with_reached(rows, rule.table, rule.paths, case.tables)
    if not rule.gather:
        return rows
    unread = {p.kind for p in case.facts.inputs if not p.complete}
    unread |= {"capture"} if case.captured.unread else set()
    unread |= {"zones"} if "policy" in unread else set()

    def holds(where: Selection, table: str) -> pl.Expr:
        return condition(where, table, case.tables, now)

    return joins.with_gathered(rows, rule.gather, joins.Others(case.tables, holds, unread))
