"""Logging (the information centre) and time."""

from __future__ import annotations

import re

from scanner.configs.dialects.huawei_vrp.routing import sources
from scanner.configs.interfaces import speaks_ipv6
from scanner.configs.nodes import Node
from scanner.configs.places import place_of, put_source
from scanner.configs.settings import ABSENT, CLOSED, NO, UNKNOWN, YES, Sheet
from scanner.configs.time_keys import key_of
from scanner.configs.tree import Tree


def log_settings(tree: Tree, sheet: Sheet) -> None:
    """Log servers, buffer, timestamps and level."""
    sheet.switch("logging", "device", "enabled", tree.last("info-center enable"), default=YES)
    hosts = [(n, _log_host(n)) for n in tree.all("info-center loghost") if not n.negated and _log_host(n)]
    if hosts:
        names = list(dict.fromkeys(name for _, name in hosts))
        sheet.put("logging", "device", "remote_hosts", ",".join(names), hosts[0][0], number=len(names))
    else:
        sheet.missing("logging", "device", "remote_hosts", number=0)
    for node, name in hosts:
        words = node.key.split()
        kind = words[words.index("transport") + 1] if "transport" in words[:-1] else "udp"
        sheet.put(
            "logging",
            f"host {name}",
            "transport",
            "tls" if "ssl-policy" in words else kind,
            node,
            present="transport" in words,
        )
    size = tree.last("info-center logbuffer")
    numbers = re.findall(r"size (\d+)", size.key) if size else []
    if size and size.negated and size.key == "info-center logbuffer":
        sheet.put("logging", "device", "buffer_messages", NO, size, number=0)
    elif numbers:
        sheet.put("logging", "device", "buffer_messages", numbers[0], size)
    else:
        sheet.missing("logging", "device", "buffer_messages", UNKNOWN)
    stamp = tree.last("info-center timestamp log")
    if stamp and not stamp.negated:
        words = stamp.after("info-center timestamp log")
        value = (
            ABSENT if words[:1] == ["none"] else "uptime" if words[:1] == ["boot"] else "datetime " + " ".join(words)
        )
        sheet.put("logging", "device", "timestamps", value, stamp)
    else:
        sheet.missing("logging", "device", "timestamps", UNKNOWN)
    levels = [n for n in tree.all("info-center source") if re.search(r"(?:channel 2|loghost)\b.* log level \S+", n.key)]
    found = re.search(r"log level (\S+)", levels[-1].key) if levels else None
    own = _coarsest(hosts)
    silent = _silent(tree)
    if silent:
        sheet.put("logging", "device", "level", NO, silent)
    elif found:
        sheet.put("logging", "device", "level", found.group(1), levels[-1])
    elif own:
        sheet.put("logging", "device", "level", own.key.split()[own.key.split().index("level") + 1], own)
    else:
        sheet.missing("logging", "device", "level", UNKNOWN)
    source = tree.last("info-center loghost source")
    own = next((n for n, _ in hosts if "source-ip" in n.key.split()), None)
    put_source(sheet, "logging", [n for n, _ in hosts], [n for n, _ in sources(tree)], source or own)


def _silent(tree: Tree) -> Node | None:
    """The line by which no log of any module goes to the servers."""
    lines = [n for n in tree.all("info-center source default channel") if _TO_SERVERS.search(n.key)]
    state = next((n for n in reversed(lines) if n.negated or " log " in n.key), None)
    return state if state and not state.negated and " log state off" in state.key else None


_TO_SERVERS = re.compile(r"channel (?:2|loghost)\b")


def _coarsest(hosts: list[tuple[Node, str]]) -> Node | None:
    """The line of a server with a level of its own, where all have one."""
    nodes = [n for n, _ in hosts if "level" in n.key.split()[:-1]]
    return nodes[0] if nodes and len(nodes) == len(hosts) else None


def _log_host(node: Node) -> str:
    """The server that an ``info-center loghost`` line names; empty for ``loghost source`` and the like."""
    words = node.after("info-center loghost")
    if words[:1] == ["ipv6"]:
        words = words[1:]
    if words[:1] == ["domain"]:
        return words[1] if len(words) > 1 else ""
    return words[0] if words and re.search(r"[.:]", words[0]) else ""


_TRUSTED = (
    "ntp-service reliable authentication-keyid",
    "ntp reliable authentication-keyid",
    "ntp trusted authentication-keyid",
)


def time_settings(tree: Tree, sheet: Sheet) -> None:
    """Time sources and whether they are authenticated."""
    nodes = [
        n
        for start in ("ntp-service", "ntp")
        for kind in ("unicast-server", "unicast-peer", "ipv6 unicast-server")
        for n in tree.all(f"{start} {kind}")
        if not n.negated
    ]
    names = [next((w for w in n.text.split()[2:] if re.search(r"[.:]", w)), "") for n in nodes]
    clients = (
        "ntp-service multicast-client",
        "ntp-service broadcast-client",
        "ntp multicast-client",
        "ntp broadcast-client",
    )
    for block in tree.all("interface"):
        for node in block.children:
            if any(node.is_(c) for c in clients) and not node.negated:
                nodes.append(node)
                names.append(node.key.split()[1].removesuffix("-client"))
    off = tree.last("ntp-service disable", "ntp disable", "ntp-service enable", "ntp enable")
    if off is not None and off.negated == off.key.endswith("enable"):
        sheet.put("time", "device", "sources", ABSENT, off, number=0)
    elif nodes:
        sheet.put("time", "device", "sources", ",".join(dict.fromkeys(names)), nodes[0], number=len(set(names)))
    else:
        sheet.missing("time", "device", "sources", number=0)
    for node, name in zip(nodes, names, strict=True):
        sheet.put("time", f"server {name}", "key", key_of(tree, node, ("authentication-keyid",), *_TRUSTED), node)
        sheet.put("time", f"server {name}", "place", place_of(name), node)
    if nodes:
        _time_service(tree, sheet, nodes)
    sheet.switch(
        "time",
        "device",
        "authentication",
        tree.last("ntp-service authentication enable", "ntp authentication enable"),
        default=NO,
    )
    sheet.words("time", "device", "timezone", "clock timezone")


def _time_service(tree: Tree, sheet: Sheet, nodes: list[Node]) -> None:
    """Who may ask the device for the time; whether it answers by default depends on the release."""
    off = tree.last("ntp-service server disable", "ntp server disable")
    guards = [n for c in ("ntp-service access", "ntp access") for n in tree.all(c) if not n.negated]
    if off and not off.negated:
        sheet.put("time", "device", "acl", CLOSED, off)
    elif guards and (any("ipv6" in n.key.split() for n in guards) or not speaks_ipv6(tree)):
        sheet.put("time", "device", "acl", guards[0].text.split()[-1], guards[0])
    else:
        sheet.missing("time", "device", "acl", ABSENT if off and not guards else UNKNOWN, off)
    source = tree.last("ntp-service source-interface", "ntp source-interface")
    put_source(sheet, "time", nodes, [n for n, _ in sources(tree)], source)
