"""The device itself, log servers and time."""

from __future__ import annotations

from scanner.configs.dialects.hirschmann_hios.profile import NOTHING, MibProfile, active, address, on
from scanner.configs.places import place_of
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet

_RELEASE = ("swMajorRelNum", "swMinorRelNum", "swBugfixRelNum")
_LEVELS = ("emergency", "alert", "critical", "error", "warning", "notice", "informational", "debug")
_TRANSPORTS = {"1": "udp", "2": "tls"}


def system_settings(profile: MibProfile, sheet: Sheet) -> None:
    """Name, release, address and spanning tree."""
    tree = profile.tree
    name = profile.of("sysName")
    tree.name = name.text or tree.name
    sheet.put("system", "device", "hostname", tree.name, name.node, present=name.node is not None)
    parts = [profile.header[part] for part in _RELEASE if profile.header.get(part)]
    sheet.version = ".".join(parts)
    sheet.put("system", "device", "version", sheet.version or ABSENT, present=bool(parts))
    if model := profile.header.get("productId"):
        sheet.put("system", "device", "model", model)
    sheet.put("system", "device", "complete", YES if tree.complete else NO)
    gateway = profile.of("hm2NetGatewayIPAddr")
    if address(gateway.text) not in ("", "0.0.0.0"):  # noqa: S104
        sheet.put("system", "device", "default_route", address(gateway.text), gateway.node)
    guard = profile.of("hm2AgentStpBpduGuardMode")
    if on(guard) is not None:
        sheet.put("system", "spanning-tree", "bpdu_guard_default", YES if on(guard) else ABSENT, guard.node)


def log_settings(profile: MibProfile, sheet: Sheet) -> None:
    """Log servers, which count where sending is on."""
    switch = profile.of("hm2LogSyslogAdminStatus")
    servers = [
        (address(e["hm2LogSyslogServerIPAddr"].text), e)
        for e in profile.entries("hm2LogSyslogServerIPAddr")
        if active(e, "hm2LogSyslogServerRowStatus") and e["hm2LogSyslogServerIPAddr"].text
    ]
    if on(switch) is None:
        sheet.missing("logging", "device", "remote_hosts", UNKNOWN)
        return
    if not on(switch) or not servers:
        sheet.put("logging", "device", "remote_hosts", ABSENT, switch.node, number=0)
        return
    names = list(dict.fromkeys(name for name, _ in servers))
    sheet.put("logging", "device", "remote_hosts", ",".join(names), switch.node, number=len(names))
    finest = max((e.get("hm2LogSyslogServerLevelUpto", NOTHING) for _, e in servers), key=lambda value: value.text)
    if finest.text.isdecimal() and int(finest.text) < len(_LEVELS):
        sheet.put("logging", "device", "level", _LEVELS[int(finest.text)], finest.node)
    for name in names:
        how = next(e for n, e in servers if n == name).get("hm2LogSyslogServerTransportType", NOTHING)
        if how.text in _TRANSPORTS:
            sheet.put("logging", f"host {name}", "transport", _TRANSPORTS[how.text], how.node)


def time_settings(profile: MibProfile, sheet: Sheet) -> None:
    """Servers that the SNTP client asks. Where it is off, NTP or PTP may set the clock, which is not read."""
    switch = profile.of("hm2SntpClientAdminState")
    servers = [
        (address(e["hm2SntpClientServerAddr"].text), e["hm2SntpClientServerAddr"].node)
        for e in profile.entries("hm2SntpClientServerAddr")
        if active(e, "hm2SntpClientServerRowStatus") and e["hm2SntpClientServerAddr"].text
    ]
    if not on(switch):
        sheet.missing("time", "device", "sources", UNKNOWN, number=0)
        return
    if not servers:
        sheet.put("time", "device", "sources", ABSENT, switch.node, number=0)
        return
    names = list(dict.fromkeys(name for name, _ in servers))
    sheet.put("time", "device", "sources", ",".join(names), switch.node, number=len(names))
    for name in names:
        node = next(n for s, n in servers if s == name)
        sheet.put("time", f"server {name}", "key", NO, node)  # SNTP has none
        sheet.put("time", f"server {name}", "place", place_of(name), node)
