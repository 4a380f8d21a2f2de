"""Access lists, their entries and where they are used."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from scanner.configs import acls
from scanner.configs.acl_cover import EVERYBODY, Span, blocks, leaves_few, nearly_all, ports_of
from scanner.configs.acl_entries import ANY, NUMBERS, AclEntry, in_order
from scanner.configs.acl_words import port
from scanner.configs.dialects.cisco_ios.interfaces import filters_traffic
from scanner.configs.dialects.cisco_ios.lines import access_class, line_name
from scanner.configs.dialects.cisco_ios.logging_and_time import time_guards
from scanner.configs.dialects.cisco_ios.object_groups import network_groups, service_groups
from scanner.configs.dialects.cisco_ios.snmp import lists_of
from scanner.configs.nodes import Node, every, walk
from scanner.configs.settings import whole
from scanner.configs.tree import Tree
from scanner.configs.wildcards import number

_PORT_WORDS = {"eq": 1, "neq": 1, "gt": 1, "lt": 1, "range": 2}

_RECEIVED = ("ip verify unicast", "ip igmp access-group", "ip multicast boundary", "ip pim neighbor-filter")
_LISTS = r"(?!(?:prefix-list|access-list|dynamic) )(.+)"
_PIM = r"ip pim (?:vrf \S+ )?"
_CHOOSING = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"match ip(?:v6)? (?:address|next-hop|route-source) (?:access-list )?{_LISTS}",
        r"match access-group (?:name )?(\S+)",
        r"match (?:mac )?address (?!prefix-list )(.+)",
        r"distribute-list (?!prefix|route-map|gateway)(\S+) (?:in|out)\b.*",
        r"ip verify unicast source reachable-via (?:rx|any)(?: allow-\S+)* (\d+)",
        r"ip (?:igmp access-group|multicast boundary|pim neighbor-filter) (?!block|\d+\.)(\S+).*",
        rf"{_PIM}rp-address \S+ (?!override$|bidir$|(?:route-map|group-list|prefix-list) )(?:access-list )?(\S+).*",
        rf"{_PIM}(?:ssm range|accept-register list|accept-rp \S+) (?!\d+\.)(\S+)",
        rf"{_PIM}(?:send-rp-announce|rp-announce-filter|rp-candidate)\b.* group-list (\S+).*",
    )
)

_NESTED = 8  # object groups in object groups that are followed
_NARROWS_NOTHING = frozenset({"log", "log-input", "smartlog"})
_PROTOCOLS = ("ip", "ipv6", "tcp", "udp", "icmp", "igmp", "gre", "esp", "ahp", "ospf", "eigrp", "pim", "object-group")
_ENDS = ("any", "host", "object-group", "addrgroup")


def read_access_lists(tree: Tree) -> acls.Acls:
    """All access lists with their entries, numbered and named; groups of nearly everything stand as everything."""
    lists = _as_written(tree)
    everybody, services = _groups(tree)
    for acl in lists.values():
        acl.entries = [_resolved(e, everybody, services) for e in acl.entries]
    return lists


def packet_lists(tree: Tree) -> acls.Acls:
    """The same as packets meet them: an entry for each part of a group of services, and nothing rounded off."""
    lists = _as_written(tree)
    services = service_groups(tree)
    for acl in lists.values():
        acl.entries = [one for entry in acl.entries for one in _apart(entry, services)]
    return lists


def _apart(entry: AclEntry, services: Mapping[str, Sequence[str]]) -> Iterator[AclEntry]:
    lines = services.get(entry.protocol.removeprefix("group ").lower()) if entry.protocol.startswith("group ") else None
    for line in lines or ():
        protocol, _, options = line.partition(" ")
        yield replace(entry, protocol=NUMBERS.get(protocol, protocol), options=f"{options} {entry.options}".strip())
    if not lines:
        yield entry


def _as_written(tree: Tree) -> acls.Acls:
    lists = acls.Acls()
    for node in tree.all("access-list"):
        words = node.after("access-list")
        if node.negated or len(words) < 2 or words[1].lower() not in ("permit", "deny"):
            continue
        number = int(words[0]) if whole(words[0]) else 0
        acl = lists.open(words[0], node)
        standard = 1 <= number <= 99 or 1300 <= number <= 1999
        family = "standard" if standard else "extended" if 100 <= number <= 199 or 2000 <= number <= 2699 else "other"
        acl.entries.append(entry_of(node, words[1:], family, len(acl.entries) + 1))
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
            read_block(lists, block, words[0], "other" if command.startswith("mac") else command.rsplit(" ", 1)[-1])
    return lists


def read_block(lists: acls.Acls, block: Node, name: str, family: str) -> None:
    """The entries of a list that is a block. family: standard, extended, access-list (IPv6), other."""
    acl = lists.open(name, block)
    numbered: set[str] = set()
    for node in block.children:
        entry = node.text.split()
        position: str | int = len(acl.entries) + 1
        if entry[0].lower() in ("sequence", "seq") and len(entry) > 1:
            entry = entry[1:]
        if whole(entry[0]):
            position, entry = entry[0], entry[1:]
            numbered.add(str(position))
        if entry and entry[0].lower() in ("permit", "deny") and not node.negated:
            acl.entries.append(entry_of(node, entry, family, position))
    acl.entries = in_order(acl.entries, numbered)


def _groups(tree: Tree) -> tuple[set[str], dict[str, str]]:
    """Object groups that hold every address, and the widest protocol of which those of services hold all ports."""
    members = {" ".join(b.after("object-group network")): b.children for b in tree.all("object-group network")}
    held: dict[str, int] = {}
    for _ in range(_NESTED):
        held = {name: _held(nodes, held) for name, nodes in members.items()}
    everybody = {name for name, some in held.items() if some & EVERYBODY == EVERYBODY}
    everybody |= {name for name, spans in network_groups(tree).items() if spans and leaves_few(spans, 4)}
    services: dict[str, str] = {}
    for group, lines in service_groups(tree).items():
        ports: dict[str, list[Span]] = {}
        for line in lines:
            protocol, _, options = line.partition(" ")
            ports.setdefault(protocol, []).extend(ports_of(options) or ())
        whole = {name for name in ("ip", "tcp", "udp", "tcp-udp") if nearly_all(ports.get(name, ()))}
        if whole:
            services[group] = "ip" if "ip" in whole else min(whole)[:3]
    return everybody, services


_ALL = "0.0.0.0"  # noqa: S104 - no address to bind to


def _held(nodes: list[Node], known: Mapping[str, int]) -> int:
    """The networks of eight bits that the members of a group hold, with those of the groups in it."""
    found = 0
    for words in (n.text.split() for n in nodes if not n.negated):
        if words[0] == "group-object":
            found |= known.get(words[-1], 0)
        elif (span := _span(words)) is not None:
            found |= blocks(span)
    return found


def _span(words: list[str]) -> Span | None:
    """The addresses that a member of a group means: any, a network, a range."""
    if words == ["any"]:
        words = [_ALL, "/0"]
    if words[0] == "range":
        ends = [number(word) for word in words[1:]]
        return (ends[0], ends[1]) if len(ends) == 2 and ends[0] is not None and ends[1] is not None else None
    first, length = number(words[0]), acls.prefix_length(words[-1].removeprefix("/"))
    if len(words) != 2 or first is None or length is None:
        return None
    size = 1 << 32 - length
    return first - first % size, first - first % size + size - 1


def _resolved(entry: AclEntry, everybody: set[str], services: dict[str, str]) -> AclEntry:
    """The entry with the groups that mean everything written as what they mean."""
    source, destination = (
        ANY if end.startswith("group ") and end.removeprefix("group ") in everybody else end
        for end in (entry.source, entry.destination)
    )
    protocol = entry.protocol
    if protocol.startswith("group "):
        protocol = services.get(protocol.removeprefix("group ").lower(), protocol)
    return replace(entry, source=source, destination=destination, protocol=protocol)


def entry_of(node: Node, words: list[str], family: str, position: str | int) -> AclEntry:
    """One entry from its words, ``permit`` or ``deny`` first.

    ``family``: standard, extended, access-list (IPv6, written like extended), other.
    """
    action, rest = words[0].lower(), words[1:]
    if family == "other":
        return AclEntry(node, str(position), action, "other", "", "", " ".join(rest))
    protocol = "ip"
    if family != "standard" and rest:
        protocol, rest = NUMBERS.get(rest[0], _meant(rest[0], _PROTOCOLS)), rest[1:]
        if protocol == "object-group" and rest:
            protocol, rest = f"group {rest[0]}", rest[1:]
    source, rest = _address(rest)
    destination = ANY
    source_ports = ""
    if family != "standard":
        source_ports, rest = split_ports(rest)
        destination, rest = _address(rest)
    options = [w for w in rest if _meant(w, ("log",)) not in _NARROWS_NOTHING]
    if "time-range" in options:
        at = options.index("time-range")
        del options[at : at + 2]
    if source_ports:
        options.insert(0, f"source {source_ports}")
    unsure = not (_is_an_end(source) and _is_an_end(destination))
    return AclEntry(node, str(position), action, protocol, source, destination, " ".join(options), unsure=unsure)


def _meant(word: str, words: Sequence[str]) -> str:
    """The word that alone begins so, as people write half of one."""
    low = word.lower()
    found = [one for one in words if len(low) > 1 and one.startswith(low)]
    return found[0] if len(found) == 1 else low


def _is_an_end(end: str) -> bool:
    """An address, a group, or any."""
    first = end.partition(" ")[0]
    return first in (ANY, "group") or "/" in first or ":" in first or number(first) is not None


def _address(words: list[str]) -> tuple[str, list[str]]:
    if not words:
        return ANY, []
    head = _meant(words[0], _ENDS)
    if head == "any":
        return ANY, words[1:]
    if head in ("host", "object-group", "addrgroup") and len(words) > 1:
        return (words[1] if head == "host" else f"group {words[1]}"), words[2:]
    if "/" in head or ":" in head:
        return (ANY if head in ("::/0", "0.0.0.0/0") else words[0]), words[1:]
    if len(words) > 1 and number(words[1]) is not None:
        return acls.network(words[0], words[1]), words[2:]
    return words[0], words[1:]


def split_ports(words: list[str]) -> tuple[str, list[str]]:
    """The words about ports that a part of an entry begins with, and what follows."""
    if words and (operator := _meant(words[0], tuple(_PORT_WORDS))) in _PORT_WORDS:
        words = [operator, *words[1:]]
    count = _PORT_WORDS.get(words[0], 0) if words else 0
    if count == 1:  # eq takes several ports
        while count + 1 < len(words) and port(words[count + 1].lower()) is not None:
            count += 1
    return (" ".join(words[: count + 1]), words[count + 1 :]) if count else ("", words)


def bind_to_interfaces(tree: Tree, lists: acls.Acls) -> None:
    """Note the lists that filter at interfaces, which may take them from a template."""
    taken = {n.text.split()[-1] for b in tree.all("interface") for n in every(b.children, "source template")}
    for block in (*tree.all("interface"), *(t for t in tree.all("template") if t.text.split()[-1] in taken)):
        for node in block.children:
            if filters_traffic(node) and not node.negated and len(node.text.split()) >= 4:
                words = node.text.split()
                where = f"interface {' '.join(block.text.split()[1:])} {words[-1]}"
                lists.use(words[-2], node, where, family=words[0].lower())


def bind_to_lines(tree: Tree, lists: acls.Acls) -> None:
    """Lists that limit who reaches the lines, and whom these reach."""
    for block in tree.all("line"):
        for node in block.children:
            if len(words := access_class(node)) >= 2:
                family = "ipv6" if node.key.startswith("ipv6") else "ip"
                lists.use(words[0], node, f"line {line_name(block)} {words[1]}", family=family)


def bind_access_lists(tree: Tree, lists: acls.Acls) -> None:
    """Note where every list is used."""
    bind_to_interfaces(tree, lists)
    bind_to_lines(tree, lists)
    bind_services(tree, lists)
    bind_selectors(tree, lists)


def bind_services(tree: Tree, lists: acls.Acls) -> None:
    """Lists that guard SNMP, the web server and NTP."""
    for i, node in enumerate([n for n in tree.all("snmp-server community") if not n.negated], 1):
        for family, name in lists_of(node).items():
            lists.use(name, node, f"snmp community {i}", family=family)
    for node in tree.all("snmp-server group") + tree.all("snmp-server user"):
        for family, name in lists_of(node).items() if not node.negated else ():
            lists.use(name, node, " ".join(["snmp", *node.text.split()[1:3]]), family=family)
    for node, words in tree.given("ip http access-class"):
        lists.use(" ".join(words[-1:]), node, "http", family="ipv6" if "ipv6" in words else "ip")
    for node, (family, name) in time_guards(tree):
        lists.use(name, node, "ntp", family=family)
    for service in ("netconf-yang ssh", "restconf"):
        for version, family in (("ipv4", "ip"), ("ipv6", "ipv6")):
            for node, words in tree.given(f"{service} {version} access-list name"):
                lists.use(" ".join(words[:1]), node, service, family=family)


def bind_selectors(tree: Tree, lists: acls.Acls) -> None:
    """Places that only choose traffic with a list: their permit is no permission."""
    for header in ("route-map", "class-map", "vlan access-map", "crypto map", "crypto dynamic-map"):
        for block in tree.all(header):
            for node in block.children if not block.negated else ():
                if node.key.startswith("match"):
                    named = _named(node) if not node.negated else ()
                    for word in node.text.split()[1:]:
                        lists.use(word, node, block.text, filters=False, certain=word in named)
    _bind_routed(tree, lists)
    for node in (
        n for c in ("ip nat", "ip wccp", "snmp-server tftp-server-list") for n in tree.all(c) if not n.negated
    ):
        words = node.text.split()
        for before, word in pairwise(words):
            if before in ("list", "redirect-list", "group-list", "tftp-server-list"):
                lists.use(word, node, " ".join(words[:2]), filters=False, certain=True)


def _bind_routed(tree: Tree, lists: acls.Acls) -> None:
    """Lists of routes, of groups, and of what interfaces receive."""
    blocks = (("router", ("distribute-list",)), ("interface", _RECEIVED))
    within = ((block, node, of) for header, of in blocks for block in tree.all(header) for node in walk(block))
    found = [(block.text, node) for block, node, of in within if any(map(node.is_, of))]
    found += (("ip pim", node) for node in tree.all("ip pim"))
    for where, node in found:
        for word in _named(node) if not node.negated else ():
            lists.use(word, node, where, filters=False, certain=True)


def _named(node: Node) -> Sequence[str]:
    """The words of a line that chooses traffic that can be nothing but names of lists."""
    found = (pattern.fullmatch(" ".join(node.text.split())) for pattern in _CHOOSING)
    return next((match[1].split() for match in found if match), ())
