"""AAA and the password policy; accounts are said as in IOS.

Source: Arista EOS User Manual, "User Security". Without a list, logins are checked against the local accounts.
"""

from __future__ import annotations

from scanner.configs.dialects.cisco_ios.accounts import account_settings, login_methods
from scanner.configs.nodes import Node, every, is_on, last
from scanner.configs.settings import ABSENT, NO, YES, Sheet, account, whole
from scanner.configs.tree import Tree

_KINDS = ("minimum digits", "minimum lower", "minimum upper", "minimum special")


def user_settings(tree: Tree, sheet: Sheet) -> None:
    """Accounts, keys and login methods."""
    account_settings(tree, sheet)
    root = tree.last("aaa root")
    if root and not root.negated:
        account(sheet, "user root", root, "root")
        free = "nopassword" in root.key.split()
        sheet.put("account", "user root", "password", NO if free else YES, root)
    login_methods(tree, sheet, None, on=True)


def password_policy(tree: Tree, sheet: Sheet) -> None:
    """Length and composition of passwords, and the lockout."""
    security = tree.last("management security")
    inside = security.children if security else []
    policies = [n for p in every(inside, "password policy") for n in p.children]
    length = last(inside, "password minimum length") or last(policies, "minimum length")
    words = length.text.split() if length and not length.negated else []
    sheet.put("password-policy", "device", "min_length", words[-1] if words else ABSENT, length, present=bool(words))
    mixed = next((n for kind in _KINDS for n in every(policies, kind) if not n.key.endswith(" 0")), None)
    sheet.switch("password-policy", "device", "complexity", mixed, default=ABSENT)
    sheet.missing("password-policy", "device", "max_age")
    lock = tree.last("aaa authentication policy lockout")
    told = lock.key.split() if lock and is_on(lock) else []
    sheet.put("password-policy", "device", "lockout", "aaa lockout" if told else ABSENT, lock, present=bool(told))
    for setting, word in (("lockout_attempts", "failure"), ("lockout_seconds", "duration")):
        value = _after(told, word)
        sheet.put("password-policy", "device", setting, value or ABSENT, lock, present=bool(value))


def _after(words: list[str], word: str) -> str:
    value = words[words.index(word) + 1] if word in words[:-1] else ""
    return value if whole(value) else ""


def failures_logged(tree: Tree) -> tuple[str, Node | None]:
    """Whether failed logins are logged."""
    node = tree.last("aaa authentication policy on-failure log")
    return (YES, node) if is_on(node) else (ABSENT, None)
