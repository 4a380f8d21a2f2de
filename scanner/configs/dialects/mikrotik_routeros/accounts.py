"""Accounts as far as a file has them, who checks logins, and what is asked of passwords.

Sources: RouterOS documentation (User, AAA, RADIUS). An export has no accounts; a script may add some. RouterOS locks
nobody out and lets no password grow old.
"""

from __future__ import annotations

import re

from scanner.configs.dialects.mikrotik_routeros.configuration import RosDevice
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet, account, put_rights, whole

_BUILT_IN = "admin"
_ENOUGH = 3  # kinds of characters
_MAY_END = (7, 16)  # from here on accounts say what becomes of idle sessions: nothing, unless they are told
_IDLE = "10m"
_SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}


def account_settings(device: RosDevice, sheet: Sheet) -> None:
    """Accounts that are added, and servers that check logins."""
    users = [u for u in device.entries("user") if u.own]
    for user in users:
        name = user.text("name")
        if user.of("password").node is not None:
            account(sheet, f"user {name}", user.node, name)
            asked = NO if user.text("password") == "" else YES
            sheet.put("account", f"user {name}", "password", asked, user.of("password").node)
        if user.text("group"):
            sheet.put("account", f"user {name}", "privilege", user.text("group"), user.of("group").node)
    if not users:
        sheet.missing("account", f"user {_BUILT_IN}", "default_name", UNKNOWN)
        sheet.missing("account", f"user {_BUILT_IN}", "default_secret", "unknown")
        sheet.missing("account", f"user {_BUILT_IN}", "password", UNKNOWN)
    _idle_sessions(device, sheet)
    full = sum(u.text("group") == "full" for u in users)
    put_rights(sheet, len(users), full, users[0].node if users else None)
    use = device.menu("user aaa").whole.of("use-radius")
    servers = [r for r in device.entries("radius") if "login" in r.text("service").split(",")]
    central = use.is_yes and bool(servers)
    told = YES if central else NO
    sheet.put("account", "aaa", "central", told, use.node, present=use.node is not None)
    methods = "local,radius" if central else "local"
    sheet.put("account", "aaa", "login_methods", methods, use.node, present=use.node is not None)
    sheet.put("line", "logins", "authentication", "aaa" if central else "local", use.node, present=use.node is not None)
    if central:
        sheet.missing("account", "aaa", "local_fallback", YES, use.node)
        counts = device.menu("user aaa").whole.of("accounting")
        sheet.put(
            "account",
            "aaa",
            "accounting",
            ABSENT if counts.text == "no" else YES,
            counts.node,
            present=counts.node is not None,
        )
    for number, server in enumerate(device.entries("radius"), 1):
        if server.own and server.of("secret").node is not None:
            secret = server.secrets.get("secret")
            storage = secret.storage if secret else "unknown"
            item = f"radius {server.text('address') or number}"
            sheet.put("account", item, "key_storage", storage, server.of("secret").node)


def _idle_sessions(device: RosDevice, sheet: Sheet) -> None:
    """When idle sessions end, of accounts of which lines tell; an export has no others, so that it is open of them.

    What becomes of one that is locked (``lockscreen``) is not told.
    """
    for number, user in enumerate(device.entries("user"), 1):
        policy, after = user.of("inactivity-policy"), user.of("inactivity-timeout")
        by_default = user.own and device.since(*_MAY_END) is True
        item = f"user {user.text('name') or user.chosen or number}"
        if policy.text == "none" or (by_default and policy.node is None):
            sheet.put("line", item, "idle_timeout", "never", policy.node or user.node, number=0)
        elif policy.text == "logout" and (seconds := seconds_in(after.text or _IDLE)):
            sheet.put("line", item, "idle_timeout", str(seconds), after.node or policy.node)
    sheet.missing("line", "logins", "idle_timeout", UNKNOWN)


def seconds_in(text: str) -> int:
    """Seconds of a time as RouterOS writes it: ``1h30m``, ``00:10:00``; 0 where it is none."""
    if found := re.fullmatch(r"(\d{1,6}):(\d\d):(\d\d)", text):
        return int(found[1]) * 3_600 + int(found[2]) * 60 + int(found[3])
    if re.fullmatch(r"(?:\d{1,6}[wdhms])+", text) is None:
        return 0
    return sum(int(many) * _SECONDS[unit] for many, unit in re.findall(r"(\d+)([wdhms])", text))


def password_policy(device: RosDevice, sheet: Sheet) -> None:
    """Length and composition; failed logins are only slowed down."""
    policy = device.menu("user settings").whole
    length, kinds = policy.of("minimum-password-length"), policy.of("minimum-categories")
    told = length.text if whole(length.text) else ABSENT
    sheet.put("password-policy", "device", "min_length", told, length.node, present=length.node is not None)
    composed = whole(kinds.text) and int(kinds.text) >= _ENOUGH
    sheet.put(
        "password-policy",
        "device",
        "complexity",
        YES if composed else NO,
        kinds.node,
        present=kinds.node is not None,
    )
    sheet.missing("password-policy", "device", "max_age", ABSENT)
    rules = device.entries("ip firewall filter")
    guards = [r for r in rules if r.text("action") == "add-src-to-address-list" and r.text("chain") != "forward"]
    if guards:
        sheet.put("password-policy", "device", "lockout", UNKNOWN, guards[0].node, present=False)
    else:
        sheet.missing("password-policy", "device", "lockout", ABSENT)
