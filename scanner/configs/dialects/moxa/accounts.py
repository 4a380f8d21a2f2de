"""Accounts and their rights, who authenticates logins, keys of servers, and what is asked of passwords.

Privilege 1 is everything. Of 3 and 4 sources differ in whether they are fewer rights or none: such an account may not
log in at all.
"""

from __future__ import annotations

from dataclasses import dataclass

from scanner.configs.dialects.moxa.lines import text_of
from scanner.configs.dialects.moxa.words import words_of
from scanner.configs.nodes import Node, is_on
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet, account, put_name, put_rights, whole
from scanner.configs.tree import Tree

_BUILT_IN = "admin"
_FULL, _LESS = "1", "2"
_NO_LOGIN = "4"  # by one source; by the other, that the account may do everything
_SERVERS = ("radius", "tacacs+", "tacacs")
_MINUTE, _LONGEST = 60, 60  # a lock lasts an hour at most
_KINDS = {"digit": 1, "alphabet": 2, "special-characters": 1}  # of characters, by word; small and capital letters
_ENOUGH = 3
_LIFE = "password-policy password max-life-time"


@dataclass
class MoxaUser:
    """An account as its lines leave it."""

    first: Node
    password: Node | None = None
    privilege: str = ""
    says: Node | None = None  # the line of the privilege


def users(tree: Tree) -> dict[str, MoxaUser]:
    """By name, those that are there in the end."""
    found: dict[str, MoxaUser] = {}
    for node in tree.all("username"):
        words = words_of(node.text)[1 + node.negated :]
        if not words:
            continue
        node.understood = True
        name = words[0].strip('"')
        if node.negated:
            found.pop(name, None)
            continue
        user = found.setdefault(name, MoxaUser(node))
        lower = [word.lower() for word in words]
        if "password" in lower[1:]:
            user.password = node
        if "privilege" in lower[1:-1]:
            user.privilege, user.says = words[lower.index("privilege", 1) + 1], node
    return found


def account_settings(tree: Tree, sheet: Sheet) -> None:
    """Each account, keys of servers, and who authenticates."""
    found = users(tree)
    for name, user in found.items():
        item = f"user {name}"
        if user.password is not None and user.password.secrets:
            account(sheet, item, user.password)
            read = user.password.secrets[0].default is not None  # what cannot be read may be empty
            sheet.put("account", item, "password", YES if read else UNKNOWN, user.password, present=read)
        else:
            for setting in ("storage", "default_secret", "length"):
                sheet.missing("account", item, setting, "unknown", user.first)
            sheet.missing("account", item, "password", UNKNOWN, user.first)
        if user.privilege == _NO_LOGIN:
            sheet.missing("account", item, "default_name", UNKNOWN, user.says)
        else:
            put_name(sheet, item, name, user.first)
        sheet.put("account", item, "privilege", user.privilege or UNKNOWN, user.says or user.first)
    if not found:
        sheet.missing("account", f"user {_BUILT_IN}", "default_name", UNKNOWN)
        sheet.missing("account", f"user {_BUILT_IN}", "storage", UNKNOWN)
        sheet.missing("account", f"user {_BUILT_IN}", "default_secret", "unknown")
    _rights(found, sheet)
    _keys(tree, sheet)
    _logins(tree, sheet)


def _rights(found: dict[str, MoxaUser], sheet: Sheet) -> None:
    levels = [user.privilege for user in found.values()]
    full, less = levels.count(_FULL), levels.count(_LESS)
    unknown = 0 if full and less else len(levels) - full - less
    first = next((user.first for user in found.values()), None)
    put_rights(sheet, len(levels), full, first, unknown=unknown)


def _keys(tree: Tree, sheet: Sheet) -> None:
    """``auth radius server 1 10.0.0.1 port 1812 key KEY``, ``auth tacacs+ shared-key KEY``."""
    for node in (*tree.all("auth radius"), *tree.all("auth tacacs+"), *tree.all("dot1x radius")):
        if node.secrets and not node.negated:
            words = node.text.split()[:4]
            number = words[3:] if words[2] == "server" else words[2:3] if words[2].endswith("-server") else []
            item = " ".join([*words[:2], *number])
            sheet.put("account", item, "key_storage", node.secrets[0].storage, node)


def _logins(tree: Tree, sheet: Sheet) -> None:
    """``auth mode radius local``: asked in this order."""
    node = tree.last("auth mode")
    methods = text_of(node, "auth mode").lower().replace(",", " ").split()
    known = bool(methods) and all(m in (*_SERVERS, "local") for m in methods)
    servers = next((n for kind in ("auth radius", "auth tacacs+") for n in tree.all(kind) if not n.negated), None)
    if node is None and servers is None:
        sheet.missing("account", "aaa login", "central", NO)
        return
    if not known:
        sheet.missing("account", "aaa login", "central", UNKNOWN, node or servers)
        return
    central = methods[0] in _SERVERS
    sheet.put("account", "aaa login", "login_methods", ",".join(methods), node)
    sheet.put("account", "aaa login", "central", YES if central else NO, node)
    if central:
        sheet.put("account", "aaa login", "local_fallback", YES if "local" in methods[1:] else NO, node)
        sheet.missing("account", "aaa", "accounting", UNKNOWN, node)
        sheet.missing("account", "aaa", "authorization", UNKNOWN, node)


def password_policy(tree: Tree, sheet: Sheet) -> None:
    """Length, composition and age of passwords, and what becomes of failed logins."""
    length = tree.last("password-policy minimum-length")
    told = text_of(length, "password-policy minimum-length")
    sheet.put(
        "password-policy",
        "device",
        "min_length",
        told if whole(told) else UNKNOWN,
        length,
        present=whole(told),
    )
    _composition(tree, sheet)
    life = tree.last(_LIFE)
    days = text_of(life, _LIFE)
    sheet.put("password-policy", "device", "max_age", days if whole(days) else UNKNOWN, life, present=whole(days))
    _lockout(tree, sheet)


def _composition(tree: Tree, sheet: Sheet) -> None:
    """Three of four kinds of characters are enough, where the check is on."""
    check = tree.exact("password-policy complexity-check")
    kinds = {kind: tree.exact(f"password-policy complexity-check {kind}") for kind in _KINDS}
    asked = sum(count for kind, count in _KINDS.items() if is_on(kinds[kind]))
    untold = sum(count for kind, count in _KINDS.items() if kinds[kind] is None)
    if check is None:
        value = UNKNOWN
    elif check.negated or asked + untold < _ENOUGH:
        value = NO
    else:
        value = YES if asked >= _ENOUGH else UNKNOWN
    sheet.put("password-policy", "device", "complexity", value, check, present=value != UNKNOWN)


def _lockout(tree: Tree, sheet: Sheet) -> None:
    switch = tree.exact("login-lockout")
    tries, pause = tree.last("login-lockout retry-threshold"), tree.last("login-lockout lockout-time")
    if switch is None or switch.negated:
        value = UNKNOWN if switch is None else ABSENT
        sheet.put("password-policy", "device", "lockout", value, switch, present=switch is not None)
        return
    sheet.put("password-policy", "device", "lockout", "login-lockout", switch)
    count, minutes = text_of(tries, "login-lockout retry-threshold"), text_of(pause, "login-lockout lockout-time")
    sheet.put(
        "password-policy",
        "device",
        "lockout_attempts",
        count if whole(count) else UNKNOWN,
        tries or switch,
        present=whole(count),
    )
    known = whole(minutes) and 1 <= int(minutes) <= _LONGEST
    seconds = str(int(minutes) * _MINUTE) if known else UNKNOWN
    sheet.put("password-policy", "device", "lockout_seconds", seconds, pause or switch, present=known)
