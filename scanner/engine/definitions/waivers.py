"""Accepted deviations: which failing rows a waiver of the policy covers today."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from scanner.engine.definitions.rules import PLACE, Rule
from scanner.engine.definitions.waiver_values import Wanted, WrongMatch, covers_nearly_all, has, read_wanted
from scanner.engine.language.suggestions import expected
from scanner.errors import DefinitionError, Problem
from scanner.wording import Said, at_line, joined, said


@dataclass(frozen=True)
class Waiver:
    """One waiver.

    match: column -> what a failing row must have there; empty covers every row.
    measure: what makes up for the deviation meanwhile. review_on: when it is to be looked at again.
    """

    source: str
    line: int
    rule: str
    match: tuple[tuple[str, tuple[Wanted, ...]], ...]
    reason: str
    approved_by: str
    until: date | None
    measure: str = ""
    review_on: date | None = None
    written: tuple[tuple[str, str], ...] = ()  # match as the policy has it
    lines: tuple[int, int] | None = None  # of a comment in a configuration: what it is about; (0, 0): its whole file

    def holds(self, today: date) -> bool:
        """It has not expired; the last day counts."""
        return self.until is None or today <= self.until

    def covers(self, row: Mapping[str, Any]) -> bool:
        """Every column of ``match`` has one of its values in the row; in a list column, some element has."""
        return self._there(row) and all(has(row[column], column, wanted) for column, wanted in self.match)

    def _there(self, row: Mapping[str, Any]) -> bool:
        """A comment covers what stands in its own file, in its lines."""
        if self.lines is None:
            return True
        first, last = self.lines
        return bool(row["source"] == self.source and (not last or first <= (row["line_start"] or 0) <= last))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a row by which it covers it or not."""
        return (*(column for column, _ in self.match), *(PLACE if self.lines else ()))

    def due(self, today: date) -> bool:
        """The day has come on which somebody was to look at it again."""
        return self.review_on is not None and self.review_on <= today

    @property
    def wide(self) -> bool:
        """It covers whatever fails the rule, or nearly all of it, for all that it says."""
        return all(covers_nearly_all(column, wanted) for column, wanted in self.match)

    @property
    def text(self) -> Said:
        """Reason, who and until when, what is done meanwhile and when it is looked at again, for the report."""
        if self.lines:
            sentence = "{reason} (ignored in {file}, line {line}, until {day})"
            return said(sentence, reason=self.reason, file=self.source, line=self.line, day=self.until)
        who = (
            said("approved by {name}", name=self.approved_by) if self.approved_by else said("approved by nobody named")
        )
        until = said("until {day}", day=self.until) if self.until else ""
        measure = said("compensating measure: {measure}", measure=self.measure) if self.measure else ""
        review = said("to be reviewed on {day}", day=self.review_on) if self.review_on else ""
        return said("{reason} ({approval})", reason=self.reason, approval=joined([who, until, measure, review]))

    @property
    def expired_text(self) -> Said:
        """That it no longer counts."""
        day = self.until.isoformat() if self.until else ""
        return said("a waiver ({file}, line {line}) expired on {day}", file=self.source, line=self.line, day=day)


def read_waivers(table: pl.DataFrame, rules: Collection[Rule]) -> list[Waiver]:
    """The waivers of the policy in file order; DefinitionError for unknown rules and columns and wrong dates."""
    known = {r.id: r for r in rules}
    problems: list[Problem] = []
    waivers = []
    for row in table.filter(pl.col("first_line").is_null()).sort("source", "line").to_dicts():
        place = at_line(row["line"])
        rule = known.get(row["rule"])
        if rule is None:
            what = said("waiver for unknown rule '{rule}'", rule=row["rule"])
            problems.append(Problem(row["source"], what, place, expected(row["rule"], known)))
            continue
        given = json.loads(row["match"] or "{}")
        match, wrong = _read_match(rule, given)
        dates = {}
        for name in ("until", "review_on"):
            try:
                dates[name] = date.fromisoformat(row[name]) if row[name] else None
            except ValueError:
                wrong.append(
                    (said("'{until}' is not a date", until=row[name]), said("expected for example 2026-12-31"))
                )
        problems += [
            Problem(row["source"], said("waiver for rule '{rule}': {what}", rule=rule.id, what=what), place, remedy)
            for what, remedy in wrong
        ]
        if wrong:
            continue
        waivers.append(
            Waiver(
                source=row["source"],
                line=row["line"],
                rule=rule.id,
                match=tuple(sorted(match.items())),
                reason=row["reason"],
                approved_by=row["approved_by"],
                until=dates["until"],
                measure=row["compensating_measure"] or "",
                review_on=dates["review_on"],
                written=tuple((column, _written(value)) for column, value in sorted(given.items())),
            )
        )
    if problems:
        raise DefinitionError(*problems)
    return waivers


def read_ignored(table: pl.DataFrame, rules: Collection[Rule]) -> tuple[list[Waiver], list[Problem]]:
    """The waivers that stand as comments in configurations, and those that do not count: their rule is none."""
    known = {r.id: r for r in rules}
    waivers, problems = [], []
    for row in table.filter(pl.col("first_line").is_not_null()).sort("source", "line").to_dicts():
        rule, place = known.get(row["rule"]), at_line(row["line"])
        if rule is None:
            what = said("a comment ignores the unknown rule '{rule}', so it does not count", rule=row["rule"])
            problems.append(Problem(row["source"], what, place, expected(row["rule"], known)))
            continue
        if not rule.stands_in_lines:
            what = said("rule '{rule}' is not about configurations, so the comment does not count", rule=rule.id)
            problems.append(Problem(row["source"], what, place, said("write a waiver into the policy")))
            continue
        lines = row["first_line"], row["last_line"]
        written = {"source": row["source"]} | ({"line_start": f"{lines[0]}-{lines[1]}"} if lines[1] else {})
        waivers.append(
            Waiver(
                source=row["source"],
                line=row["line"],
                rule=rule.id,
                match=(),
                reason=row["reason"],
                approved_by="",
                until=date.fromisoformat(row["until"]),
                written=tuple(written.items()),
                lines=lines,
            )
        )
    return waivers, problems


def _read_match(rule: Rule, given: Mapping[str, Any]) -> tuple[dict[str, tuple[Wanted, ...]], list[tuple[Said, Said]]]:
    """What a row must have by column; and what of it no row can have, with what would be right."""
    columns = {c.name for c in rule.schema.columns}
    found: dict[str, tuple[Wanted, ...]] = {}
    wrong = []
    for column, value in given.items():
        if column not in columns:
            wrong.append((said("its subjects have no column '{column}'", column=column), expected(column, columns)))
            continue
        try:
            found[column] = read_wanted(rule, column, value)
        except WrongMatch as error:
            wrong.append((error.what, error.remedy))
    return found, wrong


def _written(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_written, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


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
