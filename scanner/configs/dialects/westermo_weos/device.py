"""The device itself, accounts, log servers and time."""

from __future__ import annotations

import re

from scanner.configs.dialects.westermo_weos.lines import block
from scanner.configs.nodes import given, last, walk
from scanner.configs.places import place_of
from scanner.configs.settings import (
    ABSENT,
    NO,
    UNKNOWN,
    YES,
    Sheet,
    account,
    put_name,
    put_rights,
    put_software,
    whole,
)
from scanner.configs.tree import Tree

_VERSION = re.compile(r"WeOS v(\d[\w.-]*)")
_BLOCKS = ("aaa", "system", "port", "vlan", "iface", "ip", "snmp-server", "ntp", "logging", "web")
_BUILT_IN = "admin"  # the account of every device


def version_of(tree: Tree) -> str:
    r"""The release, of ``# \\/ Westermo WeOS v4.32.3, CLI Format v1.32``."""
    found = _VERSION.search(tree.about.text) if tree.about else None
    return found[1] if found else ""


def system_settings(tree: Tree, sheet: Sheet) -> None:
    """Name, release, names of VLANs; alarms say nothing that is judged."""
    _, inside = block(tree, "system")
    named = last(inside, "hostname")
    on = named is not None and not named.negated
    sheet.put("system", "device", "hostname", tree.name, named if on else None, present=on)
    sheet.put("system", "device", "version", sheet.version or ABSENT, tree.about, present=bool(sheet.version))
    put_software(sheet, "Westermo", "WeOS", tree.about)
    sheet.put("system", "device", "complete", YES if tree.complete else NO)
    for vlan, words in tree.given("vlan"):
        name = last(vlan.children, "name")
        if words and whole(words[0]) and name is not None and not name.negated:
            sheet.put("system", f"vlan {words[0]}", "vlan_name", " ".join(name.after("name")).strip("\"'"), name)
    for word in _BLOCKS:
        for node in tree.all(word):
            node.understood = True  # whatever stands in it
    for alarm in tree.all("alarm"):
        for node in walk(alarm):
            node.understood = True


def account_settings(tree: Tree, sheet: Sheet) -> None:
    """Accounts; servers that authenticate stand in the same block, and are not read."""
    block_of, inside = block(tree, "aaa")
    users = {words[0]: node for node, words in given(inside, "username") if words}
    for name, node in users.items():
        node.understood = True
        if node.secrets:
            account(sheet, f"user {name}", node, name)
        else:
            put_name(sheet, f"user {name}", name, node)
            sheet.missing("account", f"user {name}", "storage", UNKNOWN, node)
            sheet.missing("account", f"user {name}", "default_secret", "unknown", node)
        sheet.missing("account", f"user {name}", "privilege", UNKNOWN, node)
    if not users:
        for setting in ("default_name", "storage"):
            sheet.missing("account", f"user {_BUILT_IN}", setting, UNKNOWN)
        sheet.missing("account", f"user {_BUILT_IN}", "default_secret", "unknown")
    put_rights(sheet, len(users), 0, next(iter(users.values()), None), unknown=len(users))
    sheet.missing("account", "aaa login", "central", NO if users else UNKNOWN, block_of)
    for setting in ("min_length", "complexity", "max_age", "lockout"):
        sheet.missing("password-policy", "device", setting, UNKNOWN)


def log_settings(tree: Tree, sheet: Sheet) -> None:
    """Whether messages go to a server: a block that names nothing sends nothing."""
    logging, _ = block(tree, "logging")
    sheet.missing("logging", "device", "remote_hosts", UNKNOWN if logging is None else ABSENT, logging, number=0)


def time_settings(tree: Tree, sheet: Sheet) -> None:
    """Time servers. Older releases ask them by a block of another name, which is not read."""
    ntp, inside = block(tree, "ntp")
    servers = {words[0]: node for node, words in given(inside, "server") if words}
    if not servers:
        sheet.missing("time", "device", "sources", UNKNOWN if ntp is None else ABSENT, ntp, number=0)
        return
    first = next(iter(servers.values()))
    sheet.put("time", "device", "sources", ",".join(servers), first, number=len(servers))
    for name, node in servers.items():
        sheet.missing("time", f"server {name}", "key", NO, node)
        sheet.put("time", f"server {name}", "place", place_of(name), node)
