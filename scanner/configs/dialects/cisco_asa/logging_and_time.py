"""Logging and time.

Sources: Cisco ASA Series General Operations CLI Configuration Guide, "Logging" (off by default, also to servers and to
the buffer, of 4096 bytes, without time); System Log Messages (111008 and 111010 of level 5: commands; 113015 and
605004 of level 6: refused logins).
"""

from __future__ import annotations

from scanner.configs.dialects.cisco_asa.objects import NamedObjects
from scanner.configs.nodes import Node
from scanner.configs.places import place_of
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet, whole
from scanner.configs.time_keys import key_of
from scanner.configs.tree import Tree

_LEVELS = ("emergencies", "alerts", "critical", "errors", "warnings", "notifications", "informational", "debugging")
_NOTIFICATIONS, _INFORMATIONAL = 5, 6
_REFUSED, _CHANGED = ("605004", "113015"), ("111008", "111010")
_BUFFER = 4_096  # bytes, by default
_TRANSPORTS = {"tcp": "tcp", "6": "tcp", "udp": "udp", "17": "udp"}


def log_settings(tree: Tree, sheet: Sheet) -> None:
    """Whether and where messages go, and which."""
    sheet.switch("logging", "device", "enabled", tree.exact("logging enable", "logging on"), default=NO)
    hosts = [(n, w) for n, w in tree.given("logging host") if len(w) > 1]
    if hosts:
        names = list(dict.fromkeys(words[1] for _, words in hosts))
        sheet.put("logging", "device", "remote_hosts", ",".join(names), hosts[0][0], number=len(names))
    else:
        sheet.missing("logging", "device", "remote_hosts", number=0)
    for node, words in hosts:
        way = next((w.partition("/")[0].lower() for w in words[2:] if "/" in w), "udp")
        how = "tls" if "secure" in words[2:] else _TRANSPORTS.get(way, "udp")
        sheet.put("logging", f"host {words[1]} {way}", "transport", how, node, present=len(words) > 2)
    _level(tree, sheet, hosts[0][0] if hosts else None)
    _buffer(tree, sheet)
    stamps = tree.last("logging timestamp")
    if stamps and not stamps.negated:
        sheet.put("logging", "device", "timestamps", " ".join(["datetime", *stamps.after("logging timestamp")]), stamps)
    else:
        sheet.missing("logging", "device", "timestamps", ABSENT, stamps)
    _events(tree, sheet)


def _number(word: str) -> int | None:
    """The number of a level; None for the name of a list of messages."""
    if whole(word):
        return int(word) if int(word) < len(_LEVELS) else None
    return next((i for i, name in enumerate(_LEVELS) if name.startswith(word.lower()) and len(word) > 2), None)


def _destination(tree: Tree, command: str) -> tuple[Node | None, str]:
    """Where ``logging trap LEVEL`` and the like stand, and the level; empty when they are off."""
    node = tree.last(command)
    words = node.after(command) if node and not node.negated else []
    return node, words[0] if words else ""


def _classes(tree: Tree, destination: str) -> Node | None:
    """A class of messages that has a level of its own for the destination."""
    return next((n for n, words in tree.given("logging class") if destination in words[1:]), None)


def _level(tree: Tree, sheet: Sheet, host: Node | None) -> None:
    node, word = _destination(tree, "logging trap")
    number = _number(word) if word else None
    if word:
        sheet.put("logging", "device", "level", UNKNOWN if number is None else _LEVELS[number], node)
    elif some := _classes(tree, "trap"):
        sheet.put("logging", "device", "level", UNKNOWN, some)
    else:  # nothing goes to the servers
        sheet.missing("logging", "device", "level", NO, node or host)


def _buffer(tree: Tree, sheet: Sheet) -> None:
    node, word = _destination(tree, "logging buffered")
    size = tree.last("logging buffer-size")
    words = size.after("logging buffer-size") if size and not size.negated else []
    if not word and not _classes(tree, "buffered"):
        sheet.missing("logging", "device", "buffer_bytes", NO, node, number=0)
    elif words and whole(words[0]):
        sheet.put("logging", "device", "buffer_bytes", words[0], size)
    else:
        sheet.missing("logging", "device", "buffer_bytes", str(_BUFFER), node)


def _events(tree: Tree, sheet: Sheet) -> None:
    """Whether refused logins and commands are among what is logged."""
    kept = [
        (n, _number(word)) for n, word in (_destination(tree, f"logging {d}") for d in ("trap", "buffered")) if word
    ]
    classes = _classes(tree, "trap") or _classes(tree, "buffered")
    accounting = next((n for n in tree.all("aaa accounting command") if not n.negated), None)
    off = {n.key.split()[2] for n in tree.all("logging message") if n.negated and len(n.key.split()) == 3}
    moved = any(not n.negated for n in tree.all("logging message"))
    for setting, least, messages in (
        ("login_failures", _INFORMATIONAL, _REFUSED),
        ("config_changes", _NOTIFICATIONS, _CHANGED),
    ):
        if setting == "config_changes" and accounting:
            sheet.put("logging", "device", setting, "accounting", accounting)
            continue
        enough = next((n for n, level in kept if level is not None and level >= least), None)
        if enough and not off & set(messages):
            sheet.put("logging", "device", setting, YES, enough)
        elif enough and off >= set(messages):
            sheet.put("logging", "device", setting, NO, enough)
        elif not enough and not classes and not moved and all(level is not None for _, level in kept):
            sheet.put("logging", "device", setting, NO, kept[0][0] if kept else None, present=bool(kept))


def time_settings(tree: Tree, sheet: Sheet) -> None:
    """Time servers and whether they are authenticated. The device gives the time to nobody."""
    objects = NamedObjects(tree)
    servers = [(n, objects.address(w[0]), w) for n, w in tree.given("ntp server") if w]
    names = list(dict.fromkeys(name for _, name, _ in servers))
    if servers:
        sheet.put("time", "device", "sources", ",".join(names), servers[0][0], number=len(names))
    else:
        sheet.missing("time", "device", "sources", number=0)
    for node, name, _ in servers:
        sheet.put("time", f"server {name}", "key", key_of(tree, node, ("key",), "ntp trusted-key"), node)
        sheet.put("time", f"server {name}", "place", place_of(name), node)
    sheet.switch("time", "device", "authentication", tree.last("ntp authenticate"), default=NO)
    sheet.words("time", "device", "timezone", "clock timezone")
