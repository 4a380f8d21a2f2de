"""SNMP.

Source: SNMP YANG model, snmpd.conf.j2, config/main.py of sonic-utilities (SNMP_TRAP_CONFIG). Releases before 202012
keep communities in another file, so that none here does not mean that there is none.
"""

from __future__ import annotations

from scanner.configs.dialects.sonic.access_lists import SonicLists
from scanner.configs.dialects.sonic.tables import ConfigDb, TableEntry
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet
from scanner.configs.snmp_rows import put_community

_LEVELS = {"noauthnopriv": "noauth", "authnopriv": "auth", "priv": "priv", "authpriv": "priv"}
_PORT = "161"


def snmp_settings(db: ConfigDb, lists: SonicLists, sheet: Sheet) -> None:
    """The agent, its communities and users, and where traps go."""
    state, node = db.feature("snmp")
    on = {"enabled": YES, "disabled": NO}.get(state, UNKNOWN)
    sheet.put("snmp", "agent", "enabled", on, node, present=bool(state))
    if on == NO:
        return
    communities, users = list(db.entries("SNMP_COMMUNITY")), list(db.entries("SNMP_USER"))
    versions = ["v1", "v2c"] * bool(communities) + ["v3"] * bool(users)
    first = next((e.node for e in (*communities, *users)), None)
    told = ",".join(versions) if communities else UNKNOWN
    if users and not communities and db.has("SNMP_COMMUNITY"):
        told = "v3"
    sheet.put("snmp", "agent", "versions", told, first, present=told != UNKNOWN)
    ports = {e.key[1] or _PORT for e in db.entries("SNMP_AGENT_ADDRESS_CONFIG") if len(e.key) > 1} or {_PORT}
    answers = [lists.guard("SNMP", port) for port in sorted(ports)]
    acl, at = next((a for want in (ABSENT, UNKNOWN) for a in answers if a[0] == want), answers[0])
    for number, entry in enumerate(communities, 1):
        item = f"community {number}"
        put_community(sheet, item, entry.node, access=entry.of("TYPE", "unknown").lower())
        sheet.put("snmp", item, "acl", acl, at or entry.node, present=acl not in (ABSENT, UNKNOWN))
    for user in users:
        _user(sheet, user)
        sheet.put("snmp", f"user {user.name}", "acl", acl, at or user.node, present=acl not in (ABSENT, UNKNOWN))
    if users:
        sheet.put("snmp", "group users", "acl", acl, at or users[0].node, present=acl not in (ABSENT, UNKNOWN))
    for trap in db.entries("SNMP_TRAP_CONFIG"):
        version = trap.name[1:2]
        if trap.of("DestIp") and version.isdecimal():
            told = "2c" if version == "2" else version
            sheet.put("snmp", f"host {trap.of('DestIp')}", "version", told, trap.line("DestIp"))


def _user(sheet: Sheet, user: TableEntry) -> None:
    item = f"user {user.name}"
    level = _LEVELS.get(user.of("SNMP_USER_TYPE").lower(), UNKNOWN)
    sheet.put("snmp", item, "level", level, user.line("SNMP_USER_TYPE"), present=level != UNKNOWN)
    for setting, field, needed in (
        ("auth_algorithm", "SNMP_USER_AUTH_TYPE", ("auth", "priv")),
        ("priv_algorithm", "SNMP_USER_ENCRYPTION_TYPE", ("priv",)),
    ):
        text = user.of(field).lower() if level in needed or level == UNKNOWN else ""
        sheet.put("snmp", item, setting, text or ABSENT, user.line(field), present=bool(text))
