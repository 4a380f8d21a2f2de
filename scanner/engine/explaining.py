"""How a rule comes to its verdict, step by step: what it looked at, what held for each row, what silence is worth.

Nothing is judged here a second time: the rows are sorted by the functions that judge, and the parts of selections are
read from the rule's file once more, because a selection that was joined no longer knows their names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from scanner.engine.definitions.rules import Rule
from scanner.engine.language.checked_yaml import Collector
from scanner.engine.language.expressions import condition
from scanner.engine.language.moments import Now
from scanner.engine.language.parameters import with_values
from scanner.engine.language.selections import Selection, columns_of, read_selection
from scanner.engine.obstacles import Obstacle
from scanner.engine.verdict.correlating import measured
from scanner.engine.verdict.judged_facts import JudgedFacts
from scanner.engine.verdict.relating import related
from scanner.engine.verdict.sufficiency import nowhere, seconds_wanted, somewhere
from scanner.engine.verdict.verdicts import Judged, Terms, judge_rule, sort_out
from scanner.facts.when_asked import OtherTables
from scanner.results.model import RuleResult, Severity, Verdict
from scanner.yaml_positions import Path, load

OUTCOMES = ("failing", "review", "waived", "unjudged", "passed")
_NUMBER = "row of the table"
_IN_SCOPE, _OF_SUBJECTS = ("subjects", "where"), (("fail",), ("unknown_when",), ("review", "when"))


@dataclass(frozen=True)
class Part:
    """A selection of the rule, by its key and its own name, and for how many rows it holds, does not, or is unknown."""

    key: str
    name: str
    holds: int
    fails: int
    unknown: int


@dataclass(frozen=True)
class Traced:
    """One row: what became of it, the columns that the rule looks at, and which parts hold (None: unknown)."""

    outcome: str
    row: Mapping[str, Any]
    parts: Mapping[str, bool | None]


@dataclass(frozen=True)
class Explanation:
    """Everything that led to the verdict.

    lacking: inputs that the rule needs and that were not given; then nothing else was looked at.
    rows: of its table. scope: the parts of ``where``, over all of them. judged: the subjects, sorted out.
    perhaps: subjects of which it is not known whether they are in scope.
    conditions: the text of each condition. parts: of the others, over the subjects.
    obstacles: why silence is not believed. wanted: for how many seconds each place had to be seen.
    """

    rule: Rule
    result: RuleResult
    lacking: tuple[str, ...]
    rows: int = 0
    scope: tuple[Part, ...] = ()
    judged: Judged | None = None
    perhaps: int = 0
    conditions: Mapping[str, str] | None = None
    parts: tuple[Part, ...] = ()
    traced: tuple[Traced, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    wanted: float = 0.0
    silent: tuple[str, ...] = ()  # inputs that could say what is allowed, and were not given

    @property
    def passed(self) -> int:
        """Subjects that are known to be right."""
        if self.judged is None:
            return 0
        covered = self.judged.failing.height + self.judged.review.height + self.judged.unjudged
        return self.judged.subjects.height - covered - sum(rows.height for rows in self.judged.waived.values())

    @property
    def order(self) -> list[tuple[Verdict, bool]]:
        """The verdicts in the order in which they are asked for, up to the one that it is."""
        verdicts = (*_ORDER, Verdict.NO_EVIDENCE, Verdict.PASS)
        asked = verdicts[: verdicts.index(self.result.verdict) + 1]
        return [(verdict, verdict is self.result.verdict) for verdict in asked]


_ORDER = (Verdict.FAIL, Verdict.ERROR, Verdict.REVIEW, Verdict.WAIVED, Verdict.NOT_APPLICABLE)


def explained(
    rule: Rule, content: bytes, case: JudgedFacts, terms: Terms, *, severity: Severity | None = None, each: int = 5
) -> Explanation:
    """content: the rule's file. each: how many rows of every outcome are traced."""
    result = judge_rule(rule, case, terms, severity)
    lacking = tuple(kind for kind in rule.needs if not case.facts.has(kind))
    if lacking or result.verdict is Verdict.ERROR:
        return Explanation(rule, result, lacking)
    now = Now(terms.today, case.captured.end)
    numbered = case.tables[rule.table].with_row_index(_NUMBER)
    judged = sort_out(rule, replace(case, tables=OtherTables(case.tables, {rule.table: numbered})), terms)
    table = related(rule, case.tables[rule.table], case, now)
    table = measured(rule, OtherTables(case.tables, {rule.table: table}), now) if rule.correlate else table
    tables = OtherTables(case.tables, {rule.table: table})
    read = _Parts(rule, content)
    scope, others = dict(read.of(_IN_SCOPE)), {name: s for key in _OF_SUBJECTS for name, s in read.of(key)}
    held = _held(rule, {**scope, **others}, tables, now)
    subjects = judged.subjects[_NUMBER]
    sure = table.select(scope=condition(rule.where, rule.table, tables, now))["scope"] if rule.where else None
    wanted = seconds_wanted(rule, absence=subjects.is_empty(), minimum_duration=terms.minimum_duration)
    return Explanation(
        rule,
        result,
        lacking,
        table.height,
        tuple(_counted(scope, read.keys, held)),
        judged,
        sure[subjects].null_count() if sure is not None else 0,
        read.conditions,
        tuple(_counted(others, read.keys, held[subjects] if held.width else held)),
        tuple(_traced(rule, table, judged, held, each)),
        (*nowhere(rule, case, absence=subjects.is_empty()), *somewhere(rule, case, wanted)),
        wanted,
        tuple(kind for kind in rule.review.authority if not case.facts.has(kind)) if rule.review else (),
    )


class _Parts:
    """The selections of a rule's file one by one, with the values of its parameters in them."""

    def __init__(self, rule: Rule, content: bytes) -> None:
        self._rule = rule
        self._notes = Collector(load(content, rule.source))
        self._notes.document = with_values(self._notes, rule.parameters)
        self.conditions: dict[str, str] = {}  # by key
        self.keys: dict[str, str] = {}  # by name

    def of(self, path: Path) -> Iterator[tuple[str, Selection]]:
        """Each selection at the place, as ``fail.name`` or ``fail: column|modifier``."""
        value, key = self._notes.value(path), ".".join(map(str, path))
        table = self._rule.schema
        if isinstance(value, dict) and "condition" in value:
            self.conditions[key] = str(value["condition"])
            entries = [(f"{key}.{name}", part) for name, part in value.items() if name != "condition"]
        elif isinstance(value, dict):
            entries = [(f"{key}: {name}", {name: part}) for name, part in value.items()]
        elif isinstance(value, list):
            entries = [(f"{key}[{number}]", part) for number, part in enumerate(value, 1)]
        else:
            return
        for name, part in entries:
            selection = read_selection(part, path, table, self._notes)
            if selection is not None:
                self.keys[name] = key
                yield name, selection


def _held(rule: Rule, parts: Mapping[str, Selection], tables: Mapping[str, pl.DataFrame], now: Now) -> pl.DataFrame:
    """Of each row of the table, whether each part holds."""
    always = pl.repeat(value=True, n=pl.len())
    exprs = {name: condition(part, rule.table, tables, now) & always for name, part in parts.items()}
    return tables[rule.table].select(**exprs) if exprs else pl.DataFrame()


def _counted(parts: Iterable[str], keys: Mapping[str, str], held: pl.DataFrame) -> Iterator[Part]:
    for name in parts:
        column = held[name] if held.width else pl.Series([], dtype=pl.Boolean)
        known = int(column.sum() or 0)
        yield Part(keys[name], name, known, column.len() - known - column.null_count(), column.null_count())


def _traced(rule: Rule, table: pl.DataFrame, judged: Judged, held: pl.DataFrame, each: int) -> Iterator[Traced]:
    """The first rows of every outcome."""
    shown = _columns(rule, table.columns)
    numbers = {
        "failing": judged.failing[_NUMBER],
        "review": judged.review[_NUMBER],
        "unjudged": judged.unsure[_NUMBER],
        "waived": pl.concat([pl.Series([], dtype=pl.UInt32), *(rows[_NUMBER] for rows in judged.waived.values())]),
    }
    settled = pl.concat(numbers.values())
    numbers["passed"] = judged.subjects[_NUMBER].filter(~judged.subjects[_NUMBER].is_in(settled.to_list()))
    for outcome in OUTCOMES:
        some = numbers[outcome].head(each)
        rows = table.select(shown)[some].to_dicts()
        parts: Sequence[Mapping[str, Any]] = held[some].to_dicts() if held.width else [{}] * len(rows)
        yield from (Traced(outcome, row, of) for row, of in zip(rows, parts, strict=True))


def _columns(rule: Rule, known: Sequence[str]) -> list[str]:
    """Those by which findings are grouped, then those that the rule looks at."""
    selections = (rule.where, rule.fail, rule.unknown_when, rule.review.when if rule.review else None)
    looked_at = (column for selection in selections if selection for column in columns_of(selection))
    return [name for name in dict.fromkeys((*rule.group_by, *looked_at)) if name in known]
