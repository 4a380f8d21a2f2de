"""Selections as Sigma writes them, read from YAML into a small tree of tests on columns.

A map holds when all its ``field|modifier: value`` entries hold; a list of values means any of them (all of them with
``|all``); a list of maps means any of the maps; named selections are joined by ``condition``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from scanner.engine.language import conditions
from scanner.engine.language.checked_yaml import Collector
from scanner.engine.language.conditions import ConditionError, parse_condition
from scanner.engine.language.modifiers import (
    Like,
    Match,
    MatchError,
    Refers,
    against,
    check_modifiers,
    compiled,
    is_range,
    match,
)
from scanner.engine.language.paths import find_column
from scanner.engine.language.suggestions import expected
from scanner.errors import WrongText
from scanner.facts.schema import Table
from scanner.wording import said
from scanner.yaml_positions import Path


@dataclass(frozen=True)
class Test:
    """The column meets one of the matches, or every one. In a list column, each match may be met by any element.

    path: where it stands in the file.
    """

    column: str
    matches: tuple[Match, ...]
    every: bool = False
    path: Path = field(default=(), compare=False)

    __test__ = False  # not a pytest class


@dataclass(frozen=True)
class And:
    """All parts hold."""

    parts: tuple[Selection, ...]


@dataclass(frozen=True)
class Or:
    """At least one part holds."""

    parts: tuple[Selection, ...]


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: Selection


Selection = Test | And | Or | Not


def read_selection(value: Any, path: Path, table: Table, notes: Collector) -> Selection | None:
    """The selection at ``path``; None when it is wrong, with every mistake noted."""
    before = len(notes.problems)
    if isinstance(value, dict) and "condition" in value:
        selection = _named(value, path, table, notes)
    elif isinstance(value, dict) and any(_is_selection(v) for v in value.values()):
        notes.note(path, said("named selections without a condition"), said("add a 'condition' that joins them"))
        return None
    else:
        selection = _unnamed(value, path, table, notes)
    return selection if len(notes.problems) == before else None


def _is_selection(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(v, dict) for v in value))


def _named(value: dict[str, Any], path: Path, table: Table, notes: Collector) -> Selection | None:
    named = {name: _unnamed(part, (*path, name), table, notes) for name, part in value.items() if name != "condition"}
    text = value["condition"]
    if not isinstance(text, str) or not text.strip():
        notes.note(
            (*path, "condition"),
            said("the condition is not text"),
            said("expected selection names joined by and, or, not"),
        )
        return None
    try:
        tree = parse_condition(text, named.keys(), lambda word: expected(word, named))
    except ConditionError as error:
        notes.note((*path, "condition"), error.what, error.remedy)
        return None
    known = {name: part for name, part in named.items() if part is not None}
    return _joined(tree, known) if len(known) == len(named) else None


def _joined(tree: conditions.Tree, named: dict[str, Selection]) -> Selection:
    match tree:
        case conditions.Name(name):
            return named[name]
        case conditions.Negated(part):
            return Not(_joined(part, named))
        case conditions.Every(parts):
            return And(tuple(_joined(p, named) for p in parts))
        case conditions.Some(parts):
            return Or(tuple(_joined(p, named) for p in parts))


def _unnamed(value: Any, path: Path, table: Table, notes: Collector) -> Selection | None:
    if isinstance(value, list) and value:
        parts = [_unnamed(part, (*path, i), table, notes) for i, part in enumerate(value)]
        known = tuple(p for p in parts if p is not None)
        return (known[0] if len(known) == 1 else Or(known)) if len(known) == len(parts) else None
    if not isinstance(value, dict) or not value:
        notes.note(
            path, said("not a selection"), said("expected a map of 'field|modifier: value', or a list of such maps")
        )
        return None
    tests = [_test(key, entry, (*path, key), table, notes) for key, entry in value.items()]
    good = tuple(t for t in tests if t is not None)
    if len(good) < len(tests):
        return None
    return good[0] if len(good) == 1 else And(good)


def _test(key: str, value: Any, path: Path, table: Table, notes: Collector) -> Test | None:
    name, *modifiers = key.split("|")
    try:
        column = find_column(table, name)
        check_modifiers(column, modifiers)
    except WrongText as error:
        notes.note(path, error.what, error.remedy, key=True)
        return None
    values = value if isinstance(value, list) else [value]
    if not values:
        notes.note(path, said("an empty list of values never matches"), said("give values, or null for unknown"))
        return None
    if is_range(modifiers) and "fieldref" not in modifiers:
        try:
            return Test(name, (against(modifiers, values),), path=path)
        except MatchError as error:
            notes.note(path, error.what, error.remedy)
            return None
    found: list[Match] = []
    for index, one in enumerate(values):
        place = (*path, index) if isinstance(value, list) else path
        try:
            found.append(match(table, column, modifiers, one))
        except MatchError as error:
            notes.note(place, error.what, error.remedy)
    if len(found) < len(values):
        return None
    if is_range(modifiers):  # several columns are one set
        columns = [name for one in found if isinstance(one, Refers) for name in one.columns]
        found = [replace(one, more=tuple(columns[1:])) for one in found[:1] if isinstance(one, Refers)]
    return Test(name, tuple(found), every="all" in modifiers, path=path)


def tests_of(selection: Selection) -> Iterator[Test]:
    """Every test that it consists of, in the order of the file."""
    match selection:
        case Test():
            yield selection
        case And(parts) | Or(parts):
            for part in parts:
                yield from tests_of(part)
        case Not(part):
            yield from tests_of(part)


def columns_of(selection: Selection) -> Iterator[str]:
    """Every column that the selection looks at."""
    for test in tests_of(selection):
        yield test.column
        yield from (name for m in test.matches if isinstance(m, Refers) for name in m.columns)


def possible_words(selection: Selection, column: str, words: frozenset[str]) -> frozenset[str]:
    """Which of the words the column can have when the selection holds; an upper bound."""
    match selection:
        case Test(name, matches) if name == column and all(isinstance(m, Like) for m in matches):
            likes = [compiled(m.pieces) for m in matches if isinstance(m, Like)]
            return frozenset(w for w in words if any(like.fullmatch(w) for like in likes))
        case And(parts):
            return frozenset.intersection(*(possible_words(p, column, words) for p in parts))
        case Or(parts):
            return frozenset().union(*(possible_words(p, column, words) for p in parts))
        case _:
            return words
