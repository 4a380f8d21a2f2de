"""What a row does not say although its columns hold something: tests on it can only be unknown.

Three kinds, each of them in the table itself:

- a session of which a part was not read (``unread``): more may be there than its columns hold, so a value that was
  found is certain, and one that was not found is not;
- a conversation whose protocol only its port suggests (``recognised_by: port``): nothing that follows from the protocol
  is certain;
- an operation with a function that nobody here knows (``unknown-function``), or of which only an encrypted request is
  seen: it may be any that changes its target, unless the target refused it every time, or the policy permits the client
  what nobody sees.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import polars as pl

from scanner.engine.language.modifiers import IsKnown, Like, Match, compiled
from scanner.engine.language.selections import Test
from scanner.facts.schema import FLOWS, OPERATIONS, SESSIONS
from scanner.protocols.base import MAY_BE, Verb

GUESSED = "port"  # value of ``recognised_by``
_OF_PROTOCOL = frozenset({"protocol", "protocols", "industrial", "secured"})
_UNKNOWN = pl.lit(None, dtype=pl.Boolean)
_FEW = 2_000  # rows


@dataclass(frozen=True)
class Unclear:
    """rows: those that cannot tell; name: says which these are. certain: a truth value that holds all the same."""

    name: str
    rows: pl.Expr
    certain: bool | None = None


def doubt(test: Test, table: str, tables: Mapping[str, pl.DataFrame]) -> Unclear | None:
    """Which rows cannot tell whether they meet the test."""
    if table == SESSIONS.name and _may_be_unread(tables[table], test.column):
        unread = pl.col("unread").list.contains(test.column)
        return Unclear(f"unread {test.column}", unread, certain=not _asks_for_absence(test))
    if table == FLOWS.name and test.column in _OF_PROTOCOL:
        return Unclear("guessed protocol", pl.col("recognised_by") == GUESSED)
    if table == OPERATIONS.name and test.column == "verb" and any(_meets(test, verb) for verb in MAY_BE):
        return Unclear("may be anything", may_be_anything(tables[table].columns), certain=True)
    return None


def doubted(test: Test, table: str, tables: Mapping[str, pl.DataFrame], held: pl.Expr) -> pl.Expr:
    """``held``, the truth of the test, where the row can tell; else unknown."""
    found = doubt(test, table, tables)
    if found is None:
        return held
    if found.certain is None:
        return pl.when(found.rows).then(_UNKNOWN).otherwise(held)
    return pl.when(found.rows & (~held if found.certain else held)).then(_UNKNOWN).otherwise(held)


def sure_columns(frame: pl.DataFrame, table: str, column: str) -> pl.Series:
    """A column as far as its rows can tell: what only the port of a conversation suggests is null."""
    if table != FLOWS.name or column not in _OF_PROTOCOL:
        return frame[column]
    known = pl.col("recognised_by").fill_null("") != GUESSED
    return frame.select(pl.when(known).then(column).alias(column)).to_series()


def guessed(table: pl.DataFrame) -> pl.Expr:
    """Rows that say nothing certain at all, because their protocol is a guess; flows are more than their protocol."""
    beside = {"established", "problems"}  # of flows; of malformed messages, which are what they are
    if "recognised_by" not in table.columns or beside & set(table.columns):
        return pl.lit(value=False)
    return (pl.col("recognised_by") == GUESSED).fill_null(value=False)


def may_be_anything(columns: Collection[str]) -> pl.Expr:
    """Operations that nobody here understands, that were not refused every time, and that nobody may have encrypted."""
    refused = (pl.col("refused") > 0) & (pl.col("refused") >= pl.col("count"))
    hidden = (pl.col("verb") == Verb.UNKNOWN) & (pl.col("seen_as") == "request") & pl.col("industrial")
    if "permitted" in columns:
        hidden &= ~pl.col("permitted").fill_null(value=False)
    unknown = (pl.col("verb") == Verb.UNKNOWN_FUNCTION) | hidden.fill_null(value=False)
    return unknown & ~refused.fill_null(value=False)


def _may_be_unread(sessions: pl.DataFrame, column: str) -> bool:
    """Of few rows it is not asked, which would take as long as to judge them."""
    return sessions.height <= _FEW or bool(sessions["unread"].list.contains(column).any())


def _asks_for_absence(test: Test) -> bool:
    """It holds when nothing is there, so that what was not read can only undo it."""
    return any(isinstance(match, IsKnown) and not match.wanted for match in test.matches)


def _meets(test: Test, word: str) -> bool:
    return any(_is(match, word) for match in test.matches)


def _is(match: Match, word: str) -> bool:
    return isinstance(match, Like) and compiled(match.pieces).fullmatch(word) is not None
