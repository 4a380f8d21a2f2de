"""Services by which an IOS device is managed, and those that nobody needs."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.configs.interfaces import speaks_ipv6
from scanner.configs.nodes import Node, is_on, last
from scanner.configs.settings import ABSENT, CLOSED, NO, UNKNOWN, YES, Sheet, unguarded, whole
from scanner.configs.tree import Tree

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

_WITH_OPTIONS = ("finger", "tcp-small-servers", "udp-small-servers", "pad")  # words behind them narrow, not end them

_AT_LOGIN = ("login", "motd", "exec")


def service_settings(tree: Tree, sheet: Sheet) -> None:
    """Services that are on or off, the login banner and CIP on interfaces."""
    for item, commands, default in _SERVICES:
        node = tree.last(*commands) if item in _WITH_OPTIONS else tree.exact(*commands)
        sheet.switch("management", item, "enabled", node, default=default)
    tftp = [n for n in tree.all("tftp-server") if not n.negated]
    if tftp:
        sheet.put("management", "tftp", "enabled", YES, tftp[0])
    else:
        sheet.missing("management", "tftp", "enabled", NO)
    _banner(tree, sheet)
    cip = [i for i in tree.all("interface") if is_on(last(i.children, "cip enable"))]
    for interface in cip:
        sheet.put("management", "cip", "enabled", YES, last(interface.children, "cip enable"))
    password = tree.last("cip security password")
    if cip and password and not password.negated:
        sheet.put("management", "cip", "write_access", "password", password)
    elif cip:
        sheet.missing("management", "cip", "write_access", UNKNOWN, cip[0])


def _banner(tree: Tree, sheet: Sheet) -> None:
    """The notice before or at the login; one that is taken back is none."""
    last_of: dict[str, Node] = {}
    for node in tree.all("banner"):
        which = node.after("banner")
        last_of[which[0].lower() if which and which[0].isalpha() else "motd"] = node
    shown = [(kind, last_of[kind]) for kind in _AT_LOGIN if kind in last_of and not last_of[kind].negated]
    hidden = _without_banner(tree, [kind for kind, _ in shown])
    if shown and hidden:
        sheet.put("management", "device", "banner", ABSENT, hidden)
    elif shown:
        sheet.put("management", "device", "banner", *shown[0])
    else:
        sheet.missing("management", "device", "banner")


def _without_banner(tree: Tree, kinds: Sequence[str]) -> Node | None:
    """What keeps a line from showing any of these: ``no exec-banner`` that of the day as well, nothing that at the
    login.
    """
    for block in tree.all("line") if kinds and "login" not in kinds else ():
        whole_line, daily = last(block.children, "exec-banner"), last(block.children, "motd-banner")
        if whole_line and whole_line.negated:
            return whole_line
        if daily and daily.negated and "exec" not in kinds:
            return daily
    return None


def ssh_settings(tree: Tree, sheet: Sheet) -> None:
    """Version, algorithms and limits of the SSH server, and how long keys are."""
    inputs = [n for b in tree.all("line vty") for n in b.children if n.is_("transport input") and not n.negated]
    used = bool(tree.all("ip ssh")) or any({"ssh", "all"} & set(n.key.split()) for n in inputs)
    for setting, command, default in (
        ("version", "ip ssh version", UNKNOWN),
        ("ciphers", "ip ssh server algorithm encryption", UNKNOWN),
        ("macs", "ip ssh server algorithm mac", UNKNOWN),
        ("key_exchange", "ip ssh server algorithm kex", UNKNOWN),
        ("timeout", "ip ssh time-out", "120" if used else UNKNOWN),
        ("retries", "ip ssh authentication-retries", "3" if used else UNKNOWN),
    ):
        sheet.words("management", "ssh", setting, command, default=default, join=",")
    sheet.words("management", "ssh", "key_length", "ip ssh dh min size", default=UNKNOWN)
    for block in tree.all("crypto pki trustpoint"):
        pair = last(block.children, "rsakeypair")
        words = pair.after("rsakeypair") if pair and not pair.negated else []
        if len(words) > 1 and whole(words[1]):
            sheet.put("management", " ".join(block.text.split()[2:4]), "key_length", words[1], pair)


def web_settings(tree: Tree, sheet: Sheet) -> None:
    """The web servers, who may reach them and how they authenticate."""
    guards = [n for n in tree.all("ip http access-class") if not n.negated]
    words, guard = _web_guard(guards, ipv6=speaks_ipv6(tree))
    for item, server, modules in (
        ("http", "ip http server", "ip http active-session-modules none"),
        ("https", "ip http secure-server", "ip http secure-active-session-modules none"),
    ):
        on = tree.exact(server)
        stub = tree.exact(modules)  # the server then answers web authentication only, no management
        enabled = UNKNOWN if on is None else NO if on.negated or is_on(stub) else YES
        at = stub if is_on(stub) else on
        sheet.put("management", item, "enabled", enabled, at, present=on is not None)
        if guard and (words not in ("ipv4-only", "ipv6-only") or enabled == YES):
            sheet.put("management", item, "acl", words, guard)
        else:
            sheet.missing("management", item, "acl", unguarded(enabled), on)
    _web_logins(tree, sheet)


def _web_guard(guards: Sequence[Node], *, ipv6: bool) -> tuple[str, Node | None]:
    """The list that limits who reaches the web servers, and its line; what it leaves open where it is of one family."""
    sixth = [n for n in guards if n.is_("ip http access-class ipv6")]
    fourth = [n for n in guards if n not in sixth]
    if fourth and (sixth or not ipv6):
        return fourth[-1].text.split()[-1], fourth[-1]
    return ("ipv4-only", fourth[-1]) if fourth else ("ipv6-only", sixth[-1]) if sixth else ("", None)


def _web_logins(tree: Tree, sheet: Sheet) -> None:
    """How the web servers ask who it is, and how they encrypt."""
    states = [tree.exact(server) for server in ("ip http server", "ip http secure-server")]
    off = all(n is not None and n.negated for n in states)
    default = "enable" if any(is_on(n) for n in states) else CLOSED if off else UNKNOWN
    sheet.words("management", "http", "authentication", "ip http authentication", default=default)
    secure = states[1]
    closed = secure is not None and secure.negated
    if closed:
        sheet.missing("management", "https", "version", CLOSED, secure)
    else:
        sheet.words("management", "https", "version", "ip http tls-version", default=UNKNOWN)


def programming_settings(tree: Tree, sheet: Sheet) -> None:
    """Who may reach NETCONF and RESTCONF where they run, and whether applications of others do."""
    ipv6 = speaks_ipv6(tree)
    for item, command, guard in (
        ("netconf", "netconf-yang", "netconf-yang ssh {} access-list name"),
        ("restconf", "restconf", "restconf {} access-list name"),
    ):
        on = tree.exact(command)
        fourth, sixth = (tree.last(guard.format(family)) for family in ("ipv4", "ipv6"))
        if is_on(on) and is_on(fourth) != is_on(sixth) and (ipv6 or is_on(sixth)):
            sheet.put("management", item, "acl", *(("ipv4-only", fourth) if is_on(fourth) else ("ipv6-only", sixth)))
        elif is_on(on):
            sheet.words("management", item, "acl", guard.format("ipv4"), block=None)
    hosted = [*tree.all("iox"), *tree.all("app-hosting appid"), *tree.all("guestshell")]
    sheet.switch("management", "application-hosting", "enabled", hosted[-1] if hosted else None, default=NO)
