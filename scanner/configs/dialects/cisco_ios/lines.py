"""Console, auxiliary and virtual terminal lines."""

from __future__ import annotations

from collections.abc import Mapping

from scanner.configs.interfaces import speaks_ipv6
from scanner.configs.nodes import Node, every, is_on, last
from scanner.configs.settings import CLOSED, LINE_KINDS, NO, OPEN_WITHOUT_SERVER, UNKNOWN, YES, Sheet, whole
from scanner.configs.tree import Tree

_HIGHEST_PRIVILEGE = 15
_PROTOCOLS = (  # that a line may accept
    *("acercon", "all", "lapb-ta", "lat", "mop", "nasi", "none", "pad", "rlogin", "ssh", "telnet", "udptn", "v120"),
)


def line_name(block: Node) -> str:
    """``line vty 0 4`` as ``vty 0 4``, whatever the abbreviation."""
    words = block.after("line")
    kind = LINE_KINDS.get(words[0].lower()) if words else None
    return " ".join([kind, *words[1:]]) if kind else " ".join(["tty", *words])


def line_settings(tree: Tree, sheet: Sheet) -> None:
    """Idle timeout, authentication, transport and access list of each line."""
    blocks = [b for b in tree.all("line") if not b.negated]
    aaa = is_on(tree.last("aaa new-model"))
    methods = _methods(tree)
    ipv6 = speaks_ipv6(tree)  # the latter: a link-local one
    telnet: list[tuple[str, Node]] = []
    for block in blocks:
        name = line_name(block)
        transport, node = _transport(block)
        closed = (transport == "none" and name.startswith("vty")) or _closed(block)
        if name.startswith("aux"):
            shut = closed or transport == "none"
            sheet.put("line", name, "open", CLOSED if shut and _closed(block) else YES, block)
        line_session(sheet, name, block, closed=closed)
        _line_access(sheet, name, block, methods, aaa=aaa, closed=closed, ipv6=ipv6)
        if not name.startswith("console"):
            sheet.put("line", name, "transport", transport, node or block, present=node is not None)
        if name.startswith("vty"):
            answer = UNKNOWN if transport == UNKNOWN else YES if {"telnet", "all"} & set(transport.split(",")) else NO
            sheet.put("line", name, "telnet", answer, node or block, present=node is not None)
            telnet.append((answer, node or block))
    if not telnet:
        sheet.missing("line", "vty", "telnet", UNKNOWN)
        sheet.missing("line", "vty", "idle_timeout", UNKNOWN)
        sheet.missing("line", "vty", "access_acl", UNKNOWN)
    _enable(tree, sheet, aaa=aaa)
    answer, at = max(telnet, key=lambda t: (NO, UNKNOWN, YES).index(t[0]), default=(UNKNOWN, None))
    sheet.put("management", "telnet", "enabled", answer, at, present=answer != UNKNOWN)


def _closed(block: Node) -> bool:
    node = last(block.children, "exec")
    return node is not None and node.negated and node.key == "exec"


def _transport(block: Node) -> tuple[str, Node | None]:
    node, found = None, [UNKNOWN]
    for node in every(block.children, "transport input"):
        words = [_protocol(w.lower()) for w in node.after("transport input")]
        if not node.negated or not words:
            found = [] if node.negated else words
        elif {UNKNOWN, "all"} & set(found):  # some of an unknown number were taken away
            found = [UNKNOWN]
        else:
            found = [w for w in found if w not in words]
    if UNKNOWN in found and not {"telnet", "all"} & set(found):
        found = [UNKNOWN]
    return ",".join(found) or "none", node


def _protocol(word: str) -> str:
    """The one that alone begins with what stands there."""
    found = [one for one in _PROTOCOLS if one.startswith(word)]
    return word if word in _PROTOCOLS else found[0] if len(found) == 1 else UNKNOWN


def line_session(sheet: Sheet, name: str, block: Node, *, closed: bool) -> None:
    """When an idle session of the line ends, and the rights that it gives."""
    node = last(block.children, "exec-timeout")
    if closed:
        sheet.put("line", name, "idle_timeout", CLOSED, node or block, present=node is not None)
    elif node is None:
        sheet.missing("line", name, "idle_timeout", "600", block)
    else:
        words = node.after("exec-timeout")
        numbers = [int(w) for w in words if whole(w)] + [0, 0]
        seconds = 0 if node.negated else numbers[0] * 60 + numbers[1]
        sheet.put("line", name, "idle_timeout", str(seconds) if seconds else "never", node, number=seconds)
    privilege = last(block.children, "privilege level")
    if privilege and not privilege.negated and (words := privilege.after("privilege level")) and whole(words[0]):
        sheet.put("line", name, "privilege", words[0], privilege)
        sheet.put("line", name, "all_rights", YES if int(words[0]) >= _HIGHEST_PRIVILEGE else NO, privilege)


def _methods(tree: Tree, what: str = "login") -> dict[str, str]:
    """AAA method lists: whether they let somebody in without asking, at once or when no server answers, or ask."""
    found: dict[str, str] = {}
    for node in tree.all(f"aaa authentication {what}"):
        words = [w.lower() for w in node.after(f"aaa authentication {what}")]
        if words:
            found.pop(words[0], None)
        if not node.negated and words[1:]:
            found[words[0]] = "none" if words[1] == "none" else OPEN_WITHOUT_SERVER if "none" in words[1:] else "aaa"
    return found


def _enable(tree: Tree, sheet: Sheet, *, aaa: bool) -> None:
    """Whether ``enable`` asks for anything, where a method list says so; its default is the enable password."""
    node = tree.last("aaa authentication enable default")
    if aaa and node and not node.negated:
        how = _methods(tree, "enable").get("default", "aaa")
        sheet.put("line", "enable", "authentication", how, node)


def _line_access(
    sheet: Sheet, name: str, block: Node, methods: Mapping[str, str], *, aaa: bool, closed: bool, ipv6: bool
) -> None:
    login = last(block.children, "login")
    if closed:
        sheet.put("line", name, "authentication", CLOSED, login or block, present=login is not None)
    elif login is None:
        default = _unnamed(name, methods) if aaa else "none" if name.startswith("console") else UNKNOWN
        sheet.missing("line", name, "authentication", default, block)
    else:
        words = [w.lower() for w in login.after("login")]
        how = (
            "none"
            if login.negated
            else {"local": "local", "authentication": "aaa", "tacacs": "aaa"}.get(words[0] if words else "", "password")
        )
        if aaa and how == "aaa":
            named = words[1] if words[:1] == ["authentication"] and len(words) > 1 else "default"
            # Who gets in by a list that is not there is not told.
            how = _unnamed(name, methods) if named == "default" else methods.get(named, UNKNOWN)
        sheet.put("line", name, "authentication", how, login)
    if not name.startswith("vty"):
        return
    if closed:
        sheet.put("line", name, "access_acl", CLOSED, block, present=False)
        return
    bound = [n for n in block.children if n.is_("access-class") and access_class(n)[1:2] == ["in"]]
    bound6 = [n for n in block.children if n.is_("ipv6 access-class") and access_class(n)[1:2] == ["in"]]
    if bound and (bound6 or not ipv6):
        sheet.put("line", name, "access_acl", access_class(bound[-1])[0], bound[-1])
    elif bound or bound6:
        node = (bound or bound6)[-1]
        sheet.put("line", name, "access_acl", "ipv4-only" if bound else "ipv6-only", node)
    else:
        sheet.missing("line", name, "access_acl", node=block)


def _unnamed(name: str, methods: Mapping[str, str]) -> str:
    """What the default list asks. Where there is none local accounts answer; whether the console asks then differs."""
    return methods.get("default", UNKNOWN if name.startswith("console") else "aaa")


def access_class(node: Node) -> list[str]:
    """The list and its direction in an ``access-class`` line, empty for other lines."""
    for command in ("access-class", "ipv6 access-class"):
        if node.is_(command) and not node.negated:
            return node.after(command)
    return []
