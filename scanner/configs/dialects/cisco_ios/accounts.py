"""Accounts, AAA and the password policy."""

from __future__ import annotations

from collections.abc import Callable

from scanner.configs.dialects.cisco_ios.lines import line_name
from scanner.configs.nodes import Node, every, is_on, last
from scanner.configs.settings import ABSENT, NO, OPEN_WITHOUT_SERVER, UNKNOWN, YES, Sheet, account, put_rights, whole
from scanner.configs.tree import Tree

_SERVERS = (
    *("tacacs-server", "radius-server", "tacacs server", "radius server"),
    *("aaa group server", "aaa server radius"),  # the latter may change what a session may do
)


_TELLS = {"privilege", "nopassword"}  # words of lines about people who log in


def account_settings(tree: Tree, sheet: Sheet) -> None:
    """Users, enable secrets, line passwords and keys of AAA servers, by how they are stored."""
    for name, nodes in _users(tree).items():
        if any(n.secrets or len(n.after("username")) == 1 or _TELLS & set(n.key.split()) for n in nodes):
            _user(sheet, name, nodes)
    _rights(tree, sheet)
    for command in ("enable secret", "enable password", "enable algorithm-type"):
        enable = tree.last(command)
        if enable and not enable.negated:
            account(sheet, "enable secret" if command != "enable password" else command, enable)
    for block in tree.all("line"):
        for node in every(block.children, "password"):
            if not node.negated and node.secrets:
                account(sheet, f"line {line_name(block)} password", node)
    _shared_keys(tree, sheet)


def _shared_keys(tree: Tree, sheet: Sheet) -> None:
    """Keys of servers, and the password that CIP asks for."""
    for node in tree.all("cip security password"):
        if node.secrets and not node.negated:
            sheet.put("account", "cip security password", "key_storage", node.secrets[0].storage, node)
    for command in _SERVERS:
        for block in tree.all(command):
            for node in [block, *block.children]:
                if node.secrets and not node.negated:
                    item = " ".join(block.text.split("key")[0].split()[:4])
                    sheet.put("account", item, "key_storage", node.secrets[0].storage, node)


def _users(tree: Tree) -> dict[str, list[Node]]:
    """The lines about each user."""
    users: dict[str, list[Node]] = {}
    for node, words in tree.given("username"):
        if words:
            users.setdefault(words[0], []).append(node)
    return users


def _user(sheet: Sheet, name: str, nodes: list[Node]) -> None:
    node = next((n for n in reversed(nodes) if n.secrets), nodes[-1])
    account(sheet, f"user {name}", node, name)
    level, at = _privilege(nodes)
    sheet.put("account", f"user {name}", "privilege", level, at or node, present=at is not None)
    told = [n for n in nodes if n.secrets or "nopassword" in n.key.split()]  # the last one counts
    free = told[-1] if told and "nopassword" in told[-1].key.split() else None
    sheet.put("account", f"user {name}", "password", NO if free else YES if told else UNKNOWN, free or node)


def _privilege(nodes: list[Node]) -> tuple[str, Node | None]:
    """The level of a user, and the line that says so; 1 where none does."""
    for node in reversed(nodes):
        words = node.key.split()
        if "privilege" in words[2:-1] and whole(level := words[words.index("privilege", 2) + 1]):
            return level, node
    return "1", None


def _rights(tree: Tree, sheet: Sheet) -> None:
    """Whether some of the local accounts have fewer rights than others."""
    users = [nodes for nodes in _users(tree).values() if any(n.secrets or "nopassword" in n.key.split() for n in nodes)]
    full = [nodes for nodes in users if _privilege(nodes)[0] == "15"]
    put_rights(sheet, len(users), len(full), (full or users)[0][0] if users else None)


def aaa_settings(tree: Tree, sheet: Sheet) -> None:
    """Login methods, which count with ``aaa new-model``; where servers are asked, what they authorise and are told."""
    model = tree.last("aaa new-model")
    login_methods(tree, sheet, model, on=is_on(model))


def login_methods(
    tree: Tree, sheet: Sheet, model: Node | None, *, on: bool, falls_back: Callable[[str], bool] = lambda _: False
) -> None:
    """The same of any relative. model: the line that switches the lists on, where there is one. falls_back: whether
    local accounts answer for a list when no server does, though it does not name them.
    """
    login = [n for n in tree.all("aaa authentication login") if not n.negated and "fallback" not in n.key.split()[4:5]]
    central = False
    for node in login if on else ():
        words = node.after("aaa authentication login")
        if not _admits(tree, words):
            continue
        methods = ",".join(words[1:]).replace("group,", "group ")
        item = f"aaa login {words[0]}" if words else "aaa login"
        sheet.put("account", item, "login_methods", methods, node)
        if words[1:2] == ["none"]:  # nobody is asked, as the line says that uses the list
            continue
        served = "group" in words[1:2]
        central = central or served
        answers = UNKNOWN if served and _is_empty(tree, words[2:3]) else YES
        sheet.put("account", item, "central", answers if served else NO, node)
        if served:
            fallback = {"local", "local-case", "enable", "line", "none"} & set(words[1:])
            kept = fallback or falls_back(words[0].lower())
            sheet.put("account", item, "local_fallback", YES if kept else NO, node)
    if not login or not on:
        sheet.missing("account", "aaa", "central", NO, model)
    elif not any(n.key.split()[3:4] == ["default"] for n in login) and not _every_line_names_a_list(tree):
        sheet.missing("account", "aaa login default", "central", NO, model or login[0])  # local accounts, then
    if central:
        _served(tree, sheet)


def _is_empty(tree: Tree, names: list[str]) -> bool:
    """The group of servers is there, and none is in it."""
    groups = [b for b in tree.all("aaa group server") if not b.negated and b.text.split()[4:5] == names]
    return bool(groups) and not any(n.is_("server") or n.is_("server-private") for b in groups for n in b.children)


def _admits(tree: Tree, words: list[str]) -> bool:
    """Somebody logs in to the device by the list, not to a network or a tunnel."""
    if not words or words[0].lower() in ("default", "console"):  # relatives name the latter, and no list on a line
        return True
    web = (n.key.split()[-2:] for n in tree.all("ip http authentication aaa") if not n.negated)
    named = (last(b.children, "login authentication") for b in tree.all("line") if not b.negated)
    lists = [n.key.split()[-1] for n in named if n is not None and is_on(n)]
    lists += [name for kind, name in web if kind.startswith("login-")]
    return words[0].lower() in (name.lower() for name in lists)


def _every_line_names_a_list(tree: Tree) -> bool:
    lines = [b for b in tree.all("line") if not b.negated and b.key.split()[1:2] != ["aux"]]
    return bool(lines) and all(is_on(last(b.children, "login authentication")) for b in lines)


def login_method(tree: Tree, name: str) -> tuple[str, Node | None]:
    """How relatives check a login, which name no list on a line: by that one, else the default one, else locally."""
    lists = (tree.all(f"aaa authentication login {each}") for each in (name, "default"))
    told = ([n for n in nodes if "fallback" not in n.key.split()[4:5]] for nodes in lists)
    node = next((nodes[-1] for nodes in told if nodes), None)
    if node is None or node.negated:
        return "local", None
    words = node.key.split()[4:]
    if "none" in words:
        return ("none" if words[0] == "none" else OPEN_WITHOUT_SERVER), node
    return ("local" if words[:1] == ["local"] else "aaa"), node


def _served(tree: Tree, sheet: Sheet) -> None:
    told = {"exec", "commands"}
    records = [
        n
        for n in tree.all("aaa accounting")
        if not n.negated
        and "none" not in n.key.split()
        and (told & set(n.key.split()) or n.is_("aaa accounting default"))
        and ("group" in n.key.split() or not {"local", "logging"} & set(n.key.split()))
    ]
    if records:
        sheet.put("account", "aaa", "accounting", YES, records[0])
    else:
        sheet.missing("account", "aaa", "accounting")
    # The first without a level is of NX-OS, the second of EOS.
    lists = ("aaa authorization commands default", "aaa authorization commands all default", "aaa authorization exec")
    lines = [n for command in lists for n in tree.all(command) if not n.negated]
    rights = [n for n in lines if "group" in n.key.split()] or lines
    methods = ",".join(_methods(rights[-1])).replace("group,", "group ") if rights else ""
    if methods:
        sheet.put("account", "aaa", "authorization", methods, rights[-1])
    else:
        sheet.missing("account", "aaa", "authorization")


def _methods(node: Node) -> list[str]:
    words = node.text.split()[3:]
    return words[words.index("default") + 1 :] if "default" in words else words[1:]


def password_policy(tree: Tree, sheet: Sheet) -> None:
    """Length of passwords and lockout."""
    sheet.switch(
        "password-policy", "device", "encryption_service", tree.exact("service password-encryption"), default=UNKNOWN
    )
    _strength(tree, sheet)
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


def _strength(tree: Tree, sheet: Sheet) -> None:
    """Length, composition and age: for all passwords, else for those of accounts that name a policy."""
    policies = [b for b in tree.all("aaa common-criteria policy") if not b.negated]
    inside = [n for b in policies for n in b.children]
    length = tree.last("security passwords min-length")
    if length is None and policies:
        sheet.words("password-policy", "device", "min_length", "min-length", nodes=inside, block=policies[-1])
    else:
        sheet.words("password-policy", "device", "min_length", "security passwords min-length")
    kinds = ("upper-case", "lower-case", "numeric-count", "special-case")
    mixed = next((n for n in inside if any(n.is_(k) for k in kinds)), None) or tree.last("aaa password restriction")
    sheet.switch("password-policy", "device", "complexity", mixed, default=ABSENT)
    life = last(inside, "lifetime")
    words = life.after("lifetime") if life and not life.negated else []
    if len(words) == 2 and whole(words[1]):
        days = int(words[1]) * {"year": 365, "month": 30, "day": 1}.get(words[0].lower(), 0)
        sheet.put("password-policy", "device", "max_age", str(days or 1), life)
    else:
        sheet.missing("password-policy", "device", "max_age")
