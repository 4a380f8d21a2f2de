"""Accounts by their roles, AAA and the password policy.

Source: Cisco Nexus 9000 Series NX-OS Security Configuration Guide. Roles say what an account may do: network-admin and
vdc-admin everything. Passwords are checked for their strength unless ``no password strength-check`` stands there; then
they have 8 characters at least, letters and digits. When no server answers, local accounts do, without a word that
says so.
"""

from __future__ import annotations

from scanner.configs.dialects.cisco_ios.accounts import login_methods
from scanner.configs.nodes import Node, is_on
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet, account, put_rights, whole
from scanner.configs.tree import Tree

_EVERYTHING = frozenset(("network-admin", "vdc-admin"))
_SERVERS = ("tacacs-server", "radius-server", "ldap-server")
_LENGTH = "8"


def user_settings(tree: Tree, sheet: Sheet) -> None:
    """Accounts, keys of servers, login methods."""
    users: dict[str, list[Node]] = {}
    for node, words in tree.given("username"):
        if words:
            users.setdefault(words[0], []).append(node)
    full = []
    for name, nodes in users.items():
        node = next((n for n in nodes if n.secrets), nodes[0])
        account(sheet, f"user {name}", node, name)
        roles = {w for n in nodes for w in _after(n.text.split(), "role")}
        sheet.put("account", f"user {name}", "privilege", ",".join(sorted(roles)) or UNKNOWN, node, present=bool(roles))
        sheet.put("account", f"user {name}", "password", YES, node)
        if roles & _EVERYTHING:
            full.append(node)
    first = full[0] if full else next(iter(users.values()))[0] if users else None
    put_rights(sheet, len(users), len(full), first)
    for command in _SERVERS:
        for node in tree.all(command):
            if node.secrets and not node.negated:
                item = " ".join(w for w in node.text.split("key")[0].split()[:3])
                sheet.put("account", item, "key_storage", node.secrets[0].storage, node)
    login_methods(tree, sheet, None, on=True, falls_back=lambda name: _falls_back(tree, name))


def _falls_back(tree: Tree, name: str) -> bool:
    """Local accounts answer when no server does, unless that is taken back."""
    node = tree.last(f"aaa authentication login {name} fallback error local")
    return node is None or not node.negated


def _after(words: list[str], word: str) -> list[str]:
    return words[words.index(word) + 1 :][:1] if word in words else []


def password_policy(tree: Tree, sheet: Sheet) -> None:
    """Length and composition of passwords, and the lockout."""
    check = tree.exact("password strength-check")
    least = tree.last("userpassphrase min-length")
    words = least.after("userpassphrase min-length")[:1] if least and is_on(least) else []
    on = check is None or not check.negated
    length = words[0] if words and whole(words[0]) else _LENGTH if on else ABSENT
    sheet.put(
        "password-policy", "device", "min_length", length, least or check, present=bool(words) or check is not None
    )
    sheet.put("password-policy", "device", "complexity", YES if on else NO, check, present=check is not None)
    life = tree.last("userpassphrase default-lifetime")
    days = life.after("userpassphrase default-lifetime")[:1] if life and is_on(life) else []
    sheet.put("password-policy", "device", "max_age", days[0] if days else ABSENT, life, present=bool(days))
    block = tree.last("login block-for") or tree.last("system login block-for")
    numbers = [w for w in block.text.split() if whole(w)] if block and is_on(block) else []
    locked = len(numbers) >= 3
    sheet.put("password-policy", "device", "lockout", "login block-for" if locked else ABSENT, block, present=locked)
    for setting, at in (("lockout_attempts", 1), ("lockout_seconds", 0)):
        sheet.put("password-policy", "device", setting, numbers[at] if locked else ABSENT, block, present=locked)
