"""Which conversations could have carried what a rule looks for."""

from __future__ import annotations

from functools import cache, reduce

import polars as pl

from scanner.engine.definitions.rules import Rule
from scanner.engine.language.expressions import Tables, condition
from scanner.engine.language.modifiers import Refers
from scanner.engine.language.selections import And, Not, Or, Selection, Test, possible_words
from scanner.engine.verdict.defects import depends_on
from scanner.facts.frames import frame
from scanner.facts.schema import FLOWS, TABLES
from scanner.protocols import protocols
from scanner.protocols.base import Verb

_UNKNOWN = pl.lit(None, dtype=pl.Boolean)
_SPOKEN = {"protocol", "protocols", "industrial", "secured"}  # known once the protocol is
_OWN = {"capture", "conduit", "allowed", "first_time", "last_time", "frames", "filter", "opened_by"}  # of each row
_CARRIER = {"transport", "server_port", "established", "attempt"}  # of a tunnel itself
_VERBS = frozenset(Verb)


def carrying_protocols(rule: Rule, tables: Tables) -> frozenset[str]:
    """The protocols whose messages can be subjects of the rule that fail; an upper bound."""
    names = depends_on(rule)
    if rule.table == "operations" and rule.where is not None:
        verbs = possible_words(rule.where, "verb", _VERBS)
        names = frozenset(name for name in names if _possible_verbs(name) & verbs)
    one_of_each = {**tables, FLOWS.name: _one_of_each()}
    can = _scope(rule, _SPOKEN & {c.name for c in TABLES[rule.table].columns}, one_of_each)
    return names & frozenset(one_of_each[FLOWS.name].filter(can.fill_null(value=True))["protocol"])


def _possible_verbs(name: str) -> frozenset[str]:
    """Of a protocol's operations; any industrial one may have functions that no specification explains."""
    known = protocols()[name]
    return frozenset(known.verbs) | ({Verb.UNKNOWN_FUNCTION} if known.industrial else set())


@cache
def _one_of_each() -> pl.DataFrame:
    """A conversation of each protocol, of which nothing else is known."""
    rows = [
        {"protocol": name, "protocols": [name], "industrial": known.industrial, "secured": known.secured}
        for name, known in protocols().items()
    ]
    return frame(FLOWS, [row | {"recognised_by": "content"} for row in rows], derived=True)


def could_fail(rule: Rule, tables: Tables, *, spoken: bool, authority: bool, tunnel: bool = False) -> pl.Expr:
    """Of each row of ``flows``: false when nothing in the conversation can be a subject that fails or is for review.

    spoken: the protocol is known. authority: every input is there that can say whether subjects are allowed.
    tunnel: what is in the conversation may be carried by anything.
    """
    known = {c.name for c in TABLES[rule.table].columns} & {c.name for c in FLOWS.columns}
    known -= _OWN if spoken else _OWN | _SPOKEN
    known -= _CARRIER if tunnel else set()
    if rule.table == "flows" and spoken:
        known |= {"allowed", "conduit"}
    scope = _scope(rule, known, tables)
    worst = _evaluated(rule.fail, known, tables)
    if rule.review:
        when = _evaluated(rule.review.when, known, tables) if rule.review.when else pl.lit(value=False)
        worst = worst | when if authority else _UNKNOWN
    if rule.unknown_when:
        worst = worst | _evaluated(rule.unknown_when, known, tables)
    return (scope & worst).fill_null(value=True)


def _scope(rule: Rule, known: set[str], tables: Tables) -> pl.Expr:
    return _evaluated(rule.where, known, tables) if rule.where else pl.lit(value=True)


def _evaluated(selection: Selection, known: set[str], tables: Tables) -> pl.Expr:
    """The selection on the columns that are known of a conversation, three-valued; the others are unknown."""
    match selection:
        case Test(column, matches):
            wanted = {column, *(name for m in matches if isinstance(m, Refers) for name in m.columns)}
            return condition(selection, FLOWS.name, tables) if wanted <= known else _UNKNOWN
        case And(parts):
            return reduce(lambda a, b: a & b, (_evaluated(p, known, tables) for p in parts))
        case Or(parts):
            return reduce(lambda a, b: a | b, (_evaluated(p, known, tables) for p in parts))
        case Not(part):
            return ~_evaluated(part, known, tables)
