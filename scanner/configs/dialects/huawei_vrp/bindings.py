"""Static ARP, neighbour and MAC address entries, DHCP reservations, user bindings, port security and host names.

Sources: Huawei S series and NetEngine Command References (ARP, IPv6 neighbour discovery, MAC address table, DHCP, IP
source guard, port security, DNS).
"""

from __future__ import annotations

from scanner.configs.bindings import (
    ARP,
    DHCP,
    HOST,
    MAC_TABLE,
    PORT_SECURITY,
    SOURCE_GUARD,
    behind,
    one_ip,
    port_at,
    port_behind,
    put_binding,
)
from scanner.configs.settings import Sheet
from scanner.configs.tree import Node, Tree, every


def binding_settings(tree: Tree, sheet: Sheet) -> None:
    """Every binding of the configuration."""
    _neighbours(tree, sheet)
    _mac_table(tree, sheet)
    _reservations(tree, sheet)
    _guards(tree, sheet)
    _hosts(tree, sheet)


def _neighbours(tree: Tree, sheet: Sheet) -> None:
    for node in tree.all("arp static"):
        words = node.after("arp static")
        if not node.negated and len(words) >= 2:
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
        for node in every(block.children, "ipv6 neighbor"):
            words = node.after("ipv6 neighbor")
            if not node.negated and len(words) >= 2:
                port = port_behind(words, "interface") or " ".join(block.after("interface"))
                put_binding(sheet, ARP, node, ip=words[0], mac=words[1], vlan=behind(words, "vid"), interface=port)


def _mac_table(tree: Tree, sheet: Sheet) -> None:
    for command in ("mac-address static", "mac-address sticky"):
        for node in tree.all(command):
            words = node.after(command)
            if not node.negated and len(words) >= 2:
                put_binding(
                    sheet, MAC_TABLE, node, mac=words[0], vlan=behind(words, "vlan"), interface=port_at(words[1:])
                )
    for block in tree.all("interface"):
        port = " ".join(block.after("interface"))
        for node in every(block.children, "port-security mac-address sticky"):
            words = node.after("port-security mac-address sticky")
            if not node.negated and words:
                put_binding(sheet, PORT_SECURITY, node, mac=words[0], vlan=behind(words, "vlan"), interface=port)


def _reservations(tree: Tree, sheet: Sheet) -> None:
    """Addresses that a pool, or the pool of an interface, keeps for a client."""
    for pool in tree.all("ip pool"):
        table = " ".join(w for n in every(pool.children, "vpn-instance") for w in n.after("vpn-instance"))
        _kept(sheet, pool, "static-bind", table)
    for block in tree.all("interface"):
        _kept(sheet, block, "dhcp server static-bind")


def _kept(sheet: Sheet, block: Node, command: str, table: str = "") -> None:
    for node in every(block.children, command):
        words = node.after(command)
        if not node.negated:
            ip, mac = behind(words, "ip-address"), behind(words, "mac-address")
            put_binding(sheet, DHCP, node, ip=ip, mac=mac, table=table)


def _guards(tree: Tree, sheet: Sheet) -> None:
    """User bindings may name several addresses, and ranges of them."""
    for node in tree.all("user-bind static"):
        words = node.after("user-bind static")
        keys = [w.lower() for w in words]
        mac, vlan, port = behind(words, "mac-address"), behind(words, "vlan"), port_behind(words, "interface")
        named = [w for i, w in enumerate(words) if one_ip(w) and "to" not in (keys[i - 1], *keys[i + 1 : i + 2])]
        for ip in (named or [""]) if not node.negated else ():
            put_binding(sheet, SOURCE_GUARD, node, ip=ip, mac=mac, vlan=vlan, interface=port)


def _hosts(tree: Tree, sheet: Sheet) -> None:
    for command in ("ip host", "ipv6 host"):
        for node in tree.all(command):
            words = node.after(command)
            table = behind(words[:3], "vpn-instance") if words[:1] == ["vpn-instance"] else ""
            words = words[2:] if table else words
            for ip in filter(one_ip, words[1:] if not node.negated else ()):
                put_binding(sheet, HOST, node, ip=ip, name=words[0], table=table)
