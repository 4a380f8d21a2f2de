"""Logging and time."""

from __future__ import annotations

import re

from scanner.configs.dialects.cisco_ios.routing import sources
from scanner.configs.interfaces import speaks_ipv6
from scanner.configs.nodes import Node, last
from scanner.configs.places import place_of, put_source
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet, whole
from scanner.configs.time_keys import key_of
from scanner.configs.tree import Tree


def log_settings(tree: Tree, sheet: Sheet) -> None:
    """Log servers, level, buffer, timestamps and what is logged of logins and changes."""
    sheet.switch("logging", "device", "enabled", tree.exact("logging on"), default=YES)
    hosts = log_servers(tree, sheet)
    for node in hosts:
        words = node.key.split()
        kind = words[words.index("transport") + 1] if "transport" in words[:-1] else "udp"
        sheet.put("logging", f"host {log_host(node)}", "transport", kind, node, present="transport" in words)
    level_and_buffer(tree, sheet, "buffer_bytes")
    stamps = tree.last("service timestamps log")
    none = tree.exact("service timestamps")  # without a word behind it speaks of debug messages, negated of all
    if stamps is None and none and none.negated:
        sheet.put("logging", "device", "timestamps", ABSENT, none)
    elif stamps:
        words = stamps.after("service timestamps log")
        sheet.put("logging", "device", "timestamps", ABSENT if stamps.negated else " ".join(words) or "uptime", stamps)
    else:
        sheet.missing("logging", "device", "timestamps", UNKNOWN)
    sheet.switch(
        "logging", "device", "login_failures", tree.last("login on-failure log", "login on-failure"), default=ABSENT
    )
    _changes(tree, sheet)
    source = tree.last("logging source-interface")
    put_source(sheet, "logging", hosts, [n for n, _ in sources(tree)], source)


def level_and_buffer(tree: Tree, sheet: Sheet, measure: str) -> None:
    """The level that servers get, and the local buffer. measure: the setting that has its size."""
    trap = tree.last("logging trap")
    level = trap.after("logging trap") if trap and not trap.negated else []
    if level[:1] == ["system"]:  # EOS: by facility, program or words of the message
        sheet.missing("logging", "device", "level", UNKNOWN, trap)
    elif trap:
        sheet.put("logging", "device", "level", NO if trap.negated else level[0] if level else "informational", trap)
    else:
        sheet.missing("logging", "device", "level", "informational")
    buffered = tree.last("logging buffered")
    sizes = [w for w in buffered.after("logging buffered") if whole(w) and int(w) > 7] if buffered else []
    if buffered and buffered.negated:
        sheet.put("logging", "device", measure, NO, buffered, number=0)
    elif sizes:
        sheet.put("logging", "device", measure, sizes[0], buffered)
    else:
        sheet.missing("logging", "device", measure, UNKNOWN, buffered)


def log_servers(tree: Tree, sheet: Sheet) -> list[Node]:
    """The servers that get messages, and the lines that name them."""
    hosts = [n for n in tree.all("logging") if not n.negated and log_host(n)]
    if hosts:
        names = list(dict.fromkeys(log_host(n) for n in hosts))
        sheet.put("logging", "device", "remote_hosts", ",".join(names), hosts[0], number=len(names))
    else:
        sheet.missing("logging", "device", "remote_hosts", number=0)
    return hosts


def _changes(tree: Tree, sheet: Sheet) -> None:
    """What records the commands that change the configuration: AAA servers, the archive, neither."""
    archive = tree.last("archive")
    config = last(archive.children, "log config") if archive else None
    enable = last(config.children, "logging enable") if config else None
    told = next((n for n in tree.all("aaa accounting commands") if not n.negated and "none" not in n.key.split()), None)
    if told:
        sheet.put("logging", "device", "config_changes", "accounting", told)
    else:
        sheet.switch("logging", "device", "config_changes", enable, default=ABSENT)


def log_host(node: Node) -> str:
    """The server that a ``logging`` command names, empty if it names none."""
    words = node.after("logging")
    if words[:1] == ["vrf"]:
        words = words[2:]
    if words and words[0].lower() in ("host", "server"):
        words = words[1:]
        if words and words[0].lower() == "ipv6":
            words = words[1:]
        return words[0] if words else ""
    return words[0] if words and re.search(r"[.:]", words[0]) else ""  # other words are options: buffered, trap, ...


def time_settings(tree: Tree, sheet: Sheet) -> None:
    """Time sources, whether they are authenticated, and who may ask the device."""
    ntp = time_sources(tree, sheet)
    if ntp:  # whoever asks an NTP server for the time answers others too
        put_time_guard(tree, sheet, ntp[0])
        put_source(sheet, "time", ntp, [n for n, _ in sources(tree)], tree.last("ntp source"))


def time_guards(tree: Tree) -> list[tuple[Node, tuple[str, str]]]:
    """The lines that limit who may ask for the time, each with family and name of its list."""
    found = []
    for node, after in tree.given("ntp access-group"):
        words = [w for w in after if w.lower() not in ("kod", "match-all")]
        if words:
            found.append((node, ("ipv6" if "ipv6" in map(str.lower, words[:-1]) else "ip", words[-1])))
    return found


def put_time_guard(tree: Tree, sheet: Sheet, node: Node) -> None:
    """Who may ask the device for the time; whether lists for one version of IP limit those of the other is not told."""
    guards = time_guards(tree)
    fourth = [(line, name) for line, (family, name) in guards if family == "ip"]
    both = len(fourth) < len(guards) or not speaks_ipv6(tree)
    if fourth and both:
        sheet.put("time", "device", "acl", fourth[0][1], fourth[0][0])
    else:
        sheet.missing("time", "device", "acl", UNKNOWN if guards else ABSENT, guards[0][0] if guards else node)


def time_sources(tree: Tree, sheet: Sheet) -> list[Node]:
    """Time sources and whether they are authenticated; the lines of those of NTP."""
    nodes = [n for c in ("ntp server", "ntp peer", "sntp server") for n in tree.all(c) if not n.negated]
    inside = [i for b in tree.all("interface") for i in b.children if not i.negated]
    nodes += [i for i in inside if i.is_("ntp broadcast client") or i.is_("ntp multicast client")]
    names = [_time_host(n) for n in nodes]
    if nodes:
        sheet.put("time", "device", "sources", ",".join(dict.fromkeys(names)), nodes[0], number=len(set(names)))
    else:
        sheet.missing("time", "device", "sources", number=0)
    for node, name in zip(nodes, names, strict=True):
        sheet.put("time", f"server {name}", "key", key_of(tree, node, ("key",), "ntp trusted-key"), node)
        sheet.put("time", f"server {name}", "place", place_of(name), node)
    authenticate = tree.last("ntp authenticate")
    sheet.switch("time", "device", "authentication", authenticate, default=NO)
    sheet.words("time", "device", "timezone", "clock timezone")
    return [n for n in nodes if not n.is_("sntp")]


def _time_host(node: Node) -> str:
    words = node.text.split()[2:]
    if node.is_("ntp broadcast client") or node.is_("ntp multicast client"):
        return node.key.split()[1]
    if words[:1] == ["vrf"]:
        words = words[2:]
    if words[:1] in (["ip"], ["ipv6"]):
        words = words[1:]
    return words[0] if words else ""
