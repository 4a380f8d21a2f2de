"""Words of commands, names without quotation marks, and commands about several ports at once."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.configs.nodes import Node
from scanner.configs.settings import whole
from scanner.configs.tree import Tree

_PARTS = re.compile(r'"[^"]*"?|\S+')


def plain(word: str) -> str:
    """Without its quotation marks."""
    return word.strip().strip('"').strip()


def words_of(node: Node, command: str) -> list[str]:
    """What stands behind the command; what is in quotation marks is one word, without them."""
    words = _PARTS.findall(node.text)
    return [plain(word) for word in words[len(command.split()) + node.negated :]]


def text_of(node: Node | None, command: str) -> str:
    """The same as one text; nothing without the command, or where it is taken back."""
    return " ".join(words_of(node, command)) if node is not None and not node.negated else ""


def given(nodes: list[Node], command: str) -> Iterator[tuple[Node, list[str]]]:
    """Each of the nodes that begins with the command and is not negated, and the words behind it."""
    return ((n, words_of(n, command)) for n in nodes if n.is_(command) and not n.negated)


def vlan_blocks(tree: Tree) -> Iterator[tuple[str, Node]]:
    """The blocks of VLANs, each with its number: ``vlan 10``, ``interface vlan 10``."""
    for command in ("vlan", "interface vlan"):
        for block, words in given(tree.all(command), command):
            if words and whole(words[0]):
                yield words[0], block
