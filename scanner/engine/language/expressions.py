"""Selections as polars expressions, with three truth values: null is unknown (Kleene logic, as polars has it).

Text and lists are never unknown in the tables, only empty, unless the row itself says that it was not read
(``unseen``); a comparison of two columns of which one is empty is unknown all the same. Address tests look at the
distinct values once, so that their cost does not grow with the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import reduce

import polars as pl

from scanner.address_ranges import RANGE_ORDERS
from scanner.engine.language.address_tests import address_test, within
from scanner.engine.language.joins import lacking, most, there
from scanner.engine.language.modifiers import (
    Compare,
    InNetwork,
    IsKnown,
    Like,
    Match,
    Pieces,
    Refers,
    Regex,
    Wild,
    expression,
)
from scanner.engine.language.moments import Now, Relative
from scanner.engine.language.paths import is_path, origin
from scanner.engine.language.selections import And, Not, Or, Selection, Test
from scanner.engine.language.unseen import doubted
from scanner.facts.columns_when_asked import kind_of
from scanner.facts.schema import TABLES
from scanner.wording.said import ARGUMENT, CLOSE

Tables = Mapping[str, pl.DataFrame]
_UNKNOWN = pl.lit(None, dtype=pl.Boolean)
_NO_TIME = pl.lit(None, dtype=pl.Datetime("ns", "UTC"))


def condition(selection: Selection, table: str, tables: Tables, now: Now = Now()) -> pl.Expr:  # noqa: B008 - immutable
    """True, false or null for each row of the table."""
    match selection:
        case Test():
            test = settled(selection, now)
            return qualified(test, table, tables, plain(test, table, tables))
        case And(parts):
            return reduce(lambda a, b: a & b, (condition(p, table, tables, now) for p in parts))
        case Or(parts):
            return reduce(lambda a, b: a | b, (condition(p, table, tables, now) for p in parts))
        case Not(part):
            return ~condition(part, table, tables, now)


def qualified(test: Test, table: str, tables: Tables, held: pl.Expr) -> pl.Expr:
    """``held``, the truth of the test, where its row can tell and where it is there; else unknown."""
    return _reached(test, table, tables, doubted(test, table, tables, held))


def _reached(test: Test, table: str, tables: Tables, held: pl.Expr) -> pl.Expr:
    """``held`` where the rows exist whose columns the test reaches; else unknown."""
    columns = {test.column, *(name for m in test.matches if isinstance(m, Refers) for name in m.columns)}
    for column in sorted(columns):
        if there(column) in tables[table].columns:
            held = pl.when(pl.col(there(column))).then(held)
    return held


def settled(test: Test, now: Now) -> Test:
    """The test with what it compares with in place of relative moments; an unknown one stays."""

    def fixed(match: Match) -> Match:
        if isinstance(match, Compare) and isinstance(match.value, Relative):
            moment = now.moment(match.value)
            return match if moment is None else Compare(match.order, moment)
        return match

    return Test(test.column, tuple(map(fixed, test.matches)), every=test.every)


def plain(test: Test, table: str, tables: Tables) -> pl.Expr:
    """The test on what the columns hold, as if every row could tell."""
    listed = isinstance(kind_of(tables[table], test.column), pl.List)

    def one(match: Match, name: str, table: str, tables: Tables) -> pl.Expr:
        held = address_test(match, name, table, tables)
        if held is None:
            held = (_on_list if listed else _on_value)(match, name, table, tables)
        return _as_far_as_known(held, match, name, tables[table].columns)

    literals = [] if test.every else [word for m in test.matches if (word := _literal(m)) is not None]
    networks = [] if test.every else [m for m in test.matches if isinstance(m, InNetwork)]
    others = [m for m in test.matches if test.every or (_literal(m) is None and not isinstance(m, InNetwork))]
    parts = [one(m, test.column, table, tables) for m in others]
    if networks:
        held = within(networks, test.column, table, tables)
        parts.append(_as_far_as_known(held, None, test.column, tables[table].columns))
    if literals:
        column = _column(test.column, table)
        if listed:
            held = _any(column, lambda e: e.str.to_lowercase().is_in(literals))
            parts.append(_as_far_as_known(held, None, test.column, tables[table].columns))
        else:
            parts.append(column.str.to_lowercase().is_in(literals))
    return reduce(lambda a, b: a & b if test.every else a | b, parts)


def _as_far_as_known(held: pl.Expr, match: Match | None, name: str, columns: Collection[str]) -> pl.Expr:
    """``held``, the truth of a test, where values that a list may lack could not change it; else unknown."""
    names = match.columns if isinstance(match, Refers) else ()
    more = [pl.col(lacking(n)) for n in (name, *names) if lacking(n) in columns]
    if not more:
        return held
    whole = ~pl.any_horizontal(more)
    if isinstance(match, Refers) and match.order in RANGE_ORDERS:  # between sets: more addresses can turn it either way
        return pl.when(whole).then(held)
    empty = isinstance(match, IsKnown) and not match.wanted
    return pl.when(whole | (~held if empty else held)).then(held)


def _literal(match: Match) -> str | None:
    """The text that the value must equal, when the match is as simple as that."""
    if isinstance(match, Like) and len(match.pieces) == 1 and isinstance(match.pieces[0], str):
        return match.pieces[0]
    return None


def _column(name: str, table: str) -> pl.Expr:
    """The column; what otaudit says in it as English text."""
    column = pl.col(name)
    return english(column) if _is_said(name, table) else column


def _is_said(name: str, table: str) -> bool:
    table, name = origin(table, name)
    return table in TABLES and any(c.said for c in TABLES[table].columns if c.name == name)


def english(text: pl.Expr) -> pl.Expr:
    """What otaudit says in a column, as English text."""
    return text.str.replace_all(ARGUMENT, "").str.replace_all(CLOSE, "", literal=True)


def _on_value(test: Match, name: str, table: str, tables: Tables) -> pl.Expr:
    column = _column(name, table)
    match test:
        case IsKnown(wanted):
            row = is_path(table, name) and not origin(table, name)[1]
            known = column if row else _known(name, table, tables)
            return known if wanted else ~known
        case Compare(order, constant) if most(name) in tables[table].columns:
            return _between(column, pl.col(most(name)), order, pl.lit(constant))
        case Refers(order, other) if most(name) in tables[table].columns and most(other) not in tables[table].columns:
            known = _known(other, table, tables)
            return pl.when(known).then(_between(column, pl.col(most(name)), order, pl.col(other)))
        case Refers(order, other):
            both = _known(name, table, tables) & _known(other, table, tables)
            for bounded in (c for c in (name, other) if most(c) in tables[table].columns):
                both &= pl.col(bounded) == pl.col(most(bounded))
            text = kind_of(tables[table], name) == pl.String
            return pl.when(both).then(_ordered(column, order, pl.col(other), text=text))
        case _:
            return _simple(test, column)


def _on_list(test: Match, name: str, table: str, tables: Tables) -> pl.Expr:
    column = pl.col(name)
    match test:
        case IsKnown(wanted):
            return column.list.len() > 0 if wanted else column.list.len() == 0
        case Refers(order, other):
            return pl.when(_known(other, table, tables)).then(_list_refers(column, order, other, table, tables))
        case _:
            said = _is_said(name, table)
            return _any(column, lambda e: _simple(test, english(e) if said else e))


def _any(column: pl.Expr, test: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    return column.list.eval(test(pl.element())).list.any().fill_null(value=False)


def _simple(test: Match, value: pl.Expr) -> pl.Expr:
    """The tests that need nothing but the value."""
    match test:
        case Like(pieces):
            return _like(pieces, value.str.to_lowercase())
        case Regex(pattern):
            return value.str.contains(pattern)
        case Compare(order, constant):
            other = _NO_TIME if isinstance(constant, Relative) else pl.lit(constant)
            return _ordered(value, order, other, text=False)
        case _:
            raise TypeError(test)


def _between(least: pl.Expr, greatest: pl.Expr, order: str, other: pl.Expr) -> pl.Expr:
    """A number of which only bounds are known: unknown where they disagree."""
    if order == "eq":
        same = least == greatest
        return pl.when(same | (other < least) | (other > greatest)).then(same & (least == other))
    low, high = (_ordered(bound, order, other, text=False) for bound in (least, greatest))
    return pl.when(low == high).then(low)


def _like(pieces: Pieces, value: pl.Expr) -> pl.Expr:
    match pieces:
        case (str() as literal,):
            return value == literal
        case (Wild.MANY, str() as literal, Wild.MANY):
            return value.str.contains(literal, literal=True)
        case (str() as literal, Wild.MANY):
            return value.str.starts_with(literal)
        case (Wild.MANY, str() as literal):
            return value.str.ends_with(literal)
        case _:
            return value.str.contains(rf"(?s)\A(?:{expression(pieces)})\z")


def _ordered(value: pl.Expr, order: str, other: pl.Expr, *, text: bool) -> pl.Expr:
    if text:
        value, other = value.str.to_lowercase(), other.str.to_lowercase()
    orders: dict[str, Callable[[], pl.Expr]] = {
        "eq": lambda: value == other,
        "gt": lambda: value > other,
        "gte": lambda: value >= other,
        "lt": lambda: value < other,
        "lte": lambda: value <= other,
        "contains": lambda: value.str.contains(other, literal=True),
        "startswith": lambda: value.str.starts_with(other),
        "endswith": lambda: value.str.ends_with(other),
    }
    return orders[order]()


def _known(name: str, table: str, tables: Tables) -> pl.Expr:
    column = pl.col(name)
    return column != "" if kind_of(tables[table], name) == pl.String else column.is_not_null()


def _list_refers(column: pl.Expr, order: str, other: str, table: str, tables: Tables) -> pl.Expr:
    """Any element of the list against the value of the other column in the same row."""
    row = pl.int_range(pl.len())
    pairs = tables[table].select(row.alias("_row"), column.alias("_one"), pl.col(other).alias("_other"))
    text = kind_of(tables[table], other) == pl.String
    held = pairs.explode("_one").filter(_ordered(pl.col("_one"), order, pl.col("_other"), text=text))
    return row.is_in(held["_row"].unique().to_list())
