"""Addresses of object groups, as far as they are understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scanner.configs import acls
from scanner.configs.acl_objects import MOST_MEMBERS, within
from scanner.configs.nodes import Node
from scanner.configs.tree import Tree
from scanner.configs.wildcards import number
from scanner.intervals import united
from scanner.packet_sets import Span

_NESTED = 8  # object groups in object groups that are followed


def network_groups(tree: Tree) -> dict[str, Sequence[Span] | None]:
    """The addresses of each object group of networks; None where a member is not understood."""
    members = {" ".join(b.after("object-group network")): b.children for b in tree.all("object-group network")}
    known: dict[str, Sequence[Span] | None] = dict.fromkeys(members)
    for _ in range(_NESTED):
        known = {name: _addresses(nodes, known) for name, nodes in members.items()}
    return known


def service_groups(tree: Tree) -> dict[str, Sequence[str]]:
    """What each object group of services means, with the groups in it: ``tcp eq 443``, ``udp source gt 1023 eq 53``."""
    told = {
        " ".join(b.after("object-group service")).lower(): [n.key for n in b.children if not n.negated]
        for b in tree.all("object-group service")
    }

    def inside(line: str) -> Sequence[str] | None:
        command, _, name = line.partition(" ")
        return told.get(name.strip()) if command == "group-object" else None

    whole = {name: [line for line in within(lines, inside) if not _says_nothing(line)] for name, lines in told.items()}
    return {name: lines for name, lines in whole.items() if 0 < len(lines) <= MOST_MEMBERS}


def _says_nothing(line: str) -> bool:
    return line.startswith("description")


def _addresses(nodes: list[Node], known: Mapping[str, Sequence[Span] | None]) -> Sequence[Span] | None:
    found: list[Span] = []
    for node in nodes:
        words = node.text.split()
        if node.negated or words[0].lower() == "description":
            continue
        some = known.get(words[-1]) if words[0].lower() == "group-object" else _span(words)
        if some is None:
            return None
        found += some
    return list(united(found)) or None


def _span(words: list[str]) -> Sequence[Span] | None:
    if words[0].lower() == "any":
        return [(0, (1 << 32) - 1)]
    if words[0].lower() == "host" and len(words) == 2:
        words = [words[1], "32"]
    if words[0].lower() == "range" and len(words) == 3:
        first, last = number(words[1]), number(words[2])
        return [(first, last)] if first is not None and last is not None and first <= last else None
    if len(words) == 1 and "/" in words[0]:
        words = words[0].split("/")
    base, bits = number(words[0]), acls.prefix_length(words[-1].removeprefix("/"))
    if len(words) != 2 or base is None or bits is None:
        return None
    size = 1 << 32 - bits
    return [(base // size * size, base // size * size + size - 1)]
