"""Console, auxiliary and virtual terminal lines, and the services behind them.

Source: Ruijie RGOS configuration guides (Configuring Lines, Basic Management, AAA, SSH). Telnet is accepted where its
server runs and the line takes it; a line takes every protocol until it is told otherwise. A console asks for nothing
until ``login`` stands there (up to 11.4); with AAA each line is checked by its method list, unless ``login access
non-aaa`` says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scanner.configs.dialects.cisco_ios.lines import access_class, line_name, line_session
from scanner.configs.dialects.ruijie_rgos.release import release
from scanner.configs.interfaces import speaks_ipv6
from scanner.configs.nodes import Node, every, is_on, last
from scanner.configs.settings import CLOSED, NO, OPEN_WITHOUT_SERVER, UNKNOWN, YES, Sheet
from scanner.configs.tree import Tree

_EVERYTHING = frozenset(("telnet", "ssh"))


@dataclass(frozen=True)
class _Device:
    """What the rest of the configuration says of every line. methods: list of AAA -> how it checks a login."""

    aaa: bool
    methods: Mapping[str, str]
    ipv6: bool
    servers: Mapping[str, tuple[str, Node | None]]  # telnet, ssh: whether they run, and the line that says so
    console: str  # how a console is checked of which nothing is said


def server(tree: Tree, item: str, default: str) -> tuple[str, Node | None]:
    """Whether ``enable service`` runs something."""
    node = tree.last(f"enable service {item}", f"enable service {item.partition('-')[0]}")  # "telnet" is enough
    return (default, None) if node is None else (NO if node.negated else YES, node)


def line_settings(tree: Tree, sheet: Sheet) -> None:
    """Idle timeout, authentication, transport and access list of each line, and whether SSH and Telnet run."""
    running = release(tree)
    known = running.major in (10, 11)
    servers = {
        "telnet": server(tree, "telnet-server", YES if running.before_hardening else UNKNOWN),
        "ssh": server(tree, "ssh-server", NO if known else UNKNOWN),
    }
    device = _Device(
        is_on(tree.last("aaa new-model")),
        _methods(tree, "login"),
        speaks_ipv6(tree),
        servers,
        "none" if running.before_hardening else UNKNOWN,
    )
    answers: list[tuple[str, Node | None]] = []
    for block in (b for b in tree.all("line") if not b.negated):
        answers += _line(sheet, block, device)
    if not answers:
        value = {NO: NO}.get(servers["telnet"][0], UNKNOWN)
        sheet.put("line", "vty", "telnet", value, servers["telnet"][1], present=value == NO)
        closed = CLOSED if NO == servers["ssh"][0] == value else UNKNOWN
        sheet.missing("line", "vty", "idle_timeout", closed)
        sheet.missing("line", "vty", "access_acl", closed)
        answers = [(value, servers["telnet"][1])]
    answer, at = max(answers, key=lambda told: (NO, UNKNOWN, YES).index(told[0]))
    sheet.put("management", "telnet", "enabled", answer, at, present=at is not None)
    ssh, node = servers["ssh"]
    sheet.put("management", "ssh", "enabled", ssh, node, present=node is not None)
    enable = tree.last("aaa authentication enable default")
    if device.aaa and is_on(enable):
        how = _methods(tree, "enable").get("default", UNKNOWN)
        sheet.put("line", "enable", "authentication", how, enable)


def _line(sheet: Sheet, block: Node, device: _Device) -> list[tuple[str, Node | None]]:
    """The rows of a line; of a virtual terminal whether it accepts Telnet."""
    name = line_name(block)
    vty = name.startswith("vty")
    transport, node = _transport(block)
    running = {item for item in transport if device.servers[item][0] != NO}
    closed = _closed(block) or (vty and not running)
    if name.startswith("aux"):
        sheet.put("line", name, "open", CLOSED if _closed(block) else YES, block)
    line_session(sheet, name, block, closed=closed)
    _authentication(sheet, name, block, device, closed=closed)
    if not vty:
        return []
    said = "none" if not transport else "all" if transport == _EVERYTHING else ",".join(sorted(transport))
    sheet.put("line", name, "transport", said, node or block, present=node is not None)
    _guard(sheet, name, block, closed=closed, ipv6=device.ipv6)
    answer, at = (NO, node) if "telnet" not in transport else device.servers["telnet"]
    sheet.put("line", name, "telnet", answer, at or block, present=at is not None)
    return [(answer, at)]


def _closed(block: Node) -> bool:
    node = next((n for n in reversed(block.children) if n.key == "exec"), None)
    return node is not None and node.negated


def _transport(block: Node) -> tuple[frozenset[str], Node | None]:
    """The protocols that the line takes."""
    found, node = _EVERYTHING, None
    for node in every(block.children, "transport input"):
        words = node.key.split()[2:]
        named = frozenset(one for word in words for one in _protocols(word))
        less = found - named if words else _EVERYTHING
        found = less if node.negated else named
    return found, node


def _protocols(word: str) -> frozenset[str]:
    """What a word means, or half of one; what it does not tell may be all."""
    if word != "" and "none".startswith(word):
        return frozenset()
    return frozenset(one for one in _EVERYTHING if one.startswith(word)) or _EVERYTHING


def _methods(tree: Tree, what: str) -> dict[str, str]:
    """AAA method lists: whether they let somebody in without asking, at once or when no server answers, or ask."""
    found: dict[str, str] = {}
    for node in tree.all(f"aaa authentication {what}"):
        words = [w.lower() for w in node.after(f"aaa authentication {what}")]
        if words:
            found.pop(words[0], None)
        if not node.negated and words[1:]:
            found[words[0]] = "none" if words[1] == "none" else OPEN_WITHOUT_SERVER if "none" in words else "aaa"
    return found


def _authentication(sheet: Sheet, name: str, block: Node, device: _Device, *, closed: bool) -> None:
    logins = [n for n in every(block.children, "login") if not n.is_("login access")]
    login = logins[-1] if logins else None
    if closed:
        sheet.put("line", name, "authentication", CLOSED, login or block, present=login is not None)
        return
    words = [w.lower() for w in login.after("login")] if login else []
    by_itself = is_on(last(block.children, "login access non-aaa"))
    if device.aaa and not by_itself:
        named = words[1] if words[:1] == ["authentication"] and len(words) > 1 and is_on(login) else "default"
        told = device.methods.get(named, UNKNOWN)  # without a list it depends on the release
        how = UNKNOWN if login and login.negated else told
    elif login is None:
        how = device.console if name.startswith("console") else UNKNOWN
    else:
        how = "none" if login.negated else "local" if words[:1] == ["local"] else "password" if not words else UNKNOWN
    sheet.put("line", name, "authentication", how, login or block, present=login is not None)


def _guard(sheet: Sheet, name: str, block: Node, *, closed: bool, ipv6: bool) -> None:
    """The access list of a virtual terminal."""
    if closed:
        sheet.put("line", name, "access_acl", CLOSED, block, present=False)
        return
    bound = [n for n in every(block.children, "access-class") if access_class(n)[1:2] == ["in"]]
    bound6 = [n for n in every(block.children, "ipv6 access-class") if access_class(n)[1:2] == ["in"]]
    if bound and (bound6 or not ipv6):
        sheet.put("line", name, "access_acl", access_class(bound[-1])[0], bound[-1])
    elif bound or bound6:
        node = (bound or bound6)[-1]
        sheet.put("line", name, "access_acl", "ipv4-only" if bound else "ipv6-only", node)
    else:
        sheet.missing("line", name, "access_acl", node=block)
