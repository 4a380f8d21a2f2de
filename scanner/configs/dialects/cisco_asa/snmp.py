"""SNMP: the agent, whom it answers, communities, groups and users.

Source: Cisco ASA Series General Operations CLI Configuration Guide, "SNMP". The agent is on, read-only, and answers the
hosts that are named; one without a version is one of version 1.
"""

from __future__ import annotations

from scanner.configs.acl_objects import is_everybody
from scanner.configs.dialects.cisco_asa.objects import NamedObjects
from scanner.configs.nodes import Node, every
from scanner.configs.settings import ABSENT, CLOSED, NO, UNKNOWN, YES, Sheet
from scanner.configs.snmp_rows import put_community, put_user
from scanner.configs.tree import Tree

_OLD = {"1": "v1", "2c": "v2c", "3": "v3"}
_HOSTS = "named hosts"


def snmp_settings(tree: Tree, sheet: Sheet) -> None:
    """The agent with what it answers."""
    nodes = [n for n in tree.all("snmp-server") if not n.negated]
    hosts = [*every(nodes, "snmp-server host"), *every(nodes, "snmp-server host-group")]
    off = tree.exact("snmp-server enable")
    answers = bool(hosts) and not (off and off.negated)
    first = hosts[0] if hosts else off
    sheet.put("snmp", "agent", "enabled", YES if answers else NO, first, present=first is not None)
    versions = {_OLD.get(_version(n), UNKNOWN) for n in hosts}
    if versions and answers:
        sheet.put("snmp", "agent", "versions", ",".join(sorted(versions)), hosts[0])
    limit = _limit(tree, hosts) if answers else CLOSED
    own = [n for n in hosts if n.secrets and "community" in n.key.split()]
    for i, node in enumerate([*every(nodes, "snmp-server community"), *own], 1):
        put_community(sheet, f"community {i}", node, access="ro")
        sheet.put("snmp", f"community {i}", "acl", limit, node, present=limit not in (ABSENT, CLOSED))
    levels = _groups(sheet, nodes, limit)
    users = {}
    for node in every(nodes, "snmp-server user"):
        words = node.after("snmp-server user")
        users[words[0] if words else ""] = levels.get(" ".join(words[1:2]), UNKNOWN)
        put_user(sheet, node, words)
    for i, node in enumerate(hosts, 1):
        _receiver(sheet, i, node, users)


def _version(node: Node) -> str:
    words = node.key.split()
    return words[words.index("version") + 1] if "version" in words[:-1] else "1"


def _limit(tree: Tree, hosts: list[Node]) -> str:
    """Named hosts, or nobody in particular where a group of them is everybody."""
    objects = NamedObjects(tree)
    for node in hosts:
        words = node.after("snmp-server host")
        kind, name = ("object", words[1]) if node.is_("snmp-server host-group") and len(words) > 1 else ("", "")
        told = objects.group(name, kind=kind) if kind else None
        if told and "any" in (told.four, told.six):
            return ABSENT
        if told and told.four and told.four.startswith("group "):
            return UNKNOWN
        network = objects.network(words[1:2]) if not kind and len(words) > 1 else None
        if network and is_everybody(network):
            return ABSENT
    return _HOSTS


def _groups(sheet: Sheet, nodes: list[Node], limit: str) -> dict[str, str]:
    """The rows of groups; the security that each asks for."""
    found: dict[str, str] = {}
    for node in every(nodes, "snmp-server group"):
        words = node.after("snmp-server group")
        lower = [w.lower() for w in words]
        item = f"group {' '.join(words[:1])}"
        level = next((w for w in lower if w in ("noauth", "auth", "priv")), "noauth")
        found[" ".join(words[:1])] = level
        sheet.put("snmp", item, "version", "v3" if "v3" in lower else UNKNOWN, node)
        sheet.put("snmp", item, "level", level, node)
        sheet.put("snmp", item, "acl", limit, node, present=limit not in (ABSENT, CLOSED))
    return found


def _receiver(sheet: Sheet, i: int, node: Node, users: dict[str, str]) -> None:
    words = node.after("snmp-server host")
    version = _version(node)
    item = f"host {' '.join(words[1:2])} ({i})"
    sheet.put("snmp", item, "version", version, node, present="version" in node.key.split())
    if version == "3":
        user = words[[w.lower() for w in words].index("version") + 2 :]
        sheet.put("snmp", item, "level", users.get(" ".join(user[:1]), UNKNOWN), node)
