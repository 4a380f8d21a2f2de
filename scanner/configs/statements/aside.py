"""Words that may follow one another in statements that are understood and say nothing that is kept.

They come from a file ``aside.tsv`` beside a dialect, a path to a line; ``a|b`` is either word, ``*`` is any.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scanner.configs.statements.statement import TreeStatement

_ENDS = ""  # among the words that may follow: a path ends here
WordTable = dict[str, Any]  # a word -> the table of those that may follow


def word_table(rows: Iterable[tuple[str, ...]]) -> WordTable:
    """The table of a dialect, from the first words on."""
    found: WordTable = {}
    for (path,) in rows:
        ends = [found]
        for word in path.split():
            ends = [here.setdefault(one, {}) for here in ends for one in word.split("|")]
        for here in ends:
            here[_ENDS] = {}
    return found


def following(tables: list[WordTable], word: str) -> list[WordTable]:
    """Where a word leads from these."""
    return [table[w] for table in tables for w in (word, "*") if w in table and w != _ENDS]


def is_aside(statement: TreeStatement, tables: list[WordTable]) -> bool:
    """A path ends at one of the tables that led here: then the statement is understood, with everything below it."""
    if not any(_ENDS in table for table in tables):
        return False
    understand_all(statement)
    return True


def understand_all(statement: TreeStatement) -> None:
    """Somebody knows all of it."""
    for each in statement.below():
        each.understand()
