"""The device itself: name, release, model, routes, copies of its configuration, and fixed addresses of others.

Sources: RouterOS documentation (Identity, IP Routing, Scheduler, Scripting, ARP, DHCP Server leases, DNS static).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.configs.bindings import ARP, DHCP, HOST, put_binding
from scanner.configs.dialects.mikrotik_routeros.configuration import RosDevice
from scanner.configs.dialects.mikrotik_routeros.menus import RosEntry
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet, put_software

_EVERYWHERE = ("0.0.0.0/0", "::/0", "")
_LIMITS = ("limit", "dst-limit", "connection-limit", "psd")
_DROPS = ("drop", "reject", "tarpit")


def system_settings(device: RosDevice, sheet: Sheet) -> None:
    """Everything about the device as a whole."""
    tree = device.tree
    named = device.menu("system identity").whole.of("name")
    sheet.put("system", "device", "hostname", tree.name, named.node, present=named.node is not None)
    sheet.version = device.version
    sheet.put("system", "device", "version", device.version or ABSENT, tree.about, present=bool(device.version))
    put_software(sheet, "MikroTik", "RouterOS", tree.about)
    if device.model:
        sheet.put("system", "device", "model", device.model, tree.about)
    sheet.put("system", "device", "complete", YES if tree.complete else NO)
    for path in ("ip route", "ipv6 route"):
        for route in device.entries(path):
            if route.own and route.text("dst-address") in _EVERYWHERE and route.text("gateway"):
                table = route.text("routing-table") or route.text("routing-mark")
                item = f"{table} device".strip() if table not in ("", "main") else "device"
                item = f"ipv6 {item}" if path == "ipv6 route" else item
                if not any(r["item"] == item and r["setting"] == "default_route" for r in sheet.rows):
                    sheet.put("system", item, "default_route", route.text("gateway"), route.node)
    _archive(device, sheet)
    _floods(device, sheet)


def _archive(device: RosDevice, sheet: Sheet) -> None:
    """What scripts do with copies of the configuration is not told."""
    found = [*device.entries("system scheduler"), *device.entries("system script")]
    if found:
        sheet.put("system", "device", "archive", UNKNOWN, found[0].node, present=False)
    else:
        sheet.missing("system", "device", "archive", ABSENT)


def _floods(device: RosDevice, sheet: Sheet) -> None:
    """Rules for what goes to the device that limit how much of it."""
    found = next((r for menu in ("filter", "raw") for r in _limiting(device.entries(f"ip firewall {menu}"))), None)
    if found is not None:
        sheet.put("system", "device", "control_plane_policing", YES, found.node)
    else:
        sheet.missing("system", "device", "control_plane_policing", ABSENT)


def _limiting(rules: Sequence[RosEntry]) -> Iterator[RosEntry]:
    """Those with a limit, unless they let in what is within it and nothing behind them keeps out the rest."""
    for number, rule in enumerate(rules):
        behind = (r for r in rules[number + 1 :] if r.text("chain") == rule.text("chain"))
        lets_in = rule.text("action", "accept") == "accept"
        if any(rule.text(name) for name in _LIMITS) and not (lets_in and not any(map(_keeps_out, behind))):
            yield rule


def _keeps_out(rule: RosEntry) -> bool:
    """What is new and valid too."""
    return rule.text("action") in _DROPS and rule.text("connection-state") in ("", "new")


def binding_settings(device: RosDevice, sheet: Sheet) -> None:
    """Static ARP entries, reservations of DHCP, names of hosts."""
    for entry in device.entries("ip arp"):
        put_binding(
            sheet,
            ARP,
            entry.node,
            ip=entry.text("address"),
            mac=entry.text("mac-address"),
            interface=entry.text("interface"),
        )
    for entry in device.entries("ip dhcp-server lease"):
        put_binding(sheet, DHCP, entry.node, ip=entry.text("address"), mac=entry.text("mac-address"))
    for entry in device.entries("ip dns static"):
        if entry.text("type", "A") in ("A", "AAAA"):
            put_binding(sheet, HOST, entry.node, ip=entry.text("address"), name=entry.text("name"))
