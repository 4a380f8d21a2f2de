"""Lines of the blocks of WeOS, and lists of ports."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.configs.headers import port_names
from scanner.configs.nodes import Node
from scanner.configs.tree import Tree

ALL = "all"


def block(tree: Tree, word: str) -> tuple[Node | None, list[Node]]:
    """The last block, or the line that takes it away, and the lines of those that stand."""
    blocks = tree.all(word)
    inside: list[Node] = []
    for node in blocks:
        inside = [] if node.negated else [*inside, *node.children]
    return (blocks[-1] if blocks else None), inside


def listed_ports(words: Sequence[str]) -> frozenset[str] | None:
    """The ports of ``1-4,7``, or ``all``; None where they cannot be told."""
    text = " ".join(words).lower()
    if text == ALL:
        return frozenset((ALL,))
    return frozenset(port_names(text, "-", str.lower)) or None
