"""From where and how the device is managed.

Source: Cisco Nexus 9000 Series NX-OS Fundamentals, Security and Programmability guides. Features are off until they are
named: Telnet, NX-API, NETCONF, SCP. SSH is on, with version 2 alone; sessions end after 30 minutes at the console and
on the lines; logins are checked against the local accounts without a list.
"""

from __future__ import annotations

import re

from scanner.configs.dialects.cisco_ios.accounts import login_method
from scanner.configs.interfaces import speaks_ipv6
from scanner.configs.nodes import Node, last
from scanner.configs.settings import ABSENT, CLOSED, NO, UNKNOWN, YES, Sheet, unguarded, whole
from scanner.configs.tree import Tree

_IDLE = 1_800  # seconds
_ALGORITHMS = (("ciphers", "ssh ciphers"), ("macs", "ssh macs"), ("key_exchange", "ssh kexalgos"))


def _feature(tree: Tree, name: str, default: str) -> tuple[str, Node | None]:
    node = tree.exact(f"feature {name}")
    if node is None and name in ("ssh", "telnet"):
        node = tree.exact(f"{name} server enable")  # as releases before 5 say it
    return (default, None) if node is None else (NO if node.negated else YES, node)


def service_settings(tree: Tree, sheet: Sheet) -> None:
    """Services, lines, and the notice at login."""
    for item, default in (("ssh", YES), ("telnet", NO)):
        answer, node = _feature(tree, item, default)
        sheet.put("management", item, "enabled", answer, node, present=node is not None)
        if item == "telnet":
            sheet.put("line", "vty", "telnet", answer, node, present=node is not None)
    for item, name in (("netconf", "netconf"), ("restconf", "restconf"), ("grpc", "grpc")):
        answer, node = _feature(tree, name, NO)
        sheet.put("management", item, "enabled", answer, node, present=node is not None)
        if answer == YES:  # lists of the processor limit it
            sheet.missing("management", item, "acl", UNKNOWN, node)
    shell, node = _feature(tree, "bash-shell", NO)
    sheet.put("management", "bash-shell", "enabled", shell, node, present=node is not None)
    for item, name in (("scp", "scp-server"), ("sftp", "sftp-server")):
        answer, node = _feature(tree, name, NO)
        sheet.put("management", item, "enabled", answer, node, present=node is not None)
    _web(tree, sheet)
    sheet.switch("management", "cdp", "enabled", tree.exact("cdp enable"), default=YES)
    lldp, node = _feature(tree, "lldp", NO)
    sheet.put("management", "lldp", "enabled", lldp, node, present=node is not None)
    banner = next((n for n in reversed(tree.all("banner")) if not n.negated), None)
    kind = banner.after("banner")[0] if banner and banner.after("banner") else ABSENT
    sheet.put("management", "device", "banner", kind, banner, present=banner is not None)
    for name in ("console", "vty"):
        _line(tree, sheet, name)


def _line(tree: Tree, sheet: Sheet, name: str) -> None:
    block = tree.last(f"line {name}")
    nodes = block.children if block else []
    node = last(nodes, "exec-timeout")
    words = node.after("exec-timeout") if node and not node.negated else []
    if words and whole(words[0]):
        seconds = 60 * int(words[0])
        sheet.put("line", name, "idle_timeout", str(seconds) if seconds else "never", node, number=seconds)
    else:
        sheet.missing("line", name, "idle_timeout", str(_IDLE), node or block)
    how, method = login_method(tree, "console" if name == "console" else "default")
    sheet.put("line", name, "authentication", how, method or block, present=method is not None)
    if name == "console":
        return
    fourth, sixth = (last(nodes, c) for c in ("access-class", "ipv6 access-class"))
    words = fourth.after("access-class") if fourth and not fourth.negated else []
    guards_six = sixth is not None and not sixth.negated and sixth.key.endswith(" in")
    if len(words) > 1 and words[1] == "in":
        all_of_it = guards_six or not speaks_ipv6(tree)
        sheet.put("line", name, "access_acl", words[0] if all_of_it else "ipv4-only", fourth)
    elif guards_six:
        sheet.put("line", name, "access_acl", "ipv6-only", sixth)
    else:
        sheet.missing("line", name, "access_acl", ABSENT, block)


def _web(tree: Tree, sheet: Sheet) -> None:
    """NX-API: by HTTPS, by HTTP too where that is said, or by the release; who may use it is not told."""
    on, node = _feature(tree, "nxapi", NO)
    clear = tree.last("nxapi http")
    plain = on if on == NO else UNKNOWN if clear is None else NO if clear.negated else YES
    for item, answer in (("https", on), ("http", plain)):
        at = clear if item == "http" and clear else node
        sheet.put("management", item, "enabled", answer, at, present=node is not None)
        told = CLOSED if answer == NO else UNKNOWN
        sheet.missing("management", item, "acl", told if told == UNKNOWN else unguarded(answer), at)
    if on == YES:
        sheet.missing("management", "nxapi", "acl", UNKNOWN, node)
        oldest, at = _oldest_tls(tree)
        sheet.put("management", "https", "version", oldest, at, present=oldest != UNKNOWN)


def _oldest_tls(tree: Tree) -> tuple[str, Node | None]:
    """``nxapi ssl protocols TLSv1.1 TLSv1.2``; without it the release decides."""
    node = tree.last("nxapi ssl protocols")
    words = node.after("nxapi ssl protocols") if node and not node.negated else []
    found = sorted(m[1] or "1.0" for w in words if (m := re.fullmatch(r"(?i)tlsv(?:1|(1\.\d))", w)))
    return (f"tls{found[0]}" if found and len(found) == len(words) else UNKNOWN), node


def ssh_settings(tree: Tree, sheet: Sheet) -> None:
    """Algorithms of SSH and how many logins may fail."""
    sheet.missing("management", "ssh", "version", "2")
    for setting, command in _ALGORITHMS:
        node = tree.last(command)
        words = node.after(command) if node and not node.negated else []
        weak = bool(words) and words[0] == "all"  # as well as the strong ones
        value = "all (aes256-cbc, hmac-sha1, diffie-hellman-group14-sha1)" if weak else ",".join(words) or UNKNOWN
        sheet.put("management", "ssh", setting, value, node, present=bool(words))
    sheet.words("management", "ssh", "retries", "ssh login-attempts", default="3")
    for node, words in tree.given("ssh key rsa"):
        if words and whole(words[0]):
            sheet.put("management", "ssh", "key_length", words[0], node)
