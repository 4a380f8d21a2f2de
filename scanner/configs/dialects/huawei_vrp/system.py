"""The device itself: name, version, VLANs, routes, spanning tree, what guards its switching."""

from __future__ import annotations

from scanner.configs.nodes import last
from scanner.configs.settings import ABSENT, NO, YES, Sheet, put_software, whole
from scanner.configs.tree import Tree


def system_settings(tree: Tree, sheet: Sheet) -> None:
    """Name, version, VLANs, default routes and spanning tree."""
    named = tree.last("sysname")
    sheet.put("system", "device", "hostname", tree.name, named, present=named is not None)
    sheet.put("system", "device", "version", sheet.version or ABSENT, tree.about, present=bool(sheet.version))
    put_software(sheet, "Huawei", "VRP", tree.about)
    sheet.put("system", "device", "complete", YES if tree.complete else NO)
    for vlan in tree.all("vlan"):
        ids = " ".join(vlan.after("vlan"))
        if not vlan.negated and whole(ids):
            text = last(vlan.children, "name", "description")
            sheet.put(
                "system", f"vlan {ids}", "vlan_name", " ".join(text.text.split()[1:]) if text else "", text or vlan
            )
    for route in tree.all("ip route-static 0.0.0.0 0.0.0.0") + tree.all("ip route-static 0.0.0.0 0"):
        if not route.negated:
            sheet.put("system", "device", "default_route", " ".join(route.after("ip route-static 0.0.0.0 0")), route)
    mode = tree.last("stp mode")
    if mode:
        sheet.put("system", "spanning-tree", "mode", " ".join(mode.after("stp mode")), mode)
    sheet.switch("system", "spanning-tree", "bpdu_guard_default", tree.last("stp bpdu-protection"), default=ABSENT)
    command = "set save-configuration backup-to-server"
    sheet.words("system", "device", "archive", command)
