"""Access lists, their rules and where they are used."""

from __future__ import annotations

import re

from scanner.configs import acls
from scanner.configs.acl_entries import ANY, NUMBERS, AclEntry, in_order
from scanner.configs.dialects.huawei_vrp.interfaces import after_acl, filter_list
from scanner.configs.dialects.huawei_vrp.lines import line_name
from scanner.configs.dialects.huawei_vrp.snmp import lists_of
from scanner.configs.nodes import Node, every
from scanner.configs.settings import whole
from scanner.configs.tree import Tree
from scanner.configs.wildcards import number


def read_access_lists(tree: Tree) -> acls.Acls:
    """All access lists with their rules, numbered and named."""
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
        six = "ipv6 " if "ipv6" in block.key.split() else ""  # the numbers of both families are counted by themselves
        acl = lists.open(six + words[0], block)
        numbers = [w for w in words if whole(w)]
        if named and numbers:
            lists.aliases[six + numbers[0]] = six + words[0]
        elif len(words) > 2 and words[1] == "name":
            lists.aliases[six + words[2]] = six + words[0]
        number = int(numbers[0]) if numbers else 0
        layer_3 = number < 4000 or number >= 10000
        basic = 2000 <= number <= 2999
        numbered: set[str] = set()
        places: dict[str, int] = {}
        for node in every(block.children, "rule"):
            entry = node.after("rule")
            position: str | int = len(acl.entries) + 1
            if entry and whole(entry[0]):
                position, entry = entry[0], entry[1:]
                numbered.add(str(position))
            if entry and entry[0].lower() in ("permit", "deny") and not node.negated:
                made = _rule(node, entry, str(position), six.strip() or "ip", layer_3=layer_3, basic=basic)
                replaced = places.get(str(position)) if str(position) in numbered else None
                if replaced is None:
                    places[str(position)] = len(acl.entries)
                    acl.entries.append(made)
                else:  # one that is given again takes the place of the first
                    block.children.remove(acl.entries[replaced].node)
                    acl.entries[replaced] = made
        if "auto" not in block.key.split():  # then the device orders the rules itself
            acl.entries = in_order(acl.entries, numbered)
    return lists


_PROTOCOL = re.compile(r"ip|ipv6|tcp|udp|icmp|icmpv6|igmp|gre|ipinip|ospf|[0-9]{1,3}", re.IGNORECASE)


def _rule(node: Node, words: list[str], name: str, protocol: str, *, layer_3: bool, basic: bool) -> AclEntry:
    """One rule from its words, ``permit`` or ``deny`` first. What is not named matches everything. protocol: of a rule
    that names none.
    """
    action, rest = words[0].lower(), words[1:]
    if not layer_3:
        return AclEntry(node, name, action, "other", "", "", " ".join(rest))
    if rest and not basic and _PROTOCOL.fullmatch(rest[0]):
        protocol, rest = NUMBERS.get(rest[0], rest[0].lower()), rest[1:]
    ends = {"source": ANY, "destination": ANY}
    options: list[str] = []
    while rest:
        word = rest[0].lower()
        if word in ends:
            ends[word], rest = end_of(rest[1:])
        elif word in ("logging", "log"):
            rest = rest[1:]
        elif word == "time-range":
            rest = rest[2:]
        else:
            options.append(rest[0].replace("destination-port", "port"))
            rest = rest[1:]
    told = " ".join(options)
    unsure = action == "permit" and ends == {"source": ANY, "destination": ANY} and bool(_MAY_BE_ALL.fullmatch(told))
    return AclEntry(node, name, action, protocol, ends["source"], ends["destination"], told, unsure=unsure)


# Pools of addresses, which may hold all; a VPN instance, which may be the one of all that the list filters.
_MAY_BE_ALL = re.compile(r"(?:(?:source-pool|destination-pool|vpn-instance) \S+ ?)+", re.IGNORECASE)


def end_of(words: list[str]) -> tuple[str, list[str]]:
    """(addresses, what follows them) behind ``source`` or ``destination``."""
    if not words or words[0].lower() == "any":
        return ANY, words[1:]
    if "/" in words[0]:
        return (ANY if words[0].endswith("/0") else words[0]), words[1:]
    if ":" in words[0] and len(words) > 1 and whole(words[1]):
        return (ANY if words[1] == "0" else f"{words[0]}/{words[1]}"), words[2:]
    if len(words) > 1 and (words[1] == "0" or number(words[1]) is not None):
        return acls.network(words[0], words[1]), words[2:]
    return words[0], words[1:]


_GUARDS = (
    *("ssh server acl", "ssh ipv4 server acl", "ssh ipv6 server acl", "telnet server acl", "telnet ipv6 server acl"),
    *("http acl", "http server acl", "http ipv6 server acl", "http secure-server acl"),
    *("ftp acl", "ftp server acl", "ftp ipv6 acl"),
)


def bind_access_lists(tree: Tree, lists: acls.Acls) -> None:
    """Note where every list is used."""
    _bind_filters(tree, lists)
    for block in tree.all("user-interface"):
        for node in every(block.children, "acl"):
            if not node.negated and len(node.text.split()) >= 3:
                lists.use(after_acl(node), node, f"line {line_name(block)} {node.text.split()[-1]}")
    for node in tree.all("snmp-agent"):
        for used in lists_of(node) if not node.negated else ():
            lists.use(used, node, "snmp")
    for command in _GUARDS:
        guard = tree.last(command)
        if guard and not guard.negated:
            lists.use(after_acl(guard), guard, command.split()[0])
    for node in (n for command in ("ntp-service access", "ntp access") for n in tree.all(command)):
        if not node.negated:
            lists.use(node.text.split()[-1], node, "ntp")
    for header in ("traffic classifier", "route-policy"):
        for block in tree.all(header):
            for node in (*every(block.children, "if-match acl"), *every(block.children, "if-match ipv6 acl")):
                lists.use(after_acl(node), node, block.text, filters=False, certain=True)


def _bind_filters(tree: Tree, lists: acls.Acls) -> None:
    """Lists that filter traffic: on interfaces, on VLANs, on the whole device."""
    for block in [*tree.all("interface"), *tree.all("vlan")]:
        for node in block.children:
            if not node.negated and (name := filter_list(node)):
                lists.use(name, node, f"{block.text} {'in' if 'inbound' in node.key else 'out'}")
    for command in ("traffic-filter", "traffic-secure", "packet-filter"):
        for node in tree.all(command):
            if not node.negated and (name := filter_list(node)):
                found = re.search(r"vlan ([0-9]+)", node.key)
                lists.use(name, node, f"vlan {found.group(1)}" if found else "all interfaces")
