"""Rows that meet a selection, and rows that do not: the examples of a rule that somebody else has written.

Values are taken from the selection itself and put together in many ways; the first row that does is the one.
"""

from __future__ import annotations

import functools
import random
import re
import re._parser as patterns  # type: ignore[import-not-found]  # what a regular expression consists of
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import polars as pl

from scanner.engine.language import vocabulary
from scanner.engine.language.expressions import condition
from scanner.engine.language.modifiers import (
    Compare,
    InNetwork,
    IsKnown,
    Like,
    Match,
    Refers,
    Regex,
    Wild,
    element,
)
from scanner.engine.language.selections import Selection, Test, tests_of
from scanner.facts.frames import frame
from scanner.facts.schema import TABLES

_LONGEST = 2_000  # characters that a repeated part gives
_AT_ONCE = (50, 500, 4_000)  # rows that are tried together
Row = dict[str, Any]


def witnesses(selection: Selection, table: str, wanted: Sequence[tuple[Selection, bool]]) -> Row | None:
    """A row of the table that has each of the wanted answers; values come from ``selection``."""
    left = _rows(selection, table)
    return next((row for n in _AT_ONCE for row in _that_answer(list(islice(left, n)), table, wanted)), None)


def near(row: Row, table: str, wanted: Sequence[tuple[Selection, bool]]) -> list[Row]:
    """Rows that differ from this one in one column and have each of the wanted answers."""
    others = [
        row | {column: value} for column in row for value in _others(table, column) if value not in (None, row[column])
    ]
    return _that_answer(others, table, wanted)


def _that_answer(rows: list[Row], table: str, wanted: Sequence[tuple[Selection, bool]]) -> list[Row]:
    tables = {**_empty(), table: frame(TABLES[table], rows, derived=True)}
    good = pl.lit(value=True)
    for part, answer in wanted:
        held = condition(part, table, tables)
        good &= held if answer else ~held
    numbers = tables[table].select(good.fill_null(value=False).alias("_"))["_"].arg_true()
    return [rows[int(n)] for n in numbers]


@functools.cache
def _empty() -> dict[str, pl.DataFrame]:
    return {name: frame(known, (), derived=True) for name, known in TABLES.items()}


def _rows(selection: Selection, table: str) -> Iterator[Row]:
    """Small ones first."""
    yield {}
    tests = list(tests_of(selection))
    values: dict[str, list[Any]] = {}
    for test in tests:
        values.setdefault(test.column, []).extend(_values(test, table))
        for match in test.matches:
            if isinstance(match, Refers):
                values.setdefault(match.column, []).extend(
                    ["x", "10.0.0.9"] if _is_text(table, match.column) else [1, 2]
                )
    for test in tests:
        yield {test.column: values[test.column][0]}
    yield {column: known[0] for column, known in values.items()}
    chosen = random.Random(0)  # noqa: S311 - the same examples in every run
    while values:
        yield {column: chosen.choice([*known, *_others(table, column)]) for column, known in values.items()}


def _is_text(table: str, column: str) -> bool:
    return element(TABLES[table].column(column)) == "str"


def _others(table: str, column: str) -> list[Any]:
    """Values that a test does not name."""
    kind = element(TABLES[table].column(column))
    if kind == "str":
        words = sorted(vocabulary.words(table, column))
        return [*words[:2], words[-1], None] if words else ["x", "10.0.0.9", None]
    other: dict[str, list[Any]] = {"int": [0, 1, None], "float": [0.0, 1.0, None], "bool": [True, False, None]}
    return other.get(kind, [None])


def _values(test: Test, table: str) -> list[Any]:
    listed = TABLES[table].column(test.column).type.startswith("list")
    found = [_value(match, table, test.column) for match in test.matches]
    if test.every and all(isinstance(one, str) for one in found):
        found = [found] if listed else ["".join(found), *found]
    return [one if isinstance(one, list) or not listed or one is None else [one] for one in found]


def _value(match: Match, table: str, column: str) -> Any:
    """One value that meets the match, as far as that can be said."""
    value: Any = next(one for one in [*_others(table, column), "x"] if one not in (None, "", 0))
    match match:
        case Like(pieces):
            value = "".join({Wild.MANY: "", Wild.ONE: "x"}[p] if isinstance(p, Wild) else p for p in pieces)
        case Regex(text):
            value = meeting(text)
        case Compare(order, bool() as known):
            value = known
        case Compare(order, int() | float() as number):
            value = number + {"gt": 1, "lt": -1}.get(order, 0)
        case InNetwork(network):
            value = str(network[min(1, network.num_addresses - 1)])
        case IsKnown(wanted):
            value = value if wanted else None
        case _:
            pass
    return value


def meeting(expression: str) -> str:
    """A text in which the regular expression is found, where it is simple enough; else a guess."""
    try:
        tree = patterns.parse(expression.replace(r"\z", r"\Z"))
        return "".join(_pieces(tree))[:_LONGEST]
    except (re.error, RecursionError, OverflowError, ValueError):
        return expression


def _pieces(tree: Any) -> Iterator[str]:
    for operation, argument in tree:
        name = str(operation)
        if name == "LITERAL":
            yield chr(argument)
        elif name in ("ANY", "NOT_LITERAL", "CATEGORY"):
            yield "0" if name == "CATEGORY" and "DIGIT" in str(argument) else "x"
        elif name == "IN":
            yield from _one_of(argument)
        elif name == "BRANCH":
            yield from _pieces(argument[1][0])
        elif name == "SUBPATTERN":
            yield from _pieces(argument[3])
        elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            yield ("".join(_pieces(argument[2])) * min(argument[0], _LONGEST))[:_LONGEST]


def _one_of(choices: Any) -> Iterator[str]:
    """One character of a class."""
    first, argument = choices[0]
    if str(first) == "NEGATE":
        yield next((c for c in "x0_~ " if not any(_has(c, choice) for choice in choices[1:])), "x")
    elif str(first) == "RANGE":
        yield chr(argument[0])
    else:
        yield from _pieces([choices[0]])


def _has(character: str, choice: Any) -> bool:
    name, argument = str(choice[0]), choice[1]
    if name == "LITERAL":
        return bool(ord(character) == argument)
    if name == "RANGE":
        return bool(argument[0] <= ord(character) <= argument[1])
    word = character.isalnum() or character == "_"
    meant: bool = word if "WORD" in str(argument) else character.isdigit()
    return meant
