"""Who checks logins, keys that are shared with servers, and the password policy.

Source: AAA, TACPLUS, RADIUS and LDAP YANG models, common-auth-sonic.j2: a login that no server answers is checked
against the accounts of the switch, unless only LDAP is named.
"""

from __future__ import annotations

from scanner.configs.dialects.sonic.tables import ConfigDb, is_true
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet, whole

_SERVERS = {"tacacs+": "TACPLUS_SERVER", "radius": "RADIUS_SERVER", "ldap": "LDAP_SERVER"}
_CLASSES = ("lower_class", "upper_class", "digits_class", "special_class")
_ENOUGH = 3  # kinds of characters
_POLICY = (("min_length", "len_min"), ("max_age", "expiration"))


def methods(db: ConfigDb) -> list[str]:
    """How logins are checked, in order, as far as there are servers; the accounts of the switch come last."""
    wanted = db.value_of("AAA", "authentication", "login").text.lower()
    servers = {method for method, table in _SERVERS.items() if any(True for _ in db.entries(table))}
    asked = [word.strip() for word in wanted.split(",") if word.strip()]
    found = [word for word in asked if word not in _SERVERS or word in servers]
    return [word for word in found if word in (*_SERVERS, "local")] or ["local"]


def account_settings(db: ConfigDb, sheet: Sheet) -> None:
    """Of the accounts of the switch itself nothing is told: they are in no configuration."""
    told = db.value_of("AAA", "authentication", "login")
    order = methods(db)
    central = order[0] in _SERVERS
    at, present = told.node, bool(told.text)
    sheet.put("account", "aaa", "central", YES if central else NO, at, present=present)
    sheet.put("account", "aaa", "login_methods", ",".join(order), at, present=present)
    how = "aaa" if central else "local"
    for login in ("ssh", "console"):
        sheet.put("line", login, "authentication", how, at, present=present)
    if central:
        alone = order == ["ldap"]
        sheet.put("account", "aaa", "local_fallback", NO if alone else YES, at, present="local" in order or alone)
        for key in ("accounting", "authorization"):
            served = db.value_of("AAA", key, "login")
            asks = "tacacs+" in served.text.lower() and "tacacs+" in order
            value = (YES if key == "accounting" else "tacacs+") if asks else ABSENT
            sheet.put("account", "aaa", key, value, served.node, present=asks)
    _keys(db, sheet)


def _keys(db: ConfigDb, sheet: Sheet) -> None:
    """How the keys of servers are stored."""
    for table in ("TACPLUS", "TACPLUS_SERVER", "RADIUS", "RADIUS_SERVER", "LDAP"):
        for entry in db.entries(table):
            secret = entry.at("passkey") or entry.at("bind_password")
            if secret is None or not secret.node.secrets:
                continue
            encrypted = is_true(entry.of("key_encrypt", "false"))
            storage = "cipher" if encrypted else secret.node.secrets[0].storage
            item = f"{table.removesuffix('_SERVER').lower()} {entry.name}"
            sheet.put("account", item, "key_storage", storage, secret.node)


def password_policy(db: ConfigDb, sheet: Sheet) -> None:
    """Length, composition and age; logins that fail lock nothing."""
    policy = db.entry("PASSW_HARDENING", "POLICIES")
    on = policy is not None and policy.of("state", "disabled").lower() == "enabled"
    for setting, field in _POLICY:
        text = policy.of(field) if policy is not None and on else ""
        if policy is None or not on:
            sheet.missing("password-policy", "device", setting, ABSENT, policy.line("state") if policy else None)
        elif whole(text) and text != "0":
            sheet.put("password-policy", "device", setting, text, policy.line(field))
        else:  # -1: never
            told = ABSENT if text.startswith(("-", "0")) else UNKNOWN
            sheet.put("password-policy", "device", setting, told, policy.line(field), present=bool(text))
    if policy is None or not on:
        sheet.missing("password-policy", "device", "complexity", ABSENT, policy.line("state") if policy else None)
    else:
        answers = [policy.of(name) for name in _CLASSES]
        enough = sum(is_true(a) for a in answers) >= _ENOUGH
        value = YES if enough else NO if all(answers) else UNKNOWN
        sheet.put("password-policy", "device", "complexity", value, policy.line(*_CLASSES), present=all(answers))
    sheet.missing("password-policy", "device", "lockout", ABSENT)
