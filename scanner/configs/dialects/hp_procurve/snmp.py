"""SNMP: versions that the agent answers, communities with their rights, users of version 3, receivers of traps.

As delivered the agent answers all versions, and the community ``public`` may write; a configuration names it as long as
it is there. ``snmpv3 only`` is the end of the older versions.
"""

from __future__ import annotations

from scanner.configs.dialects.hp_procurve.lines import given, words_of
from scanner.configs.dialects.hp_procurve.who_may import who_may
from scanner.configs.nodes import Node, every
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet
from scanner.configs.snmp_rows import put_community
from scanner.configs.tree import Tree

_LEVELS = {
    "managerpriv": "priv",
    "managerauth": "auth",
    "operatorauth": "auth",
    "operatornoauth": "noauth",
    "commanagerrw": "noauth",
    "commanagerr": "noauth",
    "comoperatorrw": "noauth",
    "comoperatorr": "noauth",
}
_PRIV = {"aes": "aes128", "aes-128": "aes128"}


def snmp_settings(tree: Tree, sheet: Sheet) -> None:
    """The agent with what it answers."""
    enabled, only = tree.exact("snmp-server enable"), tree.exact("snmpv3 only")
    if enabled is not None and enabled.negated:
        sheet.put("snmp", "agent", "enabled", NO, enabled)
        return
    communities = [n for n in tree.all("snmp-server community") if not n.negated]
    alone = only is not None and not only.negated
    first = only if alone else communities[0] if communities else None
    sheet.put("snmp", "agent", "enabled", YES, first, present=first is not None)
    third = tree.exact("snmpv3 enable")
    versions = ["v3"] if alone else ["v1", "v2c", *(["v3"] if third is not None and not third.negated else [])]
    told = bool(alone or communities)
    sheet.put("snmp", "agent", "versions", ",".join(versions) if told else UNKNOWN, first, present=told)
    if not alone:
        value, at = who_may(tree, "snmp")
        for number, node in enumerate(communities, 1):
            words = node.key.split()
            put_community(sheet, f"community {number}", node, access="rw" if "unrestricted" in words else "ro")
            sheet.put("snmp", f"community {number}", "acl", value, at or node, present=at is not None)
        if not communities and not _taken_away(tree):
            sheet.missing("snmp", "community of delivery", "default_community", "unknown")
    _users(tree, sheet)
    _receivers(tree, sheet)


def _taken_away(tree: Tree) -> bool:
    """A line takes a well-known community away, as that of delivery is."""
    gone = [n for n in tree.all("snmp-server community") if n.negated]
    return any(secret.default for n in gone for secret in n.secrets)


def _users(tree: Tree, sheet: Sheet) -> None:
    """Users with their algorithms, and what the group of each asks for at least."""
    asked: dict[str, tuple[str, Node]] = {}
    for node in tree.all("snmpv3 group"):
        words = words_of(node, "snmpv3 group")
        if "user" in words[1:-1] and not node.negated:
            asked[words[words.index("user") + 1]] = (words[0].lower(), node)
    for node, words in given(tree.all("snmpv3 user"), "snmpv3 user"):
        if not words:
            continue
        lower = node.key.split()
        auth = _behind(lower, "auth", "md5")
        priv = _behind(lower, "priv", "des")
        known = bool(node.secrets)
        item = f"user {words[0]}"
        for setting, value in (("auth_algorithm", auth), ("priv_algorithm", _PRIV.get(priv, priv))):
            shown = value or (ABSENT if known else UNKNOWN)
            sheet.put("snmp", item, setting, shown, node, present=bool(value))
        group, at = asked.get(words[0], ("", node))
        level = _LEVELS.get(group, UNKNOWN)
        if level == UNKNOWN and known and not group:
            level = "priv" if priv else "auth" if auth else "noauth"
        sheet.put("snmp", item, "level", level, at, present=level != UNKNOWN)


def _behind(words: list[str], word: str, default: str) -> str:
    """The algorithm behind ``auth`` or ``priv``; the default where only the secret stands there."""
    if word not in words:
        return ""
    rest = words[words.index(word) + 1 :]
    return rest[0] if rest and not rest[0].startswith("<") else default


def _receivers(tree: Tree, sheet: Sheet) -> None:
    """Those that are named with a community get messages of the older versions."""
    for number, node in enumerate(every(tree.all("snmp-server"), "snmp-server host"), 1):
        words = node.key.split()
        if node.negated or len(words) < 3:
            continue
        version = "2c" if "informs" in words or "inform" in words else "1"
        sheet.put("snmp", f"host {words[2]} ({number})", "version", version, node)
