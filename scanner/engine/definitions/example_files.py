"""The ``examples`` of a rule file: what must fail, pass and be not applicable."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from scanner.engine.definitions.rules import Example
from scanner.engine.language import vocabulary
from scanner.engine.language.checked_yaml import Collector
from scanner.engine.language.modifiers import element
from scanner.engine.language.moments import DURATION_HINT, read_duration, read_moment
from scanner.engine.language.parameters import Parameter, read_settings
from scanner.engine.language.suggestions import expected
from scanner.facts.schema import TABLES, Column
from scanner.results.model import Verdict
from scanner.wording import said
from scanner.yaml_positions import Path

_VERDICTS = tuple(v.value for v in Verdict if v is not Verdict.ERROR)
_FILES = ("capture", "policy", "inventory", "configuration")
_KEYS = ("name", "facts", "inputs", "parameters", *_FILES)
START = "2026-01-01T08:00:00"  # of the capture that an example has when it gives none
_REPEATED = {"repeat", "every"}
_OBJECTS = {"match": '{"client": "10.0.0.5"}', "extra": '{"Cabinet": "7"}'}  # columns that hold JSON, for example
_MOST_ROWS = 100_000
_NUMBER = re.compile(r"\{n(?:\+([0-9]{1,9}))?\}")
_PYTHON: dict[str, type | tuple[type, ...]] = {
    "str": str,
    "int": int,
    "float": (int, float),
    "bool": bool,
    "time": str,
}


def read_examples(notes: Collector, parameters: Iterable[Parameter] = ()) -> tuple[Example, ...]:
    """Every example; a rule must have one that fails, one that passes, and one where it says nothing.

    parameters: those of the rule, which an example may set.
    """
    known = {parameter.name: parameter for parameter in parameters}
    given = notes.mapping(("examples",), _VERDICTS)
    if not given:
        return ()
    for verdict in ("fail", "pass"):
        if verdict not in given:
            notes.note(
                ("examples",),
                said("no example with the verdict '{verdict}'", verdict=verdict),
                said("every rule shows what it does"),
            )
    if not {"not-applicable", "no-evidence"} & given.keys():
        notes.note(
            ("examples",),
            said("no example with the verdict 'not-applicable'"),
            said("or 'no-evidence' where that cannot be"),
        )
    examples = []
    for verdict, cases in given.items():
        path = ("examples", verdict)
        if not isinstance(cases, list) or not cases:
            notes.note(
                path,
                said("examples: not a list of cases"),
                said("expected {form}", form="'- facts: {table: [rows]}' or '- capture: file'"),
            )
            continue
        if verdict in _VERDICTS:
            examples += [_example(notes, (*path, i), Verdict(verdict), known) for i in range(len(cases))]
    return tuple(examples)


def _example(notes: Collector, path: Path, verdict: Verdict, parameters: Mapping[str, Parameter]) -> Example:
    case = notes.mapping(path, _KEYS)
    if not {"facts", *_FILES} & case.keys():
        notes.note(
            path,
            said("the example has neither facts nor files"),
            said("expected one of: facts, {words}", words=", ".join(_FILES)),
        )
    return Example(
        verdict=verdict,
        place=notes.document.position(path).place,
        name=notes.text((*path, "name")),
        facts=_facts(notes, (*path, "facts")) if "facts" in case else {},
        inputs=notes.words((*path, "inputs"), vocabulary.INPUTS) if "inputs" in case else None,
        capture=notes.text((*path, "capture")),
        policy=notes.text((*path, "policy")),
        inventory=notes.text((*path, "inventory")),
        configuration=notes.text((*path, "configuration")),
        values=read_settings(notes, (*path, "parameters"), parameters) if "parameters" in case else {},
    )


def _facts(notes: Collector, path: Path) -> dict[str, list[dict[str, Any]]]:
    tables: dict[str, list[dict[str, Any]]] = {}
    for name, rows in notes.mapping(path, tuple(TABLES)).items():
        if name not in TABLES:
            continue
        if not isinstance(rows, list):
            notes.note(
                (*path, name),
                said("{name}: not a list of rows", name=name),
                said("expected {form}", form="a list of {column: value}"),
            )
            continue
        tables[name] = [row for i in range(len(rows)) for row in _rows(notes, (*path, name, i), name)]
    return tables


def _rows(notes: Collector, path: Path, table: str) -> list[dict[str, Any]]:
    """One row, or as many as its ``repeat`` says: ``{n}`` in a value is the number of each, from 1, ``{n+20}`` 20 more;
    each comes ``every`` so long after the one before, the first at its times or when the example's capture begins.
    """
    row = notes.value(path)
    if not isinstance(row, dict) or not _REPEATED & row.keys():
        return [_row(notes, path, table, row)]
    times = int(notes.number((*path, "repeat"), 1, _MOST_ROWS, whole=True) or 1)
    apart = 0
    if "every" in row:
        apart = read_duration(row["every"]) or 0
        if not apart:
            notes.note((*path, "every"), said("every: not a duration"), DURATION_HINT)
    columns = {c.name: c for c in TABLES[table].columns}
    row = {name: value for name, value in row.items() if name not in _REPEATED}
    if apart and "first_time" in columns:
        row = {"first_time": START, **row}
        row.setdefault("last_time", row["first_time"])
    before, rows = len(notes.problems), []
    for number in range(1, times + 1):
        if len(notes.problems) > before:
            break
        own = {n: _numbered(columns.get(n), value, number, apart * (number - 1)) for n, value in row.items()}
        rows.append(_row(notes, path, table, own))
    return rows


def _numbered(column: Column | None, value: Any, number: int, later: int) -> Any:
    """The value of the row with this number, so many seconds later than the first."""
    if isinstance(value, list):
        return [_numbered(column, one, number, later) for one in value]
    if not isinstance(value, str) or column is None:
        return value
    if column.type == "time":
        moment = read_moment(value)
        return (moment + timedelta(seconds=later)).isoformat() if isinstance(moment, datetime) else value
    text = _NUMBER.sub(lambda found: str(number + int(found[1] or 0)), value)
    return int(text) if element(column) == "int" and text != value and text.isdecimal() else text


def _row(notes: Collector, path: Path, table: str, given: Any) -> dict[str, Any]:
    columns = {c.name: c for c in TABLES[table].columns}
    row = {}
    for name, value in given.items() if isinstance(given, dict) else notes.mapping(path).items():
        if name not in columns:
            notes.note(
                (*path, name),
                said("table {table} has no column '{name}'", table=table, name=name),
                expected(name, columns),
                key=True,
            )
            continue
        row[name] = _value(notes, (*path, name), table, columns[name], value)
    return row


def _value(notes: Collector, path: Path, table: str, column: Column, value: Any) -> Any:
    """The value as the tables hold it; a single value is a list of one in a list column."""
    if value is None:
        return None
    listed = column.type.startswith("list")
    values = value if isinstance(value, list) and listed else [value]
    kind = element(column)
    for one in values:
        if not isinstance(one, _PYTHON[kind]) or (isinstance(one, bool) and kind != "bool"):
            notes.note(
                path,
                said(
                    "column '{column}' is {type} and cannot hold '{value}'",
                    column=column.name,
                    type=column.type,
                    value=one,
                ),
            )
        elif isinstance(one, str) and one and column.name in _OBJECTS and not _is_object(one):
            what = said(
                "column '{column}' is {type} and cannot hold '{value}'",
                column=column.name,
                type="JSON object",
                value=one,
            )
            notes.note(path, what, said("expected {form}", form=_OBJECTS[column.name]))
        elif isinstance(one, str) and kind == "str" and not vocabulary.is_word(table, column.name, one):
            known = vocabulary.words(table, column.name)
            notes.note(
                path,
                said("'{value}' is not a value of column '{column}'", value=one, column=column.name),
                expected(one, known),
            )
    return values if listed else value


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
