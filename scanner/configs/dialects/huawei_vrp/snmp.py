"""SNMP: agent, communities, trap receivers, groups, users."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.configs.bindings import word_after
from scanner.configs.interfaces import speaks_ipv6
from scanner.configs.nodes import Node, every
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet
from scanner.configs.snmp_rows import put_write_view
from scanner.configs.snmp_views import ViewEntry, limiting, view_entry
from scanner.configs.tree import Tree

_BUILT_IN = ("ViewDefault",)


def snmp_settings(tree: Tree, sheet: Sheet) -> None:
    """The agent with its communities, trap receivers, groups and users."""
    nodes = tree.all("snmp-agent")
    agent = next((n for n in reversed(nodes) if n.key == "snmp-agent"), None)
    on = [
        n
        for n in nodes
        if not n.negated and n.key.split()[1:2] and n.key.split()[1] in ("community", "usm-user", "group")
    ]
    if agent is None and on:
        sheet.put("snmp", "agent", "enabled", YES, on[0])
    else:
        sheet.switch("snmp", "agent", "enabled", agent, default=NO)
    if (agent and agent.negated) or not (agent or on):
        return
    nodes = [n for n in nodes if not n.negated]
    versions = every(tree.all("snmp-agent"), "snmp-agent sys-info version")
    if any(not n.negated for n in versions):
        named = _versions(versions)
        sheet.put("snmp", "agent", "versions", ",".join(named), [n for n in versions if not n.negated][-1])
    else:
        sheet.missing("snmp", "agent", "versions", UNKNOWN, agent)
    general = next((n for n in reversed(nodes) if n.is_("snmp-agent acl")), None)
    communities = [n for n in every(nodes, "snmp-agent community") if n.secrets]
    views = [e for n in every(nodes, "snmp-agent mib-view") if (e := view_entry(n.after("snmp-agent mib-view")))]
    for i, node in enumerate(communities, 1):
        _community(sheet, f"community {i}", node, general, views)
    for i, node in enumerate(every(nodes, "snmp-agent target-host"), 1):
        _trap_receiver(sheet, i, node)
    for node in every(nodes, "snmp-agent group"):
        _snmp_group(sheet, node, general, views)
    _snmp_users(sheet, every(nodes, "snmp-agent usm-user v3"))


def _versions(nodes: list[Node]) -> list[str]:
    """What the lines leave on, one after the other."""
    found: set[str] = set()
    for node in nodes:
        words = set(node.key.split()[3:])
        named = {"v1", "v2c", "v3"} & words or {"v1", "v2c", "v3"}
        found = found - named if node.negated else found | named
    return sorted(found)


def _community(sheet: Sheet, item: str, node: Node, general: Node | None, views: Sequence[ViewEntry]) -> None:
    secret = node.secrets[0] if node.secrets else None
    known = secret.default if secret else None
    sheet.put("snmp", item, "access", _access(node), node)
    sheet.put("snmp", item, "default_community", "unknown" if known is None else YES if known else NO, node)
    sheet.put("snmp", item, "storage", secret.storage if secret else "unknown", node)
    words = node.text.split()
    if "mib-view" in words[:-1]:
        sheet.put("snmp", item, "view", limiting(words[words.index("mib-view") + 1], views, _BUILT_IN), node)
    elif "user-role" in words[:-1] and _access(node) == "unknown":  # a role of the plant's own may limit it, too
        sheet.missing("snmp", item, "view", UNKNOWN, node)
    else:
        sheet.missing("snmp", item, "view", node=node)
    _put_limit(sheet, item, node, general)


_ROLES = {"network-admin": "rw", "mdc-admin": "rw", "level-15": "rw", "network-operator": "ro", "mdc-operator": "ro"}


def _access(node: Node) -> str:
    """What the community may do: as it says itself, or as the role of Comware 7 does."""
    words = node.key.split()
    if "user-role" in words[:-1]:
        return _ROLES.get(words[words.index("user-role") + 1], "unknown")
    return {"write": "rw", "read": "ro"}.get(words[2], "unknown")


def _trap_receiver(sheet: Sheet, i: int, node: Node) -> None:
    words = node.key.split()
    address = words[words.index("udp-domain") + 1] if "udp-domain" in words[:-1] else str(i)
    version = next((w[1:] for w in words if w in ("v1", "v2c", "v3")), "1")
    item = f"host {address} ({i})"
    sheet.put("snmp", item, "version", version, node)
    if version == "3":
        level = "priv" if "privacy" in words else "auth" if "authentication" in words else "noauth"
        sheet.put("snmp", item, "level", level, node)


def _snmp_group(sheet: Sheet, node: Node, general: Node | None, views: Sequence[ViewEntry]) -> None:
    words = node.after("snmp-agent group")
    if len(words) < 2:
        return
    item = f"group {words[1]}"
    sheet.put("snmp", item, "version", words[0].lower(), node)
    if words[0].lower() == "v3":
        level = "priv" if "privacy" in words else "auth" if "authentication" in words[2:] else "noauth"
        sheet.put("snmp", item, "level", level, node)
    put_write_view(sheet, item, word_after(words[2:], "write-view"), node, views, built_in=_BUILT_IN)
    _put_limit(sheet, item, node, general)


def lists_of(node: Node) -> list[str]:
    """The access lists that a line about SNMP names, those for IPv6 by their family: ``ipv6 2001``."""
    words = node.text.split()
    found = []
    for at, word in enumerate(words[:-1]):
        if word.lower() in ("acl", "acl-ipv4", "acl-ipv6"):
            rest = [w for w in words[at + 1 :] if w.lower() not in ("ipv6", "name")]
            six = word.lower().endswith("6") or words[at + 1].lower() == "ipv6"
            found += [f"ipv6 {rest[0]}" if six else rest[0]] if rest else []
    return found


def _put_limit(sheet: Sheet, item: str, node: Node, general: Node | None) -> None:
    """The list that limits who asks over IPv4: its own, else that of all. What it means for IPv6 is not told."""
    for line in (node, general):
        lists = lists_of(line) if line else []
        if lists:
            fourth = next((name for name in lists if not name.startswith("ipv6 ")), "ipv6-only")
            bare = all(name == fourth for name in lists) and speaks_ipv6(sheet.tree)
            sixth = (words for _, words in sheet.tree.given("acl ipv6") if fourth in words)
            sheet.put("snmp", item, "acl", UNKNOWN if bare and not any(sixth) else fourth, line)
            return
    sheet.missing("snmp", item, "acl", node=node)


def _snmp_users(sheet: Sheet, nodes: list[Node]) -> None:
    """A user is spread over several lines: group, authentication, privacy."""
    users: dict[str, dict[str, tuple[str, Node]]] = {}
    for node in nodes:
        words = node.after("snmp-agent usm-user v3")
        if not words:
            continue
        user = users.setdefault(words[0], {"": ("", node)})
        for word in ("authentication-mode", "privacy-mode"):
            if word in words[:-1]:
                user[word] = (words[words.index(word) + 1].lower(), node)
    for name, user in users.items():
        first = user[""][1]
        level = "priv" if "privacy-mode" in user else "auth" if "authentication-mode" in user else "noauth"
        sheet.put("snmp", f"user {name}", "level", level, first)
        for setting, word in (("auth_algorithm", "authentication-mode"), ("priv_algorithm", "privacy-mode")):
            value, node = user.get(word, (ABSENT, first))
            sheet.put("snmp", f"user {name}", setting, value, node, present=word in user)
