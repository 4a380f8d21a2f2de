"""Addresses of object groups, in the words of access lists.

Source: H3C Comware 7 Security Command References ("Object group commands": network, network exclude).
"""

from __future__ import annotations

from collections.abc import Mapping

from scanner.configs.acl_objects import MOST_MEMBERS, Network, between, in_words, network, within
from scanner.configs.nodes import Node
from scanner.configs.settings import whole
from scanner.configs.tree import Tree

_GROUP = "network group-object "


def addresses_of_groups(tree: Tree) -> Mapping[tuple[str, bool], str]:
    """(name in small letters, of IPv6) -> any, addresses and networks in one line, or the group by its name."""
    members: dict[tuple[str, bool], list[str]] = {}
    for family, six in (("ip", False), ("ipv6", True)):
        for block in tree.all(f"object-group {family} address"):
            name = " ".join(block.text.split()[3:4]).lower()
            members.setdefault((name, six), []).extend(_member(n) for n in block.children if not n.negated)
    return {(name, six): _meant(name, six, members) for name, six in members}


def _member(node: Node) -> str:
    """``network subnet 10.0.0.0 8``, without the number in front."""
    words = node.key.split()
    return " ".join(words[1:] if whole(words[0]) else words)


def _meant(name: str, six: bool, members: Mapping[tuple[str, bool], list[str]]) -> str:
    def inside(member: str) -> list[str] | None:
        return members.get((member.removeprefix(_GROUP), six)) if member.startswith(_GROUP) else None

    found: list[Network] = []
    for member in within([_GROUP + name], inside):
        words = member.split()
        if words[:1] == ["description"] or words[:1] == ["security-zone"]:
            continue
        some = _networks(words[1:]) if words[0] == "network" else None
        if some is None or len(found) > MOST_MEMBERS:
            return f"group {name}"
        found += some
    return in_words([n for n in found if (n.version == 6) is six], name) if found else f"group {name}"


def _networks(words: list[str]) -> list[Network] | None:
    """``host address A``, ``subnet A MASK``, ``range A B``; None for names, users and what is left out."""
    if words[:2] == ["host", "address"] and len(words) == 3:
        return network(words[2])
    if words[:1] == ["subnet"] and len(words) == 3:
        return network(words[1], words[2])
    if words[:1] == ["range"] and len(words) == 3:
        return between(words[1], words[2])
    return None
