"""The ``examples`` of a rule file: what must fail, pass and be not applicable."""

from __future__ import annotations

from typing import Any

from scanner.engine import vocabulary
from scanner.engine.hints import expected
from scanner.engine.matches import element
from scanner.engine.notes import Notes
from scanner.engine.rules import Example
from scanner.facts.schema import TABLES, Column
from scanner.results.model import Verdict
from scanner.yaml_positions import Path

_VERDICTS = tuple(v.value for v in Verdict if v is not Verdict.ERROR)
_FILES = ("capture", "policy", "inventory", "configuration")
_KEYS = ("name", "facts", "inputs", *_FILES)
_PYTHON: dict[str, type | tuple[type, ...]] = {
    "str": str,
    "int": int,
    "float": (int, float),
    "bool": bool,
    "time": str,
}


def read_examples(notes: Notes) -> tuple[Example, ...]:
    """Every example; a rule must have one that fails, one that passes, and one where it says nothing."""
    given = notes.mapping(("examples",), _VERDICTS)
    if not given:
        return ()
    for verdict in ("fail", "pass"):
        if verdict not in given:
            notes.note(("examples",), f"no example with the verdict '{verdict}'", "every rule shows what it does")
    if not {"not-applicable", "no-evidence"} & given.keys():
        notes.note(
            ("examples",), "no example with the verdict 'not-applicable'", "or 'no-evidence' where that cannot be"
        )
    examples = []
    for verdict, cases in given.items():
        path = ("examples", verdict)
        if not isinstance(cases, list) or not cases:
            notes.note(
                path, "examples: not a list of cases", "expected '- facts: {table: [rows]}' or '- capture: file'"
            )
            continue
        if verdict in _VERDICTS:
            examples += [_example(notes, (*path, i), Verdict(verdict)) for i in range(len(cases))]
    return tuple(examples)


def _example(notes: Notes, path: Path, verdict: Verdict) -> Example:
    case = notes.mapping(path, _KEYS)
    if not {"facts", *_FILES} & case.keys():
        notes.note(path, "the example has neither facts nor files", f"expected one of: facts, {', '.join(_FILES)}")
    return Example(
        verdict=verdict,
        place=str(notes.document.position(path)),
        name=notes.text((*path, "name")),
        facts=_facts(notes, (*path, "facts")) if "facts" in case else {},
        inputs=notes.words((*path, "inputs"), vocabulary.INPUTS) if "inputs" in case else None,
        capture=notes.text((*path, "capture")),
        policy=notes.text((*path, "policy")),
        inventory=notes.text((*path, "inventory")),
        configuration=notes.text((*path, "configuration")),
    )


def _facts(notes: Notes, path: Path) -> dict[str, list[dict[str, Any]]]:
    tables: dict[str, list[dict[str, Any]]] = {}
    for name, rows in notes.mapping(path, tuple(TABLES)).items():
        if name not in TABLES:
            continue
        if not isinstance(rows, list):
            notes.note((*path, name), f"{name}: not a list of rows", "expected a list of {column: value}")
            continue
        tables[name] = [_row(notes, (*path, name, i), name) for i in range(len(rows))]
    return tables


def _row(notes: Notes, path: Path, table: str) -> dict[str, Any]:
    columns = {c.name: c for c in TABLES[table].columns}
    row = {}
    for name, value in notes.mapping(path).items():
        if name not in columns:
            notes.note((*path, name), f"table {table} has no column '{name}'", expected(name, columns), key=True)
            continue
        row[name] = _value(notes, (*path, name), table, columns[name], value)
    return row


def _value(notes: Notes, path: Path, table: str, column: Column, value: Any) -> Any:
    """The value as the tables hold it; a single value is a list of one in a list column."""
    if value is None:
        return None
    listed = column.type.startswith("list")
    values = value if isinstance(value, list) and listed else [value]
    kind = element(column)
    for one in values:
        if not isinstance(one, _PYTHON[kind]) or (isinstance(one, bool) and kind != "bool"):
            notes.note(path, f"column '{column.name}' is {column.type} and cannot hold {one!r}")
        elif isinstance(one, str) and kind == "str" and not vocabulary.is_word(table, column.name, one):
            known = vocabulary.words(table, column.name)
            notes.note(path, f"'{one}' is no value of column '{column.name}'", expected(one, known))
    return values if listed else value
