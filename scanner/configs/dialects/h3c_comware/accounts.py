"""Accounts, AAA and password control."""

from __future__ import annotations

import re

from scanner.configs.dialects.h3c_comware.domains import central, default_domain, domains, methods
from scanner.configs.dialects.h3c_comware.lines import lines
from scanner.configs.nodes import Node, every, is_on, last
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet, account, put_name, put_rights, whole
from scanner.configs.tree import Tree

_FULL = ("network-admin", "level-15", "mdc-admin")
_FULL_LEVEL = 3
_MANAGES = frozenset(("telnet", "ssh", "terminal", "http", "https", "ftp", "pad", "web"))
_LENGTH, _AGE, _TRIES, _PAUSE = "10", "90", "3", "60"  # with password control on, in every release


def account_settings(tree: Tree, sheet: Sheet) -> None:
    """Users, super and line passwords and keys of AAA servers, by how they are stored."""
    users = []
    for block, words in tree.given("local-user"):
        if "network" in words[1:]:  # of 802.1X and portals, not of logins
            continue
        if words:
            users.append((words[0], block))
            _user(sheet, words[0], block)
            _asked(tree, sheet, words, block)
    _rights(sheet, [block for _, block in users])
    for node, _ in tree.given("super password"):
        if node.secrets:
            found = re.search(r"(?:role|level) (\S+)", node.key)
            account(sheet, f"super password {found.group(1) if found else 'default'}", node)
    for name, block, _ in lines(tree):
        node_ = last(block.children, "set authentication password")
        if node_ and node_.secrets and not node_.negated:
            account(sheet, f"line {name} password", node_)
    for header in ("radius scheme", "hwtacacs scheme"):
        for block, _ in tree.given(header):
            for node in block.children:
                if node.secrets and re.search(r"\bkey\b", node.key):
                    sheet.put("account", f"{block.text} {node.key.split()[0]}", "key_storage", _storage(node), node)
                    break


def _storage(node: Node) -> str:
    return node.secrets[0].storage


def _user(sheet: Sheet, name: str, block: Node) -> None:
    item = f"user {name}"
    password = next((n for n in reversed(every(block.children, "password")) if n.secrets), None)
    if password:
        account(sheet, item, password, name)
    elif "manage" in block.key.split():
        put_name(sheet, item, name, block)
    level = _level(block)
    if level:
        sheet.put("account", item, "privilege", level[0], level[1])
    else:
        sheet.missing("account", item, "privilege", UNKNOWN, block)
    services = [w for n in every(block.children, "service-type") if not n.negated for w in n.after("service-type")]
    if services:
        node = last(block.children, "service-type")
        sheet.put("account", item, "services", ",".join(dict.fromkeys(services)), node)
    else:
        sheet.missing("account", item, "services", UNKNOWN, block)


def _asked(tree: Tree, sheet: Sheet, words: list[str], block: Node) -> None:
    """Whether the account asks for a password: whoever manages the device and has none needs his name alone.

    Source: H3C Security Command Reference, "password (device management user view)". With password control passwords
    are in no configuration, and in FIPS mode every account needs one.
    """
    password = next((n for n in reversed(every(block.children, "password")) if n.secrets), None)
    hidden = is_on(tree.exact("password-control enable")) or is_on(tree.last("fips mode enable"))
    if password:
        sheet.put("account", f"user {words[0]}", "password", YES, password)
    elif "manage" in words[1:] and not hidden:
        sheet.put("account", f"user {words[0]}", "password", NO, block)


def _level(block: Node) -> tuple[str, Node] | None:
    """The user's role or level: the highest where there are several."""
    found: list[tuple[str, Node]] = []
    for node in block.children:
        match = re.search(r"(?:user-role|level) (\S+)$", node.key)
        if match and not node.negated and (node.is_("authorization-attribute") or node.is_("level")):
            found.append((match.group(1), node))
    return next((f for f in found if _is_full(f[0])), found[-1] if found else None)


def _is_full(level: str) -> bool:
    return level in _FULL or (whole(level) and int(level) >= _FULL_LEVEL)


def _rights(sheet: Sheet, users: list[Node]) -> None:
    """Whether some of the local accounts for management have fewer rights than others."""
    levels: list[str | None] = []
    for block in users:
        services = {w for n in every(block.children, "service-type") for w in n.key.split()}
        if any(n.secrets for n in block.children) and (not services or services & _MANAGES):
            found = _level(block)
            levels.append(found[0] if found else None)
    full = sum(level is not None and _is_full(level) for level in levels)
    put_rights(sheet, len(levels), full, users[0] if users else None, unknown=levels.count(None))


def aaa_settings(tree: Tree, sheet: Sheet) -> None:
    """Login methods, accounting and authorisation of the domain of administrators."""
    name = default_domain(tree)
    block = domains(tree).get(name)
    found, node = methods(block, "authentication")
    if not found:
        sheet.missing("account", "aaa", "central", NO, block)
        return
    item = f"aaa login {name}"
    sheet.put("account", item, "login_methods", ",".join(found), node)
    if found[0] == "none":
        return
    sheet.put("account", item, "central", YES if central(found) else NO, node)
    if not central(found):
        return
    sheet.put("account", item, "local_fallback", YES if {"local", "none"} & set(found) else NO, node)
    told, at = methods(block, "accounting")
    recorded = told and told[0] != "none"
    sheet.put("account", "aaa", "accounting", YES if recorded else ABSENT, at or block, present=bool(recorded))
    allowed, at = methods(block, "authorization")
    if allowed:
        sheet.put("account", "aaa", "authorization", ",".join(allowed), at)
    elif found[0] == "radius-scheme":  # the server's answer to the login says it
        sheet.missing("account", "aaa", "authorization", "radius", block)
    else:
        sheet.missing("account", "aaa", "authorization", node=block)


def password_policy(tree: Tree, sheet: Sheet) -> None:
    """Length, age and complexity of passwords, and lockout: all of it only with password control."""
    on = tree.exact("password-control enable")
    if on is None or on.negated:
        for setting in ("min_length", "complexity"):
            sheet.missing("password-policy", "device", setting, UNKNOWN)
        sheet.missing("password-policy", "device", "max_age", ABSENT, on)
        _attack_defense(tree, sheet, on)
        return
    _with_default(tree, sheet, "min_length", "length", _LENGTH)
    _with_default(tree, sheet, "max_age", "aging", _AGE)
    off, kinds = tree.last("password-control composition enable"), tree.last("password-control composition type-number")
    if off and off.negated:
        sheet.put("password-policy", "device", "complexity", NO, off)
    elif kinds and not kinds.negated and len(kinds.key.split()) > 3:
        number = kinds.key.split()[3]
        sheet.put("password-policy", "device", "complexity", NO if number == "1" else YES, kinds)
    else:
        sheet.missing("password-policy", "device", "complexity", UNKNOWN, on)
    _lockout(tree, sheet, on)


def _with_default(tree: Tree, sheet: Sheet, setting: str, word: str, default: str) -> None:
    off = tree.last(f"password-control {word} enable")
    given = reversed(list(tree.given(f"password-control {word}")))
    node = next((n for n, words in given if words and whole(words[0])), None)
    if off and off.negated:
        sheet.put("password-policy", "device", setting, ABSENT, off)
    elif node:
        sheet.put("password-policy", "device", setting, node.key.split()[2], node)
    else:
        sheet.missing("password-policy", "device", setting, default, tree.exact("password-control enable"))


def _lockout(tree: Tree, sheet: Sheet, on: Node) -> None:
    node = tree.last("password-control login-attempt")
    words = node.key.split()[2:] if node and not node.negated else []
    if words[1:] == ["exceed", "unlock"]:
        sheet.put("password-policy", "device", "lockout", ABSENT, node)
        return
    put = sheet.put if words else sheet.missing
    put("password-policy", "device", "lockout", "password-control", node=node or on)
    tries = words[0] if words and whole(words[0]) else _TRIES
    put("password-policy", "device", "lockout_attempts", tries, node=node or on)
    if words[1:3] == ["exceed", "lock"]:
        return
    pause = str(int(words[3]) * 60) if len(words) > 3 and whole(words[3]) else _PAUSE
    put("password-policy", "device", "lockout_seconds", pause, node=node or on)


def _attack_defense(tree: Tree, sheet: Sheet, on: Node | None) -> None:
    """Logins that are refused for a time after failures, without password control."""
    guard = tree.last("attack-defense login enable")
    if guard is None or guard.negated:
        sheet.missing("password-policy", "device", "lockout", ABSENT, on)
        return
    sheet.put("password-policy", "device", "lockout", "attack-defense login", guard)
    for setting, command, factor in (
        ("lockout_attempts", "attack-defense login max-attempt", 1),
        ("lockout_seconds", "attack-defense login block-timeout", 60),
    ):
        node = tree.last(command)
        words = node.after(command) if node and not node.negated else []
        if words and whole(words[0]):
            sheet.put("password-policy", "device", setting, str(int(words[0]) * factor), node)
        else:
            sheet.missing("password-policy", "device", setting, UNKNOWN, guard)
