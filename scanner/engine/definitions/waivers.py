"""Accepted deviations: which failing rows a waiver of the policy covers today."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from scanner.addresses import is_ip, is_mac
from scanner.engine.definitions.rules import Rule
from scanner.engine.language import vocabulary
from scanner.engine.language.suggestions import expected
from scanner.engine.words import written
from scanner.errors import DefinitionError, Problem
from scanner.wording import NOTHING, Said, at_line, joined, said


@dataclass(frozen=True)
class Waiver:
    """One waiver. ``match``: column -> value in lower case that a failing row must have; empty covers every row."""

    source: str
    line: int
    rule: str
    match: tuple[tuple[str, str], ...]
    reason: str
    approved_by: str
    until: date | None

    def holds(self, today: date) -> bool:
        """It has not expired; the last day counts."""
        return self.until is None or today <= self.until

    def covers(self, row: Mapping[str, Any]) -> bool:
        """Every column of ``match`` has its value in the row; in a list column, some element has."""
        return matches(self.match, row)

    @property
    def text(self) -> Said:
        """Reason, who and until when, for the report."""
        who = (
            said("approved by {name}", name=self.approved_by) if self.approved_by else said("approved by nobody named")
        )
        until = said("until {day}", day=self.until) if self.until else ""
        return said("{reason} ({approval})", reason=self.reason, approval=joined([who, until]))

    @property
    def expired_text(self) -> Said:
        """That it no longer counts."""
        day = self.until.isoformat() if self.until else ""
        return said("a waiver ({file}, line {line}) expired on {day}", file=self.source, line=self.line, day=day)


def matches(match: Iterable[tuple[str, str]], row: Mapping[str, Any]) -> bool:
    """Every column has its value in the row; in a list column, some element has."""
    return all(_has(row[column], column, value) for column, value in match)


def _has(value: Any, column: str, wanted: str) -> bool:
    values = value if isinstance(value, list) else [value]
    return any(written(column, v).lower() == wanted for v in values if v is not None)


def read_waivers(table: pl.DataFrame, rules: Collection[Rule]) -> list[Waiver]:
    """The waivers of the policy in file order; DefinitionError for unknown rules and columns and wrong dates."""
    known = {r.id: r for r in rules}
    problems: list[Problem] = []
    waivers = []
    for row in table.sort("source", "line").to_dicts():
        place = at_line(row["line"])
        rule = known.get(row["rule"])
        if rule is None:
            what = said("waiver for unknown rule '{rule}'", rule=row["rule"])
            problems.append(Problem(row["source"], what, place, expected(row["rule"], known)))
            continue
        match = json.loads(row["match"] or "{}")
        columns = {c.name for c in rule.schema.columns}
        for column, value in match.items():
            if column not in columns:
                what = said(
                    "waiver for rule '{rule}': its subjects have no column '{column}'", rule=rule.id, column=column
                )
                problems.append(Problem(row["source"], what, place, expected(column, columns)))
            elif wrong := _never(rule, column, value):
                what = said(
                    "waiver for rule '{rule}': {column} can never be '{value}'",
                    rule=rule.id,
                    column=column,
                    value=value,
                )
                problems.append(Problem(row["source"], what, place, wrong))
        try:
            until = date.fromisoformat(row["until"]) if row["until"] else None
        except ValueError:
            what = said("waiver for rule '{rule}': '{until}' is not a date", rule=rule.id, until=row["until"])
            problems.append(Problem(row["source"], what, place, said("expected for example 2026-12-31")))
            continue
        values = tuple((column, written(column, value).lower()) for column, value in sorted(match.items()))
        waivers.append(Waiver(row["source"], row["line"], rule.id, values, row["reason"], row["approved_by"], until))
    if problems:
        raise DefinitionError(*problems)
    return waivers


_OF_TYPE: dict[str, Callable[[str], object]] = {"int": int, "float": float, "time": datetime.fromisoformat}
_ENDS = ("client", "server", "client_mac", "server_mac", "mac", "ip")  # addresses, of which none is a pattern


def _never(rule: Rule, column: str, value: Any) -> Said:
    """What would be right instead of a value that no row can have; empty when some row can."""
    kind = rule.schema.column(column).type.removeprefix("list[").removesuffix("]")
    text = str(value)
    if kind == "bool":
        return NOTHING if isinstance(value, bool) else said("expected true or false")
    try:
        _OF_TYPE.get(kind, str)(text)
    except ValueError:
        return said("expected a time such as 2026-01-31 08:00:00" if kind == "time" else "expected a number")
    if isinstance(value, bool):
        return said("expected text")
    if column in _ENDS and not (is_ip(text) or is_mac(text)):
        return said("expected one address: a waiver knows neither patterns nor networks")
    if not vocabulary.is_word(rule.table, column, text):
        return expected(text, vocabulary.words(rule.table, column))
    return NOTHING


def split(
    rows: Iterable[Mapping[str, Any]], waivers: Iterable[Waiver], today: date
) -> tuple[list[Mapping[str, Any]], dict[Waiver, list[Mapping[str, Any]]], list[Waiver]]:
    """Failing rows that no waiver covers; rows by the waiver that covers them; expired waivers that would have."""
    open_rows: list[Mapping[str, Any]] = []
    waived: dict[Waiver, list[Mapping[str, Any]]] = {}
    expired: dict[Waiver, None] = {}
    waivers = list(waivers)
    for row in rows:
        covering = [w for w in waivers if w.covers(row)]
        valid = next((w for w in covering if w.holds(today)), None)
        if valid:
            waived.setdefault(valid, []).append(row)
        else:
            open_rows.append(row)
            expired.update(dict.fromkeys(covering))
    return open_rows, waived, list(expired)
