"""Where messages are sent, and where the time comes from.

Source: SYSLOG_SERVER, SYSLOG_CONFIG and NTP YANG models, rsyslog.conf.j2 (all severities go to a server of which none
is said, over UDP), chrony.conf.j2 and ntp.conf.j2: a key counts where authentication is on.
"""

from __future__ import annotations

from scanner.configs.dialects.sonic.access_lists import SonicLists
from scanner.configs.dialects.sonic.tables import ConfigDb
from scanner.configs.log_levels import LEVELS
from scanner.configs.places import place_of
from scanner.configs.settings import ABSENT, CLOSED, NO, UNKNOWN, YES, Sheet

_WORDS = ("emerg", "alert", "crit", "error", "warning", "notice", "info", "debug")
_ALL = "*"


def log_settings(db: ConfigDb, sheet: Sheet) -> None:
    """Servers with their transports and the lowest severity, and what is recorded."""
    servers = list(db.entries("SYSLOG_SERVER"))
    first = servers[0].node if servers else None
    names = [e.name for e in servers]
    sheet.put(
        "logging", "device", "remote_hosts", ",".join(names) or ABSENT, first, number=len(names), present=bool(names)
    )
    usual = db.value_of("SYSLOG_CONFIG", "GLOBAL", "severity")
    coarsest, at = _ALL, None
    for server in servers:
        transport = server.of("protocol", "udp").lower()
        transport = transport if transport in ("udp", "tcp") else UNKNOWN
        sheet.put("logging", f"host {server.name}", "transport", transport, server.line("protocol"))
        severity = server.of("severity") or usual.text or _ALL
        if severity in _WORDS and (coarsest == _ALL or _WORDS.index(severity) < _WORDS.index(coarsest)):
            coarsest, at = severity, server.line("severity") if server.of("severity") else usual.node
        if server.of("filter"):
            coarsest, at = UNKNOWN, server.line("filter")
    silent = [s for s in servers if (s.of("severity") or usual.text) == "none"]
    if servers and len(silent) == len(servers):
        coarsest, at = NO, silent[0].line("severity")
    if servers:
        level = coarsest if coarsest in (UNKNOWN, NO) else LEVELS[_WORDS.index(coarsest)] if at else "debug"
        sheet.put("logging", "device", "level", level, at or first, present=at is not None)
        source = next((e for e in servers if e.of("source")), None)
        if source is not None:
            sheet.put("logging", "device", "source", source.of("source"), source.line("source"))
        elif _addresses(db) > 1:
            sheet.missing("logging", "device", "source")
    sheet.missing("logging", "device", "timestamps", "datetime")
    sheet.missing("logging", "device", "login_failures", YES)  # PAM says so, whatever is configured
    accounted = db.value_of("AAA", "accounting", "login")
    told = "tacacs+" in accounted.text.lower() and any(True for _ in db.entries("TACPLUS_SERVER"))
    sheet.put(
        "logging",
        "device",
        "config_changes",
        "accounting" if told else UNKNOWN,
        accounted.node,
        present=told,
    )


def _addresses(db: ConfigDb) -> int:
    """How many interfaces have an address."""
    tables = ("INTERFACE", "VLAN_INTERFACE", "PORTCHANNEL_INTERFACE", "LOOPBACK_INTERFACE", "MGMT_INTERFACE")
    return len({e.name for table in tables for e in db.entries(table) if len(e.key) > 1})


def time_settings(db: ConfigDb, lists: SonicLists, sheet: Sheet) -> None:
    """Servers, whether they prove who they are, and whom the switch tells the time."""
    general = db.entry("NTP", "global")
    off = general is not None and general.of("admin_state") == "disabled"
    servers = [e for e in db.entries("NTP_SERVER") if not off and e.of("admin_state") != "disabled"]
    names = [e.name for e in servers]
    first = servers[0].node if servers else general.line("admin_state") if general is not None else None
    fixed = off or any(len(e.key) > 1 for e in db.entries("MGMT_INTERFACE"))  # else DHCP may name some
    told = ",".join(names) or (ABSENT if fixed else UNKNOWN)
    pool = len(servers) == 1 and servers[0].of("association_type") == "pool"
    count = None if told == UNKNOWN or pool else len(names)
    sheet.put("time", "device", "sources", told, first, number=count, present=bool(names))
    proves = general is not None and general.of("authentication") == "enabled"
    keys = {e.name: e.of("trusted") for e in db.entries("NTP_KEY") if e.at("value") is not None}
    for server in servers:
        key = YES if proves and server.of("key") in keys else NO
        if key == YES and keys[server.of("key")] == "no" and server.of("trusted") != "yes":
            key = UNKNOWN  # it then proves nothing, in releases that ask for trust
        sheet.put("time", f"server {server.name}", "key", key, server.line("key"))
        sheet.put("time", f"server {server.name}", "place", place_of(server.of("resolve_as", server.name)), server.node)
    zone = db.value_of("DEVICE_METADATA", "localhost", "timezone")
    sheet.put("time", "device", "timezone", zone.text or ABSENT, zone.node, present=bool(zone.text))
    if general is not None and general.of("src_intf"):
        sheet.put("time", "device", "source", ",".join(general.listed("src_intf")), general.line("src_intf"))
    elif servers and _addresses(db) > 1:
        sheet.missing("time", "device", "source", node=general.node if general is not None else None)
    role = general.of("server_role") if general is not None else ""
    if general is not None and (off or role == "disabled"):
        sheet.put("time", "device", "acl", CLOSED, general.line("server_role", "admin_state"))
        return
    acl, node = lists.guard("NTP")
    if acl == ABSENT and role != "enabled":
        acl = UNKNOWN  # whether it answers others depends on the release
    sheet.put("time", "device", "acl", acl, node, present=acl not in (UNKNOWN, ABSENT))
