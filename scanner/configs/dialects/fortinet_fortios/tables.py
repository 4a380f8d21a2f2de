"""Tables of a FortiOS configuration by their paths, with the virtual domain that each is of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from scanner.configs.dialects.fortinet_fortios.blocks import name_of, words_of
from scanner.configs.nodes import Node
from scanner.configs.tree import Tree

ENABLE, DISABLE = "enable", "disable"
_VERSION = re.compile(r"#config-version=(?P<model>[\w-]+?)-v?(?P<major>\d+)\.(?P<minor>\d+)(?:\.(?P<patch>\d+))?\b")


class DomainTable(NamedTuple):
    """One block. domain: the virtual domain that it is of, where there are several; else empty."""

    domain: str
    node: Node

    def called(self, name: str) -> str:
        """A name in the domain, told apart from the same in others."""
        return f"{self.domain} {name}" if self.domain else name


class Device:
    """The tables of a configuration."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        found = _VERSION.match(tree.about.text) if tree.about else None
        self.model = found["model"] if found else ""
        self.release = (int(found["major"]), int(found["minor"])) if found else None
        self.version = ".".join(str(int(p)) for p in found.group("major", "minor", "patch") if p) if found else ""
        self.asked: set[str] = set()  # paths of tables that are read
        self.asking: set[str] = set()  # by the topic that is being read
        self._tables: dict[str, list[DomainTable]] = {}
        for domain, node in _scopes(tree.root):
            self._tables.setdefault(node.key.removeprefix("config "), []).append(DomainTable(domain, node))

    def tables(self, *paths: str) -> list[DomainTable]:
        """Every block of one of these paths."""
        self.asked.update(paths)
        self.asking.update(paths)
        return [table for path in paths for table in self._tables.get(path, ())]

    def blocks(self, *paths: str) -> Iterator[tuple[str, DomainTable]]:
        """The same with their paths, for what looks at them and leaves them as little understood as they were."""
        return ((path, table) for path in paths for table in self._tables.get(path, ()))

    def table(self, path: str) -> Node | None:
        """The block of a path that the device has once."""
        found = self.tables(path)
        return found[-1].node if found else None

    def entries(self, *paths: str) -> Iterator[tuple[DomainTable, str, Node]]:
        """The entries of these tables: table, name, entry."""
        for table in self.tables(*paths):
            for name, entry in entries(table.node):
                yield table, name, entry

    def since(self, major: int, minor: int) -> bool | None:
        """The release is this one or later; None where the file does not tell."""
        return None if self.release is None else self.release >= (major, minor)


def _scopes(root: Node) -> Iterator[tuple[str, Node]]:
    """Every table with its virtual domain, which is named only where there are several."""
    domains = [e for n in root.children if n.key == "config vdom" for e in n.children if e.children]
    for node in root.children:
        if node.key == "config global":
            yield from (("", inner) for inner in node.children)
        elif node.key == "config vdom":
            for edit in node.children:
                name = name_of(edit) if len(domains) > 1 else ""
                yield from ((name, inner) for inner in edit.children)
        else:
            yield "", node


def entries(block: Node | None) -> Iterator[tuple[str, Node]]:
    """The entries of a table with their names."""
    for node in block.children if block else ():
        if node.key.startswith("edit "):
            node.understood = True
            yield name_of(node), node


def inner(block: Node | None, path: str) -> Node | None:
    """A table in an entry or a table."""
    return next((n for n in block.children if n.key == f"config {path}"), None) if block else None


def setting(block: Node | None, key: str) -> Node | None:
    """The line that sets a key; None where nothing does or it is unset."""
    found = None
    for node in block.children if block else ():
        if node.key == key or node.key.startswith(key + " "):
            node.understood = True
            found = None if node.negated else node
    return found


def values(block: Node | None, key: str) -> list[str]:
    """All values of a key: what is set, with what is appended and without what is taken out."""
    setting(block, key)
    return given(block, key)


def given(block: Node | None, key: str) -> list[str]:
    """The same, and nothing is understood thereby."""
    kept: list[str] = []
    for node in block.children if block else ():
        if node.key != key and not node.key.startswith(key + " "):
            continue
        words = words_of(node.text)
        verb, given = words[0].lower(), words[2:]
        if node.negated or verb == "clear":
            kept = []
        elif verb == "append":
            kept += given
        elif verb == "unselect":
            kept = [value for value in kept if value not in given]
        else:
            kept = given
    return kept


def value(block: Node | None, key: str, default: str = "") -> str:
    """The first value of a key, the default where nothing sets it."""
    found = values(block, key)
    return found[0] if found else default


def is_on(block: Node | None, key: str = "status", default: str = DISABLE) -> bool:
    """The key is set to enable."""
    return value(block, key, default) == ENABLE
