"""What an ASA translates: sources between two interfaces, and destinations behind mapped addresses.

Source: Cisco ASA Series Firewall CLI Configuration Guide, "Network Address Translation" (8.3 and later; before that
``nat``, ``global`` and ``static`` had another meaning, and nothing is told).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.addresses import Network
from scanner.configs.acl_objects import between
from scanner.configs.dialects.cisco_asa.objects import NamedObjects
from scanner.configs.forwarding import DoubtKind, Redirection, SourceTranslation
from scanner.configs.forwarding_lines import ANYWHERE, TRANSLATED, Lines
from scanner.configs.nodes import Node
from scanner.configs.tree import Tree

_BETWEEN = re.compile(r"\(\s*(?P<real>[^,\s]+)\s*,\s*(?P<mapped>[^)\s]+)\s*\)")


def translated(
    tree: Tree, objects: NamedObjects, lines: Lines, known: set[str]
) -> Iterator[SourceTranslation | Redirection]:
    """Everything that is. known: the names of interfaces."""
    for block, words in tree.given("object network"):
        for node in (n for n in block.children if n.is_("nat") and not n.negated):
            yield from _rule(node, objects, lines, known, (words or [""])[0])
    for node in tree.all("nat"):
        if not node.negated and node.parent in (None, tree.root):
            yield from _rule(node, objects, lines, known, "")
    for command in ("static", "global", "alias"):
        for node in tree.all(command):
            if not node.negated:
                doubt = lines.doubt(DoubtKind.REWRITES, TRANSLATED, node)
                yield SourceTranslation(doubt)
                yield Redirection(doubt, ANYWHERE, ANYWHERE)


def _rule(
    node: Node, objects: NamedObjects, lines: Lines, known: set[str], named: str
) -> Iterator[SourceTranslation | Redirection]:
    """One rule. named: the object that it is of."""
    doubt = lines.doubt(DoubtKind.REWRITES, TRANSLATED, node)
    ends = _BETWEEN.search(node.text)
    words = node.text[ends.end() :].split() if ends else []
    words = [w for w in words if w.lower() not in ("after-auto", "source", "inactive")]
    if "inactive" in node.key.split():
        return
    if words and words[0].isdecimal():  # its place in the order
        words = words[1:]
    words = words[2:] if words[:1] == ["line"] else words
    if ends is None or len(words) < 2:
        yield SourceTranslation(doubt)
        yield Redirection(doubt, ANYWHERE, ANYWHERE)
        return
    real, mapped = (_interfaces(ends[side], known) for side in ("real", "mapped"))
    source, target = (named, words[1]) if named else (words[1], (words[2:3] or [""])[0])
    rest = [w.lower() for w in words]
    if source == target and "destination" not in rest:
        return  # it stays what it is
    if source != target:
        yield SourceTranslation(doubt, real, mapped)
        if words[0].lower() == "static":
            asked = () if target == "interface" else _networks(target, objects)
            yield Redirection(doubt, asked, _networks(source, objects), mapped)
            yield SourceTranslation(doubt, mapped, real)
    if "destination" in rest:
        at = rest.index("destination")
        there = words[at + 2 : at + 4]
        if len(there) == 2 and there[0] != there[1]:
            yield Redirection(doubt, _networks(there[0], objects), _networks(there[1], objects), real)
            yield SourceTranslation(doubt, mapped, real)


def _interfaces(name: str, known: set[str]) -> frozenset[str]:
    """The interface of that name; any otherwise."""
    return frozenset(k for k in known if k.lower() == name.lower())


def _networks(name: str, objects: NamedObjects) -> tuple[Network, ...]:
    """What an object or an address means; anything where that is not told."""
    if name.lower() == "any":
        return ANYWHERE
    alone = between(objects.address(name), objects.address(name))
    if alone is not None:
        return tuple(alone)
    for kind in ("object", "object-group"):
        told = objects.networks(name, kind=kind)
        if told is not None:
            return tuple(told)
    return ANYWHERE
