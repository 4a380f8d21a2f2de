"""Which statements are understood and say nothing that is kept.

Source: Junos OS CLI Reference. In the hierarchies that rules judge only statements that are known are set aside, so
that one that nobody knows leaves open what seems absent; whatever stands in the others cannot set any of it.
"""

from __future__ import annotations

import functools
from typing import Any

from scanner.code_tables import rows_table
from scanner.configs.dialects.juniper_junos.configuration import SYSTEMS, JunosDevice
from scanner.configs.dialects.juniper_junos.statements import JunosStatement

_ANYWHERE = ("apply-groups", "apply-groups-except", "apply-macro", "apply-flags", "traceoptions")
_HERE = ""  # among the words of a table: a path ends
Table = dict[str, Any]


def set_aside(device: JunosDevice) -> None:
    """Mark them."""
    _mark(device.top, [_table()])


def _mark(top: JunosStatement, tables: list[Table]) -> None:
    left: list[tuple[JunosStatement, list[Table], int]] = [(child, tables, 0) for child in top]
    while left:
        statement, here, depth = left.pop()
        if depth == 0 and statement.word == "groups":
            continue
        if statement.word in _ANYWHERE:
            _all(statement)
            continue
        if depth == 0 and statement.word in ("routing-instances", *SYSTEMS):
            _scope(statement)
            continue
        below = [t[w] for t in here for w in (statement.word, "*") if w in t and w != _HERE]
        if any(_HERE in t for t in below):
            _all(statement)
            continue
        if statement.children and statement.ends:
            _open(statement)
        left += [(child, below, depth + 1) for child in statement]


def _scope(statement: JunosStatement) -> None:
    """Routing instances and logical systems: the same statements below each name."""
    for name in statement:
        if not name.children:
            name.understand()
        own = _table()
        for word, inner in own.get(statement.word, {}).items():
            own = {**own, **inner} if word == "*" else own
        _mark(name, [own])


def _open(statement: JunosStatement) -> None:
    """A line that only opens a block; the others of the same words say nothing further."""
    for node in statement.ends:
        if node.children:
            node.understood = True


def _all(statement: JunosStatement) -> None:
    for each in statement.below():
        each.understand()


@functools.cache
def _table() -> Table:
    """The words that may follow one another, from the first on."""
    found: Table = {}
    for (path,) in rows_table(__package__, "aside.tsv"):
        ends = [found]
        for word in path.split():
            ends = [here.setdefault(one, {}) for here in ends for one in word.split("|")]
        for here in ends:
            here[_HERE] = {}
    return found
