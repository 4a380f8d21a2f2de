"""Access lists, their rules and where they are used."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from scanner.configs import acls
from scanner.configs.acl_entries import ANY, NUMBERS, Acl, AclEntry, in_order
from scanner.configs.dialects.h3c_comware.interfaces import filter_list
from scanner.configs.dialects.h3c_comware.lines import lines
from scanner.configs.dialects.h3c_comware.logging_and_time import time_guards
from scanner.configs.dialects.h3c_comware.object_groups import addresses_of_groups
from scanner.configs.dialects.huawei_vrp.access_lists import end_of
from scanner.configs.dialects.huawei_vrp.snmp import lists_of
from scanner.configs.nodes import Node, every
from scanner.configs.settings import whole
from scanner.configs.tree import Tree

_KINDS = ("number", "ipv6", "advanced", "basic", "mac", "match-order", "config", "auto", "user-defined")
_PROTOCOL = re.compile(r"ip|ipv6|tcp|udp|icmp|icmpv6|igmp|gre|ipinip|ospf|[0-9]{1,3}", re.IGNORECASE)
_PORTS = {  # as Comware prints well-known ports
    "ftp-data": "20",
    "ftp": "21",
    "ssh": "22",
    "telnet": "23",
    "smtp": "25",
    "domain": "53",
    "dns": "53",
    "bootps": "67",
    "bootpc": "68",
    "tftp": "69",
    "www": "80",
    "http": "80",
    "pop3": "110",
    "ntp": "123",
    "snmp": "161",
    "snmptrap": "162",
    "bgp": "179",
    "https": "443",
    "syslog": "514",
    "rip": "520",
}


def read_access_lists(tree: Tree) -> acls.Acls:
    """All access lists with their rules, numbered and named."""
    lists = acls.Acls()
    groups = addresses_of_groups(tree)
    for block, words in tree.given("acl"):
        kinds = {w.lower() for w in words}
        names = [w for w in words if w.lower() not in _KINDS]
        named = names.index("name") if "name" in names[:-1] else -1
        if not names or (named < 0 and not whole(names[0])):
            continue
        six = "ipv6 " if "ipv6" in kinds else ""  # the numbers of both families are counted by themselves
        name = six + (names[named + 1] if named >= 0 else names[0])
        acl = lists.open(name, block)
        number = next((w for w in names if whole(w)), "")
        if named >= 0 and number:
            lists.aliases[six + number] = name
        layer_3 = "mac" not in kinds and "user-defined" not in kinds and not 4000 <= int(number or 0) <= 5999
        basic = "basic" in kinds or 2000 <= int(number or 0) <= 2999
        numbered: set[str] = set()
        for node in every(block.children, "rule"):
            numbered |= _add(acl, node, layer_3=layer_3, protocol="" if not basic else six.strip() or "ip")
        acl.entries = [_resolved(entry, groups, six=bool(six)) for entry in acl.entries]
        if "auto" not in kinds:  # then the device orders the rules itself
            acl.entries = in_order(acl.entries, numbered)
    return lists


def _add(acl: Acl, node: Node, *, layer_3: bool, protocol: str) -> set[str]:
    """The number that the rule has. protocol: that of all rules of a basic list, which name none."""
    entry = node.after("rule")
    position = str(len(acl.entries) + 1)
    numbered = set(entry[:1]) if entry and whole(entry[0]) else set()
    if numbered:
        position, entry = entry[0], entry[1:]
    if entry and entry[0].lower() in ("permit", "deny") and not node.negated:
        acl.entries.append(_rule(node, entry, position, layer_3=layer_3, protocol=protocol))
    return numbered


def _rule(node: Node, words: list[str], name: str, *, layer_3: bool, protocol: str) -> AclEntry:
    """One rule from its words, ``permit`` or ``deny`` first. What is not named matches everything."""
    action, rest = words[0].lower(), words[1:]
    if not layer_3:
        return AclEntry(node, name, action, "other", "", "", " ".join(rest))
    if not protocol:
        protocol = "ip"
        if rest and _PROTOCOL.fullmatch(rest[0]):
            protocol, rest = NUMBERS.get(rest[0], rest[0].lower()), rest[1:]
    ends = {"source": ANY, "destination": ANY}
    options: list[str] = []
    while rest:
        word = rest[0].lower()
        if word in ends:
            ends[word], rest = _end(rest[1:])
        elif word in ("logging", "counting"):
            rest = rest[1:]
        elif word == "time-range":
            rest = rest[2:]
        else:
            options.append(_PORTS.get(word, rest[0]).replace("destination-port", "port"))
            rest = rest[1:]
    return AclEntry(node, name, action, protocol, ends["source"], ends["destination"], " ".join(options))


def _end(words: list[str]) -> tuple[str, list[str]]:
    if words and words[0].lower() == "object-group":
        return f"group {' '.join(words[1:2])}", words[2:]
    return end_of(words)


def _resolved(entry: AclEntry, groups: Mapping[tuple[str, bool], str], *, six: bool) -> AclEntry:
    """The entry with groups as what they mean; unsure where ports are told by a group, or a group is not told.

    It is unsure, too, where a VPN instance is all that narrows it: that may be the one of all that the list filters.
    """
    ends = [
        groups.get((end.removeprefix("group ").lower(), six), end) if end.startswith("group ") else end
        for end in (entry.source, entry.destination)
    ]
    narrows_little = _NARROWS_LITTLE.fullmatch(entry.options) is not None
    open_ = narrows_little and all(end == ANY or end.startswith("group ") for end in ends)
    unsure = open_ and (bool(entry.options) or ends != [ANY, ANY]) and entry.action == "permit"
    return replace(entry, source=ends[0], destination=ends[1], unsure=unsure)


_NARROWS_LITTLE = re.compile(r"(?:(?:(?:source-)?port object-group|vpn-instance) \S+ ?)*", re.IGNORECASE)


def default_actions(tree: Tree) -> list[tuple[str, str]]:
    """What becomes of packets that no rule of a packet filter matches; logins and SNMP are refused then."""
    closed = tree.last("packet-filter default deny")
    rest = "deny" if closed and not closed.negated else "permit"
    passing = ((start, rest) for start in ("interface", "vlan", "all interfaces"))
    return [
        *passing,
        *((start, "deny") for start in ("line", "snmp", "ssh", "telnet", "http", "https", "ftp", "netconf")),
    ]


# Services and the commands with the list that guards each, in both families.
_GUARDED = (
    *(("ssh", "ssh server"), ("telnet", "telnet server"), ("ftp", "ftp server")),
    *(("http", "ip http"), ("https", "ip https"), ("netconf", "netconf ssh")),
    *(("netconf", "netconf soap http"), ("netconf", "netconf soap https")),
)


def bind_access_lists(tree: Tree, lists: acls.Acls) -> None:
    """Note where every list is used."""
    _bind_filters(tree, lists)
    for name, _, nodes in lines(tree):
        for node in every(nodes, "acl"):
            if not node.negated and (used := _after_acl(node.text.split())):
                lists.use(used, node, f"line {name} {node.text.split()[-1]}")
    for node, _ in tree.given("snmp-agent"):
        for used in lists_of(node):
            lists.use(used, node, "snmp")
    for service, command in _GUARDED:
        for family in ("", "ipv6 "):
            guard = tree.last(f"{command} {family}acl")
            if guard and not guard.negated:
                lists.use(family + guard.text.split()[-1], guard, service)
    for node in time_guards(tree):
        lists.use(_after_acl(node.text.split()) or node.text.split()[-1], node, "ntp")
    for header in ("traffic classifier", "route-policy"):
        for block in tree.all(header):
            for node in every(block.children, "if-match acl"):
                lists.use(_after_acl(node.text.split()), node, block.text, filters=False, certain=True)


def _bind_filters(tree: Tree, lists: acls.Acls) -> None:
    """Lists that filter traffic: on interfaces, on VLANs, on the whole device."""
    for block in [*tree.all("interface"), *tree.all("vlan")]:
        for node in block.children:
            if not node.negated and (name := filter_list(node)):
                lists.use(name, node, f"{block.text} {'in' if 'inbound' in node.key else 'out'}")
    for node, _ in tree.given("packet-filter"):
        if name := filter_list(node):
            lists.use(name, node, "all interfaces")


def _after_acl(words: list[str]) -> str:
    """The list behind the word ``acl``, with its family; empty when none is named."""
    rest = words[words.index("acl") + 1 :] if "acl" in words else []
    six = "ipv6 " if rest[:1] == ["ipv6"] else ""
    rest = [w for w in rest if w not in ("ipv6", "name")]
    return six + rest[0] if rest else ""
