"""User interfaces: console, auxiliary and virtual terminal lines."""

from __future__ import annotations

from scanner.configs.dialects.huawei_vrp.administrators import admin_scheme
from scanner.configs.dialects.huawei_vrp.domains import aaa_lines, open_domains, schemes
from scanner.configs.dialects.huawei_vrp.management import COMMANDS, GUARDS, enabled
from scanner.configs.interfaces import speaks_ipv6
from scanner.configs.nodes import Node, every, last
from scanner.configs.settings import (
    ABSENT,
    CLOSED,
    LINE_KINDS,
    NO,
    UNKNOWN,
    YES,
    Sheet,
    in_words,
    whole,
)
from scanner.configs.tree import Tree

_HIGHEST_PRIVILEGE = 3  # from here up, everything may be done
_MODES = ("aaa", "password", "none")
_RESERVED = 16  # vty 16 and up are reserved for network management and the web


def line_name(block: Node) -> str:
    """``user-interface vty 0 4`` as ``vty 0 4``."""
    words = block.after("user-interface")
    return " ".join([LINE_KINDS.get(words[0].lower(), "tty"), *words[1:]]) if words else "tty"


def line_settings(tree: Tree, sheet: Sheet) -> None:
    """Idle timeout, authentication, transport and access list of each user interface."""
    blocks = [
        b for b in tree.all("user-interface") if not b.negated and b.after("user-interface")[:1] != ["maximum-vty"]
    ]
    server, at = enabled(tree, COMMANDS["telnet"])
    vty, aaa, ipv6 = False, _aaa(tree), speaks_ipv6(tree, "ipv6 address")
    if any(n.is_("authentication-mode aaa") and not n.negated for b in blocks for n in b.children):
        _open_domains(tree, sheet)
    for block in blocks:
        name = line_name(block)
        _line_session(sheet, name, block, aaa)
        if name.startswith("aux"):
            shell = last(block.children, "shell")
            sheet.put("line", name, "open", CLOSED if shell and shell.negated else YES, block)
        if name.startswith("vty"):
            vty = True
            _line_remote(sheet, name, block, server, at, ipv6=ipv6)
    if not vty:
        answer = NO if server == NO else UNKNOWN
        sheet.put("line", "vty", "telnet", answer, at, present=at is not None)
        sheet.missing("line", "vty", "idle_timeout", UNKNOWN)
        sheet.missing("line", "vty", "access_acl", UNKNOWN)


def _aaa(tree: Tree) -> str:
    """What "aaa" means for administrators: the scheme of their domain, whose last method may be none."""
    nodes = aaa_lines(tree)
    return schemes(nodes).get(admin_scheme(nodes, "authentication-scheme") or "default", "aaa")


def _open_domains(tree: Tree, sheet: Sheet) -> None:
    """Domains that a login names itself (``user@domain``) and whose scheme may let it in without asking."""
    for name, how, line in open_domains(tree):
        sheet.put("line", f"domain {name}", "authentication", how, line)


def _line_session(sheet: Sheet, name: str, block: Node, aaa: str) -> None:
    node = last(block.children, "idle-timeout")
    if node is None or node.negated:
        sheet.missing("line", name, "idle_timeout", "600", block)
    else:
        numbers = [int(w) for w in node.after("idle-timeout") if whole(w)] + [0, 0]
        seconds = numbers[0] * 60 + numbers[1]
        sheet.put("line", name, "idle_timeout", str(seconds) if seconds else "never", node, number=seconds)
    mode = last(block.children, "authentication-mode")
    if mode and not mode.negated and (words := mode.after("authentication-mode")):
        how = in_words(words[0].lower(), _MODES) or UNKNOWN
        sheet.put("line", name, "authentication", aaa if how == "aaa" else how, mode)
    else:
        sheet.missing("line", name, "authentication", UNKNOWN, block)
    level = last(block.children, "user privilege level")
    own = mode is not None and not mode.negated and mode.key.endswith("aaa")  # then the account's level counts
    if level and not own and whole(level.key.split()[-1]):
        given = level.key.split()[-1]
        sheet.put("line", name, "privilege", given, level)
        sheet.put("line", name, "all_rights", YES if int(given) >= _HIGHEST_PRIVILEGE else NO, level)


def _line_remote(sheet: Sheet, name: str, block: Node, server: str, at: Node | None, *, ipv6: bool) -> None:
    node = last(block.children, "protocol inbound")
    words = [w.lower() for w in node.after("protocol inbound")] if node and not node.negated else []
    protocol = words[0] if words else UNKNOWN
    sheet.put("line", name, "transport", protocol, node or block, present=bool(words))
    if protocol in ("ssh", "none") or server == NO:
        telnet = NO
        sheet.put("line", name, "telnet", telnet, node if words and protocol in ("ssh", "none") else at or block)
    elif protocol in ("telnet", "all") and server == YES:
        telnet = YES
        sheet.put("line", name, "telnet", telnet, node)
    else:
        telnet = UNKNOWN
        sheet.missing("line", name, "telnet", telnet, node or block)
    _line_access(sheet, name, block, protocol, telnet, ipv6=ipv6)


def _line_access(sheet: Sheet, name: str, block: Node, protocol: str, telnet: str, *, ipv6: bool) -> None:
    """The list on the line, else the lists of the servers behind it when they cover all that it accepts."""
    lists: list[Node] = []
    for node in every(block.children, "acl"):
        if node.key.endswith("inbound"):
            sixth = node.is_("acl ipv6")
            lists = [n for n in lists if n.is_("acl ipv6") != sixth] + ([] if node.negated else [node])
    bound = [n for n in lists if not n.is_("acl ipv6")]
    guards = dict(GUARDS)
    needed = (["ssh"] if protocol != "telnet" else []) + (["telnet"] if telnet != NO else [])
    nodes = [n for service in needed if (n := sheet.tree.last(*guards[service])) and not n.negated]
    first = block.after("user-interface")[1:2]
    if bound and (len(bound) < len(lists) or not ipv6):
        sheet.put("line", name, "access_acl", bound[-1].text.split()[-2], bound[-1])
    elif lists:
        sheet.put("line", name, "access_acl", "ipv4-only" if bound else "ipv6-only", lists[-1])
    elif protocol == "none":
        sheet.put("line", name, "access_acl", CLOSED, block, present=False)
    elif needed and len(nodes) == len(needed):
        sheet.put("line", name, "access_acl", nodes[0].text.split()[-1], nodes[0])
    else:
        reserved = bool(first) and whole(first[0]) and int(first[0]) >= _RESERVED
        sheet.missing("line", name, "access_acl", UNKNOWN if reserved else ABSENT, block)
