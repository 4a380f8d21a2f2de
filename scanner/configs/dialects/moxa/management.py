"""Services for management, from where they may be used, when sessions end, and the notice at login.

A line about the port of a service does not say whether it listens. Where no line does, that depends on the release.
"""

from __future__ import annotations

from scanner.configs.acls import prefix_length
from scanner.configs.dialects.moxa.lines import answer, text_of
from scanner.configs.nodes import Node
from scanner.configs.settings import ABSENT, CLOSED, EVERYBODY, NO, UNKNOWN, YES, Sheet
from scanner.configs.tree import Tree

_COMMANDS = {"telnet": "ip telnet", "ssh": "ip ssh", "http": "ip http-server", "https": "ip http-server secure"}
_TRUSTED = "interface trusted-access"
_WEB_END = "ip http-server auto-logout"
# What no published command tells of a service that may listen.
_UNREAD = {
    "ssh": ("version", "ciphers", "macs", "key_exchange", "timeout", "retries"),
    "https": ("version",),
}


def is_on(tree: Tree, service: str) -> tuple[str, Node | None]:
    """Whether a service listens: yes, no, unknown-default, and the line that says so."""
    node = tree.exact(_COMMANDS[service])
    return answer(node), node


def limit(tree: Tree) -> tuple[str, Node | None]:
    """Who may use the services: absent where trusted access is off, everybody where an entry lets all in.

    Otherwise it is not told: routers may let in all of the LAN besides, by a line that nobody has published.
    """
    lines = tree.all(_TRUSTED)
    switch = tree.exact(_TRUSTED)
    if switch is None:
        return UNKNOWN, None
    if switch.negated:
        return ABSENT, switch
    everybody = next((n for n in lines if _admits_everybody(n)), None)
    return (EVERYBODY, everybody) if everybody else (UNKNOWN, switch)


def _admits_everybody(node: Node) -> bool:
    """``interface trusted-access 0.0.0.0 0.0.0.0 [enable]``."""
    words = node.after(_TRUSTED)
    whole = len(words) > 1 and prefix_length(words[1]) == 0
    return whole and not node.negated and [w.lower() for w in words[2:]] in ([], ["enable"])


def service_settings(tree: Tree, sheet: Sheet) -> None:
    """What listens, for whom and for how long."""
    who, at = limit(tree)
    for service in _COMMANDS:
        told, node = is_on(tree, service)
        sheet.put("management", service, "enabled", _in_clear(tree, service, told), node, present=node is not None)
        value = CLOSED if told == NO else UNKNOWN if told == UNKNOWN and who != UNKNOWN else who
        login = service in ("telnet", "ssh")
        category, setting = ("line", "access_acl") if login else ("management", "acl")
        where = node if told == NO else at or node
        sheet.put(category, service, setting, value, where, present=value != UNKNOWN)
        if login:
            for unread in ("idle_timeout", "authentication"):
                sheet.put("line", service, unread, CLOSED if told == NO else UNKNOWN, node, present=told == NO)
        for unread in _UNREAD.get(service, ()) if told != NO else ():
            sheet.missing("management", service, unread, UNKNOWN, node)
    telnet, said_by = is_on(tree, "telnet")
    sheet.put("line", "telnet", "telnet", telnet, said_by, present=said_by is not None)
    for unread in ("idle_timeout", "authentication"):
        sheet.missing("line", "console", unread, UNKNOWN)
    _web_sessions(tree, sheet)
    _others(tree, sheet)


def _in_clear(tree: Tree, service: str, told: str) -> str:
    """Of HTTP beside HTTPS it is not told whether it only leads there: releases differ."""
    if service != "http" or told != YES:
        return told
    return YES if is_on(tree, "https")[0] == NO else UNKNOWN


def _web_sessions(tree: Tree, sheet: Sheet) -> None:
    """Nothing tells whether the number counts minutes or seconds; zero is never."""
    if is_on(tree, "http")[0] == is_on(tree, "https")[0] == NO:
        sheet.missing("line", "web", "idle_timeout", CLOSED)
        return
    node = tree.last(_WEB_END)
    never = text_of(node, _WEB_END) == "0"
    number = 0 if never else None
    sheet.put("line", "web", "idle_timeout", "never" if never else UNKNOWN, node, number=number, present=never)


def _others(tree: Tree, sheet: Sheet) -> None:
    """What is announced, what is taken from a memory that somebody plugs in, and the notice."""
    lldp = tree.exact("lldp enable")
    sheet.put("management", "lldp", "enabled", answer(lldp), lldp, present=lldp is not None)
    loads, plugs = tree.exact("auto-backup auto-load config"), tree.exact("auto-backup enable", "auto-backup")
    off = plugs if plugs is not None and plugs.negated else loads
    sheet.put("management", "usb-auto-install", "enabled", answer(off), off, present=off is not None)
    banner = tree.last("aaa authentication banner")
    shown = bool(text_of(banner, "aaa authentication banner"))
    sheet.put("management", "device", "banner", "login" if shown else ABSENT, banner, present=shown)
