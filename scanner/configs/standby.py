"""Groups of routers that stand in for one another (HSRP, VRRP, GLBP), and what they ask of others in a group.

Version 3 of VRRP has no authentication (RFC 5798, section 9): whoever is in the segment may take over such a group.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from scanner.configs.interfaces import lies_down, shut_ports
from scanner.configs.nodes import Node, every, last
from scanner.configs.routes import KEYED, PLAIN
from scanner.configs.settings import ABSENT, UNKNOWN, Sheet
from scanner.configs.tree import Tree

_DIGESTS = frozenset(("md5", "ietf-md5", "hmac-sha256", "hmac-sha-256"))
_ADDRESSES = frozenset(("ip", "ipv4", "ipv6", "address-family"))
_NEWEST = "3"


class StandbyGroup(NamedTuple):
    """One group. keyless: its version of the protocol has no keys; None where that is not told."""

    item: str
    node: Node
    key: Node | None
    keyless: bool | None = False


def put_group(sheet: Sheet, group: StandbyGroup) -> None:
    """What the group asks of others."""
    key = None if group.keyless or (group.key and group.key.negated) else group.key
    asked = ABSENT if key is None else KEYED if _DIGESTS & {*key.key.split()} else PLAIN
    if asked == KEYED and group.keyless is None:
        asked = UNKNOWN
    sheet.put("routing", group.item, "authentication", asked, key or group.node, present=key is not None)


def groups_by_lines(name: str, block: Node, protocol: str, command: str) -> Iterator[StandbyGroup]:
    """Those whose lines all begin with command and number, as IOS and EOS have them: ``standby 1 ip 10.0.0.1``."""
    found: dict[tuple[str, bool], Node] = {}  # by number, and whether it is of IPv6
    keys: dict[str, Node] = {}
    versions: dict[str, str] = {}
    for node in every(block.children, command):
        number, words = _numbered(node.key.split()[1:])
        if "authentication" in words[:2]:
            keys[number] = node
        elif words[1:2] == ["version"]:
            versions[number] = "" if node.negated else " ".join(words[2:3])
        elif words[:1] and words[0] in _ADDRESSES:
            _note(found, (number, "ipv6" in words[:2]), node)
    for (number, six), node in found.items():
        newest = six or "address-family" in node.key.split() or versions.get(number) == _NEWEST
        item = f"{protocol} {name} {number}{' ipv6' if six else ''}"
        yield StandbyGroup(item, node, keys.get(number), protocol == "vrrp" and newest)


def groups_by_id(tree: Tree, *, unsaid: bool | None) -> Iterator[StandbyGroup]:
    """Those of VRP and Comware: ``vrrp vrid 1 virtual-ip 10.0.0.1``.

    unsaid: whether the version is the third where no line tells it.
    """
    shut = shut_ports(tree)
    common = tree.last("vrrp version")
    for block in tree.all("interface"):
        if block.negated or lies_down(block, shut):
            continue
        name = " ".join(block.after("interface"))
        told = last(block.children, "vrrp version") or common
        newest = told.key.endswith(_NEWEST) if told is not None and not told.negated else unsaid
        for command in ("vrrp vrid", "vrrp ipv6 vrid", "vrrp6 vrid"):
            found: dict[tuple[str, bool], Node] = {}
            keys: dict[str, Node] = {}
            for node in every(block.children, command):
                number, *words = node.key.split()[len(command.split()) :] or [""]
                if words[:1] == ["authentication-mode"]:
                    keys[number] = node
                elif words[:1] == ["virtual-ip"] or (node.negated and not words):
                    _note(found, (number, "6" in command), node)
            for (number, six), node in found.items():
                item = f"vrrp {name} {number}{' ipv6' if six else ''}"
                yield StandbyGroup(item, node, keys.get(number), six or newest)


def _numbered(words: list[str]) -> tuple[str, list[str]]:
    """The group that a line is about, 0 where it names none, and what the line says of it."""
    return (words[0], words[1:]) if words[:1] and words[0].isdecimal() else ("0", words)


def _note(found: dict[tuple[str, bool], Node], group: tuple[str, bool], node: Node) -> None:
    """A line that gives a group its address, or takes it away."""
    if not node.negated:
        found.setdefault(group, node)
    elif len(node.key.split()) <= 4:  # without an address: all of them
        found.pop(group, None)
