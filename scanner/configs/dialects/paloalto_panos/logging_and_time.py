"""Where messages are sent and what is recorded, and where the time comes from.

Sources: PAN-OS Administrator's Guide ("Configure Log Forwarding", "Configure Syslog Monitoring", "Configure an NTP
Server", "Service Routes"), CLI Reference (log-settings, ntp-servers, route service). Failed logins and changes of the
configuration are always recorded, with date and time. Messages come from the management port unless a service route
says otherwise.
"""

from __future__ import annotations

import re

from scanner.configs.dialects.paloalto_panos.configuration import PanosDevice
from scanner.configs.places import place_of
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet
from scanner.configs.statements.statement import TreeStatement, at, inside, leaf, one, place, value, words

_TRANSPORTS = {"udp": "udp", "tcp": "tcp", "ssl": "tls"}
_ALL = re.compile(r"all logs|\(?\s*severity geq informational\s*\)?", re.IGNORECASE)
_COARSE = re.compile(r"\(?\s*severity (?:eq|geq) (critical|high)\s*\)?", re.IGNORECASE)
_LEVELS = {"critical": "critical", "high": "error"}
_SERVERS = ("primary-ntp-server", "secondary-ntp-server")
_OLD_SERVERS = ("ntp-server-1", "ntp-server-2")


def log_settings(device: PanosDevice, sheet: Sheet) -> None:
    """Servers that get messages, transports, levels, and what is recorded."""
    servers = _servers(device)
    used = _used(device)
    sent = {value(s, "server") or s.word: (profile, s) for profile, s in servers if profile in used}
    panorama = next((n for n in used.values() if n.word == "yes"), None)
    names = list(sent) + ["panorama"] * (panorama is not None)
    own = _used(device, ("profiles",))  # of the device itself, not of the traffic that it filters
    untold = next((n for p, n in used.items() if p and n.word != "yes" and all(p != name for name, _ in servers)), None)
    if names and not own:
        sheet.put("logging", "device", "remote_hosts", UNKNOWN, place(*used.values()))
    elif names:
        first = leaf(next(iter(sent.values()))[1]) if sent else place(panorama)
        sheet.put("logging", "device", "remote_hosts", ",".join(names), first, number=len(names))
    elif untold is not None:
        sheet.put("logging", "device", "remote_hosts", UNKNOWN, place(untold))
    else:
        sheet.missing("logging", "device", "remote_hosts", ABSENT, number=0)
    for name, (_, server) in sent.items():
        found = one(server, "transport")
        told = _TRANSPORTS.get(found.word.lower(), UNKNOWN) if found is not None else "udp"
        sheet.put("logging", f"host {name}", "transport", told, place(found) or leaf(server), present=found is not None)
    _level(device, sheet, asked=bool(names))
    sheet.missing("logging", "device", "login_failures", YES)
    sheet.missing("logging", "device", "config_changes", YES)
    sheet.missing("logging", "device", "timestamps", "datetime")
    _source(device, sheet, "logging", "syslog", asked=bool(sent))


def _servers(device: PanosDevice) -> list[tuple[str, TreeStatement]]:
    """Each syslog server, with the profile that it is of."""
    return [
        (profile.word, server)
        for settings in device.shared("log-settings", "syslog")
        for profile in inside(settings)
        for server in inside(profile, "server")
    ]


def _used(device: PanosDevice, without: tuple[str, ...] = ()) -> dict[str, TreeStatement]:
    """The profiles of servers that something is sent to; Panorama as "yes"."""
    found: dict[str, TreeStatement] = {}
    for settings in device.shared("log-settings"):
        for part in settings:
            if part.word in ("syslog", "email", "snmptrap", "http", *without):
                continue
            for each in part.below():
                if each.word in ("send-syslog", "using-syslog-setting"):
                    found.update({s.word: s for s in inside(each) if s.word != "using-syslog-setting"})
                elif each.word in ("send-to-panorama", "send-to-logging-service", "quarantine"):
                    on = one(each)
                    if on is not None and on.word == "yes" and each.word != "quarantine":
                        found["yes"] = on
    return found


def _matches(device: PanosDevice) -> list[TreeStatement]:
    return [m for s in device.shared("log-settings", "system") for m in inside(s, "match-list")]


def _level(device: PanosDevice, sheet: Sheet, *, asked: bool) -> None:
    """The finest severity of the device's own messages that is sent."""
    sending = [m for m in _matches(device) if words(m, "send-syslog") or value(m, "send-to-panorama") == "yes"]
    filters = [f for m in sending if (f := one(m, "filter")) is not None]
    everything = next((f for f in filters if _ALL.fullmatch(f.word.strip())), None)
    if everything is not None:
        sheet.put("logging", "device", "level", "informational", place(everything))
    elif filters and all(_COARSE.fullmatch(f.word.strip()) for f in filters):
        told = [m[1].lower() for f in filters if (m := _COARSE.fullmatch(f.word.strip()))]
        finest = "high" if "high" in told else "critical"
        sheet.put("logging", "device", "level", _LEVELS[finest], place(filters[0]))
    elif asked:
        sheet.missing("logging", "device", "level", UNKNOWN)


def _source(device: PanosDevice, sheet: Sheet, category: str, service: str, *, asked: bool) -> None:
    """The interface that messages come from."""
    found = at(device.part("deviceconfig", "system"), "route", "service", service)
    told = next(
        (w for s in (one(found, "source", "interface"), one(found, "source-interface")) if s for w in [s]), None
    )
    if told is not None:
        sheet.put(category, "device", "source", told.word, place(told))
    elif asked:
        sheet.missing(category, "device", "source", "management interface")


def time_settings(device: PanosDevice, sheet: Sheet) -> None:
    """Servers of the time, and whether they prove who they are."""
    system = device.part("deviceconfig", "system")
    found: list[tuple[str, TreeStatement, TreeStatement | None]] = []
    for name in _SERVERS:
        entry = at(system, "ntp-servers", name)
        address = one(entry, "ntp-server-address")
        if address is not None:
            found.append((address.word, address, at(entry, "authentication-type")))
    for name in _OLD_SERVERS:
        address = one(system, name)
        if address is not None:
            found.append((address.word, address, None))
    if found:
        names = [name for name, _, _ in found]
        sheet.put("time", "device", "sources", ",".join(names), place(found[0][1]), number=len(names))
    else:
        sheet.missing("time", "device", "sources", ABSENT, number=0)
    proved = False
    for name, address, kind in {name: (name, a, k) for name, a, k in found}.values():
        told = [s.word for s in inside(kind)] if kind is not None else []
        safe = bool(set(told) & {"symmetric-key", "autokey"})
        proved = proved or safe
        node = leaf(kind) if kind is not None else place(address)
        sheet.put("time", f"server {name}", "key", YES if safe else NO, node, present=kind is not None)
        sheet.put("time", f"server {name}", "place", place_of(name), place(address))
    sheet.put("time", "device", "authentication", YES if proved else NO, present=bool(found))
    _source(device, sheet, "time", "ntp", asked=bool(found))
    zone = one(system, "timezone")
    sheet.put("time", "device", "timezone", zone.word if zone else ABSENT, place(zone), present=zone is not None)
