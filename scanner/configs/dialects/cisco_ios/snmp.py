"""SNMP: agent, communities, trap receivers, groups, users."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from scanner.configs.bindings import word_after
from scanner.configs.interfaces import speaks_ipv6
from scanner.configs.nodes import Node, every
from scanner.configs.secrets import MASK
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet
from scanner.configs.snmp_rows import put_community, put_guard, put_user, put_write_view
from scanner.configs.snmp_views import ViewEntry, limiting, view_entry
from scanner.configs.tree import Tree

_BUILT_IN = ("v1default",)


def snmp_settings(tree: Tree, sheet: Sheet, guard: str = "", guard_six: str = "") -> None:
    """The agent with its communities, trap receivers, groups and users.

    guard, guard_six: lists that limit all of them, for those who ask over IPv4 and IPv6.
    """
    of_all = {"ip": guard, "ipv6": guard_six} if speaks_ipv6(tree) else {"ip": guard}
    nodes = [n for n in tree.all("snmp-server") if not n.negated]
    agent = next((n for n in nodes if n.key.split()[1:2] and n.key.split()[1] in ("community", "user", "group")), None)
    if agent:
        sheet.put("snmp", "agent", "enabled", YES, agent)
    else:
        off = tree.exact("snmp-server")
        sheet.put("snmp", "agent", "enabled", NO, off, present=off is not None)
    versions = sorted({v for n in nodes for v in _snmp_versions(n)})
    if versions:
        oldest = next(n for n in nodes if versions[0] in _snmp_versions(n))
        sheet.put("snmp", "agent", "versions", ",".join(versions), oldest)
    communities = every(nodes, "snmp-server community")
    views = [entry for n in every(nodes, "snmp-server view") if (entry := view_entry(n.after("snmp-server view")))]
    for i, node in enumerate(communities, 1):
        _community(sheet, f"community {i}", node, of_all, views)
    for i, node in enumerate(every(nodes, "snmp-server host"), 1):
        trap_receiver(sheet, i, node)
    of_users = _lists_of_users(nodes)
    for node in every(nodes, "snmp-server group"):
        own = of_users.get(" ".join(node.after("snmp-server group")[:1]), {})
        _snmp_group(sheet, node, {family: own.get(family) or name for family, name in of_all.items()}, views)
    for node in every(nodes, "snmp-server user"):
        _snmp_user(sheet, node, dict.fromkeys(of_all, ""))


def _snmp_versions(node: Node) -> Iterable[str]:
    words = node.key.split()
    if node.is_("snmp-server community"):
        return ("v1", "v2c")
    if node.is_("snmp-server group") or node.is_("snmp-server user"):
        return [w for w in words if w in ("v1", "v2c", "v3")]
    return ()


def _community(sheet: Sheet, item: str, node: Node, of_all: Mapping[str, str], views: Sequence[ViewEntry]) -> None:
    words = node.after("snmp-server community")
    lower = [w.lower() for w in words]
    put_community(sheet, item, node, access="rw" if "rw" in lower else "ro")
    view = lower.index("view") + 1 if "view" in lower else 0
    seen = limiting(words[view], views, _BUILT_IN) if 0 < view < len(words) else ABSENT
    sheet.put("snmp", item, "view", seen, node, present=seen != ABSENT)
    put_guard(sheet, item, _limit(lists_of(node), of_all), node)


def lists_of(node: Node) -> dict[str, str]:
    """The access lists that a community, group or user names, by family: ip, ipv6."""
    words = node.text.split()[2:]
    lower = [w.lower() for w in words]
    if node.is_("snmp-server community"):
        start = words.index(MASK) + 1 if MASK in words else 1
        if "view" in lower[start:]:
            start = lower.index("view", start) + 2
        words = [w for w in words[start:] if w.lower() not in ("ro", "rw")]
    else:
        words = words[lower.index("access", 1) + 1 :] if "access" in lower[1:-1] else []
    found: dict[str, str] = {}
    sixth = next((i for i, w in enumerate(words[:-1]) if w.lower() == "ipv6"), None)
    if sixth is not None:
        found["ipv6"] = words[sixth + 1]
        del words[sixth : sixth + 2]
    return found | {"ip": words[-1]} if words else found


def _limit(lists: Mapping[str, str], of_all: Mapping[str, str]) -> str:
    """The list that limits who asks over IPv4, of its own or of all; else what is left open.

    of_all: the lists of all, by the families that the device speaks. Whether a list for IPv4 alone lets in those who
    ask over IPv6 is not told.
    """
    found = {family: lists.get(family) or name for family, name in of_all.items()}
    if found["ip"] and not all(found.values()):
        return UNKNOWN
    return found["ip"] or ("ipv6-only" if lists.get("ipv6") or found.get("ipv6") else ABSENT)


def trap_receiver(sheet: Sheet, i: int, node: Node) -> None:
    """The version, and of version 3 the protection, with which a receiver is told."""
    words = node.after("snmp-server host")
    lower = [w.lower() for w in words]
    item = f"host {' '.join(words[:1])} ({i})"
    version = lower[lower.index("version") + 1] if "version" in lower[:-1] else "1"
    sheet.put("snmp", item, "version", version, node, present="version" in lower)
    if version == "3":
        level = lower[lower.index("version") + 2 :][:1]
        sheet.put("snmp", item, "level", level[0] if level and level[0] in ("auth", "priv") else "noauth", node)


def _lists_of_users(nodes: list[Node]) -> dict[str, dict[str, str]]:
    """Group -> the access lists of its first user, where all of its users that the configuration shows have one."""
    found: dict[str, dict[str, str]] = {}
    for node in every(nodes, "snmp-server user"):
        words = node.after("snmp-server user")
        own, group = lists_of(node), " ".join(words[1:2])
        before = found.get(group, own)
        found[group] = {family: before.get(family, "") for family in ("ip", "ipv6") if own.get(family)}
    return found


def _snmp_group(sheet: Sheet, node: Node, of_users: Mapping[str, str], views: Sequence[ViewEntry]) -> None:
    words = node.after("snmp-server group")
    lower = [w.lower() for w in words]
    item = f"group {words[0]}" if words else "group"
    version = next((w for w in lower[1:] if w in ("v1", "v2c", "v3")), UNKNOWN)
    sheet.put("snmp", item, "version", version, node)
    if version == "v3":
        sheet.put("snmp", item, "level", next((w for w in lower if w in ("noauth", "auth", "priv")), "noauth"), node)
    put_write_view(sheet, item, word_after(words[1:], "write"), node, views, built_in=_BUILT_IN)
    put_guard(sheet, item, _limit(lists_of(node), of_users), node)


def _snmp_user(sheet: Sheet, node: Node, families: Mapping[str, str]) -> None:
    words = node.after("snmp-server user")
    put_user(sheet, node, words)
    item = f"user {words[0]}" if words else "user"
    put_guard(sheet, item, _limit(lists_of(node), families), node)
