"""Results as flat tables, for spreadsheets: those of the results, and those that lie inside of their rows.

A column is a field, under its name; the fields of an object inside a row come after its name and a point
(``client.address``). Objects of which a row has any number (findings, evidence, identities) are a table of their own,
which begins with whose they are. Whatever table is added to the results is here at once.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import re
import types
import typing
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

from scanner.report._cells import on_one_line
from scanner.report._order import citable, citations, subject_text
from scanner.results.model import Evidence, Finding, Mapping, RequirementResult, Results, RuleResult, Text
from scanner.results.texts import pick

Cell = str | int | float | bool | None
Getter = Callable[[Any, str], Cell]  # of a row, in a language
Rows = Callable[[], Iterator[tuple[list[Cell], Any]]]  # each row, with the cells that come before its own

FIRST_ROW = 2  # the header is the first
LIST = "; "  # between the items of a list
_TIME = re.compile(r"(?:^|_)(?:time|started|before|after)$")  # fields that hold an ISO 8601 time in UTC
_RULES = {
    "rules": "profile",
    "outside": "outside",
    "reach": "reach",
    "nursery": "nursery",
}  # field of the results -> what "part" says


@dataclass(frozen=True)
class Column:
    """One column. ``is_time``: its texts are ISO 8601 times in UTC."""

    name: str
    is_time: bool = False


@dataclass(frozen=True)
class Table:
    """One table; its rows are made anew, one by one, whenever somebody asks."""

    name: str
    columns: tuple[Column, ...]
    rows: Callable[[], Iterator[list[Cell]]]


@dataclass(frozen=True)
class _Scan:
    """What the results say once, as the one row of a table."""

    site: str
    profile: str
    started: str
    seconds: float
    version: str
    complete: bool
    attack_version: str


def tables(results: Results, language: str = "en") -> list[Table]:
    """Every table, what was judged first. Texts are in the language, and free of control characters."""
    run = results.run
    scan = _Scan(
        results.site, results.profile, run.started, run.seconds, run.version, results.complete, results.attack_version
    )
    shown = _fit_to_show(results, language)
    found = [*_tables("scan", _Scan, lambda: iter([([], scan)]), (), shown)]
    found += _tables("rules", RuleResult, lambda: _rules(results), (Column("part"),), shown)
    for name, row in _row_fields(Results).items():
        if name not in _RULES:
            found += _tables(name, row, functools.partial(_alone, getattr(results, name)), (), shown)
    return found


def _rules(results: Results) -> Iterator[tuple[list[Cell], RuleResult]]:
    for name, part in _RULES.items():
        for rule in getattr(results, name):
            yield [part], rule


def _alone(rows: Sequence[Any]) -> Iterator[tuple[list[Cell], Any]]:
    return (([], row) for row in rows)


# --- one table, and those inside of its rows ----------------------------------------------------------------------

Show = Callable[[Any], Any]


def _tables(
    name: str, cls: type, rows: Rows, before: tuple[Column, ...], shown: tuple[dict[type, Show], str]
) -> Iterator[Table]:
    """The table of the class; ``before``: the columns of the cells that come before those of a row."""
    flat = _flat(cls)
    as_shown, language = shown[0].get(cls, _itself), shown[1]

    def cells() -> Iterator[list[Cell]]:
        for head, row in rows():
            fit = as_shown(row)
            yield [*map(_printable, head), *(_printable(get(fit, language)) for _, get in flat)]

    yield Table(name, (*before, *(column for column, _ in flat)), cells)
    known = _known_by(name, flat)
    for field, inner in _row_fields(cls).items():

        def inside(field: str = field) -> Iterator[tuple[list[Cell], Any]]:
            for number, (head, row) in enumerate(rows(), FIRST_ROW):
                key = [number if get is None else get(row, language) for _, get in known]
                yield from (([*head, *key], item) for item in getattr(row, field))

        yield from _tables(field, inner, inside, (*before, *(column for column, _ in known)), shown)


def _known_by(name: str, flat: Sequence[tuple[Column, Getter]]) -> list[tuple[Column, Getter | None]]:
    """The columns by which what lies inside a row says whose it is: the row's id, or its number and first columns."""
    one = name.removesuffix("s")
    first, get = flat[0]
    if first.name in {one, "id"}:
        return [(first if first.name == one else Column(f"{one}_id"), get)]
    own = takewhile(lambda c: "." not in c[0].name, flat)
    return [(Column(f"{one}_row"), None), *((replace(c, name=f"{one}.{c.name}"), get) for c, get in own)]


def _fit_to_show(results: Results, language: str) -> tuple[dict[type, Show], str]:
    """Of some rows, what may be shown: numbers of requirements that nobody has verified may not."""
    rules = tuple(rule for _, rule in _rules(results))
    cited = citations(replace(results, rules=rules))
    return {
        Finding: lambda f: replace(f, subject={"en": subject_text(f, language)}),
        Mapping: lambda m: Mapping(m.framework, cited[m].number),
        RequirementResult: lambda r: replace(r, requirement=citable(r.requirement, r.confidence)),
    }, language


def _itself(row: Any) -> Any:
    return row


def _printable(cell: Cell) -> Cell:
    return on_one_line(cell) if isinstance(cell, str) else cell


# --- columns of a class -------------------------------------------------------------------------------------------


@functools.cache
def _flat(cls: type) -> tuple[tuple[Column, Getter], ...]:
    """The columns of a dataclass, those of dataclasses inside it too, and how to get their cells."""
    return tuple(_columns(cls))


def _columns(cls: type) -> Iterator[tuple[Column, Getter]]:
    for name, hint in _hints(cls).items():
        if dataclasses.is_dataclass(_something(hint)):
            yield from _inside(name, _something(hint), functools.partial(_field, name))
        elif _row_class(hint) is None:
            yield Column(name, bool(_TIME.search(name))), _getter(name, hint)
    if cls is Finding:  # the most telling piece beside it, for who reads this table alone
        yield from _inside("evidence", Evidence, lambda row: row.evidence[0] if row.evidence else None)


def _field(name: str, row: Any) -> Any:
    return getattr(row, name)


def _inside(name: str, cls: type, find: Callable[[Any], Any]) -> Iterator[tuple[Column, Getter]]:
    """The columns of the object that ``find`` gives of a row, or None."""
    for column, get in _flat(cls):

        def cell(row: Any, language: str, get: Getter = get) -> Cell:
            found = find(row)
            return None if found is None else get(found, language)

        yield Column(f"{name}.{column.name}", column.is_time), cell


def _getter(name: str, hint: Any) -> Getter:
    """How to get the cell of a field that is no object."""
    if typing.get_origin(hint) is tuple:
        if typing.get_args(hint)[0] == Text:
            return lambda row, language: LIST.join(pick(item, language) for item in getattr(row, name))
        return lambda row, _: LIST.join(map(str, getattr(row, name)))
    if hint == Text:
        return lambda row, language: pick(getattr(row, name), language)
    if typing.get_origin(hint) is dict:  # name -> text
        return lambda row, language: LIST.join(
            f"{key}: {pick(text, language)}" for key, text in sorted(getattr(row, name).items())
        )
    if isinstance(_something(hint), type) and issubclass(_something(hint), enum.Enum):
        return lambda row, _: None if getattr(row, name) is None else str(getattr(row, name).value)
    return lambda row, _: typing.cast("Cell", getattr(row, name))


@functools.cache
def _hints(cls: type) -> dict[str, Any]:
    hints = typing.get_type_hints(cls)
    return {field.name: hints[field.name] for field in dataclasses.fields(cls)}


def _row_fields(cls: type) -> dict[str, type]:
    """The fields that hold rows: name -> dataclass."""
    found = {name: _row_class(hint) for name, hint in _hints(cls).items()}
    return {name: row for name, row in found.items() if row is not None}


def _row_class(hint: Any) -> type | None:
    """The dataclass of which the field holds any number."""
    if typing.get_origin(hint) not in (tuple, Sequence):
        return None
    item = typing.get_args(hint)[0]
    return item if dataclasses.is_dataclass(item) and isinstance(item, type) else None


def _something(hint: Any) -> Any:
    """The type of a field that may be None as well."""
    if typing.get_origin(hint) is not types.UnionType:
        return hint
    return next(kind for kind in typing.get_args(hint) if kind is not types.NoneType)
