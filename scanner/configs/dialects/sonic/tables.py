"""The tables of a config_db.json, their entries and the values in them.

Source: SONiC YANG models and "SONiC Configuration Database Manual" (sonic-buildimage, src/sonic-yang-models). A key of
several parts has bars between them; a list may also be written as text with commas. Names of fields are taken in any
case, as the switch does.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from scanner.code_tables import rows_table
from scanner.configs.json_tree import JsonMember
from scanner.configs.nodes import Node
from scanner.configs.tree import Tree

ALL = "**"


@cache
def aside() -> dict[str, frozenset[str]]:
    """Table -> fields that are understood and say nothing that is kept; ``**``: all of them."""
    return {name: frozenset(fields.split()) for name, fields in rows_table(__package__, "aside.tsv")}


@cache
def table_names() -> frozenset[str]:
    """All tables that are known."""
    return frozenset(aside())


def is_kept(path: tuple[str, ...]) -> bool:
    """The member at this path may be kept: it stands in a table that is read."""
    return ALL not in aside().get(path[0], frozenset((ALL,)))


class TableEntry:
    """One entry of a table. key: its parts."""

    __slots__ = ("_fields", "key", "node")

    def __init__(self, member: JsonMember) -> None:
        self.key = tuple(member.key.split("|"))
        self.node = member.node
        self._fields = {field.key.lower(): field for field in member.members.values()}

    @property
    def name(self) -> str:
        """The first part of its key."""
        return self.key[0]

    def at(self, field: str) -> JsonMember | None:
        """A field of it."""
        found = self._fields.get(field.lower())
        if found is not None:
            found.node.understood = True
        return found

    def of(self, field: str, default: str = "") -> str:
        """The text of a field."""
        found = self.at(field)
        return found.text if found is not None and found.text else default

    def listed(self, field: str) -> list[str]:
        """A field that is a list, or a text with commas."""
        found = self.at(field)
        if found is None:
            return []
        return found.items or [word.strip() for word in found.text.split(",") if word.strip()]

    def line(self, *fields: str) -> Node:
        """The line of the first of these fields that is there, else that of the entry."""
        return next((found.node for field in fields if (found := self.at(field)) is not None), self.node)

    def doubt(self, field: str) -> None:
        """What the field says is not understood."""
        found = self._fields.get(field.lower())
        if found is not None:
            found.node.understood = False

    def others(self, known: frozenset[str]) -> list[str]:
        """The names of the fields that have a value and are none of these, in lower case."""
        return [name for name, field in self._fields.items() if name not in known and field.given]


class FieldValue(NamedTuple):
    """What a field says, and the line that says so."""

    text: str
    node: Node | None


class ConfigDb:
    """One configuration."""

    def __init__(self, tree: Tree, top: JsonMember) -> None:
        self.tree = tree
        self.top = top
        self.asking: set[str] = set()  # tables, by the topic that is being read

    def has(self, table: str) -> bool:
        """The table is there, perhaps empty."""
        self.asking.add(table)
        return table in self.top.members

    def entries(self, table: str) -> Iterator[TableEntry]:
        """The entries of a table, in file order."""
        self.asking.add(table)
        found = self.top.members.get(table)
        if found is None:
            return
        found.node.understood = True
        for member in found.members.values():
            member.node.understood = True
            yield TableEntry(member)

    def entry(self, table: str, *key: str) -> TableEntry | None:
        """One entry."""
        return next((e for e in self.entries(table) if e.key == key), None)

    def value_of(self, table: str, key: str, field: str) -> FieldValue:
        """A field of an entry; empty and the nearest line that there is, where it is not said."""
        entry = self.entry(table, key)
        if entry is None:
            return FieldValue("", None)
        return FieldValue(entry.of(field), entry.line(field))

    def feature(self, *names: str) -> tuple[str, Node | None]:
        """Whether one of these services runs: enabled, disabled, or empty where that is not told."""
        found = [e for e in self.entries("FEATURE") if e.name in names]
        for entry in found:
            if entry.of("state") in ("enabled", "always_enabled"):
                return "enabled", entry.line("state")
        states = {e.of("state") for e in found}
        off = bool(found) and states <= {"disabled", "always_disabled"}
        return ("disabled" if off else "", found[0].line("state") if found else None)


def set_aside(db: ConfigDb) -> None:
    """Mark as understood what says nothing that is kept."""
    for name, table in db.top.members.items():
        fields = aside().get(name)
        if fields is None:
            continue
        table.node.understood = True
        for entry in table.members.values():
            for field in (entry, *entry.members.values()):
                if ALL in fields:
                    _understand(field.node)
                elif field.key.lower() in fields and field is not entry:
                    field.node.understood = True


def _understand(node: Node) -> None:
    node.understood = True
    for child in node.children:
        _understand(child)


def table_of(node: Node) -> str:
    """The table that a line stands in; empty for a line at the top."""
    at = node
    while at.parent is not None and at.parent.parent is not None:
        at = at.parent
    return at.text.partition('"')[2].partition('"')[0] if at is not node or node.children else ""


def switch(text: str, *, default: bool) -> bool | None:
    """Whether a switch is on, in any of the words for it; None for a word that is none."""
    if not text:
        return default
    on = text.lower() in ("true", "yes", "on", "enable", "enabled")
    return on if on or text.lower() in ("false", "no", "off", "disable", "disabled") else None


def is_true(text: str) -> bool:
    """A switch is certainly on."""
    return switch(text, default=False) is True
