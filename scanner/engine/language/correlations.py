"""``correlate``: what a rule counts over its subjects together, before it judges each of them.

Sigma's correlation kinds are the model. Each measure is one more column of the subjects, which ``fail``, ``review`` and
messages then use like any other: how much there is, at most, within a span of time that the subject lies in.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import Any

from scanner.engine.language.checked_yaml import Collector
from scanner.engine.language.moments import DURATION_HINT, read_duration
from scanner.engine.language.selections import Selection, read_selection
from scanner.engine.language.suggestions import expected
from scanner.facts.schema import Column, Table
from scanner.wording import said
from scanner.yaml_positions import Path

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_MOST_STEPS = 20
COUNTS = {"flows": "connections", "operations": "count", "sessions": "count", "publications": "count"}
"""What counts the events of a row; a row of another table is one event."""


class MeasureKind(enum.StrEnum):
    """What a measure says: how many events, how many different values, a sum, a sum each second, that all of several
    things happened, that they did in this order.
    """

    EVENT_COUNT = "event_count"
    VALUE_COUNT = "value_count"
    VALUE_SUM = "value_sum"
    RATE = "rate"
    TEMPORAL = "temporal"
    TEMPORAL_ORDERED = "temporal_ordered"


_TYPES = {MeasureKind.RATE: "float", MeasureKind.TEMPORAL: "bool", MeasureKind.TEMPORAL_ORDERED: "bool"}
_WITH_FIELD = (MeasureKind.VALUE_COUNT, MeasureKind.VALUE_SUM, MeasureKind.RATE)
_ONE_VALUE = ("str", "int", "float", "bool", "time")
_WITH_STEPS = (MeasureKind.TEMPORAL, MeasureKind.TEMPORAL_ORDERED)


@dataclass(frozen=True)
class Measure:
    """One column that a rule adds to its subjects.

    group_by: events with equal values there belong together. timespan: seconds; None: all that was seen.
    field: the column whose values are counted or added up. where: which subjects are events, None: all.
    steps: what must have happened, of temporal kinds; in this order, if ordered.
    """

    name: str
    kind: MeasureKind
    group_by: tuple[str, ...]
    timespan: int | None
    field: str = ""
    where: Selection | None = None
    steps: tuple[tuple[str, Selection], ...] = ()

    @property
    def column(self) -> Column:
        """It, as a column of the rule's table."""
        return Column(self.name, _TYPES.get(self.kind, "int"), self.kind.value, derived=True)


def with_measures(table: Table, measures: tuple[Measure, ...]) -> Table:
    """The table with the columns that the measures add."""
    if not measures:
        return table
    columns = (*table.columns, *(m.column for m in measures))
    return Table(table.name, table.meaning, table.needs, columns, derived=table.derived)


def read_measures(notes: Collector, table: Table) -> tuple[Measure, ...]:
    """The measures under ``correlate``. Every mistake is noted, and what is wrong stays, so that it is named once."""
    given = notes.mapping(("correlate",))
    if not given:
        notes.note(
            ("correlate",),
            said("correlate: nothing is correlated"),
            said("expected {form}", form="'name: {type: event_count, ...}'"),
        )
    return tuple(_measure(notes, table, name) for name in given)


def _measure(notes: Collector, table: Table, name: str) -> Measure:
    path = ("correlate", name)
    columns = {c.name: c for c in table.columns}
    if name in columns or not _NAME.fullmatch(name):
        what = said("is a column of the table already") if name in columns else said("is not a valid name for a column")
        notes.note(
            path,
            said("'{name}' {what}", name=name, what=what),
            said("expected lower-case words joined by underscores"),
            key=True,
        )
    notes.mapping(path, ("type", "group_by", "timespan", "field", "where", "events"), ("type", "group_by"))
    kind = MeasureKind(notes.word((*path, "type"), tuple(MeasureKind), MeasureKind.EVENT_COUNT))
    single = [c.name for c in table.columns if not c.type.startswith("list")]
    return Measure(
        name=name,
        kind=kind,
        group_by=notes.words((*path, "group_by"), single),
        timespan=_timespan(notes, table, kind, (*path, "timespan")),
        field=_field(notes, columns, kind, path),
        where=_selection(notes, table, (*path, "where")),
        steps=_steps(notes, table, kind, (*path, "events")),
    )


def _timespan(notes: Collector, table: Table, kind: MeasureKind, path: Path) -> int | None:
    if not notes.has(path):
        if kind is MeasureKind.RATE or kind in _WITH_STEPS:
            notes.note(path[:-1], said("{kind} needs a timespan", kind=kind), DURATION_HINT)
        return None
    seconds = read_duration(notes.value(path))
    if seconds is None:
        notes.note(path, said("timespan: not a duration"), DURATION_HINT)
    elif not {"first_time", "time"} & {c.name for c in table.columns}:
        notes.note(
            path,
            said("rows of table {table} have no time", table=table.name),
            said("leave 'timespan' out to count all rows"),
        )
    return seconds


def _field(notes: Collector, columns: dict[str, Column], kind: MeasureKind, path: Path) -> str:
    if kind not in _WITH_FIELD:
        if notes.has((*path, "field")):
            hint = said("use value_count or value_sum for a column")
            notes.note((*path, "field"), said("{kind} counts rows, not a field", kind=kind), hint, key=True)
        return ""
    if not notes.has((*path, "field")):
        notes.note(path, said("{kind} needs a field", kind=kind), said("name the column whose values count"))
        return ""
    fit = [
        c.name for c in columns.values() if c.type in (("int",) if kind is not MeasureKind.VALUE_COUNT else _ONE_VALUE)
    ]
    name = notes.text((*path, "field"))
    if name in columns and name not in fit:
        remedy = said("expected a column of whole numbers")
        if kind is MeasureKind.VALUE_COUNT:
            remedy = said("expected a column with one value")
        notes.note(
            (*path, "field"),
            said("{kind} cannot use column '{name}'", kind=kind, name=name),
            remedy,
        )
    elif name not in columns:
        notes.note((*path, "field"), said("unknown word '{name}'", name=name), expected(name, fit))
    return name


def _selection(notes: Collector, table: Table, path: Path) -> Selection | None:
    return read_selection(notes.value(path), path, table, notes) if notes.has(path) else None


def _steps(notes: Collector, table: Table, kind: MeasureKind, path: Path) -> tuple[tuple[str, Selection], ...]:
    if kind not in _WITH_STEPS:
        if notes.has(path):
            notes.note(
                path,
                said("{kind} has no named events", kind=kind),
                said("use 'where' to say which rows count"),
                key=True,
            )
        return ()
    given: dict[str, Any] = notes.mapping(path) if notes.has(path) else {}
    if not 2 <= len(given) <= _MOST_STEPS:
        notes.note(
            path if given else path[:-1],
            said("{kind} needs 2 to {most} events", kind=kind, most=_MOST_STEPS),
            said("expected {form}", form="name: {column: value}"),
        )
    read = ((name, read_selection(value, (*path, name), table, notes)) for name, value in given.items())
    return tuple((name, selection) for name, selection in read if selection is not None)
