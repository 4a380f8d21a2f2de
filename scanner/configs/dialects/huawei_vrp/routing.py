"""Routing protocols, and what a device that routes does with what others send.

Sources: Huawei S series and NetEngine Command References (OSPF, RIP, BGP, VRRP, URPF, ARP, IP performance).
"""

from __future__ import annotations

import re

from scanner.configs.interfaces import addressed
from scanner.configs.nodes import Node, every, last
from scanner.configs.routes import (
    KEYED,
    Asked,
    asked_by,
    is_silent,
    kept,
    neighbours,
    put_authentication,
    put_isis,
    put_silent,
)
from scanner.configs.routes_ipv6 import VRP, put_routing_ipv6
from scanner.configs.settings import ABSENT, NO, YES, Sheet
from scanner.configs.standby import groups_by_id, put_group
from scanner.configs.tree import Tree


def sources(tree: Tree) -> list[tuple[str, Node]]:
    """Interfaces with an address that are up, without loopbacks and ports that are for management alone."""
    found = addressed(tree, "ip binding vpn-instance", aside=("meth",))
    return [(name, block) for name, block in found if not any(_OWN_PORT.fullmatch(n.key) for n in block.children)]


_OWN_PORT = re.compile(r"alias \S*(?:meth|mgmt)")  # of firewalls, as it is delivered


def routing_settings(tree: Tree, sheet: Sheet) -> None:
    """Authentication of neighbours, source addresses, and answers for others."""
    found = sources(tree)
    neighbour_settings(tree, sheet, found)
    if len(found) > 1:
        _traffic(sheet, found, tree.last("firewall defend ip-spoofing enable"))


def neighbour_settings(
    tree: Tree, sheet: Sheet, found: list[tuple[str, Node]], *, newest_vrrp: bool | None = False
) -> None:
    """What OSPF, RIP, BGP and VRRP ask of their neighbours.

    found: the interfaces with an address. newest_vrrp: whether VRRP has version 3 where nothing is said of it.
    """
    interfaces = [b for _, b in found]
    own = asked_by(interfaces, "ospf authentication-mode", lambda n: "" if "null" in n.key else _kept(n))
    for block in tree.all("ospf"):
        if not block.negated and every(block.children, "area"):
            _ospf(sheet, block, own)
    own = asked_by(interfaces, "rip authentication-mode", _kept)
    for block in tree.all("rip"):
        if not block.negated and every(block.children, "network"):
            whole = 0 < len(interfaces) <= own.lines
            put_authentication(sheet, " ".join(block.text.split()[:2]), own.kinds, block, whole=whole)
    for block in tree.all("bgp"):
        if not block.negated:
            _bgp(sheet, block)
    put_isis(sheet, tree.all("isis"), tree.all("interface"), ("isis enable", "isis ipv6 enable"))
    put_routing_ipv6(tree, sheet, VRP)
    for group in groups_by_id(tree, unsaid=newest_vrrp):
        put_group(sheet, group)


def _kept(node: Node) -> str:
    return kept(node.key.split(), plain="simple")


def _ospf(sheet: Sheet, block: Node, own: Asked) -> None:
    areas = every(block.children, "area")
    asked = [
        m for a in areas if (m := last(a.children, "authentication-mode")) and not m.negated and "null" not in m.key
    ]
    item = " ".join(block.text.split()[:2])
    if is_silent(block, "silent-interface", "all"):
        put_silent(sheet, item, block)
        return
    if not own.lines and len(asked) < len(areas):
        put_authentication(sheet, item, (), block)
        return
    whole = len(asked) == len(areas) and not own.nothing
    put_authentication(sheet, item, own.kinds | {_kept(n) for n in asked}, block, whole=whole)


def _bgp(sheet: Sheet, block: Node) -> None:
    for peer in neighbours(block, "peer", "group"):
        if "ignore" in peer.whole or not {"as-number", "listen-as"} & peer.whole:
            continue
        asked = KEYED if {"password", "keychain", "tcp-ao"} & peer.whole else ABSENT
        item = f"bgp peer {peer.address}"
        sheet.put("routing", item, "authentication", asked, peer.node, present=asked == KEYED)


def _traffic(sheet: Sheet, interfaces: list[tuple[str, Node]], spoofing: Node | None) -> None:
    """Forged source addresses and answers for others. spoofing: the line by which a firewall checks all of them."""
    for name, block in interfaces:
        nodes = block.children
        check = last(nodes, "urpf") or spoofing
        filtered = next((n for n in nodes if n.is_("traffic-filter inbound") and not n.negated), None)
        checked = "urpf" if check and not check.negated else "acl" if filtered else ABSENT
        sheet.put("interface", name, "source_check", checked, check or filtered or block, present=checked != ABSENT)
        proxy = last(nodes, "arp-proxy enable", "arp proxy enable")
        answers = YES if proxy and not proxy.negated else NO
        sheet.put("interface", name, "proxy_arp", answers, proxy or block, present=proxy is not None)
        broadcast = last(nodes, "ip forward-broadcast")
        sheet.switch("interface", name, "directed_broadcast", broadcast, default=NO, block=block)
