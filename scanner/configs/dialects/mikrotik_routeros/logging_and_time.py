"""Where messages are sent, and where the time comes from.

Sources: RouterOS documentation (Log, NTP, Clock, Cloud). Messages of the levels info, warning, error and critical are
kept in memory by default, failed logins and changes among them; they are sent where a rule has an action with a remote
target.
"""

from __future__ import annotations

from scanner.configs.chains.entrances import UDP, reached
from scanner.configs.chains.study import ChainStudy
from scanner.configs.dialects.mikrotik_routeros.configuration import RosDevice
from scanner.configs.dialects.mikrotik_routeros.menus import RosEntry
from scanner.configs.dialects.mikrotik_routeros.services import filtered, versions
from scanner.configs.places import place_of
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet

_LEVELS = ("debug", "info", "warning", "error", "critical")
_REMOTE = ("remote", "3")  # the action that every device has
_NOBODY = ("", "0.0.0.0", "::")  # noqa: S104
_NTP = 123


def log_settings(device: RosDevice, sheet: Sheet) -> None:
    """Servers, transports and levels."""
    actions = {}
    for entry in device.menu("system logging action").entries:
        built_in = not entry.own and (entry.text("name") in _REMOTE or entry.chosen in _REMOTE)
        if (built_in or entry.text("target") == "remote") and entry.text("remote") not in _NOBODY:
            actions["remote" if built_in else entry.text("name")] = entry
    rules = [r for r in device.entries("system logging") if r.text("action") in actions]
    used = {r.text("action"): actions[r.text("action")] for r in rules}
    names = [a.text("remote") for a in used.values()]
    if names:
        node = next(iter(used.values())).of("remote").node
        sheet.put("logging", "device", "remote_hosts", ",".join(names), node, number=len(names))
    else:
        sheet.missing("logging", "device", "remote_hosts", ABSENT, number=0)
    for action in {a.text("remote"): a for a in used.values()}.values():
        kind = action.of("remote-protocol")
        told = {"tcp": "tcp", "tls": "tls"}.get(kind.text, "udp")
        item = f"host {action.text('remote')}"
        sheet.put("logging", item, "transport", told, kind.node or action.node, present=kind.node is not None)
    _level(sheet, rules)
    kept = not device.menu("system logging").lost
    for setting in ("login_failures", "config_changes"):
        sheet.missing("logging", "device", setting, YES if kept else UNKNOWN)
    sheet.missing("logging", "device", "timestamps", "datetime")


def _level(sheet: Sheet, rules: list[RosEntry]) -> None:
    """The finest level of everything that is sent."""
    told = []
    for rule in rules:
        topics = rule.text("topics", "info").split(",")
        if len(topics) == 1 and topics[0] in _LEVELS:
            told.append((topics[0], rule))
    if told:
        level, rule = min(told, key=lambda pair: _LEVELS.index(pair[0]))
        sheet.put(
            "logging", "device", "level", {"debug": "debugging", "info": "informational"}.get(level, level), rule.node
        )
    elif rules:
        sheet.missing("logging", "device", "level", UNKNOWN, rules[0].node)


def time_settings(device: RosDevice, sheet: Sheet, study: ChainStudy) -> None:
    """Servers of the time, and who may ask the device."""
    client = device.menu("system ntp client").whole
    on = client.of("enabled").is_yes
    found: list[tuple[str, RosEntry]] = []
    for name in ("primary-ntp", "secondary-ntp", "server-dns-names", "servers"):
        found += [(n, client) for n in client.text(name).split(",") if n not in _NOBODY]
    found += [(s.text("address"), s) for s in device.entries("system ntp client servers") if s.text("address")]
    names = [name for name, _ in found] if on else []
    node = client.of("enabled").node or client.node
    if names:
        sheet.put("time", "device", "sources", ",".join(names), found[0][1].node, number=len(names))
    else:
        told = UNKNOWN if _unnamed_servers(device, asks=on) else ABSENT
        sheet.missing("time", "device", "sources", told, node if client.values else None, number=0)
    for name, entry in dict(found).items() if on else ():
        key = entry.of("auth-key")
        safe = key.text not in ("", "none")
        sheet.put(
            "time", f"server {name}", "key", YES if safe else NO, key.node or entry.node, present=key.node is not None
        )
        sheet.put("time", f"server {name}", "place", place_of(name), entry.node)
    server = device.menu("system ntp server").whole.of("enabled")
    if server.is_yes:
        who = filtered(study, reached(study, _NTP, "input", protocol=UDP, versions=versions(device)))
        sheet.put("time", "device", "acl", who, server.node)
    zone = device.menu("system clock").whole.of("time-zone-name")
    sheet.put("time", "device", "timezone", zone.text or ABSENT, zone.node, present=bool(zone.text))


def _unnamed_servers(device: RosDevice, *, asks: bool) -> bool:
    """Servers that the file does not name may tell it: those of DHCP, and without a client the maker's cloud."""
    if not asks:
        return device.menu("ip cloud").whole.text("update-time", "yes") != "no"
    return any(e.text("use-peer-ntp", "yes") != "no" for e in device.entries("ip dhcp-client"))
