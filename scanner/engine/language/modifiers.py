"""One value of a selection, with its modifiers, as a test on one column. Types are checked here, when rules are read.

Text compares without regard to case; ``*`` and ``?`` are wildcards unless escaped by a backslash (Sigma specification
2.0, "Wildcards" and "Escaping"); ``re`` is a case-sensitive Rust regular expression, which cannot run away.
"""

from __future__ import annotations

import enum
import functools
import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from scanner.address_ranges import KINDS, RANGE_ORDERS, RangeOrder, Ranges, read_ranges, union
from scanner.addresses import Network
from scanner.engine.language import vocabulary
from scanner.engine.language.moments import DURATION_HINT, MOMENT_HINT, Relative, read_duration, read_moment
from scanner.engine.language.paths import PathError, find_column
from scanner.engine.language.suggestions import expected
from scanner.errors import WrongText
from scanner.facts.schema import Column, Table
from scanner.wording import Said, said, verbatim

Order = Literal["eq", "gt", "gte", "lt", "lte", "contains", "startswith", "endswith", RangeOrder]


class Wild(enum.Enum):
    """A wildcard of a text pattern."""

    MANY = "*"
    ONE = "?"


Pieces = tuple[str | Wild, ...]


@dataclass(frozen=True)
class Like:
    """Text equals the pattern; literal pieces are in lower case."""

    pieces: Pieces


@dataclass(frozen=True)
class Regex:
    """The regular expression is found in the text."""

    pattern: str


@dataclass(frozen=True)
class Compare:
    """A number, truth value or time compared with a constant; a relative moment becomes one when rules are judged."""

    order: Order
    value: bool | int | float | datetime | Relative


@dataclass(frozen=True)
class InNetwork:
    """The text is an IP address in the network."""

    network: Network


@dataclass(frozen=True)
class InZone:
    """The text is an address in a zone of the policy whose id or name is like the pattern."""

    pieces: Pieces


@dataclass(frozen=True)
class Against:
    """The addresses in the text compared with others; those of zones are known when rules are judged.

    zones: patterns of ids or names of zones, whose networks are meant as well.
    """

    order: RangeOrder
    ranges: Ranges
    zones: tuple[Pieces, ...] = ()


@dataclass(frozen=True)
class IsKnown:
    """The value is known (text: not empty), or is not."""

    wanted: bool


@dataclass(frozen=True)
class Refers:
    """The value compared with that of another column of the same row; more: of sets of addresses, with all of these."""

    order: Order
    column: str
    more: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The other columns."""
        return self.column, *self.more


Match = Like | Regex | Compare | InNetwork | InZone | Against | IsKnown | Refers


class MatchError(WrongText):
    """The value or a modifier does not fit the column; ``remedy`` says what was expected."""


_ORDERS: tuple[Order, ...] = ("gt", "gte", "lt", "lte")
_PARTS: tuple[Order, ...] = ("contains", "startswith", "endswith")
_MOMENTS: dict[str, Order] = {"before": "lt", "after": "gt"}  # for times, where they read better
_NAMED: dict[str, Order] = {**{order: order for order in (*_ORDERS, *_PARTS, *RANGE_ORDERS)}, **_MOMENTS}
_AGES: dict[str, Order] = {"older-than": "lt", "newer-than": "gt"}  # than so long before today
_FOR_TEXT = frozenset({*_PARTS, "re", "cidr", "in-zone", *RANGE_ORDERS, "of-zone", "exists", "fieldref", "all"})
_FOR_NUMBERS = frozenset({*_ORDERS, "exists", "fieldref", "all"})
_FOR_TIMES = frozenset({*_FOR_NUMBERS, *_MOMENTS, *_AGES})
_ALLOWED = {"str": _FOR_TEXT, "bool": frozenset({"exists", "fieldref"}), "time": _FOR_TIMES, "int": _FOR_NUMBERS}
MODIFIERS = tuple(sorted(_FOR_TEXT | _FOR_TIMES))
_EXCLUSIVE = frozenset(
    {"re", "cidr", "in-zone", "exists", *_ORDERS, *_PARTS, *_MOMENTS, *_AGES, *RANGE_ORDERS}
)  # at most one of these


def element(column: Column) -> str:
    """The type of one value of the column: str, int, float, bool or time."""
    return column.type.removeprefix("list[").removesuffix("]")


def check_modifiers(column: Column, modifiers: Sequence[str]) -> None:
    """MatchError when a modifier is unknown, does not fit the column's type, or contradicts another."""
    kind = element(column)
    allowed = _ALLOWED["int" if kind == "float" else kind]
    for modifier in modifiers:
        if modifier not in MODIFIERS:
            raise MatchError(
                said("unknown modifier '{modifier}'", modifier=modifier),
                expected(modifier, MODIFIERS),
            )
        if modifier not in allowed:
            raise MatchError(
                said(
                    "modifier '{modifier}' does not fit column '{column}', which is {type}",
                    modifier=modifier,
                    column=column.name,
                    type=_TYPE_WORDS[kind],
                ),
                said("expected one of: {words}", words=", ".join(sorted(allowed))),
            )
    chosen = [m for m in modifiers if m in _EXCLUSIVE]
    if len(chosen) > 1 or len(set(modifiers)) < len(modifiers):
        raise MatchError(said("modifiers {words} cannot be combined", words=" and ".join(modifiers)))
    if "fieldref" in modifiers and set(modifiers) & {"re", "cidr", "in-zone", "of-zone", "exists", *_AGES}:
        raise MatchError(said("modifiers {words} cannot be combined", words=" and ".join(modifiers)))
    if "all" in modifiers and is_range(modifiers):
        raise MatchError(said("modifiers {words} cannot be combined", words=" and ".join(modifiers)))
    if "of-zone" in modifiers and not is_range(modifiers):
        what = said("modifier '{modifier}' says what to compare with, not how", modifier="of-zone")
        raise MatchError(what, said("put one of these before it: {words}", words=", ".join(RANGE_ORDERS)))


def is_range(modifiers: Sequence[str]) -> bool:
    """The modifiers compare sets of addresses: a list of values is one set."""
    return not set(modifiers).isdisjoint(RANGE_ORDERS)


def against(modifiers: Sequence[str], values: Sequence[Any]) -> Against:
    """The test of addresses against these. MatchError when one is none."""
    order = next(order for order in RANGE_ORDERS if order in modifiers)
    for value in values:
        if not isinstance(value, str) or not value.strip():
            raise MatchError(
                said("{value} is no range of addresses", value=_shown(value)),
                said("expected for example {form}", form="10.0.0.0/8"),
            )
    if "of-zone" in modifiers:
        return Against(order, Ranges(), tuple(map(pattern, values)))
    found = [read_ranges(value) for value in values]
    for value, one in zip(values, found, strict=True):
        if not one.whole:
            words = ", ".join(KINDS)
            raise MatchError(
                said("'{value}' is no range of addresses", value=value),
                said("expected a network, an address, one from a to b, or one of: {words}", words=words),
            )
    return Against(order, union(found))


_TYPE_WORDS = {
    "str": said("text"),
    "int": said("a whole number"),
    "float": said("a number"),
    "bool": said("true or false"),
    "time": said("a time"),
}


def match(table: Table, column: Column, modifiers: Sequence[str], value: Any) -> Match:
    """The test for one value. MatchError when it does not fit the column."""
    kind = element(column)
    how = next((m for m in modifiers if m in _EXCLUSIVE), "")
    if "fieldref" in modifiers:
        return _refers(table, column, how, value)
    if how == "exists":
        if not isinstance(value, bool):
            raise MatchError(
                said("'exists' compares with {value}", value=_shown(value)), said("expected true or false")
            )
        return IsKnown(value)
    if value is None:
        if how:
            raise MatchError(said("'{how}' compares with nothing", how=how), said("give a value, or use 'exists'"))
        return IsKnown(wanted=False)
    if kind == "str":
        return _text(table, column, how, value)
    if how in _AGES:
        return Compare(_AGES[how], _age(value))
    return Compare(_NAMED.get(how, "eq"), _constant(column, kind, value))


def _age(value: Any) -> Relative:
    seconds = read_duration(value)
    if seconds is None:
        raise MatchError(said("{value} is not a duration", value=_shown(value)), DURATION_HINT)
    return Relative("today", -seconds)


def _refers(table: Table, column: Column, how: str, value: Any) -> Refers:
    try:
        other = find_column(table, value if isinstance(value, str) else "")
    except PathError as error:
        what = said("'fieldref' names no column of table {table}: {value}", table=table.name, value=_shown(value))
        raise MatchError(what, error.remedy) from None
    ours, theirs = element(column), element(other)
    numbers = {"int", "float"}
    if ours != theirs and not {ours, theirs} <= numbers:
        raise MatchError(
            said(
                "column '{column}' is {type}, column '{other}' is {other_type}",
                column=column.name,
                type=_TYPE_WORDS[ours],
                other=value,
                other_type=_TYPE_WORDS[theirs],
            )
        )
    if how not in RANGE_ORDERS and other.type.startswith("list"):
        raise MatchError(
            said("'fieldref' cannot compare with the list column '{value}'", value=value),
            said("write it the other way round"),
        )
    return Refers(_NAMED.get(how, "eq"), value)


def _text(table: Table, column: Column, how: str, value: Any) -> Match:
    if not isinstance(value, str):
        raise MatchError(
            said("column '{column}' is text and cannot equal {value}", column=column.name, value=_shown(value)),
            said("put the value in quotes: '{value}'", value=str(value).lower() if isinstance(value, bool) else value),
        )
    if how in (*_PARTS, "re") and not value:
        raise MatchError(said("'{how}' with empty text always holds", how=how), said("give the text to look for"))
    if how == "re":
        return Regex(_checked_regex(value))
    if how == "cidr":
        try:
            return InNetwork(ipaddress.ip_network(value))
        except ValueError as error:
            raise MatchError(
                said("'{value}' is not an IP network: {error}", value=value, error=error),
                said("expected for example 10.0.0.0/8"),
            ) from None
    if not value and column.type == "list[str]":
        raise MatchError(
            said("column '{column}' is a list and has no empty element", column=column.name),
            said("use null for an empty list"),
        )
    pieces = pattern(value)
    if how == "in-zone":
        return InZone(pieces)
    before: Pieces = (Wild.MANY,) if how in ("contains", "endswith") else ()
    after: Pieces = (Wild.MANY,) if how in ("contains", "startswith") else ()
    like = Like((*before, *pieces, *after))
    _check_word(table, column, value, like)
    return like


def _check_word(table: Table, column: Column, value: str, like: Like) -> None:
    if not can_hold(table.name, column.name, like.pieces):
        remedy = expected(value, vocabulary.words(table.name, column.name))
        raise MatchError(said("'{value}' is not a value of column '{column}'", value=value, column=column.name), remedy)


def can_hold(table: str, column: str, pieces: Pieces) -> bool:
    """Some value that the column can have is like the pattern."""
    if not is_wild(pieces):
        return vocabulary.is_word(table, column, "".join(map(str, pieces)))
    known = vocabulary.words(table, column)
    return not known or any(compiled(pieces).fullmatch(word) for word in known)


def is_wild(pieces: Pieces) -> bool:
    """The pattern has a wildcard."""
    return any(isinstance(piece, Wild) for piece in pieces)


def _constant(column: Column, kind: str, value: Any) -> bool | int | float | datetime | Relative:
    fits = {
        "bool": isinstance(value, bool),
        "int": isinstance(value, int) and not isinstance(value, bool),
        "float": isinstance(value, int | float) and not isinstance(value, bool),
        "time": isinstance(value, str),
    }[kind]
    if not fits:
        raise MatchError(
            said(
                "column '{column}' is {type} and cannot be compared with {value}",
                column=column.name,
                type=_TYPE_WORDS[kind],
                value=_shown(value),
            )
        )
    if kind != "time":
        return value  # type: ignore[no-any-return]
    moment = read_moment(value)
    if moment is None:
        raise MatchError(said("'{value}' is not a time", value=value), MOMENT_HINT)
    return moment


def _checked_regex(value: str) -> str:
    import polars as pl  # slow to import, and few rules have regular expressions

    try:
        pl.Series(["x"]).str.contains(value, strict=True)
    except pl.exceptions.PolarsError as error:
        reason = " ".join(str(error).partition("This error occurred")[0].split())
        raise MatchError(said("regular expression '{value}' is wrong: {reason}", value=value, reason=reason)) from None
    return value


def pattern(text: str, *, lower: bool = True) -> Pieces:
    r"""Text with ``*`` and ``?`` as wildcards; ``\*``, ``\?`` and ``\\`` stand for the character itself.

    lower: literal pieces in lower case, as tests compare them.
    """
    pieces: list[str | Wild] = []
    literal = ""
    at = 0
    while at < len(text):
        char = text[at]
        if char == "\\" and text[at + 1 : at + 2] in ("*", "?", "\\"):
            literal += text[at + 1]
            at += 2
            continue
        if char in "*?":
            if literal:
                pieces.append(literal.lower() if lower else literal)
                literal = ""
            pieces.append(Wild(char))
        else:
            literal += char
        at += 1
    if literal or not pieces:
        pieces.append(literal.lower() if lower else literal)
    return tuple(pieces)


def expression(pieces: Pieces) -> str:
    """The pattern as a regular expression, valid for Python and for Rust; not anchored."""
    parts = {Wild.MANY: ".*", Wild.ONE: "."}
    return "".join(parts[p] if isinstance(p, Wild) else escaped(p) for p in pieces)


@functools.lru_cache(maxsize=4096)
def compiled(pieces: Pieces) -> re.Pattern[str]:
    """The pattern for Python's ``fullmatch``, on text in lower case."""
    return re.compile(expression(pieces), re.DOTALL)


def escaped(text: str) -> str:
    """The text as a regular expression that means it, for Python and for Rust."""
    return "".join(c if c.isalnum() or c == "_" or ord(c) > 127 else f"\\x{ord(c):02x}" for c in text)


def _shown(value: Any) -> Said:
    if value is None:
        return said("nothing")
    if isinstance(value, dict):
        return said("a mapping")
    if isinstance(value, list):
        return said("a list")
    if isinstance(value, bool):
        return verbatim(str(value).lower())
    return (
        said("the text '{value}'", value=value) if isinstance(value, str) else said("the number {value}", value=value)
    )
