"""The device itself: name, release, model, routes, copies of its configuration, and fixed addresses of others.

Sources: RouterOS documentation (Identity, IP Routing, Scheduler, Scripting, ARP, DHCP Server leases, DNS static).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from scanner.configs.bindings import ARP, DHCP, HOST, put_binding
from scanner.configs.dialects.mikrotik_routeros.configuration import RosDevice
from scanner.configs.dialects.mikrotik_routeros.menus import RosEntry
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet, put_software

_EVERYWHERE = ("0.0.0.0/0", "::/0", "")
_HOOKS = (("filter", "input"), ("raw", "prerouting"))  # what goes to the device meets these
_WITHIN = ("limit", "dst-limit")
_BEYOND = ("connection-limit", "psd")
_LETS_ON = ("accept", "return", "jump")
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
    rules = [r for kind, hook in _HOOKS for r in _met(device.entries(f"ip firewall {kind}"), hook)]
    kept_out = {r.text("src-address-list") for r in rules if _keeps_out(r)} - {""}
    found = next((r for number, r in enumerate(rules) if _limits(r, rules[number + 1 :], kept_out)), None)
    if found is not None:
        sheet.put("system", "device", "control_plane_policing", YES, found.node)
    else:
        sheet.missing("system", "device", "control_plane_policing", ABSENT)


def _met(rules: Sequence[RosEntry], hook: str) -> list[RosEntry]:
    """The rules of the chain at the hook, and of those that it leads to."""
    chains, new = {hook}, {hook}
    while new:
        led = {r.text("jump-target") for r in rules if r.text("action") == "jump" and r.text("chain") in new}
        new = led - chains - {""}
        chains |= new
    return [r for r in rules if r.text("chain") in chains]


def _limits(rule: RosEntry, behind: Sequence[RosEntry], kept_out: Collection[str]) -> bool:
    """What is too much is denied by the rule, as the sender's from then on, or by a rule behind it. A limit of packets
    matches those within it, one of connections and the detection of scans match what is beyond.
    """
    action = rule.text("action", "accept")
    if any(rule.text(name) for name in _BEYOND):
        return action in _DROPS or (action == "add-src-to-address-list" and rule.text("address-list") in kept_out)
    if not any(rule.text(name) for name in _WITHIN) or action not in _LETS_ON:
        return False
    return any(_keeps_out(r) for r in behind if r.text("chain") == rule.text("chain"))


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
