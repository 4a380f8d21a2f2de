"""The device itself: name, release, default routes, where its configuration is kept, protection from floods; and fixed
addresses of others.

Sources: PAN-OS Administrator's Guide ("Zone Protection and DoS Protection", "Panorama": backups of managed firewalls),
Networking Administrator's Guide ("Static Routes", "DHCP Server", ARP entries of interfaces).
"""

from __future__ import annotations

from scanner.configs.bindings import ARP, DHCP, put_binding
from scanner.configs.dialects.paloalto_panos.configuration import PanosDevice
from scanner.configs.dialects.paloalto_panos.interfaces import interfaces, limits_floods, zone_profiles
from scanner.configs.settings import ABSENT, NO, YES, Sheet, put_software
from scanner.configs.statements.statement import TreeStatement, at, inside, leaf, one, place, value

_DEFAULT = ("0.0.0.0/0", "::/0")
_PLAIN = ("ftp", "scp")


def system_settings(device: PanosDevice, sheet: Sheet) -> None:
    """Everything about the device as a whole."""
    system = device.part("deviceconfig", "system")
    named = one(system, "hostname")
    sheet.put("system", "device", "hostname", device.tree.name, place(named), present=named is not None)
    sheet.version = device.version
    sheet.put("system", "device", "version", device.version or ABSENT, present=bool(device.version))
    put_software(sheet, "Palo Alto Networks", "PAN-OS")
    sheet.put("system", "device", "complete", YES if device.tree.complete else NO)
    _routes(device, sheet, system)
    _archive(device, sheet, system)
    profiles = [p for p in zone_profiles(device).values() if limits_floods(p)]
    if profiles:
        sheet.put("system", "device", "control_plane_policing", YES, leaf(profiles[0]))
    elif not device.is_panorama:
        sheet.missing("system", "device", "control_plane_policing", ABSENT)


def _routes(device: PanosDevice, sheet: Sheet, system: TreeStatement | None) -> None:
    routers = inside(device.part("network", "virtual-router"))
    for router in routers:
        table = router.word if len(routers) > 1 else ""
        for family in ("ip", "ipv6"):
            for route in inside(router, "routing-table", family, "static-route"):
                if value(route, "destination") in _DEFAULT:
                    hop = one(route, "nexthop", "ip-address") or one(route, "nexthop", "ipv6-address")
                    told = hop or one(route, "interface")
                    if told is not None:
                        sheet.put("system", f"{table} device".strip(), "default_route", told.word, place(told))
                        break
    gateway = one(system, "default-gateway")
    if gateway is not None:
        sheet.put("system", "management interface", "default_route", gateway.word, place(gateway))


def _archive(device: PanosDevice, sheet: Sheet, system: TreeStatement | None) -> None:
    """Panorama keeps the configurations of its firewalls; its own it exports on a schedule."""
    if device.manager is not None and not device.is_panorama:
        servers = [s for s in device.manager.below() if s.word[:1].isdigit() and not s.children]
        told = servers[0].word if servers else "server"
        sheet.put("system", "device", "archive", f"panorama {told}", leaf(device.manager))
        return
    for job in inside(system, "config-bundle-export-schedule"):
        for each in job.below():
            each.understand()
        for protocol in inside(job, "protocol"):
            if protocol.word in _PLAIN and value(job, "enable") != "no":
                told = f"{protocol.word} {value(protocol, 'hostname')}".strip()
                sheet.put("system", "device", "archive", told, leaf(protocol))
                return
    sheet.missing("system", "device", "archive", ABSENT)


def binding_settings(device: PanosDevice, sheet: Sheet) -> None:
    """Static ARP entries and reservations of DHCP."""
    for each in interfaces(device):
        for entry in inside(each.settings, "arp"):
            node = leaf(entry)
            if node is not None:
                put_binding(sheet, ARP, node, ip=entry.word, mac=value(entry, "hw-address"), interface=each.name)
    for served in inside(device.part("network", "dhcp"), "interface"):
        for entry in inside(served, "server", "reserved"):
            node = leaf(entry)
            if node is not None:
                put_binding(sheet, DHCP, node, ip=entry.word, mac=value(entry, "mac"), interface=served.word)
    for entry in inside(at(device.top, "network"), "arp"):
        node = leaf(entry)
        if node is not None:
            put_binding(sheet, ARP, node, ip=entry.word, mac=value(entry, "hw-address"))
