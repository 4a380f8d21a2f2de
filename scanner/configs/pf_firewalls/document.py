"""The elements of a config.xml by their paths, and what is meant by one that stands there without text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.configs.nodes import Node
from scanner.configs.tree import Tree
from scanner.configs.xml_tree import XmlElement

_DIVIDED = ("system", "OPNsense")  # sections whose parts are told apart


@dataclass(frozen=True)
class FirewallKind:
    """What only one of the systems means. name: the dialect, and the outermost element.

    empty_is_on: a switch is on when its element stands there, with text or without (pfSense); else only with text that
    is not 0, and without text it is not told.
    """

    name: str
    empty_is_on: bool

    @property
    def is_opnsense(self) -> bool:
        """It is OPNsense."""
        return not self.empty_is_on


class FirewallFile:
    """One configuration."""

    def __init__(self, tree: Tree, root: XmlElement, kind: FirewallKind) -> None:
        self.tree = tree
        self.root = root
        self.kind = kind
        self.asking: set[str] = set()  # parts, by the topic that is being read

    def every(self, path: str) -> list[XmlElement]:
        """The elements at a path: ``system/user``; ``*`` stands for any name."""
        names = path.split("/")
        self.asking.add(names[0])
        if names[0] in _DIVIDED:
            self.asking.add("/".join(names[:2]))
        found = [self.root]
        for name in names:
            found = [c for element in found for c in element.children if name in ("*", c.tag)]
        for element in found:
            element.node.understood = True
        return found

    def at(self, path: str) -> XmlElement | None:
        """The element at a path; the last where there are several."""
        found = self.every(path)
        return found[-1] if found else None

    def text(self, path: str, default: str = "") -> str:
        """The text of the element at a path."""
        element = self.at(path)
        return element.text if element is not None and element.text else default

    def switch(self, parent: XmlElement | None, tag: str) -> bool | None:
        """Whether a switch in the element is on; None where that is not told."""
        element = child(parent, tag)
        if element is None:
            return False
        if self.kind.empty_is_on:
            return True
        return element.text != "0" if element.given else None


def child(parent: XmlElement | None, tag: str) -> XmlElement | None:
    """The element of that name in another; the last where there are several."""
    found = None
    for element in parent.all(tag) if parent is not None else ():
        element.node.understood = True
        found = element
    return found


def children(parent: XmlElement | None, tag: str) -> Iterator[XmlElement]:
    """All of that name."""
    for element in parent.all(tag) if parent is not None else ():
        element.node.understood = True
        yield element


def value(parent: XmlElement | None, tag: str, default: str = "") -> str:
    """The text of the element of that name in another."""
    element = child(parent, tag)
    return element.text if element is not None and element.text else default


def node_of(element: XmlElement | None, *others: XmlElement | None) -> Node | None:
    """The line of the first element that there is."""
    return next((e.node for e in (element, *others) if e is not None), None)


def part_of(node: Node) -> str:
    """The part of the file that a line stands in."""
    path: list[Node] = []
    at: Node | None = node
    while at is not None and at.parent is not None:
        path.append(at)
        at = at.parent
    tags = [n.text.partition(">")[0].strip("<>/").split(" ", 1)[0] for n in path[::-1]][1:]
    if not tags:
        return ""
    if tags[0] in _DIVIDED and (len(tags) > 2 or (len(tags) == 2 and node.children)):
        return "/".join(tags[:2])
    return tags[0]
