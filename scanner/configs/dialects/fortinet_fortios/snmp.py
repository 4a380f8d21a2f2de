"""SNMP: the agent, communities with their hosts, users of version 3. The agent answers reads only."""

from __future__ import annotations

from scanner.configs.dialects.fortinet_fortios.access import accesses, knows_interfaces
from scanner.configs.dialects.fortinet_fortios.tables import ENABLE, Device, entries, inner, is_on, setting, value
from scanner.configs.nodes import Node
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet

_ANYBODY = ("0.0.0.0", "0.0.0.0/0", "::", "::/0", "")  # noqa: S104
UNTOLD = "unknown"
_LEVELS = {"no-auth-no-priv": "noauth", "auth-no-priv": "auth", "auth-priv": "priv"}


def snmp_settings(device: Device, sheet: Sheet) -> None:
    """The agent answers when it is on and some interface lets SNMP in."""
    table = device.table("system snmp sysinfo")
    status = setting(table, "status")
    let_in = [a.line for a in accesses(device) if "snmp" in a.services]
    on = is_on(table) and (bool(let_in) or not knows_interfaces(device))
    sheet.put("snmp", "agent", "enabled", YES if on else NO, status or table, present=status is not None)
    users = _used(device, "system snmp user")
    communities = _used(device, "system snmp community")
    if not on:
        return
    old = [
        (version, setting(entry, f"query-{key}-status") or entry)
        for version, key in (("v1", "v1"), ("v2c", "v2c"))
        for _, entry in communities
        if value(entry, f"query-{key}-status", ENABLE) == ENABLE
    ]
    versions = sorted({version for version, _ in old} | ({"v3"} if users else set()))
    if versions:
        sheet.put("snmp", "agent", "versions", ",".join(versions), old[0][1] if old else users[0][1])
    for name, entry in communities:
        _community(sheet, name, entry)
    for name, entry in users:
        _user(sheet, name, entry)


def _used(device: Device, path: str) -> list[tuple[str, Node]]:
    """The entries of a table that are not disabled."""
    return [(name, entry) for _, name, entry in device.entries(path) if value(entry, "status", ENABLE) == ENABLE]


def _community(sheet: Sheet, name: str, entry: Node) -> None:
    item = f"community {name}"
    line = setting(entry, "name")
    secret = line.secrets[0] if line and line.secrets else None
    known = secret.default if secret else None
    sheet.put("snmp", item, "access", "ro", line or entry, present=False)
    sheet.put("snmp", item, "default_community", UNTOLD if known is None else YES if known else NO, line or entry)
    sheet.put("snmp", item, "storage", secret.storage if secret else UNTOLD, line or entry)
    hosts = [(n, h) for path in ("hosts", "hosts6") for n, h in entries(inner(entry, path))]
    asking = [h for _, h in hosts if value(h, "host-type", "any") in ("any", "query")]
    limits = [_address(h) for h in asking]
    if asking and not set(limits) & set(_ANYBODY):
        sheet.put("snmp", item, "acl", "hosts", asking[0])
    else:
        sheet.put("snmp", item, "acl", ABSENT, asking[0] if asking else entry, present=bool(asking))
    version = "2c" if value(entry, "trap-v2c-status", ENABLE) == ENABLE else "1"
    if version != "2c" and value(entry, "trap-v1-status", ENABLE) != ENABLE:
        return
    for number, host in hosts:
        if value(host, "host-type", "any") in ("any", "trap") and _address(host) not in _ANYBODY:
            sheet.put("snmp", f"host {_address(host)} ({name}.{number})", "version", version, host)


def _address(host: Node) -> str:
    return value(host, "ip") or value(host, "ipv6")


def _user(sheet: Sheet, name: str, entry: Node) -> None:
    item = f"user {name}"
    line = setting(entry, "security-level")
    level = _LEVELS.get(value(entry, "security-level", "no-auth-no-priv"), UNKNOWN)
    sheet.put("snmp", item, "level", level, line or entry, present=line is not None)
    for asked, name_, key, default in (
        (level in ("auth", "priv"), "auth_algorithm", "auth-proto", "sha"),
        (level == "priv", "priv_algorithm", "priv-proto", "aes"),
    ):
        own = setting(entry, key)
        if asked:
            sheet.put("snmp", item, name_, value(entry, key, default).lower(), own or entry, present=own is not None)
        else:
            sheet.missing("snmp", item, name_, ABSENT, entry)
