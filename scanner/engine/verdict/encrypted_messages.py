"""Encrypted messages of a protocol that has others, too (SMB 3): any operation may be in them.

A conversation that is recognised and was captured whole still does not show what was done in it. Log-ins and what sets
a session up come before; and to a rule about what is not protected it makes a difference that they are.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from scanner.engine.definitions.rules import Rule
from scanner.engine.definitions.sees import Sees
from scanner.engine.language.selections import possible_words, tests_of
from scanner.engine.language.truths import RowTruths
from scanner.engine.obstacles import Obstacle
from scanner.engine.verdict.carriers import carrying_protocols, could_fail
from scanner.engine.verdict.judged_facts import JudgedFacts
from scanner.engine.verdict.sight import HIDDEN, MOST_UNREAD, Sight, counted_bytes, named
from scanner.facts.schema import FLOWS, OPERATIONS
from scanner.facts.when_asked import OtherTables
from scanner.protocols.base import Verb
from scanner.results.model import Cause
from scanner.wording import said

_BEFORE = {Verb.SESSION, Verb.IDENTIFY, Verb.AUTHENTICATE}
_LATER = frozenset(Verb) - _BEFORE


def _asks_what_is_done(rule: Rule) -> bool:
    """It names verbs that come behind the log-in."""
    selections = (each for each in (rule.where, rule.fail, rule.unknown_when) if each is not None)
    named = (test for selection in selections for test in tests_of(selection) if test.column == "verb")
    return any(possible_words(test, "verb", _LATER) for test in named)


def in_encrypted_messages(rule: Rule, case: JudgedFacts, *, authority: bool) -> Iterator[Obstacle]:
    """Conversations in whose encrypted messages may be what the rule looks for."""
    if rule.table != OPERATIONS.name or not rule.sees - {Sees.CONNECTIONS} or not _asks_what_is_done(rule):
        return
    encrypted = case.once("encrypted messages", lambda: _encrypted(case.sight))
    if encrypted is None:
        return
    names = carrying_protocols(rule, case.sight.each)
    spoken = encrypted.frame["protocols"].list.set_intersection(sorted(names)).list.len() > 0
    found = encrypted.frame.filter(spoken & could_fail(rule, encrypted, spoken=True, authority=authority))
    if found.height:
        shown = named(case.sight.files, found.sort("_encrypted", descending=True))
        hidden = counted_bytes(int(found["_encrypted"].sum()))
        yield Obstacle(Cause.UNRECOGNISED, said(HIDDEN, size=hidden, conversations=shown))


def _encrypted(sight: Sight) -> RowTruths | None:
    """The conversations that have such messages, as if they were as protected as these; None where there are none."""
    columns = [f"{end}_encrypted" for end in ("client", "server")]
    if not set(columns) <= set(sight.flows.columns):
        return None
    size = pl.sum_horizontal(pl.col(name).fill_null(0) for name in columns)
    found = sight.flows.with_columns(_encrypted=size).filter(pl.col("_encrypted") > MOST_UNREAD)
    frame = found.with_columns(secured=pl.lit(value=True))
    return RowTruths(FLOWS.name, OtherTables(sight.tables, {FLOWS.name: frame})) if frame.height else None
