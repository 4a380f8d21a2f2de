"""Which statements are understood and say nothing that is kept.

Source: Junos OS CLI Reference. In the hierarchies that rules judge only statements that are known are set aside, so
that one that nobody knows leaves open what seems absent; whatever stands in the others cannot set any of it.
"""

from __future__ import annotations

import functools

from scanner.code_tables import rows_table
from scanner.configs.dialects.juniper_junos.configuration import SYSTEMS, JunosDevice
from scanner.configs.statements.aside import WordTable, following, is_aside, understand_all, word_table
from scanner.configs.statements.statement import TreeStatement

_ANYWHERE = ("apply-groups", "apply-groups-except", "apply-macro", "apply-flags", "traceoptions")


def set_aside(device: JunosDevice) -> None:
    """Mark them."""
    _mark(device.top, [_table()])


def _mark(top: TreeStatement, tables: list[WordTable]) -> None:
    left: list[tuple[TreeStatement, list[WordTable], int]] = [(child, tables, 0) for child in top]
    while left:
        statement, here, depth = left.pop()
        if depth == 0 and statement.word == "groups":
            continue
        if statement.word in _ANYWHERE:
            understand_all(statement)
            continue
        if depth == 0 and statement.word in ("routing-instances", *SYSTEMS):
            _scope(statement)
            continue
        below = following(here, statement.word)
        if is_aside(statement, below):
            continue
        if statement.children and statement.ends:
            _open(statement)
        left += [(child, below, depth + 1) for child in statement]


def _scope(statement: TreeStatement) -> None:
    """Routing instances and logical systems: the same statements below each name."""
    for name in statement:
        if not name.children:
            name.understand()
        own = _table()
        for word, inner in own.get(statement.word, {}).items():
            own = {**own, **inner} if word == "*" else own
        _mark(name, [own])


def _open(statement: TreeStatement) -> None:
    """A line that only opens a block; the others of the same words say nothing further."""
    for node in statement.ends:
        if node.children:
            node.understood = True


@functools.cache
def _table() -> WordTable:
    return word_table(rows_table(__package__, "aside.tsv"))
