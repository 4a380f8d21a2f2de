"""Fixed addresses of others: ARP entries, DHCP reservations, IP and MAC pairs, names of hosts."""

from __future__ import annotations

from scanner.configs.bindings import ARP, DHCP, HOST, SOURCE_GUARD, put_binding
from scanner.configs.dialects.fortinet_fortios.tables import Device, entries, inner, value
from scanner.configs.settings import Sheet


def binding_settings(device: Device, sheet: Sheet) -> None:
    """Every binding of the configuration."""
    for table, _, entry in device.entries("system arp-table"):
        port = value(entry, "interface")
        put_binding(
            sheet, ARP, entry, ip=value(entry, "ip"), mac=value(entry, "mac"), interface=port, table=table.domain
        )
    for table, _, server in device.entries("system dhcp server"):
        for _, entry in entries(inner(server, "reserved-address")):
            if value(entry, "action", "reserved") != "block":
                put_binding(sheet, DHCP, entry, ip=value(entry, "ip"), mac=value(entry, "mac"), table=table.domain)
    for table, _, entry in device.entries("firewall ipmacbinding table"):
        if value(entry, "status") == "enable":
            ip, mac = value(entry, "ip"), value(entry, "mac")
            put_binding(sheet, SOURCE_GUARD, entry, ip=ip, mac=mac, name=value(entry, "name"), table=table.domain)
    for table, _, zone in device.entries("system dns-database"):
        for _, entry in entries(inner(zone, "dns-entry")):
            if value(entry, "type", "A") in ("A", "AAAA") and value(entry, "status", "enable") == "enable":
                name = ".".join(n for n in (value(entry, "hostname"), value(zone, "domain")) if n)
                ip = value(entry, "ip") or value(entry, "ipv6")
                put_binding(sheet, HOST, entry, ip=ip, name=name, table=table.domain)
