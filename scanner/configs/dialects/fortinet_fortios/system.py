"""The device itself: name, release, default routes, backups, USB installation, protection from floods."""

from __future__ import annotations

import re

from scanner.configs.dialects.fortinet_fortios.tables import (
    ENABLE,
    Device,
    entries,
    inner,
    is_on,
    setting,
    value,
    values,
)
from scanner.configs.nodes import Node
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet, put_software

_BACKUP = re.compile(
    r"execute\s+backup\s+(?:full-)?config(?:uration)?\s+(s?ftp|tftp)\s+(?:\S+\s+)?(\S+)", re.IGNORECASE
)
_EVERYWHERE = ("0.0.0.0", "0.0.0.0/0", "::/0")  # noqa: S104 - a destination


def system_settings(device: Device, sheet: Sheet) -> None:
    """Name, release, routes, where configurations are kept, USB and floods."""
    tree = device.tree
    named = setting(device.table("system global"), "hostname")
    if named:
        tree.name = value(device.table("system global"), "hostname")
    sheet.put("system", "device", "hostname", tree.name, named, present=named is not None)
    sheet.version = device.version
    sheet.put("system", "device", "version", device.version or ABSENT, tree.about, present=bool(device.version))
    put_software(sheet, "Fortinet", "FortiOS", tree.about)
    if device.model:
        sheet.put("system", "device", "model", device.model, tree.about)
    sheet.put("system", "device", "complete", YES if tree.complete else NO)
    for table, _, entry in device.entries("router static", "router static6"):
        to = value(entry, "dst", "0.0.0.0")  # noqa: S104
        if to in _EVERYWHERE and value(entry, "status", ENABLE) == ENABLE and not setting(entry, "dstaddr"):
            hop = value(entry, "gateway") or value(entry, "device")
            if hop:
                sheet.put("system", table.called("device"), "default_route", hop, setting(entry, "gateway") or entry)
    _archive(device, sheet)
    _usb(device, sheet)
    _floods(device, sheet)


def _archive(device: Device, sheet: Sheet) -> None:
    """A manager keeps every revision; else an action that sends a backup."""
    central = device.table("system central-management")
    kept = setting(central, "type")
    if kept and value(central, "type") == "fortimanager":
        places = values(central, "fmg") or ["fortimanager"]
        sheet.put("system", "device", "archive", f"fortimanager {places[0]}", setting(central, "fmg") or kept)
        return
    for _, _, action in device.entries("system automation-action", "system auto-script"):
        if (script := setting(action, "script")) and (sent := _BACKUP.search(script.text)):
            sheet.put("system", "device", "archive", f"{sent[1].lower()} {sent[2].strip(chr(34))}", script)
            return
        if script and "<text>" in script.text:
            sheet.missing("system", "device", "archive", UNKNOWN, script)
            return
    sheet.missing("system", "device", "archive", ABSENT, kept)


def _usb(device: Device, sheet: Sheet) -> None:
    """What is on a USB stick becomes the configuration or the firmware at the next start."""
    table = device.table("system auto-install")
    lines = [setting(table, key) for key in ("auto-install-config", "auto-install-image")]
    on = [n for n in lines if n and n.key.endswith(" enable")]
    if on:
        sheet.put("management", "usb-auto-install", "enabled", YES, on[0])
    elif all(lines):
        sheet.put("management", "usb-auto-install", "enabled", NO, lines[0])
    else:
        sheet.missing("management", "usb-auto-install", "enabled", UNKNOWN, table)


def _floods(device: Device, sheet: Sheet) -> None:
    """A DoS policy limits floods before anything else sees them, also those to the device."""
    block: Node | None = None
    for _, _, policy in device.entries("firewall dos-policy", "firewall dos-policy6"):
        if not is_on(policy, default=ENABLE):
            continue
        for _, anomaly in entries(inner(policy, "anomaly")):
            if is_on(anomaly) and value(anomaly, "action", "pass") == "block":
                block = block or policy
    if block:
        sheet.put("system", "device", "control_plane_policing", YES, block)
    else:
        sheet.missing("system", "device", "control_plane_policing")
