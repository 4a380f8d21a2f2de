"""SNMP: the agent and the versions that it answers, communities, trap receivers, groups, users.

Source: Ruijie RGOS command reference (SNMP). The agent runs until it is switched off, and answers those that the
configuration names; later releases answer version 3 alone until they are told otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence

from scanner.configs.bindings import word_after
from scanner.configs.dialects.cisco_ios.snmp import trap_receiver
from scanner.configs.dialects.ruijie_rgos.release import release
from scanner.configs.interfaces import speaks_ipv6
from scanner.configs.nodes import Node, every
from scanner.configs.secrets import MASK
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet
from scanner.configs.snmp_rows import put_community, put_guard, put_user, put_write_view
from scanner.configs.snmp_views import ViewEntry, limiting, view_entry
from scanner.configs.tree import Tree

_VERSIONS = ("v1", "v2c", "v3")
_BUILT_IN = ("default",)


def snmp_settings(tree: Tree, sheet: Sheet) -> None:
    """Everything about SNMP; of an agent that is off only that."""
    nodes = [n for n in tree.all("snmp-server") if not n.negated]
    communities, groups, users = (every(nodes, f"snmp-server {what}") for what in ("community", "group", "user"))
    views = [entry for n in every(nodes, "snmp-server view") if (entry := view_entry(n.after("snmp-server view")))]
    for i, node in enumerate(every(nodes, "snmp-server host"), 1):
        trap_receiver(sheet, i, node)
    off = tree.last("enable service snmp-agent", "enable service snmp")
    stopped = next((n for n in tree.all("snmp-server") if n.negated and n.key == "snmp-server"), None)
    stop = off if off and off.negated else stopped
    asked = [*communities, *groups, *users]
    if stop or not asked:
        sheet.put("snmp", "agent", "enabled", NO, stop, present=stop is not None)
        return
    sheet.put("snmp", "agent", "enabled", YES, asked[0])
    answers = {v: _answers(tree, v) for v in _VERSIONS if _named(v, communities, [*groups, *users])}
    told = [version for version, answered in answers.items() if answered]
    if None in answers.values():
        sheet.missing("snmp", "agent", "versions", UNKNOWN, asked[0])
    elif told:
        sheet.put("snmp", "agent", "versions", ",".join(told), asked[0])
    old = {answers.get(version) for version in _VERSIONS[:2]} != {False}
    for i, node in enumerate(communities if old else (), 1):
        _community(sheet, f"community {i}", node, views)
    for node in groups:
        _group(sheet, node, views)
    for node in users:
        words = node.after("snmp-server user")
        if "v3" in [w.lower() for w in words]:
            put_user(sheet, node, words)
            put_guard(sheet, f"user {words[0]}", _list(sheet.tree, words), node)


def _answers(tree: Tree, version: str) -> bool | None:
    """Whether the agent answers a version; None where the release does not tell: later ones answer version 3 alone."""
    node = tree.last(f"snmp-server enable version {version}")
    if node is None:
        return True if version == "v3" or release(tree).before_hardening else None
    return not node.negated


def _named(version: str, communities: list[Node], others: list[Node]) -> bool:
    """Somebody may ask in this version."""
    return (version != "v3" and bool(communities)) or any(version in n.key.split() for n in others)


def _list(tree: Tree, words: list[str]) -> str:
    """The list behind ``access``; one for IPv6 alone is none, as it leaves the other open. Whether one for IPv4 alone
    does so is not told.
    """
    lower = [w.lower() for w in words]
    if "access" not in lower[:-1]:
        return ABSENT
    rest = words[lower.index("access") + 1 :]
    if rest[0].lower() == "ipv6":
        return rest[2] if len(rest) > 2 else ABSENT
    return UNKNOWN if "ipv6" not in lower and speaks_ipv6(tree) else rest[0]


def _community(sheet: Sheet, item: str, node: Node, views: Sequence[ViewEntry]) -> None:
    """``snmp-server community <masked> [view V] [ro|rw] [ipv6 LIST] [LIST]``."""
    words = node.after("snmp-server community")
    rest = words[words.index(MASK) + 1 :] if MASK in words else words[1:]
    lower = [w.lower() for w in rest]
    put_community(sheet, item, node, access="rw" if "rw" in lower else "ro")
    left: list[str] = []
    named = {"view": ABSENT, "ipv6": ABSENT}
    at = 0
    while at < len(rest):
        if lower[at] in named and at + 1 < len(rest):
            named[lower[at]] = rest[at + 1]
            at += 1
        elif lower[at] not in ("ro", "rw"):
            left.append(rest[at])
        at += 1
    seen = ABSENT if named["view"] == ABSENT else limiting(named["view"], views, _BUILT_IN)
    sheet.put("snmp", item, "view", seen, node, present=seen != ABSENT)
    if MASK in left:  # more than is known
        sheet.put("snmp", item, "acl", UNKNOWN, node, present=False)
        return
    guard = left[-1] if left else "ipv6-only" if named["ipv6"] != ABSENT else ABSENT
    if left and named["ipv6"] == ABSENT and speaks_ipv6(sheet.tree):
        guard = UNKNOWN  # who asks over IPv6
    put_guard(sheet, item, guard, node)


def _group(sheet: Sheet, node: Node, views: Sequence[ViewEntry]) -> None:
    words = node.after("snmp-server group")
    lower = [w.lower() for w in words]
    item = f"group {words[0]}" if words else "group"
    version = next((w for w in lower[1:] if w in _VERSIONS), UNKNOWN)
    sheet.put("snmp", item, "version", version, node)
    if version == "v3":
        sheet.put("snmp", item, "level", next((w for w in lower if w in ("noauth", "auth", "priv")), "noauth"), node)
    put_write_view(sheet, item, word_after(words[1:], "write"), node, views, built_in=_BUILT_IN)
    put_guard(sheet, item, _list(sheet.tree, words), node)
