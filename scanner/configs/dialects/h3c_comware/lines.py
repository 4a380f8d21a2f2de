"""User lines: console (aux on most switches) and virtual terminal, with what their class says."""

from __future__ import annotations

from scanner.configs.dialects.h3c_comware.domains import login_answer, open_domains
from scanner.configs.dialects.h3c_comware.management import GUARDS, service
from scanner.configs.interfaces import speaks_ipv6
from scanner.configs.nodes import Node, every, last
from scanner.configs.settings import ABSENT, CLOSED, LINE_KINDS, NO, UNKNOWN, YES, Sheet, in_words, whole
from scanner.configs.tree import Tree

_FULL_ROLES = ("network-admin", "level-15", "mdc-admin")
_HIGHEST_LEVEL = 3
_MODES = ("scheme", "password", "none")
_IDLE = 600  # seconds, in every release


def lines(tree: Tree) -> list[tuple[str, Node, list[Node]]]:
    """Each line: its name, its block, and its commands behind those of its class, over which they win."""
    classes: dict[str, list[Node]] = {}
    for block, words in tree.given("line class"):
        classes.setdefault("".join(words[:1]).lower(), []).extend(block.children)
    found = []
    for command in ("line", "user-interface"):
        for block, words in tree.given(command):
            if words and words[0].lower() not in ("class", "maximum-vty") and len(words) > 1:
                kind = words[0].lower()
                name = " ".join([LINE_KINDS.get(kind, "tty"), *words[1:]])
                found.append((name, block, [*classes.get(kind, ()), *block.children]))
    numbered = {name.split()[0] for name, _, _ in found}
    for block, words in tree.given("line class"):  # of lines that the file does not name one by one
        name = LINE_KINDS.get("".join(words[:1]).lower(), "tty")
        if name not in numbered:
            found.append((name, block, classes["".join(words[:1]).lower()]))
            numbered.add(name)
    return found


def line_settings(tree: Tree, sheet: Sheet) -> None:
    """Idle timeout, authentication, transport and access list of each line."""
    answer, vty, ipv6 = login_answer(tree), False, speaks_ipv6(tree, "ipv6 address")
    schemes = False
    for name, block, nodes in lines(tree):
        schemes |= _session(sheet, name, block, nodes, answer) == "scheme"
        if name.startswith("vty"):
            vty = True
            _remote(sheet, name, block, nodes, ipv6=ipv6)
    if schemes:
        open_domains(tree, sheet)
    if not vty:
        telnet, at = service(tree, "telnet")
        sheet.put("line", "vty", "telnet", NO if telnet == NO else UNKNOWN, at, present=at is not None)
        sheet.missing("line", "vty", "access_acl", UNKNOWN)


def _session(sheet: Sheet, name: str, block: Node, nodes: list[Node], answer: str) -> str:
    """The rows of any line; how it authenticates."""
    idle = last(nodes, "idle-timeout")
    if idle is None or idle.negated:
        sheet.missing("line", name, "idle_timeout", str(_IDLE), block)
    else:
        numbers = [int(w) for w in idle.after("idle-timeout") if whole(w)] + [0, 0]
        seconds = numbers[0] * 60 + numbers[1]
        sheet.put("line", name, "idle_timeout", str(seconds) if seconds else "never", idle, number=seconds)
    mode = last(nodes, "authentication-mode")
    words = mode.after("authentication-mode") if mode and not mode.negated else []
    how = in_words(words[0].lower(), _MODES) or UNKNOWN if words else ""
    if how:
        sheet.put("line", name, "authentication", answer if how == "scheme" else how, mode)
    else:
        sheet.missing("line", name, "authentication", UNKNOWN, block)
    if how not in ("", "scheme"):
        _rights(sheet, name, nodes)
    return how


def _rights(sheet: Sheet, name: str, nodes: list[Node]) -> None:
    """What everybody may do who logs in on a line that asks for no account."""
    level = last(nodes, "user privilege level")
    if level and not level.negated and whole(level.key.split()[-1]):
        given = level.key.split()[-1]
        sheet.put("line", name, "privilege", given, level)
        sheet.put("line", name, "all_rights", YES if int(given) >= _HIGHEST_LEVEL else NO, level)
        return
    roles = [n for n in every(nodes, "user-role") if not n.negated]
    full = next((n for n in roles if n.key.split()[-1] in _FULL_ROLES), None)
    if roles:
        sheet.put("line", name, "all_rights", YES if full else NO, full or roles[-1])


def _remote(sheet: Sheet, name: str, block: Node, nodes: list[Node], *, ipv6: bool) -> None:
    node = last(nodes, "protocol inbound")
    words = [w.lower() for w in node.after("protocol inbound")] if node and not node.negated else []
    protocol = _protocol(words[0]) if words else "all"
    sheet.put("line", name, "transport", protocol, node or block, present=bool(words))
    server, at = service(sheet.tree, "telnet")
    telnet = NO if server == NO or protocol in ("ssh", "pad") else server if protocol != UNKNOWN else UNKNOWN
    sheet.put("line", name, "telnet", telnet, (node if protocol == "telnet" else at) or node or block)
    if not _own_acl(sheet, name, nodes, ipv6=ipv6):
        _servers_acl(sheet, name, block, protocol, telnet, ipv6=ipv6)


def _protocol(word: str) -> str:
    """The one that alone begins with what stands there."""
    found = [one for one in ("all", "pad", "ssh", "telnet") if one.startswith(word)]
    return found[0] if len(found) == 1 else UNKNOWN


def _own_acl(sheet: Sheet, name: str, nodes: list[Node], *, ipv6: bool) -> bool:
    """The line's own list, which Comware 5 has; whether there is one."""
    own = [n for n in every(nodes, "acl") if not n.negated and n.key.endswith("inbound")]
    four = [n for n in own if not n.is_("acl ipv6")]
    if own:
        closed = bool(four) and (len(four) < len(own) or not ipv6)
        value = four[-1].text.split()[-2] if closed else "ipv4-only" if four else "ipv6-only"
        sheet.put("line", name, "access_acl", value, (four or own)[-1])
    return bool(own)


def _servers_acl(sheet: Sheet, name: str, block: Node, protocol: str, telnet: str, *, ipv6: bool) -> None:
    """The lists of the servers behind the line, when they cover all that it accepts."""
    tree, guards = sheet.tree, dict(GUARDS)
    needed = ["ssh"] if protocol in ("ssh", "all") and service(tree, "ssh")[0] != NO else []
    needed += ["telnet"] if telnet != NO else []
    found = [n for item in needed if (n := tree.last(guards[item])) and not n.negated]
    six = [n for item in needed if (n := tree.last(f"{item} server ipv6 acl")) and not n.negated]
    if not needed:
        sheet.put("line", name, "access_acl", CLOSED, block, present=False)
    elif len(found) < len(needed):
        sheet.missing("line", name, "access_acl", ABSENT, block)
    elif ipv6 and len(six) < len(needed):
        sheet.put("line", name, "access_acl", "ipv4-only", found[0])
    else:
        sheet.put("line", name, "access_acl", found[0].text.split()[-1], found[0])
