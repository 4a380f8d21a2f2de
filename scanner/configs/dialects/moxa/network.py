"""The device itself, its interfaces with addresses, routes, what neighbours must prove, and unread filters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.configs import acls
from scanner.configs.acls import prefix_length
from scanner.configs.dialects.moxa.lines import text_of
from scanner.configs.interfaces import put_address
from scanner.configs.nodes import Node, every, is_on, last
from scanner.configs.routes import KEYED, PLAIN, put_authentication
from scanner.configs.settings import NO, UNKNOWN, YES, Sheet, whole
from scanner.configs.tree import Tree

_HEADING = re.compile(r"! -{4,} (.*?) -{4,}$")
_LOGICAL = re.compile(r"(?:mgmt|lan|wan|bridge|zone-base-bridge)(?: \d+)?|vlan \d+", re.IGNORECASE)
_MANAGEMENT = "mgmt"
_KINDS = {"simple": PLAIN, "md5": KEYED}
_ASKS = re.compile(r"auth|key|md5")
FILTERS = ("l3l7-policy", "firewall", "l2-filter", "ip access-list", "ip acl-bind")


def system_settings(tree: Tree, sheet: Sheet) -> None:
    """Name, whether the file is whole, default route, spanning tree."""
    named = tree.last("hostname")
    heading = _HEADING.match(tree.about.text) if tree.about else None
    tree.name = text_of(named, "hostname") or (heading[1].strip() if heading else "") or tree.name
    sheet.put("system", "device", "hostname", tree.name, named, present=named is not None)
    sheet.put("system", "device", "complete", YES if tree.complete else NO)
    gateway, node = _default_route(tree)
    if node is not None:
        sheet.put("system", "device", "default_route", gateway, node)
    mode = tree.last("redundancy mode")
    if is_on(mode):
        sheet.put("system", "spanning-tree", "mode", text_of(mode, "redundancy mode") or UNKNOWN, mode)
    sheet.missing("system", "device", "archive", UNKNOWN)


def _default_route(tree: Tree) -> tuple[str, Node | None]:
    """``ip default-gateway A``; ``ip route static NAME 0.0.0.0 0.0.0.0 A 1``, unless the route is disabled."""
    node = tree.last("ip default-gateway")
    told = text_of(node, "ip default-gateway")
    if told:
        return told, node
    routes: dict[str, tuple[str, Node]] = {}
    for route, words in tree.given("ip route static"):
        if len(words) > 3 and prefix_length(words[2]) == 0:
            routes[words[0]] = (words[3], route)
        elif words[1:] == ["disable"]:
            routes.pop(words[0], None)
    return next(iter(routes.values()), ("", None))


def logical(tree: Tree) -> Iterator[tuple[str, Node]]:
    """Interfaces that are no ports: ``mgmt``, ``lan``, ``wan``, ``vlan 10``, ``bridge``."""
    for block in tree.all("interface"):
        name = " ".join(block.after("interface"))
        if not block.negated and _LOGICAL.fullmatch(name):
            yield name, block


def interface_settings(tree: Tree, sheet: Sheet) -> None:
    """Interfaces with addresses, and the VLAN of each."""
    routed = []
    for name, block in logical(tree):
        down = last(block.children, "shutdown")
        sheet.put("interface", name, "kind", "svi", block)
        sheet.switch("interface", name, "shutdown", down, default=NO, block=block)
        node = last(block.children, "ip address")
        words = node.after("ip address") if node and not node.negated else []
        words = words[1:] if words[:1] == ["static"] else words
        put_address(sheet, name, block, node, words)
        if not words or is_on(down):
            continue
        _vlan(sheet, name, block)
        if not name.lower().startswith(_MANAGEMENT):
            routed.append((name, block))
    for name, block in routed if len(routed) > 1 else ():  # by policies and lines that are not read
        for setting in ("source_check", "proxy_arp", "directed_broadcast"):
            sheet.missing("interface", name, setting, UNKNOWN, block)
    if len(routed) > 1:
        sheet.missing("system", "device", "control_plane_policing", UNKNOWN)


def _vlan(sheet: Sheet, name: str, block: Node) -> None:
    """``bind vlan 99``; without it that of the release."""
    bound = last(block.children, "bind vlan")
    told = name.rsplit(maxsplit=1)[-1] if name.lower().startswith("vlan ") else text_of(bound, "bind vlan")
    known = whole(told)
    sheet.put("interface", name, "access_vlan", told if known else UNKNOWN, bound or block, present=known)


def routing_settings(tree: Tree, sheet: Sheet) -> None:
    """What neighbours of OSPF must prove; of RIP and VRRP it is not told."""
    for protocol in ("rip", "vrrp"):
        node = tree.last(f"router {protocol}")
        if is_on(node):
            sheet.missing("routing", protocol, "authentication", UNKNOWN, node)
    process = tree.last("router ospf")
    if process is None or process.negated:
        return
    kinds: set[str] = set()
    bare = speakers = 0
    unread = any(_ASKS.search(n.key) for n in process.children)
    for _, block in logical(tree):
        lines = [n for n in every(block.children, "ip ospf") if not n.negated]
        if not any(n.is_("ip ospf area") for n in lines):
            continue
        speakers += 1
        asked = last(lines, "ip ospf auth")
        word = "".join(asked.after("ip ospf auth")[:1]).lower() if asked else ""
        kinds |= {_KINDS[word]} if word in _KINDS else set()
        bare += asked is None
        unread = unread or (asked is not None and word not in _KINDS)
    if unread or not speakers:
        sheet.missing("routing", "ospf", "authentication", UNKNOWN, process)
    else:
        found = kinds if PLAIN in kinds or not bare else ()
        put_authentication(sheet, "ospf", found, process, whole=True)


def unread_filters(tree: Tree, sheet: Sheet) -> None:
    """Policies, rules and lists decide what passes, and are not read: they may let through everything."""
    lines = [n for command in FILTERS for n in tree.all(command) if not n.negated]
    for node in lines:
        node.understood = False
    for text, block in {b.text: b for b in reversed(lines) if b.children}.items():
        sheet.put("acl", f"acl {text}", "permits_any", acls.UNTOLD, block)
        block.understood = False
    if lines:
        tree.open.add("acl")


def no_access_lists(_: Tree) -> acls.Acls:
    """None is read."""
    return acls.Acls()


def no_uses(_: Tree, __: acls.Acls) -> None:
    """None is read."""
