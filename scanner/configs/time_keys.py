"""Keys of time servers: what a server proves with a key counts where the device trusts that key."""

from __future__ import annotations

import re
from collections.abc import Collection

from scanner.configs.nodes import Node
from scanner.configs.settings import NO, UNKNOWN, YES
from scanner.configs.tree import Tree

_SPAN = re.compile(r"(\d+)(?:\s*-\s*(\d+))?")
_LIST = re.compile(r"\d+(?:\s*[-,\s]\s*\d+)*")


def key_of(tree: Tree, node: Node, words: Collection[str], *trusts: str) -> str:
    """Whether the line of a time server names a key; it is not told of one that the device trusts by no line.

    words: those that a key stands behind. trusts: the commands that name the keys which are trusted.
    """
    said = node.key.split()
    at = next((place for place, word in enumerate(said) if word in words), None)
    if at is None:
        return NO
    key = said[at + 1] if at + 1 < len(said) else ""
    lists = [" ".join(after) for _, after in tree.given(*trusts)]
    told = key.isdecimal() and all(_LIST.fullmatch(text) for text in lists)
    trusted = any(_holds(text, int(key)) for text in lists) if told else bool(lists)
    return YES if trusted else UNKNOWN


def _holds(text: str, key: int) -> bool:
    """The key is one of a list such as ``1-3, 7``."""
    spans = ((int(first), int(last or first)) for first, last in _SPAN.findall(text))
    return any(first <= key <= last for first, last in spans)
