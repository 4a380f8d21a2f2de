"""What a configuration defines in one place and uses by its name in another, but for access lists: route maps, classes
and policies of traffic, lists of prefixes, lists of methods, groups of servers and objects, chains of keys.

A name that is used and not defined, and a structure whose name stands nowhere else. A dialect says by its commands
which lines define a kind and which use it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from scanner.configs.acls import places
from scanner.configs.nodes import Node, walk
from scanner.configs.settings import ABSENT, NO, YES, Sheet
from scanner.configs.tree import Tree

MAX_USES = 100_000  # of structures in one configuration that are looked at
UNTOLD = "unknown"
MENTIONED = "mentioned"


@dataclass(frozen=True)
class StructureUse:
    """Lines that use a structure.

    word: stands in each of them. names: pattern before a name, or several behind one another, which group 1 holds.
    inside: how the block begins that the line is in, of which group 0 is looked for in its first line; anywhere else
    the line is something else. line: how the line begins.
    """

    word: str
    names: str
    line: str = ""
    inside: str = ""


@dataclass(frozen=True)
class StructureKind:
    """A kind of structure.

    defined: lines that define one: the group ``name`` is what it is called. Other words of such a line may be the name
    after all, so that none of them is said not to be defined. inside: the block that they are in; none: whichever.
    built_in: names that the system has by itself.
    """

    name: str
    word: str
    defined: str
    uses: tuple[StructureUse, ...]
    inside: str = ""
    acts: str = ""
    built_in: str = ""


@dataclass
class _Found:
    defined: dict[str, Node] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)  # of lines that define one
    lines: Counter[str] = field(default_factory=Counter)  # how many define it
    used: dict[str, list[Node]] = field(default_factory=dict)


Topic = Callable[[Tree, Sheet], None]


def structures(kinds: Sequence[StructureKind]) -> Topic:
    """The topic of a dialect that puts the rows of these kinds."""
    return _Reader(kinds).topic


class _Using(NamedTuple):
    kind: StructureKind
    use: StructureUse
    line: re.Pattern[str]
    inside: re.Pattern[str]
    names: re.Pattern[str]


class _Reader:
    """The kinds of a dialect, their patterns made once."""

    def __init__(self, kinds: Sequence[StructureKind]) -> None:
        self.kinds = kinds
        self.defining = [(kind, _pattern(kind.defined), _pattern(kind.inside)) for kind in kinds]
        self.using: list[_Using] = [
            _Using(kind, use, _pattern(use.line), _pattern(use.inside), _pattern(use.names))
            for kind in kinds
            for use in kind.uses
        ]
        self.own = {kind.name: _pattern(kind.built_in or r"(?!)") for kind in kinds}

    def topic(self, tree: Tree, sheet: Sheet) -> None:
        """What is defined and what is used, and the rows that follow from it."""
        found = {kind.name: _Found() for kind in self.kinds}
        left = MAX_USES
        for node in walk(tree.root):
            if node is tree.root or node.negated:
                continue
            text = " ".join(node.text.split())
            self._definitions(node, text, found)
            for kind, name in (*self._uses(node, text), *self._acting(node)) if left > 0 else ():
                left -= 1
                if not self.own[kind].fullmatch(name):
                    found[kind].used.setdefault(name, []).append(node)
        _rows(tree, sheet, found, self.own, complete=left > 0)

    def _definitions(self, node: Node, text: str, found: dict[str, _Found]) -> None:
        for kind, pattern, inside in self.defining:
            if kind.word in node.key and _is_in(node, inside) and (match := pattern.match(text)):
                here = found[kind.name]
                here.defined.setdefault(match["name"], node)
                here.words.update(text.split())
                here.lines[match["name"]] += 1

    def _uses(self, node: Node, text: str) -> Iterator[tuple[str, str]]:
        for kind, use, line, inside, names in self.using:
            if use.word in node.key and line.match(text) and _is_in(node, inside):
                yield from ((kind.name, name) for match in names.finditer(text) for name in match[1].split())

    def _acting(self, node: Node) -> Iterator[tuple[str, str]]:
        """A line that puts to use the structure in whose block it is."""
        block = node.parent
        for kind, pattern, _ in self.defining if block and block.parent else ():
            if kind.acts and node.key.startswith(kind.acts) and (match := pattern.match(block.text if block else "")):
                yield kind.name, match["name"]


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


def _is_in(node: Node, inside: re.Pattern[str]) -> bool:
    """The line stands in such a block; anywhere where none is asked for, since some files have lost their blocks."""
    parent = node.parent
    if not inside.pattern:
        return True
    return parent is not None and parent.parent is not None and inside.match(parent.text) is not None


def _rows(
    tree: Tree, sheet: Sheet, found: dict[str, _Found], own: dict[str, re.Pattern[str]], *, complete: bool
) -> None:
    """complete: all uses were looked at."""
    words: Counter[str] | None = None
    for kind, one in found.items():
        other_case = {word.lower() for word in one.words}
        for name, nodes in one.used.items():
            known = tree.complete and name.lower() not in other_case
            told = YES if name in one.words else NO if known else UNTOLD
            put_defined(sheet, f"{kind} {name}", told, nodes)
        for name, node in one.defined.items():
            if own[kind].fullmatch(name):
                continue
            where = [_place(at) for at in one.used.get(name, [])]
            if not where and words is None:
                words = Counter(word for at in walk(tree.root) if not at.negated for word in set(at.text.split()))
            mentioned = words is not None and (not complete or words[name] > one.lines[name])
            put_used(sheet, f"{kind} {name}", where, node, mentioned=mentioned)


def _place(node: Node) -> str:
    return " / ".join((*node.path, node.text))


def put_defined(sheet: Sheet, item: str, told: str, uses: Sequence[Node]) -> None:
    """Whether there is what these lines use by its name."""
    _put(sheet, item, "defined", told, uses)


def put_used(sheet: Sheet, item: str, where: list[str], at: Node, *, mentioned: bool) -> None:
    """Where a structure is used that a line defines. mentioned: its name stands elsewhere, too."""
    _put(sheet, item, "used", places(where) or (MENTIONED if mentioned else ABSENT), [at])


def _put(sheet: Sheet, item: str, setting: str, value: str, nodes: Sequence[Node]) -> None:
    """A row that leaves the line as much understood as it was: what the structure says has nobody read."""
    understood = nodes[0].understood
    sheet.put("structure", item, setting, value, nodes[0], number=len(nodes), present=value != ABSENT)
    nodes[0].understood = understood
