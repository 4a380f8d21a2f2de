"""What people decided about operations that were seen: which rows for review a decision of the policy settles today."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from scanner.addresses import one_form
from scanner.engine.definitions.rules import Rule
from scanner.engine.language.suggestions import expected
from scanner.engine.verdict.asked import matchable, value_text
from scanner.engine.verdict.subset import Subset
from scanner.errors import DefinitionError, Problem
from scanner.facts.frames import Facts
from scanner.facts.schema import OPERATIONS
from scanner.wording import at_line, joined, said, verbatim

_ADDRESSES = ("client", "server", "client_mac", "server_mac")
_SEVERAL = re.compile(r"[0-9a-f.:*?]*[*?/][0-9a-f.:*?/]*", re.IGNORECASE)  # networks and patterns


@dataclass(frozen=True)
class Decision:
    """One decision. ``match``: stored column -> value that a row for review must have, as ``_comparable`` has it."""

    source: str
    line: int
    rule: str  # empty: every rule
    match: tuple[tuple[str, str], ...]
    allowed: bool
    decided_by: str
    decided_on: date
    until: date | None

    def holds(self, today: date) -> bool:
        """It was made and has not expired; the first and the last day count."""
        return self.decided_on <= today and (self.until is None or today <= self.until)

    def settles(self, row: Mapping[str, Any]) -> bool:
        """Every column of ``match`` has its value in the row; a row without one of the columns is another matter."""
        return all(row.get(column) is not None and _comparable(column, row[column]) == v for column, v in self.match)

    @property
    def text(self) -> str:
        """Who decided, and when."""
        until = said("until {day}", day=self.until) if self.until else ""
        return joined([verbatim(self.decided_by), verbatim(f"{self.decided_on}"), until])


def read_decisions(table: pl.DataFrame, rules: Collection[Rule]) -> list[Decision]:
    """The decisions of the policy in file order; DefinitionError for unknown rules and columns and wrong dates.

    Only stored columns count: a name that a device only claims must not buy it a decision.
    """
    known = {r.id: r for r in rules}
    problems: list[Problem] = []
    decisions = []
    for row in table.sort("source", "line").to_dicts():
        place = at_line(row["line"])
        if row["rule"] and row["rule"] not in known:
            what = said("decision for unknown rule '{rule}'", rule=row["rule"])
            problems.append(Problem(row["source"], what, place, expected(row["rule"], known)))
            continue
        match = json.loads(row["match"] or "{}")
        columns = matchable(known[row["rule"]].schema if row["rule"] else OPERATIONS)
        wrong = [column for column in match if column not in columns]
        problems += [
            Problem(
                row["source"],
                said("a decision is about one address, and '{value}' is several", value=match[c]),
                place,
                said("write a decision for each address"),
            )
            for c in match
            if c in _ADDRESSES and _SEVERAL.fullmatch(str(match[c]).strip())
        ]
        problems += [
            Problem(row["source"], said("a decision cannot match by '{column}'", column=c), place, expected(c, columns))
            for c in wrong
        ]
        try:
            decided_on = date.fromisoformat(row["decided_on"])
            until = date.fromisoformat(row["until"]) if row["until"] else None
        except ValueError as error:
            problems.append(
                Problem(
                    row["source"],
                    said("decision: {error}", error=error),
                    place,
                    said("expected for example 2026-12-31"),
                )
            )
            continue
        values = tuple((column, _comparable(column, value)) for column, value in sorted(match.items()))
        allowed = row["decision"] == "allowed"
        decisions.append(
            Decision(row["source"], row["line"], row["rule"], values, allowed, row["decided_by"], decided_on, until)
        )
    if problems:
        raise DefinitionError(*problems)
    return decisions


def _comparable(column: str, value: Any) -> str:
    """In any case, but for objects: topics, tags and files may differ in it alone. Addresses in one form."""
    text = value_text(column, value)
    if column in _ADDRESSES:
        return one_form(text.strip()).lower()
    return text if column == "object" else text.lower()


def settle(
    rows: Subset, decisions: Sequence[Decision], rule: str, today: date
) -> tuple[Subset, Subset, dict[Decision, int]]:
    """Rows that are still for review, rows that were forbidden, and how many rows each decision allows.

    A forbidding decision beats an allowing one.
    """
    own = [d for d in decisions if d.rule in ("", rule) and d.holds(today)]
    if not own or not rows.height:
        return rows, Subset.none(rows.table), {}
    looked_at = dict.fromkeys(column for d in own for column, _ in d.match if column in rows.table.columns)
    waiting, forbidden, allowed = [], [], dict.fromkeys(own, 0)
    for number, row in enumerate(rows.columns(looked_at).to_dicts()):
        settling = [d for d in own if d.settles(row)]
        if not settling:
            waiting.append(number)
        elif all(d.allowed for d in settling):
            allowed[settling[0]] += 1
        else:
            forbidden.append(number)
    return rows.take(waiting), rows.take(forbidden), {d: n for d, n in allowed.items() if n}


def unmatched(decisions: Iterable[Decision], facts: Facts, rules: Collection[Rule]) -> list[Decision]:
    """Decisions that no row matches of the table that they are about."""
    tables = {rule.id: rule.table for rule in rules}
    by_table: dict[str, list[Decision]] = {}
    for decision in decisions:
        by_table.setdefault(tables.get(decision.rule, OPERATIONS.name), []).append(decision)
    left: list[Decision] = []
    for table, own in by_table.items():
        columns = list(dict.fromkeys(column for d in own for column, _ in d.match))
        rows = facts[table].select(columns).unique().to_dicts()
        left += [d for d in own if not any(d.settles(row) for row in rows)]
    return left
