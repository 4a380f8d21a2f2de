"""Logging (the information centre) and time."""

from __future__ import annotations

import re

from scanner.configs.dialects.h3c_comware.system import is_7
from scanner.configs.dialects.huawei_vrp.routing import sources
from scanner.configs.interfaces import speaks_ipv6
from scanner.configs.nodes import Node, given, is_on
from scanner.configs.places import place_of, put_source
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet
from scanner.configs.time_keys import key_of
from scanner.configs.tree import Tree

_LOG_SOURCE = re.compile(r"info-center source default (?:channel (?:2|loghost)|loghost)\b.*\blevel (\S+)")


def log_settings(tree: Tree, sheet: Sheet) -> None:
    """Log servers, buffer, timestamps and level."""
    sheet.switch("logging", "device", "enabled", tree.last("info-center enable"), default=YES)
    hosts = [(n, host) for n, words in tree.given("info-center loghost") if (host := _host(words))]
    if hosts:
        names = list(dict.fromkeys(host for _, host in hosts))
        sheet.put("logging", "device", "remote_hosts", ",".join(names), hosts[0][0], number=len(names))
    else:
        sheet.missing("logging", "device", "remote_hosts", number=0)
    for node, host in hosts:
        sheet.put("logging", f"host {host}", "transport", "udp", node, present=False)
    size = tree.last("info-center logbuffer size")
    if size and not size.negated:
        sheet.put("logging", "device", "buffer_messages", size.key.split()[-1], size)
    else:
        off = tree.exact("info-center logbuffer")
        if off and off.negated:
            sheet.put("logging", "device", "buffer_messages", NO, off, number=0)
        else:
            sheet.missing("logging", "device", "buffer_messages", UNKNOWN)
    _timestamps(tree, sheet)
    levels = [(n, m.group(1)) for n in tree.all("info-center source") if (m := _LOG_SOURCE.match(n.key))]
    silent = _silent(tree)
    if silent:
        sheet.put("logging", "device", "level", NO, silent)
    elif levels:
        sheet.put("logging", "device", "level", levels[-1][1], levels[-1][0])
    else:
        sheet.missing("logging", "device", "level", UNKNOWN)
    own = [name for name, _ in sources(tree)]
    put_source(sheet, "logging", [n for n, _ in hosts], own, tree.last("info-center loghost source"))


def _silent(tree: Tree) -> Node | None:
    """The line by which no message of any module goes to the servers."""
    lines = [n for n in tree.all("info-center source default") if _TO_SERVERS.search(n.key)]
    told = lines[-1] if lines else None
    return told if told and not told.negated and _NOTHING.search(told.key) else None


_TO_SERVERS = re.compile(r"(?:channel (?:2|loghost)|default loghost)\b")
_NOTHING = re.compile(r"loghost deny$| log state off")


def _timestamps(tree: Tree, sheet: Sheet) -> None:
    stamp = tree.last("info-center timestamp loghost", "info-center timestamp log", "info-center timestamp")
    words = stamp.key.split()[2:] if stamp and not stamp.negated else []
    kind = next((w for w in words if w in ("date", "iso", "no-year-date", "none", "boot")), "")
    if not kind:
        sheet.missing("logging", "device", "timestamps", UNKNOWN)
        return
    value = ABSENT if kind == "none" else "uptime" if kind == "boot" else f"datetime {kind}"
    sheet.put("logging", "device", "timestamps", value, stamp)


def _host(words: list[str]) -> str:
    """The server behind ``info-center loghost``, an address or a name; empty for ``source``."""
    if words[:1] == ["vpn-instance"]:
        words = words[2:]
    if words[:1] == ["ipv6"]:
        words = words[1:]
    return words[0] if words and words[0].lower() != "source" else ""


_TRUSTED = ("ntp-service reliable authentication-keyid", "sntp reliable authentication-keyid")


def time_settings(tree: Tree, sheet: Sheet) -> None:
    """Time sources and whether they are authenticated. In Comware 7 nothing is asked before a service is on."""
    asleep = is_7(tree) and not is_on(tree.exact("ntp-service enable"))
    simple = not is_7(tree) or is_on(tree.exact("sntp enable"))
    commands = ["sntp unicast-server", "sntp ipv6 unicast-server"] if simple else []
    commands += [] if asleep else ["ntp-service unicast-server", "ntp-service unicast-peer"]
    commands += [] if asleep else ["ntp-service ipv6 unicast-server", "ntp-service ipv6 unicast-peer"]
    found: list[tuple[Node, str]] = []
    for command in commands:
        for node, words in tree.given(command):
            words = words[2:] if words[:1] == ["vpn-instance"] else words  # noqa: PLW2901
            found.append((node, words[0] if words else ""))
    for block in [] if asleep else tree.all("interface"):
        for way in ("broadcast", "multicast"):
            found += [(n, way) for n, _ in given(block.children, f"ntp-service {way}-client")]
    if found:
        names = list(dict.fromkeys(name for _, name in found))
        sheet.put("time", "device", "sources", ",".join(names), found[0][0], number=len(names))
    else:
        asked = tree.last("ntp-service unicast-server", "sntp unicast-server")
        sheet.missing("time", "device", "sources", node=asked, number=0)
    for node, name in found:
        sheet.put("time", f"server {name}", "key", key_of(tree, node, ("authentication-keyid",), *_TRUSTED), node)
        sheet.put("time", f"server {name}", "place", place_of(name), node)
    if found:
        _service(tree, sheet, [node for node, _ in found])
    authenticated = tree.last("ntp-service authentication enable", "sntp authentication enable")
    sheet.switch("time", "device", "authentication", authenticated, default=NO)
    sheet.words("time", "device", "timezone", "clock timezone")


def time_guards(tree: Tree) -> list[Node]:
    """The lines that limit who may ask for the time."""
    words = ("peer acl", "server acl", "query acl", "synchronization acl", "access")
    return [n for word in words for n, after in tree.given(f"ntp-service {word}") if after]


def _service(tree: Tree, sheet: Sheet, nodes: list[Node]) -> None:
    """Who may ask the device for the time; lists for IPv4 alone say nothing of who asks over IPv6."""
    guards = time_guards(tree)
    sixth = any(n for n, _ in tree.given("ntp-service ipv6"))
    if guards and (sixth or not speaks_ipv6(tree)):
        sheet.put("time", "device", "acl", guards[0].text.split()[-1], guards[0])
    else:
        sheet.missing("time", "device", "acl", UNKNOWN)
    source = tree.last("ntp-service source", "ntp-service source-interface")
    put_source(sheet, "time", nodes, [n for n, _ in sources(tree)], source)
