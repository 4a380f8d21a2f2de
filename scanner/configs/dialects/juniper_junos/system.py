"""The device itself: name, version, VLANs, default routes, spanning tree, where its configuration is kept."""

from __future__ import annotations

import re

from scanner.configs.dialects.juniper_junos.configuration import JunosDevice
from scanner.configs.dialects.juniper_junos.guard import guard_of
from scanner.configs.dialects.juniper_junos.prefixes import entries
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet, put_software
from scanner.configs.statements.statement import at, has, inside, leaf, one, place, value

_DEFAULT = ("0.0.0.0/0", "default", "0/0")
_SPANNING = ("rstp", "mstp", "vstp", "stp")
_FLOODS = (("tcp", "syn-flood"), ("udp", "flood"), ("icmp", "flood"), ("limit-session",))  # that a screen limits
_PASSIVE_FTP = re.compile(r"pasvftp(?=://)", re.IGNORECASE)


def system_settings(device: JunosDevice, sheet: Sheet) -> None:
    """Everything about the device as a whole."""
    top = device.top
    named = one(device.part("system"), "host-name")
    device.part("system", "host-name")
    sheet.put("system", "device", "hostname", device.tree.name, place(named), present=named is not None)
    release = one(top, "version")
    device.part("version")
    sheet.version = device.version
    sheet.put("system", "device", "version", device.version or ABSENT, place(release), present=release is not None)
    put_software(sheet, "Juniper Networks", "Junos OS", place(release))
    if about := device.tree.about:
        sheet.put("system", "device", "changed", about.text.strip("# "), about)
    sheet.put("system", "device", "complete", YES if device.tree.complete else NO)
    _vlans(device, sheet)
    _routes(device, sheet)
    protocols = device.part("protocols")
    for name in _SPANNING:
        if found := at(protocols, name):
            mode = "disabled" if has(found, "disable") else name
            sheet.put("system", "spanning-tree", "mode", mode, leaf(found))
            guard = at(found, "bpdu-block-on-edge")
            sheet.put(
                "system",
                "spanning-tree",
                "bpdu_guard_default",
                YES if guard else ABSENT,
                place(guard),
                present=bool(guard),
            )
            break
    _archive(device, sheet)
    _processor(device, sheet)


def _vlans(device: JunosDevice, sheet: Sheet) -> None:
    for vlan in entries(device.part("vlans")):
        number = value(vlan, "vlan-id")
        if number:
            sheet.put("system", f"vlan {vlan.word}", "vlan_name", vlan.word, place(vlan, one(vlan, "vlan-id")))


def _routes(device: JunosDevice, sheet: Sheet) -> None:
    device.part("routing-options")
    for table, top in device.instances():
        for route in entries(top, "routing-options", "static", "route"):
            if route.word in _DEFAULT:
                hop = one(route, "next-hop")
                other = next((s for s in inside(route, "qualified-next-hop")), None)
                told = hop or other
                if told is not None:
                    sheet.put(
                        "system", f"{table} device".strip(), "default_route", told.word, place(told) or leaf(told)
                    )


def _archive(device: JunosDevice, sheet: Sheet) -> None:
    """Where copies of the configuration go; with no time or event that sends them they go nowhere."""
    archival = device.part("system", "archival")
    found = at(archival, "configuration")
    sites = inside(found, "archive-sites")
    sends = has(found, "transfer-on-commit") or one(found, "transfer-interval") is not None
    for site in sites if sends else ():  # the next is tried where one does not answer
        where = _PASSIVE_FTP.sub("ftp", site.word)
        sheet.put("system", "device", "archive", where, place(site) or leaf(site))
    if not sites or not sends:
        sheet.missing("system", "device", "archive", ABSENT, place(found))


def _processor(device: JunosDevice, sheet: Sheet) -> None:
    """What limits traffic to the routing engine. Some platforms do so by themselves, which a configuration that says
    nothing of it does not tell.
    """
    filtered = guard_of(device).filtered()
    protection = device.part("system", "ddos-protection")
    security = device.part("security")
    limiting = {o.word for o in entries(security, "screen", "ids-option") if any(at(o, *path) for path in _FLOODS)}
    screens = [s for z in entries(security, "zones", "security-zone") if (s := one(z, "screen")) and s.word in limiting]
    if filtered:
        sheet.put("system", "device", "control_plane_policing", YES, filtered)
    elif screens:
        sheet.put("system", "device", "control_plane_policing", YES, place(screens[0]))
    elif has(protection, "global", "disable-routing-engine") and has(protection, "global", "disable-fpc"):
        sheet.put("system", "device", "control_plane_policing", ABSENT, leaf(protection))
    else:
        known = at(device.top, "security", "zones") is not None
        sheet.missing("system", "device", "control_plane_policing", ABSENT if known else UNKNOWN)
