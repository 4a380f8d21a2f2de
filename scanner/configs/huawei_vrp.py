"""Huawei VRP (S, AR, CE and NE series): ``display current-configuration`` as settings.

Sources: Huawei S series, CloudEngine and NetEngine Command References (basic configuration, user login, SNMP, AAA, NTP,
information centre, ACL). Access lists: with a traffic filter, packets that no rule matches are forwarded; where a list
guards a login or SNMP, they are refused. Where a default changed between releases the row says ``unknown-default``:
the Telnet and web servers, ``protocol inbound``, the link type of a port.
"""

from __future__ import annotations

import re

from scanner.configs import acls
from scanner.configs.settings import ABSENT, CLOSED, NO, UNKNOWN, YES, Configuration, Sheet, account, unguarded, whole
from scanner.configs.tree import Grammar, Node, Opaque, Tree, every, last, parse

DIALECT = "huawei-vrp"

GRAMMAR = Grammar(
    name="sysname",
    negation="undo ",
    separator="#",
    end="return",
    header=re.compile(
        r"(?:interface|user-interface (?:con|vty|aux|tty)|aaa$|acl|vlan \d|traffic (?:classifier|behavior|policy)|ospf"
        r"|bgp|radius-server template|hwtacacs-server template|hwtacacs server template|ssl policy|pki|keychain)\b",
        re.IGNORECASE,
    ),
    top=re.compile(
        r"(?:undo )?(?:sysname|vlan batch|telnet|stelnet|ssh|ftp|sftp|scp|http|snmp-agent|info-center|ntp|ntp-service"
        r"|clock|header|super|ip route-static|stp (?:mode|bpdu)|lldp enable|dhcp|user-interface maximum)\b",
        re.IGNORECASE,
    ),
    opaque=(
        Opaque(re.compile(r"header (?:login|shell|motd)(?: information)?\s+(?P<rest>[^\s\w].*)", re.IGNORECASE)),
        Opaque(re.compile(r"public-key-code begin", re.IGNORECASE), re.compile("public-key-code end", re.IGNORECASE)),
        Opaque(re.compile(r"-----BEGIN "), re.compile(r"-----END ")),
    ),
    opaque_words=frozenset(("header", "public-key-code", "-----begin")),
    prompt=re.compile(r"<[\w.@/:-]+>|\[[~*]?[\w.@/:-]+\]"),
    about=re.compile(r"!Software Version V"),
)

_NOT_VRP = re.compile(  # what only Comware has, and IOS, JSON and XML
    rb"^(?: ?version \d+\.\d+\.\d+, |line (?:vty|aux|class|console) | ?password-control | irf|acl (?:advanced|basic) "
    rb"|interface (?:Vlan-interface|Bridge-Aggregation|Route-Aggregation|M-|Ten-|FortyGigE|HundredGigE)"
    rb"|local-user \S+ class |ssh server enable|(?:undo )?ip https? enable|dhcp server ip-pool "
    rb"|hostname |[{<]\?|\s*[{\[]\s*[\"{\]])",
    re.MULTILINE,
)
_VERSION = re.compile(rb"^!Software Version (V\d+R\d+\w*)", re.MULTILINE)
_SYSNAME = re.compile(rb"^sysname \S", re.MULTILINE)
_TELLTALES = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        rb"^#[ \r]*$",
        rb"^user-interface (?:con|vty|aux|maximum-vty) ",
        rb"^undo \w",
        rb"^(?:undo )?info-center ",
        rb"^(?:undo )?(?:stelnet|telnet|http)(?: ipv[46])? (?:secure-)?server",
        rb"^snmp-agent\b",
        rb"^ ?local-user \S+ ",
        rb"^interface (?:GigabitEthernet|XGigabitEthernet|\d+GE|GE|XGE|MEth|MultiGE|Vlanif|Eth-Trunk|Ethernet\d|NULL0)",
        rb"^vlan batch ",
        rb"^acl (?:number|name|ipv6) ",
        rb"^aaa[ \r]*$",
        rb"^return[ \r]*$",
        rb"^ port (?:link-type|default vlan|trunk|hybrid) ",
    )
)


def recognises(name: str, head: bytes) -> bool:  # noqa: ARG001 - content decides, the name is part of the interface
    """The first kilobytes are a VRP configuration, and no Comware one."""
    head = head.replace(b"\r\n", b"\n")
    if _NOT_VRP.search(head):
        return False
    votes = sum(1 for t in _TELLTALES if t.search(head))
    return bool(_VERSION.search(head) and votes >= 2) or bool(_SYSNAME.search(head) and votes >= 3)


def read(data: bytes, name: str) -> Configuration:
    """The settings of a VRP configuration; InputError when it is no text or empty."""
    tree = parse(data, name, GRAMMAR)
    sheet = Sheet(tree, DIALECT)
    sheet.version = tree.about.text.split()[-1] if tree.about else ""
    lists = _access_lists(tree)
    for topic in (
        _system,
        _services,
        _ssh,
        _snmp,
        _accounts,
        _aaa,
        _password_policy,
        _logging,
        _time,
        _lines,
        _interfaces,
    ):
        topic(tree, sheet)
    _bind(tree, lists)
    acls.rows(sheet, lists, _DEFAULT_ACTIONS)
    return sheet.configuration()


_DEFAULT_ACTIONS = (
    ("interface", "permit"),
    ("vlan", "permit"),
    ("all interfaces", "permit"),
    ("line", "deny"),
    ("snmp", "deny"),
    ("ssh", "deny"),
    ("telnet", "deny"),
    ("http", "deny"),
    ("ftp", "deny"),
)


# -- the device ------------------------------------------------------------------------------------------------------


def _system(tree: Tree, sheet: Sheet) -> None:
    named = tree.last("sysname")
    sheet.put("system", "device", "hostname", tree.name, named, present=named is not None)
    sheet.put("system", "device", "version", sheet.version or ABSENT, tree.about, present=bool(sheet.version))
    sheet.put("system", "device", "complete", YES if tree.complete else NO)
    for vlan in tree.all("vlan"):
        ids = " ".join(vlan.after("vlan"))
        if not vlan.negated and whole(ids):
            text = last(vlan.children, "name", "description")
            sheet.put(
                "system", f"vlan {ids}", "vlan_name", " ".join(text.text.split()[1:]) if text else "", text or vlan
            )
    for route in tree.all("ip route-static 0.0.0.0 0.0.0.0") + tree.all("ip route-static 0.0.0.0 0"):
        if not route.negated:
            sheet.put("system", "device", "default_route", " ".join(route.after("ip route-static 0.0.0.0 0")), route)
    mode = tree.last("stp mode")
    if mode:
        sheet.put("system", "spanning-tree", "mode", " ".join(mode.after("stp mode")), mode)
    sheet.switch("system", "spanning-tree", "bpdu_guard_default", tree.last("stp bpdu-protection"), default=ABSENT)
    sheet.switch("system", "switching", "dhcp_snooping", tree.last("dhcp snooping enable"), default=ABSENT)
    sheet.switch("system", "switching", "dot1x", tree.last("dot1x enable"), default=ABSENT)
    command = "set save-configuration backup-to-server"
    sheet.words("system", "device", "archive", command)


# -- management services ---------------------------------------------------------------------------------------------

# item -> commands that end in enable or disable, and what absence means (NO where every release has it off)
_SERVICES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("telnet", ("telnet server", "telnet ipv4 server", "telnet ipv6 server"), UNKNOWN),
    ("ssh", ("stelnet server", "stelnet ipv4 server", "stelnet ipv6 server"), UNKNOWN),
    ("http", ("http server", "http ipv4 server", "http ipv6 server"), UNKNOWN),
    ("https", ("http secure-server", "http ipv4 secure-server", "http ipv6 secure-server"), UNKNOWN),
    ("ftp", ("ftp server", "ftp ipv6 server"), NO),
    ("sftp", ("sftp server", "sftp ipv4 server", "sftp ipv6 server"), UNKNOWN),
    ("scp", ("scp server", "scp ipv4 server", "scp ipv6 server"), UNKNOWN),
    ("netconf", ("snetconf server", "snetconf ipv4 server", "snetconf ipv6 server"), UNKNOWN),
    ("lldp", ("lldp",), UNKNOWN),
    ("cluster", ("cluster",), UNKNOWN),
)


_COMMANDS = {item: commands for item, commands, _ in _SERVICES}
_GUARDS = (
    ("http", ("http acl", "http server acl")),
    ("https", ("http acl", "http secure-server acl")),
    ("ssh", ("ssh server acl", "ssh ipv4 server acl")),
    ("telnet", ("telnet server acl",)),
)


def _enabled(tree: Tree, commands: tuple[str, ...]) -> tuple[str, Node | None]:
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


def _services(tree: Tree, sheet: Sheet) -> None:
    for item, commands, default in _SERVICES:
        answer, node = _enabled(tree, commands)
        if node:
            sheet.put("management", item, "enabled", answer, node)
        else:
            sheet.missing("management", item, "enabled", default)
    for item, acl in _GUARDS:
        answer, on = _enabled(tree, _COMMANDS[item])
        node = tree.last(*acl)
        if node and not node.negated:
            sheet.put("management", item, "acl", node.text.split()[-1], node)
        else:
            sheet.missing("management", item, "acl", unguarded(answer), on)
    header = tree.last("header")
    if header and not header.negated:
        sheet.put("management", "device", "banner", "".join(header.after("header")[:1]), header)
    else:
        sheet.missing("management", "device", "banner")


def _ssh(tree: Tree, sheet: Sheet) -> None:
    old = tree.last("ssh server compatible-ssh1x")
    if old:
        sheet.put("management", "ssh", "version", "2" if old.negated or old.key.endswith("disable") else "1.99", old)
    else:
        sheet.missing("management", "ssh", "version", UNKNOWN)
    for setting, command, default in (
        ("ciphers", "ssh server cipher", UNKNOWN),
        ("macs", "ssh server hmac", UNKNOWN),
        ("key_exchange", "ssh server key-exchange", UNKNOWN),
        ("timeout", "ssh server timeout", "60"),
        ("retries", "ssh server authentication-retries", "3"),
    ):
        sheet.words("management", "ssh", setting, command, default=default, join=",")


# -- SNMP ------------------------------------------------------------------------------------------------------------


def _snmp(tree: Tree, sheet: Sheet) -> None:
    nodes = tree.all("snmp-agent")
    agent = next((n for n in reversed(nodes) if n.key == "snmp-agent"), None)
    on = [
        n
        for n in nodes
        if not n.negated and n.key.split()[1:2] and n.key.split()[1] in ("community", "usm-user", "group")
    ]
    if agent is None and on:
        sheet.put("snmp", "agent", "enabled", YES, on[0])
    else:
        sheet.switch("snmp", "agent", "enabled", agent, default=NO)
    if (agent and agent.negated) or not (agent or on):
        return
    nodes = [n for n in nodes if not n.negated]
    versions = [n for n in nodes if n.is_("snmp-agent sys-info version")]
    if versions:
        words = [w for n in versions for w in n.key.split()[3:]]
        named = ["v1", "v2c", "v3"] if "all" in words else sorted({w for w in words if w in ("v1", "v2c", "v3")})
        sheet.put("snmp", "agent", "versions", ",".join(named), versions[-1])
    else:
        sheet.missing("snmp", "agent", "versions", UNKNOWN, agent)
    general = next((n for n in reversed(nodes) if n.is_("snmp-agent acl")), None)
    communities = [n for n in nodes if n.is_("snmp-agent community read") or n.is_("snmp-agent community write")]
    for i, node in enumerate(communities, 1):
        _community(sheet, f"community {i}", node, general)
    for i, node in enumerate(every(nodes, "snmp-agent target-host"), 1):
        _trap_receiver(sheet, i, node)
    for node in every(nodes, "snmp-agent group"):
        _snmp_group(sheet, node)
    _snmp_users(sheet, every(nodes, "snmp-agent usm-user v3"))


def _community(sheet: Sheet, item: str, node: Node, general: Node | None) -> None:
    secret = node.secrets[0] if node.secrets else None
    known = secret.default if secret else None
    sheet.put("snmp", item, "access", "rw" if node.is_("snmp-agent community write") else "ro", node)
    sheet.put("snmp", item, "default_community", "unknown" if known is None else YES if known else NO, node)
    sheet.put("snmp", item, "storage", secret.storage if secret else "unknown", node)
    words = node.text.split()
    for setting, word in (("view", "mib-view"), ("acl", "acl")):
        if word in words[:-1]:
            sheet.put("snmp", item, setting, words[words.index(word) + 1], node)
        elif setting == "acl" and general:
            sheet.put("snmp", item, setting, general.text.split()[-1], general)
        else:
            sheet.missing("snmp", item, setting, node=node)


def _trap_receiver(sheet: Sheet, i: int, node: Node) -> None:
    words = node.key.split()
    address = words[words.index("udp-domain") + 1] if "udp-domain" in words[:-1] else str(i)
    version = next((w[1:] for w in words if w in ("v1", "v2c", "v3")), "1")
    item = f"host {address} ({i})"
    sheet.put("snmp", item, "version", version, node)
    if version == "3":
        level = "priv" if "privacy" in words else "auth" if "authentication" in words else "noauth"
        sheet.put("snmp", item, "level", level, node)


def _snmp_group(sheet: Sheet, node: Node) -> None:
    words = node.after("snmp-agent group")
    if len(words) < 2:
        return
    item = f"group {words[1]}"
    sheet.put("snmp", item, "version", words[0].lower(), node)
    if words[0].lower() == "v3":
        level = "priv" if "privacy" in words else "auth" if "authentication" in words[2:] else "noauth"
        sheet.put("snmp", item, "level", level, node)
    for setting, word in (("write_view", "write-view"), ("acl", "acl")):
        at = words.index(word) + 1 if word in words[:-1] else 0
        sheet.put("snmp", item, setting, words[at] if at else ABSENT, node, present=bool(at))


def _snmp_users(sheet: Sheet, nodes: list[Node]) -> None:
    """A user is spread over several lines: group, authentication, privacy."""
    users: dict[str, dict[str, tuple[str, Node]]] = {}
    for node in nodes:
        words = node.after("snmp-agent usm-user v3")
        if not words:
            continue
        user = users.setdefault(words[0], {"": ("", node)})
        for word in ("authentication-mode", "privacy-mode"):
            if word in words[:-1]:
                user[word] = (words[words.index(word) + 1].lower(), node)
    for name, user in users.items():
        first = user[""][1]
        level = "priv" if "privacy-mode" in user else "auth" if "authentication-mode" in user else "noauth"
        sheet.put("snmp", f"user {name}", "level", level, first)
        for setting, word in (("auth_algorithm", "authentication-mode"), ("priv_algorithm", "privacy-mode")):
            value, node = user.get(word, (ABSENT, first))
            sheet.put("snmp", f"user {name}", setting, value, node, present=word in user)


# -- accounts --------------------------------------------------------------------------------------------------------


def _in_aaa(tree: Tree) -> list[Node]:
    return [n for block in tree.all("aaa") for n in block.children]


def _accounts(tree: Tree, sheet: Sheet) -> None:
    users: dict[str, list[Node]] = {}
    for node in tree.all("local-user") + every(_in_aaa(tree), "local-user"):
        words = node.after("local-user")
        if not node.negated and len(words) > 1 and words[0].lower() != "policy":
            users.setdefault(words[0], []).append(node)
    for name, nodes in users.items():
        _user(sheet, name, nodes)
    for node in tree.all("super password"):
        if not node.negated and node.secrets:
            level = re.search(r"level (\d+)", node.key)
            account(sheet, f"super password level {level.group(1) if level else 'default'}", node)
    for block in tree.all("user-interface"):
        node_ = last(block.children, "set authentication password")
        if node_ and node_.secrets and not node_.negated:
            account(sheet, f"line {_line_name(block)} password", node_)
    for header in ("radius-server template", "hwtacacs-server template", "hwtacacs server template"):
        for block in tree.all(header):
            for node in block.children:
                if node.secrets and "key" in node.key:
                    sheet.put("account", block.text, "key_storage", node.secrets[0].storage, node)


def _user(sheet: Sheet, name: str, nodes: list[Node]) -> None:
    item = f"user {name}"
    password = next((n for n in reversed(nodes) if n.secrets), None)
    if password:
        account(sheet, item, password, name)
    for node in nodes:
        words = node.key.split()
        if "level" in words[:-1] and whole(words[words.index("level") + 1]):
            level = words[words.index("level") + 1]
            sheet.put("account", item, "privilege", level, node)
            break
    else:
        sheet.missing("account", item, "privilege", UNKNOWN, nodes[0])
    for node in nodes:
        words = node.key.split()
        if "service-type" in words:
            sheet.put("account", item, "services", ",".join(words[words.index("service-type") + 1 :]), node)
            break
    else:
        sheet.missing("account", item, "services", UNKNOWN, nodes[0])


def _aaa(tree: Tree, sheet: Sheet) -> None:
    nodes = _in_aaa(tree)
    schemes = [
        n for n in every(nodes, "authentication-scheme") if n.children and last(n.children, "authentication-mode")
    ]
    for scheme in schemes:
        mode = last(scheme.children, "authentication-mode")
        assert mode is not None  # noqa: S101 - chosen above
        words = [w.lower() for w in mode.after("authentication-mode")]
        item = f"aaa login {scheme.text.split()[-1]}"
        sheet.put("account", item, "login_methods", ",".join(words), mode)
        sheet.put(
            "account", item, "central", YES if words and words[0] in ("radius", "hwtacacs", "ldap", "ad") else NO, mode
        )
        sheet.put("account", item, "local_fallback", YES if "local" in words else NO, mode)
    if not schemes:
        sheet.missing("account", "aaa", "central", NO, tree.last("aaa"))
    records = [
        m
        for n in every(nodes, "accounting-scheme") + every(nodes, "recording-scheme")
        for m in n.children
        if (m.is_("accounting-mode") and not m.key.endswith("none")) or m.is_("recording-mode")
    ]
    if records:
        sheet.put("account", "aaa", "accounting", YES, records[0])
    else:
        sheet.missing("account", "aaa", "accounting", node=tree.last("aaa"))


def _password_policy(tree: Tree, sheet: Sheet) -> None:
    nodes = _in_aaa(tree)
    command = "set password min-length"
    sheet.words("password-policy", "device", "min_length", command, default=UNKNOWN)
    enhance = last(nodes, "local-user policy security-enhance") or tree.last("user-password complexity-check")
    sheet.switch("password-policy", "device", "complexity", enhance, default=UNKNOWN)
    policy = last(nodes, "local-aaa-user password policy administrator")
    sheet.words("password-policy", "device", "max_age", "password expire", default=UNKNOWN, block=policy)
    lock = last(nodes, "local-aaa-user wrong-password", "local-user authentication lock")
    if lock is None:
        for setting in ("lockout", "lockout_attempts", "lockout_seconds"):
            sheet.missing("password-policy", "device", setting, UNKNOWN)
        return
    if lock.negated:
        sheet.put("password-policy", "device", "lockout", ABSENT, lock)
        return
    sheet.put("password-policy", "device", "lockout", "local-aaa-user wrong-password", lock)
    for setting, pattern, factor in (
        ("lockout_attempts", r"retry-time (\d+)", 1),
        ("lockout_seconds", r"block-time (\d+)", 60),
    ):
        if found := re.search(pattern, lock.key):
            number = float(found.group(1)) * factor
            sheet.put("password-policy", "device", setting, f"{number:.0f}", lock)


# -- logging and time ------------------------------------------------------------------------------------------------


def _logging(tree: Tree, sheet: Sheet) -> None:
    sheet.switch("logging", "device", "enabled", tree.last("info-center enable"), default=YES)
    hosts = [(n, _log_host(n)) for n in tree.all("info-center loghost") if not n.negated and _log_host(n)]
    if hosts:
        names = list(dict.fromkeys(name for _, name in hosts))
        sheet.put("logging", "device", "remote_hosts", ",".join(names), hosts[0][0], number=len(names))
    else:
        sheet.missing("logging", "device", "remote_hosts", number=0)
    for node, name in hosts:
        words = node.key.split()
        kind = words[words.index("transport") + 1] if "transport" in words[:-1] else "udp"
        sheet.put(
            "logging",
            f"host {name}",
            "transport",
            "tls" if "ssl-policy" in words else kind,
            node,
            present="transport" in words,
        )
    size = tree.last("info-center logbuffer")
    numbers = re.findall(r"size (\d+)", size.key) if size else []
    if size and size.negated and size.key == "info-center logbuffer":
        sheet.put("logging", "device", "buffer", NO, size, number=0)
    elif numbers:
        sheet.put("logging", "device", "buffer", numbers[0], size)
    else:
        sheet.missing("logging", "device", "buffer", UNKNOWN)
    stamp = tree.last("info-center timestamp log")
    if stamp and not stamp.negated:
        words = stamp.after("info-center timestamp log")
        value = (
            ABSENT if words[:1] == ["none"] else "uptime" if words[:1] == ["boot"] else "datetime " + " ".join(words)
        )
        sheet.put("logging", "device", "timestamps", value, stamp)
    else:
        sheet.missing("logging", "device", "timestamps", UNKNOWN)
    levels = [n for n in tree.all("info-center source") if re.search(r"(?:channel 2|loghost)\b.* log level \S+", n.key)]
    found = re.search(r"log level (\S+)", levels[-1].key) if levels else None
    if found:
        sheet.put("logging", "device", "level", found.group(1), levels[-1])
    else:
        sheet.missing("logging", "device", "level", UNKNOWN)


def _log_host(node: Node) -> str:
    """The server that an ``info-center loghost`` line names; empty for ``loghost source`` and the like."""
    words = node.after("info-center loghost")
    if words[:1] == ["ipv6"]:
        words = words[1:]
    if words[:1] == ["domain"]:
        return words[1] if len(words) > 1 else ""
    return words[0] if words and re.search(r"[.:]", words[0]) else ""


def _time(tree: Tree, sheet: Sheet) -> None:
    nodes = [
        n
        for start in ("ntp-service", "ntp")
        for kind in ("unicast-server", "unicast-peer", "ipv6 unicast-server")
        for n in tree.all(f"{start} {kind}")
        if not n.negated
    ]
    names = [next((w for w in n.text.split()[2:] if re.search(r"[.:]", w)), "") for n in nodes]
    clients = (
        "ntp-service multicast-client",
        "ntp-service broadcast-client",
        "ntp multicast-client",
        "ntp broadcast-client",
    )
    for block in tree.all("interface"):
        for node in block.children:
            if any(node.is_(c) for c in clients) and not node.negated:
                nodes.append(node)
                names.append(node.key.split()[1].removesuffix("-client"))
    if nodes:
        sheet.put("time", "device", "sources", ",".join(dict.fromkeys(names)), nodes[0], number=len(set(names)))
    else:
        sheet.missing("time", "device", "sources", number=0)
    for node, name in zip(nodes, names, strict=True):
        sheet.put("time", f"server {name}", "key", YES if "authentication-keyid" in node.key else NO, node)
    sheet.switch(
        "time",
        "device",
        "authentication",
        tree.last("ntp-service authentication enable", "ntp authentication enable"),
        default=NO,
    )
    sheet.words("time", "device", "timezone", "clock timezone")


# -- lines -----------------------------------------------------------------------------------------------------------

_LINE_KINDS = {"con": "console", "console": "console", "vty": "vty", "aux": "aux", "tty": "tty"}
_RESERVED = 16  # vty 16 and up are reserved for network management and the web


def _line_name(block: Node) -> str:
    words = block.after("user-interface")
    return " ".join([_LINE_KINDS.get(words[0].lower(), "tty"), *words[1:]]) if words else "tty"


def _lines(tree: Tree, sheet: Sheet) -> None:
    blocks = [
        b for b in tree.all("user-interface") if not b.negated and b.after("user-interface")[:1] != ["maximum-vty"]
    ]
    server, at = _enabled(tree, _COMMANDS["telnet"])
    vty = False
    for block in blocks:
        name = _line_name(block)
        _line_session(sheet, name, block)
        if name.startswith("vty"):
            vty = True
            _line_remote(sheet, name, block, server, at)
    if not vty:
        answer = NO if server == NO else UNKNOWN
        sheet.put("line", "vty", "telnet", answer, at, present=at is not None)
        sheet.missing("line", "vty", "idle_timeout", UNKNOWN)
        sheet.missing("line", "vty", "access_acl", UNKNOWN)


def _line_session(sheet: Sheet, name: str, block: Node) -> None:
    node = last(block.children, "idle-timeout")
    if node is None or node.negated:
        sheet.missing("line", name, "idle_timeout", "600", block)
    else:
        numbers = [int(w) for w in node.after("idle-timeout") if whole(w)] + [0, 0]
        seconds = numbers[0] * 60 + numbers[1]
        sheet.put("line", name, "idle_timeout", str(seconds) if seconds else "never", node, number=seconds)
    mode = last(block.children, "authentication-mode")
    if mode and not mode.negated and (words := mode.after("authentication-mode")):
        sheet.put("line", name, "authentication", words[0].lower(), mode)
    else:
        sheet.missing("line", name, "authentication", UNKNOWN, block)
    level = last(block.children, "user privilege level")
    if level and whole(level.key.split()[-1]):
        sheet.put("line", name, "privilege", level.key.split()[-1], level)


def _line_remote(sheet: Sheet, name: str, block: Node, server: str, at: Node | None) -> None:
    node = last(block.children, "protocol inbound")
    words = [w.lower() for w in node.after("protocol inbound")] if node and not node.negated else []
    protocol = words[0] if words else UNKNOWN
    sheet.put("line", name, "transport", protocol, node or block, present=bool(words))
    if protocol in ("ssh", "none") or server == NO:
        telnet = NO
        sheet.put("line", name, "telnet", telnet, node if words and protocol in ("ssh", "none") else at or block)
    elif protocol in ("telnet", "all") and server == YES:
        telnet = YES
        sheet.put("line", name, "telnet", telnet, node)
    else:
        telnet = UNKNOWN
        sheet.missing("line", name, "telnet", telnet, node or block)
    _line_access(sheet, name, block, protocol, telnet)


def _line_access(sheet: Sheet, name: str, block: Node, protocol: str, telnet: str) -> None:
    """The list on the line, else the lists of the servers behind it when they cover all that it accepts."""
    bound = [n for n in every(block.children, "acl") if not n.negated and n.key.endswith("inbound")]
    guards = dict(_GUARDS)
    needed = (["ssh"] if protocol != "telnet" else []) + (["telnet"] if telnet != NO else [])
    nodes = [n for service in needed if (n := sheet.tree.last(*guards[service])) and not n.negated]
    first = block.after("user-interface")[1:2]
    if bound:
        sheet.put("line", name, "access_acl", bound[-1].text.split()[-2], bound[-1])
    elif protocol == "none":
        sheet.put("line", name, "access_acl", CLOSED, block, present=False)
    elif needed and len(nodes) == len(needed):
        sheet.put("line", name, "access_acl", nodes[0].text.split()[-1], nodes[0])
    else:
        reserved = bool(first) and whole(first[0]) and int(first[0]) >= _RESERVED
        sheet.missing("line", name, "access_acl", UNKNOWN if reserved else ABSENT, block)


# -- interfaces ------------------------------------------------------------------------------------------------------

_KINDS = (
    ("vlanif", "svi"),
    ("eth-trunk", "lag"),
    ("loopback", "loopback"),
    ("tunnel", "tunnel"),
    ("null", "other"),
    ("vbdif", "svi"),
    ("virtual-", "other"),
    ("nve", "other"),
    ("stack-port", "other"),
    ("cellular", "other"),
)


def _interfaces(tree: Tree, sheet: Sheet) -> None:
    guard = tree.last("stp bpdu-protection")
    on = guard is not None and not guard.negated
    for block in tree.all("interface"):
        if block.negated:
            continue
        name = " ".join(block.after("interface"))
        kind = next((k for start, k in _KINDS if name.lower().startswith(start)), "physical")
        sheet.put("interface", name, "kind", kind, block)
        if kind == "other":
            continue
        _interface_common(sheet, name, block)
        if kind in ("physical", "lag") and not name.lower().startswith("meth"):
            _port(sheet, name, block, guard=on)


def _interface_common(sheet: Sheet, name: str, block: Node) -> None:
    nodes = block.children
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
    node = next(
        (n for n in reversed(nodes) if n.is_("ip address") and not n.negated and not n.key.endswith(" sub")), None
    )
    words = node.after("ip address") if node else []
    if len(words) >= 2 and (bits := acls.prefix_length(words[1])) is not None:
        sheet.put("interface", name, "address", f"{words[0]}/{bits}", node)
    elif words:
        sheet.put("interface", name, "address", "dhcp" if words[0] == "dhcp-alloc" else words[0], node)
    else:
        sheet.missing("interface", name, "address", node=block)
    for setting, way in (("acl_in", "inbound"), ("acl_out", "outbound")):
        bound = [(n, acl) for n in nodes if not n.negated and way in n.key.split() and (acl := _filtered(n))]
        if bound:
            sheet.put("interface", name, setting, bound[-1][1], bound[-1][0])
        else:
            sheet.missing("interface", name, setting, node=block)


def _filtered(node: Node) -> str:
    """The list of a ``traffic-filter … acl [ipv6] [name] X`` or ``packet-filter X`` line, empty for other lines."""
    words = node.text.split()
    if node.is_("packet-filter"):
        return next((w for w in words[1:] if w.lower() not in ("inbound", "outbound", "acl", "ipv6", "name")), "")
    if (node.is_("traffic-filter") or node.is_("traffic-secure")) and "acl" in words[:-1]:
        rest = [w for w in words[words.index("acl") + 1 :] if w.lower() not in ("ipv6", "name")]
        return rest[0] if rest else ""
    return ""


def _port(sheet: Sheet, name: str, block: Node, *, guard: bool) -> None:
    """Switching settings of a port."""
    nodes = block.children
    routed = next((n for n in nodes if n.key == "portswitch" and n.negated), None)
    if routed or "." in name:
        sheet.put("interface", name, "mode", "routed", routed or block, present=routed is not None)
        return
    link = last(nodes, "port link-type")
    words = link.after("port link-type") if link and not link.negated else []
    mode = ("dynamic" if words[0].startswith("negotiation") else words[0].lower()) if words else UNKNOWN
    sheet.put("interface", name, "mode", mode, link or block, present=link is not None)
    if mode != "trunk":
        sheet.words("interface", name, "access_vlan", "port default vlan", default="1", block=block)
    if mode != "access":
        sheet.words("interface", name, "native_vlan", "port trunk pvid vlan", default="1", block=block)
        _trunk_vlans(sheet, name, block)
    sheet.switch("interface", name, "port_security", last(nodes, "port-security enable"), default=ABSENT, block=block)
    sheet.switch(
        "interface", name, "dot1x", last(nodes, "dot1x enable", "authentication-profile"), default=ABSENT, block=block
    )
    storm = last(nodes, "storm-control", "storm suppression", "broadcast-suppression", "multicast-suppression")
    sheet.switch("interface", name, "storm_control", storm, default=ABSENT, block=block)
    edge = last(nodes, "stp edged-port enable")
    sheet.switch("interface", name, "edge", edge, default=ABSENT, block=block)
    is_edge = edge is not None and not edge.negated
    sheet.missing("interface", name, "bpdu_guard", YES if guard and is_edge else ABSENT, block)


def _trunk_vlans(sheet: Sheet, name: str, block: Node) -> None:
    """Allowed VLANs: VLAN 1 unless it is removed, and what is allowed; ``all`` when all 4094 are."""
    nodes = every(block.children, "port trunk allow-pass vlan")
    allowed = [n for n in nodes if not n.negated]
    text = " ".join(w for n in allowed for w in n.after("port trunk allow-pass vlan"))
    text = text.replace(" to ", "-").replace(" ", ",")
    if text in ("all", "2-4094", "1-4094"):
        text = "all"
    elif not any(n.negated and n.key.split()[-1] == "1" for n in nodes):
        text = f"1,{text}" if text else "1"
    sheet.put("interface", name, "trunk_vlans", text or "none", nodes[0] if nodes else block, present=bool(nodes))


# -- access lists ----------------------------------------------------------------------------------------------------


def _access_lists(tree: Tree) -> acls.Acls:
    lists = acls.Acls()
    for block in tree.all("acl"):
        words = [
            w
            for w in block.after("acl")
            if w.lower() not in ("number", "ipv6", "advance", "basic", "match-order", "config", "auto")
        ]
        named = words[:1] == ["name"]
        words = words[1:] if named else words
        if block.negated or not words:
            continue
        acl = lists.open(words[0], block)
        numbers = [w for w in words if whole(w)]
        if named and numbers:
            lists.aliases[numbers[0]] = words[0]
        elif len(words) > 2 and words[1] == "name":
            lists.aliases[words[2]] = words[0]
        number = int(numbers[0]) if numbers else 0
        layer_3 = number < 4000 or number >= 10000
        basic = 2000 <= number <= 2999
        for node in every(block.children, "rule"):
            entry = node.after("rule")
            position: str | int = len(acl.entries) + 1
            if entry and whole(entry[0]):
                position, entry = entry[0], entry[1:]
            if entry and entry[0].lower() in ("permit", "deny") and not node.negated:
                acl.entries.append(_rule(node, entry, str(position), layer_3=layer_3, basic=basic))
    return lists


_PROTOCOL = re.compile(r"ip|ipv6|tcp|udp|icmp|icmpv6|igmp|gre|ipinip|ospf|[0-9]{1,3}", re.IGNORECASE)


def _rule(node: Node, words: list[str], name: str, *, layer_3: bool, basic: bool) -> acls.Entry:
    """One rule from its words, ``permit`` or ``deny`` first. What is not named matches everything."""
    action, rest = words[0].lower(), words[1:]
    if not layer_3:
        return acls.Entry(node, name, action, "other", "", "", " ".join(rest))
    protocol = "ip"
    if rest and not basic and _PROTOCOL.fullmatch(rest[0]):
        protocol, rest = rest[0].lower(), rest[1:]
    ends = {"source": acls.ANY, "destination": acls.ANY}
    options: list[str] = []
    while rest:
        word = rest[0].lower()
        if word in ends:
            ends[word], rest = _end(rest[1:])
        elif word in ("logging", "log"):
            rest = rest[1:]
        elif word == "time-range":
            rest = rest[2:]
        else:
            options.append(rest[0].replace("destination-port", "port"))
            rest = rest[1:]
    return acls.Entry(node, name, action, protocol, ends["source"], ends["destination"], " ".join(options))


def _end(words: list[str]) -> tuple[str, list[str]]:
    if not words or words[0].lower() == "any":
        return acls.ANY, words[1:]
    if "/" in words[0]:
        return (acls.ANY if words[0].endswith("/0") else words[0]), words[1:]
    if ":" in words[0] and len(words) > 1 and whole(words[1]):
        return (acls.ANY if words[1] == "0" else f"{words[0]}/{words[1]}"), words[2:]
    if len(words) > 1 and (words[1] == "0" or acls.number(words[1]) is not None):
        return acls.network(words[0], words[1]), words[2:]
    return words[0], words[1:]


def _bind(tree: Tree, lists: acls.Acls) -> None:
    """Note where every list is used."""
    _bind_filters(tree, lists)
    for block in tree.all("user-interface"):
        for node in every(block.children, "acl"):
            if not node.negated and len(node.text.split()) >= 3:
                lists.use(node.text.split()[-2], node, f"line {_line_name(block)} {node.text.split()[-1]}")
    for node in tree.all("snmp-agent"):
        words = node.text.split()
        if not node.negated and "acl" in words[:-1]:
            lists.use(words[words.index("acl") + 1], node, "snmp")
    for service in ("ssh server", "telnet server", "http", "http server", "http secure-server", "ftp", "ftp server"):
        guard = tree.last(f"{service} acl")
        if guard and not guard.negated:
            lists.use(guard.text.split()[-1], guard, service.split()[0])
    for header in ("traffic classifier", "route-policy"):
        for block in tree.all(header):
            for node in every(block.children, "if-match acl"):
                lists.use(node.text.split()[-1], node, block.text, filters=False)


def _bind_filters(tree: Tree, lists: acls.Acls) -> None:
    """Lists that filter traffic: on interfaces, on VLANs, on the whole device."""
    for block in [*tree.all("interface"), *tree.all("vlan")]:
        for node in block.children:
            if not node.negated and (name := _filtered(node)):
                lists.use(name, node, f"{block.text} {'in' if 'inbound' in node.key else 'out'}")
    for command in ("traffic-filter", "traffic-secure", "packet-filter"):
        for node in tree.all(command):
            if not node.negated and (name := _filtered(node)):
                found = re.search(r"vlan ([0-9]+)", node.key)
                lists.use(name, node, f"vlan {found.group(1)}" if found else "all interfaces")
