"""SNMP: the agent, communities with their addresses, and security.

Sources: RouterOS documentation (SNMP). The agent is off until it is switched on. The community ``public`` is there in
every device and answers everybody until something is said of it; one with security is a user of version 3.
"""

from __future__ import annotations

from scanner.configs.chains.entrances import UDP, reached
from scanner.configs.chains.study import ChainStudy
from scanner.configs.dialects.mikrotik_routeros.configuration import RosDevice
from scanner.configs.dialects.mikrotik_routeros.menus import RosEntry
from scanner.configs.dialects.mikrotik_routeros.services import filtered, limited, versions
from scanner.configs.settings import ABSENT, NO, YES, Sheet

_LEVELS = {"none": "noauth", "authorized": "auth", "private": "priv"}
_AGENT = 161
_PORT_OF_TRAPS = {"1": "1", "2": "2c", "3": "3"}
_UNTOLD = "unknown"


def snmp_settings(device: RosDevice, sheet: Sheet, study: ChainStudy) -> None:
    """The agent with what it answers."""
    agent = device.menu("snmp").whole
    on = agent.of("enabled")
    sheet.put("snmp", "agent", "enabled", YES if on.is_yes else NO, on.node, present=on.node is not None)
    menu = device.menu("snmp community")
    if not on.is_yes:
        return
    first = next((e for e in menu.entries if not e.own and e.text("default") == "yes"), None)
    own = [e for e in menu.entries if not e.disabled and (e.own or e is first)]
    if first is None and not menu.lost:
        own.insert(0, RosEntry(on.node or sheet.tree.root, own=False))
    old = [e for e in own if e.text("security", "none") == "none"]
    kinds = ["v1", "v2c"] * bool(old) + ["v3"] * (len(old) < len(own))
    if kinds:
        sheet.put("snmp", "agent", "versions", ",".join(kinds), old[0].node if old else own[0].node)
    outside = filtered(study, reached(study, _AGENT, "input", protocol=UDP, versions=versions(device)))
    for number, entry in enumerate(own, 1):
        _community(sheet, f"community {number}", entry, outside)
        if entry not in old:
            _user(sheet, f"user {number}", entry)
    _receivers(sheet, agent)


def _community(sheet: Sheet, item: str, entry: RosEntry, outside: str) -> None:
    access = "rw" if entry.of("write-access").is_yes else "ro"
    sheet.put("snmp", item, "access", access, entry.of("write-access").node or entry.node)
    secret = entry.secrets.get("name")
    named = entry.of("name").node is not None
    known = secret.default if secret else None if named else True
    told = _UNTOLD if known is None else YES if known else NO
    sheet.put("snmp", item, "default_community", told, entry.node, present=named)
    sheet.put("snmp", item, "storage", "plain", entry.node)
    limit = entry.of("addresses") if entry.of("addresses").node else entry.of("address")
    who = limited(limit)
    who = outside if who == ABSENT else who
    sheet.put("snmp", item, "acl", who, limit.node or entry.node, present=limit.node is not None)


def _user(sheet: Sheet, item: str, entry: RosEntry) -> None:
    """What one must prove, by what algorithms; MD5 and DES where nothing else is named."""
    security = entry.of("security")
    level = _LEVELS.get(security.text, _UNTOLD)
    sheet.put("snmp", item, "level", level, security.node)
    for setting, name, default in (
        ("auth_algorithm", "authentication-protocol", "MD5"),
        ("priv_algorithm", "encryption-protocol", "DES"),
    ):
        if setting == "priv_algorithm" and level != "priv":
            continue
        value = entry.of(name)
        told = value.text or default
        sheet.put("snmp", item, setting, told.lower(), value.node or entry.node, present=value.node is not None)


def _receivers(sheet: Sheet, agent: RosEntry) -> None:
    version = agent.of("trap-version")
    for target in agent.text("trap-target").split(","):
        if target and target not in ("0.0.0.0", "::"):  # noqa: S104 - nobody
            told = _PORT_OF_TRAPS.get(version.text or "1", _UNTOLD)
            sheet.put("snmp", f"host {target}", "version", told, version.node or agent.of("trap-target").node)
