"""Log servers with what is told to them, and who tells the device the time."""

from __future__ import annotations

from scanner.configs.dialects.moxa.lines import ports_in, text_of
from scanner.configs.nodes import Node
from scanner.configs.places import place_of
from scanner.configs.settings import ABSENT, CLOSED, NO, UNKNOWN, YES, Sheet, whole
from scanner.configs.tree import Tree

_ITEMS = frozenset(("trusted-access", "dos", "ipsec", "firewall", "l3l7-policy", "enable", "buffered"))
_PORT = "514"  # of messages in clear
_WORDS = 3  # server, port, number or state
_SYSLOG = 4  # bit of what becomes of an event
_EVENT = "warning-notification system-event"


def log_settings(tree: Tree, sheet: Sheet) -> None:
    """Log servers, and whether failed logins and changes are told to them."""
    hosts = _hosts(tree)
    first = next(iter(hosts.values()), None)
    names = list(hosts)
    sheet.put(
        "logging",
        "device",
        "remote_hosts",
        ",".join(names) or ABSENT,
        first[0] if first else None,
        number=len(names),
        present=bool(names),
    )
    for name, (node, port) in hosts.items():
        value = "udp" if port == _PORT else UNKNOWN
        sheet.put("logging", f"host {name}", "transport", value, node, present=value != UNKNOWN)
    for setting in ("level", "timestamps"):
        sheet.missing("logging", "device", setting, UNKNOWN)
    if hosts and _addresses(tree) > 1:
        sheet.missing("logging", "device", "source", UNKNOWN)
    for setting, event in (("login_failures", "auth-fail"), ("config_changes", "config-changed")):
        line = _logged(tree, event) if hosts else None
        sheet.put("logging", "device", setting, YES if line else UNKNOWN, line, present=line is not None)


def _addresses(tree: Tree) -> int:
    """Interfaces from which messages may come."""
    blocks = [block for block in tree.all("interface") if not block.negated]
    return sum(any(n.is_("ip address") and not n.negated for n in block.children) for block in blocks)


def _hosts(tree: Tree) -> dict[str, tuple[Node, str]]:
    """Servers by address, each with its line and port: ``logging 10.0.0.1 514 1``, ``no logging enable 1``."""
    found: dict[str, tuple[Node, str, str]] = {}
    off: set[str] = set()  # numbers of servers that nothing is sent to
    for node in tree.all("logging"):
        words = [word.lower() for word in node.after("logging")]
        if words[:1] == ["enable"] and len(words) == 2 and whole(words[1]):
            node.understood = True
            off = off | {words[1]} if node.negated else off - {words[1]}
            continue
        if not words or words[0] in _ITEMS or ports_in(words[0]) or not _is_host(words):
            continue
        node.understood = True
        if node.negated or words[2:] == ["disable"]:
            found.pop(words[0], None)
        else:
            found[words[0]] = (node, words[1] if len(words) > 1 else "", words[2] if len(words) > 2 else "")
    return {name: (node, port) for name, (node, port, number) in found.items() if number not in off}


def _is_host(words: list[str]) -> bool:
    """An address or a name, then a port and what is known behind it."""
    named = "." in words[0] or ":" in words[0]  # a word without may be that of another command
    state = words[2:] in ([], ["enable"], ["disable"]) or all(map(whole, words[2:]))
    return named and state and all(map(whole, words[1:2])) and len(words) <= _WORDS


def _logged(tree: Tree, event: str) -> Node | None:
    """The line that sends an event to the log servers, where the event is active."""
    active = tree.exact(f"{_EVENT} {event} active")
    action = tree.last(f"{_EVENT} {event} action")
    told = text_of(action, f"{_EVENT} {event} action")
    sent = whole(told) and int(told) & _SYSLOG
    return action if sent and active is not None and not active.negated else None


def time_settings(tree: Tree, sheet: Sheet) -> None:
    """Servers that are asked for the time; ``no ntp remote-server`` is the clock of the device."""
    lines = [(node, node.after("ntp remote-server")) for node in tree.all("ntp remote-server") if not node.negated]
    servers = {word: node for node, words in lines for word in words if "." in word or ":" in word}
    off = next((n for n in reversed(tree.all("ntp remote-server")) if n.negated), None)
    unread = any(words and not any("." in w or ":" in w for w in words) for _, words in lines)
    precise = next((n for n in tree.all("ptp") if not n.negated), None)
    if servers:
        first = next(iter(servers.values()))
        sheet.put("time", "device", "sources", ",".join(servers), first, number=len(servers))
    else:
        told = UNKNOWN if unread or precise else ABSENT
        at = precise or off
        sheet.put("time", "device", "sources", told, at, number=0, present=off is not None and told == ABSENT)
    keys = any(not n.negated for n in tree.all("ntp authentication-key"))
    for name, node in servers.items():
        known = not keys and set(node.key.split()) <= {"ntp", "remote-server", "simple", *map(str.lower, servers)}
        sheet.put("time", f"server {name}", "key", NO if known else UNKNOWN, node, present=known)
        sheet.put("time", f"server {name}", "place", place_of(name), node)
    if servers and _addresses(tree) > 1:
        sheet.missing("time", "device", "source", UNKNOWN)
    zone = tree.last("clock timezone")
    offset = text_of(zone, "clock timezone")
    sheet.put("time", "device", "timezone", offset or ABSENT, zone, present=bool(offset))
    serves = tree.exact("ntp server")
    if serves is not None:
        sheet.put("time", "device", "acl", CLOSED if serves.negated else UNKNOWN, serves, present=serves.negated)
