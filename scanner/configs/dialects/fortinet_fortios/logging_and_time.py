"""Where messages are sent, what is recorded, and where the time comes from."""

from __future__ import annotations

from typing import NamedTuple

from scanner.configs.dialects.fortinet_fortios.tables import (
    DISABLE,
    Device,
    entries,
    inner,
    is_on,
    setting,
    value,
    values,
)
from scanner.configs.nodes import Node
from scanner.configs.places import PUBLIC, place_of
from scanner.configs.settings import ABSENT, CLOSED, NO, UNKNOWN, YES, Sheet

_LEVELS = ("emergency", "alert", "critical", "error", "warning", "notification", "information", "debug")
_FINEST = "information"  # what is sent without a filter, in every release
_SYSLOG = tuple(f"log syslogd{n} " for n in ("", "2", "3", "4"))
_ANALYZER = tuple(f"log fortianalyzer{n} " for n in ("", "2", "3", "-cloud"))
_CLOUD = ("log fortiguard ",)


class _Server(NamedTuple):
    name: str
    transport: str
    level: str
    line: Node
    level_line: Node | None
    source: Node | None


def log_settings(device: Device, sheet: Sheet) -> None:
    """Servers, transports, levels and what is recorded."""
    servers = list(_servers(device))
    if servers:
        names = list(dict.fromkeys(s.name for s in servers))
        sheet.put("logging", "device", "remote_hosts", ",".join(names), servers[0].line, number=len(names))
    else:
        off = next((n for t in device.tables("log syslogd setting") if (n := setting(t.node, "status"))), None)
        sheet.put("logging", "device", "remote_hosts", ABSENT, off, number=0, present=off is not None)
    put: set[str] = set()
    for server in servers:
        if server.name not in put:
            sheet.put("logging", f"host {server.name}", "transport", server.transport, server.line)
        put.add(server.name)
    if servers:
        finest = max(servers, key=lambda s: _LEVELS.index(s.level) if s.level in _LEVELS else 0)
        at = finest.level_line or finest.line
        sheet.put("logging", "device", "level", finest.level, at, present=finest.level_line is not None)
        if source := next((s.source for s in servers if s.source), None):
            sheet.put("logging", "device", "source", source.text.split()[-1].strip('"'), source)
    sheet.missing("logging", "device", "timestamps", "datetime")
    events = [t.node for t in device.tables("log eventfilter")]
    silent = next(
        (n for b in events for key in ("event", "system") if (n := setting(b, key)) and n.key.endswith(DISABLE)), None
    )
    for name in ("login_failures", "config_changes"):
        sheet.put("logging", "device", name, NO if silent else YES, silent, present=silent is not None)


def _servers(device: Device) -> list[_Server]:
    found = []
    for start in (*_SYSLOG, *_ANALYZER, *_CLOUD):
        for table in device.tables(f"{start}setting", f"{start}override-setting"):
            block = table.node
            if not is_on(block) or not (line := setting(block, "status")):
                continue
            name = value(block, "server") or value(block, "alt-server")
            if start not in _SYSLOG:
                name = name or "forticloud"
            if not name:
                continue
            kind = "override-filter" if "override" in block.key else "filter"
            filters = [t.node for t in device.tables(f"{start}{kind}") if t.domain == table.domain]
            level_line = setting(filters[-1], "severity") if filters else None
            level = value(filters[-1], "severity", _FINEST) if filters else _FINEST
            at = setting(block, "server") or line
            source = setting(block, "source-ip") or setting(block, "interface")
            found.append(_Server(name, _transport(start, block), level, at, level_line, source))
    return found


def _transport(start: str, block: Node) -> str:
    if start in _SYSLOG:
        if value(block, "mode", "udp") == "udp" and not is_on(block, "reliable"):
            return "udp"
        return "tls" if value(block, "enc-algorithm", DISABLE) != DISABLE else "tcp"
    return "tcp" if value(block, "enc-algorithm", "high") == DISABLE else "tls"


def time_settings(device: Device, sheet: Sheet) -> None:
    """Servers of the time, whether they prove who they are, and whom the device tells the time."""
    table = device.table("system ntp")
    sync, kind = setting(table, "ntpsync"), value(table, "type", "fortiguard")
    servers = [(value(e, "server"), e) for _, e in entries(inner(table, "ntpserver")) if value(e, "server")]
    if not is_on(table, "ntpsync"):
        sheet.put("time", "device", "sources", ABSENT, sync or table, number=0, present=sync is not None)
    elif kind == "fortiguard":
        sheet.put("time", "device", "sources", "fortiguard", sync, number=2)
        sheet.put("time", "server fortiguard", "place", PUBLIC, setting(table, "type") or sync)
        sheet.put("time", "server fortiguard", "key", NO, setting(table, "type") or sync)
    elif servers:
        names = list(dict.fromkeys(name for name, _ in servers))
        sheet.put("time", "device", "sources", ",".join(names), servers[0][1], number=len(names))
        for name in names:
            entry = next(e for n, e in servers if n == name)
            line = setting(entry, "authentication")
            sheet.put("time", f"server {name}", "key", YES if is_on(entry, "authentication") else NO, line or entry)
            sheet.put("time", f"server {name}", "place", place_of(name), setting(entry, "server"))
    else:
        sheet.put("time", "device", "sources", ABSENT, setting(table, "type") or sync, number=0)
    if is_on(table, "ntpsync"):
        proved = any(is_on(e, "authentication") for _, e in servers) and kind != "fortiguard"
        sheet.put("time", "device", "authentication", YES if proved else NO, sync, present=False)
        if source := setting(table, "source-ip"):
            sheet.put("time", "device", "source", value(table, "source-ip"), source)
    serves = setting(table, "server-mode")
    if not is_on(table, "server-mode"):
        sheet.put("time", "device", "acl", CLOSED, serves or table, present=serves is not None)
    elif where := values(table, "interface"):
        sheet.put("time", "device", "acl", f"interfaces {', '.join(where)}", setting(table, "interface"))
    else:
        sheet.put("time", "device", "acl", UNKNOWN, serves)
    zone = setting(device.table("system global"), "timezone")
    text = value(device.table("system global"), "timezone", ABSENT)
    sheet.put("time", "device", "timezone", text, zone, present=zone is not None)
