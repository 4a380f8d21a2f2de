"""Keys that are shared with servers and other devices, by how they are stored, and what tunnels are proposed."""

from __future__ import annotations

from scanner.configs.dialects.fortinet_fortios.tables import Device, setting, value, values
from scanner.configs.nodes import Node
from scanner.configs.settings import UNKNOWN, Sheet

_KEYS = (
    ("user radius", "radius", ("secret", "secondary-secret")),
    ("user tacacs+", "tacacs+", ("key", "secondary-key")),
    ("user ldap", "ldap", ("password",)),
    ("vpn ipsec phase1-interface", "tunnel", ("psksecret",)),
    ("vpn ipsec phase1", "tunnel", ("psksecret",)),
    ("wireless-controller vap", "wireless network", ("passphrase", "sae-password")),
)
_TUNNELS = (
    ("vpn ipsec phase1-interface", "phase1"),
    ("vpn ipsec phase1", "phase1"),
    ("vpn ipsec phase2-interface", "phase2"),
    ("vpn ipsec phase2", "phase2"),
)


def key_settings(device: Device, sheet: Sheet) -> None:
    """How shared keys are stored; proposals of tunnels."""
    for path, kind, names in _KEYS:
        for table, name, entry in device.entries(path):
            line = next((n for key in names if (n := setting(entry, key)) and n.secrets), None)
            if line:
                sheet.put("account", f"{kind} {table.called(name)}", "key_storage", line.secrets[0].storage, line)
    cluster = setting(device.table("system ha"), "password")
    if cluster and cluster.secrets:
        sheet.put("account", "cluster", "key_storage", cluster.secrets[0].storage, cluster)
    for path, phase in _TUNNELS:
        for table, name, entry in device.entries(path):
            _tunnel(sheet, f"{phase} {table.called(name)}", phase, entry)


def _tunnel(sheet: Sheet, item: str, phase: str, entry: Node) -> None:
    for name, key in (("proposals", "proposal"), ("groups", "dhgrp")):
        line = setting(entry, key)
        if name == "groups" and value(entry, "pfs") == "disable":
            sheet.put("vpn", item, name, "none", setting(entry, "pfs"))
        elif line:
            sheet.put("vpn", item, name, ",".join(values(entry, key)), line)
        else:
            sheet.missing("vpn", item, name, UNKNOWN, entry)
    if phase == "phase1":
        line = setting(entry, "ike-version")
        version = value(entry, "ike-version", "1")
        sheet.put("vpn", item, "version", version, line or entry, present=line is not None)
        mode = setting(entry, "mode")
        if version == "1":
            text = value(entry, "mode", "main")
            sheet.put("vpn", item, "mode", text, mode or entry, present=mode is not None)
