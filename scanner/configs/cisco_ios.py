"""Cisco IOS and IOS XE, Rockwell Stratix included: ``show running-config`` as settings.

Sources: Cisco IOS command references (Security, SNMP Support, Configuration Fundamentals, Network Management, Basic
System Management), Cisco IE 3x00 and Rockwell Stratix 5700 user manuals. Where a default changed between releases or
platforms the row says ``unknown-default``: ``transport input``, ``ip http server``, CDP, Smart Install, source routing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from scanner.configs import acls
from scanner.configs.secrets import MASK
from scanner.configs.settings import ABSENT, CLOSED, NO, UNKNOWN, YES, Configuration, Sheet, account, unguarded, whole
from scanner.configs.tree import Grammar, Node, Opaque, Tree, every, last, parse

DIALECT = "cisco-ios"

GRAMMAR = Grammar(
    name="hostname",
    negation="no ",
    separator="!",
    end="end",
    header=re.compile(
        r"(?:interface|line|vlan \d|router|class-map|policy-map|route-map|archive|(?:ip|ipv6|mac) access-list"
        r"|radius server|tacacs server|key chain|aaa group server|crypto pki|vrf definition)\b",
        re.IGNORECASE,
    ),
    top=re.compile(
        r"(?:no )?(?:hostname|version|service|username|enable|aaa new-model|snmp-server|ntp|access-list|banner|clock"
        r"|logging (?:host|\d|buffered|trap)|ip (?:http|ssh|route|default-gateway|domain|scp|dhcp)|cdp run|lldp run"
        r"|vtp|vstack|spanning-tree (?:mode|extend)|login (?:block|on)|boot-)\b",
        re.IGNORECASE,
    ),
    opaque=(
        Opaque(
            re.compile(
                r"(?:banner(?: (?:motd|login|exec|incoming|config-save|prompt-timeout|slip-ppp))?"
                r"|aaa authentication (?:banner|fail-message)|(?:vacant|refuse|busy)-message|menu \S+ title)"
                r"\s+(?P<rest>[^\s\w].*)",
                re.IGNORECASE,
            )
        ),
        Opaque(re.compile(r"certificate (?:self-signed|ca|rollover|[0-9A-F]+)\b", re.IGNORECASE), re.compile("quit$")),
        Opaque(re.compile(r"key-string$", re.IGNORECASE), re.compile(r"quit$|exit$", re.IGNORECASE)),
        Opaque(re.compile(r"macro name ", re.IGNORECASE), re.compile("@$")),
        Opaque(re.compile(r"-----BEGIN "), re.compile(r"-----END ")),
    ),
    opaque_words=frozenset(
        (
            "-----begin",
            "aaa",
            "banner",
            "busy-message",
            "certificate",
            "key-string",
            "macro",
            "menu",
            "refuse-message",
            "vacant-message",
        )
    ),
    prompt=re.compile(r"[\w.@/:-]+(?:\([\w-]+\))?[#>]"),
    about=re.compile(r"! Last configuration change at "),
)

_NOT_IOS = re.compile(  # what only systems that resemble IOS have
    rb"^(?:!Command: show |feature \w|vdc |interface mgmt0"  # NX-OS
    rb"|!! IOS XR|!! Building|line (?:template|default)|interface MgmtEth|route-policy "  # IOS XR
    rb"|ASA Version|: Saved"  # ASA
    rb"|! device: .*EOS|transceiver qsfp|management (?:ssh|api|console|telnet)|interface Management\d"  # EOS
    rb"|enable password-display|interface ethernet \d| (?:no )?(?:un)?tagged ethe "  # NetIron
    rb"|version .*RGOS|enable service |!version |!Version |! Version \d|; J\d"  # Ruijie, BDCOM, AOS-CX, FTOS, ProCurve
    rb"| ?sysname |#config-version|[{<]|\[\s*[{\"\]])",  # Huawei and H3C, FortiOS, JSON and XML
    re.MULTILINE,
)
_NAMES_A_DEVICE = re.compile(rb"^(?:hostname \S|line (?:con|vty) \d|Current configuration : )", re.MULTILINE)
_TELLTALES = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        rb"^hostname \S+[ \r]*$",
        rb"^version 1[0-9]\.\d+[ \r]*$",
        rb"^(?:no )?service (?:timestamps|password-encryption|pad|config|call-home|unsupported-transceiver)\b",
        rb"^(?:no )?ip http (?:secure-)?server",
        rb"^(?:no )?ip (?:cef|classless|subnet-zero|forward-protocol nd|domain[- ]lookup)\b",
        rb"^snmp-server \w+",
        rb"^interface (?:Fast|Gigabit|TenGigabit|TwoGigabit|AppGigabit|FortyGigabit)?Ethernet\d|^interface Vlan\d",
        rb"^line (?:con|vty|aux) \d",
        rb"^ switchport ",
        rb"^spanning-tree mode",
        rb"^boot-(?:start|end)-marker",
        rb"^(?:Building configuration|Current configuration : \d+ bytes)",
        rb"^(?:no )?aaa new-model",
        rb"^ip access-list (?:standard|extended) ",
        rb"^enable (?:secret|password) ",
    )
)


def recognises(name: str, head: bytes) -> bool:  # noqa: ARG001 - content decides, the name is part of the interface
    """The first kilobytes are an IOS or IOS XE configuration, and of no system that only resembles it."""
    head = head.replace(b"\r\n", b"\n")
    if _NOT_IOS.search(head) or not _NAMES_A_DEVICE.search(head):
        return False
    return sum(1 for t in _TELLTALES if t.search(head)) >= 3


def read(data: bytes, name: str) -> Configuration:
    """The settings of an IOS configuration; InputError when it is no text or empty."""
    tree = parse(data, name, GRAMMAR)
    sheet = Sheet(tree, DIALECT)
    lists = _access_lists(tree)
    for topic in (_system, _services, _ssh, _web, _snmp, _accounts, _aaa, _password_policy, _logging, _time):
        topic(tree, sheet)
    _lines(tree, sheet)
    _interfaces(tree, sheet)
    _bind(tree, lists)
    acls.rows(sheet, lists, [("", "deny")])
    return sheet.configuration()


# -- the device ------------------------------------------------------------------------------------------------------


def _system(tree: Tree, sheet: Sheet) -> None:
    named = tree.last("hostname")
    sheet.put("system", "device", "hostname", tree.name, named, present=named is not None)
    version = tree.last("version")
    if version and (words := version.after("version")):
        sheet.version = words[0]
    sheet.put("system", "device", "version", sheet.version or ABSENT, version, present=version is not None)
    _model(tree, sheet)
    if tree.about:
        sheet.put(
            "system", "device", "changed", tree.about.text.removeprefix("! Last configuration change at "), tree.about
        )
    sheet.put("system", "device", "complete", YES if tree.complete else NO)
    for vlan in tree.all("vlan"):
        ids = " ".join(vlan.after("vlan"))
        if not vlan.negated and whole(ids[:1]):
            named = last(vlan.children, "name")
            sheet.put(
                "system", f"vlan {ids}", "vlan_name", " ".join(named.after("name")) if named else "", named or vlan
            )
    for route in tree.all("ip route 0.0.0.0 0.0.0.0") + tree.all("ip default-gateway"):
        if not route.negated:
            sheet.put(
                "system",
                "device",
                "default_route",
                route.text.split()[-1]
                if route.is_("ip default-gateway")
                else " ".join(route.after("ip route 0.0.0.0 0.0.0.0")),
                route,
            )
    mode = tree.last("spanning-tree mode")
    if mode:
        sheet.put("system", "spanning-tree", "mode", " ".join(mode.after("spanning-tree mode")), mode)
    guard = _guard_default(tree)
    sheet.switch("system", "spanning-tree", "bpdu_guard_default", guard, default=ABSENT)
    sheet.switch("system", "switching", "dhcp_snooping", _exact(tree, "ip dhcp snooping"), default=ABSENT)
    command = "ip arp inspection vlan"
    sheet.words("system", "switching", "arp_inspection", command)
    sheet.switch("system", "switching", "dot1x", tree.last("dot1x system-auth-control"), default=ABSENT)
    sheet.words("system", "device", "archive", "path", block=tree.last("archive"))


def _model(tree: Tree, sheet: Sheet) -> None:
    """The product from the licence or provisioning line, if there is one."""
    for command, at in (("license udi pid", 0), ("switch", 2)):
        node = tree.last(command)
        words = node.after(command) if node else []
        if len(words) > at and (command != "switch" or words[1].lower() == "provision"):
            sheet.put("system", "device", "model", words[at], node)
            return


def _guard_default(tree: Tree) -> Node | None:
    return tree.last(
        "spanning-tree portfast bpduguard default",
        "spanning-tree portfast edge bpduguard default",
    )


def _exact(tree: Tree, *commands: str) -> Node | None:
    """The last top-level node that is exactly one of these commands."""
    found = [n for command in commands for n in tree.all(command) if n.key == command]
    return max(found, key=lambda n: n.line, default=None)


# -- management services ---------------------------------------------------------------------------------------------

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
_BANNERS = ("banner login", "banner motd", "banner exec", "banner")


def _services(tree: Tree, sheet: Sheet) -> None:
    for item, commands, default in _SERVICES:
        sheet.switch("management", item, "enabled", _exact(tree, *commands), default=default)
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
    cip = [i for i in tree.all("interface") if _on(i.children, "cip enable")]
    for interface in cip:
        sheet.put("management", "cip", "enabled", YES, last(interface.children, "cip enable"))


def _on(nodes: list[Node], command: str) -> bool:
    node = last(nodes, command)
    return node is not None and not node.negated


def _ssh(_tree: Tree, sheet: Sheet) -> None:
    for setting, command, default in (
        ("version", "ip ssh version", UNKNOWN),
        ("ciphers", "ip ssh server algorithm encryption", UNKNOWN),
        ("macs", "ip ssh server algorithm mac", UNKNOWN),
        ("key_exchange", "ip ssh server algorithm kex", UNKNOWN),
        ("timeout", "ip ssh time-out", "120"),
        ("retries", "ip ssh authentication-retries", "3"),
    ):
        sheet.words("management", "ssh", setting, command, default=default, join=",")


def _web(tree: Tree, sheet: Sheet) -> None:
    guard = tree.last("ip http access-class")
    words = [w for w in guard.after("ip http access-class") if w not in ("ipv4", "ipv6")] if guard else []
    for item, server, modules in (
        ("http", "ip http server", "ip http active-session-modules none"),
        ("https", "ip http secure-server", "ip http secure-active-session-modules none"),
    ):
        on = _exact(tree, server)
        stub = _exact(tree, modules)  # the server then answers web authentication only, no management
        enabled = UNKNOWN if on is None else NO if on.negated or _is_on(stub) else YES
        at = stub if _is_on(stub) else on
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


# -- SNMP ------------------------------------------------------------------------------------------------------------


def _snmp(tree: Tree, sheet: Sheet) -> None:
    nodes = [n for n in tree.all("snmp-server") if not n.negated]
    agent = next((n for n in nodes if n.key.split()[1:2] and n.key.split()[1] in ("community", "user", "group")), None)
    if agent:
        sheet.put("snmp", "agent", "enabled", YES, agent)
    else:
        off = _exact(tree, "snmp-server")
        sheet.put("snmp", "agent", "enabled", NO, off, present=off is not None)
    versions = sorted({v for n in nodes for v in _snmp_versions(n)})
    if versions:
        sheet.put("snmp", "agent", "versions", ",".join(versions), agent)
    communities = every(nodes, "snmp-server community")
    for i, node in enumerate(communities, 1):
        _community(sheet, f"community {i}", node)
    for i, node in enumerate(every(nodes, "snmp-server host"), 1):
        _trap_receiver(sheet, i, node)
    for node in every(nodes, "snmp-server group"):
        _snmp_group(sheet, node)
    for node in every(nodes, "snmp-server user"):
        _snmp_user(sheet, node)


def _snmp_versions(node: Node) -> Iterable[str]:
    words = node.key.split()
    if node.is_("snmp-server community"):
        return ("v1", "v2c")
    if node.is_("snmp-server group") or node.is_("snmp-server user"):
        return [w for w in words if w in ("v1", "v2c", "v3")]
    return ()


def _community(sheet: Sheet, item: str, node: Node) -> None:
    words = node.after("snmp-server community")
    lower = [w.lower() for w in words]
    secret = node.secrets[0] if node.secrets else None
    sheet.put("snmp", item, "access", "rw" if "rw" in lower else "ro", node)
    known = secret.default if secret else None
    sheet.put("snmp", item, "default_community", "unknown" if known is None else YES if known else NO, node)
    sheet.put("snmp", item, "storage", secret.storage if secret else "unknown", node)
    view = lower.index("view") + 1 if "view" in lower else 0
    sheet.put("snmp", item, "view", words[view] if view else ABSENT, node, present=bool(view))
    options = [w for i, w in enumerate(words) if i not in (view, view - 1)]
    rest = [w for w in options if w.lower() not in ("ro", "rw", "ipv6", MASK)]
    sheet.put("snmp", item, "acl", rest[-1] if rest else ABSENT, node, present=bool(rest))


def _trap_receiver(sheet: Sheet, i: int, node: Node) -> None:
    words = node.after("snmp-server host")
    lower = [w.lower() for w in words]
    item = f"host {' '.join(words[:1])} ({i})"
    version = lower[lower.index("version") + 1] if "version" in lower[:-1] else "1"
    sheet.put("snmp", item, "version", version, node, present="version" in lower)
    if version == "3":
        level = lower[lower.index("version") + 2 :][:1]
        sheet.put("snmp", item, "level", level[0] if level and level[0] in ("auth", "priv") else "noauth", node)


def _snmp_group(sheet: Sheet, node: Node) -> None:
    words = node.after("snmp-server group")
    lower = [w.lower() for w in words]
    item = f"group {words[0]}" if words else "group"
    version = next((w for w in lower[1:] if w in ("v1", "v2c", "v3")), UNKNOWN)
    sheet.put("snmp", item, "version", version, node)
    if version == "v3":
        sheet.put("snmp", item, "level", next((w for w in lower if w in ("noauth", "auth", "priv")), "noauth"), node)
    for setting, word in (("write_view", "write"), ("acl", "access")):
        at = lower.index(word) + 1 if word in lower[:-1] else 0
        sheet.put(
            "snmp", item, setting, words[-1 if word == "access" else at] if at else ABSENT, node, present=bool(at)
        )


def _snmp_user(sheet: Sheet, node: Node) -> None:
    words = node.after("snmp-server user")
    lower = [w.lower() for w in words]
    item = f"user {words[0]}" if words else "user"
    auth = lower[lower.index("auth") + 1] if "auth" in lower[:-1] else ABSENT
    priv = " ".join(lower[lower.index("priv") + 1 :][:2]).split(" <")[0] if "priv" in lower[:-1] else ABSENT
    level = "priv" if priv != ABSENT else "auth" if auth != ABSENT else "noauth"
    sheet.put("snmp", item, "level", level, node)
    guarded = "access" in lower[1:-1]
    sheet.put("snmp", item, "acl", words[-1] if guarded else ABSENT, node, present=guarded)
    sheet.put("snmp", item, "auth_algorithm", auth, node, present=auth != ABSENT)
    sheet.put("snmp", item, "priv_algorithm", priv, node, present=priv != ABSENT)


# -- accounts --------------------------------------------------------------------------------------------------------


def _accounts(tree: Tree, sheet: Sheet) -> None:
    for node in tree.all("username"):
        words = node.after("username")
        if node.negated or not words or not (node.secrets or len(words) == 1 or "privilege" in words):
            continue
        _user(sheet, words, node)
    for command in ("enable secret", "enable password", "enable algorithm-type"):
        enable = tree.last(command)
        if enable and not enable.negated:
            account(sheet, "enable secret" if command != "enable password" else command, enable)
    for block in tree.all("line"):
        for node in every(block.children, "password"):
            if not node.negated and node.secrets:
                account(sheet, f"line {_line_name(block)} password", node)
    for command in ("tacacs-server", "radius-server", "tacacs server", "radius server", "aaa group server"):
        for block in tree.all(command):
            for node in [block, *block.children]:
                if node.secrets and not node.negated:
                    item = " ".join(block.text.split("key")[0].split()[:4])
                    sheet.put("account", item, "key_storage", node.secrets[0].storage, node)


def _user(sheet: Sheet, words: list[str], node: Node) -> None:
    name = words[0]
    account(sheet, f"user {name}", node, name)
    lower = [w.lower() for w in words]
    at = lower.index("privilege") + 1 if "privilege" in lower[1:-1] else 0
    level = words[at] if at and whole(words[at]) else "1"
    sheet.put("account", f"user {name}", "privilege", level, node, present=bool(at))


def _aaa(tree: Tree, sheet: Sheet) -> None:
    model = tree.last("aaa new-model")
    login = [n for n in tree.all("aaa authentication login") if not n.negated]
    for node in login if _is_on(model) else ():
        words = node.after("aaa authentication login")
        methods = ",".join(words[1:]).replace("group,", "group ")
        item = f"aaa login {words[0]}" if words else "aaa login"
        sheet.put("account", item, "login_methods", methods, node)
        sheet.put("account", item, "central", YES if "group" in words[1:2] else NO, node)
        fallback = {"local", "local-case", "enable", "line"} & set(words[1:])
        sheet.put("account", item, "local_fallback", YES if fallback else NO, node)
    if not login or not _is_on(model):
        sheet.missing("account", "aaa", "central", NO, model)
    records = [n for n in tree.all("aaa accounting") if not n.negated and {"exec", "commands"} & set(n.key.split())]
    if records:
        sheet.put("account", "aaa", "accounting", YES, records[0])
    else:
        sheet.missing("account", "aaa", "accounting", node=model)


def _is_on(node: Node | None) -> bool:
    return node is not None and not node.negated


def _password_policy(tree: Tree, sheet: Sheet) -> None:
    sheet.switch(
        "password-policy", "device", "encryption_service", _exact(tree, "service password-encryption"), default=UNKNOWN
    )
    command = "security passwords min-length"
    sheet.words("password-policy", "device", "min_length", command)
    block = tree.last("login block-for")
    numbers = [int(w) for w in block.after("login block-for") if whole(w)] if block and not block.negated else []
    fails = tree.last("aaa local authentication attempts max-fail")
    limit = fails.after("aaa local authentication attempts max-fail") if fails and not fails.negated else []
    if block and len(numbers) >= 3:
        sheet.put("password-policy", "device", "lockout", "login block-for", block)
        sheet.put("password-policy", "device", "lockout_attempts", str(numbers[1]), block)
        sheet.put("password-policy", "device", "lockout_seconds", str(numbers[0]), block)
    elif limit and whole(limit[0]):
        sheet.put("password-policy", "device", "lockout", "aaa max-fail", fails)
        sheet.put("password-policy", "device", "lockout_attempts", limit[0], fails)
    else:
        for setting in ("lockout", "lockout_attempts", "lockout_seconds"):
            sheet.missing("password-policy", "device", setting)


# -- logging and time ------------------------------------------------------------------------------------------------


def _logging(tree: Tree, sheet: Sheet) -> None:
    sheet.switch("logging", "device", "enabled", _exact(tree, "logging on"), default=YES)
    hosts = [n for n in tree.all("logging") if not n.negated and _log_host(n)]
    if hosts:
        names = list(dict.fromkeys(_log_host(n) for n in hosts))
        sheet.put("logging", "device", "remote_hosts", ",".join(names), hosts[0], number=len(names))
    else:
        sheet.missing("logging", "device", "remote_hosts", number=0)
    for node in hosts:
        words = node.key.split()
        kind = words[words.index("transport") + 1] if "transport" in words[:-1] else "udp"
        sheet.put("logging", f"host {_log_host(node)}", "transport", kind, node, present="transport" in words)
    trap = tree.last("logging trap")
    level = trap.after("logging trap") if trap and not trap.negated else []
    if trap:
        sheet.put("logging", "device", "level", NO if trap.negated else level[0] if level else "informational", trap)
    else:
        sheet.missing("logging", "device", "level", "informational")
    buffered = tree.last("logging buffered")
    sizes = [w for w in buffered.after("logging buffered") if whole(w) and int(w) > 7] if buffered else []
    if buffered and buffered.negated:
        sheet.put("logging", "device", "buffer", NO, buffered, number=0)
    elif sizes:
        sheet.put("logging", "device", "buffer", sizes[0], buffered)
    else:
        sheet.missing("logging", "device", "buffer", UNKNOWN, buffered)
    stamps = tree.last("service timestamps log")
    if stamps:
        words = stamps.after("service timestamps log")
        sheet.put("logging", "device", "timestamps", ABSENT if stamps.negated else " ".join(words) or "uptime", stamps)
    else:
        sheet.missing("logging", "device", "timestamps", UNKNOWN)
    sheet.switch(
        "logging", "device", "login_failures", tree.last("login on-failure log", "login on-failure"), default=ABSENT
    )
    archive = tree.last("archive")
    config = last(archive.children, "log config") if archive else None
    enable = last(config.children, "logging enable") if config else None
    sheet.switch("logging", "device", "config_changes", enable, default=ABSENT)


def _log_host(node: Node) -> str:
    """The server that a ``logging`` command names, empty if it names none."""
    words = node.after("logging")
    if words and words[0].lower() == "host":
        words = words[1:]
        if words and words[0].lower() == "ipv6":
            words = words[1:]
        return words[0] if words else ""
    return words[0] if words and re.search(r"[.:]", words[0]) else ""  # other words are options: buffered, trap, ...


def _time(tree: Tree, sheet: Sheet) -> None:
    nodes = [n for c in ("ntp server", "ntp peer", "sntp server") for n in tree.all(c) if not n.negated]
    nodes += [i for b in tree.all("interface") for i in every(b.children, "ntp broadcast client") if not i.negated]
    names = [_time_host(n) for n in nodes]
    if nodes:
        sheet.put("time", "device", "sources", ",".join(dict.fromkeys(names)), nodes[0], number=len(set(names)))
    else:
        sheet.missing("time", "device", "sources", number=0)
    for node, name in zip(nodes, names, strict=True):
        sheet.put("time", f"server {name}", "key", YES if "key" in node.key.split() else NO, node)
    authenticate = tree.last("ntp authenticate")
    sheet.switch("time", "device", "authentication", authenticate, default=NO)
    sheet.words("time", "device", "timezone", "clock timezone")


def _time_host(node: Node) -> str:
    words = node.text.split()[2:]
    if node.is_("ntp broadcast client"):
        return "broadcast"
    if words[:1] == ["vrf"]:
        words = words[2:]
    if words[:1] in (["ip"], ["ipv6"]):
        words = words[1:]
    return words[0] if words else ""


# -- lines -----------------------------------------------------------------------------------------------------------

_LINE_KINDS = {"con": "console", "console": "console", "vty": "vty", "aux": "aux", "tty": "tty"}


def _line_name(block: Node) -> str:
    words = block.after("line")
    kind = _LINE_KINDS.get(words[0].lower()) if words else None
    return " ".join([kind, *words[1:]]) if kind else " ".join(["tty", *words])


def _lines(tree: Tree, sheet: Sheet) -> None:
    blocks = [b for b in tree.all("line") if not b.negated]
    aaa = _is_on(tree.last("aaa new-model"))
    telnet: list[tuple[str, Node]] = []
    for block in blocks:
        name = _line_name(block)
        transport, node = _transport(block)
        closed = (transport == "none" and name.startswith("vty")) or _closed(block)
        _line_session(sheet, name, block, closed=closed)
        _line_access(sheet, name, block, aaa=aaa, closed=closed)
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
    answer, at = max(telnet, key=lambda t: (NO, UNKNOWN, YES).index(t[0]), default=(UNKNOWN, None))
    sheet.put("management", "telnet", "enabled", answer, at, present=answer != UNKNOWN)


def _closed(block: Node) -> bool:
    node = last(block.children, "exec")
    return node is not None and node.negated and node.key == "exec"


def _transport(block: Node) -> tuple[str, Node | None]:
    node = last(block.children, "transport input")
    if node is None:
        return UNKNOWN, None
    words = [w.lower() for w in node.after("transport input")]
    return ("none" if node.negated or not words else ",".join(words)), node


def _line_session(sheet: Sheet, name: str, block: Node, *, closed: bool) -> None:
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


def _line_access(sheet: Sheet, name: str, block: Node, *, aaa: bool, closed: bool) -> None:
    login = last(block.children, "login")
    if closed:
        sheet.put("line", name, "authentication", CLOSED, login or block, present=login is not None)
    elif login is None:
        default = "aaa" if aaa else "none" if name.startswith("console") else UNKNOWN
        sheet.missing("line", name, "authentication", default, block)
    else:
        words = [w.lower() for w in login.after("login")]
        how = (
            "none"
            if login.negated
            else {"local": "local", "authentication": "aaa", "tacacs": "aaa"}.get(words[0] if words else "", "password")
        )
        sheet.put("line", name, "authentication", how, login)
    if not name.startswith("vty"):
        return
    bound = [n for n in block.children if _access_class(n)[1:2] == ["in"]]
    if closed:
        sheet.put("line", name, "access_acl", CLOSED, block, present=False)
    elif bound:
        sheet.put("line", name, "access_acl", _access_class(bound[-1])[0], bound[-1])
    else:
        sheet.missing("line", name, "access_acl", node=block)


def _access_class(node: Node) -> list[str]:
    """The list and its direction in an ``access-class`` line, empty for other lines."""
    for command in ("access-class", "ipv6 access-class"):
        if node.is_(command) and not node.negated:
            return node.after(command)
    return []


# -- interfaces ------------------------------------------------------------------------------------------------------

_KINDS = (
    ("vlan", "svi"),
    ("port-channel", "lag"),
    ("loopback", "loopback"),
    ("tunnel", "tunnel"),
    ("null", "other"),
    ("bdi", "svi"),
    ("cellular", "other"),
    ("virtual-", "other"),
)


MAX_TEMPLATE = 200  # commands of an interface template


def _interfaces(tree: Tree, sheet: Sheet) -> None:
    guard = _is_on(_guard_default(tree))
    templates = {" ".join(t.after("template")).lower(): t for t in tree.all("template")}
    for block in tree.all("interface"):
        if block.negated:
            continue
        name = " ".join(block.after("interface"))
        kind = next((k for start, k in _KINDS if name.lower().startswith(start)), "physical")
        source = last(block.children, "source template")
        template = templates.get(" ".join(source.after("source template")).lower()) if source else None
        nodes = (template.children[-MAX_TEMPLATE:] if template else []) + block.children
        sheet.put("interface", name, "kind", kind, block)
        if kind == "other":
            continue
        _interface_common(sheet, name, block, nodes)
        if kind in ("physical", "lag"):
            _port(sheet, name, block, nodes, guard=guard, sub="." in name)


def _interface_common(sheet: Sheet, name: str, block: Node, nodes: list[Node]) -> None:
    sheet.switch("interface", name, "shutdown", last(nodes, "shutdown"), default=NO, block=block)
    text = last(nodes, "description")
    sheet.put(
        "interface",
        name,
        "description",
        " ".join(text.after("description")) if text else ABSENT,
        text or block,
        present=text is not None,
    )
    node = next((n for n in reversed(nodes) if n.is_("ip address") and "secondary" not in n.key), None)
    words = node.after("ip address") if node and not node.negated else []
    if len(words) >= 2 and (bits := acls.prefix_length(words[1])) is not None:
        sheet.put("interface", name, "address", f"{words[0]}/{bits}", node)
    elif words:
        sheet.put("interface", name, "address", words[0], node)
    else:
        sheet.missing("interface", name, "address", node=block)
    for setting, way in (("acl_in", "in"), ("acl_out", "out")):
        bound = [n for n in nodes if _filter(n) and not n.negated and n.key.split()[-1] == way]
        if bound:
            sheet.put("interface", name, setting, bound[-1].text.split()[-2], bound[-1])
        else:
            sheet.missing("interface", name, setting, node=block)


def _filter(node: Node) -> bool:
    return node.is_("ip access-group") or node.is_("ipv6 traffic-filter") or node.is_("mac access-group")


def _port(sheet: Sheet, name: str, block: Node, nodes: list[Node], *, guard: bool, sub: bool) -> None:
    """Switching settings of a port."""
    mode, node = _mode(nodes, sub=sub)
    sheet.put("interface", name, "mode", mode, node or block, present=node is not None)
    if mode == "routed":
        return
    negotiate = last(nodes, "switchport nonegotiate")
    fixed = negotiate is not None and not negotiate.negated
    how = NO if fixed or mode == "access" else YES if mode == "dynamic" else UNKNOWN
    sheet.put("interface", name, "negotiation", how, negotiate or node or block, present=fixed)
    if mode != "trunk":
        sheet.words("interface", name, "access_vlan", "switchport access vlan", default="1", block=block, nodes=nodes)
    if mode != "access":
        sheet.words(
            "interface", name, "native_vlan", "switchport trunk native vlan", default="1", block=block, nodes=nodes
        )
        _trunk_vlans(sheet, name, block, nodes)
    sheet.switch(
        "interface",
        name,
        "port_security",
        next((n for n in reversed(nodes) if n.key == "switchport port-security"), None),
        default=ABSENT,
        block=block,
    )
    dot1x = last(
        nodes, "authentication port-control auto", "dot1x port-control auto", "access-session port-control auto"
    )
    sheet.switch("interface", name, "dot1x", dot1x, default=ABSENT, block=block)
    storm = last(nodes, "storm-control broadcast", "storm-control multicast", "storm-control unicast")
    sheet.switch("interface", name, "storm_control", storm, default=ABSENT, block=block)
    edge = last(nodes, "spanning-tree portfast")
    is_edge = edge is not None and not edge.negated and "disable" not in edge.key
    sheet.put("interface", name, "edge", YES if is_edge else ABSENT, edge or block, present=is_edge)
    bpdu = last(nodes, "spanning-tree bpduguard")
    if bpdu:
        off = bpdu.negated or "disable" in bpdu.key
        sheet.put("interface", name, "bpdu_guard", NO if off else YES, bpdu)
    else:
        sheet.missing("interface", name, "bpdu_guard", YES if guard and is_edge else ABSENT, block)


def _mode(nodes: list[Node], *, sub: bool) -> tuple[str, Node | None]:
    off = next((n for n in nodes if n.key == "switchport" and n.negated), None)
    if off:
        return "routed", off
    node = last(nodes, "switchport mode")
    if node and not node.negated:
        words = node.after("switchport mode")
        return (words[0].lower() if words else UNKNOWN), node
    address = last(nodes, "ip address", "ipv6 address")
    if sub or (address and not address.negated):
        return "routed", address
    return UNKNOWN, None


def _trunk_vlans(sheet: Sheet, name: str, block: Node, nodes: list[Node]) -> None:
    """The allowed list; long lists are printed in several lines that begin with ``add``."""
    found = [n for n in every(nodes, "switchport trunk allowed vlan") if not n.negated]
    if not found:
        sheet.missing("interface", name, "trunk_vlans", "all", block)
        return
    words = [w for n in found for w in n.after("switchport trunk allowed vlan") if w.lower() != "add"]
    sheet.put("interface", name, "trunk_vlans", ",".join(words), found[0])


# -- access lists ----------------------------------------------------------------------------------------------------

_PORT_WORDS = {"eq": 1, "neq": 1, "gt": 1, "lt": 1, "range": 2}
_NARROWS_NOTHING = frozenset({"log", "log-input", "smartlog"})


def _access_lists(tree: Tree) -> acls.Acls:
    lists = acls.Acls()
    for node in tree.all("access-list"):
        words = node.after("access-list")
        if node.negated or len(words) < 2 or words[1].lower() not in ("permit", "deny"):
            continue
        number = int(words[0]) if whole(words[0]) else 0
        acl = lists.open(words[0], node)
        standard = 1 <= number <= 99 or 1300 <= number <= 1999
        family = "standard" if standard else "extended" if 100 <= number <= 199 or 2000 <= number <= 2699 else "other"
        acl.entries.append(_entry(node, words[1:], family, len(acl.entries) + 1))
    for command in (
        "ip access-list standard",
        "ip access-list extended",
        "ipv6 access-list",
        "mac access-list extended",
    ):
        for block in tree.all(command):
            words = block.after(command)
            if block.negated or not words:
                continue
            acl = lists.open(words[0], block)
            for node in block.children:
                entry = node.text.split()
                family = "other" if command.startswith("mac") else command.rsplit(" ", 1)[-1]
                position: str | int = len(acl.entries) + 1
                if entry[0].lower() == "sequence" and len(entry) > 1:
                    entry = entry[1:]
                if whole(entry[0]):
                    position, entry = entry[0], entry[1:]
                if entry and entry[0].lower() in ("permit", "deny") and not node.negated:
                    acl.entries.append(_entry(node, entry, family, position))
    return lists


def _entry(node: Node, words: list[str], family: str, position: str | int) -> acls.Entry:
    """One entry from its words, ``permit`` or ``deny`` first.

    ``family``: standard, extended, access-list (IPv6, written like extended), other.
    """
    action, rest = words[0].lower(), words[1:]
    if family == "other":
        return acls.Entry(node, str(position), action, "other", "", "", " ".join(rest))
    protocol = "ip"
    if family != "standard" and rest:
        protocol, rest = rest[0].lower(), rest[1:]
    source, rest = _address(rest)
    destination = acls.ANY
    source_ports = ""
    if family != "standard":
        source_ports, rest = _ports(rest)
        destination, rest = _address(rest)
    options = [w for w in rest if w.lower() not in _NARROWS_NOTHING]
    if "time-range" in options:
        at = options.index("time-range")
        del options[at : at + 2]
    if source_ports:
        options.insert(0, f"source {source_ports}")
    return acls.Entry(node, str(position), action, protocol, source, destination, " ".join(options))


def _address(words: list[str]) -> tuple[str, list[str]]:
    if not words:
        return acls.ANY, []
    head = words[0].lower()
    if head == "any":
        return acls.ANY, words[1:]
    if head in ("host", "object-group") and len(words) > 1:
        return (words[1] if head == "host" else f"group {words[1]}"), words[2:]
    if "/" in head or ":" in head:
        return (acls.ANY if head in ("::/0", "0.0.0.0/0") else words[0]), words[1:]
    if len(words) > 1 and acls.number(words[1]) is not None:
        return acls.network(words[0], words[1]), words[2:]
    return words[0], words[1:]


def _ports(words: list[str]) -> tuple[str, list[str]]:
    count = _PORT_WORDS.get(words[0].lower(), 0) if words else 0
    if count == 1:  # eq takes several ports
        while count + 1 < len(words) and whole(words[count + 1]):
            count += 1
    return (" ".join(words[: count + 1]), words[count + 1 :]) if count else ("", words)


def _bind(tree: Tree, lists: acls.Acls) -> None:
    """Note where every list is used."""
    for block in tree.all("interface"):
        for node in block.children:
            if _filter(node) and not node.negated and len(node.text.split()) >= 4:
                words = node.text.split()
                lists.use(words[-2], node, f"interface {' '.join(block.after('interface'))} {words[-1]}")
    for block in tree.all("line"):
        for node in block.children:
            if len(words := _access_class(node)) >= 2:
                lists.use(words[0], node, f"line {_line_name(block)} {words[1]}")
    _bind_services(tree, lists)
    _bind_selectors(tree, lists)


def _bind_services(tree: Tree, lists: acls.Acls) -> None:
    """Lists that guard SNMP, the web server and NTP."""
    for i, node in enumerate([n for n in tree.all("snmp-server community") if not n.negated], 1):
        words = node.text.split()
        if words[-1].lower() not in ("ro", "rw", MASK) and "view" not in words[-2:-1]:
            lists.use(words[-1], node, f"snmp community {i}")
    for node in tree.all("snmp-server group") + tree.all("snmp-server user"):
        words = node.text.split()
        if not node.negated and "access" in words[3:-1]:
            lists.use(words[-1], node, f"snmp {words[1]} {words[2]}")
    for node in [*tree.all("ip http access-class"), *tree.all("ntp access-group")]:
        if not node.negated:
            lists.use(node.text.split()[-1], node, "ntp" if node.is_("ntp") else "http")


def _bind_selectors(tree: Tree, lists: acls.Acls) -> None:
    """Places that only choose traffic with a list: their permit is no permission."""
    for header in ("route-map", "class-map", "vlan access-map", "crypto map"):
        for block in tree.all(header):
            for node in block.children:
                if node.key.startswith("match"):
                    for word in node.text.split()[1:]:
                        lists.use(word, node, block.text, filters=False)
    for node in tree.all("ip nat"):
        words = node.text.split()
        if "list" in words[:-1]:
            lists.use(words[words.index("list") + 1], node, "nat", filters=False)
