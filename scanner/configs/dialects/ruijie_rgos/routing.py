"""Routing, what a device that routes does with what others send, and the addresses that are bound.

Source: Ruijie RGOS configuration guides (OSPF, RIP, BGP, VRRP, URPF, ARP, address binding, port security).
"""

from __future__ import annotations

from scanner.configs.bindings import ARP, PORT_SECURITY, SOURCE_GUARD, one_ip, put_binding, word_after
from scanner.configs.dialects.cisco_ios.bindings import binding_settings as ios_bindings
from scanner.configs.dialects.cisco_ios.routing import checked_sources, neighbour_settings
from scanner.configs.dialects.ruijie_rgos.logging_and_time import MANAGEMENT, TABLES
from scanner.configs.interfaces import addressed
from scanner.configs.nodes import given, last
from scanner.configs.settings import NO, UNKNOWN, Sheet
from scanner.configs.tree import Tree

_ROUTED = ("router ospf", "router rip", "router bgp", "router isis")


def routing_settings(tree: Tree, sheet: Sheet) -> None:
    """Authentication of neighbours, and what becomes of forged source addresses where the device routes."""
    found = addressed(tree, *TABLES, aside=MANAGEMENT)
    neighbour_settings(tree, sheet, found)
    if len(found) > 1 and routes(tree):
        checked_sources(sheet, found)
        for name, block in found:
            proxy = last(block.children, "ip proxy-arp")
            sheet.switch("interface", name, "proxy_arp", proxy, default=UNKNOWN, block=block)
            broadcast = last(block.children, "ip directed-broadcast")
            sheet.switch("interface", name, "directed_broadcast", broadcast, default=NO, block=block)


def routes(tree: Tree) -> bool:
    """It forwards between networks for sure: a switch of layer 2 has neither ports that route nor a protocol."""
    told = tree.exact("ip routing")
    if told:
        return not told.negated
    if any(not n.negated for command in _ROUTED for n in tree.all(command)):
        return True
    inside = [n for b in tree.all("interface") for n in b.children]
    sure = any((n.key == "switchport" and n.negated) or n.is_("vrrp") for n in inside)
    return sure or not any(n.is_("switchport") for n in inside)


def binding_settings(tree: Tree, sheet: Sheet) -> None:
    """Static ARP and MAC address entries, reservations, source guard, port security and names of hosts."""
    ios_bindings(tree, sheet)
    for node, words in tree.given("address-bind"):
        ip = next((w for w in words if one_ip(w)), "")
        rest = [w for w in words if w != ip]
        put_binding(sheet, SOURCE_GUARD, node, ip=ip, mac=rest[0] if rest else "")
    for block in tree.all("interface"):
        name = " ".join(block.after("interface"))
        for node, words in given(block.children, "switchport port-security binding"):
            ip = next((w for w in words if one_ip(w)), "")
            mac = words[0] if words and words[0] != ip else ""
            vlan = word_after(words, "vlan")
            put_binding(sheet, PORT_SECURITY, node, ip=ip, mac=mac, vlan=vlan, interface=name)
    for node, words in tree.given("arp trusted"):
        if len(words) > 1:
            put_binding(sheet, ARP, node, ip=words[0], mac=words[1])
