"""Static ARP, neighbour and MAC address entries, DHCP reservations, source guard, port security and host names.

Sources: Cisco IOS IP Addressing, IP Application Services, LAN Switching and Security command references.
"""

from __future__ import annotations

from scanner.configs.bindings import (
    ARP,
    DHCP,
    MAC_TABLE,
    PORT_SECURITY,
    SOURCE_GUARD,
    client_mac,
    in_table,
    one_ip,
    one_mac,
    port_after,
    put_binding,
    put_hosts,
    word_after,
)
from scanner.configs.nodes import Node, given, last
from scanner.configs.settings import Sheet, whole
from scanner.configs.tree import Tree


def binding_settings(tree: Tree, sheet: Sheet) -> None:
    """Every binding of the configuration."""
    _neighbours(tree, sheet)
    _mac_table(tree, sheet)
    _reservations(tree, sheet)
    _guards(tree, sheet)
    put_hosts(tree, sheet, "vrf")


def _neighbours(tree: Tree, sheet: Sheet) -> None:
    for node, after in tree.given("arp"):
        table, words = in_table(after, "vrf")
        if len(words) < 2 or "alias" in node.key.split():  # an alias is an address of its own
            continue
        interface = words[3] if len(words) > 3 else ""
        put_binding(sheet, ARP, node, ip=words[0], mac=words[1], table=table, interface=interface)
    for node, words in tree.given("ipv6 neighbor"):
        if len(words) >= 3:
            put_binding(sheet, ARP, node, ip=words[0], mac=words[-1], interface="".join(words[1:-1]))
    for block in tree.all("arp access-list"):
        for node, words in given(block.children, "permit ip host"):
            if words[1:3] == ["mac", "host"]:
                put_binding(sheet, ARP, node, ip=words[0], mac=word_after(words[1:], "host"))


def _mac_table(tree: Tree, sheet: Sheet) -> None:
    for node, words in tree.given("mac address-table static", "mac-address-table static"):
        if words and "drop" not in words:
            port = port_after(words, "interface")
            put_binding(sheet, MAC_TABLE, node, mac=words[0], vlan=word_after(words, "vlan"), interface=port)
    for block in tree.all("interface"):
        for node, after in given(block.children, "switchport port-security mac-address"):
            words = after[1:] if after[:1] == ["sticky"] else after
            if words:
                port = " ".join(block.after("interface"))
                vlan = word_after(words, "vlan")
                vlan = vlan if whole(vlan) else ""
                put_binding(sheet, PORT_SECURITY, node, mac=words[0], vlan=vlan, interface=port)


def _reservations(tree: Tree, sheet: Sheet) -> None:
    """Pools of one host, and addresses that a pool keeps for a client."""
    for pool, pool_name in tree.given("ip dhcp pool"):
        vrf = last(pool.children, "vrf")
        table = " ".join(vrf.after("vrf")) if vrf and not vrf.negated else ""
        host = last(pool.children, "host")
        if host and not host.negated:
            name = last(pool.children, "client-name")
            called = name.after("client-name") if name and not name.negated else pool_name
            ip = (host.after("host") or [""])[0]
            put_binding(sheet, DHCP, host, ip=ip, mac=_client(pool), name=" ".join(called[:1]), table=table)
        for node, words in given(pool.children, "address"):
            mac = one_mac(word_after(words, "hardware-address")) or client_mac(word_after(words, "client-id"))
            if words:
                put_binding(sheet, DHCP, node, ip=words[0], mac=mac, table=table)


def _client(pool: Node) -> str:
    """The MAC address for which a pool of one host keeps its address."""
    hardware = last(pool.children, "hardware-address")
    if hardware and not hardware.negated:
        return one_mac((hardware.after("hardware-address") or [""])[0])
    client = last(pool.children, "client-identifier")
    return client_mac((client.after("client-identifier") or [""])[0]) if client and not client.negated else ""


def _guards(tree: Tree, sheet: Sheet) -> None:
    for node, words in tree.given("ip source binding", "ip dhcp snooping binding"):
        addresses = [w for w in words[1:] if one_ip(w)]
        if addresses:
            port, vlan = port_after(words, "interface"), word_after(words, "vlan")
            put_binding(sheet, SOURCE_GUARD, node, ip=addresses[0], mac=words[0], vlan=vlan, interface=port)
