"""Logging and time.

Source: Cisco Nexus 9000 Series NX-OS System Management Configuration Guide. Messages have date and time; those of level
notification and above go to a server where its line says nothing else; changes are in the accounting log.
"""

from __future__ import annotations

from scanner.configs.interfaces import addressed, speaks_ipv6
from scanner.configs.nodes import Node, is_on
from scanner.configs.places import place_of, put_source
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet, whole
from scanner.configs.time_keys import key_of
from scanner.configs.tree import Tree

_LEVELS = ("emergencies", "alerts", "critical", "errors", "warnings", "notifications", "informational", "debugging")
_NOTIFICATIONS = 5


def log_settings(tree: Tree, sheet: Sheet) -> None:
    """Log servers, level, local log, and what is logged of logins and changes."""
    sheet.missing("logging", "device", "enabled", YES)
    hosts = [(n, w) for n, w in tree.given("logging server") if w]
    names = list(dict.fromkeys(words[0] for _, words in hosts))
    first = hosts[0][0] if hosts else None
    sheet.put(
        "logging", "device", "remote_hosts", ",".join(names) or ABSENT, first, number=len(names), present=bool(hosts)
    )
    levels = []
    for node, words in hosts:
        secure = "tls" if "secure" in words else "udp"
        sheet.put("logging", f"host {words[0]}", "transport", secure, node, present="secure" in words)
        given = words[1] if len(words) > 1 and whole(words[1]) and int(words[1]) < len(_LEVELS) else ""
        levels.append((int(given) if given else _NOTIFICATIONS, node, bool(given)))
    if levels:
        level, node, told = min(levels, key=lambda one: one[0])
        sheet.put("logging", "device", "level", _LEVELS[level], node, present=told)
    local = tree.last("logging logfile")
    words = local.text.split() if local else []
    size = words[words.index("size") + 1] if "size" in words[:-1] else ""
    if local and local.negated:
        sheet.put("logging", "device", "buffer_bytes", NO, local, number=0)
    elif whole(size):
        sheet.put("logging", "device", "buffer_bytes", size, local)
    else:
        sheet.missing("logging", "device", "buffer_bytes", UNKNOWN, local)
    stamps = tree.last("logging timestamp")
    sheet.put("logging", "device", "timestamps", "datetime", stamps, present=stamps is not None)
    failed = tree.last("login on-failure log")
    aaa = (n for n, words in tree.given("logging level") if words[:1] in (["aaa"], ["authpri"]) and words[-1] in "67")
    at = failed if is_on(failed) else next(aaa, None)
    sheet.put("logging", "device", "login_failures", YES if at else ABSENT, at, present=at is not None)
    kept = next((n for n in tree.all("aaa accounting default") if is_on(n)), None)
    changes = "accounting" if kept and "group" in kept.key.split() else YES
    sheet.put("logging", "device", "config_changes", changes, kept, present=kept is not None)
    put_source(sheet, "logging", [n for n, _ in hosts], addresses(tree), tree.last("logging source-interface"))


def addresses(tree: Tree) -> list[str]:
    """Interfaces with an address that are up."""
    return [name for name, _ in addressed(tree, "vrf member", aside=("mgmt",))]


def _names_ipv6(tree: Tree) -> bool:
    """Some list that limits who may ask for the time is one of IPv6."""
    sixth = {" ".join(words[:1]) for _, words in tree.given("ipv6 access-list")}
    return any(n.text.split()[-1] in sixth for n in tree.all("ntp access-group") if not n.negated)


def time_settings(tree: Tree, sheet: Sheet) -> None:
    """Time servers, and who may ask the device."""
    nodes: list[Node] = [n for c in ("ntp server", "ntp peer") for n in tree.all(c) if not n.negated]
    names = list(dict.fromkeys(n.text.split()[2] for n in nodes if len(n.text.split()) > 2))
    first = nodes[0] if nodes else None
    sheet.put("time", "device", "sources", ",".join(names) or ABSENT, first, number=len(names), present=bool(names))
    for node in nodes:
        name = " ".join(node.text.split()[2:3])
        sheet.put("time", f"server {name}", "key", key_of(tree, node, ("key",), "ntp trusted-key"), node)
        sheet.put("time", f"server {name}", "place", place_of(name), node)
    if nodes:
        guard = next((n for n in tree.all("ntp access-group") if not n.negated and "match-all" not in n.key), None)
        value = guard.text.split()[-1] if guard else ABSENT
        if guard and speaks_ipv6(tree) and not _names_ipv6(tree):
            value = UNKNOWN
        sheet.put("time", "device", "acl", value, guard or first, present=guard is not None)
        put_source(sheet, "time", nodes, addresses(tree), tree.last("ntp source-interface", "ntp source"))
    sheet.switch("time", "device", "authentication", tree.last("ntp authenticate"), default=NO)
    sheet.words("time", "device", "timezone", "clock timezone")
