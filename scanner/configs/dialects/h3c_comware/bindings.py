"""Static ARP and MAC address entries, DHCP reservations, source bindings, port security and host names.

Sources: H3C command references (ARP, MAC address table, DHCP, IP source guard, port security, DNS).
"""

from __future__ import annotations

from scanner.configs.bindings import (
    ARP,
    DHCP,
    MAC_TABLE,
    PORT_SECURITY,
    SOURCE_GUARD,
    port_after,
    port_at,
    put_binding,
    put_hosts,
    word_after,
)
from scanner.configs.nodes import given
from scanner.configs.settings import Sheet
from scanner.configs.tree import Tree


def binding_settings(tree: Tree, sheet: Sheet) -> None:
    """Every binding of the configuration."""
    for node, words in tree.given("arp static"):
        if len(words) >= 2:
            vlan, port = (words[2], port_at(words[3:])) if len(words) > 3 else ("", "")
            table = word_after(words, "vpn-instance")
            put_binding(sheet, ARP, node, ip=words[0], mac=words[1], vlan=vlan, interface=port, table=table)
    for node, words in tree.given("mac-address static"):
        if words:
            port, vlan = port_after(words, "interface"), word_after(words, "vlan")
            put_binding(sheet, MAC_TABLE, node, mac=words[0], vlan=vlan, interface=port)
    for block in tree.all("interface"):
        port = " ".join(block.after("interface"))
        for node, words in given(block.children, "port-security mac-address security"):
            words = words[1:] if words[:1] == ["sticky"] else words  # noqa: PLW2901
            if words:
                vlan = word_after(words, "vlan")
                put_binding(sheet, PORT_SECURITY, node, mac=words[0], vlan=vlan, interface=port)
        for command in ("ip source binding", "user-bind"):
            for node, words in given(block.children, command):
                ip, mac = word_after(words, "ip-address"), word_after(words, "mac-address")
                put_binding(sheet, SOURCE_GUARD, node, ip=ip, mac=mac, vlan=word_after(words, "vlan"), interface=port)
    for pool in tree.all("dhcp server ip-pool"):
        for node, words in given(pool.children, "static-bind"):
            mac = word_after(words, "hardware-address") or word_after(words, "mac-address")
            put_binding(sheet, DHCP, node, ip=word_after(words, "ip-address"), mac=mac)
    put_hosts(tree, sheet, "vpn-instance")
