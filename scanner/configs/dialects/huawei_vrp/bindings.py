"""Static ARP, neighbour and MAC address entries, DHCP reservations, user bindings, port security and host names.

Sources: Huawei S series and NetEngine Command References (ARP, IPv6 neighbour discovery, MAC address table, DHCP, IP
source guard, port security, DNS).
"""

from __future__ import annotations

from scanner.configs.bindings import (
    ARP,
    DHCP,
    MAC_TABLE,
    PORT_SECURITY,
    SOURCE_GUARD,
    one_ip,
    port_after,
    port_at,
    put_binding,
    put_hosts,
    word_after,
)
from scanner.configs.nodes import Node, every, given
from scanner.configs.settings import Sheet
from scanner.configs.tree import Tree


def binding_settings(tree: Tree, sheet: Sheet) -> None:
    """Every binding of the configuration."""
    _neighbours(tree, sheet)
    _mac_table(tree, sheet)
    _reservations(tree, sheet)
    _guards(tree, sheet)
    put_hosts(tree, sheet, "vpn-instance")


def _neighbours(tree: Tree, sheet: Sheet) -> None:
    for node, words in tree.given("arp static"):
        if len(words) >= 2:
            put_binding(
                sheet,
                ARP,
                node,
                ip=words[0],
                mac=words[1],
                vlan=word_after(words, "vid"),
                interface=port_after(words, "interface"),
                table=word_after(words, "vpn-instance"),
            )
    for block in tree.all("interface"):
        for node, words in given(block.children, "ipv6 neighbor"):
            if len(words) >= 2:
                port = port_after(words, "interface") or " ".join(block.after("interface"))
                put_binding(sheet, ARP, node, ip=words[0], mac=words[1], vlan=word_after(words, "vid"), interface=port)


def _mac_table(tree: Tree, sheet: Sheet) -> None:
    for node, words in tree.given("mac-address static", "mac-address sticky"):
        if len(words) >= 2:
            port = port_at(words[1:])
            put_binding(sheet, MAC_TABLE, node, mac=words[0], vlan=word_after(words, "vlan"), interface=port)
    for block in tree.all("interface"):
        port = " ".join(block.after("interface"))
        for node, words in given(block.children, "port-security mac-address sticky"):
            if words:
                put_binding(sheet, PORT_SECURITY, node, mac=words[0], vlan=word_after(words, "vlan"), interface=port)


def _reservations(tree: Tree, sheet: Sheet) -> None:
    """Addresses that a pool, or the pool of an interface, keeps for a client."""
    for pool in tree.all("ip pool"):
        table = " ".join(w for n in every(pool.children, "vpn-instance") for w in n.after("vpn-instance"))
        _kept(sheet, pool, "static-bind", table)
    for block in tree.all("interface"):
        _kept(sheet, block, "dhcp server static-bind")


def _kept(sheet: Sheet, block: Node, command: str, table: str = "") -> None:
    for node, words in given(block.children, command):
        ip, mac = word_after(words, "ip-address"), word_after(words, "mac-address")
        put_binding(sheet, DHCP, node, ip=ip, mac=mac, table=table)


def _guards(tree: Tree, sheet: Sheet) -> None:
    """User bindings may name several addresses, and ranges of them."""
    for node, words in tree.given("user-bind static"):
        keys = [w.lower() for w in words]
        mac, vlan, port = word_after(words, "mac-address"), word_after(words, "vlan"), port_after(words, "interface")
        named = [w for i, w in enumerate(words) if one_ip(w) and "to" not in (keys[i - 1], *keys[i + 1 : i + 2])]
        for ip in named or [""]:
            put_binding(sheet, SOURCE_GUARD, node, ip=ip, mac=mac, vlan=vlan, interface=port)
