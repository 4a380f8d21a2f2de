"""Which conversations could have carried what a rule looks for."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache

import polars as pl

from scanner.engine.definitions.rules import Rule
from scanner.engine.language.expressions import Tables
from scanner.engine.language.selections import Selection, columns_of, possible_words, tests_of
from scanner.engine.language.truths import RowTruths, evaluated, or_else
from scanner.engine.verdict.defects import depends_on
from scanner.engine.verdict.open_ports import allowed_anyhow
from scanner.facts.frames import frame
from scanner.facts.schema import FLOWS, TABLES
from scanner.facts.when_asked import OtherTables
from scanner.protocols import protocols
from scanner.protocols.base import MAY_BE, Verb

_SPOKEN = {"protocol", "protocols", "industrial", "secured", "recognised_by"}  # known once the protocol is
# of each row, or in what was said
_OWN = {"capture", "conduit", "allowed", "first_time", "last_time", "frames", "filter", "opened_by"}
_OWN |= {"server_names", "ai_providers", "cloud_providers"}
_OWN |= {"polls", "silence", "silent", "silence_ended_elsewhere", "answers_compared", "answer_times", "answer_slowest"}
_CARRIER = {"transport", "server_port", "established", "attempt"}  # of a tunnel itself
_VERBS = frozenset(Verb)


def carrying_protocols(rule: Rule, each: RowTruths) -> frozenset[str]:
    """The protocols whose messages can be subjects of the rule that fail; an upper bound. each: ``one_of_each``."""
    names = depends_on(rule)
    if rule.table == "operations" and rule.where is not None:
        verbs = possible_words(rule.where, "verb", _VERBS)
        names = frozenset(name for name in names if _possible_verbs(name) & verbs)
    can = _scope(rule, frozenset(_SPOKEN & {c.name for c in TABLES[rule.table].columns}), each)
    return names & frozenset(name for name, may in zip(each.frame["protocol"], can, strict=True) if may is not False)


def _possible_verbs(name: str) -> frozenset[str]:
    """Of a protocol's operations; any industrial one may have functions that no specification explains. One that says
    so of itself has few that are known: what was not read of it may be any command.
    """
    known = protocols()[name]
    if not known.industrial:
        return known.verbs
    return known.verbs | {Verb.UNKNOWN_FUNCTION} | (MAY_BE if Verb.UNKNOWN_FUNCTION in known.verbs else set())


def one_of_each(tables: Tables) -> RowTruths:
    """A conversation of each protocol, of which nothing else is known."""
    return RowTruths(FLOWS.name, OtherTables(tables, {FLOWS.name: _one_of_each()}))


@cache
def _one_of_each() -> pl.DataFrame:
    rows = [
        {"protocol": name, "protocols": [name], "industrial": known.industrial, "secured": known.secured}
        for name, known in protocols().items()
    ]
    return frame(FLOWS, [row | {"recognised_by": "content"} for row in rows], derived=True)


def asks_for_protection(rule: Rule) -> bool:
    """Whether it makes a difference to the rule that a conversation protects itself."""
    review = rule.review.when if rule.review else None
    selections = (each for each in (rule.where, rule.fail, rule.unknown_when, review) if each is not None)
    return any("secured" in columns_of(test) for selection in selections for test in tests_of(selection))


def could_fail(
    rule: Rule,
    flows: RowTruths,
    *,
    spoken: bool,
    authority: bool,
    tunnel: bool = False,
    sealed: bool = False,
    declared: bool = False,
) -> pl.Series:
    """Of each conversation, never null: false when nothing in it can be a subject that fails or is for review.

    spoken: the protocol is known. authority: every input is there that can say whether subjects are allowed.
    tunnel: what is in the conversation may be carried by anything. sealed: whatever is in it, it is as protected as the
    conversation is. declared: it has the permission of the conversation as well.
    """
    columns = _shared(rule.table)
    known = columns - (_OWN if spoken else _OWN | _SPOKEN)
    known -= _CARRIER if tunnel else set()
    known |= {"secured"} & columns if sealed else set()
    if rule.table == "flows" and (spoken or declared):
        known |= {"allowed", "conduit"}
    scope = _scope(rule, known, flows)
    worst = _evaluated(rule.fail, known, flows)
    if rule.review:
        when = _evaluated(rule.review.when, known, flows) if rule.review.when else flows.all(value=False)
        worst = worst | when if authority else flows.all(value=None)
    if rule.unknown_when:
        worst = worst | _evaluated(rule.unknown_when, known, flows)
    return or_else(scope & worst, flows.all(value=True))


def hidden_could_fail(rule: Rule, flows: RowTruths, conduits: pl.DataFrame, *, authority: bool) -> pl.Series:
    """The same of conversations of which nobody knows what is in them, but whether the policy allows any content."""
    could = could_fail(rule, flows, spoken=False, authority=authority)
    if rule.table != FLOWS.name or not could.any():
        return could
    anyhow = allowed_anyhow(flows.frame, conduits)
    if not anyhow.any():
        return could
    return could & (~anyhow | could_fail(rule, flows, spoken=False, authority=authority, declared=True))


def could_be_a_step(rule: Rule, flows: RowTruths, truths: Callable[[str], RowTruths], *, spoken: bool) -> pl.Series:
    """Of each conversation, never null: what was not seen of it may be one of several things of which a rule objects to
    the sum, and all others were seen of its group. truths: of the rows of a table. spoken: the protocol is known.
    """
    found = flows.all(value=False)
    for measure in rule.correlate:
        if not measure.steps:
            continue
        known = _shared(rule.table) - (_OWN if spoken else _OWN | _SPOKEN)
        rows = truths(rule.table)
        group = [name for name in measure.group_by if name in known]
        steps = [selection for _, selection in measure.steps]
        for number, step in enumerate(steps):
            could = or_else(_scope(rule, known, flows) & _evaluated(step, known, flows), flows.all(value=True))
            for other in steps[:number] + steps[number + 1 :]:
                could &= _in_groups(flows.frame, rows, other, group)
            found |= could
    return found


def _in_groups(flows: pl.DataFrame, rows: RowTruths, step: Selection, group: Collection[str]) -> pl.Series:
    """Of each conversation, whether the step was seen, or perhaps, in a row of its group."""
    some = or_else(rows.holds(step), rows.all(value=True))
    if not group:
        return pl.Series([some.any()]).new_from_index(0, flows.height)
    groups = rows.frame.select(group).filter(some).unique().with_columns(_some=pl.lit(value=True))
    beside = flows.select(group).join(groups, on=[*group], how="left", maintain_order="left", nulls_equal=True)
    return beside["_some"].fill_null(value=False)


@cache
def _shared(table: str) -> frozenset[str]:
    """The columns that say the same of a row of the table and of its conversation: ``refused`` does not."""
    meanings = {c.name: c.meaning for c in FLOWS.columns}
    return frozenset(c.name for c in TABLES[table].columns if meanings.get(c.name) == c.meaning)


def _scope(rule: Rule, known: frozenset[str], flows: RowTruths) -> pl.Series:
    return _evaluated(rule.where, known, flows) if rule.where else flows.all(value=True)


def _evaluated(selection: Selection, known: frozenset[str], flows: RowTruths) -> pl.Series:
    """The selection on the columns that are known of a conversation, three-valued; the others are unknown."""
    flows.try_out(test for test in tests_of(selection) if known.issuperset(columns_of(test)))
    unknown = flows.all(value=None)
    return evaluated(selection, lambda test: flows.of(test) if known.issuperset(columns_of(test)) else unknown)
