"""How dialects of commands and blocks are read: a tree, topic by topic onto a sheet, then the access lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scanner.configs import acls
from scanner.configs.forwarding import Router
from scanner.configs.grammar import Grammar
from scanner.configs.open_guards import Guards, tell_open_guards
from scanner.configs.secrets import Mask
from scanner.configs.settings import Configuration, Sheet
from scanner.configs.source_lists import tell_checked_sources
from scanner.configs.tree import Tree, parse

Actions = Sequence[tuple[str, str]]  # how uses of a list begin, and what becomes there of what no entry matches


@dataclass(frozen=True)
class CommandReader:
    """What a dialect reads its configurations with.

    topics: each puts what it is about onto the sheet. actions: what becomes of packets that no entry of a list matches;
    some devices are told. version: the release, from the line that the grammar knows. forwarding: how the device
    forwards, where the dialect can tell. guards: how lists guard logins and services; None: no list does. without: how
    commands begin that the device does not take, whatever stands there.
    """

    name: str
    grammar: Grammar
    topics: Sequence[Callable[[Tree, Sheet], None]]
    read_access_lists: Callable[[Tree], acls.Acls]
    bind_access_lists: Callable[[Tree, acls.Acls], None]
    actions: Callable[[Tree], Actions] = lambda _: [("", "deny")]
    version: Callable[[Tree], str] = lambda _: ""
    forwarding: Callable[[Tree], Router | None] | None = None
    guards: Guards | None = None
    without: Callable[[Tree], Sequence[str]] = lambda _: ()

    def read(self, data: bytes, name: str, mask: Mask) -> Configuration:
        """The settings of a configuration; InputError when it is no text or empty."""
        tree = parse(data, name, self.grammar, mask)
        tree.leave_out(self.without(tree))
        sheet = Sheet(tree, self.name)
        sheet.version = self.version(tree)
        lists = self.read_access_lists(tree)
        for topic in self.topics:
            topic(tree, sheet)
        self.bind_access_lists(tree, lists)
        actions = tuple(self.actions(tree))
        acls.rows(sheet, lists, actions)
        tell_checked_sources(sheet, lists, actions)
        if self.guards:
            tell_open_guards(sheet, lists, self.guards)
        return sheet.configuration(self.forwarding)
