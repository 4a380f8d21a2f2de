"""The device itself: name, version, VLANs, routes, spanning tree."""

from __future__ import annotations

from scanner.configs.nodes import last
from scanner.configs.settings import ABSENT, NO, YES, Sheet, put_software, whole
from scanner.configs.tree import Tree


def release(tree: Tree) -> str:
    """The version as printed, ``7.1.070, Release 6126``; empty when the configuration does not name it."""
    node = tree.last("version")
    return " ".join(node.after("version")) if node else ""


def is_7(tree: Tree) -> bool:
    """Comware 7, by its version; without it by commands that Comware 5 does not have."""
    if version := release(tree):
        return version.startswith("7.")
    return bool(tree.all("line") or tree.all("acl advanced") or tree.all("acl basic"))


def system_settings(tree: Tree, sheet: Sheet) -> None:
    """Name, version, VLANs, default routes and spanning tree."""
    named = tree.last("sysname")
    sheet.put("system", "device", "hostname", tree.name, named, present=named is not None)
    sheet.version = release(tree)
    sheet.put("system", "device", "version", sheet.version or ABSENT, tree.last("version"), present=bool(sheet.version))
    put_software(sheet, "H3C", "Comware", tree.last("version"))
    sheet.put("system", "device", "complete", YES if tree.complete else NO)
    for vlan, words in tree.given("vlan"):
        if len(words) == 1 and whole(words[0]):
            text = last(vlan.children, "name", "description")
            name = " ".join(text.text.split()[1:]) if text else ""
            sheet.put("system", f"vlan {words[0]}", "vlan_name", name, text or vlan)
    for command in ("ip route-static 0.0.0.0 0.0.0.0", "ip route-static 0.0.0.0 0"):
        for route, words in tree.given(command):
            sheet.put("system", "device", "default_route", " ".join(words), route)
    mode = tree.last("stp mode")
    if mode and not mode.negated:
        sheet.put("system", "spanning-tree", "mode", " ".join(mode.after("stp mode")), mode)
    sheet.switch("system", "spanning-tree", "bpdu_guard_default", tree.last("stp bpdu-protection"), default=ABSENT)
    server, location = tree.last("archive configuration server"), tree.last("archive configuration location")
    kept = server if server and not server.negated else location
    if kept and not kept.negated:
        words = kept.after("archive configuration")[1:]
        sheet.put("system", "device", "archive", " ".join(words), kept)
    else:
        sheet.missing("system", "device", "archive")
