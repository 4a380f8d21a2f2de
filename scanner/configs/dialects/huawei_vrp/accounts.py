"""Accounts, AAA and the password policy."""

from __future__ import annotations

import re

from scanner.configs.dialects.huawei_vrp.administrators import admin_scheme
from scanner.configs.dialects.huawei_vrp.lines import line_name
from scanner.configs.dialects.huawei_vrp.managers import central_settings, managers, rights
from scanner.configs.nodes import Node, every, last
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet, account, put_rights, whole
from scanner.configs.tree import Tree


def _in_aaa(tree: Tree) -> list[Node]:
    return [n for block in tree.all("aaa") for n in block.children]


def account_settings(tree: Tree, sheet: Sheet) -> None:
    """Users, super and line passwords and keys of AAA servers, by how they are stored."""
    users: dict[str, list[Node]] = {}
    for node in tree.all("local-user") + every(_in_aaa(tree), "local-user"):
        words = node.after("local-user")
        if not node.negated and len(words) > 1 and words[0].lower() != "policy":
            users.setdefault(words[0], []).append(node)
    firewall = managers(tree)
    for name, nodes in users.items():
        _user(sheet, name, nodes)
    for name, block in firewall.items():
        _user(sheet, name, block.children or [block])
    _rights(sheet, list(users.values()), [(b, rights(tree, name, b)) for name, b in firewall.items()])
    for node in tree.all("super password"):
        if not node.negated and node.secrets:
            level = re.search(r"level (\d+)", node.key)
            account(sheet, f"super password level {level.group(1) if level else 'default'}", node)
    for block in tree.all("user-interface"):
        node_ = last(block.children, "set authentication password")
        if node_ and node_.secrets and not node_.negated:
            account(sheet, f"line {line_name(block)} password", node_)
    for header in ("radius-server template", "hwtacacs-server template", "hwtacacs server template"):
        for block in tree.all(header):
            for node in block.children:
                if node.secrets and "key" in node.key:
                    sheet.put("account", block.text, "key_storage", node.secrets[0].storage, node)


def _user(sheet: Sheet, name: str, nodes: list[Node]) -> None:
    item = f"user {name}"
    password = next((n for n in reversed(nodes) if n.secrets), None)
    if password:
        account(sheet, item, password, name)
    for node in nodes:
        words = node.key.split()
        if "level" in words[:-1] and whole(words[words.index("level") + 1]):
            level = words[words.index("level") + 1]
            sheet.put("account", item, "privilege", level, node)
            break
    else:
        sheet.missing("account", item, "privilege", UNKNOWN, nodes[0])
    for node in nodes:
        words = node.key.split()
        if "service-type" in words:
            sheet.put("account", item, "services", ",".join(words[words.index("service-type") + 1 :]), node)
            break
    else:
        sheet.missing("account", item, "services", UNKNOWN, nodes[0])


_FULL = 3  # user levels from here on may change the configuration


def _rights(sheet: Sheet, users: list[list[Node]], firewall: list[tuple[Node, bool | None]]) -> None:
    """Whether some of the local accounts for management have fewer rights than others."""
    levels: list[int | None] = []
    for nodes in users:
        found = [int(m.group(1)) for n in nodes if (m := re.search(r"\b(?:privilege level|level) (\d{1,2})$", n.key))]
        network = any("service-type" in n.key and not _MANAGES & set(n.key.split()) for n in nodes)
        if any(n.secrets for n in nodes) and not network:
            levels.append(found[-1] if found else None)
    full = sum(level is not None and level >= _FULL for level in levels) + sum(may is True for _, may in firewall)
    unknown = levels.count(None) + sum(may is None for _, may in firewall)
    first = users[0][0] if users else firewall[0][0] if firewall else None
    put_rights(sheet, len(levels) + len(firewall), full, first, unknown=unknown)


_MANAGES = frozenset(("telnet", "ssh", "terminal", "http", "ftp", "api", "snmp"))


def aaa_settings(tree: Tree, sheet: Sheet) -> None:
    """Login methods and accounting."""
    nodes = _in_aaa(tree)
    schemes = [
        n for n in every(nodes, "authentication-scheme") if n.children and last(n.children, "authentication-mode")
    ]
    served = False
    used = admin_scheme(nodes, "authentication-scheme")
    for scheme in schemes:
        mode = last(scheme.children, "authentication-mode")
        assert mode is not None  # noqa: S101 - chosen above
        words = [w.lower() for w in mode.after("authentication-mode")]
        item = f"aaa login {scheme.text.split()[-1]}"
        sheet.put("account", item, "login_methods", ",".join(words), mode)
        if used and scheme.text.split()[-1].lower() != used:  # for users of the network, not for logins
            continue
        if words[:1] == ["none"]:  # nobody is asked, as the lines say that use the scheme
            continue
        central = words[:1] != [] and words[0] in ("radius", "hwtacacs", "ldap", "ad")
        served = served or central
        untold = central and not used and scheme.text.split()[-1].lower() != "default"  # no line says that it is used
        told = UNKNOWN if untold else YES if central else NO
        sheet.put("account", item, "central", told, mode, present=not untold)
        if central:
            sheet.put("account", item, "local_fallback", YES if {"local", "none"} & set(words) else NO, mode)
    names = {n.text.split()[-1].lower() for n in schemes}
    central_settings(tree, sheet, names)
    if (used not in names if used else not names) and not managers(tree):  # a scheme without methods is local
        sheet.missing("account", "aaa", "central", NO, tree.last("aaa"))
    if served:
        _served(tree, sheet, nodes)


def _schemes(nodes: list[Node], kind: str) -> list[Node]:
    """The schemes of a kind that are for administrators; all where that cannot be told."""
    used = admin_scheme(nodes, kind)
    return [n for n in every(nodes, kind) if not used or [w.lower() for w in n.after(kind)[:1]] == [used]]


def _served(tree: Tree, sheet: Sheet, nodes: list[Node]) -> None:
    """What servers are told and authorise."""
    records = [
        m
        for n in _schemes(nodes, "accounting-scheme") + every(nodes, "recording-scheme")
        for m in n.children
        if (m.is_("accounting-mode") and not m.key.endswith("none")) or m.is_("recording-mode")
    ]
    if records:
        sheet.put("account", "aaa", "accounting", YES, records[0])
    else:
        sheet.missing("account", "aaa", "accounting", node=tree.last("aaa"))
    modes = [m for n in _schemes(nodes, "authorization-scheme") for m in every(n.children, "authorization-mode")]
    given = [m for m in modes if not m.negated]
    radius = any(
        m.is_("authentication-mode radius") for n in _schemes(nodes, "authentication-scheme") for m in n.children
    )
    served = [m for m in given if "hwtacacs" in m.key.split()]
    if radius and not served:  # the server's answer to the login says it
        sheet.missing("account", "aaa", "authorization", "radius")
    elif given:
        node = (served or given)[-1]
        sheet.put("account", "aaa", "authorization", ",".join(node.after("authorization-mode")), node)
    else:
        sheet.missing("account", "aaa", "authorization", node=tree.last("aaa"))


def password_policy(tree: Tree, sheet: Sheet) -> None:
    """Length, age and complexity of passwords, and lockout."""
    nodes = _in_aaa(tree)
    command = "set password min-length"
    policy = last(nodes, "local-aaa-user password policy administrator")
    inside = policy.children if policy else []
    if last(inside, "password min-length"):
        sheet.words("password-policy", "device", "min_length", "password min-length", block=policy)
    else:
        sheet.words("password-policy", "device", "min_length", command, default=UNKNOWN)
    enhance = last(nodes, "local-user policy security-enhance") or tree.last("user-password complexity-check")
    level = next((last(b.children, "level") for b in tree.all("password-policy") if not b.negated), None)
    if enhance is None and level is not None and level.key.split()[-1] in ("high", "low"):
        sheet.put("password-policy", "device", "complexity", YES if level.key.endswith("high") else NO, level)
    else:
        sheet.switch("password-policy", "device", "complexity", enhance, default=UNKNOWN)
    sheet.words("password-policy", "device", "max_age", "password expire", default=UNKNOWN, block=policy)
    lock = last(nodes, "local-aaa-user wrong-password", "local-user authentication lock", "lock-authentication enable")
    failed, pause = last(nodes, "lock-authentication failed-count"), last(nodes, "lock-authentication timeout")
    if lock is None and failed is not None and not failed.negated:
        _locked(sheet, failed, pause)
        return
    if lock is None:
        for setting in ("lockout", "lockout_attempts", "lockout_seconds"):
            sheet.missing("password-policy", "device", setting, UNKNOWN)
        return
    if lock.negated:
        sheet.put("password-policy", "device", "lockout", ABSENT, lock)
        return
    sheet.put("password-policy", "device", "lockout", "local-aaa-user wrong-password", lock)
    for setting, pattern, factor in (
        ("lockout_attempts", r"retry-time (\d+)", 1),
        ("lockout_seconds", r"block-time (\d+)", 60),
    ):
        if found := re.search(pattern, lock.key):
            number = float(found.group(1)) * factor
            sheet.put("password-policy", "device", setting, f"{number:.0f}", lock)


def _locked(sheet: Sheet, failed: Node, pause: Node | None) -> None:
    """``lock-authentication failed-count 5`` and ``timeout 60`` of a firewall."""
    sheet.put("password-policy", "device", "lockout", "lock-authentication", failed)
    for setting, node, factor in (("lockout_attempts", failed, 1), ("lockout_seconds", pause, 60)):
        told = node.key.split()[-1] if node is not None and not node.negated else ""
        if whole(told):
            sheet.put("password-policy", "device", setting, str(int(told) * factor), node)
