"""Fixed addresses of others: static ARP entries, MAC addresses of ports, DHCP reservations, names of hosts."""

from __future__ import annotations

from scanner.configs.bindings import ARP, DHCP, HOST, MAC_TABLE, SOURCE_GUARD, put_binding
from scanner.configs.dialects.juniper_junos.configuration import JunosDevice
from scanner.configs.dialects.juniper_junos.interfaces import units
from scanner.configs.dialects.juniper_junos.prefixes import entries
from scanner.configs.settings import Sheet
from scanner.configs.statements.statement import TreeStatement, at, inside, leaf, value, words


def binding_settings(device: JunosDevice, sheet: Sheet) -> None:
    """Every binding of the configuration."""
    for each in units(device):
        for address in entries(at(each.unit, "family", "inet"), "address"):
            for entry in inside(address, "arp"):
                _put(sheet, ARP, entry, ip=entry.word, mac=value(entry, "mac"), interface=each.name)
    _mac_addresses(device, sheet)
    _reservations(device, sheet)
    for host in entries(device.part("system", "static-host-mapping")):
        for ip in words(host, "inet"):
            _put(sheet, HOST, host, ip=ip, name=host.word)


def _put(sheet: Sheet, how: str, entry: TreeStatement, **said: str) -> None:
    """said: as of ``put_binding``."""
    node = leaf(entry)
    if node is not None:
        put_binding(sheet, how, node, **said)


def _mac_addresses(device: JunosDevice, sheet: Sheet) -> None:
    for vlan in entries(device.part("vlans")):
        number = value(vlan, "vlan-id")
        for port in entries(vlan, "switch-options", "interface"):
            for mac in inside(port, "static-mac"):
                _put(sheet, MAC_TABLE, mac, mac=mac.word, vlan=number, interface=port.word)
        for group in entries(vlan, "forwarding-options", "dhcp-security", "group"):
            for port in entries(group, "interface"):
                _pairs(sheet, port, number)
    older = device.part("ethernet-switching-options")
    for vlan in entries(older, "static", "vlan"):
        for mac in inside(vlan, "mac"):
            _put(sheet, MAC_TABLE, mac, mac=mac.word, vlan=vlan.word, interface=value(mac, "next-hop"))
    for port in entries(older, "secure-access-port", "interface"):
        _pairs(sheet, port, "")


def _pairs(sheet: Sheet, port: TreeStatement, vlan: str) -> None:
    for ip in inside(port, "static-ip"):
        _put(
            sheet,
            SOURCE_GUARD,
            ip,
            ip=ip.word,
            mac=value(ip, "mac"),
            vlan=vlan or value(ip, "vlan"),
            interface=port.word,
        )


def _reservations(device: JunosDevice, sheet: Sheet) -> None:
    for pool in entries(device.part("access"), "address-assignment", "pool"):
        for host in entries(at(pool, "family", "inet"), "host"):
            _put(sheet, DHCP, host, ip=value(host, "ip-address"), mac=value(host, "hardware-address"), name=host.word)
    for binding in entries(device.part("system", "services"), "dhcp", "static-binding"):
        for ip in inside(binding, "fixed-address"):
            _put(sheet, DHCP, binding, ip=ip.word, mac=binding.word)
