"""Accounts, AAA and the password policy.

Sources: Cisco ASA Series command reference (username, enable password, passwd, aaa-server, aaa authentication console,
aaa authorization, aaa accounting, aaa local authentication attempts max-fail, password-policy, password encryption
aes); release notes 9.17 (passwords of 8 characters at least, a lockout ends after 10 minutes).
"""

from __future__ import annotations

from scanner.configs.dialects.cisco_asa.access import reached
from scanner.configs.dialects.cisco_asa.objects import NamedObjects
from scanner.configs.dialects.cisco_asa.system import named_node, since
from scanner.configs.nodes import Node, is_on, last
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet, account, put_rights
from scanner.configs.tree import Tree

_LOGINS = ("ssh", "telnet", "http", "serial")
_LOCAL = "LOCAL"
_LEVEL = "2"  # of a user of whom no level is said
_HIGHEST = "15"
_KINDS = ("uppercase", "lowercase", "numeric", "special")
_CHANGED = (9, 17)
_FOR_EVER = 1e9  # seconds


def account_settings(tree: Tree, sheet: Sheet) -> None:
    """Users, the enable password and the one for Telnet, and keys of servers."""
    users = {words[0]: node for node, words in tree.given("username") if "attributes" not in words[1:2] and words}
    attributes = {w[0]: n for n, w in tree.given("username") if w[1:2] == ["attributes"]}
    for name, node in users.items():
        _user(sheet, name, node, attributes.get(name))
    _rights(tree, sheet, users, attributes)
    for command in ("enable password", "passwd"):
        stored = named_node(tree, command)
        if stored:
            account(sheet, command, stored)
            if command == "enable password" and stored.secrets and stored.secrets[0].storage == "none":
                sheet.put("account", command, "password", NO, stored)
    for block in tree.all("aaa-server"):
        for node in block.children:
            if node.secrets and not node.negated:
                item = " ".join(w for w in block.text.split()[:5] if w != "host")
                kept = node.secrets[0].storage
                kept = "aes" if kept == "unknown" and is_on(tree.exact("password encryption aes")) else kept
                sheet.put("account", f"{item} {node.key.split()[0]}", "key_storage", kept, node)


def _user(sheet: Sheet, name: str, node: Node, attributes: Node | None) -> None:
    account(sheet, f"user {name}", node, name)
    words = node.key.split()
    level = words[words.index("privilege") + 1] if "privilege" in words[2:-1] else ""
    sheet.put("account", f"user {name}", "privilege", level or _LEVEL, node, present=bool(level))
    sheet.put("account", f"user {name}", "password", NO if "nopassword" in words[2:] else YES, node)
    kind = last(attributes.children, "service-type") if attributes else None
    if kind and not kind.negated:
        sheet.put("account", f"user {name}", "services", " ".join(kind.after("service-type")), kind)


def _rights(tree: Tree, sheet: Sheet, users: dict[str, Node], attributes: dict[str, Node]) -> None:
    """Whether some have fewer rights; levels count only where commands are authorised."""
    typed = {n for n, b in attributes.items() if last(b.children, "service-type remote-access")}
    admits = any(is_on(n) for n in tree.all("aaa authorization exec"))
    managers = {name: node for name, node in users.items() if not (admits and name in typed)}
    full = [n for n in managers.values() if f"privilege {_HIGHEST}" in n.key]
    commands = any(is_on(n) for n in tree.all("aaa authorization command"))
    unknown = 0 if commands or len(full) == len(managers) else len(managers) - len(full)
    first = next(iter(full or managers.values()), None)
    put_rights(sheet, len(managers), len(full), first, unknown=unknown)


def aaa_settings(tree: Tree, sheet: Sheet) -> None:
    """How logins are authenticated; where servers are asked, what they authorise and are told."""
    central, any_login = False, False
    unasked: list[tuple[str, Node]] = []
    for service in _LOGINS:
        command = f"aaa authentication {service} console"
        node = tree.last(command)
        words = node.after(command) if node and not node.negated else []
        if not words:
            unasked += [(service, n) for n in _reached(tree, service)[:1]]
            continue
        any_login = True
        served = words[0] != _LOCAL
        central = central or served
        item = f"aaa {service}"
        sheet.put("account", item, "login_methods", ",".join(words), node)
        sheet.put("account", item, "central", YES if served else NO, node)
        if served:
            sheet.put("account", item, "local_fallback", YES if _LOCAL in words[1:] else NO, node)
    if not any_login:
        sheet.missing("account", "aaa", "central", NO)
    for service, node in unasked if any_login else ():
        sheet.put("account", f"aaa {service}", "central", NO, node)
    if central:
        told = [n for n in tree.all("aaa accounting") if not n.negated and _accounts(n)]
        sheet.put(
            "account", "aaa", "accounting", YES if told else ABSENT, told[0] if told else None, present=bool(told)
        )
        commands, login = (named_node(tree, f"aaa authorization {what}") for what in ("command", "exec"))
        local = commands is not None and commands.text.split()[3:] == [_LOCAL]
        rights = login or commands if local else commands or login
        methods = ",".join(rights.text.split()[3:]) if rights else ABSENT
        sheet.put("account", "aaa", "authorization", methods, rights, present=rights is not None)


def _reached(tree: Tree, service: str) -> list[Node]:
    """The lines that let somebody reach a service which asks for a password."""
    if service == "serial" or (
        service == "http"
        and (not is_on(tree.last("http server enable")) or is_on(tree.last("http authentication-certificate")))
    ):
        return []
    return reached(tree, NamedObjects(tree), service).nodes


def _accounts(node: Node) -> bool:
    """It tells a server of logins or commands; others tell of the traffic of users."""
    words = node.key.split()
    return words[2:3] == ["command"] or words[3:4] == ["console"]


def password_policy(tree: Tree, sheet: Sheet) -> None:
    """Length, composition and age of passwords, and the lockout."""
    master = tree.last("password encryption aes")
    sheet.switch("password-policy", "device", "encryption_service", master, default=NO)
    default = "3" if since(tree, *_CHANGED) is False else UNKNOWN
    sheet.words("password-policy", "device", "min_length", "password-policy minimum-length", default=default)
    mixed = [n for k in _KINDS if (n := named_node(tree, f"password-policy minimum-{k}")) and not n.key.endswith(" 0")]
    sheet.switch("password-policy", "device", "complexity", mixed[0] if mixed else None, default=ABSENT)
    sheet.words("password-policy", "device", "max_age", "password-policy lifetime")
    fails = named_node(tree, "aaa local authentication attempts max-fail")
    words = fails.after("aaa local authentication attempts max-fail") if fails else []
    if not words:
        for setting in ("lockout", "lockout_attempts", "lockout_seconds"):
            sheet.missing("password-policy", "device", setting)
        return
    sheet.put("password-policy", "device", "lockout", "aaa local max-fail", fails)
    sheet.put("password-policy", "device", "lockout_attempts", words[0], fails)
    changed = since(tree, *_CHANGED)
    if changed is False:  # it lasts until somebody ends it
        sheet.put("password-policy", "device", "lockout_seconds", "until unlocked", fails, number=_FOR_EVER)
    else:
        sheet.put("password-policy", "device", "lockout_seconds", "600" if changed else UNKNOWN, fails)
