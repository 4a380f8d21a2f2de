"""Accounts and their rights, who authenticates logins, and the password policy.

Every device is delivered with the account ``admin``, whose rights are all; lists of authentication ask the local
accounts unless a line says otherwise.
"""

from __future__ import annotations

from scanner.configs.dialects.hirschmann_hios_commands.lines import is_on, text_of
from scanner.configs.dialects.hirschmann_hios_commands.snmp import algorithms
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
from scanner.configs.tree import Tree

_BUILT_IN = "admin"
_FULL, _LEAST = "administrator", "guest"  # the latter has an account of which no line says more
_ABOUT_USERS = ("add", "password", "access-role", "enable", "disable", "delete", "password-policy-check")
_DEFAULT_LIST = "defaultLoginAuthList"
_LOGINS = ("console", "ssh", "telnet", "webinterface")  # each with a list, the default one where nothing is said
_SERVERS = ("radius", "ldap", "tacacs")
_LENGTH, _KINDS, _ENOUGH = 6, ("uppercase", "lowercase", "numeric", "special"), 3  # of a password, as delivered
_MINUTE = 60


def account_settings(tree: Tree, sheet: Sheet) -> None:
    """Each account, keys of servers, and who authenticates."""
    users = _users(tree)
    roles: list[str] = []
    for name, nodes in users.items():
        secret = next((n for n in reversed(nodes) if n.secrets), None)
        if secret:
            account(sheet, f"user {name}", secret, name)
        else:
            sheet.put("account", f"user {name}", "default_name", YES if name.lower() in DEFAULT_NAMES else NO, nodes[0])
            sheet.missing("account", f"user {name}", "default_secret", "unknown", nodes[0])
        given = [n.text.split()[-1].lower() for n in nodes if n.is_("users access-role") and not n.negated]
        role = given[-1] if given else _FULL if name == _BUILT_IN else _LEAST
        sheet.put("account", f"user {name}", "privilege", role, nodes[-1], present=bool(given))
        roles.append(role)
        algorithms(tree, sheet, name, nodes[0])
    if _BUILT_IN not in users and not _gone(tree, _BUILT_IN):
        sheet.missing("account", f"user {_BUILT_IN}", "default_name", UNKNOWN)
        sheet.missing("account", f"user {_BUILT_IN}", "default_secret", "unknown")
        roles += [_FULL] if users else []
    first = next(iter(users.values()))[0] if users else None
    put_rights(sheet, len(roles), roles.count(_FULL), first)
    for node in tree.all("radius server auth"):
        if node.secrets and not node.negated:
            number = node.text.split()[4:5]
            sheet.put("account", f"radius server {''.join(number)}", "key_storage", node.secrets[0].storage, node)
    _logins(tree, sheet)


def _users(tree: Tree) -> dict[str, list[Node]]:
    """The lines of each account that is there and active, by its name."""
    found: dict[str, list[Node]] = {}
    for node in tree.all("users"):
        words = node.text.split()[1 + node.negated :]
        if len(words) < 2 or words[0].lower() not in _ABOUT_USERS:
            continue
        node.understood = True
        found.setdefault(words[1].strip('"'), []).append(node)
    return {name: nodes for name, nodes in found.items() if not _gone(tree, name)}


def _gone(tree: Tree, name: str) -> bool:
    """The account was deleted or switched off at last."""
    for node in reversed(tree.all("users")):
        words = [w.strip('"') for w in node.text.split()[1 + node.negated :]]
        if words[1:2] == [name] and words[0].lower() in ("add", "enable", "delete", "disable"):
            return (words[0].lower() in ("delete", "disable")) != node.negated
    return False


def _logins(tree: Tree, sheet: Sheet) -> None:
    """Lists of authentication in use, and what they ask."""
    by_kind = {
        words[0].strip('"').lower(): (words[1].strip('"'), node)
        for node, words in tree.given("appllists set-authlist")
        if len(words) > 1
    }
    elsewhere = all(any(kind.startswith(begin) for kind in by_kind) for begin in _LOGINS)
    used = dict(by_kind.values())
    used.pop("defaultDot1x8021AuthList", None)
    told = {w[0].strip('"'): (n, [m.lower() for m in w[1:]]) for n, w in tree.given("authlists set-policy") if w}
    usual = () if elsewhere and _DEFAULT_LIST not in used else (_DEFAULT_LIST,)
    for name in (*usual, *(n for n in used if n != _DEFAULT_LIST)):
        node, methods = told.get(name, (None, []))
        methods = [m for m in methods if m != "reject"] or ([] if node else ["local"])
        item = f"aaa login {name}"
        central = methods[:1] != [] and methods[0] in _SERVERS
        if node is None:
            sheet.missing("account", item, "central", NO if name == _DEFAULT_LIST else UNKNOWN, used.get(name))
            continue
        sheet.put("account", item, "login_methods", ",".join(methods) or "none", node)
        sheet.put("account", item, "central", YES if central else NO, node)
        if central:
            sheet.put("account", item, "local_fallback", YES if "local" in methods[1:] else NO, node)


def password_policy(tree: Tree, sheet: Sheet) -> None:
    """Length and kinds of characters, and what becomes of failed logins."""
    length = tree.last("passwords min-length")
    told = text_of(length, "passwords min-length")
    sheet.put(
        "password-policy", "device", "min_length", told if whole(told) else str(_LENGTH), length, present=bool(told)
    )
    kinds = {kind: tree.last(f"passwords min-{kind}-chars") for kind in _KINDS}
    strict = [k for k, n in kinds.items() if text_of(n, f"passwords min-{k}-chars") != "0" and is_on(n) is not False]
    checks = _policy_checks(tree)
    at = next((n for n in (*kinds.values(), *checks.values()) if n), None)
    answer = YES if len(strict) >= _ENOUGH and all(map(is_on, checks.values())) else NO
    sheet.put("password-policy", "device", "complexity", answer, at, present=at is not None)
    sheet.missing("password-policy", "device", "max_age")
    tries, pause = tree.last("passwords max-login-attempts"), tree.last("passwords login-attempt-period")
    count = text_of(tries, "passwords max-login-attempts")
    if count in ("", "0"):
        sheet.put("password-policy", "device", "lockout", ABSENT, tries, present=bool(count))
        return
    sheet.put("password-policy", "device", "lockout", "login attempts", tries)
    sheet.put("password-policy", "device", "lockout_attempts", count if whole(count) else UNKNOWN, tries)
    minutes = text_of(pause, "passwords login-attempt-period")
    if whole(minutes) and minutes != "0":  # without one until an administrator unlocks the account
        sheet.put("password-policy", "device", "lockout_seconds", str(int(minutes) * _MINUTE), pause)


def _policy_checks(tree: Tree) -> dict[str, Node | None]:
    """By account the line that says whether the composition is asked of its password; of no other it is."""
    names = [*_users(tree), *(() if _gone(tree, _BUILT_IN) else (_BUILT_IN,))]
    command = "users password-policy-check"
    lines = {words[0].strip('"'): node for node in tree.all(command) if (words := node.after(command))}
    return {name: lines.get(name) for name in names}
