"""Static ARP and MAC address entries, DHCP reservations and names of addresses."""

from __future__ import annotations

from scanner.configs.bindings import ARP, DHCP, HOST, MAC_TABLE, put_binding
from scanner.configs.settings import Sheet
from scanner.configs.tree import Tree


def binding_settings(tree: Tree, sheet: Sheet) -> None:
    """Every binding of the configuration."""
    for node, words in tree.given("arp"):
        if len(words) >= 3 and words[3:4] != ["alias"]:
            put_binding(sheet, ARP, node, ip=words[1], mac=words[2], interface=words[0])
    for node, words in tree.given("mac-address-table static"):
        if len(words) >= 2:
            put_binding(sheet, MAC_TABLE, node, mac=words[1], interface=words[0])
    for node, words in tree.given("dhcpd reserve-address"):
        if len(words) >= 2:
            put_binding(sheet, DHCP, node, ip=words[0], mac=words[1], interface=" ".join(words[2:3]))
    for node, words in tree.given("name"):
        if len(words) >= 2:
            put_binding(sheet, HOST, node, ip=words[0], name=words[1])
