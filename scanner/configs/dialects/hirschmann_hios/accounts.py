"""Accounts, their rights and their SNMP algorithms, and the password policy."""

from __future__ import annotations

import re

from scanner.configs.dialects.hirschmann_hios.profile import NOTHING, Entry, MibProfile, active, on
from scanner.configs.nodes import Node
from scanner.configs.settings import (
    ABSENT,
    DEFAULT_NAMES,
    NO,
    UNKNOWN,
    YES,
    Sheet,
    account,
    put_rights,
    whole,
)

_ROLES = {"0": "unauthorized", "1": "guest", "2": "auditor", "11": "auditor", "13": "operator", "15": "administrator"}
_FULL = "15"
_AUTH = {"0": ABSENT, "1": "md5", "2": "sha"}
_PRIV = {"0": ABSENT, "1": "des", "2": "aes128", "3": "aes256"}
_KINDS = ("MinUpperCase", "MinLowerCase", "MinNumericNumbers", "MinSpecialCharacters")
_ENOUGH = 3  # kinds of characters
_METHODS = {"3": "local", "4": "tacacs+", "5": "radius", "7": "ias", "10": "ldap"}  # of Hm2UserAuthList
_NO_METHOD = ("", "248", "300")  # reject, none
_OF_PORTS = re.compile(r"8021|802\.1|dot1x", re.IGNORECASE)  # logins of devices at ports


def account_settings(profile: MibProfile, sheet: Sheet) -> None:
    """Each account that is active."""
    users = [e for e in profile.entries("hm2UserName") if active(e, "hm2UserStatus") and e["hm2UserName"].text]
    for user in users:
        name, node = user["hm2UserName"]
        item = f"user {name}"
        secret = user.get("hm2UserPassword", NOTHING).node
        if secret is not None and secret.secrets:
            account(sheet, item, secret, name)
        else:
            sheet.put("account", item, "default_name", YES if name.lower() in DEFAULT_NAMES else NO, node)
        role = user.get("hm2UserAccessRole", NOTHING)
        if role.node:
            sheet.put("account", item, "privilege", _ROLES.get(role.text, role.text or UNKNOWN), role.node)
        _algorithms(profile, sheet, item, user)
    roles = [user.get("hm2UserAccessRole", NOTHING).text for user in users]
    _logins(profile, sheet)
    put_rights(sheet, len(users), roles.count(_FULL), users[0]["hm2UserName"].node if users else None)


def _logins(profile: MibProfile, sheet: Sheet) -> None:
    """Who authenticates logins, by each list that the console, SSH, Telnet or the web pages use."""
    applications = [
        (entry["hm2UserApplicationListName"].text, entry.get("hm2UserApplicationListAuthListName", NOTHING).text)
        for entry in profile.entries("hm2UserApplicationListName")
        if active(entry, "hm2UserApplicationListStatus")
    ]
    lists = {e["hm2UserAuthListName"].text: e for e in profile.entries("hm2UserAuthListName")}
    used = dict.fromkeys(name for application, name in applications if not _OF_PORTS.search(application))
    if not used:
        sheet.missing("account", "aaa", "central", UNKNOWN)
    for name in used:
        entry = lists.get(name, {})
        policies = [entry.get(f"hm2UserAuthListPolicy{n}", NOTHING) for n in range(1, 6)]
        node, item = policies[0].node, f"aaa login {name}"
        if node is None or not active(entry, "hm2UserAuthListStatus"):
            sheet.missing("account", item, "central", UNKNOWN)
            continue
        methods = [_METHODS.get(value.text, value.text) for value in policies if value.text not in _NO_METHOD]
        central = methods[:1] != [] and methods[0] in ("radius", "ldap", "tacacs+")
        sheet.put("account", item, "login_methods", ",".join(methods) or "none", node)
        sheet.put("account", item, "central", YES if central else NO, node)
        if central:
            sheet.put("account", item, "local_fallback", YES if "local" in methods[1:] else NO, node)


def _algorithms(profile: MibProfile, sheet: Sheet, item: str, user: Entry) -> None:
    """Those of the account's SNMP version 3, unless it is off; devices are delivered with it on."""
    told = user.keys() & {"hm2UserSnmpAuthType", "hm2UserSnmpEncType"}
    if profile.of("hm2SnmpV3AdminStatus").text == "2" or not told:
        return
    found = {}
    for setting, name, words in (
        ("auth_algorithm", "hm2UserSnmpAuthType", _AUTH),
        ("priv_algorithm", "hm2UserSnmpEncType", _PRIV),
    ):
        text, node = user.get(name, NOTHING)
        found[setting] = words.get(text, UNKNOWN)
        sheet.put("snmp", item, setting, found[setting], node, present=node is not None)
    auth, priv = found["auth_algorithm"], found["priv_algorithm"]
    level = UNKNOWN if UNKNOWN in (auth, priv) else "priv" if priv != ABSENT else "auth" if auth != ABSENT else "noauth"
    sheet.put("snmp", item, "level", level, profile.of("hm2SnmpV3AdminStatus").node or user["hm2UserName"].node)


def password_policy(profile: MibProfile, sheet: Sheet) -> None:
    """Length and kinds of characters, and what becomes of failed logins."""
    length = profile.of("hm2PwdMgmtMinLength")
    told = length.text if whole(length.text) else UNKNOWN
    sheet.put("password-policy", "device", "min_length", told, length.node, present=length.node is not None)
    kinds = [profile.of(f"hm2PwdMgmt{kind}") for kind in _KINDS]
    strict = [k for k in kinds if whole(k.text) and k.text != "0"]
    known = all(whole(k.text) for k in kinds)
    checked, at = _checked(profile)
    few = known and len(strict) < _ENOUGH
    answer = NO if checked is False or few else YES if checked and known else UNKNOWN
    node = at if checked is False else kinds[0].node
    sheet.put("password-policy", "device", "complexity", answer, node, present=answer != UNKNOWN)
    tries, pause = profile.of("hm2PwdMgmtLoginAttempts"), profile.of("hm2PwdMgmtLoginAttemptsTimePeriod")
    if not whole(tries.text):
        sheet.missing("password-policy", "device", "lockout", UNKNOWN)
    elif tries.text == "0":
        sheet.put("password-policy", "device", "lockout", ABSENT, tries.node)
    else:
        sheet.put("password-policy", "device", "lockout", "login attempts", tries.node)
        sheet.put("password-policy", "device", "lockout_attempts", tries.text, tries.node)
        if whole(pause.text) and pause.text != "0":  # without one until an administrator unlocks the account
            sheet.put("password-policy", "device", "lockout_seconds", str(int(pause.text) * 60), pause.node)


def _checked(profile: MibProfile) -> tuple[bool | None, Node | None]:
    """The composition is asked of the passwords of all accounts, and the line of the first of which it is not."""
    told = [e.get("hm2UserPwdPolicyChk", NOTHING) for e in profile.entries("hm2UserName") if active(e, "hm2UserStatus")]
    off = next((value for value in told if on(value) is False), None)
    if off is not None:
        return False, off.node
    return (True if told and all(on(value) for value in told) else None), None
