"""SNMP: communities with the role that they act in, users, receivers of traps.

Source: Cisco Nexus 9000 Series NX-OS System Management Configuration Guide, "Configuring SNMP". The role of a community
is that of its group; network-operator reads, network-admin writes.
"""

from __future__ import annotations

from scanner.configs.bindings import word_after
from scanner.configs.interfaces import speaks_ipv6
from scanner.configs.nodes import Node, every, is_on
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet
from scanner.configs.snmp_rows import put_community, put_user
from scanner.configs.tree import Tree

_RIGHTS = {
    "network-operator": "ro",
    "vdc-operator": "ro",
    "network-admin": "rw",
    "vdc-admin": "rw",
    "ro": "ro",
    "rw": "rw",
}


def snmp_settings(tree: Tree, sheet: Sheet) -> None:
    """The agent with what it answers."""
    nodes = [n for n in tree.all("snmp-server") if not n.negated]
    off = tree.exact("snmp-server protocol enable")
    communities, users = every(nodes, "snmp-server community"), every(nodes, "snmp-server user")
    answers = bool(communities or users) and not (off and off.negated)
    first = off if off and off.negated else next(iter(communities or users), None)
    sheet.put("snmp", "agent", "enabled", YES if answers else NO, first, present=first is not None)
    versions = [*(["v1", "v2c"] if communities else []), *(["v3"] if users else [])]
    if answers:
        sheet.put("snmp", "agent", "versions", ",".join(versions), first)
    given = [n for n in communities if not _limits(n)]
    limits = [n for n in communities if _limits(n)]
    ipv6 = speaks_ipv6(tree)
    for i, node in enumerate(given, 1):
        _community(sheet, f"community {i}", node, limits, alone=len(given) == 1, ipv6=ipv6)
    enforced = is_on(tree.exact("snmp-server globalenforcepriv"))
    for node in users:
        words = node.after("snmp-server user")
        if "auth" not in node.key.split():
            continue
        if node.children and "priv" not in node.key.split():  # a terminal broke the line
            sheet.put("snmp", f"user {words[0]}", "level", UNKNOWN, node)
        else:
            put_user(sheet, node, words, unnamed="des")
    if users:
        sheet.put("snmp", "users", "level", "priv" if enforced else UNKNOWN, users[0], present=enforced)
    for i, node in enumerate(every(nodes, "snmp-server host"), 1):
        words = node.key.split()
        if "use-vrf" in words[3:4] or "source-interface" in words[3:4] or "filter-vrf" in words[3:4]:
            continue
        version = word_after(words, "version") or "1"
        item = f"host {' '.join(node.text.split()[2:3])} ({i})"
        sheet.put("snmp", item, "version", version, node, present="version" in words)
        if version == "3":
            level = next((w for w in words if w in ("noauth", "auth", "priv")), UNKNOWN)
            sheet.put("snmp", item, "level", level, node)


def _limits(node: Node) -> bool:
    """The line gives a community a list, and no rights."""
    return any(word.startswith("use-") for word in node.key.split())


def _community(sheet: Sheet, item: str, node: Node, limits: list[Node], *, alone: bool, ipv6: bool) -> None:
    """The row of a community.

    limits: lines that give lists to communities; which is meant is hidden with the name, unless there is one. ipv6: the
    device speaks it, so that a list for IPv4 alone leaves open who asks over it.
    """
    words = node.key.split()
    role = word_after(words, "group") or next((w for w in words[3:] if w in ("ro", "rw")), "ro")
    put_community(sheet, item, node, access=_RIGHTS.get(role, "unknown"))
    told = limits[0] if limits and alone else None
    if told:
        words = told.text.split()
        fourth = word_after(words, "use-acl") or word_after(words, "use-ipv4acl")
        bare = fourth and ipv6 and not any(word_after(n.text.split(), "use-ipv6acl") for n in limits)
        sheet.put("snmp", item, "acl", UNKNOWN if bare else fourth or "ipv6-only", told)
    else:
        sheet.missing("snmp", item, "acl", UNKNOWN if limits else ABSENT, node)
