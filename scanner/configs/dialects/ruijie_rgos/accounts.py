"""Accounts, AAA and the password policy; most is said as in IOS.

Source: Ruijie RGOS command references (username, webmaster, password policy, aaa local authentication). The lockout of
local accounts holds with AAA alone; its time is in hours in 10.x and in minutes since 11.4.
"""

from __future__ import annotations

from scanner.configs.dialects.cisco_ios.accounts import aaa_settings, account_settings
from scanner.configs.dialects.ruijie_rgos.management import web_accounts
from scanner.configs.dialects.ruijie_rgos.release import release
from scanner.configs.nodes import is_on
from scanner.configs.settings import ABSENT, UNKNOWN, YES, Sheet, account, whole
from scanner.configs.tree import Tree

_ATTEMPTS, _TIME = "aaa local authentication attempts", "aaa local authentication lockout-time"


def user_settings(tree: Tree, sheet: Sheet) -> None:
    """Accounts of lines and of the web pages, keys and login methods."""
    account_settings(tree, sheet)
    for name, (level, node) in web_accounts(tree).items():
        item = f"web user {name}"
        account(sheet, item, node, name)
        sheet.put("account", item, "privilege", level, node)
        sheet.put("account", item, "password", YES, node)
    aaa_settings(tree, sheet)


def password_policy(tree: Tree, sheet: Sheet) -> None:
    """Length, composition and age of passwords, and the lockout."""
    running = release(tree)
    unsaid = ABSENT if running.before_hardening else UNKNOWN
    service = tree.exact("service password-encryption")
    sheet.switch("password-policy", "device", "encryption_service", service, default=UNKNOWN)
    sheet.words("password-policy", "device", "min_length", "password policy min-size", default=unsaid)
    strong = tree.exact("password policy strong")
    sheet.switch("password-policy", "device", "complexity", strong, default=unsaid)
    sheet.words("password-policy", "device", "max_age", "password policy life-cycle", default=unsaid)
    _lockout(tree, sheet, unsaid)


def _lockout(tree: Tree, sheet: Sheet, unsaid: str) -> None:
    aaa = is_on(tree.last("aaa new-model"))
    attempts, time = tree.last(_ATTEMPTS), tree.last(_TIME)
    most = attempts.after(_ATTEMPTS)[:1] if attempts and is_on(attempts) else []
    wait = time.after(_TIME)[:1] if time and is_on(time) else []
    if aaa and most and whole(most[0]):
        sheet.put("password-policy", "device", "lockout", "aaa local attempts", attempts)
        sheet.put("password-policy", "device", "lockout_attempts", most[0], attempts)
    else:
        for setting in ("lockout", "lockout_attempts"):
            sheet.missing("password-policy", "device", setting, UNKNOWN if aaa else unsaid)
    seconds = _unit(tree) * int(wait[0]) if aaa and wait and whole(wait[0]) else 0
    if seconds:
        sheet.put("password-policy", "device", "lockout_seconds", str(seconds), time)
    else:
        sheet.missing("password-policy", "device", "lockout_seconds", UNKNOWN if aaa else unsaid)


def _unit(tree: Tree) -> int:
    """Seconds of a unit of the lockout time; 0 where the release does not tell."""
    running = release(tree)
    if running.major == 10:
        return 3_600
    return 60 if running.major >= 12 or (running.major == 11 and running.minor >= 4) else 0
