"""Columns of other tables that a rule reaches over relations: ``server.zone.sl_t``, ``client.inventory.criticality``.

A path is the names of relations, each from the table that the one before led to, and a column of the last. Without a
column it says whether there is such a row. Where two relations begin alike the longer one is meant.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, replace

from scanner.engine.language.suggestions import expected
from scanner.errors import WrongText
from scanner.facts.schema import RELATIONS, TABLES, Column, Relation, Table
from scanner.wording import said

_MOST_STEPS = 4


class PathError(WrongText):
    """There is no such column; ``remedy`` says which is like it."""


@dataclass(frozen=True)
class Reached:
    """Where a path leads. column: empty where only the row is meant."""

    steps: tuple[Relation, ...]
    table: str
    column: str = ""


@functools.cache
def relations_of(table: str) -> dict[str, Relation]:
    """The relations that begin at the table, by name."""
    return {relation.name: relation for relation in RELATIONS if table in relation.tables}


def find_column(table: Table, name: str) -> Column:
    """A column of the table, or one that a path leads to, under the path's name. PathError when there is none."""
    own = {c.name: c for c in table.columns}
    if name in own:
        return own[name]
    end = reach(table, name)
    if any(step.many for step in end.steps):
        raise PathError(
            said("'{path}' leads to many rows", path=name),
            said("count or list them under 'with': {form}", form=f"{{name: {{rows: {_first_many(end)}}}}}"),
        )
    if not end.column:
        return Column(name, "bool", "there is such a row", derived=True)
    return replace(TABLES[end.table].column(end.column), name=name, derived=True)


def reach(table: Table, path: str) -> Reached:
    """Where the path leads from the table. PathError when it leads nowhere."""
    steps: list[Relation] = []
    at, rest = table.name, path
    while rest:
        relation = _next(at, rest)
        if relation is None:
            break
        steps.append(relation)
        at, rest = relation.to, rest[len(relation.name) + 1 :]
    if len(steps) > _MOST_STEPS:
        raise PathError(said("'{path}' is too long", path=path), said("at most {most} steps", most=_MOST_STEPS))
    columns = [c.name for c in TABLES[at].columns] if steps else [c.name for c in table.columns]
    if not path or path.endswith(".") or (rest and (not steps or rest not in columns)):
        begun = path[: len(path) - len(rest)]
        known = [begun + name for name in (*columns, *relations_of(at))]
        name = TABLES[at].name if steps else table.name
        raise PathError(
            said("table {table} has no column '{name}'", table=name, name=rest),
            expected(path, known),
        )
    return Reached(tuple(steps), at, rest)


def _next(table: str, rest: str) -> Relation | None:
    """The longest relation that the path goes on with. What is a column there as well ends the path as that."""
    known = relations_of(table)
    fit = [name for name in known if rest == name or rest.startswith(f"{name}.")]
    if rest in fit and any(c.name == rest for c in TABLES[table].columns):
        return None
    return known[max(fit, key=len)] if fit else None


def _first_many(end: Reached) -> str:
    names: list[str] = []
    for step in end.steps:
        names.append(step.name)
        if step.many:
            break
    return ".".join(names)


@functools.cache
def origin(table: str, name: str) -> tuple[str, str]:
    """The table and column that a name of a rule on the table means."""
    if table not in TABLES or any(c.name == name for c in TABLES[table].columns):
        return table, name
    if _next(table, name) is None:  # what a rule counts is no column of any table
        return table, name
    try:
        end = reach(TABLES[table], name)
    except PathError:
        return table, name
    return end.table, end.column


def is_path(table: str, name: str) -> bool:
    """The name is no column of the table and leads somewhere else."""
    return origin(table, name) != (table, name)


def tables_of(table: str, name: str) -> Iterator[str]:
    """Every table that the path leads through."""
    if is_path(table, name):
        yield from (step.to for step in reach(TABLES[table], name).steps)
