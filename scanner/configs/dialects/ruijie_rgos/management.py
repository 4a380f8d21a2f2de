"""Services by which a device is managed, and those that nobody needs.

Source: Ruijie RGOS command references (enable service, ip ssh, webmaster, ftp-server). Whether the web server runs
until somebody says so depends on model and release.
"""

from __future__ import annotations

from scanner.configs.dialects.ruijie_rgos.lines import server
from scanner.configs.dialects.ruijie_rgos.release import release
from scanner.configs.interfaces import speaks_ipv6
from scanner.configs.nodes import Node, is_on
from scanner.configs.settings import ABSENT, CLOSED, NO, UNKNOWN, YES, Sheet, unguarded, whole
from scanner.configs.tree import Tree

_AT_LOGIN = ("login", "motd", "exec", "incoming")
_CIPHERS = {"cbc": "aes-cbc,3des-cbc", "others": "des,3des", "ctr": "aes-ctr", "gcm": "aes-gcm"}
_MACS = {"sha1": "hmac-sha1", "md5": "hmac-md5", "sha1-96": "hmac-sha1-96", "md5-96": "hmac-md5-96"}
_MACS |= {f"sha2-{bits}": f"hmac-sha2-{bits}" for bits in ("256", "512")}


def service_settings(tree: Tree, sheet: Sheet) -> None:
    """Services that are on or off, and the notice at login."""
    for item, commands in (("ftp", ("ftp-server enable",)), ("scp", ("ip scp server enable",))):
        sheet.switch("management", item, "enabled", tree.last(*commands), default=NO)
    tftp = next(
        (n for n in tree.all("tftp-server") if not n.negated and n.key.split()[1:2] in (["enable"], ["topdir"])), None
    )
    sheet.switch("management", "tftp", "enabled", tftp, default=NO)
    lldp = tree.exact("lldp enable")
    speaks = YES if release(tree).major == 11 and not release(tree).other else UNKNOWN
    sheet.switch("management", "lldp", "enabled", lldp, default=speaks)
    shown: dict[str, Node] = {}
    for node in tree.all("banner"):
        which = node.after("banner")
        shown[which[0].lower() if which and which[0].isalpha() else "motd"] = node
    kind = next((k for k in _AT_LOGIN if k in shown and not shown[k].negated), ABSENT)
    sheet.put("management", "device", "banner", kind, shown.get(kind), present=kind != ABSENT)


def ssh_settings(tree: Tree, sheet: Sheet) -> None:
    """Version, algorithms and limits of the SSH server."""
    answers, _ = server(tree, "ssh-server", NO if release(tree).major in (10, 11) else UNKNOWN)
    if answers == NO:
        sheet.missing("management", "ssh", "version", CLOSED)
    else:
        both = "1.99" if release(tree).before_hardening and answers == YES else UNKNOWN
        sheet.words("management", "ssh", "version", "ip ssh version", default=both)
    for setting, command, names in (
        ("ciphers", "ip ssh cipher-mode", _CIPHERS),
        ("macs", "ip ssh hmac-algorithm", _MACS),
        ("key_exchange", "ip ssh key-exchange", {}),
    ):
        _algorithms(tree, sheet, setting, command, names)
    wait = "120" if release(tree).before_hardening and answers == YES else UNKNOWN
    sheet.words("management", "ssh", "timeout", "ip ssh time-out", default=wait)
    sheet.words("management", "ssh", "retries", "ip ssh authentication-retries", default=UNKNOWN)


def _algorithms(tree: Tree, sheet: Sheet, setting: str, command: str, names: dict[str, str]) -> None:
    """What stands behind a command, each in the words of SSH; several lines of it count together."""
    nodes = [n for n in tree.all(command) if not n.negated]
    words = [names.get(w, w) for n in nodes for w in n.key.split()[len(command.split()) :]]
    if words:
        sheet.put("management", "ssh", setting, ",".join(dict.fromkeys(words)), nodes[0])
    else:
        sheet.missing("management", "ssh", setting, UNKNOWN)


def web_settings(tree: Tree, sheet: Sheet) -> None:
    """The web servers, and their accounts."""
    states = {item: _web(tree, item) for item in ("http", "https")}
    for item, (enabled, node) in states.items():
        sheet.put("management", item, "enabled", enabled, node, present=node is not None)
        guard = [n for n in tree.all("ip http access-class") if not n.negated and n.after("ip http access-class")]
        if guard and not speaks_ipv6(tree):
            sheet.put("management", item, "acl", guard[-1].text.split()[-1], guard[-1])
        else:
            sheet.missing("management", item, "acl", unguarded(enabled), node)
    told = [enabled for enabled, _ in states.values()]
    off = all(enabled == NO for enabled in told)
    accounts = tree.last("webmaster level")
    default = CLOSED if off else "local" if is_on(accounts) else UNKNOWN
    sheet.words("management", "http", "authentication", "ip http authentication", default=default)


def _web(tree: Tree, item: str) -> tuple[str, Node | None]:
    """Whether a web server runs, by the last line that is about it: of both where none is named."""
    told = (*tree.all("enable service web-server"), *tree.all("enable service web"))
    nodes = [n for n in told if n.key.split()[3:4] in ([], ["all"], [item])]
    last = max(nodes, key=lambda n: n.line, default=None)
    return (UNKNOWN, None) if last is None else (NO if last.negated else YES, last)


def web_accounts(tree: Tree) -> dict[str, tuple[str, Node]]:
    """Name -> level and line of each account of the web pages; level 0 may do everything."""
    found: dict[str, tuple[str, Node]] = {}
    for node, words in tree.given("webmaster level"):
        if len(words) > 2 and whole(words[0]) and words[1].lower() == "username":
            found[words[2].strip('"')] = words[0], node
    return found
