"""The device itself, log servers and time."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.configs.dialects.hirschmann_hios.profile import NOTHING, MibProfile, MibValue, active, address, on
from scanner.configs.log_levels import LEVELS
from scanner.configs.nodes import Node
from scanner.configs.places import place_of
from scanner.configs.settings import ABSENT, CLOSED, NO, UNKNOWN, YES, Sheet, put_software

_RELEASE = ("swMajorRelNum", "swMinorRelNum", "swBugfixRelNum")
_TRANSPORTS = {"1": "udp", "2": "tls"}
_BROADCAST = "2"


def system_settings(profile: MibProfile, sheet: Sheet) -> None:
    """Name, release, address and spanning tree."""
    tree = profile.tree
    name = profile.of("sysName")
    tree.name = name.text or tree.name
    sheet.put("system", "device", "hostname", tree.name, name.node, present=name.node is not None)
    parts = [profile.header[part] for part in _RELEASE if profile.header.get(part)]
    sheet.version = ".".join(parts)
    sheet.put("system", "device", "version", sheet.version or ABSENT, present=bool(parts))
    put_software(sheet, "Hirschmann", "HiOS")
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
    if finest.text.isdecimal() and int(finest.text) < len(LEVELS):
        sheet.put("logging", "device", "level", LEVELS[int(finest.text)], finest.node)
    for name in names:
        how = next(e for n, e in servers if n == name).get("hm2LogSyslogServerTransportType", NOTHING)
        if how.text in _TRANSPORTS:
            sheet.put("logging", f"host {name}", "transport", _TRANSPORTS[how.text], how.node)


def time_settings(profile: MibProfile, sheet: Sheet) -> None:
    """Servers that the clients of SNTP and NTP ask; PTP or broadcasts may set the clock in their place."""
    clients = [profile.of("hm2SntpClientAdminState"), profile.of("hm2NtpClientAdminState")]
    precise = profile.of("hm2PtpEnable")
    servers = [
        *_servers(profile, clients[0], "hm2SntpClientServerAddr", "hm2SntpClientServerRowStatus"),
        *_servers(profile, clients[1], "hm2NtpClientServerAddress", "hm2NtpClientServerRowStatus"),
    ]
    _time_service(profile, sheet)
    running = next((client for client in clients if on(client)), None)
    names = list(dict.fromkeys(name for name, _ in servers))
    if names:
        at = running.node if running else None
        sheet.put("time", "device", "sources", ",".join(names), at, number=len(names))
    elif on(precise) or _listens(profile, clients) or (running is None and not _all_off(*clients, precise)):
        sheet.missing("time", "device", "sources", UNKNOWN, number=0)
    else:
        sheet.put("time", "device", "sources", ABSENT, (running or clients[0]).node, number=0)
    for name in names:
        node = next(n for s, n in servers if s == name)
        sheet.put("time", f"server {name}", "key", NO, node)  # SNTP has none, and NTP none that is set
        sheet.put("time", f"server {name}", "place", place_of(name), node)


def _servers(profile: MibProfile, client: MibValue, column: str, status: str) -> Iterator[tuple[str, Node | None]]:
    """The servers of a client that is on."""
    for entry in profile.entries(column) if on(client) else ():
        name = address(entry[column].text)
        if active(entry, status) and name not in ("", "0.0.0.0"):  # noqa: S104
            yield name, entry[column].node


def _listens(profile: MibProfile, clients: list[MibValue]) -> bool:
    """A client that is on takes the time from broadcasts."""
    modes = (profile.of(f"hm2{kind}ClientOperatingMode") for kind in ("Sntp", "Ntp"))
    return any(on(client) and mode.text == _BROADCAST for client, mode in zip(clients, modes, strict=True))


def _all_off(*values: MibValue) -> bool:
    return all(on(value) is False for value in values)


def _time_service(profile: MibProfile, sheet: Sheet) -> None:
    """Whether the device gives the time; nothing limits who may ask it."""
    switches = [profile.of(f"hm2{kind}ServerAdminState") for kind in ("Sntp", "Ntp")]
    running = next((value for value in switches if on(value)), None)
    if running is not None:
        sheet.put("time", "device", "acl", ABSENT, running.node)
    elif any(on(value) is False for value in switches):
        sheet.put("time", "device", "acl", CLOSED, next(v.node for v in switches if v.node))
