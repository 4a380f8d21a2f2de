"""Access lists, their entries and where they are used.

Sources: ArubaOS-Switch Access Security Guide, "IPv4 Access Control Lists", IPv6 Configuration Guide, "IPv6 Access
Control Lists". A list on a VLAN filters what is routed (``in``, ``out``) or all that comes in or goes out (``vlan``,
``vlan-in``, ``vlan-out``), one on a port all that comes in there; each ends in an implicit denial. Lists for rates of
connections and classes of policies only choose traffic.
"""

from __future__ import annotations

from dataclasses import replace

from scanner.configs import acls
from scanner.configs.dialects.cisco_ios.access_lists import read_block
from scanner.configs.dialects.hp_procurve.lines import given, plain, vlan_blocks, words_of
from scanner.configs.nodes import Node, every, walk
from scanner.configs.tree import Tree

_COMMANDS = (
    ("ip access-list standard", "standard"),
    ("ip access-list extended", "extended"),
    ("ip access-list connection-rate-filter", "other"),
    ("ipv6 access-list", "access-list"),
    ("mac-access-list standard", "other"),
    ("mac-access-list extended", "other"),
)
BINDINGS = ("ip access-group", "ipv6 access-group", "mac-access-group")
INCOMING = ("in", "vlan", "vlan-in")
OUTGOING = ("out", "vlan-out")
_SELECTS = "connection-rate-filter"
_NAMELESS = ("resequence",)


def read_access_lists(tree: Tree) -> acls.Acls:
    """All access lists with their entries."""
    lists = acls.Acls()
    for command, family in _COMMANDS:
        for block in tree.all(command):
            words = words_of(block, command)
            if not block.negated and words and words[0] not in _NAMELESS:
                read_block(lists, block, words[0], family)
    for acl in lists.values():
        acl.entries = [replace(e, options=_narrowing(e.options)) for e in acl.entries]
    return lists


def _narrowing(options: str) -> str:
    """What narrows the entry: matches of any address are written out by the device and narrow nothing."""
    return " ".join(word for word in options.split() if word != "log")


def used(node: Node) -> tuple[str, str]:
    """Name and direction of ``ip access-group "NAME" in``; nothing where they cannot be told."""
    command = next((c for c in BINDINGS if node.is_(c)), "")
    words = words_of(node, command) if command else []
    return (words[0], words[1].lower()) if len(words) == 2 else ("", "")


def bind_access_lists(tree: Tree, lists: acls.Acls) -> None:
    """Note where every list is used."""
    places = [(f"vlan {number}", block) for number, block in vlan_blocks(tree)]
    places += [(f"interface {' '.join(words)}", block) for block, words in given(tree.all("interface"), "interface")]
    for where, block in places:
        for node in block.children:
            name, way = used(node)
            if name and not node.negated and not where.startswith("interface vlan"):
                lists.use(name, node, f"{where} {way}", filters=way != _SELECTS)
    for block in (b for c in ("class", "policy", "aaa authorization user-role") for b in tree.all(c)):
        for node in walk(block):
            for word in node.text.split()[1:]:
                if plain(word) in lists:
                    lists.use(plain(word), node, block.text, filters=False)
    for node in every(tree.all("snmp-server"), "snmp-server community"):
        words = words_of(node, "snmp-server community")
        if "access-list" in words[:-1]:
            lists.use(words[words.index("access-list") + 1], node, "snmp community")
