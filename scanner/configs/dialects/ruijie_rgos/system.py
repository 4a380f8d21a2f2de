"""The device itself: name, release, VLANs, routes, spanning tree."""

from __future__ import annotations

import re

from scanner.configs.dialects.ruijie_rgos.release import version_line
from scanner.configs.nodes import is_on, last
from scanner.configs.settings import ABSENT, NO, YES, Sheet, put_software, whole
from scanner.configs.tree import Tree

GUARD_DEFAULT = "spanning-tree portfast bpduguard default"
_CARD = re.compile(r"M\d")  # a module of a chassis, which itself is not named
_DEFAULT = ("0.0.0.0 0.0.0.0", "0.0.0.0/0", "0.0.0.0 0")


def system_settings(tree: Tree, sheet: Sheet) -> None:
    """Name, version, model, VLANs, default routes and spanning tree."""
    named = tree.last("hostname")
    sheet.put("system", "device", "hostname", tree.name, named, present=named is not None)
    version = version_line(tree)
    words = version.after("version") if version else []
    sheet.version = " ".join(words[:2]).rstrip(",") if words and "RGOS" in words[0].upper() else " ".join(words[:1])
    sheet.put("system", "device", "version", sheet.version or ABSENT, version, present=bool(sheet.version))
    put_software(sheet, "Ruijie Networks", "RGOS", version)
    modules = {n.text.split()[-1]: n for n in tree.all("install") if not n.negated and len(n.text.split()) > 2}
    for model, module in modules.items():
        if len(modules) == 1 and not _CARD.match(model):
            sheet.put("system", "device", "model", model, module)
    sheet.put("system", "device", "complete", YES if tree.complete else NO)
    for vlan, ids in tree.given("vlan"):
        if ids and whole(ids[0]):
            name = last(vlan.children, "name")
            text = " ".join(name.after("name")) if name and not name.negated else ""
            sheet.put("system", f"vlan {ids[0]}", "vlan_name", text, name or vlan)
    for route, after in tree.given("ip route", "ip default-gateway"):
        text = " ".join(after)
        start = next((d for d in _DEFAULT if text.startswith(d + " ")), "")
        if route.is_("ip default-gateway") or start:
            sheet.put("system", "device", "default_route", text.removeprefix(start).strip() or ABSENT, route)
    mode = tree.last("spanning-tree mode")
    if mode and not mode.negated and mode.after("spanning-tree mode"):
        sheet.put("system", "spanning-tree", "mode", " ".join(mode.after("spanning-tree mode")), mode)
    guard = tree.last(GUARD_DEFAULT)
    working = guard if is_on(tree.exact("spanning-tree")) or (guard and guard.negated) else None
    sheet.switch("system", "spanning-tree", "bpdu_guard_default", working, default=ABSENT)
