"""Accounts, keys of servers, who authenticates logins, and the password policy.

There are two accounts, manager and operator, of which the first may do everything, and since release 16 others in
groups. Where the primary method does not answer the secondary one is asked: ``none`` refuses, ``authorized`` lets in.
"""

from __future__ import annotations

from scanner.configs.dialects.hp_procurve.lines import given, plain, text_of
from scanner.configs.dialects.hp_procurve.management import is_on
from scanner.configs.nodes import Node, last
from scanner.configs.settings import (
    ABSENT,
    CLOSED,
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

_KINDS = ("manager", "operator")
_SERVERS = ("radius", "tacacs", "peap-radius", "peap-mschapv2", "server-group")
_OPEN = "authorized"
_WAYS = ("console", "telnet", "ssh", "web")
_SERVICES = {"telnet": ("telnet",), "ssh": ("ssh",), "web": ("http", "https"), "console": ()}
_LOCAL_USER = "aaa authentication local-user"


def account_settings(tree: Tree, sheet: Sheet) -> None:
    """Each account, and the keys that are shared with servers."""
    users: list[tuple[str, Node]] = []
    for kind in _KINDS:
        for node, words in given(tree.all(f"password {kind}"), f"password {kind}"):
            name = words[1] if words[:1] == ["user-name"] and len(words) > 1 else ""
            users.append((kind, node))
            _put(sheet, name or kind, node, named=bool(name))
            sheet.put("account", f"user {name or kind}", "privilege", kind, node)
    if not any(kind == "manager" for kind, _ in users):
        sheet.missing("account", "user manager", "default_name", UNKNOWN)
        sheet.missing("account", "user manager", "default_secret", "unknown")
    unknown = 0
    for node, words in given(tree.all(_LOCAL_USER), _LOCAL_USER):
        if not words:
            continue
        group = words[words.index("group") + 1] if "group" in words[:-1] else ""
        unknown += group.lower() != "level-15"
        users.append(("manager" if group.lower() == "level-15" else "operator", node))
        _put(sheet, words[0], node, named=True)
        sheet.put("account", f"user {words[0]}", "privilege", group or UNKNOWN, node, present=bool(group))
    full = sum(kind == "manager" for kind, _ in users)
    put_rights(sheet, len(users), full, users[0][1] if users else None)
    for command in ("radius-server", "tacacs-server"):
        for node, words in given(tree.all(command), command):
            if node.secrets:
                item = f"{command} {words[1]}" if words[0] == "host" and len(words) > 1 else f"{command} key"
                sheet.put("account", item, "key_storage", node.secrets[0].storage, node)


def _put(sheet: Sheet, name: str, node: Node, *, named: bool) -> None:
    item = f"user {name}"
    account(sheet, item, node)
    told = UNKNOWN if not named else YES if name.lower() in DEFAULT_NAMES else NO
    sheet.put("account", item, "default_name", told, node, present=named)
    sheet.put("account", item, "password", YES, node)


def login_settings(tree: Tree, sheet: Sheet) -> None:
    """Who authenticates logins by each way, and whether servers are told of them."""
    stated = {way: _methods(tree, way) for way in _WAYS}
    central: list[Node] = []
    for way in _WAYS:
        methods, node = stated[way]
        open_ = [is_on(tree, service)[0] for service in _SERVICES[way]]
        if open_ and all(told == NO for told in open_):
            sheet.missing("line", way, "authentication", CLOSED)
            continue
        server = methods[0] in _SERVERS
        central += [node] if server and node else []
        _put_line(tree, sheet, way, methods, node)
        if node is None and any(n for _, n in stated.values()):
            sheet.missing("account", f"aaa login {way}", "central", NO)
        elif node is not None:
            item = f"aaa login {way}"
            sheet.put("account", item, "login_methods", ",".join(methods), node)
            sheet.put("account", item, "central", YES if server else NO, node)
            if server:
                sheet.put("account", item, "local_fallback", YES if "local" in methods[1:] else NO, node)
    if not any(node for _, node in stated.values()):
        sheet.missing("account", "aaa login", "central", NO)
    if central:
        _servers_informed(tree, sheet, central[0])


def _put_line(tree: Tree, sheet: Sheet, way: str, methods: list[str], node: Node | None) -> None:
    if _OPEN in methods:
        sheet.put("line", way, "authentication", "none" if methods[0] == _OPEN else "aaa-else-none", node)
    elif methods[0] == "local" and not _has_password(tree):
        sheet.missing("line", way, "authentication", UNKNOWN, node)  # as delivered nothing is asked
    else:
        told = "local" if methods[0] == "local" else "aaa" if methods[0] in _SERVERS else methods[0]
        sheet.put("line", way, "authentication", told, node, present=node is not None)


def _has_password(tree: Tree) -> bool:
    """The manager has a password; without one nobody is asked."""
    return any(not n.negated for n in tree.all("password manager"))


def _methods(tree: Tree, way: str) -> tuple[list[str], Node | None]:
    """The methods for logins in their order, of ``aaa authentication ssh login radius server-group "X" local``."""
    command = f"aaa authentication {way} login"
    nodes = tree.all(command)
    tree.all(f"aaa authentication {way} enable")
    node = nodes[-1] if nodes else None
    if node is None or node.negated:
        return ["local"], None
    found: list[str] = []
    words = [plain(word).lower() for word in node.text.split()[4:]]
    while words:
        word = words.pop(0)
        if word == "server-group" and words:
            words.pop(0)
            word = "" if found else "server-group"
        found += [word] if word and word != "none" else []
    return found or ["local"], node


def _servers_informed(tree: Tree, sheet: Sheet, at: Node) -> None:
    told = [n for n in tree.all("aaa accounting") if n.key.split()[2:3] in (["exec"], ["commands"]) and not n.negated]
    value = YES if told else ABSENT
    sheet.put("account", "aaa", "accounting", value, told[0] if told else at, present=bool(told))
    for node in tree.all("aaa accounting"):
        node.understood = True
    commands = tree.last("aaa authorization commands")
    how = text_of(commands, "aaa authorization commands")
    mode = tree.last("aaa authentication login privilege-mode")
    if mode is not None and not mode.negated and how in ("", "none", "local"):
        sheet.put("account", "aaa", "authorization", "privilege-mode", mode)
    elif how and how != "none":
        sheet.put("account", "aaa", "authorization", how, commands)
    else:
        sheet.put("account", "aaa", "authorization", ABSENT, commands or at, present=False)


def password_policy(tree: Tree, sheet: Sheet) -> None:
    """Length, composition and age of passwords, and what becomes of failed logins."""
    length = tree.last("password minimum-length")
    told = text_of(length, "password minimum-length")
    sheet.put("password-policy", "device", "min_length", told or ABSENT, length, present=bool(told))
    control = tree.last("password configuration-control")
    checks = [n for n in (*tree.all("password composition"), *tree.all("password complexity")) if not n.negated]
    on = bool(checks) and control is not None and not control.negated
    at = checks[0] if checks else control
    sheet.put("password-policy", "device", "complexity", YES if on else ABSENT, at, present=on)
    aging, period = tree.exact("password configuration aging"), tree.last("password configuration aging-period")
    days = text_of(period, "password configuration aging-period").split(" ")[0]
    if aging is None or aging.negated or control is None or control.negated:
        sheet.put("password-policy", "device", "max_age", ABSENT, aging or period, present=False)
    else:
        sheet.put("password-policy", "device", "max_age", days if whole(days) else UNKNOWN, period or aging)
    tries, delay = tree.last("aaa authentication num-attempts"), tree.last("aaa authentication lockout-delay")
    seconds = text_of(delay, "aaa authentication lockout-delay")
    if not whole(seconds) or seconds == "0":
        value = UNKNOWN if seconds not in ("", "0") else ABSENT
        sheet.put("password-policy", "device", "lockout", value, delay, present=False)
    else:
        count = text_of(tries, "aaa authentication num-attempts") or "3"
        sheet.put("password-policy", "device", "lockout", "lockout-delay", delay)
        sheet.put("password-policy", "device", "lockout_seconds", seconds, delay)
        sheet.put(
            "password-policy",
            "device",
            "lockout_attempts",
            count if whole(count) else UNKNOWN,
            tries or delay,
            present=tries is not None,
        )
    shown = tree.exact("include-credentials", "include-credentials store-in-config")
    if shown is not None and not shown.negated:
        hides = last(tree.root.children, "encrypt-credentials")
        sheet.switch("password-policy", "device", "encryption_service", hides, default=NO)
