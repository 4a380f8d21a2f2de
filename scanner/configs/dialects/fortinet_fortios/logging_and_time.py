"""Where messages are sent, what is recorded, and where the time comes from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from scanner.configs.dialects.fortinet_fortios.interfaces import has_address
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
_SOURCES = ("source-ip", "source-ip-interface", "interface")
_NO_SOURCE = ("", "0.0.0.0")  # noqa: S104
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
        _put_source(device, sheet, "logging", [s.source for s in servers])
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
            source = _source(block)
            found.append(_Server(name, _transport(start, block), level, at, level_line, source))
    return found


def _source(block: Node | None) -> Node | None:
    """The line that says from which address servers are asked."""
    told = (setting(block, key) for key in _SOURCES if value(block, key) not in _NO_SOURCE)
    return next(told, None)


def _put_source(device: Device, sheet: Sheet, category: str, sources: Sequence[Node | None]) -> None:
    """The address that messages to all servers come from; only a device with several has a choice."""
    first = sources[0]
    if first is not None and all(sources):
        sheet.put(category, "device", "source", first.text.split()[-1].strip('"'), first)
        return
    found = [e for _, _, e in device.entries("system interface") if has_address(e)]
    found = [e for e in found if value(e, "status", "up") != "down" and value(e, "dedicated-to") != "management"]
    if len(found) > 1:
        tables = {(value(e, "vdom"), value(e, "vrf")) for e in found}
        direct = any(is_on(t.node, "ha-direct") for _, t in device.blocks("system ha"))
        sheet.missing(category, "device", "source", UNKNOWN if len(tables) > 1 or direct else ABSENT)


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
        _put_source(device, sheet, "time", [_source(table)])
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
