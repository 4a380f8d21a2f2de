"""Services for management, from where they may be used, SNMP and accounts.

Which services a device is delivered with depends on the release; the list of restricted access has one entry then,
which admits everybody.
"""

from __future__ import annotations

from scanner.configs.acls import prefix_length
from scanner.configs.dialects.hirschmann_hios_commands.lines import answer, is_on
from scanner.configs.dialects.hirschmann_hios_commands.management import AccessEntry, who_may
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
)
from scanner.configs.snmp_rows import put_community
from scanner.configs.tree import Tree

_ACCESS = "network mgmt-access"
_SERVICES = ("http", "https", "snmp", "telnet", "ssh")
_FULL = "readwrite"
_SSH = {("1",): "1", ("2",): "2", ("1", "2"): "1.99", ("2", "1"): "1.99"}
_DEFAULTS = ("admin", "user")  # accounts of every device


def restricted(tree: Tree) -> dict[str, AccessEntry]:
    """The entries of the list of restricted access, as the lines leave them one after another."""
    entries = {"1": AccessEntry(None, active=True)}
    for node in tree.all(_ACCESS):
        words = [word.lower() for word in node.after(_ACCESS)]
        if node.negated or len(words) < 2:
            continue
        if words[0] == "delete":
            entries.pop(words[1], None)
        elif words[0] == "add":
            entries[words[1]] = AccessEntry(node)
        elif words[0] == "status":
            entries.setdefault(words[1], AccessEntry(node)).active = words[-1] == "enable"
        elif words[0] == "modify" and len(words) == 4:
            entry = entries.setdefault(words[1], AccessEntry(node))
            entry.node = node
            if words[2] == "mask":
                bits = prefix_length(words[3])
                entry.length = "" if bits is None else str(bits)
            elif words[2] in _SERVICES:
                entry.services = (entry.services or {}) | {words[2]: words[3] == "enable"}
    return entries


def service_settings(tree: Tree, sheet: Sheet) -> None:
    """What listens, and for whom."""
    entries, operation = restricted(tree), tree.last(f"{_ACCESS} operation")
    inside = [n for block in tree.all("lineconfig") for n in block.children]
    found = {
        "telnet": last(inside, "transport input telnet"),
        "ssh": tree.exact("ip ssh"),
        "http": tree.last("ip http server"),
        "https": tree.last("ip https server"),
    }
    for service, node in found.items():
        told = answer(node)
        sheet.put("management", service, "enabled", told, node, present=node is not None)
        value, at = who_may(entries, operation, service) if told != NO else (CLOSED, node)
        login = service in ("telnet", "ssh")
        category, setting = ("line", "access_acl") if login else ("management", "acl")
        sheet.put(category, service, setting, value, at, present=at is not None)
        if login and told == NO:
            sheet.put("line", service, "idle_timeout", CLOSED, node)
        elif login:
            sheet.missing("line", service, "idle_timeout", UNKNOWN)
    protocol = tree.last("ip ssh protocol")
    if answer(found["ssh"]) != NO:
        words = tuple(protocol.after("ip ssh protocol")) if protocol and not protocol.negated else ()
        sheet.put("management", "ssh", "version", _SSH.get(words, UNKNOWN), protocol, present=words in _SSH)
    telnet = found["telnet"]
    sheet.put("line", "telnet", "telnet", answer(telnet), telnet, present=telnet is not None)
    for item in ("web", "console"):
        sheet.missing("line", item, "idle_timeout", UNKNOWN)
    sheet.missing("management", "device", "banner", UNKNOWN)
    sheet.missing("management", "hidiscovery", "enabled", UNKNOWN)


def snmp_settings(tree: Tree, sheet: Sheet) -> None:
    """Versions that the agent answers, and communities."""
    entire = tree.last("snmp-access global")
    of = "snmp-access version"
    found = {v: tree.last(f"{of} {word}", f"{of} all") for v, word in (("v1", "v1"), ("v2c", "v2"), ("v3", "v3"))}
    told = {version: is_on(node) for version, node in found.items()}
    at = next((n for n in found.values() if n), entire)
    if is_on(entire) is False or all(on is False for on in told.values()):
        sheet.put("snmp", "agent", "enabled", NO, entire if is_on(entire) is False else at)
        return
    sheet.put("snmp", "agent", "enabled", YES if any(told.values()) else UNKNOWN, at, present=any(told.values()))
    running = [version for version, on in told.items() if on]
    doubtful = None in (told["v1"], told["v2c"]) and not (told["v1"] or told["v2c"])
    sheet.put("snmp", "agent", "versions", UNKNOWN if doubtful else ",".join(running), at, present=not doubtful)
    communities = tree.all("snmp-server community")
    if told["v1"] is False and told["v2c"] is False:
        return
    limit, guard = who_may(restricted(tree), tree.last(f"{_ACCESS} operation"), "snmp")
    nodes = [n for n in communities if not n.negated and n.secrets]
    for number, node in enumerate(nodes, 1):
        access = next((word for word in ("ro", "rw") if word in node.key.split()), "unknown")
        put_community(sheet, f"community {number}", node, access=access)
        sheet.put("snmp", f"community {number}", "acl", limit, guard or node, present=guard is not None)
    sheet.missing("snmp", "community of delivery", "default_community", "unknown")


def account_settings(tree: Tree, sheet: Sheet) -> None:
    """Accounts, their rights and SNMP algorithms; whether those of delivery are still there is told by no line."""
    users = _users(tree)
    full, first = 0, None
    for name, nodes in users.items():
        first = first or nodes[0]
        item, secret = f"user {name}", next((n for n in reversed(nodes) if n.secrets and n.is_("users passwd")), None)
        if secret:
            account(sheet, item, secret, name)
        else:
            sheet.put("account", item, "default_name", YES if name.lower() in DEFAULT_NAMES else NO, nodes[0])
        access = [n.key.split()[-1] for n in nodes if n.is_("users access")]
        sheet.put("account", item, "privilege", access[-1] if access else UNKNOWN, nodes[-1], present=bool(access))
        full += access[-1:] == [_FULL]
        kind = "readwrite" if access[-1:] == [_FULL] else "readonly"
        wanted = tree.last(f"snmp-access version v3-encryption {kind}") if access else None
        bare = wanted is not None and wanted.key.endswith(" disable")
        _algorithms(sheet, item, nodes, wanted if bare else None)
    gone = {" ".join(n.after("users name")[:1]).strip('"') for n in tree.all("users name") if n.negated}
    for name in _DEFAULTS:
        if name not in users:
            sheet.missing("account", f"user {name}", "default_name", UNKNOWN)
        if name not in gone and not any(n.secrets and n.is_("users passwd") for n in users.get(name, ())):
            sheet.missing("account", f"user {name}", "default_secret", "unknown")  # what is as delivered is not printed
    put_rights(sheet, len(users) + 1, full + 1, first, unknown=int(not full)) if first else None
    sheet.missing("account", "aaa", "central", UNKNOWN)
    if (lists := tree.last("authentication login")) is not None:
        sheet.missing("account", "aaa", "local_fallback", UNKNOWN, lists)
    for setting in ("min_length", "complexity", "max_age", "lockout"):
        sheet.missing("password-policy", "device", setting, UNKNOWN)


def _users(tree: Tree) -> dict[str, list[Node]]:
    """The lines of each account, by its name."""
    found: dict[str, list[Node]] = {}
    for command in (
        "users name",
        "users passwd",
        "users access",
        "users snmpv3 authentication",
        "users snmpv3 encryption",
    ):
        for node, words in tree.given(command):
            if words:
                found.setdefault(words[0].strip('"'), []).append(node)
    return found


def _algorithms(sheet: Sheet, item: str, nodes: list[Node], bare: Node | None) -> None:
    """What an account proves, and by what. bare: the line by which it need not encrypt."""
    found = {}
    for setting, kind in (("auth_algorithm", "authentication"), ("priv_algorithm", "encryption")):
        node = last(nodes, f"users snmpv3 {kind}")
        words = node.key.split()[4:5] if node else []
        value = UNKNOWN if not words else ABSENT if words[0] == "none" else words[0]
        found[setting] = value
        sheet.put("snmp", item, setting, value, node or nodes[0], present=node is not None)
    auth, priv = found.values()
    level = UNKNOWN if UNKNOWN in (auth, priv) else "priv" if priv != ABSENT else "auth" if auth != ABSENT else "noauth"
    if level == "priv" and bare is not None:
        level = "auth"
    sheet.put("snmp", item, "level", level, bare or nodes[0], present=level != UNKNOWN)
