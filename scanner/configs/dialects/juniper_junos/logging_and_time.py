"""Where messages are sent, what is recorded, and where the time comes from.

Sources: Junos OS System Log and Network Management Guides (syslog host, file, transport, source-address; security log),
Time Management Guide (ntp server, authentication-key, trusted-key, source-address, restrict). Messages carry date and
time in every release; they go to a host over UDP unless another transport is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from scanner.configs.dialects.juniper_junos.configuration import JunosDevice
from scanner.configs.dialects.juniper_junos.filters import families
from scanner.configs.dialects.juniper_junos.guard import MANAGEMENT, guard_of
from scanner.configs.dialects.juniper_junos.prefixes import entries
from scanner.configs.places import place_of
from scanner.configs.settings import ABSENT, CLOSED, NO, UNKNOWN, YES, Sheet
from scanner.configs.statements.statement import TreeStatement, at, has, inside, leaf, one, place, words

_LEVELS = ("none", "emergency", "alert", "critical", "error", "warning", "notice", "info", "any")
_FACILITIES_WORDS = (
    "any authorization change-log conflict-log daemon dfc external firewall ftp interactive-commands kernel ntp pfe"
    " security user"
)
_FACILITIES = frozenset(_FACILITIES_WORDS.split())
_LOGINS, _CHANGES = ("authorization",), ("change-log", "interactive-commands")
_LEAST = "emergency"
_UDP, _NTP = 17, 123


class _Place(NamedTuple):
    """A file or host that messages go to, with the least severity of each facility."""

    statement: TreeStatement
    facilities: dict[str, TreeStatement]  # facility -> severity

    def takes(self, facilities: Sequence[str], level: str) -> TreeStatement | None:
        """The line by which messages of one of these facilities come there. Of those that must match, some do."""
        if level != _LEAST and (has(self.statement, "match") or has(self.statement, "match-strings")):
            return None
        for name in (*facilities, "any"):
            found = self.facilities.get(name)
            if found is not None and found.word in _LEVELS and _LEVELS.index(found.word) >= _LEVELS.index(level):
                return found
        return None


def _places(syslog: TreeStatement | None, kind: str) -> list[_Place]:
    found = []
    for entry in entries(syslog, kind):
        told = {c.word: s for c in entry if c.word in _FACILITIES and (s := one(entry, c.word)) is not None}
        found.append(_Place(entry, told))
    return found


def log_settings(device: JunosDevice, sheet: Sheet) -> None:
    """Servers, transports, levels and what is recorded."""
    syslog = device.part("system", "syslog")
    hosts = [p for p in _places(syslog, "host") if any(s.word != "none" for s in p.facilities.values())]
    streams = [s for s in entries(device.part("security"), "log", "stream") if _host(s)]
    named = {p.statement.word: leaf(p.statement) for p in hosts} | {_host(s): leaf(at(s, "host")) for s in streams}
    sent = hosts or bool(streams)
    if sent:
        node = next(iter(named.values()))
        sheet.put("logging", "device", "remote_hosts", ",".join(named), node, number=len(named))
    else:
        sheet.missing("logging", "device", "remote_hosts", ABSENT, leaf(syslog), number=0)
    for each in hosts:
        _transport(sheet, each.statement)
    _streams(device, sheet, streams)
    _level(sheet, hosts)
    _recorded(device, sheet, [*hosts, *_places(syslog, "file")], syslog)
    sheet.missing("logging", "device", "timestamps", "datetime")
    _source(
        device,
        sheet,
        "logging",
        one(syslog, "source-address"),
        [one(p.statement, "source-address") for p in hosts],
        asked=bool(hosts),
    )


def _host(stream: TreeStatement) -> str:
    """The receiver of a stream of security logs."""
    found = [s for s in inside(stream, "host") if s.word not in ("port", "routing-instance")]
    return found[0].word if found else ""


def _transport(sheet: Sheet, host: TreeStatement) -> None:
    found = one(host, "transport")
    told = found.word if found is not None else "udp"
    sheet.put("logging", f"host {host.word}", "transport", told, place(found) or leaf(host), present=found is not None)


def _streams(device: JunosDevice, sheet: Sheet, streams: Sequence[TreeStatement]) -> None:
    log = at(device.part("security"), "log")
    common = one(log, "transport", "protocol")
    for stream in streams:
        own = one(stream, "transport", "protocol") or common
        told = own.word if own else "udp"
        sheet.put(
            "logging", f"stream {stream.word}", "transport", told, place(own) or leaf(stream), present=own is not None
        )


def _level(sheet: Sheet, hosts: Sequence[_Place]) -> None:
    """The finest severity that a server gets of everything."""
    whole = [p for p in hosts if not (has(p.statement, "match") or has(p.statement, "match-strings"))]
    given = [p.facilities["any"] for p in whole if "any" in p.facilities]
    known = [s for s in given if s.word in _LEVELS]
    if known:
        finest = max(known, key=lambda s: _LEVELS.index(s.word))
        sheet.put("logging", "device", "level", finest.word, place(finest))
    elif hosts:
        sheet.missing("logging", "device", "level", UNKNOWN, leaf(hosts[0].statement))


def _recorded(device: JunosDevice, sheet: Sheet, places: Sequence[_Place], syslog: TreeStatement | None) -> None:
    """Failed logins are of the facility "authorization", changes of "change-log" and "interactive-commands"."""
    _taken(sheet, "login_failures", places, _LOGINS, "info", syslog)
    accounting = device.part("system", "accounting")
    told = next((s for s in inside(accounting, "events") if s.word in _CHANGES), None)
    if told is not None and entries(accounting, "destination"):
        sheet.put("logging", "device", "config_changes", "accounting", place(told))
    else:
        _taken(sheet, "config_changes", places, _CHANGES, "notice", syslog)


def _taken(  # noqa: PLR0917 - one row, and where its answer may stand
    sheet: Sheet,
    setting: str,
    places: Sequence[_Place],
    facilities: Sequence[str],
    level: str,
    syslog: TreeStatement | None,
) -> None:
    """Messages of the facilities go somewhere, down to a level; whether some do of a coarser one is not told."""
    found = next((s for p in places if (s := p.takes(facilities, level))), None)
    coarse = next((s for p in places if (s := p.takes(facilities, _LEAST))), None)
    if found is not None:
        sheet.put("logging", "device", setting, YES, place(found))
    elif coarse is not None:
        sheet.put("logging", "device", setting, UNKNOWN, place(coarse))
    else:
        sheet.missing("logging", "device", setting, ABSENT, leaf(syslog))


def _source(
    device: JunosDevice,
    sheet: Sheet,
    category: str,
    common: TreeStatement | None,
    own: Sequence[TreeStatement | None],
    *,
    asked: bool,
) -> None:
    """The address that messages come from, of a device with several."""
    chosen = device.part("system", "default-address-selection")
    if common is not None:
        sheet.put(category, "device", "source", common.word, place(common))
    elif own and all(own) and own[0] is not None:
        sheet.put(category, "device", "source", own[0].word, place(own[0]))
    elif chosen is not None:
        sheet.put(category, "device", "source", "lo0", place(chosen))
    elif asked and len(_addressed(device)) > 1:
        sheet.missing(category, "device", "source")


def _addressed(device: JunosDevice) -> set[tuple[str, str]]:
    return {
        (name, unit)
        for _, name, unit, family in families(device)
        if family.word in ("inet", "inet6") and name not in MANAGEMENT and name != "lo0" and at(family, "address")
    }


def time_settings(device: JunosDevice, sheet: Sheet) -> None:
    """Servers of the time, whether they prove who they are, and who may ask the device."""
    ntp = device.part("system", "ntp")
    servers = [*entries(ntp, "server"), *entries(ntp, "peer")]
    trusted = set(words(ntp, "trusted-key"))
    keys = {k.word for k in entries(ntp, "authentication-key")}
    if servers:
        names = [s.word for s in servers]
        sheet.put("time", "device", "sources", ",".join(names), leaf(servers[0]), number=len(names))
    elif has(ntp, "broadcast-client") or has(ntp, "multicast-client"):
        sheet.put("time", "device", "sources", UNKNOWN, leaf(ntp))
    else:
        sheet.missing("time", "device", "sources", ABSENT, leaf(ntp), number=0)
    proved = False
    safe_ones: set[str] = set()
    for server in servers:
        key = one(server, "key")
        safe = has(server, "nts") or (key is not None and key.word in trusted and key.word in keys)
        proved = proved or safe
        safe_ones |= {server.word} if safe else set()
        sheet.put(
            "time",
            f"server {server.word}",
            "key",
            YES if safe else NO,
            place(key) or leaf(server),
            present=key is not None,
        )
        sheet.put("time", f"server {server.word}", "place", place_of(server.word), leaf(server))
    for first in inside(ntp, "boot-server"):  # asked once, when the device starts, without a key
        if first.word not in safe_ones:
            sheet.put("time", f"boot-server {first.word}", "key", NO, leaf(first))
    sheet.put("time", "device", "authentication", YES if proved else NO, leaf(ntp), present=ntp is not None)
    _served(device, sheet, ntp, asked=bool(servers))
    zone = one(device.part("system"), "time-zone")
    device.part("system", "time-zone")
    sheet.put("time", "device", "timezone", zone.word if zone else ABSENT, place(zone), present=zone is not None)


def _served(device: JunosDevice, sheet: Sheet, ntp: TreeStatement | None, *, asked: bool) -> None:
    """A device that asks for the time tells it, too; a filter on the loopback interface or a restriction limits it."""
    if not asked:
        sheet.missing("time", "device", "acl", CLOSED, leaf(ntp))
        return
    limit = guard_of(device).limit("ntp", _NTP, protocol=_UDP)
    restricted = at(ntp, "restrict")
    if limit.who in (ABSENT, "ipv4-only", "ipv6-only"):
        told = UNKNOWN if restricted else ABSENT
        sheet.put("time", "device", "acl", told, leaf(restricted) or limit.node, present=limit.node is not None)
    else:
        sheet.put("time", "device", "acl", limit.who, limit.node, present=limit.node is not None)
    own = [one(s, "source-address") for s in entries(ntp, "server")]
    sources = inside(ntp, "source-address")
    _source(device, sheet, "time", sources[0] if sources else None, own, asked=True)
