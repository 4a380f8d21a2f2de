"""Services by which a Comware device is managed."""

from __future__ import annotations

from scanner.configs.dialects.h3c_comware.system import is_7
from scanner.configs.nodes import Node
from scanner.configs.settings import NO, UNKNOWN, YES, Sheet, unguarded
from scanner.configs.tree import Tree

# item -> command that turns it on, and whether every release of Comware 7 has it off without the command
_SERVICES = (
    ("telnet", "telnet server enable", True),
    ("ssh", "ssh server enable", True),
    ("http", "ip http enable", False),
    ("https", "ip https enable", False),
    ("ftp", "ftp server enable", True),
    ("sftp", "sftp server enable", True),
    ("scp", "scp server enable", True),
    ("netconf", "netconf ssh server enable", True),
    ("lldp", "lldp global enable", False),
    ("cluster", "cluster enable", False),
)
GUARDS = (
    ("http", "ip http acl"),
    ("https", "ip https acl"),
    ("ssh", "ssh server acl"),
    ("telnet", "telnet server acl"),
)
_OLD_TLS = ("ssl3.0", "tls1.0", "tls1.1")


def service(tree: Tree, item: str) -> tuple[str, Node | None]:
    """Whether a service is on: yes, no or unknown-default, and the line that says so."""
    command, off = next((c, off) for name, c, off in _SERVICES if name == item)
    node = tree.last(command)
    if node is None and item == "sftp":
        node = tree.last("ssh server sftp enable")
    if node is None and item == "lldp":
        node = tree.exact("lldp enable")
    if node is None:
        return (NO if (off and is_7(tree)) or item == "ftp" else UNKNOWN), None
    return (NO if node.negated else YES), node


def service_settings(tree: Tree, sheet: Sheet) -> None:
    """Services that are on or off, the lists that guard them and the login banner."""
    for item, _, _ in _SERVICES:
        answer, node = service(tree, item)
        sheet.put("management", item, "enabled", answer, node, present=node is not None)
    for item, command in GUARDS:
        answer, on = service(tree, item)
        node = tree.last(command)
        if node and not node.negated:
            sheet.put("management", item, "acl", node.text.split()[-1], node)
        else:
            sheet.missing("management", item, "acl", unguarded(answer), on)
    answer, on = service(tree, "netconf")
    if answer == YES:
        guard = tree.last("netconf ssh acl", "ssh server acl")
        if guard and not guard.negated:
            sheet.put("management", "netconf", "acl", guard.text.split()[-1], guard)
        else:
            sheet.missing("management", "netconf", "acl", node=on)
    _programming(tree, sheet)
    header = tree.last("header")
    if header and not header.negated:
        sheet.put("management", "device", "banner", "".join(header.after("header")[:1]), header)
    else:
        sheet.missing("management", "device", "banner")
    _web(tree, sheet)


def _programming(tree: Tree, sheet: Sheet) -> None:
    """NETCONF over SOAP, which names a list; gRPC and the interface in the manner of REST, which name none."""
    for kind in ("http", "https"):
        on = tree.last(f"netconf soap {kind} enable")
        if on and not on.negated:
            guard = tree.last(f"netconf soap {kind} acl")
            item = f"netconf-soap-{kind}"
            if guard and not guard.negated:
                sheet.put("management", item, "acl", guard.text.split()[-1], guard)
            else:
                sheet.missing("management", item, "acl", node=on)
    for item, commands in (("grpc", ("grpc enable",)), ("restful", ("restful http enable", "restful https enable"))):
        lines = [n for command in commands if (n := tree.last(command)) and not n.negated]
        if lines:
            sheet.missing("management", item, "acl", UNKNOWN, lines[0])


def _web(tree: Tree, sheet: Sheet) -> None:
    """The oldest TLS of the web server, where all older ones are switched off."""
    answer, on = service(tree, "https")
    if answer == NO:
        return
    off = [n for old in _OLD_TLS for n in [tree.last(f"ssl version {old} disable")] if n and not n.negated]
    if len(off) == len(_OLD_TLS):
        sheet.put("management", "https", "version", "tls1.2", off[-1])
    else:
        sheet.missing("management", "https", "version", UNKNOWN, on)


def ssh_settings(tree: Tree, sheet: Sheet) -> None:
    """Version, algorithms and limits of the SSH server."""
    old = tree.last("ssh server compatible-ssh1x")
    if old:
        off = old.negated or old.key.endswith("disable")
        sheet.put("management", "ssh", "version", "2" if off else "1.99", old)
    else:
        sheet.missing("management", "ssh", "version", UNKNOWN)
    for setting, command, default in (
        ("ciphers", "ssh2 algorithm cipher", UNKNOWN),
        ("macs", "ssh2 algorithm mac", UNKNOWN),
        ("key_exchange", "ssh2 algorithm key-exchange", UNKNOWN),
        ("timeout", "ssh server authentication-timeout", "60"),
        ("retries", "ssh server authentication-retries", "3"),
    ):
        sheet.words("management", "ssh", setting, command, default=default, join=",")
