"""Services by which an IOS device is managed, and those that nobody needs."""

from __future__ import annotations

from scanner.configs.dialects.cisco_ios.grammar import exact, is_on
from scanner.configs.settings import NO, UNKNOWN, YES, Sheet, unguarded
from scanner.configs.tree import Tree, last

# item -> commands that turn it on, and what its absence means (NO where every supported release has it off)
_SERVICES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("finger", ("ip finger", "service finger"), NO),
    ("tcp-small-servers", ("service tcp-small-servers",), NO),
    ("udp-small-servers", ("service udp-small-servers",), NO),
    ("pad", ("service pad",), UNKNOWN),
    ("bootp", ("ip bootp server",), UNKNOWN),
    ("source-route", ("ip source-route",), UNKNOWN),
    ("smart-install", ("vstack",), UNKNOWN),
    ("config-network-load", ("service config",), NO),
    ("rsh", ("ip rcmd rsh-enable",), NO),
    ("rcp", ("ip rcmd rcp-enable",), NO),
    ("ftp", ("ftp-server enable",), NO),
    ("scp", ("ip scp server enable",), NO),
    ("netconf", ("netconf-yang",), NO),
    ("restconf", ("restconf",), NO),
    ("cdp", ("cdp run",), UNKNOWN),
    ("lldp", ("lldp run",), UNKNOWN),
    ("profinet", ("profinet",), UNKNOWN),
)


def service_settings(tree: Tree, sheet: Sheet) -> None:
    """Services that are on or off, the login banner and CIP on interfaces."""
    for item, commands, default in _SERVICES:
        sheet.switch("management", item, "enabled", exact(tree, *commands), default=default)
    tftp = [n for n in tree.all("tftp-server") if not n.negated]
    if tftp:
        sheet.put("management", "tftp", "enabled", YES, tftp[0])
    else:
        sheet.missing("management", "tftp", "enabled", NO)
    banner = tree.last("banner")
    if banner and not banner.negated:
        which = banner.after("banner")
        sheet.put("management", "device", "banner", which[0] if which and which[0].isalpha() else "motd", banner)
    else:
        sheet.missing("management", "device", "banner")
    cip = [i for i in tree.all("interface") if is_on(last(i.children, "cip enable"))]
    for interface in cip:
        sheet.put("management", "cip", "enabled", YES, last(interface.children, "cip enable"))


def ssh_settings(_tree: Tree, sheet: Sheet) -> None:
    """Version, algorithms and limits of the SSH server."""
    for setting, command, default in (
        ("version", "ip ssh version", UNKNOWN),
        ("ciphers", "ip ssh server algorithm encryption", UNKNOWN),
        ("macs", "ip ssh server algorithm mac", UNKNOWN),
        ("key_exchange", "ip ssh server algorithm kex", UNKNOWN),
        ("timeout", "ip ssh time-out", "120"),
        ("retries", "ip ssh authentication-retries", "3"),
    ):
        sheet.words("management", "ssh", setting, command, default=default, join=",")


def web_settings(tree: Tree, sheet: Sheet) -> None:
    """The web servers, who may reach them and how they authenticate."""
    guard = tree.last("ip http access-class")
    words = [w for w in guard.after("ip http access-class") if w not in ("ipv4", "ipv6")] if guard else []
    for item, server, modules in (
        ("http", "ip http server", "ip http active-session-modules none"),
        ("https", "ip http secure-server", "ip http secure-active-session-modules none"),
    ):
        on = exact(tree, server)
        stub = exact(tree, modules)  # the server then answers web authentication only, no management
        enabled = UNKNOWN if on is None else NO if on.negated or is_on(stub) else YES
        at = stub if is_on(stub) else on
        sheet.put("management", item, "enabled", enabled, at, present=on is not None)
        if guard and words and not guard.negated:
            sheet.put("management", item, "acl", words[0], guard)
        else:
            sheet.missing("management", item, "acl", unguarded(enabled), on)
    for item, setting, command, default in (
        ("http", "authentication", "ip http authentication", "enable"),
        ("https", "version", "ip http tls-version", UNKNOWN),
    ):
        sheet.words("management", item, setting, command, default=default)
