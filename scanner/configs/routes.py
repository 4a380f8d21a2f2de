"""What dialects say of routing in the same words."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple

from scanner.configs.nodes import Node, every
from scanner.configs.settings import ABSENT, CLOSED, UNKNOWN, Sheet

_ASKS = re.compile(r"authentication|password|\bkey-?chain\b")
PLAIN, KEYED = "plain", "keyed"  # the key travels in clear; a digest proves it


def put_authentication(sheet: Sheet, item: str, found: Collection[str], node: Node, *, whole: bool = False) -> None:
    """What the speakers of a protocol ask of their neighbours.

    found: plain or keyed, of the places where something is asked. whole: all speakers are among them; else that cannot
    be told.
    """
    if not found:
        sheet.missing("routing", item, "authentication", ABSENT, node)
    elif PLAIN in found:
        sheet.put("routing", item, "authentication", PLAIN, node)
    else:
        sheet.put("routing", item, "authentication", KEYED if whole else UNKNOWN, node)


def put_silent(sheet: Sheet, item: str, node: Node) -> None:
    """The protocol speaks on no interface."""
    sheet.put("routing", item, "authentication", CLOSED, node)


def kept(words: Iterable[str], *, plain: str) -> str:
    """How a key is used, by a word that only plain ones have."""
    return PLAIN if plain in words else KEYED


class Asked(NamedTuple):
    """What lines of interfaces ask of neighbours."""

    kinds: frozenset[str]  # plain, keyed
    lines: int
    nothing: bool  # some of them say that nothing is asked


def asked_by(interfaces: Iterable[Node], command: str, kind: Callable[[Node], str]) -> Asked:
    """The lines with the command; kind gives plain or keyed, or nothing."""
    found = [kind(n) for b in interfaces for n in every(b.children, command) if not n.negated]
    return Asked(frozenset(found) - {""}, len(found), "" in found)


def is_silent(block: Node, command: str, everything: str) -> bool:
    """The protocol speaks on no interface: the command silences everything, and nothing takes that back."""
    nodes = every(block.children, command)
    return any(n.key == f"{command} {everything}" and not n.negated for n in nodes) and not any(
        n.negated for n in nodes
    )


def put_isis(sheet: Sheet, blocks: Iterable[Node], interfaces: Collection[Node], speaks: tuple[str, ...]) -> None:
    """IS-IS: nothing asks for a key, or it is not told of what the keys are. speaks: lines of an interface in it."""
    own = [n for b in interfaces for n in b.children if not n.negated]
    if not any(n.is_(command) for n in own for command in speaks):
        return
    asked = next((n for n in own if n.is_("isis") and _ASKS.search(n.key)), None)
    for block in blocks:
        if not block.negated:
            found = asked or next((n for n in block.children if not n.negated and _ASKS.search(n.key)), None)
            told = UNKNOWN if found else ABSENT
            item = " ".join(block.text.split()[-2:])
            sheet.put("routing", item, "authentication", told, found or block, present=False)


class Neighbour(NamedTuple):
    """A neighbour of BGP, and the first line that names it."""

    address: str
    own: set[str]  # what is set of it alone, by first words
    whole: set[str]  # with what is set of its group
    node: Node


def neighbours(block: Node, command: str, group: str) -> Iterator[Neighbour]:
    """Those that are named by an address, in the block or in one of an address family in it.

    group: the word by which a neighbour joins a group.
    """
    nodes = (*block.children, *(inner for family in block.children for inner in family.children))
    own: dict[str, set[str]] = {}
    joined: dict[str, str] = {}
    first: dict[str, Node] = {}
    for node in nodes:
        words = node.key.split()
        if len(words) > 3 and words[2].isdecimal():  # whoever is in a network, by its length
            del words[2]
        if not node.is_(command) or node.negated or len(words) < 3:
            continue
        own.setdefault(words[1], set()).add(words[2])
        first.setdefault(words[1], node)
        if words[2] == group and len(words) > 3:
            joined[words[1]] = words[3]
        elif words[2:4] == group.split("-") and len(words) > 4:  # peer group, in newer releases of EOS
            joined[words[1]] = words[4]
    for name, told in own.items():
        if name[0].isdigit() or ":" in name or "listen-net" in told:
            yield Neighbour(name, told, told | own.get(joined.get(name, ""), set()), first[name])
    for node in nodes:
        words = node.after("bgp listen range") if node.is_("bgp listen range") and not node.negated else []
        if words[1:2] == [group] and len(words) > 2:  # whoever comes from there
            yield Neighbour(words[0], set(), own.get(words[2].lower(), set()) | {"remote-as"}, node)
