"""The device itself: name, version, VLANs, routes, spanning tree, what guards its switching."""

from __future__ import annotations

from scanner.configs.nodes import Node, last
from scanner.configs.settings import ABSENT, NO, YES, Sheet, put_software, whole
from scanner.configs.tree import Tree

GUARD_DEFAULT = ("spanning-tree portfast bpduguard default", "spanning-tree portfast edge bpduguard default")

_XE = 16  # from this release on it is IOS XE; 15 is of both


def system_settings(tree: Tree, sheet: Sheet) -> None:
    """Name, version, model, VLANs, default routes and spanning tree."""
    named = tree.last("hostname")
    sheet.put("system", "device", "hostname", tree.name, named, present=named is not None)
    version = tree.last("version")
    if version and (words := version.after("version")):
        sheet.version = words[0]
    sheet.put("system", "device", "version", sheet.version or ABSENT, version, present=version is not None)
    if whole(major := sheet.version.partition(".")[0]) and int(major) >= _XE:
        put_software(sheet, "Cisco", "IOS XE Software", version)
    _model(tree, sheet)
    if tree.about:
        sheet.put(
            "system", "device", "changed", tree.about.text.removeprefix("! Last configuration change at "), tree.about
        )
    sheet.put("system", "device", "complete", YES if tree.complete else NO)
    for vlan in tree.all("vlan"):
        ids = " ".join(vlan.after("vlan"))
        if not vlan.negated and whole(ids[:1]):
            named = last(vlan.children, "name")
            sheet.put(
                "system", f"vlan {ids}", "vlan_name", " ".join(named.after("name")) if named else "", named or vlan
            )
    for route in tree.all("ip route 0.0.0.0 0.0.0.0") + tree.all("ip default-gateway"):
        if not route.negated:
            sheet.put(
                "system",
                "device",
                "default_route",
                route.text.split()[-1]
                if route.is_("ip default-gateway")
                else " ".join(route.after("ip route 0.0.0.0 0.0.0.0")),
                route,
            )
    mode = tree.last("spanning-tree mode")
    if mode:
        sheet.put("system", "spanning-tree", "mode", " ".join(mode.after("spanning-tree mode")), mode)
    guard = guard_default(tree)
    sheet.switch("system", "spanning-tree", "bpdu_guard_default", guard, default=ABSENT)
    sheet.words("system", "device", "archive", "path", block=tree.last("archive"))


def _model(tree: Tree, sheet: Sheet) -> None:
    """The product from the licence or provisioning line, if there is one."""
    for command, at in (("license udi pid", 0), ("switch", 2)):
        node = tree.last(command)
        words = node.after(command) if node else []
        if len(words) > at and (command != "switch" or words[1].lower() == "provision"):
            sheet.put("system", "device", "model", words[at], node)
            return


def guard_default(tree: Tree, *commands: str) -> Node | None:
    """The line that puts BPDU guard on every edge port."""
    return tree.last(*commands or GUARD_DEFAULT)
