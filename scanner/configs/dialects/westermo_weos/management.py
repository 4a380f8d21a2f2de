"""Services for management, which each interface lets in by name, and the agent of SNMP.

An interface names what it lets in. Whether a server for Telnet runs behind it is told by no published line.
"""

from __future__ import annotations

import re

from scanner.configs.dialects.westermo_weos.lines import block
from scanner.configs.nodes import Node, is_on, last
from scanner.configs.settings import CLOSED, NO, UNKNOWN, YES, Sheet
from scanner.configs.snmp_rows import put_community
from scanner.configs.tree import Tree

SERVICES = ("ssh", "telnet", "http", "https", "ipconfig", "snmp")
_UNREAD = ("version", "ciphers", "macs", "key_exchange", "timeout", "retries")  # of SSH
_RELEASE = re.compile(r"4\.(\d{1,3})\.")
_COMMUNITY = re.compile(r"(?:ro|rw|trap)community ")
_WITHOUT_OLD_TLS = 32  # "Web/HTTPS Support for TLS v1.0 and v1.1 Removed", release notes of 4.32.0


def interfaces(tree: Tree) -> list[Node]:
    """The blocks of interfaces that are not off."""
    blocks = [b for b in tree.all("iface") if not b.negated and b.after("iface")[:1] != ["lo"]]
    return [b for b in blocks if not ((n := last(b.children, "enable")) and n.negated)]


def let_in(tree: Tree) -> tuple[dict[str, Node], bool]:
    """Each service that some interface lets in, with its line, and whether all interfaces say which they do."""
    found: dict[str, Node] = {}
    told = True
    blocks = interfaces(tree)
    for each in blocks:
        node = last(each.children, "management")
        words = [word.lower() for word in node.after("management")] if node else []
        if node is None or node.negated == bool(words) or not set(words) <= set(SERVICES):
            told = False
            continue
        node.understood = True
        found |= {word: node for word in words if word not in found}
    return found, told and bool(blocks)


def service_settings(tree: Tree, sheet: Sheet) -> None:
    """What listens; from where it may be used is told by packet filters, which are not read."""
    found, told = let_in(tree)
    for service in ("ssh", "telnet", "http", "https", "ipconfig"):
        value, node = _listens(tree, service, found, told=told)
        sheet.put("management", service, "enabled", value, node, present=node is not None)
        login = service in ("ssh", "telnet")
        category, setting = ("line", "access_acl") if login else ("management", "acl")
        shut = value == NO
        if service != "ipconfig":
            sheet.put(category, service, setting, CLOSED if shut else UNKNOWN, node, present=shut)
        if login:
            sheet.put("line", service, "idle_timeout", CLOSED if shut else UNKNOWN, node, present=shut)
        if service == "telnet":
            sheet.put("line", "telnet", "telnet", value, node, present=node is not None)
        for unread in _UNREAD if service == "ssh" and not shut else ():
            sheet.missing("management", "ssh", unread, UNKNOWN, node)
        if service == "https" and not shut:
            _tls(tree, sheet, node)
    for item in ("web", "console"):
        sheet.missing("line", item, "idle_timeout", UNKNOWN)
    sheet.missing("management", "device", "banner", UNKNOWN)


def _listens(tree: Tree, service: str, found: dict[str, Node], *, told: bool) -> tuple[str, Node | None]:
    if service not in found:
        return (NO, _first(tree)) if told else (UNKNOWN, None)
    node = found[service]
    if service in ("http", "https"):
        web, _ = block(tree, "web")
        if web is None:
            return UNKNOWN, None
        if web.negated:
            return NO, web
        if service == "http" and ("https" in found or not told):  # it may only lead there
            return UNKNOWN, None
    return (UNKNOWN, None) if service == "telnet" else (YES, node)


def _first(tree: Tree) -> Node | None:
    """The line by which the first interface says what it lets in."""
    return next((n for b in interfaces(tree) if (n := last(b.children, "management"))), None)


def _tls(tree: Tree, sheet: Sheet, node: Node | None) -> None:
    release = _RELEASE.match(sheet.version)
    new = release is not None and int(release[1]) >= _WITHOUT_OLD_TLS
    sheet.put("management", "https", "version", "TLSv1.2" if new else UNKNOWN, tree.about if new else node, present=new)


def snmp_settings(tree: Tree, sheet: Sheet) -> None:
    """Whether the agent answers, which versions, and its communities. Users of version 3 are not read."""
    agent, inside = block(tree, "snmp-server")
    found, told = let_in(tree)
    if agent is not None and agent.negated:
        sheet.put("snmp", "agent", "enabled", NO, agent)
        return
    if told and "snmp" not in found:
        sheet.put("snmp", "agent", "enabled", NO, _first(tree))
        return
    on = agent is not None and "snmp" in found
    sheet.put("snmp", "agent", "enabled", YES if on else UNKNOWN, found["snmp"] if on else agent, present=on)
    lines = {kind: last(inside, f"{kind}community") for kind in ("ro", "rw")}
    named = {kind: node for kind, node in lines.items() if node and is_on(node) and node.secrets}
    if named:
        sheet.put("snmp", "agent", "versions", "v1,v2c", next(iter(named.values())))
    elif all(node is not None and node.negated for node in lines.values()):
        sheet.put("snmp", "agent", "versions", "v3", lines["ro"])
    else:
        sheet.missing("snmp", "agent", "versions", UNKNOWN, agent)
    other = next((n for n in inside if not n.negated and not _COMMUNITY.match(n.key)), None)
    if other is not None:  # it may be a user
        sheet.missing("snmp", "users", "level", UNKNOWN, agent)
    for number, (kind, node) in enumerate(named.items(), 1):
        put_community(sheet, f"community {number}", node, access=kind)
        sheet.missing("snmp", f"community {number}", "acl", UNKNOWN, node)
        sheet.missing("snmp", f"community {number}", "view", UNKNOWN, node)
