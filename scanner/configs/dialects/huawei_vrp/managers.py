"""Those who manage a USG firewall, and its web pages.

Sources: Huawei USG6000, USG6000E and USG9500 Command References (manager-user, bind manager-user, role, web-manager,
service-manage, lock-authentication). The schemes ``admin_…`` are there by themselves and named after their methods;
without one a manager is checked here.
"""

from __future__ import annotations

import re

from scanner.configs.dialects.huawei_vrp.security_policy import is_followed
from scanner.configs.interfaces import is_down
from scanner.configs.nodes import Node, last, walk
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet, unguarded
from scanner.configs.tree import Tree

_FULL_ROLES = ("system-admin", "device-admin")
_PARTIAL_ROLES = ("device-admin(monitor)", "audit-admin")
_SERVERS = ("radius", "hwtacacs", "ldap", "ad", "securid")
_FULL_LEVEL = 3


def managers(tree: Tree) -> dict[str, Node]:
    """Name -> block of each manager."""
    found: dict[str, Node] = {}
    for block in (n for aaa in tree.all("aaa") for n in aaa.children if n.is_("manager-user")):
        words = block.after("manager-user")
        if len(words) != 1:
            block.understood = words[1:] == ["enable"]  # manager-user password-modify enable
        elif block.negated:
            found.pop(words[0], None)
        else:
            found[words[0]] = block
            for node in block.children:
                node.understood = node.understood or node.key.split()[0] in _ASIDE
    return found


_ASIDE = ("ftp-directory", "ssh", "description", "access-limit", "state", "web", "reference", "new-user", "level")


def rights(tree: Tree, name: str, block: Node) -> bool | None:
    """The manager may change the configuration; None where a role of the plant's own decides, or nothing does."""
    roles = [
        words[4]
        for node in tree.root.children
        for n in walk(node)
        if n.is_("bind manager-user") and not n.negated and len(words := n.text.split()) > 4 and words[2] == name
    ]
    if roles:
        return True if roles[-1] in _FULL_ROLES else False if roles[-1] in _PARTIAL_ROLES else None
    level = last(block.children, "level")
    told = level.key.split()[-1] if level is not None and not level.negated else ""
    return int(told) >= _FULL_LEVEL if told.isdecimal() and len(told) < 3 else None


def central_settings(tree: Tree, sheet: Sheet, known: set[str]) -> None:
    """Who checks the managers. known: schemes of which lines say their methods."""
    told: dict[str, Node] = {}
    for block in managers(tree).values():
        node = last(block.children, "authentication-scheme")
        words = node.after("authentication-scheme") if node and not node.negated else ["admin_local"]
        name = "".join(words[:1]).lower()
        told.setdefault(name, node or block)
    for name, node in told.items():
        if name in known:
            continue
        words = name.removeprefix("admin_").split("_")
        item = f"aaa login {name}"
        if not name.startswith("admin_"):
            sheet.missing("account", item, "central", UNKNOWN, node)
        elif words[0] in _SERVERS:
            sheet.put("account", item, "central", YES, node)
            sheet.put("account", item, "local_fallback", YES if "local" in words else NO, node)
        else:
            sheet.put("account", item, "central", NO, node)


def web_services(tree: Tree) -> dict[str, tuple[str, Node]]:
    """What ``web-manager`` says of HTTP, which may be led on to HTTPS, and of HTTPS."""
    found: dict[str, tuple[str, Node]] = {}
    for item, command, on in (("http", "web-manager enable", UNKNOWN), ("https", "web-manager security enable", YES)):
        node = tree.last(command)
        if node is not None:
            found[item] = (NO if node.negated else on, node)
    return found


def reach_of(tree: Tree, item: str, answer: str) -> tuple[str, Node | None]:
    """Who reaches a service of a firewall: everybody behind an interface that permits it, else that is not told."""
    if answer != YES or not is_followed(tree):
        return unguarded(answer), None
    limits = [n for b in managers(tree).values() for n in b.children if n.key.startswith(("acl", "trust-host"))]
    for block in tree.all("interface") if not limits else ():
        nodes = block.children
        if not any(n.is_("ip address") and not n.negated for n in nodes) or is_down(nodes):
            continue
        switch = last(nodes, "service-manage enable")
        if switch is None or not switch.negated:
            node = last(nodes, f"service-manage {item}", "service-manage all")
            if node is not None and not node.negated and node.key.endswith(" permit"):
                return ABSENT, node
    return UNKNOWN, None


def web_settings(tree: Tree, sheet: Sheet) -> None:
    """The oldest version of TLS that the web pages take."""
    node = tree.last("web-manager security version")
    if node is None or node.negated:
        return
    words = node.after("web-manager security version")
    numbers = sorted(m[1] or "1.0" for w in words if (m := re.fullmatch(r"(?i)tlsv(?:1|(1\.\d))", w)))
    oldest = "ssl3.0" if any(w.lower().startswith("ssl") for w in words) else f"tls{numbers[0]}" if numbers else UNKNOWN
    sheet.put("management", "https", "version", oldest, node, present=oldest != UNKNOWN)
