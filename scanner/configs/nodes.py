"""Commands of a configuration and the blocks that they open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from scanner.configs.secrets import Secret


@dataclass(slots=True)
class Node:
    """One command, with the block it opens. ``key`` is the command in lower case without its negation."""

    line: int
    end: int  # last line of its block, or of its banner or certificate
    text: str  # as written, without indentation, secrets masked
    key: str
    negated: bool = False
    secrets: tuple[Secret, ...] = ()
    parent: Node | None = field(default=None, repr=False)
    children: list[Node] = field(default_factory=list, repr=False)
    understood: bool = False  # somebody asked for this command, or took a setting from the line

    def is_(self, command: str) -> bool:
        """The command is ``command`` or begins with it as whole words (``ip http`` of ``ip http server``)."""
        if not self.key.startswith(command) or (len(self.key) > len(command) and self.key[len(command)] != " "):
            return False
        if " " in command or len(self.key) == len(command) or self.children:
            self.understood = True  # a first word alone is shared by commands that nobody knows
        return True

    def after(self, command: str) -> list[str]:
        """The words after ``command``, in their own case."""
        return self.text.split()[len(command.split()) + self.negated :]

    @property
    def path(self) -> tuple[str, ...]:
        """The texts of the blocks it is in, outermost first; empty at the top."""
        path: list[str] = []
        node = self.parent
        while node is not None and node.parent is not None:
            path.append(node.text)
            node = node.parent
        return tuple(reversed(path))


def every(nodes: list[Node], command: str) -> list[Node]:
    """The nodes whose command begins with these words, negated ones too."""
    return [n for n in nodes if n.is_(command)]


def given(nodes: list[Node], command: str) -> Iterator[tuple[Node, list[str]]]:
    """The nodes whose command begins with these words and is not negated, each with the words behind."""
    return ((n, n.after(command)) for n in every(nodes, command) if not n.negated)


def last(nodes: list[Node], *commands: str) -> Node | None:
    """The last node that begins with one of these commands, negated or not: the later line wins on a device."""
    for node in reversed(nodes):
        for command in commands:
            if node.is_(command):
                return node
    return None


def is_on(node: Node | None) -> bool:
    """The command stands there and is not negated."""
    return node is not None and not node.negated


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, in file order."""
    yield node
    for child in node.children:
        yield from walk(child)
