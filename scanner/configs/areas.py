"""What a line that is not understood may be about, where its place tells: settings of the categories that rest on it.

The parts of a configuration are what a dialect asks for by name: tables, groups of objects. Each topic is noted with
the parts that it asks for; a line in one of these may set whatever the topic tells, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Protocol, TypeVar

from scanner.configs.nodes import Node
from scanner.configs.settings import Sheet


class Askable(Protocol):
    """A configuration that notes the names of the parts that it is asked for."""

    asking: set[str]


A = TypeVar("A", bound=Askable)
Topic = tuple[Callable[[A, Sheet], None], Collection[str]]  # and the categories of settings that it tells


def read_topics(topics: Iterable[Topic[A]], asked: A, sheet: Sheet) -> Mapping[str, frozenset[str]]:
    """Carry out the topics; part -> the categories of settings that rest on it."""
    found: dict[str, frozenset[str]] = {}
    for topic, categories in topics:
        asked.asking = set()
        topic(asked, sheet)
        for part in asked.asking:
            found[part] = found.get(part, frozenset()).union(categories)
    return found


def top_of(node: Node, *scopes: str) -> Node:
    """The outermost block around a node that is no scope: a block whose command begins so."""
    found, inner = node, node
    while inner.parent is not None and inner.parent.parent is not None:
        inner = inner.parent
        if not inner.key.startswith(scopes):
            found = inner
    return found
