"""``with``: what a rule counts or lists of the rows that belong to each of its subjects.

Each entry adds a column to the subjects. Unlike measures (``correlate``), which look at the subjects together, it looks
at rows of another table that a relation leads to: the settings of the server, the sessions of the conversation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from scanner.engine.language.checked_yaml import Collector
from scanner.engine.language.paths import PathError, Reached, reach, relations_of
from scanner.engine.language.selections import Selection, read_selection
from scanner.engine.language.suggestions import expected
from scanner.facts.schema import TABLES, Column, Table
from scanner.wording import said
from scanner.yaml_positions import Path

KEY = "with"
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_LISTED = ("str", "int", "list[str]", "list[int]")


@dataclass(frozen=True)
class Gathering:
    """One column that a rule adds to its subjects: how many rows there are, or what stands in a column of theirs.

    path: to the rows. where: which of them, None: all. listed: the column; empty: they are counted.
    """

    name: str
    path: str
    end: Reached
    where: Selection | None = None
    listed: str = ""

    @property
    def column(self) -> Column:
        """It, as a column of the rule's table."""
        if not self.listed:
            return Column(self.name, "int", "rows", derived=True)
        listed = TABLES[self.end.table].column(self.listed)
        kind = listed.type if listed.type.startswith("list") else f"list[{listed.type}]"
        return Column(self.name, kind, listed.meaning, derived=True, said=listed.said)


def with_gathered(table: Table, gatherings: tuple[Gathering, ...]) -> Table:
    """The table with the columns that the gatherings add."""
    if not gatherings:
        return table
    columns = (*table.columns, *(g.column for g in gatherings))
    return Table(table.name, table.meaning, table.needs, columns, derived=table.derived)


def read_gatherings(notes: Collector, table: Table) -> tuple[Gathering, ...]:
    """The entries under ``with``. Every mistake is noted, and what is wrong is left out."""
    given = notes.mapping((KEY,))
    if not given:
        form = "'name: {rows: relation, where: {column: value}}'"
        notes.note((KEY,), said("with: nothing is counted"), said("expected {form}", form=form))
    found = (_gathering(notes, table, name) for name in given)
    return tuple(g for g in found if g is not None)


def _gathering(notes: Collector, table: Table, name: str) -> Gathering | None:
    path: Path = (KEY, name)
    before = len(notes.problems)
    taken = name in {c.name for c in table.columns} | relations_of(table.name).keys()
    if taken or not _NAME.fullmatch(name):
        what = said("is not a valid name for a column")
        if taken:
            what = said("is a column or a relation of the table already")
        notes.note(
            path,
            said("'{name}' {what}", name=name, what=what),
            said("expected lower-case words joined by underscores"),
            key=True,
        )
    notes.mapping(path, ("rows", "where", "list"), ("rows",))
    rows = notes.text((*path, "rows"))
    end = _end(notes, table, (*path, "rows"), rows) if rows else None
    if end is None:
        return None
    there = TABLES[end.table]
    at: Path = (*path, "where")
    where = read_selection(notes.value(at), at, there, notes) if notes.has(at) else None
    fit = [c.name for c in there.columns if c.type in _LISTED]
    listed = notes.word((*path, "list"), fit) if notes.has((*path, "list")) else ""
    return Gathering(name, rows, end, where, listed) if len(notes.problems) == before else None


def _end(notes: Collector, table: Table, path: Path, rows: str) -> Reached | None:
    try:
        end = reach(table, rows)
    except PathError as error:
        notes.note(path, error.what, expected(rows, relations_of(table.name)))
        return None
    if end.column or not end.steps:
        remedy = expected(rows, relations_of(table.name))
        notes.note(path, said("'{path}' is a column, not a relation", path=rows), remedy)
        return None
    if any(step.many for step in end.steps[:-1]):
        notes.note(path, said("'{path}' leads to many rows of many rows", path=rows), said("leave out a step"))
        return None
    return end
