"""Log servers, and who tells the device the time. Every message has a date and time."""

from __future__ import annotations

from ipaddress import ip_address

from scanner.configs.dialects.hp_procurve.lines import given, text_of, vlan_blocks
from scanner.configs.nodes import Node
from scanner.configs.places import place_of, put_source
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet
from scanner.configs.tree import Tree

_ABOUT = frozenset(
    ("facility", "severity", "priority-descr", "system-module", "notify", "command", "filter", "origin-id", "debug")
)
_LEVELS = {"major": "critical", "error": "error", "warning": "warning", "info": "informational", "debug": "debug"}
_TIMEP = "ip timep manual"


def log_settings(tree: Tree, sheet: Sheet) -> None:
    """Log servers with their transport, the level, and what is recorded of changes."""
    hosts: dict[str, tuple[Node, list[str]]] = {}
    for node, words in given(tree.all("logging"), "logging"):
        if words and words[0].lower() not in _ABOUT and _is_host(words[0]):
            hosts[words[0]] = (node, [w.lower() for w in words[1:]])
            node.understood = True
    names = ",".join(hosts)
    first = next(iter(hosts.values()))[0] if hosts else None
    sheet.put("logging", "device", "remote_hosts", names or ABSENT, first, number=len(hosts), present=bool(hosts))
    for name, (node, words) in hosts.items():
        kind = next((w for w in words if w in ("udp", "tcp", "tls")), "")
        sheet.put("logging", f"host {name}", "transport", kind or "udp", node, present=bool(kind))
    level = tree.last("logging severity")
    told = _LEVELS.get(text_of(level, "logging severity").lower(), UNKNOWN)
    sheet.put("logging", "device", "level", told, level, present=told != UNKNOWN)
    sheet.missing("logging", "device", "timestamps", "datetime")
    sheet.missing("logging", "device", "login_failures", UNKNOWN)
    counted = [n for n in tree.all("aaa accounting commands") if not n.negated]
    notes = [n for c in ("logging notify running-config-change", "logging command") for n in tree.all(c)]
    changes = next((n for n in (*counted, *notes) if not n.negated), None)
    value = UNKNOWN if changes is None else "accounting" if counted else YES
    sheet.put("logging", "device", "config_changes", value, changes, present=changes is not None)
    if hosts:
        _source(tree, sheet, "logging", "syslog", [node for node, _ in hosts.values()])


def _is_host(word: str) -> bool:
    return "." in word or ":" in word


def _source(tree: Tree, sheet: Sheet, category: str, kind: str, servers: list[Node]) -> None:
    """The address from which messages come, where the device has several."""
    told = tree.last(f"ip source-interface {kind}", "ip source-interface all")
    inside = [n for _, b in vlan_blocks(tree) for n in b.children if n.is_("ip address") and not n.negated]
    put_source(sheet, category, servers, [n.text for n in inside], told)


def time_settings(tree: Tree, sheet: Sheet) -> None:
    """Time servers that the method in force asks."""
    method = tree.last("timesync")
    chosen = text_of(method, "timesync").lower()
    servers = [*_sntp(tree, chosen), *_ntp(tree, chosen), *_timep(tree, chosen)]
    names = list(dict.fromkeys(name for name, _, _ in servers))
    other = [n for c in ("sntp", "ntp", "ip timep") for n in tree.all(c) if not n.negated]
    if names:
        sheet.put("time", "device", "sources", ",".join(names), servers[0][1], number=len(names))
    elif (method is not None and method.negated) or (method is None and not other):
        sheet.put("time", "device", "sources", ABSENT, method, number=0, present=method is not None)
    else:
        sheet.missing("time", "device", "sources", UNKNOWN, method or other[0], number=0)
    for name in names:
        _, node, keyed = next(s for s in servers if s[0] == name)
        sheet.put("time", f"server {name}", "key", YES if keyed else NO, node)
        sheet.put("time", f"server {name}", "place", place_of(name), node)
    if names:
        _source(tree, sheet, "time", "ntp" if chosen == "ntp" else "sntp", [node for _, node, _ in servers])
    zone = tree.last("time timezone")
    offset = text_of(zone, "time timezone")
    sheet.put("time", "device", "timezone", offset or ABSENT, zone, present=bool(offset))


Source = tuple[str, Node, bool]  # the server, its line, whether a key is used with it


def _sntp(tree: Tree, chosen: str) -> list[Source]:
    """``sntp server priority 1 10.0.0.1 7 key-id 1``, where ``sntp unicast`` asks servers."""
    found: list[Source] = []
    on = tree.exact("sntp authentication")
    for node, words in given(tree.all("sntp server"), "sntp server"):
        rest = words[2:] if words[:1] == ["priority"] else words
        if rest and (_is_host(rest[0]) or _is_address(rest[0])):
            keyed = "key-id" in rest and on is not None and not on.negated
            found.append((rest[0], node, keyed))
    unicast = tree.exact("sntp unicast")
    asked = chosen in ("sntp", "sntp-timep", "timep-or-sntp") and unicast is not None and not unicast.negated
    return found if asked else []


def _ntp(tree: Tree, chosen: str) -> list[Source]:
    """``ntp server 10.0.0.1 iburst key-id 1``, where ``ntp enable`` is said."""
    found: list[Source] = []
    keys = {
        w[1] for _, w in given(tree.all("ntp authentication"), "ntp authentication") if w[:1] == ["key-id"] and w[1:]
    }
    for node, words in given(tree.all("ntp server"), "ntp server"):
        rest = words[1:] if words[:1] == ["server-name"] else words
        at = rest.index("key-id") + 1 if "key-id" in rest else len(rest)
        if rest:
            found.append((rest[0], node, at < len(rest) and rest[at] in keys))
    tree.all("ntp unicast")
    enabled = tree.exact("ntp enable", "ntp")
    asked = chosen == "ntp" and enabled is not None and not enabled.negated
    return found if asked else []


def _timep(tree: Tree, chosen: str) -> list[Source]:
    """``ip timep manual 10.0.0.1``; the protocol has no keys."""
    lines = given(tree.all(_TIMEP), _TIMEP)
    return [(w[0], n, False) for n, w in lines if w] if "timep" in chosen else []


def _is_address(word: str) -> bool:
    try:
        ip_address(word)
    except ValueError:
        return False
    return True
