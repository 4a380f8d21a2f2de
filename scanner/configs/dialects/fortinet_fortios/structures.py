"""What FortiOS defines in one table and uses by its name in another: addresses, services, schedules, pools, shapers,
profiles of inspection, groups and servers of users, phases of tunnels.

Sources: FortiOS 5.2 to 7.6 CLI references and Administration Guides (firewall policy, objects, security profiles). A
name that stands anywhere else is left open, and so is what the system brings with it and may leave out of a file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from scanner.configs.dialects.fortinet_fortios.blocks import name_of, words_of
from scanner.configs.dialects.fortinet_fortios.tables import Device, DomainTable, given
from scanner.configs.nodes import Node, walk
from scanner.configs.settings import NO, YES, Sheet
from scanner.configs.structures import MAX_USES, UNTOLD, put_defined, put_used

_POLICIES = (
    *("firewall policy", "firewall policy6", "firewall security-policy", "firewall local-in-policy"),
    *("firewall local-in-policy6", "firewall dos-policy", "firewall dos-policy6"),
)
_PROFILES = (
    r"default|(?:sniffer|wifi|g|flow|low|all|monitor|block|protect|high|web)[-_].*"
    r"|(?:certificate|deep|custom-deep|no)-inspection"
)


@dataclass(frozen=True)
class _Kind:
    """A kind. tables: that define one, an entry each. keys: that use it, in entries of the tables ``where``.

    also: tables whose entries may stand in its place. shipped: names that the system brings with it.
    """

    name: str
    tables: tuple[str, ...]
    keys: str
    where: tuple[str, ...] = _POLICIES
    also: tuple[str, ...] = ()
    shipped: str = r"(?!)"


_KINDS = (
    _Kind(
        "firewall address",
        (
            *("firewall address", "firewall addrgrp", "firewall vip", "firewall vipgrp", "firewall address6"),
            *("firewall addrgrp6", "firewall vip6", "firewall vipgrp6", "firewall multicast-address"),
        ),
        "srcaddr dstaddr srcaddr6 dstaddr6 member exclude-member",
        where=(*_POLICIES, "firewall addrgrp", "firewall addrgrp6", "firewall vipgrp", "firewall vipgrp6"),
        also=(
            *("system external-resource", "firewall vip46", "firewall vip64", "firewall vipgrp46", "firewall vipgrp64"),
            *("firewall multicast-address6", "firewall wildcard-fqdn custom", "firewall wildcard-fqdn group"),
        ),
        shipped=r"all6?|none|any|metadata-server|F(?:ABRIC|CTEMS|IREWALL_AUTH)_.*|SSLVPN_TUNNEL_.*|EMS_.*|login\..*"
        r"|wildcard\..*|gmail\.com|autoupdate\..*|google-.*|swscan\..*|update\..*|G Suite|Microsoft Office 365"
        r"|Bonjour|EIGRP|OSPF|all_(?:hosts|routers)",
    ),
    _Kind(
        "firewall service",
        ("firewall service custom", "firewall service group"),
        "service member",
        where=(*_POLICIES, "firewall service group"),
        shipped=r"ALL(?:_\w+)?|GRE|GTP|AH|ESP|AOL|BGP|DHCP6?|DNS|FINGER|FTP(?:_GET|_PUT)?|GOPHER|H323|HTTPS?|IKE|IMAPS?"
        r"|IRC|L2TP|LDAP(?:_UDP)?|NFS|NNTP|NTP|OSPF|PING6?|TIMESTAMP|INFO_\w+|ONC-RPC|DCE-RPC|POP3S?|PPTP|QUAKE|RAUDIO"
        r"|REXEC|RIP|RLOGIN|RSH|SCCP|SIP|SAMBA|SMB|SMTPS?|SNMP|SSH|SYSLOG|TALK|TELNET|TFTP|MGCP|UUCP|VDOLIVE|WAIS"
        r"|WINFRAME|X-WINDOWS|MS-SQL|MYSQL|RDP|VNC|SQUID|SOCKS|WINS|RADIUS(?:-OLD)?|CVSPSERVER|AFS3|TRACEROUTE|RTSP|MMS|KERBEROS"
        r"|NONE|webproxy|Internet-Locator-Service|NetMeeting|PC-Anywhere|SIP-MSNmessenger|(?:Email|Web) Access"
        r"|Windows AD|Exchange Server",
    ),
    _Kind(
        "firewall schedule",
        ("firewall schedule recurring", "firewall schedule onetime", "firewall schedule group"),
        "schedule member",
        where=(*_POLICIES, "firewall schedule group"),
        shipped="always|none|default-darrp-optimize",
    ),
    _Kind("firewall ippool", ("firewall ippool", "firewall ippool6"), "poolname poolname6"),
    _Kind(
        "firewall shaper",
        ("firewall shaper traffic-shaper",),
        "traffic-shaper traffic-shaper-reverse",
        where=(*_POLICIES, "firewall shaping-policy"),
        shipped=r"(?:high|medium|low)-priority|guarantee-100kbps|shared-1M-pipe",
    ),
    *(
        _Kind(table, (table,), key, where=(*_POLICIES, "firewall profile-group"), shipped=_PROFILES)
        for table, key in (
            ("ips sensor", "ips-sensor"),
            ("application list", "application-list"),
            ("antivirus profile", "av-profile"),
            ("webfilter profile", "webfilter-profile"),
            ("dnsfilter profile", "dnsfilter-profile"),
            ("file-filter profile", "file-filter-profile"),
            ("firewall ssl-ssh-profile", "ssl-ssh-profile"),
        )
    ),
    _Kind(
        "user group", ("user group",), "groups remote-group", (*_POLICIES, "system admin"), shipped="Guest-group|SSO_.*"
    ),
    _Kind(
        "ipsec phase 1",
        ("vpn ipsec phase1-interface", "vpn ipsec phase1"),
        "phase1name",
        where=("vpn ipsec phase2-interface", "vpn ipsec phase2"),
    ),
)
_Name = tuple[str, str]  # virtual domain and name


@dataclass
class _Found:
    defined: dict[_Name, Node] = field(default_factory=dict)
    used: dict[_Name, list[tuple[str, Node]]] = field(default_factory=dict)  # where, and the entry that does


def structure_settings(device: Device, sheet: Sheet) -> None:
    """What is used and whether it is there, what is there and where it is used."""
    words = _words(device.tree.root)
    left = MAX_USES
    every: list[tuple[_Kind, _Found]] = []
    for kind in _KINDS:
        found = _Found()
        for table, name, entry in _entries(device, kind.tables):
            found.defined.setdefault((table.domain, name), entry)
            words[name] -= 1
        for place, used, entry in _uses(device, kind) if left > 0 else ():
            left -= 1
            found.used.setdefault(used, []).append((place, entry))
            words[used[1]] -= 1
        every.append((kind, found))
    certain = device.tree.complete and not device.tree.problems and left > 0
    for kind, found in every:
        _put_defined(device, sheet, kind, found, certain=certain)
        _put_used(sheet, kind, found, words, certain=certain)


def _put_used(sheet: Sheet, kind: _Kind, found: _Found, words: Counter[str], *, certain: bool) -> None:
    """words: how often a name stands where it is not known what it is."""
    anywhere: dict[str, list[str]] = {}  # in virtual domains, which may use what is there for all of them
    for (domain, name), uses in found.used.items():
        if domain:
            anywhere.setdefault(name, []).extend(place for place, _ in uses)
    for (domain, name), entry in found.defined.items():
        if not re.fullmatch(kind.shipped, name) and not _comes_from_outside(kind, entry):
            users = [place for place, _ in found.used.get((domain, name), ())]
            where = list(dict.fromkeys(users if domain else users + anywhere.get(name, [])))
            put_used(sheet, _item(kind, domain, name), where, entry, mentioned=words[name] > 0 or not certain)


def _comes_from_outside(kind: _Kind, entry: Node) -> bool:
    """An address that a server or the system itself fills, and that is there whether anybody uses it or not."""
    if kind.name != "firewall address":
        return False
    return given(entry, "type")[:1] == ["dynamic"] or given(entry, "category")[:1] not in ([], ["default"])


def _put_defined(device: Device, sheet: Sheet, kind: _Kind, found: _Found, *, certain: bool) -> None:
    others = {(table.domain, name) for table, name, _ in _entries(device, kind.also)}
    there = any(True for _ in device.blocks(*kind.tables))
    for (domain, name), uses in found.used.items():
        if re.fullmatch(kind.shipped, name):
            continue
        known = any((d, name) in names for d in (domain, "") for names in (found.defined, others))
        told = YES if known else NO if certain and there else UNTOLD
        put_defined(sheet, _item(kind, domain, name), told, [entry for _, entry in uses])


def _item(kind: _Kind, domain: str, name: str) -> str:
    return f"{kind.name} {domain} {name}" if domain else f"{kind.name} {name}"


def _words(root: Node) -> Counter[str]:
    """How often each word is a value, or the name of an entry."""
    found: Counter[str] = Counter()
    for node in walk(root):
        if node.key.startswith("edit "):
            found[name_of(node)] += 1
        elif not node.children and not node.negated:
            found.update(set(words_of(node.text)[2:]))
    return found


def _entries(device: Device, paths: tuple[str, ...]) -> Iterator[tuple[DomainTable, str, Node]]:
    for _, table in device.blocks(*paths):
        for entry in table.node.children:
            if entry.key.startswith("edit "):
                yield table, name_of(entry), entry


def _uses(device: Device, kind: _Kind) -> Iterator[tuple[str, _Name, Node]]:
    """Where it is used, in which virtual domain under which name, and by which entry."""
    for path, table in device.blocks(*kind.where):
        for entry in table.node.children:
            for name in dict.fromkeys(n for key in kind.keys.split() for n in given(entry, key)):
                yield f"{path} {name_of(entry)}", (table.domain, name), entry
