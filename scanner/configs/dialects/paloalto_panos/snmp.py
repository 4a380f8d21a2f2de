"""SNMP: the agent with its community or its users, and receivers of traps.

Sources: PAN-OS Administrator's Guide ("Monitor Statistics Using SNMP", "Forward Traps to an SNMP Manager"), CLI
Reference (deviceconfig system snmp-setting, log-settings snmptrap). The agent answers reads alone, in one version;
version 3 always authenticates and encrypts, with SHA and AES where nothing else is named.
"""

from __future__ import annotations

from scanner.configs.dialects.paloalto_panos.access import accesses, snmp_limit
from scanner.configs.dialects.paloalto_panos.configuration import PanosDevice
from scanner.configs.settings import NO, UNKNOWN, YES, Sheet
from scanner.configs.snmp_rows import put_community
from scanner.configs.statements.statement import TreeStatement, at, inside, leaf, one, place, value

_SHA, _AES = "sha", "aes-128"


def snmp_settings(device: PanosDevice, sheet: Sheet) -> None:
    """The agent answers where a way of management lets SNMP in."""
    setting = device.part("deviceconfig", "system", "snmp-setting", "access-setting", "version")
    told = [a.on["snmp"] for a in accesses(device)]
    asked = next(((t, n) for wanted in (YES, UNKNOWN) for t, n in told if t == wanted), (NO, None))
    old, new = at(setting, "v2c"), at(setting, "v3")
    configured = old is not None or bool(inside(new, "users"))
    if asked[0] == NO or not configured:
        node = asked[1] or next((n for _, n in told if n is not None), None)
        sheet.put("snmp", "agent", "enabled", NO, node, present=node is not None)
    else:
        sheet.put("snmp", "agent", "enabled", asked[0], asked[1] or leaf(setting), present=asked[1] is not None)
        sheet.put("snmp", "agent", "versions", "v2c" if old is not None else "v3", leaf(setting))
        _community(device, sheet, old)
        users = inside(new, "users")
        for user in users:
            _user(sheet, user)
        if users and old is None:
            who, line = snmp_limit(device)
            sheet.put("snmp", "group users", "acl", who, line or leaf(new), present=line is not None)
    _receivers(device, sheet)


def _community(device: PanosDevice, sheet: Sheet, old: TreeStatement | None) -> None:
    name = one(old, "snmp-community-string")
    node = place(name)
    if name is None or node is None:
        return
    put_community(sheet, "community 1", node, access="ro")
    who, line = snmp_limit(device)
    sheet.put("snmp", "community 1", "acl", who, line or node, present=line is not None)


def _user(sheet: Sheet, user: TreeStatement) -> None:
    """What a user must prove, by what algorithms."""
    item = f"user {user.word}"
    node = leaf(user)
    keys = [one(user, word) for word in ("authpwd", "privpwd")]
    level = "priv" if all(keys) else UNKNOWN
    sheet.put("snmp", item, "level", level, node)
    value(user, "view")
    for setting, word, default in (("auth_algorithm", "authproto", _SHA), ("priv_algorithm", "privproto", _AES)):
        found = one(user, word)
        unsaid = default if level == "priv" else UNKNOWN  # it may stand behind a secret in the same line
        told = found.word.lower() if found is not None else unsaid
        sheet.put("snmp", item, setting, told, place(found) or node, present=found is not None)


def _receivers(device: PanosDevice, sheet: Sheet) -> None:
    """Where traps go, and as which version."""
    number = 0
    for profile in (p for s in device.shared("log-settings", "snmptrap") for p in inside(s)):
        for version, told in (("v2c", "2c"), ("v3", "3")):
            for server in inside(profile, "version", version, "server"):
                number += 1
                item = f"host {value(server, 'manager') or server.word} ({number})"
                sheet.put("snmp", item, "version", told, leaf(server))
                for each in server.below():
                    each.understand()
                if told == "3":
                    known = one(server, "authpwd") is not None and one(server, "privpwd") is not None
                    sheet.put("snmp", item, "level", "priv" if known else UNKNOWN, leaf(server))
