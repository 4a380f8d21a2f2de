"""Accounts, AAA and the password policy."""

from __future__ import annotations

from scanner.configs.dialects.cisco_ios.grammar import exact, is_on
from scanner.configs.dialects.cisco_ios.lines import line_name
from scanner.configs.settings import NO, UNKNOWN, YES, Sheet, account, whole
from scanner.configs.tree import Node, Tree, every


def account_settings(tree: Tree, sheet: Sheet) -> None:
    """Users, enable secrets, line passwords and keys of AAA servers, by how they are stored."""
    for node in tree.all("username"):
        words = node.after("username")
        if node.negated or not words or not (node.secrets or len(words) == 1 or "privilege" in words):
            continue
        _user(sheet, words, node)
    for command in ("enable secret", "enable password", "enable algorithm-type"):
        enable = tree.last(command)
        if enable and not enable.negated:
            account(sheet, "enable secret" if command != "enable password" else command, enable)
    for block in tree.all("line"):
        for node in every(block.children, "password"):
            if not node.negated and node.secrets:
                account(sheet, f"line {line_name(block)} password", node)
    for command in ("tacacs-server", "radius-server", "tacacs server", "radius server", "aaa group server"):
        for block in tree.all(command):
            for node in [block, *block.children]:
                if node.secrets and not node.negated:
                    item = " ".join(block.text.split("key")[0].split()[:4])
                    sheet.put("account", item, "key_storage", node.secrets[0].storage, node)


def _user(sheet: Sheet, words: list[str], node: Node) -> None:
    name = words[0]
    account(sheet, f"user {name}", node, name)
    lower = [w.lower() for w in words]
    at = lower.index("privilege") + 1 if "privilege" in lower[1:-1] else 0
    level = words[at] if at and whole(words[at]) else "1"
    sheet.put("account", f"user {name}", "privilege", level, node, present=bool(at))


def aaa_settings(tree: Tree, sheet: Sheet) -> None:
    """Login methods and accounting."""
    model = tree.last("aaa new-model")
    login = [n for n in tree.all("aaa authentication login") if not n.negated]
    for node in login if is_on(model) else ():
        words = node.after("aaa authentication login")
        methods = ",".join(words[1:]).replace("group,", "group ")
        item = f"aaa login {words[0]}" if words else "aaa login"
        sheet.put("account", item, "login_methods", methods, node)
        sheet.put("account", item, "central", YES if "group" in words[1:2] else NO, node)
        fallback = {"local", "local-case", "enable", "line"} & set(words[1:])
        sheet.put("account", item, "local_fallback", YES if fallback else NO, node)
    if not login or not is_on(model):
        sheet.missing("account", "aaa", "central", NO, model)
    records = [n for n in tree.all("aaa accounting") if not n.negated and {"exec", "commands"} & set(n.key.split())]
    if records:
        sheet.put("account", "aaa", "accounting", YES, records[0])
    else:
        sheet.missing("account", "aaa", "accounting", node=model)


def password_policy(tree: Tree, sheet: Sheet) -> None:
    """Length of passwords and lockout."""
    sheet.switch(
        "password-policy", "device", "encryption_service", exact(tree, "service password-encryption"), default=UNKNOWN
    )
    command = "security passwords min-length"
    sheet.words("password-policy", "device", "min_length", command)
    block = tree.last("login block-for")
    numbers = [int(w) for w in block.after("login block-for") if whole(w)] if block and not block.negated else []
    fails = tree.last("aaa local authentication attempts max-fail")
    limit = fails.after("aaa local authentication attempts max-fail") if fails and not fails.negated else []
    if block and len(numbers) >= 3:
        sheet.put("password-policy", "device", "lockout", "login block-for", block)
        sheet.put("password-policy", "device", "lockout_attempts", str(numbers[1]), block)
        sheet.put("password-policy", "device", "lockout_seconds", str(numbers[0]), block)
    elif limit and whole(limit[0]):
        sheet.put("password-policy", "device", "lockout", "aaa max-fail", fails)
        sheet.put("password-policy", "device", "lockout_attempts", limit[0], fails)
    else:
        for setting in ("lockout", "lockout_attempts", "lockout_seconds"):
            sheet.missing("password-policy", "device", setting)
