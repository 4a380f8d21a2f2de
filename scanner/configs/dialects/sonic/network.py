"""The switch itself, its default routes, its routing neighbours, and the addresses that it binds others to.

Source: DEVICE_METADATA, STATIC_ROUTE, MGMT_INTERFACE, BGP_NEIGHBOR, BGP_PEER_RANGE, NEIGH and STP YANG models. What the
switch asks of a BGP neighbour stands in its own field (``auth_password``); the community's templates set none.
"""

from __future__ import annotations

from scanner.configs.bindings import ARP, put_binding
from scanner.configs.dialects.sonic.tables import ConfigDb, TableEntry, is_true
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet

_EVERYTHING = ("0.0.0.0/0", "::/0")


def system_settings(db: ConfigDb, sheet: Sheet) -> None:
    """Name, model, VLANs, default routes and spanning tree."""
    tree = db.tree
    device = db.entry("DEVICE_METADATA", "localhost")
    name = device.of("hostname") if device is not None else ""
    tree.name = name or tree.name
    at = device.line("hostname") if device is not None else None
    sheet.put("system", "device", "hostname", tree.name, at, present=bool(name))
    model = device.of("hwsku") or device.of("platform") if device is not None else ""
    if device is not None and model:
        sheet.put("system", "device", "model", model, device.line("hwsku", "platform"))
    sheet.missing("system", "device", "version")
    db.value_of("VERSIONS", "DATABASE", "VERSION")
    sheet.put("system", "device", "complete", YES if tree.complete else NO)
    for vlan in db.entries("VLAN"):
        told = vlan.of("description") or vlan.of("alias")
        sheet.put("system", f"vlan {vlan_number(vlan.name)}", "vlan_name", told, vlan.line("description", "alias"))
    _default_routes(db, sheet)
    mode = db.value_of("STP", "GLOBAL", "mode")
    if mode.text:
        sheet.put("system", "spanning-tree", "mode", mode.text, mode.node)


def vlan_number(name: str) -> str:
    """10 of Vlan10."""
    return name.removeprefix("Vlan").lstrip("0") or name


def _default_routes(db: ConfigDb, sheet: Sheet) -> None:
    for route in db.entries("STATIC_ROUTE"):
        if route.key[-1] in _EVERYTHING and (hop := route.of("nexthop") or route.of("ifname")):
            table = route.key[0] if len(route.key) > 1 and route.key[0] != "default" else ""
            sheet.put("system", f"{table} device".strip(), "default_route", hop, route.line("nexthop"))
    for address in db.entries("MGMT_INTERFACE"):
        if hop := address.of("gwaddr"):
            item = "mgmt device" if ":" not in hop else "mgmt ipv6 device"
            sheet.put("system", item, "default_route", hop, address.line("gwaddr"))


def routing_settings(db: ConfigDb, sheet: Sheet) -> None:
    """What BGP neighbours must prove."""
    framework = is_true(db.value_of("DEVICE_METADATA", "localhost", "frr_mgmt_framework_config").text)
    for peer in db.entries("BGP_NEIGHBOR"):
        if peer.of("admin_status", "up") != "down":
            _neighbour(sheet, f"bgp neighbor {peer.key[-1]}", peer, inherits=framework)
    for peers in db.entries("BGP_PEER_RANGE"):
        _neighbour(sheet, f"bgp range {peers.key[-1]}", peers, inherits=framework)


def _neighbour(sheet: Sheet, item: str, peer: TableEntry, *, inherits: bool) -> None:
    secret = peer.at("auth_password")
    if secret is not None and secret.given:
        sheet.put("routing", item, "authentication", "keyed", secret.node)
        return
    group = peer.of("peer_group_name")
    told = UNKNOWN if inherits or group else ABSENT
    sheet.missing("routing", item, "authentication", told, peer.node)


def binding_settings(db: ConfigDb, sheet: Sheet) -> None:
    """Neighbours whose MAC addresses are fixed."""
    for entry in db.entries("NEIGH"):
        if len(entry.key) == 2 and entry.of("neigh"):
            put_binding(sheet, ARP, entry.node, ip=entry.key[1], mac=entry.of("neigh"), interface=entry.name)
