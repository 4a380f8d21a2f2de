"""Services by which a VRP device is managed."""

from __future__ import annotations

from scanner.configs.dialects.huawei_vrp.managers import reach_of, web_services, web_settings
from scanner.configs.nodes import Node, last
from scanner.configs.settings import NO, UNKNOWN, YES, Sheet
from scanner.configs.tree import Tree

# item -> commands that end in enable or disable, and what absence means (NO where every release has it off)
_SERVICES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("telnet", ("telnet server", "telnet ipv4 server", "telnet ipv6 server"), UNKNOWN),
    ("ssh", ("stelnet server", "stelnet ipv4 server", "stelnet ipv6 server"), UNKNOWN),
    ("http", ("http server", "http ipv4 server", "http ipv6 server"), UNKNOWN),
    ("https", ("http secure-server", "http ipv4 secure-server", "http ipv6 secure-server"), UNKNOWN),
    ("ftp", ("ftp server", "ftp ipv6 server"), NO),
    ("tftp", ("tftp server", "tftp-server"), NO),
    ("sftp", ("sftp server", "sftp ipv4 server", "sftp ipv6 server"), UNKNOWN),
    ("scp", ("scp server", "scp ipv4 server", "scp ipv6 server"), UNKNOWN),
    ("netconf", ("snetconf server", "snetconf ipv4 server", "snetconf ipv6 server"), UNKNOWN),
    ("lldp", ("lldp",), UNKNOWN),
    ("cluster", ("cluster",), UNKNOWN),
)


COMMANDS = {item: commands for item, commands, _ in _SERVICES}


GUARDS = (
    ("http", ("http acl", "http server acl")),
    ("https", ("http acl", "http secure-server acl")),
    ("ssh", ("ssh server acl", "ssh ipv4 server acl")),
    ("telnet", ("telnet server acl",)),
)


def enabled(tree: Tree, commands: tuple[str, ...]) -> tuple[str, Node | None]:
    """Whether a service is on by any of its commands: yes, no or unknown-default, and the line that says so."""
    states: dict[str, Node] = {}
    for command in commands:
        for node in tree.all(command):
            words = node.key[len(command) :].split()
            if words in (["enable"], ["disable"]):
                states[command] = node
    answer, at = UNKNOWN, None
    for node in states.values():
        on = node.key.endswith("enable") != node.negated
        if on:
            return YES, node
        answer, at = NO, node
    return answer, at


def service_settings(tree: Tree, sheet: Sheet) -> None:
    """Services that are on or off, the lists that guard them and the login banner."""
    web = web_services(tree)
    for item, commands, default in _SERVICES:
        answer, node = web.get(item) or enabled(tree, commands)
        if node:
            sheet.put("management", item, "enabled", answer, node, present=answer != UNKNOWN)
        else:
            sheet.missing("management", item, "enabled", default)
    for item, acl in GUARDS:
        answer, on = web.get(item) or enabled(tree, COMMANDS[item])
        node = tree.last(*acl)
        if node and not node.negated:
            sheet.put("management", item, "acl", node.text.split()[-1], node)
        else:
            told, at = reach_of(tree, item, answer)
            sheet.missing("management", item, "acl", told, at or on)
    web_settings(tree, sheet)
    header = tree.last("header")
    if header and not header.negated:
        sheet.put("management", "device", "banner", "".join(header.after("header")[:1]), header)
    else:
        sheet.missing("management", "device", "banner")


def ssh_settings(tree: Tree, sheet: Sheet) -> None:
    """Version, algorithms and limits of the SSH server."""
    old = tree.last("ssh server compatible-ssh1x")
    if old:
        sheet.put("management", "ssh", "version", "2" if old.negated or old.key.endswith("disable") else "1.99", old)
    else:
        sheet.missing("management", "ssh", "version", UNKNOWN)
    for setting, command, default in (
        ("ciphers", "ssh server cipher", UNKNOWN),
        ("macs", "ssh server hmac", UNKNOWN),
        ("key_exchange", "ssh server key-exchange", UNKNOWN),
        ("key_length", "ssh server dh-exchange min-len", UNKNOWN),
        ("timeout", "ssh server timeout", "60"),
        ("retries", "ssh server authentication-retries", "3"),
    ):
        sheet.words("management", "ssh", setting, command, default=default, join=",")
    policies = [b for b in tree.all("ssl policy") if not b.negated]
    for block in policies:
        item = " ".join(block.text.split()[:3])
        oldest = last(block.children, "ssl minimum version")
        words = oldest.after("ssl minimum version") if oldest and not oldest.negated else []
        if words:
            sheet.put("management", item, "version", words[0].lower(), oldest)
        else:
            sheet.missing("management", item, "version", UNKNOWN, block)


def programming_settings(tree: Tree, sheet: Sheet) -> None:
    """Who may reach NETCONF where it runs: it is served over SSH."""
    answer, on = enabled(tree, COMMANDS["netconf"])
    guard = tree.last("ssh server acl", "ssh ipv4 server acl")
    if answer == YES and guard and not guard.negated:
        sheet.put("management", "netconf", "acl", guard.text.split()[-1], guard)
    elif answer == YES:
        sheet.missing("management", "netconf", "acl", node=on)
