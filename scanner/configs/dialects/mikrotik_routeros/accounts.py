"""Accounts as far as a file has them, who checks logins, and what is asked of passwords.

Sources: RouterOS documentation (User, AAA, RADIUS). An export has no accounts; a script may add some. RouterOS locks
nobody out and lets no password grow old.
"""

from __future__ import annotations

from scanner.configs.dialects.mikrotik_routeros.configuration import RosDevice
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet, account, put_rights, whole

_ENOUGH = 3  # kinds of characters


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
