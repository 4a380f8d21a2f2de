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
    behind,
    one_ip,
    port_at,
    port_behind,
    put_binding,
    put_hosts,
)
from scanner.configs.settings import Sheet
from scanner.configs.tree import Node, Tree, every, given


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
                vlan=behind(words, "vid"),
                interface=port_behind(words, "interface"),
                table=behind(words, "vpn-instance"),
            )
    for block in tree.all("interface"):
        for node, words in given(block.children, "ipv6 neighbor"):
            if len(words) >= 2:
                port = port_behind(words, "interface") or " ".join(block.after("interface"))
                put_binding(sheet, ARP, node, ip=words[0], mac=words[1], vlan=behind(words, "vid"), interface=port)


def _mac_table(tree: Tree, sheet: Sheet) -> None:
    for node, words in tree.given("mac-address static", "mac-address sticky"):
        if len(words) >= 2:
            port = port_at(words[1:])
            put_binding(sheet, MAC_TABLE, node, mac=words[0], vlan=behind(words, "vlan"), interface=port)
    for block in tree.all("interface"):
        port = " ".join(block.after("interface"))
        for node, words in given(block.children, "port-security mac-address sticky"):
            if words:
                put_binding(sheet, PORT_SECURITY, node, mac=words[0], vlan=behind(words, "vlan"), interface=port)


def _reservations(tree: Tree, sheet: Sheet) -> None:
    """Addresses that a pool, or the pool of an interface, keeps for a client."""
    for pool in tree.all("ip pool"):
        table = " ".join(w for n in every(pool.children, "vpn-instance") for w in n.after("vpn-instance"))
        _kept(sheet, pool, "static-bind", table)
    for block in tree.all("interface"):
        _kept(sheet, block, "dhcp server static-bind")


def _kept(sheet: Sheet, block: Node, command: str, table: str = "") -> None:
    for node, words in given(block.children, command):
        ip, mac = behind(words, "ip-address"), behind(words, "mac-address")
        put_binding(sheet, DHCP, node, ip=ip, mac=mac, table=table)


def _guards(tree: Tree, sheet: Sheet) -> None:
    """User bindings may name several addresses, and ranges of them."""
    for node, words in tree.given("user-bind static"):
        keys = [w.lower() for w in words]
        mac, vlan, port = behind(words, "mac-address"), behind(words, "vlan"), port_behind(words, "interface")
        named = [w for i, w in enumerate(words) if one_ip(w) and "to" not in (keys[i - 1], *keys[i + 1 : i + 2])]
        for ip in named or [""]:
            put_binding(sheet, SOURCE_GUARD, node, ip=ip, mac=mac, vlan=vlan, interface=port)
