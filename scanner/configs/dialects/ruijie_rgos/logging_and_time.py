"""Logging and time.

Source: Ruijie RGOS command references (Syslog, NTP, SNTP). Messages have date and time; servers get those of level
informational and above; SNTP asks nobody until it is enabled.
"""

from __future__ import annotations

from scanner.configs.dialects.cisco_ios.logging_and_time import level_and_buffer, put_time_guard
from scanner.configs.interfaces import addressed
from scanner.configs.nodes import Node, is_on
from scanner.configs.places import place_of, put_source
from scanner.configs.settings import ABSENT, CLOSED, NO, UNKNOWN, YES, Sheet
from scanner.configs.time_keys import key_of
from scanner.configs.tree import Tree

TABLES = ("vrf forwarding", "ip vrf forwarding")
MANAGEMENT = ("mgmt",)


def log_settings(tree: Tree, sheet: Sheet) -> None:
    """Log servers, level, buffer, timestamps and what is logged of logins and changes."""
    sheet.switch("logging", "device", "enabled", tree.exact("logging on"), default=YES)
    hosts = [(n, name) for n in tree.all("logging") if not n.negated and (name := _log_host(n))]
    if hosts:
        names = list(dict.fromkeys(name for _, name in hosts))
        sheet.put("logging", "device", "remote_hosts", ",".join(names), hosts[0][0], number=len(names))
    else:
        sheet.missing("logging", "device", "remote_hosts", number=0)
    for node, name in hosts:
        words = node.key.split()
        kind = next((k for k in ("tls", "ssl", "tcp") if k in words), "udp")
        sheet.put("logging", f"host {name}", "transport", "tls" if kind == "ssl" else kind, node, present=kind != "udp")
    level_and_buffer(tree, sheet, "buffer_bytes")
    stamps = tree.last("service timestamps log", "service timestamps message-type")
    stamps = stamps or next((n for n in tree.all("service timestamps") if n.key == "service timestamps"), None)
    if stamps:
        words = stamps.after("service timestamps log")
        sheet.put(
            "logging", "device", "timestamps", ABSENT if stamps.negated else " ".join(words) or "datetime", stamps
        )
    else:
        sheet.missing("logging", "device", "timestamps", "datetime")
    sheet.missing("logging", "device", "login_failures", UNKNOWN)
    _changes(tree, sheet)
    source = tree.last("logging source", "logging source-interface")
    own = [name for name, _ in addressed(tree, *TABLES, aside=MANAGEMENT)]
    put_source(sheet, "logging", [n for n, _ in hosts], own, source)


def _log_host(node: Node) -> str:
    """The server that a ``logging`` command names, empty if it names none: ``logging [server] [oob] [vrf V] A``."""
    words = node.after("logging")
    named = bool(words) and words[0].lower() in ("server", "host")
    words = words[1:] if named else words
    while words and words[0].lower() in ("oob", "ipv6", "ip", "vrf", "hostname"):
        words = words[2:] if words[0].lower() == "vrf" else words[1:]
    if not words:
        return ""
    return words[0] if named or "." in words[0] or ":" in words[0] else ""


def _changes(tree: Tree, sheet: Sheet) -> None:
    """What records the commands that change the configuration: AAA servers, the log, neither."""
    told = next((n for n in tree.all("aaa accounting commands") if is_on(n) and "none" not in n.key.split()), None)
    if told:
        sheet.put("logging", "device", "config_changes", "accounting", told)
    else:
        logged = tree.last("logging userinfo command-log")
        sheet.switch("logging", "device", "config_changes", logged, default=ABSENT)


def time_settings(tree: Tree, sheet: Sheet) -> None:
    """Time sources, whether they are authenticated, and who may ask the device."""
    simple = is_on(tree.last("sntp enable"))
    ntp = [n for c in ("ntp server", "ntp peer") for n in tree.all(c) if not n.negated]
    nodes = [*ntp, *(n for n in tree.all("sntp server") if not n.negated and simple)]
    hosts = [(n, name) for n in nodes if (name := _time_host(n))]
    names = list(dict.fromkeys(name for _, name in hosts))
    if hosts:
        sheet.put("time", "device", "sources", ",".join(names), hosts[0][0], number=len(names))
    else:
        sheet.missing("time", "device", "sources", number=0)
    for node, name in hosts:
        keyed = key_of(tree, node, ("key", "keyid"), "ntp trusted-key")
        sheet.put("time", f"server {name}", "key", keyed, node)
        sheet.put("time", f"server {name}", "place", place_of(name), node)
    sheet.switch("time", "device", "authentication", tree.exact("ntp authenticate"), default=NO)
    sheet.words("time", "device", "timezone", "clock timezone")
    if ntp:  # whoever asks an NTP server for the time answers others too
        _asked(tree, sheet, ntp[0])
        source = next((n for n in tree.all("ntp source") if not n.negated), None)
        put_source(sheet, "time", ntp, [n for n, _ in addressed(tree, *TABLES, aside=MANAGEMENT)], source)


def _asked(tree: Tree, sheet: Sheet, node: Node) -> None:
    """Who may ask the device for the time."""
    deaf = tree.last("ntp service disable")
    if is_on(deaf):
        sheet.put("time", "device", "acl", CLOSED, deaf)
    else:
        put_time_guard(tree, sheet, node)


def _time_host(node: Node) -> str:
    words = node.text.split()[2:]
    while words and words[0].lower() in ("oob", "ip", "ipv6", "vrf", "domain"):
        words = words[2:] if words[0].lower() == "vrf" else words[1:]
    return words[0] if words else ""
