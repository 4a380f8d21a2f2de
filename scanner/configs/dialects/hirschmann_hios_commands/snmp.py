"""Versions that the SNMP agent answers, communities, and the algorithms of accounts.

Releases differ in the versions that a device is delivered with; version 3 is on in all. A community that is not named
is the one of the release.
"""

from __future__ import annotations

from scanner.configs.dialects.hirschmann_hios_commands.lines import is_on
from scanner.configs.dialects.hirschmann_hios_commands.management import limit
from scanner.configs.nodes import Node
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet
from scanner.configs.snmp_rows import put_community
from scanner.configs.tree import Tree

_AUTH = {"md5": "md5", "sha1": "sha", "sha": "sha", "none": ABSENT}
_PRIV = {
    "des": "des",
    "aes128": "aes128",
    "aescfb128": "aes128",
    "aes256": "aes256",
    "aescfb256": "aes256",
    "none": ABSENT,
}


def snmp_settings(tree: Tree, sheet: Sheet) -> None:
    """Versions and communities."""
    found = [(version, tree.last(f"snmp access version {word}")) for version, word in (("v1", "v1"), ("v2c", "v2"))]
    third = tree.last("snmp access version v3")
    told = {version: is_on(node) for version, node in (*found, ("v3", third))}
    told["v3"] = told["v3"] is not False
    running = [version for version, on in told.items() if on]
    at = next((n for _, n in found if is_on(n)), None) or next((n for _, n in found if n), third)
    old = [v for v in ("v1", "v2c") if told[v] is not False]
    if not running and not old:
        sheet.put("snmp", "agent", "enabled", NO, at)
        return
    sheet.put("snmp", "agent", "enabled", YES if running else UNKNOWN, at, present=at is not None)
    doubtful = any(told[v] is None for v in old) and not any(told[v] for v in old)
    value = UNKNOWN if doubtful else ",".join(running)
    sheet.put("snmp", "agent", "versions", value, at, present=not doubtful)
    if old:
        _communities(tree, sheet)


def _communities(tree: Tree, sheet: Sheet) -> None:
    value, at = limit(tree, "snmp")
    for access in ("ro", "rw"):
        node = tree.last(f"snmp community {access}")
        item = f"community {access}"
        if node is None or node.negated or not node.secrets:
            sheet.missing("snmp", item, "default_community", "unknown")
            continue
        put_community(sheet, item, node, access=access)
        sheet.put("snmp", item, "acl", value, at or node, present=at is not None)


def algorithms(tree: Tree, sheet: Sheet, user: str, header: Node | None) -> None:
    """Those of an account, unless version 3 is off."""
    if is_on(tree.last("snmp access version v3")) is False:
        return
    found: dict[str, str] = {}
    for setting, kind, words in (
        ("auth_algorithm", "authentication", _AUTH),
        ("priv_algorithm", "encryption", _PRIV),
    ):
        node = _line_of(tree, f"users snmpv3 {kind}", user)
        word = node.key.split()[-1] if node and not node.negated else ""
        found[setting] = words.get(word, UNKNOWN)
        sheet.put("snmp", f"user {user}", setting, found[setting], node or header, present=node is not None)
    auth, priv = found.values()
    level = UNKNOWN if UNKNOWN in (auth, priv) else "priv" if priv != ABSENT else "auth" if auth != ABSENT else "noauth"
    sheet.put("snmp", f"user {user}", "level", level, header, present=level != UNKNOWN)


def _line_of(tree: Tree, command: str, user: str) -> Node | None:
    nodes = [n for n in tree.all(command) if n.after(command)[:1] and n.after(command)[0].strip('"') == user]
    return nodes[-1] if nodes else None
